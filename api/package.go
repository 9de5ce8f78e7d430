package api

import (
	"context"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// FormPackage takes transfers together.
func (s *transferService) FormPackage(
	ctx context.Context, r *remitv1.FormPackageRequest,
) (*remitv1.FormPackageResponse, error) {
	done, err := submit(ctx, s.commands, r, formPackage(r))
	return &remitv1.FormPackageResponse{Receipt: done.receipt, PackageId: done.id}, err
}

// AssessPackage records one assessment for every member of a package.
func (s *transferService) AssessPackage(
	ctx context.Context, r *remitv1.AssessPackageRequest,
) (*remitv1.AssessPackageResponse, error) {
	done, err := submit(ctx, s.commands, r, assessPackage(r))
	return &remitv1.AssessPackageResponse{Receipt: done.receipt}, err
}

// DecidePackage records one decision for every member of a package. What it answers is what was recorded, also when it
// is replayed.
func (s *transferService) DecidePackage(
	ctx context.Context, r *remitv1.DecidePackageRequest,
) (*remitv1.DecidePackageResponse, error) {
	done, err := submit(ctx, s.commands, r, decidePackage(r))
	answer := &remitv1.DecidePackageResponse{Receipt: done.receipt}
	for _, e := range done.events {
		if fact, ok := e.Fact.(domain.GatewayDecided); ok {
			answer.Members = append(answer.Members, &remitv1.DecidedMember{
				TransferId: string(fact.ID), Decision: enumOf[remitv1.GatewayDecision](fact.Decision),
				ConditionIds: conditionIDs(fact.Conditions),
			})
		}
	}
	return answer, err
}

// GetPackage returns a package and where its members stand.
func (s *transferService) GetPackage(
	ctx context.Context, r *remitv1.GetPackageRequest,
) (*remitv1.GetPackageResponse, error) {
	at, err := s.queries.resolve(ctx, r.GetAsOf(), r.GetMinPosition())
	if err != nil {
		return nil, err
	}
	view, _, err := s.queries.views.Package(r.GetPackageId(), at.Known)
	if err != nil {
		return nil, err //nolint:wrapcheck // a refusal, to be sent as it is
	}
	return &remitv1.GetPackageResponse{
		AsOf: at.message(), Position: number(at.Known), Package: s.queries.shown().pack(view),
	}, nil
}

// ListPackages returns packages in the order of forming.
func (s *transferService) ListPackages(
	ctx context.Context, r *remitv1.ListPackagesRequest,
) (*remitv1.ListPackagesResponse, error) {
	p, after, err := pageAfter[string](ctx, s.queries, r, usualPage, r.GetAsOf())
	if err != nil {
		return nil, err
	}
	at := p.points[0]
	list, err := s.queries.views.Packages(projections.PackageQuery{
		Known: at.Known, Member: domain.TransferID(r.GetTransferId()),
		Organisation: domain.OrganisationCode(r.GetOrganisation()), After: after, Limit: p.limit,
	})
	if err != nil {
		return nil, err //nolint:wrapcheck // a refusal, to be sent as it is
	}
	token, err := next(p, list.Next)
	return &remitv1.ListPackagesResponse{
		AsOf: at.message(), Position: number(at.Known), NextPageToken: token,
		Packages: mapped(list.Packages, s.queries.shown().pack),
	}, err
}

// transfers shows transfers as known, with the packages to which they belong.
func (q *queries) transfers(known domain.EventNo, views ...projections.TransferView) ([]*remitv1.Transfer, error) {
	list, err := q.views.Packages(projections.PackageQuery{Known: known})
	if err != nil {
		return nil, err //nolint:wrapcheck // a refusal, to be sent as it is
	}
	packages := map[domain.TransferID][]string{}
	for _, p := range list.Packages {
		for _, id := range p.Members {
			packages[id] = append(packages[id], p.ID)
		}
	}
	shown := q.shown()
	return mapped(views, func(t projections.TransferView) *remitv1.Transfer {
		m := shown.transfer(t)
		m.PackageIds = packages[t.ID]
		return m
	}), nil
}
