package api

import (
	"context"
	"time"

	"connectrpc.com/connect"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// WatchMap sends the map, and then everything that changes on it.
func (s *mapService) WatchMap(
	ctx context.Context, r *remitv1.WatchMapRequest, stream *connect.ServerStream[remitv1.WatchMapResponse],
) error {
	ctx, w, end, err := s.watches.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	m := &mapWatch{
		watch: w, stream: stream, fixed: date(r.GetEffectiveOn()),
		filter: projections.Filter{
			Functions:     strs[domain.FunctionCode](r.GetFunctions()),
			Footprints:    strs[domain.FootprintCode](r.GetFootprints()),
			Organisations: strs[domain.OrganisationCode](r.GetOrganisations()),
			Roles:         words[domain.Role](r.GetRoles()),
		},
	}
	if err := m.start(ctx, r); err != nil {
		return err
	}
	return m.run(ctx)
}

// mapWatch is a watch of the map.
type mapWatch struct {
	*watch

	stream *connect.ServerStream[remitv1.WatchMapResponse]
	filter projections.Filter
	// fixed is the date that is watched, 0 for today.
	fixed domain.Date
	// at is the point on both clocks that the reader's map shows.
	at domain.AsOf
}

// start gives the reader the map, or finds out which one it has.
func (m *mapWatch) start(ctx context.Context, r *remitv1.WatchMapRequest) error {
	if r.GetAfterPosition() == "" {
		return m.snapshot(ctx)
	}
	known, err := m.resume(ctx, r.GetAfterPosition())
	if err != nil {
		return err
	}
	on := m.fixed
	if on == 0 {
		on = date(r.GetAfterEffectiveOn())
	}
	m.reached(domain.AsOf{On: on, Known: known})
	return m.heartbeat(ctx)
}

// reached notes which map the reader has.
func (m *mapWatch) reached(at domain.AsOf) {
	m.at = at
	if m.fixed == 0 {
		m.today = at.On
	}
	m.tell(at.Known)
}

// date returns the date that the map is to show: it never goes back.
func (m *mapWatch) date() domain.Date {
	if m.fixed != 0 {
		return m.fixed
	}
	return max(m.at.On, m.queries.today())
}

// Holdings in a message of a snapshot.
const snapshotPage = 1000

func (m *mapWatch) snapshot(ctx context.Context) error {
	q := projections.MapQuery{AsOf: domain.Now(m.date()), Filter: m.filter, Limit: snapshotPage}
	for {
		page, err := m.queries.views.Map(q)
		if err != nil {
			return err //nolint:wrapcheck // a refusal, to be sent as it is
		}
		err = m.give(ctx, page.AsOf, page.Next == nil, &remitv1.WatchMapResponse{Content: &remitv1.WatchMapResponse_Snapshot{
			Snapshot: &remitv1.MapSnapshot{Holdings: mapped(page.Holdings, entryMessage)},
		}})
		if err != nil || page.Next == nil {
			return err
		}
		q.AsOf, q.After = page.AsOf, page.Next
	}
}

func (m *mapWatch) heartbeat(ctx context.Context) error {
	return m.give(ctx, m.at, true, &remitv1.WatchMapResponse{
		Content: &remitv1.WatchMapResponse_Heartbeat{Heartbeat: &remitv1.Heartbeat{}},
	})
}

// give sends a message of a point, which the reader's map shows after it if it is complete.
func (m *mapWatch) give(ctx context.Context, at domain.AsOf, complete bool, message *remitv1.WatchMapResponse) error {
	message.Position, message.EffectiveOn, message.Complete = number(at.Known), at.On.String(), complete
	return send(ctx, m.watch, m.stream, message, func() {
		if complete {
			m.reached(at)
		}
	})
}

// Events that a watch looks through before it considers a sign of life.
const watchStretch = 20_000

// run gives the reader whatever changes, until the watch ends.
func (m *mapWatch) run(ctx context.Context) error {
	for {
		target, err := m.target()
		if err != nil {
			return err
		}
		if err := m.follow(ctx, target); err != nil {
			return err
		}
		if m.isDue() {
			if err := m.heartbeat(ctx); err != nil {
				return err
			}
		}
		if m.queries.views.Position() > m.at.Known || m.date() != m.at.On {
			continue
		}
		if err := m.await(ctx, m.at.Known, m.queries.untilMidnight()); err != nil {
			return err
		}
	}
}

// target returns the point to go to next: not too far, so as not to stay silent for long.
func (m *mapWatch) target() (domain.AsOf, error) {
	to := domain.AsOf{On: m.at.On}
	var err error
	last := m.queries.views.Position()
	if to.Known, err = m.queries.views.ResolvePosition(min(m.at.Known+watchStretch, last)); err != nil {
		return to, err //nolint:wrapcheck // a refusal, to be sent as it is
	}
	if to.Known <= m.at.Known { // one transaction is longer than that
		to.Known = last
	}
	if to.Known == last {
		to.On = m.date()
	}
	return to, nil
}

// follow gives the reader what changes on the way to a point.
func (m *mapWatch) follow(ctx context.Context, to domain.AsOf) error {
	var failed error
	q := projections.StepsQuery{From: m.at, To: to, Filter: m.filter}
	err := m.queries.views.Steps(q, func(s projections.Step) bool {
		failed = m.step(ctx, s)
		return failed == nil
	})
	if failed != nil || err != nil {
		return firstOf(failed, err)
	}
	m.reached(to)
	return nil
}

func firstOf(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// step gives the reader what a transaction or a date changes.
func (m *mapWatch) step(ctx context.Context, s projections.Step) error {
	return pieces(mapped(s.Changes, mapChange), func(piece []*remitv1.MapChange, last bool) error {
		return m.give(ctx, s.AsOf, last, &remitv1.WatchMapResponse{Content: &remitv1.WatchMapResponse_Step{
			Step: &remitv1.MapStep{Learned: s.IsLearned(), Changes: piece},
		}})
	})
}

// untilMidnight returns how long it takes until today is another day.
func (q *queries) untilMidnight() time.Duration {
	now := q.clock().In(q.location)
	year, month, day := now.Date()
	return time.Date(year, month, day+1, 0, 0, 0, 0, q.location).Sub(now) + time.Millisecond
}
