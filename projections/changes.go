package projections

import (
	"slices"

	"github.com/remit-register/remit/domain"
)

// ChangesQuery asks what was recorded about holdings, in the order of the log.
type ChangesQuery struct {
	// After is the event after which the answer begins, 0 for the start of the log.
	After domain.EventNo
	// Until is the last event that may be answered: a position that pins a list over several pages. domain.Latest, or
	// 0, for everything.
	Until domain.EventNo
	// Filter limits the answer to changes of which it lets a holding through, before or after.
	Filter Filter
	// Limit is how many changes make a page full, 0 for no limit. The changes of one event are never divided, so that a
	// page can have more.
	Limit int
}

// ChangesPage is a page of recorded changes.
type ChangesPage struct {
	// Changes tell what was known when each was recorded: SupersededBy is never set.
	Changes []Change
	// Next is the event after which the next page begins, 0 when this is the last page.
	Next domain.EventNo
	// Position is the position up to which the answer speaks: who watches asks again after it.
	Position domain.EventNo
}

// Changes lists what was recorded about holdings. It refuses as Map does, and fails when the log cannot be read.
func (v *Views) Changes(q ChangesQuery) (ChangesPage, error) {
	if q.Until == 0 {
		q.Until = domain.Latest
	}
	a, err := v.resolveFilter(domain.AsOf{Known: q.Until}, q.Filter)
	if err != nil {
		return ChangesPage{}, err
	}
	page := ChangesPage{Position: a.Known}
	for no := q.After; no < a.Known; {
		if no, err = v.changesStretch(q, &page, no, a.Known); err != nil {
			return ChangesPage{}, err
		}
		if q.Limit > 0 && len(page.Changes) >= q.Limit {
			if no < a.Known {
				page.Next = no
			}
			break
		}
	}
	return page, nil
}

// changesStretch adds the changes of a stretch of events after no, and returns the last event looked at.
func (v *Views) changesStretch(q ChangesQuery, page *ChangesPage, no, until domain.EventNo) (domain.EventNo, error) {
	numbers, end := v.changing(no, min(until, no+stretch), q.Limit-len(page.Changes))
	events, err := v.readEvents(numbers)
	if err != nil {
		return no, err
	}
	v.mu.RLock()
	defer v.mu.RUnlock()
	for i := range events {
		if q.Limit > 0 && len(page.Changes) >= q.Limit {
			return events[i].No - 1, nil
		}
		page.Changes = v.eventChanges(page.Changes, q.Filter, &events[i])
	}
	return end, nil
}

// changing returns the events after one, up to another, that change holdings: at most as many as are wanted where that
// is above zero. It returns the last event that it looked at.
func (v *Views) changing(after, until domain.EventNo, most int) (numbers []domain.EventNo, end domain.EventNo) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	for no := after + 1; no <= until; no++ {
		if !v.events.changesHoldings(no) {
			continue
		}
		if numbers = append(numbers, no); most > 0 && len(numbers) == most {
			return numbers, no
		}
	}
	return numbers, until
}

// changeKey is what an event can change once: when it does so twice, the later one counts.
type changeKey struct {
	remit domain.Remit
	slot  domain.OrganisationCode
	on    domain.Date
}

// eventChanges appends the changes of an event that the filter lets through.
func (v *Views) eventChanges(changes []Change, f Filter, e *domain.Event) []Change {
	var all []Change
	places := map[changeKey]int{}
	for _, recorded := range domain.ChangesOf(e.Fact) {
		for remit := range recorded.Remits {
			if !f.letsRemit(remit) {
				continue
			}
			key := changeKey{remit, recorded.Slot, recorded.On}
			if i, again := places[key]; again {
				all[i] = v.recorded(remit, recorded, e.No)
				continue
			}
			places[key] = len(all)
			all = append(all, v.recorded(remit, recorded, e.No))
		}
	}
	for _, change := range all {
		if v.letsChange(f, change) {
			changes = append(changes, change)
		}
	}
	return changes
}

// recorded describes what an event changed in a remit, as known after it.
func (v *Views) recorded(remit domain.Remit, recorded domain.HoldingChange, no domain.EventNo) Change {
	p := point{from: recorded.On, no: no}
	if recorded.Retracts {
		p.value = retracted
	}
	change := v.change(remit, v.holdings.line(remit, recorded.Slot), p, 0, no)
	if !recorded.Retracts {
		change.After = recorded.Holdings
	}
	return change
}

func (f *Filter) letsRemit(r domain.Remit) bool {
	return (len(f.Functions) == 0 || slices.Contains(f.Functions, r.Subject.Function)) &&
		(len(f.Footprints) == 0 || slices.Contains(f.Footprints, r.Footprint)) &&
		(len(f.Roles) == 0 || slices.Contains(f.Roles, r.Role))
}

// letsChange tells whether the filter lets a holding of the change through, before or after.
func (v *Views) letsChange(f Filter, c Change) bool {
	if len(f.Organisations) == 0 && len(f.Tiers) == 0 {
		return true
	}
	m := v.newMatcher(f, domain.AsOf{On: c.EffectiveOn, Known: c.Event})
	lets := func(h domain.Holding) bool { return m.lets(&h) }
	return slices.ContainsFunc(c.Before, lets) || slices.ContainsFunc(c.After, lets)
}
