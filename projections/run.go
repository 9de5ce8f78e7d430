package projections

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/remit-register/remit/domain"
)

// ErrStopped says that the views are no longer fed, so that a position may never be reached.
var ErrStopped = errors.New("projections have stopped following the log")

// Source is a log of committed transactions. The event store is one.
type Source interface {
	// Follow calls apply with committed events in order, first those already recorded after the given event and then
	// new ones as they are committed, until ctx is done or apply fails. Each call carries whole transactions. It
	// blocks; it returns the error of apply, or why it ended.
	Follow(ctx context.Context, after domain.EventNo, apply func([]domain.Event) error) error
}

// Views are all projections of the register. Make them with New, feed them with Run or Apply, and ask from any number
// of goroutines.
type Views struct {
	now func() time.Time
	// log is where the events themselves are read; memory is the same where nothing else keeps them, or else nil.
	log    Log
	memory *memoryLog

	// feeding is held by who changes the state, and by who needs it to stand still while questions go on.
	feeding sync.Mutex
	// mu guards the state. Who changes it holds feeding too.
	mu sync.RWMutex
	state

	progress   progress
	milestones milestones
	// rebuilding is held while the state is being rebuilt.
	rebuilding sync.Mutex
}

// state is all that the views know, and nothing but what follows from the events.
type state struct {
	events        eventIndex
	organisations *domain.Organisations
	functions     *domain.Functions
	instruments   *domain.Instruments
	transfers     *domain.Transfers
	delegations   *domain.Delegations
	interventions *domain.Interventions
	claims        *domain.Claims
	risks         *domain.Risks
	frameworks    *domain.Frameworks
	packages      *domain.Packages
	committees    *domain.Committees
	programme     *domain.Programme
	seconds       *domain.Seconds
	epochs        *domain.Epochs
	erasures      *domain.Erasures
	holdings      *functionMap
	plans         *transferIndex
	// broken is the error that stopped Apply in the middle of a transaction; nothing can be applied after it.
	broken error
}

// epochChanges is the fewest changes of a line's epoch: it bounds what a lookup passes over, and the lines that have
// more than one epoch are few.
const epochChanges = 256

// New returns views of an empty register, which keep its events in memory. The clock is asked only to refuse questions
// about what will be known in the future.
func New(now func() time.Time) *Views {
	memory := &memoryLog{}
	return &Views{now: now, log: memory, memory: memory, state: newState()}
}

// NewReading returns views of an empty register that keep an index of its events, and read them back from a log: where
// they were fed from, or a copy of it.
func NewReading(now func() time.Time, log Log) *Views {
	return &Views{now: now, log: log, state: newState()}
}

func newState() state {
	return state{
		events:        newEventIndex(),
		organisations: domain.NewOrganisations(),
		functions:     domain.NewFunctions(),
		instruments:   domain.NewInstruments(),
		transfers:     domain.NewTransfers(),
		delegations:   domain.NewDelegations(),
		interventions: domain.NewInterventions(),
		claims:        domain.NewClaims(),
		risks:         domain.NewRisks(),
		frameworks:    domain.NewFrameworks(),
		packages:      domain.NewPackages(),
		committees:    domain.NewCommittees(),
		programme:     domain.NewProgramme(),
		seconds:       domain.NewSeconds(),
		epochs:        domain.NewEpochs(),
		erasures:      domain.NewErasures(),
		holdings:      newFunctionMap(epochChanges),
		plans:         newTransferIndex(),
	}
}

// Run follows the source from where the views stand, until ctx is done or something fails. It blocks, and returns why
// it ended. Whoever waits in WaitFor when it ends gets ErrStopped.
func (v *Views) Run(ctx context.Context, source Source) error {
	v.progress.start()
	err := source.Follow(ctx, v.Position(), v.applyNew)
	v.progress.stop()
	if err != nil {
		return fmt.Errorf("follow the log: %w", err)
	}
	return nil
}

// applyNew is Apply for events of which the views may show some already, because a rebuild was faster.
func (v *Views) applyNew(events []domain.Event) error {
	shown := v.Position()
	for len(events) > 0 && events[0].No <= shown {
		events = events[1:]
	}
	return v.Apply(events)
}

// Apply folds the next events: whole transactions, in the order of the log. Events out of order, or a transaction
// without its end, are refused and change nothing. A fact of a type that this version does not know is an error after
// which the views can only be rebuilt.
func (v *Views) Apply(events []domain.Event) error {
	if len(events) == 0 {
		return nil
	}
	position, err := v.fold(events)
	if err != nil {
		return err
	}
	v.progress.advance(position)
	return nil
}

