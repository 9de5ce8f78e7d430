package api

import (
	"context"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// programmeService serves remit.v1.ProgrammeService.
type programmeService struct {
	commands *commands
	queries  *queries
}

// SetFramework sets a framework for the transfers to come.
func (s *programmeService) SetFramework(
	ctx context.Context, r *remitv1.SetFrameworkRequest,
) (*remitv1.SetFrameworkResponse, error) {
	done, err := submit(ctx, s.commands, r, setFramework(r))
	return &remitv1.SetFrameworkResponse{Receipt: done.receipt}, err
}

// RecordPopulation records how many people a body covers.
func (s *programmeService) RecordPopulation(
	ctx context.Context, r *remitv1.RecordPopulationRequest,
) (*remitv1.RecordPopulationResponse, error) {
	done, err := submit(ctx, s.commands, r, recordPopulation(r))
	return &remitv1.RecordPopulationResponse{Receipt: done.receipt}, err
}

// RecordCost records what a body spends.
func (s *programmeService) RecordCost(
	ctx context.Context, r *remitv1.RecordCostRequest,
) (*remitv1.RecordCostResponse, error) {
	done, err := submit(ctx, s.commands, r, recordCost(r))
	return &remitv1.RecordCostResponse{Receipt: done.receipt, CostId: done.id}, err
}

// FormCommittee forms a transition committee.
func (s *programmeService) FormCommittee(
	ctx context.Context, r *remitv1.FormCommitteeRequest,
) (*remitv1.FormCommitteeResponse, error) {
	done, err := submit(ctx, s.commands, r, formCommittee(r))
	return &remitv1.FormCommitteeResponse{Receipt: done.receipt, CommitteeId: done.id}, err
}

// ChangeCommittee replaces the terms of a committee, or dissolves it.
func (s *programmeService) ChangeCommittee(
	ctx context.Context, r *remitv1.ChangeCommitteeRequest,
) (*remitv1.ChangeCommitteeResponse, error) {
	done, err := submit(ctx, s.commands, r, changeCommittee(r))
	return &remitv1.ChangeCommitteeResponse{Receipt: done.receipt}, err
}

// RecordAdvice records what a committee advised. Whether it was quorate is what was recorded, also when it is replayed.
func (s *programmeService) RecordAdvice(
	ctx context.Context, r *remitv1.RecordAdviceRequest,
) (*remitv1.RecordAdviceResponse, error) {
	done, err := submit(ctx, s.commands, r, recordAdvice(r))
	answer := &remitv1.RecordAdviceResponse{Receipt: done.receipt, AdviceId: done.id}
	for _, e := range done.events {
		if fact, ok := e.Fact.(domain.AdviceRecorded); ok {
			answer.Quorate = fact.Quorate
		}
	}
	return answer, err
}

// SubmitPlanReturn records a body's plan return.
func (s *programmeService) SubmitPlanReturn(
	ctx context.Context, r *remitv1.SubmitPlanReturnRequest,
) (*remitv1.SubmitPlanReturnResponse, error) {
	done, err := submit(ctx, s.commands, r, submitPlanReturn(r))
	return &remitv1.SubmitPlanReturnResponse{Receipt: done.receipt, PlanReturnId: done.id}, err
}

// ModeratePlanReturn records confirm and challenge.
func (s *programmeService) ModeratePlanReturn(
	ctx context.Context, r *remitv1.ModeratePlanReturnRequest,
) (*remitv1.ModeratePlanReturnResponse, error) {
	done, err := submit(ctx, s.commands, r, moderatePlanReturn(r))
	return &remitv1.ModeratePlanReturnResponse{Receipt: done.receipt}, err
}

// ListFrameworks returns the gateway frameworks, from the lightest.
func (s *programmeService) ListFrameworks(
	ctx context.Context, r *remitv1.ListFrameworksRequest,
) (*remitv1.ListFrameworksResponse, error) {
	at, err := s.queries.resolve(ctx, r.GetAsOf(), r.GetMinPosition())
	if err != nil {
		return nil, err
	}
	list, _, err := s.queries.views.Frameworks(at.Known)
	if err != nil {
		return nil, err //nolint:wrapcheck // a refusal, to be sent as it is
	}
	return &remitv1.ListFrameworksResponse{
		AsOf: at.message(), Position: number(at.Known), Frameworks: mapped(list, frameworkMessage),
	}, nil
}

// ListCommittees returns transition committees in the order of forming.
func (s *programmeService) ListCommittees(
	ctx context.Context, r *remitv1.ListCommitteesRequest,
) (*remitv1.ListCommitteesResponse, error) {
	p, after, err := pageAfter[string](ctx, s.queries, r, usualPage, r.GetAsOf())
	if err != nil {
		return nil, err
	}
	at := p.points[0]
	list, err := s.queries.views.Committees(projections.CommitteeQuery{
		Known: at.Known, Organisation: domain.OrganisationCode(r.GetOrganisation()), OpenOnly: !r.GetIncludeDissolved(),
		After: after, Limit: p.limit,
	})
	if err != nil {
		return nil, err //nolint:wrapcheck // a refusal, to be sent as it is
	}
	token, err := next(p, list.Next)
	return &remitv1.ListCommitteesResponse{
		AsOf: at.message(), Position: number(at.Known), NextPageToken: token,
		Committees: mapped(list.Committees, s.queries.shown().committee),
	}, err
}

// ListPlanReturns returns plan returns in the order of submission.
func (s *programmeService) ListPlanReturns(
	ctx context.Context, r *remitv1.ListPlanReturnsRequest,
) (*remitv1.ListPlanReturnsResponse, error) {
	p, after, err := pageAfter[string](ctx, s.queries, r, usualPage, r.GetAsOf())
	if err != nil {
		return nil, err
	}
	at := p.points[0]
	list, err := s.queries.views.PlanReturns(projections.PlanReturnQuery{
		Known: at.Known, Organisation: domain.OrganisationCode(r.GetOrganisation()), Period: r.GetPeriod(), After: after,
		Limit: p.limit,
	})
	if err != nil {
		return nil, err //nolint:wrapcheck // a refusal, to be sent as it is
	}
	token, err := next(p, list.Next)
	return &remitv1.ListPlanReturnsResponse{
		AsOf: at.message(), Position: number(at.Known), NextPageToken: token,
		PlanReturns: mapped(list.PlanReturns, s.queries.shown().planReturn),
	}, err
}
