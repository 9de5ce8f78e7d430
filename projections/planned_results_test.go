package projections_test

import (
	"slices"
	"testing"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
)

// A transfer that changes the kind of footprint is planned for what it results in as well; one that takes such a one
// back gives that to nobody.
func TestPlannedShowsWhatATransferResultsIn(t *testing.T) {
	j := transferJournal(t)
	j.commit(established("RGT", domain.TierProvider, date(t, "2022-07-01")))
	j.commit(domain.FunctionDefined{Code: "own", Details: domain.FunctionDetails{
		FootprintKind: domain.KindOwnOperation, OwnOperationOf: []domain.Tier{domain.TierProvider},
	}})
	there := proposed(t, "T1")
	there.Receiver, there.Residue = "RGT", domain.ResidueCeases
	there.Results = []domain.TransferResult{{Function: "own", Footprints: []domain.FootprintCode{"RGT"}}}
	j.commit(there)
	planned := func(function domain.FunctionCode, footprint domain.FootprintCode) []projections.Planned {
		t.Helper()
		answer, err := j.views(t).WhoHolds(projections.HoldersQuery{
			Function: function, Footprint: footprint, AsOf: domain.Now(date(t, "2026-07-01")),
		})
		if err != nil {
			t.Fatal(err)
		}
		return answer.Planned
	}
	for _, c := range []struct {
		function  domain.FunctionCode
		footprint domain.FootprintCode
	}{{"eprr", "06H"}, {"own", "RGT"}} {
		p := planned(c.function, c.footprint)
		if len(p) != 1 || p[0].TransferID != "T1" || p[0].Subject.Function != c.function || p[0].Receiver != "RGT" ||
			!slices.Equal(p[0].Footprints, []domain.FootprintCode{c.footprint}) {
			t.Errorf("planned for %s in %s: %+v", c.function, c.footprint, p)
		}
	}
	j.commit(domain.TransferCompleted{ID: "T1", Function: "eprr", EffectiveOn: date(t, "2026-06-01")})
	back := there
	back.ID, back.Sender, back.Receiver, back.Reverses = "T2", "RGT", "S1Y5D", "T1"
	j.commit(back)
	if p := planned("own", "RGT"); len(p) != 1 || p[0].TransferID != "T2" || p[0].Receiver != "" {
		t.Errorf("planned to end: %+v", p)
	}
	if p := planned("eprr", "06H"); len(p) != 1 || p[0].Receiver != "S1Y5D" {
		t.Errorf("planned to begin again: %+v", p)
	}
}

// A transfer that carries out an exploration shows the option chosen; a condition shows whether its owner is a person
// apart from the body that confirms it.
func TestTransferShowsItsOptionAndItsOwnConditions(t *testing.T) {
	j := transferJournal(t)
	j.commit(domain.TransferExplored{
		ID: "X1", Kind: domain.KindDelegation, Function: "eprr", Sender: "S1Y5D", EffectiveOn: date(t, "2026-06-01"),
		Options: []domain.TransferOption{{Code: "a", Receiver: "Y61"}, {Code: "b"}},
	})
	j.commit(proposed(t, "T1"), domain.OptionChosen{ID: "X1", Option: "a", By: "T1"})
	j.commit(domain.GatewayDecided{
		ID: "T1", Gateway: "confirmation", Decision: domain.DecisionPassWithConditions, DecidedBy: "X24",
		DecidedOn: date(t, "2026-05-01"), State: domain.StateApproved,
		Conditions: []domain.Condition{{ID: "c1", Owner: "Y61"}, {ID: "c2", Owner: "S1Y5D"}, {ID: "c3", Owner: "X24"}},
	})
	view, _, err := j.views(t).Transfer("T1", domain.Latest)
	if err != nil {
		t.Fatal(err)
	}
	if view.Chosen != "a" || view.Replaces != "X1" || len(view.Options) != 1 || view.Options[0].Receiver != "Y61" {
		t.Errorf("chosen %q of %q: %+v", view.Chosen, view.Replaces, view.Options)
	}
	if !slices.Equal(view.OwnConditions, []domain.ConditionID{"c1", "c3"}) {
		t.Errorf("conditions of the same person in law: %v", view.OwnConditions)
	}
}
