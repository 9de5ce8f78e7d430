package eventstore

import (
	"bytes"
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
	done := make(chan struct{})
	group.Go(func() error {
		defer close(done)
		s.sequence(ctx, work)
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
	for known := s.hinted.Load(); no > known && !s.hinted.CompareAndSwap(known, no); known = s.hinted.Load() {
	}
	s.queue.poke()
}

// sequence takes turns until ctx ends and nothing waits.
func (s *Store) sequence(ctx, work context.Context) {
	for {
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
	}
}

// meet reads what other processes recorded. It tells whether that worked.
func (s *Store) meet(ctx context.Context) bool {
	if s.health.broken() != nil {
		return false
	}
	err := s.catchUp(ctx)
	if err != nil {
		s.fault(ctx, err)
		return false
	}
	s.health.trouble(nil)
	return true
}

// turn decides what one commit takes of the waiting commands, records it, tells, and returns the rest.
func (s *Store) turn(ctx context.Context, waiting []*Pending) []*Pending {
	if err := s.accept(); err != nil {
		tell(failed(waiting, err))
		return nil
	}
	b, rest, err := s.decide(waiting)
	if err != nil {
		tell(failed(waiting, fmt.Errorf("%w: %w", ErrReadOnly, err)))
		return nil
	}
	err = s.store(ctx, b)
	switch {
	case err == nil:
		s.settle(ctx, b)
		return rest
	case errors.Is(err, ErrConflict):
		s.state.Rollback(b.mark)
		if before := s.record; !s.meet(ctx) || s.record == before {
			_ = pause(ctx, backoff(0)) // the other record may be still on its way; when ctx ends, the next write fails
		}
		return waiting // decided again, in the same order
	default:
		s.state.Rollback(b.mark)
		s.fault(ctx, err)
		decided := waiting[:len(waiting)-len(rest)]
		tell(failed(decided, fmt.Errorf("%w: %w", ErrReadOnly, err)))
		return rest
	}
}

// store puts what b records on disk: first the personal texts, then the commit.
func (s *Store) store(ctx context.Context, b *batch) error {
	if len(b.commit.events) == 0 {
		return nil
	}
	if err := s.vault.keep(ctx, b.secrets); err != nil {
		return err
	}
	return s.append(ctx, b.commit)
}

// append writes the commit to the journal until the outcome is certain. The identical bytes are written again with
// the identical guard as long as it is not; once another record, or this one, holds the place, that record tells. That
// there is none is no proof: a write may still be on its way.
func (s *Store) append(ctx context.Context, m commit) error {
	data, err := encode(&m, commitRecord)
	if err != nil {
		return fmt.Errorf("encode commit: %w", err)
	}
	id := fmt.Sprintf("%x", m.id)
	for attempt, unsure := 0, false; ; attempt++ {
		err := s.journal.Append(ctx, id, s.record, data)
		switch {
		case err == nil:
			return nil
		case errors.Is(err, ErrConflict) && !unsure:
			return err
		case errors.Is(err, ErrConflict):
			if found, ours := s.isOurs(ctx, data); found && ours {
				return nil
			} else if found {
				return err
			}
		case errors.Is(err, ErrUnknownOutcome):
			unsure = true
			s.health.trouble(err)
			s.cfg.Logger.WarnContext(ctx, "outcome of a commit is unknown, asking again",
				slog.Int("attempt", attempt+1), slog.Any("error", err))
		default:
			return err
		}
		if pause(ctx, backoff(attempt)) != nil {
			return fmt.Errorf("%w: gave up: %w", ErrDoubtfulWrite, err)
		}
	}
}

// isOurs reads the record that holds the place of a commit: whether there is one, and whether it is this commit.
func (s *Store) isOurs(ctx context.Context, data []byte) (found, ours bool) {
	err := s.journal.Scan(ctx, s.record+1, s.record+1, func(_ uint64, held []byte) error {
		found, ours = true, bytes.Equal(held, data)
		return nil
	})
	return found && err == nil, ours
}

// backoff is the time before a write is tried again: 10 ms, twice that each time, at most 2 s.
func backoff(attempt int) time.Duration {
	return min(10*time.Millisecond<<min(attempt, 8), 2*time.Second)
}

// settle makes what b recorded part of the write model for good, gives it to followers, and tells everybody.
func (s *Store) settle(ctx context.Context, b *batch) {
	s.state.Release(b.mark)
	if len(b.commit.events) > 0 {
		if err := s.extend(b.block(s.record+1), true); err != nil {
			s.fault(ctx, err)
		}
		if err := s.headFile.keep(s.head); err != nil {
			s.cfg.Logger.WarnContext(ctx, "could not note the journal's head", slog.Any("error", err))
		}
		s.health.trouble(nil)
	}
	s.forget(ctx, b)
	tell(b.outcomes)
}

// block returns the batch as it will be read from the journal.
func (b *batch) block(record uint64) block {
	leaves := make([]Hash, 0, len(b.commit.events))
	for _, raw := range b.commit.events {
		leaves = append(leaves, LeafHash(raw))
	}
	return block{record: record, commit: b.commit, events: b.events, leaves: leaves}
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
	if errors.Is(err, ErrDamaged) || errors.Is(err, ErrDoubtfulWrite) {
		s.health.fail(fmt.Errorf("%w; restart to verify the journal", err))
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
		a.to.done <- a.outcome
	}
}
