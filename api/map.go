package api

import (
	"context"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// mapService serves remit.v1.MapService.
type mapService struct {
	queries *queries
	watches *watches
	copies  *Copies
	// asserted says that nobody signs in: callers say who they are.
	asserted bool
}

// WhoHolds returns who holds a function in a place, and what is planned there.
func (s *mapService) WhoHolds(
	ctx context.Context, r *remitv1.WhoHoldsRequest,
) (*remitv1.WhoHoldsResponse, error) {
	at, err := s.queries.resolve(ctx, r.GetAsOf(), r.GetMinPosition())
	if err != nil {
		return nil, err
	}
	query := projections.HoldersQuery{
		Function: domain.FunctionCode(r.GetFunction()), Part: domain.PartCode(r.GetPart()),
		Footprint: domain.FootprintCode(r.GetFootprint()), Role: word[domain.Role](r.GetRole()), AsOf: at.AsOf,
	}
	holders, err := s.queries.views.WhoHolds(query)
	if err != nil {
		return nil, err //nolint:wrapcheck // a refusal, to be sent as it is
	}
	answer := &remitv1.WhoHoldsResponse{
		AsOf: at.message(), Position: number(at.Known), Holdings: mapped(holders.Holdings, entryMessage),
		Planned: mapped(holders.Planned, plannedMove),
	}
	if r.GetWithProof() {
		answer.Proofs, err = s.queries.proofs.ofHolders(ctx, s.queries.views, query, holders)
	}
	return answer, err
}

// GetMap returns every holding in force.
func (s *mapService) GetMap(ctx context.Context, r *remitv1.GetMapRequest) (*remitv1.GetMapResponse, error) {
	p, err := s.queries.page(ctx, r, mapPage, r.GetAsOf())
	if err != nil {
		return nil, err
	}
	if r.GetRollup() != remitv1.AreaLevel_AREA_LEVEL_UNSPECIFIED {
		return s.rollup(r, p)
	}
	after, err := mapCursor(p)
	if err != nil {
		return nil, err
	}
	at := p.points[0]
	list, err := s.queries.views.Map(projections.MapQuery{AsOf: at.AsOf, Filter: filter(r), After: after, Limit: p.limit})
	if err != nil {
		return nil, err //nolint:wrapcheck // a refusal, to be sent as it is
	}
	token, err := nextAfter(p, list.Next)
	return &remitv1.GetMapResponse{
		AsOf: at.message(), Position: number(at.Known), NextPageToken: token,
		Holdings: mapped(list.Holdings, entryMessage),
	}, err
}

// GetHistory returns how a holding came to be.
func (s *mapService) GetHistory(
	ctx context.Context, r *remitv1.GetHistoryRequest,
) (*remitv1.GetHistoryResponse, error) {
	p, after, err := pageAfter[int](ctx, s.queries, r, usualPage, r.GetAsOf())
	if err != nil {
		return nil, err
	}
	at := p.points[0]
	list, err := s.queries.views.History(projections.HistoryQuery{
		Function: domain.FunctionCode(r.GetFunction()), Part: domain.PartCode(r.GetPart()),
		Footprint: domain.FootprintCode(r.GetFootprint()), Role: word[domain.Role](r.GetRole()), AsOf: at.AsOf,
		After: max(after, 0), Limit: p.limit,
	})
	if err != nil {
		return nil, err //nolint:wrapcheck // a refusal, to be sent as it is
	}
	token, err := next(p, list.Next)
	answer := &remitv1.GetHistoryResponse{
		AsOf: at.message(), Position: number(at.Known), NextPageToken: token,
		Entries: mapped(list.Changes, historyEntry),
	}
	if r.GetWithProof() && err == nil {
		answer.Proofs, err = s.queries.proofs.ofChanges(ctx, list.Changes)
	}
	return answer, err
}

// CompareMaps returns the remits whose holders differ between two points.
func (s *mapService) CompareMaps(
	ctx context.Context, r *remitv1.CompareMapsRequest,
) (*remitv1.CompareMapsResponse, error) {
	p, err := s.queries.page(ctx, r, usualPage, r.GetFrom(), r.GetTo())
	if err != nil {
		return nil, err
	}
	after, err := mapCursor(p)
	if err != nil {
		return nil, err
	}
	from, to := p.points[0], p.points[1]
	list, err := s.queries.views.Compare(projections.CompareQuery{
		From: from.AsOf, To: to.AsOf, Filter: filter(r), After: after, Limit: p.limit,
	})
	if err != nil {
		return nil, err //nolint:wrapcheck // a refusal, to be sent as it is
	}
	token, err := nextAfter(p, list.Next)
	return &remitv1.CompareMapsResponse{
		From: from.message(), To: to.message(), NextPageToken: token, Position: number(max(from.Known, to.Known)),
		Changes: mapped(list.Changes, mapChange),
	}, err
}

// filtered is a request that is limited to a part of the map.
type filtered interface {
	GetFunctions() []string
	GetFootprints() []string
	GetOrganisations() []string
	GetTiers() []remitv1.Tier
	GetRoles() []remitv1.Role
}

func filter(r filtered) projections.Filter {
	return projections.Filter{
		Functions:     strs[domain.FunctionCode](r.GetFunctions()),
		Footprints:    strs[domain.FootprintCode](r.GetFootprints()),
		Organisations: strs[domain.OrganisationCode](r.GetOrganisations()),
		Tiers:         words[domain.Tier](r.GetTiers()), Roles: words[domain.Role](r.GetRoles()),
	}
}

// mapCursor returns where the page before ended, nil on the first page.
func mapCursor(p page) (*projections.Cursor, error) {
	cursor, err := cursorOf[projections.Cursor](p)
	if err != nil || p.after == nil {
		return nil, err
	}
	cursor.Given = max(cursor.Given, 0)
	return &cursor, nil
}

// nextAfter makes the token of the page after a cursor, "" for none.
func nextAfter[C comparable](p page, cursor *C) (string, error) {
	if cursor == nil {
		return "", nil
	}
	return next(p, *cursor)
}
