package eventstore

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/google/uuid"

	"github.com/remit-register/remit/domain"
)

// Fill records facts that nobody decided, for measurements: one transaction each, so many in a commit. It does so in an
// empty journal only, on the embedded server, and anything else is ErrBadRequest.
func Fill(ctx context.Context, cfg Config, facts iter.Seq[domain.Fact], inCommit int) (err error) {
	s, err := Open(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if s.Position() > 0 || !s.conn.embedded() || inCommit < 1 {
		return fmt.Errorf("fill a journal that has %d events: %w", s.Position(), ErrBadRequest)
	}
	b := s.newBatch(inCommit)
	defer func() { s.state.Release(b.mark) }()
	for fact := range facts {
		if err := s.fillOne(b, fact); err != nil {
			return err
		}
		if len(b.commit.events) < inCommit {
			continue
		}
		if err := s.fillCommit(ctx, b); err != nil {
			return err
		}
	}
	if len(b.commit.events) == 0 {
		return nil
	}
	return s.fillCommit(ctx, b)
}

// fillOne adds a transaction of one fact to a batch, a second later than the one before it.
func (s *Store) fillOne(b *batch, fact domain.Fact) error {
	if b.recordedAt.IsZero() {
		b.recordedAt = s.cfg.Clock().UTC().Truncate(time.Microsecond).AddDate(-1, 0, 0)
	}
	b.recordedAt = b.recordedAt.Add(time.Second)
	id, err := s.nextID(b.recordedAt)
	if err != nil {
		return err
	}
	command, err := uuid.NewRandomFromReader(s.cfg.Random)
	if err != nil {
		return fmt.Errorf("make a command id: %w", err)
	}
	e := domain.Event{
		No: s.head.Size + domain.EventNo(len(b.commit.events)) + 1, TransactionID: id, Count: 1, CommandID: command.String(),
		Actor:      domain.Actor{Subject: "p-bench", Organisation: "BENCH", Role: domain.ActorProgrammeOffice},
		RecordedAt: b.recordedAt, EffectiveOn: fact.Effective(), Late: true, Digest: LeafHash([]byte(id)).String(), Fact: fact,
	}
	data, err := EncodeEvent(e)
	if err != nil {
		return err
	}
	b.commit.events = append(b.commit.events, data)
	return nil
}

func (s *Store) fillCommit(ctx context.Context, b *batch) error {
	if err := s.store(ctx, b); err != nil {
		return err
	}
	data, err := encode(&b.commit, commitRecord)
	if err != nil {
		return fmt.Errorf("encode commit: %w", err)
	}
	written, err := decodeHashed(newReader(), b.record, data)
	if err != nil {
		return err
	}
	b.commit.events = nil
	return s.extend(written, false)
}

// ReadThrough reads the whole journal without looking at what it says, and returns how many records and bytes it has:
// the least that whoever reads it back must do.
func (s *Store) ReadThrough(ctx context.Context) (records, bytes int, err error) {
	_, last, _ := s.history.position()
	err = s.journal.Scan(ctx, 1, last, func(_ uint64, data []byte) error {
		records++
		bytes += len(data)
		return nil
	})
	return records, bytes, err
}

// MeasureCopy returns how long commands would wait for a checkpoint of the write model that is written while the store
// runs. Run must not be running.
func (s *Store) MeasureCopy() time.Duration {
	began := s.cfg.Clock()
	_ = s.copyModel()
	return s.cfg.Clock().Sub(began)
}
