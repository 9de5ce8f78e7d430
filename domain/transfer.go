package domain

import (
	"cmp"
	"slices"
)

// Transfer is the managed move of remits of one function from a sender to a receiver, or the announcement of one.
type Transfer struct {
	ID      TransferID
	Kind    TransferKind
	Subject Subject
	Sender  OrganisationCode
	// Moves has one receiver, or several for an announcement.
	Moves       []Move
	Roles       []Role
	Instrument  InstrumentCode
	EffectiveOn Date
	Rationale   Text
	Retained    []Retained
	Results     []TransferResult
	Residue     Residue
	Terms       Terms
	Framework   FrameworkCode
	Domains     []string
	Gateways    []Gateway
	Notice      Notice
	Assessments []Assessment
	Conditions  []TransferCondition
	Confidence  Confidence
	Source      string
	// Plan is the announcement that the transfer carries out; Replaces and ReplacedBy link announcements.
	Plan TransferID
	// Reverses is the transfer that this one takes back, ReversedBy the one that took it back.
	Reverses   TransferID
	ReversedBy TransferID
	Replaces   TransferID
	ReplacedBy TransferID
	State      TransferState
	// ScheduledOn and CompletedOn are the dates set by those steps.
	ScheduledOn Date
	CompletedOn Date
	// Options are those of an exploration; Chosen is the one that a proposal carries out.
	Options []TransferOption
	Chosen  string
	// CalledIn says that an overseer put it under the full framework, where it stays.
	CalledIn bool
	// PausedIn is the state in which it goes on when it is paused.
	PausedIn   TransferState
	Milestones []Milestone
	Reviews    []TransferReviewed
	// Authors are the persons who proposed or amended it.
	Authors []string
	// AmendedNo is the last event that changed what had been assessed: what came before it no longer counts.
	AmendedNo EventNo
	// Revision counts the events about the transfer.
	Revision uint64
}

// Gateway is where readiness is decided, and what was said and decided there.
type Gateway struct {
	GatewayPlan
	Opinions  []RecordedOpinion
	Decisions []RecordedDecision
}

// RecordedOpinion is an opinion with its event.
type RecordedOpinion struct {
	Opinion
	Event EventNo
}

// RecordedDecision is a gateway's decision with its event.
type RecordedDecision struct {
	GatewayDecided
	Event  EventNo
	Person string
}

// Assessment is a party's assessment with its event.
type Assessment struct {
	ReadinessAssessed
	Event  EventNo
	Person string
	Body   OrganisationCode
}

// TransferCondition is a condition and where it stands.
type TransferCondition struct {
	Condition
	Gateway  GatewayCode
	SetBy    OrganisationCode
	SetOn    Date
	State    ConditionState
	Evidence []Evidence
	// EvidencedBy are the persons who submitted evidence.
	EvidencedBy []string
	// WaivedBecause is why the deciding body did without it.
	WaivedBecause Text
}

// isSettled tells whether nothing is left to do: it was discharged or waived, or a reorganisation ended it.
func (c TransferCondition) isSettled() bool {
	return c.State != ConditionStateOpen && c.State != ConditionStateEvidenced
}

// Receiver returns the receiver of a transfer that has one, "" for an announcement with several.
func (t Transfer) Receiver() OrganisationCode {
	if len(t.Moves) != 1 {
		return ""
	}
	return t.Moves[0].Receiver
}

// Footprints returns all footprints of the transfer.
func (t Transfer) Footprints() []FootprintCode {
	var all []FootprintCode
	for _, move := range t.Moves {
		all = append(all, move.Footprints...)
	}
	return all
}

// ReceiverFor returns the receiver for one footprint, "" when the transfer does not concern it.
func (t Transfer) ReceiverFor(footprint FootprintCode) OrganisationCode {
	for _, move := range t.Moves {
		if slices.Contains(move.Footprints, footprint) {
			return move.Receiver
		}
	}
	return ""
}

// Due is the date on which the transfer is to take effect: completed, else scheduled, else proposed.
func (t Transfer) Due() Date { return cmp.Or(t.CompletedOn, t.Planned()) }

// Planned is the date on which the transfer was to take effect: scheduled, else proposed.
func (t Transfer) Planned() Date { return cmp.Or(t.ScheduledOn, t.EffectiveOn) }

// Gateway returns a gateway by code.
func (t Transfer) Gateway(code GatewayCode) (Gateway, bool) {
	i := slices.IndexFunc(t.Gateways, func(g Gateway) bool { return g.Code == code })
	if i < 0 {
		return Gateway{}, false
	}
	return t.Gateways[i], true
}

