package archive

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
)

// natsFolder is where a data directory has the embedded server's files, headFile what the store notes of its journal.
const (
	natsFolder = "nats"
	headFile   = "head"
)

// oldRegister is what is left of the register that is restored.
type oldRegister struct {
	remains *eventstore.Remains // nil when nothing can be read
	noted   domain.EventNo      // the last event that the store noted, 0 when it noted none
	last    domain.EventNo      // the last event that the journal claims to have
	vault   [][]byte            // records that can be read
}

func (o *oldRegister) close() {
	if o.remains != nil {
		_ = o.remains.Close() // it is a copy that is thrown away
	}
}

// inspect looks at a copy of what is left of the old register: opening it may change it. It refuses where the register is
// whole.
func (w *restorer) inspect(ctx context.Context) error {
	w.old.noted = notedHead(filepath.Join(w.Store.Dir, headFile))
	from := filepath.Join(w.Store.Dir, natsFolder)
	if _, err := os.Stat(from); errors.Is(err, fs.ErrNotExist) || w.ArchiveOnly || w.Store.URL != "" {
		return nil
	}
	copied := filepath.Join(w.work, "old")
	err := os.CopyFS(filepath.Join(copied, natsFolder), os.DirFS(from))
	if err != nil {
		return fmt.Errorf("copy what is left of the old journal, to look at it (--archive-only leaves it): %w", err)
	}
	if w.old.noted > 0 {
		if err := copyFile(filepath.Join(w.Store.Dir, headFile), filepath.Join(copied, headFile)); err != nil {
			return err
		}
	}
	cfg := w.Store
	cfg.Dir = copied
	if err := w.refuseWhole(ctx, cfg); err != nil {
		return err
	}
	w.old.remains, err = eventstore.OpenRemains(ctx, cfg)
	if err != nil {
		w.done.OldJournal = err.Error()
		return nil //nolint:nilerr // what cannot be read is not there
	}
	w.old.last = w.old.remains.LastEvent(ctx)
	w.old.vault, w.done.UnreadableVault, err = w.old.remains.Vault(ctx)
	if err != nil {
		return fmt.Errorf("read what is left of the old vault (--archive-only leaves it): %w", err)
	}
	return nil
}

// refuseWhole refuses to restore a register that opens with all that was signed, and notes otherwise why it does not.
func (w *restorer) refuseWhole(ctx context.Context, cfg eventstore.Config) error {
	for _, m := range w.marks {
		cfg.Trusted = append(cfg.Trusted, m.Head)
	}
	s, err := eventstore.Open(ctx, cfg)
	if err != nil {
		w.done.OldJournal = err.Error()
		return nil //nolint:nilerr // that is why it is restored
	}
	head, lost := s.Head(), s.LostTexts()
	if err := s.Close(); err != nil {
		return fmt.Errorf("close the copy of the old journal: %w", err)
	}
	w.done.OldJournal = fmt.Sprintf("it opens, with %d events", head.Size)
	_, err = os.Stat(filepath.Join(w.Folder, VaultFile))
	mayFind := lost > 0 && w.Folder != "" && err == nil
	if !w.signs || mayFind {
		return nil // it cannot go on as it is, for key or last checkpoint are missing; or texts may be brought back
	}
	return fmt.Errorf("%w: the journal in %s has all %d events of the archive and %d in all. Start it with 'remit serve'; to go back "+
		"to the archive all the same, give --archive-only", ErrWhole, w.Store.Dir, w.done.Checkpoint.Head.Size, head.Size)
}

// notedHead returns the number of the last event that the store noted beside its journal, 0 when it noted none.
func notedHead(path string) (size domain.EventNo) {
	file, err := os.Open(path)
	if err != nil {
		return 0
	}
	defer file.Close()
	if _, err := fmt.Fscanf(file, "%d", &size); err != nil {
		return 0
	}
	return size
}

// lost tells what may have been lost: the number of the last event known to have been recorded and not restored.
func (w *restorer) lost(restored domain.EventNo) (mayHave bool, upTo domain.EventNo) {
	known := max(w.old.noted, w.old.last)
	for _, m := range w.marks {
		known = max(known, m.Head.Size)
	}
	switch {
	case known > restored:
		return true, known
	case w.old.noted == 0:
		return true, 0 // nothing says how far the journal had got
	}
	return false, 0
}

// copyFile copies a file that is the register's own, and returns once it is on disk.
func copyFile(from, to string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return fmt.Errorf("copy %s: %w", from, err)
	}
	return replace(osFiles{}, to, data, ownFileMode)
}
