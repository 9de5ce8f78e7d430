package api_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"connectrpc.com/connect"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/remit-register/remit/api"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
	"github.com/remit-register/remit/proto/remit/v1/remitv1connect"
)

// lively makes watches give signs of life so often that a test need not wait for one.
func lively(c *api.Config) { c.Watch.Heartbeat = 10 * time.Millisecond }

// protocols are the ways in which a stream can be asked for.
func protocols() map[string][]connect.ClientOption {
	return map[string][]connect.ClientOption{
		"Connect":        nil,
		"Connect, JSON":  {connect.WithProtoJSON()},
		"gRPC":           {connect.WithGRPC()},
		"gRPC, JSON":     {connect.WithGRPC(), connect.WithProtoJSON()},
		"gRPC-Web, gzip": {connect.WithGRPCWeb(), connect.WithSendGzip()},
	}
}

// mapStream is an open watch of the map.
type mapStream = connect.ServerStreamForClient[remitv1.WatchMapResponse]

func watchMap(t *testing.T, s *server, r *remitv1.WatchMapRequest, options ...connect.ClientOption) *mapStream {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	stream, err := remitv1connect.NewMapServiceClient(http2(), s.URL, options...).WatchMap(ctx, r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stream.Close() })
	return stream
}

// until takes messages in until the reader's map is whole and done says that it is enough.
func (r *mapReader) until(t *testing.T, stream *mapStream, done func(*remitv1.WatchMapResponse) bool) {
	t.Helper()
	for stream.Receive() {
		if r.take(t, stream.Msg()) && done(stream.Msg()) {
			return
		}
	}
	t.Fatalf("the watch ended: %v", stream.Err())
}

// at waits for a position.
func at(position any) func(*remitv1.WatchMapResponse) bool {
	return func(m *remitv1.WatchMapResponse) bool { return m.GetPosition() == position }
}

// TestWatch asks one register for watches that need the reference register.
func TestWatch(t *testing.T) {
	s := newServer(t, lively)
	loadInto(t, s)
	t.Run("the map", func(t *testing.T) { testWatchMap(t, s) })
	t.Run("cut off and going on", func(t *testing.T) { testWatchMapResumes(t, s) })
	t.Run("refusals", func(t *testing.T) { testWatchRefusals(t, s) })
	t.Run("today", func(t *testing.T) { testWatchToday(t, s) }) // sets the clock back
}

// testWatchMap opens watches with every filter over every protocol, and changes the map.
func testWatchMap(t *testing.T, s *server) {
	filters := map[string]*remitv1.WatchMapRequest{
		"Connect":        {},
		"Connect, JSON":  {Functions: []string{"remaining-direct-commissioning", "eprr"}},
		"gRPC":           {Organisations: []string{"QYG"}},
		"gRPC, JSON":     {Functions: []string{"remaining-direct-commissioning"}, Roles: []remitv1.Role{remitv1.Role_ROLE_EXERCISING}},
		"gRPC-Web, gzip": {Footprints: []string{"06H"}},
	}
	readers, streams := map[string]*mapReader{}, map[string]*mapStream{}
	for name, options := range protocols() {
		readers[name] = &mapReader{filter: filters[name]}
		streams[name] = watchMap(t, s, filters[name], options...)
		readers[name].until(t, streams[name], func(*remitv1.WatchMapResponse) bool { return true })
		readers[name].check(t, s)
	}
	delegated := s.delegate(t)
	for name, reader := range readers {
		t.Run(name, func(t *testing.T) {
			reader.until(t, streams[name], at(delegated))
			reader.check(t, s)
			if changed := name != "gRPC-Web, gzip"; changed != (reader.steps > 0) {
				t.Errorf("%d steps", reader.steps)
			}
			if reader.on != today {
				t.Errorf("the map of %s", reader.on)
			}
		})
	}
}

// delegate makes a delegation that changes the map, and returns the position after it.
func (s *server) delegate(t *testing.T) any {
	t.Helper()
	made := s.ok(t, "board@X24", "DelegationService/DelegateFunction", with(object{
		"function": "remaining-direct-commissioning", "delegator": "X24", "delegate": "QYG", "effectiveOn": today,
		"instrument": "nhsa2006-s65z5", "terms": proposal()["terms"],
	}))
	accepted := s.ok(t, "board@QYG", "DelegationService/AcceptDelegation", with(object{"delegationId": made["delegationId"]}))
	revoked := s.ok(t, "board@X24", "DelegationService/RevokeDelegation",
		with(object{"delegationId": made["delegationId"], "effectiveOn": today}))
	if obj(accepted["receipt"])["position"] == nil {
		t.Fatalf("accepted: %v", accepted)
	}
	return obj(revoked["receipt"])["position"]
}

