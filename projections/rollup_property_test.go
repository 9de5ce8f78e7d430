package projections_test

import (
	"cmp"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
)

// areaOf is the oracle's reading of the area that a footprint of the world belongs to.
func areaOf(
	events []domain.Event, f domain.FootprintCode, level projections.AreaLevel, a domain.AsOf,
) domain.OrganisationCode {
	by := covers(events, f, a)
	switch level {
	case projections.AreaEngland:
		return domain.England
	case projections.AreaRegion:
		if by == "REG" || (by != "" && a.On >= 1) { // both ICBs belong to the region from the first day on
			return "REG"
		}
	case projections.AreaICB:
		if by == "ICA" || by == "ICB" {
			return by
		}
	}
	return ""
}

// naiveRollup sums up the entries of a map.
func naiveRollup(events []domain.Event, entries []projections.Entry, q projections.RollupQuery) []projections.AreaHolders {
	var areas []projections.AreaHolders
	seen := map[domain.Subject]bool{}
	for _, e := range entries {
		if seen[e.Remit.Subject] {
			continue
		}
		seen[e.Remit.Subject] = true
		for _, area := range []domain.OrganisationCode{"", domain.England, "ICA", "ICB", "REG"} {
			for _, role := range domain.Roles() {
				sum, asked := naiveArea(events, entries, q, e.Remit.Subject, area, role)
				if sum.Footprints > 0 && asked {
					areas = append(areas, sum)
				}
			}
		}
	}
	return areas
}

func naiveArea(
	events []domain.Event, entries []projections.Entry, q projections.RollupQuery, s domain.Subject,
	area domain.OrganisationCode, role domain.Role,
) (sum projections.AreaHolders, asked bool) {
	sum = projections.AreaHolders{Subject: s, Role: role, Area: area}
	counts := map[projections.AreaHolder]int{}
	anywhere := false
	limited := len(q.Filter.Organisations)+len(q.Filter.Tiers) > 0
	for _, f := range worldFootprints {
		held := map[projections.AreaHolder]bool{}
		inCell := false
		for _, e := range entries {
			if e.Remit.Subject != s {
				continue
			}
			anywhere = anywhere || e.Remit.Role == role
			if e.Remit.Footprint != f {
				continue
			}
			inCell = true
			if e.Remit.Role == role && areaOf(events, f, q.Level, q.AsOf) == area {
				held[projections.AreaHolder{Holder: e.Holder, ActingThrough: e.ActingThrough, Undetermined: e.Undetermined}] = true
				asked = asked || letsHolding(q.Filter, e.Holding)
			}
		}
		within := len(q.Filter.Footprints) == 0 || slices.Contains(q.Filter.Footprints, f)
		if !within || areaOf(events, f, q.Level, q.AsOf) != area || (q.AsOf.On == 0 && !inCell) {
			continue
		}
		sum.Footprints++
		if len(held) == 0 {
			sum.Unheld++
		}
		for h := range held {
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
	return sum, anywhere && (asked || !limited)
}

func TestRollupLikeTheNaiveModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := drawMovingHistory(t)
		v := apply(t, events)
		q := projections.RollupQuery{
			AsOf: drawAsOf(t, v), Filter: drawFilter(t), Limit: rapid.IntRange(0, 3).Draw(t, "limit"),
			Level: rapid.SampledFrom([]projections.AreaLevel{
				projections.AreaICB, projections.AreaRegion, projections.AreaEngland,
			}).Draw(t, "level"),
		}
		var got []projections.AreaHolders
		for {
			page, err := v.Rollup(q)
			if err != nil {
				t.Fatal(err)
			}
			if q.Limit > 0 && (len(page.Areas) > q.Limit || page.Next != nil && len(page.Areas) < q.Limit) {
				t.Fatalf("a page of %d areas with the limit %d", len(page.Areas), q.Limit)
			}
			got = append(got, page.Areas...)
			if page.Next == nil {
				break
			}
			q.After = page.Next
		}
		filter := projections.Filter{
			Functions: q.Filter.Functions, Footprints: q.Filter.Footprints, Roles: q.Filter.Roles,
		}
		check(t, "rollup", got, naiveRollup(events, wholeMap(t, v, q.AsOf, filter), q))
		for _, a := range got {
			uniform := a.Unheld == 0 && len(a.Holders) == 1
			if a.IsUniform() != uniform {
				t.Fatalf("uniform %v: %+v", a.IsUniform(), a)
			}
		}
	})
}

func TestRollupOfNoLevel(t *testing.T) {
	v := newWorld().views(t)
	_, err := v.Rollup(projections.RollupQuery{AsOf: domain.Now(1), Level: "county"})
	wantRefusal(t, err, domain.InvalidArgument)
}
