package api

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/projections"
)

// keptCopies is how many copies of the register there are at most. Each takes about as much memory as what the register
// itself keeps; none is made before it is needed.
const keptCopies = 2

// copies keep copies of the register as it was known at positions, on which commands are tried out: the writer is not
// asked, and does not wait.
type copies struct {
	store *eventstore.Store
	clock func() time.Time
	// turns has one token for each copy that may be in use.
	turns chan struct{}

	mu sync.Mutex
	// idle are those that nobody uses, the longest unused first; guarded by mu.
	idle []*projections.Copy
}

func newCopies(store *eventstore.Store, clock func() time.Time) *copies {
	return &copies{store: store, clock: clock, turns: make(chan struct{}, keptCopies)}
}

// take returns a copy that knows everything up to a position and belongs to the caller until put is called. When ctx
// ends while it is being filled, what it knows by then is kept for the next who asks.
func (c *copies) take(ctx context.Context, known domain.EventNo) (*projections.Copy, error) {
	select {
	case c.turns <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for a copy of the register: %w", ctx.Err())
	}
	x := c.pick(ctx, known)
	if err := x.Fill(ctx, known); err != nil {
		if ctx.Err() == nil {
			x = nil
		}
		c.put(x)
		return nil, fmt.Errorf("copy the register: %w", err)
	}
	return x, nil
}

// pick takes the idle copy that lacks least, or makes one in the place of the one that was not used for longest.
func (c *copies) pick(ctx context.Context, known domain.EventNo) *projections.Copy {
	c.mu.Lock()
	defer c.mu.Unlock()
	best := -1
	for i, x := range c.idle {
		last := x.State.Last()
		if last <= known && (best < 0 || last >= c.idle[best].State.Last()) {
			best = i
		}
	}
	if best >= 0 {
		x := c.idle[best]
		c.idle = slices.Delete(c.idle, best, best+1)
		return x
	}
	if len(c.idle)+len(c.turns) > keptCopies {
		c.idle = slices.Delete(c.idle, 0, 1)
	}
	always := context.WithoutCancel(ctx) // others will use the copy when this caller is gone
	return projections.NewCopy(c.clock, projections.LogFunc(func(from, to domain.EventNo) ([]domain.Event, error) {
		return c.store.Read(always, from, to)
	}))
}

// put gives a copy back, nil for one that is spoilt.
func (c *copies) put(x *projections.Copy) {
	c.mu.Lock()
	if x != nil {
		c.idle = append(c.idle, x)
	}
	c.mu.Unlock()
	<-c.turns
}
