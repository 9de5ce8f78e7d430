package domain_test

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections" //nolint:depguard // what the scenarios record is shown as findings
)

// scenarioViews plays a scenario, and shows what it records.
func scenarioViews(t *testing.T, file string) (*projections.Views, map[string]domain.EventNo) {
	t.Helper()
	events, known, err := domain.PlayScenario(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	views := projections.New(func() time.Time { return events[len(events)-1].RecordedAt })
	if err := views.Apply(events); err != nil {
		t.Fatal(err)
	}
	return views, known
}

// where returns the footprints in which a kind of finding is found, sorted.
func where(t *testing.T, v *projections.Views, kind projections.FindingKind, a domain.AsOf) []domain.FootprintCode {
	t.Helper()
	answer, err := v.Coherence(projections.CoherenceQuery{AsOf: a, Kinds: []projections.FindingKind{kind}})
	if err != nil {
		t.Fatal(err)
	}
	var footprints []domain.FootprintCode
	for _, f := range answer.Findings {
		footprints = append(footprints, f.Footprints...)
	}
	slices.Sort(footprints)
	return slices.Compact(footprints)
}

// TestFourHealthAuthoritiesHadNoPower finds on every date what was delegated without power, as it was known before the
// Act. With the Act, which holds from the beginning, it is no finding where the record was put right, and was one all
// the same to whoever asked before.
func TestFourHealthAuthoritiesHadNoPower(t *testing.T) {
	t.Parallel()
	v, known := scenarioViews(t, "four_health_authorities.txt")
	for _, c := range []struct {
		on            domain.Date
		before, after []domain.FootprintCode
	}{
		{domain.NewDate(2002, 9, 30), nil, nil},
		{domain.NewDate(2002, 10, 1), []domain.FootprintCode{"NE"}, nil},
		{domain.NewDate(2003, 6, 1), []domain.FootprintCode{"NE", "YH"}, []domain.FootprintCode{"YH"}},
		{domain.NewDate(2012, 10, 1), []domain.FootprintCode{"EM", "NE", "WM", "YH"}, []domain.FootprintCode{"EM", "WM", "YH"}},
	} {
		before := domain.AsOf{On: c.on, Known: known["BEFORE-THE-ACT"]}
		if got := where(t, v, projections.FindingNoPower, before); !slices.Equal(got, c.before) {
			t.Errorf("on %s as known before the Act: %v, want %v", c.on, got, c.before)
		}
		if got := where(t, v, projections.FindingNoPower, domain.Now(c.on)); !slices.Equal(got, c.after) {
			t.Errorf("on %s as known since: %v, want %v", c.on, got, c.after)
		}
	}
}

// TestOnePersonInLawIsFound finds the gateways that a party's own person in law decided.
func TestOnePersonInLawIsFound(t *testing.T) {
	t.Parallel()
	v, _ := scenarioViews(t, "one_person_in_law.txt")
	on := domain.NewDate(2026, 11, 21)
	if got := where(t, v, projections.FindingSameLegalPerson, domain.Now(on)); !slices.Equal(got, []domain.FootprintCode{"01F", "12F"}) {
		t.Errorf("gateways of one person in law are found in %v", got)
	}
}

// TestEarlyAdoptersAreUndetermined finds that nobody knows who held what the nine early adopters took.
func TestEarlyAdoptersAreUndetermined(t *testing.T) {
	t.Parallel()
	v, _ := scenarioViews(t, "real_histories.txt")
	for on, want := range map[domain.Date][]domain.FootprintCode{
		domain.NewDate(2022, 8, 1): {"15E", "91Q"}, domain.NewDate(2022, 12, 31): {"15E"}, domain.NewDate(2024, 6, 1): {"91Q"},
	} {
		if got := where(t, v, projections.FindingUndetermined, domain.Now(on)); !slices.Equal(got, want) {
			t.Errorf("undetermined on %s in %v, want %v", on, got, want)
		}
	}
}
