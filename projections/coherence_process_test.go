package projections_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
)

// arrangedBy is a delegation of the exercise in 06H from one body to another, recorded as an occurrence.
func arrangedBy(
	t testing.TB, id domain.ArrangementID, from, to domain.OrganisationCode, on string, instrument domain.InstrumentCode,
) domain.OccurrenceRecorded {
	f := domain.OccurrenceRecorded{
		Kind: domain.KindDelegation, Function: "eprr", From: from, To: to, Roles: []domain.Role{domain.RoleExercising},
		Footprints: []domain.FootprintCode{"06H"}, EffectiveOn: date(t, on), Instrument: instrument, Arrangement: id, Source: "minutes",
	}
	f.Changes = []domain.HoldingChange{{
		On: f.EffectiveOn, Subjects: []domain.Subject{{Function: "eprr"}}, Footprints: f.Footprints, Roles: f.Roles,
		Holdings: []domain.Holding{{Holder: to, Arrangement: id, Instrument: instrument}}, TakenFrom: from,
	}}
	return f
}

func registered(code domain.InstrumentCode, d domain.InstrumentDetails) domain.InstrumentRegistered {
	return domain.InstrumentRegistered{Code: code, Details: d}
}

func TestNoPower(t *testing.T) {
	from := date(t, "2022-07-01")
	carries := domain.InstrumentDetails{
		MayCarry: []domain.TransferKind{domain.KindDelegation}, Commencements: []domain.Commencement{{On: from}},
	}
	excludes, other, late, elsewhere := carries, carries, carries, carries
	excludes.Exclusions = []domain.Exclusion{{Body: "S1Y5D", Section: "s.252A", Source: "regulations"}}
	other.MayCarry = []domain.TransferKind{domain.KindPooling}
	late.Commencements = []domain.Commencement{{On: date(t, "2025-01-01")}}
	elsewhere.Commencements = []domain.Commencement{{On: from, Footprints: []domain.FootprintCode{"06K"}}}
	cases := map[string]struct {
		instrument domain.InstrumentCode
		details    domain.InstrumentDetails
		says       string
	}{
		"it carries it":      {"power", carries, ""},
		"none is named":      {"", carries, "no instrument is named"},
		"it is not known":    {"unknown", carries, "no instrument is named"},
		"it excludes it":     {"power", excludes, "power excludes s.252A"},
		"it may not":         {"power", other, "power may not carry a delegation"},
		"it is not in force": {"power", late, "power is not in force"},
		"in force elsewhere": {"power", elsewhere, "power is not in force"},
	}
	for name, c := range cases {
		j := transferJournal(t)
		j.commit(domain.FunctionRevised{Code: "eprr", Details: domain.FunctionDetails{
			FootprintKind: domain.KindLocation, LegalBasis: []domain.LegalBasis{{Act: "NHS Act 2006", Section: "252A"}},
		}})
		j.commit(registered("power", c.details))
		made := j.commit(arrangedBy(t, "D1", "S1Y5D", "X24", "2024-01-01", c.instrument))
		v := j.views(t)
		none(t, v, "2023-12-31", projections.FindingNoPower)
		if c.says == "" {
			none(t, v, "2024-06-01", projections.FindingNoPower)
			continue
		}
		t.Log(name)
		wantFinding(t, only(t, v, "2024-06-01", projections.FindingNoPower), projections.Finding{
			Kind: projections.FindingNoPower, Severity: projections.SeverityHigh, Function: "eprr", Organisation: "S1Y5D",
			Footprints: []domain.FootprintCode{"06H"}, Since: date(t, "2024-01-01"), CauseEvents: []domain.EventNo{made},
		}, c.says)
	}
}

// TestPowerThatLapses has the instrument of a delegation discarded: from then on nothing carries it.
func TestPowerThatLapses(t *testing.T) {
	j := transferJournal(t)
	j.commit(registered("power", domain.InstrumentDetails{
		MayCarry:      []domain.TransferKind{domain.KindDelegation},
		Commencements: []domain.Commencement{{On: date(t, "2022-07-01")}},
	}))
	j.commit(arrangedBy(t, "D1", "S1Y5D", "X24", "2024-01-01", "power"))
	j.commit(domain.InstrumentDiscarded{Code: "power", EffectiveOn: date(t, "2025-07-01")})
	v := j.views(t)
	none(t, v, "2025-06-30", projections.FindingNoPower)
	if f := only(t, v, "2025-07-01", projections.FindingNoPower); f.Since != date(t, "2025-07-01") {
		t.Errorf("found %+v", f)
	}
	j.commit(domain.DelegationRevoked{ID: "D1", EffectiveOn: date(t, "2025-08-01"), Changes: []domain.HoldingChange{{
		On: date(t, "2025-08-01"), Subjects: []domain.Subject{{Function: "eprr"}}, Footprints: []domain.FootprintCode{"06H"},
		Roles: []domain.Role{domain.RoleExercising}, Holdings: []domain.Holding{{Holder: "S1Y5D"}},
	}}})
	v = j.views(t)
	only(t, v, "2025-07-15", projections.FindingNoPower)
	none(t, v, "2025-08-01", projections.FindingNoPower)
}

