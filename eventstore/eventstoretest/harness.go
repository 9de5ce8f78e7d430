// Package eventstoretest is how the event store, and whatever uses it, is tested: on the real journal of a real
// embedded NATS server, if need be one that fails on demand, and with a check at the end of every test that what is on
// disk is whole, proves itself, and replays to the state that was running.
package eventstoretest

import (
	"context"
	"errors"
	"log/slog"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
)

// Clock is a clock that tests set. It tells the same time until then. It may be used concurrently.
type Clock struct {
	mu  sync.Mutex
	now time.Time // guarded by mu
}

// NewClock returns a clock that shows at.
func NewClock(at time.Time) *Clock { return &Clock{now: at} }

// Now tells the time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Set sets the clock, forwards or backwards.
func (c *Clock) Set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = at
}

// Start is the time that a harness's clock shows at first: noon of 21 November 2026.
func Start() time.Time { return time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC) }

// Harness is a running store of a test.
type Harness struct {
	*eventstore.Store
	Config eventstore.Config
	Clock  *Clock

	stop func() error
}

// New starts a store on an embedded server in a directory of the test, and runs it. When the test ends it stops it and
// checks its integrity. Options change the configuration.
func New(t testing.TB, options ...func(*eventstore.Config)) *Harness {
	t.Helper()
	h := &Harness{Clock: NewClock(Start())}
	h.Config = eventstore.Config{Dir: t.TempDir(), Clock: h.Clock.Now, Logger: logger(t)}
	for _, option := range options {
		option(&h.Config)
	}
	if h.Config.URL != "" {
		h.Config.Dir = ""
	}
	h.Start(t)
	t.Cleanup(func() {
		if err := h.Stop(t); err != nil {
			t.Logf("at its end the store said: %v", err)
		}
		if !t.Failed() {
			Check(t, h)
		}
	})
	return h
}

// logger sends warnings and errors of the store to the test's output.
func logger(t testing.TB) *slog.Logger {
	t.Helper()
	return slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
}

// Start opens the store and runs it, after Stop.
func (h *Harness) Start(t testing.TB) {
	t.Helper()
	store, err := eventstore.Open(context.WithoutCancel(t.Context()), h.Config)
	if err != nil {
		t.Fatalf("open the store: %v", err)
	}
	h.Store = store
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- store.Run(ctx) }()
	h.stop = func() error {
		cancel()
		return errors.Join(<-done, store.Close())
	}
}

// Stop ends the run, which brings to an end what was accepted, and closes the store. It returns the error of Run or
// Close, for tests that make one happen.
func (h *Harness) Stop(t testing.TB) error {
	t.Helper()
	if h.stop == nil {
		return nil
	}
	err := h.stop()
	h.stop = nil
	return err
}

// Restart stops the store and starts it again.
func (h *Harness) Restart(t testing.TB) {
	t.Helper()
	if err := h.Stop(t); err != nil {
		t.Logf("the store that is restarted said: %v", err)
	}
	h.Start(t)
}

// Check opens the stopped store again, which verifies the journal, and compares: the state replayed from nothing with
// the one that was running, and the tree with one that another implementation makes of the stored bytes.
func Check(t testing.TB, h *Harness) {
	t.Helper()
	was := h.Store
	config := h.Config
	config.WrapJournal, config.Checkpoint = nil, nil // all of it, from the first record
	now, err := eventstore.Open(context.WithoutCancel(t.Context()), config)
	if err != nil {
		t.Errorf("the journal that was left does not open: %v", err)
		return
	}
	defer func() {
		if err := now.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	}()
	if was.Position() == now.Position() {
		if was.Head() != now.Head() {
			t.Errorf("tree was %s and is %s", was.Head(), now.Head())
		}
		if diff := DiffStates(was.State(), now.State()); diff != "" {
			t.Errorf("running state and replayed state differ (-running +replayed):\n%s", diff)
		}
	} else if was.Healthy() == nil && h.Config.URL == "" {
		t.Errorf("store ended at event %d, but the journal at %d", was.Position(), now.Position())
	}
	checkTree(t, now)
}

// DiffStates compares two write models, but for what they remember to undo changes.
func DiffStates(a, b *domain.State) string {
	if Same(a, b, "undo") {
		return ""
	}
	return cmp.Diff(a, b,
		cmp.Exporter(func(reflect.Type) bool { return true }),
		cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".undo" }, cmp.Ignore()))
}

// errEnough ends a Follow that has seen what it wanted.
var errEnough = errors.New("enough")

// checkTree computes the root of all stored bytes with x/mod's transparency log, which shares no code with the store.
func checkTree(t testing.TB, s *eventstore.Store) {
	t.Helper()
	head := s.Head()
	if head.Size == 0 {
		return
	}
	var hashes []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		found := make([]tlog.Hash, 0, len(indexes))
		for _, i := range indexes {
			found = append(found, hashes[i])
		}
		return found, nil
	})
	size := int64(0)
	err := s.FollowBytes(context.WithoutCancel(t.Context()), 0, func(_ domain.EventNo, events [][]byte) error {
		for _, event := range events {
			added, err := tlog.StoredHashes(size, event, reader)
			if err != nil {
				return err
			}
			hashes = append(hashes, added...)
			size++
		}
		if size == int64(head.Size) { //nolint:gosec // far below the limit
			return errEnough
		}
		return nil
	})
	if !errors.Is(err, errEnough) {
		t.Errorf("read the journal: %v", err)
		return
	}
	root, err := tlog.TreeHash(size, reader)
	if err != nil || eventstore.Hash(root) != head.Root {
		t.Errorf("another implementation computes root %s, not %s (%v)", root, head.Root, err)
	}
}
