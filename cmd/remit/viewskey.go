package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/remit-register/remit/eventstore"
)

// modelCheckpoints says how checkpoints of the write model are kept: sealed with the key of the views'.
func modelCheckpoints(ctx context.Context, cfg eventstore.Config, program func() (string, error)) *eventstore.CheckpointConfig {
	return &eventstore.CheckpointConfig{
		Program: program,
		Key: func() ([]byte, error) {
			key, err := viewsKey(cfg.Dir)
			if err != nil {
				cfg.Logger.WarnContext(ctx, "checkpoints will not outlive this run: a restart takes longer", slog.Any("error", err))
			}
			return key, nil
		},
	}
}

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
