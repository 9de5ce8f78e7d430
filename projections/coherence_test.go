package projections_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
)

// coherence asks what is found on a date, with everything known.
func coherence(t testing.TB, v *projections.Views, on string, kinds ...projections.FindingKind) []projections.Finding {
	t.Helper()
	answer, err := v.Coherence(projections.CoherenceQuery{AsOf: domain.Now(date(t, on)), Kinds: kinds})
	if err != nil {
		t.Fatal(err)
	}
	return answer.Findings
}

// only returns the one finding of a kind on a date.
func only(t testing.TB, v *projections.Views, on string, kind projections.FindingKind) projections.Finding {
	t.Helper()
	found := coherence(t, v, on, kind)
	if len(found) != 1 {
		t.Fatalf("%s on %s: found %d, want 1: %+v", kind, on, len(found), found)
	}
	return found[0]
}

func none(t testing.TB, v *projections.Views, on string, kind projections.FindingKind) {
	t.Helper()
	if found := coherence(t, v, on, kind); len(found) != 0 {
		t.Errorf("%s on %s: found %+v, want none", kind, on, found)
	}
}

// wantFinding compares a finding but for its texts, and checks that its message says something.
func wantFinding(t testing.TB, got, want projections.Finding, says string) {
	t.Helper()
	if !strings.Contains(got.Message, says) || !strings.HasSuffix(got.Message, ".") || got.Remedy == "" {
		t.Errorf("%s: message %q (remedy %q) does not say %q", want.Kind, got.Message, got.Remedy, says)
	}
	same := got.Kind == want.Kind && got.Severity == want.Severity && got.Function == want.Function &&
		got.Organisation == want.Organisation && got.Aspect == want.Aspect && got.Since == want.Since &&
		slices.Equal(got.Footprints, want.Footprints) && slices.Equal(got.CauseEvents, want.CauseEvents)
	if !same {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func ends(t testing.TB, on string, footprint domain.FootprintCode, roles ...domain.Role) domain.FunctionAllocated {
	change := domain.HoldingChange{
		On: date(t, on), Subjects: []domain.Subject{{Function: "eprr"}}, Footprints: []domain.FootprintCode{footprint}, Roles: roles,
	}
	return domain.FunctionAllocated{Function: "eprr", EffectiveOn: change.On, Changes: []domain.HoldingChange{change}}
}

func TestGapIsWhereNobodyHoldsARequiredFunction(t *testing.T) {
	j := transferJournal(t)
	j.commit(domain.FootprintOpened{Code: "06N", Kind: domain.KindLocation, EffectiveOn: date(t, "2024-01-01")},
		domain.CoverageChanged{Footprints: []domain.FootprintCode{"06N"}, Organisation: "S1Y5D", EffectiveOn: date(t, "2024-01-01")})
	opened := domain.EventNo(len(j.events) - 1)
	ended := j.commit(ends(t, "2025-01-01", "06K", domain.RoleAccountable, domain.RoleExercising, domain.RoleDelivering))
	j.commit(domain.FootprintOpened{Code: "E06", Kind: domain.KindCouncilArea, EffectiveOn: date(t, "2024-01-01")})
	v := j.views(t)
	none(t, v, "2023-12-31", projections.FindingGap)
	wantFinding(t, only(t, v, "2024-06-01", projections.FindingGap), projections.Finding{
		Kind: projections.FindingGap, Severity: projections.SeverityHigh, Function: "eprr", Organisation: "S1Y5D",
		Footprints: []domain.FootprintCode{"06N"}, Since: date(t, "2024-01-01"), CauseEvents: []domain.EventNo{opened},
	}, "eprr has a gap in 06N: nobody holds anything of it")
	wantFinding(t, only(t, v, "2025-01-01", projections.FindingGap), projections.Finding{
		Kind: projections.FindingGap, Severity: projections.SeverityHigh, Function: "eprr", Organisation: "S1Y5D",
		Footprints: []domain.FootprintCode{"06K", "06N"}, Since: date(t, "2024-01-01"),
		CauseEvents: []domain.EventNo{opened, ended},
	}, "in 06K and 06N")
}

func TestGapIsARoleThatMostFootprintsHave(t *testing.T) {
	j := transferJournal(t)
	on := date(t, "2022-07-01")
	j.commit(domain.FootprintOpened{Code: "06N", Kind: domain.KindLocation, EffectiveOn: on},
		domain.CoverageChanged{Footprints: []domain.FootprintCode{"06N"}, Organisation: "S1Y5D", EffectiveOn: on},
		allocated("eprr", on, domain.Holding{Holder: "S1Y5D"}, []domain.FootprintCode{"06N"},
			domain.RoleAccountable, domain.RoleExercising, domain.RoleDelivering))
	ended := j.commit(ends(t, "2025-01-01", "06K", domain.RoleDelivering))
	j.commit(ends(t, "2025-02-01", "06H", domain.RoleDelivering))
	v := j.views(t)
	wantFinding(t, only(t, v, "2025-01-15", projections.FindingGap), projections.Finding{
		Kind: projections.FindingGap, Severity: projections.SeverityMedium, Function: "eprr", Organisation: "S1Y5D",
		Footprints: []domain.FootprintCode{"06K"}, Since: date(t, "2025-01-01"), CauseEvents: []domain.EventNo{ended},
	}, "nobody is delivering it")
	// Once most footprints do without the role it is not required any more.
	none(t, v, "2025-02-01", projections.FindingGap)
}

func TestUnaccountableAndOverlap(t *testing.T) {
	j := transferJournal(t)
	ended := j.commit(ends(t, "2025-01-01", "06K", domain.RoleAccountable))
	on := date(t, "2025-06-01")
	both := allocated("eprr", on, domain.Holding{Holder: "S1Y5D"}, []domain.FootprintCode{"06H"}, domain.RoleExercising)
	both.Changes[0].Holdings = []domain.Holding{{Holder: "S1Y5D"}, {Holder: "X24", ActingThrough: "Y61"}}
	overlap := j.commit(both)
	v := j.views(t)
	wantFinding(t, only(t, v, "2025-03-01", projections.FindingUnaccountable), projections.Finding{
		Kind: projections.FindingUnaccountable, Severity: projections.SeverityHigh, Function: "eprr", Organisation: "S1Y5D",
		Footprints: []domain.FootprintCode{"06K"}, Since: date(t, "2025-01-01"), CauseEvents: []domain.EventNo{ended},
	}, "Nobody is accountable for eprr in 06K")
	none(t, v, "2025-05-31", projections.FindingOverlap)
	wantFinding(t, only(t, v, "2025-06-01", projections.FindingOverlap), projections.Finding{
		Kind: projections.FindingOverlap, Severity: projections.SeverityHigh, Function: "eprr", Organisation: "S1Y5D",
		Footprints: []domain.FootprintCode{"06H"}, Since: on, CauseEvents: []domain.EventNo{overlap},
	}, "exercising is held by S1Y5D and Y61")
	concurrent := domain.FunctionDetails{FootprintKind: domain.KindLocation, Rules: make(map[domain.Role]domain.RemitRule)}
	concurrent.Rules[domain.RoleExercising] = domain.RuleConcurrent
	j.commit(domain.FunctionRevised{Code: "eprr", Details: concurrent})
	none(t, j.views(t), "2025-06-01", projections.FindingOverlap)
}

func TestFunctionThatNobodyHolds(t *testing.T) {
	j := transferJournal(t)
	defined := j.commit(domain.FunctionDefined{Code: "other", Details: domain.FunctionDetails{
		FootprintKind: domain.KindLocation, LegalStatus: domain.LegalUnknown,
	}})
	v := j.views(t)
	found := only(t, v, "2026-11-21", projections.FindingUnaccountable)
	if found.Function != "other" || found.Organisation != "" || !slices.Equal(found.CauseEvents, []domain.EventNo{defined}) {
		t.Errorf("found %+v", found)
	}
	none(t, v, "2026-11-21", projections.FindingGap)
	if unknown := only(t, v, "2026-11-21", projections.FindingLegalBasisUnknown); unknown.Function != "other" {
		t.Errorf("found %+v", unknown)
	}
	j.clock = j.clock.AddDate(0, 0, 3)
	revised := j.commit(domain.FunctionRevised{Code: "other", Details: domain.FunctionDetails{
		FootprintKind: domain.KindLocation, LegalStatus: domain.LegalUnknown,
	}})
	for _, kind := range []projections.FindingKind{projections.FindingUnaccountable, projections.FindingLegalBasisUnknown} {
		before, after := only(t, v, "2028-01-01", kind), only(t, j.views(t), "2028-01-01", kind)
		if after.Since != before.Since || !slices.Equal(after.CauseEvents, []domain.EventNo{revised}) {
			t.Errorf("once it is revised: %+v, before %+v", after, before)
		}
	}
}

func TestOrphanUndeterminedAndAssumed(t *testing.T) {
	j := transferJournal(t)
	on := date(t, "2025-01-01")
	assumed := j.commit(allocated("eprr", on, domain.Holding{Holder: "S1Y5D", Confidence: domain.ConfidenceAssumed},
		[]domain.FootprintCode{"06K"}, domain.RoleFunding))
	unknown := j.commit(allocated("eprr", on, domain.Holding{Undetermined: true}, []domain.FootprintCode{"06H"}, domain.RoleFunding))
	closed := j.commit(domain.OrganisationClosed{Code: "S1Y5D", EffectiveOn: date(t, "2026-01-01")})
	v := j.views(t)
	wantFinding(t, only(t, v, "2025-06-01", projections.FindingAssumedDate), projections.Finding{
		Kind: projections.FindingAssumedDate, Severity: projections.SeverityLow, Function: "eprr", Organisation: "S1Y5D",
		Footprints: []domain.FootprintCode{"06K"}, Since: on, CauseEvents: []domain.EventNo{assumed},
	}, "is assumed")
	wantFinding(t, only(t, v, "2025-06-01", projections.FindingUndetermined), projections.Finding{
		Kind: projections.FindingUndetermined, Severity: projections.SeverityMedium, Function: "eprr", Organisation: "S1Y5D",
		Footprints: []domain.FootprintCode{"06H"}, Since: on, CauseEvents: []domain.EventNo{unknown},
	}, "Nobody knows who holds eprr")
	none(t, v, "2025-12-31", projections.FindingOrphan)
	orphan := only(t, v, "2026-02-01", projections.FindingOrphan)
	if orphan.Organisation != "S1Y5D" || orphan.Since != date(t, "2026-01-01") || !slices.Contains(orphan.CauseEvents, closed) ||
		!slices.Equal(orphan.Footprints, []domain.FootprintCode{"06H", "06K"}) {
		t.Errorf("orphan %+v", orphan)
	}
}

func TestReceiversThatAreMissingOrDoNotClaim(t *testing.T) {
	cases := map[string]projections.FindingKind{
		"no_receiver": projections.FindingNoReceiver, "no_legal_body": projections.FindingNoReceiver,
		"not_claimed": projections.FindingUnclaimed, "contested": projections.FindingContested,
	}
	for claim, kind := range cases {
		j := transferJournal(t)
		details := domain.FunctionDetails{
			FootprintKind: domain.KindLocation, Category: domain.CategoryReviewForTransfer, ReceiverClaim: claim,
		}
		j.commit(domain.FunctionRevised{Code: "eprr", Details: details})
		j.commit(proposed(t, "T1"))
		j.commit(completed(t, "T1"))
		v := j.views(t)
		before := only(t, v, "2026-05-31", kind)
		if before.Organisation != "S1Y5D" || !slices.Equal(before.Footprints, []domain.FootprintCode{"06H", "06K"}) {
			t.Errorf("%s: %+v", claim, before)
		}
		after := only(t, v, "2026-06-01", kind)
		if !slices.Equal(after.Footprints, []domain.FootprintCode{"06K"}) {
			t.Errorf("%s: still looked for where it was transferred: %+v", claim, after)
		}
		details.Category = domain.CategoryCore
		j.commit(domain.FunctionRevised{Code: "eprr", Details: details})
		none(t, j.views(t), "2026-05-31", kind)
	}
}

func TestFutureIsSeenBeforeTheDay(t *testing.T) {
	j := transferJournal(t)
	planned := j.commit(domain.ReorganisationPlanned{
		ID: "R1", Kind: domain.SuccessionMerge, Originals: []domain.OrganisationCode{"S1Y5D"}, EffectiveOn: date(t, "2027-04-01"),
	})
	v := j.views(t)
	q := projections.CoherenceQuery{
		AsOf: domain.Now(date(t, "2026-11-21")), Until: date(t, "2027-12-31"), Today: date(t, "2026-11-21"),
	}
	answer, err := v.Coherence(q)
	if err != nil || !slices.Contains(answer.Dates, date(t, "2027-04-01")) {
		t.Fatalf("dates %v, %v", answer.Dates, err)
	}
	i := slices.IndexFunc(answer.Findings, func(f projections.Finding) bool { return f.Kind == projections.FindingGap })
	if i < 0 {
		t.Fatalf("no gap in %+v", answer.Findings)
	}
	wantFinding(t, answer.Findings[i], projections.Finding{
		Kind: projections.FindingGap, Severity: projections.SeverityMedium, Function: "eprr", Organisation: "S1Y5D",
		Footprints: []domain.FootprintCode{"06H", "06K"}, Since: date(t, "2027-04-01"), CauseEvents: []domain.EventNo{planned},
	}, "announced to end on 2027-04-01")
	none(t, v, "2026-11-21", projections.FindingGap)
	// The day having passed without it, the plan is behind and opens no gap.
	q.AsOf.On, q.Until, q.Today = date(t, "2027-05-01"), 0, date(t, "2027-05-01")
	if answer, err = v.Coherence(q); err != nil {
		t.Fatal(err)
	}
	kinds := make(map[projections.FindingKind]projections.Finding)
	for _, f := range answer.Findings {
		kinds[f.Kind] = f
	}
	if _, ok := kinds[projections.FindingGap]; ok || kinds[projections.FindingDrift].Organisation != "S1Y5D" ||
		kinds[projections.FindingDrift].Since != date(t, "2027-04-02") {
		t.Errorf("findings %+v", answer.Findings)
	}
}

func TestCoherenceFiltersAndRefuses(t *testing.T) {
	j := transferJournal(t)
	j.commit(ends(t, "2025-01-01", "06K", domain.RoleAccountable))
	v := j.views(t)
	q := projections.CoherenceQuery{AsOf: domain.Now(date(t, "2026-01-01")), Organisations: []domain.OrganisationCode{"X24"}}
	if answer, err := v.Coherence(q); err != nil || len(answer.Findings) != 0 {
		t.Errorf("found at NHS England %+v, %v", answer.Findings, err)
	}
	q.Organisations = []domain.OrganisationCode{"S1Y5D"}
	if answer, err := v.Coherence(q); err != nil || len(answer.Findings) != 1 {
		t.Errorf("found at the ICB %+v, %v", answer.Findings, err)
	}
	q.Functions = []domain.FunctionCode{"nope"}
	_, err := v.Coherence(q)
	wantRefusal(t, err, domain.UnknownFunction)
	_, err = v.Coherence(projections.CoherenceQuery{AsOf: q.AsOf, Organisations: []domain.OrganisationCode{"NOPE"}})
	wantRefusal(t, err, domain.UnknownOrganisation)
	_, err = v.Coherence(projections.CoherenceQuery{AsOf: q.AsOf, Until: q.AsOf.On - 1})
	wantRefusal(t, err, domain.InvalidArgument)
}

// TestReferenceCoherence has the real register: what is known to be so, and the time that it takes.
func TestReferenceCoherence(t *testing.T) {
	v := referenceViews(t)
	started := time.Now()
	answer, err := v.Coherence(projections.CoherenceQuery{AsOf: domain.Now(date(t, "2026-11-21"))})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d findings in %s", len(answer.Findings), time.Since(started))
	count := make(map[projections.FindingKind]int)
	for i, f := range answer.Findings {
		count[f.Kind]++
		if f.Since == 0 || f.Since > answer.AsOf.On || len(f.CauseEvents) == 0 || f.Message == "" {
			t.Errorf("finding %+v", f)
		}
		if i > 0 && f.Kind == answer.Findings[i-1].Kind && f.Function == answer.Findings[i-1].Function &&
			f.Organisation == answer.Findings[i-1].Organisation && f.Aspect == answer.Findings[i-1].Aspect {
			t.Errorf("%s of %s at %s is found twice", f.Kind, f.Function, f.Organisation)
		}
	}
	// 36 ICBs, and the functions whose receiver is missing (7), not claimed (3), claimed only in part (2) or contested (3)
	// in the register; 56 functions whose legal basis nobody checked, and 5 statutory ones without an Act and section.
	for _, want := range []struct {
		kind projections.FindingKind
		n    int
	}{
		{projections.FindingNoReceiver, 7 * 36},
		{projections.FindingUnclaimed, 5 * 36},
		{projections.FindingLegalBasisUnknown, 56 + 5},
		{projections.FindingOutlier, 0},
		{projections.FindingContested, 3 * 36},
		{projections.FindingGap, 0},
		{projections.FindingOverlap, 0},
		{projections.FindingOrphan, 0},
		{projections.FindingNoPower, 0},
		{projections.FindingUndetermined, 0},
	} {
		if count[want.kind] != want.n {
			t.Errorf("%s: found %d, want %d", want.kind, count[want.kind], want.n)
		}
	}
	// The joint committees of 2023 are not known by name: one for each of the 42 ICBs then.
	if found := coherence(t, v, "2023-06-01", projections.FindingUndetermined); len(found) != 42 || found[0].Function != "specialised-services" {
		t.Errorf("%d undetermined in 2023, want 42", len(found))
	}
}
