package domain_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"pgregory.net/rapid"

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

// shift counts what each tier holds on the last date of each step.
func (x forms) shift(a domain.AsOf) {
	steps := rapid.IntRange(1, 3).Draw(x.T, "steps")
	q := projections.ShiftQuery{From: a.On, Until: a.On.AddDays(31 * (steps - 1)), Known: a.Known, Months: 1}
	answer, err := x.views.Shift(q)
	shift, ends := is(x, answer, err), []domain.Date{}
	for _, row := range shift.Held {
		ends = append(ends, row.On)
	}
	for _, on := range append(slices.Compact(ends), q.Until) {
		counts := map[projections.ShiftCount]int{}
		for _, e := range x.entries(domain.AsOf{On: on, Known: a.Known}) {
			named, _ := x.world.established(e.Named(), a.Known)
			class := x.world.details(e.Remit.Subject.Function, a.Known).Class
			counts[projections.ShiftCount{On: on, Class: class, Tier: named.Tier, Role: e.Remit.Role}]++
		}
		got := map[projections.ShiftCount]int{}
		for _, row := range shift.Held {
			if n := row.Remits; row.On == on {
				row.Remits = 0
				got[row] = n
			}
		}
		x.same("what each tier holds", got, counts)
	}
}

// envelope adds up costs and counts heads of the ICBs that are open.
func (x forms) envelope(a domain.AsOf) {
	const year = "2026/27"
	answer, err := x.views.Envelope(projections.EnvelopeQuery{AsOf: a, Year: year})
	got := map[string]int64{}
	e := is(x, answer, err)
	for _, l := range append(slices.Concat(e.Bodies, e.Regions), e.England) {
		got["running of "+string(l.Organisation)] = l.Running
		for _, p := range l.Allowances {
			got["people of "+string(l.Organisation)] += p.Population
		}
	}
	want := map[string]int64{"running of ENG": 0}
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
			want["running of "+area] += x.spent(body.Code, year, a.Known)
			if people := x.people(body.Code, a); people >= 0 {
				want["people of "+area] += people
			}
		}
	}
	x.same("envelope", got, want)
}

func (x forms) spent(body domain.OrganisationCode, year string, known domain.EventNo) (pounds int64) {
	for _, e := range x.world.events {
		if c, ok := e.Fact.(domain.CostRecorded); ok && e.No <= known && c.Organisation == body && c.Year == year {
			pounds += c.Pounds
		}
	}
	return pounds
}

