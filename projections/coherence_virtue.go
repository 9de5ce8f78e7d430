package projections

import (
	"slices"

	"github.com/remit-register/remit/domain"
)

// virtueOf returns the event by virtue of which something is held: of what was put right the one that was wrong, and of
// what a correction only brought back the one that had recorded it before.
func (x *inquiry) virtueOf(c *cell, h held) domain.EventNo {
	if len(x.caused) == 0 || !x.isCorrection(h.no) {
		return h.no
	}
	lines := c.of(h.role)
	for i := range lines {
		p := lines[i].at(x.asOf.On, x.asOf.Known)
		if p != nil && p.no == h.no && slices.Contains(x.views.holdings.values.get(p.value), *h.holding) {
			return x.virtueOfPoint(&lines[i], *p)
		}
	}
	return h.no
}

func (x *inquiry) isCorrection(no domain.EventNo) bool {
	return x.views.events.has(no) && x.views.events.kindName(no) == domain.Corrected{}.FactType()
}

func (x *inquiry) virtueOfPoint(l *line, p point) domain.EventNo {
	if !x.isCorrection(p.no) {
		return p.no
	}
	if f, ok := x.views.events.facts[p.no].fact.(domain.Corrected); ok && !f.TakesBack(p.from) {
		no := f.Event
		for x.isCorrection(no) {
			f, _ = x.views.events.facts[no].fact.(domain.Corrected)
			no = f.Event
		}
		return no
	}
	before, found := point{}, false
	points := l.recorded()
	for i, other := range points {
		passing := i+1 < len(points) && points[i+1].from == other.from && points[i+1].no == other.no // took its own place at once
		if other.from == p.from && other.no < p.no && other.value == p.value && !passing {
			before, found = other, true
		}
	}
	if !found {
		return p.no
	}
	return x.virtueOfPoint(l, before)
}
