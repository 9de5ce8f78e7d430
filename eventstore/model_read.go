package eventstore

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sort"

	"github.com/transparency-dev/merkle/compact"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore/checkpoint"
)

// errUnfit says that a checkpoint is of another journal, or of another time of this one.
var errUnfit = errors.New("it does not fit the journal")

// resume takes the write model from the newest checkpoint that fits the journal, where the journal is long enough for
// that and there is one. What comes after it is then verified at once, and what came before while the store runs.
func (s *Store) resume(ctx context.Context) {
	if s.keeper == nil {
		return
	}
	if err := checkpoint.Tidy(s.keeper.dir, keptModels); err != nil {
		s.cfg.Logger.WarnContext(ctx, "what was left of checkpoints of the write model cannot be removed", slog.Any("error", err))
	}
	last, size, err := s.length(ctx)
	if err != nil || size <= s.cfg.VerifyAtStart {
		return // verifying everything says what is wrong
	}
	for _, path := range s.keeper.paths(ctx) {
		stamp, m, err := s.keeper.read(path)
		if err == nil {
			err = s.fits(ctx, last, stamp, m)
		}
		if err == nil {
			s.adopt(stamp, m)
			s.cfg.Logger.InfoContext(ctx, "the write model is taken from a checkpoint; what the journal held before it is verified while the register runs",
				slog.Uint64("position", uint64(stamp.Size)), slog.Uint64("after", uint64(size-stamp.Size)))
			return
		}
		if ctx.Err() != nil {
			return
		}
		s.keeper.discard(ctx, path, err)
	}
}

// length returns the number of the journal's last record, and of the last event as that record has it.
func (s *Store) length(ctx context.Context) (last uint64, size domain.EventNo, err error) {
	if last, err = s.journal.Last(ctx); err != nil || last == 0 {
		return 0, 0, err
	}
	b, _, err := s.recordAt(ctx, last)
	if err != nil {
		return 0, 0, err
	}
	return last, b.commit.last(), nil
}

// recordAt reads one record back from the journal, and returns the hash of its bytes with it.
func (s *Store) recordAt(ctx context.Context, no uint64) (b block, hash string, err error) {
	err = s.journal.Scan(ctx, no, no, func(no uint64, data []byte) (err error) {
		hash = recordHash(data)
		b, err = decodeHashed(newReader(), no, data)
		return err
	})
	return b, hash, err
}

// fits compares a checkpoint with the journal, which ends with record `last`: that it is this journal, what its last
// record is, the tree after that, and the trees that the journal is known to have had before.
func (s *Store) fits(ctx context.Context, last uint64, stamp modelStamp, m *model) error {
	if stamp.Record == 0 || stamp.Record > last {
		return fmt.Errorf("it is of record %d of %d: %w", stamp.Record, last, errUnfit)
	}
	_, first, err := s.recordAt(ctx, 1)
	if err != nil {
		return err
	}
	b, hash, err := s.recordAt(ctx, stamp.Record)
	if err != nil {
		return err
	}
	if first != stamp.First || hash != stamp.Last || b.commit.last() != stamp.Size || b.commit.first() != m.starts[stamp.Record-1] ||
		!b.events[len(b.events)-1].RecordedAt.Equal(m.recordedAt) {
		return fmt.Errorf("record 1 or %d has another content: %w", stamp.Record, errUnfit)
	}
	tree, err := treeWith(stamp.Size, m.edge)
	if err != nil {
		return err
	}
	head, err := tree.Head()
	if err != nil || head.Root.String() != stamp.Root {
		return fmt.Errorf("its tree is %s, not %s (%w): %w", head, stamp.Root, err, errUnfit)
	}
	for _, known := range s.expected {
		if err := s.passes(ctx, m, head, known); err != nil {
			return err
		}
	}
	return nil
}

// passes checks that the journal had a tree that it is known to have had at or before the checkpoint, as far as its
// record says: the background compares it with the events.
func (s *Store) passes(ctx context.Context, m *model, at, known TreeHead) error {
	if known.Size > at.Size {
		return nil
	}
	found := at
	if known.Size < at.Size {
		no := sort.Search(len(m.starts), func(i int) bool { return m.starts[i] > known.Size })
		b, _, err := s.recordAt(ctx, uint64(no)+1) //nolint:gosec // not negative
		if err != nil {
			return err
		}
		found = b.commit.before
	}
	if found != known {
		return fmt.Errorf("the journal had the tree %s, and now has %s: %w", known, found, errUnfit)
	}
	return nil
}

// treeWith returns the tree with so many leaves that has this edge.
func treeWith(size domain.EventNo, edge [][]byte) (*Tree, error) {
	factory := compact.RangeFactory{Hash: hashChildren}
	held, err := factory.NewRange(0, uint64(size), edge)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", checkpoint.ErrDamaged, err)
	}
	return &Tree{edge: held}, nil
}

// adopt puts what a checkpoint holds in the place of what an empty journal has, and leaves what came before to be verified.
func (s *Store) adopt(stamp modelStamp, m *model) {
	s.tree, _ = treeWith(stamp.Size, m.edge) // as fits made it
	s.head, _ = s.tree.Head()
	s.state = m.state.Copy()
	s.record, s.recordedAt, s.written = stamp.Record, m.recordedAt, stamp.Size
	s.kept.Store(uint64(stamp.Size))
	s.index.load(m.commands)
	s.history.resume(s.head, m.starts)
	for _, name := range m.lost {
		if !s.vault.has(name) {
			s.unfound[name] = struct{}{}
		}
	}
	// What is erased comes true again, in case the vault was put back from an older copy.
	texts, persons := s.state.Erasures.Erased()
	for _, t := range texts {
		s.erasing.commitments = append(s.erasing.commitments, string(t))
	}
	for _, p := range persons {
		s.erasing.pseudonyms = append(s.erasing.pseudonyms, string(p))
	}
	after := slices.IndexFunc(s.expected, func(h TreeHead) bool { return h.Size > stamp.Size })
	if after < 0 {
		after = len(s.expected)
	}
	s.earlier = newEarlier(append(slices.Clone(s.expected[:after]), s.head), stamp.Record)
	s.expected = s.expected[after:]
}
