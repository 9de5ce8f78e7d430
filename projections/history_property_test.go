package projections_test

import (
	"cmp"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
)

func TestHistoryLikeTheNaiveModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := drawMovingHistory(t)
		v, o := apply(t, events), oracleOf(events)
		a := drawAsOf(t, v)
		q := projections.HistoryQuery{Function: "alpha", Footprint: "F1", AsOf: a, Limit: rapid.IntRange(0, 3).Draw(t, "limit")}
		var got []projections.Change
		for {
			page, err := v.History(q)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, page.Changes...)
			if page.Next == 0 {
				break
			}
			q.After = page.Next
		}
		var want []projections.Change
		for _, l := range o.lines() {
			if l.remit.Subject.Function == "alpha" && l.remit.Footprint == "F1" {
				want = append(want, o.history(l, a.Known)...)
			}
		}
		slices.SortStableFunc(want, func(a, b projections.Change) int {
			return cmp.Or(cmp.Compare(a.EffectiveOn, b.EffectiveOn), cmp.Compare(a.Event, b.Event))
		})
		checkEvents(t, events, got)
		check(t, "history", withoutEvents(got), want)
	})
}

// checkEvents checks what changes tell of their events.
func checkEvents(t *rapid.T, events []domain.Event, changes []projections.Change) {
	for _, c := range changes {
		e := events[c.Event-1]
		if !c.RecordedAt.Equal(e.RecordedAt) || c.Type != e.Fact.FactType() || c.Entity != e.Fact.Entity() || c.Late != e.Late {
			t.Fatalf("change %+v of event %+v", c, e)
		}
	}
}

func withoutEvents(changes []projections.Change) []projections.Change {
	for i := range changes {
		c := &changes[i]
		*c = projections.Change{
			Remit: c.Remit, Slot: c.Slot, EffectiveOn: c.EffectiveOn, Event: c.Event, Before: c.Before, After: c.After,
			Retraction: c.Retraction, SupersededBy: c.SupersededBy,
		}
	}
	return changes
}

func TestChangesLikeTheNaiveModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := drawMovingHistory(t)
		v, o := apply(t, events), oracleOf(events)
		q := projections.ChangesQuery{Limit: rapid.IntRange(0, 3).Draw(t, "limit"), Filter: drawFilter(t)}
		var got []projections.Change
		for {
			page, err := v.Changes(q)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, page.Changes...)
			if page.Next == 0 {
				break
			}
			q.After = page.Next
		}
		checkEvents(t, events, got)
		check(t, "changes", sortChanges(withoutEvents(got)), sortChanges(o.changes(q.Filter)))
	})
}

// changes returns what each event changed, as known after it.
func (o oracle) changes(f projections.Filter) []projections.Change {
	var changes []projections.Change
	lets := func(h domain.Holding) bool { return letsHolding(f, h) }
	for _, l := range o.lines() {
		for _, r := range o {
			if r.remit != l.remit || r.slot != l.slot || !letsRemit(f, r.remit) {
				continue
			}
			for _, c := range o.history(l, r.no) {
				holders := len(f.Organisations)+len(f.Tiers) == 0 || slices.ContainsFunc(c.Before, lets) || slices.ContainsFunc(c.After, lets)
				if c.Event == r.no && c.EffectiveOn == r.on && holders && !slices.ContainsFunc(changes, func(x projections.Change) bool {
					return x.Event == c.Event && x.Remit == c.Remit && x.Slot == c.Slot && x.EffectiveOn == c.EffectiveOn
				}) {
					changes = append(changes, c)
				}
			}
		}
	}
	return changes
}

func sortChanges(changes []projections.Change) []projections.Change {
	slices.SortFunc(changes, func(a, b projections.Change) int {
		return cmp.Or(cmp.Compare(a.Event, b.Event), domain.CompareRemits(a.Remit, b.Remit), cmp.Compare(a.Slot, b.Slot),
			cmp.Compare(a.EffectiveOn, b.EffectiveOn))
	})
	return changes
}
