package eventstore

import (
	"context"
	"sync"
)

// queue holds what waits for the sequencer. Its methods may be called concurrently; take is the sequencer's own.
type queue struct {
	limit int

	mu     sync.Mutex
	items  []*Pending    // guarded by mu
	closed bool          // guarded by mu
	space  chan struct{} // guarded by mu: closed when the queue is emptied

	wake chan struct{} // holds one token when there is something to take
}

func newQueue(limit int) *queue {
	return &queue{limit: limit, space: make(chan struct{}), wake: make(chan struct{}, 1)}
}

// add puts p at the end. A full queue is ErrOverloaded, a closed one ErrReadOnly.
func (q *queue) add(p *Pending) error {
	_, err := q.tryAdd(p)
	return err
}

// addWhenSpace puts p at the end once there is space.
func (q *queue) addWhenSpace(ctx context.Context, p *Pending) error {
	for {
		space, err := q.tryAdd(p)
		if space == nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-space:
		}
	}
}

// tryAdd puts p at the end. When the queue is full it returns what is closed once there is space.
func (q *queue) tryAdd(p *Pending) (space <-chan struct{}, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return nil, ErrReadOnly
	}
	if len(q.items) >= q.limit {
		return q.space, ErrOverloaded
	}
	q.items = append(q.items, p)
	q.poke()
	return nil, nil
}

// poke makes a take return, even with nothing.
func (q *queue) poke() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// take waits until there is something, or ctx ends, and returns all there is.
func (q *queue) take(ctx context.Context) []*Pending {
	select {
	case <-q.wake:
	case <-ctx.Done():
	}
	return q.takeAll()
}

// takeBefore waits until there is something, or until late is closed, and returns all there is.
func (q *queue) takeBefore(late <-chan struct{}) []*Pending {
	for {
		select {
		case <-q.wake:
			if items := q.takeAll(); len(items) > 0 {
				return items
			}
		case <-late:
			return q.takeAll()
		}
	}
}

func (q *queue) takeAll() []*Pending {
	q.mu.Lock()
	defer q.mu.Unlock()
	items := q.items
	q.items = nil
	close(q.space)
	q.space = make(chan struct{})
	return items
}

// isFull tells whether there is no space at present.
func (q *queue) isFull() bool { return q.size() >= q.limit }

// size returns how many wait.
func (q *queue) size() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.items)
}

// close lets nothing more in.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	close(q.space)
	q.space = make(chan struct{})
}
