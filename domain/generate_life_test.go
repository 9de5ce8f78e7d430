package domain

import (
	"slices"
	"strings"

	"pgregory.net/rapid"
)

// lifeDraws are the draws of second persons, corrections, the life of a transfer around its gateways, packages,
// interventions, claims, risks and the programme.
func (m *machine) lifeDraws() []draw {
	return []draw{
		{3, m.drawSecond},
		{2, m.drawCorrect},
		{1, m.drawExplore},
		{2, m.drawPause},
		{1, m.drawReverse},
		{1, m.drawMilestone},
		{2, m.drawFormPackage},
		{4, m.drawPackageStep},
		{1, m.drawFramework},
		{1, m.drawVary},
		{2, m.drawIntervention},
		{1, m.drawWord},
		{2, m.drawFittingClaim},
		{2, m.drawRisk},
		{1, m.drawCommittee},
		{1, m.drawProgramme},
		{2, m.drawCost},
		{1, m.drawErase},
		{1, m.drawEpoch},
	}
}

func (m *machine) drawSecond(t *rapid.T) order {
	a := pick(t, "awaiting", m.state.Seconds.Waiting(Latest))
	o := m.registrar(t, Second{AwaitingID: a.ID, Decline: chance(t, "decline", 20)})
	if chance(t, "another person", 80) {
		o.caller = person("eve", a.Actor.Organisation)
	}
	return o
}

// drawCorrect corrects one of the recorded events, mostly one that changed holdings.
func (m *machine) drawCorrect(t *rapid.T) order {
	var events []Event
	for _, e := range m.events {
		_, coverage := e.Fact.(CoverageChanged)
		_, established := e.Fact.(OrganisationEstablished)
		_, opened := e.Fact.(FootprintOpened)
		if coverage || established || opened || len(ChangesOf(e.Fact)) > 0 {
			events = append(events, e)
		}
	}
	replacing := slices.DeleteFunc(slices.Clone(events), func(e Event) bool { return !m.replaces(e) })
	if len(replacing) > 0 && chance(t, "what replaced something", 60) {
		events = replacing
	}
	c := Correct{Event: pick(t, "wrong event", events).No, Source: "a letter"}
	switch below(t, "what is wrong", 6) {
	case 0:
		c.Withdraw = true
	case 1, 2:
		c.Holder = m.body(t, "right holder")
	case 3:
		c.EffectiveOn = m.date(t)
	case 4:
		c.Covering = m.body(t, "right cover")
	case 5:
		c.Holder, c.EffectiveOn = m.body(t, "right holder"), m.date(t)
	}
	return m.registrar(t, c)
}

// replaces tells whether an event put somebody in the place of those who held before.
func (m *machine) replaces(e Event) bool {
	for _, change := range ChangesOf(e.Fact) {
		for remit := range change.Remits {
			for _, line := range m.state.Holdings.Lines(remit) {
				if line.Slot == change.Slot && len(line.Points) > 0 && line.Points[0].From < change.On {
					return true
				}
			}
		}
	}
	return false
}

func (m *machine) drawExplore(t *rapid.T) order {
	function, part := m.function(t)
	sender := m.body(t, "sender")
	return m.order(t, sender, ExploreTransfer{
		Kind: pick(t, "kind", routes()), Function: function, Part: part, Sender: sender, Footprints: m.drawFootprintCodes(t),
		Roles: m.roles(t), EffectiveOn: m.date(t), Options: []TransferOption{{Code: "a", Receiver: m.body(t, "option")}, {Code: "b"}},
	})
}

// drawPause pauses, resumes or calls in.
func (m *machine) drawPause(t *rapid.T) order {
	if paused := m.inStates(StatePaused); len(paused) > 0 && chance(t, "resume", 70) {
		tr := pick(t, "paused", paused)
		return m.order(t, tr.Sender, ResumeTransfer{tr.ID})
	}
	tr := pick(t, "transfer", m.inStates(openStates()...))
	if chance(t, "call in", 40) {
		return m.order(t, pick(t, "overseer", []OrganisationCode{"NHSE", "R1", "R2"}), CallIn{tr.ID})
	}
	return m.order(t, tr.Sender, PauseTransfer{tr.ID})
}

