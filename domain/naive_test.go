package domain_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections" //nolint:depguard // only here are there histories of all commands to show views
)

// version is one version of one line, as it was recorded: from a date on, these hold it, or nothing changes on it after
// all.
type version struct {
	remit    domain.Remit
	slot     domain.OrganisationCode
	on       domain.Date
	no       domain.EventNo
	holdings []domain.Holding
	retracts bool
}

// versions is the naive model of who holds what: a list of everything that was ever recorded, gone through for each
// answer. It shares no code with timelines or views.
type versions []version

func versionsOf(events []domain.Event) versions {
	var list versions
	for _, e := range events {
		for _, c := range domain.ChangesOf(e.Fact) {
			for _, subject := range c.Subjects {
				for _, footprint := range c.Footprints {
					for _, role := range c.Roles {
						remit := domain.Remit{Subject: subject, Footprint: footprint, Role: role}
						list = append(list, version{remit, c.Slot, c.On, e.No, c.Holdings, c.Retracts})
					}
				}
			}
		}
	}
	return list
}

// held answers who holds a remit: for each of its lines the last word on the greatest date that is not after the one
// asked for and was not taken back.
func (list versions) held(r domain.Remit, on domain.Date, known domain.EventNo) []domain.Held {
	var held []domain.Held
	for _, slot := range list.slots(r) {
		for day := on; ; {
			best, ok := list.last(r, slot, day, known)
			if !ok {
				break
			}
			if best.retracts {
				day = best.on - 1
				continue
			}
			for _, h := range best.holdings {
				held = append(held, domain.Held{Remit: r, Holding: h, From: best.on, Event: best.no})
			}
			break
		}
	}
	return held
}

func (list versions) slots(r domain.Remit) []domain.OrganisationCode {
	var slots []domain.OrganisationCode
	for _, v := range list {
		if v.remit == r && !slices.Contains(slots, v.slot) {
			slots = append(slots, v.slot)
		}
	}
	slices.Sort(slots)
	return slots
}

// last returns the version with the greatest date up to the one given, and of those the one recorded last.
func (list versions) last(r domain.Remit, slot domain.OrganisationCode, on domain.Date, known domain.EventNo) (version, bool) {
	var best version
	found := false
	for _, v := range list {
		if v.remit != r || v.slot != slot || v.on > on || v.no > known {
			continue
		}
		if !found || v.on >= best.on {
			best, found = v, true
		}
	}
	return best, found
}

func (list versions) remits() []domain.Remit {
	var remits []domain.Remit
	for _, v := range list {
		if !slices.Contains(remits, v.remit) {
			remits = append(remits, v.remit)
		}
	}
	slices.SortFunc(remits, domain.CompareRemits)
	return remits
}

// TestAsOfAnswersAreThoseOfAListOfVersions compares who holds what, on random dates as known at random transactions,
// with a list that keeps every version: in the register that decides, and in the views that answer.
func TestAsOfAnswersAreThoseOfAListOfVersions(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		state, events := domain.RandomHistory(t)
		list, views := versionsOf(events), projections.New(func() time.Time { return events[len(events)-1].RecordedAt })
		if err := views.Apply(events); err != nil {
			t.Fatal(err)
		}
		last := events[len(events)-1].No
		for _, v := range list {
			if v.retracts { // what was taken back is where the two clocks are most easily mixed up
				compareHeld(t, list, state, views, domain.AsOf{On: v.on, Known: last})
				compareHeld(t, list, state, views, domain.AsOf{On: v.on.AddDays(1), Known: drawTransactionEnd(t, events)})
			}
		}
		for range 8 {
			on := domain.NewDate(2024, 3, 1).AddDays(rapid.IntRange(0, 1500).Draw(t, "on"))
			if rapid.Bool().Draw(t, "on a day of change") {
				on = rapid.SampledFrom(list).Draw(t, "version").on
			}
			compareHeld(t, list, state, views, domain.AsOf{On: on, Known: drawTransactionEnd(t, events)})
		}
	})
}

// drawTransactionEnd draws the last event of a transaction: what is known is never half of one.
func drawTransactionEnd(t *rapid.T, events []domain.Event) domain.EventNo {
	e := rapid.SampledFrom(events).Draw(t, "known")
	return e.No + domain.EventNo(e.Count-1-e.Index)
}

func compareHeld(t *rapid.T, list versions, state *domain.State, views *projections.Views, a domain.AsOf) {
	page, err := views.Map(projections.MapQuery{AsOf: a})
	if err != nil {
		t.Fatal(err)
	}
	var shown, all []domain.Held
	for _, entry := range page.Holdings {
		shown = append(shown, entry.Held)
	}
	for _, remit := range list.remits() {
		want := list.held(remit, a.On, a.Known)
		all = append(all, want...)
		if got := state.Holdings.At(remit, a); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("%v on %s as known at %d: the register says %v, the list of versions %v", remit, a.On, a.Known, got, want)
		}
	}
	slices.SortStableFunc(shown, byRemitAndHolder)
	slices.SortStableFunc(all, byRemitAndHolder)
	if fmt.Sprint(shown) != fmt.Sprint(all) {
		t.Fatalf("on %s as known at %d the map shows\n%v, the list of versions\n%v", a.On, a.Known, shown, all)
	}
}

func byRemitAndHolder(a, b domain.Held) int {
	return cmp.Or(domain.CompareRemits(a.Remit, b.Remit), cmp.Compare(a.Named(), b.Named()), cmp.Compare(a.Holder, b.Holder))
}
