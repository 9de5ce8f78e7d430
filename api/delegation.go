package api

import (
	"context"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// delegationService serves remit.v1.DelegationService.
type delegationService struct {
	commands *commands
	queries  *queries
}

// DelegateFunction records a delegation agreed by the delegator.
func (s *delegationService) DelegateFunction(
	ctx context.Context, r *remitv1.DelegateFunctionRequest,
) (*remitv1.DelegateFunctionResponse, error) {
	done, err := submit(ctx, s.commands, r, delegateFunction(r))
	return &remitv1.DelegateFunctionResponse{Receipt: done.receipt, DelegationId: done.id}, err
}

// AcceptDelegation records that the delegate accepts.
func (s *delegationService) AcceptDelegation(
	ctx context.Context, r *remitv1.AcceptDelegationRequest,
) (*remitv1.AcceptDelegationResponse, error) {
	done, err := submit(ctx, s.commands, r, acceptDelegation(r))
	return &remitv1.AcceptDelegationResponse{Receipt: done.receipt}, err
}

// RevokeDelegation ends a delegation.
func (s *delegationService) RevokeDelegation(
	ctx context.Context, r *remitv1.RevokeDelegationRequest,
) (*remitv1.RevokeDelegationResponse, error) {
	done, err := submit(ctx, s.commands, r, revokeDelegation(r))
	return &remitv1.RevokeDelegationResponse{Receipt: done.receipt}, err
}

// GetDelegation returns an arrangement as known.
func (s *delegationService) GetDelegation(
	ctx context.Context, r *remitv1.GetDelegationRequest,
) (*remitv1.GetDelegationResponse, error) {
	at, err := s.queries.resolve(ctx, r.GetAsOf(), r.GetMinPosition())
	if err != nil {
		return nil, err
	}
	d, _, err := s.queries.views.Delegation(domain.ArrangementID(r.GetDelegationId()), at.Known)
	if err != nil {
		return nil, err //nolint:wrapcheck // a refusal, to be sent as it is
	}
	return &remitv1.GetDelegationResponse{
		AsOf: at.message(), Position: number(at.Known), Delegation: s.queries.shown().delegation(d),
	}, nil
}

// ListDelegations returns arrangements in the order of their making.
func (s *delegationService) ListDelegations(
	ctx context.Context, r *remitv1.ListDelegationsRequest,
) (*remitv1.ListDelegationsResponse, error) {
	p, after, err := pageAfter[domain.ArrangementID](ctx, s.queries, r, usualPage, r.GetAsOf())
	if err != nil {
		return nil, err
	}
	at := p.points[0]
	list, err := s.queries.views.Delegations(projections.DelegationQuery{
		Known: at.Known, States: words[domain.DelegationState](r.GetStates()),
		Functions: strs[domain.FunctionCode](r.GetFunctions()),
		Delegator: domain.OrganisationCode(r.GetDelegator()), Delegate: domain.OrganisationCode(r.GetDelegate()),
		Organisation: domain.OrganisationCode(r.GetOrganisation()), ReviewUntil: date(r.GetReviewUntil()),
		After: after, Limit: p.limit,
	})
	if err != nil {
		return nil, err //nolint:wrapcheck // a refusal, to be sent as it is
	}
	token, err := next(p, list.Next)
	return &remitv1.ListDelegationsResponse{
		AsOf: at.message(), Position: number(at.Known), NextPageToken: token,
		Delegations: mapped(list.Delegations, s.queries.shown().delegation),
	}, err
}
