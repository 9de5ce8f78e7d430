package archive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
)

// ErrNotArchivedYet means that an event is recorded, but the archive's checkpoint does not cover it yet.
var ErrNotArchivedYet = errors.New("not in the archive yet")

// Prover proves what is recorded from the files of an archive. Each hash that it reads is checked against the root of
// the signed checkpoint, and each proof is run, before it is given. It may be used concurrently.
type Prover struct {
	source Source
	keys   TrustedKeys
	every  time.Duration

	mu   sync.Mutex
	last SignedHead // guarded by mu: the checkpoint read last
}

// NewProver returns a prover over an archive that is signed by one of these keys.
func NewProver(source Source, keys TrustedKeys) *Prover {
	return &Prover{source: source, keys: keys, every: 10 * time.Millisecond}
}

// Checkpoint returns the newest checkpoint. Before there is one it is ErrNotArchivedYet.
func (p *Prover) Checkpoint(ctx context.Context) (SignedHead, error) {
	signed, err := p.source.ReadFile(ctx, CheckpointPath)
	if err != nil {
		return SignedHead{}, fmt.Errorf("read the checkpoint: %w", notThere(err))
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if bytes.Equal(signed, p.last.Note) {
		return p.last, nil
	}
	head, err := OpenCheckpoint(signed, p.keys)
	if err != nil {
		return SignedHead{}, fmt.Errorf("read the checkpoint: %w: %w", ErrDamaged, err)
	}
	p.last = head
	return head, nil
}

// Await returns the first checkpoint that covers a number of events, waiting for it until ctx ends: then it is
// ErrNotArchivedYet.
func (p *Prover) Await(ctx context.Context, size domain.EventNo) (SignedHead, error) {
	ticker := time.NewTicker(p.every)
	defer ticker.Stop()
	for {
		head, err := p.Checkpoint(context.WithoutCancel(ctx))
		if err == nil && head.Head.Size >= size {
			return head, nil
		}
		if err != nil && !errors.Is(err, ErrNotArchivedYet) {
			return SignedHead{}, err
		}
		select {
		case <-ctx.Done():
			return head, fmt.Errorf("event %d: %w: %w", size, ErrNotArchivedYet, ctx.Err())
		case <-ticker.C:
		}
	}
}

// EventProof is a proof of one event.
type EventProof struct {
	ProofFile

	No domain.EventNo
}

// Events proves events, all under one checkpoint that covers them.
func (p *Prover) Events(ctx context.Context, head SignedHead, numbers []domain.EventNo) ([]EventProof, error) {
	t := newTiles(p.source, head.Head)
	proofs := make([]EventProof, 0, len(numbers))
	for _, no := range numbers {
		path, err := p.inclusion(ctx, t, no, head.Head)
		if err != nil {
			return nil, err
		}
		event, err := p.entry(ctx, head.Head.Size, no)
		if err != nil {
			return nil, err
		}
		proof := EventProof{No: no, ProofFile: ProofFile{
			Event: event, Index: uint64(no) - 1, Hashes: path.Hashes, Checkpoint: head.Note,
		}}
		if path.Leaf != eventstore.Hash(tlog.RecordHash(event)) {
			return nil, fmt.Errorf("prove event %d: its bytes are not those that were signed: %w", no, ErrDamaged)
		}
		proofs = append(proofs, proof)
	}
	return proofs, nil
}

// entry returns an event's stored bytes.
func (p *Prover) entry(ctx context.Context, size, no domain.EventNo) ([]byte, error) {
	index := uint64(no-1) / TileWidth
	n := int(min(TileWidth, uint64(size)-index*TileWidth))
	events, err := readEntries(ctx, p.source, index, n)
	if err != nil {
		return nil, fmt.Errorf("prove event %d: %w", no, damaged(err))
	}
	return events[uint64(no-1)%TileWidth], nil
}

// Inclusion is the path from an event to the root of a tree.
type Inclusion struct {
	// Head is the tree.
	Head eventstore.TreeHead
	// Leaf is the hash of the event's stored bytes.
	Leaf eventstore.Hash
	// Hashes is the path, from below.
	Hashes []tlog.Hash
}

// Inclusion proves that an event is in the tree of the first size events, which the checkpoint covers.
func (p *Prover) Inclusion(ctx context.Context, head SignedHead, no, size domain.EventNo) (Inclusion, error) {
	t := newTiles(p.source, head.Head)
	root, err := t.rootAt(ctx, size)
	if err != nil {
		return Inclusion{}, fmt.Errorf("prove event %d: %w", no, damaged(err))
	}
	return p.inclusion(ctx, t, no, eventstore.TreeHead{Size: size, Root: root})
}

func (p *Prover) inclusion(ctx context.Context, t *tiles, no domain.EventNo, tree eventstore.TreeHead) (Inclusion, error) {
	if no == 0 || no > tree.Size || int64(tree.Size) > t.tree.N { //nolint:gosec // sizes are below 2^62
		return Inclusion{}, fmt.Errorf("prove event %d of %d: %w", no, tree.Size, eventstore.ErrNotFound)
	}
	index, size := int64(no)-1, int64(tree.Size) //nolint:gosec // as above
	hashes, err := tlog.ProveRecord(size, index, t.hashes(ctx))
	if err != nil {
		return Inclusion{}, fmt.Errorf("prove event %d: %w", no, damaged(err))
	}
	leaf, err := t.leaves(ctx, no, 1)
	if err != nil {
		return Inclusion{}, fmt.Errorf("prove event %d: %w", no, damaged(err))
	}
	if err := tlog.CheckRecord(hashes, size, tlog.Hash(tree.Root), index, leaf[0]); err != nil {
		return Inclusion{}, fmt.Errorf("prove event %d: the proof does not prove it: %w: %w", no, ErrDamaged, err)
	}
	return Inclusion{Head: tree, Leaf: eventstore.Hash(leaf[0]), Hashes: hashes}, nil
}

// Consistency is a proof that a tree is the beginning of another.
type Consistency struct {
	First, Second eventstore.TreeHead
	Hashes        []tlog.Hash
}

// Consistency proves that the tree of the first events is the beginning of a later one, which the checkpoint covers.
func (p *Prover) Consistency(ctx context.Context, head SignedHead, first, second domain.EventNo) (Consistency, error) {
	if first == 0 || first > second || second > head.Head.Size {
		return Consistency{}, fmt.Errorf("prove that %d events begin %d: %w", first, second, eventstore.ErrNotFound)
	}
	t := newTiles(p.source, head.Head)
	answer := Consistency{First: eventstore.TreeHead{Size: first}, Second: eventstore.TreeHead{Size: second}}
	fail := func(err error) (Consistency, error) {
		return Consistency{}, fmt.Errorf("prove that %d events begin %d: %w", first, second, damaged(err))
	}
	var err error
	if answer.First.Root, err = t.rootAt(ctx, first); err != nil {
		return fail(err)
	}
	if answer.Second.Root, err = t.rootAt(ctx, second); err != nil {
		return fail(err)
	}
	older, newer := int64(first), int64(second) //nolint:gosec // sizes are below 2^62
	if answer.Hashes, err = tlog.ProveTree(newer, older, t.hashes(ctx)); err != nil {
		return fail(err)
	}
	err = tlog.CheckTree(answer.Hashes, newer, tlog.Hash(answer.Second.Root), older, tlog.Hash(answer.First.Root))
	if err != nil {
		return fail(fmt.Errorf("the proof does not prove it: %w: %w", ErrDamaged, err))
	}
	return answer, nil
}
