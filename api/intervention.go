package api

import (
	"context"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// VaryDelegation offers other terms to the delegate.
func (s *delegationService) VaryDelegation(
	ctx context.Context, r *remitv1.VaryDelegationRequest,
) (*remitv1.VaryDelegationResponse, error) {
	done, err := submit(ctx, s.commands, r, varyDelegation(r))
	return &remitv1.VaryDelegationResponse{Receipt: done.receipt}, err
}

// RecordIntervention records that a body above steps in.
func (s *delegationService) RecordIntervention(
	ctx context.Context, r *remitv1.RecordInterventionRequest,
) (*remitv1.RecordInterventionResponse, error) {
	done, err := submit(ctx, s.commands, r, recordIntervention(r))
	return &remitv1.RecordInterventionResponse{Receipt: done.receipt, InterventionId: done.id}, err
}

// EndIntervention ends an intervention.
func (s *delegationService) EndIntervention(
	ctx context.Context, r *remitv1.EndInterventionRequest,
) (*remitv1.EndInterventionResponse, error) {
	done, err := submit(ctx, s.commands, r, endIntervention(r))
	return &remitv1.EndInterventionResponse{Receipt: done.receipt}, err
}

// ListInterventions returns interventions in the order of their recording.
func (s *delegationService) ListInterventions(
	ctx context.Context, r *remitv1.ListInterventionsRequest,
) (*remitv1.ListInterventionsResponse, error) {
	p, after, err := pageAfter[string](ctx, s.queries, r, usualPage, r.GetAsOf())
	if err != nil {
		return nil, err
	}
	at := p.points[0]
	list, err := s.queries.views.Interventions(projections.InterventionQuery{
		Known: at.Known, Kinds: words[domain.InterventionKind](r.GetKinds()),
		Organisation: domain.OrganisationCode(r.GetOrganisation()), OpenOnly: !r.GetIncludeEnded(), After: after,
		Limit: p.limit,
	})
	if err != nil {
		return nil, err //nolint:wrapcheck // a refusal, to be sent as it is
	}
	token, err := next(p, list.Next)
	return &remitv1.ListInterventionsResponse{
		AsOf: at.message(), Position: number(at.Known), NextPageToken: token,
		Interventions: mapped(list.Interventions, s.queries.shown().intervention),
	}, err
}
