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
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/remit-register/remit/api"
	"github.com/remit-register/remit/api/console"
	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/eventstore/archive"
	"github.com/remit-register/remit/projections"
)

// register is a register open in this process: the journal, the views that follow it, and what runs in both.
type register struct {
	store *eventstore.Store
	views *projections.Views
	// copies are what commands are tried out on.
	copies *api.Copies
	// checkpoints of the views are kept in the data directory, nil where there is none.
	checkpoints *projections.Checkpoints
	// keepViews writes the last checkpoint.
	keepViews func()
	loader    *referenceLoader
	// loaded is set once the reference register is there, or is known not to be wanted.
	loaded atomic.Bool
	clock  func() time.Time
	logger *slog.Logger
	data   string // directory

	archive  *archive.Archive // nil without one
	entrance entrance
	// instruments show others what happens; nil for none.
	instruments *instruments

	running errgroup.Group
	life    context.Context //nolint:containedctx // of what runs: it ends with stop
	stop    context.CancelFunc
	// endArchive ends what follows the journal for the archive, with the last events archived.
	endArchive func() error
	drain      time.Duration // how long closing may take
	// failed is given why, when something ends that should run.
	failed chan error
}

// openRegister opens the journal, verifies it, and starts the sequencer, the views, and the archive unless archived is
// nil. close ends them.
func openRegister(ctx context.Context, cfg eventstore.Config, archived *archive.Config) (*register, error) {
	r := &register{clock: cfg.Clock, logger: cfg.Logger, data: cfg.Dir, drain: cfg.DrainTimeout, failed: make(chan error, 2), keepViews: func() {}}
	if archived != nil {
		var err error
		if r.archive, err = archive.New(*archived); err != nil {
			return nil, err
		}
		cfg.Trust = r.archive.Open
		if archived.Sync {
			cfg.Archive = r.archive.Commit
		}
	}
	program := sync.OnceValues(programID)
	if cfg.Dir != "" {
		cfg.Checkpoint = modelCheckpoints(ctx, cfg, program)
	}
	store, err := eventstore.Open(ctx, cfg)
	if err != nil {
		return nil, err
	}
	r.store, r.loader = store, &referenceLoader{store: store}
	if err := r.startArchive(ctx); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	// What runs goes on after a signal until whoever waits for it has been answered: close ends it.
	life, stop := context.WithCancel(context.WithoutCancel(ctx))
	r.life, r.stop = life, stop
	log := projections.LogFunc(func(from, to domain.EventNo) ([]domain.Event, error) { return store.Read(life, from, to) })
	r.views = projections.NewReading(cfg.Clock, log)
	r.copies = api.NewCopies(r.store, r.views, cfg.Clock, cfg.Logger)
	if cfg.Dir != "" {
		r.restoreViews(ctx, cfg.Dir, program)
		after := context.WithoutCancel(ctx)
		r.keepViews = func() { r.checkpoints.WriteLast(after, r.views) }
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
		r.failed <- errors.New("questions can no longer be answered, so the register stops")
		return err
	})
	return r, nil
}

// startArchive has the archive follow the journal, where there is one.
func (r *register) startArchive(ctx context.Context) error {
	if r.archive == nil {
		r.endArchive = func() error { return nil }
		return nil
	}
	if err := r.archive.Attach(ctx, r.store); err != nil {
		return err
	}
	after := context.WithoutCancel(ctx)
	life, stop := context.WithCancel(after)
	var running errgroup.Group
	running.Go(func() error {
		err := r.archive.Run(life)
		if err != nil {
			r.store.Distrust(life, err)
			r.failed <- errors.New("the journal is no longer what it was, so the register stops")
		}
		return err
	})
	r.endArchive = func() error {
		stop()
		if err := running.Wait(); err != nil {
			return err
		}
		finish, cancel := context.WithTimeout(after, max(r.drain, 10*time.Second))
		defer cancel()
		if err := r.archive.Finish(finish); err != nil {
			return fmt.Errorf("%w; what is recorded will be archived at the next start", err)
		}
		return nil
	}
	return nil
}

// close brings to an end what was accepted, and closes the journal.
func (r *register) close() error {
	r.stop()
	err := r.running.Wait()
	r.keepViews()
	return errors.Join(err, r.endArchive(), r.store.Close(), r.entrance.close())
}

