package eventstore

import (
	"cmp"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/remit-register/remit/domain"
)

// decider decides commands on a write model, and puts what they make into events.
type decider struct {
	state  *domain.State
	clock  func() time.Time
	london *time.Location
	// nextID makes the id of a transaction.
	nextID func(at time.Time) (string, error)
	coder  coder // of all events
}

// transaction is what one command makes.
type transaction struct {
	events      []domain.Event
	stored      [][]byte
	size        int // in a commit
	commitments []string
}

// transact decides a command and applies its events to the write model: those that will be read from the journal, as
// they will be read. What it returns is appended to what room is for, a transaction without events, where that has the
// capacity.
func (d *decider) transact(after time.Time, r Request, digest string, room transaction) (transaction, error) {
	at := d.clock().UTC().Truncate(time.Microsecond)
	if !at.After(after) {
		at = after.Add(time.Microsecond)
	}
	id, err := d.nextID(at)
	if err != nil {
		return transaction{}, err
	}
	today := cmp.Or(r.SimulatedOn, domain.DateOf(at.In(d.london)))
	decision, err := d.ask(r.Command, domain.Meta{
		Caller: r.Caller, Now: at, Today: today, ID: id, ExpectedRevision: r.ExpectedRevision, Reason: r.Reason,
	})
	if err != nil {
		return transaction{}, err
	}
	tx := room
	tx.events, tx.stored = slices.Grow(tx.events, len(decision.Facts)), slices.Grow(tx.stored, len(decision.Facts))
	for i, fact := range decision.Facts {
		e := domain.Event{
			No: d.state.Last() + 1, TransactionID: id, Index: i, Count: len(decision.Facts), CommandID: r.CommandID,
			Actor:      domain.Actor{Subject: r.Caller.Subject, Organisation: r.Caller.Organisation, Role: decision.Role},
			RecordedAt: at, EffectiveOn: fact.Effective(), Reason: decision.Reason, Fact: fact,
		}
		if i == 0 {
			e.Digest = digest
		}
		if e.EffectiveOn == 0 {
			e.EffectiveOn = today
		}
		e.Late = e.EffectiveOn < today
		if err := d.emit(&tx, e); err != nil {
			return transaction{}, err
		}
	}
	return tx, nil
}

// emit adds an event to the transaction and applies it: what is read from its stored bytes, so that a restart cannot come
// to another state, and what was in the clear in the command is gone from it.
func (d *decider) emit(tx *transaction, e domain.Event) error {
	tx.events = append(tx.events, e)
	decided := &tx.events[len(tx.events)-1]
	data, err := d.coder.encodeEvent(decided)
	if err != nil {
		return err
	}
	data = slices.Clone(data)
	tx.commitments = append(tx.commitments, d.coder.commitments...)
	if len(data) > MaxEventBytes {
		return fmt.Errorf("the command makes a %s of %d bytes, more than %d: divide it: %w",
			e.Fact.FactType(), len(data), MaxEventBytes, ErrTooLarge)
	}
	*decided = domain.Event{}
	if err := d.coder.decodeEvent(data, decided); err != nil {
		return err
	}
	if err := d.state.Apply(*decided); err != nil {
		return fmt.Errorf("apply what was decided: %w", err)
	}
	tx.stored = append(tx.stored, data)
	tx.size += protowire.SizeTag(4) + protowire.SizeBytes(len(data))
	return nil
}

// ask has the rules decide. They change nothing, so a fault in them costs this command and no more.
func (d *decider) ask(command domain.Command, meta domain.Meta) (decision domain.Decision, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("fault in deciding %s: %v\n%s", command.Method(), fault, debug.Stack())
		}
	}()
	return d.state.Decide(command, meta)
}
