package main

import (
	"context"
	"fmt"

	"github.com/remit-register/remit/api"
	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/domain/reference"
	"github.com/remit-register/remit/eventstore"
)

// At most this many steps of a load are under way: enough to fill commits, and few to be decided in vain when one is
// refused.
const loadWindow = 512

// referenceLoader loads the reference register that comes with the program.
type referenceLoader struct {
	store *eventstore.Store
}

// load gives the steps up to a date (zero: all of them) in order. Those that are recorded already stay as they are, so
// that a load may be repeated, and goes on where another one stopped. It ends at the first step that is refused.
func (l *referenceLoader) load(ctx context.Context, until domain.Date) (api.Loaded, error) {
	return l.loadTelling(ctx, until, func(int, int) {})
}

// loadTelling is load that tells how many of how many steps are done.
func (l *referenceLoader) loadTelling(ctx context.Context, until domain.Date, tell func(done, total int)) (api.Loaded, error) {
	steps, err := reference.Steps(until)
	if err != nil {
		return api.Loaded{}, err
	}
	run := &loadRun{store: l.store, tickets: map[string]eventstore.Ticket{}, transfers: map[string]domain.TransferID{}}
	for i, step := range steps {
		if err := run.enqueue(ctx, step); err != nil {
			return run.loaded, err
		}
		if i >= loadWindow {
			if err := run.finish(ctx, steps[i-loadWindow]); err != nil {
				return run.loaded, err
			}
			tell(i-loadWindow+1, len(steps))
		}
	}
	for i := max(0, len(steps)-loadWindow); i < len(steps); i++ {
		if err := run.finish(ctx, steps[i]); err != nil {
			return run.loaded, err
		}
		tell(i+1, len(steps))
	}
	run.loaded.Commands, run.loaded.Position = len(steps), l.store.Position()
	return run.loaded, nil
}

// loadRun is one load under way.
type loadRun struct {
	store     *eventstore.Store
	tickets   map[string]eventstore.Ticket // of steps under way, by command id
	transfers map[string]domain.TransferID // of finished steps, by command id
	loaded    api.Loaded
}

// enqueue gives a step, without waiting for what becomes of it.
func (r *loadRun) enqueue(ctx context.Context, step reference.Step) error {
	command, err := step.Command(func(id string) (domain.TransferID, error) {
		err := r.wait(ctx, id)
		return r.transfers[id], err
	})
	if err != nil {
		return err
	}
	request, err := referenceRequest(step, command)
	if err != nil {
		return stepError(step, err)
	}
	r.tickets[step.CommandID], err = r.store.Enqueue(ctx, request)
	return stepError(step, err)
}

// finish waits for a step.
func (r *loadRun) finish(ctx context.Context, step reference.Step) error {
	return stepError(step, r.wait(ctx, step.CommandID))
}

// wait waits for the step with a command id, unless that was done before.
func (r *loadRun) wait(ctx context.Context, id string) error {
	ticket, ok := r.tickets[id]
	if !ok {
		return nil
	}
	delete(r.tickets, id)
	receipt, err := ticket.Wait(ctx)
	if err != nil {
		return err
	}
	if !receipt.Replayed {
		r.loaded.Recorded++
	}
	r.transfers[id] = domain.TransferID(receipt.TransactionID)
	return nil
}

func stepError(step reference.Step, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("step %q of the reference register: %w", step.Key, err)
}

// referenceRequest is a step as the register's own loader gives it.
func referenceRequest(step reference.Step, command domain.Command) (eventstore.Request, error) {
	reason := domain.Text{Clear: reference.Reason}
	secrets, err := eventstore.SealAll(nil, &reason)
	return eventstore.Request{
		CommandID: step.CommandID, Command: command, Reason: reason, Secrets: secrets,
		Caller: domain.Caller{Subject: domain.SystemSubject, Roles: []domain.ActorRole{domain.ActorSystem}},
	}, err
}

// wanted tells whether the reference register is to be loaded when the server starts: into an empty journal, and where
// a load was begun and not brought to its end.
func (l *referenceLoader) wanted() (bool, error) {
	if l.store.Position() == 0 {
		return true, nil
	}
	steps, err := reference.Steps(0)
	if err != nil {
		return false, err
	}
	first, last := steps[0].CommandID, steps[len(steps)-1].CommandID
	return l.store.Recorded(first) && !l.store.Recorded(last), nil
}
