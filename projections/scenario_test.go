package projections_test

import (
	"slices"
	"testing"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
)

// transferJournal is a register in which S1Y5D delegates an emergency function to NHS England, acting through its
// region Y61: proposed, approved, and completed on 2026-06-01.
func transferJournal(t testing.TB) *journal {
	t.Helper()
	j := newJournal()
	on := date(t, "2022-07-01")
	region := established("Y61", domain.TierRegional, on)
	region.LegalPerson, region.LegalParent, region.Parent = false, "X24", "X24"
	icb := established("S1Y5D", domain.TierICB, on)
	icb.Parent = "Y61"
	j.commit(established("X24", domain.TierNational, on), region, icb)
	j.commit(domain.FootprintOpened{Code: "06H", Kind: domain.KindLocation, EffectiveOn: on},
		domain.FootprintOpened{Code: "06K", Kind: domain.KindLocation, EffectiveOn: on},
		domain.CoverageChanged{Footprints: []domain.FootprintCode{"06H", "06K"}, Organisation: "S1Y5D", EffectiveOn: on})
	j.commit(domain.FunctionDefined{Code: "eprr", Details: domain.FunctionDetails{FootprintKind: domain.KindLocation}})
	j.commit(allocated("eprr", on, domain.Holding{Holder: "S1Y5D"}, []domain.FootprintCode{"06H", "06K"},
		domain.RoleAccountable, domain.RoleExercising, domain.RoleDelivering))
	return j
}

func proposed(t testing.TB, id domain.TransferID) domain.TransferProposed {
	return domain.TransferProposed{
		ID: id, Kind: domain.KindDelegation, Function: "eprr", Sender: "S1Y5D", Receiver: "Y61",
		Footprints: []domain.FootprintCode{"06H"}, Roles: []domain.Role{domain.RoleExercising, domain.RoleDelivering},
		Instrument: "nhsa2006-s65z5", EffectiveOn: date(t, "2026-06-01"), Framework: "full-2026",
		Gateways: []domain.GatewayPlan{{Code: "confirmation", Decider: "X24", SameLegalPerson: true}},
	}
}

func completed(t testing.TB, id domain.TransferID) domain.TransferCompleted {
	on := date(t, "2026-06-01")
	exercising := domain.HoldingChange{
		On: on, Subjects: []domain.Subject{{Function: "eprr"}}, Footprints: []domain.FootprintCode{"06H"},
		Roles:     []domain.Role{domain.RoleExercising},
		Holdings:  []domain.Holding{{Holder: "X24", ActingThrough: "Y61", Arrangement: domain.ArrangementID(id)}},
		TakenFrom: "S1Y5D", Relies: true,
	}
	delivering := exercising
	delivering.Roles = []domain.Role{domain.RoleDelivering}
	delivering.Holdings = []domain.Holding{{Holder: "Y61", Arrangement: domain.ArrangementID(id)}}
	return domain.TransferCompleted{
		ID: id, Function: "eprr", EffectiveOn: on, Changes: []domain.HoldingChange{exercising, delivering},
	}
}

func TestPlannedFollowsATransfer(t *testing.T) {
	j := transferJournal(t)
	j.commit(proposed(t, "T1"))
	afterProposal := j.commit(domain.TransferScheduled{ID: "T1", EffectiveOn: date(t, "2026-06-02")})
	afterCompletion := j.commit(completed(t, "T1"))
	v := j.views(t)

	q := projections.HoldersQuery{Function: "eprr", Footprint: "S1Y5D", AsOf: domain.AsOf{On: date(t, "2026-07-01"), Known: afterProposal}}
	then, err := v.WhoHolds(q)
	if err != nil {
		t.Fatal(err)
	}
	if len(then.Planned) != 1 {
		t.Fatalf("planned %+v", then.Planned)
	}
	p := then.Planned[0]
	if p.TransferID != "T1" || p.State != domain.StateScheduled || p.EffectiveOn != date(t, "2026-06-02") || p.Receiver != "Y61" ||
		p.Sender != "S1Y5D" || !slices.Equal(p.Footprints, []domain.FootprintCode{"06H"}) || !p.SameLegalPerson {
		t.Errorf("planned %+v", p)
	}
	if got := told(then.Holdings); got != "accountable S1Y5D, exercising S1Y5D, delivering S1Y5D, "+
		"accountable S1Y5D, exercising S1Y5D, delivering S1Y5D" {
		t.Errorf("planned is shown as happened: %s", got)
	}

	q.AsOf.Known = afterCompletion
	now, err := v.WhoHolds(q)
	if err != nil || len(now.Planned) != 0 {
		t.Errorf("planned after completion: %+v, %v", now.Planned, err)
	}
	q.Footprint = "06H"
	if now, err = v.WhoHolds(q); err != nil || told(now.Holdings) != "accountable S1Y5D, exercising X24 through Y61, delivering Y61" {
		t.Errorf("after completion: %s, %v", told(now.Holdings), err)
	}
}

