package projections

import (
	"cmp"

	"github.com/remit-register/remit/domain"
)

// rectification is a correction and its event.
type rectification struct {
	domain.Corrected
	no domain.EventNo
}

// rectifications has corrections by the event that they put right. What one correction replaced no other one can.
type rectifications map[domain.EventNo]rectification

func (v *Views) rectifications(known domain.EventNo) rectifications {
	all := make(rectifications)
	for _, no := range v.events.ofType(domain.Corrected{}.FactType(), known) {
		if f, ok := v.events.fact(no).(domain.Corrected); ok {
			all[f.Event] = rectification{f, domain.EventNo(no)}
		}
	}
	return all
}

// right returns a change as it was put right, and whether it happened at all: a correction may say that it never did,
// and another one that the first was wrong.
func (r rectifications) right(m move) (move, bool) {
	type version struct {
		move
		happened bool
	}
	before, now := version{}, version{m, true}
	for by, ok := r[m.event]; ok; by, ok = r[by.no] {
		next := before
		if !by.Withdrawn {
			next = now
			next.on, next.to = cmp.Or(by.EffectiveOn, next.on), cmp.Or(by.Holder, next.to)
		}
		next.event = by.no
		before, now = now, next
	}
	return now.move, now.happened
}
