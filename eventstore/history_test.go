package eventstore

import (
	"testing"
	"time"

	"github.com/remit-register/remit/domain"
)

func TestTransactionsAreWhole(t *testing.T) {
	at := time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC)
	event := func(no domain.EventNo, id string, index, count int) domain.Event {
		return domain.Event{No: no, TransactionID: id, Index: index, Count: count, RecordedAt: at}
	}
	late := event(6, "a", 0, 1)
	late.RecordedAt = at.Add(-time.Second)
	for name, c := range map[string]struct {
		ok     bool
		events []domain.Event
	}{
		"one":                    {true, []domain.Event{event(5, "a", 0, 1)}},
		"two of one, then one":   {true, []domain.Event{event(5, "a", 0, 2), event(6, "a", 1, 2), event(7, "b", 0, 1)}},
		"a gap":                  {false, []domain.Event{event(6, "a", 0, 1)}},
		"the same number twice":  {false, []domain.Event{event(5, "a", 0, 1), event(5, "b", 0, 1)}},
		"the end is missing":     {false, []domain.Event{event(5, "a", 0, 2)}},
		"the end is another's":   {false, []domain.Event{event(5, "a", 0, 2), event(6, "b", 1, 2)}},
		"the beginning is gone":  {false, []domain.Event{event(5, "a", 1, 2)}},
		"it begins again":        {false, []domain.Event{event(5, "a", 0, 2), event(6, "a", 0, 2)}},
		"index beyond the count": {false, []domain.Event{event(5, "a", 0, 1), event(6, "a", 1, 1)}},
		"recorded before":        {false, []domain.Event{event(5, "b", 0, 1), late}},
	} {
		if err := checkTransactions(4, c.events); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}
