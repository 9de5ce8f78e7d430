package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"time"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
)

// scaleBench measures views of a large synthetic register, when they have a tenth of its events and when they have all.
type scaleBench struct {
	app    *app
	report *benchReport
	dir    string
	work   *scaleWork
	views  *projections.Views
	random *rand.Rand
	before uint64 // heap without the views
	sizes  []*scaleFigures
}

// scaleFigures are what was measured with so many events.
type scaleFigures struct {
	events                             int
	lookup, corrected, question        time.Duration // medians
	wholeMap, difference               time.Duration
	entries, differences               int
	rawLookup, rawMap                  time.Duration
	bytes                              uint64 // of the views
	checkpoint                         uint64 // bytes of the file
	written, paused, restored, rawRead time.Duration
}

// errNoEvents says that the synthetic events are not kept.
var errNoEvents = errors.New("the synthetic events are not kept")

// run measures views of so many events, and shows how the figures grow from a tenth of them.
func (b *scaleBench) run(ctx context.Context, events int) error {
	b.work, b.random = newScaleWork(), rand.New(rand.NewPCG(3, 4))
	b.before = heapBytes()
	b.views = projections.NewReading(b.app.clock, projections.LogFunc(
		func(domain.EventNo, domain.EventNo) ([]domain.Event, error) { return nil, errNoEvents }))
	if err := b.views.Apply(b.work.events(b.work.world()...)); err != nil {
		return err
	}
	for n, size := range []int{events / 10, events} {
		began := b.app.clock()
		start := 0
		if n > 0 {
			start = b.sizes[0].events
		}
		if err := b.fold(ctx, start, size); err != nil {
			return err
		}
		if n > 0 {
			b.report.add(fmt.Sprintf("folding %d events into the views, in process", size-start),
				fmt.Sprintf("%s, making them included", short(b.app.clock().Sub(began))), "", true)
		}
		if err := b.measure(ctx, size); err != nil {
			return err
		}
	}
	b.tell()
	return nil
}

// fold folds events from one number up to another into the views.
func (b *scaleBench) fold(ctx context.Context, from, to int) error {
	for n := from; n < to; n += scaleBlock {
		if err := ctx.Err(); err != nil {
			return err
		}
		facts := make([]domain.Fact, 0, scaleBlock)
		for i := n; i < min(n+scaleBlock, to); i++ {
			facts = append(facts, b.work.next(i))
		}
		if err := b.views.Apply(b.work.events(facts...)); err != nil {
			return fmt.Errorf("fold the synthetic register: %w", err)
		}
	}
	return nil
}

func heapBytes() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

// measure asks everything of the views as they are.
func (b *scaleBench) measure(ctx context.Context, events int) error {
	f := &scaleFigures{events: events, bytes: max(heapBytes(), b.before) - b.before} // garbage of before may be gone since
	b.sizes = append(b.sizes, f)
	for _, step := range []func(*scaleFigures) error{b.lookups, b.questions, b.maps} {
		if err := step(f); err != nil {
			return err
		}
	}
	return b.checkpoints(ctx, f)
}

// asOf draws a point on both clocks.
func (b *scaleBench) asOf() domain.AsOf {
	const world = scaleFootprints + scaleBodies + scaleFunctions // events before which there is nothing to ask
	last := uint64(b.views.Position())
	return domain.AsOf{On: b.work.date(), Known: domain.EventNo(world + 1 + b.random.Uint64N(last-world))}
}

// together is how many short questions are timed in one: a clock cannot tell one of them.
const together = 50

// sampled times a question that is asked many times, each time about another remit and point of those drawn beforehand,
// and returns the median of one.
func (b *scaleBench) sampled(samples int, ask func(domain.Remit, domain.AsOf) error) (time.Duration, error) {
	var remits [together]domain.Remit
	var points [together]domain.AsOf
	times := make([]time.Duration, 0, samples)
	for range samples {
		for i := range together {
			remits[i], points[i] = b.work.remit(), b.asOf()
		}
		began := b.app.clock()
		for i := range together {
			if err := ask(remits[i], points[i]); err != nil {
				return 0, err
			}
		}
		times = append(times, b.app.clock().Sub(began)/together)
	}
	return quantile(times, 0.5), nil
}

