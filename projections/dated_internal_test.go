package projections

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/remit-register/remit/domain"
)

// TestDatedPointsAreFoundLikeOneByOne searches lists of any length, and several at once, after each insertion that
// moves marks, and compares with counting.
func TestDatedPointsAreFoundLikeOneByOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var lists [lanes]dated
		var asked [lanes]*dated
		dates := rapid.Int32Range(1, 400).Draw(t, "dates")
		for k := range lists {
			d := &lists[k]
			for no := range rapid.IntRange(0, 120).Draw(t, "points") {
				p := point{from: domain.Date(rapid.Int32Range(1, dates).Draw(t, "from")), no: domain.EventNo(no + 1)}
				d.insert(d.upper(p.from), p)
			}
			fresh := dated{points: d.points}
			fresh.mark()
			if len(d.points) > 0 && fresh.marks != d.marks || fresh.shift != d.shift {
				t.Fatalf("the marks are %v by %d, not %v by %d", d.marks, d.shift, fresh.marks, fresh.shift)
			}
			asked[k] = d
		}
		for range 20 {
			on := domain.Date(rapid.Int32Range(0, dates+1).Draw(t, "on"))
			some := asked[:rapid.IntRange(0, lanes).Draw(t, "asked")]
			together := uppers(some, on)
			for k := range lists {
				want := 0
				for want < len(lists[k].points) && lists[k].points[want].from <= on {
					want++
				}
				if got := lists[k].upper(on); got != want {
					t.Fatalf("%d of %d points are up to %d, and %d were found", want, len(lists[k].points), on, got)
				}
				if k < len(some) && together[k] != want {
					t.Fatalf("%d points of list %d are up to %d, and %d were found together with others", want, k, on, together[k])
				}
			}
			if !slices.IsSortedFunc(lists[0].points, func(a, b point) int { return int(a.from - b.from) }) {
				t.Fatal("points are not in order")
			}
		}
	})
}
