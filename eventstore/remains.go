package eventstore

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/remit-register/remit/domain"
)

// Remains is what can still be read of a journal and a vault that may be damaged. Nothing that it gives is verified but
// what its methods say.
type Remains struct {
	cfg     Config
	conn    *connection
	journal *natsJournal     // nil where there is none
	vault   jetstream.Stream // nil where there is none
	last    uint64           // number of the journal's last record
}

// OpenRemains opens what is left in cfg.Dir. The server that reads it may change it, so it must be a copy.
func OpenRemains(ctx context.Context, cfg Config) (_ *Remains, err error) {
	if cfg, err = cfg.withDefaults(); err != nil {
		return nil, err
	}
	conn, err := connect(ctx, cfg)
	if err != nil {
		return nil, err
	}
	r := &Remains{cfg: cfg, conn: conn}
	defer func() {
		if err != nil {
			err = errors.Join(err, r.Close())
		}
	}()
	js, err := jetstream.New(conn.nc)
	if err != nil {
		return nil, fmt.Errorf("use JetStream: %w", err)
	}
	if r.vault, err = findStream(ctx, js, vaultStream); err != nil {
		return nil, err
	}
	stream, err := findStream(ctx, js, journalStream)
	if err != nil || stream == nil {
		return r, err
	}
	r.journal = &natsJournal{
		js: js, stream: stream, name: journalStream, subject: journalSubject, logger: cfg.Logger, timeout: cfg.Timeout, embedded: true,
	}
	r.last = stream.CachedInfo().State.LastSeq
	return r, nil
}

// findStream returns a stream, nil where there is none.
func findStream(ctx context.Context, js jetstream.JetStream, name string) (jetstream.Stream, error) {
	stream, err := js.Stream(ctx, name)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		return nil, nil //nolint:nilnil // nil is what it says
	}
	if err != nil {
		return nil, fmt.Errorf("open what is left of stream %s: %w", name, err)
	}
	return stream, nil
}

// Close ends it.
func (r *Remains) Close() error { return r.conn.close() }

// LastEvent returns the number of the last event that the journal's last readable record claims, 0 for none.
func (r *Remains) LastEvent(ctx context.Context) domain.EventNo {
	for no := r.last; no > 0; no-- {
		if b, err := r.block(ctx, no); err == nil {
			return b.commit.last()
		}
	}
	return 0
}

func (r *Remains) block(ctx context.Context, no uint64) (block, error) {
	if r.journal == nil {
		return block{}, ErrNotFound
	}
	data, err := getRecord(ctx, r.journal.stream, no, r.cfg.Timeout)
	if err != nil {
		return block{}, err
	}
	return decodeHashed(newReader(), no, data)
}

// Before returns how many events come before the commit that holds the event after so many: these themselves, where one
// begins with it, or none holds it.
func (r *Remains) Before(ctx context.Context, size domain.EventNo) domain.EventNo {
	for no := r.last; no > 0; no-- {
		b, err := r.block(ctx, no)
		switch {
		case err != nil:
		case b.commit.last() <= size:
			return size
		case b.commit.before.Size <= size:
			return b.commit.before.Size
		}
	}
	return size
}

// After gives the stored bytes of the events that follow a tree, as far as each record follows from the one before: its
// number, its tree and whole transactions. It ends, without an error, where that is no longer so; a record that the next
// one denies is left out. Nobody has signed them: they are as good as the journal was. The tree is used up.
func (r *Remains) After(ctx context.Context, tree *Tree) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		var held block // the last one that follows; the next one confirms it or not
		for no := r.following(ctx, tree); no > 0 && no <= r.last+1; no++ {
			next, err := r.block(ctx, no)
			if head, headErr := tree.Head(); err == nil && headErr == nil && next.commit.before != head {
				return
			}
			for _, event := range held.commit.events {
				if !yield(event, nil) {
					return
				}
			}
			if err != nil {
				return
			}
			for _, leaf := range next.leaves {
				if err := tree.Append(leaf); err != nil {
					yield(nil, err)
					return
				}
			}
			held = next
		}
	}
}

// following returns the number of the record whose commit follows a tree, 0 when there is none.
func (r *Remains) following(ctx context.Context, tree *Tree) uint64 {
	head, err := tree.Head()
	if err != nil {
		return 0
	}
	for no := r.last; no > 0; no-- {
		b, err := r.block(ctx, no)
		switch {
		case err != nil:
		case b.commit.before == head:
			return no
		case b.commit.before.Size < head.Size:
			return 0
		}
	}
	return 0
}

// Vault returns the records of the vault that can be read, in order, and how many there are besides that cannot.
func (r *Remains) Vault(ctx context.Context) (records [][]byte, unreadable int, err error) {
	if r.vault == nil {
		return nil, 0, nil
	}
	state := r.vault.CachedInfo().State
	for no := max(state.FirstSeq, 1); no <= state.LastSeq; no++ {
		data, err := getRecord(ctx, r.vault, no, r.cfg.Timeout)
		if errors.Is(err, ErrNotFound) || err == nil && CheckVaultRecord(data) != nil {
			continue // erased, or damaged: the number of records tells
		}
		if err != nil {
			return nil, 0, fmt.Errorf("read what is left of the vault: %w", err)
		}
		records = append(records, data)
	}
	return records, max(int(state.Msgs)-len(records), 0), nil //nolint:gosec // held in memory
}
