package api

import (
	"context"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// transferService serves remit.v1.TransferService.
type transferService struct {
	commands *commands
	queries  *queries
	watches  *watches
}

// PlanTransfer records an announcement.
func (s *transferService) PlanTransfer(
	ctx context.Context, r *remitv1.PlanTransferRequest,
) (*remitv1.PlanTransferResponse, error) {
	done, err := submit(ctx, s.commands, r, planTransfer(r))
	return &remitv1.PlanTransferResponse{Receipt: done.receipt, TransferId: done.id}, err
}

// ReplacePlan records an announcement in the place of another.
func (s *transferService) ReplacePlan(
	ctx context.Context, r *remitv1.ReplacePlanRequest,
) (*remitv1.ReplacePlanResponse, error) {
	done, err := submit(ctx, s.commands, r, replacePlan(r))
	return &remitv1.ReplacePlanResponse{Receipt: done.receipt, TransferId: done.id}, err
}

// ProposeTransfer begins the life of a transfer.
func (s *transferService) ProposeTransfer(
	ctx context.Context, r *remitv1.ProposeTransferRequest,
) (*remitv1.ProposeTransferResponse, error) {
	done, err := submit(ctx, s.commands, r, proposeTransfer(r))
	return &remitv1.ProposeTransferResponse{Receipt: done.receipt, TransferId: done.id}, err
}

// AmendTransfer changes a proposal.
func (s *transferService) AmendTransfer(
	ctx context.Context, r *remitv1.AmendTransferRequest,
) (*remitv1.AmendTransferResponse, error) {
	done, err := submit(ctx, s.commands, r, amendTransfer(r))
	return &remitv1.AmendTransferResponse{Receipt: done.receipt}, err
}

// SetTerms replaces the terms of a transfer.
func (s *transferService) SetTerms(
	ctx context.Context, r *remitv1.SetTermsRequest,
) (*remitv1.SetTermsResponse, error) {
	done, err := submit(ctx, s.commands, r, setTerms(r))
	return &remitv1.SetTermsResponse{Receipt: done.receipt}, err
}

// AssessReadiness records a party's own assessment.
func (s *transferService) AssessReadiness(
	ctx context.Context, r *remitv1.AssessReadinessRequest,
) (*remitv1.AssessReadinessResponse, error) {
	done, err := submit(ctx, s.commands, r, assessReadiness(r))
	return &remitv1.AssessReadinessResponse{Receipt: done.receipt}, err
}

// RecordOpinion records an independent opinion.
func (s *transferService) RecordOpinion(
	ctx context.Context, r *remitv1.RecordOpinionRequest,
) (*remitv1.RecordOpinionResponse, error) {
	done, err := submit(ctx, s.commands, r, recordOpinion(r))
	return &remitv1.RecordOpinionResponse{Receipt: done.receipt}, err
}

// DecideGateway records a decision. The ids of its conditions are those that were recorded, also when it is replayed.
func (s *transferService) DecideGateway(
	ctx context.Context, r *remitv1.DecideGatewayRequest,
) (*remitv1.DecideGatewayResponse, error) {
	done, err := submit(ctx, s.commands, r, decideGateway(r))
	answer := &remitv1.DecideGatewayResponse{Receipt: done.receipt}
	for _, e := range done.events {
		if fact, ok := e.Fact.(domain.GatewayDecided); ok {
			answer.ConditionIds = conditionIDs(fact.Conditions)
		}
	}
	return answer, err
}

// EvidenceCondition submits evidence that a condition is met.
func (s *transferService) EvidenceCondition(
	ctx context.Context, r *remitv1.EvidenceConditionRequest,
) (*remitv1.EvidenceConditionResponse, error) {
	done, err := submit(ctx, s.commands, r, evidenceCondition(r))
	return &remitv1.EvidenceConditionResponse{Receipt: done.receipt}, err
}

// DischargeCondition confirms that a condition is met.
func (s *transferService) DischargeCondition(
	ctx context.Context, r *remitv1.DischargeConditionRequest,
) (*remitv1.DischargeConditionResponse, error) {
	done, err := submit(ctx, s.commands, r, dischargeCondition(r))
	return &remitv1.DischargeConditionResponse{Receipt: done.receipt}, err
}

// WaiveCondition does without a condition.
func (s *transferService) WaiveCondition(
	ctx context.Context, r *remitv1.WaiveConditionRequest,
) (*remitv1.WaiveConditionResponse, error) {
	done, err := submit(ctx, s.commands, r, waiveCondition(r))
	return &remitv1.WaiveConditionResponse{Receipt: done.receipt}, err
}

// ScheduleTransfer says when an approved transfer is to take effect.
func (s *transferService) ScheduleTransfer(
	ctx context.Context, r *remitv1.ScheduleTransferRequest,
) (*remitv1.ScheduleTransferResponse, error) {
	done, err := submit(ctx, s.commands, r, scheduleTransfer(r))
	return &remitv1.ScheduleTransferResponse{Receipt: done.receipt}, err
}

// CompleteTransfer records that the remits have moved.
func (s *transferService) CompleteTransfer(
	ctx context.Context, r *remitv1.CompleteTransferRequest,
) (*remitv1.CompleteTransferResponse, error) {
	done, err := submit(ctx, s.commands, r, completeTransfer(r))
	return &remitv1.CompleteTransferResponse{Receipt: done.receipt}, err
}

// WithdrawTransfer ends a transfer before it takes effect.
func (s *transferService) WithdrawTransfer(
	ctx context.Context, r *remitv1.WithdrawTransferRequest,
) (*remitv1.WithdrawTransferResponse, error) {
	done, err := submit(ctx, s.commands, r, withdrawTransfer(r))
	return &remitv1.WithdrawTransferResponse{Receipt: done.receipt}, err
}

// GetTransfer returns a transfer as known.
func (s *transferService) GetTransfer(
	ctx context.Context, r *remitv1.GetTransferRequest,
) (*remitv1.GetTransferResponse, error) {
	at, err := s.queries.resolve(ctx, r.GetAsOf(), r.GetMinPosition())
	if err != nil {
		return nil, err
	}
	view, _, err := s.queries.views.Transfer(domain.TransferID(r.GetTransferId()), at.Known)
	if err != nil {
		return nil, err //nolint:wrapcheck // a refusal, to be sent as it is
	}
	shown, err := s.queries.transfers(at.Known, view)
	if err != nil {
		return nil, err
	}
	return &remitv1.GetTransferResponse{AsOf: at.message(), Position: number(at.Known), Transfer: shown[0]}, nil
}

// ListTransfers returns transfers in the order of their making.
func (s *transferService) ListTransfers(
	ctx context.Context, r *remitv1.ListTransfersRequest,
) (*remitv1.ListTransfersResponse, error) {
	p, after, err := pageAfter[domain.TransferID](ctx, s.queries, r, usualPage, r.GetAsOf())
	if err != nil {
		return nil, err
	}
	at := p.points[0]
	list, err := s.queries.views.Transfers(projections.TransferQuery{
		Known: at.Known, States: words[domain.TransferState](r.GetStates()),
		Functions: strs[domain.FunctionCode](r.GetFunctions()),
		Sender:    domain.OrganisationCode(r.GetSender()), Receiver: domain.OrganisationCode(r.GetReceiver()),
		Organisation: domain.OrganisationCode(r.GetOrganisation()),
		DueFrom:      date(r.GetDueFrom()), DueUntil: date(r.GetDueUntil()), After: after, Limit: p.limit,
	})
	if err != nil {
		return nil, err //nolint:wrapcheck // a refusal, to be sent as it is
	}
	shown, err := s.queries.transfers(at.Known, list.Transfers...)
	if err != nil {
		return nil, err
	}
	token, err := next(p, list.Next)
	return &remitv1.ListTransfersResponse{
		AsOf: at.message(), Position: number(at.Known), NextPageToken: token, Transfers: shown,
	}, err
}
