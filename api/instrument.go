package api

import (
	"context"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// instrumentService serves remit.v1.InstrumentService.
type instrumentService struct {
	commands *commands
	queries  *queries
}

// RegisterInstrument puts a legal instrument into the register.
func (s *instrumentService) RegisterInstrument(
	ctx context.Context, r *remitv1.RegisterInstrumentRequest,
) (*remitv1.RegisterInstrumentResponse, error) {
	done, err := submit(ctx, s.commands, r, registerInstrument(r))
	return &remitv1.RegisterInstrumentResponse{Receipt: done.receipt}, err
}

// CommenceInstrument records when an instrument comes into force.
func (s *instrumentService) CommenceInstrument(
	ctx context.Context, r *remitv1.CommenceInstrumentRequest,
) (*remitv1.CommenceInstrumentResponse, error) {
	done, err := submit(ctx, s.commands, r, commenceInstrument(r))
	return &remitv1.CommenceInstrumentResponse{Receipt: done.receipt}, err
}

// DiscardInstrument records that an instrument has no force from a date.
func (s *instrumentService) DiscardInstrument(
	ctx context.Context, r *remitv1.DiscardInstrumentRequest,
) (*remitv1.DiscardInstrumentResponse, error) {
	done, err := submit(ctx, s.commands, r, discardInstrument(r))
	return &remitv1.DiscardInstrumentResponse{Receipt: done.receipt}, err
}

// GetInstrument returns an instrument as known.
func (s *instrumentService) GetInstrument(
	ctx context.Context, r *remitv1.GetInstrumentRequest,
) (*remitv1.GetInstrumentResponse, error) {
	at, err := s.queries.resolve(ctx, r.GetAsOf(), r.GetMinPosition())
	if err != nil {
		return nil, err
	}
	view, _, err := s.queries.views.Instrument(domain.InstrumentCode(r.GetCode()), at.AsOf)
	if err != nil {
		return nil, err //nolint:wrapcheck // a refusal, to be sent as it is
	}
	return &remitv1.GetInstrumentResponse{
		AsOf: at.message(), Position: number(at.Known), Instrument: instrumentMessage(view),
	}, nil
}

// ListInstruments returns instruments by code.
func (s *instrumentService) ListInstruments(
	ctx context.Context, r *remitv1.ListInstrumentsRequest,
) (*remitv1.ListInstrumentsResponse, error) {
	p, after, err := pageAfter[domain.InstrumentCode](ctx, s.queries, r, usualPage, r.GetAsOf())
	if err != nil {
		return nil, err
	}
	at := p.points[0]
	list, err := s.queries.views.Instruments(projections.InstrumentQuery{
		AsOf: at.AsOf, Statuses: words[domain.InstrumentStatus](r.GetStatuses()),
		MayCarry: word[domain.TransferKind](r.GetMayCarry()), After: after, Limit: p.limit,
	})
	if err != nil {
		return nil, err //nolint:wrapcheck // a refusal, to be sent as it is
	}
	token, err := next(p, list.Next)
	return &remitv1.ListInstrumentsResponse{
		AsOf: at.message(), Position: number(at.Known), NextPageToken: token,
		Instruments: mapped(list.Instruments, instrumentMessage),
	}, err
}
