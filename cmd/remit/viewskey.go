package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// viewsKeySize is the size in bytes of the key that seals checkpoints of the views.
const viewsKeySize = 32

// viewsKey returns the key that seals checkpoints of the views, which is kept in the data directory, beside their
// folder and not in it. Where there is none, or it cannot be read, another one is made: then the views are rebuilt once.
func viewsKey(data string) ([]byte, error) {
	path := filepath.Join(data, "views.key")
	key, err := os.ReadFile(path)
	if err == nil && len(key) == viewsKeySize {
		return key, nil
	}
	key = make([]byte, viewsKeySize)
	_, _ = rand.Read(key) // it never fails
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return key, fmt.Errorf("put another key of the views' checkpoints in its place: %w", err)
	}
	if err := os.WriteFile(path, key, 0o600); err != nil {
		return key, fmt.Errorf("keep the key of the views' checkpoints: %w", err)
	}
	return key, nil
}