func (v *Views) fold(events []domain.Event) (domain.EventNo, error) {
	v.feeding.Lock()
	defer v.feeding.Unlock()
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.broken != nil {
		return 0, fmt.Errorf("the views must be rebuilt: %w", v.broken)
	}
	if err := v.events.check(events); err != nil {
		return 0, err
	}
	if v.memory != nil {
		v.memory.add(events)
	}
	for i := range events {
		if err := v.foldOne(&events[i]); err != nil {
			v.broken = fmt.Errorf("apply event %d: %w", events[i].No, err)
			return 0, v.broken
		}
	}
	return v.position(), nil
}

func (v *state) foldOne(e *domain.Event) error {
	known := v.foldDomain(e) || isShownAsEvent(e.Fact)
	changes := domain.ChangesOf(e.Fact)
	if !known && len(changes) == 0 {
		return fmt.Errorf("unknown fact %T", e.Fact)
	}
	entity := e.Fact.Entity()
	v.plans.apply(e, entity, v.transfers)
	if err := v.holdings.apply(e.No, changes); err != nil {
		return err
	}
	return v.events.add(e, entity)
}

// foldDomain calls the domain's own folds, and tells whether the event was about what one of them keeps.
func (v *state) foldDomain(e *domain.Event) bool {
	known := v.organisations.Apply(e)
	known = v.functions.Apply(e) || known
	known = v.instruments.Apply(e) || known
	known = v.transfers.Apply(e) || known
	known = v.delegations.Apply(e) || known
	known = v.interventions.Apply(e) || known
	known = v.claims.Apply(e) || known
	known = v.risks.Apply(e) || known
	known = v.frameworks.Apply(e) || known
	known = v.packages.Apply(e) || known
	known = v.committees.Apply(e) || known
	known = v.programme.Apply(e) || known
	known = v.seconds.Apply(e) || known
	known = v.erasures.Apply(e) || known
	return v.epochs.Apply(e) || known
}

// isShownAsEvent tells whether a fact is shown by no view but the list of events: what came of an import is told by the
// facts that follow it.
func isShownAsEvent(f domain.Fact) bool {
	switch f.(type) {
	case domain.FunctionMapImported, domain.MapLinesProposed:
		return true
	}
	return false
}

// Position returns the number of the last event that the views show, 0 before the first.
func (v *Views) Position() domain.EventNo {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.position()
}

// position returns the end of the last transaction; the caller holds the lock.
func (v *state) position() domain.EventNo { return v.events.completed(v.events.last()) }

// WaitFor returns once the views show everything up to position: who has a receipt reads its own write, and who has
// seen position p and waits for p+1 learns of news. It returns the error of ctx when that is done first, and
// ErrStopped when the views are no longer fed.
func (v *Views) WaitFor(ctx context.Context, position domain.EventNo) error {
	return v.progress.wait(ctx, position)
}

// ResolveKnown returns the position of the last transaction recorded at or before t, 0 when there is none. A time in
// the future is refused with domain.InvalidArgument. The views cannot see commits that are stamped at or before t and
// still on their way: who asks about the present moment first lets the store settle and waits for its position.
func (v *Views) ResolveKnown(t time.Time) (domain.EventNo, error) {
	if t.After(v.now()) {
		return 0, domain.Refuse(domain.InvalidArgument, "What will be known in the future cannot be asked.",
			"Ask for a time that has passed.", "knownAt", t.UTC().Format(time.RFC3339Nano))
	}
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.events.knownAt(t), nil
}

// ResolvePosition returns the position of the last transaction completed at or before a position: domain.Latest gives
// everything shown so far. A position that is not reached yet is refused with domain.InvalidArgument; see WaitFor.
func (v *Views) ResolvePosition(known domain.EventNo) (domain.EventNo, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.pin(known)
}

// RecordedAt returns when the last event at or before a position was recorded, the zero time when there is none. It is
// the instant to show beside a resolved position.
func (v *Views) RecordedAt(known domain.EventNo) time.Time {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.events.recordedAt(min(known, v.events.last()))
}

// pin resolves a position; the caller holds the lock.
func (v *Views) pin(known domain.EventNo) (domain.EventNo, error) {
	last := v.position()
	if known == domain.Latest || known == last {
		return last, nil
	}
	if known > last {
		return 0, domain.Refuse(domain.InvalidArgument, "The position lies after everything that is recorded here.",
			"Ask for a position that a receipt or an answer gave, and wait for it.",
			"knownPosition", decimal(known), "position", decimal(last))
	}
	return v.events.completed(known), nil
}

// pinAsOf resolves the position of an AsOf; the caller holds the lock.
func (v *Views) pinAsOf(a domain.AsOf) (domain.AsOf, error) {
	known, err := v.pin(a.Known)
	return domain.AsOf{On: a.On, Known: known}, err
}

// read calls ask with a resolved AsOf while it holds the lock for reading.
func (v *Views) read(a domain.AsOf, ask func(domain.AsOf) error) error {
	v.mu.RLock()
	defer v.mu.RUnlock()
	pinned, err := v.pinAsOf(a)
	if err != nil {
		return err
	}
	return ask(pinned)
}
