package api_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"connectrpc.com/connect"

	"github.com/remit-register/remit/api"
	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/eventstore/eventstoretest"
	"github.com/remit-register/remit/projections"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
	"github.com/remit-register/remit/proto/remit/v1/remitv1connect"
)

// rebuild asks for a rebuild, and returns what came of it.
func (s *server) rebuild(ctx context.Context, actor string) (*remitv1.RebuiltViews, error) {
	ctx, info := connect.NewClientContext(ctx)
	if actor != "" {
		info.RequestHeader().Set(api.ActorHeader, actor)
	}
	stream, err := remitv1connect.NewOperatorServiceClient(http2(), s.URL).RebuildViews(ctx, &remitv1.RebuildViewsRequest{})
	if err != nil {
		return nil, err
	}
	var rebuilt *remitv1.RebuiltViews
	for stream.Receive() {
		rebuilt = stream.Msg().GetRebuilt()
	}
	return rebuilt, errors.Join(stream.Err(), stream.Close())
}

// tampered is a journal one of whose events reaches the views otherwise than it was recorded: with another holder.
type tampered struct{ *eventstore.Store }

// Follow changes the first holding of eprr that it comes across.
func (l tampered) Follow(ctx context.Context, after domain.EventNo, apply func([]domain.Event) error) error {
	done := false
	return l.Store.Follow(ctx, after, func(events []domain.Event) error {
		changed := slices.Clone(events)
		for i := range changed {
			f, ok := changed[i].Fact.(domain.FunctionAllocated)
			if !ok || done || f.Function != "eprr" {
				continue
			}
			f.Changes, done = slices.Clone(f.Changes), true
			f.Changes[0].Holdings = []domain.Holding{{Holder: "X24"}}
			changed[i].Fact = f
		}
		return apply(changed)
	})
}

// TestRebuildUnderLoad rebuilds views, damaged ones first, while commands come in, questions are asked and watches are
// open: nothing is refused or missed, what was wrong is said and mended, and only watches that were told wrong things end.
func TestRebuildUnderLoad(t *testing.T) {
	t.Parallel()
	store := eventstoretest.New(t)
	if _, err := load(t.Context(), store.Store, 0); err != nil {
		t.Fatal(err)
	}
	views := projections.NewReading(store.Clock.Now, projections.LogFunc(func(from, to domain.EventNo) ([]domain.Event, error) {
		return store.Read(context.WithoutCancel(t.Context()), from, to)
	}))
	mended := make(chan struct{}, 10)
	s := newServerOn(t, store, lively, func(c *api.Config) {
		c.Views, c.Mended = views, func(context.Context) { mended <- struct{}{} }
	})
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	var running sync.WaitGroup
	running.Go(func() { _ = views.Run(ctx, tampered{store.Store}) })
	t.Cleanup(func() { stop(); running.Wait() })
	s.views = views
	if err := views.WaitFor(t.Context(), store.Position()); err != nil {
		t.Fatal(err)
	}

	wrong := watchMap(t, s, &remitv1.WatchMapRequest{})
	(&mapReader{filter: &remitv1.WatchMapRequest{}}).until(t, wrong, func(*remitv1.WatchMapResponse) bool { return true })
	l := startLoad(t, s)
	rebuilt, err := s.rebuild(t.Context(), "op@X24;operator")
	if err != nil || rebuilt.GetAgrees() || rebuilt.GetDigestBefore() == rebuilt.GetDigestAfter() ||
		len(rebuilt.GetDiffers()) != 1 || !strings.HasPrefix(rebuilt.GetDiffers()[0], "the map: eprr in ") {
		t.Fatalf("rebuilt %v: %v", rebuilt, err)
	}
	<-mended
	for wrong.Receive() {
	}
	wantError(t, wrong.Err(), connect.CodeAborted, "VIEWS_MENDED")

	reader := &mapReader{filter: &remitv1.WatchMapRequest{Functions: []string{"remaining-direct-commissioning"}}}
	right := watchMap(t, s, reader.filter)
	reader.until(t, right, func(*remitv1.WatchMapResponse) bool { return true })
	for range 3 {
		again, err := s.rebuild(t.Context(), "op@X24;operator")
		if err != nil || !again.GetAgrees() || again.GetDigestBefore() != again.GetDigestAfter() || len(again.GetDiffers()) > 0 {
			t.Fatalf("rebuilt again %v: %v", again, err)
		}
	}
	last := l.end(t)
	reader.until(t, right, at(last))
	reader.check(t, s)
	if reader.steps == 0 {
		t.Error("the watch was told of no change")
	}
	if text := s.log.String(); strings.Count(text, "were not what the journal says") != 1 || strings.Count(text, "agree with what was shown") != 3 {
		t.Errorf("the log says %s", text)
	}
	if status := views.Status(); status.Rebuilds != 4 || status.Mended != 1 || len(mended) > 0 {
		t.Errorf("status %+v", status)
	}
}

