package api

import (
	"context"
	"math"

	"connectrpc.com/connect"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// Events that a watch reads at a time.
const feedPage = 200

// WatchEvents sends events as they are recorded.
func (s *auditService) WatchEvents(
	ctx context.Context, r *remitv1.WatchEventsRequest, stream *connect.ServerStream[remitv1.WatchEventsResponse],
) error {
	ctx, w, end, err := s.watches.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	w.standsAlone = true // events are read from the journal
	organisations := strs[domain.OrganisationCode](r.GetOrganisations())
	if err := checkTypes("types", r.GetTypes()...); err != nil {
		return err
	}
	if err := s.queries.views.CheckFilter(projections.Filter{Organisations: organisations}); err != nil {
		return err //nolint:wrapcheck // a refusal, to be sent as it is
	}
	e := &eventWatch{watch: w, stream: stream, query: projections.FeedQuery{
		Entities: r.GetEntities(), Types: r.GetTypes(), Limit: feedPage,
		Organisations: organisations,
	}}
	e.query.After = s.queries.views.Position()
	if r.GetAfterPosition() != "" {
		if e.query.After, err = w.resume(ctx, r.GetAfterPosition()); err != nil {
			return err
		}
	}
	w.tell(e.query.After)
	if err := e.heartbeat(ctx); err != nil {
		return err
	}
	return e.run(ctx)
}

// eventWatch is a watch of what is recorded.
type eventWatch struct {
	*watch

	stream *connect.ServerStream[remitv1.WatchEventsResponse]
	// query is what to read next: After is the position up to which the reader was told everything.
	query projections.FeedQuery
}

func (e *eventWatch) heartbeat(ctx context.Context) error {
	return send(ctx, e.watch, e.stream, &remitv1.WatchEventsResponse{
		Position: number(e.query.After), Complete: true,
		Content: &remitv1.WatchEventsResponse_Heartbeat{Heartbeat: &remitv1.Heartbeat{}},
	}, func() {})
}

// run gives the reader whatever is recorded, until the watch ends.
func (e *eventWatch) run(ctx context.Context) error {
	for {
		if err := e.follow(ctx); err != nil {
			return err
		}
		if e.isDue() {
			if err := e.heartbeat(ctx); err != nil {
				return err
			}
		}
		if err := e.await(ctx, e.query.After, math.MaxInt64); err != nil {
			return err
		}
	}
}

// follow gives the reader the next stretch of what is recorded.
func (e *eventWatch) follow(ctx context.Context) error {
	e.query.Until = e.queries.views.Position()
	page, err := e.queries.views.Feed(e.query)
	if err != nil {
		return err //nolint:wrapcheck // told in the log
	}
	events, err := e.queries.shown().events(page.Events)
	if err != nil {
		return err
	}
	e.query.After = page.Position
	if len(events) == 0 {
		e.tell(page.Position)
		return nil
	}
	return pieces(events, func(piece []*remitv1.Event, last bool) error {
		return send(ctx, e.watch, e.stream, &remitv1.WatchEventsResponse{
			Position: number(page.Position), Complete: last,
			Content: &remitv1.WatchEventsResponse_Recorded{Recorded: &remitv1.RecordedEvents{Events: piece}},
		}, func() {
			if last {
				e.tell(page.Position)
			}
		})
	})
}

func (s shown) events(events []domain.Event) ([]*remitv1.Event, error) {
	list := make([]*remitv1.Event, 0, len(events))
	for _, e := range events {
		m, err := s.event(e)
		if err != nil {
			return nil, err
		}
		list = append(list, m)
	}
	return list, nil
}
