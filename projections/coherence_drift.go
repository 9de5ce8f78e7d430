package projections

import (
	"slices"

	"github.com/remit-register/remit/domain"
)

// isDone tells whether a transfer has taken effect by the date.
func (x *inquiry) isDone(t domain.Transfer) bool {
	return t.State == domain.StateCompleted && t.CompletedOn <= x.asOf.On
}

// hasPassed tells whether a planned date has passed by the date of the question, and by today.
func (x *inquiry) hasPassed(on domain.Date) bool { return on != 0 && on < min(x.asOf.On, x.today) }

// late returns the draft of a plan that is behind.
func (x *inquiry) late(function domain.FunctionCode, body domain.OrganisationCode) *draft {
	d, isNew := x.drafts.at(findingKey{FindingDrift, function, body, ""}, SeverityMedium)
	switch {
	case !isNew:
	case function == "":
		d.says("Plan it anew with a date that can be met, or say that it is off.",
			"What was announced of %s has not happened", x.named(body))
	default:
		d.says("Complete it, give it a date that can be met, or withdraw it.",
			"What %s planned for %s has not happened", x.named(body), x.title(function))
	}
	return d
}

// drift finds a transfer, or an announcement of one, whose date has passed.
func (x *inquiry) drift(t domain.Transfer) {
	due := t.Planned()
	if x.isDone(t) || !x.hasPassed(due) {
		return
	}
	outstanding := slices.DeleteFunc(t.Footprints(), x.views.carriedOut(t, x.asOf.Known))
	if len(outstanding) == 0 && len(t.Footprints()) > 0 {
		return
	}
	first, last := x.views.events.bounds("transfer/"+string(t.ID), x.asOf.Known)
	d := x.late(t.Subject.Function, t.Sender)
	is := string(t.State)
	if t.State == domain.StateCompleted {
		is = "completed from " + t.CompletedOn.String() + " only"
	}
	d.details["a transfer to "+receiversOf(t)+" is "+is+" and was due on "+due.String()] = true
	d.in(outstanding...)
	d.involves(t.Receiver())
	d.seen(due+1, first, last)
}

func receiversOf(t domain.Transfer) string {
	switch {
	case len(t.Moves) > 1:
		return "several bodies"
	case t.Receiver() == "":
		return "nobody yet"
	}
	return string(t.Receiver())
}

// milestones finds steps of a transfer whose date has passed.
func (x *inquiry) milestones(t domain.Transfer) {
	for _, m := range t.Milestones {
		if m.ActualOn != 0 && m.ActualOn <= x.asOf.On || !x.hasPassed(m.PlannedOn) {
			continue
		}
		d := x.late(t.Subject.Function, t.Sender)
		d.details["the milestone "+string(m.Kind)+" of the transfer to "+receiversOf(t)+" was due on "+m.PlannedOn.String()] = true
		footprints := m.Footprints
		if len(footprints) == 0 {
			footprints = t.Footprints()
		}
		d.in(footprints...)
		d.involves(t.Receiver())
		d.seen(m.PlannedOn+1, x.milestoneEvents(t.ID, m)...)
	}
}

func (x *inquiry) milestoneEvents(id domain.TransferID, m domain.Milestone) []domain.EventNo {
	var events []domain.EventNo
	for _, no := range x.views.events.about("transfer/"+string(id), x.asOf.Known) {
		f, ok := x.views.events.fact(no).(domain.MilestoneRecorded)
		if ok && f.Milestone.Kind == m.Kind && slices.Equal(f.Milestone.Footprints, m.Footprints) {
			events = append(events, domain.EventNo(no))
		}
	}
	return events
}

// reorganisations finds announced ones whose date has passed while the bodies that were to end are open.
func (x *inquiry) reorganisations() {
	if len(x.query.Functions) > 0 {
		return
	}
	ends := []domain.SuccessionKind{
		domain.SuccessionMerge, domain.SuccessionSplit, domain.SuccessionAbsorb, domain.SuccessionAbolish,
	}
	for _, p := range x.views.organisations.Planned(x.asOf.Known) {
		if !slices.Contains(ends, p.Kind) || !x.hasPassed(p.EffectiveOn) {
			continue
		}
		for _, code := range p.Originals {
			if !x.body(code).open || slices.Contains(p.Results, code) {
				continue
			}
			d := x.late("", code)
			d.details["its end ("+string(p.Kind)+") was planned for "+p.EffectiveOn.String()] = true
			d.seen(p.EffectiveOn+1, p.Event)
		}
	}
}

// recordedCost is a cost with the event that recorded it.
type recordedCost struct {
	domain.CostRecorded
	event domain.EventNo
}

// costsOf returns the costs that are known, by the transfer that brings them: "" for those of no transfer.
func (v *Views) costsOf(known domain.EventNo) map[domain.TransferID][]recordedCost {
	costs := map[domain.TransferID][]recordedCost{}
	for _, no := range v.events.ofType("CostRecorded", known) {
		if f, ok := v.events.fact(no).(domain.CostRecorded); ok {
			costs[f.Transfer] = append(costs[f.Transfer], recordedCost{f, domain.EventNo(no)})
		}
	}
	return costs
}

// shiftedIn tells whether a transfer's costs of a financial year rise at the receivers by at least what they fall at
// the sender, running and programme costs together: they are shifted, not saved. A cost that is recorded with a
// transfer is the change that it brings: below zero where the body's cost falls.
func shiftedIn(year string, t domain.Transfer, costs []recordedCost) (rise, fall int64, shifted bool) {
	for _, c := range costs {
		receives := slices.ContainsFunc(t.Moves, func(m domain.Move) bool { return m.Receiver == c.Organisation })
		switch {
		case c.Year != year || c.Class == domain.CostCapital:
		case c.Organisation == t.Sender:
			fall -= c.Pounds
		case receives:
			rise += c.Pounds
		}
	}
	return rise, fall, fall > 0 && rise >= fall
}

// costShift finds transfers that move a cost and save nothing.
func (x *inquiry) costShift(t domain.Transfer, costs []recordedCost) {
	for _, c := range costs {
		rise, fall, shifted := shiftedIn(c.Year, t, costs)
		since := x.views.events.recordedOn(c.event)
		if !shifted || since > x.asOf.On {
			continue
		}
		d, isNew := x.drafts.at(findingKey{FindingCostShift, t.Subject.Function, t.Receiver(), ""}, SeverityMedium)
		if isNew {
			d.says("Leave it out of the savings, or show where the cost falls overall.",
				"The transfer of %s to %s moves a cost and saves nothing", x.title(t.Subject.Function), x.named(t.Receiver()))
		}
		d.details["in "+c.Year+" "+string(t.Sender)+" spends "+pounds(fall)+" less and the receiver "+pounds(rise)+" more"] = true
		d.in(t.Footprints()...)
		d.involves(t.Sender)
		d.seen(since, c.event)
	}
}
