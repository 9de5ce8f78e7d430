package projections

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/remit-register/remit/domain"
)

// benchEvents is the size of the synthetic register: each event changes ten remits out of a hundred thousand. The
// targets are stated for a million events, that is ten million changes:
//
//	go test ./projections -run '^$' -bench . -events 1000000
var benchEvents = flag.Int("events", 100_000, "events of the synthetic register that is measured")

const (
	benchFunctions  = 20
	benchFootprints = 1000
	benchDays       = 3650
	// benchCorrections is how often one remit is corrected.
	benchCorrections = 200_000
)

// benchRegister is the synthetic register; it is built once for all benchmarks.
var benchRegister = sync.OnceValue(newBenchRegister)

type benchViews struct {
	views *Views
	// corrected is the remit that was corrected so often.
	corrected domain.Remit
	// mapBytes is what the map takes of the memory.
	mapBytes uint64
	built    time.Duration
}

var (
	benchFunctionCodes  = benchCodes[domain.FunctionCode]("function-%02d", benchFunctions)
	benchFootprintCodes = benchCodes[domain.FootprintCode]("F%04d", benchFootprints)
)

func benchCodes[C ~string](format string, n int) []C {
	codes := make([]C, n)
	for i := range codes {
		codes[i] = C(fmt.Sprintf(format, i))
	}
	return codes
}

func benchFunction(i int) domain.FunctionCode   { return benchFunctionCodes[i] }
func benchFootprint(i int) domain.FootprintCode { return benchFootprintCodes[i] }

func newBenchRegister() *benchViews {
	v := New(func() time.Time { return time.Date(2026, time.November, 21, 0, 0, 0, 0, time.UTC) })
	b := &benchBuilder{views: v, random: rand.New(rand.NewPCG(1, 2))}
	b.world()
	before := heapBytes()
	started := time.Now()
	m := newFunctionMap(epochChanges)
	for no := range *benchEvents {
		b.fold(m, domain.EventNo(no+1), b.change())
	}
	built := time.Since(started)
	register := &benchViews{views: v, mapBytes: heapBytes() - before, built: built}
	register.corrected = b.correct(m)
	v.holdings = m
	return register
}

func heapBytes() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

type benchBuilder struct {
	views  *Views
	random *rand.Rand
}

// world applies everything that the map needs around it, and then fills the log up with events about nothing, so that
// positions can be asked for.
func (b *benchBuilder) world() {
	codes := make([]domain.FootprintCode, benchFootprints)
	for i := range codes {
		codes[i] = benchFootprint(i)
		b.apply(domain.FootprintOpened{Code: codes[i], Kind: domain.KindLocation, EffectiveOn: 1})
	}
	for i := range 50 {
		b.apply(domain.OrganisationEstablished{Code: b.body(i), Tier: domain.TierICB, LegalPerson: true, EffectiveOn: 1})
	}
	for i := range benchFunctions {
		b.apply(domain.FunctionDefined{
			Code: benchFunction(i), Details: domain.FunctionDetails{FootprintKind: domain.KindLocation},
		})
	}
	filler := domain.Event{Count: 1, Fact: domain.FunctionDefined{Code: "filler"}}
	for b.views.events.last() < domain.EventNo(*benchEvents+benchCorrections) {
		filler.No = b.views.events.last() + 1
		if err := b.views.events.add(&filler, filler.Fact.Entity()); err != nil {
			panic(err)
		}
	}
}

func (b *benchBuilder) apply(fact domain.Fact) {
	no := b.views.events.last() + 1
	if err := b.views.Apply([]domain.Event{{No: no, Count: 1, Fact: fact}}); err != nil {
		panic(err)
	}
}

func (b *benchBuilder) fold(m *functionMap, no domain.EventNo, change domain.HoldingChange) {
	if err := m.apply(no, []domain.HoldingChange{change}); err != nil {
		panic(err)
	}
}

func (b *benchBuilder) body(i int) domain.OrganisationCode {
	return domain.OrganisationCode(fmt.Sprintf("Q%02d", i))
}

// change draws a change of two footprints and all roles, to one of the few bodies that are possible there.
func (b *benchBuilder) change() domain.HoldingChange {
	first := b.random.IntN(benchFootprints - 1)
	return domain.HoldingChange{
		On:         domain.Date(1 + b.random.IntN(benchDays)),
		Subjects:   []domain.Subject{{Function: benchFunction(b.random.IntN(benchFunctions))}},
		Footprints: []domain.FootprintCode{benchFootprint(first), benchFootprint(first + 1)},
		Roles:      domain.Roles(),
		Holdings:   []domain.Holding{{Holder: b.body((first/100 + b.random.IntN(4)) % 50), Confidence: domain.ConfidenceExact}},
	}
}

