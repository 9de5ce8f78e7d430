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
	raw     *Raw
	file    *os.File
}

// singles measures one command, one publish and one sync in turn, so that they meet the same conditions, in an order that
// changes. The first ones are not counted: nothing is warm then.
func (b *bench) singles(ctx context.Context) error {
	var took [3][]time.Duration
	var request Request
	steps := [len(took)]func() error{
		func() error { _, err := b.Submit(ctx, request); return err },
		func() error { return b.raw.Publish(ctx) },
		func() error { _, err := b.file.Write(b.raw.data); return errors.Join(err, b.file.Sync()) },
	}
	warm := min(b.Singles, mostWarm)
	for n := range warm + b.Singles {
		request = b.Next(0, n)
		for i := range steps {
			if n%2 == 1 {
				i = len(steps) - 1 - i
			}
			one, err := b.timed(steps[i])
			if err != nil {
				return fmt.Errorf("one command, one publish, one sync: %w", err)
			}
			if n >= warm {
				took[i] = append(took[i], one)
			}
		}
	}
	b.figures.OneCommand, b.figures.RawPublish, b.figures.Fsync = median(took[0]), median(took[1]), median(took[2])
	return b.file.Close()
}

// mostWarm is the most single commands that are given before those that count.
const mostWarm = 200

// Raw is what commands are compared with: a stream like the journal, on the same server with the same settings, to which
// the bytes of one command's commit are published, one publish at a time. It has one owner.
type Raw struct {
	journal   natsJournal
	data      []byte
	published uint64
}

// Raw makes a stream for the bytes of the last record.
func (s *Store) Raw(ctx context.Context) (*Raw, error) {
	own, ok := s.journal.(*natsJournal)
	if !ok {
		return nil, fmt.Errorf("the journal is not JetStream's: %w", ErrSettings)
	}
	raw := &Raw{journal: *own}
	_, record, _ := s.history.position()
	err := own.Scan(ctx, record, record, func(_ uint64, data []byte) error {
		raw.data = data
		return nil
	})
	if err != nil {
		return nil, err
	}
	raw.journal.name, raw.journal.subject = "REMIT_BENCH", "remit.bench"
	policy := journalPolicy(s.cfg.Replicas)
	policy.Name, policy.Subjects = raw.journal.name, []string{raw.journal.subject}
	raw.journal.stream, err = openStream(ctx, own.js, policy)
	return raw, err
}

// Publish publishes the bytes as the journal does.
func (r *Raw) Publish(ctx context.Context) error {
	if err := r.journal.Append(ctx, strconv.FormatUint(r.published, 10), r.published, r.data); err != nil {
		return fmt.Errorf("raw publish: %w", err)
	}
	r.published++
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
	var err error
	if b.raw, err = b.Raw(ctx); err != nil {
		return err
	}
	b.figures.RecordBytes = len(b.raw.data)
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
		if _, err := js.PublishMsgAsync(&nats.Msg{Subject: b.raw.journal.subject, Data: b.raw.data}, jetstream.WithStallWait(b.cfg.Timeout)); err != nil {
			return fmt.Errorf("pipelined publish: %w", err)
		}
		count++
		b.raw.published++
	}
	select {
	case <-js.PublishAsyncComplete():
	case <-ctx.Done():
		return ctx.Err()
	}
	b.figures.RawPipelinedRate = float64(count) / b.cfg.Clock().Sub(start).Seconds()
	return nil
}

// rounds measures all commanders and single publishes in turn. The first round is not counted.
func (b *bench) rounds(ctx context.Context) error {
	var commands, commits, publishes float64
	var commanding, publishing time.Duration
	for round := range 1 + benchRounds {
		count, records, took, err := b.commanders(ctx, round)
		if err != nil {
			return err
		}
		if round > 0 {
			commands, commits, commanding = commands+float64(count), commits+float64(records), commanding+took
		}
		for start := b.cfg.Clock(); b.cfg.Clock().Sub(start) < b.For/benchRounds/4; publishes++ {
			took, err := b.timed(func() error { return b.raw.Publish(ctx) })
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
