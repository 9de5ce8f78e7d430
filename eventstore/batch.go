package eventstore

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/remit-register/remit/domain"
)

// batch is what one commit will record, decided on the write model as it will be with it. Nothing of it is told to
// anybody before it is on disk: neither that commands were accepted nor that they were refused, for a refusal may rest
// on what was accepted before it.
type batch struct {
	mark       domain.Mark // the write model before it
	record     uint64      // its number in the journal, once it is on its way there
	commit     commit      // its id, and the tree before it, are set then
	events     []domain.Event
	size       int // of the events in the commit
	recordedAt time.Time
	outcomes   []answer
	accepted   map[uuid.UUID]int // index in outcomes of the command that was accepted under this id
	secrets    []Secret
}

// answer is an outcome that waits to be told.
type answer struct {
	to      *Pending
	outcome outcome
}

// errFull says that a transaction does not fit into what is left of a commit.
var errFull = errors.New("commit is full")

// newBatch returns an empty batch for about so many commands.
func (s *Store) newBatch(commands int) *batch {
	b := &batch{
		mark: s.state.Mark(), recordedAt: s.recordedAt, accepted: make(map[uuid.UUID]int, commands),
		outcomes: make([]answer, 0, commands), events: make([]domain.Event, 0, commands),
	}
	b.commit.events = make([][]byte, 0, commands)
	return b
}

// room is where the transaction of p goes if it is taken into the commit: its events need not be copied then. What a
// command makes that is only validated is its caller's alone.
func (b *batch) room(p *Pending) transaction {
	if p.request.ValidateOnly {
		return transaction{}
	}
	return transaction{events: b.events[len(b.events):], stored: b.commit.events[len(b.commit.events):]}
}

// decide decides waiting commands on top of those that b holds, and returns those that do not fit.
func (s *Store) decide(b *batch, waiting []*Pending) []*Pending {
	for i, p := range waiting {
		if p.abandoned.Load() {
			continue
		}
		o := s.decideOne(b, p)
		if errors.Is(o.err, errFull) {
			return waiting[i:]
		}
		b.outcomes = append(b.outcomes, answer{p, o})
	}
	return nil
}

// decideOne decides a command on top of those that b holds, and adds what it makes to b.
func (s *Store) decideOne(b *batch, p *Pending) outcome {
	if p.simulated {
		return s.simulate(b, p)
	}
	if first, ok := s.index.find(p.id); ok {
		return outcome{replays: first}
	}
	if at, ok := b.accepted[p.id]; ok {
		return repeated(p, b.outcomes[at])
	}
	mark := s.state.Mark()
	tx, err := s.transact(b.recordedAt, p.request, p.digest, b.room(p))
	if err == nil {
		err = b.fits(tx, p.request.ValidateOnly)
	}
	if err != nil {
		s.state.Rollback(mark)
		return outcome{err: err}
	}
	receipt := receiptOf(tx.events)
	if p.request.ValidateOnly {
		s.state.Rollback(mark)
		receipt.Position = tx.events[0].No - 1
		return outcome{receipt: receipt}
	}
	s.state.Release(mark)
	b.add(tx)
	b.accepted[p.id] = len(b.outcomes)
	b.secrets = append(b.secrets, p.needed(tx.commitments)...)
	return outcome{receipt: receipt}
}

// repeated is the outcome of a command whose id was accepted earlier in the same batch.
func repeated(p *Pending, first answer) outcome {
	if first.to.digest != p.digest {
		return outcome{err: fmt.Errorf("command id %s: %w", p.request.CommandID, ErrCommandIDReused)}
	}
	o := first.outcome
	o.receipt.Replayed = true
	return o
}

// needed returns the secrets that open the commitments recorded, less those in the vault, and notes that they are
// going there.
func (p *Pending) needed(commitments []string) []Secret {
	var needed []Secret
	for _, secret := range p.request.Secrets {
		if slices.Contains(commitments, secret.Commitment) && !slices.Contains(p.kept, secret.Commitment) {
			needed = append(needed, secret)
		}
	}
	for _, secret := range needed {
		p.kept = append(p.kept, secret.Commitment)
	}
	return needed
}

// fits tells whether the transaction fits into a commit at all, and unless alone, into this one with what is there.
func (b *batch) fits(tx transaction, alone bool) error {
	switch {
	case tx.size > MaxTransactionBytes:
		return fmt.Errorf("the command makes events of %d bytes together, more than %d: divide it: %w",
			tx.size, MaxTransactionBytes, ErrTooLarge)
	case !alone && b.size+tx.size > MaxTransactionBytes:
		return errFull
	}
	return nil
}

// add takes the transaction into the commit.
func (b *batch) add(tx transaction) {
	b.commit.events = append(b.commit.events, tx.stored...)
	b.events = append(b.events, tx.events...)
	b.size += tx.size
	b.recordedAt = tx.events[0].RecordedAt
}

// simulate decides commands one on top of the other and takes them all back.
func (s *Store) simulate(b *batch, p *Pending) outcome {
	all := s.state.Mark()
	defer s.state.Rollback(all)
	trials := make([]Trial, 0, len(p.trial))
	for _, r := range p.trial {
		r.CommandID = uuid.Nil.String()
		mark := s.state.Mark()
		tx, err := s.transact(b.recordedAt, r, "", transaction{})
		if err != nil {
			s.state.Rollback(mark)
		} else {
			s.state.Release(mark)
		}
		trials = append(trials, Trial{Events: tx.events, Err: err})
	}
	return outcome{trial: trials}
}
