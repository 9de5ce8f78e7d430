package archive

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Files is the file system as the writer uses it. Tests give one that fails or forgets.
type Files interface {
	// ReadFile returns the whole of a file; fs.ErrNotExist when there is none.
	ReadFile(name string) ([]byte, error)
	// ReadDir returns the names in a folder; fs.ErrNotExist when there is none.
	ReadDir(name string) ([]string, error)
	// WriteFile makes a file with this content, or replaces its content, and returns once it is on disk.
	WriteFile(name string, data []byte, mode fs.FileMode) error
	// Rename gives a file another name in the same folder, replacing what had it.
	Rename(from, to string) error
	// SyncDir returns once the names in a folder are on disk.
	SyncDir(name string) error
	// Mkdir makes a folder; fs.ErrExist when it is there, fs.ErrNotExist when the one above is not.
	Mkdir(name string, mode fs.FileMode) error
	// RemoveAll removes a file or a folder with all in it, or nothing.
	RemoveAll(name string) error
}

// osFiles is the operating system's.
type osFiles struct{}

// ReadFile reads a file.
func (osFiles) ReadFile(name string) ([]byte, error) {
	return os.ReadFile(name) //nolint:wrapcheck // callers say what they read
}

// ReadDir lists a folder.
func (osFiles) ReadDir(name string) ([]string, error) {
	entries, err := os.ReadDir(name)
	if err != nil {
		return nil, err //nolint:wrapcheck // callers say what they read
	}
	names := make([]string, 0, len(entries))
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names, nil
}

// WriteFile writes and syncs a file.
func (osFiles) WriteFile(name string, data []byte, mode fs.FileMode) error {
	file, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, mode) //nolint:gosec // the caller's name
	if err != nil {
		return err //nolint:wrapcheck // callers say what they write
	}
	_, err = file.Write(data)
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}

// Rename renames a file.
func (osFiles) Rename(from, to string) error { return os.Rename(from, to) } //nolint:wrapcheck // as above

// SyncDir syncs a folder.
func (osFiles) SyncDir(name string) error {
	dir, err := os.Open(name)
	if err != nil {
		return err //nolint:wrapcheck // as above
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// Mkdir makes a folder.
func (osFiles) Mkdir(name string, mode fs.FileMode) error { return os.Mkdir(name, mode) } //nolint:wrapcheck // as above

// RemoveAll removes what has the name.
func (osFiles) RemoveAll(name string) error { return os.RemoveAll(name) } //nolint:wrapcheck // as above

// Modes of what is written. The log is to be read by anybody who may read the folder; the rest is the register's own.
const (
	logFileMode    fs.FileMode = 0o644
	logFolderMode  fs.FileMode = 0o755
	ownFileMode    fs.FileMode = 0o600
	ownFolderMode  fs.FileMode = 0o700
	temporaryEnds              = ".tmp"
	groupAndOthers fs.FileMode = 0o077
)

// makeFolder makes a folder and those above it, each on disk before the one below is made.
func makeFolder(files Files, name string, mode fs.FileMode) error {
	err := files.Mkdir(name, mode)
	switch {
	case errors.Is(err, fs.ErrExist):
		return nil
	case errors.Is(err, fs.ErrNotExist) && filepath.Dir(name) != name:
		if err := makeFolder(files, filepath.Dir(name), mode); err != nil {
			return err
		}
		err = files.Mkdir(name, mode) // once: a file system that has no room for it says the same again
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("make the folder %s: %w", name, err)
	}
	if err := files.SyncDir(filepath.Dir(name)); err != nil {
		return fmt.Errorf("sync the folder above %s: %w", name, err)
	}
	return nil
}

// replace gives a file this content, all or nothing, and returns once it is on disk.
func replace(files Files, name string, data []byte, mode fs.FileMode) error {
	if err := files.WriteFile(name+temporaryEnds, data, mode); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	if err := files.Rename(name+temporaryEnds, name); err != nil {
		return fmt.Errorf("put %s into place: %w", name, err)
	}
	if err := files.SyncDir(filepath.Dir(name)); err != nil {
		return fmt.Errorf("sync the folder of %s: %w", name, err)
	}
	return nil
}
