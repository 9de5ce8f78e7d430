package eventstore

import (
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// headFile remembers the journal's head beside it, so that a journal that lost its end, or all, does not open as if
// nothing had been. It is written after the journal is on disk and not synced, so it is never ahead and may be behind.
type headFile struct {
	file *os.File // nil where there is no data directory
}

const headFormat = "%020d %s\n"

// open returns the head that was kept, zero when none was, or none that can be read.
func (h *headFile) open(dir string) (known TreeHead, err error) {
	if dir == "" {
		return TreeHead{}, nil
	}
	h.file, err = os.OpenFile(filepath.Join(dir, "head"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return TreeHead{}, fmt.Errorf("open the file that keeps the journal's head: %w", err)
	}
	var root string
	if _, err := fmt.Fscanf(h.file, headFormat, &known.Size, &root); err != nil {
		return TreeHead{}, nil //nolint:nilerr // a head that cannot be read is one that is not known
	}
	if n, err := hex.Decode(known.Root[:], []byte(root)[:min(len(root), 2*len(known.Root))]); err != nil || n != len(known.Root) {
		return TreeHead{}, nil //nolint:nilerr // as above
	}
	return known, nil
}

// keep writes the head over the one before.
func (h *headFile) keep(head TreeHead) error {
	if h.file == nil {
		return nil
	}
	if _, err := h.file.WriteAt(fmt.Appendf(nil, headFormat, head.Size, head.Root), 0); err != nil {
		return fmt.Errorf("keep the journal's head: %w", err)
	}
	return nil
}

// close closes the file.
func (h *headFile) close() error {
	if h.file == nil {
		return nil
	}
	if err := h.file.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
		return fmt.Errorf("close the file that keeps the journal's head: %w", err)
	}
	return nil
}
