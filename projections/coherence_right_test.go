package projections_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
)

// A correction of what happened takes nothing away from it: no safeguard was met by that. What another correction only
// brings back is held by virtue of it again; what never happened needs none.
func TestSafeguardsOfWhatWasPutRight(t *testing.T) {
	j := transferJournal(t)
	happened := arrangedBy(t, "", "S1Y5D", "X24", "2024-01-01", "")
	happened.Kind = domain.KindDelivery
	no := j.commit(happened)
	change := happened.Changes[0]
	taken := change
	taken.Holdings, taken.Retracts = nil, true
	right := change
	right.On, right.Holdings = date(t, "2024-02-01"), []domain.Holding{{Holder: "Y61"}}
	corrected := j.commit(domain.Corrected{
		Event: no, Holder: "Y61", EffectiveOn: right.On, Changes: []domain.HoldingChange{taken, right},
	})
	unmet := func(on string) projections.Finding {
		t.Helper()
		found := coherence(t, j.views(t), on, projections.FindingSafeguardUnmet)
		if len(found) != 4 {
			t.Fatalf("on %s: %+v", on, found)
		}
		return found[0]
	}
	none(t, j.views(t), "2024-01-15", projections.FindingSafeguardUnmet)
	f := unmet("2024-06-01")
	if f.Since != right.On || !slices.Equal(f.CauseEvents, []domain.EventNo{no, corrected}) {
		t.Errorf("put right: %+v", f)
	}
	// A baseline takes its place on the date, and is taken back.
	other := right
	other.Holdings = []domain.Holding{{Holder: "S1Y5D", Source: "a map"}}
	wrong := j.commit(domain.FunctionAllocated{Function: "eprr", EffectiveOn: right.On, Changes: []domain.HoldingChange{other}})
	none(t, j.views(t), "2024-06-01", projections.FindingSafeguardUnmet)
	j.commit(domain.Corrected{Event: wrong, Withdrawn: true, Changes: []domain.HoldingChange{right}})
	unmet("2024-06-01")
	taken.On = right.On
	j.commit(domain.Corrected{Event: corrected, Withdrawn: true, Changes: []domain.HoldingChange{taken}})
	none(t, j.views(t), "2024-06-01", projections.FindingSafeguardUnmet)
}

// What a body decided is not laid at the door of the one that followed it.
func TestSamePersonIsTheOneThatDecided(t *testing.T) {
	j := transferJournal(t)
	j.commit(proposed(t, "T1"))
	j.commit(domain.GatewayDecided{
		ID: "T1", Gateway: "confirmation", Decision: domain.DecisionPass, DecidedBy: "X24", DecidedOn: date(t, "2026-01-10"),
		State: domain.StateApproved,
	})
	only(t, j.views(t), "2026-02-01", projections.FindingSameLegalPerson)
	j.commit(domain.MatterDisposed{
		Matter: domain.Matter{Kind: domain.MatterTransfer, ID: "T1"}, Disposition: domain.DispositionMoves, From: "S1Y5D", To: "QNEW",
		EffectiveOn: date(t, "2026-01-20"),
		Gateways:    []domain.GatewayPlan{{Code: "confirmation", Decider: "Y61", SameLegalPerson: true}},
	})
	none(t, j.views(t), "2026-02-01", projections.FindingSameLegalPerson)
}

// What is passed on without power is what the arrangement above is about: its roles, in its footprints.
func TestNoPowerOverWhatIsOnesOwn(t *testing.T) {
	for footprint, want := range map[domain.FootprintCode]bool{"06H": true, "06K": false} {
		for _, role := range []domain.Role{domain.RoleExercising, domain.RoleFunding} {
			j := transferJournal(t)
			j.commit(registered("power", domain.InstrumentDetails{
				MayCarry: []domain.TransferKind{domain.KindDelegation}, Commencements: []domain.Commencement{{On: date(t, "2022-07-01")}},
			}))
			above := arrangedBy(t, "D1", "X24", "S1Y5D", "2023-01-01", "power")
			above.Roles = []domain.Role{role}
			j.commit(above)
			below := arrangedBy(t, "D2", "S1Y5D", "Y61", "2024-01-01", "power")
			below.Footprints, below.Changes[0].Footprints = []domain.FootprintCode{footprint}, []domain.FootprintCode{footprint}
			j.commit(below)
			if found := coherence(t, j.views(t), "2024-06-01", projections.FindingNoPower); len(found) > 0 != (want && role == domain.RoleExercising) {
				t.Errorf("%s in %s: %+v", role, footprint, found)
			}
		}
	}
}

