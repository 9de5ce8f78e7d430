package eventstore

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"
)

// Workload is what Bench measures with. Every request must be accepted, and have a command id of its own.
type Workload struct {
	// Setup is submitted first and not measured.
	Setup []Request
	// Next returns the n-th command of a commander; commanders call it concurrently.
	Next func(commander, n int) Request
	// Commanders give commands at the same time, each waiting for its answer. Default 64.
	Commanders int
	// Singles is how many single commands are measured. Default 1,000.
	Singles int
	// For is how long the commanders go on. Default 3 s.
	For time.Duration
}

// Figures are what Bench measured, all in one run on one machine: only the ratios compare with other machines.
type Figures struct {
	Fsync            time.Duration // median: write the bytes of one command's commit to a file, and sync it
	RawPublish       time.Duration // median: publish the same bytes to a stream like the journal, and wait
	RawRate          float64       // publishes a second, one at a time
	RawPipelinedRate float64       // publishes a second, with as many under way as there are commanders
	RecordBytes      int           // of that commit
	OneCommand       time.Duration // median: one command on an idle store
	CommandersRate   float64       // commands a second by all commanders, each decided, each on disk when answered
	CommandsInCommit float64       // mean, with all commanders
	OneRatio         float64       // OneCommand / RawPublish: target ≤ 1.5
	RateRatio        float64       // CommandersRate / RawRate: target ≥ 12
}

// String lays the figures out for people.
func (f Figures) String() string {
	var out strings.Builder
	line := func(name, format string, args ...any) {
		fmt.Fprintf(&out, "%-44s%s\n", name, fmt.Sprintf(format, args...))
	}
	line("fsync of one command's bytes, p50", "%s", f.Fsync.Round(time.Microsecond))
	line("raw publish of the same bytes, p50", "%s (%d bytes, %.0f a second)", f.RawPublish.Round(time.Microsecond), f.RecordBytes, f.RawRate)
	line("raw publish, pipelined", "%.0f a second", f.RawPipelinedRate)
	line("one command, idle, p50", "%s = %.2f × raw (target ≤ 1.5)", f.OneCommand.Round(time.Microsecond), f.OneRatio)
	line("concurrent commanders", "%.0f a second = %.1f × raw one at a time (target ≥ 12)", f.CommandersRate, f.RateRatio)
	line("commands in a commit, mean", "%.1f", f.CommandsInCommit)
	return out.String()
}

// Bench measures a store of its own, opened with cfg on the embedded server; cfg.Dir should be empty.
func Bench(ctx context.Context, cfg Config, w Workload) (figures Figures, err error) {
	if w.Commanders <= 0 {
		w.Commanders = 64
	}
	if w.Singles <= 0 {
		w.Singles = 1000
	}
	if w.For <= 0 {
		w.For = 3 * time.Second
	}
	s, err := Open(ctx, cfg)
	if err != nil {
		return Figures{}, err
	}
	running, stop := context.WithCancel(ctx)
	var group errgroup.Group
	group.Go(func() error { return s.Run(running) })
	defer func() {
		stop()
		err = errors.Join(err, group.Wait(), s.Close())
	}()
	for _, r := range w.Setup {
		if _, err := s.Submit(ctx, r); err != nil {
			return Figures{}, fmt.Errorf("prepare: %w", err)
		}
	}
	b := &bench{Store: s, Workload: w}
	for _, step := range []func(context.Context) error{b.prepare, b.singles, b.pipelined, b.rounds} {
		if err := step(ctx); err != nil {
			return Figures{}, err
		}
	}
	b.figures.OneRatio = float64(b.figures.OneCommand) / float64(b.figures.RawPublish)
	b.figures.RateRatio = b.figures.CommandersRate / b.figures.RawRate
	return b.figures, nil
}

// bench is one run.
type bench struct {
	*Store
	Workload

	figures Figures
	data    []byte // of one command's commit
	raw     *natsJournal
	file    *os.File

	published uint64 // to raw
}

// singles measures one command, one publish and one sync in turn, so that they meet the same conditions.
func (b *bench) singles(ctx context.Context) error {
	var commands, publishes, syncs []time.Duration
	for n := range b.Singles {
		request := b.Next(0, n)
		command, err := b.timed(func() error { _, err := b.Submit(ctx, request); return err })
		if err != nil {
			return fmt.Errorf("one command: %w", err)
		}
		publish, err := b.timed(func() error { return b.publish(ctx) })
		if err != nil {
			return err
		}
		sync, err := b.timed(func() error { _, err := b.file.Write(b.data); return errors.Join(err, b.file.Sync()) })
		if err != nil {
			return fmt.Errorf("sync: %w", err)
		}
		commands, publishes, syncs = append(commands, command), append(publishes, publish), append(syncs, sync)
	}
	b.figures.OneCommand, b.figures.RawPublish, b.figures.Fsync = median(commands), median(publishes), median(syncs)
	return b.file.Close()
}

