package eventstore

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/remit-register/remit/domain"
)

// earlier verifies what the journal held up to the checkpoint from which the store was opened, while it runs. nil where
// it was opened without one.
type earlier struct {
	until    uint64         // the checkpoint's record
	size     domain.EventNo // of the tree with it
	verified atomic.Uint64  // events so far
	done     atomic.Bool
	erased   map[string]bool // what events of the whole journal said is erased when the store was opened

	// The rest belongs to run.
	record     uint64
	tree       *Tree
	head       TreeHead
	recordedAt time.Time
	expected   []TreeHead // heads that the tree is to reach, by size; the last is the checkpoint's
	unfound    unfoundTexts
}

func newEarlier(expected []TreeHead, until uint64) *earlier {
	e := &earlier{
		until: until, size: expected[len(expected)-1].Size, tree: NewTree(), expected: expected,
		unfound: unfoundTexts{}, erased: map[string]bool{},
	}
	e.head, _ = e.tree.Head() // of no leaves: it has one
	return e
}

// isVerified tells whether nothing is left to verify.
func (e *earlier) isVerified() bool { return e == nil || e.done.Load() }

// Verifying returns how many of the events that the store took from a checkpoint are verified by now, and how many there
// are: 0 when all are.
func (s *Store) Verifying() (verified, of domain.EventNo) {
	if s.earlier.isVerified() {
		return 0, 0
	}
	return domain.EventNo(s.earlier.verified.Load()), s.earlier.size
}

// How long verifying waits until it goes on where the journal could not be read.
const verifyAgain = 5 * time.Second

// verifyEarlier verifies what came before the checkpoint until ctx ends. What it finds stops the store: see Distrust.
func (s *Store) verifyEarlier(ctx context.Context) {
	for !s.earlier.isVerified() {
		err := s.walkEarlier(ctx)
		switch {
		case err == nil:
			s.earlier.done.Store(true)
			s.cfg.Logger.InfoContext(ctx, "what the journal held before the checkpoint is verified", slog.Uint64("events", uint64(s.earlier.size)))
			s.queue.poke() // a checkpoint may be due
		case ctx.Err() != nil:
			return
		case errors.Is(err, ErrDamaged), errors.Is(err, ErrVaultIncomplete):
			s.Distrust(ctx, fmt.Errorf("verify what the journal held before the checkpoint: %w: %s", err, restoreRemedy))
			return
		default:
			s.cfg.Logger.WarnContext(ctx, "the journal cannot be read to verify it; it is tried again", slog.Any("error", err))
			if pause(ctx, verifyAgain) != nil {
				return
			}
		}
	}
}

// walkEarlier goes on to the checkpoint's record.
func (s *Store) walkEarlier(ctx context.Context) error {
	e := s.earlier
	const oneDecoder = 1 // the rest of the machine is for those who ask
	if e.record < e.until {
		err := readBlocks(ctx, s.journal, e.record+1, e.until, oneDecoder, decodeHashed, func(b block) error { return e.take(s, b) })
		if err != nil {
			return err
		}
	}
	if len(e.expected) > 0 {
		return fmt.Errorf("journal has tree %s where it had %s: %w", e.head, e.expected[0], ErrDamaged)
	}
	return e.checkVault(ctx, s.vault)
}

// take verifies the next record: that it follows from the one before, that the tree passes through every head that it is
// known to have had, and that what the checkpoint said about the record is so.
func (e *earlier) take(s *Store, b block) error {
	if b.record != e.record+1 || b.commit.before != e.head {
		return fmt.Errorf("record %d follows tree %s, but record %d left tree %s: %w", b.record, b.commit.before, e.record, e.head, ErrDamaged)
	}
	if at := b.events[0].RecordedAt; at.Before(e.recordedAt) {
		return fmt.Errorf("event %d is recorded at %s, before %s: %w", b.commit.first(), at, e.recordedAt, ErrDamaged)
	}
	for i := range b.events {
		if err := grow(e.tree, &e.expected, b.leaves[i]); err != nil {
			return err
		}
		if err := isIndexed(s.index, &b.events[i]); err != nil {
			return err
		}
	}
	head, err := e.tree.Head()
	if err != nil {
		return err
	}
	if start := s.history.start(b.record); start != b.commit.first() {
		return fmt.Errorf("record %d begins with event %d, and the checkpoint said %d: %w", b.record, b.commit.first(), start, ErrDamaged)
	}
	e.unfound.add(s.vault, b)
	e.record, e.head, e.recordedAt = b.record, head, b.events[len(b.events)-1].RecordedAt
	e.verified.Store(uint64(head.Size))
	return nil
}

// isIndexed checks that the command of an event is known under its id.
func isIndexed(x *commandIndex, e *domain.Event) error {
	if e.Index > 0 {
		return nil
	}
	id, err := uuid.Parse(e.CommandID)
	if err != nil {
		return fmt.Errorf("event %d: command id: %w: %w", e.No, ErrDamaged, err)
	}
	if first, ok := x.find(id); !ok || first < e.No {
		return fmt.Errorf("command %s of event %d is not known, or of event %d: %w", id, e.No, first, ErrDamaged)
	}
	return nil
}

// checkVault looks again for the texts and people that were not in the vault: another process may have made or erased
// them meanwhile.
func (e *earlier) checkVault(ctx context.Context, v *Vault) error {
	if len(e.unfound) == 0 {
		return nil
	}
	if err := v.refresh(ctx); err != nil {
		return err
	}
	missing := 0
	for name := range e.unfound {
		if !e.erased[name] && !v.has(name) && !v.isGone(name) {
			missing++
		}
	}
	if missing > 0 {
		return fmt.Errorf("%d personal texts or people that events refer to are missing from the vault, and nothing says that they "+
			"were erased: %w", missing, ErrVaultIncomplete)
	}
	return nil
}

// noteErased remembers what events say is erased, for checkVault.
func (e *earlier) noteErased(due erasures) {
	if e == nil {
		return
	}
	for _, name := range due.commitments {
		e.erased[name] = true
	}
	for _, name := range due.pseudonyms {
		e.erased[name] = true
	}
}

// has tells whether a text or a person is in the vault.
func (v *Vault) has(name string) bool {
	if isPseudonym(name) {
		_, _, ok := v.Person(name)
		return ok
	}
	_, ok := v.Text(name)
	return ok
}

// isGone tells whether a record of the vault says that a text or a person is erased or missing.
func (v *Vault) isGone(name string) bool {
	v.mu.RLock()
	defer v.mu.RUnlock()
	_, gone := v.gone[name]
	return gone
}

// StartedFrom returns the number of the event from whose checkpoint the store was opened, 0 where it was opened without one.
func (s *Store) StartedFrom() domain.EventNo {
	if s.earlier == nil {
		return 0
	}
	return s.earlier.size
}