// TestOnwardDelegationIsValidatedLater is the case of the four health authorities: what was delegated to them they
// passed on without power for ten years, until an Act validated it. Both truths can be asked for.
func TestOnwardDelegationIsValidatedLater(t *testing.T) {
	j := transferJournal(t)
	j.commit(established("RT1", domain.TierProvider, date(t, "2022-07-01")))
	j.commit(registered("power", domain.InstrumentDetails{
		MayCarry:      []domain.TransferKind{domain.KindDelegation},
		Commencements: []domain.Commencement{{On: date(t, "2022-07-01")}},
	}))
	j.commit(arrangedBy(t, "D1", "X24", "S1Y5D", "2023-01-01", "power"))
	j.commit(arrangedBy(t, "D2", "S1Y5D", "RT1", "2024-01-01", "power"))
	believed := domain.EventNo(len(j.events))
	v := j.views(t)
	for _, on := range []string{"2024-01-01", "2025-01-01", "2026-11-21"} {
		f := only(t, v, on, projections.FindingNoPower)
		if f.Organisation != "S1Y5D" || f.Since != date(t, "2024-01-01") || !strings.Contains(f.Message, "which did not permit that") {
			t.Errorf("on %s: %+v", on, f)
		}
	}
	j.commit(registered("validating-act", domain.InstrumentDetails{
		MayCarry:      []domain.TransferKind{domain.KindStatutory, domain.KindDelegation},
		Commencements: []domain.Commencement{{On: date(t, "2024-01-01"), Authority: "the Act itself, for the past too"}},
	}))
	j.commit(arrangedBy(t, "D3", "S1Y5D", "RT1", "2024-01-01", "validating-act"))
	v = j.views(t)
	none(t, v, "2025-01-01", projections.FindingNoPower)
	then, err := v.Coherence(projections.CoherenceQuery{
		AsOf:  domain.AsOf{On: date(t, "2025-01-01"), Known: believed},
		Kinds: []projections.FindingKind{projections.FindingNoPower},
	})
	if err != nil || len(then.Findings) != 1 {
		t.Errorf("as known before the Act: %+v, %v", then.Findings, err)
	}
}

// TestOnwardDelegationThatIsPermitted has a chain of three: the last step is two below the first arrangement.
func TestOnwardDelegationThatIsPermitted(t *testing.T) {
	for _, c := range []struct {
		first, second domain.Terms
		want          int
	}{
		{domain.Terms{}, domain.Terms{}, 1},
		{domain.Terms{OnwardPermitted: true, OnwardDepth: 2}, domain.Terms{}, 1},
		{domain.Terms{OnwardPermitted: true}, domain.Terms{OnwardPermitted: true}, 1},
		{domain.Terms{OnwardPermitted: true, OnwardDepth: 2}, domain.Terms{OnwardPermitted: true}, 0},
	} {
		j := transferJournal(t)
		on := date(t, "2022-07-01")
		j.commit(established("RT1", domain.TierProvider, on), established("RT2", domain.TierProvider, on))
		j.commit(registered("power", domain.InstrumentDetails{
			MayCarry: []domain.TransferKind{domain.KindDelegation}, Commencements: []domain.Commencement{{On: on}},
		}))
		j.commit(arrangedBy(t, "D1", "X24", "S1Y5D", "2024-01-01", "power"))
		j.commit(domain.DelegationVaried{ID: "D1", Terms: c.first}, domain.VariationAccepted{ID: "D1"})
		j.commit(arrangedBy(t, "D2", "S1Y5D", "RT1", "2024-02-01", "power"))
		j.commit(domain.DelegationVaried{ID: "D2", Terms: c.second}, domain.VariationAccepted{ID: "D2"})
		j.commit(arrangedBy(t, "D3", "RT1", "RT2", "2024-03-01", "power"))
		if found := coherence(t, j.views(t), "2024-06-01", projections.FindingNoPower); len(found) != c.want {
			t.Errorf("%+v: found %+v, want %d", c, found, c.want)
		}
	}
}

