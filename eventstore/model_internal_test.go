package eventstore

import (
	"bytes"
	"reflect"
	"testing"
	"time"

	"github.com/remit-register/remit/domain"
)

// testKeeper keeps checkpoints in a directory of the test.
func testKeeper(t *testing.T) *modelKeeper {
	t.Helper()
	k, err := newModelKeeper(Config{Dir: t.TempDir(), Checkpoint: &CheckpointConfig{
		Key:     func() ([]byte, error) { return []byte("a key of the test"), nil },
		Program: func() (string, error) { return "test", nil },
	}})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// ModelCodec takes write models through what is written and back, for tests outside this package.
func ModelCodec(t *testing.T) func(*domain.State) (*domain.State, error) {
	t.Helper()
	k := testKeeper(t)
	return func(s *domain.State) (*domain.State, error) {
		var written bytes.Buffer
		if err := k.codec.Encode(&written, &model{state: s.Copy()}); err != nil {
			return nil, err
		}
		var m model
		if err := k.codec.Decode(&written, uint64(written.Len()), &m); err != nil {
			return nil, err
		}
		return m.state.Copy(), nil
	}
}

// FilledFacts returns a fact of each type with every field filled, for tests outside this package.
func FilledFacts(t *testing.T) []domain.Fact {
	t.Helper()
	var facts []domain.Fact
	for _, sample := range everyFact() {
		facts = append(facts, filledEvent(t, sample).Fact)
	}
	return facts
}

// TestModelCodecKnowsWhatIsInInterfaces finds every interface that a write model leads to: what may be in it is registered.
func TestModelCodecKnowsWhatIsInInterfaces(t *testing.T) {
	t.Parallel()
	seen, found := map[reflect.Type]bool{}, map[reflect.Type]bool{}
	var visit func(reflect.Type)
	visit = func(of reflect.Type) {
		if seen[of] {
			return
		}
		seen[of] = true
		switch of.Kind() { //nolint:exhaustive // the others lead nowhere
		case reflect.Interface:
			found[of] = true
		case reflect.Struct:
			for f := range of.Fields() {
				visit(f.Type)
			}
		case reflect.Map:
			visit(of.Key())
			visit(of.Elem())
		case reflect.Slice, reflect.Array, reflect.Pointer:
			visit(of.Elem())
		}
	}
	visit(reflect.TypeFor[model]())
	delete(found, reflect.TypeFor[domain.Command]())
	if len(found) > 0 {
		t.Errorf("a write model holds %v: register what may be in it", found)
	}
	if seen[reflect.TypeFor[time.Location]()] && !seen[reflect.TypeFor[time.Time]()] {
		t.Error("a write model holds a time zone")
	}
}

// TestTreeComesBack compares trees of all small sizes that went on from an edge with those that did not.
func TestTreeComesBack(t *testing.T) {
	t.Parallel()
	for size := range 70 {
		whole := NewTree()
		for i := range size {
			appendLeaf(t, whole, i)
		}
		back, err := treeWith(domain.EventNo(size), whole.edge.Hashes())
		if err != nil {
			t.Fatal(err)
		}
		for i := size; i < size+5; i++ {
			a, errA := whole.Head()
			b, errB := back.Head()
			if a != b || errA != nil || errB != nil {
				t.Fatalf("from %d, with %d leaves: %s and %s (%v, %v)", size, i, a, b, errA, errB)
			}
			appendLeaf(t, whole, i)
			appendLeaf(t, back, i)
		}
	}
	if _, err := treeWith(5, nil); err == nil {
		t.Error("a tree of five leaves needs an edge")
	}
}

func appendLeaf(t *testing.T, tree *Tree, i int) {
	t.Helper()
	if err := tree.Append(LeafHash([]byte{byte(i)})); err != nil {
		t.Fatal(err)
	}
}
