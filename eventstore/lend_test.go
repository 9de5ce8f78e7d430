package eventstore_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/eventstore/eventstoretest"
)

// TestCopiesOfTheWriteModel asks for copies beside commands: each is the fold of what is recorded up to its last event, and
// stays so while the register goes on. What is applied to a copy shows nowhere else.
func TestCopiesOfTheWriteModel(t *testing.T) {
	const commands = 200
	h := eventstoretest.New(t)
	h.MustSubmit(t, eventstoretest.Request(eventstoretest.Body("B")))
	copies := make(chan *domain.State, commands)
	done := make(chan struct{})
	go func() {
		defer close(copies)
		for {
			select {
			case <-done:
				return
			default:
			}
			state, err := h.CopyModel(t.Context())
			if err != nil {
				t.Error(err)
				return
			}
			next := domain.OrganisationEstablished{Code: "TRIED", Tier: domain.TierICB, LegalPerson: true, EffectiveOn: 1}
			mark := state.Mark()
			if err := state.Apply(domain.Event{No: state.Last() + 1, Count: 1, Fact: next}); err != nil {
				t.Error(err)
			}
			state.Rollback(mark)
			select {
			case copies <- state:
			default: // there are enough
			}
		}
	}()
	var last eventstore.Receipt
	for n := range commands {
		ticket, err := h.Enqueue(t.Context(), eventstoretest.Request(eventstoretest.Body(fmt.Sprintf("B%d", n))))
		if err == nil {
			last, err = ticket.Wait(t.Context())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	close(done)
	end := last.Events[len(last.Events)-1].No
	events, err := h.Read(t.Context(), 1, end)
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[domain.EventNo]bool)
	for state := range copies {
		want := domain.NewState()
		for _, e := range events[:state.Last()] {
			if err := want.Apply(e); err != nil {
				t.Fatal(err)
			}
		}
		if diff := eventstoretest.DiffStates(want, state); diff != "" {
			t.Fatalf("the copy of event %d:\n%s", state.Last(), diff)
		}
		seen[state.Last()] = true
	}
	if len(seen) < 2 {
		t.Errorf("copies of %d positions: nothing went on beside them", len(seen))
	}
}

// TestNoCopyOfWhatHasEnded asks a store whose Run has returned.
func TestNoCopyOfWhatHasEnded(t *testing.T) {
	h := eventstoretest.New(t)
	if err := h.Stop(t); err != nil {
		t.Fatal(err)
	}
	if _, err := h.CopyModel(t.Context()); !errors.Is(err, eventstore.ErrReadOnly) {
		t.Errorf("after the end: %v", err)
	}
}
