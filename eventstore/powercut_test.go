package eventstore_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/eventstore/archive"
	"github.com/remit-register/remit/eventstore/eventstoretest"
)

var (
	cuts     = flag.Int("powercuts", 6, "how often the power is cut under load")
	cutEvery = flag.Int("powercut-every", 7, "cut the power at each so many-th step of a start")
)

// life is a register and its archive on a disk, from the time that it is switched on.
type life struct {
	*eventstoretest.Harness

	disk    *eventstoretest.Disk
	archive *archive.Archive
	timeout time.Duration // of a write; 0 for the usual one
	stop    func() error
}

// switchOn opens the register that is on a disk, and runs it with its archive.
func switchOn(t *testing.T, disk *eventstoretest.Disk, sync bool) *life {
	t.Helper()
	l := &life{disk: disk, Harness: &eventstoretest.Harness{Clock: eventstoretest.NewClock(eventstoretest.Start())}}
	l.start(t, disk.Mount(t), sync)
	return l
}

func (l *life) start(t *testing.T, dir string, sync bool) {
	t.Helper()
	var err error
	l.archive, err = archive.New(archive.Config{Data: dir, Clock: l.Clock.Now, Sync: sync, Every: 1})
	if err != nil {
		t.Fatal(err)
	}
	const drain = 20 * time.Millisecond // it comes to nothing without power
	l.Config = eventstore.Config{Dir: dir, Clock: l.Clock.Now, Trust: l.archive.Open, DrainTimeout: drain, Timeout: l.timeout}
	if sync {
		l.Config.Archive = l.archive.Commit
	}
	l.Start(t)
	if err := l.archive.Attach(t.Context(), l.Store); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- l.archive.Run(ctx) }()
	l.stop = func() error {
		cancel()
		return errors.Join(<-done, l.Stop(t))
	}
	t.Cleanup(func() { _ = l.Stop(t) })
}

// promises are the commands that were sent, and what was answered.
type promises struct {
	mu       sync.Mutex
	sent     []eventstore.Request
	receipts map[string]eventstore.Receipt
}

// load sends commands from several callers until they are refused, and asks for personal texts to be kept.
func (p *promises) load(t *testing.T, l *life) {
	t.Helper()
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for {
				p.mu.Lock()
				body := eventstoretest.Body(fmt.Sprintf("A%d", len(p.sent)))
				r := eventstoretest.WithReason(t, eventstoretest.Request(body), "Dr Jane Smith")
				p.sent = append(p.sent, r)
				p.mu.Unlock()
				receipt, err := l.Submit(t.Context(), r)
				if err != nil {
					if !errors.Is(err, eventstore.ErrReadOnly) {
						t.Errorf("a command was answered: %v", err)
					}
					return
				}
				p.mu.Lock()
				p.receipts[r.CommandID] = receipt
				p.mu.Unlock()
			}
		})
	}
	group.Wait()
}

// kept checks that what was acknowledged is recorded as it was said, once, with its personal text, and brings the rest
// to an end.
func (p *promises) kept(t *testing.T, l *life) {
	t.Helper()
	for _, r := range p.sent {
		receipt := l.MustSubmit(t, r)
		if first, ok := p.receipts[r.CommandID]; ok && (!receipt.Replayed || receipt.Position != first.Position) {
			t.Errorf("command %s was acknowledged as event %d and is event %d now", r.CommandID, first.Position, receipt.Position)
		}
		p.receipts[r.CommandID] = receipt
		if _, ok := l.Vault().Text(receipt.Events[0].Reason.Commitment); !ok {
			t.Errorf("the text of event %d is lost", receipt.Position)
		}
	}
	if len(p.sent) > 0 {
		checkOnce(t, l.Harness, p.receipts)
	}
}

// checkArchive checks with the implementation that an auditor uses that the archive is whole and has all events.
func (l *life) checkArchive(t *testing.T) {
	t.Helper()
	if err := l.archive.WaitFor(t.Context(), l.Position()); err != nil {
		t.Fatal(err)
	}
	keys, err := archive.ParseTrustedKeys(strings.Join(l.archive.Keys().VerifierKeys(), "\n"))
	if err != nil {
		t.Fatal(err)
	}
	found, err := archive.Verify(t.Context(), archive.Verification{Source: l.archive.Source(), Keys: keys})
	if err != nil {
		t.Error(err)
	}
	if found.Head != l.Head() {
		t.Errorf("the archive has %s, the journal %s", found.Head, l.Head())
	}
}

