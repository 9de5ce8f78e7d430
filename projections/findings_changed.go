package projections

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/remit-register/remit/domain"
)

// FindingsChanged is how the findings differ between two states of knowledge.
type FindingsChanged struct {
	// Opened are those that there are only with what was learned, or in more places, Closed those that there are only
	// without it, or in more places; and those that a plan will close only with it. Both are in order.
	Opened, Closed []Finding
}

// FindingsChanged compares what is found as known before some events, the position of the query, and with them: those
// that are being tried are shown by this copy. Only functions are looked at whose findings can differ. It refuses as
// Coherence does.
func (c *Copy) FindingsChanged(ctx context.Context, q CoherenceQuery, events []domain.Event) (FindingsChanged, error) {
	touched, all := c.touchedBy(events)
	if !all {
		if q.Functions = c.linked(touched); len(q.Functions) == 0 {
			return FindingsChanged{}, nil
		}
	}
	with := q
	with.AsOf.Known = c.State.Last()
	before, err := c.foundFor(ctx, q)
	if err != nil {
		return FindingsChanged{}, err
	}
	after, err := c.foundFor(ctx, with)
	if err != nil {
		return FindingsChanged{}, err
	}
	return changedFindings(before, after), nil
}

// finding is what makes two findings the same.
type finding struct {
	findingKey

	planned bool
}

// foundFor returns what is found; nothing of functions that are not known yet.
func (c *Copy) foundFor(ctx context.Context, q CoherenceQuery) (map[finding]Finding, error) {
	asked := len(q.Functions) > 0
	q.Functions = slices.DeleteFunc(slices.Clone(q.Functions), func(code domain.FunctionCode) bool {
		_, known := c.functions.Get(code, q.AsOf.Known)
		return !known
	})
	if asked && len(q.Functions) == 0 {
		return nil, nil //nolint:nilnil // nothing is found
	}
	list, err := c.coherence(q, ctx.Err)
	if err != nil {
		return nil, err
	}
	found := make(map[finding]Finding, len(list.Findings))
	for _, f := range list.Findings {
		found[finding{findingKey{f.Kind, f.Function, f.Organisation, f.Aspect}, f.IsPlanned()}] = f
	}
	return found, nil
}

func changedFindings(before, after map[finding]Finding) FindingsChanged {
	d := FindingsChanged{Opened: newIn(after, before), Closed: newIn(before, after)}
	for key, f := range after {
		if was, ok := before[key]; ok && f.ClosesOn != 0 && was.ClosesOn == 0 {
			d.Closed = append(d.Closed, f)
		}
	}
	slices.SortStableFunc(d.Closed, CompareFindings)
	return d
}

// newIn returns the findings that others do not have, or not in all of their places, in order.
func newIn(list, others map[finding]Finding) []Finding {
	var found []Finding
	for key, f := range list {
		other, ok := others[key]
		missing := func(code domain.FootprintCode) bool {
			_, in := slices.BinarySearch(other.Footprints, code)
			return !in
		}
		if !ok || slices.ContainsFunc(f.Footprints, missing) {
			found = append(found, f)
		}
	}
	slices.SortFunc(found, CompareFindings)
	return found
}

// touchedBy returns the functions that events are about, or that all findings may change: what is said of bodies and
// footprints bears on any function.
func (c *Copy) touchedBy(events []domain.Event) (functions map[domain.FunctionCode]bool, all bool) {
	functions = map[domain.FunctionCode]bool{}
	for i := range events {
		for _, change := range domain.ChangesOf(events[i].Fact) {
			for _, subject := range change.Subjects {
				functions[subject.Function] = true
			}
		}
		if !c.touches(events[i].Fact, functions) {
			return nil, true
		}
	}
	return functions, false
}

