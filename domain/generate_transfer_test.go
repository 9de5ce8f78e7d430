package domain

import (
	"cmp"
	"slices"

	"pgregory.net/rapid"
)

func (m *machine) terms(t *rapid.T) Terms {
	if chance(t, "no terms", 10) {
		return Terms{}
	}
	terms := Terms{
		Reserved: text("a"), Limits: text("b"), Liability: text("c"), Notice: text("d"), ReviewOn: m.today.AddDays(365),
		AgreementRef: "C-1", OnwardPermitted: chance(t, "onward", 50), OnwardDepth: int64(below(t, "depth", 3)),
	}
	if chance(t, "soon over", 20) {
		terms.ReviewOn, terms.EndsOn = m.today.AddDays(10), m.today.AddDays(20)
	}
	return m.scale(t, terms)
}

func (m *machine) drawPlan(t *rapid.T) order {
	function, part := m.function(t)
	sender := m.body(t, "sender")
	plan := PlanTransfer{
		Kind: pick(t, "kind", routes()), Function: function, Part: part, Sender: sender, Roles: m.roles(t),
		Moves: []Move{{m.body(t, "receiver"), m.drawFootprintCodes(t)}}, EffectiveOn: m.today.AddDays(100),
	}
	for _, other := range m.state.Transfers.All(Latest) {
		if other.State == StatePlanned && chance(t, "replace", 50) {
			if chance(t, "of the same function", 80) {
				plan.Function, plan.Part = other.Subject.Function, other.Subject.Part
			}
			return m.order(t, other.Sender, ReplacePlan{other.ID, plan})
		}
	}
	return m.order(t, sender, plan)
}

func (m *machine) retained(t *rapid.T) []Retained {
	if chance(t, "nothing retained", 60) {
		return nil
	}
	r := Retained{Role: pick(t, "retained role", Roles())}
	if chance(t, "named keeper", 70) {
		r.Holder = m.body(t, "keeper")
	}
	return []Retained{r}
}

func (m *machine) drawPropose(t *rapid.T) order {
	function, part := m.function(t)
	c := ProposeTransfer{
		Kind: pick(t, "kind", routes()), Function: function, Part: part, Sender: m.body(t, "sender"),
		Receiver: m.body(t, "receiver"), Footprints: m.drawFootprintCodes(t), Roles: m.roles(t), Instrument: m.instrument(t),
		EffectiveOn: m.date(t), Retained: m.retained(t), Terms: m.terms(t),
	}
	return m.order(t, c.Sender, c)
}

// drawFittingProposal proposes to move something that the sender holds, by a route that may move it.
func (m *machine) drawFittingProposal(t *rapid.T) order {
	remit := pick(t, "remit", m.state.Holdings.Remits())
	held := m.state.Holdings.At(remit, Now(m.today))
	if len(held) == 0 || held[0].Undetermined {
		t.Skip("held by nobody")
	}
	c := ProposeTransfer{
		Kind: m.fittingKind(t, remit), Function: remit.Subject.Function, Part: remit.Subject.Part, Sender: held[0].Named(),
		Receiver: m.body(t, "receiver"), Footprints: []FootprintCode{remit.Footprint}, Roles: []Role{remit.Role},
		Instrument: "act", EffectiveOn: m.today, Retained: m.retained(t), Terms: m.terms(t),
	}
	if trusts := m.open(TierProvider); len(trusts) > 0 && chance(t, "changes the kind of footprint", 15) {
		c.Receiver, c.Residue = pick(t, "trust", trusts), pick(t, "residue", []Residue{ResidueStays, ResidueCeases})
		c.Results = []TransferResult{{Function: "own"}}
	}
	return m.order(t, c.Sender, c)
}

func (m *machine) fittingKind(t *rapid.T, remit Remit) TransferKind {
	fn, _ := m.state.Functions.Get(remit.Subject.Function, Latest)
	var kinds []TransferKind
	for _, kind := range routes() {
		for _, role := range mayMove(kind, fn.Details.LegalStatus) {
			if role == remit.Role {
				kinds = append(kinds, kind)
			}
		}
	}
	return pick(t, "kind", kinds)
}