// correct corrects one remit again and again: each time a date is taken back and another recorded.
func (b *benchBuilder) correct(m *functionMap) domain.Remit {
	remit := domain.Remit{Subject: domain.Subject{Function: "corrected"}, Footprint: "F0000", Role: domain.RoleDelivering}
	no := domain.EventNo(*benchEvents)
	last := domain.Date(0)
	for range benchCorrections {
		no++
		change := domain.HoldingChange{
			Subjects: []domain.Subject{remit.Subject}, Footprints: []domain.FootprintCode{remit.Footprint},
			Roles: []domain.Role{remit.Role}, On: last, Retracts: true,
		}
		if last != 0 {
			b.fold(m, no, change)
		}
		last = domain.Date(1 + b.random.IntN(benchDays))
		change.On, change.Retracts = last, false
		change.Holdings = []domain.Holding{{Holder: b.body(b.random.IntN(50))}}
		b.fold(m, no, change)
	}
	return remit
}

// asOf draws a point on both clocks.
func (v *benchViews) asOf(r *rand.Rand) domain.AsOf {
	return domain.AsOf{
		On:    domain.Date(1 + r.IntN(benchDays)),
		Known: domain.EventNo(2000 + r.IntN(int(v.views.position())-2000)),
	}
}

// measure runs ask again and again and reports the shortest and the median time, which a busy machine disturbs less
// than the mean.
func measure(b *testing.B, ask func() error) {
	b.Helper()
	var times []time.Duration
	for b.Loop() {
		started := time.Now()
		if err := ask(); err != nil {
			b.Fatal(err)
		}
		times = append(times, time.Since(started))
	}
	slices.Sort(times)
	b.ReportMetric(float64(times[0]), "min-ns/op")
	b.ReportMetric(float64(times[len(times)/2]), "p50-ns/op")
	b.ReportMetric(float64(times[len(times)*99/100]), "p99-ns/op")
}

func (v *benchViews) remit(r *rand.Rand) domain.Remit {
	return domain.Remit{
		Subject:   domain.Subject{Function: benchFunction(r.IntN(benchFunctions))},
		Footprint: benchFootprint(r.IntN(benchFootprints)), Role: domain.RoleExercising,
	}
}

// BenchmarkLookup asks who holds one remit on a random date as known at a random position.
func BenchmarkLookup(b *testing.B) {
	register := benchRegister()
	r := rand.New(rand.NewPCG(3, 4))
	measure(b, func() error {
		_, err := register.views.At(register.remit(r), register.asOf(r))
		return err
	})
}

// BenchmarkLookupCorrected asks the same of a remit that was corrected 200,000 times.
func BenchmarkLookupCorrected(b *testing.B) {
	register := benchRegister()
	r := rand.New(rand.NewPCG(3, 4))
	measure(b, func() error {
		a := register.asOf(r)
		a.Known = domain.EventNo(*benchEvents + r.IntN(benchCorrections))
		_, err := register.views.At(register.corrected, a)
		return err
	})
}

// BenchmarkWhoHolds asks the whole question: all roles in one footprint, and what is planned.
func BenchmarkWhoHolds(b *testing.B) {
	register := benchRegister()
	r := rand.New(rand.NewPCG(3, 4))
	measure(b, func() error {
		remit := register.remit(r)
		_, err := register.views.WhoHolds(HoldersQuery{
			Function: remit.Subject.Function, Footprint: remit.Footprint, AsOf: register.asOf(r),
		})
		return err
	})
}

// BenchmarkWholeMap asks for everything on a random date as known at a random position.
func BenchmarkWholeMap(b *testing.B) {
	register := benchRegister()
	r := rand.New(rand.NewPCG(3, 4))
	entries := 0
	measure(b, func() error {
		page, err := register.views.Map(MapQuery{AsOf: register.asOf(r)})
		entries += len(page.Holdings)
		return err
	})
	b.ReportMetric(float64(entries)/float64(b.N), "entries/op")
}

// BenchmarkCompare asks what moved between two days a month apart, as known at one position.
func BenchmarkCompare(b *testing.B) {
	register := benchRegister()
	r := rand.New(rand.NewPCG(3, 4))
	differences := 0
	measure(b, func() error {
		from := register.asOf(r)
		answer, err := register.views.Compare(CompareQuery{From: from, To: domain.AsOf{On: from.On + 30, Known: from.Known}})
		differences += len(answer.Changes)
		return err
	})
	b.ReportMetric(float64(differences)/float64(b.N), "differences/op")
}

// BenchmarkApply folds events that change one remit each into all views, as a rebuild does.
func BenchmarkApply(b *testing.B) {
	builder := &benchBuilder{random: rand.New(rand.NewPCG(1, 2))}
	events := make([]domain.Event, 100_000)
	for i := range events {
		change := builder.change()
		change.Footprints, change.Roles = change.Footprints[:1], change.Roles[:1]
		fact := domain.FunctionAllocated{Function: change.Subjects[0].Function, Changes: []domain.HoldingChange{change}}
		events[i] = domain.Event{No: domain.EventNo(i + 1), Count: 1, Fact: fact}
	}
	for b.Loop() {
		if err := New(time.Now).Apply(events); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(events)), "ns/event")
}

// BenchmarkFold reports what it took to build the map, and how much memory it takes.
func BenchmarkFold(b *testing.B) {
	register := benchRegister()
	for b.Loop() {
		_ = register.views.Position()
	}
	b.ReportMetric(float64(register.built.Nanoseconds())/float64(*benchEvents), "ns/event-of-10-remits")
	b.ReportMetric(float64(register.mapBytes)/(1<<20), "MiB-map")
}
