package eventstore_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/eventstore/eventstoretest"
)

func TestTooLargeIsRefused(t *testing.T) {
	h := eventstoretest.New(t)
	h.MustSubmit(t, eventstoretest.Request(eventstoretest.Body("A1")))
	before := h.Head()
	event := eventstoretest.Request(eventstoretest.Rename("A1", strings.Repeat("x", eventstore.MaxEventBytes)))
	transaction := eventstoretest.Request(manyFootprints(eventstore.MaxTransactionBytes/60_000 + 1))
	for name, r := range map[string]eventstore.Request{"event": event, "transaction": transaction} {
		for _, r.ValidateOnly = range []bool{false, true} {
			_, err := h.Submit(t.Context(), r)
			if !errors.Is(err, eventstore.ErrTooLarge) {
				t.Errorf("%s, only validated %t: %v", name, r.ValidateOnly, err)
			}
		}
	}
	if h.Head() != before {
		t.Errorf("what was refused left a trace: %s, before %s", h.Head(), before)
	}
	h.MustSubmit(t, eventstoretest.Request(manyFootprints(eventstore.MaxTransactionBytes/60_000-4)))
}

// manyFootprints makes n events of about 60 kB in one transaction.
func manyFootprints(n int) domain.Command {
	c := domain.ChangeFootprints{EffectiveOn: domain.DateOf(eventstoretest.Start()), Source: "test"}
	for i := range n {
		c.Open = append(c.Open, domain.NewFootprint{
			Code: domain.FootprintCode(fmt.Sprintf("F%d", i)), Name: strings.Repeat("x", 60_000), Kind: domain.KindLocation,
		})
	}
	return c
}

func TestCommitsAreDivided(t *testing.T) {
	h := eventstoretest.New(t)
	var tickets []eventstore.Ticket
	for i := range 150 {
		command := eventstoretest.Rename("A0", strings.Repeat("x", 60_000))
		if i == 0 {
			command = eventstoretest.Body("A0")
		}
		tickets = append(tickets, enqueue(t, h, eventstoretest.Request(command)))
	}
	for i, ticket := range tickets {
		receipt, err := ticket.Wait(t.Context())
		if err != nil || receipt.Position != domain.EventNo(i+1) {
			t.Fatalf("command %d: event %d, %v", i, receipt.Position, err)
		}
	}
}

// holding returns a harness whose first write waits, and the function that lets it and all later ones go on.
func holding(t *testing.T, options ...func(*eventstore.Config)) (h *eventstoretest.Harness, release func()) {
	t.Helper()
	faults := &eventstoretest.FaultJournal{Entered: make(chan int, 1000), Proceed: make(chan struct{})}
	h = eventstoretest.New(t, append(options, eventstoretest.WithFaults(faults))...)
	enqueue(t, h, eventstoretest.Request(eventstoretest.Body("A0")))
	<-faults.Entered
	return h, func() { close(faults.Proceed) }
}

func TestOverload(t *testing.T) {
	h, release := holding(t, func(c *eventstore.Config) { c.MaxQueue = 3 })
	var tickets []eventstore.Ticket
	for i := range 3 {
		tickets = append(tickets, enqueue(t, h, eventstoretest.Request(eventstoretest.Body(fmt.Sprintf("B%d", i)))))
	}
	if _, err := h.Submit(t.Context(), eventstoretest.Request(eventstoretest.Body("C1"))); !errors.Is(err, eventstore.ErrOverloaded) {
		t.Errorf("a command too many was answered %v", err)
	}
	if _, err := h.Simulate(t.Context(), []eventstore.Request{eventstoretest.Request(eventstoretest.Body("C1"))}); !errors.Is(err, eventstore.ErrOverloaded) {
		t.Errorf("a simulation too many was answered %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.Enqueue(ctx, eventstoretest.Request(eventstoretest.Body("C1"))); !errors.Is(err, context.Canceled) {
		t.Errorf("a command that waited for space and was given up was answered %v", err)
	}
	release()
	for _, ticket := range tickets {
		if _, err := ticket.Wait(t.Context()); err != nil {
			t.Error(err)
		}
	}
	h.MustSubmit(t, eventstoretest.Request(eventstoretest.Body("C1")))
}

// A caller who gives up before the decision gets nothing recorded; one who gives up after it finds out by asking again.
func TestCallerGivesUp(t *testing.T) {
	h, release := holding(t)
	ctx, cancel := context.WithCancel(t.Context())
	given := eventstoretest.Request(eventstoretest.Body("B1"))
	answered := make(chan error)
	go func() {
		_, err := h.Submit(ctx, given)
		answered <- err
	}()
	cancel()
	if err := <-answered; !errors.Is(err, context.Canceled) {
		t.Errorf("a command that was given up was answered %v", err)
	}
	release()
	if receipt := h.MustSubmit(t, given); receipt.Replayed {
		t.Error("a command that nobody waited for was decided")
	}
}

func TestDrain(t *testing.T) {
	h, release := holding(t)
	var tickets []eventstore.Ticket
	for i := range 50 {
		tickets = append(tickets, enqueue(t, h, eventstoretest.Request(eventstoretest.Body(fmt.Sprintf("B%d", i)))))
	}
	stopped := make(chan error)
	go func() { stopped <- h.Stop(t) }()
	release()
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	for _, ticket := range tickets {
		if _, err := ticket.Wait(t.Context()); err != nil {
			t.Errorf("a command that was accepted before the end was answered %v", err)
		}
	}
	if _, err := h.Submit(t.Context(), eventstoretest.Request(eventstoretest.Body("C1"))); !errors.Is(err, eventstore.ErrReadOnly) {
		t.Errorf("a command after the end was answered %v", err)
	}
	if _, err := h.Enqueue(t.Context(), eventstoretest.Request(eventstoretest.Body("C1"))); !errors.Is(err, eventstore.ErrReadOnly) {
		t.Errorf("a command after the end was answered %v", err)
	}
}

// A journal that does not answer does not keep the process from ending, and nobody is told what is not certain.
func TestDrainTakesTooLong(t *testing.T) {
	faults := &eventstoretest.FaultJournal{Plan: func(int) eventstoretest.Fault { return eventstoretest.LoseRequest }}
	h := eventstoretest.New(t, eventstoretest.WithFaults(faults), func(c *eventstore.Config) { c.DrainTimeout = 50 * time.Millisecond })
	ticket := enqueue(t, h, eventstoretest.Request(eventstoretest.Body("A1")))
	if err := h.Stop(t); !errors.Is(err, eventstore.ErrDoubtfulWrite) {
		t.Errorf("the run ended with %v", err)
	}
	if _, err := ticket.Wait(t.Context()); !errors.Is(err, eventstore.ErrReadOnly) {
		t.Errorf("the command was answered %v", err)
	}
}

func TestCloseWithoutRun(t *testing.T) {
	s, err := eventstore.Open(t.Context(), eventstore.Config{Dir: t.TempDir(), Clock: eventstoretest.NewClock(eventstoretest.Start()).Now})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Healthy(); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if s.Healthy() == nil {
		t.Error("a closed store is healthy")
	}
}