func (m *machine) inStates(states ...TransferState) []Transfer {
	var list []Transfer
	for _, transfer := range m.state.Transfers.All(Latest) {
		for _, state := range states {
			if transfer.State == state {
				list = append(list, transfer)
			}
		}
	}
	return list
}

func (m *machine) drawAmend(t *rapid.T) order {
	tr := pick(t, "transfer", m.inStates(openStates()...))
	if chance(t, "terms only", 40) {
		return m.order(t, tr.Sender, SetTerms{tr.ID, m.terms(t)})
	}
	c := AmendTransfer{TransferID: tr.ID}
	switch below(t, "what", 5) {
	case 0:
		c.Rationale = text("better put")
	case 1:
		c.Footprints = m.drawFootprintCodes(t)
	case 2:
		c.Roles = m.roles(t)
	case 3:
		c.EffectiveOn = m.date(t)
	case 4:
		c.Retained = m.retained(t)
	}
	return m.order(t, tr.Sender, c)
}

func allGreen() []DomainRating {
	var ratings []DomainRating
	for _, domain := range ReleasedFrameworks()[1].Domains {
		ratings = append(ratings, DomainRating{Domain: domain, Rating: RatingGreen})
	}
	return ratings
}

// drawGatewayStep assesses, gives an opinion or decides, in any order.
func (m *machine) drawGatewayStep(t *rapid.T) order {
	tr := pick(t, "transfer", m.inStates(StateProposed, StateAssessing))
	party := pick(t, "party", []Party{PartySender, PartyReceiver})
	g := pick(t, "gateway", tr.Gateways)
	switch below(t, "gateway step", 4) {
	case 0:
		return m.order(t, tr.party(party), AssessReadiness{tr.ID, party, m.ratings(t)})
	case 1:
		return m.order(t, g.Decider, RecordOpinion{tr.ID, g.Code, Opinion{By: "audit", Opinion: OpinionAdvise}})
	default:
		decision := pick(t, "decision", []GatewayDecision{DecisionPass, DecisionPassWithConditions, DecisionDefer, DecisionFail})
		return m.order(t, g.Decider, m.decision(t, tr, g, decision))
	}
}

func (m *machine) decision(t *rapid.T, tr Transfer, g Gateway, decision GatewayDecision) DecideGateway {
	c := DecideGateway{TransferID: tr.ID, Gateway: g.Code, Decision: decision, DecidedBy: g.Decider, DecidedOn: m.today}
	if decision == DecisionPassWithConditions {
		c.Conditions = []Condition{{
			Description: text("a condition"), Owner: pick(t, "owner", []OrganisationCode{tr.Sender, tr.Receiver()}),
			DueOn: m.today, Timing: pick(t, "timing", []ConditionTiming{TimingBeforeEffect, TimingAfterEffect}),
		}}
	}
	if chance(t, "opinion", 90) {
		c.Opinions = []Opinion{{By: "audit", Opinion: OpinionAssure}}
	}
	return c
}

// drawNextStep takes a transfer one step further: what is missing is assessed, decided, evidenced and discharged.
func (m *machine) drawNextStep(t *rapid.T) order {
	open := m.inStates(openStates()...)
	tr := pick(t, "transfer", open)
	if chance(t, "the first one", 60) {
		tr = open[0]
	}
	for _, g := range tr.Gateways {
		if tr.Passed(g) {
			continue
		}
		if _, fresh := tr.Assessed(g.Party); !fresh && g.Party != PartyConfirmer {
			return m.order(t, g.Decider, AssessReadiness{tr.ID, g.Party, m.ratings(t)})
		}
		decision := pick(t, "pass", []GatewayDecision{DecisionPass, DecisionPass, DecisionPassWithConditions})
		o := m.order(t, g.Decider, m.decision(t, tr, g, decision))
		if chance(t, "chair", 80) {
			o.caller.Subject = "chair"
		}
		return o
	}
	for _, c := range tr.Conditions {
		switch c.State {
		case ConditionStateOpen:
			return m.order(t, c.Owner, EvidenceCondition{tr.ID, c.ID, []Evidence{{Title: text("a paper")}}})
		case ConditionStateEvidenced:
			return m.order(t, c.SetBy, DischargeCondition{tr.ID, c.ID})
		case ConditionStateDischarged, ConditionStateWaived, ConditionStateLapsed:
		}
	}
	if tr.State == StateApproved && chance(t, "schedule", 50) {
		return m.order(t, tr.Sender, ScheduleTransfer{tr.ID, m.date(t)})
	}
	return m.order(t, tr.Sender, CompleteTransfer{TransferID: tr.ID})
}

