package projections

import (
	"cmp"
	"slices"
	"time"

	"github.com/remit-register/remit/domain"
)

// HistoryQuery asks how remits of a function came to be held as they are.
type HistoryQuery struct {
	Function domain.FunctionCode
	// Part limits the answer to one part; "" for the whole function and all of its parts.
	Part domain.PartCode
	// Footprint is a footprint, or a body, which stands for what it covers as of AsOf. "ENG", or "", is everywhere,
	// footprints that have ended included.
	Footprint domain.FootprintCode
	// Role limits the answer to one role; "" for all.
	Role domain.Role
	// AsOf gives the position as known at which the history is told. Its date is needed only to tell what a body covers.
	AsOf domain.AsOf
	// After counts the changes on the pages before.
	After int
	// Limit is the most changes of a page, 0 for no limit.
	Limit int
}

// History tells how remits came to be held as they are.
type History struct {
	AsOf domain.AsOf
	// Changes are in the order of the effective date, and of recording where that is the same.
	Changes []Change
	// Next counts the changes up to the end of this page (see HistoryQuery.After), 0 when it is the last.
	Next int
}

// Change is one recorded change of who holds a remit.
type Change struct {
	Remit domain.Remit
	// Slot is the body whose part in a concurrent remit changes; "" for other remits.
	Slot        domain.OrganisationCode
	EffectiveOn domain.Date
	RecordedAt  time.Time
	Event       domain.EventNo
	// Type and Entity are those of the event.
	Type   string
	Entity string
	// Before and After are the holdings up to the effective date and from it on: as known at the position of the
	// answer, or as known when the change was recorded if it is superseded. For a retraction they are the holdings on
	// that date before and after it was recorded.
	Before, After []domain.Holding
	// Late marks a change recorded on a later day than it holds from.
	Late bool
	// Retraction marks a change that only takes back what had been recorded for its date.
	Retraction bool
	// SupersededBy is the event that recorded something else for the same date, 0 when the change is in force.
	SupersededBy domain.EventNo
}

// History answers how remits came to be held as they are. It refuses with domain.UnknownFunction or
// domain.UnknownFootprint, and with domain.InvalidArgument for a position not reached yet.
func (v *Views) History(q HistoryQuery) (History, error) {
	var answer History
	err := v.read(q.AsOf, func(a domain.AsOf) error {
		cells, err := v.historyCells(q, a)
		if err != nil {
			return err
		}
		answer = History{AsOf: a, Changes: v.changesOf(cells, q.Role, a.Known)}
		answer.page(q)
		return nil
	})
	return answer, err
}

func (h *History) page(q HistoryQuery) {
	h.Changes = h.Changes[min(q.After, len(h.Changes)):]
	if q.Limit > 0 && len(h.Changes) > q.Limit {
		h.Changes = slices.Clip(h.Changes[:q.Limit])
		h.Next = q.After + q.Limit
	}
}

func (v *Views) historyCells(q HistoryQuery, a domain.AsOf) ([]*cell, error) {
	everywhere := q.Footprint == "" || q.Footprint == domain.England
	footprints, err := v.expand(q.Function, cmp.Or(q.Footprint, domain.England), a)
	if err != nil {
		return nil, err
	}
	var cells []*cell
	add := func(c *cell) {
		if q.Part == "" || q.Part == c.subject.Part {
			cells = append(cells, c)
		}
	}
	if everywhere {
		first := &cell{subject: domain.Subject{Function: q.Function}}
		v.holdings.all.Ascend(first, func(c *cell) bool {
			if c.subject.Function != q.Function {
				return false
			}
			add(c)
			return true
		})
		return cells, nil
	}
	for _, footprint := range footprints {
		for c := v.holdings.at(q.Function, footprint); c != nil; c = c.next {
			add(c)
		}
	}
	return cells, nil
}

// changesOf returns the changes of cells as known, in order; the caller holds the lock.
func (v *Views) changesOf(cells []*cell, role domain.Role, known domain.EventNo) []Change {
	var changes []Change
	for _, c := range cells {
		for _, r := range domain.Roles() {
			if role != "" && role != r {
				continue
			}
			remit := domain.Remit{Subject: c.subject, Footprint: c.footprint, Role: r}
			lines := c.of(roleIndex(r))
			for j := range lines {
				changes = v.lineChanges(changes, remit, &lines[j], known)
			}
		}
	}
	slices.SortStableFunc(changes, func(a, b Change) int {
		return cmp.Or(cmp.Compare(a.EffectiveOn, b.EffectiveOn), cmp.Compare(a.Event, b.Event))
	})
	return changes
}

func (v *Views) lineChanges(changes []Change, remit domain.Remit, l *line, known domain.EventNo) []Change {
	l.each(func(p point, replaced domain.EventNo) bool {
		// What an event records and replaces itself was never known.
		if p.no > known || replaced == p.no {
			return true
		}
		if replaced > known {
			replaced = 0
		}
		changes = append(changes, v.change(remit, l, p, replaced, known))
		return true
	})
	return changes
}

// change describes a point of a line as known.
func (v *Views) change(remit domain.Remit, l *line, p point, replaced, known domain.EventNo) Change {
	change := Change{
		Remit: remit, Slot: l.slot, EffectiveOn: p.from, Event: p.no,
		Retraction: p.value == retracted, SupersededBy: replaced,
	}
	if v.events.has(p.no) {
		change.RecordedAt, change.Late = v.events.recordedAt(p.no), v.events.isLate(p.no)
		change.Type, change.Entity = v.events.kindName(p.no), v.events.entityName(p.no)
	}
	if replaced != 0 {
		known = p.no
	}
	if change.Retraction {
		change.Before, change.After = v.valueAt(l, p.from, p.no-1), v.valueAt(l, p.from, known)
		return change
	}
	change.Before, change.After = v.valueAt(l, p.from-1, known), v.holdings.values.get(p.value)
	return change
}

func (v *Views) valueAt(l *line, on domain.Date, known domain.EventNo) []domain.Holding {
	return v.holdings.values.get(valueOf(l.at(on, known)))
}
