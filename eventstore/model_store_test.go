package eventstore_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/eventstore/eventstoretest"
)

// logged is a log that tests look into.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer // guarded by mu
}

// Write adds to the log.
func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) has(what string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Contains(l.text.String(), what)
}

// checkpointed is the option of a harness that keeps checkpoints of its write model from the second event on.
func checkpointed(c *eventstore.Config) {
	c.VerifyAtStart = 1
	c.Checkpoint = &eventstore.CheckpointConfig{
		Key:     func() ([]byte, error) { return []byte("the key of a test"), nil },
		Program: func() (string, error) { return "the program of a test", nil },
		Events:  2,
	}
}

// checkpoints returns the files of checkpoints, the newest first.
func checkpoints(t *testing.T, dir string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "model", "*.checkpoint"))
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(paths)
	slices.Reverse(paths)
	return paths
}

// withCheckpoints returns a stopped harness with events, with personal texts, two checkpoints and a tail after them.
func withCheckpoints(t *testing.T) *eventstoretest.Harness {
	t.Helper()
	h := eventstoretest.New(t, checkpointed)
	for i := range 8 {
		h.MustSubmit(t, eventstoretest.WithReason(t, eventstoretest.Request(eventstoretest.Body(fmt.Sprintf("A%d", i))), "Dr Jane Smith"))
		if i%3 == 2 {
			if err := awaitVerified(t, h); err != nil { // what is not verified is not kept
				t.Fatal(err)
			}
			h.Restart(t)
		}
	}
	if err := awaitVerified(t, h); err != nil {
		t.Fatal(err)
	}
	if err := h.Stop(t); err != nil {
		t.Fatal(err)
	}
	if n := len(checkpoints(t, h.Config.Dir)); n != 2 {
		t.Fatalf("there are %d checkpoints", n)
	}
	return h
}

// opened opens the stopped harness's store, without running it, and tells whether it began from a checkpoint.
func opened(t *testing.T, h *eventstoretest.Harness) (fromCheckpoint bool, log *logged) {
	t.Helper()
	log = &logged{}
	config := h.Config
	config.Logger = slog.New(slog.NewTextHandler(log, nil))
	s, err := eventstore.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	_, of := s.Verifying()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	return of > 0, log
}

