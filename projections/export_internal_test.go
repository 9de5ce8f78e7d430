package projections

import (
	"context"
	"reflect"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/remit-register/remit/domain"
)

// NewWithEpochs returns views whose lines begin a new epoch after few changes, as otherwise only long ones do.
func NewWithEpochs(now func() time.Time, epochChanges int32) *Views {
	v := New(now)
	v.holdings = newFunctionMap(epochChanges)
	return v
}

// NewReadingWithEpochs is NewWithEpochs for views that read their events back.
func NewReadingWithEpochs(now func() time.Time, log Log, epochChanges int32) *Views {
	v := NewReading(now, log)
	v.holdings = newFunctionMap(epochChanges)
	return v
}

// comparableState returns a state as reflect.DeepEqual can compare it, which takes far less time than to tell a difference.
func comparableState(s *state) [3]any {
	plain, holdings := *s, *s.holdings
	var own func(*cell) *cell
	owned := map[*cell]*cell{nil: nil}
	own = func(c *cell) *cell { // to whom cells belong is nothing that views know
		if _, ok := owned[c]; !ok {
			clone := *c
			clone.generation, clone.next = 0, own(c.next)
			owned[c] = &clone
		}
		return owned[c]
	}
	cells := func(tree *cellTree) []*cell {
		packed := packTree(tree)
		for i, c := range packed {
			packed[i] = own(c)
		}
		return packed
	}
	byBody, byPlace := map[domain.OrganisationCode][]*cell{}, map[place]*cell{}
	for body, tree := range holdings.byBody {
		byBody[body] = cells(tree)
	}
	for at, c := range holdings.byPlace {
		byPlace[at] = own(c)
	}
	all := cells(holdings.all)
	holdings.all, holdings.byBody, holdings.names, plain.holdings = nil, nil, nil, &holdings
	holdings.byPlace, holdings.generation = byPlace, 0
	return [3]any{plain, all, byBody}
}

// DiffStates compares all that two views know, down to the last unexported field.
func DiffStates(a, b *Views) string {
	if reflect.DeepEqual(comparableState(&a.state), comparableState(&b.state)) {
		return ""
	}
	return cmp.Diff(&a.state, &b.state,
		cmp.Exporter(func(reflect.Type) bool { return true }),
		cmp.Transformer("cells", packTree))
}

// NewCopyWithEpochs is NewWithEpochs for copies.
func NewCopyWithEpochs(now func() time.Time, log Log, epochChanges int32) *Copy {
	c := NewCopy(now, log)
	c.holdings = newFunctionMap(epochChanges)
	return c
}

// ForgetGenerations counts generations from the beginning, as in another process, until what it returns is called.
func ForgetGenerations() func() {
	before := generations.Swap(0)
	return func() { generations.Store(before) }
}

// ListedUnder returns the bodies under which a cell is listed.
func ListedUnder(v *Views, function domain.FunctionCode, footprint domain.FootprintCode) []domain.OrganisationCode {
	return v.holdings.at(function, footprint).bodies
}

// ReadFrom has a copy read events from another log.
func (c *Copy) ReadFrom(log Log) { c.log = log }

// Damages are ways in which what views know may come to differ from the log, each by what a rebuild calls it. Every one
// changes one thing only.
func Damages() map[string]func(*Views) {
	first := func(v *Views) *cell { return packTree(v.holdings.all)[0] }
	return map[string]func(*Views){
		"the map: another holder": func(v *Views) {
			c := packTree(v.holdings.all)[1]
			c.lines[0].points[0].value = v.holdings.values.id([]domain.Holding{{Holder: "WRONG"}})
		},
		"the map: another date":                  func(v *Views) { first(v).lines[0].points[0].from++ },
		"the map: nobody holds":                  func(v *Views) { first(v).lines[0].points[0].value = nobody },
		"the map: a line is gone":                func(v *Views) { first(v).lines, first(v).ends = nil, [roleCount]int32{} },
		"the map: it cannot be read":             func(v *Views) { first(v).lines = nil },
		"the map: a place is gone":               func(v *Views) { v.holdings.all.Delete(first(v)) },
		"the indexes of the map: of a body":      func(v *Views) { v.holdings.byBody["ICA"].Delete(first(v)) },
		"the indexes of the map: of a place":     func(v *Views) { v.holdings.unlink(first(v)); first(v).next = nil },
		"the index of events: recorded earlier":  func(v *Views) { *v.events.recorded.at(1)-- },
		"the index of events: about nothing":     func(v *Views) { v.events.byEntity[0] = nil },
		"organisations and footprints: all gone": func(v *Views) { v.organisations = domain.NewOrganisations() },
		"functions: all gone":                    func(v *Views) { v.functions = domain.NewFunctions() },
	}
}

// FindingsChangedAnywhere is Copy.FindingsChanged that looks at everything, as that must answer.
func FindingsChangedAnywhere(ctx context.Context, c *Copy, q CoherenceQuery) (FindingsChanged, error) {
	with := q
	with.AsOf.Known = c.State.Last()
	before, err := c.foundFor(ctx, q)
	if err != nil {
		return FindingsChanged{}, err
	}
	after, err := c.foundFor(ctx, with)
	return changedFindings(before, after), err
}

// Touches returns the functions at which FindingsChanged looks because of events, or false for all of them.
func Touches(c *Copy, events []domain.Event) ([]domain.FunctionCode, bool) {
	touched, all := c.touchedBy(events)
	return c.linked(touched), !all
}

// DiffIndexes compares what two views know of holdings and of events, down to the last field.
func DiffIndexes(a, b *Views) string {
	what := a.holdings.difference(b.holdings)
	if !a.events.equal(&b.events) {
		what += " the index of events"
	}
	return what
}

// DiffPlans compares what two views know of transfers, as lists that are empty or missing are the same.
func DiffPlans(a, b *Views) string {
	return cmp.Diff(a.plans, b.plans, cmp.Exporter(func(reflect.Type) bool { return true }), cmpopts.EquateEmpty(),
		cmpopts.IgnoreMapEntries(func(_ domain.FunctionCode, list []*flight) bool { return len(list) == 0 }),
		cmpopts.IgnoreMapEntries(func(_ domain.TransferID, list []*flight) bool { return len(list) == 0 }))
}
