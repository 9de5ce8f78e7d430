package archive

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
)

// Config says where an archive is and how it is kept. Data and Clock are required.
type Config struct {
	// Data is the register's data directory: keys and last checkpoint are kept there, and damaged files.
	Data string
	// Dir is the archive's folder; made when missing. Default: archive in Data.
	Dir string
	// Name is the log's origin, given when the first key is made. Default: one that is made up.
	Name string
	// Sync says that commands are answered once they are archived: Commit is the store's hook then, and Run only checks.
	Sync bool
	// Every is the least time between two checkpoints while Run follows the journal. Default 1 s.
	Every time.Duration
	// Clock tells the time; required.
	Clock func() time.Time
	// Logger is told what an operator should know. Default: nothing is logged.
	Logger *slog.Logger
	// Random is the source of keys, nil for the system's.
	Random io.Reader
	// Files is the file system, nil for the operating system's.
	Files Files
}

// Journal is what is archived: the store.
type Journal interface {
	// Head returns the tree of all events that are recorded.
	Head() eventstore.TreeHead
	// FollowBytes calls apply with the stored bytes of the events after a number, whole transactions, in order.
	FollowBytes(ctx context.Context, after domain.EventNo, apply func(first domain.EventNo, events [][]byte) error) error
}

// Archive writes the log of one register. Its life: New; Open, once the data directory is locked; Attach, before
// commands are decided; Run; and Finish, once no more are decided. Open, Attach, Commit, Run and Finish do not overlap,
// but for Commit and Run where Sync is set. The other methods may be called at any time after Open.
type Archive struct {
	cfg     Config
	files   Files
	journal Journal

	keys    *Keys
	signers []note.Signer

	// What is written belongs to Attach, Finish, and to Run, or with Sync to Commit.
	last      *lastStore
	published []byte            // the archive's checkpoint as this process knows it, nil for none
	tiling    *tiling           // nil when the edge is to be read again
	edge      map[string][]byte // the files of the edge as they were written last
	filled    []string          // folders of partial files that the next checkpoint makes superfluous

	mu      sync.Mutex
	status  Status        // guarded by mu
	changed chan struct{} // guarded by mu: closed when status changes
}

// Status tells how an archive is.
type Status struct {
	// Checkpoint is the newest that is published; zero when none is.
	Checkpoint Checkpoint
	// Signed is the checkpoint as a signed note.
	Signed []byte
	// Sync says that commands are answered once they are archived.
	Sync bool
	// Err is why the archive cannot be written at present; nil when it can.
	Err error
	// Checked says that every file was compared with the journal since the start.
	Checked bool
	// Repaired is how many files were missing or wrong since the start and were written again from the journal.
	Repaired int
}

