package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/remit-register/remit/api"
	"github.com/remit-register/remit/api/console"
	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/projections"
)

// register is a register open in this process: the journal, the views that follow it, and what runs in both.
type register struct {
	store  *eventstore.Store
	views  *projections.Views
	loader *referenceLoader
	// loaded is set once the reference register is there, or is known not to be wanted.
	loaded atomic.Bool
	clock  func() time.Time
	logger *slog.Logger

	running errgroup.Group
	stop    context.CancelFunc
	// failed is closed when something ends that should run.
	failed chan struct{}
}

// openRegister opens the journal, verifies it, and starts the sequencer and the views. close ends them.
func openRegister(ctx context.Context, cfg eventstore.Config) (*register, error) {
	store, err := eventstore.Open(ctx, cfg)
	if err != nil {
		return nil, err
	}
	r := &register{
		store: store, views: projections.New(cfg.Clock), loader: &referenceLoader{store: store}, clock: cfg.Clock, logger: cfg.Logger,
		failed: make(chan struct{}),
	}
	// What runs goes on after a signal until whoever waits for it has been answered: close ends it.
	life, stop := context.WithCancel(context.WithoutCancel(ctx))
	r.stop = stop
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
	return errors.Join(err, r.store.Close())
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
	handler, err := api.New(api.Config{
		Store: r.store, Views: r.views, Clock: r.clock, Location: zone, Logger: r.logger,
		LoadReference: r.loader.load, ReferenceLoaded: r.loaded.Load,
		Pages: func(calls http.Handler) (http.Handler, error) {
			pages, err := console.New(console.Config{
				API: calls, Actors: console.Asserted{Header: api.ActorHeader}, Clock: r.clock, Location: zone, Logger: r.logger,
			})
			if err != nil {
				return nil, err
			}
			return pages.Handler(), nil
		},
	})
	if err != nil {
		return nil, err
	}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true)
	return &http.Server{
		Handler: handler, Protocols: protocols, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		ErrorLog: slog.NewLogLogger(r.logger.Handler(), slog.LevelWarn),
	}, nil
}
