package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/remit-register/remit/eventstore/eventstoretest"
)

// reply is what became of a request of a test under load.
type reply struct {
	request  []byte
	status   int
	took     time.Duration
	hint     string // when to try again
	position string // where it was recorded
	events   int    // that it recorded
	transfer string // that it made
	problem  error  // of the connection
}

// crowd sends requests to a register as many callers do.
type crowd struct {
	url  string
	http *http.Client
	next atomic.Int64 // numbers the bodies that are established
}

func newCrowd(t *testing.T, s *server) *crowd {
	t.Helper()
	protocols := new(http.Protocols)
	protocols.SetUnencryptedHTTP2(true) // many callers on few connections
	c := &crowd{url: s.url, http: &http.Client{Transport: &http.Transport{Protocols: protocols}, Timeout: time.Minute}}
	t.Cleanup(c.http.CloseIdleConnections)
	return c
}

// body is a command that establishes a body of its own.
func (c *crowd) body() []byte {
	request, _ := json.Marshal(map[string]any{
		"commandId": uuid.NewString(), "code": fmt.Sprintf("Z%08d", c.next.Add(1)), "name": "Body of a test", "tier": "TIER_PROVIDER",
		"form": "FORM_TRUST", "legalPerson": true, "effectiveOn": "2020-01-01", "source": "test", "reason": "test",
	})
	return request
}

const establishPath = "/remit.v1.OrganisationService/EstablishOrganisation"

// give gives a command in somebody's name.
func (c *crowd) give(ctx context.Context, actor, path string, request []byte) reply {
	a := reply{request: request}
	began := time.Now()
	post, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url+path, bytes.NewReader(request))
	if err != nil {
		a.problem = err
		return a
	}
	post.Header.Set("Content-Type", "application/json")
	post.Header.Set(actorHeader, actor)
	response, err := c.http.Do(post)
	if err != nil {
		a.problem = err
		return a
	}
	defer func() { _ = response.Body.Close() }()
	said, err := io.ReadAll(response.Body)
	a.took, a.status, a.hint, a.problem = time.Since(began), response.StatusCode, response.Header.Get("Retry-After"), err
	if err != nil || a.status != http.StatusOK {
		return a
	}
	var answer struct {
		TransferID string `json:"transferId"`
		Receipt    struct {
			Position string            `json:"position"`
			Events   []json.RawMessage `json:"events"`
		} `json:"receipt"`
	}
	a.problem = json.Unmarshal(said, &answer)
	a.position, a.events, a.transfer = answer.Receipt.Position, len(answer.Receipt.Events), answer.TransferID
	return a
}

// asks tells whether a page or a question is answered.
func (c *crowd) asks(ctx context.Context, path string) bool {
	get, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url+path, nil)
	if err != nil {
		return false
	}
	response, err := c.http.Do(get)
	if err != nil {
		return false
	}
	defer func() { _ = response.Body.Close() }()
	_, err = io.Copy(io.Discard, response.Body)
	return err == nil && response.StatusCode == http.StatusOK
}

// slowest returns the time within which 99 of 100 were answered.
func slowest(all []reply) time.Duration {
	if len(all) == 0 {
		return 0
	}
	times := make([]time.Duration, 0, len(all))
	for _, a := range all {
		times = append(times, a.took)
	}
	slices.Sort(times)
	return times[len(times)*99/100]
}

// capacity returns how many commands a second are recorded when so many commanders wait for each answer.
func (c *crowd) capacity(t *testing.T, commanders, each int) int {
	t.Helper()
	var group sync.WaitGroup
	var wrong atomic.Int64
	began := time.Now()
	for range commanders {
		group.Go(func() {
			for range each {
				if a := c.give(t.Context(), "registrar@X24", establishPath, c.body()); a.status != http.StatusOK {
					wrong.Add(1)
				}
			}
		})
	}
	group.Wait()
	if wrong.Load() > 0 {
		t.Fatalf("%d commands were refused within the capacity", wrong.Load())
	}
	return int(float64(commanders*each) / time.Since(began).Seconds())
}

