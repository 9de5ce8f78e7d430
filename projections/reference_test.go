package projections_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/domain/reference"
	"github.com/remit-register/remit/projections"
)

// wholeReference is the log of a register into which the reference register was loaded.
var wholeReference = sync.OnceValues(loadReference)

func loadReference() (*journal, error) {
	steps, err := reference.Steps(0)
	if err != nil {
		return nil, err
	}
	j, state := newJournal(), domain.NewState()
	made := map[string]domain.TransferID{}
	for i, step := range steps {
		command, err := step.Command(func(id string) (domain.TransferID, error) { return made[id], nil })
		if err != nil {
			return nil, err
		}
		id := fmt.Sprintf("01J%023d", i)
		if err := decide(j, state, command, id); err != nil {
			return nil, fmt.Errorf("%s: %w", step.Key, err)
		}
		made[step.CommandID] = domain.TransferID(id)
	}
	return j, nil
}

func decide(j *journal, state *domain.State, command domain.Command, id string) error {
	decision, err := state.Decide(command, domain.Meta{
		Caller: domain.Caller{Subject: domain.SystemSubject, Roles: []domain.ActorRole{domain.ActorSystem}},
		Now:    now(), Today: domain.DateOf(now()), ID: id, Reason: domain.Text{Clear: reference.Reason},
	})
	if err != nil {
		return err
	}
	first := j.commit(decision.Facts...) - domain.EventNo(len(decision.Facts))
	for _, e := range j.events[first:] {
		if err := state.Apply(e); err != nil {
			return err
		}
	}
	return nil
}

func referenceViews(t testing.TB) *projections.Views {
	t.Helper()
	j, err := wholeReference()
	if err != nil {
		t.Fatal(err)
	}
	return j.views(t)
}

