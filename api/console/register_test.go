package console_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/remit-register/remit/api/console"
	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/domain/reference"
	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/eventstore/eventstoretest"
)

// referenceStore is a store with the reference register in it. It is loaded by the first test that needs it.
var referenceStore struct {
	once sync.Once
	kept *eventstoretest.Kept
}

// newRegister starts a register with the reference register in it, and with its console.
func newRegister(t testing.TB, change ...func(*console.Config)) *site {
	t.Helper()
	referenceStore.once.Do(func() {
		store := eventstoretest.New(t)
		if err := load(t.Context(), store.Store, 0); err != nil {
			t.Fatal(err)
		}
		referenceStore.kept = store.Keep(t)
	})
	if referenceStore.kept == nil {
		t.Fatal("the reference register could not be loaded: see the first test that failed")
	}
	s := newSiteOn(t, eventstoretest.New(t, referenceStore.kept.Copied(t)), change...)
	s.caughtUp(t)
	return s
}

// caughtUp returns once the views show all that is recorded.
func (s *site) caughtUp(t testing.TB) {
	t.Helper()
	if err := s.views.WaitFor(t.Context(), s.store.Position()); err != nil {
		t.Fatal(err)
	}
}

// load gives the commands of the reference register, many at a time.
func load(ctx context.Context, store *eventstore.Store, until domain.Date) error {
	steps, err := reference.Steps(until)
	if err != nil {
		return err
	}
	tickets := map[string]eventstore.Ticket{}
	wait := func(id string) (domain.TransferID, error) {
		receipt, err := tickets[id].Wait(ctx)
		return domain.TransferID(receipt.TransactionID), err
	}
	for _, step := range steps {
		command, err := step.Command(wait)
		if err != nil {
			return err
		}
		reason := domain.Text{Clear: reference.Reason}
		secrets, err := eventstore.SealAll(nil, &reason)
		if err != nil {
			return err
		}
		tickets[step.CommandID], err = store.Enqueue(ctx, eventstore.Request{
			CommandID: step.CommandID, Command: command, Reason: reason, Secrets: secrets, Caller: eventstoretest.System(),
		})
		if err != nil {
			return fmt.Errorf("%s: %w", step.Key, err)
		}
	}
	for _, step := range steps {
		if _, err := wait(step.CommandID); err != nil {
			return fmt.Errorf("%s: %w", step.Key, err)
		}
	}
	return nil
}
