package eventstore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/remit-register/remit/domain"
)

// Request is a command with what comes with it.
type Request struct {
	// CommandID is a UUID that the caller chose. The same id with the same content is answered with the first
	// receipt; with other content it is refused for ever. A refused command leaves its id free.
	CommandID string
	// Caller is who gives the command. Its Subject is a pseudonym: see Vault.Pseudonym.
	Caller  domain.Caller
	Command domain.Command
	// Reason is why, sealed like every personal text of the command: see SealAll.
	Reason domain.Text
	// ExpectedRevision refuses the command when what it changes has another revision; 0 expects nothing.
	ExpectedRevision uint64
	// ValidateOnly decides and reports, and records nothing.
	ValidateOnly bool
	// SimulatedOn is the civil date as of which Simulate decides, where that is not today; a command that is submitted is
	// decided today.
	SimulatedOn domain.Date
	// Secrets open the sealed texts. Those that the recorded events refer to are kept in the vault.
	Secrets []Secret
}

// Receipt says what was recorded.
type Receipt struct {
	// TransactionID is the ULID of the transaction, and the id of what the command created. Of a command that was
	// only validated it is that of nothing.
	TransactionID string
	CommandID     string
	// Position is the number of the transaction's last event; of a command that was only validated, that of the last
	// event that it was decided on.
	Position   domain.EventNo
	RecordedAt time.Time
	// Events are the events of the transaction, as everybody will read them. They are not to be changed.
	Events []domain.Event
	// Replayed says that the command was recorded before, and that this is the first receipt again.
	Replayed bool
}

// Pending is a command on its way.
type Pending struct {
	request Request
	id      uuid.UUID
	digest  string

	simulated bool // trial is to be simulated, there is no request
	trial     []Request

	abandoned atomic.Bool   // nobody waits any more
	done      chan struct{} // closed when there is an outcome
	outcome   outcome       // set before done is closed

	kept []string // the sequencer's own: commitments that were written to the vault for it
}

// outcome is what became of a pending command.
type outcome struct {
	receipt Receipt
	err     error
	replays domain.EventNo // the first event of the transaction that recorded the same id before, if any
	trial   []Trial
}

// prepare checks what can be told without the register's state, and reads what the command is decided on besides it.
func (s *Store) prepare(ctx context.Context, r Request) (*Pending, error) {
	r.SimulatedOn = 0
	p := &Pending{request: r, done: make(chan struct{})}
	id, err := uuid.Parse(r.CommandID)
	switch {
	case err != nil:
		return nil, fmt.Errorf("command id %q is no UUID: %w", r.CommandID, ErrBadRequest)
	case r.Command == nil:
		return nil, fmt.Errorf("there is no command: %w", ErrBadRequest)
	case r.Caller.Subject == "":
		return nil, fmt.Errorf("there is no caller: %w", ErrBadRequest)
	}
	for _, secret := range r.Secrets {
		if !secret.opens() {
			return nil, fmt.Errorf("a secret does not open its commitment: %w", ErrBadRequest)
		}
	}
	p.id = id
	p.request.CommandID = id.String()
	if p.digest, err = s.digests.digest(r.Command, r.Caller); err != nil {
		return nil, err
	}
	p.request.Command, err = s.recall(ctx, r.Command)
	return p, err
}

// wait returns the outcome. When ctx ends first, the command may still be recorded.
func (p *Pending) wait(ctx context.Context) (outcome, error) {
	select {
	case <-p.done:
		return p.outcome, nil
	case <-ctx.Done():
		p.abandoned.Store(true)
		return outcome{}, fmt.Errorf("wait for the command's outcome: %w", ctx.Err())
	}
}

// Ticket is a command that was put into the queue.
type Ticket struct {
	store   *Store
	pending *Pending
}

// Wait returns what became of the command, as Submit does.
func (t Ticket) Wait(ctx context.Context) (Receipt, error) {
	o, err := t.pending.wait(ctx)
	if err != nil {
		return Receipt{}, err
	}
	if o.err == nil && o.replays != 0 {
		return t.store.replayed(ctx, t.pending, o.replays)
	}
	return o.receipt, o.err
}

