package api

import (
	"context"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// RaiseRisk records a risk.
func (s *transferService) RaiseRisk(
	ctx context.Context, r *remitv1.RaiseRiskRequest,
) (*remitv1.RaiseRiskResponse, error) {
	done, err := submit(ctx, s.commands, r, raiseRisk(r))
	return &remitv1.RaiseRiskResponse{Receipt: done.receipt, RiskId: done.id}, err
}

// UpdateRisk replaces what is recorded of a risk.
func (s *transferService) UpdateRisk(
	ctx context.Context, r *remitv1.UpdateRiskRequest,
) (*remitv1.UpdateRiskResponse, error) {
	done, err := submit(ctx, s.commands, r, updateRisk(r))
	return &remitv1.UpdateRiskResponse{Receipt: done.receipt}, err
}

// CloseRisk records that a risk is over.
func (s *transferService) CloseRisk(
	ctx context.Context, r *remitv1.CloseRiskRequest,
) (*remitv1.CloseRiskResponse, error) {
	done, err := submit(ctx, s.commands, r, closeRisk(r))
	return &remitv1.CloseRiskResponse{Receipt: done.receipt}, err
}

// ListRisks returns risks in the order of raising.
func (s *transferService) ListRisks(
	ctx context.Context, r *remitv1.ListRisksRequest,
) (*remitv1.ListRisksResponse, error) {
	p, after, err := pageAfter[string](ctx, s.queries, r, usualPage, r.GetAsOf())
	if err != nil {
		return nil, err
	}
	at := p.points[0]
	list, err := s.queries.views.Risks(projections.RiskQuery{
		Known: at.Known, Transfer: domain.TransferID(r.GetTransferId()), Owner: domain.OrganisationCode(r.GetOwner()),
		OpenOnly: !r.GetIncludeClosed(), After: after, Limit: p.limit,
	})
	if err != nil {
		return nil, err //nolint:wrapcheck // a refusal, to be sent as it is
	}
	token, err := next(p, list.Next)
	return &remitv1.ListRisksResponse{
		AsOf: at.message(), Position: number(at.Known), NextPageToken: token,
		Risks: mapped(list.Risks, s.queries.shown().risk),
	}, err
}
