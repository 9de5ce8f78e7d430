package projections_test

import (
	"maps"
	"slices"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
)

// The small world of the property tests: everything in it exists from day 1 on.
var (
	worldFunctions  = []domain.FunctionCode{"alpha", "beta"}
	worldParts      = []domain.PartCode{"", "p"}
	worldFootprints = []domain.FootprintCode{"F1", "F2", "F3"}
	worldCoverage   = map[domain.OrganisationCode][]domain.FootprintCode{
		domain.England: worldFootprints, "NAT": worldFootprints, "REG": worldFootprints,
		"ICA": {"F1", "F2"}, "ICB": {"F3"}, "F1": {"F1"}, "F2": {"F2"}, "F3": {"F3"},
	}
	worldTiers = map[domain.OrganisationCode]domain.Tier{
		"NAT": domain.TierNational, "REG": domain.TierRegional, "ICA": domain.TierICB, "ICB": domain.TierICB,
	}
)

// worldDays is the last day on which anything is recorded; worldEvents is the position after which it is.
const (
	worldDays   = 7
	worldEvents = 11
)

func newWorld() *journal {
	j := newJournal()
	region := established("REG", domain.TierRegional, 1)
	region.LegalPerson, region.LegalParent, region.Parent = false, "NAT", "NAT"
	a, b := established("ICA", domain.TierICB, 1), established("ICB", domain.TierICB, 1)
	a.Parent, b.Parent = "REG", "REG"
	j.commit(established("NAT", domain.TierNational, 1), region, a, b)
	for _, f := range worldFootprints {
		j.commit(domain.FootprintOpened{Code: f, Kind: domain.KindLocation, EffectiveOn: 1})
	}
	j.commit(domain.CoverageChanged{Footprints: worldCoverage["ICA"], Organisation: "ICA", EffectiveOn: 1},
		domain.CoverageChanged{Footprints: worldCoverage["ICB"], Organisation: "ICB", EffectiveOn: 1})
	for _, f := range worldFunctions {
		j.commit(domain.FunctionDefined{Code: f, Details: domain.FunctionDetails{FootprintKind: domain.KindLocation}})
	}
	return j
}

// someOf draws a set that is not empty.
func someOf[T any](t *rapid.T, label string, all []T) []T {
	n := rapid.IntRange(1, len(all)).Draw(t, label+" count")
	return rapid.Permutation(all).Draw(t, label)[:n]
}

func drawHolding(t *rapid.T) domain.Holding {
	holders := []domain.Holding{
		{Holder: "NAT"},
		{Holder: "NAT", ActingThrough: "REG"},
		{Holder: "REG", Confidence: domain.ConfidenceAssumed},
		{Holder: "ICA"},
		{Holder: "ICA", Source: "another"},
		{Holder: "ICB", AccountableTo: "NAT"},
		{Holder: "ICB", AccountableTo: "NAT", HeldThrough: "board", Instrument: "order"},
		{Undetermined: true},
	}
	return rapid.SampledFrom(holders).Draw(t, "holding")
}

func drawChange(t *rapid.T) domain.HoldingChange {
	c := domain.HoldingChange{
		On:         domain.Date(rapid.IntRange(1, worldDays).Draw(t, "on")),
		Subjects:   []domain.Subject{{Function: rapid.SampledFrom(worldFunctions).Draw(t, "function"), Part: rapid.SampledFrom(worldParts).Draw(t, "part")}},
		Footprints: someOf(t, "footprints", worldFootprints),
		Roles:      someOf(t, "roles", domain.Roles()[:3]),
		Slot:       rapid.SampledFrom([]domain.OrganisationCode{"", "", "ICA", "NAT"}).Draw(t, "slot"),
	}
	switch rapid.IntRange(0, 5).Draw(t, "kind of change") {
	case 0:
		c.Retracts = true
	case 1: // it ends
	case 2:
		c.Holdings = []domain.Holding{drawHolding(t), drawHolding(t)}
	default:
		c.Holdings = []domain.Holding{drawHolding(t)}
	}
	return c
}

// drawHistory draws a world and what was recorded in it.
func drawHistory(t *rapid.T) []domain.Event {
	j := newWorld()
	for range rapid.IntRange(1, 14).Draw(t, "transactions") {
		var facts []domain.Fact
		for range rapid.IntRange(1, 2).Draw(t, "events") {
			changes := rapid.SliceOfN(rapid.Custom(drawChange), 1, 3).Draw(t, "changes")
			facts = append(facts, domain.FunctionAllocated{Function: "alpha", EffectiveOn: changes[0].On, Changes: changes})
		}
		j.commit(facts...)
	}
	return j.events
}

// drawAsOf draws a point on both clocks whose position is that of a completed transaction.
func drawAsOf(t *rapid.T, v *projections.Views) domain.AsOf {
	on := domain.Date(rapid.IntRange(0, worldDays+1).Draw(t, "date"))
	drawn := rapid.Uint64Range(worldEvents, uint64(v.Position())).Draw(t, "known")
	known, err := v.ResolvePosition(domain.EventNo(drawn))
	if err != nil {
		t.Fatal(err)
	}
	return domain.AsOf{On: on, Known: known}
}

func check[T any](t *rapid.T, what string, got, want T) {
	if diff := gocmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("%s (-want +got):\n%s", what, diff)
	}
}

func apply(t *rapid.T, events []domain.Event) *projections.Views {
	v := projections.NewWithEpochs(now, rapid.Int32Range(1, 20).Draw(t, "changes of an epoch"))
	if err := v.Apply(events); err != nil {
		t.Fatal(err)
	}
	return v
}

func drawFilter(t *rapid.T) projections.Filter {
	var f projections.Filter
	if rapid.Bool().Draw(t, "by function") {
		f.Functions = someOf(t, "functions", worldFunctions)
	}
	if rapid.Bool().Draw(t, "by organisation") {
		f.Organisations = someOf(t, "organisations", slices.Sorted(maps.Keys(worldTiers)))
	}
	if rapid.IntRange(0, 3).Draw(t, "by tier") == 0 {
		f.Tiers = []domain.Tier{rapid.SampledFrom([]domain.Tier{domain.TierICB, domain.TierRegional}).Draw(t, "tier")}
	}
	if rapid.IntRange(0, 3).Draw(t, "by role") == 0 {
		f.Roles = someOf(t, "roles", domain.Roles()[:3])
	}
	if rapid.IntRange(0, 3).Draw(t, "by footprint") == 0 {
		f.Footprints = someOf(t, "footprints", worldFootprints)
	}
	return f
}

// letsRemit and letsHolding are the oracle's reading of a filter.
func letsRemit(f projections.Filter, r domain.Remit) bool {
	return (len(f.Functions) == 0 || slices.Contains(f.Functions, r.Subject.Function)) &&
		(len(f.Roles) == 0 || slices.Contains(f.Roles, r.Role)) &&
		(len(f.Footprints) == 0 || slices.Contains(f.Footprints, r.Footprint))
}

func letsHolding(f projections.Filter, h domain.Holding) bool {
	return (len(f.Organisations) == 0 || slices.ContainsFunc(f.Organisations, h.IsHeldBy)) &&
		(len(f.Tiers) == 0 || slices.Contains(f.Tiers, worldTiers[h.Named()]))
}
