package projections_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
)

// packageJournal has the transfer of readyJournal, two more, and a package of the first and the third, which was
// withdrawn since.
func packageJournal(t *testing.T) *journal {
	j := readyJournal(t)
	third := proposed(t, "T3")
	third.Gateways = []domain.GatewayPlan{{Code: "confirmation", Party: domain.PartyConfirmer, Decider: "X24", Role: domain.ActorPanel}}
	j.commit(proposed(t, "T2"), third)
	j.commit(domain.PackageFormed{ID: "P1", Name: "First wave", Members: []domain.TransferID{"T1", "T3"}})
	return j
}

func ready(t *testing.T, v *projections.Views, q projections.ReadinessQuery) projections.ReadinessPage {
	t.Helper()
	page, err := v.Readiness(q)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

func TestReadinessOfPackages(t *testing.T) {
	j := packageJournal(t)
	formed := domain.EventNo(len(j.events))
	j.commit(domain.TransferScheduled{ID: "T3", EffectiveOn: date(t, "2026-07-01")})
	at := domain.Now(date(t, "2026-03-01"))
	page := ready(t, j.views(t), projections.ReadinessQuery{AsOf: at, Limit: 1})
	if len(page.Packages) != 1 || len(page.Transfers) != 1 || !slices.Equal(page.Transfers[0].Packages, []string{"P1"}) {
		t.Fatalf("page %+v", page)
	}
	p := page.Packages[0]
	want := "First wave [{assessing 1} {scheduled 1}] [{sender-readiness 1 1} {receiver-readiness 0 1} {confirmation 0 2}] 2026-06-01 2026-07-01"
	if got := fmt.Sprintf("%s %v %v %s %s", p.Name, p.Stages, p.Gateways, p.DueFrom, p.DueUntil); got != want {
		t.Errorf("package %s, want %s", got, want)
	}
	if p.OpenConditions != 1 || p.OverdueConditions != 1 {
		t.Errorf("%d conditions open, %d overdue", p.OpenConditions, p.OverdueConditions)
	}
	if next := ready(t, j.views(t), projections.ReadinessQuery{AsOf: at, Limit: 1, After: "T1"}); len(next.Packages) != 1 || len(next.Transfers[0].Packages) != 0 {
		t.Errorf("the next page %+v", next)
	}
	before := ready(t, j.views(t), projections.ReadinessQuery{AsOf: domain.AsOf{On: at.On, Known: formed - 1}})
	if len(before.Packages) != 0 || len(before.Transfers) != 3 {
		t.Errorf("before it was formed %+v", before.Packages)
	}
	// One of them is dropped: it is counted by where it stands, and for nothing else.
	j.commit(domain.TransferWithdrawn{ID: "T3"})
	p = ready(t, j.views(t), projections.ReadinessQuery{AsOf: at}).Packages[0]
	if fmt.Sprint(p.Stages) != "[{assessing 1} {withdrawn 1}]" || p.DueUntil != date(t, "2026-06-01") || len(p.Gateways) != 3 || p.Gateways[2].Transfers != 1 {
		t.Errorf("with one withdrawn %+v", p)
	}
	if none := ready(t, j.views(t), projections.ReadinessQuery{AsOf: at, Transfer: "T2"}); len(none.Packages) != 0 {
		t.Errorf("packages of a transfer in none %+v", none.Packages)
	}
}

// TestPaperTakesAPackageTogether checks that what one body has to do about several transfers of a package is one line.
func TestPaperTakesAPackageTogether(t *testing.T) {
	j := packageJournal(t)
	j.commit(assessed("T1", domain.PartyReceiver, 0))
	j.commit(domain.GatewayDecided{
		ID: "T1", Gateway: "receiver-readiness", Decision: domain.DecisionPass, DecidedOn: date(t, "2026-02-02"), State: domain.StateAssessing,
	})
	q := projections.PaperQuery{AsOf: domain.Now(date(t, "2026-02-10")), Organisations: []domain.OrganisationCode{"X24"}}
	lines := linesOf(paper(t, j.views(t), q), projections.SectionDecisions)
	const want = "to decide the gateway confirmation of eprr from Body S1Y5D (S1Y5D) to Body Y61 (Y61), and the same for 1 more of the package " +
		"First wave (package/P1) (transfer/T1, transfer/T3, "
	if !strings.Contains(lines, want) || strings.Contains(lines, "\n") {
		t.Errorf("decisions %s, want %s", lines, want)
	}
}

// TestReadinessWithoutReceiver checks the functions that have no receiver against the findings about them.
func TestReadinessWithoutReceiver(t *testing.T) {
	v := referenceViews(t)
	at := domain.Now(date(t, "2026-11-21"))
	page := ready(t, v, projections.ReadinessQuery{AsOf: at})
	var codes []string
	for _, f := range page.WithoutReceiver {
		codes = append(codes, string(f.Function))
		if len(f.Organisations) != 36 || f.Footprints != 106 || f.Name == "" || f.Remedy == "" || len(f.Events) == 0 || len(f.Exploring) != 0 {
			t.Errorf("%s: %+v", f.Function, f)
		}
	}
	// Those of the Model ICB that go to no one, or to where there is no body in law: see functions.csv.
	const want = "continuing-healthcare gp-it infection-prevention place-partnerships primary-care-operations safeguarding send"
	if got := strings.Join(codes, " "); got != want {
		t.Errorf("without a receiver: %s, want %s", got, want)
	}
	one := ready(t, v, projections.ReadinessQuery{
		AsOf: at, Functions: []domain.FunctionCode{"send", "eprr"}, Organisations: []domain.OrganisationCode{"Y61"},
	})
	if len(one.WithoutReceiver) != 1 || !slices.Contains(one.WithoutReceiver[0].Organisations, "S1Y5D") || len(one.WithoutReceiver[0].Organisations) > 6 ||
		one.WithoutReceiver[0].Message != "Special educational needs and disabilities is to be reviewed for transfer and has no receiver." {
		t.Errorf("of a region %+v", one.WithoutReceiver)
	}
	if later := ready(t, v, projections.ReadinessQuery{AsOf: at, After: page.Transfers[0].ID}); len(later.WithoutReceiver) != 0 {
		t.Errorf("on a later page %+v", later.WithoutReceiver)
	}
}

func TestReadinessNamesExplorations(t *testing.T) {
	j := transferJournal(t)
	j.commit(domain.FunctionRevised{Code: "eprr", Details: domain.FunctionDetails{
		FootprintKind: domain.KindLocation, Category: domain.CategoryReviewForTransfer, ReceiverClaim: "no_receiver",
	}})
	j.commit(domain.TransferExplored{
		ID: "T1", Kind: domain.KindDelegation, Function: "eprr", Sender: "S1Y5D", Footprints: []domain.FootprintCode{"06H"},
		Options: []domain.TransferOption{{Code: "a", Receiver: "Y61"}, {Code: "b"}},
	})
	page := ready(t, j.views(t), projections.ReadinessQuery{AsOf: domain.Now(date(t, "2026-03-01"))})
	if len(page.WithoutReceiver) != 1 || !slices.Equal(page.WithoutReceiver[0].Exploring, []domain.TransferID{"T1"}) {
		t.Errorf("without a receiver %+v", page.WithoutReceiver)
	}
}
