package projections_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
)

// TestCopyTriesAndTakesBack tries the second half of random histories on a copy of the first: it then answers as views
// of the whole do, after Undo as views of the first half, and filled further as views of the whole again.
func TestCopyTriesAndTakesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		j := newJournal()
		j.events = rapid.OneOf(rapid.Custom(drawMovingHistory), rapid.Custom(drawTwoProgrammes)).Draw(t, "history")
		end := domain.EventNo(len(j.events))
		epochs := rapid.Int32Range(1, 20).Draw(t, "changes of an epoch")
		whole := j.feed(t, epochs, end)
		middle := drawAsOf(t, whole).Known
		before := j.feed(t, epochs, middle)
		c := projections.NewCopyWithEpochs(now, j, epochs)
		fill(t, j, c, middle)
		for range 2 {
			c.Try()
			try(t, c, j.events[middle:])
			checkAnswers(t, whole, c.Views, drawAsOf(t, whole))
			c.Undo()
			check(t, "position", c.Position(), middle)
			check(t, "plans", projections.DiffPlans(before, c.Views), "")
			checkAnswers(t, before, c.Views, drawAsOf(t, before))
		}
		fill(t, j, c, end)
		checkAnswers(t, whole, c.Views, drawAsOf(t, whole))
	})
}

// TestCopySharesAndStaysApart copies views in the middle of random histories, given a write model that may be behind them,
// and copies the copy. Then the views go on, and on each copy something is tried and taken back, in any order: what one does
// shows in none of the others.
func TestCopySharesAndStaysApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		j := newJournal()
		j.events = rapid.OneOf(rapid.Custom(drawMovingHistory), rapid.Custom(drawTwoProgrammes)).Draw(t, "history")
		end := domain.EventNo(len(j.events))
		epochs := rapid.Int32Range(1, 20).Draw(t, "changes of an epoch")
		whole := j.feed(t, epochs, end)
		middle := drawAsOf(t, whole).Known
		before, live := j.feed(t, epochs, middle), j.feed(t, epochs, middle)
		model := domain.NewState()
		foldInto(t, model, j.events[:drawAsOf(t, before).Known])
		c, err := live.Copy(t.Context(), j, model.Copy())
		if err != nil {
			t.Fatal(err)
		}
		copies := []*projections.Copy{c, c.Copy()}
		check(t, "a fresh copy", projections.DiffIndexes(before, copies[0].Views)+projections.DiffIndexes(before, copies[1].Views), "")
		// What is tried has other numbers than the same things in the log.
		other := later(j.events[middle:])
		tried := newJournal()
		tried.events = append(append(tried.events, j.events[:middle]...), other...)
		with := tried.feed(t, epochs, domain.EventNo(len(tried.events)))
		for range rapid.IntRange(1, 6).Draw(t, "steps") {
			switch i := rapid.IntRange(0, len(copies)).Draw(t, "who goes on"); {
			case i == len(copies):
				goOn(t, live, j.events)
				foldInto(t, model, j.events[model.Last():live.Position()])
			case rapid.Bool().Draw(t, "a copy of the copy"):
				copies = append(copies, copies[i].Copy())
			default:
				copies[i].ReadFrom(tried)
				copies[i].Try()
				try(t, copies[i], other)
				checkAnswers(t, with, copies[i].Views, drawAsOf(t, with))
				copies[i].Undo()
			}
		}
		for _, x := range copies {
			x.ReadFrom(j)
			check(t, "plans", projections.DiffPlans(before, x.Views), "")
			checkAnswers(t, before, x.Views, drawAsOf(t, before))
		}
		for live.Position() < end {
			goOn(t, live, j.events)
		}
		check(t, "the views that were copied", projections.DiffIndexes(whole, live)+projections.DiffPlans(whole, live), "")
		checkAnswers(t, whole, live, drawAsOf(t, whole))
		for _, x := range copies {
			fill(t, j, x, end)
			checkAnswers(t, whole, x.Views, drawAsOf(t, whole))
		}
	})
}

// goOn applies the next transaction that the views do not show yet.
func goOn(t *rapid.T, v *projections.Views, events []domain.Event) {
	if events = events[v.Position():]; len(events) > 0 {
		if err := v.Apply(events[:events[0].Count]); err != nil {
			t.Fatal(err)
		}
	}
}

func foldInto(t *rapid.T, s *domain.State, events []domain.Event) {
	for _, e := range events {
		if err := s.Apply(e); err != nil {
			t.Fatal(err)
		}
	}
}

// later returns the events without their first transaction, with the numbers that they would then have.
func later(events []domain.Event) []domain.Event {
	if len(events) == 0 {
		return nil
	}
	first := events[0].Count
	others := slices.Clone(events[first:])
	for i := range others {
		others[i].No -= domain.EventNo(first)
	}
	return others
}

// TestCopyRefusesAnOtherTime gives views a write model that is ahead of them.
func TestCopyRefusesAnOtherTime(t *testing.T) {
	j, err := loadReference()
	if err != nil {
		t.Fatal(err)
	}
	v, model := projections.NewReading(now, j), domain.NewState()
	if err := model.Apply(j.events[0]); err != nil {
		t.Fatal(err)
	}
	if _, err := v.Copy(t.Context(), j, model); err == nil {
		t.Error("a write model that is ahead of the views")
	}
}

