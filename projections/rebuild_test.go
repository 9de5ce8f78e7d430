package projections_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

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
		rebuilt, err := v.Rebuild(ctx, j, projections.RebuildOptions{On: 5})
		if err != nil || len(rebuilt.Differs) > 0 || rebuilt.Before != rebuilt.After || rebuilt.After.AsOf.On != 5 {
			t.Fatalf("rebuilt %+v: %v", rebuilt, err)
		}
		if err := v.WaitFor(ctx, last); err != nil {
			t.Fatal(err)
		}
	}
	if s := v.Status(); s.Rebuilds != 20 || s.Mended != 0 || s.Position != v.Position() || s.RecordedAt != v.RecordedAt(s.Position) {
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
	rebuilt, err := v.Rebuild(t.Context(), j, projections.RebuildOptions{On: 5})
	if err != nil || len(rebuilt.Differs) != 1 || !strings.Contains(rebuilt.Differs[0], "unknown fact") {
		t.Fatalf("rebuilt %+v: %v", rebuilt, err)
	}
	if s := v.Status(); s.Mended != 1 {
		t.Errorf("status %+v", s)
	}
	j.commit(allocated("alpha", 4, domain.Holding{Holder: "ICB"}, worldFootprints, domain.RoleDelivering))
	if err := v.Apply(j.events[v.Position():]); err != nil {
		t.Fatal(err)
	}
	if diff := projections.DiffStates(j.feed(t, 256, domain.EventNo(len(j.events))), v); diff != "" {
		t.Error(diff)
	}
}

// TestRebuildReportsDamage damages views in many ways: the rebuild says what differed, and mends it.
func TestRebuildReportsDamage(t *testing.T) {
	for what, damage := range projections.Damages() {
		t.Run(what, func(t *testing.T) {
			j := newWorld()
			j.commit(allocated("alpha", 3, domain.Holding{Holder: "ICA"}, worldFootprints, domain.RoleDelivering))
			last := j.commit(allocated("beta", 3, domain.Holding{Holder: "ICA"}, worldFootprints, domain.RoleOverview))
			v := j.feed(t, 256, last)
			damage(v)
			rebuilt, err := v.Rebuild(t.Context(), j, projections.RebuildOptions{On: 5})
			name, how, _ := strings.Cut(what, ":")
			want := 1
			if how == " it cannot be read" {
				want++
			}
			if err != nil || len(rebuilt.Differs) != want || !strings.HasPrefix(rebuilt.Differs[0], name) {
				t.Errorf("rebuilt %+v: %v", rebuilt, err)
			}
			if strings.Contains(what, "another holder") && rebuilt.Before.Digest == rebuilt.After.Digest {
				t.Errorf("the digest is %s as before", rebuilt.After.Digest)
			}
			if diff := projections.DiffStates(j.feed(t, 256, last), v); diff != "" {
				t.Error(diff)
			}
			if again, err := v.Rebuild(t.Context(), j, projections.RebuildOptions{On: 5}); err != nil || len(again.Differs) > 0 || again.After != rebuilt.After {
				t.Errorf("rebuilt again %+v: %v", again, err)
			}
		})
	}
}

// TestRebuildAgrees rebuilds views of random histories that were restored from a checkpoint in the middle: nothing
// differs.
func TestRebuildAgrees(t *testing.T) {
	dir, ctx := t.TempDir(), t.Context()
	rapid.Check(t, func(t *rapid.T) {
		j := newJournal()
		j.events = drawMovingHistory(t)
		epochs := rapid.Int32Range(1, 20).Draw(t, "changes of an epoch")
		before := j.feed(t, epochs, drawAsOf(t, j.feed(t, epochs, domain.EventNo(len(j.events)))).Known)
		c := j.checkpoints(dir)
		defer remove(t, dir)
		if _, err := c.Write(ctx, before); err != nil {
			t.Fatal(err)
		}
		v, position := j.restored(ctx, c)
		if err := v.Apply(j.events[position:]); err != nil {
			t.Fatal(err)
		}
		var progress []domain.EventNo
		rebuilt, err := v.Rebuild(ctx, j, projections.RebuildOptions{On: 9, Progress: func(done, total domain.EventNo) error {
			progress = append(progress, done, total)
			return nil
		}})
		if err != nil || len(rebuilt.Differs) > 0 || rebuilt.Before != rebuilt.After {
			t.Fatalf("rebuilt %+v: %v", rebuilt, err)
		}
		if len(progress) == 0 || progress[0] > progress[1] {
			t.Fatalf("progress %v", progress)
		}
		check(t, "state", projections.DiffStates(j.feed(t, epochs, domain.EventNo(len(j.events))), v), "")
	})
}

// TestOneRebuildAtATime asks for a rebuild while one goes on, and ends that one: nothing is replaced.
func TestOneRebuildAtATime(t *testing.T) {
	j := newWorld()
	v := j.feed(t, 256, worldEvents)
	stop := errors.New("enough")
	_, err := v.Rebuild(t.Context(), j, projections.RebuildOptions{Progress: func(domain.EventNo, domain.EventNo) error {
		var refusal *domain.Refusal
		if _, err := v.Rebuild(t.Context(), j, projections.RebuildOptions{}); !errors.As(err, &refusal) || refusal.Violations[0].Reason != domain.WrongState {
			t.Errorf("a second rebuild: %v", err)
		}
		return stop
	}})
	if s := v.Status(); !errors.Is(err, stop) || s.Rebuilds != 0 {
		t.Errorf("ended with %v, %+v", err, s)
	}
	if _, err := v.Rebuild(t.Context(), j, projections.RebuildOptions{}); err != nil || v.Status().Rebuilds != 1 {
		t.Errorf("a rebuild afterwards: %v", err)
	}
}

// TestCheckpointsAreReplaced mends damaged views of which there is a checkpoint: none of those that are damaged stays.
func TestCheckpointsAreReplaced(t *testing.T) {
	j := newWorld()
	last := j.commit(allocated("alpha", 3, domain.Holding{Holder: "ICA"}, worldFootprints, domain.RoleDelivering))
	c := j.checkpoints(t.TempDir())
	v := j.feed(t, 256, last)
	projections.Damages()["the map: nobody holds"](v)
	if _, err := c.Write(t.Context(), v); err != nil {
		t.Fatal(err)
	}
	want := j.feed(t, 256, last)
	if restored, _ := j.restored(t.Context(), c); projections.DiffStates(want, restored) == "" {
		t.Fatal("the damage is not in the checkpoint")
	}
	if _, err := v.Rebuild(t.Context(), j, projections.RebuildOptions{On: 5}); err != nil {
		t.Fatal(err)
	}
	if err := c.Replace(t.Context(), v); err != nil {
		t.Fatal(err)
	}
	restored, position := j.restored(t.Context(), c)
	if diff := projections.DiffStates(want, restored); position != last || diff != "" {
		t.Errorf("restored at %d: %s", position, diff)
	}
}
