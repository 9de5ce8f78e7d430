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

// right returns a change as it was put right, and whether it happened at all: a correction may say that it never did.
// To withdraw a correction says that of what it put right, too: what was wrong before does not come back.
func (r rectifications) right(m move) (move, bool) {
	for by, ok := r[m.event]; ok; by, ok = r[by.no] {
		if by.Withdrawn {
			return m, false
		}
		m.on, m.to, m.event = cmp.Or(by.EffectiveOn, m.on), cmp.Or(by.Holder, m.to), by.no
	}
	return m, true
}