// publish publishes the bytes of one command's commit as the journal does.
func (b *bench) publish(ctx context.Context) error {
	if err := b.raw.Append(ctx, strconv.FormatUint(b.published, 10), b.published, b.data); err != nil {
		return fmt.Errorf("raw publish: %w", err)
	}
	b.published++
	return nil
}

func (b *bench) timed(do func() error) (time.Duration, error) {
	start := b.cfg.Clock()
	err := do()
	return b.cfg.Clock().Sub(start), err
}

func median(of []time.Duration) time.Duration {
	slices.Sort(of)
	return of[len(of)/2]
}

// prepare takes the bytes of one command's commit, and makes a stream and a file to write them to.
func (b *bench) prepare(ctx context.Context) error {
	if _, err := b.Submit(ctx, b.Next(0, -1)); err != nil {
		return fmt.Errorf("one command: %w", err)
	}
	_, record, _ := b.history.position()
	err := b.journal.Scan(ctx, record, record, func(_ uint64, data []byte) error {
		b.data = data
		return nil
	})
	if err != nil {
		return err
	}
	b.figures.RecordBytes = len(b.data)
	own, ok := b.journal.(*natsJournal)
	if !ok {
		return fmt.Errorf("bench needs the real journal: %w", ErrSettings)
	}
	raw := *own
	raw.name, raw.subject = "REMIT_BENCH", "remit.bench"
	policy := journalPolicy(b.cfg.Replicas)
	policy.Name, policy.Subjects = raw.name, []string{raw.subject}
	if raw.stream, err = openStream(ctx, raw.js, policy); err != nil {
		return err
	}
	b.raw = &raw
	b.file, err = os.OpenFile(filepath.Join(b.cfg.Dir, "bench"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("make a file to sync: %w", err)
	}
	return nil
}

// pipelined measures publishing with many publishes under way, which the journal itself never does.
func (b *bench) pipelined(ctx context.Context) error {
	js, err := jetstream.New(b.conn.nc, jetstream.WithPublishAsyncMaxPending(b.Commanders))
	if err != nil {
		return fmt.Errorf("pipelined publish: %w", err)
	}
	start := b.cfg.Clock()
	count := 0
	for b.cfg.Clock().Sub(start) < b.For/4 {
		if _, err := js.PublishMsgAsync(&nats.Msg{Subject: b.raw.subject, Data: b.data}, jetstream.WithStallWait(b.cfg.Timeout)); err != nil {
			return fmt.Errorf("pipelined publish: %w", err)
		}
		count++
		b.published++
	}
	select {
	case <-js.PublishAsyncComplete():
	case <-ctx.Done():
		return ctx.Err()
	}
	b.figures.RawPipelinedRate = float64(count) / b.cfg.Clock().Sub(start).Seconds()
	return nil
}

// rounds measures all commanders and single publishes in turn.
func (b *bench) rounds(ctx context.Context) error {
	var commands, commits, publishes float64
	var commanding, publishing time.Duration
	for round := range benchRounds {
		count, records, took, err := b.commanders(ctx, round)
		if err != nil {
			return err
		}
		commands, commits, commanding = commands+float64(count), commits+float64(records), commanding+took
		for start := b.cfg.Clock(); b.cfg.Clock().Sub(start) < b.For/benchRounds/4; publishes++ {
			took, err := b.timed(func() error { return b.publish(ctx) })
			if err != nil {
				return err
			}
			publishing += took
		}
	}
	b.figures.CommandersRate, b.figures.CommandsInCommit = commands/commanding.Seconds(), commands/commits
	b.figures.RawRate = publishes / publishing.Seconds()
	return nil
}

const benchRounds = 6

// commanders lets all commanders go on for one round.
func (b *bench) commanders(ctx context.Context, round int) (commands int64, records uint64, took time.Duration, err error) {
	var count atomic.Int64
	_, before, _ := b.history.position()
	start := b.cfg.Clock()
	group, ctx := errgroup.WithContext(ctx)
	for commander := range b.Commanders {
		group.Go(func() error {
			for n := 0; b.cfg.Clock().Sub(start) < b.For/benchRounds; n++ {
				if _, err := b.Submit(ctx, b.Next(commander+1, round<<32+n)); err != nil {
					return fmt.Errorf("commander %d: %w", commander, err)
				}
				count.Add(1)
			}
			return nil
		})
	}
	err = group.Wait()
	_, after, _ := b.history.position()
	return count.Load(), after - before, b.cfg.Clock().Sub(start), err
}
