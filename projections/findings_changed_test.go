package projections_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
)

// about returns a fact as it would be about one function alone, with ids of its own.
func about(function domain.FunctionCode, fact domain.Fact) domain.Fact {
	changed, _ := reflect.TypeAssert[domain.Fact](valueAbout(function, reflect.ValueOf(fact)))
	return changed
}

func valueAbout(function domain.FunctionCode, v reflect.Value) reflect.Value {
	changed := reflect.New(v.Type()).Elem()
	changed.Set(v)
	switch v.Kind() { //nolint:exhaustive // facts have nothing else
	case reflect.Struct:
		for i := range v.NumField() {
			if changed.Field(i).CanSet() {
				changed.Field(i).Set(valueAbout(function, v.Field(i)))
			}
		}
	case reflect.Slice:
		if !v.IsNil() {
			changed.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
		}
		for i := range v.Len() {
			changed.Index(i).Set(valueAbout(function, v.Index(i)))
		}
	case reflect.String:
		id := v.Type() == reflect.TypeFor[domain.TransferID]() || v.Type() == reflect.TypeFor[domain.ArrangementID]()
		switch {
		case v.Type() == reflect.TypeFor[domain.FunctionCode]() && slices.Contains(worldFunctions, domain.FunctionCode(v.String())):
			changed.SetString(string(function))
		case id && v.String() != "":
			changed.SetString(v.String() + "-" + string(function))
		}
	}
	return changed
}

// drawTwoProgrammes draws the programmes of two functions, some of whose transfers result in remits of a third.
func drawTwoProgrammes(t *rapid.T) []domain.Event {
	j := newWorld()
	j.clock = j.clock.AddDate(-2025, 0, 0)
	j.commit(domain.FunctionDefined{Code: "gamma", Details: domain.FunctionDetails{FootprintKind: domain.KindLocation}})
	begun := map[string]bool{}
	for range rapid.IntRange(1, 40).Draw(t, "facts") {
		fact := programme{t}.fact()
		if p, ok := fact.(domain.TransferProposed); ok && rapid.Bool().Draw(t, "results elsewhere") {
			p.Results = []domain.TransferResult{{Function: "gamma", Footprints: worldFootprints[:1]}}
			p.ID += "-results"
			fact = p
		}
		fact = about(rapid.SampledFrom(worldFunctions).Draw(t, "about"), fact)
		kind, _, _ := strings.Cut(fact.Entity(), "/")
		switch fact.(type) {
		case domain.TransferProposed, domain.FunctionDelegated:
			begun[fact.Entity()] = true
		default:
			if (kind == "transfer" || kind == "delegation") && !begun[fact.Entity()] {
				continue // nothing happens to it before it is there
			}
		}
		j.commit(fact)
	}
	return j.events
}

// TestFindingsChangedAreThoseOfAll compares what changes of the findings of the functions that events touch with what
// changes of all findings.
func TestFindingsChangedAreThoseOfAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		j := newJournal()
		j.events = drawTwoProgrammes(t)
		end := domain.EventNo(len(j.events))
		c := projections.NewCopy(now, j)
		middle := max(worldEvents+1, end-domain.EventNo(rapid.IntRange(1, 4).Draw(t, "tried")))
		fill(t, j, c, middle)
		c.Try()
		tried := j.events[middle:]
		try(t, c, tried)
		on := domain.Date(rapid.IntRange(1, worldDays).Draw(t, "on"))
		q := projections.CoherenceQuery{
			AsOf: domain.AsOf{On: on, Known: middle}, Today: on, Until: on + domain.Date(rapid.IntRange(0, worldDays).Draw(t, "days")),
		}
		want, err := projections.FindingsChangedAnywhere(t.Context(), c, q)
		if err != nil {
			t.Fatal(err)
		}
		got, err := c.FindingsChanged(t.Context(), q, tried)
		if err != nil {
			t.Fatal(err)
		}
		check(t, "opened", got.Opened, want.Opened)
		check(t, "closed", got.Closed, want.Closed)
	})
}

// TestFindingsOfWhatIsTouched holds which functions are looked at.
func TestFindingsOfWhatIsTouched(t *testing.T) {
	j := newWorld()
	last := j.commit(domain.FunctionDelegated{ID: "D1", Function: "beta", Instrument: "power"})
	c := projections.NewCopy(now, j)
	if err := c.Fill(t.Context(), j, last); err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		fact domain.Fact
		want []domain.FunctionCode
		all  bool
	}{
		{allocated("alpha", 3, domain.Holding{Holder: "ICA"}, worldFootprints, domain.RoleOverview), []domain.FunctionCode{"alpha"}, false},
		{domain.DelegationVaried{ID: "D1"}, []domain.FunctionCode{"beta"}, false},
		{domain.InstrumentDiscarded{Code: "power"}, []domain.FunctionCode{"beta"}, false},
		{domain.InstrumentDiscarded{Code: "other"}, nil, false},
		{domain.OrganisationRenamed{Code: "ICA"}, nil, false},
		{domain.OrganisationMoved{Code: "ICA"}, nil, true},
		{domain.RemitsAttested{Organisation: "ICA"}, nil, true},
		{domain.Corrected{About: "organisation/ICA"}, nil, true},
		{domain.PersonalDataErased{}, nil, true},
	} {
		got, some := projections.Touches(c, []domain.Event{{Fact: x.fact}})
		if some == x.all || !x.all && !slices.Equal(got, x.want) {
			t.Errorf("%T touches %v, all: %v", x.fact, got, !some)
		}
	}
}
