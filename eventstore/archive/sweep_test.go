package archive_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/eventstore/archive"
	"github.com/remit-register/remit/eventstore/eventstoretest"
)

var sweepSeeds = flag.Uint64("sweep-seeds", 2, "how many random series of faults of journal and archive are tried")

// sweepRounds is how often the register of a series is started with faults.
const sweepRounds = 8

// shakyFiles is the file system, of which some steps in a row fail, as armed.
type shakyFiles struct {
	mu       sync.Mutex
	from, to int // guarded by mu: the steps that fail
	n        int // guarded by mu
	failed   int // guarded by mu
}

var errShaken = errors.New("injected fault of the file system")

// arm has steps from..to fail, counted from now.
func (f *shakyFiles) arm(from, to int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.from, f.to, f.n = from, to, 0
}

func (f *shakyFiles) step() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.n++
	if f.n > f.from && f.n <= f.to {
		f.failed++
		return errShaken
	}
	return nil
}

func (f *shakyFiles) ReadFile(name string) ([]byte, error) { return os.ReadFile(name) }

func (f *shakyFiles) ReadDir(name string) ([]string, error) {
	entries, err := os.ReadDir(name)
	names := make([]string, 0, len(entries))
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names, err
}

// WriteFile writes half of a file where it fails.
func (f *shakyFiles) WriteFile(name string, data []byte, mode fs.FileMode) error {
	if err := f.step(); err != nil {
		return errors.Join(err, os.WriteFile(name, data[:len(data)/2], mode))
	}
	return os.WriteFile(name, data, mode)
}

func (f *shakyFiles) Rename(from, to string) error {
	return errors.Join(f.step(), os.Rename(from, to)) // where it fails it may have been done
}

func (f *shakyFiles) SyncDir(string) error { return f.step() }

func (f *shakyFiles) Mkdir(name string, mode fs.FileMode) error {
	if err := f.step(); err != nil {
		return err
	}
	return os.Mkdir(name, mode)
}

func (f *shakyFiles) RemoveAll(name string) error {
	if err := f.step(); err != nil {
		return err
	}
	return os.RemoveAll(name)
}

// sweep is one register that is started again and again.
type sweep struct {
	dir    string
	sync   bool
	files  *shakyFiles
	clock  *eventstoretest.Clock
	random *rand.Rand

	waiting  []eventstore.Request
	receipts map[string]eventstore.Receipt // by command id
	told     map[domain.EventNo]string     // command id of each event number that was told
	faults   int                           // of the journal
}

func newSweep(t *testing.T, inSync bool, seed uint64) *sweep {
	t.Helper()
	return &sweep{
		dir: t.TempDir(), sync: inSync, files: &shakyFiles{}, clock: eventstoretest.NewClock(eventstoretest.Start()),
		random:   rand.New(rand.NewPCG(seed, 7)),
		receipts: map[string]eventstore.Receipt{}, told: make(map[domain.EventNo]string),
	}
}

