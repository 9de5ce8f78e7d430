package domain

import (
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// strangeFact is a fact of a later version.
type strangeFact struct{}

func (strangeFact) FactType() string { return "Strange" }
func (strangeFact) Entity() string   { return "strange/" }
func (strangeFact) Effective() Date  { return 0 }

// Events are dense from 1, and of a kind that this version knows; what is refused leaves no trace.
func TestApplyRefusesWhatDoesNotFollow(t *testing.T) {
	t.Parallel()
	s := NewState()
	first := Event{No: 1, Fact: FunctionDefined{Code: "eprr"}}
	if err := s.Apply(first); err != nil || s.Last() != 1 {
		t.Fatalf("the first event: %v, last %d", err, s.Last())
	}
	before := fingerprint(s)
	for _, c := range []struct {
		name  string
		event Event
		want  string
	}{
		{"the same again", first, "event 1 does not follow event 1"},
		{"one left out", Event{No: 3, Fact: FunctionDefined{Code: "send"}}, "event 3 does not follow event 1"},
		{"none", Event{Fact: FunctionDefined{Code: "send"}}, "event 0 does not follow event 1"},
		{"an unknown kind", Event{No: 2, Fact: strangeFact{}}, "unknown fact domain.strangeFact"},
	} {
		if err := s.Apply(c.event); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
		if fingerprint(s) != before {
			t.Fatalf("%s left a trace", c.name)
		}
	}
	if err := s.Apply(Event{No: 2, Fact: FunctionDefined{Code: "send"}}); err != nil {
		t.Errorf("the one that follows: %v", err)
	}
}

// Each part of the register folds the log by itself into what it is as a part of the whole: readers keep parts only.
func TestPartsFoldByThemselves(t *testing.T) {
	t.Parallel()
	s, err := playFile(filepath.Join("testdata", "frimley_goes_three_ways.txt"), false)
	if err != nil {
		t.Fatal(err)
	}
	other, err := playFile(filepath.Join("testdata", "commissioning_is_delegated.txt"), false)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []*register{s.register, other.register} {
		organisations, functions, instruments := NewOrganisations(), NewFunctions(), NewInstruments()
		transfers, delegations := NewTransfers(), NewDelegations()
		interventions, claims, risks, frameworks := NewInterventions(), NewClaims(), NewRisks(), NewFrameworks()
		packages, committees, programme, seconds := NewPackages(), NewCommittees(), NewProgramme(), NewSeconds()
		for i := range r.events {
			e := &r.events[i]
			organisations.Apply(e)
			functions.Apply(e)
			instruments.Apply(e)
			transfers.Apply(e)
			delegations.Apply(e)
			interventions.Apply(e)
			claims.Apply(e)
			risks.Apply(e)
			frameworks.Apply(e)
			packages.Apply(e)
			committees.Apply(e)
			programme.Apply(e)
			seconds.Apply(e)
		}
		for _, c := range []struct{ name, part, whole string }{
			{"organisations", partPrint(organisations), partPrint(&r.state.Organisations)},
			{"functions", partPrint(functions), partPrint(&r.state.Functions)},
			{"instruments", partPrint(instruments), partPrint(&r.state.Instruments)},
			{"transfers", partPrint(transfers), partPrint(&r.state.Transfers)},
			{"delegations", partPrint(delegations), partPrint(&r.state.Delegations)},
			{"interventions", partPrint(interventions), partPrint(&r.state.Interventions)},
			{"claims", partPrint(claims), partPrint(&r.state.Claims)},
			{"risks", partPrint(risks), partPrint(&r.state.Risks)},
			{"frameworks", partPrint(frameworks), partPrint(&r.state.Frameworks)},
			{"packages", partPrint(packages), partPrint(&r.state.Packages)},
			{"committees", partPrint(committees), partPrint(&r.state.Committees)},
			{"programme", partPrint(programme), partPrint(&r.state.Programme)},
			{"seconds", partPrint(seconds), partPrint(&r.state.Seconds)},
		} {
			if c.part != c.whole {
				t.Errorf("%s differ:\n%s\n%s", c.name, c.part, c.whole)
			}
		}
	}
}

// TestCopiesStayApart copies registers in the middle of random histories. Then they and the copies go on, each in its own
// way: each is what it is that went that way alone.
func TestCopiesStayApart(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		_, events := RandomHistory(t)
		at := EventNo(rapid.IntRange(0, len(events)).Draw(t, "copied after"))
		for at > 0 && events[at-1].Index < events[at-1].Count-1 {
			at--
		}
		register := folded(t, NewState(), events[:at])
		parting := fingerprint(register)
		copied := register.Copy()
		again := copied.Copy()
		folded(t, register, events[at:])
		var others []Event // the same things under other numbers
		for _, e := range events[min(at+1, EventNo(len(events))):] {
			e.No--
			others = append(others, e)
		}
		mark := copied.Mark()
		folded(t, copied, others)
		if fingerprint(copied) != fingerprint(folded(t, folded(t, NewState(), events[:at]), others)) {
			t.Error("the copy went on differently")
		}
		copied.Rollback(mark)
		if fingerprint(register) != fingerprint(folded(t, NewState(), events)) {
			t.Error("the register was changed by what was done on a copy")
		}
		if fingerprint(copied) != parting || fingerprint(again) != parting {
			t.Error("a copy was changed by what was done elsewhere")
		}
		if fingerprint(folded(t, again, others)) != fingerprint(folded(t, folded(t, NewState(), events[:at]), others)) {
			t.Error("the copy of the copy went on differently")
		}
	})
}

