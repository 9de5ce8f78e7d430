package eventstore_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go/jetstream"
	"google.golang.org/protobuf/proto"

	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/eventstore/eventstoretest"
	eventv1 "github.com/remit-register/remit/proto/remit/event/v1"
)

// stopped returns a harness with some events in some commits, stopped.
func stopped(t *testing.T) *eventstoretest.Harness {
	t.Helper()
	h := eventstoretest.New(t)
	for i := range 6 {
		h.MustSubmit(t, eventstoretest.WithReason(t, eventstoretest.Request(eventstoretest.Body(fmt.Sprintf("A%d", i))), "Dr Jane Smith"))
	}
	if err := h.Stop(t); err != nil {
		t.Fatal(err)
	}
	return h
}

// refused opens the store and checks the error, and that it names a remedy.
func refused(t *testing.T, config eventstore.Config, want error, remedy string) {
	t.Helper()
	s, err := eventstore.Open(t.Context(), config)
	if err == nil {
		t.Errorf("it opened, at event %d", s.Position())
		_ = s.Close()
		return
	}
	if !errors.Is(err, want) || !strings.Contains(err.Error(), remedy) {
		t.Errorf("refused with %q; want %q, and the remedy %q", err, want, remedy)
	}
}

// keep puts the harness's data directory back at the end of the test, so that its closing check sees a sound journal.
func keep(t *testing.T, h *eventstoretest.Harness) {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(h.Config.Dir)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Config.Dir = dir })
}

func TestDamagedJournalIsRefused(t *testing.T) {
	for name, change := range map[string]func([][]byte) [][]byte{
		"the last record is gone":  func(r [][]byte) [][]byte { return r[:len(r)-1] },
		"all records are gone":     func([][]byte) [][]byte { return nil },
		"the first record is gone": func(r [][]byte) [][]byte { return r[1:] },
		"a record is gone":         func(r [][]byte) [][]byte { return slices.Delete(r, 2, 3) },
		"a record is there twice":  func(r [][]byte) [][]byte { return slices.Insert(r, 2, r[1]) },
		"two records are swapped":  func(r [][]byte) [][]byte { r[2], r[3] = r[3], r[2]; return r },
		"a record is no commit":    func(r [][]byte) [][]byte { r[2] = []byte("?"); return r },
		"an event is forged": func(r [][]byte) [][]byte {
			r[2] = bytes.Replace(r[2], []byte("Body A2"), []byte("Body X2"), 1)
			return r
		},
		"the last event is forged": func(r [][]byte) [][]byte {
			r[5] = bytes.Replace(r[5], []byte("Body A5"), []byte("Body X5"), 1)
			return r
		},
		"a forged commit was added": func(r [][]byte) [][]byte { return append(r, forged(r[5])) },
	} {
		t.Run(name, func(t *testing.T) {
			h := stopped(t)
			keep(t, h)
			h.Rewrite(t, change)
			refused(t, h.Config, eventstore.ErrDamaged, "remit restore")
			if strings.Contains(name, "last") || strings.Contains(name, "all") {
				return // only what is known from elsewhere tells
			}
			if err := os.Remove(filepath.Join(h.Config.Dir, "head")); err != nil {
				t.Fatal(err)
			}
			refused(t, h.Config, eventstore.ErrDamaged, "remit restore")
		})
	}
}

// forged returns a commit that follows in number but not from the tree.
func forged(last []byte) []byte {
	var c eventv1.Commit
	if err := proto.Unmarshal(last, &c); err != nil {
		return nil
	}
	c.TreeSizeBefore++
	data, err := proto.MarshalOptions{Deterministic: true}.Marshal(&c)
	if err != nil {
		return nil
	}
	return data
}

