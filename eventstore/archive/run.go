package archive

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
)

// errEnough ends a FollowBytes that has seen what it wanted.
var errEnough = errors.New("enough")

// Run keeps the archive up with the journal until ctx ends, and compares every file with the journal once; with Sync it
// does the latter only, as Commit keeps it up. Where the archive cannot be written it says so in Status, and tries again.
// It returns an error, eventstore.ErrDamaged, when the journal is not what it was: then nothing must go on.
func (a *Archive) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	if a.cfg.Sync {
		group.Go(func() error { return a.check(ctx, a.Status().Checkpoint.Head) })
	} else {
		group.Go(func() error { return a.keepUp(ctx, group) })
	}
	return group.Wait() //nolint:wrapcheck // our own
}

// keepUp follows the journal until ctx ends, whatever stands in the way of writing.
func (a *Archive) keepUp(ctx context.Context, group *errgroup.Group) error {
	const first, longest = 250 * time.Millisecond, 30 * time.Second
	wait, checking := first, false
	for {
		before := a.Status().Checkpoint.Head.Size
		intact, err := a.resume(ctx)
		if err == nil && !checking {
			checking = true
			if intact {
				head := a.last.last.Head // before others sign
				group.Go(func() error { return a.check(ctx, head) })
			}
		}
		if err == nil {
			err = a.follow(ctx)
		}
		a.tiling = nil
		if ctx.Err() != nil {
			return nil //nolint:nilerr // it is over
		}
		a.tell(func(s *Status) { s.Err = err })
		a.cfg.Logger.ErrorContext(ctx, "the archive cannot be written: see that its disk has room and works, then it catches up; commands are recorded all the same",
			slog.Any("error", err))
		switch {
		case errors.Is(err, eventstore.ErrDamaged):
			return err
		case errors.Is(err, ErrMoved):
			<-ctx.Done() // it would be a second history
			return nil
		case a.Status().Checkpoint.Head.Size > before:
			wait = first
		}
		if !pause(ctx, wait) {
			return nil
		}
		wait = min(2*wait, longest)
	}
}

// pause waits, and tells whether ctx goes on.
func pause(ctx context.Context, wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// resume makes sure that the edge of what was signed is known: from the files, or where they are missing or wrong, from
// the journal. It tells whether the files were right.
func (a *Archive) resume(ctx context.Context) (intact bool, err error) {
	if a.tiling != nil {
		return true, nil
	}
	a.edge, a.filled = nil, nil
	if a.last.now == nil {
		a.tiling = &tiling{}
		return true, nil
	}
	head := a.last.last.Head
	a.tiling, err = readTiling(func(path string) ([]byte, error) { return a.files.ReadFile(a.path(path)) }, head)
	if err == nil {
		r := &repair{archive: a, aside: a.asideFolder()}
		err := r.compareEdge(a.tiling.edge()) // for the earlier versions
		r.report(ctx)
		return true, err
	}
	if !errors.Is(err, ErrDamaged) {
		return false, err
	}
	a.cfg.Logger.WarnContext(ctx, "the archive is not whole, and is written again from the journal", slog.Any("error", err))
	a.tiling, err = a.compare(ctx, head, true)
	if err != nil {
		return false, err
	}
	a.tell(func(s *Status) { s.Checked = true })
	return false, nil
}

// catchUp brings the archive up to the journal's end.
func (a *Archive) catchUp(ctx context.Context) error {
	_, err := a.resume(ctx)
	if err == nil {
		err = a.catchUpTo(ctx, a.journal.Head())
	}
	if err != nil {
		a.tiling = nil
		a.tell(func(s *Status) { s.Err = err })
	}
	return err
}

func (a *Archive) catchUpTo(ctx context.Context, target eventstore.TreeHead) error {
	if a.tiling.size < target.Size {
		err := a.journal.FollowBytes(ctx, a.tiling.size, func(_ domain.EventNo, events [][]byte) error {
			if err := a.take(events); err != nil {
				return err
			}
			if a.tiling.size >= target.Size {
				return errEnough
			}
			return nil
		})
		if !errors.Is(err, errEnough) {
			return fmt.Errorf("read the journal: %w", err)
		}
	}
	return a.checkpointAt(target)
}

// checkpointAt publishes a checkpoint of a head of the journal, after which all that was read must end.
func (a *Archive) checkpointAt(head eventstore.TreeHead) error {
	found, err := a.tiling.head()
	if err != nil {
		return err
	}
	if found != head {
		return fmt.Errorf("the events read from the journal make the tree %s, not %s: %w", found, head, eventstore.ErrDamaged)
	}
	return a.checkpoint()
}

// follow archives what is recorded until ctx ends or something fails. A checkpoint is published at once when the last
// one is a while ago; otherwise when the while is over, of all that was recorded until then.
func (a *Archive) follow(ctx context.Context) error {
	if err := a.catchUpTo(ctx, a.journal.Head()); err != nil {
		return err
	}
	target := a.journal.Head()
	p := newPacer(a.cfg.Every)
	defer p.timer.Stop()
	return a.journal.FollowBytes(ctx, a.tiling.size, func(_ domain.EventNo, events [][]byte) error { //nolint:wrapcheck // our own
		if target.Size <= a.tiling.size {
			target = a.journal.Head()
		}
		if err := a.take(events); err != nil || a.tiling.size < target.Size {
			return err
		}
		waited, err := p.wait(ctx)
		if err != nil {
			return err
		}
		if now := a.journal.Head(); waited && now.Size > a.tiling.size {
			target = now // with what came meanwhile
			return nil
		}
		if err := a.checkpointAt(target); err != nil {
			return err
		}
		p.restart()
		return nil
	})
}

// pacer keeps a least time between things that are done.
type pacer struct {
	every  time.Duration
	timer  *time.Timer
	passed bool // the time is over
}

func newPacer(every time.Duration) *pacer { return &pacer{every: every, timer: time.NewTimer(every)} }

// wait returns once the time is over, and tells whether it was not yet.
func (p *pacer) wait(ctx context.Context) (waited bool, err error) {
	if p.passed {
		return false, nil
	}
	select {
	case <-p.timer.C:
		p.passed = true
		return false, nil
	default:
	}
	select {
	case <-p.timer.C:
		p.passed = true
		return true, nil
	case <-ctx.Done():
		return true, fmt.Errorf("wait until the next checkpoint is due: %w", ctx.Err())
	}
}

// restart begins the time anew, after wait.
func (p *pacer) restart() {
	p.passed = false
	p.timer.Reset(p.every)
}
