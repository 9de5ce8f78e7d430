package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/google/uuid"

	"github.com/remit-register/remit/api"
	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/domain/reference"
	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/eventstore/eventstoretest"
	"github.com/remit-register/remit/projections"
)

// today is the civil date of the tests' clock.
const today = "2026-11-21"

// server is a register as a test sees it: over real HTTP on a real journal.
type server struct {
	*httptest.Server

	store *eventstoretest.Harness
	views *projections.Views
	log   *syncBuffer
}

// syncBuffer collects what the server logs.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// newServer starts an empty register.
func newServer(t testing.TB, change ...func(*api.Config)) *server {
	t.Helper()
	return newServerOn(t, eventstoretest.New(t), change...)
}

// newServerOn serves a store.
func newServerOn(t testing.TB, store *eventstoretest.Harness, change ...func(*api.Config)) *server {
	t.Helper()
	s := &server{store: store, log: &syncBuffer{}}
	s.views = projections.New(s.store.Clock.Now)
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	var running sync.WaitGroup
	running.Go(func() { _ = s.views.Run(ctx, s.store.Store) })
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	config := api.Config{
		Store: s.store.Store, Views: s.views, Clock: s.store.Clock.Now, Location: london,
		LoadReference: func(ctx context.Context, until domain.Date) (api.Loaded, error) {
			return load(ctx, s.store.Store, until)
		},
		Logger: slog.New(slog.NewTextHandler(s.log, nil)),
	}
	for _, f := range change {
		f(&config)
	}
	handler, err := api.New(config)
	if err != nil {
		t.Fatal(err)
	}
	s.Server = httptest.NewUnstartedServer(handler)
	s.Config.Protocols = new(http.Protocols)
	s.Config.Protocols.SetHTTP1(true)
	s.Config.Protocols.SetUnencryptedHTTP2(true)
	s.Start()
	t.Cleanup(func() {
		s.Close()
		stop()
		running.Wait()
	})
	return s
}

// referenceStore is a store with the reference register in it. It is loaded by the first test that needs it.
var referenceStore struct {
	once sync.Once
	kept *eventstoretest.Kept
}

// newRegister starts a register with the reference register in it.
func newRegister(t testing.TB) *server {
	t.Helper()
	referenceStore.once.Do(func() {
		store := eventstoretest.New(t)
		if _, err := load(t.Context(), store.Store, 0); err != nil {
			t.Fatal(err)
		}
		referenceStore.kept = store.Keep(t)
	})
	if referenceStore.kept == nil {
		t.Fatal("the reference register could not be loaded: see the first test that failed")
	}
	s := newServerOn(t, eventstoretest.New(t, referenceStore.kept.Copied(t)))
	if err := s.views.WaitFor(t.Context(), s.store.Position()); err != nil {
		t.Fatal(err)
	}
	return s
}

// load gives the commands of the reference register, many at a time.
func load(ctx context.Context, store *eventstore.Store, until domain.Date) (api.Loaded, error) {
	steps, err := reference.Steps(until)
	if err != nil {
		return api.Loaded{}, err
	}
	loaded := api.Loaded{Commands: len(steps)}
	tickets := map[string]eventstore.Ticket{}
	ids := map[string]domain.TransferID{}
	wait := func(id string) (domain.TransferID, error) {
		if done, ok := ids[id]; ok {
			return done, nil
		}
		receipt, err := tickets[id].Wait(ctx)
		if err != nil {
			return "", err
		}
		if !receipt.Replayed {
			loaded.Recorded++
		}
		ids[id] = domain.TransferID(receipt.TransactionID)
		return ids[id], nil
	}
	for _, step := range steps {
		command, err := step.Command(wait)
		if err != nil {
			return loaded, err
		}
		reason := domain.Text{Clear: reference.Reason}
		secrets, err := eventstore.SealAll(nil, &reason)
		if err != nil {
			return loaded, err
		}
		tickets[step.CommandID], err = store.Enqueue(ctx, eventstore.Request{
			CommandID: step.CommandID, Command: command, Reason: reason, Secrets: secrets,
			Caller: eventstoretest.System(),
		})
		if err != nil {
			return loaded, fmt.Errorf("%s: %w", step.Key, err)
		}
	}
	for _, step := range steps {
		if _, err := wait(step.CommandID); err != nil {
			return loaded, fmt.Errorf("%s: %w", step.Key, err)
		}
	}
	loaded.Position = store.Position()
	return loaded, nil
}

