package eventstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/remit-register/remit/domain"
)

// Names of the feed in JetStream. They are part of what consumers rely on: see FEED.md.
const (
	feedStream  = "REMIT_FEED"
	feedPrefix  = "remit.feed"
	feedSubject = feedPrefix + ".>"
)

// FeedConfig says how a feed is written. Every field has a default.
type FeedConfig struct {
	// Check is how often an idle feed is compared with the journal, so that one that somebody deleted is written
	// again. Default 10 s.
	Check time.Duration
}

// FeedStatus tells how a feed is.
type FeedStatus struct {
	// Position is the number of the last event that is known to be in the feed.
	Position domain.EventNo
	// Rebuilt is how often this process began the feed anew because it disagreed with the journal.
	Rebuilt int
	// Err is why the feed cannot be written at present; nil when it can.
	Err error
}

// Feed writes the events of a store to the stream REMIT_FEED, for other systems: one message for each event, message n
// being event n. Nothing in the register reads it. Any number of processes may write the same feed: a message is stored
// only in its own place (Nats-Expected-Last-Sequence), and what it says follows from the journal alone.
type Feed struct {
	store *Store
	cfg   FeedConfig
	js    jetstream.JetStream

	source string // of every event; belongs to Run, "" until there is one

	mu      sync.Mutex
	status  FeedStatus    // guarded by mu
	changed chan struct{} // guarded by mu: closed when status changes
}

// NewFeed returns the feed of a store. Run writes it.
func NewFeed(store *Store, cfg FeedConfig) (*Feed, error) {
	if cfg.Check <= 0 {
		cfg.Check = 10 * time.Second
	}
	js, err := jetstream.New(store.conn.forFeed(),
		jetstream.WithPublishAsyncMaxPending(feedWindow), jetstream.WithPublishAsyncTimeout(store.cfg.Timeout))
	if err != nil {
		return nil, fmt.Errorf("use JetStream for the feed: %w", err)
	}
	return &Feed{store: store, cfg: cfg, js: js, changed: make(chan struct{})}, nil
}

// Messages on their way at a time. Each is guarded by the number of the one before, so that none can take the place of
// another, in whatever order several processes win them.
const feedWindow = 256

// feedPolicy is how the feed's stream is set up: whole from event 1, so that a consumer can begin there at any time.
func feedPolicy(replicas int) jetstream.StreamConfig {
	policy := vaultPolicy(replicas)
	policy.Name = feedStream
	policy.Subjects = []string{feedSubject}
	policy.Description = "Events of the register for other systems. Derived: written again whenever it is missing."
	policy.DenyDelete = true
	policy.DenyPurge = true
	return policy
}

// Run writes what is recorded, and what will be, until ctx ends; then it returns nil. It never gives up: what goes wrong
// is told by Status and logged, and tried again. A feed that disagrees with the journal is begun anew.
func (f *Feed) Run(ctx context.Context) error {
	for attempt := 0; ctx.Err() == nil; {
		before := f.Status().Position
		err := f.write(ctx)
		switch {
		case ctx.Err() != nil:
			return nil //nolint:nilerr // to end with ctx is what it is for
		case err == nil, errors.Is(err, ErrConflict) && f.Status().Position > before:
			attempt = 0
			continue
		case !errors.Is(err, ErrConflict):
			f.tell(func(s *FeedStatus) { s.Err = err })
			f.store.cfg.Logger.WarnContext(ctx, "the feed cannot be written, trying again", slog.Any("error", err))
		}
		_ = pause(ctx, backoff(attempt)) // when ctx ends, so does the loop
		attempt++
	}
	return nil
}

// write finds out how far the feed is and goes on from there, until it is time to look again.
func (f *Feed) write(ctx context.Context) error {
	stream, at, err := f.agree(ctx)
	if err != nil {
		return err
	}
	f.tell(func(s *FeedStatus) { s.Position, s.Err = at, nil })
	look, stop := context.WithTimeout(ctx, f.cfg.Check)
	defer stop()
	err = f.store.history.follow(look, at, func(b block) error {
		return f.publish(ctx, b, f.Status().Position)
	})
	if look.Err() != nil && ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) {
		_, err = stream.Info(ctx) // gone, or not: agree says what to do about it
		if errors.Is(err, jetstream.ErrStreamNotFound) {
			err = nil
		}
	}
	if err != nil {
		return fmt.Errorf("write the feed: %w", err)
	}
	return nil
}

// agree returns the feed's stream and its last event, once it is certain that the feed is the beginning of the journal.
func (f *Feed) agree(ctx context.Context) (jetstream.Stream, domain.EventNo, error) {
	policy := feedPolicy(f.store.cfg.Replicas)
	stream, err := openStream(ctx, f.js, policy)
	if err != nil {
		return nil, 0, err
	}
	info, err := stream.Info(ctx)
	if err != nil {
		return nil, 0, fmt.Errorf("read the feed's state: %w", err)
	}
	disagreement, err := f.compare(ctx, stream, info.State)
	if err != nil {
		return nil, 0, err
	}
	if disagreement == "" {
		return stream, domain.EventNo(info.State.LastSeq), nil
	}
	f.store.cfg.Logger.WarnContext(ctx, "the feed disagrees with the journal and is begun anew", slog.String("because", disagreement))
	if err := f.js.DeleteStream(ctx, feedStream); err != nil && !errors.Is(err, jetstream.ErrStreamNotFound) {
		return nil, 0, fmt.Errorf("delete the feed: %w", err)
	}
	f.tell(func(s *FeedStatus) { s.Rebuilt, s.Position = s.Rebuilt+1, 0 })
	if stream, err = openStream(ctx, f.js, policy); err != nil {
		return nil, 0, err
	}
	return stream, 0, nil
}