// TestListsOfCopiesStayApart lengthens the lists that grow in place, where they have room, on a register and on two copies.
func TestListsOfCopiesStayApart(t *testing.T) {
	t.Parallel()
	facts := func(n int64) []Fact {
		code := fmt.Sprint("B", n)
		return []Fact{
			RemitClaimed{ID: code},
			RemitsAttested{Organisation: OrganisationCode(code)},
			ReorganisationPlanned{ID: code},
			OrganisationsReorganised{Successions: []Succession{{Predecessor: OrganisationCode(code)}}},
			FootprintsSucceeded{Successions: []FootprintSuccession{{Share: code}}},
			PopulationRecorded{Count: n},
			CostRecorded{Pounds: n},
		}
	}
	apply := func(s *State, numbers ...int64) *State {
		for _, n := range numbers {
			for _, fact := range facts(n) {
				if err := s.Apply(Event{No: s.Last() + 1, Count: 1, Fact: fact}); err != nil {
					t.Fatal(err)
				}
			}
		}
		return s
	}
	register := apply(NewState(), 1, 2, 3) // where there is room for a fourth
	states := []*State{register, register.Copy(), register.Copy()}
	states = append(states, states[1].Copy())
	for i, s := range states {
		apply(s, int64(10+i))
	}
	for i, s := range states {
		if fingerprint(s) != fingerprint(apply(NewState(), 1, 2, 3, int64(10+i))) {
			t.Errorf("the lists of state %d are not its own", i)
		}
	}
}

func folded(t *rapid.T, s *State, events []Event) *State {
	for _, e := range events {
		if err := s.Apply(e); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func partPrint(part any) string {
	var out strings.Builder
	writeValue(&out, reflect.ValueOf(part))
	return out.String()
}

// What was known then is what the register was then: every view as known at an event is that of a register that ends
// there.
func TestAsKnownThen(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("testdata", "*.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		s, err := playFile(file, false)
		if err != nil {
			t.Fatal(err)
		}
		then := NewState()
		for _, e := range s.events {
			if err := then.Apply(e); err != nil {
				t.Fatal(err)
			}
			if last := e.Index == e.Count-1; last && e.No%5 == 0 {
				compareKnown(t, file, then, s.state, e.No)
			}
		}
	}
}

// failer is a test, or a run of a property.
type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

func compareKnown(t failer, file string, then, now *State, known EventNo) {
	t.Helper()
	for _, on := range endings(now) {
		for _, remit := range now.Holdings.Remits() {
			a, b := then.Holdings.At(remit, Now(on)), now.Holdings.At(remit, AsOf{on, known})
			if partPrint(a) != partPrint(b) {
				t.Fatalf("%s: %v on %s as known at %d is %v, and was %v", file, remit, on, known, b, a)
			}
		}
	}
	for _, c := range []struct {
		name   string
		before any
		after  any
	}{
		{"functions", then.Functions.All(Latest), now.Functions.All(known)},
		{"instruments", then.Instruments.All(Latest), now.Instruments.All(known)},
		{"transfers", then.Transfers.All(Latest), now.Transfers.All(known)},
		{"delegations", then.Delegations.All(Latest), now.Delegations.All(known)},
		{"successions", then.Organisations.Successions(Latest), now.Organisations.Successions(known)},
		{"plans", then.Organisations.Planned(Latest), now.Organisations.Planned(known)},
		{"bodies", bodiesOn(then, Latest), bodiesOn(now, known)},
		{"interventions", then.Interventions.All(Latest), now.Interventions.All(known)},
		{"claims", then.Claims.Claims(Latest), now.Claims.Claims(known)},
		{"attestations", then.Claims.Attestations(Latest), now.Claims.Attestations(known)},
		{"risks", then.Risks.All(Latest), now.Risks.All(known)},
		{"frameworks", then.Frameworks.All(Latest), now.Frameworks.All(known)},
		{"packages", then.Packages.All(Latest), now.Packages.All(known)},
		{"committees", then.Committees.All(Latest), now.Committees.All(known)},
		{"plan returns", then.Programme.Returns(Latest), now.Programme.Returns(known)},
	} {
		if partPrint(c.before) != partPrint(c.after) {
			t.Fatalf("%s: %s as known at %d are\n%v, and were\n%v", file, c.name, known, c.after, c.before)
		}
	}
}

// bodiesOn are the bodies that are known, open or not on each date on which any ended, with their regions.
func bodiesOn(s *State, known EventNo) map[OrganisationCode][]OrganisationCode {
	bodies := map[OrganisationCode][]OrganisationCode{}
	for _, body := range s.Organisations.Bodies(known) {
		bodies[body.Code] = []OrganisationCode{}
		for _, on := range []Date{NewDate(2022, 7, 1), NewDate(2026, 4, 1), NewDate(2026, 11, 21), NewDate(2027, 4, 1)} {
			a := AsOf{on, known}
			if body.IsOpen(a) {
				bodies[body.Code] = append(bodies[body.Code], s.Organisations.Ancestors(body.Code, a)...)
			}
		}
	}
	return bodies
}
