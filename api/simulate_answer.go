package api

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"google.golang.org/protobuf/proto"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// changes compares the maps of every date from which the commands changed anything. A remit that differs as it did on
// the date before is not shown again.
func (x *simulation) changes(ctx context.Context) error {
	functions := map[domain.FunctionCode]bool{}
	for _, e := range x.events {
		for _, change := range domain.ChangesOf(e.Fact) {
			for _, subject := range change.Subjects {
				functions[subject.Function] = true
			}
		}
	}
	filter := projections.Filter{Functions: slices.Sorted(maps.Keys(functions))}
	shown := map[domain.Remit]*remitv1.SimulatedChange{}
	for _, on := range x.dates() {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("compare the maps of %s: %w", on, err)
		}
		list, err := x.copy.Compare(projections.CompareQuery{
			From:   domain.AsOf{On: on, Known: x.at.Known},
			To:     domain.AsOf{On: on, Known: x.copy.State.Last()},
			Filter: filter,
		})
		if err != nil {
			return fmt.Errorf("compare the maps of %s: %w", on, err)
		}
		for _, d := range list.Changes {
			m := simulatedChange(d.Remit, on, mapped(d.Before, entryMessage), mapped(d.After, entryMessage))
			if last := shown[d.Remit]; last == nil || !sameHoldings(last, m) {
				x.add(m)
			}
			shown[d.Remit] = m
		}
	}
	return x.plannedChanges()
}

// plannedChanges adds what the transfers that the commands made or changed would do on their dates.
func (x *simulation) plannedChanges() error {
	entities := map[string]bool{}
	for _, e := range x.events {
		entities[e.Fact.Entity()] = true
	}
	list, err := x.copy.Foresee(domain.AsOf{On: x.at.On, Known: x.copy.State.Last()}, func(id domain.TransferID) bool {
		return entities["transfer/"+string(id)]
	})
	if err != nil {
		return fmt.Errorf("foresee what is planned: %w", err)
	}
	for _, p := range list {
		x.planned = max(x.planned, p.On)
		shown := func(h domain.Holding) *remitv1.Holding { return holdingMessage(p.Remit, h) }
		m := simulatedChange(p.Remit, p.On, mapped(p.Before, shown), mapped(p.After, shown))
		m.Planned, m.TransferId = true, string(p.Transfer)
		x.add(m)
	}
	return nil
}

func (x *simulation) add(m *remitv1.SimulatedChange) {
	if len(x.answer.GetChanges()) == maxSimulatedChanges {
		x.answer.ChangesOmitted++
		return
	}
	x.answer.Changes = append(x.answer.Changes, m)
}

func simulatedChange(r domain.Remit, on domain.Date, before, after []*remitv1.Holding) *remitv1.SimulatedChange {
	for _, h := range after { // the numbers of events that are not recorded mean nothing
		h.SourceEvent = ""
	}
	return &remitv1.SimulatedChange{
		Function: string(r.Subject.Function), Part: string(r.Subject.Part), Footprint: string(r.Footprint),
		Role: enumOf[remitv1.Role](r.Role), EffectiveOn: on.String(), Before: before, After: after,
	}
}

func sameHoldings(a, b *remitv1.SimulatedChange) bool {
	same := func(x, y *remitv1.Holding) bool { return proto.Equal(x, y) }
	return slices.EqualFunc(a.GetBefore(), b.GetBefore(), same) && slices.EqualFunc(a.GetAfter(), b.GetAfter(), same)
}

// findings compares what is found without the commands and with them.
func (x *simulation) findings(ctx context.Context) error {
	if x.until == 0 {
		x.until = slices.Max(append(x.dates(), x.at.On, x.planned))
	}
	changed, err := x.copy.FindingsChanged(ctx, projections.CoherenceQuery{
		AsOf: x.at.AsOf, Until: x.until, Today: x.at.On,
	}, x.events)
	if err != nil {
		return err //nolint:wrapcheck // it says what was being done
	}
	x.answer.Until = x.until.String()
	x.answer.FindingsOpened = mapped(changed.Opened, x.findingMessage)
	x.answer.FindingsClosed = mapped(changed.Closed, x.findingMessage)
	return nil
}

// findingMessage shows a finding without the numbers of events that are not recorded.
func (x *simulation) findingMessage(f projections.Finding) *remitv1.Finding {
	f.CauseEvents = slices.DeleteFunc(slices.Clone(f.CauseEvents), func(no domain.EventNo) bool { return no > x.at.Known })
	return findingMessage(f)
}
