package archive

import (
	"bytes"
	"fmt"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
)

// take adds events to the tree and writes the files that they fill.
func (a *Archive) take(events [][]byte) error {
	var full []logFile
	for _, event := range events {
		files, err := a.tiling.add(event)
		if err != nil {
			return err
		}
		full = append(full, files...)
	}
	if err := a.put(full); err != nil {
		return err
	}
	for _, file := range full {
		a.filled = append(a.filled, file.path+partialSuffix)
	}
	return nil
}

// checkpoint writes the edge, signs the tree as it stands, and publishes that. The order makes every crash harmless:
// what is signed is there, and what is published is signed.
func (a *Archive) checkpoint() error {
	head, err := a.tiling.head()
	if err != nil {
		return err
	}
	if err := a.putEdge(); err != nil {
		return err
	}
	next := Checkpoint{Origin: a.keys.Origin(), Head: head}
	signed, err := next.Sign(a.signers...)
	if err != nil {
		return err
	}
	if !bytes.Equal(signed, a.last.now) {
		if err := a.last.swap(next, signed); err != nil {
			return err
		}
	}
	if err := a.publish(signed); err != nil {
		return err
	}
	a.tell(func(s *Status) { s.Checkpoint, s.Signed, s.Err = next, signed, nil })
	a.prune()
	return nil
}

// publish replaces the archive's checkpoint, which must be as this process left it.
func (a *Archive) publish(signed []byte) error {
	path := filepath.Join(a.cfg.Dir, CheckpointPath)
	found, err := readOptional(a.files, path)
	switch {
	case err != nil:
		return err
	case bytes.Equal(found, signed):
		// Perhaps put there by an attempt that did not know whether it was on disk.
		if err := a.files.SyncDir(a.cfg.Dir); err != nil {
			return fmt.Errorf("sync the archive's folder: %w", err)
		}
		a.published = signed
		return nil
	case found != nil && !bytes.Equal(found, a.published):
		return fmt.Errorf("%s is not as this process left it: %w", path, ErrMoved)
	}
	if err := replace(a.files, path, signed, logFileMode); err != nil {
		return err
	}
	a.published = signed
	return nil
}

// putEdge writes those files of the edge that changed since they were written last.
func (a *Archive) putEdge() error {
	edge := a.tiling.edge()
	changed := slices.DeleteFunc(slices.Clone(edge), func(f logFile) bool { return bytes.Equal(a.edge[f.path], f.data) })
	if err := a.put(changed); err != nil {
		return err
	}
	a.edge = make(map[string][]byte, len(edge))
	for _, file := range edge {
		a.edge[file.path] = file.data
	}
	return nil
}

// put writes files into the archive, and returns once they are on disk. Those that are there with the same content were
// written before a crash; one with other content is damage, or the work of somebody else, and is left as it is: nothing
// that is signed says which is right.
func (a *Archive) put(files []logFile) error {
	folders := map[string]bool{}
	for _, file := range files {
		path := a.path(file.path)
		folder := filepath.Dir(path)
		found, err := readOptional(a.files, path)
		switch {
		case err != nil:
			return err
		case found != nil && !bytes.Equal(found, file.data):
			return fmt.Errorf("%s is there with other content than the journal has, although no checkpoint covers it. Keep a copy of "+
				"it, find out where it is from, and move it aside: %w", path, ErrDamaged)
		case found == nil:
			if err := a.place(file); err != nil {
				return err
			}
		}
		folders[folder] = true
	}
	return a.syncFolders(folders)
}

// place writes a file without syncing its folder.
func (a *Archive) place(file logFile) error {
	path := a.path(file.path)
	if err := makeFolder(a.files, filepath.Dir(path), logFolderMode); err != nil {
		return err
	}
	if err := a.files.WriteFile(path+temporaryEnds, file.data, logFileMode); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := a.files.Rename(path+temporaryEnds, path); err != nil {
		return fmt.Errorf("put %s into place: %w", path, err)
	}
	return nil
}

func (a *Archive) syncFolders(folders map[string]bool) error {
	for _, folder := range slices.Sorted(maps.Keys(folders)) {
		if err := a.files.SyncDir(folder); err != nil {
			return fmt.Errorf("sync %s: %w", folder, err)
		}
	}
	return nil
}

// prune removes the partial files of tiles and bundles that are full by a published checkpoint. Some are left when it
// fails or the process ends before: the next check of the archive removes them.
func (a *Archive) prune() {
	for _, folder := range a.filled {
		if err := a.files.RemoveAll(a.path(folder)); err != nil {
			a.cfg.Logger.Warn("could not remove superfluous files of the archive", //nolint:sloglint // there is no context
				slog.String("folder", folder), slog.Any("error", err))
		}
	}
	a.filled = nil
}

// path returns where a file of the archive is.
func (a *Archive) path(name string) string { return filepath.Join(a.cfg.Dir, filepath.FromSlash(name)) }
