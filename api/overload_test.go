package api_test

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

	"github.com/remit-register/remit/api"
	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/eventstore/eventstoretest"
)

// attempt is a command that was sent, and what was answered.
type attempt struct {
	body     []byte
	status   int
	took     time.Duration
	position string // where it was recorded
	hint     string // when to try again
	problem  error
}

// establishing returns a command that establishes a body of its own.
func establishing(no int64) []byte {
	body, _ := json.Marshal(object{
		"commandId": uuid.NewString(), "code": fmt.Sprintf("Z%07d", no), "name": "Body of a test", "tier": "TIER_PROVIDER",
		"form": "FORM_TRUST", "legalPerson": true, "effectiveOn": "2020-01-01", "source": "test", "reason": "test",
	})
	return body
}

// send gives a command and returns what was answered.
func (s *server) send(ctx context.Context, client *http.Client, body []byte) attempt {
	a := attempt{body: body}
	began := time.Now()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL+"/remit.v1.OrganisationService/EstablishOrganisation", bytes.NewReader(body))
	if err != nil {
		a.problem = err
		return a
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set(api.ActorHeader, "registrar@X24")
	res, err := client.Do(req)
	if err != nil {
		a.problem = err
		return a
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	a.took, a.status, a.hint, a.problem = time.Since(began), res.StatusCode, res.Header.Get("Retry-After"), err
	var answer object
	if err == nil && json.Unmarshal(raw, &answer) == nil && a.status == http.StatusOK {
		a.position = fmt.Sprint(obj(answer["receipt"])["position"])
	}
	return a
}

// nineNine returns the time within which 99 of 100 attempts were answered.
func nineNine(attempts []attempt) time.Duration {
	times := make([]time.Duration, 0, len(attempts))
	for _, a := range attempts {
		times = append(times, a.took)
	}
	slices.Sort(times)
	return times[len(times)*99/100]
}

// TestOverload measures how many commands a second a register takes whose disk is slow, and then sends three times as
// many: what is accepted is answered within a second, the rest is refused at once and told when to try again, nothing
// that was accepted is missing, and what was refused is recorded when it is sent again.
func TestOverload(t *testing.T) {
	const room = 16
	disk := time.NewTicker(100 * time.Millisecond)
	defer disk.Stop()
	slow := &eventstoretest.FaultJournal{Plan: func(int) eventstoretest.Fault {
		<-disk.C
		return eventstoretest.NoFault
	}}
	store := eventstoretest.New(t, eventstoretest.WithFaults(slow), func(c *eventstore.Config) { c.MaxQueue = room })
	s := newServerOn(t, store)
	s.ok(t, "registrar@X24", "OrganisationService/EstablishOrganisation", object{
		"commandId": uuid.NewString(), "code": "X24", "name": "NHS England", "tier": "TIER_NATIONAL", "form": "FORM_STATUTORY_BODY",
		"legalPerson": true, "effectiveOn": "2013-04-01", "source": "test", "reason": "test",
	})
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 512}, Timeout: time.Minute}
	defer client.CloseIdleConnections()
	var next atomic.Int64
	capacity := measureCapacity(t, s, client, room, &next)
	offered := offer(t, s, client, 3*capacity, 2*time.Second, &next)
	var accepted, refused []attempt
	for _, a := range offered {
		switch {
		case a.problem != nil:
			t.Fatal(a.problem)
		case a.status == http.StatusOK:
			accepted = append(accepted, a)
		case a.status == http.StatusTooManyRequests:
			refused = append(refused, a)
			if a.hint == "" {
				t.Fatal("a refusal does not say when to try again")
			}
		default:
			t.Fatalf("%s: %d", a.body, a.status)
		}
	}
	if len(accepted) == 0 || len(refused) < len(offered)/5 {
		t.Fatalf("%d of %d were refused: that is no overload", len(refused), len(offered))
	}
	acceptedIn, refusedIn := nineNine(accepted), nineNine(refused)
	t.Logf("capacity %d a second; of %d commands at three times that %d were accepted, 99%% within %s, and %d refused, 99%% within %s",
		capacity, len(offered), len(accepted), acceptedIn, len(refused), refusedIn)
	if acceptedIn > time.Second || refusedIn > time.Second/2 {
		t.Errorf("99%% of the accepted took up to %s, of the refused %s", acceptedIn, refusedIn)
	}
	for _, a := range accepted { // the same id answers the first receipt
		if again := s.insist(t, client, a.body); again.position != a.position {
			t.Fatalf("%s was recorded at %q and is at %q", a.body, a.position, again.position)
		}
	}
	if want := uint64(next.Load()) + 1 - uint64(len(refused)); uint64(store.Position()) != want {
		t.Errorf("%d events are recorded, want %d", store.Position(), want)
	}
	for _, a := range refused[:min(len(refused), 50)] {
		s.insist(t, client, a.body)
	}
}

// insist sends a command until it is accepted.
func (s *server) insist(t *testing.T, client *http.Client, body []byte) attempt {
	t.Helper()
	for t.Context().Err() == nil {
		a := s.send(t.Context(), client, body)
		if a.problem != nil || a.status != http.StatusOK && a.status != http.StatusTooManyRequests {
			t.Fatalf("%s: %d, %v", body, a.status, a.problem)
		}
		if a.status == http.StatusOK {
			return a
		}
	}
	return attempt{}
}

// measureCapacity returns how many commands a second are recorded when so many commanders wait for each answer.
func measureCapacity(t *testing.T, s *server, client *http.Client, commanders int, next *atomic.Int64) int {
	t.Helper()
	const each = 10
	began := time.Now()
	var group sync.WaitGroup
	var wrong atomic.Int64
	for range commanders {
		group.Go(func() {
			for range each {
				if a := s.send(t.Context(), client, establishing(next.Add(1))); a.status != http.StatusOK {
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

// offer sends so many commands a second, whether or not those before are answered.
func offer(t *testing.T, s *server, client *http.Client, rate int, during time.Duration, next *atomic.Int64) []attempt {
	t.Helper()
	const beat = 10 * time.Millisecond
	ticker := time.NewTicker(beat)
	defer ticker.Stop()
	var mu sync.Mutex
	var all []attempt
	var group sync.WaitGroup
	began, sent := time.Now(), 0
	for time.Since(began) < during {
		<-ticker.C
		for ; sent < int(time.Since(began).Seconds()*float64(rate)); sent++ {
			group.Go(func() {
				a := s.send(t.Context(), client, establishing(next.Add(1)))
				mu.Lock()
				defer mu.Unlock()
				all = append(all, a)
			})
		}
	}
	group.Wait()
	return all
}
