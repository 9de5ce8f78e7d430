package domain_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections" //nolint:depguard // only here are there histories of all commands to show views
)

// rollups sums the map up by area, in each size of area.
func (x forms) rollups(a domain.AsOf, whole []projections.Entry) {
	levels := []struct {
		level projections.AreaLevel
		area  func(domain.FootprintCode) domain.OrganisationCode
	}{
		{projections.AreaEngland, func(domain.FootprintCode) domain.OrganisationCode { return domain.England }},
		{projections.AreaRegion, func(f domain.FootprintCode) domain.OrganisationCode {
			return x.world.aboveOf(domain.TierRegional, x.world.coveredBy(f, a), a)
		}},
		{projections.AreaICB, func(f domain.FootprintCode) domain.OrganisationCode {
			return x.world.aboveOf(domain.TierICB, x.world.coveredBy(f, a), a)
		}},
	}
	for _, l := range levels {
		page, err := x.views.Rollup(projections.RollupQuery{AsOf: a, Level: l.level})
		x.same("rollup by "+string(l.level), is(x, page, err).Areas, x.summedUp(a, whole, l.area))
	}
}

func (x forms) summedUp(a domain.AsOf, whole []projections.Entry, area func(domain.FootprintCode) domain.OrganisationCode) []projections.AreaHolders {
	var sums []projections.AreaHolders
	for len(whole) > 0 {
		subject := whole[0].Remit.Subject
		entries := kept(whole, func(e projections.Entry) bool { return e.Remit.Subject == subject })
		whole = whole[len(entries):]
		of := map[domain.OrganisationCode][]domain.FootprintCode{}
		footprints := x.world.expanded(subject.Function, domain.England, a)
		for _, e := range entries {
			footprints = append(footprints, e.Remit.Footprint)
		}
		slices.Sort(footprints)
		for _, f := range slices.Compact(footprints) {
			of[area(f)] = append(of[area(f)], f)
		}
		for _, code := range slices.Sorted(maps.Keys(of)) {
			for _, role := range domain.Roles() {
				inRole := kept(entries, func(e projections.Entry) bool { return e.Remit.Role == role })
				if len(inRole) > 0 {
					sums = append(sums, summed(subject, role, code, of[code], inRole))
				}
			}
		}
	}
	return sums
}

func summed(
	subject domain.Subject, role domain.Role, area domain.OrganisationCode, footprints []domain.FootprintCode, entries []projections.Entry,
) projections.AreaHolders {
	sum := projections.AreaHolders{Subject: subject, Role: role, Area: area, Footprints: len(footprints)}
	counts := map[projections.AreaHolder]int{}
	for _, f := range footprints {
		holders := map[projections.AreaHolder]bool{}
		for _, e := range entries {
			if e.Remit.Footprint == f {
				holders[projections.AreaHolder{Holder: e.Holder, ActingThrough: e.ActingThrough, Undetermined: e.Undetermined}] = true
			}
		}
		if len(holders) == 0 {
			sum.Unheld++
		}
		for h := range holders {
			counts[h]++
		}
	}
	for h, n := range counts {
		h.Footprints = n
		sum.Holders = append(sum.Holders, h)
	}
	slices.SortFunc(sum.Holders, func(a, b projections.AreaHolder) int {
		return cmp.Or(b.Footprints-a.Footprints, cmp.Compare(a.Holder, b.Holder), cmp.Compare(a.ActingThrough, b.ActingThrough))
	})
	return sum
}

// envelope adds up costs and counts heads of the ICBs that are open.
func (x forms) envelope(a domain.AsOf) {
	const year = "2026/27"
	answer, err := x.views.Envelope(projections.EnvelopeQuery{AsOf: a, Year: year})
	got := map[string]int64{}
	e := is(x, answer, err)
	for _, l := range append(slices.Concat(e.Bodies, e.Regions), e.England) {
		for what, pounds := range map[string]int64{
			"running": l.Running, "excluded": l.Excluded, "programme": l.Programme, "capital": l.Capital,
			"completed": l.Completed, "planned": l.Planned, "shifted": l.Shifted,
		} {
			got[what+" of "+string(l.Organisation)] = pounds
		}
		for _, p := range l.Allowances {
			got["people of "+string(l.Organisation)] += p.Population
		}
	}
	want := map[string]int64{}
	for what := range x.spent("", year, a) {
		want[what+" of ENG"] = 0 // where nobody is open, too
	}
	for _, code := range x.world.codes(toldOpen, a.Known) {
		body, _ := x.world.established(domain.OrganisationCode(code), a.Known)
		if body.Tier != domain.TierICB || x.world.at(toldOpen, code, a) != yes {
			continue
		}
		areas := []string{code, domain.England}
		if region := x.world.aboveOf(domain.TierRegional, body.Code, a); region != "" {
			areas = append(areas, string(region))
		}
		for _, area := range areas {
			for what, pounds := range x.spent(body.Code, year, a) {
				want[what+" of "+area] += pounds
			}
			for _, basis := range []domain.PopulationBasis{domain.PopulationRegistered, domain.PopulationResident} {
				if people := x.people(body.Code, basis, a); people >= 0 {
					want["people of "+area] += people
				}
			}
		}
	}
	x.same("envelope", got, want)
}

