package projections_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
)

func TestCompareLikeTheNaiveModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := drawMovingHistory(t)
		v, o := apply(t, events), oracleOf(events)
		for range 4 {
			q := projections.CompareQuery{From: drawAsOf(t, v), To: drawAsOf(t, v), Limit: rapid.IntRange(0, 3).Draw(t, "limit")}
			got := map[domain.Remit][2]string{}
			var order []domain.Remit
			for {
				page, err := v.Compare(q)
				if err != nil {
					t.Fatal(err)
				}
				for _, d := range page.Changes {
					got[d.Remit] = [2]string{holderText(d.Before, d.Remit), holderText(d.After, d.Remit)}
					order = append(order, d.Remit)
					checkCauses(t, o, q, d)
				}
				if page.Next == nil {
					break
				}
				q.After = page.Next
			}
			check(t, "differences", got, o.differences(q.From, q.To))
			if len(order) != len(got) || !slices.IsSortedFunc(order, domain.CompareRemits) {
				t.Fatalf("differences out of order: %v", order)
			}
		}
	})
}

// checkCauses checks that there is a cause, and that each cause is an event that changed the remit and that one of the
// two positions knows. Of one date as known twice, every cause lies between the two positions; of two dates as known
// once, every cause is effective between them.
func checkCauses(t *rapid.T, o oracle, q projections.CompareQuery, d projections.Difference) {
	if len(d.CauseEvents) == 0 || !slices.IsSorted(d.CauseEvents) {
		t.Fatalf("causes %v", d.CauseEvents)
	}
	low, high := min(q.From.Known, q.To.Known), max(q.From.Known, q.To.Known)
	early, late := min(q.From.On, q.To.On), max(q.From.On, q.To.On)
	for _, no := range d.CauseEvents {
		caused := slices.ContainsFunc(o, func(r recorded) bool {
			between := r.on > early && r.on <= late
			return r.no == no && r.remit == d.Remit && r.no <= high && (between || r.no > low)
		})
		if !caused {
			t.Fatalf("event %d did not cause the difference of %v", no, d.Remit)
		}
	}
}

func TestFilteredComparisonIsPartOfTheWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := apply(t, drawMovingHistory(t))
		q := projections.CompareQuery{From: drawAsOf(t, v), To: drawAsOf(t, v)}
		whole, err := v.Compare(q)
		if err != nil {
			t.Fatal(err)
		}
		q.Filter = drawFilter(t)
		part, err := v.Compare(q)
		if err != nil {
			t.Fatal(err)
		}
		lets := func(e projections.Entry) bool { return letsHolding(q.Filter, e.Holding) }
		want := slices.DeleteFunc(whole.Changes, func(d projections.Difference) bool {
			return !letsRemit(q.Filter, d.Remit) || (!slices.ContainsFunc(d.Before, lets) && !slices.ContainsFunc(d.After, lets))
		})
		// Whether persons are the same depends on the roles that were looked at only in what is shown beside it.
		check(t, "filtered differences", part.Changes, want)
	})
}