func TestSafeguardsOfAnOccurrence(t *testing.T) {
	aspects := func(v *projections.Views, on string) []string {
		var list []string
		for _, f := range coherence(t, v, on, projections.FindingSafeguardUnmet) {
			if f.Organisation != "S1Y5D" || f.Since != date(t, "2024-01-01") || !slices.Equal(f.Footprints, []domain.FootprintCode{"06H"}) {
				t.Errorf("found %+v", f)
			}
			list = append(list, f.Aspect)
		}
		return list
	}
	all := []string{"assessment", "consent", "decision", "independent_opinion"}
	j := transferJournal(t)
	j.commit(arrangedBy(t, "D1", "S1Y5D", "X24", "2024-01-01", "power"))
	if got := aspects(j.views(t), "2024-06-01"); !slices.Equal(got, all) {
		t.Errorf("found %v, want %v", got, all)
	}
	if got := aspects(j.views(t), "2023-12-31"); len(got) != 0 {
		t.Errorf("before it happened: %v", got)
	}
	// What was decided in a transfer between the same bodies counts.
	managed := proposed(t, "T1")
	managed.Receiver = "X24"
	managed.Gateways = []domain.GatewayPlan{
		{Code: "sender-readiness", Party: domain.PartySender, Decider: "S1Y5D"},
		{Code: "receiver-readiness", Party: domain.PartyReceiver, Decider: "X24"},
	}
	j.commit(managed)
	j.commit(domain.ReadinessAssessed{ID: "T1", Party: domain.PartySender})
	if got := aspects(j.views(t), "2024-06-01"); !slices.Equal(got, all) {
		t.Errorf("one party assessed: %v, want %v", got, all)
	}
	j.commit(domain.ReadinessAssessed{ID: "T1", Party: domain.PartyReceiver})
	j.commit(domain.GatewayDecided{
		ID: "T1", Gateway: "sender-readiness", Decision: domain.DecisionPass, DecidedBy: "S1Y5D", State: domain.StateAssessing,
	})
	if got, want := aspects(j.views(t), "2024-06-01"), []string{"consent", "independent_opinion"}; !slices.Equal(got, want) {
		t.Errorf("found %v, want %v", got, want)
	}
	j.commit(ends(t, "2025-01-01", "06H", domain.RoleExercising))
	if got := aspects(j.views(t), "2025-01-01"); len(got) != 0 {
		t.Errorf("nothing is held by virtue of it any more: %v", got)
	}
	// What the law brought about needs no gateway; the work alone needs decision and consent.
	law, work := arrangedBy(t, "", "S1Y5D", "X24", "2024-01-01", ""), arrangedBy(t, "", "S1Y5D", "X24", "2024-01-01", "")
	law.Kind, work.Kind = domain.KindStatutory, domain.KindDelivery
	work.Roles = []domain.Role{domain.RoleDelivering}
	for want, f := range map[int]domain.OccurrenceRecorded{0: law, 2: work} {
		j := transferJournal(t)
		j.commit(f)
		if got := aspects(j.views(t), "2024-06-01"); len(got) != want {
			t.Errorf("%s: found %v, want %d", f.Kind, got, want)
		}
	}
}

