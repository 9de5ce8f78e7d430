package projections_test

import (
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
)

func populated(body domain.OrganisationCode, basis domain.PopulationBasis, year int, count int64, on domain.Date) domain.PopulationRecorded {
	return domain.PopulationRecorded{
		Organisation: body, Basis: basis, Year: year, Count: count, EffectiveOn: on,
		Confidence: domain.ConfidenceExact, Source: "published counts",
	}
}

func spent(body domain.OrganisationCode, class domain.CostClass, pounds int64, transfer domain.TransferID) domain.CostRecorded {
	return domain.CostRecorded{
		Organisation: body, Class: class, Pounds: pounds, Transfer: transfer, Year: "2026/27", Base: "budget", Source: "accounts",
	}
}

func envelope(t *testing.T, v *projections.Views, q projections.EnvelopeQuery) projections.Envelope {
	t.Helper()
	answer, err := v.Envelope(q)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// envelopeJournal has a second ICB beside S1Y5D, in the same region.
func envelopeJournal(t *testing.T) *journal {
	j := transferJournal(t)
	second := established("D7T5G", domain.TierICB, date(t, "2022-07-01"))
	second.Parent = "Y61"
	j.commit(second)
	return j
}

func TestEnvelopeIsAHeadTimesTheRate(t *testing.T) {
	j := envelopeJournal(t)
	on := date(t, "2022-07-01")
	j.commit(populated("S1Y5D", domain.PopulationResident, 2022, 1_000_000, on))
	recorded := j.commit(populated("S1Y5D", domain.PopulationRegistered, 2025, 1_100_003, date(t, "2025-04-01")))
	j.commit(populated("S1Y5D", domain.PopulationRegistered, 2027, 2, date(t, "2027-04-01")))
	first := j.commit(spent("S1Y5D", domain.CostRunning, 20_000_000, ""))
	excluded := spent("S1Y5D", domain.CostRunning, 3_000_000, "")
	excluded.Excluded = true
	j.commit(excluded, spent("S1Y5D", domain.CostProgramme, 700, ""), spent("S1Y5D", domain.CostCapital, 50, ""))
	other := spent("S1Y5D", domain.CostRunning, 999, "")
	other.Year = "2025/26"
	j.commit(other)
	v := j.views(t)
	answer := envelope(t, v, projections.EnvelopeQuery{AsOf: domain.Now(date(t, "2026-11-21"))})
	if answer.Year != "2026/27" || answer.PencePerHead != 1876 || len(answer.Bodies) != 2 || len(answer.Regions) != 1 {
		t.Fatalf("envelope %+v", answer)
	}
	line := answer.Bodies[1]
	if line.Organisation != "S1Y5D" || line.Running != 20_000_000 || line.Excluded != 3_000_000 || line.Programme != 700 ||
		line.Capital != 50 || line.After != 20_000_000 || len(line.Figures) != 4 || line.Figures[0].Event != first {
		t.Errorf("line %+v", line)
	}
	// £18.76 × 1,100,003 = £20,636,056.28 and £18.76 × 1,000,000 = £18,760,000.
	registered, resident := line.Allowances[0], line.Allowances[1]
	if registered.Pounds != 20_636_056 || registered.Headroom != 636_056 || !slices.Equal(registered.Years, []int{2025}) ||
		!slices.Equal(registered.Events, []domain.EventNo{recorded}) || !slices.Equal(registered.Sources, []string{"published counts"}) {
		t.Errorf("registered %+v", registered)
	}
	if resident.Pounds != 18_760_000 || resident.Headroom != -1_240_000 {
		t.Errorf("resident %+v", resident)
	}
	region := answer.Regions[0]
	if region.Organisation != "Y61" || region.Allowances[1].Pounds != 18_760_000 ||
		!slices.Equal(region.Allowances[1].Missing, []domain.OrganisationCode{"D7T5G"}) || region.Running != 20_000_000 {
		t.Errorf("region %+v", region)
	}
	if answer.England.Running != region.Running || answer.England.Organisation != domain.England {
		t.Errorf("England %+v", answer.England)
	}
	one := envelope(t, v, projections.EnvelopeQuery{
		AsOf: answer.AsOf, Year: "2025/26", Basis: domain.PopulationResident, Organisations: []domain.OrganisationCode{"S1Y5D"},
	})
	if len(one.Bodies) != 1 || len(one.Regions) != 0 || one.Bodies[0].Running != 999 || len(one.Bodies[0].Allowances) != 1 {
		t.Errorf("one body %+v", one)
	}
	then := envelope(t, v, projections.EnvelopeQuery{AsOf: domain.AsOf{On: answer.AsOf.On, Known: recorded - 1}})
	if len(then.Bodies[1].Allowances) != 1 || len(then.Bodies[1].Figures) != 0 {
		t.Errorf("as known before: %+v", then.Bodies[1])
	}
}

func TestEnvelopeWithTransfers(t *testing.T) {
	j := envelopeJournal(t)
	j.commit(spent("S1Y5D", domain.CostRunning, 1000, ""))
	for _, id := range []domain.TransferID{"T1", "T2", "T3", "T4"} {
		j.commit(proposed(t, id))
	}
	j.commit(completed(t, "T1"))
	j.commit(domain.TransferWithdrawn{ID: "T4"})
	// T1 saves and has happened, T2 saves and is planned, T3 saves nothing, T4 is off.
	j.commit(spent("S1Y5D", domain.CostRunning, -100, "T1"), spent("Y61", domain.CostRunning, 30, "T1"),
		spent("S1Y5D", domain.CostRunning, -10, "T2"),
		spent("S1Y5D", domain.CostRunning, -400, "T3"), spent("Y61", domain.CostProgramme, 400, "T3"),
		spent("S1Y5D", domain.CostRunning, -500, "T4"))
	v := j.views(t)
	line := envelope(t, v, projections.EnvelopeQuery{AsOf: domain.Now(date(t, "2026-11-21"))}).Bodies[1]
	if line.Running != 1000 || line.Completed != -100 || line.Planned != -10 || line.Shifted != -400 || line.After != 890 {
		t.Errorf("line %+v", line)
	}
	before := envelope(t, v, projections.EnvelopeQuery{AsOf: domain.Now(date(t, "2026-05-31"))}).Bodies[1]
	if before.Completed != 0 || before.Planned != -110 || before.After != 890 {
		t.Errorf("before completion %+v", before)
	}
	_, err := v.Envelope(projections.EnvelopeQuery{AsOf: domain.Now(1), Year: "2026"})
	wantRefusal(t, err, domain.InvalidArgument)
	_, err = v.Envelope(projections.EnvelopeQuery{AsOf: domain.Now(1), Year: "2026/28"})
	wantRefusal(t, err, domain.InvalidArgument)
	_, err = v.Envelope(projections.EnvelopeQuery{AsOf: domain.Now(1), Year: "2026/27", Organisations: []domain.OrganisationCode{"NOPE"}})
	wantRefusal(t, err, domain.UnknownOrganisation)
}

func TestFinancialYear(t *testing.T) {
	for on, want := range map[string]string{
		"2026-03-31": "2025/26", "2026-04-01": "2026/27", "2027-01-01": "2026/27", "1999-12-31": "1999/00",
	} {
		if got := projections.FinancialYear(date(t, on)); got != want {
			t.Errorf("%s: got %s, want %s", on, got, want)
		}
	}
}

// TestRegionsAddUpToEngland checks the aggregate: whatever is recorded, the regions' sums are England's.
func TestRegionsAddUpToEngland(t *testing.T) {
	j := newWorld()
	rapid.Check(t, func(t *rapid.T) {
		j := &journal{events: slices.Clone(j.events), grown: make(chan struct{}), clock: j.clock}
		for range rapid.IntRange(1, 8).Draw(t, "records") {
			body := rapid.SampledFrom([]domain.OrganisationCode{"ICA", "ICB", "REG"}).Draw(t, "body")
			count := rapid.Int64Range(1, 3_000_000).Draw(t, "count")
			class := rapid.SampledFrom(domain.CostClasses()).Draw(t, "class")
			j.commit(populated(body, domain.PopulationResident, 2022, count, domain.Date(rapid.IntRange(1, 3).Draw(t, "from"))),
				spent(body, class, count*10, ""))
		}
		v := projections.New(now)
		if err := v.Apply(j.events); err != nil {
			t.Fatal(err)
		}
		answer, err := v.Envelope(projections.EnvelopeQuery{AsOf: domain.Now(2), Year: "2026/27"})
		if err != nil {
			t.Fatal(err)
		}
		sums := map[string]int64{}
		for _, l := range answer.Bodies {
			sums["running"] += l.Running
			sums["programme"] += l.Programme
			sums["after"] += l.After
			for _, p := range l.Allowances {
				sums["people"] += p.Population
			}
		}
		for _, l := range []projections.EnvelopeLine{answer.Regions[0], answer.England} {
			var people int64
			for _, p := range l.Allowances {
				people += p.Population
			}
			check(t, "sum of "+string(l.Organisation), map[string]int64{
				"running": l.Running, "programme": l.Programme, "after": l.After, "people": people,
			}, map[string]int64{"running": sums["running"], "programme": sums["programme"], "after": sums["after"], "people": sums["people"]})
		}
	})
}

func TestShiftTellsMoneyStaffPopulationAndCounts(t *testing.T) {
	j := transferJournal(t)
	on := date(t, "2022-07-01")
	j.commit(domain.FunctionRevised{Code: "eprr", Details: domain.FunctionDetails{
		FootprintKind: domain.KindLocation, Class: domain.ClassDelivery,
	}})
	j.commit(populated("S1Y5D", domain.PopulationRegistered, 2025, 1000, on))
	part := proposed(t, "T1")
	part.Terms = domain.Terms{
		Money: []domain.MoneyTerm{{Class: domain.CostRunning, Pounds: 300, Year: "2026/27"}, {Class: domain.CostProgramme, Pounds: 50, Year: "2026/27"}},
		Staff: domain.StaffTerms{WTE: 250, Stated: true},
	}
	j.commit(part)
	done := j.commit(completed(t, "T1"))
	planned := proposed(t, "T2")
	planned.Footprints, planned.EffectiveOn = []domain.FootprintCode{"06H", "06K"}, date(t, "2026-12-01")
	ahead := j.commit(planned)
	dropped := planned
	dropped.ID = "T3"
	j.commit(dropped)
	j.commit(domain.TransferWithdrawn{ID: "T3"})
	occurred := j.commit(arrangedBy(t, "D1", "S1Y5D", "X24", "2026-04-01", ""))
	v := j.views(t)
	answer, err := v.Shift(projections.ShiftQuery{From: date(t, "2026-04-01"), Until: date(t, "2026-12-31"), Known: domain.Latest})
	if err != nil {
		t.Fatal(err)
	}
	start, end := date(t, "2026-04-01"), date(t, "2026-06-30")
	wantMoved := []projections.ShiftMove{
		{
			Start: start, End: end, Class: domain.ClassDelivery, FromTier: domain.TierICB, ToTier: domain.TierNational,
			PopulationBasis: domain.PopulationRegistered, Occurrences: 1, Remits: 1, Events: []domain.EventNo{occurred},
		},
		{
			Start: start, End: end, Class: domain.ClassDelivery, FromTier: domain.TierICB, ToTier: domain.TierRegional,
			Pounds: 350, Money: 1, WTE: 250, Staff: 1, PopulationBasis: domain.PopulationRegistered, Transfers: 1, Remits: 2,
			Events: []domain.EventNo{done},
		},
	}
	if !reflect.DeepEqual(answer.Moved, wantMoved) {
		t.Errorf("moved\ngot  %+v\nwant %+v", answer.Moved, wantMoved)
	}
	wantPlanned := []projections.ShiftMove{{
		Start: date(t, "2026-10-01"), End: date(t, "2026-12-31"), Class: domain.ClassDelivery, FromTier: domain.TierICB,
		ToTier: domain.TierRegional, Population: 1000, PopulationBasis: domain.PopulationRegistered, PopulationKnown: 1,
		Transfers: 1, Remits: 4, Events: []domain.EventNo{ahead},
	}}
	if !reflect.DeepEqual(answer.Planned, wantPlanned) {
		t.Errorf("planned\ngot  %+v\nwant %+v", answer.Planned, wantPlanned)
	}
	held := make(map[domain.Tier]int)
	for _, c := range answer.Held {
		if c.On == end && c.Role == domain.RoleExercising {
			held[c.Tier] += c.Remits
		}
	}
	if len(held) != 2 || held[domain.TierICB] != 1 || held[domain.TierRegional] != 1 {
		t.Errorf("held on %s: %v", end, held)
	}
	one, err := v.Shift(projections.ShiftQuery{From: start, Until: end, Known: domain.Latest, Organisations: []domain.OrganisationCode{"Y61"}})
	if err != nil || len(one.Moved) != 1 || one.Moved[0].ToTier != domain.TierRegional || len(one.Held) != 2 {
		t.Errorf("of one body: %+v, %v", one, err)
	}
	_, err = v.Shift(projections.ShiftQuery{From: end, Until: start, Known: domain.Latest})
	wantRefusal(t, err, domain.InvalidArgument)
	_, err = v.Shift(projections.ShiftQuery{From: 1, Until: start, Months: 1, Known: domain.Latest})
	wantRefusal(t, err, domain.InvalidArgument)
	_, err = v.Shift(projections.ShiftQuery{From: start, Until: end, Known: domain.Latest, Functions: []domain.FunctionCode{"nope"}})
	wantRefusal(t, err, domain.UnknownFunction)
}

// TestShiftStepsCoverTheDates checks that steps follow one another without a gap, also from the end of a month.
func TestShiftStepsCoverTheDates(t *testing.T) {
	v := transferJournal(t).views(t)
	answer, err := v.Shift(projections.ShiftQuery{From: date(t, "2026-01-31"), Until: date(t, "2026-06-15"), Months: 1, Known: domain.Latest})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range answer.Held {
		if on := c.On.String(); !slices.Contains(got, on) {
			got = append(got, on)
		}
	}
	want := []string{"2026-02-27", "2026-03-30", "2026-04-29", "2026-05-30", "2026-06-15"}
	if !slices.Equal(got, want) {
		t.Errorf("steps end on %v, want %v", got, want)
	}
}