// Condition returns a condition by id.
func (t Transfer) Condition(id ConditionID) (TransferCondition, bool) {
	i := slices.IndexFunc(t.Conditions, func(c TransferCondition) bool { return c.ID == id })
	if i < 0 {
		return TransferCondition{}, false
	}
	return t.Conditions[i], true
}

// Passed tells whether a gateway stands open: its last decision passed, and nothing that it rested on was amended
// since.
func (t Transfer) Passed(g Gateway) bool {
	last, ok := lastOf(g.Decisions)
	return ok && last.Decision.Passes() && last.Event > t.AmendedNo
}

// Assessed returns a party's newest assessment, and whether it is still fresh.
func (t Transfer) Assessed(p Party) (a Assessment, fresh bool) {
	for _, assessment := range t.Assessments {
		if assessment.Party == p {
			a = assessment
		}
	}
	return a, a.Event > t.AmendedNo
}

func lastOf[V any](list []V) (V, bool) {
	if len(list) == 0 {
		var none V
		return none, false
	}
	return list[len(list)-1], true
}

// Transfers is the register of transfers and announcements.
type Transfers struct {
	byID table[TransferID, Versions[Transfer]]
}

// NewTransfers returns an empty register of transfers.
func NewTransfers() *Transfers {
	t := &Transfers{}
	t.init(nil)
	return t
}

func (t *Transfers) init(undo *undoLog) { t.byID.init(undo) }

// Get returns a transfer as known.
func (t *Transfers) Get(id TransferID, known EventNo) (Transfer, bool) { return t.byID.m[id].At(known) }

// All returns all transfers as known, by id: in the order of their making.
func (t *Transfers) All(known EventNo) []Transfer {
	return sortedVersions(t.byID, known, func(a, b Transfer) int { return cmp.Compare(a.ID, b.ID) })
}

// Apply folds an event and tells whether it was about a transfer.
func (t *Transfers) Apply(e *Event) bool {
	switch f := e.Fact.(type) {
	case TransferPlanned:
		t.change(e.No, f.ID, func(tr *Transfer) { tr.planned(f) })
	case PlanReplaced:
		t.change(e.No, f.ID, func(tr *Transfer) { tr.State, tr.ReplacedBy = StateReplaced, f.By })
		t.change(e.No, f.By, func(tr *Transfer) { tr.Replaces = f.ID })
	case TransferProposed:
		t.change(e.No, f.ID, func(tr *Transfer) { tr.proposed(e, f) })
	case TransferAmended:
		t.change(e.No, f.ID, func(tr *Transfer) { tr.amended(e, f) })
	case TermsSet:
		t.change(e.No, f.ID, func(tr *Transfer) { tr.termsSet(e, f) })
	case TransferScheduled:
		t.change(e.No, f.ID, func(tr *Transfer) { tr.State, tr.ScheduledOn = StateScheduled, f.EffectiveOn })
	case TransferCompleted:
		t.change(e.No, f.ID, func(tr *Transfer) { tr.State, tr.CompletedOn = StateCompleted, f.EffectiveOn })
	case TransferWithdrawn:
		t.change(e.No, f.ID, func(tr *Transfer) { tr.State = StateWithdrawn })
	default:
		return t.applyGateway(e) || t.applyLife(e)
	}
	return true
}

func (t *Transfers) applyGateway(e *Event) bool {
	switch f := e.Fact.(type) {
	case ReadinessAssessed:
		t.change(e.No, f.ID, func(tr *Transfer) { tr.assessed(e, f) })
	case OpinionRecorded:
		t.change(e.No, f.ID, func(tr *Transfer) {
			tr.gateway(f.Gateway, func(g *Gateway) { g.Opinions = appended(g.Opinions, RecordedOpinion{f.Opinion, e.No}) })
		})
	case GatewayDecided:
		t.change(e.No, f.ID, func(tr *Transfer) { tr.decided(e, f) })
	case ConditionEvidenced:
		t.change(e.No, f.ID, func(tr *Transfer) {
			tr.condition(f.Condition, func(c *TransferCondition) {
				c.State, c.Evidence = ConditionStateEvidenced, appended(c.Evidence, f.Evidence...)
				c.EvidencedBy = appended(c.EvidencedBy, e.Actor.Person())
			})
		})
	case ConditionDischarged:
		t.change(e.No, f.ID, func(tr *Transfer) {
			tr.condition(f.Condition, func(c *TransferCondition) { c.State = ConditionStateDischarged })
		})
	case ConditionWaived:
		t.change(e.No, f.ID, func(tr *Transfer) {
			tr.condition(f.Condition, func(c *TransferCondition) { c.State, c.WaivedBecause = ConditionStateWaived, e.Reason })
		})
	default:
		return false
	}
	return true
}

