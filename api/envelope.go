package api

import (
	"context"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// GetEnvelope returns how running costs stand to the envelope.
func (s *programmeService) GetEnvelope(
	ctx context.Context, r *remitv1.GetEnvelopeRequest,
) (*remitv1.GetEnvelopeResponse, error) {
	at, err := s.queries.resolve(ctx, r.GetAsOf(), r.GetMinPosition())
	if err != nil {
		return nil, err
	}
	q := projections.EnvelopeQuery{
		AsOf: at.AsOf, Year: r.GetYear(), Basis: word[domain.PopulationBasis](r.GetBasis()),
		Organisations: strs[domain.OrganisationCode](r.GetOrganisations()),
	}
	e, err := s.queries.views.Envelope(q)
	if err != nil {
		return nil, err //nolint:wrapcheck // a refusal, to be sent as it is
	}
	var series []projections.Envelope
	if r.GetFrom() != "" {
		if series, err = s.queries.views.EnvelopeSeries(q, date(r.GetFrom()), int(r.GetMonths())); err != nil {
			return nil, err //nolint:wrapcheck // a refusal, to be sent as it is
		}
	}
	return &remitv1.GetEnvelopeResponse{
		Series: mapped(series, envelopePoint),

		AsOf: at.message(), Position: number(at.Known), Year: e.Year, PencePerHead: e.PencePerHead,
		Bodies: mapped(e.Bodies, envelopeLine), Regions: mapped(e.Regions, envelopeLine), England: envelopeLine(e.England),
	}, nil
}

// GetShift returns how functions shift between tiers over time.
func (s *programmeService) GetShift(
	ctx context.Context, r *remitv1.GetShiftRequest,
) (*remitv1.GetShiftResponse, error) {
	at, err := s.queries.resolve(ctx, r.GetAsOf(), r.GetMinPosition())
	if err != nil {
		return nil, err
	}
	shift, err := s.queries.views.Shift(projections.ShiftQuery{
		From: date(r.GetFrom()), Until: date(r.GetUntil()), Known: at.Known, Months: int(r.GetMonths()),
		Functions:     strs[domain.FunctionCode](r.GetFunctions()),
		Organisations: strs[domain.OrganisationCode](r.GetOrganisations()),
	})
	if err != nil {
		return nil, err //nolint:wrapcheck // a refusal, to be sent as it is
	}
	return &remitv1.GetShiftResponse{
		AsOf: at.message(), Position: number(at.Known), Moved: mapped(shift.Moved, shiftMove),
		Planned: mapped(shift.Planned, shiftMove), Held: mapped(shift.Held, shiftCount),
	}, nil
}
