package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// calendarKeySize is the size in bytes of the key that makes the addresses of calendars.
const calendarKeySize = 32

// calendarKey returns the key that makes the addresses of calendars, which whoever has one can read without signing in.
// It is made at the first start and kept in the data directory; without that file, all addresses change.
func calendarKey(data string) ([]byte, error) {
	path := filepath.Join(data, "calendar.key")
	key, err := os.ReadFile(path)
	if err == nil && len(key) == calendarKeySize {
		return key, nil
	}
	if err == nil {
		return nil, fmt.Errorf("%s holds %d bytes, not the %d of a key: remove it to have another made", path, len(key), calendarKeySize)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read the key of the calendars: %w", err)
	}
	key = make([]byte, calendarKeySize)
	if _, err := rand.Read(key); err != nil {
		return nil, fmt.Errorf("make the key of the calendars: %w", err)
	}
	if err := os.MkdirAll(data, 0o700); err != nil {
		return nil, fmt.Errorf("make the data directory: %w", err)
	}
	if err := os.WriteFile(path, key, 0o600); err != nil {
		return nil, fmt.Errorf("keep the key of the calendars: %w", err)
	}
	return key, nil
}