// touches adds the functions on whose findings a fact bears besides its changes of holdings; false where that cannot be
// told by function.
func (c *Copy) touches(fact domain.Fact, functions map[domain.FunctionCode]bool) bool {
	switch f := fact.(type) {
	case domain.FunctionDefined:
		functions[f.Code] = true
	case domain.FunctionRevised:
		functions[f.Code] = true
	case domain.FunctionDivided:
		functions[f.Code] = true
	case domain.FunctionAllocated:
		functions[f.Function] = true
	case domain.DelegationAccepted, domain.DelegationRevoked, domain.DelegationVaried,
		domain.VariationAccepted, domain.FunctionDelegated:
		c.touchesArrangement(fact.Entity(), functions)
	case domain.OccurrenceRecorded:
		functions[f.Function] = true
	case domain.RemitClaimed:
		functions[f.Function] = true
	case domain.CostRecorded:
		c.touchesTransfer(f.Transfer, functions)
	case domain.InterventionRecorded:
		c.touchesIntervention(f.ID, functions)
	case domain.InterventionEnded:
		c.touchesIntervention(f.ID, functions)
	case domain.InstrumentRegistered:
		c.touchesInstrument(f.Code, functions)
	case domain.InstrumentCommenced:
		c.touchesInstrument(f.Code, functions)
	case domain.InstrumentDiscarded:
		c.touchesInstrument(f.Code, functions)
	case domain.OrganisationRenamed, domain.SecondAwaited, domain.SecondGiven, domain.SecondDeclined, domain.FrameworkSet,
		domain.PopulationRecorded, domain.CommitteeFormed, domain.CommitteeChanged, domain.AdviceRecorded,
		domain.PlanReturnSubmitted, domain.PlanReturnModerated, domain.RiskRaised, domain.RiskUpdated, domain.RiskClosed,
		domain.PackageFormed, domain.FunctionMapImported, domain.MapLinesProposed:
		// No finding rests on these. A name is in what findings say, and not in whether there are any.
	default:
		return c.touchesByEntity(fact, functions)
	}
	return true
}

// touchesByEntity is touches for what happens to transfers, and for corrections.
func (c *Copy) touchesByEntity(fact domain.Fact, functions map[domain.FunctionCode]bool) bool {
	switch f := fact.(type) {
	case domain.MatterDisposed: // comes with what bears on everything
		return false
	case domain.Corrected:
		return len(f.Changes) > 0 // others put bodies and footprints right
	}
	id, ok := strings.CutPrefix(fact.Entity(), "transfer/")
	if ok {
		c.touchesTransfer(domain.TransferID(id), functions)
	}
	return ok
}

func (c *Copy) touchesTransfer(id domain.TransferID, functions map[domain.FunctionCode]bool) {
	if t, ok := c.transfers.Get(id, domain.Latest); ok {
		functions[t.Subject.Function] = true
	}
}

func (c *Copy) touchesArrangement(entity string, functions map[domain.FunctionCode]bool) {
	id, _ := strings.CutPrefix(entity, "delegation/")
	if d, ok := c.delegations.Get(domain.ArrangementID(id), domain.Latest); ok {
		functions[d.Subject.Function] = true
	}
}

func (c *Copy) touchesIntervention(id string, functions map[domain.FunctionCode]bool) {
	if i, ok := c.interventions.Get(id, domain.Latest); ok {
		for _, code := range i.Functions {
			functions[code] = true
		}
	}
}

// touchesInstrument adds the functions of the arrangements that rest on an instrument.
func (c *Copy) touchesInstrument(code domain.InstrumentCode, functions map[domain.FunctionCode]bool) {
	for _, d := range c.delegations.All(domain.Latest) {
		if d.Instrument == code {
			functions[d.Subject.Function] = true
		}
	}
}

// linked returns some functions together with those that transfers which change the kind of footprint link with them: what
// is held of one by virtue of such a transfer counts for findings about the other.
func (v *Views) linked(functions map[domain.FunctionCode]bool) []domain.FunctionCode {
	v.mu.RLock()
	defer v.mu.RUnlock()
	var links [][]domain.FunctionCode
	for _, id := range v.plans.resulting {
		t, _ := v.transfers.Get(id, domain.Latest)
		link := []domain.FunctionCode{t.Subject.Function}
		for _, result := range t.Results {
			link = append(link, result.Function)
		}
		links = append(links, link)
	}
	linked := maps.Clone(functions)
	for grown := true; grown; {
		before := len(linked)
		for _, link := range links {
			if slices.ContainsFunc(link, func(code domain.FunctionCode) bool { return linked[code] }) {
				for _, code := range link {
					linked[code] = true
				}
			}
		}
		grown = len(linked) > before
	}
	return slices.Sorted(maps.Keys(linked))
}