// try applies and shows events, transaction by transaction.
func try(t *rapid.T, c *projections.Copy, events []domain.Event) {
	for len(events) > 0 {
		transaction := events[:events[0].Count]
		for _, e := range transaction {
			if err := c.State.Apply(e); err != nil {
				t.Fatal(err)
			}
		}
		if err := c.Show(transaction); err != nil {
			t.Fatal(err)
		}
		events = events[len(transaction):]
	}
}

func fill(t *rapid.T, j *journal, c *projections.Copy, to domain.EventNo) {
	if err := c.Fill(context.Background(), j, to); err != nil {
		t.Fatal(err)
	}
}

// TestCopyIsFilledInParts goes on where a caller gave up.
func TestCopyIsFilledInParts(t *testing.T) {
	j, err := loadReference()
	if err != nil {
		t.Fatal(err)
	}
	c := projections.NewCopy(now, j)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.Fill(gone, j, 100); !errors.Is(err, context.Canceled) {
		t.Errorf("filled in spite of it: %v", err)
	}
	end := domain.EventNo(len(j.events))
	if err := c.Fill(t.Context(), j, end); err != nil {
		t.Fatal(err)
	}
	if c.Position() != end || c.State.Last() != end {
		t.Errorf("position %d, state %d, want %d", c.Position(), c.State.Last(), end)
	}
}

// TestCopyOfWhatWasRestored writes a checkpoint of views that were copied before, and restores it in what is to be another
// process: whom cells belonged to in the one before means nothing there.
func TestCopyOfWhatWasRestored(t *testing.T) {
	dir, ctx := t.TempDir(), t.Context()
	rapid.Check(t, func(t *rapid.T) {
		defer remove(t, dir)
		defer projections.ForgetGenerations()()
		j := newJournal()
		j.events = rapid.Custom(drawMovingHistory).Draw(t, "history")
		end, model := domain.EventNo(len(j.events)), domain.NewState()
		whole := projections.NewReading(now, j)
		if err := whole.Apply(j.events); err != nil {
			t.Fatal(err)
		}
		former := projections.NewReading(now, j)
		middle := drawAsOf(t, whole).Known
		for former.Position() < middle {
			if former.Position() >= worldEvents {
				if _, err := former.Copy(ctx, j, model.Copy()); err != nil {
					t.Fatal(err)
				}
			}
			goOn(t, former, j.events)
		}
		c := j.checkpoints(dir)
		if _, err := c.Write(ctx, former); err != nil {
			t.Fatal(err)
		}
		defer projections.ForgetGenerations()()
		restored, _ := j.restored(ctx, c)
		foldInto(t, model, j.events[:middle])
		copies := make(map[domain.EventNo]*projections.Copy)
		for restored.Position() < end {
			x, err := restored.Copy(ctx, j, model.Copy())
			if err != nil {
				t.Fatal(err)
			}
			copies[x.Position()] = x
			goOn(t, restored, j.events)
		}
		for at, x := range copies {
			then := projections.NewReading(now, j)
			if err := then.Apply(j.events[:at]); err != nil {
				t.Fatal(err)
			}
			check(t, "a copy of what was restored", projections.DiffIndexes(then, x.Views), "")
		}
		checkAnswers(t, whole, restored, drawAsOf(t, whole))
	})
}

// TestCopiesListBodiesApart has the same cell get another body on two copies, when there are several already: each lists it
// under its own.
func TestCopiesListBodiesApart(t *testing.T) {
	j := newWorld()
	allocate := func(bodies ...domain.OrganisationCode) domain.FunctionAllocated {
		f := domain.FunctionAllocated{Function: "alpha", EffectiveOn: 1}
		for i, body := range bodies {
			f.Changes = append(f.Changes, domain.HoldingChange{
				On: domain.Date(1 + i), Subjects: []domain.Subject{{Function: "alpha"}}, Footprints: []domain.FootprintCode{"F1"},
				Roles: []domain.Role{domain.RoleFunding}, Holdings: []domain.Holding{{Holder: body}},
			})
		}
		return f
	}
	last := j.commit(allocate("NAT", "REG", "ICA", "X1", "X2")) // where lists have room for more
	v := projections.NewReading(now, j)
	if err := v.Apply(j.events); err != nil {
		t.Fatal(err)
	}
	a, err := v.Copy(t.Context(), j, domain.NewState())
	if err != nil {
		t.Fatal(err)
	}
	copies := map[domain.OrganisationCode]*projections.Copy{"Y1": a, "Y2": a.Copy(), "Y3": a.Copy()}
	for body, c := range copies {
		c.Try()
		e := domain.Event{No: last + 1, Count: 1, TransactionID: "tried", Fact: allocate(body)}
		if err := c.State.Apply(e); err != nil {
			t.Fatal(err)
		}
		if err := c.Show([]domain.Event{e}); err != nil {
			t.Fatal(err)
		}
	}
	for body, c := range copies {
		if listed := projections.ListedUnder(c.Views, "alpha", "F1"); !slices.Contains(listed, body) || len(listed) != 6 {
			t.Errorf("the copy on which %s was added lists %s", body, listed)
		}
	}
}
