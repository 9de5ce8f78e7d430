package eventstore

import (
	"fmt"
	"hash/maphash"
	"math/bits"
	"reflect"
	"slices"
	"sync"

	"github.com/google/uuid"

	"github.com/remit-register/remit/domain"
)

// commandIndex remembers every command id that was ever recorded, for ever: it has at most 40 bytes for each, once there
// are many. A map would have between 29 and 57, as it doubles. So ids are spread over many small tables, which grow by
// a quarter, one at a time: no command waits for more than the growth of one of them.
//
// Its methods may be called concurrently.
type commandIndex struct {
	seed   maphash.Seed // nobody outside knows into which table an id goes
	mu     sync.RWMutex
	tables [indexTables]idTable // guarded by mu
}

const indexTables = 1024

// idTable is a hash table with linear probing: an id is at its place or in the next ones, before the first free one.
type idTable struct {
	slots []idSlot
	used  int
}

// idSlot is a command id and the first event of its transaction, 0 in a free slot.
type idSlot struct {
	id    uuid.UUID
	first domain.EventNo
}

func newCommandIndex() *commandIndex { return &commandIndex{seed: maphash.MakeSeed()} }

// find returns the first event of the command's transaction.
func (x *commandIndex) find(id uuid.UUID) (domain.EventNo, bool) {
	hash := maphash.Comparable(x.seed, id)
	x.mu.RLock()
	defer x.mu.RUnlock()
	table := &x.tables[hash%indexTables]
	if table.used == 0 {
		return 0, false
	}
	first := table.slots[table.find(id, hash)].first
	return first, first != 0
}

// add remembers the commands of events.
func (x *commandIndex) add(events []domain.Event) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, e := range events {
		if e.Index > 0 {
			continue
		}
		id, err := uuid.Parse(e.CommandID)
		if err != nil {
			return fmt.Errorf("event %d: command id: %w", e.No, err)
		}
		x.put(id, e.No)
	}
	return nil
}

// put remembers one command. mu is held.
func (x *commandIndex) put(id uuid.UUID, first domain.EventNo) {
	hash := maphash.Comparable(x.seed, id)
	table := &x.tables[hash%indexTables]
	const most = 5 // of every most+1 slots, so many are used
	if table.used*(most+1) >= len(table.slots)*most {
		x.grow(table)
	}
	slot := &table.slots[table.find(id, hash)]
	if slot.first == 0 {
		table.used++
	}
	*slot = idSlot{id, first}
}

// grow gives a table a quarter more slots, as many as the memory that it gets has room for. mu is held.
func (x *commandIndex) grow(table *idTable) {
	const atLeast = 6
	old := table.slots
	table.slots = slices.Grow([]idSlot(nil), max(len(old)+len(old)/4, atLeast))
	table.slots = table.slots[:cap(table.slots)]
	for _, slot := range old {
		if slot.first != 0 {
			table.slots[table.find(slot.id, maphash.Comparable(x.seed, slot.id))] = slot
		}
	}
}

// find returns the slot of id, a free one where it is not there. A table is never full.
func (t *idTable) find(id uuid.UUID, hash uint64) int {
	place, _ := bits.Mul64(hash, uint64(len(t.slots)))
	for at := int(place); ; at++ { //nolint:gosec // less than the size of a slice
		if at == len(t.slots) {
			at = 0
		}
		if slot := &t.slots[at]; slot.first == 0 || slot.id == id {
			return at
		}
	}
}

// size returns how many ids there are, and the bytes that they take.
func (x *commandIndex) size() (ids, bytes int) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	slots := 0
	for i := range x.tables {
		ids += x.tables[i].used
		slots += cap(x.tables[i].slots)
	}
	return ids, int(reflect.TypeFor[commandIndex]().Size()) + slots*int(reflect.TypeFor[idSlot]().Size())
}
