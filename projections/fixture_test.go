package projections_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
)

// now is when the tests take place.
func now() time.Time { return time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC) }

func date(t testing.TB, s string) domain.Date {
	t.Helper()
	d, err := domain.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// journal is a log of committed transactions in memory; Follow serves it as the event store does.
type journal struct {
	mu     sync.Mutex
	events []domain.Event
	grown  chan struct{}
	clock  time.Time
}

func newJournal() *journal {
	return &journal{grown: make(chan struct{}), clock: time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)}
}

// commit appends a transaction, recorded a minute after the one before, and returns its last event.
func (j *journal) commit(facts ...domain.Fact) domain.EventNo {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.clock = j.clock.Add(time.Minute)
	first := len(j.events) + 1
	for i, fact := range facts {
		on := fact.Effective()
		if on == 0 {
			on = domain.DateOf(j.clock)
		}
		j.events = append(j.events, domain.Event{
			No: domain.EventNo(first + i), TransactionID: fmt.Sprintf("T%06d", first), Index: i, Count: len(facts),
			CommandID: fmt.Sprintf("C%06d", first), Actor: domain.Actor{Subject: "p-1", Organisation: "X24"},
			RecordedAt: j.clock, EffectiveOn: on, Late: on < domain.DateOf(j.clock), Fact: fact,
		})
	}
	close(j.grown)
	j.grown = make(chan struct{})
	return domain.EventNo(len(j.events))
}

func (j *journal) after(no domain.EventNo) ([]domain.Event, chan struct{}) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.events[no:len(j.events):len(j.events)], j.grown
}

// Follow implements projections.Source, one transaction a call.
func (j *journal) Follow(ctx context.Context, after domain.EventNo, apply func([]domain.Event) error) error {
	for {
		events, grown := j.after(after)
		for len(events) > 0 {
			count := events[0].Count
			if err := apply(events[:count]); err != nil {
				return err
			}
			after += domain.EventNo(count)
			events = events[count:]
		}
		select {
		case <-grown:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// views returns views that show the whole journal.
func (j *journal) views(t testing.TB) *projections.Views {
	t.Helper()
	return viewsOf(t, j.events)
}

func viewsOf(t testing.TB, events []domain.Event) *projections.Views {
	t.Helper()
	v := projections.New(now)
	if err := v.Apply(events); err != nil {
		t.Fatal(err)
	}
	return v
}

// established says that a body exists.
func established(code domain.OrganisationCode, tier domain.Tier, on domain.Date) domain.OrganisationEstablished {
	return domain.OrganisationEstablished{
		Code: code, Name: "Body " + string(code), Tier: tier, Form: domain.FormStatutoryBody, LegalPerson: true,
		EffectiveOn: on, Confidence: domain.ConfidenceExact,
	}
}

// allocated says that a body holds remits of a function from a date.
func allocated(
	function domain.FunctionCode, on domain.Date, h domain.Holding, footprints []domain.FootprintCode, roles ...domain.Role,
) domain.FunctionAllocated {
	return domain.FunctionAllocated{
		Function: function, EffectiveOn: on,
		Changes: []domain.HoldingChange{{
			On: on, Subjects: []domain.Subject{{Function: function}}, Footprints: footprints, Roles: roles,
			Holdings: []domain.Holding{h},
		}},
	}
}

func wantRefusal(t *testing.T, err error, reason domain.Reason) {
	t.Helper()
	var refusal *domain.Refusal
	if !errors.As(err, &refusal) || !refusal.Has(reason) {
		t.Fatalf("got error %v, want the refusal %s", err, reason)
	}
}
