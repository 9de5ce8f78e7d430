package projections

import (
	"errors"
	"fmt"
	"math"
	"sort"
	"time"

	"github.com/remit-register/remit/domain"
)

// shortNo is an event number as the index keeps it: there are millions of them, so they are half as long.
type shortNo uint32

// entityID names an entity in the index, kindID a type of fact.
type (
	entityID uint32
	kindID   uint8
)

// eventIndex is what the views keep of every event: some twenty-five bytes of it, in columns, and its number under its
// entity and its type. The events themselves stay in the log.
type eventIndex struct {
	count int
	// ends has bit n-1 set when event n is the last of its transaction, late when it is marked as late.
	ends, late column[uint64]
	// recorded is when each event was recorded, in microseconds since 1970. It never goes back.
	recorded column[int64]
	// effective is the civil date from which each holds.
	effective column[domain.Date]
	entity    column[entityID]
	kind      column[kindID]

	entities    []string
	entityIDs   map[string]entityID
	byEntity    [][]shortNo
	kinds       []string
	kindIDs     map[string]kindID
	byKind      [][]shortNo
	kindChanges []bool // whether facts of the type change holdings

	// facts are those from which answers are computed that no fold of the domain keeps.
	facts map[domain.EventNo]keptFact
	// also are the events that are listed under another entity than their own, in order.
	also []alsoAbout
}

// alsoAbout lists an event under an entity that is not its own.
type alsoAbout struct {
	no     shortNo
	entity entityID
}

// keptFact is a fact that is kept in memory, and who recorded it.
type keptFact struct {
	actor domain.Actor
	fact  domain.Fact
}

func newEventIndex() eventIndex {
	return eventIndex{entityIDs: map[string]entityID{}, kindIDs: map[string]kindID{}, facts: make(map[domain.EventNo]keptFact)}
}

// errIndexFull says that there are more events, or types of them, than the index can name.
var errIndexFull = errors.New("the index of events is full")

