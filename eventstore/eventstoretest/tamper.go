package eventstoretest

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Names of the journal's stream, spelt out here so that a change of the stored format is noticed.
const (
	JournalStream  = "REMIT_JOURNAL"
	JournalSubject = "remit.journal"
	VaultStream    = "REMIT_VAULT"
)

// StreamDir is where an embedded server keeps a stream's files.
func (h *Harness) StreamDir(stream string) string {
	return filepath.Join(h.Config.Dir, "nats", "jetstream", "$G", "streams", stream)
}

// Tamper opens the stopped store's files with a NATS server, as somebody with access to the machine could, and has do
// change them.
func (h *Harness) Tamper(t testing.TB, do func(ctx context.Context, js jetstream.JetStream) error) {
	t.Helper()
	s := StartServer(t, func(o *server.Options) { o.StoreDir = filepath.Join(h.Config.Dir, "nats") })
	nc, err := nats.Connect(s.ClientURL())
	if err != nil {
		t.Fatalf("connect: %v", err)
	}
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatalf("use JetStream: %v", err)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 30*time.Second)
	defer cancel()
	if err := do(ctx, js); err != nil {
		t.Fatalf("tamper: %v", err)
	}
	nc.Close()
	s.Shutdown()
	s.WaitForShutdown()
	h.finishDeletion(t)
}

// finishDeletion removes the files of deleted streams: the server puts a dot before their folder's name, and removes it
// in a goroutine that it does not wait for.
func (h *Harness) finishDeletion(t testing.TB) {
	t.Helper()
	deleted, err := filepath.Glob(h.StreamDir(".*"))
	if err != nil {
		t.Fatalf("look for deleted streams: %v", err)
	}
	for _, folder := range deleted {
		if err := os.RemoveAll(folder); err != nil {
			t.Fatalf("finish the deletion of a stream: %v", err)
		}
	}
}

// Rewrite replaces the stopped store's journal by one with other records, set up as before.
func (h *Harness) Rewrite(t testing.TB, change func(records [][]byte) [][]byte) {
	t.Helper()
	h.Tamper(t, func(ctx context.Context, js jetstream.JetStream) error {
		stream, err := js.Stream(ctx, JournalStream)
		if err != nil {
			return err //nolint:wrapcheck // the test says what was being done
		}
		info := stream.CachedInfo()
		var records [][]byte
		for no := uint64(1); no <= info.State.LastSeq; no++ {
			msg, err := stream.GetMsg(ctx, no)
			if err != nil {
				return err //nolint:wrapcheck // as above
			}
			records = append(records, msg.Data)
		}
		if err := js.DeleteStream(ctx, JournalStream); err != nil {
			return err //nolint:wrapcheck // as above
		}
		if _, err := js.CreateStream(ctx, info.Config); err != nil {
			return err //nolint:wrapcheck // as above
		}
		for _, data := range change(records) {
			if _, err := js.Publish(ctx, JournalSubject, data); err != nil {
				return err //nolint:wrapcheck // as above
			}
		}
		return nil
	})
}
