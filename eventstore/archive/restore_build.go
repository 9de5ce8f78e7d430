package archive

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
)

// rebuild writes the new journal and vault, and returns the tree.
func (w *restorer) rebuild(ctx context.Context) (eventstore.TreeHead, error) {
	from := eventstore.Rebuilding{Events: w.events(ctx), Vault: w.vault()}
	for _, m := range w.marks {
		from.Breaks = append(from.Breaks, m.Head.Size)
	}
	slices.Sort(from.Breaks)
	head, err := eventstore.Rebuild(ctx, w.newStore(), from)
	if err != nil {
		return head, fmt.Errorf("write the new journal: %w", err)
	}
	return head, nil
}

// rehearse finds out whether the log can be continued before anything is written to an external server, which cannot be
// made ready aside.
func (w *restorer) rehearse(ctx context.Context) error {
	if w.Store.URL == "" {
		return nil
	}
	for _, err := range w.events(ctx) {
		if err != nil {
			return err
		}
	}
	return w.mayContinue()
}

func (w *restorer) newStore() eventstore.Config {
	cfg := w.Store
	cfg.Dir = w.built()
	return cfg
}

// events gives the archive's events, once more hashed to the checkpoint's root, and then those that follow in the old
// journal. It notes which signed checkpoints they lead to.
func (w *restorer) events(ctx context.Context) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		all := &passing{marks: w.marks, tree: eventstore.NewTree(), yield: yield}
		size := w.done.Checkpoint.Head.Size
		before := size // the old journal goes on from there: the archive may end within one of its commits
		if w.old.remains != nil {
			before = w.old.remains.Before(ctx, size)
		}
		edge, shared, err := w.archived(ctx, all, before)
		if err != nil {
			yield(nil, err)
			return
		}
		if all.stopped || w.old.remains == nil {
			return
		}
		for event, err := range w.old.remains.After(ctx, edge) {
			switch {
			case err != nil:
				return
			case len(shared) > 0 && eventstore.LeafHash(event) != shared[0]:
				return // it does not go on from the archive
			case len(shared) > 0:
				shared = shared[1:]
			case !all.pass(event):
				return
			}
		}
	}
}

// archived gives the archive's events, and returns the tree of the first so many of them, and the leaves of the rest.
func (w *restorer) archived(
	ctx context.Context, all *passing, before domain.EventNo,
) (edge *eventstore.Tree, rest []eventstore.Hash, err error) {
	edge = eventstore.NewTree()
	whole, size := eventstore.NewTree(), w.done.Checkpoint.Head.Size
	for first := domain.EventNo(1); first <= size && !all.stopped; first += TileWidth {
		n := int(min(TileWidth, size-first+1))
		events, err := readEntries(ctx, w.From, uint64(first-1)/TileWidth, n)
		if err != nil {
			return nil, nil, fmt.Errorf("read the archive: %w: %w", ErrDamaged, err)
		}
		for _, event := range events {
			leaf := eventstore.LeafHash(event)
			if err = whole.Append(leaf); err == nil && whole.Size() <= before {
				err = edge.Append(leaf)
			} else {
				rest = append(rest, leaf)
			}
			if err != nil {
				return nil, nil, fmt.Errorf("read the archive: %w", err)
			}
			if !all.pass(event) {
				break
			}
		}
		if w.Progress != nil {
			w.Progress(int(first)-1+n, int(size)) //nolint:gosec // sizes of logs fit
		}
	}
	head, err := whole.Head()
	if err == nil && !all.stopped && head != w.done.Checkpoint.Head {
		err = fmt.Errorf("the archive's events make the tree %s, but its checkpoint signs %s: 'remit verify' tells which file is "+
			"wrong: %w", head, w.done.Checkpoint.Head, ErrDamaged)
	}
	return edge, rest, err
}

// passing hands events on and notes the signed checkpoints that they lead to.
type passing struct {
	marks   []*mark
	tree    *eventstore.Tree
	yield   func([]byte, error) bool
	stopped bool // no more are wanted
}

