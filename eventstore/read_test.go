package eventstore_test

import (
	"errors"
	"fmt"
	"reflect"
	"testing"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/eventstore/eventstoretest"
)

// What is read back is what was followed, however far back it lies, and whether or not it was read before.
func TestReadsWhatWasFollowed(t *testing.T) {
	const bodies = 5000 // more than the store keeps in memory
	h := eventstoretest.New(t)
	heads := make(map[domain.EventNo]eventstore.TreeHead)
	for n := range bodies {
		request := eventstoretest.Request(eventstoretest.Body(fmt.Sprintf("B%d", n)))
		ticket, err := h.Enqueue(t.Context(), request)
		if err != nil {
			t.Fatal(err)
		}
		if n%500 == 499 {
			if _, err := ticket.Wait(t.Context()); err != nil {
				t.Fatal(err)
			}
			heads[h.Position()] = h.Head()
		}
	}
	followed := make([]domain.Event, 0, bodies)
	enough := errors.New("enough")
	err := h.Follow(t.Context(), 0, func(events []domain.Event) error {
		if followed = append(followed, events...); len(followed) == bodies {
			return enough
		}
		return nil
	})
	if !errors.Is(err, enough) {
		t.Fatal(err)
	}
	for _, r := range [][2]domain.EventNo{{1, 1}, {1, 1}, {2, 700}, {3, 2}, {600, bodies}, {bodies, bodies}, {1, bodies}, {1, bodies}, {40, 41}} {
		events, err := h.Read(t.Context(), r[0], r[1])
		if r[0] > r[1] {
			if !errors.Is(err, eventstore.ErrNotFound) {
				t.Errorf("events %d to %d: %v", r[0], r[1], err)
			}
			continue
		}
		if err != nil || !reflect.DeepEqual(events, followed[r[0]-1:r[1]]) {
			t.Errorf("events %d to %d are not those that were followed (%v)", r[0], r[1], err)
		}
	}
	for at, want := range heads {
		if head, err := h.HeadAt(t.Context(), at); err != nil || head != want {
			t.Errorf("the tree after event %d is %s (%v), not %s", at, head, err, want)
		}
	}
	if _, err := h.HeadAt(t.Context(), bodies+1); !errors.Is(err, eventstore.ErrNotFound) {
		t.Errorf("the tree after the end: %v", err)
	}
}
