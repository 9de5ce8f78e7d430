package domain

import (
	"cmp"
	"fmt"
	"slices"
)

// Framework says by which gateways a transfer is decided. A framework is data: it can be set anew, and each transfer
// keeps the gateways under which it was proposed.
type Framework struct {
	Code FrameworkCode `json:"code,omitempty"`
	Name string        `json:"name,omitempty"`
	// Weight orders frameworks from the lightest: a proposal that names none gets the lightest that fits.
	Weight int `json:"weight,omitempty"`
	// Domains are the domains of readiness that each party rates; none where notice is enough.
	Domains  []string           `json:"domains,omitempty"`
	Gateways []FrameworkGateway `json:"gateways,omitempty"`
	// Confirmed says that it is for moves of accountability, delegations and directions too: a body above confirms.
	Confirmed bool `json:"confirmed,omitempty"`
	// Notice is set where both parties give notice in place of assessing.
	Notice Notice `json:"notice"`
}

// IsNotice tells whether the framework is one of notice.
func (f Framework) IsNotice() bool { return len(f.Notice.Statements) > 0 }

// Notice is what a light transfer needs in place of assessments: statements that both executives sign, limits, and
// time for a call-in.
type Notice struct {
	Statements []string `json:"statements,omitempty"`
	// WorkingDays pass between the last notice and the effect.
	WorkingDays int `json:"workingDays,omitempty"`
	// MaxPounds bounds the money that moves in a year, in pounds; MaxWTE the staff, in hundredths of a whole-time
	// equivalent.
	MaxPounds int64 `json:"maxPounds,omitempty"`
	MaxWTE    int64 `json:"maxWte,omitempty"`
}

// FrameworkGateway is a gateway of a framework.
type FrameworkGateway struct {
	Code            GatewayCode `json:"code,omitempty"`
	Party           Party       `json:"party,omitempty"`
	Role            ActorRole   `json:"role,omitempty"`
	OpinionRequired bool        `json:"opinionRequired,omitempty"`
}

// ReleasedFrameworks are the frameworks that come with this release, from the lightest to the fullest. The limits of
// notify-2026 are ours, and assumed: a national registrar sets them with SetFramework.
func ReleasedFrameworks() []Framework {
	domains := []string{
		"law_governance", "money_risk", "people", "quality_outcomes", "contracts_data_records", "escalation_continuity",
	}
	readiness := []FrameworkGateway{
		{Code: "sender-readiness", Party: PartySender, Role: ActorBoard, OpinionRequired: true},
		{Code: "receiver-readiness", Party: PartyReceiver, Role: ActorBoard, OpinionRequired: true},
	}
	return []Framework{
		{
			Code: "notify-2026", Name: "Transfer by notice", Weight: 10,
			Gateways: []FrameworkGateway{
				{Code: "sender-notice", Party: PartySender, Role: ActorBoard},
				{Code: "receiver-notice", Party: PartyReceiver, Role: ActorBoard},
			},
			Notice: Notice{
				Statements:  []string{"scope", "money", "people", "risk", "records"},
				WorkingDays: 10, MaxPounds: 250_000, MaxWTE: 500,
			},
		},
		{Code: "standard-2026", Name: "Standard transfer", Weight: 20, Domains: domains, Gateways: readiness},
		{
			Code: "full-2026", Name: "Full transfer with confirmation", Weight: 30, Domains: domains, Confirmed: true,
			Gateways: appended(readiness, FrameworkGateway{Code: "confirmation", Party: PartyConfirmer, Role: ActorPanel}),
		},
	}
}

// Frameworks is the register of frameworks: those of the release, and what was set since.
type Frameworks struct {
	byCode table[FrameworkCode, Versions[Framework]]
}

// NewFrameworks returns the frameworks of the release.
func NewFrameworks() *Frameworks {
	f := &Frameworks{}
	f.init(nil)
	return f
}

func (f *Frameworks) init(undo *undoLog) {
	f.byCode.init(undo)
	if len(f.byCode.m) > 0 {
		return
	}
	for _, framework := range ReleasedFrameworks() {
		f.byCode.m[framework.Code] = Versions[Framework]{{Value: framework}}
	}
}

