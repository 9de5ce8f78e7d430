package api

import (
	"context"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// Correct says what is right where an event recorded something wrong.
func (s *recordService) Correct(
	ctx context.Context, r *remitv1.CorrectRequest,
) (*remitv1.CorrectResponse, error) {
	done, err := submit(ctx, s.commands, r, correct(r))
	answer := &remitv1.CorrectResponse{Receipt: done.receipt}
	answer.AwaitingSecond, answer.AwaitingId = done.awaiting()
	return answer, err
}

// Second records the second person's word on a command that waits.
func (s *recordService) Second(
	ctx context.Context, r *remitv1.SecondRequest,
) (*remitv1.SecondResponse, error) {
	done, err := submit(ctx, s.commands, r, second(r))
	return &remitv1.SecondResponse{Receipt: done.receipt}, err
}

// ListAwaitingSecond returns the commands that wait for a second person.
func (s *recordService) ListAwaitingSecond(
	ctx context.Context, r *remitv1.ListAwaitingSecondRequest,
) (*remitv1.ListAwaitingSecondResponse, error) {
	p, after, err := pageAfter[domain.EventNo](ctx, s.queries, r, usualPage, r.GetAsOf())
	if err != nil {
		return nil, err
	}
	at := p.points[0]
	list, err := s.queries.views.Awaiting(projections.AwaitingQuery{
		Known: at.Known, Organisation: domain.OrganisationCode(r.GetOrganisation()), Methods: r.GetMethods(),
		After: after, Limit: p.limit,
	})
	if err != nil {
		return nil, err //nolint:wrapcheck // a refusal, to be sent as it is
	}
	token, err := next(p, list.Next)
	if err != nil {
		return nil, err
	}
	answer := &remitv1.ListAwaitingSecondResponse{AsOf: at.message(), Position: number(at.Known), NextPageToken: token}
	for _, a := range list.Awaiting {
		e, err := s.queries.views.Event(a.Event)
		if err != nil {
			return nil, err //nolint:wrapcheck // a refusal, to be sent as it is
		}
		m, err := s.queries.shown().awaiting(a, e)
		if err != nil {
			return nil, err
		}
		answer.Awaiting = append(answer.Awaiting, m)
	}
	return answer, nil
}