// compare tells in words why a feed in this state is not the beginning of the journal, "" when it is. Events do not
// change and each names its transaction, so the last one stands for all before it.
func (f *Feed) compare(ctx context.Context, stream jetstream.Stream, state jetstream.StreamState) (string, error) {
	last := domain.EventNo(state.LastSeq)
	switch {
	case last == 0:
		return "", nil
	case state.FirstSeq != 1 || state.Msgs != state.LastSeq:
		return fmt.Sprintf("it holds %d of the messages %d to %d", state.Msgs, state.FirstSeq, state.LastSeq), nil
	}
	known, err := f.reach(ctx, last)
	if err != nil {
		return "", err
	}
	if known < last {
		return fmt.Sprintf("it has event %d, the journal ends with %d", last, known), nil
	}
	recorded, err := f.recorded(ctx, last)
	if err != nil {
		return "", err
	}
	held, err := getRecord(ctx, stream, state.LastSeq, f.store.cfg.Timeout)
	if errors.Is(err, ErrNotFound) {
		return fmt.Sprintf("its message %d cannot be read", last), nil
	}
	if err != nil {
		return "", err
	}
	if !bytes.Equal(held, recorded) {
		return fmt.Sprintf("its message %d is another event than the journal's", last), nil
	}
	return "", nil
}

// reach waits until this process knows event no, which another may have recorded, or all that the journal has. It
// returns the last event known then.
func (f *Feed) reach(ctx context.Context, no domain.EventNo) (domain.EventNo, error) {
	known, _, _ := f.store.history.position()
	if known >= no {
		return known, nil
	}
	end, err := f.store.journal.Last(ctx)
	if err != nil {
		return 0, fmt.Errorf("read the journal's end: %w", err)
	}
	f.store.hint(end)
	for {
		known, record, more := f.store.history.position()
		if known >= no || record >= end {
			return known, nil
		}
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-more:
		}
	}
}

// recorded returns the stored bytes of an event.
func (f *Feed) recorded(ctx context.Context, no domain.EventNo) ([]byte, error) {
	record, b, ok := f.store.history.find(no)
	if !ok {
		err := f.store.history.load(ctx, record, record, func(loaded block) error {
			b = loaded
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("read event %d: %w", no, err)
		}
	}
	return b.commit.events[no-b.commit.first()], nil
}

// publish writes the events of b after number `after`, so many at a time as may be on their way.
func (f *Feed) publish(ctx context.Context, b block, after domain.EventNo) error {
	if f.source == "" {
		first, err := f.recorded(ctx, 1)
		if err != nil {
			return err
		}
		e, err := DecodeEvent(first)
		if err != nil {
			return err
		}
		f.source = "urn:remit:register:" + e.TransactionID
	}
	for skip := int(after + 1 - b.commit.first()); skip < len(b.events); skip += feedWindow { //nolint:gosec // within a block
		end := min(skip+feedWindow, len(b.events))
		sent := make([]jetstream.PubAckFuture, 0, end-skip)
		for i := skip; i < end; i++ {
			future, err := f.js.PublishMsgAsync(feedMessage(f.source, b.events[i], b.commit.events[i]),
				jetstream.WithExpectLastSequence(uint64(b.events[i].No)-1), jetstream.WithExpectStream(feedStream),
				jetstream.WithRetryAttempts(0))
			if err != nil {
				return fmt.Errorf("publish event %d: %w", b.events[i].No, err)
			}
			sent = append(sent, future)
		}
		if err := f.await(ctx, b.events[skip:end], sent); err != nil {
			return err
		}
	}
	return nil
}

// await returns once all that was sent is stored, or with the first reason why one is not.
func (f *Feed) await(ctx context.Context, events []domain.Event, sent []jetstream.PubAckFuture) error {
	for i, future := range sent {
		no := events[i].No
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err := <-future.Err():
			if isConflict(err) {
				return fmt.Errorf("publish event %d: %w: %w", no, ErrConflict, err)
			}
			return fmt.Errorf("publish event %d: %w", no, err)
		case <-future.Ok(): // in its own place, for the guard lets it nowhere else
		}
		f.tell(func(s *FeedStatus) { s.Position = no })
	}
	return nil
}

// Status tells how the feed is.
func (f *Feed) Status() FeedStatus {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.status
}

func (f *Feed) tell(change func(*FeedStatus)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(&f.status)
	close(f.changed)
	f.changed = make(chan struct{})
}

// WaitFor returns once event no is in the feed, or when ctx ends.
func (f *Feed) WaitFor(ctx context.Context, no domain.EventNo) error {
	return f.Await(ctx, func(s FeedStatus) bool { return s.Err == nil && s.Position >= no })
}

// Await returns once the feed is as enough says, or when ctx ends.
func (f *Feed) Await(ctx context.Context, enough func(FeedStatus) bool) error {
	for {
		f.mu.Lock()
		status, changed := f.status, f.changed
		f.mu.Unlock()
		if enough(status) {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("wait for the feed, which is at event %d: %w", status.Position, ctx.Err())
		}
	}
}

// DeleteFeed deletes the feed on an external server; whoever writes it begins it anew. It tells whether there was one.
func DeleteFeed(ctx context.Context, cfg Config) (existed bool, err error) {
	if cfg, err = cfg.withDefaults(); err != nil {
		return false, err
	}
	nc, err := dial(cfg)
	if err != nil {
		return false, err
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		return false, fmt.Errorf("use JetStream: %w", err)
	}
	err = js.DeleteStream(ctx, feedStream)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("delete the feed: %w", err)
	}
	return true, nil
}
