package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/remit-register/remit/api"
	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/projections"
)

// register is a register open in this process: the journal, the views that follow it, and what runs in both.
type register struct {
	store *eventstore.Store
	views *projections.Views
	// checkpoints of the views are kept in the data directory, nil where there is none.
	checkpoints *projections.Checkpoints
	loader      *referenceLoader
	// loaded is set once the reference register is there, or is known not to be wanted.
	loaded atomic.Bool
	clock  func() time.Time
	logger *slog.Logger

	running errgroup.Group
	stop    context.CancelFunc
	// finish is called when nothing runs any more and the journal is still open.
	finish func()
	// failed is closed when something ends that should run.
	failed chan struct{}
}

// openRegister opens the journal, verifies it, and starts the sequencer and the views. close ends them.
func openRegister(ctx context.Context, cfg eventstore.Config) (*register, error) {
	store, err := eventstore.Open(ctx, cfg)
	if err != nil {
		return nil, err
	}
	// What runs goes on after a signal until whoever waits for it has been answered: close ends it.
	life, stop := context.WithCancel(context.WithoutCancel(ctx))
	log := projections.LogFunc(func(from, to domain.EventNo) ([]domain.Event, error) { return store.Read(life, from, to) })
	r := &register{
		store: store, views: projections.NewReading(cfg.Clock, log), loader: &referenceLoader{store: store}, clock: cfg.Clock,
		logger: cfg.Logger, failed: make(chan struct{}), stop: stop, finish: func() {},
	}
	if cfg.Dir != "" {
		r.restoreViews(ctx, filepath.Join(cfg.Dir, "views"))
		r.finish = func() { r.checkpoints.WriteLast(context.WithoutCancel(ctx), r.views) }
		r.running.Go(func() error {
			r.checkpoints.Run(life, r.views)
			return nil
		})
	}
	r.running.Go(func() error { return r.store.Run(life) })
	r.running.Go(func() error {
		err := r.views.Run(life, r.store)
		if life.Err() != nil {
			return nil //nolint:nilerr // to end with its life is what it is for
		}
		close(r.failed)
		return err
	})
	return r, nil
}

// close brings to an end what was accepted, and closes the journal.
func (r *register) close() error {
	r.stop()
	err := r.running.Wait()
	r.finish()
	return errors.Join(err, r.store.Close())
}

// restoreViews gives the views the newest checkpoint that fits the journal, if there is one.
func (r *register) restoreViews(ctx context.Context, dir string) {
	r.checkpoints = projections.NewCheckpoints(projections.CheckpointConfig{
		Dir: dir, Program: sync.OnceValues(programID), Logger: r.logger,
		Root: func(ctx context.Context, position domain.EventNo) (string, error) {
			head, err := r.store.HeadAt(ctx, position)
			return head.String(), err
		},
	})
	r.checkpoints.Restore(ctx, r.views, r.checkpoints.Read(ctx))
}

// programID identifies the program by its bytes: another build may fold events in another way.
func programID() (string, error) {
	path, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("find this program: %w", err)
	}
	file, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("read this program: %w", err)
	}
	defer file.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, file); err != nil {
		return "", fmt.Errorf("read this program: %w", err)
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// watch returns once ctx ends, or with an error when the views no longer follow the journal; close says why.
func (r *register) watch(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case <-r.failed:
		return errors.New("questions can no longer be answered, so the register stops")
	}
}

// caughtUp returns once the views show all that is recorded.
func (r *register) caughtUp(ctx context.Context) error {
	if err := r.views.WaitFor(ctx, r.store.Position()); err != nil {
		return fmt.Errorf("wait for the views: %w", err)
	}
	return nil
}

// server returns the HTTP server for everything that the register serves.
func (r *register) server() (*http.Server, error) {
	zone, err := london()
	if err != nil {
		return nil, err
	}
	stopping := make(chan struct{})
	handler, err := api.New(api.Config{
		Store: r.store, Views: r.views, Clock: r.clock, Location: zone, Logger: r.logger,
		LoadReference: r.loader.load, ReferenceLoaded: r.loaded.Load, Stopping: stopping,
	})
	if err != nil {
		return nil, err
	}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true)
	server := &http.Server{
		Handler: handler, Protocols: protocols, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		ErrorLog: slog.NewLogLogger(r.logger.Handler(), slog.LevelWarn),
	}
	server.RegisterOnShutdown(sync.OnceFunc(func() { close(stopping) }))
	return server, nil
}
