package projections

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"github.com/remit-register/remit/domain"
)

// benchProposals is how many of the events of the register on which commands are tried come before another transfer is
// proposed.
const benchProposals = 50

// benchLog is a register as large as -events says: bodies, footprints and functions, and then changes of who holds what,
// with a transfer proposed now and then.
func benchLog() LogFunc {
	b := &benchBuilder{}
	world := []domain.Fact{}
	for i := range 50 {
		world = append(world, domain.OrganisationEstablished{Code: b.body(i), Tier: domain.TierICB, LegalPerson: true, EffectiveOn: 1})
	}
	for i := range benchFootprints {
		world = append(world, domain.FootprintOpened{Code: benchFootprint(i), Kind: domain.KindLocation, EffectiveOn: 1})
	}
	for i := range benchFunctions {
		world = append(world, domain.FunctionDefined{Code: benchFunction(i), Details: domain.FunctionDetails{FootprintKind: domain.KindLocation}})
	}
	return func(from, to domain.EventNo) ([]domain.Event, error) {
		var events []domain.Event
		for no := from; no <= to; no++ {
			e := domain.Event{No: no, Count: 1, TransactionID: fmt.Sprint("T", no), CommandID: fmt.Sprint("C", no), EffectiveOn: 1}
			switch {
			case int(no) <= len(world):
				e.Fact = world[no-1]
			case no%benchProposals == 0:
				e.Fact = domain.TransferProposed{
					ID: domain.TransferID(fmt.Sprint("T", no)), Kind: domain.KindStatutory, Function: benchFunction(int(no) % benchFunctions),
					Sender: b.body(int(no) % 50), Receiver: b.body(int(no+1) % 50), Footprints: benchFootprintCodes[no%100 : no%100+5],
					Roles: domain.Roles()[:1], EffectiveOn: domain.Date(no % benchDays),
				}
			default:
				b.random = rand.New(rand.NewPCG(uint64(no), 1)) // the same event whenever it is read
				change := b.change()
				e.Fact, e.EffectiveOn = domain.FunctionAllocated{Function: change.Subjects[0].Function, Changes: []domain.HoldingChange{change}}, change.On
			}
			events = append(events, e)
		}
		return events, nil
	}
}

// Follow implements Source.
func (f LogFunc) Follow(_ context.Context, after domain.EventNo, apply func([]domain.Event) error) error {
	const atOnce = 5000
	for {
		events, err := f(after+1, after+atOnce)
		if err == nil {
			err = apply(events)
		}
		if err != nil {
			return err
		}
		after += atOnce
	}
}

// BenchmarkSimulation tries one change on a copy of a large register, and takes it back: what differs in the map, and in the
// findings. It also says what the copy takes, and how long it takes to make it: while commands wait, while new events wait
// to be shown, and a copy of the copy; and how long it would take to build it up from the log.
func BenchmarkSimulation(b *testing.B) {
	last, log := domain.EventNo(*benchEvents), benchLog()
	began := time.Now()
	register := NewCopy(func() time.Time { return time.Unix(1<<32, 0) }, log)
	if err := register.Fill(b.Context(), log, last); err != nil {
		b.Fatal(err)
	}
	filled, before := time.Since(began), heapBytes()
	began = time.Now()
	state := register.State.Copy()
	model := time.Since(began)
	began = time.Now()
	held, err := register.Views.Copy(b.Context(), log, state)
	if err != nil {
		b.Fatal(err)
	}
	views := time.Since(began)
	began = time.Now()
	c := held.Copy()
	working, size := time.Since(began), heapBytes()-before
	change := (&benchBuilder{random: rand.New(rand.NewPCG(1, 2))}).change()
	fact := domain.FunctionAllocated{Function: change.Subjects[0].Function, Changes: []domain.HoldingChange{change}}
	tried := []domain.Event{{No: last + 1, Count: 1, TransactionID: "tried", CommandID: "tried", Fact: fact}}
	on := domain.Date(benchDays)
	opened := 0
	for b.Loop() {
		c.Try()
		if err := c.State.Apply(tried[0]); err != nil {
			b.Fatal(err)
		}
		if err := c.Show(tried); err != nil {
			b.Fatal(err)
		}
		if _, err := c.Compare(CompareQuery{
			From: domain.AsOf{On: change.On, Known: last}, To: domain.AsOf{On: change.On, Known: last + 1},
			Filter: Filter{Functions: []domain.FunctionCode{fact.Function}},
		}); err != nil {
			b.Fatal(err)
		}
		d, err := c.FindingsChanged(b.Context(), CoherenceQuery{AsOf: domain.AsOf{On: on, Known: last}, Until: on, Today: on}, tried)
		if err != nil {
			b.Fatal(err)
		}
		opened = len(d.Opened)
		c.Undo()
	}
	b.ReportMetric(filled.Seconds(), "s-to-build-up")
	b.ReportMetric(model.Seconds()*1000, "ms-to-copy-model")
	b.ReportMetric(views.Seconds()*1000, "ms-to-copy-views")
	b.ReportMetric(working.Seconds()*1000, "ms-to-copy-copy")
	b.ReportMetric(float64(size)/(1<<20), "MiB-of-copies")
	runtime.KeepAlive(register)
	b.ReportMetric(float64(opened), "opened")
}
