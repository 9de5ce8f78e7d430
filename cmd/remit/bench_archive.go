package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/eventstore/archive"
)

// archive measures what the archive, a few seconds behind, costs a command: two registers side by side on the same disk,
// one with it and one without, are given commands in turn.
func (b *registerBench) archive(ctx context.Context, without, with eventstore.Config) (err error) {
	took := map[bool][]time.Duration{}
	stores := map[bool]*eventstore.Store{}
	for archived, cfg := range map[bool]eventstore.Config{false: without, true: with} {
		if archived {
			b.archived = &archive.Config{Data: cfg.Dir, Clock: cfg.Clock, Logger: cfg.Logger}
		}
		r, openErr := openRegister(ctx, cfg, b.archived)
		b.archived = nil
		if openErr != nil {
			return fmt.Errorf("start a register: %w", openErr)
		}
		defer func() { err = errors.Join(err, r.close()) }()
		for _, request := range benchSetup() {
			if _, err := r.store.Submit(ctx, request); err != nil {
				return fmt.Errorf("prepare: %w", err)
			}
		}
		stores[archived] = r.store
	}
	until := b.app.clock().Add(b.options.lasting)
	for n := 0; n < 2*b.options.singles || b.app.clock().Before(until); n++ {
		archived := n%2 == 0
		began := b.app.clock()
		if _, err := stores[archived].Submit(ctx, benchNext(0, 0)); err != nil {
			return fmt.Errorf("one command: %w", err)
		}
		took[archived] = append(took[archived], b.app.clock().Sub(began))
	}
	for _, q := range []struct {
		name string
		at   float64
	}{{"p50", 0.5}, {"p90", 0.9}} {
		off, on := quantile(took[false], q.at), quantile(took[true], q.at)
		ratio := float64(on) / float64(off)
		b.report.add("one command with the archive on, "+q.name,
			fmt.Sprintf("%s = %.2f × off", short(on), ratio), "≤ 1.1 ×", ratio <= 1.1)
	}
	return nil
}
