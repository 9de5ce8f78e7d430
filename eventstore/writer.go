package eventstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// store puts what b records on disk: first the personal texts, then the commit.
func (s *Store) store(ctx context.Context, b *batch) error {
	if len(b.commit.events) == 0 {
		return s.confirm(ctx)
	}
	id, err := newCommitID(s.cfg.Random)
	if err != nil {
		return err
	}
	b.record, b.commit.id, b.commit.before = s.record+1, id, s.head
	if err := s.vault.keep(ctx, b.secrets); err != nil {
		return err
	}
	return s.append(ctx, b)
}

// confirm makes sure that nobody else recorded anything that the write model does not know, where nothing is recorded
// that would tell: otherwise a command could be refused for what is no longer so.
func (s *Store) confirm(ctx context.Context) error {
	if s.conn.embedded() {
		return nil
	}
	last, err := s.journal.Last(ctx)
	if err == nil && last != s.record {
		err = ErrConflict
	}
	return err
}

// append writes the commit to the journal until the outcome is certain. The identical bytes are written again with
// the identical guard as long as it is not; once another record, or this one, holds the place, that record tells. That
// there is none is no proof: a write may still be on its way.
func (s *Store) append(ctx context.Context, b *batch) error {
	data, err := encode(&b.commit, commitRecord)
	if err != nil {
		return fmt.Errorf("encode commit: %w", err)
	}
	id := fmt.Sprintf("%x", b.commit.id)
	for attempt, unsure := 0, false; ; attempt++ {
		err := s.journal.Append(ctx, id, b.record-1, data)
		switch {
		case err == nil:
			return nil
		case errors.Is(err, ErrConflict):
			found, ours := s.isOurs(ctx, b.record, data)
			if ours {
				return nil
			}
			if found || !unsure {
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
func (s *Store) isOurs(ctx context.Context, record uint64, data []byte) (found, ours bool) {
	err := s.journal.Scan(ctx, record, record, func(_ uint64, held []byte) error {
		found, ours = true, bytes.Equal(held, data)
		return nil
	})
	return found && err == nil, ours && err == nil
}

// backoff is the time before a write is tried again: 10 ms, twice that each time, at most 2 s.
func backoff(attempt int) time.Duration {
	return min(10*time.Millisecond<<min(attempt, 8), 2*time.Second)
}
