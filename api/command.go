package api

import (
	"context"
	"fmt"
	"slices"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// commandRequest is what every command has besides its content.
type commandRequest interface {
	GetCommandId() string
	GetExpectedRevision() string
	GetReason() string
	GetValidateOnly() bool
}

// commands hands commands to the event store.
type commands struct {
	store *eventstore.Store
	// open tells whether commands are taken: not while the reference register is being loaded, which they could
	// get in the way of.
	open func() bool
}

// recorded is what became of a command.
type recorded struct {
	receipt *remitv1.Receipt
	// id is the ULID of what the command created; "" when it was only validated.
	id     string
	events []domain.Event
}

// awaiting tells whether what was recorded is a command that waits for a second person, and by what id.
func (r recorded) awaiting() (waits bool, id string) {
	waits = slices.ContainsFunc(r.events, func(e domain.Event) bool {
		_, isWaiting := e.Fact.(domain.SecondAwaited)
		return isWaiting
	})
	if !waits {
		return false, ""
	}
	return true, r.id
}

// submit has a command decided and recorded in the name of who calls. Personal texts of the command and its reason are
// sealed on the way: what the register records of them is a commitment.
func submit[C domain.Command](ctx context.Context, c *commands, r commandRequest, command C) (recorded, error) {
	caller, err := c.caller(ctx)
	if err != nil {
		return recorded{}, err
	}
	if !c.open() {
		return recorded{}, domain.Refuse(domain.RegisterReadOnly, "The reference register is still being loaded.",
			"Try again in a few seconds; /readyz tells when it is done.")
	}
	reason := domain.Text{Clear: r.GetReason()}
	secrets, err := eventstore.SealAll(nil, &command)
	if err != nil {
		return recorded{}, fmt.Errorf("seal the personal texts of %s: %w", command.Method(), err)
	}
	ofReason, err := eventstore.SealAll(nil, &reason)
	if err != nil {
		return recorded{}, fmt.Errorf("seal the reason of %s: %w", command.Method(), err)
	}
	receipt, err := c.store.Submit(ctx, eventstore.Request{
		CommandID: r.GetCommandId(), Caller: caller, Command: command, Reason: reason,
		ExpectedRevision: uint64(position(r.GetExpectedRevision())), ValidateOnly: r.GetValidateOnly(),
		Secrets: append(secrets, ofReason...),
	})
	if err != nil {
		return recorded{}, fmt.Errorf("submit %s: %w", command.Method(), err)
	}
	if r.GetValidateOnly() && !receipt.Replayed {
		return validated(receipt), nil
	}
	return recorded{receiptMessage(receipt), receipt.TransactionID, receipt.Events}, nil
}

// caller returns who calls under the pseudonym that the register records.
func (c *commands) caller(ctx context.Context) (domain.Caller, error) {
	p := personFrom(ctx)
	if p.isAnonymous() {
		return domain.Caller{}, notSignedIn()
	}
	pseudonym, err := c.store.Vault().Pseudonym(ctx, p.subject, p.organisation)
	if err != nil {
		return domain.Caller{}, fmt.Errorf("find the caller's pseudonym: %w", err)
	}
	return domain.Caller{Subject: pseudonym, Organisation: p.organisation, Roles: p.roles}, nil
}

func receiptMessage(r eventstore.Receipt) *remitv1.Receipt {
	m := &remitv1.Receipt{
		TransactionId: r.TransactionID, CommandId: r.CommandID, Position: number(r.Position),
		RecordedAt: instant(r.RecordedAt), Replayed: r.Replayed,
	}
	for _, e := range r.Events {
		m.Events = append(m.Events, &remitv1.RecordedEvent{Position: number(e.No), Type: e.Fact.FactType()})
	}
	return m
}

// validated is the outcome of a command that was only to be validated: what would be recorded, without numbers, since
// nothing is.
func validated(r eventstore.Receipt) recorded {
	m := &remitv1.Receipt{CommandId: r.CommandID, Replayed: r.Replayed}
	for _, e := range r.Events {
		m.Events = append(m.Events, &remitv1.RecordedEvent{Type: e.Fact.FactType()})
	}
	return recorded{receipt: m, events: r.Events}
}
