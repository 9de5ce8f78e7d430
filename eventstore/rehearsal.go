package eventstore

import (
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/oklog/ulid/v2"

	"github.com/remit-register/remit/domain"
)

// Rehearsal decides commands on a copy of the write model, as the store would, and records nothing. It is not safe for
// concurrent use.
type Rehearsal struct {
	decider

	recordedAt time.Time
	next       uint64
}

// Rehearse returns a rehearsal on a copy of the write model, which belongs to it from then on. Its commands are decided
// as if they were given one after the other from now on. Times of recording are later than after.
//
// The transactions have the ULIDs 1, 2 and so on: see RehearsedID.
func (s *Store) Rehearse(state *domain.State, after time.Time) *Rehearsal {
	r := &Rehearsal{decider: decider{state: state, clock: s.clock, london: s.london}, recordedAt: after}
	r.nextID = func(time.Time) (string, error) { return RehearsedID(r.next), nil }
	return r
}

// RehearsedID is the ULID of the transaction of a rehearsal's command number n, counted from 1.
func RehearsedID(n uint64) string {
	var id ulid.ULID
	for i := len(id) - 1; n > 0; i-- {
		id[i] = byte(n)
		n >>= 8
	}
	return id.String()
}

// Try decides the command with number n, and applies what it makes to the copy of the write model: in case of an error
// nothing. Its errors are those of Submit.
func (r *Rehearsal) Try(n uint64, request Request) ([]domain.Event, error) {
	r.next = n
	request.CommandID = uuid.Nil.String()
	mark := r.state.Mark()
	tx, err := r.transact(r.recordedAt, request, "", transaction{})
	if err == nil && tx.size > MaxTransactionBytes {
		err = fmt.Errorf("the command makes events of %d bytes together, more than %d: divide it: %w",
			tx.size, MaxTransactionBytes, ErrTooLarge)
	}
	if err != nil {
		r.state.Rollback(mark)
		return nil, err
	}
	r.state.Release(mark)
	r.recordedAt = tx.events[0].RecordedAt
	return tx.events, nil
}

// KnownPseudonym returns the pseudonym of a person who has one. Unlike Pseudonym it records nothing.
func (v *Vault) KnownPseudonym(subject string, organisation domain.OrganisationCode) (string, bool) {
	return v.pseudonymOf(person{subject: subject, organisation: organisation})
}
