package projections_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
)

// found is what the naive model of coherence finds: where, by kind, function and body.
type found struct {
	kind      projections.FindingKind
	function  domain.FunctionCode
	body      domain.OrganisationCode
	footprint domain.FootprintCode
}

// mapKinds are the kinds that rest on the map alone.
func mapKinds() []projections.FindingKind {
	return []projections.FindingKind{
		projections.FindingGap, projections.FindingOverlap, projections.FindingUnaccountable, projections.FindingOrphan,
		projections.FindingUndetermined, projections.FindingAssumedDate,
	}
}

// worldCover has the body that covers each footprint of the world.
func worldCover(f domain.FootprintCode) domain.OrganisationCode {
	if f == "F3" {
		return "ICB"
	}
	return "ICA"
}

// naive goes through all entries of a date, cell by cell.
func naive(entries []projections.Entry, closed func(domain.OrganisationCode) bool, exists bool) map[found]bool {
	all := map[found]bool{}
	cells := map[place][]projections.Entry{}
	for _, e := range entries {
		at := place{e.Remit.Subject, e.Remit.Footprint}
		cells[at] = append(cells[at], e)
		function := e.Remit.Subject.Function
		switch {
		case e.Undetermined:
			all[found{projections.FindingUndetermined, function, worldCover(e.Remit.Footprint), e.Remit.Footprint}] = true
		case e.Confidence == domain.ConfidenceAssumed:
			all[found{projections.FindingAssumedDate, function, e.Named(), e.Remit.Footprint}] = true
		}
		for _, body := range []domain.OrganisationCode{e.Holder, e.ActingThrough} {
			if body != "" && closed(body) {
				all[found{projections.FindingOrphan, function, body, e.Remit.Footprint}] = true
			}
		}
	}
	for at, cell := range cells {
		if count(cell, domain.RoleAccountable, false) == 0 {
			all[found{projections.FindingUnaccountable, at.subject.Function, worldCover(at.footprint), at.footprint}] = true
		}
		for _, role := range []domain.Role{domain.RoleAccountable, domain.RoleExercising} {
			if count(cell, role, true) > 1 {
				all[found{projections.FindingOverlap, at.subject.Function, worldCover(at.footprint), at.footprint}] = true
			}
		}
	}
	if exists {
		naiveGaps(all, cells)
	}
	return all
}

type place struct {
	subject   domain.Subject
	footprint domain.FootprintCode
}

func count(cell []projections.Entry, role domain.Role, determined bool) int {
	n := 0
	for _, e := range cell {
		if e.Remit.Role == role && (!determined || !e.Undetermined) {
			n++
		}
	}
	return n
}

// naiveGaps finds where the whole of a function is missing, or a role that most of its cells have.
func naiveGaps(all map[found]bool, cells map[place][]projections.Entry) {
	for _, function := range worldFunctions {
		held, whole := 0, 0
		with := make(map[domain.Role]int)
		for at, cell := range cells {
			if at.subject.Function != function {
				continue
			}
			held++
			if at.subject.Part != "" {
				continue
			}
			whole++
			for _, role := range domain.Roles() {
				if count(cell, role, false) > 0 {
					with[role]++
				}
			}
		}
		for _, footprint := range worldFootprints {
			cell := cells[place{domain.Subject{Function: function}, footprint}]
			missing := len(cell) == 0
			for _, role := range []domain.Role{domain.RoleExercising, domain.RoleDelivering} {
				missing = missing || 2*with[role] > whole && count(cell, role, false) == 0
			}
			if missing && held > 0 {
				all[found{projections.FindingGap, function, worldCover(footprint), footprint}] = true
			}
		}
	}
}

func flat(findings []projections.Finding) map[found]bool {
	all := map[found]bool{}
	for _, f := range findings {
		for _, footprint := range f.Footprints {
			all[found{f.Kind, f.Function, f.Organisation, footprint}] = true
		}
	}
	return all
}