// drawReverse takes a transfer back, or reviews it.
func (m *machine) drawReverse(t *rapid.T) order {
	tr := pick(t, "completed", m.inStates(StateCompleted, StateReversed))
	if chance(t, "review", 50) {
		return m.order(t, tr.Sender, ReviewTransfer{TransferID: tr.ID, ReviewedOn: max(m.date(t), tr.CompletedOn), Conclusion: text("good")})
	}
	return m.order(t, tr.Sender, ReverseTransfer{TransferID: tr.ID, EffectiveOn: max(m.date(t), tr.CompletedOn), Terms: m.terms(t)})
}

func (m *machine) drawMilestone(t *rapid.T) order {
	tr := pick(t, "transfer", m.state.Transfers.All(Latest))
	step := Milestone{Kind: pick(t, "milestone", MilestoneKinds()), PlannedOn: m.date(t)}
	if chance(t, "reached", 40) {
		step.ActualOn = m.date(t)
	}
	return m.order(t, tr.Sender, RecordMilestone{tr.ID, step})
}

// drawFramework sets one of the frameworks anew, heavier or lighter.
func (m *machine) drawFramework(t *rapid.T) order {
	f := pick(t, "framework", ReleasedFrameworks())
	if f.IsNotice() {
		f.Notice.WorkingDays = below(t, "working days", 4)
	}
	f.Weight += below(t, "weight", 3)
	return m.registrar(t, SetFramework{f})
}

func (m *machine) drawVary(t *rapid.T) order {
	x := pick(t, "delegation", m.state.Delegations.All(Latest))
	if x.Variation != nil {
		return m.order(t, x.Delegate, AcceptDelegation{x.ID})
	}
	return m.order(t, x.Delegator, VaryDelegation{x.ID, m.terms(t)})
}

// drawIntervention steps in, with a takeover often, or ends an intervention.
func (m *machine) drawIntervention(t *rapid.T) order {
	if all := m.state.Interventions.All(Latest); len(all) > 0 && chance(t, "end", 40) {
		return m.order(t, "NHSE", EndIntervention{pick(t, "intervention", all).ID, m.date(t)})
	}
	return m.order(t, "NHSE", RecordIntervention{
		Kind: pick(t, "kind", append(InterventionKinds(), InterventionTakeover)), By: pick(t, "by", []OrganisationCode{"R1", "R2", "NHSE"}),
		In: m.body(t, "in"), Functions: []FunctionCode{pick(t, "function", m.state.Functions.All(Latest)).Code}, Grounds: text("deficit"),
		ReviewOn: m.today.AddDays(365), EffectiveOn: m.date(t), Instrument: "act",
	})
}

// drawWord has a body claim a remit, or attest.
func (m *machine) drawWord(t *rapid.T) order {
	body := m.body(t, "claimant")
	if chance(t, "attest", 40) {
		c := AttestRemit{Organisation: body, Agrees: chance(t, "agrees", 50), EffectiveOn: m.date(t)}
		if !c.Agrees {
			c.Exceptions = text("not all of it")
		}
		return m.order(t, body, c)
	}
	if chance(t, "import", 30) {
		return m.order(t, body, m.drawImport(t, body))
	}
	function, part := m.function(t)
	return m.order(t, body, ClaimRemit{
		Claimant: body, Function: function, Part: part, Footprints: m.drawFootprintCodes(t), Roles: m.roles(t),
		Holds: chance(t, "holds", 50), EffectiveOn: m.date(t), Basis: text("a model"),
	})
}

// drawImport draws a function map: claims of a body, or baselines of anybody.
func (m *machine) drawImport(t *rapid.T, claimant OrganisationCode) ImportMap {
	c := ImportMap{Kind: ImportClaims, Claimant: claimant, SHA256: strings.Repeat("0a", 32), FileName: text("map.csv"), Rows: 2}
	if chance(t, "baselines", 50) {
		c.Kind, c.Claimant = ImportBaselines, ""
	}
	for range rapid.IntRange(1, 2).Draw(t, "lines") {
		function, part := m.function(t)
		line := ImportLine{
			Function: function, Part: part, Holder: claimant, Footprints: m.drawFootprintCodes(t), Roles: m.roles(t),
			EffectiveOn: m.date(t), Basis: text("a model"),
		}
		if c.Kind == ImportBaselines {
			line.Holder, line.Basis, line.Source = m.body(t, "holder"), Text{}, "a list"
		}
		c.Lines = append(c.Lines, line)
	}
	return c
}

