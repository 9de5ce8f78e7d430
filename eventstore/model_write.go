package eventstore

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"log/slog"
	"maps"
	"slices"

	"github.com/remit-register/remit/domain"
)

// copied is the write model as it was at a moment, for a checkpoint.
type copied struct {
	stamp modelStamp
	model *model
}

// copyModel returns the write model as it is: the maps are copied, and what they hold is shared, as it never changes in
// place. The commands are added by keep, which does not hold up the sequencer.
func (s *Store) copyModel() copied {
	edge := make([][]byte, 0, len(s.tree.edge.Hashes()))
	for _, hash := range s.tree.edge.Hashes() {
		edge = append(edge, slices.Clone(hash))
	}
	return copied{
		stamp: modelStamp{Size: s.head.Size, Root: s.head.Root.String(), Record: s.record},
		model: &model{
			state: s.state.Copy(), edge: edge, starts: s.history.allStarts(), recordedAt: s.recordedAt, lost: s.lost,
		},
	}
}

// keep writes a checkpoint of a copy.
func (s *Store) keep(ctx context.Context, c copied) error {
	_, first, err := s.recordAt(ctx, 1)
	if err != nil {
		return err
	}
	b, last, err := s.recordAt(ctx, c.stamp.Record)
	if err != nil {
		return err
	}
	if b.commit.last() != c.stamp.Size {
		return errUnfit
	}
	c.stamp.First, c.stamp.Last = first, last
	c.model.commands = s.index.upTo(c.stamp.Size)
	if err := s.keeper.write(ctx, c.stamp, c.model); err != nil {
		return err
	}
	s.kept.Store(uint64(c.stamp.Size))
	return nil
}

// mayKeep tells whether a checkpoint would be of use, and of what is verified.
func (s *Store) mayKeep() bool {
	return s.keeper != nil && s.head.Size > s.cfg.VerifyAtStart && s.earlier.isVerified() && s.health.broken() == nil
}

// modelWriter writes checkpoints beside the sequencer: at most one at a time.
type modelWriter struct {
	work chan copied   // closed when the sequencer has ended
	free chan struct{} // holds a token when it does nothing
}

func newModelWriter() *modelWriter {
	w := &modelWriter{work: make(chan copied), free: make(chan struct{}, 1)}
	w.free <- struct{}{}
	return w
}

// run writes what is given until there is no more. What goes wrong is logged: nothing depends on it. One that is being
// written when ctx ends is given up, as Close writes the last.
func (w *modelWriter) run(ctx context.Context, s *Store) {
	for c := range w.work {
		if err := s.keep(ctx, c); err != nil && ctx.Err() == nil {
			s.cfg.Logger.WarnContext(ctx, "no checkpoint of the write model is written: a restart takes longer", slog.Any("error", err))
		}
		w.free <- struct{}{}
	}
}

// keepSome has a checkpoint written when enough came since the last one. It belongs to the sequencer, between turns.
func (s *Store) keepSome(ctx context.Context, w *modelWriter) {
	const share = 8 // of all events: a longer journal's takes longer to write
	if !s.mayKeep() || ctx.Err() != nil || s.head.Size < s.written+max(s.keeper.cfg.Events, s.head.Size/share) {
		return
	}
	select {
	case <-w.free:
		w.work <- s.copyModel()
		s.written = s.head.Size // or tried: not again before there is more
	default:
	}
}

// keepLast writes a checkpoint when the store closes, if enough came since the last one.
func (s *Store) keepLast(ctx context.Context) {
	const little = 25 // a part of CheckpointConfig.Events: so few are verified in no time
	if !s.opened || !s.mayKeep() || s.head.Size <= domain.EventNo(s.kept.Load())+s.keeper.cfg.Events/little {
		return
	}
	if err := s.keep(ctx, s.copyModel()); err != nil {
		s.cfg.Logger.WarnContext(ctx, "no checkpoint of the write model is written: a restart takes longer", slog.Any("error", err))
	}
}

// upTo returns the commands whose first event is at most last.
func (x *commandIndex) upTo(last domain.EventNo) []idSlot {
	ids, _ := x.size()
	all := make([]idSlot, 0, ids)
	for i := range x.tables {
		x.mu.RLock() // for one table at a time, so that nobody waits long
		for _, slot := range x.tables[i].slots {
			if slot.first != 0 && slot.first <= last {
				all = append(all, slot)
			}
		}
		x.mu.RUnlock()
	}
	return all
}

// load remembers commands, in an index that has none: table by table, as each fits into the processor's cache and all of
// them do not.
func (x *commandIndex) load(commands []idSlot) {
	x.mu.Lock()
	defer x.mu.Unlock()
	var ends [indexTables]int
	for _, c := range commands {
		ends[maphash.Comparable(x.seed, c.id)%indexTables]++
	}
	for i := 1; i < indexTables; i++ {
		ends[i] += ends[i-1]
	}
	sorted := make([]idSlot, len(commands))
	for _, c := range commands {
		end := &ends[maphash.Comparable(x.seed, c.id)%indexTables]
		*end--
		sorted[*end] = c
	}
	for _, c := range sorted {
		x.put(c.id, c.first)
	}
}

// allStarts returns the first events of all records; they are not to be changed.
func (h *history) allStarts() []domain.EventNo {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clip(h.starts)
}

// resume puts what a checkpoint has in the place of what an empty history has.
func (h *history) resume(head TreeHead, starts []domain.EventNo) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.head, h.starts = head, starts
}

// rememberLost keeps what the vault lacks for checkpoints, sorted.
func (s *Store) rememberLost() {
	s.lost = slices.Sorted(maps.Keys(s.unfound))
}

// Distrust makes the store refuse commands until it is opened again, which verifies the journal from its first record
// then: for whoever finds that the journal is not what it was. Why is told by Healthy, and is ErrDamaged.
func (s *Store) Distrust(ctx context.Context, why error) {
	if s.distrusted.Swap(true) {
		return
	}
	if !errors.Is(why, ErrDamaged) {
		why = fmt.Errorf("%w: %w", ErrDamaged, why)
	}
	s.health.fail(fmt.Errorf("%w; restart to verify the journal", why))
	s.cfg.Logger.ErrorContext(ctx, "the journal is not what it was: commands are refused, and nothing more is archived", slog.Any("error", why))
	s.keeper.discardAll(ctx, why)
}
