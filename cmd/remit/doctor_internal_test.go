package main

import (
	"strings"
	"testing"
)

// TestDoctorOnTheJournal holds what is said of a journal that is being verified, and of one that is damaged.
func TestDoctorOnTheJournal(t *testing.T) {
	t.Parallel()
	verifying := checkReadiness(200, []byte(`{"ready":true,"warnings":["the journal is being verified: 1 of the 6 events"]}`))
	if last := verifying[len(verifying)-1]; last.Status != checkWarn || !strings.HasPrefix(last.Remedy, "nothing") {
		t.Errorf("while it is verified: %+v", verifying)
	}
	metrics := state{"remit_events_recorded": {{value: 9}}, "remit_writable": {{value: 1}}, "remit_journal_unverified_events": {{value: 5}}}
	if c := metrics.journal(); c.Status != checkOK || !strings.Contains(c.Message, "5 events from before the last start are still to be verified") {
		t.Errorf("while it is verified: %+v", c)
	}
	damaged := checkReadiness(503, []byte(`{"reasons":["the journal is damaged, so commands are not recorded"]}`))
	if len(damaged) != 1 || damaged[0].Status != checkFail || !strings.Contains(damaged[0].Remedy, "restart") {
		t.Errorf("with damage: %+v", damaged)
	}
	metrics["remit_writable"] = []sample{{value: 0}}
	if c := metrics.journal(); c.Status != checkFail || !strings.Contains(c.Remedy, "how to restore it") {
		t.Errorf("with damage: %+v", c)
	}
}
