package projections

import (
	"maps"
	"slices"
	"strings"

	"github.com/remit-register/remit/domain"
)

// StepsQuery asks for the way from one point on both clocks to a later one, step by step: first what the register
// learned about the earlier date, transaction by transaction, and then what changed from date to date, as known at the
// later position.
type StepsQuery struct {
	// From is not after To on either clock. Both positions are those of completed transactions, or are resolved to them.
	From, To domain.AsOf
	// Filter limits the answer to remits of which it lets a holding through, before or after.
	Filter Filter
}

// Step is what one transaction or one date changed of the map. Whoever puts After of each difference in the place of
// what the map said of that remit has the map as of AsOf: holders, instruments, dates, events and all.
type Step struct {
	// Before and AsOf are the points that the map shows before and after the step. They differ in one clock.
	Before, AsOf domain.AsOf
	// Changes are sorted by function, part, footprint and role. There is one at least.
	Changes []Difference
}

// IsLearned tells whether the register learned the step: it is that of a transaction and not that of a date.
func (s *Step) IsLearned() bool { return s.Before.Known != s.AsOf.Known }

// Steps calls yield with every step of the way, in order, until it returns false. No lock is held then. It refuses as
// Map does, and with domain.InvalidArgument for a way that leads back.
func (v *Views) Steps(q StepsQuery, yield func(Step) bool) error {
	from, to, err := v.resolveBoth(CompareQuery{From: q.From, To: q.To, Filter: q.Filter})
	if err != nil {
		return err
	}
	if from.On > to.On || from.Known > to.Known {
		return domain.Refuse(domain.InvalidArgument, "The way from one point to the other leads back in time.",
			"Give the earlier date and the earlier position first.")
	}
	at := from
	for at.Known < to.Known {
		step, err := v.learned(q.Filter, at, to.Known)
		if err != nil {
			return err
		}
		at = step.AsOf
		if len(step.Changes) > 0 && !yield(step) {
			return nil
		}
	}
	return v.dateSteps(q.Filter, at, to.On, yield)
}

// learned returns the next step that a transaction made. Where many transactions touch nothing of the map, it stops
// among them, and the step has no changes.
func (v *Views) learned(f Filter, at domain.AsOf, until domain.EventNo) (Step, error) {
	numbers, before, last := v.nextTouching(at.Known, until)
	step := Step{Before: domain.AsOf{On: at.On, Known: before}, AsOf: domain.AsOf{On: at.On, Known: last}}
	if len(numbers) == 0 {
		return step, nil
	}
	events, err := v.readEvents(numbers)
	if err != nil {
		return step, err
	}
	seen := touchedBy(f, events)
	x := v.newStepper(f, step.Before, step.AsOf)
	x.why = seen.why
	if len(seen.persons) > 0 {
		step.Changes = v.walkSteps(f, &x)
		return step, nil
	}
	v.mu.RLock()
	defer v.mu.RUnlock()
	for _, c := range v.cellsOf(seen.causes) {
		step.Changes = x.differences(step.Changes, c)
	}
	return step, nil
}

// nextTouching returns the events of the next transaction after a position that may change the map, with the positions
// before and after it: none where a stretch of the log has no such transaction.
func (v *Views) nextTouching(at, until domain.EventNo) (numbers []domain.EventNo, before, last domain.EventNo) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	for no, seen := at+1, 0; no <= until; no++ {
		if v.touches(no) {
			numbers = append(numbers, no)
		}
		seen++
		if !v.events.isEnd(no) {
			continue
		}
		if len(numbers) > 0 {
			return numbers, at, no
		}
		if at = no; seen >= stretch {
			break
		}
	}
	return nil, at, at
}

// touches tells whether an event may change the map, by its type; the caller holds the lock.
func (v *Views) touches(no domain.EventNo) bool {
	if v.events.changesHoldings(no) {
		return true
	}
	kind := v.events.kindName(no)
	return kind == domain.OrganisationEstablished{}.FactType() || kind == domain.OrganisationMoved{}.FactType()
}

