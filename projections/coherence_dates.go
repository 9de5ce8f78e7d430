package projections

import (
	"maps"
	"slices"
	"strconv"

	"github.com/remit-register/remit/domain"
)

// changeDates returns the dates after that of the question, up to its end, on which anything changes that findings
// rest on: in the map, of bodies, footprints and instruments, and dates that arrangements, evidence and plans run to.
func (v *Views) changeDates(a domain.AsOf, q CoherenceQuery) []domain.Date {
	if q.Until <= a.On {
		return nil
	}
	dates := map[domain.Date]bool{}
	add := func(on domain.Date) {
		if on > a.On && on <= q.Until {
			dates[on] = true
		}
	}
	v.walk(Filter{Functions: q.Functions}, nil, a, func(c *cell) bool {
		for i := range c.lines {
			addChanges(c.lines[i].epochAt(a.Known), a, q.Until, add)
		}
		return true
	})
	v.mu.RLock()
	defer v.mu.RUnlock()
	v.organisationDates(a.Known, add)
	v.arrangementDates(a.Known, add)
	v.transferDates(a.Known, add)
	for _, c := range v.claims.Claims(a.Known) {
		add(c.EffectiveOn)
	}
	for _, x := range v.claims.Attestations(a.Known) {
		add(x.EffectiveOn)
	}
	for _, no := range v.events.ofType("OccurrenceRecorded", a.Known) {
		add(v.events.fact(no).Effective()) // from then on its safeguards are asked for, whatever it moved
	}
	for _, kind := range []string{"CostRecorded", "MatterDisposed"} {
		for _, no := range v.events.ofType(kind, a.Known) {
			add(v.events.recordedOn(domain.EventNo(no)))
		}
	}
	return slices.Sorted(maps.Keys(dates))
}

// addChanges adds the dates on which a line changes as known: what was taken back changes nothing.
func addChanges(d *dated, a domain.AsOf, until domain.Date, add func(domain.Date)) {
	var last *point
	points := d.points
	for k := d.upper(a.On); k < len(points) && points[k].from <= until; k++ {
		if points[k].no > a.Known {
			continue
		}
		if last != nil && last.from != points[k].from && last.value != retracted {
			add(last.from)
		}
		last = &points[k]
	}
	if last != nil && last.value != retracted {
		add(last.from)
	}
}

func (v *Views) organisationDates(known domain.EventNo, add func(domain.Date)) {
	for _, body := range v.organisations.Bodies(known) {
		for _, p := range body.Open.Known(known) {
			add(p.From)
		}
	}
	for _, fp := range v.organisations.Footprints(known) {
		for _, p := range fp.Open.Known(known) {
			add(p.From)
		}
		for _, p := range fp.CoveredBy.Known(known) {
			add(p.From)
		}
	}
	for _, p := range v.organisations.Planned(known) {
		add(p.EffectiveOn)
		add(p.EffectiveOn + 1)
	}
	for _, f := range v.functions.All(known) {
		for _, p := range f.Divisions.Known(known) {
			add(p.From)
		}
	}
}

func (v *Views) arrangementDates(known domain.EventNo, add func(domain.Date)) {
	for _, i := range v.instruments.All(known) {
		add(i.DiscardedOn)
		for _, c := range i.Details.Commencements {
			add(c.On)
		}
	}
	for _, d := range v.delegations.All(known) {
		add(d.EffectiveOn)
		add(d.EndedOn)
		add(d.Terms.EndsOn)
		add(d.Terms.ReviewOn + 1)
	}
}

func (v *Views) transferDates(known domain.EventNo, add func(domain.Date)) {
	for _, t := range v.transfers.All(known) {
		add(t.Planned() + 1)
		add(t.CompletedOn)
		add(v.events.recordedOn(t.AmendedNo))
		for _, g := range t.Gateways {
			for _, decision := range g.Decisions {
				add(decision.DecidedOn)
			}
		}
		for _, m := range t.Milestones {
			add(m.PlannedOn + 1)
			add(m.ActualOn)
		}
		for _, a := range t.Assessments {
			for _, rating := range a.Ratings {
				for _, evidence := range rating.Evidence {
					add(evidence.ExpiresOn)
				}
			}
		}
	}
}

// pounds writes an amount of whole pounds as "£1,234,567".
func pounds(amount int64) string {
	digits := strconv.FormatInt(amount, 10)
	sign := ""
	if amount < 0 {
		sign, digits = "-", digits[1:]
	}
	const group = 3
	for i := len(digits) - group; i > 0; i -= group {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + "£" + digits
}
