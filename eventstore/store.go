// Package eventstore keeps the register's events: it decides commands one after the other, records what they make in a
// journal that is on disk before anybody is told, and gives the recorded events to whoever follows. DESIGN.md beside
// this file says how and why.
package eventstore

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/remit-register/remit/domain"
)

// Store is an open journal with its write model. Run must be running for commands to be decided and for records of
// other processes to be seen; everything else works without.
type Store struct {
	cfg     Config
	conn    *connection
	journal Journal
	vault   *Vault
	history *history
	index   *commandIndex
	digests digester
	queue   *queue
	health  health
	hinted  atomic.Uint64 // number of a record that another process may have written
	asked   asked         // for copies of the write model

	// The write model belongs to Open, and then to Run alone.
	decider
	tree       *Tree
	head       TreeHead   // of tree
	headFile   headFile   // keeps head
	expected   []TreeHead // heads that the tree is still to reach, by size
	record     uint64     // number of the last record
	recordedAt time.Time  // the latest so far
	erasing    erasures   // recorded, but not yet erased from the vault

	keepAtEnd func() // keepLast, with the context of Open, which may have ended by then; nil where nothing was opened

	unfound   unfoundTexts // while Open reads the journal, nil afterwards
	lostTexts int          // see LostTexts

	keeper     *modelKeeper   // of checkpoints, nil where none are kept
	earlier    *earlier       // what is verified while the store runs
	written    domain.EventNo // up to where there is a checkpoint, or writing one was tried
	kept       atomic.Uint64  // up to where there is a checkpoint
	lost       []string       // the texts and people behind lostTexts, while checkpoints are kept
	opened     bool
	distrusted atomic.Bool // see Distrust

	// What Run remembers of its last turn: see gather.
	comeback    int // commands that were told then, and those that waited
	gatherLater int // turns until gathering is tried again
	gatherPause int // what gatherLater was last set to
}

// Open connects to the journal, or starts it, and verifies it: settings, density, transactions, the tree from its
// first leaf to its last, and that the journal is what it was. It returns a store that stands at its end.
//
// Its errors name the remedy: ErrInUse, ErrSettings and ErrDamaged are those that an operator can do something about.
func Open(ctx context.Context, cfg Config) (_ *Store, err error) {
	cfg, err = cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		return nil, fmt.Errorf("load the time zone of the register's dates: %w", err)
	}
	conn, err := connect(ctx, cfg)
	if err != nil {
		return nil, err
	}
	s := &Store{
		cfg: cfg, conn: conn, queue: newQueue(cfg.MaxQueue),
		decider: decider{clock: cfg.Clock, london: london, nextID: newTransactionIDs(cfg.Random).next},
	}
	s.keepAtEnd = func() { s.keepLast(context.WithoutCancel(ctx)) }
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	if err := s.begin(); err != nil {
		return nil, err
	}
	if s.keeper, err = newModelKeeper(cfg); err != nil {
		return nil, err
	}
	if err := s.openStreams(ctx); err != nil {
		return nil, err
	}
	if err := s.verify(ctx); err != nil {
		return nil, err
	}
	if err := s.checkVault(ctx); err != nil {
		return nil, err
	}
	if err := s.erase(ctx); err != nil {
		return nil, fmt.Errorf("finish erasures that are recorded: %w", err)
	}
	if cfg.WrapJournal != nil {
		s.journal = cfg.WrapJournal(s.journal)
		s.history.journal = s.journal
	}
	s.opened = true
	return s, nil
}

// begin makes the store that of an empty journal.
func (s *Store) begin() (err error) {
	s.state, s.tree, s.index = domain.NewState(), NewTree(), newCommandIndex()
	s.unfound, s.erasing, s.earlier = unfoundTexts{}, erasures{}, nil
	s.record, s.recordedAt, s.written = 0, time.Time{}, 0
	s.kept.Store(0)
	if s.head, err = s.tree.Head(); err != nil {
		return err
	}
	s.history = newHistory(s.head)
	s.history.journal = s.journal
	return nil
}

// openStreams finds or creates the journal and the vault.
func (s *Store) openStreams(ctx context.Context) error {
	js, err := jetstream.New(s.conn.nc)
	if err != nil {
		return fmt.Errorf("use JetStream: %w", err)
	}
	stream, err := openStream(ctx, js, journalPolicy(s.cfg.Replicas))
	if err != nil {
		return err
	}
	s.journal = &natsJournal{
		js: js, stream: stream, name: journalStream, subject: journalSubject,
		logger: s.cfg.Logger, timeout: s.cfg.Timeout, embedded: s.conn.embedded(),
	}
	s.history.journal = s.journal
	s.vault, err = openVault(ctx, js, s.cfg, s.conn.embedded())
	return err
}

// Vault returns the vault.
func (s *Store) Vault() *Vault { return s.vault }

// Position returns the number of the last event that is recorded and applied.
func (s *Store) Position() domain.EventNo {
	last, _, _ := s.history.position()
	return last
}

// Waiting returns how many commands wait for their decision, and how many may.
func (s *Store) Waiting() (commands, limit int) { return s.queue.size(), s.cfg.MaxQueue }