// life opens the register, has use do something with it, and closes it. What a fault does not explain is an error.
func (s *sweep) life(t *testing.T, faulty bool, use func(*eventstore.Store, *archive.Archive)) error {
	t.Helper()
	a, err := archive.New(archive.Config{
		Data: s.dir, Sync: s.sync, Clock: s.clock.Now, Files: s.files, Every: time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	config := eventstore.Config{Dir: s.dir, Clock: s.clock.Now, Trust: a.Open}
	if s.sync {
		config.Archive = a.Commit
	}
	if faulty {
		all := eventstoretest.AllFaults()
		eventstoretest.WithFaults(&eventstoretest.FaultJournal{Plan: func(int) eventstoretest.Fault {
			if s.random.IntN(8) > 0 {
				return eventstoretest.NoFault
			}
			s.faults++
			return all[s.random.IntN(len(all))]
		}})(&config)
	}
	store, err := eventstore.Open(t.Context(), config)
	if err != nil {
		return err
	}
	if err := a.Attach(t.Context(), store); err != nil {
		return errors.Join(err, store.Close())
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	ran, followed := make(chan error, 1), make(chan error, 1)
	go func() { ran <- store.Run(ctx) }()
	go func() { followed <- a.Run(ctx) }()
	use(store, a)
	stop()
	err = errors.Join(<-ran, <-followed)
	return errors.Join(err, a.Finish(t.Context()), store.Close())
}

// send sends everything that waits, all at once and each twice, and notes the answers.
func (s *sweep) send(t *testing.T, store *eventstore.Store) {
	t.Helper()
	var wait sync.WaitGroup
	var mu sync.Mutex
	for _, request := range s.waiting {
		for range 2 {
			wait.Go(func() {
				receipt, err := store.Submit(t.Context(), request)
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					s.note(t, request.CommandID, receipt)
				} else if !errors.Is(err, eventstore.ErrReadOnly) && !errors.Is(err, eventstore.ErrOverloaded) { // it is sent again
					t.Errorf("command %s: %v", request.CommandID, err)
				}
			})
		}
	}
	wait.Wait()
	var waiting []eventstore.Request
	for _, request := range s.waiting {
		if _, answered := s.receipts[request.CommandID]; !answered {
			waiting = append(waiting, request)
		}
	}
	s.waiting = waiting
}

// note notes an answer, and checks that no number was told before for something else.
func (s *sweep) note(t *testing.T, id string, receipt eventstore.Receipt) {
	t.Helper()
	if first, ok := s.receipts[id]; ok && (first.TransactionID != receipt.TransactionID || first.Position != receipt.Position) {
		t.Errorf("command %s was told event %d, and then event %d", id, first.Position, receipt.Position)
	}
	s.receipts[id] = receipt
	for _, e := range receipt.Events {
		if other, ok := s.told[e.No]; ok && other != id {
			t.Errorf("event number %d was told for command %s and for %s", e.No, other, id)
		}
		s.told[e.No] = id
	}
}

// check opens the register without faults. Every command that was acknowledged is there once, as it was told; the
// archive verifies, and has the bytes of the journal.
func (s *sweep) check(t *testing.T) {
	t.Helper()
	s.files.arm(0, 0)
	var a *archive.Archive
	var head eventstore.TreeHead
	var events [][]byte
	err := s.life(t, false, func(store *eventstore.Store, opened *archive.Archive) {
		a, head = opened, store.Head()
		events = storedEvents(t, store)
	})
	if err != nil {
		t.Fatalf("without faults: %v", err)
	}
	recorded := map[string]domain.EventNo{}
	for _, raw := range events {
		e, err := eventstore.DecodeEvent(raw)
		if err != nil {
			t.Fatal(err)
		}
		if no, twice := recorded[e.CommandID]; twice {
			t.Errorf("command %s made events %d and %d", e.CommandID, no, e.No)
		}
		recorded[e.CommandID] = e.No
	}
	for id, receipt := range s.receipts {
		if recorded[id] != receipt.Position {
			t.Errorf("command %s was acknowledged as event %d and is event %d", id, receipt.Position, recorded[id])
		}
	}
	checkArchive(t, a, head, events)
}

// storedEvents returns the bytes of all events of a store.
func storedEvents(t *testing.T, store *eventstore.Store) (all [][]byte) {
	t.Helper()
	if store.Position() == 0 {
		return nil
	}
	enough := errors.New("enough")
	err := store.FollowBytes(t.Context(), 0, func(_ domain.EventNo, events [][]byte) error {
		if all = append(all, events...); domain.EventNo(len(all)) >= store.Position() {
			return enough
		}
		return nil
	})
	if !errors.Is(err, enough) {
		t.Fatal(err)
	}
	return all
}

// checkArchive checks with the independent verifier that an archive has these events.
func checkArchive(t *testing.T, a *archive.Archive, head eventstore.TreeHead, events [][]byte) {
	t.Helper()
	trusted, err := archive.ParseTrustedKeys(strings.Join(a.Keys().VerifierKeys(), "\n"))
	if err != nil {
		t.Fatal(err)
	}
	verified, err := archive.Verify(t.Context(), archive.Verification{Source: a.Source(), Keys: trusted})
	if err != nil || verified.Head != head || head.Size != domain.EventNo(len(events)) {
		t.Fatalf("the archive has %s, the journal %s with %d events: %v", verified.Head, head, len(events), err)
	}
	for first := 0; first < len(events); first += archive.TileWidth {
		width := min(archive.TileWidth, len(events)-first)
		data, err := a.Source().ReadFile(t.Context(), archive.EntriesPath(uint64(first/archive.TileWidth), width))
		if err != nil {
			t.Fatal(err)
		}
		bundle, err := archive.ParseBundle(data)
		if err != nil || len(bundle) != width {
			t.Fatalf("%d events of %d: %v", len(bundle), width, err)
		}
		for i, event := range bundle {
			if string(event) != string(events[first+i]) {
				t.Errorf("event %d of the archive is not the journal's", first+i+1)
			}
		}
	}
}

// Commands are sent through a journal and to an archive in which all kinds of faults happen, with restarts between.
func TestFaultsOfJournalAndArchive(t *testing.T) {
	for _, inSync := range []bool{false, true} {
		for seed := range *sweepSeeds {
			t.Run(fmt.Sprintf("sync %t, seed %d", inSync, seed), func(t *testing.T) {
				t.Parallel()
				s := newSweep(t, inSync, seed)
				for round := range sweepRounds {
					for i := range 80 {
						s.waiting = append(s.waiting, eventstoretest.Request(eventstoretest.Body(fmt.Sprintf("R%dB%d", round, i))))
					}
					from := s.random.IntN(120)
					s.files.arm(from, from+1+s.random.IntN(12))
					err := s.life(t, true, func(store *eventstore.Store, _ *archive.Archive) {
						for i := range 10 { // few at a time, so that there are many commits
							all := s.waiting
							s.waiting = all[:min(len(all), 8*(i+1))]
							rest := all[len(s.waiting):]
							s.send(t, store)
							s.waiting = append(s.waiting, rest...)
						}
					})
					if errors.Is(err, eventstore.ErrDamaged) || errors.Is(err, archive.ErrDamaged) || errors.Is(err, archive.ErrMoved) {
						t.Errorf("round %d: a fault that passed was taken for damage: %v", round, err)
					}
					s.check(t)
				}
				for attempt := 0; len(s.waiting) > 0 && attempt < 3; attempt++ {
					if err := s.life(t, false, func(store *eventstore.Store, _ *archive.Archive) { s.send(t, store) }); err != nil {
						t.Fatal(err)
					}
				}
				s.check(t)
				if len(s.receipts) != sweepRounds*80 || s.faults == 0 || s.files.failed == 0 {
					t.Errorf("%d commands are answered; %d faults of the journal, %d of the files", len(s.receipts), s.faults, s.files.failed)
				}
			})
		}
	}
}

// The clock goes back several days, while the register runs and while it is stopped. What is recorded afterwards is
// recorded later all the same, and the archive goes on.
func TestClockGoesBack(t *testing.T) {
	for _, inSync := range []bool{false, true} {
		t.Run(fmt.Sprintf("sync %t", inSync), func(t *testing.T) {
			s := newSweep(t, inSync, 0)
			submit := func(code string) func(*eventstore.Store, *archive.Archive) {
				return func(store *eventstore.Store, a *archive.Archive) {
					for _, back := range []int{0, -3, -9} {
						s.clock.Set(s.clock.Now().AddDate(0, 0, back))
						s.waiting = []eventstore.Request{eventstoretest.Request(eventstoretest.Rename("A1", fmt.Sprint(code, back)))}
						if code == "first" && back == 0 {
							s.waiting = []eventstore.Request{eventstoretest.Request(eventstoretest.Body("A1"))}
						}
						s.send(t, store)
					}
					if err := a.WaitFor(t.Context(), store.Position()); err != nil {
						t.Error(err)
					}
				}
			}
			for _, code := range []string{"first", "second"} {
				if err := s.life(t, false, submit(code)); err != nil {
					t.Fatal(err)
				}
				s.clock.Set(s.clock.Now().AddDate(0, 0, -5))
			}
			s.check(t)
			if len(s.receipts) != 6 {
				t.Errorf("%d of 6 commands are answered", len(s.receipts))
			}
			for id, receipt := range s.receipts {
				if receipt.RecordedAt.Before(eventstoretest.Start()) || receipt.Events[0].Late {
					t.Errorf("command %s was recorded at %s, late %t", id, receipt.RecordedAt, receipt.Events[0].Late)
				}
			}
		})
	}
}