// Submit has a command decided and recorded, and returns when it is on disk. Its errors are a *domain.Refusal,
// ErrCommandIDReused, ErrReadOnly, ErrOverloaded, ErrTooLarge, ErrBadRequest, or that of ctx: the command may then be
// recorded all the same, and sending it again with the same id tells.
func (s *Store) Submit(ctx context.Context, r Request) (Receipt, error) {
	if s.queue.isFull() {
		return Receipt{}, ErrOverloaded // before it is prepared: what is refused must cost next to nothing
	}
	p, err := s.prepare(ctx, r)
	if err != nil {
		return Receipt{}, err
	}
	if err := s.accept(); err != nil {
		return Receipt{}, err
	}
	if err := s.queue.add(p); err != nil {
		return Receipt{}, err
	}
	return Ticket{s, p}.Wait(ctx)
}

// Enqueue puts a command into the queue, once there is space, and returns without waiting for its outcome: commands
// that one goroutine enqueues are decided in that order, many of them in one commit.
func (s *Store) Enqueue(ctx context.Context, r Request) (Ticket, error) {
	p, err := s.prepare(ctx, r)
	if err != nil {
		return Ticket{}, err
	}
	if err := s.accept(); err != nil {
		return Ticket{}, err
	}
	if err := s.queue.addWhenSpace(ctx, p); err != nil {
		return Ticket{}, err
	}
	return Ticket{s, p}, nil
}

// accept tells whether commands are accepted at all.
func (s *Store) accept() error {
	if err := s.health.broken(); err != nil {
		return fmt.Errorf("%w: %w", ErrReadOnly, err)
	}
	return nil
}

// replayed returns the receipt of the transaction that begins with event first, which has the same command id.
func (s *Store) replayed(ctx context.Context, p *Pending, first domain.EventNo) (Receipt, error) {
	head, err := s.Read(ctx, first, first)
	if err != nil {
		return Receipt{}, fmt.Errorf("read the first receipt: %w", err)
	}
	if head[0].Digest != p.digest {
		return Receipt{}, fmt.Errorf("command id %s, event %d: %w", p.request.CommandID, first, ErrCommandIDReused)
	}
	last := first + domain.EventNo(head[0].Count) - 1 //nolint:gosec // a count is not negative
	events, err := s.Read(ctx, first, last)
	if err != nil {
		return Receipt{}, fmt.Errorf("read the first receipt: %w", err)
	}
	receipt := receiptOf(events)
	receipt.Replayed = true
	return receipt, nil
}

// receiptOf returns the receipt for the events of a whole transaction.
func receiptOf(events []domain.Event) Receipt {
	last := events[len(events)-1]
	return Receipt{
		TransactionID: last.TransactionID, CommandID: last.CommandID, Position: last.No, RecordedAt: last.RecordedAt,
		Events: slices.Clip(events),
	}
}

// Trial is what would become of one command of a simulation.
type Trial struct {
	// Events are those that it would record, with the numbers that they would have. Not to be changed.
	Events []domain.Event
	// Err is why it would not be recorded; the later commands are decided as if it had not been given.
	Err error
}

// Simulate decides commands one after the other, each on top of those before, and records nothing. Their ids are not
// looked at. Errors of single commands are in the trials.
//
// Whatever was decided before the call is recorded or has failed when it returns; without commands it is a barrier.
func (s *Store) Simulate(ctx context.Context, requests []Request) ([]Trial, error) {
	requests = slices.Clone(requests)
	p := &Pending{simulated: true, trial: requests, done: make(chan struct{})}
	for i, r := range requests {
		if r.Command == nil {
			return nil, fmt.Errorf("there is no command: %w", ErrBadRequest)
		}
		command, err := s.recall(ctx, r.Command)
		if err != nil {
			return nil, err
		}
		requests[i].Command = command
	}
	if err := s.accept(); err != nil {
		return nil, err
	}
	if err := s.queue.add(p); err != nil {
		return nil, err
	}
	o, err := p.wait(ctx)
	return o.trial, errors.Join(err, o.err)
}