// Apply folds an event and tells whether it was about a framework.
func (f *Frameworks) Apply(e *Event) bool {
	fact, ok := e.Fact.(FrameworkSet)
	if ok {
		code := fact.Framework.Code
		f.byCode.set(code, f.byCode.m[code].With(e.No, fact.Framework))
	}
	return ok
}

// All returns the frameworks as known, from the lightest.
func (f *Frameworks) All(known EventNo) []Framework {
	return sortedVersions(f.byCode, known, compareWeight)
}

func compareWeight(a, b Framework) int {
	return cmp.Or(cmp.Compare(a.Weight, b.Weight), cmp.Compare(a.Code, b.Code))
}

// lightest returns the lightest framework that fits a transfer, or false when none does.
func (f *Frameworks) lightest(t Transfer) (Framework, bool) {
	var best Framework
	found := false
	for code := range f.byCode.keys() {
		candidate, _ := f.byCode.m[code].Latest()
		if (!found || compareWeight(candidate, best) < 0) && candidate.unfit(t) == "" {
			best, found = candidate, true
		}
	}
	return best, found
}

// Fullest returns the framework under which a transfer that is called in is decided.
func (f *Frameworks) Fullest(known EventNo) Framework {
	all := f.All(known)
	return all[len(all)-1]
}

// needsConfirmation tells whether a transfer is one that the body above confirms: accountability, delegation and
// direction, joint exercise.
func needsConfirmation(kind TransferKind, roles []Role) bool {
	return kind.IsArrangement() || slices.Contains(roles, RoleAccountable)
}

// unfit says why a framework is too light for a transfer, "" when it fits.
func (f Framework) unfit(t Transfer) string {
	switch {
	case needsConfirmation(t.Kind, t.Roles) && !f.Confirmed:
		return "accountability, delegation, direction and joint exercise need a confirmation"
	case !f.IsNotice():
		return ""
	case !slices.Equal(t.Roles, []Role{RoleDelivering}):
		return "notice is enough for delivering only"
	case !t.Terms.StatesScale():
		return "notice needs terms that state the money and the staff"
	case t.Terms.NewLiability || t.Terms.Redundancy || t.Terms.NewController:
		return "a new liability, redundancy or data controller needs assessment"
	case t.Terms.Pounds() > f.Notice.MaxPounds || t.Terms.Staff.WTE > f.Notice.MaxWTE:
		return fmt.Sprintf("the money (£%d) or the staff (%s WTE) is over the limit", t.Terms.Pounds(), hundredths(t.Terms.Staff.WTE))
	}
	return ""
}

// hundredths writes a number of hundredths as a decimal number.
func hundredths(n int64) string { return fmt.Sprintf("%d.%02d", n/100, n%100) }

// framework finds the framework named, or the lightest that fits.
func (d *decision) framework(code FrameworkCode, t Transfer) (Framework, bool) {
	f, ok := d.s.Frameworks.byCode.m[code].Latest()
	if code == "" {
		f, ok = d.s.Frameworks.lightest(t)
	}
	if !ok {
		d.invalid("framework", "There is no framework "+string(code)+".")
		return Framework{}, false
	}
	if why := f.unfit(t); why != "" {
		d.invalid("framework", "The framework "+string(code)+" is too light: "+why+".")
		return f, false
	}
	return f, true
}

// framework is the framework of a transfer as it was when the transfer came under it.
func (t Transfer) framework() Framework {
	f := Framework{Code: t.Framework, Domains: t.Domains, Notice: t.Notice}
	for _, g := range t.Gateways {
		f.Confirmed = f.Confirmed || g.Party == PartyConfirmer
		f.Gateways = append(f.Gateways, FrameworkGateway{
			Code: g.Code, Party: g.Party, Role: g.Role, OpinionRequired: g.OpinionRequired,
		})
	}
	return f
}

