package archive

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/remit-register/remit/eventstore"
)

// LastFile is the name of the file in the data directory that holds the last checkpoint that was signed.
const LastFile = "log.checkpoint"

// lastStore keeps the last checkpoint signed, apart from the archive. It is swapped by comparison under the data
// directory's lock, and never goes backwards: there is no second answer to how the log went on.
type lastStore struct {
	files Files
	path  string
	now   []byte // as it stands in the file, nil when nothing was signed
	last  Checkpoint
}

// swap replaces the last checkpoint by next, which is signed. ErrMoved: the file is not as this process left it, or next
// does not continue it.
func (s *lastStore) swap(next Checkpoint, signed []byte) error {
	found, err := s.files.ReadFile(s.path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read the last checkpoint: %w", err)
	}
	if !bytes.Equal(found, s.now) {
		return fmt.Errorf("%s is not as this process left it: %w", s.path, ErrMoved)
	}
	if s.now != nil && (next.Origin != s.last.Origin || next.Head.Size < s.last.Head.Size ||
		next.Head.Size == s.last.Head.Size && next.Head != s.last.Head) {
		return fmt.Errorf("checkpoint %s of %s does not continue %s of %s: %w",
			next.Head, next.Origin, s.last.Head, s.last.Origin, ErrMoved)
	}
	if err := replace(s.files, s.path, signed, ownFileMode); err != nil {
		return err
	}
	s.now, s.last = signed, next
	return nil
}

// openState reads the keys and both checkpoints, and refuses what does not agree: nothing is repaired here, for what is
// wrong may be the sign of a log that was shortened.
func (a *Archive) openState() error {
	lastPath, publishedPath := filepath.Join(a.cfg.Data, LastFile), filepath.Join(a.cfg.Dir, CheckpointPath)
	last, err := readOptional(a.files, lastPath)
	if err != nil {
		return fmt.Errorf("%w: %w. Put back the file from a copy of the same time, or restore the register with 'remit restore'", ErrDamaged, err)
	}
	published, err := readOptional(a.files, publishedPath)
	if err != nil {
		return fmt.Errorf("%w: %w. If its disk is failing, give a folder on another one with --archive, which is then written anew; "+
			"if only that file is damaged, move that file aside: it is published again", ErrDamaged, err)
	}
	if err := a.openKeys(last != nil, published != nil); err != nil {
		return err
	}
	a.last = &lastStore{files: a.files, path: lastPath, now: last}
	switch {
	case last == nil && published != nil:
		return fmt.Errorf("%s is missing, but %s says that this register signed its log. If that folder is this register's newest "+
			"archive, copy its file checkpoint to %s; otherwise give another folder with --archive: %w",
			lastPath, publishedPath, lastPath, ErrDamaged)
	case last == nil:
		return nil
	}
	if a.last.last, err = a.parseOwn(last); err != nil {
		return fmt.Errorf("%s: %w. Put back the file from a copy of the same time, or restore the register with 'remit restore'", lastPath, err)
	}
	if published == nil {
		return nil
	}
	return a.comparePublished(publishedPath, published)
}

// comparePublished checks the archive's own checkpoint against the last one signed.
func (a *Archive) comparePublished(path string, published []byte) error {
	c, err := a.parseOwn(published)
	if err != nil {
		return fmt.Errorf("%s: %w. If the folder is this register's archive, move that file aside: it is published again; "+
			"otherwise give another folder with --archive", path, err)
	}
	last := a.last.last
	switch {
	case c.Head.Size > last.Head.Size:
		return fmt.Errorf("%s has %d events, but the last checkpoint in %s has %d: the data directory is older than its archive. "+
			"Do not go on with it: restore the register with 'remit restore': %w",
			path, c.Head.Size, a.last.path, last.Head.Size, ErrDamaged)
	case c.Head.Size == last.Head.Size && c.Head.Root != last.Head.Root:
		return fmt.Errorf("%s and %s are two different logs of %d events, signed with the same key. Keep both, and find out "+
			"which one is true: %w", path, a.last.path, last.Head.Size, ErrDamaged)
	}
	a.published = published
	return nil
}

// parseOwn reads a checkpoint that this log's keys signed.
func (a *Archive) parseOwn(signed []byte) (Checkpoint, error) {
	verifiers, err := a.keys.Verifiers()
	if err != nil {
		return Checkpoint{}, err
	}
	c, err := ParseCheckpoint(signed, verifiers)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("%w (the log of this register is %s)", err, a.keys.Origin())
	}
	return c, nil
}

// openKeys reads the keys, or makes the first one where nothing was signed yet.
func (a *Archive) openKeys(signed, published bool) error {
	var err error
	a.keys, err = LoadKeys(a.cfg.Data)
	path := filepath.Join(a.cfg.Data, KeyFile)
	switch {
	case errors.Is(err, fs.ErrNotExist) && signed:
		return fmt.Errorf("%w. This register has signed its log before, so put back %s from its safe copy; without it the log "+
			"cannot be continued, only begun anew: see 'remit restore --help'", err, path)
	case errors.Is(err, fs.ErrNotExist) && published:
		return fmt.Errorf("%s holds the log of another register, or of this one before it lost its data directory: give another "+
			"folder with --archive, or restore the register from this one with 'remit restore': %w", a.cfg.Dir, ErrDamaged)
	case errors.Is(err, fs.ErrNotExist):
		a.keys, err = CreateKeys(a.cfg.Data, a.cfg.Name, a.cfg.Random, dateOf(a.cfg.Clock()))
		return err
	case err != nil:
		return err
	case a.cfg.Name != "" && a.cfg.Name != a.keys.Origin():
		return fmt.Errorf("the log of this register is named %s, not %s: a log keeps its name for ever: %w",
			a.keys.Origin(), a.cfg.Name, eventstore.ErrSettings)
	}
	return nil
}

// readOptional reads a file that may be missing: nil then.
func readOptional(files Files, path string) ([]byte, error) {
	data, err := files.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err //nolint:wrapcheck // it names the file
	}
	if data == nil {
		data = []byte{}
	}
	return data, nil
}
