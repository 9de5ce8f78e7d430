package projections_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"testing"

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
	// worldPersons has the person in law behind each body.
	worldPersons = map[domain.OrganisationCode]domain.OrganisationCode{"NAT": "NAT", "REG": "NAT", "ICA": "ICA", "ICB": "ICB"}
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

// marked returns the oracle's entries with SameLegalPerson, as the world's persons tell it.
func marked(o oracle, a domain.AsOf, lets func(domain.Remit) bool) []projections.Entry {
	entries := o.entries(a, lets)
	for i := range entries {
		e := &entries[i]
		accountable := e.Remit
		accountable.Role = domain.RoleAccountable
		if e.Remit.Role == domain.RoleAccountable || e.Undetermined {
			continue
		}
		sameBody := false
		for _, other := range o.entries(a, func(r domain.Remit) bool { return r == accountable }) {
			sameBody = sameBody || other.Named() == e.Named()
			e.SameLegalPerson = e.SameLegalPerson || (other.Named() != "" && worldPersons[other.Named()] == worldPersons[e.Named()])
		}
		e.SameLegalPerson = e.SameLegalPerson && !sameBody
	}
	return entries
}

func TestWhoHoldsLikeTheNaiveModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := drawHistory(t)
		v, o := apply(t, events), oracleOf(events)
		for range 4 {
			a := drawAsOf(t, v)
			q := projections.HoldersQuery{
				Function:  rapid.SampledFrom(worldFunctions).Draw(t, "function"),
				Part:      rapid.SampledFrom(worldParts).Draw(t, "part"),
				Footprint: domain.FootprintCode(rapid.SampledFrom(slices.Sorted(maps.Keys(worldCoverage))).Draw(t, "footprint")),
				Role:      rapid.SampledFrom([]domain.Role{"", "", domain.RoleAccountable, domain.RoleDelivering}).Draw(t, "role"),
				AsOf:      a,
			}
			got, err := v.WhoHolds(q)
			if err != nil {
				t.Fatal(err)
			}
			covered := worldCoverage[domain.OrganisationCode(q.Footprint)]
			if a.On == 0 && !slices.Contains(worldFootprints, q.Footprint) {
				covered = nil
			}
			check(t, "holdings", got.Holdings, marked(o, a, func(r domain.Remit) bool {
				return r.Subject.Function == q.Function && (q.Part == "" || q.Part == r.Subject.Part) &&
					slices.Contains(covered, r.Footprint) && (q.Role == "" || q.Role == r.Role)
			}))
		}
	})
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

func TestMapPagesLikeTheNaiveModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := drawHistory(t)
		v, o := apply(t, events), oracleOf(events)
		for range 4 {
			q := projections.MapQuery{AsOf: drawAsOf(t, v), Filter: drawFilter(t), Limit: rapid.IntRange(0, 4).Draw(t, "limit")}
			want := marked(o, q.AsOf, func(r domain.Remit) bool { return letsRemit(q.Filter, r) })
			want = slices.DeleteFunc(want, func(e projections.Entry) bool { return !letsHolding(q.Filter, e.Holding) })
			check(t, fmt.Sprintf("map of %+v", q), allPages(t, v, q), want)
		}
	})
}

func allPages(t *rapid.T, v *projections.Views, q projections.MapQuery) []projections.Entry {
	var entries []projections.Entry
	for {
		page, err := v.Map(q)
		if err != nil {
			t.Fatal(err)
		}
		if q.Limit > 0 && (len(page.Holdings) > q.Limit || (page.Next != nil && len(page.Holdings) < q.Limit)) {
			t.Fatalf("a page of %d entries with the limit %d", len(page.Holdings), q.Limit)
		}
		entries = append(entries, page.Holdings...)
		if page.Next == nil {
			return entries
		}
		q.AsOf, q.After = page.AsOf, page.Next
	}
}

func TestCompareLikeTheNaiveModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := drawHistory(t)
		v, o := apply(t, events), oracleOf(events)
		for range 4 {
			q := projections.CompareQuery{From: drawAsOf(t, v), To: drawAsOf(t, v), Limit: rapid.IntRange(0, 3).Draw(t, "limit")}
			got := map[domain.Remit][2]string{}
			var order []domain.Remit
			for {
				page, err := v.Compare(q)
				if err != nil {
					t.Fatal(err)
				}
				for _, d := range page.Changes {
					got[d.Remit] = [2]string{holderText(d.Before, d.Remit), holderText(d.After, d.Remit)}
					order = append(order, d.Remit)
					checkCauses(t, o, q, d)
				}
				if page.Next == nil {
					break
				}
				q.After = page.Next
			}
			check(t, "differences", got, o.differences(q.From, q.To))
			if len(order) != len(got) || !slices.IsSortedFunc(order, domain.CompareRemits) {
				t.Fatalf("differences out of order: %v", order)
			}
		}
	})
}

// checkCauses checks that there is a cause, and that each cause is an event that changed the remit and that one of the
// two positions knows. Of one date as known twice, every cause lies between the two positions; of two dates as known
// once, every cause is effective between them.
func checkCauses(t *rapid.T, o oracle, q projections.CompareQuery, d projections.Difference) {
	if len(d.CauseEvents) == 0 || !slices.IsSorted(d.CauseEvents) {
		t.Fatalf("causes %v", d.CauseEvents)
	}
	low, high := min(q.From.Known, q.To.Known), max(q.From.Known, q.To.Known)
	early, late := min(q.From.On, q.To.On), max(q.From.On, q.To.On)
	for _, no := range d.CauseEvents {
		caused := slices.ContainsFunc(o, func(r recorded) bool {
			between := r.on > early && r.on <= late
			return r.no == no && r.remit == d.Remit && r.no <= high && (between || r.no > low)
		})
		if !caused {
			t.Fatalf("event %d did not cause the difference of %v", no, d.Remit)
		}
	}
}

func TestFilteredComparisonIsPartOfTheWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := apply(t, drawHistory(t))
		q := projections.CompareQuery{From: drawAsOf(t, v), To: drawAsOf(t, v)}
		whole, err := v.Compare(q)
		if err != nil {
			t.Fatal(err)
		}
		q.Filter = drawFilter(t)
		part, err := v.Compare(q)
		if err != nil {
			t.Fatal(err)
		}
		lets := func(e projections.Entry) bool { return letsHolding(q.Filter, e.Holding) }
		want := slices.DeleteFunc(whole.Changes, func(d projections.Difference) bool {
			return !letsRemit(q.Filter, d.Remit) || (!slices.ContainsFunc(d.Before, lets) && !slices.ContainsFunc(d.After, lets))
		})
		// Whether persons are the same depends on the roles that were looked at only in what is shown beside it.
		check(t, "filtered differences", part.Changes, want)
	})
}

func TestHistoryLikeTheNaiveModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := drawHistory(t)
		v, o := apply(t, events), oracleOf(events)
		a := drawAsOf(t, v)
		q := projections.HistoryQuery{Function: "alpha", Footprint: "F1", AsOf: a, Limit: rapid.IntRange(0, 3).Draw(t, "limit")}
		var got []projections.Change
		for {
			page, err := v.History(q)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, page.Changes...)
			if page.Next == 0 {
				break
			}
			q.After = page.Next
		}
		var want []projections.Change
		for _, l := range o.lines() {
			if l.remit.Subject.Function == "alpha" && l.remit.Footprint == "F1" {
				want = append(want, o.history(l, a.Known)...)
			}
		}
		slices.SortStableFunc(want, func(a, b projections.Change) int {
			return cmp.Or(cmp.Compare(a.EffectiveOn, b.EffectiveOn), cmp.Compare(a.Event, b.Event))
		})
		checkEvents(t, events, got)
		check(t, "history", withoutEvents(got), want)
	})
}

// checkEvents checks what changes tell of their events.
func checkEvents(t *rapid.T, events []domain.Event, changes []projections.Change) {
	for _, c := range changes {
		e := events[c.Event-1]
		if !c.RecordedAt.Equal(e.RecordedAt) || c.Type != e.Fact.FactType() || c.Entity != e.Fact.Entity() || c.Late != e.Late {
			t.Fatalf("change %+v of event %+v", c, e)
		}
	}
}

