package api

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// PreviewReorganisation returns what a reorganisation would do, and why it would be refused. Nothing is recorded.
func (s *organisationService) PreviewReorganisation(
	ctx context.Context, r *remitv1.PreviewReorganisationRequest,
) (*remitv1.PreviewReorganisationResponse, error) {
	caller, err := s.commands.caller(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.queries.reach(ctx, position(r.GetMinPosition())); err != nil {
		return nil, err
	}
	command := reorganised(r.GetReorganisation())
	events, err := s.commands.rehearse(ctx, caller, command, domain.Text{Clear: r.GetReason()}, s.ahead(command.EffectiveOn))
	answer := &remitv1.PreviewReorganisationResponse{Position: number(s.queries.store.Position()), Accepted: err == nil}
	refusal, isRefusal := domain.AsRefusal(err)
	switch {
	case isRefusal && !refusal.Has(domain.NotAuthorised):
		answer.Violations = mapped(refusal.Violations, previewedViolation)
		return answer, nil
	case err != nil:
		return nil, err
	}
	for _, e := range events {
		answer.Events = append(answer.Events, &remitv1.RecordedEvent{Type: e.Fact.FactType()})
		if fact, ok := e.Fact.(domain.MatterDisposed); ok {
			answer.Matters = append(answer.Matters, disposedMatter(fact))
		}
		for _, change := range domain.ChangesOf(e.Fact) {
			answer.Changes = append(answer.Changes, previewedChanges(change)...)
		}
	}
	return answer, nil
}

// ahead is the date as of which a reorganisation is previewed: its own where that is still to come, so that one for next
// April can be looked at today; zero, which is today, for all others.
func (s *organisationService) ahead(on domain.Date) domain.Date {
	if on > s.queries.today() {
		return on
	}
	return 0
}

// rehearse decides a command that needs a second person as if it had one: first in the name of the caller, who must
// have the right to it, then in that of the register itself, which needs no second person.
func (c *commands) rehearse(
	ctx context.Context, caller domain.Caller, command domain.Command, reason domain.Text, on domain.Date,
) ([]domain.Event, error) {
	register := domain.Caller{Subject: domain.SystemSubject, Roles: []domain.ActorRole{domain.ActorSystem}}
	trials, err := c.store.Simulate(ctx, []eventstore.Request{
		{Caller: caller, Command: command, Reason: reason, SimulatedOn: on},
		{Caller: register, Command: command, Reason: reason, SimulatedOn: on},
	})
	if err != nil {
		return nil, fmt.Errorf("rehearse %s: %w", command.Method(), err)
	}
	if len(trials) != 2 {
		return nil, errors.New("a rehearsal has two trials")
	}
	for _, trial := range trials {
		if trial.Err != nil {
			return nil, fmt.Errorf("rehearse %s: %w", command.Method(), trial.Err)
		}
	}
	return trials[1].Events, nil
}

func previewedViolation(v domain.Violation) *remitv1.PreviewedViolation {
	return &remitv1.PreviewedViolation{Reason: string(v.Reason), Message: v.Message, Remedy: v.Remedy, Facts: v.Facts}
}

func disposedMatter(f domain.MatterDisposed) *remitv1.DisposedMatter {
	return &remitv1.DisposedMatter{
		Kind: enumOf[remitv1.MatterKind](f.Matter.Kind), Id: f.Matter.ID,
		Disposition: enumOf[remitv1.Disposition](f.Disposition), From: string(f.From), To: string(f.To),
	}
}

// previewedChanges is one entry for each subject and role of a set of changes, and for each body that would hold them.
func previewedChanges(c domain.HoldingChange) []*remitv1.PreviewedChange {
	holders := slices.Clone(c.Holdings)
	if len(holders) == 0 { // nobody holds them any more
		holders = []domain.Holding{{}}
	}
	var entries []*remitv1.PreviewedChange
	for _, subject := range c.Subjects {
		for _, role := range c.Roles {
			for _, h := range holders {
				entries = append(entries, &remitv1.PreviewedChange{
					Function: string(subject.Function), Part: string(subject.Part), Role: enumOf[remitv1.Role](role),
					Footprints: strs[string](c.Footprints), TakenFrom: string(c.TakenFrom), Holder: string(h.Holder),
					ActingThrough: string(h.ActingThrough), Undetermined: h.Undetermined, EffectiveOn: c.On.String(),
					Slot: string(c.Slot),
				})
			}
		}
	}
	return entries
}
