package projections_test

import (
	"slices"
	"testing"
	"time"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
)

// desk is a register at which people give commands: the rules decide them, and the journal keeps what is recorded.
type desk struct {
	*journal
	state *domain.State
}

func newDesk(t testing.TB, j *journal) *desk {
	t.Helper()
	d := &desk{j, domain.NewState()}
	for _, e := range j.events {
		if err := d.state.Apply(e); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

// give gives a command as a person in a role at NHS England, and returns the id of its transaction.
func (d *desk) give(t testing.TB, subject string, role domain.ActorRole, command domain.Command) string {
	t.Helper()
	id := "01J" + string(rune('A'+len(d.events)%26)) + subject
	caller := domain.Caller{Subject: subject, Organisation: "X24", Roles: []domain.ActorRole{role}}
	decision, err := d.state.Decide(command, domain.Meta{
		Caller: caller, Now: now(), Today: domain.DateOf(now()), ID: id, Reason: domain.Text{Clear: "it was wrong"},
	})
	if err != nil {
		t.Fatalf("%s by %s: %v", command.Method(), subject, err)
	}
	first := int(d.commit(decision.Facts...)) - len(decision.Facts)
	for i := range d.events[first:] {
		e := &d.events[first+i]
		e.Actor = domain.Actor{Subject: subject, Organisation: "X24", Role: decision.Role}
		if err := d.state.Apply(*e); err != nil {
			t.Fatal(err)
		}
	}
	return id
}

func awaiting(t testing.TB, v *projections.Views, q projections.AwaitingQuery) []projections.AwaitingView {
	t.Helper()
	page, err := v.Awaiting(q)
	if err != nil {
		t.Fatal(err)
	}
	return page.Awaiting
}

// TestCorrectionAwaitsASecondPerson corrects the holder of what an event recorded. Until a second person agrees nothing
// changes; afterwards what was believed can still be asked for.
func TestCorrectionAwaitsASecondPerson(t *testing.T) {
	d := newDesk(t, transferJournal(t))
	on := date(t, "2024-01-01")
	wrong := d.commit(allocated("eprr", on, domain.Holding{Holder: "S1Y5D"}, []domain.FootprintCode{"06H"}, domain.RoleFunding))
	if err := d.state.Apply(d.events[wrong-1]); err != nil {
		t.Fatal(err)
	}
	id := d.give(t, "ann", domain.ActorRegistrar, domain.Correct{
		Event: wrong, Holder: "X24", EffectiveOn: date(t, "2024-02-01"), Source: "minutes",
	})
	asked := domain.EventNo(len(d.events))
	v := d.views(t)
	waiting := awaiting(t, v, projections.AwaitingQuery{Known: domain.Latest, Organisation: "X24", Methods: []string{"Correct"}})
	if len(waiting) != 1 || waiting[0].ID != id || waiting[0].Event != asked || waiting[0].Actor.Subject != "ann" ||
		waiting[0].Command.Method() != "Correct" || !waiting[0].RecordedAt.Equal(v.RecordedAt(asked)) {
		t.Fatalf("waiting %+v", waiting)
	}
	if other := awaiting(t, v, projections.AwaitingQuery{Known: domain.Latest, Organisation: "S1Y5D"}); len(other) != 0 {
		t.Errorf("waiting for another body: %+v", other)
	}
	remit := domain.Remit{Subject: domain.Subject{Function: "eprr"}, Footprint: "06H", Role: domain.RoleFunding}
	holder := func(v *projections.Views, on string, known domain.EventNo) string {
		entries, err := v.At(remit, domain.AsOf{On: date(t, on), Known: known})
		if err != nil {
			t.Fatal(err)
		}
		return told(entries)
	}
	if got := holder(v, "2024-03-01", domain.Latest); got != "funding S1Y5D" {
		t.Errorf("before the second person agreed: %s", got)
	}
	d.give(t, "bob", domain.ActorRegistrar, domain.Second{AwaitingID: id})
	v = d.views(t)
	if waiting = awaiting(t, v, projections.AwaitingQuery{Known: domain.Latest}); len(waiting) != 0 {
		t.Errorf("still waiting: %+v", waiting)
	}
	if waiting = awaiting(t, v, projections.AwaitingQuery{Known: asked}); len(waiting) != 1 {
		t.Errorf("as known before: %+v", waiting)
	}
	for _, c := range []struct {
		on, want string
		known    domain.EventNo
	}{
		{"2024-01-15", "", domain.Latest},
		{"2024-02-01", "funding X24", domain.Latest},
		{"2024-01-15", "funding S1Y5D", asked},
		{"2024-02-01", "funding S1Y5D", asked},
	} {
		if got := holder(v, c.on, c.known); got != c.want {
			t.Errorf("on %s as known at %d: %q, want %q", c.on, c.known, got, c.want)
		}
	}
	history, err := v.History(projections.HistoryQuery{Function: "eprr", Footprint: "06H", Role: domain.RoleFunding, AsOf: domain.Now(on)})
	if err != nil || len(history.Changes) != 3 || history.Changes[0].SupersededBy == 0 || !history.Changes[1].Retraction ||
		holderOf(history.Changes[2].After) != "X24" || history.Changes[2].Type != "Corrected" {
		t.Errorf("history %+v, %v", history.Changes, err)
	}
}

// TestCorrectionOnTheSameDate takes back and records anew for one date in one event: the later one counts.
func TestCorrectionOnTheSameDate(t *testing.T) {
	j := transferJournal(t)
	on := date(t, "2024-01-01")
	wrong := j.commit(allocated("eprr", on, domain.Holding{Holder: "S1Y5D"}, []domain.FootprintCode{"06H"}, domain.RoleFunding))
	undo := domain.HoldingChange{
		On: on, Subjects: []domain.Subject{{Function: "eprr"}}, Footprints: []domain.FootprintCode{"06H"},
		Roles: []domain.Role{domain.RoleFunding}, Retracts: true,
	}
	right := undo
	right.Retracts, right.Holdings = false, []domain.Holding{{Holder: "X24"}}
	corrected := j.commit(domain.Corrected{
		Event: wrong, About: "function/eprr", Holder: "X24", Changes: []domain.HoldingChange{undo, right},
	})
	v := j.views(t)
	remit := domain.Remit{Subject: domain.Subject{Function: "eprr"}, Footprint: "06H", Role: domain.RoleFunding}
	for _, c := range []struct {
		known domain.EventNo
		want  string
	}{{wrong, "funding S1Y5D"}, {corrected, "funding X24"}} {
		entries, err := v.At(remit, domain.AsOf{On: on, Known: c.known})
		if err != nil || told(entries) != c.want {
			t.Errorf("as known at %d: %s, %v, want %s", c.known, told(entries), err, c.want)
		}
	}
	history, err := v.History(projections.HistoryQuery{Function: "eprr", Footprint: "06H", Role: domain.RoleFunding, AsOf: domain.Now(on)})
	if err != nil || len(history.Changes) != 2 || history.Changes[0].SupersededBy != corrected || history.Changes[1].SupersededBy != 0 {
		t.Errorf("history %+v, %v", history.Changes, err)
	}
	page, err := v.Changes(projections.ChangesQuery{After: wrong})
	if err != nil || len(page.Changes) != 1 || holderOf(page.Changes[0].Before) != "" || holderOf(page.Changes[0].After) != "X24" {
		t.Errorf("changes %+v, %v", page.Changes, err)
	}
	diff, err := v.Compare(projections.CompareQuery{From: domain.AsOf{On: on, Known: wrong}, To: domain.AsOf{On: on, Known: corrected}})
	if err != nil || len(diff.Changes) != 1 || !slices.Equal(diff.Changes[0].CauseEvents, []domain.EventNo{corrected}) {
		t.Errorf("differences %+v, %v", diff.Changes, err)
	}
}

// TestCorrectedNameAndCoverage has the name of a body and who covers a footprint put right.
func TestCorrectedNameAndCoverage(t *testing.T) {
	j := transferJournal(t)
	renamed := j.commit(domain.OrganisationRenamed{Code: "S1Y5D", Name: "Wrong", EffectiveOn: date(t, "2025-01-01")})
	covered := j.commit(domain.CoverageChanged{Footprints: []domain.FootprintCode{"06K"}, Organisation: "X24", EffectiveOn: date(t, "2025-01-01")})
	j.commit(domain.Corrected{Event: renamed, About: "organisation/S1Y5D", Name: "Right"})
	j.commit(domain.Corrected{Event: covered, About: "footprint/06K", Withdrawn: true})
	v := j.views(t)
	for known, want := range map[domain.EventNo][2]string{covered: {"Wrong", "X24"}, domain.Latest: {"Right", "S1Y5D"}} {
		a := domain.AsOf{On: date(t, "2025-06-01"), Known: known}
		body, _, err := v.Organisation("S1Y5D", a)
		if err != nil || body.Name != want[0] {
			t.Errorf("as known at %d: name %q, %v, want %q", known, body.Name, err, want[0])
		}
		fp, _, err := v.Footprint("06K", a)
		if err != nil || string(fp.CoveredBy) != want[1] {
			t.Errorf("as known at %d: covered by %q, %v, want %q", known, fp.CoveredBy, err, want[1])
		}
	}
}

func matter(kind domain.MatterKind, id string, what domain.Disposition, from, to domain.OrganisationCode) domain.MatterDisposed {
	return domain.MatterDisposed{
		Reorganisation: "R1", Matter: domain.Matter{Kind: kind, ID: id}, Disposition: what, From: from, To: to,
		EffectiveOn: domain.NewDate(2026, time.April, 2),
	}
}

// TestOpenMattersFollowAReorganisation disposes of one matter of each kind, as the views show them before and after.
func TestOpenMattersFollowAReorganisation(t *testing.T) {
	j := transferJournal(t)
	on := date(t, "2026-04-01")
	j.commit(established("D7T5G", domain.TierICB, on))
	j.commit(proposed(t, "T1"))
	j.commit(domain.GatewayDecided{
		ID: "T1", Gateway: "confirmation", Decision: domain.DecisionPassWithConditions, DecidedBy: "X24",
		Conditions: []domain.Condition{{ID: "c1", Owner: "S1Y5D"}}, State: domain.StateApproved,
	})
	j.commit(domain.FunctionDelegated{
		ID: "D1", Function: "eprr", Delegator: "X24", Delegate: "S1Y5D", EffectiveOn: on,
		Footprints: []domain.FootprintCode{"06H", "06K"},
	}, domain.DelegationAccepted{ID: "D1", EffectiveOn: on})
	j.commit(domain.RiskRaised{ID: "K1", Transfer: "T1", Owner: "S1Y5D", Likelihood: 4, Impact: 5})
	j.commit(domain.InterventionRecorded{
		ID: "I1", Kind: domain.InterventionSupport, By: "X24", In: "S1Y5D", EffectiveOn: on,
		Functions: []domain.FunctionCode{"eprr"}, ReviewOn: date(t, "2026-10-01"),
	})
	before := j.commit(domain.CommitteeFormed{ID: "C1", Name: "Joint", Bodies: []domain.OrganisationCode{"S1Y5D", "D7T5G"}})
	j.commit(matter(domain.MatterTransfer, "T1", domain.DispositionMoves, "S1Y5D", "D7T5G"),
		matter(domain.MatterCondition, "T1/c1", domain.DispositionCeases, "S1Y5D", ""),
		matter(domain.MatterDelegation, "D1", domain.DispositionUndetermined, "S1Y5D", ""),
		matter(domain.MatterRisk, "K1", domain.DispositionMoves, "S1Y5D", "D7T5G"),
		matter(domain.MatterIntervention, "I1", domain.DispositionUndetermined, "S1Y5D", ""),
		matter(domain.MatterCommittee, "C1", domain.DispositionMoves, "S1Y5D", "D7T5G"))
	v := j.views(t)
	transfer, _, err := v.Transfer("T1", domain.Latest)
	if err != nil || transfer.Sender != "D7T5G" || transfer.Conditions[0].State != domain.ConditionStateLapsed {
		t.Errorf("transfer %+v, %v", transfer, err)
	}
	if then, _, err := v.Transfer("T1", before); err != nil || then.Sender != "S1Y5D" || then.Conditions[0].State != domain.ConditionStateOpen {
		t.Errorf("transfer as known before: %+v, %v", then, err)
	}
	delegation, _, err := v.Delegation("D1", domain.Latest)
	if err != nil || !delegation.Undetermined {
		t.Errorf("delegation %+v, %v", delegation, err)
	}
	risk, _, err := v.Risk("K1", domain.Latest)
	if err != nil || risk.Owner != "D7T5G" || risk.Score() != 20 {
		t.Errorf("risk %+v, %v", risk, err)
	}
	intervention, _, err := v.Intervention("I1", domain.Latest)
	if err != nil || !intervention.Undetermined {
		t.Errorf("intervention %+v, %v", intervention, err)
	}
	committee, _, err := v.Committee("C1", domain.Latest)
	if err != nil || !slices.Equal(committee.Bodies, []domain.OrganisationCode{"D7T5G"}) {
		t.Errorf("committee %+v, %v", committee, err)
	}
	// That nobody knows who followed a party is found, of the delegation and of the intervention.
	found := coherence(t, v, "2026-11-21", projections.FindingUndetermined)
	if len(found) != 2 || found[0].Organisation != "S1Y5D" || found[1].Organisation != "X24" ||
		!slices.Equal(found[1].Footprints, []domain.FootprintCode{"06H", "06K"}) {
		t.Errorf("found %+v", found)
	}
}

func TestListsOfWhatTheProgrammeRecords(t *testing.T) {
	j := transferJournal(t)
	j.commit(proposed(t, "T1"))
	j.commit(proposed(t, "T2"))
	start := j.commit(domain.PackageFormed{ID: "P1", Name: "Both", Members: []domain.TransferID{"T1", "T2"}})
	j.commit(domain.RiskRaised{ID: "K1", Transfer: "T1", Owner: "S1Y5D", Likelihood: 2, Impact: 2})
	j.commit(domain.RiskRaised{ID: "K2", Owner: "X24", Likelihood: 5, Impact: 5})
	j.commit(domain.RiskClosed{ID: "K1"})
	j.commit(domain.InterventionRecorded{ID: "I1", Kind: domain.InterventionSupport, By: "X24", In: "S1Y5D", ReviewOn: 5})
	j.commit(domain.InterventionEnded{ID: "I1", EffectiveOn: 9})
	j.commit(domain.RemitClaimed{ID: "L1", Claimant: "X24", Function: "eprr"})
	j.commit(domain.RemitsAttested{ID: "A1", Organisation: "X24", Agrees: true})
	j.commit(domain.CommitteeFormed{ID: "C1", Bodies: []domain.OrganisationCode{"S1Y5D"}})
	j.commit(domain.AdviceRecorded{ID: "V1", Committee: "C1", Advice: domain.OpinionAdvise})
	j.commit(domain.CommitteeChanged{ID: "C1", Dissolved: true})
	j.commit(domain.PlanReturnSubmitted{ID: "R1", Organisation: "S1Y5D", Period: "2026/27"})
	j.commit(domain.PlanReturnModerated{ID: "R1", By: "Y61", Result: domain.ModerationConfirmed})
	j.commit(domain.FrameworkSet{Framework: domain.Framework{Code: "light-2027", Weight: 5}})
	v := j.views(t)
	latest := domain.Latest
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	risks := func(q projections.RiskQuery) int {
		q.Known = max(q.Known, 1)
		if q.Known == 1 {
			q.Known = latest
		}
		page, err := v.Risks(q)
		must(err)
		return len(page.Risks)
	}
	interventions := func(q projections.InterventionQuery) int {
		q.Known = latest
		page, err := v.Interventions(q)
		must(err)
		return len(page.Interventions)
	}
	for name, got := range map[string][2]int{
		"risks":                {risks(projections.RiskQuery{}), 2},
		"risks that are open":  {risks(projections.RiskQuery{OpenOnly: true}), 1},
		"open then":            {risks(projections.RiskQuery{OpenOnly: true, Known: start + 2}), 2},
		"of a transfer":        {risks(projections.RiskQuery{Transfer: "T1"}), 1},
		"of an owner":          {risks(projections.RiskQuery{Owner: "X24"}), 1},
		"high":                 {risks(projections.RiskQuery{LeastScore: 5}), 1},
		"a page":               {risks(projections.RiskQuery{Limit: 1}), 1},
		"the next page":        {risks(projections.RiskQuery{Limit: 1, After: "K1"}), 1},
		"interventions":        {interventions(projections.InterventionQuery{In: "S1Y5D", By: "X24", ReviewUntil: 5}), 1},
		"interventions open":   {interventions(projections.InterventionQuery{OpenOnly: true}), 0},
		"of another kind":      {interventions(projections.InterventionQuery{Kinds: []domain.InterventionKind{domain.InterventionTakeover}}), 0},
		"of another body":      {interventions(projections.InterventionQuery{Organisation: "Y61"}), 0},
		"of another function":  {interventions(projections.InterventionQuery{Function: "eprr"}), 0},
		"review another day":   {interventions(projections.InterventionQuery{ReviewUntil: 4}), 0},
		"the other way around": {interventions(projections.InterventionQuery{By: "S1Y5D"}), 0},
	} {
		if got[0] != got[1] {
			t.Errorf("%s: got %d, want %d", name, got[0], got[1])
		}
	}
	packages, err := v.Packages(projections.PackageQuery{Known: latest, Member: "T2", Organisation: "Y61"})
	must(err)
	if len(packages.Packages) != 1 || len(packages.Packages[0].Transfers) != 2 || packages.Packages[0].Transfers[1].ID != "T2" {
		t.Errorf("packages %+v", packages)
	}
	committees, err := v.Committees(projections.CommitteeQuery{Known: latest, Organisation: "S1Y5D"})
	must(err)
	if len(committees.Committees) != 1 || len(committees.Committees[0].Advice) != 1 || !committees.Committees[0].Dissolved {
		t.Errorf("committees %+v", committees)
	}
	if open, err := v.Committees(projections.CommitteeQuery{Known: latest, OpenOnly: true}); err != nil || len(open.Committees) != 0 {
		t.Errorf("open committees %+v, %v", open, err)
	}
	returns, err := v.PlanReturns(projections.PlanReturnQuery{Known: latest, Organisation: "S1Y5D", Period: "2026/27"})
	must(err)
	if len(returns.PlanReturns) != 1 || returns.PlanReturns[0].Moderations[0].Result != domain.ModerationConfirmed {
		t.Errorf("plan returns %+v", returns)
	}
	if open, err := v.PlanReturns(projections.PlanReturnQuery{Known: latest, UnmoderatedOnly: true}); err != nil || len(open.PlanReturns) != 0 {
		t.Errorf("plan returns to moderate %+v, %v", open, err)
	}
	claims, err := v.Claims(projections.ClaimQuery{Known: latest, Organisation: "X24", Functions: []domain.FunctionCode{"eprr"}})
	must(err)
	attestations, err := v.Attestations(projections.ClaimQuery{Known: latest, Organisation: "X24"})
	must(err)
	if len(claims.Claims) != 1 || len(attestations.Attestations) != 1 {
		t.Errorf("claims %+v, attestations %+v", claims, attestations)
	}
	frameworks, _, err := v.Frameworks(latest)
	must(err)
	then, _, err := v.Frameworks(start)
	must(err)
	if len(frameworks) != len(then)+1 || frameworks[0].Code != "light-2027" {
		t.Errorf("frameworks %+v, before %+v", frameworks, then)
	}
}

func TestUnknownIDs(t *testing.T) {
	v := transferJournal(t).views(t)
	_, _, err := v.Risk("nope", domain.Latest)
	wantRefusal(t, err, domain.UnknownRisk)
	_, _, err = v.Intervention("nope", domain.Latest)
	wantRefusal(t, err, domain.UnknownIntervention)
	_, _, err = v.Package("nope", domain.Latest)
	wantRefusal(t, err, domain.UnknownPackage)
	_, _, err = v.Committee("nope", domain.Latest)
	wantRefusal(t, err, domain.UnknownCommittee)
	_, _, err = v.PlanReturn("nope", domain.Latest)
	wantRefusal(t, err, domain.UnknownPlanReturn)
	_, err = v.Awaiting(projections.AwaitingQuery{Known: v.Position() + 1})
	wantRefusal(t, err, domain.InvalidArgument)
}
