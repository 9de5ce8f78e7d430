package eventstore_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/eventstore/eventstoretest"
)

// Every commit is told once, with its events, and nothing that recorded nothing.
func TestCommitsAreObserved(t *testing.T) {
	var mu sync.Mutex
	var told []eventstore.Committed
	h := eventstoretest.New(t, func(c *eventstore.Config) {
		c.Observe = func(done eventstore.Committed) {
			mu.Lock()
			defer mu.Unlock()
			told = append(told, done)
		}
	})
	const commands = 5
	for i := range commands {
		h.MustSubmit(t, eventstoretest.Request(eventstoretest.Body(fmt.Sprintf("A%d", i))))
	}
	if _, err := h.Submit(t.Context(), eventstoretest.Request(eventstoretest.Body("A1"))); err == nil {
		t.Error("a body was established twice")
	}
	mu.Lock()
	defer mu.Unlock()
	events := 0
	for _, done := range told {
		events += done.Events
		if done.Bytes <= 0 || done.Took < 0 {
			t.Errorf("a commit is told as %+v", done)
		}
	}
	if len(told) != commands || events != int(h.Position()) {
		t.Errorf("%d commits with %d events are told, of %d", len(told), events, h.Position())
	}
	if waiting, limit := h.Waiting(); waiting != 0 || limit != 1024 {
		t.Errorf("%d of %d commands wait", waiting, limit)
	}
}
