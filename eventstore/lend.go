package eventstore

import (
	"context"
	"fmt"
	"sync"

	"github.com/remit-register/remit/domain"
)

// asked are those who wait for a copy of the write model, which only the sequencer may copy.
type asked struct {
	mu      sync.Mutex
	waiting []chan<- *domain.State // guarded by mu
	closed  bool                   // guarded by mu
}

// CopyModel returns a copy of the write model as it is between two commits. Its tables are the caller's own; what they
// hold is shared. Commands wait while the tables are copied, and for nothing else. Run must be running.
func (s *Store) CopyModel(ctx context.Context) (*domain.State, error) {
	given := make(chan *domain.State, 1)
	if !s.asked.add(given) {
		return nil, fmt.Errorf("copy the write model: %w", ErrReadOnly)
	}
	s.queue.poke()
	select {
	case state, ok := <-given:
		if !ok {
			return nil, fmt.Errorf("copy the write model: %w", ErrReadOnly)
		}
		return state, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("copy the write model: %w", ctx.Err())
	}
}

// add has the next turn give a copy, and tells whether there will be one.
func (a *asked) add(to chan<- *domain.State) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.closed {
		a.waiting = append(a.waiting, to)
	}
	return !a.closed
}

// lend gives copies to those who wait for one. It belongs to the sequencer, between turns.
func (s *Store) lend() {
	s.asked.mu.Lock()
	waiting := s.asked.waiting
	s.asked.waiting = nil
	s.asked.mu.Unlock()
	for _, to := range waiting {
		to <- s.state.Copy()
	}
}

// close tells those who wait that there is nothing any more.
func (a *asked) close() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.closed = true
	for _, to := range a.waiting {
		close(to)
	}
	a.waiting = nil
}