// drawClosing adds the end of a body, so that what it holds is left behind.
func drawClosing(t *rapid.T, events []domain.Event) (all []domain.Event, closed func(domain.OrganisationCode, domain.AsOf) bool) {
	on := domain.Date(rapid.IntRange(2, worldDays).Draw(t, "the end of ICB"))
	last := events[len(events)-1]
	no := last.No + 1
	closing := domain.Event{
		No: no, TransactionID: "closing", Count: 1, RecordedAt: last.RecordedAt, EffectiveOn: on,
		Fact: domain.OrganisationClosed{Code: "ICB", EffectiveOn: on},
	}
	return append(slices.Clip(events), closing), func(code domain.OrganisationCode, a domain.AsOf) bool {
		return code == "ICB" && a.On >= on && a.Known >= no || a.On < 1
	}
}

func TestCoherenceLikeTheNaiveModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events, closed := drawClosing(t, drawHistory(t))
		v, o := apply(t, events), oracleOf(events)
		for range 4 {
			a := drawAsOf(t, v)
			answer, err := v.Coherence(projections.CoherenceQuery{AsOf: a, Kinds: mapKinds()})
			if err != nil {
				t.Fatal(err)
			}
			answer.Findings = slices.DeleteFunc(answer.Findings, func(f projections.Finding) bool { return f.Organisation == "" })
			entries := o.entries(a, func(domain.Remit) bool { return true })
			isClosed := func(code domain.OrganisationCode) bool { return closed(code, a) }
			check(t, "findings", flat(answer.Findings), naive(entries, isClosed, a.On >= 1))
			for _, f := range answer.Findings {
				checkFinding(t, v, a, f)
			}
		}
	})
}

// checkFinding checks what every finding must show: that it was so on the date since which it is, and that it follows
// from events that are known.
func checkFinding(t *rapid.T, v *projections.Views, a domain.AsOf, f projections.Finding) {
	t.Helper()
	if f.Since == 0 || f.Since > a.On || len(f.CauseEvents) == 0 || !slices.IsSorted(f.CauseEvents) ||
		f.CauseEvents[len(f.CauseEvents)-1] > a.Known || !slices.IsSorted(f.Footprints) {
		t.Fatalf("as of %+v: %+v", a, f)
	}
	if f.Kind == projections.FindingGap && !strings.HasSuffix(f.Message, ": nobody holds anything of it.") {
		return // which roles are usual is another question on another date
	}
	q := projections.CoherenceQuery{
		AsOf: domain.AsOf{On: f.Since, Known: a.Known}, Kinds: []projections.FindingKind{f.Kind},
		Functions: []domain.FunctionCode{f.Function},
	}
	then, err := v.Coherence(q)
	same := func(x projections.Finding) bool { return x.Organisation == f.Organisation }
	if err != nil || !slices.ContainsFunc(then.Findings, same) {
		t.Fatalf("%+v is not found on %s: %+v, %v", f, f.Since, then.Findings, err)
	}
}

// TestCoherenceUntilIsTheUnionOfTheDates asks day by day what one question about a stretch of days must answer.
func TestCoherenceUntilIsTheUnionOfTheDates(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events, _ := drawClosing(t, drawHistory(t))
		v := apply(t, events)
		q := projections.CoherenceQuery{AsOf: drawAsOf(t, v), Kinds: mapKinds()}
		q.Until = q.AsOf.On + domain.Date(rapid.IntRange(0, worldDays).Draw(t, "days"))
		answer, err := v.Coherence(q)
		if err != nil {
			t.Fatal(err)
		}
		want := map[found]bool{}
		for on := q.AsOf.On; on <= q.Until; on++ {
			day, err := v.Coherence(projections.CoherenceQuery{AsOf: domain.AsOf{On: on, Known: q.AsOf.Known}, Kinds: q.Kinds})
			if err != nil {
				t.Fatal(err)
			}
			maps.Copy(want, flat(day.Findings))
		}
		check(t, "findings of the days", flat(answer.Findings), want)
	})
}
