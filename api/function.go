package api

import (
	"context"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// functionService serves remit.v1.FunctionService.
type functionService struct {
	commands *commands
	queries  *queries
}

// DefineFunction puts a function into the register.
func (s *functionService) DefineFunction(
	ctx context.Context, r *remitv1.DefineFunctionRequest,
) (*remitv1.DefineFunctionResponse, error) {
	done, err := submit(ctx, s.commands, r, defineFunction(r))
	return &remitv1.DefineFunctionResponse{Receipt: done.receipt}, err
}

// ReviseFunction replaces what is recorded of a function.
func (s *functionService) ReviseFunction(
	ctx context.Context, r *remitv1.ReviseFunctionRequest,
) (*remitv1.ReviseFunctionResponse, error) {
	done, err := submit(ctx, s.commands, r, reviseFunction(r))
	return &remitv1.ReviseFunctionResponse{Receipt: done.receipt}, err
}

// DivideFunction gives a function parts.
func (s *functionService) DivideFunction(
	ctx context.Context, r *remitv1.DivideFunctionRequest,
) (*remitv1.DivideFunctionResponse, error) {
	done, err := submit(ctx, s.commands, r, divideFunction(r))
	return &remitv1.DivideFunctionResponse{Receipt: done.receipt}, err
}

// AllocateFunction records a baseline.
func (s *functionService) AllocateFunction(
	ctx context.Context, r *remitv1.AllocateFunctionRequest,
) (*remitv1.AllocateFunctionResponse, error) {
	done, err := submit(ctx, s.commands, r, allocateFunction(r))
	answer := &remitv1.AllocateFunctionResponse{Receipt: done.receipt}
	answer.AwaitingSecond, answer.AwaitingId = done.awaiting()
	return answer, err
}

// GetFunction returns a function as known.
func (s *functionService) GetFunction(
	ctx context.Context, r *remitv1.GetFunctionRequest,
) (*remitv1.GetFunctionResponse, error) {
	at, err := s.queries.resolve(ctx, r.GetAsOf(), r.GetMinPosition())
	if err != nil {
		return nil, err
	}
	view, _, err := s.queries.views.Function(domain.FunctionCode(r.GetCode()), at.AsOf)
	if err != nil {
		return nil, err //nolint:wrapcheck // a refusal, to be sent as it is
	}
	return &remitv1.GetFunctionResponse{
		AsOf: at.message(), Position: number(at.Known), Function: functionMessage(view),
	}, nil
}

// ListFunctions returns functions by code.
func (s *functionService) ListFunctions(
	ctx context.Context, r *remitv1.ListFunctionsRequest,
) (*remitv1.ListFunctionsResponse, error) {
	p, after, err := pageAfter[domain.FunctionCode](ctx, s.queries, r, usualPage, r.GetAsOf())
	if err != nil {
		return nil, err
	}
	at := p.points[0]
	list, err := s.queries.views.Functions(projections.FunctionQuery{
		AsOf: at.AsOf, Class: word[domain.FunctionClass](r.GetClass()), Category: word[domain.Category](r.GetCategory()),
		FootprintKind: word[domain.FootprintKind](r.GetFootprintKind()),
		LegalStatus:   word[domain.LegalStatus](r.GetLegalStatus()), Group: domain.FunctionCode(r.GetGroup()),
		After: after, Limit: p.limit,
	})
	if err != nil {
		return nil, err //nolint:wrapcheck // a refusal, to be sent as it is
	}
	token, err := next(p, list.Next)
	return &remitv1.ListFunctionsResponse{
		AsOf: at.message(), Position: number(at.Known), NextPageToken: token,
		Functions: mapped(list.Functions, functionMessage),
	}, err
}