// The power is cut at some point under load, again and again on what is left of the same disk. What is left opens; what
// was acknowledged is there; the archive is whole.
func TestPowerCut(t *testing.T) {
	for _, sync := range []bool{false, true} {
		t.Run(map[bool]string{false: "async", true: "sync"}[sync], func(t *testing.T) {
			const seed = 1
			chance := rand.New(rand.NewPCG(seed, 0))
			p := &promises{receipts: map[string]eventstore.Receipt{}}
			disk := eventstoretest.NewDisk()
			for range *cuts {
				l := switchOn(t, disk, sync)
				p.kept(t, l)
				l.checkArchive(t)
				after := 1 + chance.IntN(400)
				off := disk.CutAt(after)
				stopped := make(chan error, 1)
				go func() {
					<-off
					stopped <- l.stop()
				}()
				p.load(t, l)
				t.Logf("without its disk the register ended with: %v", <-stopped)
				luck := chance
				if chance.IntN(3) == 0 {
					luck = nil // nothing is left but what was synced
				}
				disk = disk.Cut(luck)
				t.Logf("cut after %d steps: %d commands, %d acknowledged", after, len(p.sent), len(p.receipts))
			}
			l := switchOn(t, disk, sync)
			p.kept(t, l)
			l.checkArchive(t)
			if err := l.stop(); err != nil {
				t.Error(err)
			}
		})
	}
}

// The power is cut at each step of the first start, of the first command, and of a start after that: what is left opens.
func TestPowerCutWhileStarting(t *testing.T) {
	chance := rand.New(rand.NewPCG(1, 0))
	began := eventstoretest.NewDisk()
	l := switchOn(t, began, false)
	p := &promises{receipts: map[string]eventstore.Receipt{}, sent: []eventstore.Request{eventstoretest.WithReason(
		t, eventstoretest.Request(eventstoretest.Body("A1")), "Dr Jane Smith")}}
	p.kept(t, l)
	if err := l.stop(); err != nil {
		t.Fatal(err)
	}
	for name, from := range map[string]func() *eventstoretest.Disk{
		"for the first time": eventstoretest.NewDisk,
		"again":              func() *eventstoretest.Disk { return began.Cut(nil) },
	} {
		t.Run(name, func(t *testing.T) {
			for at := 1; ; at += *cutEvery {
				disk := from()
				off := disk.CutAt(at)
				p := &promises{receipts: map[string]eventstore.Receipt{}}
				p.begin(t, disk, off)
				if !disk.IsOff() {
					t.Logf("it starts and stops in less than %d steps", at)
					break
				}
				l := switchOn(t, disk.Cut(chance), at%2 == 0)
				p.kept(t, l)
				l.checkArchive(t)
				if err := l.stop(); err != nil {
					t.Error(err)
				}
				if t.Failed() {
					t.Fatalf("the power was cut at step %d", at)
				}
			}
		})
	}
}

// begin starts a register, gives a command and stops it, as far as there is power.
func (p *promises) begin(t *testing.T, disk *eventstoretest.Disk, off <-chan struct{}) {
	t.Helper()
	dir := disk.Mount(t)
	a, err := archive.New(archive.Config{Data: dir, Clock: eventstoretest.Start, Sync: true})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		select {
		case <-off:
		case <-ctx.Done():
		}
		cancel()
	}()
	s, err := eventstore.Open(ctx, eventstore.Config{
		Dir: dir, Clock: eventstoretest.Start, Trust: a.Open, Archive: a.Commit, DrainTimeout: 1,
	})
	if err != nil {
		return
	}
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	if err := a.Attach(ctx, s); err == nil {
		r := eventstoretest.WithReason(t, eventstoretest.Request(eventstoretest.Body("B2")), "Dr Jane Smith")
		p.sent = append(p.sent, r)
		if receipt, err := s.Submit(ctx, r); err == nil {
			p.receipts[r.CommandID] = receipt
		}
	}
	cancel()
	t.Logf("the sequencer ended with: %v", <-done)
	_ = s.Close() // with an error when there is no power
}

// The same disk loses what a server acknowledges that does not sync: the test above would notice.
func TestPowerCutLosesWhatIsNotSynced(t *testing.T) {
	disk := eventstoretest.NewDisk()
	send := func(sync bool, messages int) (had uint64, left *eventstoretest.Disk) {
		t.Helper()
		dir := disk.Mount(t)
		s := eventstoretest.StartServer(t, func(o *server.Options) { o.StoreDir, o.SyncAlways = filepath.Join(dir, "nats"), sync })
		nc, err := nats.Connect(s.ClientURL())
		if err != nil {
			t.Fatal(err)
		}
		defer nc.Close()
		js, err := jetstream.New(nc)
		if err != nil {
			t.Fatal(err)
		}
		stream, err := js.CreateOrUpdateStream(t.Context(), jetstream.StreamConfig{Name: "TEST", Subjects: []string{"test"}})
		if err != nil {
			t.Fatal(err)
		}
		had = stream.CachedInfo().State.Msgs
		for range messages {
			if _, err := js.Publish(t.Context(), "test", []byte("acknowledged")); err != nil {
				t.Fatal(err)
			}
		}
		left = disk.Cut(nil)
		s.Shutdown()
		s.WaitForShutdown()
		return had, left
	}
	for _, sync := range []bool{true, false} {
		const messages = 100
		var before uint64
		before, disk = send(true, 0)
		_, disk = send(sync, messages)
		after, left := send(true, 0)
		disk = left
		if kept := after-before == messages; kept != sync {
			t.Errorf("of %d messages that were acknowledged with syncing %t, %d are left", messages, sync, after-before)
		}
	}
}