func withoutEvents(changes []projections.Change) []projections.Change {
	for i := range changes {
		c := &changes[i]
		*c = projections.Change{
			Remit: c.Remit, Slot: c.Slot, EffectiveOn: c.EffectiveOn, Event: c.Event, Before: c.Before, After: c.After,
			Retraction: c.Retraction, SupersededBy: c.SupersededBy,
		}
	}
	return changes
}

func TestChangesLikeTheNaiveModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := drawHistory(t)
		v, o := apply(t, events), oracleOf(events)
		q := projections.ChangesQuery{Limit: rapid.IntRange(0, 3).Draw(t, "limit"), Filter: drawFilter(t)}
		var got []projections.Change
		for {
			page, err := v.Changes(q)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, page.Changes...)
			if page.Next == 0 {
				break
			}
			q.After = page.Next
		}
		checkEvents(t, events, got)
		check(t, "changes", sortChanges(withoutEvents(got)), sortChanges(o.changes(q.Filter)))
	})
}

// changes returns what each event changed, as known after it.
func (o oracle) changes(f projections.Filter) []projections.Change {
	var changes []projections.Change
	lets := func(h domain.Holding) bool { return letsHolding(f, h) }
	for _, l := range o.lines() {
		for _, r := range o {
			if r.remit != l.remit || r.slot != l.slot || !letsRemit(f, r.remit) {
				continue
			}
			for _, c := range o.history(l, r.no) {
				holders := len(f.Organisations)+len(f.Tiers) == 0 || slices.ContainsFunc(c.Before, lets) || slices.ContainsFunc(c.After, lets)
				if c.Event == r.no && c.EffectiveOn == r.on && holders && !slices.ContainsFunc(changes, func(x projections.Change) bool {
					return x.Event == c.Event && x.Remit == c.Remit && x.Slot == c.Slot && x.EffectiveOn == c.EffectiveOn
				}) {
					changes = append(changes, c)
				}
			}
		}
	}
	return changes
}

func sortChanges(changes []projections.Change) []projections.Change {
	slices.SortFunc(changes, func(a, b projections.Change) int {
		return cmp.Or(cmp.Compare(a.Event, b.Event), domain.CompareRemits(a.Remit, b.Remit), cmp.Compare(a.Slot, b.Slot),
			cmp.Compare(a.EffectiveOn, b.EffectiveOn))
	})
	return changes
}

// TestReplayEqualsRunning checks that views built transaction by transaction, views built at once, and views that know
// only the beginning of the log give the same map to the byte, and the same as the fold under the rules.
func TestReplayEqualsRunning(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := drawHistory(t)
		atOnce, running := apply(t, events), projections.New(now)
		for rest := events; len(rest) > 0; rest = rest[rest[0].Count:] {
			if err := running.Apply(rest[:rest[0].Count]); err != nil {
				t.Fatal(err)
			}
		}
		a := drawAsOf(t, atOnce)
		replayed := apply(t, events[:a.Known])
		want, err := atOnce.Digest(a)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range []*projections.Views{running, replayed} {
			got, err := v.Digest(a)
			if err != nil {
				t.Fatal(err)
			}
			check(t, "digest", got, want)
		}
		latest, err := replayed.Digest(domain.Now(a.On))
		if err != nil {
			t.Fatal(err)
		}
		check(t, "digest of the beginning of the log", latest, want)
	})
}

func TestMapEqualsTheRulesFold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := drawHistory(t)
		v, state := apply(t, events), domain.NewState()
		for _, e := range events {
			if err := state.Apply(e); err != nil {
				t.Fatal(err)
			}
		}
		a := drawAsOf(t, v)
		for _, remit := range state.Holdings.Remits() {
			entries, err := v.At(remit, a)
			if err != nil {
				t.Fatal(err)
			}
			var got []domain.Held
			for _, e := range entries {
				got = append(got, e.Held)
			}
			check(t, "holdings of "+remit.Subject.String(), got, state.Holdings.At(remit, a))
		}
	})
}