func TestTransfersThatAreBehindStaleOrDecidedByAParty(t *testing.T) {
	j := transferJournal(t)
	first := j.commit(proposed(t, "T1"))
	evidence := []domain.Evidence{{ExpiresOn: date(t, "2026-03-01")}}
	assessed := j.commit(domain.ReadinessAssessed{ID: "T1", Party: domain.PartySender, Ratings: []domain.DomainRating{
		{Domain: "people", Rating: domain.RatingGreen, Evidence: evidence},
	}})
	decided := j.commit(domain.GatewayDecided{
		ID: "T1", Gateway: "confirmation", Decision: domain.DecisionPass, DecidedBy: "X24", DecidedOn: date(t, "2026-01-10"),
		State: domain.StateApproved,
	})
	v := j.views(t)
	wantFinding(t, only(t, v, "2026-02-01", projections.FindingSameLegalPerson), projections.Finding{
		Kind: projections.FindingSameLegalPerson, Severity: projections.SeverityMedium, Function: "eprr", Organisation: "X24",
		Footprints: []domain.FootprintCode{"06H"}, Since: date(t, "2026-01-10"), CauseEvents: []domain.EventNo{decided},
	}, "the same person in law")
	none(t, v, "2026-01-09", projections.FindingSameLegalPerson)
	none(t, v, "2026-02-28", projections.FindingStaleAssessment)
	wantFinding(t, only(t, v, "2026-03-01", projections.FindingStaleAssessment), projections.Finding{
		Kind: projections.FindingStaleAssessment, Severity: projections.SeverityMedium, Function: "eprr", Organisation: "S1Y5D",
		Footprints: []domain.FootprintCode{"06H"}, Since: date(t, "2026-03-01"), CauseEvents: []domain.EventNo{assessed},
	}, "evidence on people expired on 2026-03-01")
	none(t, v, "2026-06-01", projections.FindingDrift)
	wantFinding(t, only(t, v, "2026-06-02", projections.FindingDrift), projections.Finding{
		Kind: projections.FindingDrift, Severity: projections.SeverityMedium, Function: "eprr", Organisation: "S1Y5D",
		Footprints: []domain.FootprintCode{"06H"}, Since: date(t, "2026-06-02"), CauseEvents: []domain.EventNo{first, decided},
	}, "was due on 2026-06-01")

	amended := j.commit(domain.TermsSet{ID: "T1", Material: true})
	stale := only(t, j.views(t), "2026-02-01", projections.FindingStaleAssessment)
	if stale.Since != date(t, "2026-01-01") || !slices.Equal(stale.CauseEvents, []domain.EventNo{assessed, amended}) ||
		!strings.Contains(stale.Message, "changed since") {
		t.Errorf("after an amendment: %+v", stale)
	}
	j.commit(domain.ReadinessAssessed{ID: "T1", Party: domain.PartySender})
	none(t, j.views(t), "2026-04-01", projections.FindingStaleAssessment)

	j.commit(completed(t, "T1"))
	v = j.views(t)
	none(t, v, "2026-07-01", projections.FindingDrift)
	only(t, v, "2026-07-01", projections.FindingSameLegalPerson)
	j.commit(domain.MilestoneRecorded{ID: "T1", Milestone: domain.Milestone{Kind: domain.MilestoneStaff, PlannedOn: date(t, "2026-08-01")}})
	if f := only(t, j.views(t), "2026-09-01", projections.FindingDrift); !strings.Contains(f.Message, "the milestone staff") ||
		f.Since != date(t, "2026-08-02") {
		t.Errorf("milestone: %+v", f)
	}
	j.commit(domain.MilestoneRecorded{ID: "T1", Milestone: domain.Milestone{Kind: domain.MilestoneStaff, ActualOn: date(t, "2026-08-20")}})
	none(t, j.views(t), "2026-09-01", projections.FindingDrift)
}

func TestLapsedDelegation(t *testing.T) {
	j := transferJournal(t)
	on := date(t, "2024-01-01")
	offered := j.commit(domain.FunctionDelegated{
		ID: "D1", Function: "eprr", Delegator: "S1Y5D", Delegate: "X24", Footprints: []domain.FootprintCode{"06H"},
		EffectiveOn: on, Terms: domain.Terms{ReviewOn: date(t, "2025-01-01"), EndsOn: date(t, "2026-01-01")},
	})
	none(t, j.views(t), "2026-06-01", projections.FindingLapsedDelegation)
	accepted := j.commit(domain.DelegationAccepted{ID: "D1", EffectiveOn: on})
	v := j.views(t)
	none(t, v, "2025-01-01", projections.FindingLapsedDelegation)
	wantFinding(t, only(t, v, "2025-01-02", projections.FindingLapsedDelegation), projections.Finding{
		Kind: projections.FindingLapsedDelegation, Severity: projections.SeverityMedium, Function: "eprr", Organisation: "S1Y5D",
		Footprints: []domain.FootprintCode{"06H"}, Since: date(t, "2025-01-02"), CauseEvents: []domain.EventNo{offered, accepted},
	}, "was to be reviewed by 2025-01-01")
	if f := only(t, v, "2026-01-01", projections.FindingLapsedDelegation); f.Severity != projections.SeverityHigh {
		t.Errorf("past its end: %+v", f)
	}
	j.commit(domain.DelegationVaried{ID: "D1", Terms: domain.Terms{ReviewOn: date(t, "2027-01-01")}})
	only(t, j.views(t), "2026-01-01", projections.FindingLapsedDelegation)
	j.commit(domain.VariationAccepted{ID: "D1"})
	none(t, j.views(t), "2026-01-01", projections.FindingLapsedDelegation)
}