// press has so many callers send commands for some time. Each goes on at once when it is answered; one that is refused
// tries something else ten times sooner than it is told to.
func (c *crowd) press(t *testing.T, callers int, during time.Duration) []reply {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), during)
	defer stop()
	each := make([][]reply, callers)
	var group sync.WaitGroup
	for i := range callers {
		group.Go(func() {
			for ctx.Err() == nil {
				a := c.give(context.WithoutCancel(ctx), "registrar@X24", establishPath, c.body())
				each[i] = append(each[i], a)
				if a.status == http.StatusOK {
					continue
				}
				select {
				case <-ctx.Done():
				case <-time.After(100 * time.Millisecond):
				}
			}
		})
	}
	group.Wait()
	return slices.Concat(each...)
}

// TestRealOverload presses the program, on its port and with the real journal, with three times as many callers as it
// lets in at once: 99 of 100 commands that are accepted are answered within a second, the rest is refused quickly and told
// when to try again, nothing that was accepted is missing, and what was refused left no trace.
func TestRealOverload(t *testing.T) {
	s := launch(t, "--data", t.TempDir(), "--empty")
	s.mustGetReady(t)
	s.establish(t, "X24")
	c := newCrowd(t, s)
	capacity := c.capacity(t, 64, 40)
	offered := c.press(t, 3*256, 3*time.Second)
	var accepted, refused []reply
	for _, a := range offered {
		switch {
		case a.problem != nil:
			t.Fatal(a.problem)
		case a.status == http.StatusOK:
			accepted = append(accepted, a)
		case a.status == http.StatusTooManyRequests && a.hint != "":
			refused = append(refused, a)
		default:
			t.Fatalf("%s: %d, %q", a.request, a.status, a.hint)
		}
	}
	t.Logf("capacity %d a second; of %d commands %d were accepted, 99%% within %s, and %d refused, 99%% within %s",
		capacity, len(offered), len(accepted), slowest(accepted), len(refused), slowest(refused))
	if len(accepted) == 0 || len(refused) < 50 { // as many as are asked again below
		t.Fatal("that is no overload")
	}
	metrics := parseMetrics([]byte(fetch(t, s.url+"/metrics")))
	commands, soon := value(metrics, "remit_command_duration_seconds_count"), 0.0
	for _, bucket := range metrics["remit_command_duration_seconds_bucket"] {
		if bucket.labels == `le="1"` {
			soon = bucket.value
		}
	}
	if !eventstoretest.Race && soon < 0.99*commands {
		t.Errorf("only %.0f of %.0f commands were answered within a second", soon, commands)
	}
	// The callers share the machine with the program, which slows down what they see.
	if !eventstoretest.Race && (slowest(accepted) > 2*time.Second || slowest(refused) > 2*time.Second) {
		t.Error("callers waited too long")
	}
	positions := map[string]bool{}
	for _, a := range accepted {
		positions[a.position] = true
	}
	if all := len(allEvents(t, s)); len(positions) != len(accepted) || all != 1+64*40+len(accepted) {
		t.Errorf("%d commands were accepted, with %d positions; %d events are recorded", len(accepted), len(positions), all)
	}
	for _, a := range accepted[:50] { // the same command again answers the first receipt
		if again := c.give(t.Context(), "registrar@X24", establishPath, a.request); again.position != a.position {
			t.Errorf("%s was recorded at %q and is at %q", a.request, a.position, again.position)
		}
	}
	for _, a := range refused[:50] {
		if again := c.give(t.Context(), "registrar@X24", establishPath, a.request); again.status != http.StatusOK || positions[again.position] {
			t.Errorf("%s, sent again: %d, recorded at %q", a.request, again.status, again.position)
		}
	}
	s.stop(t)
}
