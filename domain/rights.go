package domain

import (
	"fmt"
	"slices"
	"strings"
)

// involved says which bodies a command is about, in the capacities that the table of rights names. Commands find it out
// before their rules are asked.
type involved struct {
	bodies []stake
	// gateway is the role that decides the gateway which the command is about.
	gateway ActorRole
	// as is the method whose rights count, where it is not the command's own.
	as string
}

// stake is in what capacity bodies have to do with a command.
type stake struct {
	as     Capacity
	bodies []OrganisationCode
}

// rightsIndex is the table of rights by method.
type rightsIndex map[string]Right

func newRightsIndex() rightsIndex {
	index := rightsIndex{}
	for _, right := range Rights() {
		index[right.Method] = right
	}
	return index
}

// authorise finds the role in which the caller may give the command, or says which right is missing.
func (d *decision) authorise(cmd Command) (ActorRole, *Refusal) {
	caller := d.meta.Caller
	about, refusal := cmd.involved(d)
	if refusal != nil {
		return "", refusal
	}
	if slices.Contains(caller.Roles, ActorSystem) && caller.Subject == SystemSubject {
		return ActorSystem, nil
	}
	body, known := d.s.Organisations.Body(caller.Organisation, Latest)
	if known && !body.IsOpen(d.now()) {
		return "", Refuse(NotAuthorised, fmt.Sprintf("You act for %s, which is not open today.", caller.Organisation),
			"Act for the body that followed it.", "organisation", string(caller.Organisation))
	}
	if !known && !d.mayFound(cmd) {
		return "", Refuse(NotAuthorised, fmt.Sprintf("You act for %q, which is not an organisation in the register.", caller.Organisation),
			"Act for an organisation that is in the register.", "organisation", string(caller.Organisation))
	}
	method := cmd.Method()
	if about.as != "" {
		method = about.as
	}
	right := d.s.rights[method]
	for _, way := range right.Ways {
		role := about.role(way)
		if slices.Contains(caller.Roles, role) && (!known || d.s.Organisations.reaches(way, about, body, d.now())) {
			return role, nil
		}
	}
	return "", d.notAuthorised(cmd, right, about)
}

// role is the role in which a right is had in one way.
func (a involved) role(w Way) ActorRole {
	if w.Role == RoleOfGateway {
		return a.gateway
	}
	return w.Role
}

// of returns the bodies that a way names.
func (a involved) of(w Way) []OrganisationCode {
	var codes []OrganisationCode
	for _, capacity := range w.Of {
		for _, s := range a.bodies {
			if s.as == capacity {
				codes = append(codes, s.bodies...)
			}
		}
	}
	return codes
}

// mayFound lets a registrar put the first bodies into an empty register, when there is no body yet to act for.
func (d *decision) mayFound(cmd Command) bool {
	_, founding := cmd.(EstablishOrganisation)
	return founding && len(d.s.Organisations.Bodies(Latest)) == 0
}

// reaches tells whether a body is near enough, for a right had in one way, to the bodies that something is about.
func (o *Organisations) reaches(w Way, about involved, body Organisation, at AsOf) bool {
	if slices.Contains(w.Reaches, ReachAny) || slices.Contains(w.Reaches, ReachNational) && body.Tier == TierNational {
		return true
	}
	own, above := slices.Contains(w.Reaches, ReachOwn), slices.Contains(w.Reaches, ReachRegion)
	for _, code := range about.of(w) {
		if own && slices.Contains(o.Heirs(code, at), body.Code) {
			return true
		}
		if region, ok := o.RegionOf(code, at); above && ok && region == body.Code {
			return true
		}
	}
	return false
}

// notAuthorised says which right is missing, or that the command names a body that nobody knows: no right could cover
// that.
func (d *decision) notAuthorised(cmd Command, right Right, about involved) *Refusal {
	caller := d.meta.Caller
	for _, way := range right.Ways {
		for _, code := range about.of(way) {
			if code != "" {
				d.body(code, "")
			}
		}
	}
	if !d.ok() {
		return &Refusal{Violations: d.violations}
	}
	ways := make([]string, 0, len(right.Ways))
	for _, way := range right.Ways {
		ways = append(ways, string(about.role(way))+" of "+way.where(about.of(way)))
	}
	remedy := "It may be given by " + strings.Join(ways, ", or ") + "."
	if len(ways) == 0 {
		remedy = "It is given by the register itself alone."
	}
	return Refuse(NotAuthorised,
		fmt.Sprintf("You have no right to %s as %s of %s.", cmd.Method(), listed(caller.Roles), caller.Organisation),
		remedy, "organisation", string(caller.Organisation), "method", cmd.Method())
}

// where says at which bodies a right is had in one way, given those that something is about.
func (w Way) where(of []OrganisationCode) string {
	var places []string
	own, above := slices.Contains(w.Reaches, ReachOwn), slices.Contains(w.Reaches, ReachRegion)
	named := slices.DeleteFunc(slices.Clone(of), func(c OrganisationCode) bool { return c == "" })
	switch {
	case len(named) == 0:
	case own:
		places = append(places, listed(distinct(named)))
		if above {
			places = append(places, "its region")
		}
	case above:
		places = append(places, "the region of "+listed(named))
	}
	if slices.Contains(w.Reaches, ReachNational) {
		places = append(places, "a national body")
	}
	if len(places) == 0 {
		return "any body"
	}
	return strings.Join(places, " or ")
}