func TestClaimsAndAttestations(t *testing.T) {
	claim := func(body domain.OrganisationCode, holds bool, on string) domain.RemitClaimed {
		return domain.RemitClaimed{
			ID: string(body) + on, Claimant: body, Function: "eprr", Footprints: []domain.FootprintCode{"06H"},
			Roles: []domain.Role{domain.RoleAccountable}, Holds: holds, EffectiveOn: date(t, on),
		}
	}
	j := transferJournal(t)
	j.commit(claim("S1Y5D", true, "2024-01-01"))
	none(t, j.views(t), "2024-06-01", projections.FindingContested)
	rival := j.commit(claim("X24", true, "2025-01-01"))
	v := j.views(t)
	none(t, v, "2024-12-31", projections.FindingContested)
	found := coherence(t, v, "2025-01-01", projections.FindingContested)
	if len(found) != 2 || found[0].Organisation != "S1Y5D" || found[1].Organisation != "X24" ||
		!slices.Contains(found[0].CauseEvents, rival) || found[0].Since != date(t, "2025-01-01") ||
		!strings.Contains(found[1].Message, "the record names S1Y5D") || !strings.Contains(found[0].Message, "claimed by S1Y5D and X24") {
		t.Errorf("rival claims: %+v", found)
	}
	j.commit(claim("X24", false, "2025-06-01"), claim("S1Y5D", false, "2025-06-01"))
	f := only(t, j.views(t), "2025-06-01", projections.FindingContested)
	if f.Organisation != "S1Y5D" || !strings.Contains(f.Message, "it says that it is not accountable, the record names it") {
		t.Errorf("denied: %+v", f)
	}
	j.commit(domain.RemitsAttested{ID: "A1", Organisation: "X24", EffectiveOn: date(t, "2026-01-01")})
	found = coherence(t, j.views(t), "2026-02-01", projections.FindingContested)
	if len(found) != 2 || found[0].Organisation != "X24" || found[0].Function != "" {
		t.Errorf("attested: %+v", found)
	}
	j.commit(domain.RemitsAttested{ID: "A2", Organisation: "X24", EffectiveOn: date(t, "2026-02-01"), Agrees: true})
	only(t, j.views(t), "2026-02-01", projections.FindingContested)
}

func TestCostShift(t *testing.T) {
	cost := func(body domain.OrganisationCode, class domain.CostClass, pounds int64) domain.CostRecorded {
		return domain.CostRecorded{
			ID: string(body), Organisation: body, Transfer: "T1", Class: class, Pounds: pounds, Year: "2026/27",
			Base: "budget", Source: "case",
		}
	}
	cases := map[string]struct {
		costs []domain.CostRecorded
		want  int
	}{
		"a saving":        {[]domain.CostRecorded{cost("S1Y5D", domain.CostRunning, -100), cost("Y61", domain.CostRunning, 60)}, 0},
		"a shift":         {[]domain.CostRecorded{cost("S1Y5D", domain.CostRunning, -100), cost("Y61", domain.CostRunning, 100)}, 1},
		"another class":   {[]domain.CostRecorded{cost("S1Y5D", domain.CostRunning, -100), cost("Y61", domain.CostProgramme, 1200)}, 1},
		"capital":         {[]domain.CostRecorded{cost("S1Y5D", domain.CostRunning, -100), cost("Y61", domain.CostCapital, 1200)}, 0},
		"nothing falls":   {[]domain.CostRecorded{cost("Y61", domain.CostRunning, 1200)}, 0},
		"two at receiver": {[]domain.CostRecorded{cost("S1Y5D", domain.CostRunning, -100), cost("Y61", domain.CostRunning, 60), cost("Y61", domain.CostProgramme, 50)}, 1},
	}
	for name, c := range cases {
		j := transferJournal(t)
		j.commit(proposed(t, "T1"))
		for _, f := range c.costs {
			j.commit(f)
		}
		found := coherence(t, j.views(t), "2026-04-01", projections.FindingCostShift)
		if len(found) != c.want || c.want == 1 && (found[0].Organisation != "Y61" || !strings.Contains(found[0].Message, "£100 less")) {
			t.Errorf("%s: found %+v, want %d", name, found, c.want)
		}
		j.commit(domain.TransferWithdrawn{ID: "T1"})
		none(t, j.views(t), "2026-04-01", projections.FindingCostShift)
	}
}
