package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/projections"
)

// benchScale measures a large synthetic register.
func (a *app) benchScale(ctx context.Context, o benchOptions, report *benchReport, dir string) error {
	if o.events == 0 {
		return nil
	}
	a.say("measuring a register of %d events …", o.events)
	b := &scaleBench{app: a, report: report, dir: dir}
	if err := b.run(ctx, o.events); err != nil {
		return err
	}
	b.views = nil // its memory is needed
	return b.rebuild(ctx, min(o.events, rebuildMost))
}

const (
	// rebuildMost is the most events of the journal from which views are rebuilt: more take as long each.
	rebuildMost = 1_000_000
	// rebuildCommit is how many events a commit has there.
	rebuildCommit = 50
)

// rebuild measures opening a journal and rebuilding the views from it, against reading it through.
func (b *scaleBench) rebuild(ctx context.Context, events int) (err error) {
	cfg := eventstore.Config{Dir: filepath.Join(b.dir, "journal"), Clock: b.app.clock, Logger: slog.New(slog.DiscardHandler)}
	if err := eventstore.Fill(ctx, cfg, newScaleWork().facts(events), rebuildCommit); err != nil {
		return fmt.Errorf("fill a journal: %w", err)
	}
	defer roomyHeap(startRoom).restore() // as a register that starts has
	cfg.Checkpoint, cfg.VerifyAtStart = modelCheckpoints(ctx, cfg, sync.OnceValues(programID)), 1
	cfg.Checkpoint.Events = 1 // however few there are
	began := b.app.clock()
	store, err := eventstore.Open(ctx, cfg)
	if err != nil {
		return err
	}
	opened := b.app.clock().Sub(began)
	if store, err = b.reopen(ctx, cfg, store); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	began = b.app.clock()
	records, bytes, err := store.ReadThrough(ctx)
	if err != nil {
		return fmt.Errorf("read a journal through: %w", err)
	}
	raw := b.app.clock().Sub(began)
	began = b.app.clock()
	log := projections.LogFunc(func(from, to domain.EventNo) ([]domain.Event, error) { return store.Read(ctx, from, to) })
	if err := follow(ctx, store, projections.NewReading(b.app.clock, log)); err != nil {
		return fmt.Errorf("rebuild the views: %w", err)
	}
	rebuilt := b.app.clock().Sub(began)
	const mebi, million = 1 << 20, 1_000_000
	b.report.add(fmt.Sprintf("reading %d events through, %d in a commit", events, rebuildCommit),
		fmt.Sprintf("%s, %d records, %d MiB", short(raw), records, bytes/mebi), "", true)
	b.report.add("opening and verifying that journal", fmt.Sprintf("%s = %.1f × reading it", short(opened), ratio(opened, raw)), "", true)
	ids, taken := store.CommandIDs()
	each := float64(taken) / float64(ids)
	b.report.add(fmt.Sprintf("memory of the index of %d command ids", ids), fmt.Sprintf("%.1f bytes each", each), "≤ 40 bytes", each <= 40)
	perMillion := rebuilt * million / time.Duration(events)
	b.report.add("rebuilding the views from it", fmt.Sprintf("%s = %.1f × reading it, %s for a million events", short(rebuilt),
		ratio(rebuilt, raw), short(perMillion)), "≤ 3s a million", perMillion <= 3*time.Second)
	return nil
}

// reopenTarget is how long opening a journal from a checkpoint at its end may take.
const reopenTarget = time.Second

// reopen measures closing a store, which writes a checkpoint, and opening it again from that.
func (b *scaleBench) reopen(ctx context.Context, cfg eventstore.Config, store *eventstore.Store) (*eventstore.Store, error) {
	held := store.MeasureCopy()
	began := b.app.clock()
	if err := store.Close(); err != nil {
		return nil, err
	}
	closed := b.app.clock().Sub(began)
	began = b.app.clock()
	store, err := eventstore.Open(ctx, cfg)
	if err != nil {
		return nil, err
	}
	again := b.app.clock().Sub(began)
	if _, of := store.Verifying(); of != store.Position() {
		return nil, errors.Join(fmt.Errorf("the journal was not opened from a checkpoint: %d of %d events", of, store.Position()), store.Close())
	}
	b.report.add("opening it again from a checkpoint, without the background's verification", short(again), "≤ "+short(reopenTarget), again <= reopenTarget)
	b.report.add("closing it, which writes that checkpoint", fmt.Sprintf("%s; one while serving holds up commands for %s", short(closed), short(held)), "", true)
	return store, nil
}

// errEnough ends a follower that has seen everything.
var errEnough = errors.New("enough")

// follow feeds views with everything that is recorded.
func follow(ctx context.Context, store *eventstore.Store, views *projections.Views) error {
	err := store.Follow(ctx, 0, func(events []domain.Event) error {
		if err := views.Apply(events); err != nil {
			return err
		}
		if views.Position() == store.Position() {
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

// rawRead reads the files of a directory, and returns their size and how long that took.
func rawRead(dir string, clock func() time.Time) (size uint64, took time.Duration, err error) {
	began := clock()
	entries, err := os.ReadDir(dir)
	if err != nil {
		return 0, 0, err
	}
	for _, entry := range entries {
		file, err := os.Open(filepath.Join(dir, entry.Name()))
		if err != nil {
			return 0, 0, err
		}
		n, err := io.Copy(io.Discard, struct{ io.Reader }{file})
		if err := errors.Join(err, file.Close()); err != nil {
			return 0, 0, err
		}
		size += uint64(n)
	}
	return size, clock().Sub(began), nil
}
