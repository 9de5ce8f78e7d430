package projections

import (
	"fmt"

	"github.com/remit-register/remit/domain"
)

// EnvelopeSeries computes the running-cost envelope on a date and then every so many months (3 for 0), up to and on the
// date of the query, all as known at its position. Each counts the costs of the financial year in which it lies, unless
// the query names one. It refuses as Envelope does, and with domain.InvalidArgument for dates in the wrong order, or
// more than 60 of them.
func (v *Views) EnvelopeSeries(q EnvelopeQuery, from domain.Date, months int) ([]Envelope, error) {
	if months == 0 {
		months = 3
	}
	if from == 0 || from > q.AsOf.On || months < 0 {
		return nil, domain.Refuse(domain.InvalidArgument, "The first date lies after the last.",
			"Give the first date, and a later effective date.", "from", from.String(), "effectiveOn", q.AsOf.On.String())
	}
	var list []Envelope
	for n := 0; ; n++ {
		if len(list) == maxShiftSteps {
			return nil, domain.Refuse(domain.InvalidArgument, fmt.Sprintf("There are more than %d dates.", maxShiftSteps),
				"Ask for fewer years, or for longer steps.", "from", from.String())
		}
		at := q
		at.AsOf.On = min(addMonths(from, n*months), q.AsOf.On)
		e, err := v.Envelope(at)
		if err != nil {
			return nil, err
		}
		if list = append(list, e); at.AsOf.On == q.AsOf.On {
			return list, nil
		}
		q.AsOf.Known = e.AsOf.Known // the first one pins the rest
	}
}
