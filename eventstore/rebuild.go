package eventstore

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/remit-register/remit/domain"
)

// Rebuilding is what a journal and a vault are written from.
type Rebuilding struct {
	// Events are the stored bytes of all events in order. The first error ends it.
	Events iter.Seq2[[]byte, error]
	// Breaks are sizes of the tree with which a commit is to end, ascending, so that what follows can be told apart.
	Breaks []domain.EventNo
	// Vault are the records of the vault in order, as Remains.Vault or Vault.Records gave them; nil for none.
	Vault iter.Seq2[[]byte, error]
}

// Rebuild writes a journal and a vault anew, where there is none: the same events with the same numbers in the same tree,
// however they were packed before. It returns the tree; whether it is the right one is the caller's to check. A journal
// or vault that has anything in it is ErrNotEmpty and stays as it is.
func Rebuild(ctx context.Context, cfg Config, from Rebuilding) (_ TreeHead, err error) {
	if cfg, err = cfg.withDefaults(); err != nil {
		return TreeHead{}, err
	}
	conn, err := connect(ctx, cfg)
	if err != nil {
		return TreeHead{}, err
	}
	defer func() { err = errors.Join(err, conn.close()) }()
	s := &Store{cfg: cfg, conn: conn, tree: NewTree()}
	s.history = newHistory(TreeHead{})
	if err := s.openStreams(ctx); err != nil {
		return TreeHead{}, err
	}
	if err := s.mustBeEmpty(ctx); err != nil {
		return TreeHead{}, err
	}
	if from.Vault != nil {
		if err := s.rebuildVault(ctx, from.Vault); err != nil {
			return TreeHead{}, err
		}
	}
	r := &rebuilder{store: s, breaks: from.Breaks}
	for event, err := range from.Events {
		if err == nil {
			err = r.add(ctx, event)
		}
		if err != nil {
			return TreeHead{}, err
		}
	}
	return r.finish(ctx)
}

// mustBeEmpty refuses a journal or a vault with anything in it.
func (s *Store) mustBeEmpty(ctx context.Context) error {
	last, err := s.journal.Last(ctx)
	if err != nil {
		return fmt.Errorf("look for a journal: %w", err)
	}
	if last > 0 || s.vault.read > 0 {
		return fmt.Errorf("there are %d records in the journal and %d in the vault: %w", last, s.vault.read, ErrNotEmpty)
	}
	return nil
}

// rebuildVault writes the records to the vault, one after the other. What does not decode is no vault's.
func (s *Store) rebuildVault(ctx context.Context, records iter.Seq2[[]byte, error]) error {
	no := 0
	for data, err := range records {
		if err != nil {
			return fmt.Errorf("restore the vault: %w", err)
		}
		no++
		if err := CheckVaultRecord(data); err != nil {
			return fmt.Errorf("restore the vault: record %d: %w", no, err)
		}
		ctx, cancel := context.WithTimeout(ctx, s.cfg.Timeout)
		_, err := s.vault.js.PublishMsg(ctx, &nats.Msg{Subject: vaultSubject, Data: data},
			jetstream.WithRetryAttempts(0), jetstream.WithExpectStream(vaultStream))
		cancel()
		if err != nil {
			return fmt.Errorf("restore the vault: write record %d: %w", no, err)
		}
	}
	return nil
}

// CheckVaultRecord tells whether the bytes are a record of a vault whose secrets open their commitments, and whose people
// are who their pseudonyms say.
func CheckVaultRecord(data []byte) error {
	var content vaultRecord
	if err := decode(data, &content, vaultRecordFields); err != nil {
		return fmt.Errorf("decode a vault record: %w", err)
	}
	for _, secret := range content.secrets {
		if !secret.opens() {
			return fmt.Errorf("a secret does not open its commitment %s: %w", secret.Commitment, ErrDamaged)
		}
	}
	for _, p := range content.persons {
		if !p.opens() {
			return fmt.Errorf("another person is behind the pseudonym %s: %w", p.pseudonym, ErrDamaged)
		}
	}
	return nil
}

// rebuilder packs events into commits.
type rebuilder struct {
	store  *Store
	breaks []domain.EventNo
	open   [][]byte     // events of the transaction whose end is not there yet
	size   int          // of open, in a commit
	last   domain.Event // of open
	commit commit       // before is the tree before it
	packed int          // size of the events in commit
}

// add takes the next event. A commit is written when it is full, or a break comes.
func (r *rebuilder) add(ctx context.Context, raw []byte) error {
	e, err := DecodeEvent(raw)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	no := r.store.tree.Size() + domain.EventNo(len(r.open)) + 1
	if e.No != no || e.Index != len(r.open) || e.Index >= e.Count || e.Index > 0 && e.TransactionID != r.last.TransactionID {
		return fmt.Errorf("event %d of transaction %s, its number %d of %d, stands where event %d must be: %w",
			e.No, e.TransactionID, e.Index, e.Count, no, ErrDamaged)
	}
	r.open, r.last = append(r.open, raw), e
	r.size += protowire.SizeTag(4) + protowire.SizeBytes(len(raw))
	if e.Index+1 < e.Count {
		return nil
	}
	return r.take(ctx)
}

// take moves the transaction that has come to its end into the commit.
func (r *rebuilder) take(ctx context.Context) error {
	if r.packed+r.size > MaxTransactionBytes {
		if err := r.write(ctx); err != nil {
			return err
		}
	}
	if len(r.commit.events) == 0 {
		before, err := r.store.tree.Head()
		if err != nil {
			return err
		}
		r.commit.before = before
	}
	for _, raw := range r.open {
		if err := r.store.tree.Append(LeafHash(raw)); err != nil {
			return err
		}
	}
	r.commit.events = append(r.commit.events, r.open...)
	r.packed += r.size
	r.open, r.size = r.open[:0], 0
	for len(r.breaks) > 0 && r.breaks[0] <= r.store.tree.Size() {
		r.breaks = r.breaks[1:]
		if err := r.write(ctx); err != nil {
			return err
		}
	}
	return nil
}

// write writes the commit to the journal.
func (r *rebuilder) write(ctx context.Context) error {
	if len(r.commit.events) == 0 {
		return nil
	}
	id, err := newCommitID(r.store.cfg.Random)
	if err != nil {
		return err
	}
	r.commit.id = id
	data, err := encode(&r.commit, commitRecord)
	if err != nil {
		return fmt.Errorf("encode commit: %w", err)
	}
	if err := r.store.journal.Append(ctx, fmt.Sprintf("%x", id), r.store.record, data); err != nil {
		return fmt.Errorf("write the new journal: %w", err)
	}
	r.store.record++
	r.commit, r.packed = commit{}, 0
	return nil
}

// finish writes what is left, and returns the tree.
func (r *rebuilder) finish(ctx context.Context) (TreeHead, error) {
	if len(r.open) > 0 {
		return TreeHead{}, fmt.Errorf("the events end after event %d, within transaction %s: %w", r.last.No, r.last.TransactionID, ErrDamaged)
	}
	if err := r.write(ctx); err != nil {
		return TreeHead{}, err
	}
	return r.store.tree.Head()
}
