package eventstore_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/eventstore/eventstoretest"
)

// Each fault hits each write of a series in turn. Whatever happens, the same commands sent again until they are
// answered are recorded once each, and none that was acknowledged is lost.
func TestEveryFaultAtEveryWrite(t *testing.T) {
	const commands = 5
	for _, fault := range eventstoretest.AllFaults() {
		for at := range commands {
			t.Run(fmt.Sprintf("%s at %d", fault, at), func(t *testing.T) {
				faults := &eventstoretest.FaultJournal{Plan: eventstoretest.FailAt(at, fault)}
				h := eventstoretest.New(t, eventstoretest.WithFaults(faults))
				for i := range commands {
					r := eventstoretest.WithReason(t, eventstoretest.Request(eventstoretest.Body(fmt.Sprintf("A%d", i))), "reason")
					_, err := h.Submit(t.Context(), r)
					wantErr := i == at && (fault.Crashes() || fault == eventstoretest.Reject)
					if (err != nil) != wantErr || wantErr && !errors.Is(err, eventstore.ErrReadOnly) {
						t.Fatalf("command %d: %v", i, err)
					}
					if fault.Crashes() && i == at {
						checkReadOnly(t, h)
						h.Restart(t)
					}
					if err != nil {
						receipt := h.MustSubmit(t, r)
						if receipt.Replayed != (fault == eventstoretest.CrashAfter) {
							t.Errorf("sent again after %q, it is replayed: %t", fault, receipt.Replayed)
						}
					}
				}
				if h.Position() != commands || h.Healthy() != nil {
					t.Errorf("%d commands made %d events; healthy: %v", commands, h.Position(), h.Healthy())
				}
			})
		}
	}
}

func checkReadOnly(t *testing.T, h *eventstoretest.Harness) {
	t.Helper()
	if h.Healthy() == nil {
		t.Error("the store is healthy after a write that may have failed")
	}
	if _, err := h.Submit(t.Context(), eventstoretest.Request(eventstoretest.Body("Z9"))); !errors.Is(err, eventstore.ErrReadOnly) {
		t.Errorf("a command was answered %v", err)
	}
}

// Many clients send commands, some twice, through a journal in which every kind of fault happens, and which is
// restarted when it must be.
func TestNothingIsLostOrDoubled(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 1))
			all := eventstoretest.AllFaults()
			faults := &eventstoretest.FaultJournal{Plan: func(int) eventstoretest.Fault {
				if random.IntN(4) > 0 {
					return eventstoretest.NoFault
				}
				return all[random.IntN(len(all))]
			}}
			h := eventstoretest.New(t, eventstoretest.WithFaults(faults))
			waiting := map[string]eventstore.Request{}
			for i := range 200 {
				r := eventstoretest.Request(eventstoretest.Body(fmt.Sprintf("A%d", i)))
				waiting[r.CommandID] = r
			}
			acknowledged := map[string]eventstore.Receipt{}
			for len(waiting) > 0 {
				sendAll(t, h, waiting, acknowledged)
				if h.Healthy() != nil {
					h.Restart(t)
				}
			}
			checkOnce(t, h, acknowledged)
		})
	}
}

// sendAll sends every command twice at the same time, and moves those that are answered.
func sendAll(t *testing.T, h *eventstoretest.Harness, waiting map[string]eventstore.Request, acknowledged map[string]eventstore.Receipt) {
	t.Helper()
	var wait sync.WaitGroup
	var mu sync.Mutex
	var answered []string
	for id, r := range waiting {
		for range 2 {
			wait.Go(func() {
				receipt, err := h.Submit(t.Context(), r)
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					if first, ok := acknowledged[id]; ok && first.Position != receipt.Position {
						t.Errorf("command %s was recorded as event %d and as event %d", id, first.Position, receipt.Position)
					}
					acknowledged[id] = receipt
					answered = append(answered, id)
				case !errors.Is(err, eventstore.ErrReadOnly):
					t.Errorf("command %s: %v", id, err)
				}
			})
		}
	}
	wait.Wait()
	for _, id := range answered {
		delete(waiting, id)
	}
}

