// Command feed-consumer is an example of a system that follows a register's feed: it prints a line of JSON for each event,
// once, and goes on where it was when it is started again. eventstore/FEED.md describes the feed.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"syscall"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"google.golang.org/protobuf/proto"

	eventv1 "github.com/remit-register/remit/proto/remit/event/v1"
)

func main() {
	url := flag.String("nats", nats.DefaultURL, "URL of the NATS server with the feed")
	state := flag.String("state", "feed-consumer.json", "file that keeps what was dealt with")
	filter := flag.String("filter", "remit.feed.>", "subjects to follow")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	c := &consumer{state: *state, filter: *filter, out: os.Stdout}
	if err := c.follow(ctx, *url); err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(os.Stderr, "feed-consumer:", err)
		os.Exit(1) //nolint:gocritic // stop only ends the signals
	}
}

// seen is what a consumer remembers: the last event that it dealt with.
type seen struct {
	Sequence uint64 `json:"sequence"`
	ID       string `json:"id"` // its ce-id
}

// consumer follows a feed.
type consumer struct {
	state, filter string
	out           io.Writer
}

// errOtherHistory says that the register was restored from a copy since: what came after the copy was recorded anew.
var errOtherHistory = errors.New("the feed has another event there now: the register was restored; " +
	"take back what came after the last event that agrees, or begin again without the state file")

// follow deals with every event that it has not dealt with, until ctx ends.
func (c *consumer) follow(ctx context.Context, url string) error {
	nc, err := nats.Connect(url, nats.Name("feed-consumer"), nats.MaxReconnects(-1))
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		return fmt.Errorf("use JetStream: %w", err)
	}
	stream, err := js.Stream(ctx, "REMIT_FEED")
	if err != nil {
		return fmt.Errorf("find the feed: %w", err)
	}
	last, err := c.resume(ctx, stream)
	if err != nil {
		return err
	}
	events, err := stream.OrderedConsumer(ctx, jetstream.OrderedConsumerConfig{
		FilterSubjects: []string{c.filter}, DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: last.Sequence + 1,
	})
	if err != nil {
		return fmt.Errorf("follow the feed: %w", err)
	}
	messages, err := events.Messages()
	if err != nil {
		return fmt.Errorf("follow the feed: %w", err)
	}
	defer messages.Stop()
	for ctx.Err() == nil {
		message, err := messages.Next(jetstream.NextContext(ctx))
		if err != nil {
			return err
		}
		meta, err := message.Metadata()
		if err != nil {
			return err
		}
		// Without a filter there are no gaps: one would mean that a message cannot be read.
		if c.filter == "remit.feed.>" && meta.Sequence.Stream != last.Sequence+1 {
			return fmt.Errorf("event %d follows event %d", meta.Sequence.Stream, last.Sequence)
		}
		last = seen{meta.Sequence.Stream, message.Headers().Get("ce-id")}
		if err := c.deal(message, last); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// resume reads what was dealt with, and makes sure that the feed still says the same there.
func (c *consumer) resume(ctx context.Context, stream jetstream.Stream) (seen, error) {
	var last seen
	content, err := os.ReadFile(c.state)
	if errors.Is(err, fs.ErrNotExist) {
		return last, nil
	}
	if err == nil {
		err = json.Unmarshal(content, &last)
	}
	if err != nil || last.Sequence == 0 {
		return last, err
	}
	message, err := stream.GetMsg(ctx, last.Sequence)
	switch {
	case errors.Is(err, jetstream.ErrMsgNotFound):
		// The feed may be shorter because it is being written again: it will get there, or the register has lost it.
		return last, fmt.Errorf("event %d is not in the feed (yet): try again in a moment", last.Sequence)
	case err != nil:
		return last, fmt.Errorf("look at event %d: %w", last.Sequence, err)
	case message.Header.Get("ce-id") != last.ID:
		return last, fmt.Errorf("event %d: %w", last.Sequence, errOtherHistory)
	}
	return last, nil
}

// deal does what the consumer is there for, here to print the event, and notes that it is done. A system with a database
// does both in one transaction; here a crash in between prints the event once more.
func (c *consumer) deal(message jetstream.Msg, as seen) error {
	event := &eventv1.Event{}
	if err := proto.Unmarshal(message.Data(), event); err != nil {
		return fmt.Errorf("event %d: %w", as.Sequence, err)
	}
	header := message.Headers()
	line, err := json.Marshal(map[string]any{
		"sequence": as.Sequence, "id": as.ID, "type": header.Get("ce-type"), "subject": header.Get("ce-subject"),
		"time": header.Get("ce-time"), "effectiveOn": header.Get("ce-effectiveon"),
		"index": event.GetIndex(), "count": event.GetCount(), // in the events of one command
	})
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(c.out, "%s\n", line); err != nil {
		return err
	}
	return c.note(as)
}

// note keeps what was dealt with: whole, or as it was before.
func (c *consumer) note(last seen) error {
	content, err := json.Marshal(last)
	if err != nil {
		return err
	}
	if err := os.WriteFile(c.state+".new", content, 0o600); err != nil {
		return err
	}
	return os.Rename(c.state+".new", c.state)
}