// loadInto loads the reference register.
func loadInto(t testing.TB, s *server) {
	t.Helper()
	if _, err := load(t.Context(), s.store.Store, 0); err != nil {
		t.Fatal(err)
	}
	if err := s.views.WaitFor(t.Context(), s.store.Position()); err != nil {
		t.Fatal(err)
	}
}

// testWatchToday moves the clock over midnight: what was recorded for the next day is a change of today's map, and a
// watch that was cut off before it goes on without losing it.
func testWatchToday(t *testing.T, s *server) {
	s.store.Clock.Set(time.Date(2026, time.March, 31, 22, 59, 59, 0, time.UTC)) // a second before midnight in London
	filter := &remitv1.WatchMapRequest{Functions: []string{"continuing-healthcare"}}
	reader := &mapReader{filter: filter}
	stream := watchMap(t, s, filter)
	reader.until(t, stream, func(*remitv1.WatchMapResponse) bool { return true })
	cut := *reader
	cut.holdings = slices.Clone(reader.holdings)
	if reader.on != "2026-03-31" {
		t.Fatalf("the map of %s", reader.on)
	}
	s.store.Clock.Set(time.Date(2026, time.March, 31, 23, 0, 1, 0, time.UTC))
	next := func(m *remitv1.WatchMapResponse) bool {
		if m.GetStep().GetLearned() {
			t.Error("nothing was recorded")
		}
		return m.GetEffectiveOn() == "2026-04-01"
	}
	reader.until(t, stream, next)
	reader.check(t, s)
	if reader.steps == 0 {
		t.Error("nothing changed on the first of April")
	}
	later := watchMap(t, s, &remitv1.WatchMapRequest{
		Functions: filter.GetFunctions(), AfterPosition: cut.position, AfterEffectiveOn: cut.on,
	})
	cut.until(t, later, next)
	if diff := cmp.Diff(reader.holdings, cut.holdings, protocmp.Transform()); diff != "" {
		t.Errorf("the watch that went on (-through +cut off):\n%s", diff)
	}
}

// testWatchMapResumes cuts a watch off after every complete message and goes on from there: nothing is lost or told
// twice.
func testWatchMapResumes(t *testing.T, s *server) {
	from := s.store.Position() - 400
	filter := &remitv1.WatchMapRequest{
		EffectiveOn: today, Functions: []string{"continuing-healthcare", "remaining-direct-commissioning"},
	}
	reader := &mapReader{filter: filter}
	page := s.ok(t, "", "MapService/GetMap", object{
		"asOf": object{"effectiveOn": today, "knownPosition": number(uint64(from))}, "pageSize": 1,
	})
	reader.position, reader.on = stringOf(obj(page["asOf"])["knownPosition"]), today
	reader.holdings = allHoldings(t, s, &remitv1.GetMapRequest{
		AsOf: &remitv1.AsOf{EffectiveOn: today, KnownPosition: reader.position}, Functions: filter.GetFunctions(),
	})
	s.delegate(t)
	last := number(uint64(s.store.Position()))
	for streams := 0; reader.position != last; streams++ {
		if streams > 600 {
			t.Fatalf("stuck at %s of %s", reader.position, last)
		}
		stream := watchMap(t, s, &remitv1.WatchMapRequest{
			EffectiveOn: today, Functions: filter.GetFunctions(), AfterPosition: reader.position,
		})
		before := reader.steps
		reader.until(t, stream, func(m *remitv1.WatchMapResponse) bool {
			return m.GetPosition() == last || reader.steps > before
		})
		_ = stream.Close()
	}
	reader.check(t, s)
	if reader.steps < 2 {
		t.Errorf("%d steps", reader.steps)
	}
}

// ends reads a stream to its end and returns its error.
func ends[M any](stream *connect.ServerStreamForClient[M]) error {
	for stream.Receive() {
		continue
	}
	return stream.Err()
}

// wantError demands the error of an ended stream, in every protocol.
func wantError(t *testing.T, err error, code connect.Code, reason string) map[string]string {
	t.Helper()
	got, info := soleInfo(t, err)
	if got != code || info.GetReason() != reason {
		t.Fatalf("want %s %s, got %v, %v", code, reason, err, info)
	}
	return info.GetMetadata()
}

