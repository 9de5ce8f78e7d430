package api

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/projections"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

const (
	// simulateFor is how long a simulation takes at most, waiting for its turn included.
	simulateFor = 20 * time.Second
	// firstWaiting numbers the transactions that wait for a second person apart from those of the commands.
	firstWaiting = 1 << 32
	// maxSimulatedChanges is how many changes its answer has room for.
	maxSimulatedChanges = 5000
)

// Simulate tries commands on a copy of the register. Nothing of it is recorded, not even who asks.
func (s *mapService) Simulate(ctx context.Context, r *remitv1.SimulateRequest) (*remitv1.SimulateResponse, error) {
	limited, cancel := context.WithTimeout(ctx, simulateFor)
	defer cancel()
	err := s.copies.freshen(limited)
	var at point
	if err == nil {
		at, err = s.queries.resolve(ctx, r.GetAsOf(), r.GetMinPosition())
	}
	if err != nil {
		return nil, err
	}
	if until := date(r.GetUntil()); until != 0 && until < at.On {
		return nil, domain.Refuse(domain.InvalidArgument, "The last date lies before the day on which the commands are tried.",
			"Leave it out, or give a later one.", "until", until.String(), "effectiveOn", at.On.String())
	}
	answer, err := s.simulate(limited, r, at)
	if err != nil && ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) {
		return nil, outOfTime(err)
	}
	return answer, err
}

// outOfTime refuses a simulation that was not done in time, and says what helps.
func outOfTime(err error) *domain.Refusal {
	var copying *unfilled
	if !errors.As(err, &copying) || copying.done == copying.from {
		return domain.Refuse(OutOfTime, fmt.Sprintf("The simulation was not done after %s.", simulateFor),
			"Try fewer commands or an earlier last date, or ask again in a moment, when fewer ask.")
	}
	more := time.Duration(float64(simulateFor) * float64(copying.known-copying.done) / float64(copying.done-copying.from))
	return domain.Refuse(OutOfTime, fmt.Sprintf("The register as it was known then has to be built up from the journal for this, and after %s "+
		"%d of %d events were done.", simulateFor, copying.done, copying.known),
		fmt.Sprintf("Ask again at once: what was done is kept for some minutes, and the rest takes about %s more.", more.Round(time.Second)),
		"position", number(copying.known), "done", number(copying.done))
}

func (s *mapService) simulate(
	ctx context.Context, r *remitv1.SimulateRequest, at point,
) (*remitv1.SimulateResponse, error) {
	callers, err := s.callers(ctx, r)
	if err != nil {
		return nil, err
	}
	c, err := s.copies.take(ctx, at.Known)
	if err != nil {
		return nil, err
	}
	spoilt := c
	defer func() { s.copies.put(spoilt) }()
	spoilt = nil // until everything is taken back
	c.Try()
	x := &simulation{
		at: at, copy: c, rehearsal: s.queries.store.Rehearse(c.State, c.RecordedAt(at.Known)), until: date(r.GetUntil()),
		answer: &remitv1.SimulateResponse{AsOf: at.message(), Position: number(at.Known)},
	}
	if err = x.run(ctx, r.GetCommands(), callers); err != nil {
		return nil, err
	}
	c.Undo()
	spoilt = c
	return x.answer, nil
}

// callers returns in whose name each command is tried. Who has no pseudonym yet gets none by this. Where people sign in,
// whoever is named besides the caller is a stranger with the same name: otherwise the rules that want different people
// would tell everybody whose pseudonym is whose.
func (s *mapService) callers(ctx context.Context, r *remitv1.SimulateRequest) ([]domain.Caller, error) {
	var callers []domain.Caller
	var violations []fieldViolation
	for i, c := range r.GetCommands() {
		p := personFrom(ctx)
		if c.GetAs() != "" {
			var err error
			if p, err = parseActor(c.GetAs()); err != nil {
				violations = append(violations, fieldViolation{fmt.Sprintf("commands[%d].as", i), err.Error()})
			}
		}
		if p.isAnonymous() {
			callers = append(callers, register())
			continue
		}
		pseudonym, known := s.queries.store.Vault().KnownPseudonym(p.subject, p.organisation)
		if !known || !s.asserted && c.GetAs() != "" {
			pseudonym = "simulated " + p.subject
		}
		callers = append(callers, domain.Caller{Subject: pseudonym, Organisation: p.organisation, Roles: p.roles})
	}
	if len(violations) > 0 {
		return nil, invalid(violations)
	}
	return callers, nil
}

// register is the caller who needs no right and no second person.
func register() domain.Caller {
	return domain.Caller{Subject: domain.SystemSubject, Roles: []domain.ActorRole{domain.ActorSystem}}
}