// lookups measures who holds one remit, against a look into a map of all remits.
func (b *scaleBench) lookups(f *scaleFigures) (err error) {
	const samples = 2000
	raw := map[domain.Remit]domain.EventNo{}
	for _, function := range b.work.functions {
		for _, footprint := range b.work.footprints {
			for _, role := range domain.Roles() {
				raw[domain.Remit{Subject: domain.Subject{Function: function}, Footprint: footprint, Role: role}] = 1
			}
		}
	}
	found := domain.EventNo(0)
	if f.rawLookup, err = b.sampled(samples, func(r domain.Remit, _ domain.AsOf) error {
		found += raw[r]
		return nil
	}); err != nil {
		return err
	}
	if f.lookup, err = b.sampled(samples, func(r domain.Remit, a domain.AsOf) error {
		_, err := b.views.At(r, a)
		return err
	}); err != nil {
		return fmt.Errorf("ask who holds: %w", err)
	}
	corrected := b.work.correctedRemit()
	if f.corrected, err = b.sampled(samples, func(_ domain.Remit, a domain.AsOf) error {
		_, err := b.views.At(corrected, a)
		return err
	}); err != nil {
		return fmt.Errorf("ask who holds what was corrected: %w", err)
	}
	return nil
}

// questions measures the whole question: all roles in one footprint, and what is planned.
func (b *scaleBench) questions(f *scaleFigures) (err error) {
	const samples = 500
	f.question, err = b.sampled(samples, func(r domain.Remit, a domain.AsOf) error {
		_, err := b.views.WhoHolds(projections.HoldersQuery{Function: r.Subject.Function, Footprint: r.Footprint, AsOf: a})
		return err
	})
	if err != nil {
		return fmt.Errorf("ask who holds a function: %w", err)
	}
	return nil
}

// maps measures the whole map, against writing down as many entries, and differences.
func (b *scaleBench) maps(f *scaleFigures) error {
	const samples = 9
	var whole, raw, differences []time.Duration
	for range samples {
		began := b.app.clock()
		page, err := b.views.Map(projections.MapQuery{AsOf: b.asOf()})
		if err != nil {
			return fmt.Errorf("ask for the map: %w", err)
		}
		whole = append(whole, b.app.clock().Sub(began))
		f.entries = max(f.entries, len(page.Holdings))
		began = b.app.clock()
		again := make([]projections.Entry, 0, len(page.Holdings))
		again = append(again, page.Holdings...)
		raw = append(raw, b.app.clock().Sub(began))
		runtime.KeepAlive(again)
		from := b.asOf()
		began = b.app.clock()
		answer, err := b.views.Compare(projections.CompareQuery{From: from, To: domain.AsOf{On: from.On + 30, Known: from.Known}})
		if err != nil {
			return fmt.Errorf("ask for differences: %w", err)
		}
		differences = append(differences, b.app.clock().Sub(began))
		f.differences = max(f.differences, len(answer.Changes))
	}
	f.wholeMap, f.rawMap, f.difference = quantile(whole, 0.5), quantile(raw, 0.5), quantile(differences, 0.5)
	return nil
}