// gatewaysFor fixes the gateways of a framework for one transfer: who decides each of them.
func (d *decision) gatewaysFor(f Framework, sender, receiver OrganisationCode) []GatewayPlan {
	plans := make([]GatewayPlan, 0, len(f.Gateways))
	for _, g := range f.Gateways {
		plan := GatewayPlan{Code: g.Code, Party: g.Party, Role: g.Role, OpinionRequired: g.OpinionRequired}
		switch g.Party {
		case PartySender:
			plan.Decider, plan.SameLegalPerson = sender, d.isParty(sender, receiver)
		case PartyReceiver:
			plan.Decider, plan.SameLegalPerson = receiver, d.isParty(receiver, sender)
		case PartyConfirmer:
			plan.Decider = d.confirmer(sender, receiver)
			plan.SameLegalPerson = d.isParty(plan.Decider, sender, receiver)
		}
		plan.OpinionRequired = plan.OpinionRequired || plan.SameLegalPerson
		plans = append(plans, plan)
	}
	return plans
}

// confirmer is the region of the sender; where that is a party or there is none, the next tier up: the legal parent, then
// the Secretary of State. Where all of them are parties it is the Secretary of State all the same.
func (d *decision) confirmer(sender, receiver OrganisationCode) OrganisationCode {
	orgs := &d.s.Organisations
	var chain []OrganisationCode
	from := sender
	if region, ok := orgs.RegionOf(sender, d.now()); ok {
		chain, from = append(chain, region), region
	}
	if legal, ok := orgs.LegalPersonOf(from, d.now()); ok && legal != from {
		chain = append(chain, legal)
	}
	minister, known := orgs.Minister(d.now())
	if known {
		chain = append(chain, minister)
	}
	for _, code := range chain {
		if code != sender && code != receiver {
			return code
		}
	}
	if !known {
		d.refuse(NoLegalPerson, "There is no body above the parties that could confirm the transfer.",
			"Record the sender's region, or the Secretary of State, in the register.", "sender", string(sender))
	}
	return minister
}

// isParty tells whether a body is one of the parties, or the same person in law as one of them (invariant 7).
func (d *decision) isParty(body OrganisationCode, parties ...OrganisationCode) bool {
	return slices.ContainsFunc(parties, func(party OrganisationCode) bool {
		return body == party || d.s.Organisations.SameLegalPerson(body, party, d.now())
	})
}

// FrameworkSet puts a framework into the register, or sets one anew for the transfers to come.
type FrameworkSet struct {
	Framework Framework
}

// FactType is the fact's name.
func (FrameworkSet) FactType() string { return "FrameworkSet" }

// Entity is the framework.
func (f FrameworkSet) Entity() string { return "framework/" + string(f.Framework.Code) }

// Effective is from its recording.
func (FrameworkSet) Effective() Date { return 0 }

// SetFramework sets a framework for the transfers to come. Transfers under way keep their gateways.
type SetFramework struct {
	Framework Framework `json:"framework"`
}

// Method is the command's name.
func (SetFramework) Method() string { return "SetFramework" }

func (c SetFramework) decide(d *decision) {
	f := c.Framework
	if f.Code == "" || f.Name == "" || f.Weight <= 0 {
		d.invalid("framework", "A framework needs a code, a name and a weight.")
	}
	if len(f.Gateways) == 0 {
		d.invalid("gateways", "A framework needs gateways.")
	}
	if f.IsNotice() == (len(f.Domains) > 0) {
		d.invalid("domains", "A framework has either domains that the parties rate, or statements of notice.")
	}
	if f.Notice.WorkingDays < 0 || f.Notice.MaxPounds < 0 || f.Notice.MaxWTE < 0 {
		d.invalid("notice", "Days and limits cannot be negative.")
	}
	seen := map[GatewayCode]bool{"": true}
	confirmed := false
	for _, g := range f.Gateways {
		if seen[g.Code] {
			d.invalid("gateways", fmt.Sprintf("The gateway code %q is empty or used twice.", g.Code))
		}
		seen[g.Code] = true
		confirmed = confirmed || g.Party == PartyConfirmer
		if !slices.Contains([]Party{PartySender, PartyReceiver, PartyConfirmer}, g.Party) ||
			!slices.Contains([]ActorRole{ActorBoard, ActorPanel}, g.Role) {
			d.invalid("gateways", "A gateway is decided by a board or a panel of the sender, the receiver or the confirmer.")
		}
	}
	if confirmed != f.Confirmed {
		d.invalid("confirmed", "A framework for what must be confirmed has a gateway of the confirmer, and no other has.")
	}
	if d.ok() {
		d.emit(FrameworkSet(c))
	}
}
