package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/remit-register/remit/eventstore/archive"
	"github.com/remit-register/remit/eventstore/eventstoretest"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

var kills = flag.Int("kills", 3, "how often the tests kill a server of the same register")

// realBinary returns the program itself, built once as users build it.
var realBinary = sync.OnceValues(func() (string, error) {
	path := filepath.Join(temporary, "real", "remit")
	out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build the program: %w\n%s", err, out)
	}
	return path, nil
})

// launch starts the real program on a directory.
func launch(t *testing.T, args ...string) *server {
	t.Helper()
	if eventstoretest.Race {
		t.Skip("the program as users build it has no race detector in it: the scripts run one that has")
	}
	binary, err := realBinary()
	if err != nil {
		t.Fatal(err)
	}
	s, err := startServer(binary, args...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.cmd.Process.Kill() }) // of one that has ended, it does nothing
	return s
}

// mustGetReady returns once the server says that it is ready.
func (s *server) mustGetReady(t *testing.T) {
	t.Helper()
	if err := s.awaitReady(); err != nil {
		t.Fatal(err)
	}
}

// kill ends the server without a word of warning.
func (s *server) kill(t *testing.T) {
	t.Helper()
	var exit *exec.ExitError
	if err := s.end(syscall.SIGKILL); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
}

// stop ends the server as an operator does.
func (s *server) stop(t *testing.T) {
	t.Helper()
	if err := s.end(syscall.SIGTERM); err != nil {
		t.Fatalf("the server did not end well: %v\n%s", err, s.stderr)
	}
}

func (s *server) client(actor string) *client {
	return newClient(&http.Client{Timeout: time.Minute}, s.url, actor)
}

// sent is a command that was sent, and the answer if there was one.
type sent struct {
	request *remitv1.EstablishOrganisationRequest
	receipt *remitv1.Receipt // nil when the answer was lost
}

// ledger is what the commanders of a test have sent.
type ledger struct {
	mu     sync.Mutex
	all    []*sent
	acks   int
	target int
	enough chan struct{} // closed when target acknowledgements are in
}

func (l *ledger) begin() *sent {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := &sent{request: &remitv1.EstablishOrganisationRequest{
		CommandId: uuid.NewString(), Code: "K" + strings.ToUpper(strconv.FormatInt(int64(len(l.all)), 36)) + "Z",
		Name: "Body of a test", Tier: remitv1.Tier_TIER_PROVIDER, Form: remitv1.Form_FORM_TRUST, LegalPerson: true,
		EffectiveOn: "2020-01-01", Source: "test", Reason: "the reason is a personal text",
	}}
	l.all = append(l.all, s)
	return s
}

func (l *ledger) acknowledged(s *sent, receipt *remitv1.Receipt) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s.receipt = receipt
	if l.acks++; l.acks == l.target {
		close(l.enough)
	}
}

// commanders send commands until the server is gone.
func (l *ledger) commanders(ctx context.Context, s *server, n int) *sync.WaitGroup {
	var group sync.WaitGroup
	for range n {
		group.Go(func() {
			organisations := s.client("registrar@X24").organisations()
			for {
				one := l.begin()
				answer, err := organisations.EstablishOrganisation(ctx, one.request)
				if err != nil {
					return
				}
				l.acknowledged(one, answer.GetReceipt())
			}
		})
	}
	return &group
}

// TestKillUnderLoad kills the server again and again while commanders send commands: what was acknowledged is there
// when it comes back, and nothing is there twice.
func TestKillUnderLoad(t *testing.T) {
	for _, mode := range []string{archiveAsync, archiveSync} {
		t.Run(mode, func(t *testing.T) { killUnderLoad(t, mode) })
	}
}

