package projections

import (
	"math"
	"slices"

	"github.com/remit-register/remit/domain"
)

// markCount is how many dates of a line are kept beside it.
const markCount = 16

// dated are points in the order of date and event. Where a search waits for memory, what counts is how much of it it
// looks at: so the dates of some of the points, evenly spread, stand beside the list, and a search looks at those and
// then at one short stretch of the points.
type dated struct {
	// marks are the dates of the points 0, 1<<shift, 2<<shift and so on; after the last point noDate.
	marks  [markCount]domain.Date
	points []point
	shift  uint8
}

// noDate is later than every date.
const noDate = domain.Date(math.MaxInt32)

// mark makes the marks anew.
func (d *dated) mark() {
	d.shift = 0
	for (len(d.points)-1)>>d.shift >= markCount {
		d.shift++
	}
	d.markFrom(0)
}

// markFrom brings the marks from one on up to date.
func (d *dated) markFrom(first int) {
	for i := first; i < markCount; i++ {
		d.marks[i] = noDate
		if at := i << d.shift; at < len(d.points) {
			d.marks[i] = d.points[at].from
		}
	}
}

// insert puts a point where it belongs.
func (d *dated) insert(at int, p point) {
	d.points = slices.Insert(d.points, at, p)
	if (len(d.points)-1)>>d.shift >= markCount {
		d.mark()
		return
	}
	d.markFrom((at + 1<<d.shift - 1) >> d.shift)
}

// stretch returns between which points, of those with a mark, a search for a date goes on: the first one is of that
// date or an earlier one, and the last one is not.
func (d *dated) stretch(on domain.Date) (start, end int) {
	if len(d.points) == 0 {
		return 0, 0
	}
	n := 0
	if d.marks[7] <= on {
		n = 8
	}
	if d.marks[n+3] <= on {
		n += 4
	}
	if d.marks[n+1] <= on {
		n += 2
	}
	if d.marks[n] <= on {
		n++
	}
	if n == markCount-1 && d.marks[n] <= on {
		n++
	}
	if n == 0 {
		return 0, 0
	}
	return (n - 1) << d.shift, min(n<<d.shift, len(d.points))
}

// upper returns the number of points up to and including a date.
func (d *dated) upper(on domain.Date) int {
	low, high := d.stretch(on)
	for low < high {
		middle := int(uint(low+high) >> 1)
		if d.points[middle].from <= on {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low
}

// replacedBy returns the event that these points say recorded something else for the date of a point, domain.Latest for
// none.
func (d *dated) replacedBy(p point) domain.EventNo {
	for i := d.upper(p.from - 1); i < len(d.points) && d.points[i].from == p.from; i++ {
		if d.points[i].no > p.no {
			return d.points[i].no
		}
	}
	return domain.Latest
}

// lanes is how many lines are searched side by side.
const lanes = 8

// uppers is upper for up to so many lines at once. What a search waits for is memory, so that a few of them in step take
// hardly longer than one.
func uppers(lines []*dated, on domain.Date) (ends [lanes]int) {
	var room [lanes][]point
	points := room[:len(lines)]
	longest := 0
	for k, d := range lines {
		start, end := d.stretch(on)
		ends[k], points[k] = start, d.points[start:end]
		longest = max(longest, end-start)
	}
	for ; longest > 1; longest -= longest / 2 {
		for k, p := range points {
			half := len(p) / 2
			if half > 0 && p[half-1].from <= on {
				ends[k] += half
				points[k] = p[half:]
			} else {
				points[k] = p[:len(p)-half]
			}
		}
	}
	for k, p := range points {
		if len(p) == 1 && p[0].from <= on {
			ends[k]++
		}
	}
	return ends
}