// restoreViews gives the views the newest checkpoint that fits the journal, if there is one.
func (r *register) restoreViews(ctx context.Context, data string, program func() (string, error)) {
	key, err := viewsKey(data)
	if err != nil {
		r.logger.WarnContext(ctx, "checkpoints of the views will not outlive this run: a restart takes longer", slog.Any("error", err))
	}
	r.checkpoints = projections.NewCheckpoints(projections.CheckpointConfig{
		Dir: filepath.Join(data, "views"), Key: key, Program: program, Logger: r.logger,
		Root: func(ctx context.Context, position domain.EventNo) (string, error) {
			head, err := r.store.HeadAt(ctx, position)
			return head.String(), err
		},
	})
	r.checkpoints.Restore(ctx, r.views, r.checkpoints.Read(ctx))
}

// replaceViews keeps what the views show now in the place of what was kept of them, which was wrong.
func (r *register) replaceViews(ctx context.Context) {
	if r.checkpoints == nil {
		return
	}
	if err := r.checkpoints.Replace(ctx, r.views); err != nil {
		r.logger.WarnContext(ctx, "the checkpoints of the views may still be wrong: remove the directory views in the data directory when the register is stopped",
			slog.Any("error", err))
	}
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

// watch returns once ctx ends, or with an error when something no longer follows the journal; close says why.
func (r *register) watch(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case err := <-r.failed:
		return err
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
	config := api.Config{
		Store: r.store, Views: r.views, Copies: r.copies, Clock: r.clock, Location: zone, Logger: r.logger,
		LoadReference: r.loader.load, ReferenceLoaded: r.loaded.Load, Stopping: stopping, Mended: r.replaceViews,
		SignIn: r.entrance.signIn, Hosts: r.entrance.hosts, Version: versionText(), RateLimit: r.entrance.rate,
		Pages: func(calls http.Handler) (http.Handler, error) { return r.console(calls, zone) },
	}
	if r.entrance.access != nil {
		config.Access = r.entrance.access
	}
	if r.archive != nil {
		trusted, err := archive.ParseTrustedKeys(strings.Join(r.archive.Keys().VerifierKeys(), "\n"))
		if err != nil {
			return nil, err
		}
		config.Prover = archive.NewProver(r.archive.Source(), trusted)
		config.Log, config.LogStatus, config.Backup = r.archive.Source(), r.archive.Status, r.backUp
	}
	r.instruments.configure(&config)
	handler, err := api.New(config)
	if err != nil {
		return nil, err
	}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true)
	server := &http.Server{
		Handler: r.instruments.handler(handler, r.logger, r.clock), Protocols: protocols, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		ErrorLog: slog.NewLogLogger(r.logger.Handler(), slog.LevelWarn),
	}
	server.RegisterOnShutdown(sync.OnceFunc(func() { close(stopping) }))
	return server, nil
}

// console returns the pages, which ask the calls in process.
func (r *register) console(calls http.Handler, zone *time.Location) (http.Handler, error) {
	key, err := calendarKey(r.data)
	if err != nil {
		return nil, err
	}
	var actors console.Actors = console.Asserted{Header: api.ActorHeader}
	if r.entrance.signIn != nil {
		actors = sessionActors{api.SessionActors{SignIn: r.entrance.signIn}}
	}
	pages, err := console.New(console.Config{
		API: calls, Actors: actors, Clock: r.clock, Location: zone, Logger: r.logger,
		CalendarKey: key,
	})
	if err != nil {
		return nil, fmt.Errorf("prepare the console: %w", err)
	}
	return pages.Handler(), nil
}

// sessionActors are the people signed in in browsers, for the console.
type sessionActors struct {
	sessions api.SessionActors
}

// Of returns who is signed in in the browser that sent a request.
func (s sessionActors) Of(r *http.Request) console.Actor {
	subject, organisation, roles, others := s.sessions.Of(r)
	return console.Actor{Subject: subject, Organisation: organisation, Roles: roles, Others: others}
}

// Name returns a request to the API in the actor's name.
func (s sessionActors) Name(r *http.Request, a console.Actor) *http.Request {
	return s.sessions.Name(r, a.Subject, a.Organisation, a.Roles)
}
