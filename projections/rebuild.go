package projections

import (
	"context"
	"errors"
	"fmt"

	"github.com/remit-register/remit/domain"
)

// errCaughtUp ends a rebuild that has come as far as the views.
var errCaughtUp = errors.New("caught up")

// Rebuild folds the log anew from its first event beside what the views show, and when it has come as far puts the new
// state in the place of the old one. Questions are answered all the while, and the views may be fed by Run meanwhile.
// It also mends views that are broken. It takes as much memory again as the views have.
func (v *Views) Rebuild(ctx context.Context, source Source) error {
	fresh := &Views{now: v.now, log: v.log, memory: v.memory, state: newState()}
	fresh.holdings.epochChanges = v.epochChanges()
	if v.replace(fresh) {
		return nil // there is nothing to fold
	}
	err := source.Follow(ctx, 0, func(events []domain.Event) error {
		if err := fresh.Apply(events); err != nil {
			return err
		}
		if v.replace(fresh) {
			return errCaughtUp
		}
		return nil
	})
	if errors.Is(err, errCaughtUp) {
		return nil
	}
	if err == nil {
		err = fmt.Errorf("the log ended with event %d: %w", fresh.Position(), ErrStopped)
	}
	return fmt.Errorf("rebuild the views: %w", err)
}

// replace takes over the state of fresh views if they have come as far.
func (v *Views) replace(fresh *Views) bool {
	v.feeding.Lock()
	defer v.feeding.Unlock()
	if fresh.position() < v.position() {
		return false
	}
	v.mu.Lock()
	v.state = fresh.state
	position := v.position()
	v.mu.Unlock()
	v.progress.advance(position)
	v.milestones.rebuilds.Add(1)
	return true
}

func (v *Views) epochChanges() int32 {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.holdings.epochChanges
}
