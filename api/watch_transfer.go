package api

import (
	"context"
	"math"

	"connectrpc.com/connect"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// WatchTransfer sends a transfer, and then what happens to it.
func (s *transferService) WatchTransfer(
	ctx context.Context, r *remitv1.WatchTransferRequest, stream *connect.ServerStream[remitv1.WatchTransferResponse],
) error {
	ctx, w, end, err := s.watches.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	t := &transferWatch{watch: w, stream: stream, id: domain.TransferID(r.GetTransferId())}
	if err := t.start(ctx, r); err != nil {
		return err
	}
	for {
		if err := t.follow(ctx); err != nil {
			return err
		}
		if t.isDue() {
			if err := t.heartbeat(ctx); err != nil {
				return err
			}
		}
		if err := t.await(ctx, t.told, math.MaxInt64); err != nil {
			return err
		}
	}
}

// transferWatch is a watch of one transfer.
type transferWatch struct {
	*watch

	stream *connect.ServerStream[remitv1.WatchTransferResponse]
	id     domain.TransferID
}

// start gives the reader the transfer, or finds out from where it goes on.
func (t *transferWatch) start(ctx context.Context, r *remitv1.WatchTransferRequest) error {
	known := t.queries.views.Position()
	shown, err := t.shown(known)
	if err != nil {
		return err
	}
	if r.GetAfterPosition() == "" {
		return t.give(ctx, known, &remitv1.WatchTransferResponse{
			Content: &remitv1.WatchTransferResponse_Snapshot{Snapshot: shown},
		})
	}
	if _, err := t.resume(ctx, r.GetAfterPosition()); err != nil {
		return err
	}
	return t.heartbeat(ctx)
}

// shown returns the transfer as known.
func (t *transferWatch) shown(known domain.EventNo) (*remitv1.Transfer, error) {
	view, _, err := t.queries.views.Transfer(t.id, known)
	if err != nil {
		return nil, err //nolint:wrapcheck // a refusal, to be sent as it is
	}
	shown, err := t.queries.transfers(known, view)
	if err != nil {
		return nil, err
	}
	return shown[0], nil
}

func (t *transferWatch) heartbeat(ctx context.Context) error {
	return t.give(ctx, t.told, &remitv1.WatchTransferResponse{
		Content: &remitv1.WatchTransferResponse_Heartbeat{Heartbeat: &remitv1.Heartbeat{}},
	})
}

// give sends a message that speaks for a position.
func (t *transferWatch) give(ctx context.Context, known domain.EventNo, message *remitv1.WatchTransferResponse) error {
	message.Position = number(known)
	return send(ctx, t.watch, t.stream, message, func() { t.tell(known) })
}

// follow gives the reader what has happened to the transfer since, transaction by transaction.
func (t *transferWatch) follow(ctx context.Context) error {
	until := t.queries.views.Position()
	page, err := t.queries.views.Events(projections.EventQuery{
		Entity: "transfer/" + string(t.id), After: t.told, Until: until,
	})
	if err != nil {
		return err //nolint:wrapcheck // a refusal, to be sent as it is
	}
	for events := page.Events; len(events) > 0; {
		n := 1
		for n < len(events) && events[n].TransactionID == events[0].TransactionID {
			n++
		}
		if err := t.step(ctx, events[:n]); err != nil {
			return err
		}
		events = events[n:]
	}
	t.tell(until)
	return nil
}

// step gives the reader what one transaction did to the transfer.
func (t *transferWatch) step(ctx context.Context, events []domain.Event) error {
	first := &events[0]
	end := first.No + domain.EventNo(first.Count-first.Index) - 1 //nolint:gosec // an index lies below its count
	transfer, err := t.shown(end)
	if err != nil {
		return err
	}
	list, err := t.queries.shown().events(events)
	if err != nil {
		return err
	}
	return t.give(ctx, end, &remitv1.WatchTransferResponse{Content: &remitv1.WatchTransferResponse_Step{
		Step: &remitv1.TransferStep{Transfer: transfer, Events: list},
	}})
}
