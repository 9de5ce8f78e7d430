package archive

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
	"golang.org/x/sync/errgroup"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
)

// Verification says what of a log to check, and against what.
type Verification struct {
	Source Source
	// Keys are those that the auditor trusts: they come from elsewhere than the log.
	Keys TrustedKeys
	// Since is a checkpoint that the auditor kept from an earlier time, nil for none: the log must extend it.
	Since *SignedHead
	// Apply is called with the events in order, whole transactions, once they are proved to be under the root; nil for
	// nothing. What it refuses is a finding.
	Apply func([]domain.Event) error
	// Progress is told how many of all events are checked; nil for nothing.
	Progress func(done, total int)
}

// Verified is what was found to be so.
type Verified struct {
	SignedHead

	// Transactions is the number of transactions.
	Transactions int
	// Epochs are the numbers of the events by which the register says that it was restored.
	Epochs []domain.EventNo
}

// Verify checks a whole log: the signature of its checkpoint; that every event's stored bytes hash to the leaves under
// the checkpoint's root, and every hash tile lies between them; that the events decode, are numbered from 1 without a
// gap, and come in whole transactions in the order of time; and that the log extends Since.
//
// What does not prove itself is a Finding; other errors say that something could not be read. What was found so far is
// returned with either. It uses nothing of what writes the log but the layout of its files.
func Verify(ctx context.Context, v Verification) (Verified, error) {
	var found Verified
	signed, err := v.Source.ReadFile(ctx, CheckpointPath)
	if err != nil {
		return found, unread(CheckpointPath, err)
	}
	if found.SignedHead, err = OpenCheckpoint(signed, v.Keys); err != nil {
		return found, err
	}
	t := newTiles(v.Source, found.Head)
	if err := t.checkInner(ctx); err != nil {
		return found, finding(err)
	}
	w := &walk{Verification: v, tiles: t, found: &found}
	if err := w.run(ctx); err != nil {
		return found, finding(err)
	}
	return found, w.extends(ctx)
}

// finding returns the finding within an error, without what was being done: its sentence says that.
func finding(err error) error {
	if f, ok := errors.AsType[*Finding](err); ok {
		return f
	}
	return err
}

// walk goes through all events.
type walk struct {
	Verification

	tiles *tiles
	found *Verified
	last  domain.Event   // the event before
	open  []domain.Event // of the transaction whose end is not there yet
}

// bundle is a bundle that was read: its events are those under the root. Findings about their meaning come after the
// events before are dealt with.
type bundle struct {
	events []domain.Event
	err    error
}

// Bundles that are read and hashed ahead of the one in use.
const verifyAhead = 8

// run reads the bundles concurrently, and deals with them in order.
func (w *walk) run(ctx context.Context) error {
	size := w.found.Head.Size
	if root := emptyRoot(); size == 0 && w.found.Head.Root != root {
		return foundf("the checkpoint of an empty log has the root %s, not %s", w.found.Head.Root, root)
	}
	group, ctx := errgroup.WithContext(ctx)
	queue := make(chan chan bundle, verifyAhead)
	group.Go(func() error {
		defer close(queue)
		var readers errgroup.Group
		readers.SetLimit(verifyAhead)
		for first := domain.EventNo(1); first <= size && ctx.Err() == nil; first += TileWidth {
			slot := make(chan bundle, 1)
			n := int(min(TileWidth, size-first+1))
			readers.Go(func() error {
				slot <- w.read(ctx, first, n)
				return nil
			})
			select {
			case queue <- slot:
			case <-ctx.Done():
			}
		}
		return errors.Join(readers.Wait(), ctx.Err())
	})
	group.Go(func() error {
		for slot := range queue {
			if err := w.take(<-slot); err != nil {
				return err
			}
		}
		return nil
	})
	if err := group.Wait(); err != nil {
		return err //nolint:wrapcheck // of this package
	}
	if len(w.open) > 0 {
		return foundf("the checkpoint ends after event %d, within transaction %s", w.last.No, w.last.TransactionID)
	}
	return nil
}

func emptyRoot() eventstore.Hash {
	root, _ := tlog.TreeHash(0, nil) // reads nothing, so it cannot fail
	return eventstore.Hash(root)
}

