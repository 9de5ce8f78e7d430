package projections_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
)

func paper(t *testing.T, v *projections.Views, q projections.PaperQuery) projections.Paper {
	t.Helper()
	p, err := v.Paper(q)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func linesOf(p projections.Paper, kind projections.PaperSectionKind) string {
	var texts []string
	for _, s := range p.Sections {
		for _, l := range s.Lines {
			if s.Kind == kind {
				texts = append(texts, l.Text)
			}
		}
	}
	return strings.Join(texts, "\n")
}

// TestPaperSaysWhatIsKnown makes a paper, and the next one after more was recorded: the first can be made again to the
// byte, and the second says what changed.
func TestPaperSaysWhatIsKnown(t *testing.T) {
	j := readyJournal(t)
	j.commit(domain.CommitteeFormed{ID: "K1", Name: "Joint\ncommittee", Bodies: []domain.OrganisationCode{"S1Y5D"}})
	j.commit(assessed("T1", domain.PartyReceiver, 0), domain.RiskRaised{ID: "R1", Transfer: "T1", Owner: "Y61", Likelihood: 3, Impact: 4})
	cost := spent("S1Y5D", domain.CostRunning, 1000, "")
	cost.Year = "2025/26"
	j.commit(cost)
	v := j.views(t)
	q := projections.PaperQuery{AsOf: domain.Now(date(t, "2026-02-10")), Committee: "K1", Days: 14}
	first := paper(t, v, q)
	sum := sha256.Sum256([]byte(first.Text))
	if first.Digest != "v1:sha256:"+hex.EncodeToString(sum[:]) {
		t.Errorf("digest %s", first.Digest)
	}
	for _, line := range []struct {
		kind projections.PaperSectionKind
		want string
	}{
		{projections.SectionDecisions, "due 2026-06-01: Body Y61 (Y61) to decide the gateway receiver-readiness of eprr from Body S1Y5D (S1Y5D) to Body Y61 (Y61)"},
		{projections.SectionDue, "due 2026-02-20: Body Y61 (Y61) to give evidence on condition c1 (before_effect)"},
		{projections.SectionRisks, "score 12 (likelihood 3, impact 4): risk/R1"},
		{projections.SectionEnvelope, "running costs £1000"},
		{projections.SectionShift, "is planned to move from icb to regional"},
	} {
		if got := linesOf(first, line.kind); !strings.Contains(got, line.want) {
			t.Errorf("%s: %q, want %q", line.kind, got, line.want)
		}
	}
	if !strings.Contains(first.Text, "- Committee: Joint committee (K1)\n") || !strings.Contains(first.Text, "No paper before was named.") {
		t.Errorf("text %s", first.Text)
	}
	j.commit(proposed(t, "T2"), domain.RiskClosed{ID: "R1"}, completed(t, "T1"), domain.CommitteeChanged{ID: "K1", Dissolved: true})
	v = j.views(t)
	q.AsOf = first.AsOf
	if again := paper(t, v, q); again.Text != first.Text || again.Digest != first.Digest {
		t.Errorf("the same paper again\ngot  %s\nwant %s", again.Text, first.Text)
	}
	second := paper(t, v, projections.PaperQuery{AsOf: domain.Now(date(t, "2026-06-01")), Committee: "K1", Days: 14, Since: first.AsOf})
	changes := linesOf(second, projections.SectionChanges)
	for _, want := range []string{
		"from 2026-06-01: X24 through Y61 since 2026-06-01, before S1Y5D since 2022-07-01 until 2026-06-01: exercising of eprr in 06H", "transfer/T1 of eprr", "completed, before assessing",
		"transfer/T2", "proposed, before not recorded",
	} {
		if !strings.Contains(changes, want) {
			t.Errorf("changes %s: nothing of %q", changes, want)
		}
	}
	if linesOf(second, projections.SectionRisks) != "" {
		t.Error("a closed risk is in the paper")
	}
}

// TestPaperSaysWhatWasLearned has a paper of the same date again after more was recorded: what differs of the map is told
// with the events, since when and until when something is held too.
func TestPaperSaysWhatWasLearned(t *testing.T) {
	j := smallJournal(t)
	at, holder := []domain.FootprintCode{"06H"}, domain.Holding{Holder: "QNQ"}
	nobody := func(role domain.Role, on string) domain.FunctionAllocated {
		f := allocated("eprr", date(t, on), domain.Holding{}, at, role)
		f.Changes[0].Holdings = nil
		return f
	}
	held := func(role domain.Role, on string) domain.FunctionAllocated {
		return allocated("eprr", date(t, on), holder, at, role)
	}
	for _, role := range []domain.Role{domain.RoleFunding, domain.RoleExercising} {
		j.commit(held(role, "2022-07-01"))
	}
	q := projections.PaperQuery{
		AsOf: domain.AsOf{On: date(t, "2026-03-31"), Known: domain.EventNo(len(j.events))}, Organisations: []domain.OrganisationCode{"QNQ"},
	}
	first := paper(t, j.views(t), q)
	moved := j.commit(nobody(domain.RoleFunding, "2022-07-01"))
	j.commit(held(domain.RoleFunding, "2022-08-01"))
	ended := j.commit(nobody(domain.RoleExercising, "2026-04-01"))
	v := j.views(t)
	if again := paper(t, v, q); again.Digest != first.Digest {
		t.Errorf("as known then\ngot  %s\nwant %s", again.Text, first.Text)
	}
	for _, test := range []struct {
		on   string
		want []string
	}{
		{"2026-03-31", []string{
			"learned about 2026-03-31: QNQ since 2022-08-01, before QNQ since 2022-07-01: funding of eprr in 06H",
			"learned about 2026-03-31: QNQ since 2022-07-01 until 2026-04-01, before QNQ since 2022-07-01: exercising of eprr in 06H",
		}},
		{"2026-04-01", []string{
			"learned about 2026-03-31: QNQ since 2022-08-01, before QNQ since 2022-07-01: funding of eprr in 06H",
			"from 2026-04-01: nobody, before QNQ since 2022-07-01 until 2026-04-01: exercising of eprr in 06H",
		}},
	} {
		now := paper(t, v, projections.PaperQuery{AsOf: domain.Now(date(t, test.on)), Organisations: q.Organisations, Since: first.AsOf})
		changes := strings.Split(linesOf(now, projections.SectionChanges), "\n")
		for _, want := range test.want {
			if !slices.Contains(changes, want) {
				t.Errorf("%s: nothing of %q in %q", test.on, want, changes)
			}
		}
		if len(changes) != len(test.want) {
			t.Errorf("%s: %q", test.on, changes)
		}
		for _, s := range now.Sections {
			for _, l := range s.Lines {
				events := []domain.EventNo{ended}
				if strings.Contains(l.Text, "funding") {
					events = []domain.EventNo{moved, moved + 1}
				}
				if s.Kind == projections.SectionChanges && !slices.Equal(l.Events, events) {
					t.Errorf("%q rests on %v", l.Text, l.Events)
				}
			}
		}
	}
}

func TestPaperRefuses(t *testing.T) {
	v := readyJournal(t).views(t)
	at := domain.Now(date(t, "2026-02-10"))
	_, err := v.Paper(projections.PaperQuery{AsOf: at})
	wantRefusal(t, err, domain.InvalidArgument)
	_, err = v.Paper(projections.PaperQuery{AsOf: at, Committee: "K9"})
	wantRefusal(t, err, domain.UnknownCommittee)
	_, err = v.Paper(projections.PaperQuery{AsOf: at, Organisations: []domain.OrganisationCode{"NOPE"}})
	wantRefusal(t, err, domain.UnknownOrganisation)
	of := []domain.OrganisationCode{"S1Y5D"}
	_, err = v.Paper(projections.PaperQuery{AsOf: at, Organisations: of, Since: domain.AsOf{On: at.On + 1, Known: 1}})
	wantRefusal(t, err, domain.InvalidArgument)
	_, err = v.Paper(projections.PaperQuery{AsOf: domain.AsOf{On: at.On, Known: 3}, Organisations: of, Since: at})
	wantRefusal(t, err, domain.InvalidArgument)
	_, err = v.Paper(projections.PaperQuery{AsOf: at, Organisations: of, Until: at.On - 1})
	wantRefusal(t, err, domain.InvalidArgument)
}

// TestPaperKnowsNothingLater draws histories of transfers, arrangements, costs and the rest, and asks in the middle: a
// register that recorded more since answers as one that stopped there, to the byte, papers, readiness and what is due.
func TestPaperKnowsNothingLater(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := drawProgramme(t)
		whole := projections.New(now)
		if err := whole.Apply(events); err != nil {
			t.Fatal(err)
		}
		a := drawAsOf(t, whole)
		a.On = max(a.On, 1)
		stopped := projections.New(now)
		if err := stopped.Apply(events[:a.Known]); err != nil {
			t.Fatal(err)
		}
		body := rapid.SampledFrom([]domain.OrganisationCode{"REG", "ICA"}).Draw(t, "body")
		ask(t, "paper", stopped, whole, func(v *projections.Views) (any, error) {
			return v.Paper(projections.PaperQuery{AsOf: a, Organisations: []domain.OrganisationCode{body}, Days: 3, Until: a.On + 5})
		})
		ask(t, "readiness", stopped, whole, func(v *projections.Views) (any, error) { return v.Readiness(projections.ReadinessQuery{AsOf: a}) })
		ask(t, "due", stopped, whole, func(v *projections.Views) (any, error) {
			return v.Due(projections.DueQuery{AsOf: a, Days: 5, Organisations: []domain.OrganisationCode{body}})
		})
	})
}

