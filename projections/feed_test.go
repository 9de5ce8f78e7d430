package projections_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
)

// feed reads what was recorded, stretch by stretch.
func feed(t interface{ Fatal(args ...any) }, v *projections.Views, q projections.FeedQuery) []domain.EventNo {
	var numbers []domain.EventNo
	for q.Until = v.Position(); q.After < q.Until; {
		page, err := v.Feed(q)
		if err != nil {
			t.Fatal(err)
		}
		if page.Position <= q.After {
			t.Fatal("the feed does not go on after", q.After)
		}
		for _, e := range page.Events {
			if e.No <= q.After || e.No > page.Position {
				t.Fatal("event", e.No, "between", q.After, "and", page.Position)
			}
			numbers = append(numbers, e.No)
		}
		q.After = page.Position
	}
	return numbers
}

// TestFeedLikeTheLog checks that the feed gives every event that the filters let through once, in order.
func TestFeedLikeTheLog(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := drawMovingHistory(t)
		v := apply(t, events)
		q := projections.FeedQuery{Limit: rapid.IntRange(0, 3).Draw(t, "limit")}
		if rapid.Bool().Draw(t, "by entity") {
			q.Entities = someOf(t, "entities", []string{"function/alpha", "organisation/REG", "organisation/ICA"})
		}
		if rapid.Bool().Draw(t, "by type") {
			q.Types = someOf(t, "types", []string{"FunctionAllocated", "OrganisationMoved", "CoverageChanged"})
		}
		var want []domain.EventNo
		for _, e := range events {
			if (len(q.Entities) == 0 || slices.Contains(q.Entities, e.Fact.Entity())) &&
				(len(q.Types) == 0 || slices.Contains(q.Types, e.Fact.FactType())) {
				want = append(want, e.No)
			}
		}
		check(t, "events", feed(t, v, q), want)
	})
}

// TestFeedByOrganisation checks whom an event concerns: who recorded it, whom it is about, whom its fact names, and the
// parties to the transfer that it is about.
func TestFeedByOrganisation(t *testing.T) {
	j := newWorld()
	began := domain.EventNo(len(j.events))
	for _, fact := range []domain.Fact{
		domain.OrganisationRenamed{Code: "ICA", Name: "Another", EffectiveOn: 2},                                        // about ICA
		allocated("alpha", 2, domain.Holding{Holder: "NAT", ActingThrough: "ICB"}, worldFootprints, domain.RoleFunding), // names both
		domain.TransferProposed{ID: "T1", Function: "alpha", Sender: "ICA", Receiver: "ICB", EffectiveOn: 3},
		domain.TransferWithdrawn{ID: "T1"}, // names nobody, and concerns its parties
	} {
		j.commit(fact)
	}
	v := j.views(t)
	for body, want := range map[domain.OrganisationCode][]domain.EventNo{
		"ICA": {began + 1, began + 3, began + 4}, "ICB": {began + 2, began + 3, began + 4}, "NAT": {began + 2}, "ZZZ": nil,
		"X24": {began + 1, began + 2, began + 3, began + 4}, // in whose name the journal records everything
	} {
		got := feed(t, v, projections.FeedQuery{After: began, Organisations: []domain.OrganisationCode{body}})
		if !slices.Equal(got, want) {
			t.Errorf("%s: events %v, want %v", body, got, want)
		}
	}
}