// mixedLoad is commands, questions, and a watch of events, for as long as a test goes on.
type mixedLoad struct {
	stop    chan struct{}
	running sync.WaitGroup
	last    any // position of the last command
	asked   int
}

func startLoad(t *testing.T, s *server) *mixedLoad {
	t.Helper()
	l := &mixedLoad{stop: make(chan struct{})}
	ctx, cancel := context.WithCancel(t.Context())
	events, err := remitv1connect.NewAuditServiceClient(http2(), s.URL).WatchEvents(ctx, &remitv1.WatchEventsRequest{})
	if err != nil {
		t.Fatal(err)
	}
	began := s.store.Position()
	first := s.delegate(t)
	l.running.Go(func() {
		for l.last = first; ; l.last = s.delegate(t) {
			select {
			case <-l.stop:
				return
			default:
			}
		}
	})
	l.running.Go(func() {
		for ; ; l.asked++ {
			select {
			case <-l.stop:
				return
			default:
			}
			s.ok(t, "", "MapService/WhoHolds", object{"function": "eprr", "footprint": "06H"})
			if response, err := s.Client().Get(s.URL + "/readyz"); err != nil || response.StatusCode != http.StatusOK {
				t.Errorf("not ready: %v, %v", response, err)
			} else {
				_ = response.Body.Close()
			}
		}
	})
	l.running.Go(func() {
		defer cancel()
		next := began + 1
		for events.Receive() {
			for _, e := range events.Msg().GetRecorded().GetEvents() {
				if e.GetPosition() != fmt.Sprint(next) {
					t.Errorf("event %s, not %d", e.GetPosition(), next)
				}
				next++
			}
			select {
			case <-l.stop:
				if next > s.store.Position() {
					return
				}
			default:
			}
		}
		t.Errorf("the watch of events ended: %v", events.Err())
	})
	return l
}

// end ends the load, and returns the position of the last command.
func (l *mixedLoad) end(t *testing.T) any {
	t.Helper()
	close(l.stop)
	l.running.Wait()
	if l.asked == 0 {
		t.Error("nothing was asked")
	}
	return l.last
}

func TestRebuildIsForOperators(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	for actor, want := range map[string]connect.Code{
		"": connect.CodeUnauthenticated, "op@X24;registrar": connect.CodePermissionDenied, "op@X24;emperor": connect.CodeInvalidArgument,
	} {
		if _, err := s.rebuild(t.Context(), actor); connect.CodeOf(err) != want {
			t.Errorf("%q: %v", actor, err)
		}
	}
	rebuilt, err := s.rebuild(t.Context(), "op@X24;operator")
	if err != nil || !rebuilt.GetAgrees() || rebuilt.GetPosition() != "0" || rebuilt.GetHoldingsAfter() != "0" {
		t.Errorf("an empty register: %v, %v", rebuilt, err)
	}
}
