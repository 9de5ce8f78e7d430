package eventstore

import (
	"context"
	"fmt"
	"runtime"
	"sort"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/remit-register/remit/domain"
)

// block is a commit that was read and decoded: whole transactions in order.
type block struct {
	record uint64 // its number in the journal
	commit commit
	events []domain.Event
	leaves []Hash   // of commit.events, where they were asked for
	texts  []string // commitments of the personal texts in the events, until the block is kept
}

// hashed returns b with its leaves.
func (b block) hashed() block {
	b.leaves = make([]Hash, 0, len(b.commit.events))
	for _, raw := range b.commit.events {
		b.leaves = append(b.leaves, LeafHash(raw))
	}
	return b
}

// decodeBlock decodes a record of the journal and checks what can be told without the records before it: events are
// numbered one after the other, and transactions are whole. The coder is one of newReader.
func decodeBlock(c *coder, no uint64, data []byte) (block, error) {
	m, events, err := decodeCommit(data)
	if err != nil {
		return block{}, fmt.Errorf("record %d: %w: %w", no, ErrDamaged, err)
	}
	b := block{record: no, commit: m}
	if b.events, b.texts, err = c.decodeEvents(events); err != nil {
		return block{}, fmt.Errorf("record %d: %w: %w", no, ErrDamaged, err)
	}
	if err := checkTransactions(m.before.Size, b.events); err != nil {
		return block{}, fmt.Errorf("record %d: %w: %w", no, ErrDamaged, err)
	}
	return b, nil
}

// decodeHashed is decodeBlock with the leaves.
func decodeHashed(c *coder, no uint64, data []byte) (block, error) {
	b, err := decodeBlock(c, no, data)
	if err != nil {
		return block{}, err
	}
	return b.hashed(), nil
}

// checkTransactions checks that events follow event number after, and that their transactions are whole.
func checkTransactions(after domain.EventNo, events []domain.Event) error {
	for i := range events {
		e := &events[i]
		if e.No != after+1+domain.EventNo(i) {
			return fmt.Errorf("event %d follows event %d", e.No, after+domain.EventNo(i))
		}
		first := i - e.Index
		if e.Index < 0 || first < 0 || e.Index >= e.Count || first+e.Count > len(events) ||
			events[first].TransactionID != e.TransactionID || events[first].Index != 0 {
			return fmt.Errorf("event %d is number %d of a transaction of %d that is not whole", e.No, e.Index, e.Count)
		}
		if i > 0 && e.RecordedAt.Before(events[i-1].RecordedAt) {
			return fmt.Errorf("event %d is recorded before event %d", e.No, e.No-1)
		}
	}
	return nil
}

// history is what is committed: which record holds each event, and the newest blocks themselves. It tells followers of
// new ones. Its methods may be called concurrently.
type history struct {
	journal Journal

	mu      sync.Mutex
	starts  []domain.EventNo // guarded by mu: first event of record i+1
	head    TreeHead         // guarded by mu: after the last event committed
	recent  []block          // guarded by mu: the newest blocks, dense up to the last record
	cache   blockCache       // guarded by mu: blocks before those that were read back
	kept    int              // guarded by mu: events in recent
	changed chan struct{}    // guarded by mu: closed at the next commit
}

// Followers that are at most this many events behind are served from memory.
const keepEvents = 4096

func newHistory(empty TreeHead) *history { return &history{head: empty, changed: make(chan struct{})} }

// tree returns the head after the last event.
func (h *history) tree() TreeHead {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.head
}

// add takes the next block and the tree with it, and tells followers.
func (h *history) add(b block, head TreeHead) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.starts = append(h.starts, b.commit.first())
	h.head = head
	h.recent = append(h.recent, b)
	h.kept += len(b.events)
	for len(h.recent) > 1 && h.kept > keepEvents {
		h.kept -= len(h.recent[0].events)
		h.recent[0] = block{}
		h.recent = h.recent[1:]
	}
	close(h.changed)
	h.changed = make(chan struct{})
}