func TestPlannedIsAboutTheRemitsOfTheQuestion(t *testing.T) {
	j := transferJournal(t)
	j.commit(domain.FunctionDefined{Code: "other", Details: domain.FunctionDetails{FootprintKind: domain.KindLocation}})
	j.commit(proposed(t, "T1"))
	v := j.views(t)
	cases := map[string]struct {
		change func(q *projections.HoldersQuery)
		want   int
	}{
		"everything":         {func(*projections.HoldersQuery) {}, 1},
		"another footprint":  {func(q *projections.HoldersQuery) { q.Footprint = "06K" }, 0},
		"another function":   {func(q *projections.HoldersQuery) { q.Function = "other" }, 0},
		"a role that stays":  {func(q *projections.HoldersQuery) { q.Role = domain.RoleAccountable }, 0},
		"a role that moves":  {func(q *projections.HoldersQuery) { q.Role = domain.RoleDelivering }, 1},
		"before it is known": {func(q *projections.HoldersQuery) { q.AsOf.Known = v.Position() - 1 }, 0},
		"a part of it":       {func(q *projections.HoldersQuery) { q.Part = "p" }, 1},
	}
	for name, c := range cases {
		q := projections.HoldersQuery{Function: "eprr", Footprint: "S1Y5D", AsOf: domain.Now(date(t, "2026-07-01"))}
		c.change(&q)
		answer, err := v.WhoHolds(q)
		if err != nil || len(answer.Planned) != c.want {
			t.Errorf("%s: planned %+v, %v, want %d", name, answer.Planned, err, c.want)
		}
	}
}

func TestFinishedTransfersAreNotPlanned(t *testing.T) {
	j := transferJournal(t)
	j.commit(domain.TransferPlanned{
		ID: "P1", Function: "eprr", Sender: "S1Y5D", Roles: []domain.Role{domain.RoleExercising},
		Moves: []domain.Move{{Receiver: "Y61", Footprints: []domain.FootprintCode{"06H", "06K"}}},
	})
	planned := j.commit(domain.TransferPlanned{
		ID: "P2", Function: "eprr", Sender: "S1Y5D", Roles: []domain.Role{domain.RoleExercising},
		Moves: []domain.Move{{Receiver: "Y61", Footprints: []domain.FootprintCode{"06H", "06K"}}},
	},
		domain.PlanReplaced{ID: "P1", By: "P2"})
	carries := proposed(t, "T1")
	carries.Plan = "P2"
	inFlight := j.commit(carries)
	carriedOut := j.commit(completed(t, "T1"))
	withdrawn := j.commit(domain.TransferWithdrawn{ID: "P2"})
	v := j.views(t)
	cases := []struct {
		footprint domain.FootprintCode
		known     domain.EventNo
		want      []domain.TransferID
	}{
		{"06H", planned, []domain.TransferID{"P1", "P2"}},
		{"06H", inFlight, []domain.TransferID{"P1", "P2", "T1"}},
		{"06K", inFlight, []domain.TransferID{"P1", "P2"}},
		// The announcement was carried out in 06H and stands in 06K; what it replaced stays visible with it.
		{"06H", carriedOut, []domain.TransferID{"P1"}},
		{"06K", carriedOut, []domain.TransferID{"P1", "P2"}},
		{"06K", withdrawn, nil},
	}
	for _, c := range cases {
		answer, err := v.WhoHolds(projections.HoldersQuery{
			Function: "eprr", Footprint: c.footprint, AsOf: domain.AsOf{On: date(t, "2026-07-01"), Known: c.known},
		})
		if err != nil {
			t.Fatal(err)
		}
		var got []domain.TransferID
		for _, p := range answer.Planned {
			got = append(got, p.TransferID)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s after %d: planned %v, want %v", c.footprint, c.known, got, c.want)
		}
	}
}

