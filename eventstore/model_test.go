package eventstore_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/eventstore/eventstoretest"
)

// TestModelComesBack folds facts of every type, with every field filled, in a random order, and takes the write model
// through a checkpoint somewhere: it is the same then, and goes on, and goes back, as the one that stayed.
func TestModelComesBack(t *testing.T) {
	t.Parallel()
	facts, thereAndBack := eventstore.FilledFacts(t), eventstore.ModelCodec(t)
	all := make([]int, len(facts))
	for i := range all {
		all[i] = i
	}
	rapid.Check(t, func(t *rapid.T) {
		// Some facts are about what others made: so each comes once, and then again at random.
		order := append(all, rapid.SliceOfN(rapid.IntRange(0, len(facts)-1), 1, len(facts)).Draw(t, "order")...)
		middle := rapid.IntRange(0, len(order)).Draw(t, "middle")
		apply := func(s *domain.State, from, to int) {
			for i := from; i < to; i++ {
				if _, ok := facts[order[i]].(domain.VariationAccepted); ok && i >= len(facts) {
					order[i] = 0 // a variation is accepted once
				}
				e := domain.Event{
					No: domain.EventNo(i + 1), Fact: facts[order[i]], RecordedAt: time.Unix(int64(i), 0).UTC(),
					Actor: domain.Actor{Subject: "p-1", Organisation: "ICA", Role: domain.ActorRegistrar},
				}
				if err := s.Apply(e); err != nil {
					t.Fatal(err)
				}
			}
		}
		same := func(what string, want, got *domain.State) {
			if diff := eventstoretest.DiffStates(want, got); diff != "" {
				t.Fatalf("%s:\n%s", what, diff)
			}
		}
		stayed := domain.NewState()
		apply(stayed, 0, middle)
		restored, err := thereAndBack(stayed)
		if err != nil {
			t.Fatal(err)
		}
		same("restored", stayed, restored)
		mark := restored.Mark()
		apply(restored, middle, len(order))
		restored.Rollback(mark)
		same("rolled back", stayed, restored)
		apply(restored, middle, len(order))
		apply(stayed, middle, len(order))
		same("after the rest", stayed, restored)
	})
}