// Nobody knows who followed one party from the day on which it ended, whatever became of the other one since.
func TestUndeterminedSinceThePartyEnded(t *testing.T) {
	j := transferJournal(t)
	j.commit(arrangedBy(t, "D1", "S1Y5D", "X24", "2024-01-01", ""))
	disposed := func(from, to domain.OrganisationCode, what domain.Disposition, on string) domain.MatterDisposed {
		return domain.MatterDisposed{
			Matter: domain.Matter{Kind: domain.MatterDelegation, ID: "D1"}, Disposition: what, From: from, To: to, EffectiveOn: date(t, on),
		}
	}
	unknown := j.commit(disposed("X24", "", domain.DispositionUndetermined, "2025-01-01"))
	j.commit(disposed("S1Y5D", "Y61", domain.DispositionMoves, "2026-01-01"))
	none(t, j.views(t), "2024-12-31", projections.FindingUndetermined)
	f := only(t, j.views(t), "2025-06-01", projections.FindingUndetermined)
	if f.Since != date(t, "2025-01-01") || !slices.Equal(f.CauseEvents, []domain.EventNo{unknown}) {
		t.Errorf("found %+v", f)
	}
}

// What took effect, or was reached, after its date had passed was late until then.
func TestLateUntilItHappened(t *testing.T) {
	j := transferJournal(t)
	late := proposed(t, "T1")
	late.EffectiveOn = date(t, "2026-05-01")
	j.commit(late)
	j.commit(completed(t, "T1"))
	v := j.views(t)
	none(t, v, "2026-05-01", projections.FindingDrift)
	f := only(t, v, "2026-05-31", projections.FindingDrift)
	if f.Since != date(t, "2026-05-02") || !strings.Contains(f.Message, "is completed from 2026-06-01 only and was due on 2026-05-01") {
		t.Errorf("found %+v", f)
	}
	none(t, v, "2026-06-01", projections.FindingDrift)
	step := domain.Milestone{Kind: domain.MilestoneStaff, PlannedOn: date(t, "2026-07-01"), ActualOn: date(t, "2026-08-01")}
	j.commit(domain.MilestoneRecorded{ID: "T1", Milestone: step})
	v = j.views(t)
	only(t, v, "2026-07-31", projections.FindingDrift)
	none(t, v, "2026-08-01", projections.FindingDrift)
}

// What a plan leaves with somebody is asked for in what the function is divided into on the date, and not in parts that
// it was divided into later.
func TestPlansOpenNothingInPartsToCome(t *testing.T) {
	j := transferJournal(t)
	planned := proposed(t, "T1")
	planned.Kind, planned.Receiver, planned.Roles = domain.KindStatutory, "X24", []domain.Role{domain.RoleAccountable}
	planned.Retained = []domain.Retained{{Role: domain.RoleOverview, Holder: "S1Y5D"}}
	known := j.commit(planned)
	divided := domain.FunctionDivided{
		Code: "eprr", Parts: []domain.Part{{Code: "one"}}, Rest: domain.Part{Code: "rest"}, EffectiveOn: date(t, "2027-01-01"),
	}
	for _, part := range []domain.PartCode{"", "one", "rest"} {
		change := domain.HoldingChange{
			On: divided.EffectiveOn, Subjects: []domain.Subject{{Function: "eprr", Part: part}}, Roles: []domain.Role{domain.RoleAccountable},
			Footprints: []domain.FootprintCode{"06H", "06K"},
		}
		if part != "" {
			change.Holdings = []domain.Holding{{Holder: "S1Y5D"}}
		}
		divided.Changes = append(divided.Changes, change)
	}
	j.commit(divided)
	for _, at := range []domain.EventNo{known, domain.Latest} {
		answer, err := j.views(t).Coherence(projections.CoherenceQuery{
			AsOf: domain.AsOf{On: date(t, "2026-05-01"), Known: at}, Until: date(t, "2026-07-01"),
			Kinds: []projections.FindingKind{projections.FindingUnaccountable},
		})
		if err != nil || len(answer.Findings) > 0 {
			t.Errorf("as known at %d: %+v, %v", at, answer.Findings, err)
		}
	}
}

// Of an announcement that is carried out in part only the rest is planned: the transfer that carries it out is told
// itself, before and after.
func TestShiftTellsWhatIsPlannedOnce(t *testing.T) {
	j := transferJournal(t)
	j.commit(domain.TransferPlanned{
		ID: "P1", Kind: domain.KindDelegation, Function: "eprr", Sender: "S1Y5D", EffectiveOn: date(t, "2026-06-01"),
		Moves: []domain.Move{{Receiver: "Y61", Footprints: []domain.FootprintCode{"06H", "06K"}}},
		Roles: []domain.Role{domain.RoleExercising, domain.RoleDelivering},
	})
	want := func(remits, transfers int) {
		t.Helper()
		shift, err := j.views(t).Shift(projections.ShiftQuery{From: date(t, "2026-06-01"), Until: date(t, "2026-06-30"), Known: domain.Latest})
		if err != nil || len(shift.Planned) != 1 || shift.Planned[0].Remits != remits || shift.Planned[0].Transfers != transfers {
			t.Errorf("planned: %+v, %v", shift.Planned, err)
		}
	}
	want(4, 1)
	carries := proposed(t, "T1")
	carries.Plan = "P1"
	j.commit(carries)
	want(4, 2)
	j.commit(completed(t, "T1"))
	want(2, 1)
}
