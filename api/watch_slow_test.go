package api_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"connectrpc.com/connect"

	"github.com/remit-register/remit/api"
	"github.com/remit-register/remit/eventstore/eventstoretest"
	"github.com/remit-register/remit/projections"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
	"github.com/remit-register/remit/proto/remit/v1/remitv1connect"
)

func number(n uint64) string { return strconv.FormatUint(n, 10) }

func stringOf(v any) string { return fmt.Sprint(v) }

// feedOf asks for everything that was recorded.
func feedOf(s *server) projections.FeedQuery { return projections.FeedQuery{Until: s.views.Position()} }

// pipes is a listener whose connections hold nothing back: what the server writes waits until the client reads it.
type pipes struct {
	made chan net.Conn
	// written gets an element whenever the server begins to write, closed when it ends a connection.
	written, closed chan struct{}
	end             chan struct{}
	endOnce         sync.Once
}

type pipe struct {
	net.Conn

	of *pipes
}

func (p pipe) Write(b []byte) (int, error) {
	select {
	case p.of.written <- struct{}{}:
	default:
	}
	return p.Conn.Write(b)
}

func (p pipe) Close() error {
	select {
	case p.of.closed <- struct{}{}:
	default:
	}
	return p.Conn.Close()
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-p.made:
		return pipe{conn, p}, nil
	case <-p.end:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.endOnce.Do(func() { close(p.end) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

// overPipes serves a register over pipes, and returns the client's side.
func overPipes(t *testing.T, s *server) (*pipes, remitv1connect.AuditServiceClient) {
	t.Helper()
	p := &pipes{
		made: make(chan net.Conn), written: make(chan struct{}, 1), closed: make(chan struct{}, 1), end: make(chan struct{}),
	}
	served := &http.Server{Handler: s.Config.Handler}
	var serving sync.WaitGroup
	serving.Go(func() { _ = served.Serve(p) })
	t.Cleanup(func() {
		_ = served.Close()
		serving.Wait()
	})
	client := &http.Client{Transport: &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		here, there := net.Pipe()
		p.made <- there
		return here, nil
	}}}
	return p, remitv1connect.NewAuditServiceClient(client, "http://127.0.0.1")
}

// recordBodies records n events.
func recordBodies(t *testing.T, s *server, prefix string, n int) {
	t.Helper()
	for i := range n {
		s.store.MustSubmit(t, eventstoretest.Request(eventstoretest.Body(fmt.Sprintf("%s%d", prefix, i))))
	}
	if err := s.views.WaitFor(t.Context(), s.store.Position()); err != nil {
		t.Fatal(err)
	}
}

// stalled opens a watch of events whose reader stops reading, and returns once the server waits for it.
func stalled(t *testing.T, s *server) (*pipes, *connect.ServerStreamForClient[remitv1.WatchEventsResponse]) {
	t.Helper()
	p, client := overPipes(t, s)
	stream, err := client.WatchEvents(t.Context(), &remitv1.WatchEventsRequest{AfterPosition: "0"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stream.Close() })
	if !stream.Receive() || stream.Msg().GetHeartbeat() == nil {
		t.Fatalf("got %v, %v", stream.Msg(), stream.Err())
	}
	<-p.written // the beginning
	recordBodies(t, s, "A", 1)
	<-p.written // what now waits for the reader
	return p, stream
}

// TestSlowReader lets a reader fall behind: it is told so, and where to go on.
func TestSlowReader(t *testing.T) {
	s := newServer(t, func(c *api.Config) { c.Watch.Behind = 10 })
	_, stream := stalled(t, s)
	recordBodies(t, s, "B", 20) // the writer does not wait
	if !stream.Receive() || stream.Msg().GetPosition() != "1" {
		t.Fatalf("got %v, %v", stream.Msg(), stream.Err())
	}
	metadata := wantError(t, ends(stream), connect.CodeResourceExhausted, "OVERLOADED")
	if metadata["afterPosition"] != "1" || !strings.Contains(metadata["violation.1.remedy"], "Resume from position 1") {
		t.Errorf("metadata %v", metadata)
	}
	audit := remitv1connect.NewAuditServiceClient(http2(), s.URL)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	again, err := audit.WatchEvents(ctx, &remitv1.WatchEventsRequest{AfterPosition: metadata["afterPosition"]})
	if err != nil {
		t.Fatal(err)
	}
	collect(t, again, 2, 21)
}

// TestStalledReader lets a reader stop altogether: its connection is cut, and nobody waited for it.
func TestStalledReader(t *testing.T) {
	s := newServer(t, func(c *api.Config) { c.Watch.Stall = 20 * time.Millisecond })
	p, stream := stalled(t, s)
	recordBodies(t, s, "B", 20)
	<-p.closed
	if err := ends(stream); err == nil {
		t.Error("the watch ended well")
	}
	if log := s.log.String(); !strings.Contains(log, "does not read") {
		t.Errorf("the log:\n%s", log)
	}
}

// collect reads events from first to last, and fails when one is missing, told twice, or out of order.
func collect(t *testing.T, stream *connect.ServerStreamForClient[remitv1.WatchEventsResponse], first, last uint64) {
	t.Helper()
	next := first
	for next <= last {
		if !stream.Receive() {
			t.Fatalf("the watch ended before event %d: %v", next, stream.Err())
		}
		for _, e := range stream.Msg().GetRecorded().GetEvents() {
			if e.GetPosition() != number(next) {
				t.Fatalf("event %s, want %d", e.GetPosition(), next)
			}
			next++
		}
		if m := stream.Msg(); m.GetComplete() && m.GetPosition() != number(next-1) {
			t.Fatalf("position %s after event %d", m.GetPosition(), next-1)
		}
	}
}

// TestWatchEventsWhileWriting writes from several sides while watches are cut off and go on: every reader gets every
// event once, in order, by whole transactions.
func TestWatchEventsWhileWriting(t *testing.T) {
	s := newServer(t, lively)
	const before, writers, each = 5, 4, 40
	const last = before + writers*each
	recordBodies(t, s, "B", before)
	var work, begun sync.WaitGroup
	for reader, options := range []([]connect.ClientOption){nil, {connect.WithGRPC()}, {connect.WithProtoJSON()}} {
		begun.Add(1)
		work.Go(func() {
			after, err := someEvents(t.Context(), s, 0, last, 1, options...)
			begun.Done() // what is written now is read by a watch that goes on
			for err == nil && after < last {
				after, err = someEvents(t.Context(), s, after, last, reader+1, options...)
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	begun.Wait()
	for w := range writers {
		work.Go(func() {
			for i := range each {
				request := eventstoretest.Request(eventstoretest.Body(fmt.Sprintf("W%dN%d", w, i)))
				if _, err := s.store.Submit(t.Context(), request); err != nil {
					t.Error(err)
				}
			}
		})
	}
	work.Wait()
}

// someEvents reads a few messages with events after a position, or all up to a last one, and returns the position after
// them.
func someEvents(
	ctx context.Context, s *server, after, last uint64, messages int, options ...connect.ClientOption,
) (uint64, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	audit := remitv1connect.NewAuditServiceClient(http2(), s.URL, options...)
	stream, err := audit.WatchEvents(ctx, &remitv1.WatchEventsRequest{AfterPosition: number(after)})
	if err != nil {
		return after, err
	}
	for read := 0; read < messages && after < last; {
		if !stream.Receive() {
			return after, stream.Err()
		}
		events := stream.Msg().GetRecorded().GetEvents()
		for _, e := range events {
			if after++; e.GetPosition() != number(after) {
				return after, fmt.Errorf("event %s, want %d", e.GetPosition(), after)
			}
		}
		if stream.Msg().GetPosition() != number(after) {
			return after, fmt.Errorf("position %s after event %d", stream.Msg().GetPosition(), after)
		}
		if len(events) > 0 {
			read++
		}
	}
	return after, nil
}

// TestWatchWithPlainJSON watches as curl does: the request and each message are JSON behind five bytes, a flag and the
// length.
func TestWatchWithPlainJSON(t *testing.T) {
	s := newServer(t, lively)
	recordBodies(t, s, "A", 2)
	frame := func(text string) io.Reader {
		return strings.NewReader(string(binary.BigEndian.AppendUint32([]byte{0}, uint32(len(text)))) + text)
	}
	ask := func(ctx context.Context, procedure, text string) *http.Response {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL+"/remit.v1."+procedure, frame(text))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/connect+json")
		res, err := s.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		return res
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	res := ask(ctx, "AuditService/WatchEvents", `{"afterPosition":"0","types":["OrganisationEstablished"]}`)
	defer func() { _ = res.Body.Close() }()
	if flag, message := readFrame(t, res.Body); flag != 0 || message["position"] != "0" || message["heartbeat"] == nil {
		t.Errorf("got %d %v", flag, message)
	}
	flag, message := readFrame(t, res.Body)
	events := items(obj(message["recorded"])["events"])
	if flag != 0 || message["complete"] != true || message["position"] != "2" || len(events) != 2 ||
		obj(events[0])["type"] != "OrganisationEstablished" {
		t.Errorf("got %d %v", flag, message)
	}
	t.Run("unknown field", func(t *testing.T) {
		res := ask(t.Context(), "MapService/WatchMap", `{"function":"eprr"}`)
		defer func() { _ = res.Body.Close() }()
		flag, message := readFrame(t, res.Body)
		failed := obj(message["error"])
		if flag != 2 || failed["code"] != "invalid_argument" || len(items(failed["details"])) != 1 ||
			!strings.Contains(fmt.Sprint(failed["message"]), "function: unknown field") {
			t.Errorf("got %d %v", flag, message)
		}
	})
}

func readFrame(t *testing.T, from io.Reader) (flag byte, message object) {
	t.Helper()
	head := make([]byte, 5)
	if _, err := io.ReadFull(from, head); err != nil {
		t.Fatal(err)
	}
	text := make([]byte, binary.BigEndian.Uint32(head[1:]))
	if _, err := io.ReadFull(from, text); err != nil {
		t.Fatal(err)
	}
	if err := json.NewDecoder(bytes.NewReader(text)).Decode(&message); err != nil {
		t.Fatal(err)
	}
	return head[0], message
}