func TestDeletedMessageIsRefused(t *testing.T) {
	h := stopped(t)
	keep(t, h)
	h.Rewrite(t, func(r [][]byte) [][]byte { return r })
	h.Tamper(t, func(ctx context.Context, js jetstream.JetStream) error {
		stream, err := js.Stream(ctx, eventstoretest.JournalStream)
		if err != nil {
			return err
		}
		config := stream.CachedInfo().Config
		if err := stream.DeleteMsg(ctx, 3); err == nil {
			return errors.New("the server lets messages of the journal be deleted")
		}
		if err := stream.Purge(ctx); err == nil {
			return errors.New("the server lets the journal be purged")
		}
		var records [][]byte
		for no := uint64(1); no <= 6; no++ {
			msg, err := stream.GetMsg(ctx, no)
			if err != nil {
				return err
			}
			records = append(records, msg.Data)
		}
		loose := config
		loose.DenyDelete, loose.DenyPurge = false, false
		if err := js.DeleteStream(ctx, config.Name); err != nil {
			return err
		}
		if stream, err = js.CreateStream(ctx, loose); err != nil {
			return err
		}
		for _, data := range records {
			if _, err := js.Publish(ctx, eventstoretest.JournalSubject, data); err != nil {
				return err
			}
		}
		if err := stream.DeleteMsg(ctx, 3); err != nil {
			return err
		}
		_, err = js.UpdateStream(ctx, config)
		return err
	})
	refused(t, h.Config, eventstore.ErrDamaged, "remit restore")
}

// Bits flip on disk: in any byte of the journal's blocks, with the server's own index there or not.
func TestFlippedBitIsRefused(t *testing.T) {
	h := stopped(t)
	keep(t, h)
	block := filepath.Join(h.StreamDir(eventstoretest.JournalStream), "msgs", "1.blk")
	sound, err := os.ReadFile(block)
	if err != nil {
		t.Fatal(err)
	}
	for _, index := range []bool{true, false} {
		for at := 0; at < len(sound); at += len(sound)/5 + 1 {
			bad := slices.Clone(sound)
			bad[at] ^= 0x10
			if err := os.WriteFile(block, bad, 0o600); err != nil {
				t.Fatal(err)
			}
			if !index {
				_ = os.Remove(filepath.Join(filepath.Dir(block), "index.db"))
			}
			config := h.Config
			config.Dir = t.TempDir()
			if err := os.CopyFS(config.Dir, os.DirFS(h.Config.Dir)); err != nil {
				t.Fatal(err)
			}
			refused(t, config, eventstore.ErrDamaged, "remit restore")
		}
	}
}

func TestTrustedHeads(t *testing.T) {
	h := stopped(t)
	head := h.Head()
	config := h.Config
	open := func(t *testing.T, trusted ...eventstore.TreeHead) error {
		t.Helper()
		config.Trusted = trusted
		s, err := eventstore.Open(t.Context(), config)
		if err != nil {
			return err
		}
		return s.Close()
	}
	if err := open(t, head); err != nil {
		t.Errorf("its own head: %v", err)
	}
	for name, trusted := range map[string]eventstore.TreeHead{
		"a longer journal":  {Size: head.Size + 1, Root: head.Root},
		"another journal":   {Size: head.Size, Root: eventstore.Hash{1}},
		"another beginning": {Size: 2, Root: head.Root},
	} {
		if err := open(t, trusted); !errors.Is(err, eventstore.ErrDamaged) {
			t.Errorf("the trusted head is of %s: %v", name, err)
		}
	}
}