// check refuses events that do not continue the log, or end inside a transaction.
func (x *eventIndex) check(events []domain.Event) error {
	next := x.last() + 1
	if uint64(x.last())+uint64(len(events)) > math.MaxUint32 {
		return errIndexFull
	}
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

// add indexes the next event under its entity, and keeps its fact where answers need it.
func (x *eventIndex) add(e *domain.Event, entityName string) error {
	kind, err := x.kindOf(e.Fact)
	if err != nil {
		return err
	}
	entity := x.entityOf(entityName)
	if x.count%64 == 0 {
		x.ends.add(0)
		x.late.add(0)
	}
	bit := uint64(1) << (x.count % 64)
	if e.Index == e.Count-1 {
		*x.ends.at(x.count / 64) |= bit
	}
	if e.Late {
		*x.late.at(x.count / 64) |= bit
	}
	x.recorded.add(e.RecordedAt.UnixMicro())
	x.effective.add(e.EffectiveOn)
	x.entity.add(entity)
	x.kind.add(kind)
	x.count++
	no := shortNo(x.count) //nolint:gosec // check lets no more in than there are numbers
	x.byEntity[entity] = append(x.byEntity[entity], no)
	x.byKind[kind] = append(x.byKind[kind], no)
	x.keep(e)
	if f, ok := e.Fact.(domain.PersonalDataErased); ok {
		x.addErasure(no, f)
	}
	return nil
}

// addErasure lists an erasure also under what the events are about whose texts are gone: it is part of their history.
func (x *eventIndex) addErasure(no shortNo, f domain.PersonalDataErased) {
	for _, t := range f.Texts {
		if !x.has(t.Event) {
			continue
		}
		entity := *x.entity.at(int(t.Event) - 1) //nolint:gosec // the index has it, so it is no more than there are numbers
		if numbers := x.byEntity[entity]; len(numbers) == 0 || numbers[len(numbers)-1] != no {
			x.byEntity[entity] = append(numbers, no)
			x.also = append(x.also, alsoAbout{no, entity})
		}
	}
}

// keep remembers a fact from which answers are computed: without the holdings that it changes, which are in the map.
func (x *eventIndex) keep(e *domain.Event) {
	fact := e.Fact
	switch f := fact.(type) {
	case domain.OccurrenceRecorded:
		f.Changes = nil
		fact = f
	case domain.MilestoneRecorded, domain.CostRecorded, domain.PopulationRecorded, domain.DelegationAccepted:
	default:
		return
	}
	x.facts[e.No] = keptFact{e.Actor, fact}
}

func (x *eventIndex) kindOf(fact domain.Fact) (kindID, error) {
	name := fact.FactType()
	if id, ok := x.kindIDs[name]; ok {
		return id, nil
	}
	if len(x.kinds) > math.MaxUint8 {
		return 0, fmt.Errorf("type %s: %w", name, errIndexFull)
	}
	id := kindID(len(x.kinds)) //nolint:gosec // checked above
	_, changes := fact.(domain.HoldingFact)
	x.kindIDs[name] = id
	x.kinds, x.byKind = append(x.kinds, name), append(x.byKind, nil)
	x.kindChanges = append(x.kindChanges, changes)
	return id, nil
}

func (x *eventIndex) entityOf(name string) entityID {
	if id, ok := x.entityIDs[name]; ok {
		return id
	}
	id := entityID(len(x.entities)) //nolint:gosec // there are no more entities than events
	x.entityIDs[name] = id
	x.entities, x.byEntity = append(x.entities, name), append(x.byEntity, nil)
	return id
}

func (x *eventIndex) last() domain.EventNo { return domain.EventNo(x.count) } //nolint:gosec // not negative

// has tells whether there is an event of this number.
func (x *eventIndex) has(no domain.EventNo) bool { return no > 0 && no <= x.last() }

// recordedAt returns when an event was recorded, the zero time for none.
func (x *eventIndex) recordedAt(no domain.EventNo) time.Time {
	if !x.has(no) {
		return time.Time{}
	}
	return time.UnixMicro(*x.recorded.at(place0(no))).UTC()
}

// recordedOn returns the civil date of an event: that from which it holds.
func (x *eventIndex) recordedOn(no domain.EventNo) domain.Date {
	if !x.has(no) {
		return 0
	}
	return *x.effective.at(place0(no))
}

func (x *eventIndex) isLate(no domain.EventNo) bool { return bitAt(&x.late, no) }

func (x *eventIndex) kindName(no domain.EventNo) string { return x.kinds[*x.kind.at(place0(no))] }

func (x *eventIndex) entityName(no domain.EventNo) string {
	return x.entities[*x.entity.at(place0(no))]
}

// changesHoldings tells whether an event's fact is of a type that changes holdings.
func (x *eventIndex) changesHoldings(no domain.EventNo) bool {
	return x.kindChanges[*x.kind.at(place0(no))]
}

// place0 is where an event stands in the columns.
func place0(no domain.EventNo) int { return int(no) - 1 } //nolint:gosec // no more than the index has

func bitAt(bits *column[uint64], no domain.EventNo) bool {
	i := place0(no)
	return *bits.at(i / 64)>>(i%64)&1 == 1
}

// completed returns the last event of the last transaction that ends at or before no.
func (x *eventIndex) completed(no domain.EventNo) domain.EventNo {
	no = min(no, x.last())
	for no > 0 && !x.isEnd(no) {
		no--
	}
	return no
}

// isEnd tells whether an event is the last of its transaction.
func (x *eventIndex) isEnd(no domain.EventNo) bool { return bitAt(&x.ends, no) }

func (x *eventIndex) knownAt(t time.Time) domain.EventNo {
	at := t.UnixMicro()
	n := sort.Search(x.count, func(i int) bool { return *x.recorded.at(i) > at })
	return x.completed(domain.EventNo(n)) //nolint:gosec // not negative
}

// bounds returns the first and the last event of an entity at or before known, 0 when there is none.
func (x *eventIndex) bounds(entity string, known domain.EventNo) (first, last domain.EventNo) {
	numbers := x.about(entity, known)
	if len(numbers) == 0 {
		return 0, 0
	}
	return domain.EventNo(numbers[0]), domain.EventNo(numbers[len(numbers)-1])
}

// about returns the events about an entity at or before known.
func (x *eventIndex) about(entity string, known domain.EventNo) []shortNo {
	id, ok := x.entityIDs[entity]
	if !ok {
		return nil
	}
	return upTo(x.byEntity[id], known)
}

// ofType returns the events of a type at or before known.
func (x *eventIndex) ofType(kind string, known domain.EventNo) []shortNo {
	id, ok := x.kindIDs[kind]
	if !ok {
		return nil
	}
	return upTo(x.byKind[id], known)
}

// upTo returns the numbers up to and including one.
func upTo(numbers []shortNo, last domain.EventNo) []shortNo {
	return numbers[:sort.Search(len(numbers), func(i int) bool { return domain.EventNo(numbers[i]) > last })]
}

// fact returns a fact that is kept in memory: see keep.
func (x *eventIndex) fact(no shortNo) domain.Fact { return x.facts[domain.EventNo(no)].fact }

// find returns the numbers of the events that a query asks for, up to a position and one more than its limit, by the
// shortest list of numbers that there is.
func (x *eventIndex) find(q EventQuery, until domain.EventNo) []domain.EventNo {
	var found []domain.EventNo
	isFull := func() bool { return q.Limit > 0 && len(found) > q.Limit }
	if q.Entity == "" && q.Type == "" {
		for no := q.After + 1; no <= until && !isFull(); no++ {
			found = append(found, no)
		}
		return found
	}
	numbers := x.about(q.Entity, until)
	if q.Entity == "" {
		numbers = x.ofType(q.Type, until)
	}
	for _, short := range numbers[len(upTo(numbers, q.After)):] {
		no := domain.EventNo(short)
		if q.Type != "" && x.kindName(no) != q.Type {
			continue
		}
		if found = append(found, no); isFull() {
			break
		}
	}
	return found
}

// column is a long list that only grows. It is kept in chunks, so that growing neither copies it nor reserves more
// than a chunk.
type column[T any] struct {
	chunks [][]T
}

// chunkSize is how many elements a chunk has.
const chunkSize = 1 << 15

func (c *column[T]) add(value T) {
	last := len(c.chunks) - 1
	switch {
	case last < 0:
		c.chunks = append(c.chunks, []T{value})
	case len(c.chunks[last]) == chunkSize:
		c.chunks = append(c.chunks, append(make([]T, 0, chunkSize), value))
	default:
		c.chunks[last] = append(c.chunks[last], value)
	}
}

func (c *column[T]) at(i int) *T { return &c.chunks[i/chunkSize][i%chunkSize] }
