package domain

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// grant says that a role gives the right to a command: at one of the bodies or of those that followed them, at a region
// of theirs, or at a national body. Source of the table: the register's own rules of who may do what.
type grant struct {
	role     ActorRole
	bodies   []OrganisationCode
	regions  bool
	national bool
	// above grants it at a region of these bodies, not at the bodies themselves.
	above []OrganisationCode
}

// authorise finds the role in which the caller may give the command, or says which right is missing.
func (d *decision) authorise(cmd Command) (ActorRole, *Refusal) {
	caller := d.meta.Caller
	grants, refusal := cmd.grants(d)
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
	for _, g := range grants {
		if slices.Contains(caller.Roles, g.role) && (!known || d.covers(g, body)) {
			return g.role, nil
		}
	}
	return "", d.notAuthorised(cmd, grants)
}

// mayFound lets a registrar put the first bodies into an empty register, when there is no body yet to act for.
func (d *decision) mayFound(cmd Command) bool {
	_, founding := cmd.(EstablishOrganisation)
	return founding && len(d.s.Organisations.Bodies(Latest)) == 0
}

func (d *decision) covers(g grant, body Organisation) bool {
	if g.national && body.Tier == TierNational {
		return true
	}
	for _, code := range g.above {
		if region, ok := d.s.Organisations.RegionOf(code, d.now()); ok && region == body.Code {
			return true
		}
	}
	for _, code := range g.bodies {
		if slices.Contains(d.s.Organisations.Heirs(code, d.now()), body.Code) {
			return true
		}
		region, ok := d.s.Organisations.RegionOf(code, d.now())
		if g.regions && ok && region == body.Code {
			return true
		}
	}
	return false
}

// notAuthorised says which right is missing, or that the command names a body that nobody knows: no right could cover
// that.
func (d *decision) notAuthorised(cmd Command, grants []grant) *Refusal {
	caller := d.meta.Caller
	for _, g := range grants {
		for _, code := range slices.Concat(g.bodies, g.above) {
			if code != "" {
				d.body(code, "")
			}
		}
	}
	if !d.ok() {
		return &Refusal{Violations: d.violations}
	}
	ways := make([]string, 0, len(grants))
	for _, g := range grants {
		ways = append(ways, string(g.role)+" of "+g.where())
	}
	return Refuse(NotAuthorised,
		fmt.Sprintf("You have no right to %s as %s of %s.", cmd.Method(), joined(caller.Roles), caller.Organisation),
		"It may be given by "+strings.Join(ways, ", or ")+".", "organisation", string(caller.Organisation), "method", cmd.Method())
}

func (g grant) where() string {
	var places []string
	if len(g.above) > 0 {
		places = append(places, "the region of "+joined(g.above))
	}
	if named := distinct(g.bodies); len(named) > 0 && named[len(named)-1] != "" {
		places = append(places, strings.TrimPrefix(joined(named), ","))
		if g.regions {
			places = append(places, "its region")
		}
	}
	if g.national {
		places = append(places, "a national body")
	}
	if len(places) == 0 {
		return "the register itself"
	}
	return strings.Join(places, " or ")
}

// The rows of the table: command by command, who may give it.

func registrarOf(bodies ...OrganisationCode) []grant {
	return []grant{{role: ActorRegistrar, bodies: bodies, regions: true, national: true}}
}

func (c EstablishOrganisation) grants(*decision) ([]grant, *Refusal) {
	return registrarOf(c.Parent), nil
}

func (c RenameOrganisation) grants(*decision) ([]grant, *Refusal) { return registrarOf(c.Code), nil }

func (c MoveOrganisation) grants(*decision) ([]grant, *Refusal) { return registrarOf(c.Code), nil }
func (ChangeFootprints) grants(*decision) ([]grant, *Refusal)   { return registrarOf(), nil }
func (PlanReorganisation) grants(*decision) ([]grant, *Refusal) { return registrarOf(), nil }
func (Reorganise) grants(*decision) ([]grant, *Refusal)         { return registrarOf(), nil }
func (DefineFunction) grants(*decision) ([]grant, *Refusal)     { return registrarOf(), nil }
func (ReviseFunction) grants(*decision) ([]grant, *Refusal)     { return registrarOf(), nil }
func (DivideFunction) grants(*decision) ([]grant, *Refusal)     { return registrarOf(), nil }
func (c AllocateFunction) grants(*decision) ([]grant, *Refusal) { return registrarOf(c.Holder), nil }
func (RegisterInstrument) grants(*decision) ([]grant, *Refusal) { return registrarOf(), nil }
func (CommenceInstrument) grants(*decision) ([]grant, *Refusal) { return registrarOf(), nil }
func (DiscardInstrument) grants(*decision) ([]grant, *Refusal)  { return registrarOf(), nil }
func (c RecordOccurrence) grants(*decision) ([]grant, *Refusal) {
	return registrarOf(c.From, c.To), nil
}

// programmeOffice is the row of everything that moves a transfer along.
func programmeOffice(bodies ...OrganisationCode) []grant {
	return []grant{{role: ActorProgrammeOffice, bodies: bodies, regions: true, national: true}}
}

func (c PlanTransfer) grants(*decision) ([]grant, *Refusal) {
	bodies := []OrganisationCode{c.Sender}
	for _, move := range c.Moves {
		bodies = append(bodies, move.Receiver)
	}
	return programmeOffice(bodies...), nil
}

func (c ReplacePlan) grants(d *decision) ([]grant, *Refusal) { return d.partiesOffice(c.TransferID) }