// TestSameLegalPerson has NHS England accountable beside the ICB, as for emergency preparedness: the work of its own
// region is then the work of one and the same person in law.
func TestSameLegalPerson(t *testing.T) {
	j := transferJournal(t)
	on := date(t, "2022-07-01")
	j.commit(allocated("eprr", on, domain.Holding{Holder: "X24"}, []domain.FootprintCode{"06K"}, domain.RoleAccountable))
	j.commit(allocated("eprr", on, domain.Holding{Holder: "X24", ActingThrough: "Y61"}, []domain.FootprintCode{"06K"}, domain.RoleExercising),
		allocated("eprr", on, domain.Holding{Holder: "Y61"}, []domain.FootprintCode{"06K"}, domain.RoleDelivering),
		allocated("eprr", on, domain.Holding{Holder: "S1Y5D"}, []domain.FootprintCode{"06K"}, domain.RoleFunding))
	v := j.views(t)
	for _, e := range whoHolds(t, v, "eprr", "06K", "2026-07-01").Holdings {
		want := e.Remit.Role == domain.RoleExercising || e.Remit.Role == domain.RoleDelivering
		if e.SameLegalPerson != want {
			t.Errorf("%s by %s: same legal person %v", e.Remit.Role, e.Named(), e.SameLegalPerson)
		}
	}
	for _, e := range whoHolds(t, v, "eprr", "06H", "2026-07-01").Holdings {
		if e.SameLegalPerson {
			t.Errorf("%s: a body that does its own work is not two", e.Remit.Role)
		}
	}
}

func TestTransferLists(t *testing.T) {
	j := transferJournal(t)
	j.commit(proposed(t, "T1"))
	j.commit(proposed(t, "T2"))
	before := j.commit(domain.TransferScheduled{ID: "T1", EffectiveOn: date(t, "2026-06-02")})
	j.commit(domain.TransferWithdrawn{ID: "T2"})
	v := j.views(t)
	cases := map[string]struct {
		q    projections.TransferQuery
		want []domain.TransferID
	}{
		"all":          {projections.TransferQuery{}, []domain.TransferID{"T1", "T2"}},
		"as known":     {projections.TransferQuery{Known: before, States: []domain.TransferState{domain.StateWithdrawn}}, nil},
		"by state":     {projections.TransferQuery{States: []domain.TransferState{domain.StateWithdrawn}}, []domain.TransferID{"T2"}},
		"by sender":    {projections.TransferQuery{Sender: "S1Y5D"}, []domain.TransferID{"T1", "T2"}},
		"no sender":    {projections.TransferQuery{Sender: "Y61"}, nil},
		"by receiver":  {projections.TransferQuery{Receiver: "Y61"}, []domain.TransferID{"T1", "T2"}},
		"by decider":   {projections.TransferQuery{Organisation: "X24"}, []domain.TransferID{"T1", "T2"}},
		"due":          {projections.TransferQuery{DueFrom: date(t, "2026-06-02"), DueUntil: date(t, "2026-06-02")}, []domain.TransferID{"T1"}},
		"second page":  {projections.TransferQuery{After: "T1"}, []domain.TransferID{"T2"}},
		"by function":  {projections.TransferQuery{Functions: []domain.FunctionCode{"eprr"}, Limit: 1}, []domain.TransferID{"T1"}},
		"other things": {projections.TransferQuery{Functions: []domain.FunctionCode{"other"}}, nil},
	}
	for name, c := range cases {
		if c.q.Known == 0 {
			c.q.Known = domain.Latest
		}
		page, err := v.Transfers(c.q)
		if err != nil {
			t.Fatal(err)
		}
		var got []domain.TransferID
		for _, transfer := range page.Transfers {
			got = append(got, transfer.ID)
		}
		if !slices.Equal(got, c.want) || (page.Next != "") != (c.q.Limit == 1) {
			t.Errorf("%s: got %v, next %q, want %v", name, got, page.Next, c.want)
		}
	}
	_, err := v.Transfers(projections.TransferQuery{After: "T9"})
	wantRefusal(t, err, domain.UnknownTransfer)
}