// TestPaperLinesRestOnEvents demands of the reference register's papers that every line of what is found, due and
// changed names events that were recorded by then, in order.
func TestPaperLinesRestOnEvents(t *testing.T) {
	v := referenceViews(t)
	p := paper(t, v, projections.PaperQuery{
		AsOf: domain.Now(date(t, "2026-04-01")), Organisations: []domain.OrganisationCode{"S1Y5D"}, Days: 400,
		Since: domain.AsOf{On: date(t, "2026-03-31"), Known: domain.Latest}, Until: date(t, "2027-04-01"),
	})
	lines := 0
	for _, s := range p.Sections {
		for _, l := range s.Lines {
			lines++
			noCosts := s.Kind == projections.SectionEnvelope && strings.Contains(l.Text, "no costs")
			if len(l.Events) == 0 && !noCosts || !slices.IsSorted(l.Events) || len(l.Events) > 0 && l.Events[len(l.Events)-1] > p.AsOf.Known {
				t.Errorf("%s rests on %v", l.Text, l.Events)
			}
			if len(l.Text) > 4000 {
				t.Errorf("a line of %d bytes: %.200s", len(l.Text), l.Text)
			}
		}
	}
	if lines < 20 || linesOf(p, projections.SectionChanges) == "" || linesOf(p, projections.SectionGaps) == "" {
		t.Errorf("%d lines:\n%s", lines, p.Text)
	}
	for _, want := range []string{fmt.Sprintf("after event %d", p.AsOf.Known), "Central East", p.Map.Digest} {
		if !strings.Contains(p.Text, want) {
			t.Errorf("nothing of %q", want)
		}
	}
}
