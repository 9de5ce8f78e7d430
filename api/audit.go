package api

import (
	"context"
	"fmt"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// auditService serves remit.v1.AuditService.
type auditService struct {
	queries *queries
	watches *watches
}

// ListEvents returns events in the order of recording.
func (s *auditService) ListEvents(
	ctx context.Context, r *remitv1.ListEventsRequest,
) (*remitv1.ListEventsResponse, error) {
	if err := checkTypes("type", r.GetType()); err != nil {
		return nil, err
	}
	if err := s.queries.reach(ctx, position(r.GetMinPosition())); err != nil {
		return nil, err
	}
	limit := usualPage
	if r.GetPageSize() > 0 {
		limit = int(r.GetPageSize())
	}
	list, err := s.queries.views.Events(projections.EventQuery{
		Entity: r.GetEntity(), Type: r.GetType(), After: position(r.GetAfterPosition()), Limit: limit,
	})
	if err != nil {
		return nil, err //nolint:wrapcheck // a refusal, to be sent as it is
	}
	answer := &remitv1.ListEventsResponse{Position: number(list.Position)}
	if list.Next != 0 {
		answer.NextAfterPosition = number(list.Next)
	}
	for _, e := range list.Events {
		m, err := s.queries.shownTo(ctx).event(e)
		if err != nil {
			return nil, err
		}
		answer.Events = append(answer.Events, m)
	}
	return answer, nil
}

// GetEvent returns one event.
func (s *auditService) GetEvent(ctx context.Context, r *remitv1.GetEventRequest) (*remitv1.GetEventResponse, error) {
	no := position(r.GetPosition())
	if err := s.queries.reach(ctx, min(no, s.queries.store.Position())); err != nil {
		return nil, err
	}
	e, err := s.queries.views.Event(no)
	if err != nil {
		return nil, err //nolint:wrapcheck // a refusal, to be sent as it is
	}
	m, err := s.queries.shownTo(ctx).event(e)
	if err != nil {
		return nil, err
	}
	proof, err := s.withProof(ctx, r.GetWithProof(), no)
	if err != nil {
		return nil, err
	}
	return &remitv1.GetEventResponse{Event: m, Position: number(s.queries.views.Position()), Proof: proof}, nil
}

func (s shown) event(e domain.Event) (*remitv1.Event, error) {
	fact, err := s.fact(e)
	if err != nil {
		return nil, fmt.Errorf("show event %d: %w", e.No, err)
	}
	return &remitv1.Event{
		Position: number(e.No), Type: e.Fact.FactType(), Entity: e.Fact.Entity(), RecordedAt: instant(e.RecordedAt),
		EffectiveOn: e.EffectiveOn.String(), Late: e.Late,
		Actor: &remitv1.Actor{
			Subject: e.Actor.Subject, Organisation: string(e.Actor.Organisation), Role: string(e.Actor.Role),
			Person: s.person(e.Actor),
		},
		TransactionId: e.TransactionID, TransactionIndex: int32(e.Index), //nolint:gosec // an index in a list in memory
		TransactionCount: int32(e.Count), //nolint:gosec // as above
		CommandId:        e.CommandID, Reason: s.text(e.Reason), Digest: e.Digest, Fact: fact,
	}, nil
}