func TestTransferAsKnown(t *testing.T) {
	j := transferJournal(t)
	first := j.commit(proposed(t, "T1"))
	last := j.commit(domain.TransferScheduled{ID: "T1", EffectiveOn: date(t, "2026-06-02")})
	v := j.views(t)
	then, position, err := v.Transfer("T1", first)
	if err != nil || then.State != domain.StateProposed || then.Revision != 1 || position != first || then.LastEvent != first {
		t.Errorf("then: %+v at %d, %v", then, position, err)
	}
	now, _, err := v.Transfer("T1", domain.Latest)
	if err != nil || now.State != domain.StateScheduled || now.Revision != 2 || now.FirstEvent != first || now.LastEvent != last ||
		!now.CreatedAt.Equal(v.RecordedAt(first)) || !now.ChangedAt.Equal(v.RecordedAt(last)) {
		t.Errorf("now: %+v, %v", now, err)
	}
	_, _, err = v.Transfer("T1", first-1)
	wantRefusal(t, err, domain.UnknownTransfer)
}

func TestDelegations(t *testing.T) {
	j := transferJournal(t)
	offered := j.commit(domain.FunctionDelegated{
		ID: "D1", Function: "eprr", Delegator: "S1Y5D", Delegate: "X24", Footprints: []domain.FootprintCode{"06K"},
		Roles: []domain.Role{domain.RoleExercising}, EffectiveOn: date(t, "2026-02-01"),
		Terms: domain.Terms{ReviewOn: date(t, "2027-02-01")},
	})
	j.commit(domain.DelegationAccepted{ID: "D1", EffectiveOn: date(t, "2026-02-01"), Changes: []domain.HoldingChange{{
		On: date(t, "2026-02-01"), Subjects: []domain.Subject{{Function: "eprr"}}, Footprints: []domain.FootprintCode{"06K"},
		Roles: []domain.Role{domain.RoleExercising}, Holdings: []domain.Holding{{Holder: "X24", Arrangement: "D1"}},
	}}})
	j.commit(proposed(t, "T1"))
	j.commit(completed(t, "T1"))
	v := j.views(t)
	then, _, err := v.Delegation("D1", offered)
	if err != nil || then.State != domain.DelegationStateOffered {
		t.Errorf("then: %+v, %v", then, err)
	}
	cases := map[string]struct {
		q    projections.DelegationQuery
		want []domain.ArrangementID
	}{
		"all":         {projections.DelegationQuery{}, []domain.ArrangementID{"D1", "T1"}},
		"second page": {projections.DelegationQuery{After: "D1"}, []domain.ArrangementID{"T1"}},
		"by delegate": {projections.DelegationQuery{Delegate: "Y61"}, []domain.ArrangementID{"T1"}},
		"by side":     {projections.DelegationQuery{Organisation: "S1Y5D", Limit: 1}, []domain.ArrangementID{"D1"}},
		"by state":    {projections.DelegationQuery{States: []domain.DelegationState{domain.DelegationStateOffered}}, nil},
		"by review":   {projections.DelegationQuery{ReviewUntil: date(t, "2027-02-01")}, []domain.ArrangementID{"D1"}},
		"by function": {projections.DelegationQuery{Functions: []domain.FunctionCode{"other"}}, nil},
		"delegator":   {projections.DelegationQuery{Delegator: "X24"}, nil},
	}
	for name, c := range cases {
		c.q.Known = domain.Latest
		page, err := v.Delegations(c.q)
		if err != nil {
			t.Fatal(err)
		}
		var got []domain.ArrangementID
		for _, d := range page.Delegations {
			got = append(got, d.ID)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
	_, _, err = v.Delegation("D9", domain.Latest)
	wantRefusal(t, err, domain.UnknownDelegation)
}
