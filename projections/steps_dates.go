package projections

import (
	"maps"
	"slices"

	"github.com/remit-register/remit/domain"
)

// dateSteps calls yield with the steps that dates make, as known at one position.
func (v *Views) dateSteps(f Filter, at domain.AsOf, until domain.Date, yield func(Step) bool) error {
	if at.On >= until {
		return nil
	}
	cells, persons := v.datesBetween(f, at, until)
	for _, on := range slices.Sorted(maps.Keys(cells)) {
		step := Step{Before: at, AsOf: domain.AsOf{On: on, Known: at.Known}}
		x := v.newStepper(f, step.Before, step.AsOf)
		x.why = x.recordedBetween
		if persons[on] {
			step.Changes = v.walkSteps(f, &x)
		} else {
			step.Changes = v.cellSteps(cells[on], &x)
		}
		at = step.AsOf
		if len(step.Changes) > 0 && !yield(step) {
			return nil
		}
	}
	return nil
}

// recordedBetween returns the events of the changes on the dates of the step.
func (x *comparer) recordedBetween(_ domain.Remit, lines []line) []domain.EventNo {
	var events []domain.EventNo
	for i := range lines {
		events = appendBetween(events, &lines[i], x.before.asOf, x.after.asOf)
	}
	slices.Sort(events)
	return slices.Compact(events)
}

// datesBetween returns the dates after a point and up to another date on which the map may change, as known, with the
// cells concerned; and those of them on which it may change anywhere, since a body begins or ends to act for another.
func (v *Views) datesBetween(
	f Filter, at domain.AsOf, until domain.Date,
) (cells map[domain.Date][]*cell, persons map[domain.Date]bool) {
	cells, persons = map[domain.Date][]*cell{}, v.personDates(at, until)
	for on := range persons {
		cells[on] = nil
	}
	v.walk(f, nil, at, func(c *cell) bool {
		for i := range c.lines {
			// Who is one person with whom is seen in every role when who is accountable changes.
			for p := c.lines[i].next(at.On, at.Known); p != nil && p.from <= until; p = c.lines[i].next(p.from, at.Known) {
				if list := cells[p.from]; len(list) == 0 || list[len(list)-1] != c {
					cells[p.from] = append(list, c)
				}
			}
		}
		return true
	})
	return cells, persons
}

// personDates returns the dates on which it changes for whom a body acts in law.
func (v *Views) personDates(at domain.AsOf, until domain.Date) map[domain.Date]bool {
	v.mu.RLock()
	defer v.mu.RUnlock()
	dates := map[domain.Date]bool{}
	for _, body := range v.organisations.Bodies(at.Known) {
		for _, period := range periodsOf(body.LegalParent, at.Known) {
			if period.From > at.On && period.From <= until {
				dates[period.From] = true
			}
		}
	}
	return dates
}

// cellSteps finds the differences of a few cells, which are in order.
func (v *Views) cellSteps(cells []*cell, x *stepper) []Difference {
	var changes []Difference
	for chunk := range slices.Chunk(cells, stretch) {
		v.mu.RLock()
		for _, c := range chunk {
			changes = x.differences(changes, c)
		}
		v.mu.RUnlock()
	}
	return changes
}
