package projections_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
)

// TestRebuildHoldsUpNobody rebuilds views again and again while they are fed and asked: every question is answered, and
// always in the same way.
func TestRebuildHoldsUpNobody(t *testing.T) {
	j := newWorld()
	j.commit(allocated("alpha", 3, domain.Holding{Holder: "ICA"}, worldFootprints, domain.RoleDelivering))
	v := projections.NewReading(now, j)
	ctx, cancel := context.WithCancel(t.Context())
	var feeding, asking sync.WaitGroup
	feeding.Go(func() {
		if err := v.Run(ctx, j); !errors.Is(err, context.Canceled) {
			t.Errorf("feeding ended with %v", err)
		}
	})
	asked := domain.AsOf{On: 5, Known: domain.EventNo(len(j.events))}
	if err := v.WaitFor(ctx, asked.Known); err != nil {
		t.Fatal(err)
	}
	want, err := v.Digest(asked)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	for range 2 {
		asking.Go(func() {
			for position := domain.EventNo(0); ; {
				select {
				case <-done:
					return
				default:
				}
				if got, err := v.Digest(asked); err != nil || got != want {
					t.Errorf("asked meanwhile: %+v, %v", got, err)
					return
				}
				before := position
				if position = v.Position(); position < before {
					t.Errorf("position %d after %d", position, before)
					return
				}
			}
		})
	}
	for i := range 20 {
		last := j.commit(allocated("beta", domain.Date(1+i%worldDays), domain.Holding{Holder: "ICB"}, worldFootprints[:1], domain.RoleOverview))
		if err := v.Rebuild(ctx, j); err != nil {
			t.Fatal(err)
		}
		if err := v.WaitFor(ctx, last); err != nil {
			t.Fatal(err)
		}
	}
	if s := v.Status(); s.Rebuilds != 20 || s.Position != v.Position() || s.RecordedAt != v.RecordedAt(s.Position) {
		t.Errorf("status %+v", s)
	}
	close(done)
	asking.Wait()
	cancel()
	feeding.Wait()
	fresh := j.feed(t, 256, domain.EventNo(len(j.events)))
	if diff := projections.DiffStates(fresh, v); diff != "" {
		t.Error(diff)
	}
}

// TestRebuildMendsBrokenViews gives views a fact that they cannot fold. A log without it mends them.
func TestRebuildMendsBrokenViews(t *testing.T) {
	j := newWorld()
	v := j.feed(t, 256, worldEvents)
	no := domain.EventNo(worldEvents + 1)
	if err := v.Apply([]domain.Event{{No: no, Count: 1, TransactionID: "T", Fact: strangeFact{}}}); err == nil {
		t.Fatal("an unknown fact was folded")
	}
	if _, err := j.checkpoints(t.TempDir()).Write(t.Context(), v); err == nil {
		t.Error("a checkpoint of broken views was written")
	}
	j.commit(allocated("alpha", 3, domain.Holding{Holder: "ICA"}, worldFootprints, domain.RoleDelivering))
	if err := v.Apply(j.events[worldEvents:]); err == nil {
		t.Fatal("broken views were fed")
	}
	if err := v.Rebuild(t.Context(), j); err != nil {
		t.Fatal(err)
	}
	j.commit(allocated("alpha", 4, domain.Holding{Holder: "ICB"}, worldFootprints, domain.RoleDelivering))
	if err := v.Apply(j.events[v.Position():]); err != nil {
		t.Fatal(err)
	}
	if diff := projections.DiffStates(j.feed(t, 256, domain.EventNo(len(j.events))), v); diff != "" {
		t.Error(diff)
	}
}
