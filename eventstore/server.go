package eventstore

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// connection is the way to NATS: to a server of our own in this process, or to others.
type connection struct {
	lock    *os.File // the data directory, nil without one
	trusted []TreeHead
	server  *server.Server
	nc      *nats.Conn
	feed    *nats.Conn // to the feed's own account, nil where it has none
}

// RestoringFile is in a data directory while what was restored is put into its place: it does not open then.
const RestoringFile = "restoring/ready"

// embedded tells whether the server is ours.
func (c *connection) embedded() bool { return c.server != nil }

// connect takes the data directory and starts or finds the server. On an error nothing is left behind.
func connect(ctx context.Context, cfg Config) (_ *connection, err error) {
	c := &connection{}
	defer func() {
		if err != nil {
			err = errors.Join(err, c.close())
		}
	}()
	if cfg.Dir != "" {
		if c.lock, err = lockDir(cfg.Dir); err != nil {
			return nil, err
		}
		if _, statErr := os.Lstat(filepath.Join(cfg.Dir, RestoringFile)); !errors.Is(statErr, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s is half restored: %w: run `remit restore` again: %w",
				cfg.Dir, ErrRestoring, cmp.Or(statErr, fs.ErrExist))
		}
	}
	if cfg.Trust != nil {
		if c.trusted, err = cfg.Trust(); err != nil {
			return nil, err
		}
	}
	if cfg.URL != "" {
		c.nc, err = dial(cfg)
	} else {
		err = c.embed(cfg)
	}
	if err != nil {
		return nil, err
	}
	if err := c.verify(ctx, cfg); err != nil {
		return nil, err
	}
	return c, nil
}

// close ends the connection, stops the embedded server, which writes what it has, and gives the directory free.
func (c *connection) close() error {
	for _, nc := range []*nats.Conn{c.feed, c.nc} {
		if nc != nil {
			nc.Close()
		}
	}
	if c.server != nil {
		c.server.Shutdown()
		c.server.WaitForShutdown()
	}
	if c.lock != nil {
		if err := c.lock.Close(); err != nil {
			return fmt.Errorf("give the data directory free: %w", err)
		}
	}
	return nil
}

// embed starts a server that nobody but this process can reach. Every write is synced.
func (c *connection) embed(cfg Config) error {
	options := &server.Options{
		ServerName:             "remit",
		DontListen:             true,
		JetStream:              true,
		StoreDir:               filepath.Join(cfg.Dir, "nats"),
		SyncAlways:             true,
		JetStreamMaxStore:      math.MaxInt64 / 2,
		JetStreamMaxMemory:     memoryForConsumers,
		MaxPayload:             maxRecordBytes,
		NoSigs:                 true,
		DisableJetStreamBanner: true,
	}
	password := allow(options)
	var door feedDoor
	if cfg.FeedListen != "" {
		if err := door.open(options, cfg.FeedListen); err != nil {
			return err
		}
	}
	started, err := server.NewServer(options)
	if err != nil {
		return fmt.Errorf("prepare the embedded NATS server: %w", err)
	}
	c.server = started
	var fatal atomic.Pointer[string]
	started.SetLoggerV2(serverLog{cfg.Logger.With(slog.String("component", "nats")), &fatal}, false, false, false)
	started.Start()
	if why := fatal.Load(); why != nil { // it gave up: waiting for it would be for nothing
		return fmt.Errorf("the embedded NATS server cannot use %s: %s", options.StoreDir, *why)
	}
	if !started.ReadyForConnections(startTimeout) || !started.JetStreamEnabled() {
		return fmt.Errorf("the embedded NATS server did not start in %s; see its log above", startTimeout)
	}
	if cfg.FeedListen != "" {
		if c.feed, err = door.enter(started); err != nil {
			return err
		}
	}
	c.nc, err = nats.Connect("", nats.InProcessServer(started), nats.Name("remit"), nats.MaxReconnects(-1),
		nats.UserInfo(registerUser, password))
	if err != nil {
		return fmt.Errorf("connect to the embedded NATS server: %w", err)
	}
	return nil
}

// registerUser is the register on the embedded server.
const registerUser = "remit"

// allow has the server know the register, whose password nobody else has, and returns that. With it nobody can change, empty
// or delete the journal or the vault: not the register itself either, whatever is wrong with it.
func allow(options *server.Options) string {
	password := rand.Text()
	options.Users = []*server.User{{Username: registerUser, Password: password, Permissions: &server.Permissions{
		Publish: &server.SubjectPermission{Deny: registerMayNot()},
	}}}
	return password
}

// registerMayNot lists what the register does not publish to: deploy/nats.conf says the same of external servers. Erasing
// deletes messages of the vault.
func registerMayNot() []string {
	return []string{
		"$JS.API.STREAM.UPDATE.>", "$JS.API.STREAM.DELETE.>", "$JS.API.STREAM.PURGE.>", "$JS.API.STREAM.RESTORE.>",
		"$JS.API.STREAM.SNAPSHOT.>", "$JS.API.STREAM.MSG.DELETE." + journalStream,
	}
}

const (
	// How long the embedded server may take to read its files.
	startTimeout = 5 * time.Minute
	// Readers of the journal keep their position in memory on the server.
	memoryForConsumers = 1 << 30
)

// dial connects to servers of somebody else's, again and again when the connection breaks.
func dial(cfg Config) (*nats.Conn, error) {
	options := append([]nats.Option{nats.Name("remit"), nats.MaxReconnects(-1), nats.Timeout(cfg.Timeout)}, cfg.Connect...)
	nc, err := nats.Connect(cfg.URL, options...)
	if err != nil {
		return nil, fmt.Errorf("connect to NATS: %w", err)
	}
	return nc, nil
}

// serverLog hands the embedded server's log on. What it calls notices is its own matter: debug.
type serverLog struct {
	logger *slog.Logger
	fatal  *atomic.Pointer[string] // what the server gave up for
}

func (l serverLog) log(level slog.Level, format string, args []any) {
	ctx := context.Background()
	if l.logger.Enabled(ctx, level) {
		l.logger.LogAttrs(ctx, level, fmt.Sprintf(format, args...))
	}
}

// Noticef logs for debugging.
func (l serverLog) Noticef(format string, args ...any) { l.log(slog.LevelDebug, format, args) }

// Warnf logs a warning. One is left out: that passwords are kept in the clear, which is said of those that the register makes
// anew at each start and that leave its memory never.
func (l serverLog) Warnf(format string, args ...any) {
	if !strings.HasPrefix(format, "Plaintext passwords") {
		l.log(slog.LevelWarn, format, args)
	}
}

// Fatalf logs an error: whether to end the process is not the server's to say.
func (l serverLog) Fatalf(format string, args ...any) {
	why := fmt.Sprintf(format, args...)
	l.fatal.Store(&why)
	l.log(slog.LevelError, format, args)
}

// Errorf logs an error.
func (l serverLog) Errorf(format string, args ...any) { l.log(slog.LevelError, format, args) }

// Debugf logs for debugging.
func (l serverLog) Debugf(format string, args ...any) { l.log(slog.LevelDebug, format, args) }

// Tracef logs for debugging.
func (l serverLog) Tracef(format string, args ...any) { l.log(slog.LevelDebug, format, args) }
