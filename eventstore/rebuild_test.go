package eventstore_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"slices"
	"testing"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/eventstore/eventstoretest"
)

var errSeen = errors.New("seen")

// storedBytes returns the stored bytes of all events.
func storedBytes(t *testing.T, s *eventstore.Store) [][]byte {
	t.Helper()
	var all [][]byte
	last := s.Position()
	err := s.FollowBytes(t.Context(), 0, func(_ domain.EventNo, events [][]byte) error {
		if all = append(all, events...); domain.EventNo(len(all)) >= last {
			return errSeen
		}
		return nil
	})
	if !errors.Is(err, errSeen) {
		t.Fatal(err)
	}
	return all
}

// values gives values without an error.
func values(all [][]byte) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for _, one := range all {
			if !yield(one, nil) {
				return
			}
		}
	}
}

// filled returns a running store with transactions of one and of several events, and personal texts.
func filled(t *testing.T) *eventstoretest.Harness {
	t.Helper()
	h := eventstoretest.New(t)
	h.Remit(t, "X24", "Y61")
	for i := range 6 {
		h.MustSubmit(t, eventstoretest.WithReason(t, eventstoretest.Request(eventstoretest.Body(fmt.Sprintf("A%d", i))), fmt.Sprintf("Dr Jane Smith %d", i)))
	}
	if _, err := h.Vault().Pseudonym(t.Context(), "jane", "X24"); err != nil {
		t.Fatal(err)
	}
	return h
}

func snapshot(t *testing.T, v *eventstore.Vault) [][]byte {
	t.Helper()
	var records [][]byte
	err := v.Snapshot(func(record []byte) error {
		records = append(records, slices.Clone(record))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return records
}

// A journal that is written from the events alone is the same journal: events, numbers, tree, state, texts.
func TestRebuild(t *testing.T) {
	h := filled(t)
	events, records := storedBytes(t, h.Store), snapshot(t, h.Vault())
	config := h.Config
	config.Dir = t.TempDir()
	head, err := eventstore.Rebuild(t.Context(), config, eventstore.Rebuilding{
		Events: values(events), Vault: values(records), Breaks: []domain.EventNo{3},
	})
	if err != nil || head != h.Head() {
		t.Fatalf("the new journal has the tree %s, not %s: %v", head, h.Head(), err)
	}
	config.Trusted = []eventstore.TreeHead{h.Head()}
	s, err := eventstore.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.EqualFunc(storedBytes(t, s), events, bytes.Equal) {
		t.Error("the events are not the same")
	}
	if diff := eventstoretest.DiffStates(h.State(), s.State()); diff != "" {
		t.Errorf("the states differ:\n%s", diff)
	}
	if !slices.EqualFunc(snapshot(t, s.Vault()), records, bytes.Equal) {
		t.Error("the vault is not the same")
	}
	if texts, people := s.Vault().Count(); texts != 6 || people != 1 {
		t.Errorf("the vault has %d texts and %d people", texts, people)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := eventstore.Rebuild(t.Context(), config, eventstore.Rebuilding{Events: values(events)}); !errors.Is(err, eventstore.ErrNotEmpty) {
		t.Errorf("a journal is written over one that is there: %v", err)
	}
}

func TestRebuildRefusesOtherEvents(t *testing.T) {
	h := filled(t)
	events := storedBytes(t, h.Store)
	for name, bad := range map[string][][]byte{
		"an event is missing":       slices.Delete(slices.Clone(events), 2, 3),
		"two events are swapped":    {events[1], events[0]},
		"an event is there twice":   slices.Insert(slices.Clone(events), 1, events[0]),
		"an event is none":          {[]byte("?")},
		"the transaction lacks one": events[:3],
	} {
		t.Run(name, func(t *testing.T) {
			config := h.Config
			config.Dir = t.TempDir()
			if head, err := eventstore.Rebuild(t.Context(), config, eventstore.Rebuilding{Events: values(bad)}); !errors.Is(err, eventstore.ErrDamaged) {
				t.Errorf("it made %s: %v", head, err)
			}
		})
	}
}

// What follows the archive in a damaged journal is found as far as each record follows from the one before.
func TestRemains(t *testing.T) {
	h := filled(t)
	events := storedBytes(t, h.Store)
	if err := h.Stop(t); err != nil {
		t.Fatal(err)
	}
	keep(t, h)
	for name, c := range map[string]struct {
		change func([][]byte) [][]byte
		want   int // events in the end
		last   domain.EventNo
	}{
		"whole":                          {func(r [][]byte) [][]byte { return r }, len(events), domain.EventNo(len(events))},
		"forged in what is archived":     {forgedAt(0), len(events), domain.EventNo(len(events))},
		"forged in what is not archived": {forgedAt(7), len(events) - 3, domain.EventNo(len(events))},
		"short":                          {func(r [][]byte) [][]byte { return r[:2] }, 5, 2},
		"empty":                          {func([][]byte) [][]byte { return nil }, 5, 0},
	} {
		t.Run(name, func(t *testing.T) {
			h := &eventstoretest.Harness{Config: h.Config}
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS(h.Config.Dir)); err != nil {
				t.Fatal(err)
			}
			h.Config.Dir = dir
			h.Rewrite(t, c.change)
			remains, err := eventstore.OpenRemains(t.Context(), h.Config)
			if err != nil {
				t.Fatal(err)
			}
			defer remains.Close()
			checkRemains(t.Context(), t, remains, events, c.want)
			if last := remains.LastEvent(t.Context()); last != c.last {
				t.Errorf("the last event is %d, not %d", last, c.last)
			}
		})
	}
}

// checkRemains reads what follows the first five events.
func checkRemains(ctx context.Context, t *testing.T, remains *eventstore.Remains, events [][]byte, want int) {
	t.Helper()
	tree := eventstore.NewTree()
	for _, event := range events[:5] {
		if err := tree.Append(eventstore.LeafHash(event)); err != nil {
			t.Fatal(err)
		}
	}
	n := 5
	for event, err := range remains.After(ctx, tree) {
		if err != nil || !bytes.Equal(event, events[n]) {
			t.Fatalf("event %d is another one: %v", n+1, err)
		}
		n++
	}
	if n != want {
		t.Errorf("it goes on to event %d, not %d", n, want)
	}
	if records, unreadable, err := remains.Vault(ctx); len(records) != 7 || unreadable != 0 || err != nil {
		t.Errorf("the vault has %d records and %d that cannot be read: %v", len(records), unreadable, err)
	}
}

// forgedAt changes a name in a record, and leaves its length as it was.
func forgedAt(no int) func([][]byte) [][]byte {
	return func(r [][]byte) [][]byte {
		r[no] = bytes.Replace(r[no], []byte("Body "), []byte("Bodi "), 1)
		return r
	}
}
