package projections

import (
	"slices"

	"github.com/remit-register/remit/domain"
)

// learnedAbout returns what the register learned about a date between two positions, as one step: what is held as before
// but from or until another date, too. The points have one date.
func (v *Views) learnedAbout(f Filter, from, to domain.AsOf) ([]Difference, error) {
	from, to, err := v.resolveBoth(CompareQuery{From: from, To: to, Filter: f})
	if err != nil || from.Known == to.Known {
		return nil, err
	}
	x := v.newStepper(f, from, to)
	x.why = func(domain.Remit, []line) []domain.EventNo { return nil }
	var changes []Difference
	v.walk(f, nil, to, func(c *cell) bool {
		for _, d := range x.differences(nil, c) {
			if slices.EqualFunc(d.Before, d.After, holdsAlike) {
				continue // only who else is the same person differs
			}
			d.CauseEvents = learnedBy(c.of(roleIndex(d.Remit.Role)), d, from.Known, to.Known)
			changes = append(changes, d)
		}
		return true
	})
	return changes, nil
}

func holdsAlike(a, b Entry) bool { return a.Held == b.Held && a.To == b.To }

// learnedBy returns the events, of those between two positions, that recorded anything for the dates from and until which a
// remit is held before and after.
func learnedBy(lines []line, d Difference, after, until domain.EventNo) []domain.EventNo {
	dates := map[domain.Date]bool{}
	for _, e := range slices.Concat(d.Before, d.After) {
		dates[e.From], dates[e.To] = true, true
	}
	var events []domain.EventNo
	for i := range lines {
		lines[i].each(func(p point, _ domain.EventNo) bool {
			if dates[p.from] && p.no > after && p.no <= until {
				events = append(events, p.no)
			}
			return true
		})
	}
	slices.Sort(events)
	return slices.Compact(events)
}
