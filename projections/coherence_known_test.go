package projections_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
)

// programme draws facts about transfers, arrangements, claims and the rest, among one another in no order that any rule
// would allow: what is recorded is recorded.
type programme struct{ *rapid.T }

func (p programme) day(label string) domain.Date {
	return domain.Date(rapid.IntRange(1, worldDays).Draw(p.T, label))
}

func (p programme) body(label string) domain.OrganisationCode {
	return rapid.SampledFrom([]domain.OrganisationCode{"NAT", "REG", "ICA", "ICB"}).Draw(p.T, label)
}

func (p programme) transfer() domain.TransferID {
	return rapid.SampledFrom([]domain.TransferID{"T1", "T2"}).Draw(p.T, "transfer")
}

func (p programme) change() domain.HoldingChange {
	c := drawChange(p.T)
	for i := range c.Holdings {
		c.Holdings[i].Arrangement = rapid.SampledFrom([]domain.ArrangementID{"", "D1", "D2", "T1"}).Draw(p.T, "arrangement")
	}
	return c
}

func (p programme) fact() domain.Fact {
	facts := []func() domain.Fact{
		p.proposal, p.occurrence, p.delegation,
		func() domain.Fact {
			return domain.FunctionAllocated{Function: "alpha", Changes: []domain.HoldingChange{p.change()}}
		},
		func() domain.Fact {
			return domain.TransferCompleted{ID: p.transfer(), EffectiveOn: p.day("completed"), Changes: []domain.HoldingChange{p.change()}}
		},
		func() domain.Fact { return domain.TransferWithdrawn{ID: p.transfer()} },
		func() domain.Fact { return domain.TermsSet{ID: p.transfer(), Material: true} },
		func() domain.Fact {
			rating := domain.DomainRating{Domain: "people", Evidence: []domain.Evidence{{ExpiresOn: p.day("expires")}}}
			return domain.ReadinessAssessed{ID: p.transfer(), Party: domain.PartySender, Ratings: []domain.DomainRating{rating}}
		},
		func() domain.Fact {
			return domain.GatewayDecided{
				ID: p.transfer(), Gateway: "confirmation", Decision: domain.DecisionPass, DecidedOn: p.day("decided"), State: domain.StateApproved,
			}
		},
		func() domain.Fact {
			return domain.MilestoneRecorded{ID: p.transfer(), Milestone: domain.Milestone{Kind: domain.MilestoneStaff, PlannedOn: p.day("milestone")}}
		},
		func() domain.Fact {
			amount := rapid.Int64Range(-5, 5).Draw(p.T, "pounds")
			return domain.CostRecorded{Organisation: p.body("spends"), Transfer: p.transfer(), Class: domain.CostRunning, Pounds: amount, Year: "0000/01"}
		},
		func() domain.Fact {
			return populated(p.body("counted"), domain.PopulationRegistered, 1, 5, p.day("counted from"))
		},
		p.claim, p.instrument, p.announcement,
		func() domain.Fact {
			return domain.RemitsAttested{Organisation: p.body("attests"), EffectiveOn: p.day("attested"), Agrees: rapid.Bool().Draw(p.T, "agrees")}
		},
		func() domain.Fact {
			claim := rapid.SampledFrom([]string{"", "no_receiver", "not_claimed", "contested"}).Draw(p.T, "receiver claim")
			return domain.FunctionRevised{Code: "alpha", Details: domain.FunctionDetails{
				FootprintKind: domain.KindLocation, Category: domain.CategoryReviewForTransfer, ReceiverClaim: claim, LegalStatus: domain.LegalUnknown,
			}}
		},
	}
	return rapid.SampledFrom(facts).Draw(p.T, "fact")()
}

func (p programme) proposal() domain.Fact {
	return domain.TransferProposed{
		ID: p.transfer(), Kind: domain.KindDelegation, Function: "alpha", Sender: p.body("sender"), Receiver: p.body("receiver"),
		Footprints: worldFootprints[:2], Roles: domain.Roles()[1:2], EffectiveOn: p.day("proposed for"),
		Gateways: []domain.GatewayPlan{{Code: "confirmation", Party: domain.PartySender, Decider: "NAT", SameLegalPerson: true}},
	}
}

func (p programme) occurrence() domain.Fact {
	change := p.change()
	return domain.OccurrenceRecorded{
		Kind: domain.KindDelegation, Function: "alpha", From: p.body("from"), To: p.body("to"), Roles: change.Roles,
		Footprints: change.Footprints, EffectiveOn: change.On, Arrangement: "D1", Instrument: "power",
		Changes: []domain.HoldingChange{change},
	}
}

