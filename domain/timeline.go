package domain

import (
	"cmp"
	"slices"
)

// AsOf is a point on both clocks: what held on the civil date On, as the register knew it after event Known.
type AsOf struct {
	On    Date
	Known EventNo
}

// Now is the point that shows date on as everything recorded tells it.
func Now(on Date) AsOf { return AsOf{On: on, Known: Latest} }

// Point is one recorded change of a dated fact: from date From the fact is Value, says event No. A retracted point was
// recorded in error: from event No on, the register no longer knows of any change on that date.
type Point[V any] struct {
	No        EventNo
	Value     V
	From      Date
	Retracted bool
	// Restores marks a point by which a correction only brought back what had been recorded for the date before what was
	// wrong. It says nothing of its own that could be wrong.
	Restores bool
}

// Timeline is a dated fact on two clocks: its points in the order of (From, No). Of several facts on one date the
// later recorded wins; a point holds until the next date on which something is recorded. Points are only ever added,
// so every earlier state of knowledge can be read. A Timeline is never changed in place.
type Timeline[V any] []Point[V]

// With returns the timeline with p added.
func (t Timeline[V]) With(p Point[V]) Timeline[V] {
	at, _ := slices.BinarySearchFunc(t, p, func(a, b Point[V]) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.No, b.No), -1)
	})
	next := make(Timeline[V], 0, len(t)+1)
	next = append(next, t[:at]...)
	next = append(next, p)
	return append(next, t[at:]...)
}

// upTo returns how many points are of dates up to and including on.
func (t Timeline[V]) upTo(on Date) int {
	end, _ := slices.BinarySearchFunc(t, on, func(p Point[V], on Date) int {
		if p.From <= on {
			return -1
		}
		return 1
	})
	return end
}

// At returns the point in force at a, or false when none is.
func (t Timeline[V]) At(a AsOf) (Point[V], bool) {
	for i := t.upTo(a.On) - 1; i >= 0; i-- {
		if t[i].No > a.Known {
			continue
		}
		if !t[i].Retracted {
			return t[i], true
		}
		for i > 0 && t[i-1].From == t[i].From {
			i--
		}
	}
	return Point[V]{}, false
}

// Next returns the first point in force after date on, as known, or false when nothing is recorded after it.
func (t Timeline[V]) Next(a AsOf) (Point[V], bool) {
	for i := t.upTo(a.On); i < len(t); i++ {
		if t[i].No > a.Known {
			continue
		}
		if p, ok := t.At(AsOf{On: t[i].From, Known: a.Known}); ok && p.From == t[i].From {
			return p, true
		}
	}
	return Point[V]{}, false
}

// Known returns the points in force one after the other, as known: at most one for each date.
func (t Timeline[V]) Known(known EventNo) []Point[V] {
	var points []Point[V]
	for i, p := range t {
		if i+1 < len(t) && t[i+1].From == p.From && t[i+1].No <= known {
			continue
		}
		if at, ok := t.At(AsOf{On: p.From, Known: known}); ok && at.From == p.From && at.No == p.No {
			points = append(points, at)
		}
	}
	return points
}

// Versions is what the register knew of a thing after each event that changed it, in the order of the events.
type Versions[V any] []Version[V]

// Version is the thing as it stood after event No.
type Version[V any] struct {
	No    EventNo
	Value V
}

// At returns the newest version recorded at or before known, or false when the thing was not known yet.
func (v Versions[V]) At(known EventNo) (V, bool) {
	end, _ := slices.BinarySearchFunc(v, known, func(version Version[V], known EventNo) int {
		if version.No <= known {
			return -1
		}
		return 1
	})
	if end == 0 {
		var none V
		return none, false
	}
	return v[end-1].Value, true
}

// Latest returns the newest version, or false when there is none.
func (v Versions[V]) Latest() (V, bool) { return v.At(Latest) }

// With returns the versions with one more.
func (v Versions[V]) With(no EventNo, value V) Versions[V] {
	return append(slices.Clip(v), Version[V]{No: no, Value: value})
}
