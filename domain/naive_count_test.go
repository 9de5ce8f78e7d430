package domain_test

import (
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections" //nolint:depguard // only here are there histories of all commands to show views
)

// TestHistoriesShowEveryFinding keeps the comparison with naive models honest: what is never found shows nothing. In so
// many random histories, which are always the same ones, every kind of finding is found, but for outliers, as there
// are too few bodies, and for what the register lets nobody record, overlaps and orphans. Some findings are opened by
// plans, and some closed; transfers, agreements and occurrences moved something, announcements were carried out, and
// changes put right.
func TestHistoriesShowEveryFinding(t *testing.T) {
	t.Parallel()
	const histories = 150
	shown := map[string]int{}
	draw := rapid.Custom(func(t *rapid.T) map[string]bool { return newForms(t).shown() })
	for seed := range histories {
		for what, is := range draw.Example(seed) {
			if is {
				shown[what]++
			}
		}
	}
	wanted := []string{"opened", "closed", "transfer", "agreement", "occurrence", "plan carried out", "put right", "scale", "population"}
	never := []projections.FindingKind{projections.FindingOutlier, projections.FindingOverlap, projections.FindingOrphan}
	for _, kind := range projections.FindingKinds() {
		if !slices.Contains(never, kind) {
			wanted = append(wanted, string(kind))
		}
	}
	for _, what := range wanted {
		if shown[what] == 0 {
			t.Errorf("in none of %d random histories: %s", histories, what)
		}
	}
	t.Log(shown)
}

// shown is what a history shows at its end and around the dates of its plans.
func (x forms) shown() map[string]bool {
	shown := map[string]bool{}
	all := x.world.transfers(x.last)
	on := x.world.events[len(x.world.events)-1].EffectiveOn
	for _, at := range []domain.Date{on, on + 40} {
		for f := range x.moment(domain.AsOf{On: at, Known: x.last}, at).incoherent() {
			shown[string(f.kind)] = true
		}
	}
	for i, t := range all {
		for _, f := range t.footprints() {
			shown["plan carried out"] = shown["plan carried out"] || all.carriedOut(t, f)
		}
		if i > 3 {
			continue
		}
		before, after := domain.AsOf{On: t.planned() - 1, Known: x.last}, domain.AsOf{On: t.planned(), Known: x.last}
		m := x.moment(after, t.planned())
		so := m.incoherent()
		if m.takeEffect(before); len(m.due) > 0 {
			will := m.incoherent()
			for f := range maps.Keys(will) {
				shown["opened"] = shown["opened"] || so[f] == nil
			}
			for f := range maps.Keys(so) {
				shown["closed"] = shown["closed"] || will[f] == nil
			}
		}
	}
	for _, m := range x.happened(x.last) {
		switch m.as.(type) {
		case domain.TransferCompleted:
			shown["transfer"] = true
		case domain.DelegationAccepted:
			shown["agreement"] = true
		default:
			shown["occurrence"] = true
		}
		_, corrected := x.world.events[m.no-1].Fact.(domain.Corrected)
		people, _ := x.livingIn(m.footprints, domain.AsOf{On: m.on, Known: x.last})
		shown["put right"] = shown["put right"] || corrected
		shown["scale"] = shown["scale"] || m.terms.StatesScale()
		shown["population"] = shown["population"] || people > 0
	}
	return shown
}
