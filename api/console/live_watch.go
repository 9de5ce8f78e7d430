package console

import (
	"context"
	"fmt"
	"slices"

	"connectrpc.com/connect"

	"github.com/remit-register/remit/domain"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// each calls take with every message of a watch, and returns why it ended.
func each[M any](stream *connect.ServerStreamForClient[M], err error, take func(*M) error) error {
	if err != nil {
		return err
	}
	defer func() { _ = stream.Close() }() // ends it: what it says is known
	for stream.Receive() {
		if err := take(stream.Msg()); err != nil {
			return err
		}
	}
	return stream.Err() //nolint:wrapcheck // the API's own
}

// watchMap follows a part of the map.
func (f *follower) watchMap(ctx context.Context) error {
	q := f.r.URL.Query()
	ask := &remitv1.WatchMapRequest{EffectiveOn: f.on, AfterPosition: f.after, Functions: q["function"], Organisations: q["body"]}
	if f.on == "" {
		ask.AfterEffectiveOn = f.today
	}
	stream, err := f.ask.maps.WatchMap(ctx, ask)
	return each(stream, err, func(m *remitv1.WatchMapResponse) error {
		if !m.GetComplete() {
			return nil
		}
		return f.tell(m.GetPosition(), m.GetEffectiveOn(), m.GetStep() != nil)
	})
}

// watchTransfer follows one transfer.
func (f *follower) watchTransfer(ctx context.Context) error {
	ask := &remitv1.WatchTransferRequest{TransferId: f.r.URL.Query().Get("id"), AfterPosition: f.after}
	stream, err := f.ask.transfers.WatchTransfer(ctx, ask)
	return each(stream, err, func(m *remitv1.WatchTransferResponse) error { return f.tell(m.GetPosition(), "", m.GetStep() != nil) })
}

// watchRecord follows whatever is recorded about a body, or about every body. Who may not read the record event by event
// is told by the map's signs of life that something was recorded, and the console looks whether it is on the page.
func (f *follower) watchRecord(ctx context.Context) error {
	body := f.r.URL.Query()["body"]
	if f.actor.mayReadRecord() {
		stream, err := f.ask.audit.WatchEvents(ctx, &remitv1.WatchEventsRequest{AfterPosition: f.after, Organisations: body})
		err = each(stream, err, func(m *remitv1.WatchEventsResponse) error {
			if !m.GetComplete() {
				return nil
			}
			return f.tell(m.GetPosition(), "", m.GetRecorded() != nil)
		})
		if connect.CodeOf(err) != connect.CodePermissionDenied || f.begun() {
			return err
		}
	}
	before, err := f.standing(ctx, f.after)
	if err != nil {
		return err
	}
	// This begins where the page is, with signs of life: nothing but positions is taken from it.
	watch, err := f.ask.maps.WatchMap(ctx, &remitv1.WatchMapRequest{AfterPosition: f.after, AfterEffectiveOn: f.today, Organisations: body})
	return each(watch, err, func(m *remitv1.WatchMapResponse) error {
		if !m.GetComplete() {
			return nil
		}
		now := before
		if later(m.GetPosition(), f.after) {
			if now, err = f.standing(ctx, m.GetPosition()); err != nil {
				return err
			}
		}
		changed := now != before
		before = now
		return f.tell(m.GetPosition(), m.GetEffectiveOn(), changed || m.GetStep() != nil)
	})
}

// mayReadRecord tells whether it is of use to ask for the record event by event: whoever asks without the right is noted
// in the access log.
func (a Actor) mayReadRecord() bool {
	if a.Asserted {
		return true
	}
	for _, right := range domain.Rights() {
		if right.Method != "WatchEvents" {
			continue
		}
		for _, way := range right.Ways {
			if slices.Contains(a.Roles, way.Role) {
				return true
			}
		}
	}
	return false
}

// standing says in a text how things stand that pages show which follow the record: it is another text when they do not
// stand as before.
func (f *follower) standing(ctx context.Context, position string) (string, error) {
	body, at := f.r.URL.Query().Get("body"), &remitv1.AsOf{KnownPosition: position}
	var standing string
	transfers := &remitv1.ListTransfersRequest{AsOf: at, Organisation: body, PageSize: 1000}
	err := everyPage(func(token string) (*remitv1.ListTransfersResponse, error) {
		transfers.PageToken = token
		return f.ask.transfers.ListTransfers(ctx, transfers)
	}, func(answer *remitv1.ListTransfersResponse) {
		for _, t := range answer.GetTransfers() {
			standing += fmt.Sprintln(t.GetTransferId(), t.GetLastEvent())
		}
	})
	if err != nil {
		return "", err
	}
	due := &remitv1.ListDueRequest{AsOf: at, PageSize: 1000}
	if body != "" {
		due.Organisations = []string{body}
	}
	return standing, everyPage(func(token string) (*remitv1.ListDueResponse, error) {
		due.PageToken = token
		return f.ask.programme.ListDue(ctx, due)
	}, func(answer *remitv1.ListDueResponse) {
		for _, t := range answer.GetTasks() {
			standing += fmt.Sprintln(t.GetEntity(), t.GetItem(), t.GetKind())
		}
	})
}