// spent adds up what a body spends in a year, by what it is for.
func (x forms) spent(body domain.OrganisationCode, year string, a domain.AsOf) map[string]int64 {
	sums := map[string]int64{
		"running": 0, "excluded": 0, "programme": 0, "capital": 0, "completed": 0, "planned": 0, "shifted": 0,
	}
	all := x.world.transfers(a.Known)
	for _, c := range x.costs(a.Known) {
		t := all.get(c.Transfer)
		what := "running"
		switch {
		case c.Organisation != body || c.Year != year || t != nil && t.isDropped():
			continue
		case c.Class == domain.CostProgramme:
			what = "programme"
		case c.Class == domain.CostCapital:
			what = "capital"
		case c.Excluded:
			what = "excluded"
		case t == nil:
		case x.savesNothing(t, year, a.Known):
			what = "shifted"
		case t.state == domain.StateCompleted && t.done <= a.On:
			what = "completed"
		default:
			what = "planned"
		}
		sums[what] += c.Pounds
	}
	return sums
}

// cost is one that was recorded, and from which day.
type cost struct {
	domain.CostRecorded

	on domain.Date
}

func (x forms) costs(known domain.EventNo) []cost {
	var list []cost
	for _, e := range x.world.events {
		if c, ok := e.Fact.(domain.CostRecorded); ok && e.No <= known {
			list = append(list, cost{c, e.EffectiveOn})
		}
	}
	return list
}

// savesNothing tells whether those who get something spend at least as much more in a year as the one who gives it
// spends less: buildings apart.
func (x forms) savesNothing(t *noted, year string, known domain.EventNo) bool {
	less, more := int64(0), int64(0)
	for _, c := range x.costs(known) {
		gets := slices.ContainsFunc(t.moves, func(m domain.Move) bool { return m.Receiver == c.Organisation })
		switch {
		case c.Transfer != t.id || c.Year != year || c.Class == domain.CostCapital:
		case c.Organisation == t.sender:
			less -= c.Pounds
		case gets:
			more += c.Pounds
		}
	}
	return less > 0 && more >= less
}

// people is the last count in force of those counted in one way, below zero for none.
func (x forms) people(body domain.OrganisationCode, basis domain.PopulationBasis, a domain.AsOf) int64 {
	people, since := int64(-1), domain.Date(0)
	for _, e := range x.world.events {
		p, ok := e.Fact.(domain.PopulationRecorded)
		if ok && e.No <= a.Known && p.Organisation == body && p.Basis == basis && p.EffectiveOn <= a.On && p.EffectiveOn >= since {
			people, since = p.Count, p.EffectiveOn
		}
	}
	return people
}

// bodies asks what each body is on the date.
func (x forms) bodies(a domain.AsOf) {
	page, err := x.views.Organisations(projections.OrganisationQuery{AsOf: a})
	var got, want []string
	for _, o := range is(x, page, err).Organisations {
		got = append(got, fmt.Sprint(o.Code, o.IsOpen, o.Parent, o.LegalParent, o.Region, o.Person, o.Coverage, named(o.IsOpen, o.Name)))
	}
	for _, code := range x.world.codes(toldOpen, a.Known) {
		open := x.world.at(toldOpen, code, a) == yes
		var coverage []domain.FootprintCode
		for _, footprint := range x.world.codes(toldExists, a.Known) {
			if x.world.at(toldCoveredBy, footprint, a) == code && x.world.at(toldExists, footprint, a) == yes {
				coverage = append(coverage, domain.FootprintCode(footprint))
			}
		}
		want = append(want, fmt.Sprint(code, open, x.world.at(toldParent, code, a), x.world.at(toldLegalParent, code, a),
			x.world.aboveOf(domain.TierRegional, domain.OrganisationCode(code), a), x.world.person(domain.OrganisationCode(code), a), coverage,
			named(open, x.world.at(toldName, code, a))))
	}
	x.same("bodies", got, want)
}

func named(open bool, name string) string { return unlessNot(open, name) }

// footprints asks what each footprint is on the date.
func (x forms) footprints(a domain.AsOf) {
	page, err := x.views.Footprints(projections.FootprintQuery{AsOf: a})
	var got, want []string
	for _, f := range is(x, page, err).Footprints {
		got = append(got, fmt.Sprint(f.Code, f.IsOpen, f.CoveredBy, f.Region))
	}
	for _, code := range x.world.codes(toldExists, a.Known) {
		by := x.world.at(toldCoveredBy, code, a)
		want = append(want, fmt.Sprint(code, x.world.at(toldExists, code, a) == yes, by, x.world.aboveOf(domain.TierRegional, domain.OrganisationCode(by), a)))
	}
	x.same("footprints", got, want)
}
