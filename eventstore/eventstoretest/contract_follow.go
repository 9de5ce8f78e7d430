package eventstoretest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
)

// collect follows from after until it has seen event last, and returns all events.
func (h *Harness) collect(t *testing.T, after, last domain.EventNo) []domain.Event {
	t.Helper()
	var events []domain.Event
	err := h.Follow(t.Context(), after, func(more []domain.Event) error {
		if more[0].Index != 0 || more[len(more)-1].Index != more[len(more)-1].Count-1 {
			t.Errorf("events %d to %d are not whole transactions", more[0].No, more[len(more)-1].No)
		}
		events = append(events, more...)
		if events[len(events)-1].No >= last {
			return errEnough
		}
		return nil
	})
	if !errors.Is(err, errEnough) {
		t.Fatalf("follow: %v", err)
	}
	for i, e := range events {
		if e.No != after+1+domain.EventNo(i) {
			t.Fatalf("event %d came as number %d after %d", e.No, i, after)
		}
	}
	return events
}

func followContract(t *testing.T, h *Harness) {
	for i := range 40 {
		h.MustSubmit(t, Request(Body(fmt.Sprintf("A%d", i))))
	}
	history := h.collect(t, 0, 40)
	h.Restart(t)
	if diff := cmp.Diff(history, h.collect(t, 0, 40)); diff != "" {
		t.Errorf("history before and after a restart differ:\n%s", diff)
	}
	if diff := cmp.Diff(history[25:], h.collect(t, 25, 40)); diff != "" {
		t.Errorf("history from the middle differs:\n%s", diff)
	}
	live := make(chan []domain.Event)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- h.Follow(ctx, 40, func(events []domain.Event) error {
			live <- events
			return nil
		})
	}()
	for i := range 5 {
		receipt := h.MustSubmit(t, Request(Body(fmt.Sprintf("B%d", i))))
		if diff := cmp.Diff(receipt.Events, <-live); diff != "" {
			t.Errorf("the receipt and what a follower sees differ:\n%s", diff)
		}
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("following ended with %v", err)
	}
	if err := h.Follow(t.Context(), 0, func([]domain.Event) error { return errEnough }); !errors.Is(err, errEnough) {
		t.Errorf("an error of apply came back as %v", err)
	}
}

func readContract(t *testing.T, h *Harness) {
	for i := range 20 {
		h.MustSubmit(t, Request(Body(fmt.Sprintf("A%d", i))))
	}
	h.Restart(t)
	for _, r := range [][2]domain.EventNo{{1, 1}, {1, 20}, {5, 9}, {20, 20}} {
		events, err := h.Read(t.Context(), r[0], r[1])
		if err != nil || len(events) != int(r[1]-r[0]+1) || events[0].No != r[0] { //nolint:gosec // small
			t.Errorf("read %v: %d events, %v", r, len(events), err)
		}
	}
	for _, r := range [][2]domain.EventNo{{0, 1}, {20, 21}, {21, 21}, {5, 4}} {
		if _, err := h.Read(t.Context(), r[0], r[1]); !errors.Is(err, eventstore.ErrNotFound) {
			t.Errorf("read %v: %v", r, err)
		}
	}
}
