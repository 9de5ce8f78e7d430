package eventstore

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"time"

	"golang.org/x/sync/errgroup"
)

// Run decides the commands and records them until ctx ends. Then it accepts no more, brings to an end what it has
// accepted, for at most Config.DrainTimeout, and returns nil; or the error that made the store read-only. It is called
// once.
//
// It is the one place where the write model changes, and works in turns: take all that waits, decide it, record it in
// one commit, tell. While a commit is on its way to disk, the commands for the next one gather.
func (s *Store) Run(ctx context.Context) error {
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	var group errgroup.Group
	done, writer := make(chan struct{}), newModelWriter()
	group.Go(func() error {
		defer close(done)
		defer close(writer.work)
		defer s.asked.close()
		s.sequence(ctx, work, writer)
		return nil
	})
	group.Go(func() error {
		writer.run(ctx, s)
		return nil
	})
	group.Go(func() error {
		s.verifyEarlier(ctx)
		return nil
	})
	group.Go(func() error {
		s.limitDrain(ctx, done, stop)
		return nil
	})
	group.Go(func() error { return s.journal.Tail(ctx, s.hint) })
	if err := group.Wait(); err != nil {
		return fmt.Errorf("watch the journal: %w", err)
	}
	return s.health.broken()
}

// limitDrain stops the work when it is not done in time after ctx ended.
func (s *Store) limitDrain(ctx context.Context, done <-chan struct{}, stop context.CancelFunc) {
	<-ctx.Done()
	limit := time.NewTimer(s.cfg.DrainTimeout)
	defer limit.Stop()
	select {
	case <-done:
	case <-limit.C:
		stop()
	}
}

// hint notes that the journal has record no, or may have more than is known when no is 0.
func (s *Store) hint(no uint64) {
	if no == 0 {
		no = math.MaxUint64
	}
	for {
		known := s.hinted.Load()
		if no <= known || s.hinted.CompareAndSwap(known, no) {
			break
		}
	}
	s.queue.poke()
}

// sequence takes turns until ctx ends and nothing waits.
func (s *Store) sequence(ctx, work context.Context, writer *modelWriter) {
	for {
		s.keepSome(ctx, writer)
		waiting := s.queue.take(ctx)
		if len(waiting) == 0 && ctx.Err() != nil {
			s.queue.close()
			if waiting = s.queue.take(ctx); len(waiting) == 0 {
				return
			}
		}
		for len(waiting) > 0 {
			waiting = s.turn(work, waiting)
		}
		if s.hinted.Swap(0) > s.record {
			s.meet(work)
		}
		s.eraseRecorded(work)
		s.lend()
	}
}

// turn decides what one commit takes of the waiting commands, records it, tells, and returns the rest.
func (s *Store) turn(ctx context.Context, waiting []*Pending) []*Pending {
	if err := s.accept(); err != nil {
		tell(failed(waiting, err))
		return nil
	}
	b := s.newBatch(max(len(waiting), s.comeback))
	rest := s.decide(b, waiting)
	if len(rest) == 0 {
		var more []*Pending
		more, rest = s.gather(b)
		waiting = append(waiting, more...)
	}
	began := s.cfg.Clock()
	err := s.store(ctx, b)
	if err == nil {
		err = s.copyOut(ctx, b.commit)
	}
	if err == nil {
		s.observe(b, began)
		s.settle(ctx, b)
		return rest
	}
	s.state.Rollback(b.mark)
	if errors.Is(err, ErrConflict) {
		if before := s.record; !s.meet(ctx) || s.record == before {
			_ = pause(ctx, backoff(0)) // the other record may be still on its way; when ctx ends, the next write fails
		}
		return waiting // decided again, in the same order
	}
	s.fault(ctx, err)
	tell(failed(waiting[:len(waiting)-len(rest)], fmt.Errorf("%w: %w", ErrReadOnly, err)))
	return rest
}

// observe tells whoever measures about a commit that is on disk.
func (s *Store) observe(b *batch, began time.Time) {
	if s.cfg.Observe != nil && len(b.commit.events) > 0 {
		s.cfg.Observe(Committed{Events: len(b.commit.events), Bytes: b.size, Took: s.cfg.Clock().Sub(began)})
	}
}