func killUnderLoad(t *testing.T, mode string) {
	t.Helper()
	dir := t.TempDir()
	l := &ledger{}
	args := []string{"--data", dir, "--empty", "--archive-mode", mode}
	s := launch(t, args...)
	s.mustGetReady(t)
	_, err := s.client("registrar@X24").organisations().EstablishOrganisation(t.Context(), &remitv1.EstablishOrganisationRequest{
		CommandId: uuid.NewString(), Code: "X24", Name: "NHS England", Tier: remitv1.Tier_TIER_NATIONAL,
		Form: remitv1.Form_FORM_STATUTORY_BODY, LegalPerson: true, EffectiveOn: "2013-04-01", Source: "test", Reason: "test",
	})
	if err != nil {
		t.Fatal(err)
	}
	for round := range *kills {
		l.target, l.enough = l.acks+1+rand.IntN(300), make(chan struct{})
		group := l.commanders(t.Context(), s, 8)
		<-l.enough
		s.kill(t)
		group.Wait()
		s = launch(t, args...)
		s.mustGetReady(t)
		l.resend(t, s)
		l.checkOnce(t, s)
		t.Logf("round %d: %d commands", round, len(l.all))
	}
	before := allEvents(t, s)
	s.stop(t)
	s = launch(t, args...)
	s.mustGetReady(t)
	if after := allEvents(t, s); !slices.Equal(before, after) {
		t.Error("after a restart in peace, the events are not the same")
	}
	verifier, err := archive.ParseTrustedKeys(mustRemit(t, "key", "-q", "--data", dir))
	s.stop(t)
	if err != nil {
		t.Fatal(err)
	}
	found, err := archive.Verify(t.Context(), archive.Verification{Source: archive.Dir(filepath.Join(dir, "archive")), Keys: verifier})
	if err != nil || int(found.Head.Size) != len(before) {
		t.Errorf("the archive has %d events, the journal %d: %v", found.Head.Size, len(before), err)
	}
}

// resend sends every command again with its id: those that were acknowledged answer their first receipts.
func (l *ledger) resend(t *testing.T, s *server) {
	t.Helper()
	organisations := s.client("registrar@X24").organisations()
	for _, one := range l.all {
		answer, err := organisations.EstablishOrganisation(t.Context(), one.request)
		if err != nil {
			t.Fatalf("command %s sent again: %v", one.request.GetCommandId(), err)
		}
		receipt := answer.GetReceipt()
		if one.receipt != nil && (!receipt.GetReplayed() || receipt.GetPosition() != one.receipt.GetPosition() ||
			receipt.GetTransactionId() != one.receipt.GetTransactionId()) {
			t.Errorf("command %s was acknowledged as %v and is now %v", one.request.GetCommandId(), one.receipt, receipt)
		}
		one.receipt = receipt
	}
}

// checkOnce checks that every command is recorded, and once: its body is established by one event.
func (l *ledger) checkOnce(t *testing.T, s *server) {
	t.Helper()
	times := map[string]int{}
	for i, event := range allEvents(t, s) {
		no, id, ok := strings.Cut(event, " ")
		if !ok || no != fmt.Sprint(i+1) {
			t.Fatalf("event %d is %q", i+1, event)
		}
		id, _, _ = strings.Cut(id, " ")
		times[id]++
	}
	if len(times) != len(l.all)+1 {
		t.Errorf("%d commands are recorded, of %d sent", len(times)-1, len(l.all))
	}
	for _, one := range l.all {
		if n := times[one.request.GetCommandId()]; n != 1 {
			t.Errorf("command %s is recorded %d times", one.request.GetCommandId(), n)
		}
	}
}

// allEvents returns a line for every event: number, command, type, entity, reason, digest.
func allEvents(t *testing.T, s *server) []string {
	t.Helper()
	var all []string
	request := &remitv1.ListEventsRequest{PageSize: listPage}
	for {
		answer, err := s.client("").audit().ListEvents(t.Context(), request)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range answer.GetEvents() {
			all = append(all, fmt.Sprintf("%s %s %s %s %q %s", e.GetPosition(), e.GetCommandId(), e.GetType(), e.GetEntity(),
				e.GetReason(), e.GetDigest()))
		}
		if answer.GetNextAfterPosition() == "" {
			return all
		}
		request.AfterPosition = answer.GetNextAfterPosition()
	}
}

