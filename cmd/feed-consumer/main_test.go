package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/eventstore/eventstoretest"
)

// output collects what a consumer prints, and stops it after so many lines.
type output struct {
	stop  context.CancelFunc
	after int
	lines []string
}

func (o *output) Write(p []byte) (int, error) {
	o.lines = append(o.lines, string(bytes.TrimSpace(p)))
	if len(o.lines) == o.after {
		o.stop()
	}
	return len(p), nil
}

// follow runs the consumer until it has printed so many lines.
func follow(t *testing.T, url, state, filter string, lines int) []string {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	out := &output{stop: stop, after: lines}
	err := (&consumer{state: state, filter: filter, out: out}).follow(ctx, url)
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("it ended with %v after %d lines", err, len(out.lines))
	}
	return out.lines
}

// register starts a register with a feed.
func register(t *testing.T) (h *eventstoretest.Harness, feed *eventstore.Feed, url string) {
	t.Helper()
	h = eventstoretest.New(t, func(c *eventstore.Config) { c.FeedListen = "127.0.0.1:0" })
	feed, err := eventstore.NewFeed(h.Store, eventstore.FeedConfig{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	var running sync.WaitGroup
	running.Go(func() { _ = feed.Run(ctx) })
	t.Cleanup(func() {
		stop()
		running.Wait()
	})
	return h, feed, "nats://" + h.FeedAddress()
}

func establish(t *testing.T, h *eventstoretest.Harness, feed *eventstore.Feed, from, to int) {
	t.Helper()
	for i := from; i < to; i++ {
		h.MustSubmit(t, eventstoretest.Request(eventstoretest.Body(fmt.Sprintf("B%d", i))))
	}
	if err := feed.WaitFor(t.Context(), domain.EventNo(to)); err != nil {
		t.Fatal(err)
	}
}

// A consumer that stops in the middle goes on there: every event once, in order, also those recorded meanwhile.
func TestConsumerResumes(t *testing.T) {
	h, feed, url := register(t)
	state := filepath.Join(t.TempDir(), "seen.json")
	establish(t, h, feed, 0, 30)
	lines := follow(t, url, state, "remit.feed.>", 7)
	lines = append(lines, follow(t, url, state, "remit.feed.>", 13)...)
	establish(t, h, feed, 30, 40)
	lines = append(lines, follow(t, url, state, "remit.feed.>", 20)...)
	for i, line := range lines {
		var event struct {
			Sequence      int
			Type, Subject string
		}
		if err := json.Unmarshal([]byte(line), &event); err != nil {
			t.Fatal(err)
		}
		if event.Sequence != i+1 || event.Subject != fmt.Sprintf("organisation/B%d", i) || event.Type != "remit.event.v1.OrganisationEstablished" {
			t.Errorf("line %d is %s", i+1, line)
		}
	}
	if len(lines) != 40 {
		t.Errorf("there are %d lines", len(lines))
	}
}

func TestConsumerWithAFilter(t *testing.T) {
	h, feed, url := register(t)
	establish(t, h, feed, 0, 12)
	lines := follow(t, url, filepath.Join(t.TempDir(), "seen.json"), "remit.feed.organisation.B7.>", 1)
	if !strings.Contains(lines[0], `"sequence":8`) {
		t.Errorf("it got %s", lines)
	}
}

// A register that was restored says something else where the consumer was: it must not go on as if nothing had been.
func TestConsumerNoticesAnotherHistory(t *testing.T) {
	h, feed, url := register(t)
	establish(t, h, feed, 0, 3)
	for want, at := range map[string]seen{
		"another event there": {Sequence: 2, ID: "01ARZ3NDEKTSV4RRFFQ69G5FAV/0"},
		"not in the feed":     {Sequence: 9, ID: "01ARZ3NDEKTSV4RRFFQ69G5FAV/0"},
	} {
		c := &consumer{state: filepath.Join(t.TempDir(), "seen.json"), filter: "remit.feed.>", out: &output{}}
		if err := c.note(at); err != nil {
			t.Fatal(err)
		}
		if err := c.follow(t.Context(), url); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("at %v it ends with %v", at, err)
		}
	}
}
