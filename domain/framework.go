package domain

import "slices"

// Framework says by which gateways a transfer is decided. A framework is data: a new version is a new code, and each
// transfer keeps the gateways under which it was proposed.
type Framework struct {
	Code FrameworkCode
	Name string
	// Domains are the domains of readiness that each party rates.
	Domains  []string
	Gateways []FrameworkGateway
	// Confirmed says that it is for moves of accountability, delegations and directions, which a body above the
	// parties confirms.
	Confirmed bool
}

// FrameworkGateway is a gateway of a framework.
type FrameworkGateway struct {
	Code            GatewayCode
	Party           Party
	Role            ActorRole
	OpinionRequired bool
}

// Frameworks lists the frameworks from the lightest to the fullest.
func Frameworks() []Framework {
	domains := []string{
		"law_governance", "money_risk", "people", "quality_outcomes", "contracts_data_records", "escalation_continuity",
	}
	readiness := []FrameworkGateway{
		{Code: "sender-readiness", Party: PartySender, Role: ActorBoard, OpinionRequired: true},
		{Code: "receiver-readiness", Party: PartyReceiver, Role: ActorBoard, OpinionRequired: true},
	}
	confirmation := FrameworkGateway{Code: "confirmation", Party: PartyConfirmer, Role: ActorPanel}
	return []Framework{
		{Code: "standard-2026", Name: "Standard transfer", Domains: domains, Gateways: readiness},
		{
			Code: "full-2026", Name: "Full transfer with confirmation", Domains: domains,
			Gateways: appended(readiness, confirmation), Confirmed: true,
		},
	}
}

// needsConfirmation tells whether a transfer is one that the body above confirms: accountability, delegation and
// direction, joint exercise.
func needsConfirmation(kind TransferKind, roles []Role) bool {
	return kind.IsArrangement() || slices.Contains(roles, RoleAccountable)
}

// framework finds the framework named, or the lightest that fits.
func (d *decision) framework(code FrameworkCode, kind TransferKind, roles []Role) (Framework, bool) {
	full := needsConfirmation(kind, roles)
	for _, f := range Frameworks() {
		switch {
		case code == "" && (f.Confirmed || !full):
			return f, true
		case code == f.Code && full && !f.Confirmed:
			d.invalid("framework", "The framework "+string(code)+" is too light: accountability, delegation, direction and joint exercise need a confirmation.")
			return f, false
		case code == f.Code:
			return f, true
		}
	}
	d.invalid("framework", "There is no framework "+string(code)+".")
	return Framework{}, false
}

// gatewaysFor fixes the gateways of a framework for one transfer: who decides each of them.
func (d *decision) gatewaysFor(f Framework, sender, receiver OrganisationCode) []GatewayPlan {
	plans := make([]GatewayPlan, 0, len(f.Gateways))
	for _, g := range f.Gateways {
		plan := GatewayPlan{Code: g.Code, Party: g.Party, Role: g.Role, OpinionRequired: g.OpinionRequired}
		switch g.Party {
		case PartySender:
			plan.Decider = sender
		case PartyReceiver:
			plan.Decider = receiver
		case PartyConfirmer:
			plan.Decider = d.confirmer(sender, receiver)
			plan.SameLegalPerson = d.isParty(plan.Decider, sender, receiver)
			plan.OpinionRequired = plan.OpinionRequired || plan.SameLegalPerson
		}
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

// isParty tells whether the decider is the same person in law as one of the parties (invariant 7).
func (d *decision) isParty(decider, sender, receiver OrganisationCode) bool {
	orgs := &d.s.Organisations
	return orgs.SameLegalPerson(decider, sender, d.now()) || orgs.SameLegalPerson(decider, receiver, d.now())
}
