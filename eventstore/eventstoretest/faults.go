package eventstoretest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"

	"github.com/remit-register/remit/eventstore"
)

// Fault is what happens to one write of the journal.
type Fault int

// The faults. After Crash… the store is read-only, as after a failed sync, until it is opened again.
const (
	NoFault     Fault = iota
	LoseRequest       // not stored, outcome unknown
	LoseAck           // stored, outcome unknown
	SayConflict       // not stored, and said to be in conflict although no record is there
	StoreTwice        // stored, and the answer is that of a second attempt: conflict
	Reject            // not stored, and said so
	CrashBefore       // not stored, and nobody can tell
	CrashAfter        // stored, and nobody can tell
	endOfFaults
)

// AllFaults lists the faults.
func AllFaults() []Fault {
	var all []Fault
	for f := LoseRequest; f < endOfFaults; f++ {
		all = append(all, f)
	}
	return all
}

// String names the fault.
func (f Fault) String() string {
	return [...]string{
		"none", "lose request", "lose ack", "say conflict", "store twice", "reject", "crash before", "crash after",
	}[f]
}

// Crashes tells whether the store needs a restart afterwards.
func (f Fault) Crashes() bool { return f == CrashBefore || f == CrashAfter }

// FaultJournal is a journal whose writes fail as planned. It stores in a real one, or not at all.
type FaultJournal struct {
	eventstore.Journal

	// Plan tells what happens to the n-th write, from 0. It is called under a lock.
	Plan func(n int) Fault
	// Entered, if not nil, is sent each write's number before it is made; it then waits for Proceed.
	Entered chan int
	Proceed chan struct{}

	mu sync.Mutex
	n  int // guarded by mu
}

// WithFaults puts a FaultJournal under the store of a harness.
func WithFaults(f *FaultJournal) func(*eventstore.Config) {
	return func(c *eventstore.Config) {
		c.WrapJournal = func(j eventstore.Journal) eventstore.Journal {
			f.Journal = j
			return f
		}
	}
}

// SeededPlan has about one write in three fail, in a way that the store survives without a restart.
func SeededPlan(seed uint64) func(int) Fault {
	random := rand.New(rand.NewPCG(seed, seed)) //nolint:gosec // it is to be the same every time
	survivable := []Fault{LoseRequest, LoseAck, SayConflict, StoreTwice}
	return func(int) Fault {
		if random.IntN(3) > 0 {
			return NoFault
		}
		return survivable[random.IntN(len(survivable))]
	}
}

// FailAt has the n-th write fail, from 0, and no other.
func FailAt(n int, fault Fault) func(int) Fault {
	return func(at int) Fault {
		if at == n {
			return fault
		}
		return NoFault
	}
}

var errInjected = errors.New("injected fault")

// Append stores, fails, or both.
func (f *FaultJournal) Append(ctx context.Context, id string, last uint64, data []byte) error {
	f.mu.Lock()
	n := f.n
	f.n++
	fault := NoFault
	if f.Plan != nil {
		fault = f.Plan(n)
	}
	f.mu.Unlock()
	if f.Entered != nil {
		f.Entered <- n
		<-f.Proceed
	}
	switch fault {
	case LoseRequest:
		return fmt.Errorf("%w: %w", eventstore.ErrUnknownOutcome, errInjected)
	case SayConflict:
		return fmt.Errorf("%w: %w", eventstore.ErrConflict, errInjected)
	case Reject:
		return errInjected
	case CrashBefore:
		return fmt.Errorf("%w: %w", eventstore.ErrDoubtfulWrite, errInjected)
	case NoFault, LoseAck, StoreTwice, CrashAfter, endOfFaults:
	}
	if err := f.Journal.Append(ctx, id, last, data); err != nil {
		return err //nolint:wrapcheck // it is the journal's own
	}
	switch fault {
	case LoseAck:
		return fmt.Errorf("%w: %w", eventstore.ErrUnknownOutcome, errInjected)
	case StoreTwice:
		return f.Journal.Append(ctx, id, last, data) //nolint:wrapcheck // it is the journal's own
	case CrashAfter:
		return fmt.Errorf("%w: %w", eventstore.ErrDoubtfulWrite, errInjected)
	case NoFault, LoseRequest, SayConflict, Reject, CrashBefore, endOfFaults:
	}
	return nil
}

// Writes returns how many writes there were.
func (f *FaultJournal) Writes() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.n
}