// object is decoded JSON.
type object = map[string]any

// obj returns what is an object in decoded JSON, and items what a list has: nil for anything else.
func obj(v any) object {
	o, _ := v.(object)
	return o
}

func items(v any) []any {
	l, _ := v.([]any)
	return l
}

// answer is what the server said.
type answer struct {
	status int
	header http.Header
	raw    []byte
	body   object
}

// call calls a procedure such as "MapService/WhoHolds" with JSON, in the name of actor ("" for nobody).
func (s *server) call(t testing.TB, actor, procedure string, request any) answer {
	t.Helper()
	var body []byte
	switch r := request.(type) {
	case string:
		body = []byte(r)
	default:
		var err error
		if body, err = json.Marshal(r); err != nil {
			t.Fatal(err)
		}
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/remit.v1."+procedure, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if actor != "" {
		req.Header.Set(api.ActorHeader, actor)
	}
	return s.do(t, req)
}

func (s *server) do(t testing.TB, req *http.Request) answer {
	t.Helper()
	res, err := s.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	a := answer{status: res.StatusCode, header: res.Header, raw: raw}
	if strings.HasPrefix(res.Header.Get("Content-Type"), "application/json") {
		if err := json.Unmarshal(raw, &a.body); err != nil {
			t.Fatalf("answer %q: %v", raw, err)
		}
	}
	return a
}

// ok calls and demands success. What a command records is shown when it returns.
func (s *server) ok(t testing.TB, actor, procedure string, request any) object {
	t.Helper()
	a := s.call(t, actor, procedure, request)
	if a.status != http.StatusOK {
		t.Fatalf("%s as %q: %d %s\n%s", procedure, actor, a.status, a.raw, s.log)
	}
	if err := s.views.WaitFor(t.Context(), s.store.Position()); err != nil {
		t.Fatal(err)
	}
	return a.body
}

// errorInfo is what an error tells.
type errorInfo struct {
	code, message, reason string
	metadata              object
}

// info returns the one ErrorInfo of an error, and fails when there is another number of them.
func (a answer) info(t testing.TB) errorInfo {
	t.Helper()
	details, _ := a.body["details"].([]any)
	if a.status < http.StatusBadRequest || len(details) != 1 {
		t.Fatalf("want an error with one detail, got %d %s", a.status, a.raw)
	}
	detail, _ := details[0].(object)
	debug, _ := detail["debug"].(object)
	if detail["type"] != "google.rpc.ErrorInfo" || debug["domain"] != api.ErrorDomain {
		t.Fatalf("want an ErrorInfo of the domain remit, got %s", a.raw)
	}
	metadata, _ := debug["metadata"].(object)
	return errorInfo{
		code: fmt.Sprint(a.body["code"]), message: fmt.Sprint(a.body["message"]), reason: fmt.Sprint(debug["reason"]),
		metadata: metadata,
	}
}

// refused calls and demands an error with a reason.
func (s *server) refused(t testing.TB, actor, procedure string, request any, code, reason string) errorInfo {
	t.Helper()
	a := s.call(t, actor, procedure, request)
	info := a.info(t)
	if info.code != code || info.reason != reason {
		t.Fatalf("%s as %q: want %s %s, got %s", procedure, actor, code, reason, a.raw)
	}
	return info
}

// with returns a command's content with a new command id.
func with(content object) object {
	command := object{"commandId": uuid.NewString()}
	maps.Copy(command, content)
	return command
}
