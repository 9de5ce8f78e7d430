package projections

import (
	"maps"
	"slices"

	"github.com/remit-register/remit/domain"
)

// CoherenceQuery asks what is incoherent in the map on a date. Empty fields limit nothing.
type CoherenceQuery struct {
	AsOf domain.AsOf
	// Until adds what will be found on later dates, up to and including this one: each finding says since when. The
	// planned transfers that are to take effect by then do so on their dates, and findings say which of them open or
	// close them. Zero asks about the date alone.
	Until domain.Date
	// Today tells which planned dates have passed: those before it, and before the date of the question. Zero is the
	// date of the question.
	Today domain.Date
	Kinds []FindingKind
	// Functions limits the answer to findings about these functions.
	Functions []domain.FunctionCode
	// Organisations limits the answer to findings at these bodies, and those that involve them.
	Organisations []domain.OrganisationCode
	// Severity limits the answer to findings at least this grave; "" for all.
	Severity Severity
}

// Coherence is what is incoherent in the map.
type Coherence struct {
	AsOf  domain.AsOf
	Until domain.Date
	// Dates are those that were looked at: that of the question, and those up to Until on which anything changes.
	Dates []domain.Date
	// Findings are sorted by kind, function and body.
	Findings []Finding
}

// Coherence computes what is incoherent in the map. It refuses with domain.UnknownFunction or
// domain.UnknownOrganisation when the query names something that is not known, and with domain.InvalidArgument for a
// position not reached yet, or an end before the date.
func (v *Views) Coherence(q CoherenceQuery) (Coherence, error) {
	return v.coherence(q, func() error { return nil })
}

// coherence is Coherence that ends when over returns an error.
func (v *Views) coherence(q CoherenceQuery, over func() error) (Coherence, error) {
	a, err := v.resolveFilter(q.AsOf, Filter{Functions: q.Functions, Organisations: q.Organisations})
	if err != nil {
		return Coherence{}, err
	}
	if q.Until != 0 && q.Until < a.On {
		return Coherence{}, domain.Refuse(domain.InvalidArgument, "The last date lies before the first.",
			"Leave it out, or give a later one.", "until", q.Until.String(), "effectiveOn", a.On.String())
	}
	plans := v.plansUntil(a, q.Until)
	answer := Coherence{AsOf: a, Until: q.Until, Dates: v.datesOf(a, q, plans)}
	days, err := v.inquireAll(q, answer, plans, over)
	if err != nil {
		return Coherence{}, err
	}
	all, ahead := drafts{}, newForecast()
	for _, day := range days {
		all.add(day.happened)
		if len(day.due) > 0 {
			ahead.compare(day.on, day.happened, day.planned, day.due)
		}
	}
	answer.Findings = all.findings(q, ahead)
	return answer, nil
}

// concerned narrows a query to the functions that planned transfers concern: nothing else differs because of them.
func (v *Views) concerned(q CoherenceQuery, due []*foreseen) CoherenceQuery {
	if len(q.Functions) > 0 {
		return q
	}
	functions := map[domain.FunctionCode]bool{}
	for _, f := range due {
		functions[f.Subject.Function] = true
		for _, result := range f.Results {
			functions[result.Function] = true
		}
	}
	q.Functions = v.linked(functions)
	return q
}

// datesOf returns the dates to look at: that of the question, and those after it on which anything changes.
func (v *Views) datesOf(a domain.AsOf, q CoherenceQuery, plans []*foreseen) []domain.Date {
	dates := append([]domain.Date{a.On}, v.changeDates(a, q)...)
	for _, f := range plans {
		dates = append(dates, f.on)
	}
	slices.Sort(dates)
	return slices.Compact(dates)
}

// inquiry looks for findings on one date.
type inquiry struct {
	views *Views
	asOf  domain.AsOf
	today domain.Date
	query CoherenceQuery
	drafts
	functions map[domain.FunctionCode]*functionTally
	bodies    map[domain.OrganisationCode]*bodyState
	// ending has the announced reorganisations without known successors that will have ended a body by the date.
	ending map[domain.OrganisationCode]domain.PlannedReorganisation
	// under has what is held under each arrangement, caused what is held by virtue of each occurrence.
	under  map[domain.ArrangementID]*tally
	caused map[domain.EventNo]*tally
	// put is what was put right of changes that moved something.
	put rectifications
	// defined has the last event that defined or revised each function, by its entity.
	defined map[string]domain.EventNo
	// sound are the holdings, by their place among the values of the map, whose bodies are open and not announced to end.
	sound map[*domain.Holding]bool
	// everywhere has the footprints of each kind that functions are about.
	everywhere map[string][]domain.FootprintCode
	// latest is the function that was looked at last: the walk goes from one to the next.
	latest struct {
		code domain.FunctionCode
		*functionTally
	}
	// buffer has what is held in the cell that is looked at.
	buffer []held
	// planned are the planned transfers that are taken to have taken effect; none: only what has happened counts.
	planned []*foreseen
}

