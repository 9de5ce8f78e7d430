package observe

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"connectrpc.com/connect"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/remit-register/remit/eventstore"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

func scrape(t *testing.T, m *Metrics) string {
	t.Helper()
	answer := httptest.NewRecorder()
	m.Handler().ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
	if answer.Code != http.StatusOK {
		t.Fatalf("metrics answer %d: %s", answer.Code, answer.Body)
	}
	return answer.Body.String()
}

func mustHave(t *testing.T, text string, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if !strings.Contains(text, "\n"+line+"\n") {
			t.Errorf("%q is not there", line)
		}
	}
}

func TestStateIsShown(t *testing.T) {
	now := time.Unix(1000, 0)
	m := watched(&now)
	m.Committed(eventstore.Committed{Events: 5, Bytes: 1000, Took: 20 * time.Millisecond})
	m.RefusedAttempt("ListEvents", "NOT_AUTHORISED")
	mustHave(t, scrape(t, m),
		"remit_events_recorded 10", "remit_events_shown 7", "remit_projection_lag_events 3", "remit_archive_lag_events 6",
		"remit_checkpoint_age_seconds 90", "remit_feed_lag_events 1", "remit_feed_rebuilds_total 2", "remit_queue_commands 3",
		"remit_queue_limit_commands 100", "remit_writable 1", "remit_journal_synced 0", `remit_findings{severity="high"} 1`,
		"remit_views_rebuilds_total 3", "remit_views_mended_total 1", "remit_awaiting_second_persons 5", "remit_clock_seconds 1000", `remit_build_info{version="v1"} 1`,
		"remit_commit_events_sum 5", "remit_commit_bytes_sum 1000", "remit_commit_duration_seconds_sum 0.02",
		`remit_refused_attempts_total{reason="NOT_AUTHORISED",right="ListEvents"} 1`)
}

// Findings are looked for at most once a minute, and only when something was recorded.
func TestFindingsAreKept(t *testing.T) {
	now, asked := time.Unix(1000, 0), 0
	c := &collectorOfState{clock: func() time.Time { return now }}
	c.state.Findings = func() (map[string]int, error) { asked++; return map[string]int{"low": asked}, nil }
	for _, step := range []struct {
		later    time.Duration
		position uint64
		asked    int
	}{{0, 1, 1}, {time.Hour, 1, 1}, {0, 2, 2}, {30 * time.Second, 3, 2}, {31 * time.Second, 3, 3}} {
		now = now.Add(step.later)
		if c.found(step.position); asked != step.asked {
			t.Errorf("at %v with event %d they were looked for %d times, not %d", now, step.position, asked, step.asked)
		}
	}
}

func TestOutcomes(t *testing.T) {
	if got := outcomeOf(nil); got != "ok" {
		t.Error(got)
	}
	if got := outcomeOf(connect.NewError(connect.CodeUnavailable, errors.New("x"))); got != "UNAVAILABLE" {
		t.Error(got)
	}
}

// call makes one call, which logs a line, and returns the header of the answer.
func call(t *testing.T, x *Interceptor, logger *slog.Logger, message *remitv1.ProposeTransferRequest, fail error, header http.Header) (answered http.Header) {
	t.Helper()
	handler := connect.NewUnaryHandlerSimple("/remit.v1.TransferService/ProposeTransfer",
		func(ctx context.Context, _ *remitv1.ProposeTransferRequest) (*remitv1.ProposeTransferResponse, error) {
			logger.InfoContext(ctx, "within")
			return &remitv1.ProposeTransferResponse{}, fail
		}, connect.WithInterceptors(x))
	server := httptest.NewServer(Requests(handler, logger, time.Now, func() string { return "made-up" }))
	t.Cleanup(server.Close)
	body, err := json.Marshal(map[string]any{"commandId": message.GetCommandId(), "validateOnly": message.GetValidateOnly()})
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/remit.v1.TransferService/ProposeTransfer?token=in-the-query", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header = header.Clone()
	request.Header.Set("Content-Type", "application/json")
	response, err := server.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	if err := response.Body.Close(); err != nil {
		t.Fatal(err)
	}
	return response.Header
}