// touched is what a transaction may have changed of the map.
type touched struct {
	// causes are the events that changed a remit.
	causes map[domain.Remit][]domain.EventNo
	// persons are the events that may have changed which bodies are one person in law, anywhere on the map.
	persons []domain.EventNo
}

// why returns the events by which a remit came to differ. Where none changed the remit itself, they changed another
// role of its cell, or a body.
func (t *touched) why(r domain.Remit, _ []line) []domain.EventNo {
	causes := t.causes[r]
	if len(causes) == 0 {
		causes = t.persons
	}
	if len(causes) == 0 {
		for remit, numbers := range t.causes {
			if remit.Subject == r.Subject && remit.Footprint == r.Footprint {
				causes = append(causes, numbers...)
			}
		}
		slices.Sort(causes)
	}
	return slices.Compact(slices.Clone(causes))
}

// touchedBy gathers what the events of a transaction may have changed.
func touchedBy(f Filter, events []domain.Event) touched {
	t := touched{causes: map[domain.Remit][]domain.EventNo{}}
	for i := range events {
		e := &events[i]
		if changesPersons(e.Fact) {
			t.persons = append(t.persons, e.No)
		}
		for _, change := range domain.ChangesOf(e.Fact) {
			for remit := range change.Remits {
				// In another role it may be seen whether its holder is one person with who is accountable.
				if f.letsPlace(remit) {
					t.causes[remit] = append(t.causes[remit], e.No)
				}
			}
		}
	}
	return t
}

// changesPersons tells whether a fact may say for whom a body acts in law.
func changesPersons(fact domain.Fact) bool {
	switch f := fact.(type) {
	case domain.OrganisationEstablished, domain.OrganisationMoved:
		return true
	case domain.Corrected:
		return strings.HasPrefix(f.About, "organisation/") || strings.HasPrefix(f.About, "reorganisation/")
	default:
		return false
	}
}

// cellsOf returns the cells of remits, in order.
func (v *Views) cellsOf(remits map[domain.Remit][]domain.EventNo) []*cell {
	cells := map[*cell]bool{}
	for remit := range remits {
		if c := v.holdings.find(remit.Subject, remit.Footprint); c != nil {
			cells[c] = true
		}
	}
	return slices.SortedFunc(maps.Keys(cells), compareCells)
}

// letsPlace is letsRemit for any role.
func (f *Filter) letsPlace(r domain.Remit) bool {
	return (len(f.Functions) == 0 || slices.Contains(f.Functions, r.Subject.Function)) &&
		(len(f.Footprints) == 0 || slices.Contains(f.Footprints, r.Footprint))
}

// stepper finds the differences that one step makes.
type stepper struct {
	comparer

	// why returns the events by which a remit came to differ.
	why func(domain.Remit, []line) []domain.EventNo
}

func (v *Views) newStepper(f Filter, from, to domain.AsOf) stepper {
	roles := Filter{Roles: f.Roles}
	return stepper{comparer: comparer{
		before: v.newMatcher(roles, from), after: v.newMatcher(roles, to),
		fromFilter: v.newMatcher(f, from), toFilter: v.newMatcher(f, to),
	}}
}

// differences appends whatever differs of a cell, if only the date until which it is held; the caller holds the lock.
func (x *stepper) differences(list []Difference, c *cell) []Difference {
	before, after := x.before.entries(nil, c), x.after.entries(nil, c)
	if slices.Equal(before, after) {
		return list
	}
	for i, role := range x.before.names {
		d := Difference{
			Remit:  domain.Remit{Subject: c.subject, Footprint: c.footprint, Role: role},
			Before: ofRole(before, role), After: ofRole(after, role),
		}
		if !slices.Equal(d.Before, d.After) && x.isAskedFor(d) {
			d.CauseEvents = x.why(d.Remit, c.of(int8(i)))
			list = append(list, d)
		}
	}
	return list
}

// walkSteps finds the differences of the whole map.
func (v *Views) walkSteps(f Filter, x *stepper) []Difference {
	var changes []Difference
	v.walk(f, nil, x.after.asOf, func(c *cell) bool {
		changes = x.differences(changes, c)
		return true
	})
	return changes
}