func (t *Transfers) change(no EventNo, id TransferID, do func(*Transfer)) {
	before, _ := t.byID.m[id].Latest()
	versions := t.byID.m[id].With(no, before)
	transfer := &versions[len(versions)-1].Value
	transfer.ID = id
	transfer.Revision++
	do(transfer)
	t.byID.set(id, versions)
}

func (t *Transfer) planned(f TransferPlanned) {
	t.Kind, t.Subject, t.Sender, t.Moves = f.Kind, Subject{f.Function, f.Part}, f.Sender, f.Moves
	t.Roles, t.Instrument, t.EffectiveOn = f.Roles, f.Instrument, f.EffectiveOn
	t.Rationale, t.Confidence, t.Source = f.Rationale, f.Confidence, f.Source
	t.State = StatePlanned
}

func (t *Transfer) proposed(e *Event, f TransferProposed) {
	t.Kind, t.Subject, t.Sender = f.Kind, Subject{f.Function, f.Part}, f.Sender
	t.Moves = []Move{{Receiver: f.Receiver, Footprints: f.Footprints}}
	t.Roles, t.Instrument, t.EffectiveOn = f.Roles, f.Instrument, f.EffectiveOn
	t.Rationale, t.Retained, t.Terms = f.Rationale, f.Retained, f.Terms
	t.Results, t.Residue = f.Results, f.Residue
	t.Framework, t.Domains, t.Gateways = f.Framework, f.Domains, gatewaysOf(f.Gateways, nil)
	t.Notice, t.Plan, t.Reverses = f.Notice, f.Plan, f.Reverses
	t.State, t.Authors = StateProposed, []string{e.Actor.Person()}
}

func (t *Transfer) amended(e *Event, f TransferAmended) {
	t.Moves = []Move{{Receiver: t.Receiver(), Footprints: f.Footprints}}
	t.Roles, t.Instrument, t.EffectiveOn = f.Roles, f.Instrument, f.EffectiveOn
	t.Rationale, t.Retained = f.Rationale, f.Retained
	t.Framework, t.Domains, t.Gateways = f.Framework, f.Domains, gatewaysOf(f.Gateways, t.Gateways)
	t.Notice = f.Notice
	t.authored(e, f.Material)
}

func (t *Transfer) termsSet(e *Event, f TermsSet) {
	t.Terms = f.Terms
	t.authored(e, f.Material)
}

// authored adds the author of a change; a material one starts the gateways anew.
func (t *Transfer) authored(e *Event, material bool) {
	t.Authors = appended(t.Authors, e.Actor.Person())
	if material {
		t.AmendedNo, t.State, t.ScheduledOn = e.No, StateProposed, 0
	}
}

// gatewaysOf makes gateways of their plans and keeps what was said and decided at those of the same code before.
func gatewaysOf(plans []GatewayPlan, before []Gateway) []Gateway {
	gateways := make([]Gateway, 0, len(plans))
	for _, plan := range plans {
		g := Gateway{GatewayPlan: plan}
		for _, b := range before {
			if b.Code == plan.Code {
				g.Opinions, g.Decisions = b.Opinions, b.Decisions
			}
		}
		gateways = append(gateways, g)
	}
	return gateways
}

func (t *Transfer) assessed(e *Event, f ReadinessAssessed) {
	t.Assessments = appended(t.Assessments, Assessment{f, e.No, e.Actor.Person(), e.Actor.Organisation})
	t.State = StateAssessing
}

func (t *Transfer) decided(e *Event, f GatewayDecided) {
	t.gateway(f.Gateway, func(g *Gateway) {
		g.Decisions = appended(g.Decisions, RecordedDecision{f, e.No, e.Actor.Person()})
	})
	for _, c := range f.Conditions {
		t.Conditions = appended(t.Conditions, TransferCondition{
			Condition: c, Gateway: f.Gateway, SetBy: f.DecidedBy, SetOn: f.DecidedOn, State: ConditionStateOpen,
		})
	}
	t.State = f.State
}

func (t *Transfer) gateway(code GatewayCode, do func(*Gateway)) {
	t.Gateways = slices.Clone(t.Gateways)
	for i := range t.Gateways {
		if t.Gateways[i].Code == code {
			do(&t.Gateways[i])
		}
	}
}

func (t *Transfer) condition(id ConditionID, do func(*TransferCondition)) {
	t.Conditions = slices.Clone(t.Conditions)
	for i := range t.Conditions {
		if t.Conditions[i].ID == id {
			do(&t.Conditions[i])
		}
	}
}