// Recorded tells whether a command with this id was recorded, as far as Position.
func (s *Store) Recorded(commandID string) bool {
	id, err := uuid.Parse(commandID)
	if err != nil {
		return false
	}
	_, ok := s.index.find(id)
	return ok
}

// CommandIDs returns how many command ids are remembered, and the memory in bytes that they take.
func (s *Store) CommandIDs() (ids, bytes int) { return s.index.size() }

// Head returns the tree of all events up to Position. Heads end on transactions.
func (s *Store) Head() TreeHead { return s.history.tree() }

// State returns the write model. It belongs to Run: it may be read before Run is called and after it has returned, and
// never changed.
func (s *Store) State() *domain.State { return s.state }

// Healthy returns nil, or why commands are not accepted or may not be recorded.
func (s *Store) Healthy() error {
	if err := s.health.err(); err != nil {
		return err
	}
	if status := s.conn.nc.Status(); status != nats.CONNECTED {
		return fmt.Errorf("connection to NATS is %s: %w", strings.ToLower(status.String()), ErrReadOnly)
	}
	return nil
}

// Follow calls apply with the events after number `after`, in order, whole transactions (one or more in a call), first
// those that are recorded and then those to come. It returns when ctx ends, apply fails, or the journal cannot be
// read. `after` is 0 or the last event of a transaction. apply must not change the events.
func (s *Store) Follow(ctx context.Context, after domain.EventNo, apply func([]domain.Event) error) error {
	return s.history.follow(ctx, after, func(b block) error {
		events := b.events[after+1-b.commit.first():]
		if events[0].Index != 0 {
			return fmt.Errorf("follow after event %d: it is not the last of its transaction: %w", after, ErrBadRequest)
		}
		if err := apply(events); err != nil {
			return err
		}
		after = b.commit.last()
		return nil
	})
}

// FollowBytes is Follow with the stored bytes of the events: first is the number of the first of them. It gives no more
// of a journal that is not to be trusted (see Distrust).
func (s *Store) FollowBytes(ctx context.Context, after domain.EventNo, apply func(first domain.EventNo, events [][]byte) error) error {
	err := s.history.follow(ctx, after, func(b block) error {
		if s.distrusted.Load() {
			return ErrDamaged
		}
		skip := after + 1 - b.commit.first()
		if b.events[skip].Index != 0 {
			return fmt.Errorf("follow after event %d: it is not the last of its transaction: %w", after, ErrBadRequest)
		}
		if err := apply(after+1, b.commit.events[skip:]); err != nil {
			return err
		}
		after = b.commit.last()
		return nil
	})
	if errors.Is(err, ErrDamaged) && !s.earlier.isVerified() {
		if !s.distrusted.Load() {
			s.Distrust(ctx, err)
		}
		return fmt.Errorf("the journal is not to be trusted: %w: %s", ErrReadOnly, err.Error())
	}
	return err
}

// Read returns the events from..to, which are not to be changed. An event that is not recorded is ErrNotFound.
func (s *Store) Read(ctx context.Context, from, to domain.EventNo) ([]domain.Event, error) {
	last, _, _ := s.history.position()
	if from == 0 || to > last || from > to {
		return nil, fmt.Errorf("events %d to %d of %d: %w", from, to, last, ErrNotFound)
	}
	var events []domain.Event
	err := s.history.read(ctx, from, to, func(b block) {
		first := b.commit.first()
		start, end := max(from, first)-first, min(to, b.commit.last())+1-first
		if events == nil && b.commit.last() >= to {
			events = b.events[start:end:end]
			return
		}
		events = append(events, b.events[start:end]...)
	})
	return events, err
}

// HeadAt returns the tree after event number `at`, where a commit ends with it: elsewhere the journal does not say, and
// it is ErrNotFound.
func (s *Store) HeadAt(ctx context.Context, at domain.EventNo) (TreeHead, error) {
	if head := s.Head(); head.Size == at {
		return head, nil
	}
	var head TreeHead
	if at >= s.Position() {
		return head, fmt.Errorf("tree of %d events: %w", at, ErrNotFound)
	}
	err := s.history.read(ctx, at+1, at+1, func(b block) { head = b.commit.before })
	if err == nil && head.Size != at {
		err = fmt.Errorf("tree of %d events: %w", at, ErrNotFound)
	}
	return head, err
}

// Close writes a checkpoint of the write model where one is of use, ends the connection and stops the embedded server.
// Run must have returned; followers get errors.
func (s *Store) Close() error {
	s.queue.close()
	if s.keepAtEnd != nil {
		s.keepAtEnd()
	}
	return errors.Join(s.conn.close(), s.headFile.close())
}

// health is what stands in the way of commands.
type health struct {
	mu      sync.Mutex
	fatal   error // guarded by mu: until the store is opened again
	passing error // guarded by mu: until a write succeeds
}

func (h *health) err() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	return errors.Join(h.fatal, h.passing)
}

func (h *health) broken() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.fatal
}

func (h *health) fail(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.fatal == nil {
		h.fatal = err
	}
}

func (h *health) trouble(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.passing = err
}