// Every line of a request has its id and that of its command, and none has what was sent along.
func TestLinesOfARequest(t *testing.T) {
	for _, form := range []string{LogText, LogJSON} {
		var out bytes.Buffer
		logger, err := NewLogger(&out, form, "debug")
		if err != nil {
			t.Fatal(err)
		}
		m := NewMetrics(time.Now, "v1")
		header := http.Header{"Authorization": {"Bearer secret-token"}, "Cookie": {"session=secret-cookie"}, "X-Request-Id": {"from-caller_1.2"}}
		message := &remitv1.ProposeTransferRequest{CommandId: "5b0c3f3e-0000-4000-8000-000000000001"}
		answered := call(t, NewInterceptor(m, nil), logger, message, nil, header)
		if got := answered.Get(RequestHeader); got != "from-caller_1.2" {
			t.Errorf("the answer names request %q", got)
		}
		header.Set("X-Request-Id", "two words")
		_ = call(t, NewInterceptor(m, nil), logger, message, nil, header)
		lines := strings.Split(strings.TrimSpace(out.String()), "\n")
		if len(lines) != 4 {
			t.Fatalf("there are %d lines: %s", len(lines), out.String())
		}
		for i, line := range lines {
			want := "from-caller_1.2"
			if i >= 2 {
				want = "made-up"
			}
			if !strings.Contains(line, want) || !strings.Contains(line, message.GetCommandId()) {
				t.Errorf("%s: line %d names neither: %s", form, i+1, line)
			}
		}
		if strings.Contains(out.String(), "secret") || strings.Contains(out.String(), "in-the-query") {
			t.Errorf("%s: the log tells secrets: %s", form, out.String())
		}
	}
}

func TestCallsAreCounted(t *testing.T) {
	m := NewMetrics(time.Now, "v1")
	x := NewInterceptor(m, nil)
	quiet := slog.New(slog.DiscardHandler)
	call(t, x, quiet, &remitv1.ProposeTransferRequest{}, nil, http.Header{})
	call(t, x, quiet, &remitv1.ProposeTransferRequest{ValidateOnly: true}, nil, http.Header{})
	call(t, x, quiet, &remitv1.ProposeTransferRequest{}, connect.NewError(connect.CodeAborted, errors.New("lost")), http.Header{})
	mustHave(t, scrape(t, m),
		`remit_commands_total{method="ProposeTransfer",outcome="ok"} 1`, `remit_commands_total{method="ProposeTransfer",outcome="validated"} 1`,
		`remit_commands_total{method="ProposeTransfer",outcome="ABORTED"} 1`, "remit_command_duration_seconds_count 3")
}

// A collector gets a span for each call, within the caller's trace; the log names the trace.
func TestTraces(t *testing.T) {
	got := make(chan *collector.ExportTraceServiceRequest, 10)
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		request := &collector.ExportTraceServiceRequest{}
		if err == nil {
			err = proto.Unmarshal(body, request)
		}
		if err != nil || r.URL.Path != "/v1/traces" {
			t.Errorf("%s got %v", r.URL.Path, err)
		}
		got <- request
		w.WriteHeader(http.StatusOK)
	}))
	defer receiver.Close()
	tracing, err := StartTracing(t.Context(), receiver.URL, "v1")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	logger, err := NewLogger(&out, LogJSON, "info")
	if err != nil {
		t.Fatal(err)
	}
	const id = "0af7651916cd43dd8448eb211c80319c"
	call(t, NewInterceptor(NewMetrics(time.Now, "v1"), tracing), logger, &remitv1.ProposeTransferRequest{CommandId: "c-1"}, nil,
		http.Header{"Traceparent": {"00-" + id + "-b7ad6b7169203331-01"}})
	if err := tracing.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	span := (<-got).GetResourceSpans()[0].GetScopeSpans()[0].GetSpans()[0]
	if span.GetName() != "remit.v1.TransferService/ProposeTransfer" || len(span.GetParentSpanId()) == 0 {
		t.Errorf("the span is %v", span)
	}
	attributes := map[string]string{}
	for _, a := range span.GetAttributes() {
		attributes[a.GetKey()] = a.GetValue().GetStringValue()
	}
	if attributes["remit.outcome"] != "ok" || attributes["remit.command_id"] != "c-1" || attributes["remit.request_id"] != "made-up" {
		t.Errorf("the span has %v", attributes)
	}
	if !strings.Contains(out.String(), `"trace_id":"`+id+`"`) {
		t.Errorf("the log does not name the trace: %s", out.String())
	}
}

func TestUsageOfTheLogAndTraces(t *testing.T) {
	for _, c := range [][2]string{{"xml", "info"}, {"text", "loud"}, {"text", ""}, {"json", "info+3"}} {
		if _, err := NewLogger(io.Discard, c[0], c[1]); !errors.Is(err, ErrLog) {
			t.Errorf("%v: %v", c, err)
		}
	}
	if _, err := StartTracing(t.Context(), "127.0.0.1:4318", "v1"); err == nil {
		t.Error("an endpoint without a scheme is taken")
	}
}
