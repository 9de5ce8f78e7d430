package main

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/remit-register/remit/eventstore/eventstoretest"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// TestExternalNATS keeps the journal on a server of its own: two processes serve one register, and a journal whose
// syncing cannot be checked is not opened unless that is accepted.
func TestExternalNATS(t *testing.T) {
	external := eventstoretest.StartServer(t)
	url, monitor := external.ClientURL(), "http://"+external.MonitorAddr().String()

	unchecked := launch(t, "--data", t.TempDir(), "--nats", url, "--empty")
	err := unchecked.awaitReady()
	if err == nil || !strings.Contains(err.Error(), "--nats-accept-unverified-sync") {
		t.Fatalf("without its monitoring port: %v", err)
	}

	first := launch(t, "--data", t.TempDir(), "--nats", url, "--nats-monitor", monitor, "--empty")
	first.mustGetReady(t)
	second := launch(t, "--data", t.TempDir(), "--nats", url, "--nats-monitor", monitor, "--empty")
	second.mustGetReady(t)
	answer, err := first.client("registrar@X24").organisations().EstablishOrganisation(t.Context(), &remitv1.EstablishOrganisationRequest{
		CommandId: uuid.NewString(), Code: "X24", Name: "NHS England", Tier: remitv1.Tier_TIER_NATIONAL,
		Form: remitv1.Form_FORM_STATUTORY_BODY, LegalPerson: true, EffectiveOn: "2013-04-01", Source: "test", Reason: "in plain words",
	})
	if err != nil {
		t.Fatal(err)
	}
	known, err := second.client("").organisations().GetOrganisation(t.Context(), &remitv1.GetOrganisationRequest{
		Code: "X24", MinPosition: answer.GetReceipt().GetPosition(),
	})
	if err != nil || known.GetOrganisation().GetName() != "NHS England" {
		t.Errorf("the other process answers %v, %v", known, err)
	}
	if first, second := allEvents(t, first), allEvents(t, second); len(first) != 1 || first[0] != second[0] {
		t.Errorf("one process shows %v, the other %v", first, second)
	}
	second.stop(t)
	first.stop(t)
}
