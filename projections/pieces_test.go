package projections_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
)

// TestWholeAnswersAreTheirPages asks for all of a large map at once, which is looked at in pieces side by side, and for
// the same page by page.
func TestWholeAnswersAreTheirPages(t *testing.T) {
	v := referenceViews(t)
	before, after := domain.Now(date(t, "2026-03-31")), domain.Now(date(t, "2026-04-01"))
	for name, filter := range map[string]projections.Filter{
		"everything": {}, "two roles": {Roles: []domain.Role{domain.RoleDelivering, domain.RoleOverview}},
		"a tier": {Tiers: []domain.Tier{domain.TierICB}},
	} {
		whole, err := v.Map(projections.MapQuery{AsOf: after, Filter: filter})
		if err != nil || len(whole.Holdings) < 1000 {
			t.Fatalf("%s: %d holdings: %v", name, len(whole.Holdings), err)
		}
		var paged []projections.Entry
		for q := (projections.MapQuery{AsOf: after, Filter: filter, Limit: 5000}); ; {
			page, err := v.Map(q)
			if err != nil {
				t.Fatal(err)
			}
			paged = append(paged, page.Holdings...)
			if q.After = page.Next; page.Next == nil {
				break
			}
		}
		if diff := cmp.Diff(paged, whole.Holdings); diff != "" {
			t.Errorf("%s: the map: %s", name, diff)
		}
		all, err := v.Compare(projections.CompareQuery{From: before, To: after, Filter: filter})
		if err != nil || len(all.Changes) < 100 {
			t.Fatalf("%s: %d changes: %v", name, len(all.Changes), err)
		}
		var changes []projections.Difference
		for q := (projections.CompareQuery{From: before, To: after, Filter: filter, Limit: 1000}); ; {
			page, err := v.Compare(q)
			if err != nil {
				t.Fatal(err)
			}
			changes = append(changes, page.Changes...)
			if q.After = page.Next; page.Next == nil {
				break
			}
		}
		if diff := cmp.Diff(changes, all.Changes); diff != "" {
			t.Errorf("%s: the comparison: %s", name, diff)
		}
	}
}
