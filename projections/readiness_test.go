package projections_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
)

// readyJournal has a transfer with three gateways, assessed by the sender on evidence that expires, passed there with a
// condition, and nothing said by the receiver.
func readyJournal(t *testing.T) *journal {
	j := transferJournal(t)
	f := proposed(t, "T1")
	f.Domains = []string{"people", "money_risk"}
	f.Gateways = []domain.GatewayPlan{
		{Code: "sender-readiness", Party: domain.PartySender, Decider: "S1Y5D", Role: domain.ActorBoard},
		{Code: "receiver-readiness", Party: domain.PartyReceiver, Decider: "Y61", Role: domain.ActorBoard},
		{Code: "confirmation", Party: domain.PartyConfirmer, Decider: "X24", Role: domain.ActorPanel},
	}
	j.commit(f)
	j.commit(assessed("T1", domain.PartySender, date(t, "2026-03-01")))
	j.commit(domain.GatewayDecided{
		ID: "T1", Gateway: "sender-readiness", Decision: domain.DecisionPassWithConditions, DecidedBy: "S1Y5D",
		DecidedOn: date(t, "2026-02-01"), State: domain.StateAssessing,
		Conditions: []domain.Condition{{ID: "c1", Owner: "Y61", DueOn: date(t, "2026-02-20"), Timing: domain.TimingBeforeEffect}},
	})
	return j
}

func assessed(id domain.TransferID, party domain.Party, expires domain.Date) domain.ReadinessAssessed {
	return domain.ReadinessAssessed{ID: id, Party: party, Ratings: []domain.DomainRating{
		{Domain: "people", Rating: domain.RatingGreen, Evidence: []domain.Evidence{{ExpiresOn: expires}, {}}},
		{Domain: "money_risk", Rating: domain.RatingAmber},
	}}
}

func readiness(t *testing.T, v *projections.Views, on string, known domain.EventNo) projections.Readiness {
	t.Helper()
	page, err := v.Readiness(projections.ReadinessQuery{AsOf: domain.AsOf{On: date(t, on), Known: known}})
	if err != nil || len(page.Transfers) != 1 {
		t.Fatalf("readiness %+v, %v", page, err)
	}
	return page.Transfers[0]
}

// toDo writes tasks as words, with an exclamation mark on those that are overdue.
func toDo(tasks []projections.Task) string {
	var words []string
	for _, task := range tasks {
		text := string(task.Kind) + " " + string(task.Organisation)
		if task.Overdue {
			text += "!"
		}
		words = append(words, text)
	}
	return strings.Join(words, ", ")
}

func wantToDo(t *testing.T, tasks []projections.Task, want string) {
	t.Helper()
	if got := toDo(tasks); got != want {
		t.Errorf("to do: %s, want %s", got, want)
	}
}

func TestReadinessSideBySide(t *testing.T) {
	j := readyJournal(t)
	v := j.views(t)
	r := readiness(t, v, "2026-02-10", domain.Latest)
	sender, receiver := r.Sender, r.Receiver
	if !sender.Counts() || sender.Ratings[0].Rating != domain.RatingGreen || sender.Ratings[0].Evidence != 2 ||
		sender.Ratings[1].Freshness != projections.FreshnessFresh {
		t.Errorf("sender %+v", sender)
	}
	if receiver.Freshness != projections.FreshnessMissing || receiver.Organisation != "Y61" || len(receiver.Ratings) != 2 {
		t.Errorf("receiver %+v", receiver)
	}
	if len(r.Gateways) != 3 || !r.Gateways[0].Passed || r.Gateways[1].Passed || r.Gateways[2].Decider != "X24" {
		t.Errorf("gateways %+v", r.Gateways)
	}
	if len(r.Conditions) != 1 || !r.Conditions[0].Open || r.Conditions[0].Overdue {
		t.Errorf("conditions %+v", r.Conditions)
	}
	wantToDo(t, r.Tasks, "evidence Y61, assess Y61")
	// The condition falls overdue, evidence expires: the gateway that rested on it stays passed.
	r = readiness(t, v, "2026-03-01", domain.Latest)
	if !r.Conditions[0].Overdue || r.Sender.Freshness != projections.FreshnessExpired || r.Sender.Ratings[1].Freshness != projections.FreshnessFresh ||
		!strings.Contains(r.Sender.Why, "evidence on people expired on 2026-03-01") || !r.Gateways[0].Passed {
		t.Errorf("after expiry %+v", r.Sender)
	}
	wantToDo(t, r.Tasks, "evidence Y61!, assess Y61")
	// Before the decision was made nothing of it is there.
	r = readiness(t, v, "2026-01-31", domain.Latest)
	if r.Gateways[0].Passed || len(r.Conditions) != 0 {
		t.Errorf("before the decision %+v", r.Gateways)
	}
	wantToDo(t, r.Tasks, "assess Y61, decide S1Y5D")
	wantToDo(t, readiness(t, v, "2026-03-02", domain.Latest).Tasks, "evidence Y61!, assess Y61")
}

