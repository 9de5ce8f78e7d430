package projections_test

import (
	"slices"
	"testing"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
)

// TestHistoryOfALateFact records A from 2022, C from 2026, and only then that B held it from 2024.
func TestHistoryOfALateFact(t *testing.T) {
	j := smallJournal(t)
	hold := func(on string, holder domain.OrganisationCode) domain.EventNo {
		return j.commit(allocated("eprr", date(t, on), domain.Holding{Holder: holder}, []domain.FootprintCode{"06H"}, domain.RoleAccountable))
	}
	c := hold("2026-04-01", "C")
	b := hold("2024-04-01", "B")
	corrected := hold("2026-04-01", "D")
	v := j.views(t)
	history := func(known domain.EventNo) []projections.Change {
		h, err := v.History(projections.HistoryQuery{Function: "eprr", Footprint: "06H", AsOf: domain.Now(0), Part: "", Role: domain.RoleAccountable})
		if known != domain.Latest {
			h, err = v.History(projections.HistoryQuery{Function: "eprr", Footprint: "QNQ", AsOf: domain.AsOf{On: date(t, "2026-01-01"), Known: known}})
		}
		if err != nil {
			t.Fatal(err)
		}
		return h.Changes
	}
	type row struct {
		event, superseded domain.EventNo
		before, after     domain.OrganisationCode
	}
	rows := func(changes []projections.Change) []row {
		var list []row
		for _, x := range changes {
			list = append(list, row{x.Event, x.SupersededBy, holderOf(x.Before), holderOf(x.After)})
		}
		return list
	}
	first := j.events[5].No
	want := []row{{first, 0, "", "QNQ"}, {b, 0, "QNQ", "B"}, {c, corrected, "QNQ", "C"}, {corrected, 0, "B", "D"}}
	if got := rows(history(domain.Latest)); !slices.Equal(got, want) {
		t.Errorf("as known now:\ngot  %v\nwant %v", got, want)
	}
	want = []row{{first, 0, "", "QNQ"}, {c, 0, "QNQ", "C"}}
	if got := rows(history(c)); !slices.Equal(got, want) {
		t.Errorf("as known before the late fact:\ngot  %v\nwant %v", got, want)
	}
	if changes := history(domain.Latest); !changes[1].Late || changes[3].Late {
		t.Errorf("late: %v, %v; the late fact is the second", changes[1].Late, changes[3].Late)
	}
}

func holderOf(holdings []domain.Holding) domain.OrganisationCode {
	if len(holdings) == 0 {
		return ""
	}
	return holdings[0].Holder
}

func TestHistoryEverywhereHasWhatEnded(t *testing.T) {
	v := referenceViews(t)
	everywhere, err := v.History(projections.HistoryQuery{Function: "eprr", AsOf: domain.Now(0)})
	if err != nil {
		t.Fatal(err)
	}
	frimley := slices.ContainsFunc(everywhere.Changes, func(c projections.Change) bool { return c.Remit.Footprint == "D4U1Y" })
	if !frimley || everywhere.Next != 0 {
		t.Errorf("%d changes, Frimley's among them: %v", len(everywhere.Changes), frimley)
	}
	page, err := v.History(projections.HistoryQuery{Function: "eprr", AsOf: everywhere.AsOf, After: 10, Limit: 5})
	if err != nil || page.Next != 15 || page.Changes[0].Event != everywhere.Changes[10].Event {
		t.Errorf("a page of %d changes, next %d, %v", len(page.Changes), page.Next, err)
	}
	_, err = v.History(projections.HistoryQuery{Function: "nope", AsOf: domain.Now(0)})
	wantRefusal(t, err, domain.UnknownFunction)
}

func TestChangesFollowTheLog(t *testing.T) {
	j := transferJournal(t)
	start := j.commit(proposed(t, "T1"))
	end := j.commit(completed(t, "T1"))
	v := j.views(t)
	page, err := v.Changes(projections.ChangesQuery{After: start})
	if err != nil || page.Position != end || page.Next != 0 || len(page.Changes) != 2 {
		t.Fatalf("changes %+v, %v", page, err)
	}
	for i, after := range []domain.OrganisationCode{"X24", "Y61"} {
		c := page.Changes[i]
		if holderOf(c.Before) != "S1Y5D" || holderOf(c.After) != after || c.Type != "TransferCompleted" || c.Entity != "transfer/T1" {
			t.Errorf("change %+v", c)
		}
	}
	page, err = v.Changes(projections.ChangesQuery{After: end})
	if err != nil || len(page.Changes) != 0 || page.Position != end {
		t.Errorf("changes after the end: %+v, %v", page, err)
	}
	page, err = v.Changes(projections.ChangesQuery{Limit: 1})
	if err != nil || len(page.Changes) != 6 || page.Next == 0 {
		t.Errorf("the changes of one event are divided: %d, next %d, %v", len(page.Changes), page.Next, err)
	}
	tier := projections.Filter{Tiers: []domain.Tier{domain.TierRegional}}
	page, err = v.Changes(projections.ChangesQuery{Filter: tier})
	if err != nil || len(page.Changes) != 2 {
		t.Errorf("%d changes of regions, %v, want 2", len(page.Changes), err)
	}
}

