package console_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
)

// scale is how many events lie on top of the reference register when the time of pages is tried on a large one.
var scale = flag.Int("scale", 2_000, "events on top of the reference register, for the time of pages")

// grow records many more events, in the views alone: bodies are told again and again, on all dates of this financial
// year, to hold what they hold of a function of areas, so that every part of the map has a long history.
func (s *site) grow(t testing.TB, events int) {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	start := domain.NewDate(2026, time.April, 2)
	now := domain.AsOf{On: start, Known: s.store.Position()}
	view, err := s.views.Map(projections.MapQuery{AsOf: now})
	if err != nil {
		t.Fatal(err)
	}
	var sole []projections.Entry
	for _, h := range view.Holdings {
		if h.Remit.Role != domain.RoleAccountable && h.Holder != "" {
			sole = append(sole, h)
		}
	}
	no := s.views.Position()
	for left := events; left > 0; {
		block := make([]domain.Event, 0, 1000)
		for range min(left, cap(block)) {
			no++
			h, on := sole[random.IntN(len(sole))], start.AddDays(random.IntN(230))
			block = append(block, domain.Event{
				No: no, Count: 1, TransactionID: fmt.Sprintf("%026d", no), RecordedAt: s.store.Clock.Now(), EffectiveOn: on, Late: true,
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
		if err := s.views.Apply(block); err != nil {
			t.Fatal(err)
		}
	}
}

// Pages are quick on a large register, too: when they are asked for again, and when they are asked for first after
// something was recorded.
func TestPagesAtScale(t *testing.T) {
	const limit, times = 300 * time.Millisecond, 9
	s := newRegister(t)
	s.grow(t, *scale)
	for _, path := range []string{
		"/", "/map", "/map?kind=all", "/map?view=function", "/map?view=place", "/who?function=eprr&in=QWO", "/functions", "/functions/eprr",
		"/organisations", "/organisations/QWO", "/organisations/X24", "/changes", "/gaps", "/delegations", "/reorganisation", "/envelope", "/shift", "/transfers",
	} {
		first := make([]time.Duration, times)
		for i := range first {
			if *speed {
				s.grow(t, 1)
			}
			start := time.Now()
			if p := s.get(t, "po@QWO", path); p.status != http.StatusOK {
				t.Fatalf("%s: %d %s\n%s", path, p.status, p.text(), s.log)
			}
			first[i] = time.Since(start)
			if !*speed {
				break
			}
		}
		if !*speed {
			continue
		}
		slices.Sort(first)
		again := s.p95(t, path, 20)
		t.Logf("%-30s first after something was recorded %6.1f ms (median of %d), again %6.1f ms (p95)", path,
			first[times/2].Seconds()*1000, times, again.Seconds()*1000)
		if again > limit {
			t.Errorf("%s takes %v (p95)", path, again)
		}
	}
}
