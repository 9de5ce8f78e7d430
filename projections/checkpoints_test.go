package projections_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
)

// Read implements projections.Log.
func (j *journal) Read(from, to domain.EventNo) ([]domain.Event, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if from == 0 || to > domain.EventNo(len(j.events)) {
		return nil, fmt.Errorf("events %d to %d are not there", from, to)
	}
	return j.events[from-1 : to : to], nil
}

// root is what stands for the root of the log's tree.
func (j *journal) root(_ context.Context, position domain.EventNo) (string, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if position > domain.EventNo(len(j.events)) {
		return "", errors.New("the journal ends before")
	}
	return fmt.Sprintf("root-%d", position), nil
}

func program(id string) func() (string, error) { return func() (string, error) { return id, nil } }

func (j *journal) checkpoints(dir string, change ...func(*projections.CheckpointConfig)) *projections.Checkpoints {
	config := projections.CheckpointConfig{Dir: dir, Program: program("test"), Root: j.root, Logger: slog.New(slog.DiscardHandler)}
	for _, c := range change {
		c(&config)
	}
	return projections.NewCheckpoints(config)
}

// feed returns views that read their events from the journal and show those up to a position.
func (j *journal) feed(t interface{ Fatal(...any) }, epochs int32, until domain.EventNo) *projections.Views {
	v := projections.NewReadingWithEpochs(now, j, epochs)
	if err := v.Apply(j.events[:until]); err != nil {
		t.Fatal(err)
	}
	return v
}

// restored returns views that were given the newest checkpoint.
func (j *journal) restored(ctx context.Context, c *projections.Checkpoints) (*projections.Views, domain.EventNo) {
	v := projections.NewReading(now, j)
	return v, c.Restore(ctx, v, c.Read(ctx))
}

// TestCheckpointEqualsRebuilt restores views in the middle of random histories: they know exactly what views know that
// folded the log, then and after the rest of it.
func TestCheckpointEqualsRebuilt(t *testing.T) {
	dir, ctx := t.TempDir(), t.Context()
	rapid.Check(t, func(t *rapid.T) {
		j := newJournal()
		j.events = drawMovingHistory(t)
		epochs := rapid.Int32Range(1, 20).Draw(t, "changes of an epoch")
		rebuilt := j.feed(t, epochs, domain.EventNo(len(j.events)))
		middle := drawAsOf(t, rebuilt).Known
		before := j.feed(t, epochs, middle)
		c := j.checkpoints(dir)
		defer remove(t, dir)
		if _, err := c.Write(ctx, before); err != nil {
			t.Fatal(err)
		}
		v, position := j.restored(ctx, c)
		if position != middle {
			t.Fatalf("restored at %d, not %d", position, middle)
		}
		check(t, "state", projections.DiffStates(before, v), "")
		if err := v.Apply(j.events[middle:]); err != nil {
			t.Fatal(err)
		}
		check(t, "state after the rest", projections.DiffStates(rebuilt, v), "")
		for range 3 {
			checkAnswers(t, rebuilt, v, drawAsOf(t, rebuilt))
		}
	})
}

func remove(t interface{ Fatal(...any) }, dir string) {
	paths, err := filepath.Glob(filepath.Join(dir, "*"))
	for _, path := range paths {
		err = errors.Join(err, os.Remove(path))
	}
	if err != nil {
		t.Fatal(err)
	}
}

// checkAnswers asks two views every kind of question about the map.
func checkAnswers(t *rapid.T, want, got *projections.Views, a domain.AsOf) {
	ask(t, "digest", want, got, func(v *projections.Views) (any, error) { return v.Digest(a) })
	ask(t, "who holds", want, got, func(v *projections.Views) (any, error) {
		return v.WhoHolds(projections.HoldersQuery{Function: "alpha", Footprint: domain.England, AsOf: a})
	})
	ask(t, "history", want, got, func(v *projections.Views) (any, error) {
		return v.History(projections.HistoryQuery{Function: "alpha", AsOf: a})
	})
	ask(t, "comparison", want, got, func(v *projections.Views) (any, error) {
		return v.Compare(projections.CompareQuery{From: domain.AsOf{On: 3, Known: a.Known}, To: domain.Now(a.On)})
	})
	ask(t, "changes", want, got, func(v *projections.Views) (any, error) {
		return v.Changes(projections.ChangesQuery{Until: a.Known, Filter: projections.Filter{Organisations: []domain.OrganisationCode{"ICA"}}})
	})
	ask(t, "events", want, got, func(v *projections.Views) (any, error) {
		return v.Events(projections.EventQuery{Entity: "function/alpha", Until: a.Known})
	})
	ask(t, "bodies", want, got, func(v *projections.Views) (any, error) {
		return v.Organisations(projections.OrganisationQuery{AsOf: a})
	})
	ask(t, "coherence", want, got, func(v *projections.Views) (any, error) {
		return v.Coherence(projections.CoherenceQuery{AsOf: a})
	})
}

