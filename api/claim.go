package api

import (
	"context"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// ClaimRemit records a body's word on remits.
func (s *recordService) ClaimRemit(
	ctx context.Context, r *remitv1.ClaimRemitRequest,
) (*remitv1.ClaimRemitResponse, error) {
	done, err := submit(ctx, s.commands, r, claimRemit(r))
	return &remitv1.ClaimRemitResponse{Receipt: done.receipt, ClaimId: done.id}, err
}

// AttestRemit records a body's word on all that it holds.
func (s *recordService) AttestRemit(
	ctx context.Context, r *remitv1.AttestRemitRequest,
) (*remitv1.AttestRemitResponse, error) {
	done, err := submit(ctx, s.commands, r, attestRemit(r))
	return &remitv1.AttestRemitResponse{Receipt: done.receipt, AttestationId: done.id}, err
}

// ListClaims returns what bodies say that they hold or do not hold, in the order of recording.
func (s *recordService) ListClaims(
	ctx context.Context, r *remitv1.ListClaimsRequest,
) (*remitv1.ListClaimsResponse, error) {
	p, after, err := pageAfter[domain.EventNo](ctx, s.queries, r, usualPage, r.GetAsOf())
	if err != nil {
		return nil, err
	}
	at := p.points[0]
	list, err := s.queries.views.Claims(projections.ClaimQuery{
		Known: at.Known, Organisation: domain.OrganisationCode(r.GetClaimant()),
		Functions: strs[domain.FunctionCode](r.GetFunctions()), After: after, Limit: p.limit,
	})
	if err != nil {
		return nil, err //nolint:wrapcheck // a refusal, to be sent as it is
	}
	token, err := next(p, list.Next)
	return &remitv1.ListClaimsResponse{
		AsOf: at.message(), Position: number(at.Known), NextPageToken: token,
		Claims: mapped(list.Claims, s.queries.shown().claim),
	}, err
}

// ListAttestations returns the bodies' words on what the register says that they hold, in the order of recording.
func (s *recordService) ListAttestations(
	ctx context.Context, r *remitv1.ListAttestationsRequest,
) (*remitv1.ListAttestationsResponse, error) {
	p, after, err := pageAfter[domain.EventNo](ctx, s.queries, r, usualPage, r.GetAsOf())
	if err != nil {
		return nil, err
	}
	at := p.points[0]
	list, err := s.queries.views.Attestations(projections.ClaimQuery{
		Known: at.Known, Organisation: domain.OrganisationCode(r.GetOrganisation()), After: after, Limit: p.limit,
	})
	if err != nil {
		return nil, err //nolint:wrapcheck // a refusal, to be sent as it is
	}
	token, err := next(p, list.Next)
	return &remitv1.ListAttestationsResponse{
		AsOf: at.message(), Position: number(at.Known), NextPageToken: token,
		Attestations: mapped(list.Attestations, s.queries.shown().attestation),
	}, err
}

func (s shown) claim(c domain.Claim) *remitv1.Claim {
	return &remitv1.Claim{
		ClaimId: c.ID, Claimant: string(c.Claimant), Function: string(c.Function), Part: string(c.Part),
		Footprints: strs[string](c.Footprints), Roles: enumsOf[remitv1.Role](c.Roles), Holds: c.Holds,
		EffectiveOn: c.EffectiveOn.String(), Basis: s.text(c.Basis), SourceEvent: number(c.Event),
	}
}

func (s shown) attestation(a domain.Attestation) *remitv1.Attestation {
	return &remitv1.Attestation{
		AttestationId: a.ID, Organisation: string(a.Organisation), EffectiveOn: a.EffectiveOn.String(),
		AttestedPosition: number(a.Position), Agrees: a.Agrees, Exceptions: s.text(a.Exceptions),
		SourceEvent: number(a.Event),
	}
}