// TestCausesAreThoseOfTheDifference has two bodies accountable, each for itself: that one of them is recorded again is
// no cause of the other's end.
func TestCausesAreThoseOfTheDifference(t *testing.T) {
	j := smallJournal(t)
	change := func(on string, slot domain.OrganisationCode, holdings ...domain.Holding) domain.EventNo {
		return j.commit(domain.FunctionAllocated{Function: "eprr", Changes: []domain.HoldingChange{{
			On: date(t, on), Subjects: []domain.Subject{{Function: "eprr"}}, Footprints: []domain.FootprintCode{"06H"},
			Roles: []domain.Role{domain.RoleOverview}, Slot: slot, Holdings: holdings,
		}}})
	}
	change("2023-01-01", "X24", domain.Holding{Holder: "X24"})
	change("2023-01-01", "QNQ", domain.Holding{Holder: "QNQ"})
	change("2024-01-01", "X24", domain.Holding{Holder: "X24"})
	ends := change("2024-01-01", "QNQ")
	answer, err := j.views(t).Compare(projections.CompareQuery{
		From: domain.Now(date(t, "2023-06-01")), To: domain.Now(date(t, "2024-06-01")),
	})
	if err != nil || len(answer.Changes) != 1 || !slices.Equal(answer.Changes[0].CauseEvents, []domain.EventNo{ends}) {
		t.Errorf("differences %+v, %v, want one, caused by event %d", answer.Changes, err, ends)
	}
}

func TestEventLists(t *testing.T) {
	j := transferJournal(t)
	first := j.commit(proposed(t, "T1"))
	j.commit(proposed(t, "T2"))
	last := j.commit(completed(t, "T1"))
	v := j.views(t)
	numbers := func(q projections.EventQuery) []domain.EventNo {
		var list []domain.EventNo
		for {
			page, err := v.Events(q)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range page.Events {
				list = append(list, e.No)
			}
			if page.Next == 0 {
				return list
			}
			q.After = page.Next
		}
	}
	cases := map[string]struct {
		q    projections.EventQuery
		want []domain.EventNo
	}{
		"by entity":          {projections.EventQuery{Entity: "transfer/T1", Limit: 1}, []domain.EventNo{first, last}},
		"by entity and type": {projections.EventQuery{Entity: "transfer/T1", Type: "TransferCompleted"}, []domain.EventNo{last}},
		"by type":            {projections.EventQuery{Type: "TransferProposed", Limit: 1}, []domain.EventNo{first, first + 1}},
		"after":              {projections.EventQuery{After: first, Limit: 2}, []domain.EventNo{first + 1, last}},
		"until":              {projections.EventQuery{After: first - 1, Until: first + 1}, []domain.EventNo{first, first + 1}},
		"of nothing":         {projections.EventQuery{Entity: "transfer/T9"}, nil},
	}
	for name, c := range cases {
		if got := numbers(c.q); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
	transaction, err := v.Transaction(2)
	if err != nil || len(transaction) != 3 || transaction[0].No != 1 || transaction[2].No != 3 {
		t.Errorf("transaction %+v, %v", transaction, err)
	}
	_, err = v.Event(last + 1)
	wantRefusal(t, err, domain.UnknownEvent)
	_, err = v.Transaction(0)
	wantRefusal(t, err, domain.UnknownEvent)
}

func TestDividedFunction(t *testing.T) {
	j := smallJournal(t)
	on := date(t, "2026-04-01")
	whole := []domain.Subject{{Function: "eprr"}}
	parts := []domain.Subject{{Function: "eprr", Part: "flood"}, {Function: "eprr", Part: "rest"}}
	change := domain.HoldingChange{On: on, Subjects: whole, Footprints: []domain.FootprintCode{"06H"}, Roles: []domain.Role{domain.RoleAccountable}}
	begin := change
	begin.Subjects, begin.Holdings = parts, []domain.Holding{{Holder: "QNQ"}}
	before := domain.EventNo(len(j.events))
	j.commit(domain.FunctionDivided{
		Code: "eprr", EffectiveOn: on, Parts: []domain.Part{{Code: "flood"}}, Rest: domain.Part{Code: "rest"},
		Changes: []domain.HoldingChange{change, begin},
	})
	v := j.views(t)
	answer := whoHolds(t, v, "eprr", "06H", "2026-05-01")
	if len(answer.Holdings) != 2 || answer.Holdings[0].Remit.Subject != parts[0] || answer.Holdings[1].Remit.Subject != parts[1] {
		t.Errorf("after the division: %+v", answer.Holdings)
	}
	earlier := whoHolds(t, v, "eprr", "06H", "2026-03-31").Holdings
	if len(earlier) != 1 || earlier[0].Remit.Subject != whole[0] || earlier[0].To != on {
		t.Errorf("before the division: %+v", earlier)
	}
	f, _, err := v.Function("eprr", domain.Now(on))
	if err != nil || len(f.Parts) != 2 || len(f.Divided) != 1 {
		t.Errorf("function %+v, %v", f, err)
	}
	if f, _, err = v.Function("eprr", domain.AsOf{On: on, Known: before}); err != nil || len(f.Parts) != 0 {
		t.Errorf("function as known before: %+v, %v", f, err)
	}
}