// drawFinish completes, withdraws or waives, whether it is time or not.
func (m *machine) drawFinish(t *rapid.T) order {
	tr := pick(t, "transfer", m.state.Transfers.All(Latest))
	switch below(t, "finish", 6) {
	case 0:
		return m.order(t, tr.Sender, WithdrawTransfer{tr.ID})
	case 1:
		return m.drawWaive(t)
	case 2:
		c := pick(t, "condition", tr.Conditions)
		return m.order(t, c.Owner, EvidenceCondition{tr.ID, c.ID, []Evidence{{Title: text("a paper")}}})
	default:
		return m.order(t, tr.Sender, CompleteTransfer{tr.ID, cmp.Or(m.date(t), m.today)})
	}
}

// drawWaive does without a condition, mostly by somebody who neither proposed nor assessed.
func (m *machine) drawWaive(t *rapid.T) order {
	var conditional []Transfer
	for _, tr := range m.state.Transfers.All(Latest) {
		if len(tr.Conditions) > 0 {
			conditional = append(conditional, tr)
		}
	}
	tr := pick(t, "conditional", conditional)
	c := pick(t, "condition", tr.Conditions)
	o := m.order(t, c.SetBy, WaiveCondition{tr.ID, c.ID})
	if chance(t, "chair", 80) {
		o.caller.Subject = "chair"
	}
	return o
}

// drawDelegate delegates something that a body holds, often a body that is a delegate itself.
func (m *machine) drawDelegate(t *rapid.T) order {
	candidates := m.delegable()
	if passed := m.ofDelegates(candidates); len(passed) > 0 && chance(t, "pass on", 60) {
		candidates = passed
	}
	held := pick(t, "held", candidates)
	c := DelegateFunction{
		Function: held.Remit.Subject.Function, Part: held.Remit.Subject.Part, Delegator: held.Named(),
		Delegate: pick(t, "delegate", m.open(TierICB, TierRegional)), Roles: []Role{held.Remit.Role}, EffectiveOn: m.today,
		Instrument: "act", Terms: m.terms(t),
	}
	if chance(t, "footprint", 70) {
		c.Footprints = []FootprintCode{held.Remit.Footprint}
	}
	if chance(t, "other date", 20) {
		c.EffectiveOn = m.date(t)
	}
	return m.order(t, c.Delegator, c)
}

// delegable are the holdings of today that a delegation may move.
func (m *machine) delegable() []Held {
	var list []Held
	for _, remit := range m.state.Holdings.Remits() {
		for _, held := range m.state.Holdings.At(remit, Now(m.today)) {
			if !held.Undetermined && slices.Contains(mayMove(KindDelegation, ""), remit.Role) {
				list = append(list, held)
			}
		}
	}
	return list
}

// ofDelegates are the holdings of bodies that are delegates for the same subject and footprint.
func (m *machine) ofDelegates(list []Held) []Held {
	var passed []Held
	for _, held := range list {
		for _, x := range m.state.Delegations.All(Latest) {
			if x.State == DelegationStateInForce && x.Delegate == held.Named() && x.Subject == held.Remit.Subject &&
				slices.Contains(x.Footprints, held.Remit.Footprint) {
				passed = append(passed, held)
			}
		}
	}
	return passed
}

func (m *machine) drawDelegationStep(t *rapid.T) order {
	x := pick(t, "delegation", m.state.Delegations.All(Latest))
	if x.State == DelegationStateOffered && chance(t, "accept", 80) {
		return m.order(t, x.Delegate, AcceptDelegation{x.ID})
	}
	return m.order(t, x.Delegator, RevokeDelegation{x.ID, max(m.date(t), x.EffectiveOn)})
}