// testWatchRefusals asks for watches that cannot be.
func testWatchRefusals(t *testing.T, s *server) {
	for name, test := range map[string]struct {
		request *remitv1.WatchMapRequest
		code    connect.Code
		reason  string
		path    string
	}{
		"bad filter":           {&remitv1.WatchMapRequest{Functions: []string{"NO"}, AfterPosition: "x"}, connect.CodeInvalidArgument, "INVALID_ARGUMENT", "functions[0]"},
		"today without a date": {&remitv1.WatchMapRequest{AfterPosition: "5"}, connect.CodeInvalidArgument, "INVALID_ARGUMENT", "request"},
		"date beside a date":   {&remitv1.WatchMapRequest{EffectiveOn: today, AfterEffectiveOn: today, AfterPosition: "5"}, connect.CodeInvalidArgument, "INVALID_ARGUMENT", "request"},
		"in a transaction":     {&remitv1.WatchMapRequest{EffectiveOn: today, AfterPosition: number(inTransaction(t, s))}, connect.CodeInvalidArgument, "INVALID_ARGUMENT", "afterPosition"},
		"beyond the end":       {&remitv1.WatchMapRequest{EffectiveOn: today, AfterPosition: "999999"}, connect.CodeInvalidArgument, "INVALID_ARGUMENT", "knownPosition"},
		"unknown function":     {&remitv1.WatchMapRequest{Functions: []string{"nothing"}}, connect.CodeNotFound, "UNKNOWN_FUNCTION", "function"},
	} {
		for protocol, options := range protocols() {
			t.Run(name+" "+protocol, func(t *testing.T) {
				err := ends(watchMap(t, s, test.request, options...))
				if metadata := wantError(t, err, test.code, test.reason); metadata[test.path] == "" {
					t.Errorf("nothing about %s in %v", test.path, metadata)
				}
			})
		}
	}
}

// inTransaction returns the number of an event that is not the last one of its transaction.
func inTransaction(t *testing.T, s *server) uint64 {
	t.Helper()
	events, err := s.views.Feed(feedOf(s))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events.Events {
		if e.Index < e.Count-1 {
			return uint64(e.No)
		}
	}
	t.Fatal("every transaction has one event")
	return 0
}

func TestWatchesAreBounded(t *testing.T) {
	stopping := make(chan struct{})
	s := newServer(t, lively, func(c *api.Config) { c.Watch.Most, c.Stopping = 2, stopping })
	s.ok(t, "", "FunctionService/ListFunctions", object{})
	open := make([]*mapStream, 2)
	for i := range open {
		open[i] = watchMap(t, s, &remitv1.WatchMapRequest{})
		if !open[i].Receive() {
			t.Fatal(open[i].Err())
		}
	}
	metadata := wantError(t, ends(watchMap(t, s, &remitv1.WatchMapRequest{})), connect.CodeResourceExhausted, "OVERLOADED")
	if !strings.Contains(metadata["violation.1.remedy"], "try again") {
		t.Errorf("metadata %v", metadata)
	}
	_ = open[0].Close()
	for { // until the server has noticed
		third := watchMap(t, s, &remitv1.WatchMapRequest{})
		if third.Receive() {
			break
		}
		wantError(t, third.Err(), connect.CodeResourceExhausted, "OVERLOADED")
	}
	t.Run("end with the server", func(t *testing.T) {
		close(stopping)
		metadata := wantError(t, ends(open[1]), connect.CodeUnavailable, "SERVER_STOPPING")
		if metadata["afterPosition"] != "0" || metadata["afterEffectiveOn"] != today {
			t.Errorf("metadata %v", metadata)
		}
		if err := ends(watchMap(t, s, &remitv1.WatchMapRequest{})); connect.CodeOf(err) != connect.CodeUnavailable {
			t.Errorf("a watch that begins then: %v", err)
		}
	})
}

// TestWatchEndsWithItsReader checks that a reader who goes away is no error.
func TestWatchEndsWithItsReader(t *testing.T) {
	s := newServer(t, lively)
	ctx, cancel := context.WithCancel(t.Context())
	stream, err := remitv1connect.NewMapServiceClient(http2(), s.URL).WatchMap(ctx, &remitv1.WatchMapRequest{})
	if err != nil || !stream.Receive() {
		t.Fatal(err, stream.Err())
	}
	cancel()
	if err := ends(stream); !errors.Is(err, context.Canceled) && connect.CodeOf(err) != connect.CodeCanceled {
		t.Errorf("got %v", err)
	}
	s.ok(t, "", "FunctionService/ListFunctions", object{})
	if log := s.log.String(); strings.Contains(log, "failed") || strings.Contains(log, "panicked") {
		t.Errorf("the log:\n%s", log)
	}
}
