package api

import (
	"context"
	"math"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// rollup returns who holds what by area.
func (s *mapService) rollup(r *remitv1.GetMapRequest, p page) (*remitv1.GetMapResponse, error) {
	after, err := cursorOf[*projections.RollupCursor](p)
	if err != nil {
		return nil, err
	}
	at := p.points[0]
	list, err := s.queries.views.Rollup(projections.RollupQuery{
		AsOf: at.AsOf, Level: word[projections.AreaLevel](r.GetRollup()), Filter: filter(r), After: after, Limit: p.limit,
	})
	if err != nil {
		return nil, err //nolint:wrapcheck // a refusal, to be sent as it is
	}
	token, err := nextAfter(p, list.Next)
	return &remitv1.GetMapResponse{
		AsOf: at.message(), Position: number(at.Known), NextPageToken: token, Areas: mapped(list.Areas, areaHolders),
	}, err
}

func areaHolders(a projections.AreaHolders) *remitv1.AreaHolders {
	holder := func(h projections.AreaHolder) *remitv1.AreaHolder {
		return &remitv1.AreaHolder{
			Holder: string(h.Holder), ActingThrough: string(h.ActingThrough), Undetermined: h.Undetermined,
			Footprints: count(h.Footprints),
		}
	}
	return &remitv1.AreaHolders{
		Function: string(a.Subject.Function), Part: string(a.Subject.Part), Area: string(a.Area),
		Role: enumOf[remitv1.Role](a.Role), Uniform: a.IsUniform(), Footprints: count(a.Footprints),
		Unheld: count(a.Unheld), Holders: mapped(a.Holders, holder),
	}
}

// ListChanges returns the way from one map to another.
func (s *mapService) ListChanges(
	ctx context.Context, r *remitv1.ListChangesRequest,
) (*remitv1.ListChangesResponse, error) {
	p, after, err := pageAfter[*projections.StepCursor](ctx, s.queries, r, usualPage, r.GetFrom(), r.GetTo())
	if err != nil {
		return nil, err
	}
	from, to := p.points[0], p.points[1]
	list, err := s.queries.views.ListChanges(projections.ListQuery{
		StepsQuery: projections.StepsQuery{From: from.AsOf, To: to.AsOf, Filter: filter(r)}, After: after, Limit: p.limit,
	})
	if err != nil {
		return nil, err //nolint:wrapcheck // a refusal, to be sent as it is
	}
	token, err := nextAfter(p, list.Next)
	return &remitv1.ListChangesResponse{
		From: from.message(), To: to.message(), NextPageToken: token, Position: number(max(from.Known, to.Known)),
		Changes: mapped(list.Changes, listedChange),
	}, err
}

func listedChange(c projections.ListedChange) *remitv1.ListedChange {
	cause := func(c projections.Cause) *remitv1.ChangeCause {
		return &remitv1.ChangeCause{
			Position: number(c.Event), Type: c.Type, Entity: c.Entity, RecordedAt: instant(c.RecordedAt),
			EffectiveOn: c.EffectiveOn.String(), Late: c.Late,
		}
	}
	return &remitv1.ListedChange{
		Learned: c.Learned, EffectiveOn: c.AsOf.On.String(), Position: number(c.AsOf.Known),
		Change: mapChange(c.Change), Causes: mapped(c.Causes, cause),
	}
}

// ListChangeDates returns the dates on which a view of the map changes.
func (s *mapService) ListChangeDates(
	ctx context.Context, r *remitv1.ListChangeDatesRequest,
) (*remitv1.ListChangeDatesResponse, error) {
	at, err := s.queries.resolve(ctx, r.GetAsOf(), r.GetMinPosition())
	if err != nil {
		return nil, err
	}
	q := projections.ChangeDatesQuery{
		AsOf: at.AsOf, Filter: filter(r), From: domain.Date(math.MinInt32), Until: domain.Date(math.MaxInt32),
	}
	if r.GetFrom() != "" {
		q.From = date(r.GetFrom())
	}
	if r.GetUntil() != "" {
		q.Until = date(r.GetUntil())
	}
	list, err := s.queries.views.ChangeDates(q)
	if err != nil {
		return nil, err //nolint:wrapcheck // a refusal, to be sent as it is
	}
	changed := func(d projections.ChangeDate) *remitv1.ChangeDate {
		return &remitv1.ChangeDate{EffectiveOn: d.On.String(), Changes: count(d.Changes)}
	}
	return &remitv1.ListChangeDatesResponse{
		AsOf: at.message(), Position: number(at.Known), Previous: list.Previous.String(), Next: list.Next.String(),
		Dates: mapped(list.Dates, changed),
	}, nil
}