// simulation is a simulation under way.
type simulation struct {
	at        point
	copy      *projections.Copy
	rehearsal *eventstore.Rehearsal
	// until is the last date for findings, zero for the last from which the commands have something happen or planned.
	until  domain.Date
	answer *remitv1.SimulateResponse
	// planned is the last date on which a transfer of theirs is to take effect.
	planned domain.Date
	// events are those that would be recorded.
	events []domain.Event
}

func (x *simulation) run(ctx context.Context, commands []*remitv1.SimulatedCommand, callers []domain.Caller) error {
	for i, c := range commands {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("try command %d: %w", i+1, err)
		}
		outcome, err := x.try(uint64(i)+1, c, callers[i])
		if err != nil {
			return err
		}
		x.answer.Outcomes = append(x.answer.Outcomes, outcome)
	}
	if err := x.changes(ctx); err != nil {
		return err
	}
	return x.findings(ctx)
}

// try tries one command. One that would wait for a second person is then tried as if there had been one.
func (x *simulation) try(n uint64, c *remitv1.SimulatedCommand, caller domain.Caller) (*remitv1.SimulatedOutcome, error) {
	trial, ok := simulatedCommand(c)
	if !ok {
		return nil, errors.New("a command of the simulation is not known")
	}
	request, err := trial.request(caller, x.at.On)
	if err != nil {
		return nil, err
	}
	outcome := &remitv1.SimulatedOutcome{}
	mark := x.copy.State.Mark()
	events, err := x.rehearsal.Try(n, request)
	if err == nil {
		if outcome.AwaitingSecond, _ = (recorded{events: events}).awaiting(); outcome.AwaitingSecond {
			x.copy.State.Rollback(mark)
			mark = x.copy.State.Mark()
			events, err = x.seconded(n, request)
		}
	}
	if err != nil {
		x.copy.State.Rollback(mark)
	} else {
		x.copy.State.Release(mark)
	}
	if err != nil {
		refusal, isRefusal := refusalOf(err)
		if !isRefusal {
			return nil, fmt.Errorf("try %s: %w", trial.command.Method(), err)
		}
		outcome.Violations = mapped(refusal.Violations, previewedViolation)
		return outcome, nil
	}
	if err := x.copy.Show(events); err != nil {
		return nil, fmt.Errorf("try %s: %w", trial.command.Method(), err)
	}
	x.events = append(x.events, events...)
	outcome.Accepted = true
	outcome.Receipt = validated(eventstore.Receipt{CommandID: trial.GetCommandId(), Events: events}).receipt
	outcome.Receipt.TransactionId = eventstore.RehearsedID(n)
	return outcome, nil
}

// seconded tries a command that waits for a second person, and the word of one with the same rights.
func (x *simulation) seconded(n uint64, request eventstore.Request) ([]domain.Event, error) {
	waiting := n + firstWaiting
	before, err := x.rehearsal.Try(waiting, request)
	if err != nil {
		return nil, fmt.Errorf("try %s: %w", request.Command.Method(), err)
	}
	other := request.Caller
	other.Subject = "the second person beside " + other.Subject
	events, err := x.rehearsal.Try(n, eventstore.Request{
		Caller: other, Command: domain.Second{AwaitingID: eventstore.RehearsedID(waiting)}, SimulatedOn: request.SimulatedOn,
	})
	if err != nil {
		return nil, fmt.Errorf("second %s: %w", request.Command.Method(), err)
	}
	return append(before, events...), nil
}

// request seals the personal texts, as for a command that is recorded; what opens them is thrown away.
func (t tried) request(caller domain.Caller, on domain.Date) (eventstore.Request, error) {
	reason := domain.Text{Clear: t.GetReason()}
	sealed := reflect.New(reflect.TypeOf(t.command)) // texts are sealed in place
	sealed.Elem().Set(reflect.ValueOf(t.command))
	if _, err := eventstore.SealAll(nil, sealed.Interface()); err != nil {
		return eventstore.Request{}, fmt.Errorf("seal the personal texts of %s: %w", t.command.Method(), err)
	}
	command, ok := reflect.TypeAssert[domain.Command](sealed.Elem())
	if !ok {
		return eventstore.Request{}, errors.New("a sealed command is still a command")
	}
	if _, err := eventstore.SealAll(nil, &reason); err != nil {
		return eventstore.Request{}, fmt.Errorf("seal the reason of %s: %w", command.Method(), err)
	}
	return eventstore.Request{
		Caller: caller, Command: command, Reason: reason, SimulatedOn: on,
		ExpectedRevision: uint64(position(t.GetExpectedRevision())),
	}, nil
}

// dates returns the dates from which what the commands did holds, in order.
func (x *simulation) dates() []domain.Date {
	var dates []domain.Date
	for _, e := range x.events {
		for _, change := range domain.ChangesOf(e.Fact) {
			dates = append(dates, change.On)
		}
	}
	slices.Sort(dates)
	return slices.Compact(dates)
}
