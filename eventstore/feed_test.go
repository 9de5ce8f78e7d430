package eventstore_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/eventstore/eventstoretest"
)

// runFeed writes the feed of a store until stop is called, or the test ends.
func runFeed(t *testing.T, h *eventstoretest.Harness) (feed *eventstore.Feed, stop func()) {
	t.Helper()
	feed, err := eventstore.NewFeed(h.Store, eventstore.FeedConfig{Check: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	var running sync.WaitGroup
	running.Go(func() {
		if err := feed.Run(ctx); err != nil {
			t.Errorf("the feed ended with %v", err)
		}
	})
	stop = sync.OnceFunc(func() {
		cancel()
		running.Wait()
	})
	t.Cleanup(stop)
	return feed, stop
}

// consume connects to a server as a consumer does.
func consume(t *testing.T, url string) jetstream.JetStream {
	t.Helper()
	nc, err := nats.Connect(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	js, err := jetstream.New(nc, jetstream.WithDefaultTimeout(2*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	return js
}

// checkFeed waits until the feed has all events of h, and compares each message with the journal.
func checkFeed(t *testing.T, h *eventstoretest.Harness, feed *eventstore.Feed, js jetstream.JetStream) {
	t.Helper()
	last := h.Position()
	if err := feed.WaitFor(t.Context(), last); err != nil {
		t.Fatal(err)
	}
	consumer, err := js.OrderedConsumer(t.Context(), "REMIT_FEED", jetstream.OrderedConsumerConfig{})
	if err != nil {
		t.Fatal(err)
	}
	messages, err := consumer.Messages()
	if err != nil {
		t.Fatal(err)
	}
	defer messages.Stop()
	enough := errors.New("enough")
	err = h.FollowBytes(t.Context(), 0, func(first domain.EventNo, stored [][]byte) error {
		for i, want := range stored {
			no := first + domain.EventNo(i)
			msg, err := messages.Next(jetstream.NextMaxWait(5 * time.Second))
			if err != nil {
				return fmt.Errorf("event %d: %w", no, err)
			}
			meta, err := msg.Metadata()
			if err != nil {
				return err
			}
			if meta.Sequence.Stream != uint64(no) || !bytes.Equal(msg.Data(), want) {
				return fmt.Errorf("message %d is not event %d", meta.Sequence.Stream, no)
			}
			if no == last {
				return enough
			}
		}
		return nil
	})
	if !errors.Is(err, enough) {
		t.Fatal(err)
	}
	info, err := js.Stream(t.Context(), "REMIT_FEED")
	if err != nil || info.CachedInfo().State.LastSeq != uint64(last) {
		t.Fatalf("the feed ends with %d, not %d (%v)", info.CachedInfo().State.LastSeq, last, err)
	}
}

// A consumer from outside reads every event with its CloudEvents headers, and can do nothing else.
func TestFeedOfTheEmbeddedServer(t *testing.T) {
	h := eventstoretest.New(t, func(c *eventstore.Config) { c.FeedListen = "127.0.0.1:0" })
	founding := h.MustSubmit(t, eventstoretest.WithReason(t, eventstoretest.Request(eventstoretest.Body("A1")), "Dr Jane Smith"))
	feed, _ := runFeed(t, h)
	receipt := h.MustSubmit(t, eventstoretest.Request(eventstoretest.Rename("A1", "Another name")))
	js := consume(t, "nats://"+h.FeedAddress())
	checkFeed(t, h, feed, js)

	stream, err := js.Stream(t.Context(), "REMIT_FEED")
	if err != nil {
		t.Fatal(err)
	}
	msg, err := stream.GetMsg(t.Context(), uint64(receipt.Position))
	if err != nil {
		t.Fatal(err)
	}
	want := http.Header{
		"ce-specversion": {"1.0"}, "ce-id": {receipt.TransactionID + "/0"}, "ce-source": {"urn:remit:register:" + founding.TransactionID},
		"ce-type": {"remit.event.v1.OrganisationRenamed"}, "ce-subject": {"organisation/A1"},
		"ce-time":            {receipt.RecordedAt.Format(time.RFC3339Nano)},
		"ce-datacontenttype": {"application/protobuf"}, "ce-dataschema": {"urn:remit:schema:remit.event.v1.Event"},
		"ce-sequence": {fmt.Sprintf("%020d", receipt.Position)}, "ce-effectiveon": {"2026-11-21"},
	}
	for name, value := range want {
		if got := msg.Header.Values(name); len(got) != 1 || got[0] != value[0] {
			t.Errorf("header %s is %q, not %q", name, got, value)
		}
	}
	for name := range msg.Header {
		if _, ok := want[name]; !ok && strings.HasPrefix(name, "ce-") {
			t.Errorf("header %s is not documented", name)
		}
	}
	if msg.Subject != "remit.feed.organisation.A1.OrganisationRenamed" {
		t.Errorf("subject is %s", msg.Subject)
	}
	first, err := stream.GetMsg(t.Context(), 1)
	if err != nil || bytes.Contains(first.Data, []byte("Jane")) || strings.Contains(fmt.Sprint(first.Header), "Jane") {
		t.Errorf("the feed names a person, or cannot be read: %v", err)
	}
	refusedToConsumers(t, js)
}

// refusedToConsumers tries what somebody from outside must not do.
func refusedToConsumers(t *testing.T, js jetstream.JetStream) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	for what, err := range map[string]error{
		"read the journal":  second(js.Stream(ctx, eventstoretest.JournalStream)),
		"read the vault":    second(js.Stream(ctx, "REMIT_VAULT")),
		"delete the feed":   js.DeleteStream(ctx, "REMIT_FEED"),
		"write to the feed": second(js.Publish(ctx, "remit.feed.x.y.Z", nil)),
		"write a record":    second(js.Publish(ctx, "remit.journal", nil)),
		"make a stream":     second(js.CreateStream(ctx, jetstream.StreamConfig{Name: "X", Subjects: []string{"x"}})),
	} {
		if err == nil {
			t.Errorf("a consumer may %s", what)
		}
	}
}

func second[T any](_ T, err error) error { return err }

// Whatever moment the process ends at between journal and feed, the next goes on where the feed ends.
func TestFeedGoesOnAfterAnInterruption(t *testing.T) {
	external := eventstoretest.StartServer(t)
	h := eventstoretest.New(t, external.Use())
	js := consume(t, external.ClientURL())
	random := rand.New(rand.NewPCG(1, 2))
	for round := range 12 {
		for i := range 40 {
			h.MustSubmit(t, eventstoretest.Request(eventstoretest.Body(fmt.Sprintf("B%d-%d", round, i))))
		}
		feed, stop := runFeed(t, h)
		before := domain.EventNo(40 * round) // at most: earlier rounds may have been cut short
		at := max(1, before-domain.EventNo(random.IntN(40))) + domain.EventNo(random.IntN(40))
		if err := feed.WaitFor(t.Context(), min(at, h.Position())); err != nil {
			t.Fatal(err)
		}
		stop()
		if round%3 == 2 { // the rest of the process ends too
			h.Restart(t)
		}
	}
	feed, _ := runFeed(t, h)
	checkFeed(t, h, feed, js)
	if n := feed.Status().Rebuilt; n != 0 {
		t.Errorf("the feed was begun anew %d times", n)
	}
}

// Several processes write one journal and one feed: every event is in the feed once, in its place.
func TestSeveralProcessesWriteOneFeed(t *testing.T) {
	external := eventstoretest.StartServer(t)
	js := consume(t, external.ClientURL())
	const processes, each = 3, 60
	var stores []*eventstoretest.Harness
	var feeds []*eventstore.Feed
	var wait sync.WaitGroup
	for range processes {
		stores = append(stores, eventstoretest.New(t, external.Use()))
	}
	for p, h := range stores {
		feed, _ := runFeed(t, h)
		feeds = append(feeds, feed)
		wait.Go(func() {
			for i := range each {
				if _, err := h.Submit(t.Context(), eventstoretest.Request(eventstoretest.Body(fmt.Sprintf("P%d-%d", p, i)))); err != nil {
					t.Errorf("process %d: %v", p, err)
				}
			}
		})
	}
	wait.Wait()
	meet(t, stores...)
	for p, h := range stores {
		checkFeed(t, h, feeds[p], js)
		if s := feeds[p].Status(); s.Rebuilt != 0 {
			t.Errorf("process %d began the feed anew %d times", p, s.Rebuilt)
		}
	}
}

// A feed that is not the beginning of the journal is written again, whatever is wrong with it.
func TestFeedThatDisagreesIsBegunAnew(t *testing.T) {
	cases := map[string]func(*testing.T, jetstream.JetStream){
		"somebody deleted it": func(*testing.T, jetstream.JetStream) {},
		"other events": func(t *testing.T, js jetstream.JetStream) {
			makeFeed(t, js, "x", "y")
		},
		"more than the journal has": func(t *testing.T, js jetstream.JetStream) {
			makeFeed(t, js, "1", "2", "3", "4", "5", "6")
		},
	}
	for name, spoil := range cases {
		t.Run(name, func(t *testing.T) {
			external := eventstoretest.StartServer(t)
			h := eventstoretest.New(t, external.Use())
			js := consume(t, external.ClientURL())
			for i := range 4 {
				h.MustSubmit(t, eventstoretest.Request(eventstoretest.Body(fmt.Sprintf("B%d", i))))
			}
			feed, stop := runFeed(t, h)
			checkFeed(t, h, feed, js)
			stop()
			if err := js.DeleteStream(t.Context(), "REMIT_FEED"); err != nil {
				t.Fatal(err)
			}
			spoil(t, js)
			again, _ := runFeed(t, h)
			checkFeed(t, h, again, js)
		})
	}
}

func feedConfig() jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name: "REMIT_FEED", Subjects: []string{"remit.feed.>"}, DenyDelete: true, DenyPurge: true,
		Discard: jetstream.DiscardNew, Duplicates: 30 * time.Second, MaxMsgs: -1, MaxBytes: -1, MaxMsgsPerSubject: -1, MaxMsgSize: -1,
	}
}

// makeFeed puts messages into the place of a feed.
func makeFeed(t *testing.T, js jetstream.JetStream, data ...string) {
	t.Helper()
	if _, err := js.CreateStream(t.Context(), feedConfig()); err != nil {
		t.Fatal(err)
	}
	for _, d := range data {
		if _, err := js.Publish(t.Context(), "remit.feed.a.b.C", []byte(d)); err != nil {
			t.Fatal(err)
		}
	}
}

// A feed that is deleted while it is written comes back without anything being recorded.
func TestDeletedFeedComesBack(t *testing.T) {
	external := eventstoretest.StartServer(t)
	h := eventstoretest.New(t, external.Use())
	js := consume(t, external.ClientURL())
	h.MustSubmit(t, eventstoretest.Request(eventstoretest.Body("A1")))
	feed, _ := runFeed(t, h)
	checkFeed(t, h, feed, js)
	for _, want := range []bool{true, false} {
		existed, err := eventstore.DeleteFeed(t.Context(), h.Config)
		if err != nil || want && !existed {
			t.Fatalf("deleted: %t, %v", existed, err)
		}
		awaitCondition(t, func() bool {
			stream, err := js.Stream(t.Context(), "REMIT_FEED")
			return err == nil && stream.CachedInfo().State.LastSeq == 1
		})
	}
	checkFeed(t, h, feed, js)
}

// A stream that is set up otherwise is told, and nothing is written to it.
func TestFeedOfOtherSettings(t *testing.T) {
	external := eventstoretest.StartServer(t)
	h := eventstoretest.New(t, external.Use())
	js := consume(t, external.ClientURL())
	config := feedConfig()
	config.MaxMsgs = 10
	if _, err := js.CreateStream(t.Context(), config); err != nil {
		t.Fatal(err)
	}
	h.MustSubmit(t, eventstoretest.Request(eventstoretest.Body("A1")))
	feed, _ := runFeed(t, h)
	err := feed.Await(t.Context(), func(s eventstore.FeedStatus) bool { return errors.Is(s.Err, eventstore.ErrSettings) })
	if err != nil {
		t.Error(err)
	}
}