func ask(t *rapid.T, what string, want, got *projections.Views, question func(*projections.Views) (any, error)) {
	expected, err := question(want)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	answer, err := question(got)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	check(t, what, answer, expected)
}

// TestCheckpointOfTheReferenceRegister has facts of many kinds, and commands that wait for a second person.
func TestCheckpointOfTheReferenceRegister(t *testing.T) {
	whole := referenceViews(t)
	page, err := whole.Events(projections.EventQuery{})
	if err != nil {
		t.Fatal(err)
	}
	j := newJournal()
	j.events = page.Events
	d := newDesk(t, j)
	d.give(t, "ann", domain.ActorRegistrar, domain.Correct{
		Event: firstAllocation(t, j.events), Withdraw: true, Source: "minutes",
	})
	before := j.feed(t, 256, domain.EventNo(len(j.events)))
	c := j.checkpoints(t.TempDir())
	if _, err := c.Write(t.Context(), before); err != nil {
		t.Fatal(err)
	}
	after, position := j.restored(t.Context(), c)
	if position != before.Position() {
		t.Fatalf("restored at %d, not %d", position, before.Position())
	}
	if diff := projections.DiffStates(before, after); diff != "" {
		t.Error(diff)
	}
	if len(awaiting(t, after, projections.AwaitingQuery{Known: domain.Latest})) == 0 {
		t.Error("nothing waits for a second person")
	}
}

func firstAllocation(t *testing.T, events []domain.Event) domain.EventNo {
	t.Helper()
	i := slices.IndexFunc(events, func(e domain.Event) bool { return e.Fact.FactType() == "FunctionAllocated" })
	if i < 0 {
		t.Fatal("nothing was allocated")
	}
	return events[i].No
}

// TestUnfitCheckpointsAreDiscarded damages a checkpoint in every way, or takes it elsewhere: it is never shown, it is
// removed, and the one before it serves where that fits.
func TestUnfitCheckpointsAreDiscarded(t *testing.T) {
	whole := newWorld()
	half := &journal{events: whole.events[:8]}
	for name, c := range map[string]struct {
		damage func([]byte) []byte
		change func(*projections.CheckpointConfig)
		log    *journal
	}{
		"flipped at the start":  {damage: func(b []byte) []byte { b[3] ^= 1; return b }},
		"flipped in the header": {damage: func(b []byte) []byte { b[40] ^= 1; return b }},
		"flipped in the middle": {damage: func(b []byte) []byte { b[len(b)/2] ^= 1; return b }},
		"flipped at the end":    {damage: func(b []byte) []byte { b[len(b)-1] ^= 1; return b }},
		"truncated":             {damage: func(b []byte) []byte { return b[:len(b)-8] }},
		"cut in half":           {damage: func(b []byte) []byte { return b[:len(b)/2] }},
		"empty":                 {damage: func([]byte) []byte { return nil }},
		"zeroed":                {damage: func(b []byte) []byte { clear(b[len(b)/2:]); return b }},
		"longer":                {damage: func(b []byte) []byte { return append(b, 1) }},
		"of another program":    {change: func(c *projections.CheckpointConfig) { c.Program = program("another") }},
		"ahead of the journal":  {log: half},
		"of another log": {change: func(c *projections.CheckpointConfig) {
			c.Root = func(context.Context, domain.EventNo) (string, error) { return "another", nil }
		}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if _, err := whole.checkpoints(dir).Write(t.Context(), whole.feed(t, 9, worldEvents)); err != nil {
				t.Fatal(err)
			}
			if c.damage != nil {
				rewrite(t, dir, c.damage)
			}
			log := whole
			if c.log != nil {
				log = c.log
			}
			var said bytes.Buffer
			unfit := log.checkpoints(dir, func(config *projections.CheckpointConfig) {
				config.Logger = slog.New(slog.NewTextHandler(&said, nil))
				if c.change != nil {
					c.change(config)
				}
			})
			if v, position := log.restored(t.Context(), unfit); position != 0 || v.Position() != 0 {
				t.Errorf("restored at %d", position)
			}
			if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
			damaged := strings.Count(said.String(), "damaged checkpoint")
			if warned := strings.Contains(said.String(), "level=WARN"); warned != (c.damage != nil) || warned != (damaged == 1) {
				t.Errorf("the log says %s", &said)
			}
		})
	}
}

// rewrite changes the newest checkpoint of a directory.
func rewrite(t *testing.T, dir string, change func([]byte) []byte) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("%v %v", paths, err)
	}
	path := slices.Max(paths)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, change(data), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestEarlierCheckpointServes restores from the one before a damaged one; older ones and what was never finished are
