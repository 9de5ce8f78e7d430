package projections

import (
	"context"
	"fmt"
	"sync"

	"github.com/remit-register/remit/domain"
)

// progress tells those who wait how far the views have come.
type progress struct {
	// mu guards everything below.
	mu       sync.Mutex
	position domain.EventNo
	stopped  bool
	waiting  map[*waiter]struct{}
}

// waiter waits for a position; reached is closed when that is shown, or when it may never be.
type waiter struct {
	position domain.EventNo
	reached  chan struct{}
}

func (p *progress) start() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stopped = false
}

func (p *progress) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stopped = true
	for w := range p.waiting {
		p.release(w)
	}
}

func (p *progress) advance(position domain.EventNo) {
	p.mu.Lock()
	defer p.mu.Unlock()
	// Two callers of Apply may come here in another order than they folded.
	p.position = max(p.position, position)
	for w := range p.waiting {
		if w.position <= p.position {
			p.release(w)
		}
	}
}

// release wakes a waiter; the caller holds the lock.
func (p *progress) release(w *waiter) {
	close(w.reached)
	delete(p.waiting, w)
}

func (p *progress) wait(ctx context.Context, position domain.EventNo) error {
	w, err := p.join(position)
	if err != nil || w == nil {
		return err
	}
	select {
	case <-w.reached:
	case <-ctx.Done():
		p.leave(w)
		return fmt.Errorf("wait for position %d: %w", position, ctx.Err())
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.position < position {
		return fmt.Errorf("wait for position %d: %w", position, ErrStopped)
	}
	return nil
}

// join returns nobody to wait for when the position is reached already.
func (p *progress) join(position domain.EventNo) (*waiter, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.position >= position {
		return nil, nil
	}
	if p.stopped {
		return nil, fmt.Errorf("wait for position %d: %w", position, ErrStopped)
	}
	if p.waiting == nil {
		p.waiting = map[*waiter]struct{}{}
	}
	w := &waiter{position: position, reached: make(chan struct{})}
	p.waiting[w] = struct{}{}
	return w, nil
}

func (p *progress) leave(w *waiter) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.waiting, w)
}
