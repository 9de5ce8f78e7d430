package api

import (
	"context"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// organisationService serves remit.v1.OrganisationService.
type organisationService struct {
	commands *commands
	queries  *queries
}

// EstablishOrganisation records that a body exists.
func (s *organisationService) EstablishOrganisation(
	ctx context.Context, r *remitv1.EstablishOrganisationRequest,
) (*remitv1.EstablishOrganisationResponse, error) {
	done, err := submit(ctx, s.commands, r, establishOrganisation(r))
	return &remitv1.EstablishOrganisationResponse{Receipt: done.receipt}, err
}

// RenameOrganisation records another name.
func (s *organisationService) RenameOrganisation(
	ctx context.Context, r *remitv1.RenameOrganisationRequest,
) (*remitv1.RenameOrganisationResponse, error) {
	done, err := submit(ctx, s.commands, r, renameOrganisation(r))
	return &remitv1.RenameOrganisationResponse{Receipt: done.receipt}, err
}

// MoveOrganisation records another parent.
func (s *organisationService) MoveOrganisation(
	ctx context.Context, r *remitv1.MoveOrganisationRequest,
) (*remitv1.MoveOrganisationResponse, error) {
	done, err := submit(ctx, s.commands, r, moveOrganisation(r))
	return &remitv1.MoveOrganisationResponse{Receipt: done.receipt}, err
}

// PlanReorganisation records the announcement of a reorganisation.
func (s *organisationService) PlanReorganisation(
	ctx context.Context, r *remitv1.PlanReorganisationRequest,
) (*remitv1.PlanReorganisationResponse, error) {
	done, err := submit(ctx, s.commands, r, planReorganisation(r))
	return &remitv1.PlanReorganisationResponse{Receipt: done.receipt, ReorganisationId: done.id}, err
}

// Reorganise carries out a reorganisation. While it awaits a second person it has no id yet.
func (s *organisationService) Reorganise(
	ctx context.Context, r *remitv1.ReorganiseRequest,
) (*remitv1.ReorganiseResponse, error) {
	done, err := submit(ctx, s.commands, r, reorganise(r))
	answer := &remitv1.ReorganiseResponse{Receipt: done.receipt, ReorganisationId: done.id}
	answer.AwaitingSecond, answer.AwaitingId = done.awaiting()
	if answer.GetAwaitingSecond() {
		answer.ReorganisationId = ""
	}
	return answer, err
}

// ChangeFootprints opens footprints and says who covers them.
func (s *organisationService) ChangeFootprints(
	ctx context.Context, r *remitv1.ChangeFootprintsRequest,
) (*remitv1.ChangeFootprintsResponse, error) {
	done, err := submit(ctx, s.commands, r, changeFootprints(r))
	return &remitv1.ChangeFootprintsResponse{Receipt: done.receipt}, err
}

// GetOrganisation returns a body on a date.
func (s *organisationService) GetOrganisation(
	ctx context.Context, r *remitv1.GetOrganisationRequest,
) (*remitv1.GetOrganisationResponse, error) {
	at, err := s.queries.resolve(ctx, r.GetAsOf(), r.GetMinPosition())
	if err != nil {
		return nil, err
	}
	view, _, err := s.queries.views.Organisation(domain.OrganisationCode(r.GetCode()), at.AsOf)
	if err != nil {
		return nil, err //nolint:wrapcheck // a refusal, to be sent as it is
	}
	return &remitv1.GetOrganisationResponse{
		AsOf: at.message(), Position: number(at.Known), Organisation: s.queries.shown().organisation(view),
	}, nil
}

// ListOrganisations returns bodies by code.
func (s *organisationService) ListOrganisations(
	ctx context.Context, r *remitv1.ListOrganisationsRequest,
) (*remitv1.ListOrganisationsResponse, error) {
	p, after, err := pageAfter[domain.OrganisationCode](ctx, s.queries, r, usualPage, r.GetAsOf())
	if err != nil {
		return nil, err
	}
	at := p.points[0]
	list, err := s.queries.views.Organisations(projections.OrganisationQuery{
		AsOf: at.AsOf, Tiers: words[domain.Tier](r.GetTiers()), Parent: domain.OrganisationCode(r.GetParent()),
		Region: domain.OrganisationCode(r.GetRegion()), OpenOnly: !r.GetIncludeClosed(), After: after, Limit: p.limit,
	})
	if err != nil {
		return nil, err //nolint:wrapcheck // a refusal, to be sent as it is
	}
	token, err := next(p, list.Next)
	return &remitv1.ListOrganisationsResponse{
		AsOf: at.message(), Position: number(at.Known), NextPageToken: token,
		Organisations: mapped(list.Organisations, s.queries.shown().organisation),
	}, err
}

// ListFootprints returns footprints by code.
func (s *organisationService) ListFootprints(
	ctx context.Context, r *remitv1.ListFootprintsRequest,
) (*remitv1.ListFootprintsResponse, error) {
	p, after, err := pageAfter[domain.FootprintCode](ctx, s.queries, r, usualPage, r.GetAsOf())
	if err != nil {
		return nil, err
	}
	at := p.points[0]
	list, err := s.queries.views.Footprints(projections.FootprintQuery{
		AsOf: at.AsOf, Kind: word[domain.FootprintKind](r.GetKind()),
		Organisation: domain.OrganisationCode(r.GetOrganisation()), OpenOnly: !r.GetIncludeClosed(),
		After: after, Limit: p.limit,
	})
	if err != nil {
		return nil, err //nolint:wrapcheck // a refusal, to be sent as it is
	}
	token, err := next(p, list.Next)
	return &remitv1.ListFootprintsResponse{
		AsOf: at.message(), Position: number(at.Known), NextPageToken: token,
		Footprints: mapped(list.Footprints, footprintMessage),
	}, err
}