// removed.
func TestEarlierCheckpointServes(t *testing.T) {
	j, dir := newWorld(), t.TempDir()
	c := j.checkpoints(dir)
	for _, position := range []domain.EventNo{4, 7, worldEvents} {
		if _, err := c.Write(t.Context(), j.feed(t, 9, position)); err != nil {
			t.Fatal(err)
		}
	}
	if paths, _ := filepath.Glob(filepath.Join(dir, "*")); len(paths) != 2 {
		t.Fatalf("checkpoints are %v", paths)
	}
	rewrite(t, dir, func(b []byte) []byte { b[len(b)/2] ^= 1; return b })
	if err := os.WriteFile(filepath.Join(dir, "1.unfinished"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	v, position := j.restored(t.Context(), c)
	if position != 7 || v.Position() != 7 {
		t.Errorf("restored at %d", position)
	}
	paths, _ := filepath.Glob(filepath.Join(dir, "*"))
	if len(paths) != 1 || !strings.HasSuffix(paths[0], "7.checkpoint") {
		t.Errorf("left are %v", paths)
	}
	if position := c.Restore(t.Context(), projections.New(now), c.Read(t.Context())); position != 0 {
		t.Error("views that keep their events in memory were restored without them")
	}
}

// TestCheckpointsAreWrittenAlong writes one as soon as there are enough events, while questions are asked, and the last
// one at the end.
func TestCheckpointsAreWrittenAlong(t *testing.T) {
	j, dir := newWorld(), t.TempDir()
	written := make(chan domain.EventNo, 100)
	c := j.checkpoints(dir, func(c *projections.CheckpointConfig) {
		c.Events = 5
		c.Root = func(ctx context.Context, position domain.EventNo) (string, error) {
			written <- position
			return j.root(ctx, position)
		}
	})
	v := projections.NewReading(now, j)
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { c.Run(ctx, v) })
	running.Go(func() { _ = v.Run(ctx, j) })
	if position := <-written; position < 5 {
		t.Errorf("the first checkpoint is of %d", position)
	}
	if err := v.WaitFor(t.Context(), worldEvents); err != nil {
		t.Fatal(err)
	}
	cancel()
	running.Wait()
	c.WriteLast(t.Context(), v)
	if got, position := j.restored(t.Context(), c); position != worldEvents || projections.DiffStates(v, got) != "" {
		t.Errorf("restored at %d of %d", position, worldEvents)
	} else if got.Status().Restored != worldEvents || v.Status().Checkpoint != worldEvents {
		t.Errorf("status %+v after %+v", got.Status(), v.Status())
	}
}

// TestCheckpointKeepsWhatWaits: every kind of command that waits for a second person can be kept.
func TestCheckpointKeepsWhatWaits(t *testing.T) {
	j := newJournal()
	for i, command := range []domain.Command{
		domain.AllocateFunction{},
		domain.RecordOccurrence{},
		domain.Correct{},
		domain.Reorganise{},
		domain.ImportMap{},
		domain.ErasePersonalData{People: []domain.KnownPerson{{Pseudonym: "p-1", Organisation: "X24"}}},
	} {
		j.commit(domain.SecondAwaited{ID: fmt.Sprintf("W%d", i), Command: command})
	}
	views, c := j.feed(t, 20, domain.EventNo(len(j.events))), j.checkpoints(t.TempDir())
	if _, err := c.Write(t.Context(), views); err != nil {
		t.Fatal(err)
	}
	restored, position := j.restored(t.Context(), c)
	if diff := projections.DiffStates(views, restored); position != views.Position() || diff != "" {
		t.Errorf("restored at %d of %d: %s", position, views.Position(), diff)
	}
}

// TestCheckpointHoldsUpNobody: what is recorded while a checkpoint is written is shown at once, and is not in it.
func TestCheckpointHoldsUpNobody(t *testing.T) {
	const before = worldEvents - 2
	j, dir := newWorld(), t.TempDir()
	views := j.feed(t, 20, before)
	c := j.checkpoints(dir, func(c *projections.CheckpointConfig) {
		c.Root = func(ctx context.Context, position domain.EventNo) (string, error) {
			if err := views.Apply(j.events[views.Position():]); err != nil {
				t.Error(err)
			}
			return j.root(ctx, position)
		}
	})
	if position, err := c.Write(t.Context(), views); err != nil || position != before || views.Position() != worldEvents {
		t.Fatalf("a checkpoint of event %d, while event %d is shown: %v", position, views.Position(), err)
	}
	restored, position := j.restored(t.Context(), j.checkpoints(dir))
	if diff := projections.DiffStates(j.feed(t, 20, before), restored); position != before || diff != "" {
		t.Errorf("restored at %d of %d: %s", position, before, diff)
	}
}
