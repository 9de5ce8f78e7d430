package projections_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
)

// wholeMap returns the map as of a point.
func wholeMap(t *rapid.T, v *projections.Views, a domain.AsOf, f projections.Filter) []projections.Entry {
	page, err := v.Map(projections.MapQuery{AsOf: a, Filter: f})
	if err != nil {
		t.Fatal(err)
	}
	return page.Holdings
}

// taken returns a map with the changes of a step taken in.
func taken(t *rapid.T, entries []projections.Entry, step projections.Step) []projections.Entry {
	for _, d := range step.Changes {
		of := func(e projections.Entry) bool { return e.Remit == d.Remit }
		var before []projections.Entry
		for _, e := range entries {
			if of(e) {
				before = append(before, e)
			}
		}
		check(t, "before", d.Before, before)
		entries = slices.DeleteFunc(slices.Clone(entries), of)
		entries = append(entries, d.After...)
	}
	slices.SortStableFunc(entries, func(a, b projections.Entry) int { return domain.CompareRemits(a.Remit, b.Remit) })
	return entries
}

// TestStepsLeadFromMapToMap checks that the map of a point, with every step taken in one after the other, is the map
// after each of them, and in the end that of the other point: to the date, the event and the person in law.
func TestStepsLeadFromMapToMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := drawMovingHistory(t)
		v := apply(t, events)
		from, to := drawWay(t, v)
		at, entries := from, wholeMap(t, v, from, projections.Filter{})
		err := v.Steps(projections.StepsQuery{From: from, To: to}, func(s projections.Step) bool {
			checkStep(t, events, s, at)
			at, entries = s.AsOf, taken(t, entries, s)
			check(t, "map after the step", entries, wholeMap(t, v, at, projections.Filter{}))
			return true
		})
		if err != nil {
			t.Fatal(err)
		}
		check(t, "map after all steps", entries, wholeMap(t, v, to, projections.Filter{}))
	})
}

// checkStep checks that a step goes on from the one before, on one clock, and was caused by events of its transaction,
// or by such as are effective on its date.
func checkStep(t *rapid.T, events []domain.Event, s projections.Step, at domain.AsOf) {
	learned := s.AsOf.Known > s.Before.Known
	if learned != s.IsLearned() || learned == (s.AsOf.On > s.Before.On) || s.Before.Known < at.Known || s.Before.On < at.On {
		t.Fatalf("a step from %v to %v after %v", s.Before, s.AsOf, at)
	}
	if learned && events[s.AsOf.Known-1].TransactionID != events[s.Before.Known].TransactionID {
		t.Fatalf("a step from %d to %d is not one transaction", s.Before.Known, s.AsOf.Known)
	}
	if len(s.Changes) == 0 {
		t.Fatalf("a step from %v to %v without changes", s.Before, s.AsOf)
	}
	for _, d := range s.Changes {
		for _, no := range d.CauseEvents {
			if learned && (no <= s.Before.Known || no > s.AsOf.Known) || no > s.AsOf.Known {
				t.Fatalf("event %d caused a step from %v to %v", no, s.Before, s.AsOf)
			}
		}
		if learned && len(d.CauseEvents) == 0 {
			t.Fatalf("nothing caused %v", d)
		}
	}
}

// TestFilteredStepsLeadFromViewToView checks the same of a view: of what a step says of a remit, that counts which the
// filter lets through.
func TestFilteredStepsLeadFromViewToView(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := apply(t, drawMovingHistory(t))
		from, to := drawWay(t, v)
		filter := drawFilter(t)
		entries := wholeMap(t, v, from, filter)
		err := v.Steps(projections.StepsQuery{From: from, To: to, Filter: filter}, func(s projections.Step) bool {
			for i := range s.Changes {
				outside := func(e projections.Entry) bool { return !letsHolding(filter, e.Holding) }
				s.Changes[i].Before = slices.DeleteFunc(slices.Clone(s.Changes[i].Before), outside)
				s.Changes[i].After = slices.DeleteFunc(slices.Clone(s.Changes[i].After), outside)
			}
			entries = taken(t, entries, s)
			check(t, "view after the step", entries, wholeMap(t, v, s.AsOf, filter))
			return true
		})
		if err != nil {
			t.Fatal(err)
		}
		check(t, "view after all steps", entries, wholeMap(t, v, to, filter))
	})
}

// TestListedChangesAreTheSteps checks that the pages of listed changes are the changes of the steps, each once.
func TestListedChangesAreTheSteps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := apply(t, drawMovingHistory(t))
		from, to := drawWay(t, v)
		way := projections.StepsQuery{From: from, To: to, Filter: drawFilter(t)}
		var want, got []projections.ListedChange
		err := v.Steps(way, func(s projections.Step) bool {
			for _, c := range s.Changes {
				want = append(want, projections.ListedChange{Learned: s.IsLearned(), AsOf: s.AsOf, Change: c})
			}
			return true
		})
		if err != nil {
			t.Fatal(err)
		}
		for q := (projections.ListQuery{StepsQuery: way, Limit: rapid.IntRange(1, 3).Draw(t, "limit")}); ; {
			page, err := v.ListChanges(q)
			if err != nil {
				t.Fatal(err)
			}
			if len(page.Changes) > q.Limit || page.Next != nil && len(page.Changes) < q.Limit {
				t.Fatalf("a page of %d changes with the limit %d", len(page.Changes), q.Limit)
			}
			got = append(got, page.Changes...)
			if page.Next == nil {
				break
			}
			q.After = page.Next
		}
		for i := range got {
			var causes []domain.EventNo
			for _, c := range got[i].Causes {
				causes = append(causes, c.Event)
			}
			check(t, "causes", causes, got[i].Change.CauseEvents)
			got[i].Causes = nil
		}
		check(t, "listed changes", got, want)
	})
}

func TestStepsBack(t *testing.T) {
	v := newWorld().views(t)
	for _, q := range []projections.StepsQuery{
		{From: domain.AsOf{On: 2, Known: 5}, To: domain.AsOf{On: 1, Known: 6}},
		{From: domain.AsOf{On: 1, Known: 6}, To: domain.AsOf{On: 2, Known: 5}},
	} {
		wantRefusal(t, v.Steps(q, func(projections.Step) bool { return true }), domain.InvalidArgument)
	}
}