func (c ProposeTransfer) grants(*decision) ([]grant, *Refusal) {
	return programmeOffice(c.Sender, c.Receiver), nil
}

func (c AmendTransfer) grants(d *decision) ([]grant, *Refusal) { return d.partiesOffice(c.TransferID) }

func (c SetTerms) grants(d *decision) ([]grant, *Refusal) { return d.partiesOffice(c.TransferID) }

func (c ScheduleTransfer) grants(d *decision) ([]grant, *Refusal) {
	return d.partiesOffice(c.TransferID)
}

func (c CompleteTransfer) grants(d *decision) ([]grant, *Refusal) {
	return d.partiesOffice(c.TransferID)
}

func (c WithdrawTransfer) grants(d *decision) ([]grant, *Refusal) {
	return d.partiesOffice(c.TransferID)
}

func (d *decision) partiesOffice(id TransferID) ([]grant, *Refusal) {
	t, refusal := d.transfer(id)
	if refusal != nil {
		return nil, refusal
	}
	bodies := []OrganisationCode{t.Sender}
	for _, move := range t.Moves {
		bodies = append(bodies, move.Receiver)
	}
	return programmeOffice(bodies...), nil
}

func (c ExploreTransfer) grants(*decision) ([]grant, *Refusal) { return programmeOffice(c.Sender), nil }

func (c PauseTransfer) grants(d *decision) ([]grant, *Refusal) { return d.partiesOffice(c.TransferID) }

func (c ResumeTransfer) grants(d *decision) ([]grant, *Refusal) { return d.partiesOffice(c.TransferID) }

func (c ReverseTransfer) grants(d *decision) ([]grant, *Refusal) {
	return d.partiesOffice(c.TransferID)
}

func (c RecordMilestone) grants(d *decision) ([]grant, *Refusal) {
	return d.partiesOffice(c.TransferID)
}

func (c ReviewTransfer) grants(d *decision) ([]grant, *Refusal) { return d.partiesOffice(c.TransferID) }

func (c CallIn) grants(d *decision) ([]grant, *Refusal) {
	t, refusal := d.transfer(c.TransferID)
	if refusal != nil {
		return nil, refusal
	}
	return overseers(t.Sender, t.Receiver()), nil
}

func (c VaryDelegation) grants(d *decision) ([]grant, *Refusal) {
	x, refusal := d.delegation(c.DelegationID)
	if refusal != nil {
		return nil, refusal
	}
	return boardOf(x.Delegator), nil
}

func (c AssessReadiness) grants(d *decision) ([]grant, *Refusal) {
	t, refusal := d.transfer(c.TransferID)
	if refusal != nil {
		return nil, refusal
	}
	if c.Party != PartySender && c.Party != PartyReceiver {
		return nil, Refuse(InvalidArgument, "Only the sender and the receiver assess.", "Correct the field party.", "field", "party")
	}
	return []grant{{role: ActorAssessor, bodies: []OrganisationCode{t.party(c.Party)}}}, nil
}

func (c RecordOpinion) grants(d *decision) ([]grant, *Refusal) {
	t, g, refusal := d.gateway(c.TransferID, c.Gateway)
	if refusal != nil {
		return nil, refusal
	}
	return []grant{
		{role: ActorPanel, bodies: []OrganisationCode{g.Decider, t.Sender, t.Receiver()}, regions: true, national: true},
		{role: g.Role, bodies: []OrganisationCode{g.Decider}},
	}, nil
}

func (c DecideGateway) grants(d *decision) ([]grant, *Refusal) {
	_, g, refusal := d.gateway(c.TransferID, c.Gateway)
	if refusal != nil {
		return nil, refusal
	}
	return []grant{{role: g.Role, bodies: []OrganisationCode{g.Decider}}}, nil
}

func (c EvidenceCondition) grants(d *decision) ([]grant, *Refusal) {
	_, condition, refusal := d.condition(c.TransferID, c.ConditionID)
	if refusal != nil {
		return nil, refusal
	}
	return []grant{{role: ActorProgrammeOffice, bodies: []OrganisationCode{condition.Owner}}}, nil
}

func (c DischargeCondition) grants(d *decision) ([]grant, *Refusal) {
	return d.conditionSetter(c.TransferID, c.ConditionID)
}

func (c WaiveCondition) grants(d *decision) ([]grant, *Refusal) {
	return d.conditionSetter(c.TransferID, c.ConditionID)
}

func (d *decision) conditionSetter(id TransferID, condition ConditionID) ([]grant, *Refusal) {
	t, c, refusal := d.condition(id, condition)
	if refusal != nil {
		return nil, refusal
	}
	g, _ := t.Gateway(c.Gateway)
	return []grant{{role: g.Role, bodies: []OrganisationCode{cmp.Or(g.Decider, c.SetBy)}}}, nil
}

func boardOf(body OrganisationCode) []grant {
	return []grant{{role: ActorBoard, bodies: []OrganisationCode{body}}}
}

func (c DelegateFunction) grants(*decision) ([]grant, *Refusal) { return boardOf(c.Delegator), nil }

func (c AcceptDelegation) grants(d *decision) ([]grant, *Refusal) {
	x, refusal := d.delegation(c.DelegationID)
	if refusal != nil {
		return nil, refusal
	}
	return boardOf(x.Delegate), nil
}

func (c RevokeDelegation) grants(d *decision) ([]grant, *Refusal) {
	x, refusal := d.delegation(c.DelegationID)
	if refusal != nil {
		return nil, refusal
	}
	return boardOf(x.Delegator), nil
}
