package domain

import "time"

// Actor is who did it, as the log tells it: a pseudonymous subject, the body in whose name, and the role used.
type Actor struct {
	Subject      string
	Organisation OrganisationCode
	Role         ActorRole
}

// SystemSubject is the subject of the register's own loader, seconded by the release that carries the data.
const SystemSubject = "reference"

// Person names the person behind the actor: the same subject at another body is another person.
func (a Actor) Person() string { return a.Subject + "@" + string(a.Organisation) }

// Event is one recorded fact with everything that matters about its recording.
type Event struct {
	// No is dense from 1 over the whole register.
	No EventNo
	// TransactionID is the ULID of the transaction: all events of one command.
	TransactionID string
	// Index counts the event within its transaction from 0, Count is the size of the transaction.
	Index, Count int
	// CommandID is the UUID that the caller gave.
	CommandID string
	Actor     Actor
	// RecordedAt is when the register learned it, in UTC; it never goes backwards from event to event.
	RecordedAt time.Time
	// EffectiveOn is the civil date from which the fact holds.
	EffectiveOn Date
	// Late marks a fact recorded on a later day than it holds from.
	Late bool
	// Digest is the SHA-256 (hex) of method, actor and canonical command; set on the first event of a transaction.
	Digest string
	Reason Text
	Fact   Fact
}

// Fact is what an event says happened. The facts are the types of this package with a FactType method.
type Fact interface {
	// FactType is the fact's name, such as "TransferProposed".
	FactType() string
	// Entity names what the fact is about, such as "transfer/01J…" or "function/eprr".
	Entity() string
	// Effective is the civil date from which the fact holds, zero when it holds from its recording.
	Effective() Date
}

// HoldingFact is a fact that changes who holds what.
type HoldingFact interface {
	Fact
	// HoldingChanges lists the changes in the order in which they apply.
	HoldingChanges() []HoldingChange
}

// ChangesOf returns the holding changes of a fact, none for a fact of another kind.
func ChangesOf(f Fact) []HoldingChange {
	if h, ok := f.(HoldingFact); ok {
		return h.HoldingChanges()
	}
	return nil
}