// checkpoints measures writing a checkpoint and starting with it.
func (b *scaleBench) checkpoints(ctx context.Context, f *scaleFigures) error {
	dir := filepath.Join(b.dir, fmt.Sprintf("views-%d", f.events))
	c := projections.NewCheckpoints(projections.CheckpointConfig{
		Dir: dir, Logger: slog.New(slog.DiscardHandler), Program: func() (string, error) { return "bench", nil },
		Root: func(context.Context, domain.EventNo) (string, error) { return "root", nil },
	})
	began := b.app.clock()
	_, err := c.WriteTelling(ctx, b.views, func() { f.paused = b.app.clock().Sub(began) })
	if err != nil {
		return err
	}
	f.written = b.app.clock().Sub(began)
	if f.checkpoint, f.rawRead, err = rawRead(dir, b.app.clock); err != nil {
		return err
	}
	restored := projections.NewReading(b.app.clock, projections.LogFunc(
		func(domain.EventNo, domain.EventNo) ([]domain.Event, error) { return nil, errNoEvents }))
	runtime.GC() // what was measured before is not to be cleared away now
	began = b.app.clock()
	if c.Restore(ctx, restored, c.Read(ctx)) != b.views.Position() {
		return errors.New("the checkpoint was not read back")
	}
	f.restored = b.app.clock().Sub(began)
	return nil
}

// tell adds what was measured to the report.
func (b *scaleBench) tell() {
	small, large := b.sizes[0], b.sizes[1]
	report := b.report
	name := func(what string) string { return fmt.Sprintf("%d events: %s", large.events, what) }
	grown := func(of func(*scaleFigures) time.Duration) string {
		return fmt.Sprintf("%.2f × that with %d", ratio(of(large), of(small)), small.events)
	}
	lookup := func(f *scaleFigures) time.Duration { return f.lookup }
	report.add(name("a look into a map of all remits, p50"), short(large.rawLookup), "", true)
	report.add(name("who holds one remit, p50"), fmt.Sprintf("%s = %.1f × that look, %s",
		short(large.lookup), ratio(large.lookup, large.rawLookup), grown(lookup)), "≤ 2µs", large.lookup <= 2*time.Microsecond)
	corrected := min(scaleCorrections, large.events/5)
	report.add(name(fmt.Sprintf("the same, a remit corrected %d times", corrected)), fmt.Sprintf("%s = %.1f × another remit, %s",
		short(large.corrected), ratio(large.corrected, large.lookup), grown(func(f *scaleFigures) time.Duration { return f.corrected })),
		"≤ 2µs", large.corrected <= 2*time.Microsecond)
	report.add(name("who holds a function in a footprint, p50"), fmt.Sprintf("%s, %s", short(large.question),
		grown(func(f *scaleFigures) time.Duration { return f.question })), "", true)
	report.add(name("the whole map, p50"), fmt.Sprintf("%s for %d holdings = %.1f × writing them down, %s", short(large.wholeMap),
		large.entries, ratio(large.wholeMap, large.rawMap), grown(func(f *scaleFigures) time.Duration { return f.wholeMap })),
		"≤ 50ms", large.wholeMap <= 50*time.Millisecond)
	report.add(name("difference between two dates, p50"), fmt.Sprintf("%s for %d remits, %s", short(large.difference),
		large.differences, grown(func(f *scaleFigures) time.Duration { return f.difference })),
		"≤ 60ms", large.difference <= 60*time.Millisecond)
	const mebi, most = 1 << 20, 600
	report.add(name("memory of the views"), fmt.Sprintf("%d MiB, %d MiB with %d", large.bytes/mebi, small.bytes/mebi, small.events),
		fmt.Sprintf("≤ %d MiB", most), large.bytes <= most*mebi)
	report.add(name("checkpoint written"), fmt.Sprintf("%s for %d MiB, of which %s without new events", short(large.written),
		large.checkpoint/mebi, short(large.paused)), "", true)
	report.add(name("views restored from the checkpoint"), fmt.Sprintf("%s = %.1f × reading the file", short(large.restored),
		ratio(large.restored, large.rawRead)), "≤ 1s", large.restored <= time.Second)
}

func ratio(a, b time.Duration) float64 { return float64(a) / float64(max(b, 1)) }

// scaleSizes checks how many events are asked for.
func scaleSizes(events int) error {
	if events != 0 && events < 10*scaleBlock*10 {
		return usagef("--events must be 0 or at least %d", 10*scaleBlock*10)
	}
	return nil
}
