package archive

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/mod/sumdb/note"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
)

// The errors of Restore that callers tell apart.
var (
	// ErrLoss means that the log cannot be continued honestly from what there is, so it would have to be begun anew.
	ErrLoss = errors.New("the log would have to begin anew")
	// ErrWhole means that there is nothing to restore: the register opens, with all that the archive has.
	ErrWhole = errors.New("the register is whole")
)

// Restoration says what to restore from what, and where. Nothing of the register is changed before all that it is to
// have is there, verified; what was there is moved aside, never deleted.
type Restoration struct {
	// From is the archive to restore from. Folder is where it is, if it is a folder: a backup has the vault there.
	From   Source
	Folder string
	// Verifiers check the archive's checkpoint. Nil: the keys in the data directory, or else in Folder.
	Verifiers note.Verifiers
	// Store is the register to restore. Its Dir is the data directory, required with an external server too.
	Store eventstore.Config
	// Archive is the folder of the register's own archive. Default: archive in the data directory.
	Archive string
	// AcceptLoss begins a new log with another key where the old one cannot be continued.
	AcceptLoss bool
	// ArchiveOnly takes nothing from what is left of the old journal and vault.
	ArchiveOnly bool
	// Reason is recorded as the reason for the new epoch.
	Reason string
	// Progress is told how many of all events are restored; nil for nothing.
	Progress func(done, total int)
}

// Restored says what was done.
type Restored struct {
	// Resumed says that an earlier restore was brought to its end, and nothing else done.
	Resumed bool
	// Checkpoint is the archive's; Folder where it is from.
	Checkpoint Checkpoint
	// Epoch is what was recorded, Position the number of the event that records it.
	Epoch    domain.EpochBegan
	Position domain.EventNo
	// Texts is how many of the personal texts that the events refer to are there, Missing how many are not: erased, or
	// lost. UnreadableVault is how many records of the old vault could not be read.
	Texts, Missing, UnreadableVault int
	// Aside is the folder to which what was there before was moved, "" when there was nothing.
	Aside string
	// OldJournal says why the old journal did not open, or could not be read; "" when there was none.
	OldJournal string
}

