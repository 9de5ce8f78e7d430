package eventstore

import (
	"errors"
	"testing"
)

func TestQueue(t *testing.T) {
	q := newQueue(3)
	items := []*Pending{{}, {}, {}, {}}
	for i, p := range items {
		if err := q.add(p); (err == nil) != (i < 3) || err != nil && !errors.Is(err, ErrOverloaded) {
			t.Errorf("item %d: %v", i, err)
		}
	}
	taken := q.take(t.Context())
	if len(taken) != 3 || taken[0] != items[0] || taken[2] != items[2] || q.size() != 0 {
		t.Errorf("%d items were taken, %d are left", len(taken), q.size())
	}
	q.close()
	if err := q.add(items[3]); !errors.Is(err, ErrReadOnly) {
		t.Errorf("a closed queue took an item: %v", err)
	}
}