// checkOnce checks that every acknowledged command is in the journal, as its receipt says, and nothing is twice.
func checkOnce(t *testing.T, h *eventstoretest.Harness, acknowledged map[string]eventstore.Receipt) {
	t.Helper()
	events, err := h.Read(t.Context(), 1, h.Position())
	if err != nil {
		t.Fatal(err)
	}
	recorded := map[string]domain.EventNo{}
	for _, e := range events {
		if no, twice := recorded[e.CommandID]; twice {
			t.Errorf("command %s made events %d and %d", e.CommandID, no, e.No)
		}
		recorded[e.CommandID] = e.No
	}
	for id, receipt := range acknowledged {
		if recorded[id] != receipt.Position {
			t.Errorf("command %s was acknowledged as event %d and is event %d", id, receipt.Position, recorded[id])
		}
	}
}

// A refusal that rests on a commit which then fails is not told: it was never true.
func TestNothingIsToldThatRestsOnAFailedCommit(t *testing.T) {
	faults := &eventstoretest.FaultJournal{}
	h := eventstoretest.New(t, eventstoretest.WithFaults(faults))
	h.Remit(t, "A1", "B2")
	writes := faults.Writes()
	faults.Plan = eventstoretest.FailAt(writes+1, eventstoretest.Reject)
	faults.Entered, faults.Proceed = make(chan int), make(chan struct{})

	// A first command is on its way, so that the next ones are decided together.
	first := enqueue(t, h, eventstoretest.Request(eventstoretest.Body("C3")))
	<-faults.Entered
	validated := eventstoretest.Request(eventstoretest.Body("D4"))
	validated.ValidateOnly = true
	var told sync.WaitGroup
	for _, r := range []eventstore.Request{
		eventstoretest.Request(eventstoretest.TakeRemit("A1")), eventstoretest.Request(eventstoretest.TakeRemit("B2")), validated,
	} {
		ticket := enqueue(t, h, r)
		told.Go(func() {
			if _, err := ticket.Wait(t.Context()); !errors.Is(err, eventstore.ErrReadOnly) {
				t.Errorf("%s was told %v, although nothing was recorded", r.Command.Method(), err)
			}
		})
	}
	faults.Proceed <- struct{}{}
	<-faults.Entered
	faults.Proceed <- struct{}{}
	if _, err := first.Wait(t.Context()); err != nil {
		t.Errorf("the first command: %v", err)
	}
	told.Wait()
	// The write model has forgotten them: the loser can win now.
	winner := enqueue(t, h, eventstoretest.Request(eventstoretest.TakeRemit("B2")))
	<-faults.Entered
	close(faults.Proceed)
	if _, err := winner.Wait(t.Context()); err != nil {
		t.Errorf("what failed was not taken back: %v", err)
	}
}

func enqueue(t *testing.T, h *eventstoretest.Harness, r eventstore.Request) eventstore.Ticket {
	t.Helper()
	ticket, err := h.Enqueue(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return ticket
}

// Commands that come while a commit is on its way share the next one.
func TestCommandsGather(t *testing.T) {
	faults := &eventstoretest.FaultJournal{}
	h := eventstoretest.New(t, eventstoretest.WithFaults(faults))
	faults.Entered, faults.Proceed = make(chan int), make(chan struct{})
	tickets := []eventstore.Ticket{enqueue(t, h, eventstoretest.Request(eventstoretest.Body("A0")))}
	<-faults.Entered
	for i := range 100 {
		tickets = append(tickets, enqueue(t, h, eventstoretest.Request(eventstoretest.Body(fmt.Sprintf("B%d", i)))))
	}
	faults.Proceed <- struct{}{}
	<-faults.Entered
	faults.Proceed <- struct{}{}
	for _, ticket := range tickets {
		if _, err := ticket.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if faults.Writes() != 2 {
		t.Errorf("101 commands took %d commits", faults.Writes())
	}
	faults.Entered = nil
}
