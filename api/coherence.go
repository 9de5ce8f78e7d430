package api

import (
	"context"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// CheckCoherence returns what is incoherent in the map.
func (s *mapService) CheckCoherence(
	ctx context.Context, r *remitv1.CheckCoherenceRequest,
) (*remitv1.CheckCoherenceResponse, error) {
	at, err := s.queries.resolve(ctx, r.GetAsOf(), r.GetMinPosition())
	if err != nil {
		return nil, err
	}
	found, err := s.queries.views.Coherence(projections.CoherenceQuery{
		AsOf: at.AsOf, Until: date(r.GetUntil()), Today: s.queries.today(),
		Kinds:         words[projections.FindingKind](r.GetKinds()),
		Functions:     strs[domain.FunctionCode](r.GetFunctions()),
		Organisations: strs[domain.OrganisationCode](r.GetOrganisations()),
		Severity:      word[projections.Severity](r.GetSeverity()),
	})
	if err != nil {
		return nil, err //nolint:wrapcheck // a refusal, to be sent as it is
	}
	return &remitv1.CheckCoherenceResponse{
		AsOf: at.message(), Position: number(at.Known), Findings: mapped(found.Findings, findingMessage),
		Dates: mapped(found.Dates, domain.Date.String),
	}, nil
}