func (p programme) delegation() domain.Fact {
	on := p.day("delegation")
	switch rapid.IntRange(0, 2).Draw(p.T, "delegation's step") {
	case 0:
		return domain.FunctionDelegated{
			ID: "D2", Function: "alpha", Delegator: p.body("delegator"), Delegate: p.body("delegate"), EffectiveOn: on,
			Footprints: worldFootprints[1:], Terms: domain.Terms{ReviewOn: p.day("review"), EndsOn: p.day("end")},
		}
	case 1:
		return domain.DelegationAccepted{ID: "D2", EffectiveOn: on, Changes: []domain.HoldingChange{p.change()}}
	default:
		return domain.DelegationRevoked{ID: "D2", EffectiveOn: on}
	}
}

func (p programme) claim() domain.Fact {
	return domain.RemitClaimed{
		Claimant: p.body("claimant"), Function: "alpha", Footprints: worldFootprints[:1], Roles: domain.Roles()[:2],
		Holds: rapid.Bool().Draw(p.T, "holds"), EffectiveOn: p.day("claimed from"),
	}
}

func (p programme) instrument() domain.Fact {
	on := p.day("instrument")
	switch rapid.IntRange(0, 2).Draw(p.T, "instrument's step") {
	case 0:
		return domain.InstrumentRegistered{Code: "power", Details: domain.InstrumentDetails{MayCarry: []domain.TransferKind{domain.KindDelegation}}}
	case 1:
		return domain.InstrumentCommenced{Code: "power", Commencement: domain.Commencement{On: on}}
	default:
		return domain.InstrumentDiscarded{Code: "power", EffectiveOn: on}
	}
}

func (p programme) announcement() domain.Fact {
	return domain.ReorganisationPlanned{
		ID: "R1", Kind: domain.SuccessionMerge, Originals: []domain.OrganisationCode{p.body("merges")}, EffectiveOn: p.day("merger"),
	}
}

func drawProgramme(t *rapid.T) []domain.Event {
	j := newWorld()
	j.clock = j.clock.AddDate(-2025, 0, 0) // what holds from its recording then holds in the days of the world
	for range rapid.IntRange(1, 25).Draw(t, "facts") {
		j.commit(programme{t}.fact())
	}
	return j.events
}

// TestWhatWasKnownThenIsFoundAgain checks that findings, envelope and shift as known at a position are those that a
// register which knows only the beginning of the log gives, and that what every finding must show it shows.
func TestWhatWasKnownThenIsFoundAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := drawProgramme(t)
		v := apply(t, events)
		a := drawAsOf(t, v)
		then := apply(t, events[:a.Known])
		today := domain.Date(rapid.IntRange(1, worldDays).Draw(t, "today"))
		q := projections.CoherenceQuery{AsOf: a, Today: today, Until: a.On + 2}
		got, err := v.Coherence(q)
		if err != nil {
			t.Fatal(err)
		}
		want, err := then.Coherence(q)
		if err != nil {
			t.Fatal(err)
		}
		check(t, "findings", got, want)
		for _, f := range got.Findings {
			if f.Since > q.Until || len(f.CauseEvents) == 0 || f.CauseEvents[len(f.CauseEvents)-1] > a.Known ||
				f.CauseEvents[0] == 0 || !slices.Contains(projections.FindingKinds(), f.Kind) {
				t.Fatalf("finding %+v", f)
			}
		}
		check(t, "envelope", fmt.Sprint(v.Envelope(projections.EnvelopeQuery{AsOf: a, Year: "0000/01"})),
			fmt.Sprint(then.Envelope(projections.EnvelopeQuery{AsOf: a, Year: "0000/01"})))
		shift := projections.ShiftQuery{From: 1, Until: worldDays, Known: a.Known}
		check(t, "shift", fmt.Sprint(v.Shift(shift)), fmt.Sprint(then.Shift(shift)))
	})
}

// TestEveryDayOfTheProgrammeIsLookedAt asks day by day what one question about a stretch of days must answer, of all
// kinds.
func TestEveryDayOfTheProgrammeIsLookedAt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := apply(t, drawProgramme(t))
		today := domain.Date(rapid.IntRange(1, worldDays).Draw(t, "today"))
		q := projections.CoherenceQuery{AsOf: drawAsOf(t, v), Today: today, Until: worldDays + 2}
		whole, err := v.Coherence(q)
		if err != nil {
			t.Fatal(err)
		}
		want := map[found]bool{}
		for on := q.AsOf.On; on <= q.Until; on++ {
			day, err := v.Coherence(projections.CoherenceQuery{AsOf: domain.AsOf{On: on, Known: q.AsOf.Known}, Today: today})
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range day.Findings {
				want[found{f.Kind, f.Function, f.Organisation, ""}] = true
			}
		}
		got := map[found]bool{}
		for _, f := range whole.Findings {
			got[found{f.Kind, f.Function, f.Organisation, ""}] = true
		}
		check(t, "findings", got, want)
	})
}
