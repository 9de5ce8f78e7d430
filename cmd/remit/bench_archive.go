package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/eventstore/archive"
)

// archive measures what the archive, a few seconds behind, costs a command: two registers side by side on the same disk,
// one with it and one without, are given commands in turn.
func (b *registerBench) archive(ctx context.Context, without, with eventstore.Config) (err error) {
	took := map[bool][]time.Duration{}
	registers := map[bool]*register{}
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
		registers[archived] = r
	}
	until := b.app.clock().Add(b.options.lasting)
	for n := 0; n < 2*b.options.singles || b.app.clock().Before(until); n++ {
		archived := n%2 == 0
		began := b.app.clock()
		if _, err := registers[archived].store.Submit(ctx, benchNext(0, 0)); err != nil {
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
	if err := b.archiveLag(ctx, registers[true]); err != nil {
		return err
	}
	return b.proof(ctx, registers[true])
}

// archiveLag measures how far the archive falls behind while all commanders are at work, and how soon it has the rest.
func (b *registerBench) archiveLag(ctx context.Context, r *register) error {
	began := b.app.clock()
	group, working := errgroup.WithContext(ctx)
	for range b.options.commanders {
		group.Go(func() error {
			for b.app.clock().Sub(began) < b.options.lasting {
				if _, err := r.store.Submit(working, benchNext(0, 0)); err != nil {
					return fmt.Errorf("command the register with an archive: %w", err)
				}
			}
			return nil
		})
	}
	ended := make(chan error, 1)
	go func() { ended <- group.Wait() }()
	lag, most := archiveLag{clock: b.app.clock}, domain.EventNo(0)
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	stopped := time.Time{}
	for behind := domain.EventNo(1); stopped.IsZero() || behind > 0; {
		select {
		case err := <-ended:
			if err != nil {
				return err
			}
			stopped = b.app.clock()
		case <-ticker.C:
			behind = lag.look(r)
			most = max(most, behind)
		case <-ctx.Done():
			return fmt.Errorf("wait for the archive: %w", ctx.Err())
		}
		if err := r.archive.Status().Err; err != nil {
			return fmt.Errorf("write the archive: %w", err)
		}
	}
	b.report.add("archive behind the journal, "+fmt.Sprint(b.options.commanders)+" commanders",
		fmt.Sprintf("%s, %d events at most", short(lag.longest), most), "≤ 5 s", lag.longest <= 5*time.Second)
	b.report.took("archive complete after they stop", b.app.clock().Sub(stopped), 5*time.Second)
	return nil
}

// archiveLag is how long events were recorded and not archived.
type archiveLag struct {
	clock   func() time.Time
	seen    []seenAt
	longest time.Duration
}

// seenAt says when so many events were first seen to be recorded.
type seenAt struct {
	last domain.EventNo
	at   time.Time
}

// look notes how long the oldest event waits that is not archived, and returns how many do.
func (l *archiveLag) look(r *register) (behind domain.EventNo) {
	now, recorded := l.clock(), r.store.Position()
	archived := r.archive.Status().Checkpoint.Head.Size
	l.seen = append(l.seen, seenAt{recorded, now})
	for len(l.seen) > 0 && l.seen[0].last <= archived {
		l.seen = l.seen[1:]
	}
	if len(l.seen) > 0 {
		l.longest = max(l.longest, now.Sub(l.seen[0].at))
	}
	return recorded - min(archived, recorded)
}

// proof measures the check of one proof file, with the reading of the key.
func (b *registerBench) proof(ctx context.Context, r *register) error {
	key := strings.Join(r.archive.Keys().VerifierKeys(), "\n")
	keys, err := archive.ParseTrustedKeys(key)
	if err != nil {
		return err
	}
	prover := archive.NewProver(r.archive.Source(), keys)
	head, err := prover.Checkpoint(ctx)
	if err != nil {
		return err
	}
	proofs, err := prover.Events(ctx, head, []domain.EventNo{head.Head.Size / 2})
	if err != nil {
		return err
	}
	var took []time.Duration
	for range b.options.singles {
		began := b.app.clock()
		keys, err := archive.ParseTrustedKeys(key)
		if err == nil {
			_, err = archive.VerifyProof(proofs[0].Text(), keys)
		}
		if err != nil {
			return fmt.Errorf("check a proof: %w", err)
		}
		took = append(took, b.app.clock().Sub(began))
	}
	b.report.took(fmt.Sprintf("one proof checked, log of %d events, p50", head.Head.Size), quantile(took, 0.5), 5*time.Millisecond)
	return nil
}
