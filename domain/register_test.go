package domain

import (
	"errors"
	"fmt"
	"time"
)

// register is a register for tests: the state, everything recorded in it, and a calendar that the test sets.
type register struct {
	state  *State
	events []Event
	today  Date
}

func newRegister(today Date) *register { return &register{state: NewState(), today: today} }

// order is a command with what comes with it.
type order struct {
	caller   Caller
	command  Command
	id       string
	reason   string
	revision uint64
}

// system is the caller that loads the reference register.
func system() Caller { return Caller{Subject: SystemSubject, Roles: []ActorRole{ActorSystem}} }

// person is somebody with all roles at a body.
func person(subject string, body OrganisationCode) Caller {
	return Caller{Subject: subject, Organisation: body, Roles: ActorRoles()}
}

// decide asks for a decision and records nothing.
func (r *register) decide(o order) (Decision, error) {
	return r.state.Decide(o.command, Meta{
		Caller: o.caller, Now: r.clock(), Today: r.today, ID: o.id, ExpectedRevision: o.revision,
		Reason: Text{Clear: o.reason},
	})
}

// give has a command decided and records its facts the way the sequencer does.
func (r *register) give(o order) ([]Event, error) {
	decision, err := r.decide(o)
	if err != nil {
		return nil, err
	}
	events := r.envelopes(o, decision)
	for _, e := range events {
		if err := r.state.Apply(e); err != nil {
			return nil, err
		}
	}
	r.events = append(r.events, events...)
	return events, nil
}

func (r *register) envelopes(o order, decision Decision) []Event {
	events := make([]Event, 0, len(decision.Facts))
	for i, fact := range decision.Facts {
		on := fact.Effective()
		if on == 0 {
			on = r.today
		}
		events = append(events, Event{
			No: r.state.Last() + EventNo(i) + 1, TransactionID: o.id, Index: i, Count: len(decision.Facts),
			Actor:      Actor{Subject: o.caller.Subject, Organisation: o.caller.Organisation, Role: decision.Role},
			RecordedAt: r.clock(), EffectiveOn: on, Late: on < r.today, Reason: decision.Reason, Fact: fact,
		})
	}
	return events
}

// clock is noon of today.
func (r *register) clock() time.Time {
	return firstDay().AddDate(0, 0, int(r.today)-1).Add(12 * time.Hour)
}

// replayed folds everything recorded into a state of its own.
func (r *register) replayed() (*State, error) {
	state := NewState()
	for _, e := range r.events {
		if err := state.Apply(e); err != nil {
			return nil, fmt.Errorf("replay: %w", err)
		}
	}
	return state, nil
}

// errNothing says that a command was accepted and recorded nothing.
var errNothing = errors.New("nothing was recorded")
