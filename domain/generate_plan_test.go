package domain

import (
	"slices"

	"pgregory.net/rapid"
)

// drawFittingPlan announces the move of what a body holds, to one receiver or to two, on a day that will come soon.
func (m *machine) drawFittingPlan(t *rapid.T) order {
	remit := pick(t, "remit", m.state.Holdings.Remits())
	held := m.state.Holdings.At(remit, Now(m.today))
	if len(held) == 0 || held[0].Undetermined {
		t.Skip("held by nobody")
	}
	sender := held[0].Named()
	var footprints []FootprintCode
	for _, other := range m.state.Holdings.Of(remit.Subject) {
		_, holds := givenBy(m.state.Holdings.At(other, Now(m.today)), sender)
		if other.Role == remit.Role && holds {
			footprints = append(footprints, other.Footprint)
		}
	}
	plan := PlanTransfer{
		Kind: m.fittingKind(t, remit), Function: remit.Subject.Function, Part: remit.Subject.Part, Sender: sender,
		Moves: []Move{{m.body(t, "receiver"), footprints}}, Roles: []Role{remit.Role}, Instrument: "act",
		EffectiveOn: m.today.AddDays(1 + below(t, "days ahead", 60)),
	}
	if len(footprints) > 1 && chance(t, "two receivers", 40) {
		plan.Moves[0].Footprints = footprints[:1]
		plan.Moves = append(plan.Moves, Move{m.body(t, "other receiver"), footprints[1:]})
	}
	if chance(t, "another role", 40) {
		plan.Roles = distinct(append(plan.Roles, pick(t, "role", Roles())))
	}
	return m.order(t, sender, plan)
}

// drawCarryOut proposes what was announced, or an option that is explored, in all of its places or in some.
func (m *machine) drawCarryOut(t *rapid.T) order {
	plan := pick(t, "plan", m.inStates(StatePlanned, StateExploring))
	move := pick(t, "move", plan.Moves)
	c := ProposeTransfer{
		Kind: plan.Kind, Function: plan.Subject.Function, Part: plan.Subject.Part, Sender: plan.Sender, Receiver: move.Receiver,
		Footprints: move.Footprints, Roles: plan.Roles, Instrument: "act", EffectiveOn: m.today.AddDays(below(t, "days ahead", 30)),
		Retained: m.retained(t), Terms: m.terms(t), Plan: plan.ID,
	}
	if len(move.Footprints) > 1 && chance(t, "in some of its places", 60) {
		c.Footprints = move.Footprints[:1]
	}
	if chance(t, "today", 60) {
		c.EffectiveOn = m.today
	}
	if len(plan.Options) > 0 {
		option := pick(t, "option", plan.Options)
		c.Option, c.Receiver = option.Code, option.Receiver
		if option.Receiver == "" {
			c.Receiver = m.body(t, "receiver")
		}
	}
	return m.order(t, c.Sender, c)
}

// ratings are those of a party, some of them with evidence that will expire.
func (m *machine) ratings(t *rapid.T) []DomainRating {
	ratings := allGreen()
	if chance(t, "evidence that expires", 40) {
		ratings[0].Evidence = []Evidence{{Title: text("a paper"), ExpiresOn: m.today.AddDays(below(t, "days it lasts", 60))}}
	}
	return ratings
}

// scale is what the terms say of money and staff.
func (m *machine) scale(t *rapid.T, terms Terms) Terms {
	if chance(t, "money", 30) {
		for _, year := range []string{"2026/27", "2026/27", "2027/28"} {
			terms.Money = append(terms.Money, MoneyTerm{Class: CostRunning, Pounds: int64(below(t, "money", 100)), Year: year})
		}
	}
	if chance(t, "staff", 30) {
		terms.Staff = StaffTerms{WTE: int64(below(t, "staff", 500)), Stated: true, Mechanism: "none"}
	}
	return terms
}

// drawCost records what a transfer brings those who take part in it: less for who gives something away.
func (m *machine) drawCost(t *rapid.T) order {
	transfers := slices.DeleteFunc(m.state.Transfers.All(Latest), func(tr Transfer) bool { return tr.Receiver() == "" })
	tr := pick(t, "transfer", transfers)
	if chance(t, "the first one", 70) {
		tr = transfers[0]
	}
	c := RecordCost{
		TransferID: tr.ID, Organisation: tr.Receiver(), Class: pick(t, "class", []CostClass{CostRunning, CostRunning, CostProgramme, CostCapital}),
		Pounds: int64(below(t, "pounds", 1000)), Excluded: chance(t, "excluded", 20),
		Year: pick(t, "year", []string{"2026/27", "2026/27", "2027/28"}), Base: "budget", Source: "plan",
	}
	if chance(t, "falls", 50) {
		c.Organisation, c.Pounds = tr.Sender, -c.Pounds
	}
	return m.order(t, c.Organisation, c)
}

func (m *machine) drawOccurrence(t *rapid.T) order {
	function, part := m.function(t)
	c := RecordOccurrence{
		Kind: pick(t, "kind", routes()), Function: function, Part: part, Footprints: m.drawFootprintCodes(t), Roles: m.roles(t),
		EffectiveOn: m.date(t), Source: "a notice", Instrument: m.instrument(t),
	}
	if chance(t, "from", 60) {
		c.From = m.body(t, "from")
	}
	if chance(t, "undetermined", 20) {
		c.Undetermined = true
	} else {
		c.To = m.body(t, "to")
	}
	return m.registrar(t, c)
}

// drawFittingOccurrence has something that a body holds go to another one, outside the gateways.
func (m *machine) drawFittingOccurrence(t *rapid.T) order {
	remit := pick(t, "remit", m.state.Holdings.Remits())
	held := m.state.Holdings.At(remit, Now(m.today))
	if len(held) == 0 || held[0].Undetermined {
		t.Skip("held by nobody")
	}
	return m.registrar(t, RecordOccurrence{
		Kind: m.fittingKind(t, remit), Function: remit.Subject.Function, Part: remit.Subject.Part, From: held[0].Named(),
		To: m.body(t, "to"), Footprints: []FootprintCode{remit.Footprint}, Roles: []Role{remit.Role}, EffectiveOn: m.date(t),
		Instrument: m.instrument(t), Source: "a notice", Confidence: pick(t, "confidence", []Confidence{ConfidenceExact, ConfidenceAssumed}),
	})
}

// drawFittingClaim has a body claim what somebody holds: itself, or another one.
func (m *machine) drawFittingClaim(t *rapid.T) order {
	remit := pick(t, "remit", m.state.Holdings.Remits()[:6])
	claimant := m.body(t, "claimant")
	held := m.state.Holdings.At(remit, Now(m.today))
	if len(held) > 0 && !held[0].Undetermined && chance(t, "the holder", 50) {
		claimant = held[0].Named()
	}
	return m.order(t, claimant, ClaimRemit{
		Claimant: claimant, Function: remit.Subject.Function, Part: remit.Subject.Part, Footprints: []FootprintCode{remit.Footprint},
		Roles: []Role{remit.Role}, Holds: chance(t, "holds", 80), EffectiveOn: m.date(t), Basis: text("a model"),
	})
}
