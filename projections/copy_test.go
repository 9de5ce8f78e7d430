package projections_test

import (
	"context"
	"errors"
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
		fill(t, c, middle)
		for range 2 {
			c.Try()
			try(t, c, j.events[middle:])
			checkAnswers(t, whole, c.Views, drawAsOf(t, whole))
			c.Undo()
			check(t, "position", c.Position(), middle)
			check(t, "plans", projections.DiffPlans(before, c.Views), "")
			checkAnswers(t, before, c.Views, drawAsOf(t, before))
		}
		fill(t, c, end)
		checkAnswers(t, whole, c.Views, drawAsOf(t, whole))
	})
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

func fill(t *rapid.T, c *projections.Copy, to domain.EventNo) {
	if err := c.Fill(context.Background(), to); err != nil {
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
	if err := c.Fill(gone, 100); !errors.Is(err, context.Canceled) {
		t.Errorf("filled in spite of it: %v", err)
	}
	end := domain.EventNo(len(j.events))
	if err := c.Fill(t.Context(), end); err != nil {
		t.Fatal(err)
	}
	if c.Position() != end || c.State.Last() != end {
		t.Errorf("position %d, state %d, want %d", c.Position(), c.State.Last(), end)
	}
}
