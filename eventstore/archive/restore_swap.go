package archive

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/remit-register/remit/eventstore"
)

// plan is the moves that put what was restored into place, in order. It is on disk before the first of them, so that an
// interrupted restore is brought to its end; until then the register does not open.
type plan struct {
	Moves []move   `json:"moves"`
	Done  Restored `json:"done"`
}

// move gives a file or folder another name.
type move struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// swap moves what was there aside and what was restored into its place.
func (w *restorer) swap() error {
	if err := w.keepCheckpoint(); err != nil {
		return err
	}
	moves, err := w.moves()
	if err != nil {
		return err
	}
	p := plan{Moves: moves, Done: w.done}
	data, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("write the plan of the restore: %w", err)
	}
	if err := syncAll(w.built()); err != nil {
		return err
	}
	w.swapping = true
	ready := filepath.Join(w.Store.Dir, filepath.FromSlash(eventstore.RestoringFile))
	if err := replace(osFiles{}, ready, data, ownFileMode); err != nil {
		return err
	}
	return w.carryOut(p)
}

// keepCheckpoint makes ready the newest signed checkpoint that was restored, which the archive goes on from, unless the
// log begins anew.
func (w *restorer) keepCheckpoint() error {
	if w.newLog {
		return os.RemoveAll(filepath.Join(w.built(), KeyFile))
	}
	return replace(osFiles{}, filepath.Join(w.built(), LastFile), w.newest().signed, ownFileMode)
}

// newest is the checkpoint with the most events.
func (w *restorer) newest() *mark {
	newest := w.marks[0]
	for _, m := range w.marks {
		if m.Head.Size > newest.Head.Size {
			newest = m
		}
	}
	return newest
}

// moves lists what is to be moved: what is there aside, then what was restored into its place.
func (w *restorer) moves() ([]move, error) {
	aside := w.asideName()
	var moves []move
	out := func(path, to string) {
		if _, err := os.Lstat(path); err == nil {
			moves = append(moves, move{path, to})
		}
	}
	for _, name := range []string{natsFolder, headFile, LastFile} {
		out(filepath.Join(w.Store.Dir, name), filepath.Join(w.Store.Dir, aside, name))
	}
	archiveAside := filepath.Join(w.Store.Dir, aside, "archive")
	if w.Archive != filepath.Join(w.Store.Dir, "archive") { // perhaps on another disk, so it stays beside its place
		archiveAside = w.Archive + "-" + filepath.Base(aside)
	}
	if w.newLog {
		out(filepath.Join(w.Store.Dir, KeyFile), filepath.Join(w.Store.Dir, aside, KeyFile))
		out(w.Archive, archiveAside)
	} else if _, err := os.Stat(w.Archive); err == nil {
		unsigned, err := beyond(w.Archive, uint64(w.newest().Head.Size))
		if err != nil {
			return nil, err
		}
		for _, path := range unsigned {
			out(filepath.Join(w.Archive, filepath.FromSlash(path)), filepath.Join(archiveAside, filepath.FromSlash(path)))
		}
	}
	if len(moves) > 0 {
		w.done.Aside = filepath.Join(w.Store.Dir, aside)
	}
	for _, name := range []string{natsFolder, headFile, LastFile, KeyFile} {
		if _, err := os.Lstat(filepath.Join(w.built(), name)); err == nil {
			moves = append(moves, move{filepath.Join(w.built(), name), filepath.Join(w.Store.Dir, name)})
		}
	}
	return moves, nil
}

// carryOut makes the moves that are not made yet, and clears the work away.
func (w *restorer) carryOut(p plan) error {
	for _, m := range p.Moves {
		if _, err := os.Lstat(m.To); err == nil {
			continue
		}
		if err := makeFolder(osFiles{}, filepath.Dir(m.To), ownFolderMode); err != nil {
			return err
		}
		if err := os.Rename(m.From, m.To); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("put what was restored into place (repeat the restore): %w", err)
		}
		for _, dir := range []string{filepath.Dir(m.To), filepath.Dir(m.From)} {
			if err := (osFiles{}).SyncDir(dir); err != nil {
				return fmt.Errorf("sync %s (repeat the restore): %w", dir, err)
			}
		}
	}
	// The plan goes last of all, in one step: the folder gets another name first.
	gone := w.work + "-done"
	err := errors.Join(os.RemoveAll(gone), os.Rename(w.work, gone), (osFiles{}).SyncDir(w.Store.Dir), os.RemoveAll(gone))
	if err != nil {
		return fmt.Errorf("clear the work of the restore away: %w", err)
	}
	return nil
}

// resume brings a restore to its end that was interrupted while things were put into place.
func (w *restorer) resume() (resumed bool, err error) {
	path := filepath.Join(w.Store.Dir, filepath.FromSlash(eventstore.RestoringFile))
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read the plan of an interrupted restore: %w", err)
	}
	var p plan
	if err := json.Unmarshal(data, &p); err != nil {
		return false, fmt.Errorf("read the plan of an interrupted restore, %s: %w", path, err)
	}
	w.done = p.Done
	w.done.Resumed = true
	return true, w.carryOut(p)
}

// syncAll returns once every file in a folder, and its name, is on disk.
func syncAll(root string) error {
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if !entry.IsDir() && !entry.Type().IsRegular() {
			return nil
		}
		file, err := os.Open(path) //nolint:gosec // nobody else may write to the folder
		if err != nil {
			return err //nolint:wrapcheck // said below
		}
		return errors.Join(file.Sync(), file.Close())
	})
	if err != nil {
		return fmt.Errorf("sync what was restored: %w", err)
	}
	return nil
}