func TestStreamSettingsAreChecked(t *testing.T) {
	for name, change := range map[string]func(*jetstream.StreamConfig){
		"max messages":  func(c *jetstream.StreamConfig) { c.MaxMsgs = 1000 },
		"max age":       func(c *jetstream.StreamConfig) { c.MaxAge = time.Hour },
		"discard":       func(c *jetstream.StreamConfig) { c.Discard = jetstream.DiscardOld },
		"allow rollup":  func(c *jetstream.StreamConfig) { c.DenyPurge = false; c.AllowRollup = true },
		"deny delete":   func(c *jetstream.StreamConfig) { c.DenyDelete = false },
		"allow direct":  func(c *jetstream.StreamConfig) { c.AllowDirect = true },
		"persist mode":  func(c *jetstream.StreamConfig) { c.PersistMode = jetstream.AsyncPersistMode },
		"compression":   func(c *jetstream.StreamConfig) { c.Compression = jetstream.S2Compression },
		"no ack":        func(c *jetstream.StreamConfig) { c.NoAck = true },
		"subjects":      func(c *jetstream.StreamConfig) { c.Subjects = append(c.Subjects, "other") },
		"max bytes":     func(c *jetstream.StreamConfig) { c.MaxBytes = 1 << 20 },
		"allow batches": func(c *jetstream.StreamConfig) { c.AllowBatchPublish = true },
	} {
		t.Run(name, func(t *testing.T) {
			h := stopped(t)
			keep(t, h)
			h.Tamper(t, func(ctx context.Context, js jetstream.JetStream) error {
				stream, err := js.Stream(ctx, eventstoretest.JournalStream)
				if err != nil {
					return err
				}
				config := stream.CachedInfo().Config
				change(&config)
				if err := js.DeleteStream(ctx, config.Name); err != nil {
					return err
				}
				_, err = js.CreateStream(ctx, config)
				return err
			})
			refused(t, h.Config, eventstore.ErrSettings, name)
		})
	}
}

func TestServerSettingsAreChecked(t *testing.T) {
	config := func(options ...func(*server.Options)) eventstore.Config {
		c := eventstore.Config{Clock: eventstoretest.NewClock(eventstoretest.Start()).Now}
		eventstoretest.StartServer(t, options...).Use()(&c)
		return c
	}
	unsynced := config(func(o *server.Options) { o.SyncAlways = false })
	refused(t, unsynced, eventstore.ErrSettings, "sync_interval: always")
	unsynced.AcceptUnverifiedSync = true
	s, err := eventstore.Open(t.Context(), unsynced)
	if err != nil {
		t.Fatalf("the risk was accepted: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	unmonitored := config()
	elsewhere := unmonitored
	elsewhere.Monitors = config().Monitors
	refused(t, elsewhere, eventstore.ErrSettings, "sync_interval: always")
	unmonitored.Monitors = nil
	refused(t, unmonitored, eventstore.ErrSettings, "monitoring")
	refused(t, config(func(o *server.Options) { o.MaxPayload = 1 << 20 }), eventstore.ErrSettings, "max_payload")
	refused(t, eventstore.Config{}, eventstore.ErrSettings, "data directory")
}

func TestDataDirectoryIsOpenedOnce(t *testing.T) {
	h := eventstoretest.New(t)
	refused(t, h.Config, eventstore.ErrInUse, "stop the other process")
	h.MustSubmit(t, eventstoretest.Request(eventstoretest.Body("A1")))
}

// Nothing that could name a person is in any file but the vault's, and after erasure in none.
func TestPersonalTextIsOnlyInTheVault(t *testing.T) {
	h := stopped(t)
	var found []string
	search := func() {
		t.Helper()
		found = nil
		err := filepath.WalkDir(h.Config.Dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			content, err := os.ReadFile(path)
			if bytes.Contains(content, []byte("Jane")) {
				found = append(found, path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	search()
	if len(found) == 0 || slices.ContainsFunc(found, func(p string) bool { return !strings.Contains(p, eventstoretest.VaultStream) }) {
		t.Errorf("the text is in %q", found)
	}
	h.Start(t)
	events, err := h.Read(t.Context(), 1, h.Position())
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		if err := h.Vault().Erase(t.Context(), e.Reason.Commitment); err != nil {
			t.Fatal(err)
		}
		if text, ok := h.Vault().Text(e.Reason.Commitment); ok {
			t.Errorf("%q was erased and is there", text)
		}
	}
	if err := h.Stop(t); err != nil {
		t.Fatal(err)
	}
	if search(); len(found) > 0 {
		t.Errorf("the text was erased and is in %q", found)
	}
}