// TestKillDuringReferenceLoad kills the server while it loads the reference register: the next start brings the load to
// its end, and the register is the same as that of a load in peace.
func TestKillDuringReferenceLoad(t *testing.T) {
	peaceful, err := loadedRegister()
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(t.TempDir(), "copy")
	if err := copyRegister(copied, peaceful); err != nil {
		t.Fatal(err)
	}
	s := launch(t, "--data", copied)
	s.mustGetReady(t)
	want, events := wholeRegister(t, s), len(allEvents(t, s))
	s.stop(t)
	for round := range *kills {
		dir := filepath.Join(t.TempDir(), "data")
		target := rand.IntN(events)
		s := launch(t, "--data", dir)
		seen := s.awaitEvents(t, target)
		if round == 0 {
			s.stop(t) // asked politely, it leaves the rest of the load to the next start as well
		} else {
			s.kill(t)
		}
		s = launch(t, "--data", dir)
		s.mustGetReady(t)
		t.Logf("round %d: ended with at least %d of %d events; %s", round, seen, events, lineWith(s.stderr.String(), "loaded"))
		if got := wholeRegister(t, s); got != want {
			t.Errorf("the load was ended after %d of %d events: the register is not the same", seen, events)
		}
		if got := len(allEvents(t, s)); got != events {
			t.Errorf("the load was ended after %d events: there are %d in the end, not %d", seen, got, events)
		}
		s.stop(t)
	}
}

// awaitEvents returns once the server has recorded at least as many events, and how many it has.
func (s *server) awaitEvents(t *testing.T, target int) int {
	t.Helper()
	url, ok := <-s.stderr.listens
	if !ok {
		t.Fatalf("the server does not listen:\n%s", s.stderr)
	}
	for {
		answer, err := http.Get(url + "/readyz")
		if err != nil {
			t.Fatal(err)
		}
		var state struct {
			Recorded string `json:"recorded"`
		}
		err = errors.Join(json.NewDecoder(answer.Body).Decode(&state), answer.Body.Close())
		recorded, numberErr := strconv.Atoi(state.Recorded)
		if err := errors.Join(err, numberErr); err != nil {
			t.Fatal(err)
		}
		if recorded >= target {
			return recorded
		}
	}
}

// wholeRegister returns the map on several dates, the bodies and the transfers, without what differs from load to load.
func wholeRegister(t *testing.T, s *server) string {
	t.Helper()
	random := regexp.MustCompile(`\b[0-9A-HJKMNP-TV-Z]{26}\b|"knownAt":"[^"]*"|"(recordedAt|createdAt|changedAt)":"[^"]*"`)
	var all strings.Builder
	for _, args := range [][]string{
		{"map", "--on", "2022-07-01"},
		{"map", "--on", "2026-03-31"},
		{"map", "--on", today},
		{"orgs", "--include-closed", "--on", today},
		{"footprints", "--include-closed", "--on", today},
		{"transfer", "list", "--on", today},
		{"delegations", "--on", today},
	} {
		var stderr strings.Builder
		a := &app{stdout: &all, stderr: &stderr, getenv: func(string) string { return "" }, clock: time.Now}
		if code := a.main(t.Context(), append([]string{"--server", s.url, "-o", "jsonl"}, args...)); code != exitOK {
			t.Fatalf("remit %s: exit code %d: %s", strings.Join(args, " "), code, stderr.String())
		}
	}
	return random.ReplaceAllString(all.String(), "")
}

func lineWith(text, word string) string {
	for line := range strings.Lines(text) {
		if strings.Contains(line, word) {
			return strings.TrimSpace(line)
		}
	}
	return ""
}