// people is the last count in force, below zero for none.
func (x forms) people(body domain.OrganisationCode, a domain.AsOf) int64 {
	people, since := int64(-1), domain.Date(0)
	for _, e := range x.world.events {
		p, ok := e.Fact.(domain.PopulationRecorded)
		if ok && e.No <= a.Known && p.Organisation == body && p.EffectiveOn <= a.On && p.EffectiveOn >= since {
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

// findings looks for what is incoherent in the map itself, cell by cell.
func (x forms) findings(a domain.AsOf, whole []projections.Entry) {
	answer, err := x.views.Coherence(projections.CoherenceQuery{
		// What is announced for the very day and has not happened is told by plans, and not by the map.
		AsOf: a, Today: a.On + 1, Kinds: []projections.FindingKind{
			projections.FindingGap, projections.FindingOverlap, projections.FindingUnaccountable, projections.FindingOrphan,
			projections.FindingUndetermined, projections.FindingAssumedDate,
		},
	})
	got := map[string]bool{}
	for _, f := range is(x, answer, err).Findings {
		for _, footprint := range f.Footprints {
			got[fmt.Sprint(f.Kind, " of ", f.Function, " at ", f.Organisation, " in ", footprint)] = true
		}
	}
	x.same("findings", got, x.incoherent(a, whole))
}

func (x forms) incoherent(a domain.AsOf, whole []projections.Entry) map[string]bool {
	all := map[string]bool{}
	found := func(kind projections.FindingKind, r domain.Remit, body domain.OrganisationCode) {
		all[fmt.Sprint(kind, " of ", r.Subject.Function, " at ", body, " in ", r.Footprint)] = true
	}
	for _, e := range whole {
		by := x.world.coveredBy(e.Remit.Footprint, a)
		beside := kept(whole, func(o projections.Entry) bool {
			return o.Remit.Subject == e.Remit.Subject && o.Remit.Footprint == e.Remit.Footprint
		})
		inRole := func(role domain.Role, lets func(projections.Entry) bool) int {
			return len(kept(beside, func(o projections.Entry) bool { return o.Remit.Role == role && lets(o) }))
		}
		determined := func(o projections.Entry) bool { return !o.Undetermined }
		if inRole(domain.RoleAccountable, func(projections.Entry) bool { return true }) == 0 {
			found(projections.FindingUnaccountable, e.Remit, by)
		}
		sole := x.world.details(e.Remit.Subject.Function, a.Known).RuleOf(e.Remit.Role) == domain.RuleSole
		if sole && inRole(e.Remit.Role, determined) > 1 {
			found(projections.FindingOverlap, e.Remit, by)
		}
		if e.Undetermined {
			found(projections.FindingUndetermined, e.Remit, by)
			continue
		}
		if e.Confidence == domain.ConfidenceAssumed {
			found(projections.FindingAssumedDate, e.Remit, e.Named())
		}
		for _, body := range []domain.OrganisationCode{e.Holder, e.ActingThrough} {
			if body != "" && x.world.at(toldOpen, string(body), a) != yes {
				found(projections.FindingOrphan, e.Remit, body)
			}
		}
	}
	x.missing(a, whole, func(r domain.Remit) { found(projections.FindingGap, r, x.world.coveredBy(r.Footprint, a)) })
	return all
}

// missing finds the footprints in which a part of a function that anybody holds has nothing, or not what is usual.
func (x forms) missing(a domain.AsOf, whole []projections.Entry, found func(domain.Remit)) {
	var functions []domain.FunctionCode
	for _, e := range whole {
		functions = append(functions, e.Remit.Subject.Function)
	}
	for _, function := range slices.Compact(functions) {
		for _, part := range x.parts(function, a) {
			roles := map[domain.FootprintCode]map[domain.Role]bool{}
			for _, e := range whole {
				if e.Remit.Subject == (domain.Subject{Function: function, Part: part}) {
					if roles[e.Remit.Footprint] == nil {
						roles[e.Remit.Footprint] = make(map[domain.Role]bool)
					}
					roles[e.Remit.Footprint][e.Remit.Role] = true
				}
			}
			for _, footprint := range x.world.expanded(function, domain.England, a) {
				lacks := len(roles[footprint]) == 0
				for _, role := range []domain.Role{domain.RoleExercising, domain.RoleDelivering} {
					with := 0
					for _, held := range roles {
						if held[role] {
							with++
						}
					}
					lacks = lacks || 2*with > len(roles) && !roles[footprint][role]
				}
				if lacks {
					found(domain.Remit{Subject: domain.Subject{Function: function}, Footprint: footprint})
				}
			}
		}
	}
}

// parts are those into which a function is divided on the date, "" for all of it where it is not.
func (x forms) parts(function domain.FunctionCode, a domain.AsOf) []domain.PartCode {
	parts, since := []domain.PartCode{""}, domain.Date(0)
	for _, e := range x.world.events {
		f, ok := e.Fact.(domain.FunctionDivided)
		if ok && f.Code == function && e.No <= a.Known && f.EffectiveOn <= a.On && f.EffectiveOn >= since {
			parts, since = nil, f.EffectiveOn
			for _, part := range append(slices.Clone(f.Parts), f.Rest) {
				parts = append(parts, part.Code)
			}
		}
	}
	return parts
}