// awaitVerified waits until all is verified, or the store does not accept commands any more, and returns why.
func awaitVerified(t *testing.T, h *eventstoretest.Harness) error {
	t.Helper()
	for {
		if err := h.Healthy(); err != nil {
			return err
		}
		if _, of := h.Verifying(); of == 0 {
			return nil
		}
		if err := t.Context().Err(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestCheckpointedStoreIsTheSame gives random commands, with restarts between them: the store that went through
// checkpoints is the one that a full replay makes, knows the same commands, and answers repeated ones with their receipts.
func TestCheckpointedStoreIsTheSame(t *testing.T) {
	for seed := range uint64(6) {
		random := rand.New(rand.NewPCG(seed, 1))
		h := eventstoretest.New(t, checkpointed)
		type given struct {
			request eventstore.Request
			receipt eventstore.Receipt
		}
		var all []given
		for i := range 14 {
			step := random.IntN(10)
			switch {
			case step == 0 && i > 1:
				h.Restart(t)
			case step < 3 && len(all) > 0:
				again := all[random.IntN(len(all))]
				receipt := h.MustSubmit(t, again.request)
				again.receipt.Replayed = true
				if fmt.Sprint(receipt) != fmt.Sprint(again.receipt) {
					t.Fatalf("the receipt was %v and is %v", again.receipt, receipt)
				}
			default:
				request := eventstoretest.WithReason(t, eventstoretest.Request(eventstoretest.Body(fmt.Sprintf("B%d", i))), "reason")
				all = append(all, given{request, h.MustSubmit(t, request)})
			}
		}
		h.Restart(t)
		if _, err := h.Submit(t.Context(), eventstore.Request{
			CommandID: all[0].request.CommandID, Caller: eventstoretest.System(), Command: eventstoretest.Body("OTHER"),
		}); !errors.Is(err, eventstore.ErrCommandIDReused) {
			t.Fatalf("another command under an id that is known: %v", err)
		}
		if err := awaitVerified(t, h); err != nil {
			t.Fatal(err)
		}
		if err := h.Stop(t); err != nil {
			t.Fatal(err)
		}
		eventstoretest.Check(t, h)
	}
}

// TestDamagedCheckpointIsDiscarded changes the newest checkpoint in every way: it is discarded with a line in the log, and
// the one before it, or the whole journal, takes its place.
func TestDamagedCheckpointIsDiscarded(t *testing.T) {
	h := withCheckpoints(t)
	kept := checkpoints(t, h.Config.Dir)
	newest, older := read(t, kept[0]), read(t, kept[1])
	other := withCheckpoints(t)
	foreign := read(t, checkpoints(t, other.Config.Dir)[0])
	put := func(path string, data []byte) {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	damaged := map[string][]byte{"nothing": {}, "another register's": foreign, "with more": append(slices.Clone(newest), 0)}
	for at := 0; at < len(newest); at += 1 + len(newest)/40 {
		flipped := slices.Clone(newest)
		flipped[at] ^= 1
		damaged[fmt.Sprintf("a flipped bit at %d", at)] = flipped
		damaged[fmt.Sprintf("cut at %d", at)] = newest[:at]
		zeros := slices.Clone(newest)
		clear(zeros[at:min(at+16, len(zeros))])
		if !bytes.Equal(zeros, newest) {
			damaged[fmt.Sprintf("zeros at %d", at)] = zeros
		}
	}
	for name, data := range damaged {
		put(kept[0], data)
		put(kept[1], data)
		from, log := opened(t, h)
		if from || !log.has("is discarded") {
			t.Errorf("%s: opened from it", name)
		}
		for _, path := range checkpoints(t, h.Config.Dir) { // the one that was written meanwhile
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}
	}
	put(kept[0], damaged["a flipped bit at 0"])
	put(kept[1], older)
	if from, log := opened(t, h); !from || !log.has("is discarded") {
		t.Error("the older checkpoint does not serve where the newest is damaged")
	}
	put(kept[0], older) // an older one under the name of the newest is what it is
	if from, _ := opened(t, h); !from {
		t.Error("an older checkpoint does not serve")
	}
	for name, change := range map[string]func(*eventstore.CheckpointConfig){
		"another key":     func(c *eventstore.CheckpointConfig) { c.Key = func() ([]byte, error) { return []byte("k"), nil } },
		"another program": func(c *eventstore.CheckpointConfig) { c.Program = func() (string, error) { return "p", nil } },
	} {
		put(kept[0], newest)
		changed := *h.Config.Checkpoint
		change(&changed)
		h := &eventstoretest.Harness{Config: h.Config}
		h.Config.Checkpoint = &changed
		if from, log := opened(t, h); from || !log.has("is discarded") {
			t.Errorf("%s reads it", name)
		}
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestShortJournalsAreVerifiedWhole has a checkpoint, and no use for it.
func TestShortJournalsAreVerifiedWhole(t *testing.T) {
	h := withCheckpoints(t)
	if from, _ := opened(t, h); !from {
		t.Fatal("the checkpoint is not used at all")
	}
	h.Config.VerifyAtStart = 1000
	if from, _ := opened(t, h); from {
		t.Error("a short journal is not verified whole")
	}
}

// forgeOne is a change of a journal's records: one holds another event, in a commit that is well formed by itself.
func forgeOne(no int) func(records [][]byte) [][]byte {
	return func(records [][]byte) [][]byte {
		records[no-1] = bytes.ReplaceAll(records[no-1], []byte(fmt.Sprintf("Body A%d", no-1)), []byte("Body XX"))
		return records
	}
}

// TestDamageBeforeTheCheckpoint is found while the store runs: it refuses commands then, gives the archive nothing more,
// and does not open again.
func TestDamageBeforeTheCheckpoint(t *testing.T) {
	for name, damage := range map[string]func(*testing.T, *eventstoretest.Harness){
		"another event": func(t *testing.T, h *eventstoretest.Harness) { h.Rewrite(t, forgeOne(3)) },
		"a record that is no commit": func(t *testing.T, h *eventstoretest.Harness) {
			h.Rewrite(t, func(records [][]byte) [][]byte { records[2] = []byte("?"); return records })
		},
		"two records exchanged": func(t *testing.T, h *eventstoretest.Harness) {
			h.Rewrite(t, func(records [][]byte) [][]byte { records[2], records[3] = records[3], records[2]; return records })
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := withCheckpoints(t)
			keep(t, h)
			damage(t, h)
			h.Start(t)
			err := awaitVerified(t, h)
			if !errors.Is(err, eventstore.ErrDamaged) || !strings.Contains(err.Error(), "remit restore") {
				t.Fatalf("verified: %v", err)
			}
			if _, err := h.Submit(t.Context(), eventstoretest.Request(eventstoretest.Body("LATE"))); !errors.Is(err, eventstore.ErrReadOnly) {
				t.Errorf("a command: %v", err)
			}
			err = h.FollowBytes(t.Context(), 0, func(domain.EventNo, [][]byte) error { return nil })
			if !errors.Is(err, eventstore.ErrReadOnly) || errors.Is(err, eventstore.ErrDamaged) {
				t.Errorf("the archive is given more: %v", err)
			}
			if err := h.Stop(t); !errors.Is(err, eventstore.ErrDamaged) {
				t.Errorf("Run ended with %v", err)
			}
			if left := checkpoints(t, h.Config.Dir); len(left) > 0 {
				t.Errorf("checkpoints are left: %v", left)
			}
			refused(t, h.Config, eventstore.ErrDamaged, "remit restore")
		})
	}
}

// TestDamageAfterTheCheckpoint is found at start, and so is a checkpoint's record that changed.
func TestDamageAfterTheCheckpoint(t *testing.T) {
	for _, no := range []int{6, 7, 8} {
		t.Run(fmt.Sprint("record ", no), func(t *testing.T) {
			h := withCheckpoints(t)
			keep(t, h)
			if err := os.Remove(checkpoints(t, h.Config.Dir)[0]); err != nil { // the one left is of record 6
				t.Fatal(err)
			}
			h.Rewrite(t, forgeOne(no))
			refused(t, h.Config, eventstore.ErrDamaged, "remit restore")
		})
	}
}

// TestJournalMustHavePassedThroughTrustedHeads has the archive know another tree at, before and after the checkpoint.
func TestJournalMustHavePassedThroughTrustedHeads(t *testing.T) {
	h := withCheckpoints(t)
	keep(t, h)
	for _, size := range []domain.EventNo{3, 6, 8} {
		config := h.Config
		config.Trusted = []eventstore.TreeHead{{Size: size, Root: eventstore.Hash{1}}}
		refused(t, config, eventstore.ErrDamaged, "remit restore")
	}
}

// TestShortenedJournalIsRefused loses records after, and with, the checkpoint.
func TestShortenedJournalIsRefused(t *testing.T) {
	for _, left := range []int{7, 4} {
		h := withCheckpoints(t)
		keep(t, h)
		h.Rewrite(t, func(records [][]byte) [][]byte { return records[:left] })
		refused(t, h.Config, eventstore.ErrDamaged, "remit restore")
	}
}

// TestUnfinishedCheckpoint leaves what a process leaves that was killed while it wrote a checkpoint: it is no checkpoint,
// and goes away.
func TestUnfinishedCheckpoint(t *testing.T) {
	h := withCheckpoints(t)
	newest := read(t, checkpoints(t, h.Config.Dir)[0])
	for _, size := range []int{0, 1, len(newest) / 2, len(newest)} {
		left := filepath.Join(h.Config.Dir, "model", "1234.unfinished")
		if err := os.WriteFile(left, newest[:size], 0o600); err != nil {
			t.Fatal(err)
		}
		if from, log := opened(t, h); !from || log.has("is discarded") {
			t.Errorf("%d bytes that were left are in the way", size)
		}
		if _, err := os.Stat(left); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%d bytes are left: %v", size, err)
		}
	}
}

// TestLostTextsAreFoundBeforeTheCheckpoint has the vault lose a text of an event before the checkpoint without a trace.
func TestLostTextsAreFoundBeforeTheCheckpoint(t *testing.T) {
	h := withCheckpoints(t)
	keep(t, h)
	h.Tamper(t, func(ctx context.Context, js jetstream.JetStream) error {
		stream, err := js.Stream(ctx, eventstoretest.VaultStream)
		if err != nil {
			return err //nolint:wrapcheck // the test says what was being done
		}
		return stream.DeleteMsg(ctx, 2) //nolint:wrapcheck // as above
	})
	h.Start(t)
	if err := awaitVerified(t, h); !errors.Is(err, eventstore.ErrVaultIncomplete) {
		t.Errorf("verified: %v", err)
	}
	if err := h.Stop(t); !errors.Is(err, eventstore.ErrVaultIncomplete) {
		t.Errorf("Run ended with %v", err)
	}
	refused(t, h.Config, eventstore.ErrVaultIncomplete, "vault")
}

// TestCheckpointThatWasGivenUpIsWrittenAtTheEnd stops a store while it writes a checkpoint, which it gives up: the last one,
// when it closes, is of the same event, and is written all the same.
func TestCheckpointThatWasGivenUpIsWrittenAtTheEnd(t *testing.T) {
	begun, goOn := make(chan struct{}), make(chan struct{})
	var first sync.Once
	h := eventstoretest.New(t, checkpointed, func(c *eventstore.Config) {
		c.Checkpoint.Events = 50 // after two commands none is due otherwise
		c.Checkpoint.Program = func() (string, error) {
			first.Do(func() { close(begun); <-goOn })
			return "the program of a test", nil
		}
	})
	for i := range 50 {
		h.MustSubmit(t, eventstoretest.Request(eventstoretest.Body(fmt.Sprintf("A%d", i))))
	}
	<-begun
	stopped := make(chan error, 1)
	go func() { stopped <- h.Stop(t) }()
	for {
		if _, err := h.Enqueue(t.Context(), eventstoretest.Request(eventstoretest.Body("LATE"))); errors.Is(err, eventstore.ErrReadOnly) {
			break
		}
	}
	close(goOn)
	if err := <-stopped; err != nil {
		t.Fatal(err)
	}
	if from, _ := opened(t, h); !from {
		t.Error("there is no checkpoint")
	}
}
