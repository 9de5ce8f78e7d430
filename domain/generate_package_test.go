package domain

import "pgregory.net/rapid"

// drawFormPackage takes live transfers together, mostly of one sender.
func (m *machine) drawFormPackage(t *rapid.T) order {
	live := m.inStates(StateProposed, StateAssessing)
	one := pick(t, "member", live)
	var others []TransferID
	for _, tr := range live {
		if tr.ID != one.ID && (tr.Sender == one.Sender || chance(t, "another sender", 5)) {
			others = append(others, tr.ID)
		}
	}
	members := []TransferID{one.ID, pick(t, "other member", others)}
	return m.order(t, one.Sender, FormPackage{Name: "together", Members: members})
}

// drawPackageStep assesses a package or decides one of its gateways, mostly by somebody who may.
func (m *machine) drawPackageStep(t *rapid.T) order {
	p := pick(t, "package", m.state.Packages.All(Latest))
	tr, _ := m.state.Transfers.Get(pick(t, "member", p.Members), Latest)
	g := pick(t, "gateway", tr.Gateways)
	if _, fresh := tr.Assessed(g.Party); g.Party != PartyConfirmer && (!fresh || chance(t, "assess again", 10)) {
		return m.order(t, g.Decider, AssessPackage{PackageID: p.ID, Party: g.Party, Ratings: m.ratings(t)})
	}
	one := m.decision(t, tr, g, pick(t, "decision", []GatewayDecision{DecisionPass, DecisionPass, DecisionPassWithConditions, DecisionDefer}))
	c := DecidePackage{
		PackageID: p.ID, Gateway: g.Code, Decision: one.Decision, DecidedBy: g.Decider, DecidedOn: m.today, Opinions: one.Opinions,
		Conditions: one.Conditions, Statements: tr.Notice.Statements,
	}
	if chance(t, "exception", 40) {
		c.Exceptions = []PackageException{{TransferID: pick(t, "excepted", p.Members)}}
	}
	o := m.order(t, g.Decider, c)
	if chance(t, "chair", 80) {
		o.caller.Subject = "chair"
	}
	return o
}