// tally gathers where something is held, since when, and by which events.
type tally struct {
	footprints map[domain.FootprintCode]bool
	events     map[domain.EventNo]bool
	since      domain.Date
}

func newTally() *tally {
	return &tally{footprints: map[domain.FootprintCode]bool{}, events: make(map[domain.EventNo]bool)}
}

func (t *tally) add(footprint domain.FootprintCode, since domain.Date, no domain.EventNo) {
	t.footprints[footprint], t.events[no] = true, true
	if t.since == 0 || since < t.since {
		t.since = since
	}
}

func (t *tally) places() []domain.FootprintCode { return slices.Sorted(maps.Keys(t.footprints)) }
func (t *tally) causes() []domain.EventNo       { return slices.Sorted(maps.Keys(t.events)) }

// inquire computes the findings of one date. It walks the map in stretches, as every walk does, and looks at
// everything else while it holds the lock once.
func (v *Views) inquire(q CoherenceQuery, a domain.AsOf, planned []*foreseen) drafts {
	x := v.newInquiry(q, a, planned)
	v.mu.RLock()
	x.begin()
	v.mu.RUnlock()
	v.walk(Filter{Functions: q.Functions}, nil, a, func(c *cell) bool {
		x.cell(c)
		return true
	})
	v.mu.RLock()
	defer v.mu.RUnlock()
	x.plannedCells()
	x.gaps()
	x.outliers()
	x.receivers()
	x.claims()
	x.arrangements()
	x.occurrences()
	x.transfers()
	x.reorganisations()
	return x.drafts
}

func (v *Views) newInquiry(q CoherenceQuery, a domain.AsOf, planned []*foreseen) *inquiry {
	x := &inquiry{
		views: v, asOf: a, today: q.Today, query: q, drafts: drafts{},
		functions: map[domain.FunctionCode]*functionTally{}, bodies: map[domain.OrganisationCode]*bodyState{},
		ending: map[domain.OrganisationCode]domain.PlannedReorganisation{},
		under:  map[domain.ArrangementID]*tally{}, caused: make(map[domain.EventNo]*tally),
		defined: make(map[string]domain.EventNo), sound: map[*domain.Holding]bool{},
		everywhere: make(map[string][]domain.FootprintCode), planned: planned,
	}
	if x.today == 0 {
		x.today = a.On
	}
	return x
}

// begin gathers what the walk needs to know beforehand.
func (x *inquiry) begin() {
	for _, p := range x.views.organisations.Planned(x.asOf.Known) {
		if len(p.Results) > 0 || p.EffectiveOn > x.asOf.On || p.EffectiveOn < x.today {
			continue
		}
		for _, code := range p.Originals {
			if x.body(code).open {
				x.ending[code] = p
			}
		}
	}
	for _, no := range x.views.events.ofType("OccurrenceRecorded", x.asOf.Known) {
		x.caused[domain.EventNo(no)] = newTally()
	}
	x.put = x.views.rectifications(x.asOf.Known)
	for _, kind := range []string{domain.FunctionDefined{}.FactType(), domain.FunctionRevised{}.FactType()} {
		for _, no := range x.views.events.ofType(kind, x.asOf.Known) {
			entity := x.views.events.entityName(domain.EventNo(no))
			x.defined[entity] = max(x.defined[entity], domain.EventNo(no))
		}
	}
}

// bodyState is what a date's findings need to know of a body.
type bodyState struct {
	known, open bool
	name        string
	// since is from when it is open, or closed, and by which event.
	since domain.Date
	event domain.EventNo
}

func (x *inquiry) body(code domain.OrganisationCode) *bodyState {
	if state, ok := x.bodies[code]; ok {
		return state
	}
	state := &bodyState{}
	if body, ok := x.views.organisations.Body(code, x.asOf.Known); ok {
		state.known = true
		state.name = nameAt(periodsOf(body.Name, x.asOf.Known), x.asOf.On)
		if p, ok := body.Open.At(x.asOf); ok {
			state.open, state.since, state.event = p.Value, p.From, p.No
		}
	}
	x.bodies[code] = state
	return state
}

// named writes a body as "Name (CODE)".
func (x *inquiry) named(code domain.OrganisationCode) string {
	if code == "" {
		return "nobody"
	}
	if name := x.body(code).name; name != "" {
		return name + " (" + string(code) + ")"
	}
	return string(code)
}

// title is the name of a function.
func (x *inquiry) title(code domain.FunctionCode) string {
	if f := x.function(code); f.details.Name != "" {
		return f.details.Name
	}
	return string(code)
}

// asksFor tells whether the query is about a function; a finding about none is asked for by a query about all.
func (x *inquiry) asksFor(code domain.FunctionCode) bool {
	return len(x.query.Functions) == 0 || slices.Contains(x.query.Functions, code)
}
