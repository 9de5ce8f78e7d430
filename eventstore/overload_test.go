package eventstore_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/eventstore/eventstoretest"
)

// TestThreeTimesCapacity measures how many commands a second the real journal takes from many who wait for each answer,
// and then sends three times as many, whether or not those before are answered: 99 of 100 that are accepted are recorded
// within a second, the rest is refused at once, and the journal holds what was accepted and nothing else.
func TestThreeTimesCapacity(t *testing.T) {
	h := eventstoretest.New(t)
	var next atomic.Int64
	request := func() eventstore.Request {
		return eventstoretest.Request(eventstoretest.Body(fmt.Sprintf("Z%08d", next.Add(1))))
	}
	capacity := capacityOf(t, h, 1024, 20, request)
	before := h.Position()
	const seconds = 2
	requests := make([]eventstore.Request, 3*capacity*seconds)
	for i := range requests {
		requests[i] = request()
	}
	accepted, acceptedIn, refusedIn := flood(t, h, requests, 3*capacity)
	took := func(all []time.Duration) time.Duration {
		slices.Sort(all)
		return all[len(all)*99/100]
	}
	if len(acceptedIn) == 0 || len(refusedIn) < len(requests)/5 {
		t.Fatalf("%d of %d were refused: that is no overload", len(refusedIn), len(requests))
	}
	t.Logf("capacity %d a second; of %d commands at three times that %d were accepted, 99%% recorded within %s, and %d refused, 99%% within %s",
		capacity, len(requests), len(acceptedIn), took(acceptedIn), len(refusedIn), took(refusedIn))
	if took(acceptedIn) > time.Second || took(refusedIn) > time.Second/2 {
		t.Error("that took too long")
	}
	if h.Position() != before+domain.EventNo(len(accepted)) {
		t.Errorf("%d commands were accepted and %d events recorded", len(accepted), h.Position()-before)
	}
	events, err := h.Read(t.Context(), before+1, h.Position())
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		if accepted[e.CommandID] != e.No {
			t.Errorf("event %d is of command %s, which was told %d", e.No, e.CommandID, accepted[e.CommandID])
		}
	}
}

// capacityOf returns how many commands a second are recorded when so many commanders wait for each answer.
func capacityOf(t *testing.T, h *eventstoretest.Harness, commanders, each int, request func() eventstore.Request) int {
	t.Helper()
	var group sync.WaitGroup
	began := time.Now()
	for range commanders {
		group.Go(func() {
			for range each {
				if _, err := h.Submit(t.Context(), request()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	return int(float64(commanders*each) / time.Since(began).Seconds())
}

// flood sends requests at so many a second, and returns the events of those that were accepted, by command, and how long
// it took to record or refuse them.
func flood(t *testing.T, h *eventstoretest.Harness, requests []eventstore.Request, rate int) (
	accepted map[string]domain.EventNo, acceptedIn, refusedIn []time.Duration,
) {
	t.Helper()
	var mu sync.Mutex
	var group sync.WaitGroup
	accepted = map[string]domain.EventNo{}
	send := func(r eventstore.Request) {
		since := time.Now()
		receipt, err := h.Submit(t.Context(), r)
		took := time.Since(since)
		mu.Lock()
		defer mu.Unlock()
		switch {
		case err == nil:
			accepted[r.CommandID] = receipt.Position
			acceptedIn = append(acceptedIn, took)
		case errors.Is(err, eventstore.ErrOverloaded):
			refusedIn = append(refusedIn, took)
		default:
			t.Error(err)
		}
	}
	ticker := time.NewTicker(time.Millisecond)
	defer ticker.Stop()
	began := time.Now()
	for sent := 0; sent < len(requests); {
		<-ticker.C
		for due := min(len(requests), int(time.Since(began).Seconds()*float64(rate))); sent < due; sent++ {
			one := requests[sent]
			group.Go(func() { send(one) })
		}
	}
	t.Logf("%d commands a second were sent", int(float64(len(requests))/time.Since(began).Seconds()))
	group.Wait()
	return accepted, acceptedIn, refusedIn
}
