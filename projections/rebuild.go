package projections

import (
	"context"
	"errors"
	"fmt"

	"github.com/remit-register/remit/domain"
)

// RebuildOptions say how views are rebuilt.
type RebuildOptions struct {
	// On is the date whose map is digested before and after.
	On domain.Date
	// Progress is told now and then how many events are folded of how many; its error ends the rebuild. Nil: nobody is
	// told.
	Progress func(done, total domain.EventNo) error
}

// Rebuilt says what views showed before they were rebuilt, and what they show since.
type Rebuilt struct {
	// Before and After are the digests of the map as of one point: the state that was replaced, and the one in its place.
	// Before is that of nothing where the state that was replaced could not even be asked.
	Before, After Digest
	// Differs names what the views knew otherwise than the log says, on any date and as known at any position; none when
	// all agreed.
	Differs []string
}

// errNear ends the following of the log when the rest of it is to be read while the views stand still.
var errNear = errors.New("nearly caught up")

// lastStretch is about how many events are folded at most while the views take no new ones.
const lastStretch = 2000

// Rebuild folds the log anew from its first event beside what the views show, and when it has come as far puts the new
// state in the place of the old one. Questions are answered all the while, and the views may be fed by Run meanwhile;
// they take no new events while the last ones are folded and both states are compared. It also mends views that are
// broken. It takes as much memory again as the views have, until it returns.
//
// One rebuild goes on at a time: another is refused with domain.WrongState. When ctx ends, or the log cannot be read,
// nothing is replaced.
func (v *Views) Rebuild(ctx context.Context, source Source, o RebuildOptions) (Rebuilt, error) {
	if !v.rebuilding.TryLock() {
		return Rebuilt{}, domain.Refuse(domain.WrongState, "The views are being rebuilt already.",
			"Wait until that is done: a second rebuild would take as much memory once more.")
	}
	defer v.rebuilding.Unlock()
	if o.Progress == nil {
		o.Progress = func(domain.EventNo, domain.EventNo) error { return nil }
	}
	fresh := &Views{now: v.now, log: v.log, state: newState()}
	fresh.holdings.epochChanges = v.epochChanges()
	if err := v.follow(ctx, source, fresh, o); err != nil {
		return Rebuilt{}, fmt.Errorf("rebuild the views: %w", err)
	}
	old, differs, err := v.replace(ctx, fresh)
	if err != nil {
		return Rebuilt{}, fmt.Errorf("rebuild the views: %w", err)
	}
	return v.rebuilt(old, differs, o)
}

// follow folds the log into fresh views until they are nearly as far as these.
func (v *Views) follow(ctx context.Context, source Source, fresh *Views, o RebuildOptions) error {
	if v.Position() == 0 {
		return nil
	}
	err := source.Follow(ctx, 0, func(events []domain.Event) error {
		total := v.Position()
		if len(events) > 0 && events[len(events)-1].No > total {
			return errNear
		}
		if err := fresh.Apply(events); err != nil {
			return err
		}
		done := fresh.Position()
		if err := o.Progress(done, total); err != nil {
			return err
		}
		if total-done < lastStretch {
			return errNear
		}
		return nil
	})
	if errors.Is(err, errNear) {
		return nil
	}
	if err == nil {
		err = fmt.Errorf("the log ended with event %d: %w", fresh.Position(), ErrStopped)
	}
	return err
}

// replace folds the last events into fresh views while these stand still, and takes over their state. It returns the
// former state, and what the two differ in.
func (v *Views) replace(ctx context.Context, fresh *Views) (old *Views, differs []string, err error) {
	v.feeding.Lock()
	defer v.feeding.Unlock()
	position := v.position()
	for at := fresh.position(); at < position; at = fresh.position() {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		events, err := v.log.Read(at+1, min(at+lastStretch, position))
		if err != nil {
			return nil, nil, err
		}
		whole := len(events)
		for at+lastStretch < position && whole > 0 && events[whole-1].Index != events[whole-1].Count-1 {
			whole--
		}
		if whole == 0 { // a transaction that is longer than the stretch
			if events, err = v.log.Read(at+1, position); err != nil {
				return nil, nil, err
			}
			whole = len(events)
		}
		if err := fresh.Apply(events[:whole]); err != nil {
			return nil, nil, err
		}
	}
	differs = v.differences(&fresh.state)
	old = &Views{now: v.now, log: v.log, state: v.state}
	if len(differs) > 0 {
		v.milestones.mended.Add(1) // before anybody can be answered from the new state
	}
	v.mu.Lock()
	v.state = fresh.state
	v.mu.Unlock()
	v.milestones.rebuilds.Add(1)
	return old, differs, nil
}

// rebuilt says what the map was and is. What is asked is asked of states that are known not to change as of their
// position, so that nobody waits.
func (v *Views) rebuilt(old *Views, differs []string, o RebuildOptions) (Rebuilt, error) {
	r := Rebuilt{Differs: differs}
	at := domain.AsOf{On: o.On, Known: old.Position()}
	var err error
	if r.After, err = v.Digest(at); err != nil {
		return r, fmt.Errorf("digest the rebuilt map: %w", err)
	}
	if r.Before, err = old.digestIfReadable(at); err != nil {
		r.Differs = append(r.Differs, "the map could not be read: "+err.Error())
	}
	return r, nil
}

// digestIfReadable is Digest of views that may be damaged in any way.
func (v *Views) digestIfReadable(a domain.AsOf) (digest Digest, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("%v", fault)
		}
	}()
	return v.Digest(a)
}

func (v *Views) epochChanges() int32 {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.holdings.epochChanges
}
