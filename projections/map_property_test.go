package projections_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
)

// markedAs returns the oracle's entries with SameLegalPerson, as the world's persons tell it.
func markedAs(
	o oracle, a domain.AsOf, lets func(domain.Remit) bool, persons map[domain.OrganisationCode]domain.OrganisationCode,
) []projections.Entry {
	entries := o.entries(a, lets)
	for i := range entries {
		e := &entries[i]
		accountable := e.Remit
		accountable.Role = domain.RoleAccountable
		if e.Remit.Role == domain.RoleAccountable || e.Undetermined {
			continue
		}
		sameBody := false
		for _, other := range o.entries(a, func(r domain.Remit) bool { return r == accountable }) {
			sameBody = sameBody || other.Named() == e.Named()
			e.SameLegalPerson = e.SameLegalPerson || (persons[other.Named()] != "" && persons[other.Named()] == persons[e.Named()])
		}
		e.SameLegalPerson = e.SameLegalPerson && !sameBody
	}
	return entries
}

func TestWhoHoldsLikeTheNaiveModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := drawMovingHistory(t)
		v, o := apply(t, events), oracleOf(events)
		for range 4 {
			a := drawAsOf(t, v)
			q := projections.HoldersQuery{
				Function:  rapid.SampledFrom(worldFunctions).Draw(t, "function"),
				Part:      rapid.SampledFrom(worldParts).Draw(t, "part"),
				Footprint: domain.FootprintCode(rapid.SampledFrom(slices.Sorted(maps.Keys(worldCoverage))).Draw(t, "footprint")),
				Role:      rapid.SampledFrom([]domain.Role{"", "", domain.RoleAccountable, domain.RoleDelivering}).Draw(t, "role"),
				AsOf:      a,
			}
			got, err := v.WhoHolds(q)
			if err != nil {
				t.Fatal(err)
			}
			covered := coveredBy(events, domain.OrganisationCode(q.Footprint), a)
			check(t, "holdings", got.Holdings, markedAs(o, a, func(r domain.Remit) bool {
				return r.Subject.Function == q.Function && (q.Part == "" || q.Part == r.Subject.Part) &&
					slices.Contains(covered, r.Footprint) && (q.Role == "" || q.Role == r.Role)
			}, personsAt(events, a)))
		}
	})
}

func TestMapPagesLikeTheNaiveModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := drawMovingHistory(t)
		v, o := apply(t, events), oracleOf(events)
		for range 4 {
			q := projections.MapQuery{AsOf: drawAsOf(t, v), Filter: drawFilter(t), Limit: rapid.IntRange(0, 4).Draw(t, "limit")}
			lets := func(r domain.Remit) bool { return letsRemit(q.Filter, r) }
			want := markedAs(o, q.AsOf, lets, personsAt(events, q.AsOf))
			want = slices.DeleteFunc(want, func(e projections.Entry) bool { return !letsHolding(q.Filter, e.Holding) })
			check(t, fmt.Sprintf("map of %+v", q), allPages(t, v, q), want)
		}
	})
}

func allPages(t *rapid.T, v *projections.Views, q projections.MapQuery) []projections.Entry {
	var entries []projections.Entry
	for {
		page, err := v.Map(q)
		if err != nil {
			t.Fatal(err)
		}
		if q.Limit > 0 && (len(page.Holdings) > q.Limit || (page.Next != nil && len(page.Holdings) < q.Limit)) {
			t.Fatalf("a page of %d entries with the limit %d", len(page.Holdings), q.Limit)
		}
		entries = append(entries, page.Holdings...)
		if page.Next == nil {
			return entries
		}
		q.AsOf, q.After = page.AsOf, page.Next
	}
}

// TestReplayEqualsRunning checks that views built transaction by transaction, views built at once, and views that know
// only the beginning of the log give the same map to the byte, and the same as the fold under the rules.
func TestReplayEqualsRunning(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := drawMovingHistory(t)
		atOnce, running := apply(t, events), projections.New(now)
		for rest := events; len(rest) > 0; rest = rest[rest[0].Count:] {
			if err := running.Apply(rest[:rest[0].Count]); err != nil {
				t.Fatal(err)
			}
		}
		a := drawAsOf(t, atOnce)
		replayed := apply(t, events[:a.Known])
		want, err := atOnce.Digest(a)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range []*projections.Views{running, replayed} {
			got, err := v.Digest(a)
			if err != nil {
				t.Fatal(err)
			}
			check(t, "digest", got, want)
		}
		latest, err := replayed.Digest(domain.Now(a.On))
		if err != nil {
			t.Fatal(err)
		}
		check(t, "digest of the beginning of the log", latest, want)
	})
}

func TestMapEqualsTheRulesFold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := drawMovingHistory(t)
		v, state := apply(t, events), domain.NewState()
		for _, e := range events {
			if err := state.Apply(e); err != nil {
				t.Fatal(err)
			}
		}
		a := drawAsOf(t, v)
		for _, remit := range state.Holdings.Remits() {
			entries, err := v.At(remit, a)
			if err != nil {
				t.Fatal(err)
			}
			var got []domain.Held
			for _, e := range entries {
				got = append(got, e.Held)
			}
			check(t, "holdings of "+remit.Subject.String(), got, state.Holdings.At(remit, a))
		}
	})
}
