package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"strconv"
	"sync"
)

// AccessFile is an access log in a file, one JSON object a line. A file that has grown to its size becomes path.1, and
// that before it path.2, and so on; the oldest is removed. Methods may be called concurrently.
type AccessFile struct {
	path     string
	maxBytes int64
	keep     int
	logger   *slog.Logger

	mu     sync.Mutex
	file   *os.File // guarded by mu; nil after Close
	size   int64    // guarded by mu
	failed bool     // guarded by mu: the last line could not be written
}

const (
	accessFileBytes = 8 << 20
	accessFilesKept = 8
)

// OpenAccessFile opens the access log at path, which only its owner can read.
func OpenAccessFile(path string, logger *slog.Logger) (*AccessFile, error) {
	a := &AccessFile{path: path, maxBytes: accessFileBytes, keep: accessFilesKept, logger: logger}
	if err := a.open(); err != nil {
		return nil, err
	}
	return a, nil
}

func (a *AccessFile) open() error {
	file, err := os.OpenFile(a.path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("open the access log: %w", err)
	}
	info, err := file.Stat()
	if err != nil {
		return errors.Join(fmt.Errorf("open the access log: %w", err), file.Close())
	}
	a.file, a.size = file, info.Size()
	return nil
}

// Refused writes an attempt down. That it cannot be written is logged once, until it can be again.
func (a *AccessFile) Refused(attempt Attempt) {
	line, err := json.Marshal(attempt)
	a.mu.Lock()
	defer a.mu.Unlock()
	if err == nil {
		err = a.write(append(line, '\n'))
	}
	if err != nil && !a.failed {
		a.logger.ErrorContext(context.Background(), "refused attempts cannot be kept in the access log", slog.Any("error", err))
	}
	a.failed = err != nil
}

func (a *AccessFile) write(line []byte) error {
	if a.file == nil {
		if err := a.open(); err != nil {
			return err
		}
	}
	if a.size > 0 && a.size+int64(len(line)) > a.maxBytes {
		if err := a.rotate(); err != nil {
			return err
		}
	}
	n, err := a.file.Write(line)
	a.size += int64(n)
	if err != nil {
		return fmt.Errorf("write to the access log: %w", err)
	}
	return nil
}

// rotate begins a new file.
func (a *AccessFile) rotate() error {
	err := a.file.Close()
	a.file = nil
	for i := a.keep - 1; i >= 0; i-- {
		moveErr := os.Rename(a.numbered(i), a.numbered(i+1))
		if moveErr != nil && !errors.Is(moveErr, fs.ErrNotExist) {
			err = errors.Join(err, moveErr)
		}
	}
	if err != nil {
		return fmt.Errorf("begin a new access log: %w", err)
	}
	return a.open()
}

func (a *AccessFile) numbered(i int) string {
	if i == 0 {
		return a.path
	}
	return a.path + "." + strconv.Itoa(i)
}

// WriteTo writes what is kept, the oldest first.
func (a *AccessFile) WriteTo(w io.Writer) (int64, error) {
	var total int64
	for i := a.keep; i >= 0; i-- {
		a.mu.Lock()
		content, err := os.ReadFile(a.numbered(i))
		a.mu.Unlock()
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return total, fmt.Errorf("read the access log: %w", err)
		}
		n, err := io.Copy(w, bytes.NewReader(content))
		total += n
		if err != nil {
			return total, fmt.Errorf("send the access log: %w", err)
		}
	}
	return total, nil
}

// Close closes the file.
func (a *AccessFile) Close() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.file == nil {
		return nil
	}
	err := a.file.Close()
	a.file = nil
	if err != nil {
		return fmt.Errorf("close the access log: %w", err)
	}
	return nil
}