// position returns the number of the last event, that of its record, and what is closed when there are more.
func (h *history) position() (last domain.EventNo, record uint64, more <-chan struct{}) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.head.Size, uint64(len(h.starts)), h.changed
}

// find returns the number of the record that holds event no, and the block itself if it is in memory.
func (h *history) find(no domain.EventNo) (record uint64, b block, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	record = uint64(sort.Search(len(h.starts), func(i int) bool { return h.starts[i] > no })) //nolint:gosec // not negative
	if at := int(record) - 1 - (len(h.starts) - len(h.recent)); at >= 0 && record > 0 {       //nolint:gosec // a slice's size
		return record, h.recent[at], true
	}
	return record, block{}, false
}

// read calls each with the blocks that hold the events from..to, which are committed, in order. It remembers what it
// has read for a while.
func (h *history) read(ctx context.Context, from, to domain.EventNo, each func(block)) error {
	for from <= to {
		record, b, ok := h.find(from)
		if !ok {
			b, ok = h.cached(record)
		}
		if ok {
			each(b)
			from = b.commit.last() + 1
			continue
		}
		last, _, _ := h.find(to)
		err := h.load(ctx, record, min(last, record+readAhead-1), func(b block) error {
			h.remember(b)
			each(b)
			from = b.commit.last() + 1
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// readAhead is the most records that are read in one go before the cache is looked at again.
const readAhead = 256

// follow calls apply with every block that holds events after `after`, in order, until ctx ends.
func (h *history) follow(ctx context.Context, after domain.EventNo, apply func(block) error) error {
	for {
		last, record, more := h.position()
		if after >= last {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-more:
				continue
			}
		}
		from, b, ok := h.find(after + 1)
		if ok {
			if err := apply(b); err != nil {
				return err
			}
			after = b.commit.last()
			continue
		}
		err := h.load(ctx, from, record, func(b block) error {
			after = b.commit.last()
			return apply(b)
		})
		if err != nil {
			return err
		}
	}
}

// load reads records from..to from the journal, which must be committed, and calls each with them in order.
func (h *history) load(ctx context.Context, from, to uint64, each func(block) error) error {
	return readBlocks(ctx, h.journal, from, to, runtime.GOMAXPROCS(0), decodeBlock, func(b block) error {
		if start := h.start(b.record); b.commit.first() != start {
			return fmt.Errorf("record %d begins with event %d, not %d as before: %w", b.record, b.commit.first(), start, ErrDamaged)
		}
		return each(b)
	})
}

// start returns the first event of a record.
func (h *history) start(record uint64) domain.EventNo {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.starts[record-1]
}

// Blocks that are decoded ahead of the one in use.
const decodeAhead = 16

// decoding is a record on its way through a decoder.
type decoding struct {
	no   uint64
	data []byte
	done chan decoded
}

type decoded struct {
	block block
	err   error
}

// readBlocks reads records from..to, has so many decoders decode them, and calls each with them in order.
func readBlocks(
	ctx context.Context, journal Journal, from, to uint64, decoders int, decode func(*coder, uint64, []byte) (block, error), each func(block) error,
) error {
	group, ctx := errgroup.WithContext(ctx)
	work, queue := make(chan decoding, decodeAhead), make(chan chan decoded, decodeAhead)
	for range min(to-from+1, uint64(decoders)) { //nolint:gosec // not negative
		group.Go(func() error {
			c := newReader()
			for w := range work {
				b, err := decode(c, w.no, w.data)
				w.done <- decoded{b, err}
			}
			return nil
		})
	}
	group.Go(func() error {
		defer close(queue)
		defer close(work)
		return journal.Scan(ctx, from, to, func(no uint64, data []byte) error {
			done := make(chan decoded, 1)
			select {
			case queue <- done:
				work <- decoding{no, data, done} // decoders go on until there is no more
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	})
	group.Go(func() error {
		for done := range queue {
			d := <-done
			if d.err != nil {
				return d.err
			}
			if err := each(d.block); err != nil {
				return err
			}
		}
		return nil
	})
	return group.Wait()
}
