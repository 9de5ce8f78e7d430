package projections

import (
	"time"

	"github.com/remit-register/remit/domain"
)

// ListQuery asks for the changes on the way from one map to another, page by page.
type ListQuery struct {
	StepsQuery

	// After is where the page before ended, nil for the first page.
	After *StepCursor
	// Limit is the most changes of a page, 0 for no limit.
	Limit int
}

// StepCursor is where a page of changes ends: at a point on the way, before a step of which some changes were given.
type StepCursor struct {
	At    domain.AsOf `json:"at"`
	Given int         `json:"given"`
}

// ListedChange is one change on the way from one map to another.
type ListedChange struct {
	// Learned tells whether a transaction made it, or a date.
	Learned bool
	// AsOf is the point that the map shows with the step of which it is.
	AsOf   domain.AsOf
	Change Difference
	// Causes describe the events that caused it.
	Causes []Cause
}

// Cause describes an event that caused a change.
type Cause struct {
	Event       domain.EventNo
	Type        string
	Entity      string
	RecordedAt  time.Time
	EffectiveOn domain.Date
	Late        bool
}

// ListPage is a page of changes.
type ListPage struct {
	From, To domain.AsOf
	// Changes are in the order of the steps, and in that of the map within each.
	Changes []ListedChange
	// Next leads to the next page, nil when this is the last.
	Next *StepCursor
}

// ListChanges lists the changes on the way from one map to another. It refuses as Steps does.
func (v *Views) ListChanges(q ListQuery) (ListPage, error) {
	from, to, err := v.resolveBoth(CompareQuery{From: q.From, To: q.To, Filter: q.Filter})
	if err != nil {
		return ListPage{}, err
	}
	page := ListPage{From: from, To: to}
	way, given := StepsQuery{From: from, To: to, Filter: q.Filter}, 0
	if q.After != nil {
		way.From, given = q.After.At, max(q.After.Given, 0)
	}
	err = v.Steps(way, func(s Step) bool {
		changes := s.Changes[min(given, len(s.Changes)):]
		for i, change := range changes {
			if q.Limit > 0 && len(page.Changes) == q.Limit {
				page.Next = &StepCursor{At: s.Before, Given: given + i}
				return false
			}
			page.Changes = append(page.Changes, ListedChange{Learned: s.IsLearned(), AsOf: s.AsOf, Change: change})
		}
		given = 0
		return true
	})
	v.describeCauses(page.Changes)
	return page, err
}

func (v *Views) describeCauses(changes []ListedChange) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	for i := range changes {
		c := &changes[i]
		for _, no := range c.Change.CauseEvents {
			c.Causes = append(c.Causes, Cause{
				Event: no, Type: v.events.kindName(no), Entity: v.events.entityName(no),
				RecordedAt: v.events.recordedAt(no), EffectiveOn: v.events.recordedOn(no), Late: v.events.isLate(no),
			})
		}
	}
}