// New returns an archive that is not open yet.
func New(cfg Config) (*Archive, error) {
	if cfg.Data == "" || cfg.Clock == nil {
		return nil, fmt.Errorf("an archive needs a data directory and a clock: %w", eventstore.ErrSettings)
	}
	if cfg.Name != "" {
		if err := CheckName(cfg.Name); err != nil {
			return nil, fmt.Errorf("%w: %w", eventstore.ErrSettings, err)
		}
	}
	if cfg.Dir == "" {
		cfg.Dir = filepath.Join(cfg.Data, "archive")
	}
	if cfg.Every <= 0 {
		cfg.Every = time.Second
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Files == nil {
		cfg.Files = osFiles{}
	}
	return &Archive{cfg: cfg, files: cfg.Files, status: Status{Sync: cfg.Sync}, changed: make(chan struct{})}, nil
}

// Open reads the keys, or makes the first, and the checkpoints, and refuses those that do not agree. It returns the
// heads that the journal must have had. The data directory must be locked: it is meant for eventstore.Config.Trust.
//
// Its errors name the file and the remedy: ErrKeyFile, ErrSignature, ErrDamaged.
func (a *Archive) Open() ([]eventstore.TreeHead, error) {
	if err := a.openState(); err != nil {
		return nil, fmt.Errorf("open the archive: %w", err)
	}
	var err error
	if a.signers, err = a.keys.Signers(); err != nil {
		return nil, fmt.Errorf("open the archive: %w", err)
	}
	if err := makeFolder(a.files, a.cfg.Dir, logFolderMode); err != nil {
		return nil, fmt.Errorf("open the archive: %w", err)
	}
	if a.last.now == nil {
		return nil, nil
	}
	if bytes.Equal(a.published, a.last.now) {
		a.tell(func(s *Status) { s.Checkpoint, s.Signed = a.last.last, a.last.now })
	}
	if a.last.last.Head.Size == 0 {
		return nil, nil // nothing that a journal could contradict
	}
	return []eventstore.TreeHead{a.last.last.Head}, nil
}

// Attach gives the archive the journal that it keeps, which has been verified. With Sync it brings the archive up to
// the journal's end, so that nothing is asked or answered that is not archived.
func (a *Archive) Attach(ctx context.Context, journal Journal) error {
	a.journal = journal
	if !a.cfg.Sync {
		return nil
	}
	if err := a.catchUp(ctx); err != nil {
		return fmt.Errorf("bring the archive up to the journal: %w", err)
	}
	return nil
}

// Finish brings the archive up to the journal's end, when nothing is recorded any more. With Sync it is there already.
func (a *Archive) Finish(ctx context.Context) error {
	if a.cfg.Sync {
		return nil
	}
	if err := a.catchUp(ctx); err != nil {
		return fmt.Errorf("bring the archive up to the journal: %w", err)
	}
	return nil
}

// Commit archives events that were recorded and returns once a checkpoint with them is published. first is the number
// of the first; they follow the ones archived before. It is meant for eventstore.Config.Archive, where Sync is set.
func (a *Archive) Commit(_ context.Context, first domain.EventNo, events [][]byte) error {
	if a.tiling == nil {
		return fmt.Errorf("archive event %d: an earlier attempt failed: %w", first, ErrNotWritten)
	}
	err := a.commit(first, events)
	if err != nil {
		a.tiling = nil
		err = fmt.Errorf("archive event %d: %w: %w", first, ErrNotWritten, err)
	}
	a.tell(func(s *Status) { s.Err = err })
	return err
}

func (a *Archive) commit(first domain.EventNo, events [][]byte) error {
	if first != a.tiling.size+1 {
		return fmt.Errorf("event %d does not follow event %d: %w", first, a.tiling.size, eventstore.ErrDamaged)
	}
	if err := a.take(events); err != nil {
		return err
	}
	return a.checkpoint()
}

// Keys returns the log's keys.
func (a *Archive) Keys() *Keys { return a.keys }

// Source returns the archive's files.
func (a *Archive) Source() Source { return Dir(a.cfg.Dir) }

// Status tells how the archive is.
func (a *Archive) Status() Status {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.status
}

// tell changes the status.
func (a *Archive) tell(change func(*Status)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	change(&a.status)
	close(a.changed)
	a.changed = make(chan struct{})
}

// WaitFor returns once a published checkpoint covers event no, or when ctx ends.
func (a *Archive) WaitFor(ctx context.Context, no domain.EventNo) error {
	return a.await(ctx, func(s Status) bool { return s.Signed != nil && s.Checkpoint.Head.Size >= no })
}

// WaitChecked returns once every file was compared with the journal, or when ctx ends.
func (a *Archive) WaitChecked(ctx context.Context) error {
	return a.await(ctx, func(s Status) bool { return s.Checked })
}

// WaitFailed returns once the archive could not be written, or when ctx ends.
func (a *Archive) WaitFailed(ctx context.Context) error {
	return a.await(ctx, func(s Status) bool { return s.Err != nil })
}

func (a *Archive) await(ctx context.Context, enough func(Status) bool) error {
	for {
		a.mu.Lock()
		status, changed := a.status, a.changed
		a.mu.Unlock()
		if enough(status) {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("wait for the archive, which is at event %d: %w", status.Checkpoint.Head.Size, ctx.Err())
		}
	}
}
