package eventstore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
)

const restoreRemedy = "stop, copy the data directory aside, and run `remit restore` with the archive"

// verify walks the journal from its first record, or where there is a checkpoint from that, and compares it with the heads
// that it is known to have had.
func (s *Store) verify(ctx context.Context) error {
	known, err := s.headFile.open(s.cfg.Dir)
	if err != nil {
		return err
	}
	expected := slices.Concat(s.cfg.Trusted, s.conn.trusted)
	if known.Size > 0 {
		expected = append(expected, known)
	}
	slices.SortFunc(expected, func(a, b TreeHead) int { return cmp.Compare(a.Size, b.Size) })
	s.expected = expected
	s.resume(ctx)
	err = s.walk(ctx)
	if s.earlier != nil && errors.Is(err, ErrDamaged) {
		// What is refused is refused for what the journal says, and not for what a checkpoint does.
		s.keeper.discardAll(ctx, err)
		if err := s.begin(); err != nil {
			return err
		}
		s.expected = expected
		err = s.walk(ctx)
	}
	if errors.Is(err, ErrDamaged) {
		return fmt.Errorf("verify the journal: %w: %s", err, restoreRemedy)
	}
	if err != nil {
		return fmt.Errorf("verify the journal: %w", err)
	}
	return nil
}

// walk takes all records that follow, after which the journal must have had every tree that it is known to have had.
func (s *Store) walk(ctx context.Context) error {
	err := s.catchUp(ctx, func(b block) error { return s.extend(b, false) })
	if n := len(s.expected); err == nil && n > 0 {
		err = fmt.Errorf("journal ends with event %d, but had %d before: %w", s.head.Size, s.expected[n-1].Size, ErrDamaged)
	}
	return err
}

// catchUp calls take with the records that follow the last one known: all of them when the store opens, and later those
// of other processes. Whatever they say is checked and applied, or is an error.
func (s *Store) catchUp(ctx context.Context, take func(block) error) error {
	last, err := s.journal.Last(ctx)
	if err != nil {
		return fmt.Errorf("catch up with the journal: %w", err)
	}
	if last < s.record {
		return fmt.Errorf("journal ends with record %d, but had %d: %w", last, s.record, ErrDamaged)
	}
	if last == s.record {
		return nil
	}
	if err := s.vault.refresh(ctx); err != nil {
		return err
	}
	return readBlocks(ctx, s.journal, s.record+1, last, runtime.GOMAXPROCS(0), decodeHashed, take)
}

// extend takes the next block of the journal into the write model, the tree, the index and the history. It is the one
// way in: for what is read when the store opens, for what other processes recorded, and for what this one did, whose
// events the state has already.
func (s *Store) extend(b block, applied bool) error {
	if b.record != s.record+1 || b.commit.before != s.head {
		return fmt.Errorf("record %d follows tree %s, but record %d left tree %s: %w",
			b.record, b.commit.before, s.record, s.head, ErrDamaged)
	}
	if at := b.events[0].RecordedAt; at.Before(s.recordedAt) {
		return fmt.Errorf("event %d is recorded at %s, before %s: %w", b.commit.first(), at, s.recordedAt, ErrDamaged)
	}
	for i, e := range b.events {
		if !applied {
			if err := s.state.Apply(e); err != nil {
				return fmt.Errorf("%w: %w", ErrDamaged, err)
			}
		}
		if err := grow(s.tree, &s.expected, b.leaves[i]); err != nil {
			return err
		}
		s.erasing.add(e)
	}
	if err := s.index.add(b.events); err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	s.recordedAt = b.events[len(b.events)-1].RecordedAt
	head, err := s.tree.Head()
	if err != nil {
		return err
	}
	s.head, s.record = head, b.record
	if s.unfound != nil {
		s.unfound.add(s.vault, b)
	}
	b.texts = nil
	s.history.add(b, head)
	return nil
}

// grow adds a leaf to a tree, and compares it with the head that it is known to have had with that leaf: expected are
// those that it is still to reach, by size.
func grow(tree *Tree, expected *[]TreeHead, leaf Hash) error {
	if err := tree.Append(leaf); err != nil {
		return err
	}
	for len(*expected) > 0 && (*expected)[0].Size == tree.Size() {
		head, err := tree.Head()
		if err != nil {
			return err
		}
		if head != (*expected)[0] {
			return fmt.Errorf("journal has tree %s, but had %s: %w", head, (*expected)[0], ErrDamaged)
		}
		*expected = (*expected)[1:]
	}
	return nil
}
