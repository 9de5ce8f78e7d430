package api

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
)

func TestBasis(t *testing.T) {
	day := func(n int) domain.Date { return domain.NewDate(2026, time.January, n) }
	a := domain.Remit{Subject: domain.Subject{Function: "f"}, Footprint: "A", Role: domain.RoleAccountable}
	b := a
	b.Footprint = "B"
	change := func(of domain.Remit, on int, event, supersededBy domain.EventNo, retraction bool) projections.Change {
		return projections.Change{Remit: of, EffectiveOn: day(on), Event: event, SupersededBy: supersededBy, Retraction: retraction}
	}
	for name, test := range map[string]struct {
		changes []projections.Change
		want    []domain.EventNo
	}{
		"nothing":             {nil, nil},
		"in force":            {[]projections.Change{change(a, 1, 10, 0, false)}, []domain.EventNo{10}},
		"not yet":             {[]projections.Change{change(a, 20, 10, 0, false)}, []domain.EventNo{10}},
		"replaced by another": {[]projections.Change{change(a, 1, 10, 0, false), change(a, 2, 11, 0, false)}, []domain.EventNo{11}},
		"until the next, and no later": {[]projections.Change{
			change(a, 1, 10, 0, false), change(a, 12, 11, 0, false), change(a, 13, 12, 0, false), change(a, 14, 13, 0, true),
		}, []domain.EventNo{10, 11}},
		"corrected": {[]projections.Change{change(a, 1, 10, 11, false), change(a, 1, 11, 0, false)}, []domain.EventNo{11}},
		"what came after was taken back": {[]projections.Change{
			change(a, 1, 10, 0, false), change(a, 2, 11, 12, false), change(a, 2, 12, 0, true),
		}, []domain.EventNo{10, 12}},
		"what was planned was taken back": {[]projections.Change{
			change(a, 1, 10, 0, false), change(a, 12, 11, 12, false), change(a, 12, 12, 0, true), change(a, 14, 13, 0, false),
		}, []domain.EventNo{10, 12, 13}},
		"lines by themselves": {[]projections.Change{
			change(a, 1, 10, 0, false), change(b, 2, 11, 0, false), change(b, 3, 12, 0, false), change(a, 12, 13, 0, false),
		}, []domain.EventNo{10, 12, 13}},
	} {
		got := basis(test.changes, day(10))
		slices.Sort(got)
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
