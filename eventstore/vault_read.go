package eventstore

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/nats-io/nats.go/jetstream"
)

// catchUp reads the records that other processes wrote, or at first all of them. It returns those that hold something
// that a later record says is erased. A record that the stream does not say was deleted and that cannot be read is
// ErrDamaged: its texts may be evidence. Holds writing.
func (v *Vault) catchUp(ctx context.Context) (doomed []uint64, err error) {
	state, err := v.state(ctx)
	if err != nil {
		return nil, err
	}
	s := vaultScan{vault: v, deleted: state.Deleted, next: max(v.read+1, state.FirstSeq)}
	last := state.LastSeq
	for last >= s.next && s.isDeleted(last) {
		last--
	}
	if state.Msgs > 0 && last >= s.next {
		err = scanFrom(ctx, v.stream, s.next, func(r record) (bool, error) {
			if r.no < s.next { // it was late, and was asked for by number
				return false, nil
			}
			if err := s.skip(ctx, r.no); err != nil {
				return false, err
			}
			return r.no >= last, s.take(r.no, r.data)
		})
		if errors.Is(err, errStalled) { // asking by number decides
			err = s.skip(ctx, last+1)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("read the vault: %w", err)
	}
	v.read = max(v.read, state.LastSeq)
	return s.doomed, nil
}

// state returns the stream's state with the numbers of the records that were deleted.
func (v *Vault) state(ctx context.Context) (jetstream.StreamState, error) {
	ctx, cancel := context.WithTimeout(ctx, v.timeout)
	defer cancel()
	info, err := v.stream.Info(ctx, jetstream.WithDeletedDetails(true))
	if err != nil {
		return jetstream.StreamState{}, fmt.Errorf("read the vault's state: %w", err)
	}
	slices.Sort(info.State.Deleted)
	return info.State, nil
}

// vaultScan takes the vault's records in order.
type vaultScan struct {
	vault   *Vault
	deleted []uint64 // sorted
	next    uint64   // number of the next record to take
	doomed  []uint64
}

func (s *vaultScan) isDeleted(no uint64) bool {
	_, deleted := slices.BinarySearch(s.deleted, no)
	return deleted
}

// skip goes on to record `to`. What lies between was deleted, or is asked for by its number.
func (s *vaultScan) skip(ctx context.Context, to uint64) error {
	for no := s.next; no < to; no++ {
		if s.isDeleted(no) {
			continue
		}
		data, err := getRecord(ctx, s.vault.stream, no, s.vault.timeout)
		if errors.Is(err, ErrNotFound) {
			err = s.unreadable(ctx, no, err)
		} else if err == nil {
			err = s.take(no, data)
		}
		if err != nil {
			return err
		}
	}
	s.next = max(s.next, to)
	return nil
}

// unreadable returns nil when another process erased record no meanwhile, and otherwise what is wrong.
func (s *vaultScan) unreadable(ctx context.Context, no uint64, why error) error {
	state, err := s.vault.state(ctx)
	if err != nil {
		return err
	}
	if _, deleted := slices.BinarySearch(state.Deleted, no); deleted || no < state.FirstSeq {
		return nil
	}
	return vaultDamaged(no, "cannot be read, and was not erased", why)
}

// take decodes a record, checks that its secrets open their commitments, and takes it into memory.
func (s *vaultScan) take(no uint64, data []byte) error {
	var content vaultRecord
	if err := decode(data, &content, vaultRecordFields); err != nil {
		return vaultDamaged(no, "is not what was written", err)
	}
	for _, secret := range content.secrets {
		if !secret.opens() {
			return vaultDamaged(no, "has another text than was recorded", fmt.Errorf("commitment %s", secret.Commitment))
		}
	}
	for _, p := range content.persons {
		if !p.opens() {
			return vaultDamaged(no, "has another person than was recorded", fmt.Errorf("pseudonym %s", p.pseudonym))
		}
	}
	s.doomed = append(s.doomed, s.vault.apply(no, content)...)
	s.next = no + 1
	return nil
}

// vaultDamaged says what is wrong with a record of the vault, and what to do.
func vaultDamaged(no uint64, what string, why error) error {
	return fmt.Errorf("vault record %d, with personal texts that belong to the journal, %s: %w: %w: %s",
		no, what, ErrDamaged, why, restoreRemedy)
}
