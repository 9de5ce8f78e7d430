package domain

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// naiveAt is what a timeline must answer, found by looking at every point: of the points known by then and not after
// the date, the latest date counts and on it the last recorded one; when that takes back what was recorded for the
// date, the date does not count at all.
func naiveAt(points []Point[int], a AsOf) (Point[int], bool) {
	byDate := map[Date]Point[int]{}
	for _, p := range points {
		if last, ok := byDate[p.From]; p.From <= a.On && p.No <= a.Known && (!ok || p.No >= last.No) {
			byDate[p.From] = p
		}
	}
	var best Point[int]
	found := false
	for _, p := range byDate {
		if !p.Retracted && (!found || p.From > best.From) {
			best, found = p, true
		}
	}
	return best, found
}

func drawPoints(t *rapid.T) []Point[int] {
	n := below(t, "points", 12)
	points := make([]Point[int], 0, n)
	no := EventNo(0)
	for i := range n {
		// Several points of one event may concern one date: the last one counts.
		no += EventNo(below(t, "next event", 3))
		points = append(points, Point[int]{
			From: Date(1 + below(t, "from", 6)), No: no, Value: i, Retracted: chance(t, "retracted", 25),
		})
	}
	return points
}

func TestTimelineAgainstAScan(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		points := drawPoints(t)
		var line Timeline[int]
		for i, p := range points {
			before := slices.Clone(line)
			next := line.With(p)
			if !slices.Equal(before, line) {
				t.Fatalf("adding point %d changed the timeline in place", i)
			}
			line = next
		}
		if !slices.IsSortedFunc(line, func(a, b Point[int]) int {
			return int(a.From-b.From)*1000 + int(a.No) - int(b.No)
		}) {
			t.Fatalf("not in order: %v", line)
		}
		for on := range Date(8) {
			for known := range EventNo(20) {
				checkTimeline(t, points, line, AsOf{on, known})
			}
			checkTimeline(t, points, line, Now(on))
		}
	})
}

func checkTimeline(t *rapid.T, points []Point[int], line Timeline[int], a AsOf) {
	want, wantOK := naiveAt(points, a)
	if got, ok := line.At(a); ok != wantOK || got != want {
		t.Fatalf("At(%v) = %v, %v; want %v, %v in %v", a, got, ok, want, wantOK, line)
	}
	next, hasNext := line.Next(a)
	for on := a.On + 1; on < 9; on++ {
		at, ok := naiveAt(points, AsOf{on, a.Known})
		if !ok || at.From != on {
			continue
		}
		if !hasNext || next != at {
			t.Fatalf("Next(%v) = %v, %v; want %v in %v", a, next, hasNext, at, line)
		}
		return
	}
	if hasNext {
		t.Fatalf("Next(%v) = %v; want none in %v", a, next, line)
	}
}

// The points in force one after the other answer every date by themselves.
func TestTimelineKnown(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		points := drawPoints(t)
		var line Timeline[int]
		for _, p := range points {
			line = line.With(p)
		}
		for known := range EventNo(20) {
			inForce := line.Known(known)
			for on := range Date(8) {
				want, wantOK := naiveAt(points, AsOf{on, known})
				got, ok := Timeline[int](inForce).At(Now(on))
				if ok != wantOK || got != want {
					t.Fatalf("on %d as known at %d: %v of %v, want %v of %v", on, known, got, inForce, want, line)
				}
			}
			for i := 1; i < len(inForce); i++ {
				if inForce[i].From <= inForce[i-1].From || inForce[i].Retracted {
					t.Fatalf("not one point for each date: %v", inForce)
				}
			}
		}
	})
}

func TestVersions(t *testing.T) {
	t.Parallel()
	var versions Versions[string]
	if _, ok := versions.Latest(); ok {
		t.Error("nothing has a latest version")
	}
	first := versions.With(3, "a")
	second, other := first.With(5, "b"), first.With(4, "c")
	for _, c := range []struct {
		versions Versions[string]
		known    EventNo
		want     string
		ok       bool
	}{
		{first, 2, "", false},
		{first, 3, "a", true},
		{second, 4, "a", true},
		{second, 5, "b", true},
		{second, Latest, "b", true},
		{other, Latest, "c", true},
	} {
		if got, ok := c.versions.At(c.known); got != c.want || ok != c.ok {
			t.Errorf("At(%d) of %v = %q, %v; want %q, %v", c.known, c.versions, got, ok, c.want, c.ok)
		}
	}
}
