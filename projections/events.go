package projections

import (
	"fmt"

	"github.com/remit-register/remit/domain"
)

// EventQuery asks for events in the order of the log.
type EventQuery struct {
	// Entity limits the answer to events about one thing, such as "transfer/01J…"; "" for all.
	Entity string
	// Type limits the answer to facts of one type, such as "TransferProposed"; "" for all.
	Type string
	// After is the event after which the answer begins, 0 for the start of the log.
	After domain.EventNo
	// Until is the last event that may be answered: a position that pins a list over several pages. domain.Latest, or
	// 0, for everything.
	Until domain.EventNo
	// Limit is the most events to answer; 0 for no limit.
	Limit int
}

// EventPage is a stretch of the log.
type EventPage struct {
	Events []domain.Event
	// Next is the event after which the next page begins, 0 when this is the last page.
	Next domain.EventNo
	// Position is the position up to which the answer speaks.
	Position domain.EventNo
}

// Event returns an event by number, or refuses with domain.UnknownEvent. It fails when the log cannot be read.
func (v *Views) Event(no domain.EventNo) (domain.Event, error) {
	if no == 0 || no > v.Position() {
		return domain.Event{}, domain.Refuse(domain.UnknownEvent, fmt.Sprintf("There is no event %d.", no),
			"List the events to see their numbers.", "event", decimal(no))
	}
	events, err := v.readEvents([]domain.EventNo{no})
	if err != nil {
		return domain.Event{}, err
	}
	return events[0], nil
}

// Transaction returns all events of the transaction that an event belongs to, or refuses with domain.UnknownEvent. It
// fails when the log cannot be read.
func (v *Views) Transaction(no domain.EventNo) ([]domain.Event, error) {
	if _, err := v.Event(no); err != nil {
		return nil, err
	}
	first, last := v.transactionBounds(no)
	events, err := v.log.Read(first, last)
	if err != nil {
		return nil, fmt.Errorf("read events %d to %d: %w", first, last, err)
	}
	return events, nil
}

func (v *Views) transactionBounds(no domain.EventNo) (first, last domain.EventNo) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	first, last = v.events.completed(no-1)+1, no
	for !v.events.isEnd(last) {
		last++
	}
	return first, last
}

// Events lists events. It refuses a position that is not reached yet, and fails when the log cannot be read.
func (v *Views) Events(q EventQuery) (EventPage, error) {
	if q.Until == 0 {
		q.Until = domain.Latest
	}
	var page EventPage
	var numbers []domain.EventNo
	err := v.read(domain.AsOf{Known: q.Until}, func(a domain.AsOf) error {
		page.Position = a.Known
		numbers = v.events.find(q, a.Known)
		return nil
	})
	if err != nil {
		return EventPage{}, err
	}
	if q.Limit > 0 && len(numbers) > q.Limit {
		numbers = numbers[:q.Limit]
		page.Next = numbers[q.Limit-1]
	}
	if len(numbers) > 0 {
		page.Events, err = v.readEvents(numbers)
	}
	return page, err
}