func TestReadinessMovesOn(t *testing.T) {
	j := readyJournal(t)
	known := domain.EventNo(len(j.events))
	before := readiness(t, j.views(t), "2026-02-10", known)
	j.commit(assessed("T1", domain.PartyReceiver, 0))
	wantToDo(t, readiness(t, j.views(t), "2026-02-10", domain.Latest).Tasks, "evidence Y61, decide Y61")
	j.commit(domain.GatewayDecided{
		ID: "T1", Gateway: "receiver-readiness", Decision: domain.DecisionPass, DecidedOn: date(t, "2026-02-02"), State: domain.StateAssessing,
	})
	j.commit(domain.ConditionEvidenced{ID: "T1", Condition: "c1"})
	j.commit(domain.RiskRaised{ID: "R1", Transfer: "T1", Owner: "S1Y5D", Likelihood: 3, Impact: 4, ReviewOn: date(t, "2026-02-12")})
	j.commit(domain.MilestoneRecorded{ID: "T1", Milestone: domain.Milestone{Kind: domain.MilestoneStaff, PlannedOn: date(t, "2026-02-05")}})
	v := j.views(t)
	r := readiness(t, v, "2026-02-10", domain.Latest)
	wantToDo(t, r.Tasks, "milestone S1Y5D!, discharge S1Y5D, decide X24")
	if len(r.Risks) != 1 || !r.Milestones[0].Overdue || len(r.Milestones[0].Events) != 1 {
		t.Errorf("risks %+v, milestones %+v", r.Risks, r.Milestones)
	}
	// What was recorded later is not known then.
	if then := readiness(t, v, "2026-02-10", known); toDo(then.Tasks) != toDo(before.Tasks) || len(then.Risks) != 0 ||
		then.LastEvent != before.LastEvent {
		t.Errorf("as known then %+v, was %+v", then, before)
	}
	j.commit(domain.GatewayDecided{
		ID: "T1", Gateway: "confirmation", Decision: domain.DecisionPass, DecidedOn: date(t, "2026-02-03"), State: domain.StateApproved,
	}, domain.ConditionDischarged{ID: "T1", Condition: "c1"})
	wantToDo(t, readiness(t, j.views(t), "2026-02-10", domain.Latest).Tasks, "milestone S1Y5D!, schedule S1Y5D")
	j.commit(domain.TransferScheduled{ID: "T1", EffectiveOn: date(t, "2026-06-01")})
	wantToDo(t, readiness(t, j.views(t), "2026-02-10", domain.Latest).Tasks, "milestone S1Y5D!, complete S1Y5D")
	j.commit(completed(t, "T1"))
	// It is still ahead on an earlier date, and its milestone is left over on a later one.
	wantToDo(t, readiness(t, j.views(t), "2026-02-10", domain.Latest).Tasks, "milestone S1Y5D!")
	wantToDo(t, readiness(t, j.views(t), "2026-07-01", domain.Latest).Tasks, "milestone S1Y5D!")
	j.commit(domain.MilestoneRecorded{ID: "T1", Milestone: domain.Milestone{Kind: domain.MilestoneStaff, ActualOn: date(t, "2026-06-02")}})
	page, err := j.views(t).Readiness(projections.ReadinessQuery{AsOf: domain.Now(date(t, "2026-07-01"))})
	if err != nil || len(page.Transfers) != 0 {
		t.Errorf("nothing is left to do, and yet %+v, %v", page.Transfers, err)
	}
}

