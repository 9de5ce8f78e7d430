package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/remit-register/remit/eventstore/eventstoretest"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// TestLogTellsNoSecrets gives a register at its most talkative tokens, names and texts, in calls that work and calls that
// fail: its log has the ids of requests and commands, and none of those.
func TestLogTellsNoSecrets(t *testing.T) {
	s := launch(t, "--data", t.TempDir(), "--empty", "--log-level", "debug", "--log-format", "json")
	s.mustGetReady(t)
	const secret = "secret-of-jane-smith"
	good := uuid.NewString()
	for path, body := range map[string]string{
		"/remit.v1.OrganisationService/EstablishOrganisation": `{"commandId":"` + good + `","code":"X24","name":"NHS England","tier":"TIER_NATIONAL",
			"form":"FORM_STATUTORY_BODY","legalPerson":true,"effectiveOn":"2013-04-01","source":"test","reason":"` + secret + `"}`,
		"/remit.v1.OrganisationService/RenameOrganisation": `{"commandId":"` + uuid.NewString() + `","code":"` + secret + `","reason":"` + secret + `"}`,
		"/remit.v1.MapService/WhoHolds":                    `{"function":"` + secret + `"}`,
		"/remit.v1.MapService/GetMap":                      `{"` + secret + `":`,
		"/nowhere":                                         secret,
	} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+path+"?access_token="+secret, bytes.NewReader([]byte(body)))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Authorization", "Bearer "+secret)
		request.Header.Set("Cookie", "session="+secret)
		request.Header.Set(actorHeader, secret+"@X24")
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, response.Body)
		if err := response.Body.Close(); err != nil || response.Header.Get("X-Request-Id") == "" {
			t.Errorf("%s: the answer names no request (%v)", path, err)
		}
	}
	metrics := fetch(t, s.url+"/metrics")
	s.stop(t)
	log, found := s.stderr.String(), false
	for line := range strings.Lines(log) {
		var entry map[string]any
		if json.Unmarshal([]byte(line), &entry) != nil || entry["msg"] != "request" {
			continue
		}
		if entry["request_id"] == nil {
			t.Errorf("a request has no id: %s", line)
		}
		found = found || entry["command_id"] == good
	}
	if !found {
		t.Errorf("no line names command %s:\n%s", good, log)
	}
	if strings.Contains(log, secret) || strings.Contains(metrics, secret) {
		t.Errorf("the log or the metrics tell what they must not:\n%s", log)
	}
	for _, want := range []string{
		`remit_commands_total{method="EstablishOrganisation",outcome="ok"} 1`, "remit_commit_events_count 1", "remit_events_recorded 1",
	} {
		if !strings.Contains(metrics, "\n"+want+"\n") {
			t.Errorf("the metrics do not say %s", want)
		}
	}
}

func fetch(t *testing.T, url string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s answers %s (%v)", url, response.Status, err)
	}
	return string(body)
}

// TestFeedSurvivesKills kills processes that write one feed, while commands are recorded: in the end the feed has every
// event once, in its place, and "feed rebuild" has it written again.
func TestFeedSurvivesKills(t *testing.T) {
	external := eventstoretest.StartServer(t)
	start := func() *server {
		s := launch(t, "--data", t.TempDir(), "--nats", external.ClientURL(), "--nats-monitor", "http://"+external.MonitorAddr().String(),
			"--empty", "--feed")
		s.mustGetReady(t)
		return s
	}
	steady := start()
	establishBody(t, steady, "X24")
	recorded := 1
	for round := range 3 {
		victim := start()
		for i := range 25 {
			establishBody(t, []*server{steady, victim}[i%2], fmt.Sprintf("B%dX%02d", round, i))
			recorded++
		}
		if err := victim.cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = victim.cmd.Wait() // it was killed
	}
	js := feedOf(t, external.ClientURL())
	awaitFeed(t, js, recorded)
	events := allEvents(t, steady)
	if len(events) != recorded {
		t.Fatalf("%d events are recorded, not %d", len(events), recorded)
	}
	var out bytes.Buffer
	a := &app{stdout: &out, stderr: &out, getenv: func(string) string { return "" }, clock: time.Now}
	if code := a.main(t.Context(), []string{"feed", "rebuild", "--nats", external.ClientURL()}); code != exitOK {
		t.Fatalf("rebuild ends with %d: %s", code, &out)
	}
	awaitFeed(t, js, recorded)
	steady.stop(t)
}

func establishBody(t *testing.T, s *server, code string) {
	t.Helper()
	_, err := s.client("registrar@X24").organisations().EstablishOrganisation(t.Context(), &remitv1.EstablishOrganisationRequest{
		CommandId: uuid.NewString(), Code: code, Name: "Body " + code, Tier: remitv1.Tier_TIER_NATIONAL,
		Form: remitv1.Form_FORM_STATUTORY_BODY, LegalPerson: true, EffectiveOn: "2013-04-01", Source: "test", Reason: "known only now",
	})
	if err != nil {
		t.Fatal(err)
	}
}

func feedOf(t *testing.T, url string) jetstream.JetStream {
	t.Helper()
	nc, err := nats.Connect(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	return js
}

// awaitFeed waits until the feed has so many events, and checks that each says its number.
func awaitFeed(t *testing.T, js jetstream.JetStream, want int) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	limit := time.After(time.Minute)
	var stream jetstream.Stream
	for {
		var err error
		stream, err = js.Stream(t.Context(), "REMIT_FEED")
		if err == nil && stream.CachedInfo().State.LastSeq >= uint64(want) {
			break
		}
		select {
		case <-tick.C:
		case <-limit:
			t.Fatalf("the feed did not get to event %d (%v)", want, err)
		}
	}
	sources := map[string]bool{}
	for no := uint64(1); no <= uint64(want); no++ {
		message, err := stream.GetMsg(t.Context(), no)
		if err == nil {
			sources[message.Header.Get("ce-source")] = true
		}
		if err != nil || message.Header.Get("ce-sequence") != fmt.Sprintf("%020d", no) {
			t.Fatalf("message %d is %v (%v)", no, message, err)
		}
	}
	if len(sources) != 1 {
		t.Errorf("the events have the sources %v", sources)
	}
	if state := stream.CachedInfo().State; state.Msgs != uint64(want) {
		t.Errorf("the feed has %d messages", state.Msgs)
	}
}
