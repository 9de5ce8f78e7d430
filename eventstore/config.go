package eventstore

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/remit-register/remit/domain"
)

// Sizes that are part of the stored format: what is recorded today must fit the journal of every installation.
const (
	// MaxEventBytes is the size of the largest event: its length is two bytes in an entry of the archive.
	MaxEventBytes = 64<<10 - 1
	// MaxTransactionBytes is the size of the largest transaction: it must fit into one commit.
	MaxTransactionBytes = maxCommitBytes - commitOverhead
	// A commit packs transactions up to this size.
	maxCommitBytes = 4 << 20
	// What a commit needs besides its events.
	commitOverhead = 128
	// A record is a commit or a vault record with its headers.
	maxRecordBytes = maxCommitBytes + 64<<10
)

// Config says where the journal is and how it is kept. Dir or URL is required; everything else has a default.
type Config struct {
	// Dir is the data directory. The embedded server keeps its files there; with an external one, nothing is kept
	// but the journal's last known head. One process at a time may have it open. It is created when missing.
	Dir string
	// URL is that of an external NATS server or cluster (several separated by commas). Empty: the embedded server,
	// which listens on no port.
	URL string
	// Connect are further options for the connection to an external server, such as credentials and TLS.
	Connect []nats.Option
	// Replicas is the number of copies of each stream on an external cluster: 1 (default), 3 or 5.
	Replicas int
	// Monitors are the addresses of the external servers' monitoring ports, such as "http://10.1.2.3:8222", one for
	// each server of the cluster. They are asked whether the servers sync every write.
	Monitors []string
	// AcceptUnverifiedSync opens a journal on external servers which cannot be asked whether they sync every write.
	// If they do not, acknowledged events are lost when the power fails.
	AcceptUnverifiedSync bool
	// FeedListen is the host:port where the embedded server listens for consumers of the feed, who reach nothing else:
	// a loopback address, for they are not asked who they are. Empty: it listens nowhere.
	FeedListen string
	// Observe, if given, is told of each commit once it is on disk. It must not block.
	Observe func(Committed)
	// Trusted are heads that the journal is known to have had, such as the archive's last checkpoint: a journal that
	// is shorter, or differs, does not open.
	Trusted []TreeHead
	// Trust, if given, is asked for more of them, once the data directory is this process's own and before anything
	// in it is read. Its error keeps the journal from opening.
	Trust func() ([]TreeHead, error)
	// Archive, if given, is called with the stored bytes of each commit's events, in order, once the journal has them
	// and before anybody is told: first is the number of the first. What was recorded when the store opened is not
	// given to it. An error makes the store read-only until it is opened again.
	Archive func(ctx context.Context, first domain.EventNo, events [][]byte) error
	// AcceptMissing records in the vault which personal texts and people are missing there although no event says that
	// they were erased, and opens: for a register that was restored. Otherwise that is ErrDamaged.
	AcceptMissing bool
	// Checkpoint, if given, keeps checkpoints of the write model in Dir, so that a long journal opens without being read
	// whole first: it is used where the journal has more than VerifyAtStart events (default 1,000,000). What comes after
	// the checkpoint is verified by Open, and what came before it by Run, beside all else. nil: Open verifies everything.
	Checkpoint    *CheckpointConfig
	VerifyAtStart domain.EventNo
	// Clock tells the time; required. It may go backwards: the time of recording does not.
	Clock func() time.Time
	// Logger is told what an operator should know. Default: nothing is logged.
	Logger *slog.Logger
	// MaxQueue is how many commands may wait for their decision; more are refused. Default 512.
	MaxQueue int
	// Timeout is how long one request to the server may take. On the embedded server a write that takes longer makes
	// the store read-only until it is restarted, for it may have failed. Default 10 s.
	Timeout time.Duration
	// DrainTimeout is how long Run, once its context ends, goes on to bring to an end what was accepted. Default 10 s.
	DrainTimeout time.Duration
	// Random is the source of ids, keys and pseudonyms. Default: the system's. Tests may give a seeded one, which is
	// read under a lock.
	Random io.Reader
	// WrapJournal, if given, is put between the sequencer and the journal once the journal is verified. It is meant
	// for tests that make the journal fail.
	WrapJournal func(Journal) Journal
}

// Committed says what a commit was.
type Committed struct {
	// Events is how many it recorded, Bytes the size of their stored form.
	Events, Bytes int
	// Took is how long writing it took: the vault, the journal, and the archive where commands wait for that.
	Took time.Duration
}

// withDefaults checks c and fills in what was left out.
func (c Config) withDefaults() (Config, error) {
	switch {
	case c.Dir == "" && c.URL == "":
		return c, fmt.Errorf("neither a data directory nor a NATS server is given: %w", ErrSettings)
	case c.Clock == nil:
		return c, fmt.Errorf("no clock is given: %w", ErrSettings)
	case c.URL == "" && c.Replicas > 1:
		return c, fmt.Errorf("%d replicas need an external NATS cluster: %w", c.Replicas, ErrSettings)
	}
	c.Replicas = max(c.Replicas, 1)
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.MaxQueue <= 0 {
		c.MaxQueue = 512
	}
	if c.Timeout <= 0 {
		c.Timeout = 10 * time.Second
	}
	if c.DrainTimeout <= 0 {
		c.DrainTimeout = 10 * time.Second
	}
	if c.VerifyAtStart == 0 {
		c.VerifyAtStart = 1_000_000
	}
	if c.Checkpoint != nil && c.Checkpoint.Events == 0 {
		kept := *c.Checkpoint
		kept.Events = min(250_000, c.VerifyAtStart)
		c.Checkpoint = &kept
	}
	c.Random = newRandom(c.Random)
	return c, nil
}