func TestReadinessLimits(t *testing.T) {
	j := readyJournal(t)
	j.commit(proposed(t, "T2"), proposed(t, "T3"))
	j.commit(domain.TermsSet{ID: "T1", Material: true})
	v := j.views(t)
	at := domain.Now(date(t, "2026-02-10"))
	page, err := v.Readiness(projections.ReadinessQuery{AsOf: at, Limit: 2})
	if err != nil || len(page.Transfers) != 2 || page.Next != "T2" || len(page.Stages) != 1 || page.Stages[0].Transfers != 3 {
		t.Fatalf("page %+v, %v", page, err)
	}
	if s := page.Transfers[0].Sender; s.Freshness != projections.FreshnessStale || s.Why != "the transfer was changed since" {
		t.Errorf("sender %+v", s)
	}
	page, err = v.Readiness(projections.ReadinessQuery{AsOf: at, Limit: 2, After: page.Next})
	if err != nil || len(page.Transfers) != 1 || page.Next != "" || page.Transfers[0].ID != "T3" || page.Stages[0].Transfers != 3 {
		t.Errorf("page %+v, %v", page, err)
	}
	for code, want := range map[domain.OrganisationCode]int{"S1Y5D": 3, "Y61": 3, "X24": 3} {
		page, err := v.Readiness(projections.ReadinessQuery{AsOf: at, Organisations: []domain.OrganisationCode{code}})
		if err != nil || len(page.Transfers) != want {
			t.Errorf("%s: %d, %v", code, len(page.Transfers), err)
		}
	}
	_, err = v.Readiness(projections.ReadinessQuery{AsOf: at, Transfer: "nope"})
	wantRefusal(t, err, domain.UnknownTransfer)
	_, err = v.Readiness(projections.ReadinessQuery{AsOf: at, Organisations: []domain.OrganisationCode{"nope"}})
	wantRefusal(t, err, domain.UnknownOrganisation)
}

func TestDue(t *testing.T) {
	j := readyJournal(t)
	j.commit(domain.RiskRaised{ID: "R1", Owner: "X24", Likelihood: 3, Impact: 4, ReviewOn: date(t, "2026-02-12")})
	j.commit(domain.InterventionRecorded{ID: "I1", By: "Y61", In: "S1Y5D", ReviewOn: date(t, "2026-02-01"), EffectiveOn: date(t, "2026-01-01")})
	v := j.views(t)
	due := func(q projections.DueQuery) projections.DuePage {
		t.Helper()
		q.AsOf = domain.Now(date(t, "2026-02-10"))
		page, err := v.Due(q)
		if err != nil {
			t.Fatal(err)
		}
		return page
	}
	wantToDo(t, due(projections.DueQuery{Days: 14}).Tasks, "review Y61!, review X24, evidence Y61")
	wantToDo(t, due(projections.DueQuery{}).Tasks, "review Y61!")
	wantToDo(t, due(projections.DueQuery{Days: 365}).Tasks, "review Y61!, review X24, evidence Y61, assess Y61")
	wantToDo(t, due(projections.DueQuery{Days: 365, Organisations: []domain.OrganisationCode{"Y61"}}).Tasks, "review Y61!, evidence Y61, assess Y61")
	wantToDo(t, due(projections.DueQuery{Days: 365, Functions: []domain.FunctionCode{"eprr"}}).Tasks, "evidence Y61, assess Y61")
	page := due(projections.DueQuery{Days: 365, Skip: 1, Limit: 2})
	wantToDo(t, page.Tasks, "review X24, evidence Y61")
	if page.Next != 3 || due(projections.DueQuery{Days: 365, Skip: page.Next, Limit: 2}).Next != 0 {
		t.Errorf("next %d", page.Next)
	}
	if !slices.Contains(page.Tasks[1].Events, domain.EventNo(len(j.events)-2)) {
		t.Errorf("the condition rests on events %v", page.Tasks[1].Events)
	}
}
