package eventstore

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
)

// noted collects a log.
type noted struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (n *noted) Write(p []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.b.Write(p)
}

func (n *noted) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.b.String()
}

// TestEmbeddedPermissions has the register's own connection to the embedded server try what nobody may do: with a feed to
// read and without. The server has nothing to complain about in how it was set up.
func TestEmbeddedPermissions(t *testing.T) {
	for name, listen := range map[string]string{"alone": "", "with a feed": "127.0.0.1:0"} {
		t.Run(name, func(t *testing.T) {
			log := &noted{}
			s, err := Open(t.Context(), Config{
				Dir: t.TempDir(), Clock: func() time.Time { return time.Unix(1_800_000_000, 0) }, FeedListen: listen,
				Logger: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelWarn})),
			})
			if err != nil {
				t.Fatal(err)
			}
			if log.String() != "" {
				t.Errorf("the server says: %s", log)
			}
			denied := make(chan error, 1)
			s.conn.nc.SetErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { denied <- err })
			for _, subject := range []string{
				"STREAM.UPDATE.REMIT_JOURNAL", "STREAM.DELETE.REMIT_JOURNAL", "STREAM.PURGE.REMIT_JOURNAL", "STREAM.MSG.DELETE.REMIT_JOURNAL",
				"STREAM.UPDATE.REMIT_VAULT", "STREAM.DELETE.REMIT_VAULT", "STREAM.PURGE.REMIT_VAULT", "STREAM.RESTORE.REMIT_VAULT",
			} {
				if err := s.conn.nc.PublishRequest("$JS.API."+subject, nats.NewInbox(), []byte("{}")); err != nil {
					t.Fatal(err)
				}
				if err := <-denied; !errors.Is(err, nats.ErrPermissionViolation) || !strings.Contains(err.Error(), subject) {
					t.Errorf("%s: %v", subject, err)
				}
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		})
	}
}