// pass hands an event on, and tells whether more are wanted.
func (p *passing) pass(event []byte) bool {
	if err := p.tree.Append(eventstore.LeafHash(event)); err != nil {
		p.yield(nil, err)
		p.stopped = true
		return false
	}
	for _, m := range p.marks {
		if m.Head.Size == p.tree.Size() {
			head, err := p.tree.Head()
			m.passed = err == nil && head == m.Head
		}
	}
	p.stopped = !p.yield(event, nil)
	return !p.stopped
}

// vault gives the records of the backup's vault, and then those that can be read of the old one, which know what was
// erased since; nil when there are none.
func (w *restorer) vault() iter.Seq2[[]byte, error] {
	path := filepath.Join(w.Folder, VaultFile)
	_, err := os.Stat(path)
	backedUp := w.Folder != "" && err == nil
	if !backedUp && len(w.old.vault) == 0 {
		return nil
	}
	return func(yield func([]byte, error) bool) {
		if backedUp {
			for record, err := range readVaultFile(path) {
				if !yield(record, err) || err != nil {
					return
				}
			}
		}
		for _, record := range w.old.vault {
			if !yield(record, nil) {
				return
			}
		}
	}
}

// begin opens what was written, which verifies it from the first event to the last, and records that an epoch began.
func (w *restorer) begin(ctx context.Context, head eventstore.TreeHead) (err error) {
	cfg := w.newStore()
	cfg.Trusted = []eventstore.TreeHead{w.done.Checkpoint.Head, head}
	cfg.AcceptMissing = true
	s, err := eventstore.Open(ctx, cfg)
	if err != nil {
		return fmt.Errorf("open the new journal: %w", err)
	}
	running, stop := context.WithCancel(ctx)
	var group errgroup.Group
	group.Go(func() error { return s.Run(running) })
	defer func() {
		stop()
		err = errors.Join(err, group.Wait(), s.Close())
	}()
	mayHave, upTo := w.lost(head.Size)
	command := domain.BeginEpoch{
		RestoredSize: head.Size, RestoredRoot: domain.RootHash(head.Root.String()), Unsigned: w.unsigned(head), MayHaveLost: mayHave, LostUpTo: upTo,
	}
	if w.newLog {
		command.FormerLog = w.done.Checkpoint.Origin
	}
	request := eventstore.Request{
		CommandID: uuid.NewString(), Command: command,
		Caller: domain.Caller{Subject: domain.SystemSubject, Roles: []domain.ActorRole{domain.ActorSystem}},
	}
	if w.Reason != "" {
		reason, secret, err := eventstore.Seal(cfg.Random, w.Reason)
		if err != nil {
			return fmt.Errorf("seal the reason: %w", err)
		}
		request.Reason, request.Secrets = reason, []eventstore.Secret{secret}
	}
	receipt, err := s.Submit(ctx, request)
	if err != nil {
		return fmt.Errorf("record the new epoch: %w", err)
	}
	w.done.Position = receipt.Position
	w.done.Epoch, _ = receipt.Events[0].Fact.(domain.EpochBegan)
	return w.countTexts(ctx, s)
}

// unsigned is how many of the restored events no checkpoint covers that was signed.
func (w *restorer) unsigned(head eventstore.TreeHead) domain.EventNo {
	signed := domain.EventNo(0)
	for _, m := range w.marks {
		if m.passed {
			signed = max(signed, m.Head.Size)
		}
	}
	return head.Size - signed
}

// errCounted ends the walk through all events.
var errCounted = errors.New("all events are counted")

// countTexts counts the personal texts that the restored events refer to.
func (w *restorer) countTexts(ctx context.Context, s *eventstore.Store) error {
	err := s.FollowBytes(ctx, 0, func(first domain.EventNo, events [][]byte) error {
		for i, event := range events {
			if first+domain.EventNo(i) >= w.done.Position {
				return errCounted
			}
			commitments, err := eventstore.Commitments(event)
			if err != nil {
				return fmt.Errorf("count personal texts: %w", err)
			}
			for _, commitment := range commitments {
				if _, ok := s.Vault().Text(commitment); ok {
					w.done.Texts++
				} else {
					w.done.Missing++
				}
			}
		}
		return nil
	})
	if !errors.Is(err, errCounted) {
		return fmt.Errorf("count personal texts: %w", err)
	}
	return nil
}