// told writes entries as "accountable X24" or "exercising X24 through Y61", one after the other.
func told(entries []projections.Entry) string {
	var texts []string
	for _, e := range entries {
		text := string(e.Remit.Role) + " " + string(e.Holder)
		if e.ActingThrough != "" {
			text += " through " + string(e.ActingThrough)
		}
		if e.Undetermined {
			text = string(e.Remit.Role) + " ?"
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, ", ")
}

func whoHolds(t testing.TB, v *projections.Views, f domain.FunctionCode, at domain.FootprintCode, on string) projections.Holders {
	t.Helper()
	answer, err := v.WhoHolds(projections.HoldersQuery{Function: f, Footprint: at, AsOf: domain.Now(date(t, on))})
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func TestReferenceWhoHolds(t *testing.T) {
	v := referenceViews(t)
	cases := []struct {
		function  domain.FunctionCode
		footprint domain.FootprintCode
		on, want  string
	}{
		{
			"eprr", "06H", "2026-11-21",
			"accountable S1Y5D, accountable X24, exercising S1Y5D, delivering S1Y5D, funding S1Y5D",
		},
		{
			"eprr", "06H", "2026-03-31",
			"accountable QUE, accountable X24, exercising QUE, delivering QUE, funding QUE",
		},
		{"eprr", "D4U1Y", "2026-11-21", ""},
		{
			"specialised-services", "06H", "2024-01-01",
			"accountable X24, exercising ?, delivering X24, funding X24",
		},
		{
			"specialised-services", "06H", "2026-11-21",
			"accountable X24, exercising S1Y5D, delivering X24, funding S1Y5D",
		},
	}
	for _, c := range cases {
		if got := told(whoHolds(t, v, c.function, c.footprint, c.on).Holdings); got != c.want {
			t.Errorf("%s in %s on %s:\ngot  %s\nwant %s", c.function, c.footprint, c.on, got, c.want)
		}
	}
}

func TestReferenceExpandsBodiesOnTheDate(t *testing.T) {
	v := referenceViews(t)
	cases := []struct {
		code domain.FootprintCode
		on   string
		want int
	}{
		{"S1Y5D", "2026-11-21", 4},
		{"S1Y5D", "2026-03-31", 0},
		{"QNQ", "2026-03-31", 1},
		{"QNQ", "2026-04-01", 0},
		{"06H", "2026-11-21", 1},
		{domain.England, "2026-11-21", 106},
		{"X24", "2026-11-21", 106},
	}
	for _, c := range cases {
		answer := whoHolds(t, v, "eprr", c.code, c.on)
		if len(answer.Footprints) != c.want || !slices.IsSorted(answer.Footprints) {
			t.Errorf("%s on %s: got %v, want %d footprints", c.code, c.on, answer.Footprints, c.want)
		}
	}
	_, err := v.WhoHolds(projections.HoldersQuery{Function: "no-such", Footprint: "06H", AsOf: domain.Now(1)})
	wantRefusal(t, err, domain.UnknownFunction)
	_, err = v.WhoHolds(projections.HoldersQuery{Function: "eprr", Footprint: "NOPE", AsOf: domain.Now(1)})
	wantRefusal(t, err, domain.UnknownFootprint)
}

// TestReferencePlansStayApart checks that the two plans for vaccination and screening that were replaced before they
// happened are visible beside the one that stands, and that none of them moved anything.
func TestReferencePlansStayApart(t *testing.T) {
	v := referenceViews(t)
	answer := whoHolds(t, v, "vaccination-screening", "06H", "2027-04-01")
	if before := whoHolds(t, v, "vaccination-screening", "06H", "2026-11-21"); told(answer.Holdings) != told(before.Holdings) {
		t.Errorf("planned is shown as happened: %s", told(answer.Holdings))
	}
	if len(answer.Planned) != 3 {
		t.Fatalf("got %d plans, want 3: %+v", len(answer.Planned), answer.Planned)
	}
	for i, on := range []string{"2025-04-01", "2026-04-01", "2027-04-01"} {
		p := answer.Planned[i]
		state, replacedBy := domain.StateReplaced, domain.TransferID("")
		if i < 2 {
			replacedBy = answer.Planned[i+1].TransferID
		} else {
			state = domain.StatePlanned
		}
		if p.EffectiveOn != date(t, on) || p.State != state || p.ReplacedBy != replacedBy ||
			!slices.Equal(p.Footprints, []domain.FootprintCode{"06H"}) {
			t.Errorf("plan %d: %+v", i, p)
		}
	}
	roles := projections.HoldersQuery{
		Function: "vaccination-screening", Footprint: "06H", Role: domain.RoleDelivering, AsOf: answer.AsOf,
	}
	delivering, err := v.WhoHolds(roles)
	if err != nil || len(delivering.Planned) != 2 {
		t.Errorf("the third plan leaves the work where it is: %+v, %v", delivering.Planned, err)
	}
}

func TestReferenceComparisonListsWhatMovedAndNothingElse(t *testing.T) {
	v := referenceViews(t)
	q := projections.CompareQuery{
		From: domain.Now(date(t, "2026-03-31")), To: domain.Now(date(t, "2026-04-01")),
		Filter: projections.Filter{Functions: []domain.FunctionCode{"eprr"}},
	}
	answer, err := v.Compare(q)
	if err != nil {
		t.Fatal(err)
	}
	moved := map[domain.FootprintCode]int{}
	for _, d := range answer.Changes {
		moved[d.Remit.Footprint]++
		for _, no := range d.CauseEvents {
			if e, err := v.Event(no); err != nil || e.EffectiveOn != q.To.On {
				t.Errorf("%v was caused by event %d of %s", d.Remit, no, e.EffectiveOn)
			}
		}
		if told(d.Before) == told(d.After) || len(d.CauseEvents) == 0 {
			t.Errorf("%v: before %s, after %s, by %v", d.Remit, told(d.Before), told(d.After), d.CauseEvents)
		}
	}
	// What moved is what another ICB covers since that day.
	coverage := map[domain.FootprintCode]bool{}
	footprints, err := v.Footprints(projections.FootprintQuery{AsOf: q.To})
	if err != nil {
		t.Fatal(err)
	}
	for _, fp := range footprints.Footprints {
		for _, c := range fp.Covered {
			if (c.From == q.To.On) || c.To == q.To.On {
				coverage[fp.Code] = true
			}
		}
	}
	for code := range coverage {
		if moved[code] != 4 {
			t.Errorf("%s: %d roles moved, want 4", code, moved[code])
		}
	}
	if len(moved) != len(coverage) {
		t.Errorf("%d footprints moved, want the %d that have another ICB", len(moved), len(coverage))
	}
	quiet, err := v.Compare(projections.CompareQuery{From: q.To, To: domain.Now(date(t, "2026-11-21")), Filter: q.Filter})
	if err != nil || len(quiet.Changes) != 0 {
		t.Errorf("%d differences between two days without a change, %v", len(quiet.Changes), err)
	}
}

func TestReferenceOrganisations(t *testing.T) {
	v := referenceViews(t)
	asOf := domain.Now(date(t, "2026-11-21"))
	nhse, _, err := v.Organisation("X24", asOf)
	if err != nil {
		t.Fatal(err)
	}
	if nhse.Name != "NHS England" || len(nhse.Names) != 2 || nhse.Names[0].Value != "NHS Commissioning Board" ||
		nhse.Names[0].To != date(t, "2022-07-01") || len(nhse.Planned) == 0 {
		t.Errorf("NHS England: %+v", nhse)
	}
	board, _, err := v.Organisation("X24", domain.Now(date(t, "2020-01-01")))
	if err != nil || board.Name != "NHS Commissioning Board" {
		t.Errorf("in 2020: %q, %v", board.Name, err)
	}
	icb, _, err := v.Organisation("S1Y5D", asOf)
	if err != nil {
		t.Fatal(err)
	}
	if !icb.IsOpen || icb.Region != "Y61" || icb.Person != "S1Y5D" || icb.OpenedOn != date(t, "2026-04-01") ||
		!slices.Equal(icb.Coverage, []domain.FootprintCode{"06H", "06K", "06N", "M1J4Y"}) || len(icb.Predecessors) != 3 {
		t.Errorf("Central East: %+v", icb)
	}
	region, _, err := v.Organisation("Y61", asOf)
	if err != nil || region.Person != "X24" || region.LegalPerson || !slices.Contains(region.Members, "S1Y5D") {
		t.Errorf("East of England: %+v, %v", region, err)
	}
	closed, _, err := v.Organisation("QNQ", asOf)
	if err != nil || closed.IsOpen || closed.ClosedOn != date(t, "2026-04-01") || len(closed.Successors) != 3 {
		t.Errorf("Frimley: %+v, %v", closed, err)
	}
	_, _, err = v.Organisation("NOPE", asOf)
	wantRefusal(t, err, domain.UnknownOrganisation)
}

func TestReferenceLists(t *testing.T) {
	v := referenceViews(t)
	count := func(q projections.OrganisationQuery) int {
		q.Limit = 10
		n := 0
		for {
			page, err := v.Organisations(q)
			if err != nil {
				t.Fatal(err)
			}
			n += len(page.Organisations)
			if page.Next == "" {
				return n
			}
			q.AsOf, q.After = page.AsOf, page.Next
		}
	}
	icbs := []domain.Tier{domain.TierICB}
	open := projections.OrganisationQuery{AsOf: domain.Now(date(t, "2026-11-21")), Tiers: icbs, OpenOnly: true}
	if n := count(open); n != 36 {
		t.Errorf("%d ICBs are open, want 36", n)
	}
	open.AsOf = domain.Now(date(t, "2026-03-31"))
	if n := count(open); n != 42 {
		t.Errorf("%d ICBs were open, want 42", n)
	}
	if n := count(projections.OrganisationQuery{AsOf: open.AsOf, Tiers: icbs}); n != 48 {
		t.Errorf("%d ICBs are known, want 48", n)
	}
	inRegion := projections.OrganisationQuery{AsOf: domain.Now(date(t, "2026-11-21")), Region: "Y61", Tiers: icbs, OpenOnly: true}
	inParent := inRegion
	inParent.Region, inParent.Parent = "", "Y61"
	if n := count(inRegion); n == 0 || n != count(inParent) {
		t.Errorf("%d ICBs in the region, %d that belong to it", n, count(inParent))
	}
	footprints, err := v.Footprints(projections.FootprintQuery{AsOf: inRegion.AsOf, OpenOnly: true, Organisation: "S1Y5D"})
	if err != nil || len(footprints.Footprints) != 4 || footprints.Footprints[0].Region != "Y61" {
		t.Errorf("footprints: %+v, %v", footprints, err)
	}
	functions, err := v.Functions(projections.FunctionQuery{AsOf: inRegion.AsOf})
	if err != nil || len(functions.Functions) != 66 {
		t.Errorf("%d functions, %v, want 66", len(functions.Functions), err)
	}
	instrument, _, err := v.Instrument("nhsa2006-s65z5", inRegion.AsOf)
	if err != nil || instrument.Status != domain.InstrumentStatusInForce {
		t.Errorf("instrument %+v, %v", instrument, err)
	}
	instruments, err := v.Instruments(projections.InstrumentQuery{AsOf: inRegion.AsOf, MayCarry: domain.KindDelegation})
	if err != nil || len(instruments.Instruments) == 0 || len(instruments.Instruments) == 9 {
		t.Errorf("%d instruments may carry a delegation, %v", len(instruments.Instruments), err)
	}
}

func TestReferenceRegionalMap(t *testing.T) {
	v := referenceViews(t)
	asOf := domain.Now(date(t, "2026-11-21"))
	page, err := v.Map(projections.MapQuery{AsOf: asOf, Filter: projections.Filter{Tiers: []domain.Tier{domain.TierRegional}}})
	if err != nil || len(page.Holdings) == 0 {
		t.Fatalf("%d holdings of regions, %v", len(page.Holdings), err)
	}
	for _, e := range page.Holdings {
		if e.Remit.Role.NeedsLegalPerson() && (e.Holder != "X24" || e.ActingThrough == "") {
			t.Errorf("%v is held by %s through %q", e.Remit, e.Holder, e.ActingThrough)
		}
	}
	_, err = v.Map(projections.MapQuery{AsOf: asOf, Filter: projections.Filter{Organisations: []domain.OrganisationCode{"NOPE"}}})
	wantRefusal(t, err, domain.UnknownOrganisation)
	_, err = v.Map(projections.MapQuery{AsOf: asOf, Filter: projections.Filter{Functions: []domain.FunctionCode{"nope"}}})
	wantRefusal(t, err, domain.UnknownFunction)
}

func TestReferenceReplaysToTheSameDigest(t *testing.T) {
	j, err := wholeReference()
	if err != nil {
		t.Fatal(err)
	}
	asOf := domain.AsOf{On: date(t, "2024-06-01"), Known: 2000}
	first, err := j.views(t).Digest(asOf)
	if err != nil {
		t.Fatal(err)
	}
	replayed := viewsOf(t, j.events[:first.AsOf.Known])
	second, err := replayed.Digest(domain.Now(asOf.On))
	if err != nil || second != first || !strings.HasPrefix(first.Digest, "v1:sha256:") || first.Holdings == 0 {
		t.Errorf("got %+v and %+v, %v", first, second, err)
	}
}
