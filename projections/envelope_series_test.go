package projections_test

import (
	"testing"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
)

func TestEnvelopeOverTime(t *testing.T) {
	j := envelopeJournal(t)
	old := spent("S1Y5D", domain.CostRunning, 900, "")
	old.Year = "2025/26"
	j.commit(old, spent("S1Y5D", domain.CostRunning, 1000, ""))
	j.commit(proposed(t, "T1"))
	j.commit(completed(t, "T1"))
	j.commit(spent("S1Y5D", domain.CostRunning, -100, "T1"))
	v := j.views(t)
	q := projections.EnvelopeQuery{AsOf: domain.Now(date(t, "2026-07-15")), Organisations: []domain.OrganisationCode{"S1Y5D"}}
	list, err := v.EnvelopeSeries(q, date(t, "2026-01-31"), 3)
	if err != nil || len(list) != 3 {
		t.Fatalf("%d dates, %v", len(list), err)
	}
	for i, want := range []struct {
		on, year                    string
		running, completed, planned int64
	}{{"2026-01-31", "2025/26", 900, 0, 0}, {"2026-04-30", "2026/27", 1000, 0, -100}, {"2026-07-15", "2026/27", 1000, -100, 0}} {
		e := list[i]
		line := e.Bodies[0]
		if e.AsOf.On != date(t, want.on) || e.Year != want.year || line.Running != want.running || line.Completed != want.completed ||
			line.Planned != want.planned || e.AsOf.Known != list[0].AsOf.Known {
			t.Errorf("%+v, want %+v", e, want)
		}
	}
	_, err = v.EnvelopeSeries(q, q.AsOf.On+1, 3)
	wantRefusal(t, err, domain.InvalidArgument)
	_, err = v.EnvelopeSeries(q, 1, 1)
	wantRefusal(t, err, domain.InvalidArgument)
}