// gather gives those who were told last a moment to come back with more, to share this commit with those who waited
// for it meanwhile: two halves that take turns would each wait for the other's commit. It decides those who come, and
// returns them, and those of them that did not fit. Where they do not come back in time, as when they are far away, it
// is not tried again for some turns, more each time.
func (s *Store) gather(b *batch) (came, rest []*Pending) {
	if len(b.outcomes) >= s.comeback {
		return nil, nil
	}
	if s.gatherLater > 0 {
		s.gatherLater--
		return nil, nil
	}
	late := make(chan struct{}) // stays closed: each turn of the loop below must see that it is too late
	limit := time.AfterFunc(gatherFor, func() { close(late) })
	defer limit.Stop()
	for len(b.outcomes) < s.comeback && len(rest) == 0 {
		more := s.queue.takeBefore(late)
		if len(more) == 0 {
			s.gatherPause = min(2*s.gatherPause+1, longestPause)
			s.gatherLater = s.gatherPause
			return came, rest
		}
		came = append(came, more...)
		rest = s.decide(b, more)
	}
	s.gatherPause = 0
	return came, rest
}

const (
	gatherFor    = time.Millisecond
	longestPause = 63 // turns
)

// meet reads what other processes recorded, and tells whether that worked.
func (s *Store) meet(ctx context.Context) bool {
	if s.health.broken() != nil {
		return false
	}
	err := s.catchUp(ctx, func(b block) error {
		if err := s.copyOut(ctx, b.commit); err != nil {
			return err
		}
		return s.extend(b, false)
	})
	if err != nil {
		s.fault(ctx, err)
		return false
	}
	s.health.trouble(nil)
	return true
}

// settle makes what b recorded part of the write model for good, gives it to followers, and tells everybody.
func (s *Store) settle(ctx context.Context, b *batch) {
	s.state.Release(b.mark)
	if len(b.commit.events) > 0 {
		if err := s.extend(b.block(), true); err != nil {
			s.fault(ctx, err)
		}
		if err := s.headFile.keep(s.head); err != nil {
			s.cfg.Logger.WarnContext(ctx, "could not note the journal's head", slog.Any("error", err))
		}
		s.health.trouble(nil)
	}
	s.eraseRecorded(ctx)
	s.forget(ctx, b)
	s.comeback = len(b.outcomes) + s.queue.size()
	tell(b.outcomes)
}

// copyOut gives a commit that is in the journal to the archive, where that is to have it before anybody is told.
func (s *Store) copyOut(ctx context.Context, c commit) error {
	if s.cfg.Archive == nil || len(c.events) == 0 {
		return nil
	}
	if s.distrusted.Load() {
		return fmt.Errorf("%w: the journal is not to be trusted", ErrNotArchived)
	}
	if err := s.cfg.Archive(ctx, c.first(), c.events); err != nil {
		return fmt.Errorf("%w: %w", ErrNotArchived, err)
	}
	return nil
}

// block returns the batch as it will be read from the journal.
func (b *batch) block() block {
	leaves := make([]Hash, 0, len(b.commit.events))
	for _, raw := range b.commit.events {
		leaves = append(leaves, LeafHash(raw))
	}
	return block{record: b.record, commit: b.commit, events: b.events, leaves: leaves}
}

// forget erases the personal texts of commands that were refused in the end, after a commit with them had failed.
func (s *Store) forget(ctx context.Context, b *batch) {
	for _, a := range b.outcomes {
		if a.outcome.err == nil || len(a.to.kept) == 0 {
			continue
		}
		if err := s.vault.Erase(ctx, a.to.kept...); err != nil {
			s.cfg.Logger.ErrorContext(ctx, "could not erase the personal texts of a refused command", slog.Any("error", err))
		}
	}
}

// fault notes why commands cannot be recorded: for good, where the journal cannot be trusted until it is verified.
func (s *Store) fault(ctx context.Context, err error) {
	s.health.trouble(err)
	switch {
	case errors.Is(err, ErrDamaged), errors.Is(err, ErrDoubtfulWrite):
		s.health.fail(fmt.Errorf("%w; restart to verify the journal", err))
	case errors.Is(err, ErrNotArchived):
		s.health.fail(fmt.Errorf("%w; restart when the archive can be written: what is recorded is archived then", err))
	}
	s.cfg.Logger.ErrorContext(ctx, "commands cannot be recorded", slog.Any("error", err))
}

func failed(pending []*Pending, err error) []answer {
	answers := make([]answer, 0, len(pending))
	for _, p := range pending {
		answers = append(answers, answer{p, outcome{err: err}})
	}
	return answers
}

func tell(answers []answer) {
	for _, a := range answers {
		a.to.outcome = a.outcome
		close(a.to.done)
	}
}
