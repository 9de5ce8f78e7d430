package projections_test

import (
	"fmt"
	"testing"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
)

// TestShiftTellsWhatWasPutRight corrects an occurrence again and again, and asks each time what moved, as known then and
// as known now. In the end it never happened: what the first correction had put right does not come back, as on the map.
func TestShiftTellsWhatWasPutRight(t *testing.T) {
	j := transferJournal(t)
	happened := j.commit(domain.OccurrenceRecorded{
		Kind: domain.KindDelivery, Function: "eprr", From: "S1Y5D", To: "Y61", EffectiveOn: date(t, "2026-01-15"),
		Roles: []domain.Role{domain.RoleDelivering}, Footprints: []domain.FootprintCode{"06H"},
	})
	moved := func(known domain.EventNo) string {
		t.Helper()
		shift, err := j.views(t).Shift(projections.ShiftQuery{
			From: date(t, "2026-01-01"), Until: date(t, "2026-03-31"), Months: 1, Known: known,
		})
		if err != nil {
			t.Fatal(err)
		}
		text := ""
		for _, m := range shift.Moved {
			text += fmt.Sprintf("%s %s to %s %d%v", m.Start, m.FromTier, m.ToTier, m.Occurrences, m.Events)
		}
		return text
	}
	was := fmt.Sprintf("2026-01-01 icb to regional 1[%d]", happened)
	if got := moved(domain.Latest); got != was {
		t.Errorf("as recorded: %s, want %s", got, was)
	}
	later := j.commit(domain.Corrected{Event: happened, EffectiveOn: date(t, "2026-02-15")})
	elsewhere := j.commit(domain.Corrected{Event: later, Holder: "X24"})
	withdrawn := j.commit(domain.Corrected{Event: elsewhere, Withdrawn: true})
	for _, c := range []struct {
		known domain.EventNo
		want  string
	}{
		{happened, was},
		{later, fmt.Sprintf("2026-02-01 icb to regional 1[%d]", later)},
		{elsewhere, fmt.Sprintf("2026-02-01 icb to national 1[%d]", elsewhere)},
		{withdrawn, ""},
	} {
		if got := moved(c.known); got != c.want {
			t.Errorf("as known after %d: %s, want %s", c.known, got, c.want)
		}
	}
	j.events = j.events[:happened]
	j.commit(domain.Corrected{Event: happened, Withdrawn: true})
	if got := moved(domain.Latest); got != "" {
		t.Errorf("it never happened, and yet %s", got)
	}
}
