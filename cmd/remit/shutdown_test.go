package main

import (
	"testing"

	"github.com/google/uuid"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// TestStopFinishesWhatWasAccepted stops a register as an operator does while commanders send commands. It ends well, and
// what is recorded is exactly what was answered: nothing was accepted and then left, and nobody is left in doubt.
func TestStopFinishesWhatWasAccepted(t *testing.T) {
	dir := t.TempDir()
	s := launch(t, "--data", dir, "--empty")
	s.mustGetReady(t)
	_, err := s.client("registrar@X24").organisations().EstablishOrganisation(t.Context(), &remitv1.EstablishOrganisationRequest{
		CommandId: uuid.NewString(), Code: "X24", Name: "NHS England", Tier: remitv1.Tier_TIER_NATIONAL,
		Form: remitv1.Form_FORM_STATUTORY_BODY, LegalPerson: true, EffectiveOn: "2013-04-01", Source: "test", Reason: "test",
	})
	if err != nil {
		t.Fatal(err)
	}
	l := &ledger{target: 100, enough: make(chan struct{})}
	group := l.commanders(t.Context(), s, 8)
	<-l.enough
	s.stop(t)
	group.Wait()
	s = launch(t, "--data", dir, "--empty")
	s.mustGetReady(t)
	if events := allEvents(t, s); len(events) != 1+l.acks {
		t.Errorf("%d commands were answered, %d are recorded", l.acks, len(events)-1)
	}
	l.resend(t, s)
	l.checkOnce(t, s)
	s.stop(t)
}
