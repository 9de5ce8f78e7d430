package projections

import (
	"cmp"
	"maps"
	"slices"

	"github.com/remit-register/remit/domain"
)

// ChangeDatesQuery asks on which dates a view of the map changes, as known at one position.
type ChangeDatesQuery struct {
	// AsOf is the point from which the view is left for the previous or the next change.
	AsOf domain.AsOf
	// Filter is the view: a change counts when it lets a holding through, before or after.
	Filter Filter
	// From and Until limit the dates that are listed, both inclusive. Until before From lists none.
	From, Until domain.Date
}

// ChangeDates says on which dates a view of the map changes.
type ChangeDates struct {
	AsOf domain.AsOf
	// Previous is the last date before that of AsOf on which the view changes, Next the first one after it: zero for
	// none.
	Previous, Next domain.Date
	// Dates are those of the range on which it changes, in order.
	Dates []ChangeDate
}

// ChangeDate is a date on which a view of the map changes.
type ChangeDate struct {
	On domain.Date
	// Changes is how many remits have another holder than the day before, as Compare counts them.
	Changes int
}

// ChangeDates answers on which dates a view of the map changes. It refuses as Map does.
func (v *Views) ChangeDates(q ChangeDatesQuery) (ChangeDates, error) {
	a, err := v.resolveFilter(q.AsOf, q.Filter)
	if err != nil {
		return ChangeDates{}, err
	}
	x := dateCounter{query: q, match: v.newMatcher(q.Filter, a), counts: map[domain.Date]int{}}
	x.answer.AsOf = a
	v.walk(q.Filter, nil, a, func(c *cell) bool {
		x.values = &v.holdings.values
		for role := range x.match.names {
			if x.match.roles[role] {
				x.count(c.of(int8(role)))
			}
		}
		return true
	})
	for _, on := range slices.Sorted(maps.Keys(x.counts)) {
		x.answer.Dates = append(x.answer.Dates, ChangeDate{On: on, Changes: x.counts[on]})
	}
	return x.answer, nil
}

// dateCounter counts changes by date.
type dateCounter struct {
	query  ChangeDatesQuery
	match  *matcher
	values *valueTable
	counts map[domain.Date]int
	answer ChangeDates
	// These are used again for each remit that several bodies hold.
	changes       []slotChange
	inForce       []valueID
	before, after []domain.Holding
}

// count counts the changes of the lines of one remit; the caller holds the lock.
func (x *dateCounter) count(lines []line) {
	switch len(lines) {
	case 0:
	case 1:
		x.countLine(&lines[0])
	default:
		x.countLines(lines)
	}
}

func (x *dateCounter) countLine(l *line) {
	before := nobody
	for p := range l.knownAt(x.match.asOf.Known) {
		if p.value != before && x.differs(x.values.get(before), x.values.get(p.value)) {
			x.add(p.from)
		}
		before = p.value
	}
}

// slotChange is a point of one of the lines of a remit.
type slotChange struct {
	on    domain.Date
	slot  int32
	value valueID
}

// countLines counts the changes of a remit that several bodies hold side by side: one change of a date, however many of
// them it concerns. It goes through the dates once, with what is in force on each line in hand.
func (x *dateCounter) countLines(lines []line) {
	x.changes, x.inForce = x.changes[:0], x.inForce[:0]
	for i := range lines {
		before := nobody
		for p := range lines[i].knownAt(x.match.asOf.Known) {
			if p.value != before { // what is told again changes nothing
				x.changes = append(x.changes, slotChange{p.from, int32(i), p.value}) //nolint:gosec // bodies are few
			}
			before = p.value
		}
		x.inForce = append(x.inForce, nobody)
	}
	slices.SortFunc(x.changes, func(a, b slotChange) int { return cmp.Compare(a.on, b.on) })
	for rest := x.changes; len(rest) > 0; {
		n := 1
		for n < len(rest) && rest[n].on == rest[0].on {
			n++
		}
		x.before = x.held(x.before[:0])
		for _, c := range rest[:n] {
			x.inForce[c.slot] = c.value
		}
		if x.after = x.held(x.after[:0]); x.differs(x.before, x.after) {
			x.add(rest[0].on)
		}
		rest = rest[n:]
	}
}

// held appends the holdings in force.
func (x *dateCounter) held(holdings []domain.Holding) []domain.Holding {
	for _, value := range x.inForce {
		holdings = append(holdings, x.values.get(value)...)
	}
	return holdings
}

// differs tells whether the holders differ, of a remit that the view is about.
func (x *dateCounter) differs(before, after []domain.Holding) bool {
	lets := func(h domain.Holding) bool { return x.match.lets(&h) }
	return (slices.ContainsFunc(before, lets) || slices.ContainsFunc(after, lets)) && !areSame(before, after)
}

// areSame tells whether the holders are the same.
func areSame(a, b []domain.Holding) bool {
	switch {
	case len(a) != len(b):
		return false
	case len(a) == 1:
		return whoIs(&a[0]) == whoIs(&b[0])
	}
	return slices.Equal(whoAre(a), whoAre(b))
}

func (x *dateCounter) add(on domain.Date) {
	if a := &x.answer; on < a.AsOf.On {
		a.Previous = max(a.Previous, on)
	} else if on > a.AsOf.On {
		a.Next = cmp.Or(min(a.Next, on), on)
	}
	if on >= x.query.From && on <= x.query.Until {
		x.counts[on]++
	}
}

// knownAt returns the points in force as known, in the order of their dates.
func (l *line) knownAt(known domain.EventNo) func(yield func(point) bool) {
	return func(yield func(point) bool) {
		points := l.epochAt(known).points
		for i := firstKnown(points, 0, known); i >= 0; {
			if !yield(points[i]) {
				return
			}
			next := i + 1
			for next < len(points) && points[next].from == points[i].from {
				next++
			}
			i = firstKnown(points, next, known)
		}
	}
}
