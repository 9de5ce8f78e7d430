package domain

import (
	"cmp"
	"slices"
	"strings"
)

// applyLife folds what happens to a transfer around its gateways.
func (t *Transfers) applyLife(e *Event) bool {
	switch f := e.Fact.(type) {
	case TransferExplored:
		t.change(e.No, f.ID, func(tr *Transfer) { tr.explored(f) })
	case OptionChosen:
		t.change(e.No, f.ID, func(tr *Transfer) { tr.State, tr.Chosen, tr.ReplacedBy = StateReplaced, f.Option, f.By })
		t.change(e.No, f.By, func(tr *Transfer) { tr.Chosen, tr.Replaces = f.Option, f.ID })
	case TransferPaused:
		t.change(e.No, f.ID, func(tr *Transfer) { tr.State, tr.PausedIn = StatePaused, tr.State })
	case TransferResumed:
		t.change(e.No, f.ID, func(tr *Transfer) { tr.State, tr.PausedIn = f.State, "" })
	case TransferCalledIn:
		t.change(e.No, f.ID, func(tr *Transfer) { tr.calledIn(e, f) })
	case TransferReversed:
		t.change(e.No, f.ID, func(tr *Transfer) { tr.State, tr.ReversedBy = StateReversed, f.By })
	case MilestoneRecorded:
		t.change(e.No, f.ID, func(tr *Transfer) { tr.milestone(f.Milestone) })
	case MatterDisposed:
		return t.applyDisposal(e, f)
	case TransferReviewed:
		t.change(e.No, f.ID, func(tr *Transfer) { tr.Reviews = appended(tr.Reviews, f) })
	default:
		return false
	}
	return true
}

// applyDisposal folds what a reorganisation did with a transfer or a condition.
func (t *Transfers) applyDisposal(e *Event, f MatterDisposed) bool {
	switch f.Matter.Kind {
	case MatterTransfer:
		t.change(e.No, TransferID(f.Matter.ID), func(tr *Transfer) { tr.disposed(e, f) })
	case MatterCondition:
		id, condition, _ := strings.Cut(f.Matter.ID, "/")
		t.change(e.No, TransferID(id), func(tr *Transfer) {
			tr.condition(ConditionID(condition), func(c *TransferCondition) { c.disposed(f) })
		})
	case MatterDelegation, MatterRisk, MatterIntervention, MatterCommittee:
		return false
	}
	return true
}

func (t *Transfer) explored(f TransferExplored) {
	t.Kind, t.Subject, t.Sender = f.Kind, Subject{f.Function, f.Part}, f.Sender
	t.Moves = []Move{{Footprints: f.Footprints}}
	t.Roles, t.EffectiveOn, t.Options, t.Rationale = f.Roles, f.EffectiveOn, f.Options, f.Rationale
	t.State = StateExploring
}

func (t *Transfer) calledIn(e *Event, f TransferCalledIn) {
	t.Framework, t.Domains, t.Gateways = f.Framework, f.Domains, gatewaysOf(f.Gateways, t.Gateways)
	t.Notice, t.CalledIn = Notice{}, true
	t.AmendedNo, t.State, t.ScheduledOn = e.No, StateProposed, 0
}

// milestone replaces what is recorded of the same step in the same footprints, or adds it.
func (t *Transfer) milestone(m Milestone) {
	t.Milestones = slices.Clone(t.Milestones)
	for i, known := range t.Milestones {
		if known.Kind == m.Kind && slices.Equal(known.Footprints, m.Footprints) {
			m.PlannedOn, m.ActualOn = cmp.Or(m.PlannedOn, known.PlannedOn), cmp.Or(m.ActualOn, known.ActualOn)
			t.Milestones[i] = m
			return
		}
	}
	t.Milestones = append(t.Milestones, m)
}
