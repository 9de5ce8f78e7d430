package console_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
)

// scale is how many events lie on top of the reference register when the time of pages is tried on a large one.
var scale = flag.Int("scale", 2_000, "events on top of the reference register, for the time of pages")

// growing records many more events, in the views alone: bodies are told again and again, on all dates of this financial
// year, to hold what they hold of a function of areas, so that every part of the map has a long history.
type growing struct {
	*site

	random *rand.Rand
	// sole are the holdings that are told again.
	sole []projections.Entry
}

// growing returns what has a register grow as it is now.
func (s *site) growing(t testing.TB) *growing {
	t.Helper()
	view, err := s.views.Map(projections.MapQuery{AsOf: domain.AsOf{On: scaleStart(), Known: s.store.Position()}})
	if err != nil {
		t.Fatal(err)
	}
	g := &growing{site: s, random: rand.New(rand.NewPCG(1, 2))}
	for _, h := range view.Holdings {
		if h.Remit.Role != domain.RoleAccountable && h.Holder != "" {
			g.sole = append(g.sole, h)
		}
	}
	return g
}

// scaleStart is the first of the dates from which bodies are told again to hold something.
func scaleStart() domain.Date { return domain.NewDate(2026, time.April, 2) }

// by records so many more events.
func (g *growing) by(t testing.TB, events int) {
	t.Helper()
	no := g.views.Position()
	for left := events; left > 0; {
		block := make([]domain.Event, 0, min(left, 1000))
		for range cap(block) {
			no++
			h, on := g.sole[g.random.IntN(len(g.sole))], scaleStart().AddDays(g.random.IntN(230))
			block = append(block, domain.Event{
				No: no, Count: 1, TransactionID: fmt.Sprintf("%026d", no),
				CommandID: fmt.Sprintf("00000000-0000-4000-8000-%012d", no), RecordedAt: g.store.Clock.Now(), EffectiveOn: on, Late: true,
				Fact: domain.FunctionAllocated{
					Function: h.Remit.Subject.Function, EffectiveOn: on, Source: "scale", Confidence: domain.ConfidenceExact,
					Changes: []domain.HoldingChange{{
						On: on, Subjects: []domain.Subject{h.Remit.Subject}, Footprints: []domain.FootprintCode{h.Remit.Footprint},
						Roles: []domain.Role{h.Remit.Role}, Holdings: []domain.Holding{h.Holding},
					}},
				},
			})
		}
		left -= len(block)
		if err := g.views.Apply(block); err != nil {
			t.Fatal(err)
		}
	}
}

// Pages are quick on a large register, too: when they are asked for again, and when they are asked for first after
// something was recorded.
func TestPagesAtScale(t *testing.T) {
	const limit, times = 300 * time.Millisecond, 20
	s := newRegister(t)
	s.publish(t) // a register that serves has signed a checkpoint
	g := s.growing(t)
	g.by(t, *scale)
	for _, path := range []string{
		"/", "/map", "/map?kind=all", "/map?view=function", "/map?view=place", "/who?function=eprr&in=QWO", "/functions", "/functions/eprr",
		"/organisations", "/organisations/QWO", "/organisations/X24", "/changes", "/gaps", "/delegations", "/reorganisation", "/envelope", "/shift", "/transfers",
		"/audit", "/due", "/search?q=eprr",
	} {
		if !*speed {
			s.p95(t, path, 1, nil)
			continue
		}
		first := s.p95(t, path, times, func() { g.by(t, 1) })
		again := s.p95(t, path, times, nil)
		t.Logf("%-30s first after something was recorded %6.1f ms, again %6.1f ms (p95 of %d)", path, first.Seconds()*1000, again.Seconds()*1000, times)
		if slowest := max(first, again); slowest > limit {
			t.Errorf("%s takes %v (p95)", path, slowest)
		}
	}
}
