package projections_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
)

// TestChangeDatesAreThoseOfComparisons checks the dates on which a view changes, with the number of changes, against a
// comparison of each day with the day before.
func TestChangeDatesAreThoseOfComparisons(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := apply(t, drawMovingHistory(t))
		q := projections.ChangeDatesQuery{
			AsOf: drawAsOf(t, v), Filter: drawFilter(t),
			From:  domain.Date(rapid.IntRange(0, worldDays).Draw(t, "from")),
			Until: domain.Date(rapid.IntRange(0, worldDays+1).Draw(t, "until")),
		}
		got, err := v.ChangeDates(q)
		if err != nil {
			t.Fatal(err)
		}
		want := projections.ChangeDates{AsOf: q.AsOf}
		for on := domain.Date(1); on <= worldDays+1; on++ {
			changes := changesOn(t, v, q, on)
			switch {
			case changes == 0:
				continue
			case on < q.AsOf.On:
				want.Previous = on
			case on > q.AsOf.On && want.Next == 0:
				want.Next = on
			}
			if on >= q.From && on <= q.Until {
				want.Dates = append(want.Dates, projections.ChangeDate{On: on, Changes: changes})
			}
		}
		check(t, "dates", got, want)
	})
}

// changesOn counts the changes of a view on a date.
func changesOn(t *rapid.T, v *projections.Views, q projections.ChangeDatesQuery, on domain.Date) int {
	page, err := v.Compare(projections.CompareQuery{
		From: domain.AsOf{On: on - 1, Known: q.AsOf.Known}, To: domain.AsOf{On: on, Known: q.AsOf.Known}, Filter: q.Filter,
	})
	if err != nil {
		t.Fatal(err)
	}
	return len(page.Changes)
}