// Restore restores a register. It may be repeated when it was interrupted. ErrWhole, ErrLoss and eventstore.ErrNotEmpty
// are refusals that leave everything as it was; so do ErrDamaged and ErrSignature, which are about From.
func Restore(ctx context.Context, r Restoration) (_ Restored, err error) {
	if r.Store.Dir == "" || r.Store.Clock == nil {
		return Restored{}, fmt.Errorf("a restore needs a data directory and a clock: %w", eventstore.ErrSettings)
	}
	if r.Archive == "" {
		r.Archive = filepath.Join(r.Store.Dir, "archive")
	}
	for _, path := range []*string{&r.Store.Dir, &r.Archive} { // the plan of the moves may be read from elsewhere
		if *path, err = filepath.Abs(*path); err != nil {
			return Restored{}, fmt.Errorf("restore: %w", err)
		}
	}
	lock, err := eventstore.Lock(r.Store.Dir)
	if err != nil {
		return Restored{}, err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	w := &restorer{Restoration: r, work: filepath.Join(r.Store.Dir, "restoring")}
	if resumed, err := w.resume(); resumed || err != nil {
		return w.done, err
	}
	err = w.restore(ctx)
	if err != nil && !w.swapping {
		err = errors.Join(err, os.RemoveAll(w.work))
	}
	return w.done, err
}

// restorer is one restore on its way.
type restorer struct {
	Restoration

	work     string // the folder in which everything is made ready
	done     Restored
	old      oldRegister
	origin   string // of the register's keys, "" without any
	signs    bool   // the data directory has keys and last checkpoint
	newLog   bool   // the log begins anew
	marks    []*mark
	swapping bool // what was made ready is being put into place: work is to stay
}

// mark is a checkpoint that the register is known to have signed, and whether what was restored passes through it.
type mark struct {
	Checkpoint

	signed []byte
	where  string
	passed bool
}

func (w *restorer) restore(ctx context.Context) error {
	if err := os.RemoveAll(w.work); err != nil {
		return fmt.Errorf("clear the work of an interrupted restore away: %w", err)
	}
	if err := os.MkdirAll(w.built(), ownFolderMode); err != nil {
		return fmt.Errorf("make a folder for the restore: %w", err)
	}
	if err := w.readCheckpoints(ctx); err != nil {
		return err
	}
	if err := w.inspect(ctx); err != nil {
		return err
	}
	defer w.old.close()
	if err := w.rehearse(ctx); err != nil {
		return err
	}
	head, err := w.rebuild(ctx)
	if err != nil {
		return err
	}
	if err := w.mayContinue(); err != nil {
		return err
	}
	if err := w.begin(ctx, head); err != nil {
		return err
	}
	return w.swap()
}

// built is the folder with what the data directory is to have.
func (w *restorer) built() string { return filepath.Join(w.work, "new") }

// readCheckpoints reads the checkpoint to restore from, and those that the register is known to have signed.
func (w *restorer) readCheckpoints(ctx context.Context) error {
	verifiers, err := w.verifiers()
	if err != nil {
		return err
	}
	signed, err := w.From.ReadFile(ctx, CheckpointPath)
	if err != nil {
		return fmt.Errorf("read the archive's checkpoint: %w", err)
	}
	if w.done.Checkpoint, err = ParseCheckpoint(signed, verifiers); err != nil {
		return fmt.Errorf("the archive's checkpoint: %w", err)
	}
	w.marks = append(w.marks, &mark{Checkpoint: w.done.Checkpoint, signed: signed, where: "the archive"})
	for _, path := range []string{filepath.Join(w.Store.Dir, LastFile), filepath.Join(w.Archive, CheckpointPath)} {
		signed, err := os.ReadFile(path)
		if err != nil {
			continue // what is not there, or cannot be read, is not known
		}
		if c, err := ParseCheckpoint(signed, verifiers); err == nil && c.Origin == w.done.Checkpoint.Origin {
			w.marks = append(w.marks, &mark{Checkpoint: c, signed: signed, where: path})
			w.signs = w.signs || path == filepath.Join(w.Store.Dir, LastFile) && w.origin == c.Origin
		}
	}
	return nil
}

// verifiers returns what checks the archive's checkpoint, and notes whether the register can sign.
func (w *restorer) verifiers() (note.Verifiers, error) {
	own, err := LoadKeys(w.Store.Dir)
	if errors.Is(err, fs.ErrNotExist) && w.Folder != "" {
		if own, err = LoadKeys(w.Folder); err == nil {
			err = copyFile(filepath.Join(w.Folder, KeyFile), filepath.Join(w.built(), KeyFile))
		}
	}
	switch {
	case err == nil:
		w.origin = own.Origin()
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	case w.Verifiers == nil:
		return nil, fmt.Errorf("there is no %s in %s, so nothing says whose signature the archive must have: give the verifier "+
			"key that 'remit key' showed with --key, or put the safe copy of %s back: %w", KeyFile, w.Store.Dir, KeyFile, err)
	}
	if w.Verifiers != nil {
		return w.Verifiers, nil
	}
	return own.Verifiers()
}

// mayContinue tells whether the log can be continued honestly: nothing that was signed may be taken back, and the key
// must be there. Otherwise it begins anew where that is accepted.
func (w *restorer) mayContinue() error {
	why := ""
	for _, m := range w.marks {
		if !m.passed {
			why = fmt.Sprintf("%s shows that this register signed a log of %d events (root %s), which what can be restored "+
				"does not lead to: everybody who saw it would find the log changed", m.where, m.Head.Size, m.Head.Root)
		}
	}
	if why == "" && w.origin != w.done.Checkpoint.Origin {
		why = fmt.Sprintf("the key that signs the log %s is not there: put its safe copy back as %s to continue that log",
			w.done.Checkpoint.Origin, filepath.Join(w.Store.Dir, KeyFile))
	}
	w.newLog = why != ""
	if w.newLog && !w.AcceptLoss {
		return fmt.Errorf("%w: %s. With --accept-loss the events are restored into a new log with another name and key, and that "+
			"is recorded", ErrLoss, why)
	}
	return nil
}

// asideName is the folder in the data directory to which what was there is moved: a new one.
func (w *restorer) asideName() string {
	name := filepath.Join("damaged", w.Store.Clock().UTC().Format("20060102T150405Z"))
	for n := 1; ; n++ {
		free := name
		if n > 1 {
			free = fmt.Sprintf("%s-%d", name, n)
		}
		if _, err := os.Lstat(filepath.Join(w.Store.Dir, free)); errors.Is(err, fs.ErrNotExist) {
			return free
		}
	}
}
