package eventstore

import (
	"testing"

	"github.com/google/uuid"

	"github.com/remit-register/remit/domain"
)

// numbered is a command id. They begin alike, as ids that are made of the time do.
func numbered(n uint64) uuid.UUID {
	var id uuid.UUID
	for i := range 8 {
		id[len(id)-1-i] = byte(n >> (8 * i))
	}
	return id
}

// Every id is found under its first event, and no other id; each takes at most 40 bytes at any size, once there are many.
func TestCommandIndexIsExactAndSmall(t *testing.T) {
	const ids, many = 300_000, 100_000
	x := newCommandIndex()
	for n := uint64(1); n <= ids; n++ {
		if err := x.add([]domain.Event{
			{No: domain.EventNo(2 * n), CommandID: numbered(n).String(), Count: 2},
			{No: domain.EventNo(2*n + 1), CommandID: numbered(n).String(), Index: 1, Count: 2},
		}); err != nil {
			t.Fatal(err)
		}
		if n < many || n%1000 != 0 {
			continue
		}
		if count, bytes := x.size(); count != int(n) || bytes > 40*count {
			t.Fatalf("%d ids take %d bytes: %d each", count, bytes, bytes/count)
		}
	}
	for n := uint64(1); n <= ids; n++ {
		if first, ok := x.find(numbered(n)); !ok || first != domain.EventNo(2*n) {
			t.Fatalf("id %d is found at event %d (%t)", n, first, ok)
		}
		if first, ok := x.find(numbered(n + ids)); ok {
			t.Fatalf("id %d, which was never given, is found at event %d", n+ids, first)
		}
	}
}

// An index with nothing in it finds nothing, and an id that is no UUID is an error.
func TestEmptyCommandIndex(t *testing.T) {
	x := newCommandIndex()
	if _, ok := x.find(uuid.Nil); ok {
		t.Error("an id is found in an empty index")
	}
	if err := x.add([]domain.Event{{No: 1, CommandID: "?"}}); err == nil {
		t.Error("an id that is none was taken")
	}
}

// BenchmarkCommandIndex measures an index of a million ids: what is found, and what is not.
func BenchmarkCommandIndex(b *testing.B) {
	const ids = 1_000_000
	x := newCommandIndex()
	for n := range uint64(ids) {
		x.put(numbered(n), domain.EventNo(n+1))
	}
	for n := uint64(0); b.Loop(); n++ {
		x.find(numbered(n * 7919 % (2 * ids)))
	}
}
