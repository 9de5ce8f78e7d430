package projections_test

import (
	"testing"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
)

func TestWhatMakesADifference(t *testing.T) {
	before := domain.Holding{Holder: "QNQ", AccountableTo: "X24", HeldThrough: "board", Source: "minutes"}
	cases := map[string]struct {
		change func(h *domain.Holding)
		moved  bool
	}{
		"another holder":         {func(h *domain.Holding) { h.Holder = "X24" }, true},
		"another body acts":      {func(h *domain.Holding) { h.ActingThrough = "Y61" }, true},
		"answers to another":     {func(h *domain.Holding) { h.AccountableTo = "SOS" }, true},
		"held through another":   {func(h *domain.Holding) { h.HeldThrough = "committee" }, true},
		"nobody knows any more":  {func(h *domain.Holding) { *h = domain.Holding{Undetermined: true} }, true},
		"the same again":         {func(*domain.Holding) {}, false},
		"another source":         {func(h *domain.Holding) { h.Source = "order" }, false},
		"another instrument":     {func(h *domain.Holding) { h.Instrument = "order" }, false},
		"under an arrangement":   {func(h *domain.Holding) { h.Arrangement = "D1" }, false},
		"another confidence":     {func(h *domain.Holding) { h.Confidence = domain.ConfidenceExact }, false},
		"nobody holds it at all": {nil, true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			j := smallJournal(t)
			at := []domain.FootprintCode{"06H"}
			j.commit(allocated("eprr", date(t, "2023-01-01"), before, at, domain.RoleFunding))
			next := allocated("eprr", date(t, "2024-01-01"), before, at, domain.RoleFunding)
			if c.change == nil {
				next.Changes[0].Holdings = nil
			} else {
				c.change(&next.Changes[0].Holdings[0])
			}
			cause := j.commit(next)
			answer, err := j.views(t).Compare(projections.CompareQuery{
				From: domain.Now(date(t, "2023-06-01")), To: domain.Now(date(t, "2024-06-01")),
			})
			if err != nil || (len(answer.Changes) == 1) != c.moved {
				t.Fatalf("differences %+v, %v", answer.Changes, err)
			}
			if c.moved && (len(answer.Changes[0].CauseEvents) != 1 || answer.Changes[0].CauseEvents[0] != cause) {
				t.Errorf("causes %v, want event %d", answer.Changes[0].CauseEvents, cause)
			}
		})
	}
}
