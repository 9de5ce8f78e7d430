package projections

import (
	"fmt"
	"slices"
	"sort"
	"time"

	"github.com/remit-register/remit/domain"
)

// eventIndex keeps every event by number, and the numbers by entity and type.
type eventIndex struct {
	// all holds event number n at n-1.
	all []domain.Event
	// ends has bit n-1 set when event n is the last of its transaction.
	ends     []uint64
	byEntity map[string][]domain.EventNo
	byType   map[string][]domain.EventNo
}

func newEventIndex() eventIndex {
	return eventIndex{byEntity: map[string][]domain.EventNo{}, byType: map[string][]domain.EventNo{}}
}

// check refuses events that do not continue the log, or end inside a transaction.
func (x *eventIndex) check(events []domain.Event) error {
	next := x.last() + 1
	index := 0
	for i := range events {
		e := &events[i]
		if e.No != next {
			return fmt.Errorf("event %d does not follow event %d", e.No, next-1)
		}
		if e.Fact == nil || e.Index != index || e.Index >= e.Count {
			return fmt.Errorf("event %d is not number %d of its transaction", e.No, index)
		}
		if index > 0 && e.TransactionID != events[i-1].TransactionID {
			return fmt.Errorf("event %d is inside the transaction %s", e.No, events[i-1].TransactionID)
		}
		next++
		index = (index + 1) % e.Count
	}
	if index != 0 {
		return fmt.Errorf("the transaction %s lacks its end", events[len(events)-1].TransactionID)
	}
	return nil
}

func (x *eventIndex) add(e *domain.Event) {
	if len(x.all)%64 == 0 {
		x.ends = append(x.ends, 0)
	}
	if e.Index == e.Count-1 {
		x.ends[len(x.all)/64] |= 1 << (len(x.all) % 64)
	}
	x.all = append(x.all, *e)
	entity, kind := e.Fact.Entity(), e.Fact.FactType()
	x.byEntity[entity] = append(x.byEntity[entity], e.No)
	x.byType[kind] = append(x.byType[kind], e.No)
	if f, ok := e.Fact.(domain.PersonalDataErased); ok {
		x.addErasure(e.No, f)
	}
}

// addErasure lists an erasure also under what the events are about whose texts are gone: it is part of their history.
func (x *eventIndex) addErasure(no domain.EventNo, f domain.PersonalDataErased) {
	for _, t := range f.Texts {
		erased, ok := x.at(t.Event)
		if !ok {
			continue
		}
		entity := erased.Fact.Entity()
		if numbers := x.byEntity[entity]; len(numbers) == 0 || numbers[len(numbers)-1] != no {
			x.byEntity[entity] = append(numbers, no)
		}
	}
}

func (x *eventIndex) last() domain.EventNo { return domain.EventNo(len(x.all)) }

func (x *eventIndex) at(no domain.EventNo) (*domain.Event, bool) {
	if no == 0 || no > x.last() {
		return nil, false
	}
	return &x.all[no-1], true
}

// completed returns the last event of the last transaction that ends at or before no.
func (x *eventIndex) completed(no domain.EventNo) domain.EventNo {
	no = min(no, x.last())
	for no > 0 && !x.isEnd(no) {
		no--
	}
	return no
}

// isEnd tells whether an event is the last of its transaction, without looking at the event.
func (x *eventIndex) isEnd(no domain.EventNo) bool { return x.ends[(no-1)/64]>>((no-1)%64)&1 == 1 }

func (x *eventIndex) knownAt(t time.Time) domain.EventNo {
	n := sort.Search(len(x.all), func(i int) bool { return x.all[i].RecordedAt.After(t) })
	if n == 0 {
		return 0
	}
	return x.completed(x.all[n-1].No)
}

// bounds returns the first and the last event of an entity at or before known, 0 when there is none.
func (x *eventIndex) bounds(entity string, known domain.EventNo) (first, last domain.EventNo) {
	numbers := x.about(entity, known)
	if len(numbers) == 0 {
		return 0, 0
	}
	return numbers[0], numbers[len(numbers)-1]
}

// about returns the events about an entity at or before known.
func (x *eventIndex) about(entity string, known domain.EventNo) []domain.EventNo {
	numbers := x.byEntity[entity]
	return numbers[:sort.Search(len(numbers), func(i int) bool { return numbers[i] > known })]
}

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

// Event returns an event by number, or refuses with domain.UnknownEvent.
func (v *Views) Event(no domain.EventNo) (domain.Event, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	e, ok := v.events.at(no)
	if !ok || no > v.position() {
		return domain.Event{}, domain.Refuse(domain.UnknownEvent, fmt.Sprintf("There is no event %d.", no),
			"List the events to see their numbers.", "event", decimal(no))
	}
	return *e, nil
}

// Transaction returns all events of the transaction that an event belongs to, or refuses with domain.UnknownEvent.
func (v *Views) Transaction(no domain.EventNo) ([]domain.Event, error) {
	if _, err := v.Event(no); err != nil {
		return nil, err
	}
	v.mu.RLock()
	defer v.mu.RUnlock()
	before, last := v.events.completed(no-1), no
	for !v.events.isEnd(last) {
		last++
	}
	return slices.Clone(v.events.all[before:last]), nil
}

// Events lists events. It fails only for a position that is not reached yet.
func (v *Views) Events(q EventQuery) (EventPage, error) {
	if q.Until == 0 {
		q.Until = domain.Latest
	}
	var page EventPage
	err := v.read(domain.AsOf{Known: q.Until}, func(a domain.AsOf) error {
		page = v.events.page(q, a.Known)
		return nil
	})
	return page, err
}

func (x *eventIndex) page(q EventQuery, until domain.EventNo) EventPage {
	page := EventPage{Position: until}
	x.each(q, until, func(e *domain.Event) bool {
		if q.Limit > 0 && len(page.Events) == q.Limit {
			page.Next = page.Events[q.Limit-1].No
			return false
		}
		page.Events = append(page.Events, *e)
		return true
	})
	return page
}

// each calls yield with the events that the query asks for, by the shortest list of numbers that there is.
func (x *eventIndex) each(q EventQuery, until domain.EventNo, yield func(*domain.Event) bool) {
	if q.Entity == "" && q.Type == "" {
		for no := q.After + 1; no <= until; no++ {
			if !yield(&x.all[no-1]) {
				return
			}
		}
		return
	}
	numbers := x.byEntity[q.Entity]
	if q.Entity == "" {
		numbers = x.byType[q.Type]
	}
	start := sort.Search(len(numbers), func(i int) bool { return numbers[i] > q.After })
	for _, no := range numbers[start:] {
		e := &x.all[no-1]
		if no > until {
			return
		}
		if q.Type != "" && e.Fact.FactType() != q.Type {
			continue
		}
		if !yield(e) {
			return
		}
	}
}
