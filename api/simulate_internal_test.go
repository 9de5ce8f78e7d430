package api

import (
	"context"
	"strings"
	"testing"

	"github.com/remit-register/remit/domain"
)

// TestSimulationOutOfTimeSaysWhatIsLeft holds what a simulation says for which a copy is still being built up.
func TestSimulationOutOfTimeSaysWhatIsLeft(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from, done, known domain.EventNo
		want, remedy      string
	}{
		{0, 400_000, 1_000_000, "400000 of 1000000 events were done", "about 30s more"},
		{400_000, 800_000, 1_000_000, "800000 of 1000000 events were done", "about 10s more"},
		{400_000, 400_000, 1_000_000, "was not done after 20s", "in a moment"},
	} {
		refusal := outOfTime(&unfilled{c.from, c.done, c.known, context.DeadlineExceeded})
		v := refusal.Violations[0]
		if v.Reason != OutOfTime || !strings.Contains(v.Message, c.want) || !strings.Contains(v.Remedy, c.remedy) {
			t.Errorf("from %d to %d of %d: %+v", c.from, c.done, c.known, v)
		}
	}
	if v := outOfTime(context.DeadlineExceeded).Violations[0]; !strings.Contains(v.Remedy, "fewer commands") {
		t.Errorf("commands that take too long: %+v", v)
	}
}