func (m *machine) drawRisk(t *rapid.T) order {
	if risks := m.state.Risks.All(Latest); len(risks) > 0 && chance(t, "old risk", 50) {
		risk := pick(t, "risk", risks)
		if chance(t, "close", 30) {
			return m.order(t, risk.Owner, CloseRisk{risk.ID})
		}
		return m.order(t, risk.Owner, UpdateRisk{RiskID: risk.ID, Owner: m.body(t, "new owner")})
	}
	owner := m.body(t, "owner")
	return m.order(t, owner, RaiseRisk{Owner: owner, Likelihood: 1 + below(t, "likelihood", 5), Impact: 3, Description: text("a risk")})
}

// drawCommittee forms, changes or dissolves a committee, or has it advise.
func (m *machine) drawCommittee(t *rapid.T) order {
	terms := CommitteeTerms{Executive: 2, NonExecutive: 2, Quorum: 1 + below(t, "quorum", 5), QuorumNonExecutive: 1}
	if all := m.state.Committees.All(Latest); len(all) > 0 && chance(t, "old committee", 60) {
		x := pick(t, "committee", all)
		by := pick(t, "committee of", append([]OrganisationCode{"A"}, x.Bodies...))
		switch below(t, "committee step", 3) {
		case 0:
			return m.order(t, by, ChangeCommittee{CommitteeID: x.ID, Dissolve: true})
		case 1:
			return m.order(t, by, ChangeCommittee{CommitteeID: x.ID, Terms: terms})
		default:
			return m.order(t, by, RecordAdvice{CommitteeID: x.ID, MeetingOn: m.date(t), Advice: OpinionAdvise, Attendance: Attendance{Executive: 1}})
		}
	}
	bodies := []OrganisationCode{m.body(t, "committee of"), m.body(t, "committee of")}
	return m.order(t, bodies[0], FormCommittee{Name: "Transition", Bodies: distinct(bodies), Terms: terms})
}

// drawProgramme records a population or a cost, or a plan return and what came of it.
func (m *machine) drawProgramme(t *rapid.T) order {
	body := m.body(t, "body")
	switch below(t, "programme", 4) {
	case 0:
		return m.registrar(t, RecordPopulation{
			Organisation: body, Basis: pick(t, "basis", []PopulationBasis{PopulationRegistered, PopulationResident}), Year: 2025, Count: int64(below(t, "people", 1000)), EffectiveOn: m.date(t), Source: "ONS",
		})
	case 1:
		return m.order(t, body, RecordCost{
			Organisation: body, Class: CostRunning, Pounds: int64(below(t, "pounds", 1000)), Year: "2026/27", Base: "budget", Source: "plan",
		})
	case 2:
		return m.order(t, body, SubmitPlanReturn{Organisation: body, Period: "2027/28", Summary: text("a plan")})
	default:
		x := pick(t, "plan return", m.state.Programme.Returns(Latest))
		return m.order(t, "NHSE", ModeratePlanReturn{PlanReturnID: x.ID, Result: ModerationConfirmed})
	}
}

// drawErase erases the person behind an event, or a text of one.
func (m *machine) drawErase(t *rapid.T) order {
	e := pick(t, "event", m.events)
	c := ErasePersonalData{Authority: "decision of the data protection officer"}
	if chance(t, "person", 50) {
		c.Pseudonyms = []Pseudonym{Pseudonym(e.Actor.Subject)}
	} else {
		c.Texts = []TextRef{{Event: e.No, Field: "reason"}}
		if commitment := e.Reason.Commitment; commitment != "" {
			c.Recorded = []CommittedText{{e.No, "reason", Commitment(commitment), e.Actor.Organisation}}
		}
	}
	o := m.registrar(t, c)
	o.reason = "asked for by the person"
	return o
}

// drawEpoch has the register say that it was restored, mostly rightly.
func (m *machine) drawEpoch(t *rapid.T) order {
	c := BeginEpoch{RestoredSize: m.state.Last(), RestoredRoot: root()}
	if chance(t, "wrong size", 20) {
		c.RestoredSize++
	}
	if c.MayHaveLost = chance(t, "lost", 50); c.MayHaveLost {
		c.LostUpTo = c.RestoredSize + 1
	}
	return order{caller: system(), command: c}
}