// read reads a bundle, and compares each entry's hash with the leaf under the root.
func (w *walk) read(ctx context.Context, first domain.EventNo, n int) bundle {
	index := uint64(first-1) / TileWidth
	leaves, err := w.tiles.leaves(ctx, first, n)
	if err != nil {
		return bundle{err: err}
	}
	entries, err := readEntries(ctx, w.Source, index, n)
	if err != nil {
		return bundle{err: err}
	}
	for i, entry := range entries {
		if hash := tlog.RecordHash(entry); hash != leaves[i] {
			return bundle{err: foundf("%s: event %d is not the one that was signed: its bytes have the hash %s, and the one "+
				"signed %s", EntriesPath(index, n), first+domain.EventNo(i), eventstore.Hash(hash), eventstore.Hash(leaves[i]))}
		}
	}
	b := bundle{events: make([]domain.Event, 0, n)}
	for i, entry := range entries {
		e, err := eventstore.DecodeEvent(entry)
		if err != nil {
			b.err = foundf("event %d was signed as it is, but is no event that this version can read: %v", first+domain.EventNo(i), err)
			return b
		}
		b.events = append(b.events, e)
	}
	return b
}

// take checks that a bundle's events continue those before, and hands on the transactions that they complete.
func (w *walk) take(b bundle) error {
	whole := 0
	for i := range b.events {
		e := &b.events[i]
		if err := w.follows(e); err != nil {
			return err
		}
		w.last = *e
		w.open = append(w.open, *e)
		if e.Index+1 == e.Count {
			whole = len(w.open)
			w.found.Transactions++
		}
		if e.Fact.FactType() == (domain.EpochBegan{}).FactType() {
			w.found.Epochs = append(w.found.Epochs, e.No)
		}
	}
	if b.err != nil {
		return b.err
	}
	if err := w.apply(w.open[:whole]); err != nil {
		return err
	}
	w.open = append([]domain.Event(nil), w.open[whole:]...)
	if w.Progress != nil {
		w.Progress(int(w.last.No), int(w.found.Head.Size)) //nolint:gosec // far below the limit
	}
	return nil
}

// follows checks that an event continues the log.
func (w *walk) follows(e *domain.Event) error {
	before := &w.last
	inside := before.No > 0 && before.Index+1 < before.Count
	switch {
	case e.No != before.No+1:
		return foundf("event %d stands where event %d must be", e.No, before.No+1)
	case e.Fact == nil:
		return foundf("event %d says nothing", e.No)
	case e.RecordedAt.Before(before.RecordedAt):
		return foundf("event %d was recorded before event %d", e.No, before.No)
	case inside && (e.TransactionID != before.TransactionID || e.Index != before.Index+1 || e.Count != before.Count),
		!inside && e.Index != 0, e.Index >= e.Count:
		return foundf("event %d is number %d of %d of transaction %s, which does not follow from event %d: a transaction is "+
			"not whole", e.No, e.Index+1, e.Count, e.TransactionID, before.No)
	}
	return nil
}

func (w *walk) apply(events []domain.Event) error {
	if w.Apply == nil || len(events) == 0 {
		return nil
	}
	if err := w.Apply(events); err != nil {
		return foundf("events %d to %d were signed as they are, but cannot be applied: %v", events[0].No, events[len(events)-1].No, err)
	}
	return nil
}

// extends checks that the log extends the checkpoint that was kept.
func (w *walk) extends(ctx context.Context) error {
	if w.Since == nil {
		return nil
	}
	was, is := w.Since.Head, w.found.Head
	switch {
	case w.Since.Origin != w.found.Origin:
		return foundf("the checkpoint that was kept is of the log %q, and this is the log %q%s", w.Since.Origin, w.found.Origin, w.epochs())
	case was.Size > is.Size:
		return foundf("the log does not extend the one that was seen: it has %d events with root %s, and had %d events with root "+
			"%s: it lost its end, or another history was put in its place%s", is.Size, is.Root, was.Size, was.Root, w.epochs())
	}
	root, err := w.tiles.rootAt(ctx, was.Size)
	if err != nil {
		return finding(err)
	}
	if root != was.Root {
		return foundf("the log does not extend the one that was seen: its first %d events had the root %s and now have the root "+
			"%s (now %d events with root %s): what was recorded was rewritten%s",
			was.Size, was.Root, root, is.Size, is.Root, w.epochs())
	}
	return nil
}

// epochs says which events tell of a restored register, "" for none.
func (w *walk) epochs() string {
	switch n := len(w.found.Epochs); n {
	case 0:
		return ""
	case 1:
		return fmt.Sprintf("; the register was restored: event %d (EpochBegan) says what may have been lost", w.found.Epochs[0])
	default:
		return fmt.Sprintf("; the register was restored %d times, last by event %d (EpochBegan), which says what may have been lost",
			n, w.found.Epochs[n-1])
	}
}
