package archive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
)

// damagedFolder is the folder of the data directory where wrong files of the archive are kept.
const damagedFolder = "damaged"

// check compares every file that a checkpoint covers with what the journal says, and notes that it is done.
func (a *Archive) check(ctx context.Context, signed eventstore.TreeHead) error {
	if _, err := a.compare(ctx, signed, false); err != nil {
		if ctx.Err() != nil || errors.Is(err, eventstore.ErrDamaged) {
			return err
		}
		a.cfg.Logger.ErrorContext(ctx, "the archive could not be compared with the journal", slog.Any("error", err))
		return nil
	}
	a.tell(func(s *Status) { s.Checked = true })
	return nil
}

// compare reads the journal up to a head that was signed, and compares the archive's files with it. A file that is
// missing is written again; so is one that is wrong, after it was put aside. With edge it does so for the files that
// are not full, too; otherwise they are somebody else's to write. It returns the tree.
func (a *Archive) compare(ctx context.Context, signed eventstore.TreeHead, edge bool) (*tiling, error) {
	t, r := &tiling{}, &repair{archive: a, aside: a.asideFolder()}
	if signed.Size == 0 {
		return t, nil
	}
	defer r.report(ctx)
	err := a.journal.FollowBytes(ctx, 0, func(_ domain.EventNo, events [][]byte) error {
		for _, event := range events {
			full, err := t.add(event)
			if err != nil {
				return err
			}
			if err := r.compareAll(full); err != nil {
				return err
			}
			if t.size == signed.Size {
				return errEnough
			}
		}
		return nil
	})
	if !errors.Is(err, errEnough) {
		return nil, fmt.Errorf("compare the archive with the journal: %w", err)
	}
	if head, err := t.head(); err != nil || head != signed {
		return nil, fmt.Errorf("the journal makes the tree %s, not %s as was signed: %w", head, signed, eventstore.ErrDamaged)
	}
	if edge {
		if err := r.compareEdge(t.edge()); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// asideFolder returns the folder for what is found wrong now.
func (a *Archive) asideFolder() string {
	return filepath.Join(a.cfg.Data, damagedFolder, a.cfg.Clock().UTC().Format("20060102T150405Z"))
}

// repair compares files, and counts what it changes.
type repair struct {
	archive *Archive
	aside   string
	missing int // files that were written because they were not there, or could not be read
	wrong   int // files that were put aside
}

// report says what was repaired.
func (r *repair) report(ctx context.Context) {
	if r.missing+r.wrong == 0 {
		return
	}
	r.archive.tell(func(s *Status) { s.Repaired += r.missing + r.wrong })
	r.archive.cfg.Logger.WarnContext(ctx, "files of the archive were written again from the journal",
		slog.Int("missing", r.missing), slog.Int("wrong", r.wrong), slog.String("kept", r.aside))
}

// compareAll compares full files, and removes the partial ones that they make superfluous.
func (r *repair) compareAll(full []logFile) error {
	for _, file := range full {
		if err := r.compare(file); err != nil {
			return err
		}
		if err := r.archive.files.RemoveAll(r.archive.path(file.path + partialSuffix)); err != nil {
			return fmt.Errorf("remove the parts of %s: %w", file.path, err)
		}
	}
	return nil
}

func (r *repair) compare(file logFile) error {
	a := r.archive
	found, err := readOptional(a.files, a.path(file.path))
	switch {
	case err != nil:
		// What cannot be read is as good as lost: it is replaced below.
		a.cfg.Logger.Warn("a file of the archive cannot be read", //nolint:sloglint // there is no context
			slog.String("file", file.path), slog.Any("error", err))
		r.missing++
	case bytes.Equal(found, file.data) && found != nil:
		return nil
	case found != nil:
		if err := r.putAside(file.path, found); err != nil {
			return err
		}
	default:
		r.missing++
	}
	if err := a.place(file); err != nil {
		return err
	}
	if err := a.files.SyncDir(filepath.Dir(a.path(file.path))); err != nil {
		return fmt.Errorf("sync the folder of %s: %w", file.path, err)
	}
	return nil
}

// putAside keeps a copy of a wrong file: the archive may be on another disk, so it cannot be moved.
func (r *repair) putAside(path string, data []byte) error {
	a := r.archive
	aside := filepath.Join(r.aside, filepath.FromSlash(path))
	if err := makeFolder(a.files, filepath.Dir(aside), ownFolderMode); err != nil {
		return fmt.Errorf("put aside %s, which is wrong: %w", path, err)
	}
	if err := replace(a.files, aside, data, ownFileMode); err != nil {
		return fmt.Errorf("put aside %s, which is wrong: %w", path, err)
	}
	r.wrong++
	a.cfg.Logger.Warn("a file of the archive is not what the journal says", //nolint:sloglint // there is no context
		slog.String("file", path), slog.String("kept as", aside))
	return nil
}

// compareEdge compares the files that are not full, and the earlier versions of them that are still there.
func (r *repair) compareEdge(edge []logFile) error {
	for _, file := range edge {
		if err := r.compareEarlier(file); err != nil {
			return err
		}
		if err := r.compare(file); err != nil {
			return err
		}
	}
	return nil
}

// compareEarlier removes, after putting them aside, the narrower versions of a file that do not begin like it.
func (r *repair) compareEarlier(file logFile) error {
	a := r.archive
	folder, last, _ := strings.Cut(file.path, partialSuffix+"/")
	folder += partialSuffix
	names, err := a.files.ReadDir(a.path(folder))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("list %s: %w", folder, err)
	}
	width, _ := strconv.Atoi(last) // as it was written by TilePath or EntriesPath
	slices.Sort(names)
	for _, name := range names {
		narrower, err := strconv.Atoi(name)
		if err != nil || narrower >= width {
			continue
		}
		path := folder + "/" + name
		found, err := readOptional(a.files, a.path(path))
		if err == nil && found != nil && bytes.HasPrefix(file.data, found) && r.isWhole(path, found, narrower) {
			continue
		}
		if found != nil {
			if err := r.putAside(path, found); err != nil {
				return err
			}
		}
		if err := a.files.RemoveAll(a.path(path)); err != nil {
			return fmt.Errorf("remove %s, which is wrong: %w", path, err)
		}
	}
	return nil
}

// isWhole tells whether a partial file has as many hashes or events as its name says.
func (r *repair) isWhole(path string, data []byte, width int) bool {
	if strings.HasPrefix(path, "tile/entries/") {
		events, err := ParseBundle(data)
		return err == nil && len(events) == width
	}
	_, err := split(data, width)
	return err == nil
}
