package api

import (
	"context"
	"slices"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// usualDays is how many days ahead to look for what is due where nothing is said.
const usualDays = 14

// GetReadiness returns how ready transfers are.
func (s *programmeService) GetReadiness(
	ctx context.Context, r *remitv1.GetReadinessRequest,
) (*remitv1.GetReadinessResponse, error) {
	p, after, err := pageAfter[domain.TransferID](ctx, s.queries, r, usualPage, r.GetAsOf())
	if err != nil {
		return nil, err
	}
	at := p.points[0]
	list, err := s.queries.views.Readiness(projections.ReadinessQuery{
		AsOf: at.AsOf, Transfer: domain.TransferID(r.GetTransferId()), Functions: strs[domain.FunctionCode](r.GetFunctions()),
		Organisations: strs[domain.OrganisationCode](r.GetOrganisations()), After: after, Limit: p.limit,
	})
	if err != nil {
		return nil, err //nolint:wrapcheck // a refusal, to be sent as it is
	}
	token, err := next(p, list.Next)
	return &remitv1.GetReadinessResponse{
		AsOf: at.message(), Position: number(at.Known), NextPageToken: token,
		Transfers: mapped(list.Transfers, s.queries.shown().readiness), Stages: mapped(list.Stages, stageCount),
		Packages: mapped(list.Packages, packageReadiness), FunctionsWithoutReceiver: mapped(list.WithoutReceiver, withoutReceiver),
	}, err
}

// ListDue returns what is due, and who has to act.
func (s *programmeService) ListDue(ctx context.Context, r *remitv1.ListDueRequest) (*remitv1.ListDueResponse, error) {
	p, skip, err := pageAfter[int](ctx, s.queries, r, usualPage, r.GetAsOf())
	if err != nil {
		return nil, err
	}
	at := p.points[0]
	list, err := s.queries.views.Due(projections.DueQuery{
		AsOf: at.AsOf, Days: days(r.Days), Organisations: strs[domain.OrganisationCode](r.GetOrganisations()),
		Functions: strs[domain.FunctionCode](r.GetFunctions()), Skip: skip, Limit: p.limit,
	})
	if err != nil {
		return nil, err //nolint:wrapcheck // a refusal, to be sent as it is
	}
	token, err := next(p, list.Next)
	return &remitv1.ListDueResponse{
		AsOf: at.message(), Position: number(at.Known), NextPageToken: token, Tasks: mapped(list.Tasks, taskMessage),
	}, err
}

// days is a number of days as asked for, or else as usual.
func days(asked *int32) int {
	if asked == nil {
		return usualDays
	}
	return int(*asked)
}

func stageCount(c projections.StageCount) *remitv1.StageCount {
	return &remitv1.StageCount{State: enumOf[remitv1.TransferState](c.State), Transfers: count(c.Transfers)}
}

func packageReadiness(p projections.PackageReadiness) *remitv1.PackageReadiness {
	return &remitv1.PackageReadiness{
		PackageId: p.ID, Name: p.Name, Transfers: count(len(p.Members)), Stages: mapped(p.Stages, stageCount),
		Gateways: mapped(p.Gateways, func(g projections.PackageGateway) *remitv1.PackageGateway {
			return &remitv1.PackageGateway{Code: string(g.Code), Passed: count(g.Passed), Transfers: count(g.Transfers)}
		}),
		DueFrom: p.DueFrom.String(), DueUntil: p.DueUntil.String(),
		OpenConditions: count(p.OpenConditions), OverdueConditions: count(p.OverdueConditions),
	}
}

func withoutReceiver(f projections.FunctionWithoutReceiver) *remitv1.FunctionWithoutReceiver {
	return &remitv1.FunctionWithoutReceiver{
		Function: string(f.Function), Name: f.Name, Message: f.Message, Remedy: f.Remedy,
		Organisations: strs[string](f.Organisations), Footprints: count(f.Footprints), Exploring: strs[string](f.Exploring),
		Events: mapped(f.Events, number[domain.EventNo]),
	}
}

func (s shown) readiness(r projections.Readiness) *remitv1.TransferReadiness {
	m := &remitv1.TransferReadiness{
		TransferId: string(r.ID), State: enumOf[remitv1.TransferState](r.State), Function: string(r.Subject.Function),
		Part: string(r.Subject.Part), Sender: string(r.Transfer.Sender), DueOn: r.Due().String(), Framework: string(r.Framework),
		SenderReadiness: partyReadiness(r.Sender), ReceiverReadiness: partyReadiness(r.Receiver),
		Gateways: mapped(r.Gateways, func(g projections.GatewayReadiness) *remitv1.Gateway {
			return s.gateway(r.Transfer, g.Gateway)
		}),
		Conditions: mapped(r.Conditions, func(c projections.ConditionReadiness) *remitv1.ConditionReadiness {
			return s.conditionReadiness(r.TransferView, c)
		}), Milestones: mapped(r.Milestones, milestoneReadiness),
		Risks: mapped(r.Risks, s.risk), Tasks: mapped(r.Tasks, taskMessage), LastEvent: number(r.LastEvent),
		PackageIds: r.Packages,
	}
	for _, move := range r.Moves {
		if code := string(move.Receiver); !slices.Contains(m.Receivers, code) {
			m.Receivers = append(m.Receivers, code)
		}
	}
	return m
}

func partyReadiness(r projections.PartyReadiness) *remitv1.PartyReadiness {
	return &remitv1.PartyReadiness{
		Organisation: string(r.Organisation), Freshness: enumOf[remitv1.Freshness](r.Freshness), Why: r.Why,
		AssessedOn: r.AssessedOn.String(), Event: number(r.Event), Ratings: mapped(r.Ratings, ratingReadiness),
	}
}

func ratingReadiness(r projections.PartyRating) *remitv1.RatingReadiness {
	return &remitv1.RatingReadiness{
		Domain: r.Domain, Rating: string(r.Rating), Freshness: enumOf[remitv1.Freshness](r.Freshness),
		Evidence: count(r.Evidence), ExpiresOn: r.ExpiresOn.String(),
	}
}

func (s shown) conditionReadiness(t projections.TransferView, c projections.ConditionReadiness) *remitv1.ConditionReadiness {
	return &remitv1.ConditionReadiness{
		Condition: s.condition(t, c.TransferCondition), Open: c.Open, Overdue: c.Overdue, Event: number(c.Event),
	}
}

func milestoneReadiness(m projections.MilestoneReadiness) *remitv1.MilestoneReadiness {
	return &remitv1.MilestoneReadiness{
		Kind: enumOf[remitv1.MilestoneKind](m.Kind), Footprints: strs[string](m.Footprints),
		PlannedOn: m.PlannedOn.String(), ActualOn: m.ActualOn.String(), Reached: m.Reached, Overdue: m.Overdue,
		Events: mapped(m.Events, number[domain.EventNo]),
	}
}

func taskMessage(t projections.Task) *remitv1.Task {
	return &remitv1.Task{
		Kind: enumOf[remitv1.TaskKind](t.Kind), DueOn: t.DueOn.String(), Overdue: t.Overdue, Organisation: string(t.Organisation),
		Role: string(t.Role), Entity: t.Entity, Function: string(t.Function), Item: t.Item, PackageId: t.Package, Message: t.Message,
		Events: mapped(t.Events, number[domain.EventNo]),
	}
}
