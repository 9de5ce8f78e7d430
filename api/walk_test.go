package api_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
)

// proposal is the example of the public contract: NHS Thames Valley ICB asks NHS England's South East region to
// exercise its emergency preparedness, resilience and response.
func proposal() object {
	return object{
		"function": "eprr", "kind": "TRANSFER_KIND_DELEGATION", "sender": "S1Y5D", "receiver": "Y61",
		"footprints": []string{"06H"}, "roles": []string{"ROLE_EXERCISING", "ROLE_DELIVERING"},
		"instrument": "nhsa2006-s65z5", "effectiveOn": today, "rationale": "One team for the region.",
		"retained": []object{{"role": "ROLE_OVERVIEW", "holder": "S1Y5D", "description": "Oversight of plans."}},
		"terms": object{
			"reserved": "Declaring an incident.", "limits": "None.", "liability": "Stays with the sender.",
			"notice": "Six months.", "reviewOn": "2027-11-21", "onwardPermitted": false,
		},
	}
}

func ratings() []object {
	var list []object
	for _, domain := range []string{
		"law_governance", "money_risk", "people", "quality_outcomes", "contracts_data_records", "escalation_continuity",
	} {
		list = append(list, object{
			"domain": domain, "rating": "green", "comment": "Ready.",
			"evidence": []object{{
				"title": "Plan", "uri": "https://example.nhs.uk/plan.pdf", "sha256": strings.Repeat("0a", 32),
				"expiresOn": "2027-06-30",
			}},
		})
	}
	return list
}

func decision(transfer, gateway, body, outcome string) object {
	return object{
		"transferId": transfer, "gateway": gateway, "decision": "GATEWAY_DECISION_" + outcome, "decidedBy": body,
		"decidedOn": today, "rationale": "Both sides are ready.",
		"authority": object{
			"body": "board", "meetingOn": today, "minuteRef": "2026/11/7", "quorate": true,
			"interests": []string{"None declared by the chair."},
		},
		"opinions": []object{{"by": "internal-audit", "opinion": "OPINION_ASSURE", "text": "Sound."}},
	}
}

// testManagedTransfer walks the calls of the public contract from the proposal to the completion.
func testManagedTransfer(t *testing.T, s *server) {
	proposed := s.ok(t, "po@S1Y5D", "TransferService/ProposeTransfer", with(proposal()))
	id := fmt.Sprint(proposed["transferId"])
	if receipt := obj(proposed["receipt"]); receipt["transactionId"] != id || receipt["replayed"] != false {
		t.Fatalf("receipt %v for transfer %s", receipt, id)
	}
	t.Run("every reason at once while anything is missing", func(t *testing.T) {
		info := s.refused(t, "po@S1Y5D", "TransferService/CompleteTransfer", with(object{"transferId": id}),
			"failed_precondition", "GATEWAY_NOT_PASSED")
		if info.metadata["violation.3.reason"] != "GATEWAY_NOT_PASSED" || info.metadata["violation.1.remedy"] == "" {
			t.Errorf("metadata %v", info.metadata)
		}
	})
	s.ok(t, "assessor@S1Y5D", "TransferService/AssessReadiness",
		with(object{"transferId": id, "party": "PARTY_SENDER", "ratings": ratings()}))
	s.ok(t, "assessor@Y61", "TransferService/AssessReadiness",
		with(object{"transferId": id, "party": "PARTY_RECEIVER", "ratings": ratings()}))
	conditional := decision(id, "sender-readiness", "S1Y5D", "PASS_WITH_CONDITIONS")
	conditional["conditions"] = []object{{
		"description": "Test the rota.", "owner": "S1Y5D", "dueOn": "2026-12-31", "timing": "CONDITION_TIMING_BEFORE_EFFECT",
	}, {
		"description": "Report after a year.", "owner": "Y61", "dueOn": "2027-12-31", "timing": "CONDITION_TIMING_AFTER_EFFECT",
	}}
	conditional = with(conditional)
	decided := s.ok(t, "board@S1Y5D", "TransferService/DecideGateway", conditional)
	if diff := cmp.Diff([]any{"c1", "c2"}, decided["conditionIds"]); diff != "" {
		t.Fatal(diff)
	}
	t.Run("a replay answers the same conditions", func(t *testing.T) {
		again := s.ok(t, "board@S1Y5D", "TransferService/DecideGateway", conditional)
		if obj(again["receipt"])["replayed"] != true {
			t.Fatalf("not replayed: %v", again)
		}
		obj(decided["receipt"])["replayed"] = true
		if diff := cmp.Diff(decided, again); diff != "" {
			t.Error(diff)
		}
	})
	s.ok(t, "board@Y61", "TransferService/DecideGateway", with(decision(id, "receiver-readiness", "Y61", "PASS")))
	s.ok(t, "panel@X24", "TransferService/DecideGateway", with(decision(id, "confirmation", "X24", "PASS")))
	s.ok(t, "po@S1Y5D", "TransferService/ScheduleTransfer", with(object{"transferId": id, "effectiveOn": today}))
	s.refused(t, "po@S1Y5D", "TransferService/CompleteTransfer", with(object{"transferId": id, "effectiveOn": today}),
		"failed_precondition", "CONDITION_OUTSTANDING")
	for i, same := range []bool{true, false} {
		if c := obj(items(s.transfer(t, id)["conditions"])[i]); c["sameLegalPerson"] != same {
			t.Errorf("condition %v", c)
		}
	}
	condition := object{"transferId": id, "conditionId": "c1"}
	s.ok(t, "owner@S1Y5D", "TransferService/EvidenceCondition",
		with(object{"transferId": id, "conditionId": "c1", "evidence": ratings()[0]["evidence"]}))
	s.refused(t, "owner@S1Y5D", "TransferService/DischargeCondition", with(condition), "failed_precondition", "SEGREGATION_OF_DUTIES")
	s.ok(t, "board@S1Y5D", "TransferService/DischargeCondition", with(condition))
	completed := s.ok(t, "po@S1Y5D", "TransferService/CompleteTransfer", with(object{"transferId": id, "effectiveOn": today}))
	position := fmt.Sprint(obj(completed["receipt"])["position"])

	t.Run("who holds it then", func(t *testing.T) {
		want := []string{
			"ROLE_ACCOUNTABLE S1Y5D ", "ROLE_ACCOUNTABLE X24 ", "ROLE_EXERCISING X24 Y61", "ROLE_DELIVERING Y61 ",
			"ROLE_OVERVIEW S1Y5D ",
		}
		got := holders(s.ok(t, "", "MapService/WhoHolds", object{"function": "eprr", "footprint": "06H", "minPosition": position}))
		got = slices.DeleteFunc(got, func(h string) bool { return strings.HasPrefix(h, "ROLE_FUNDING") })
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("the transfer as it stands", func(t *testing.T) {
		got := obj(s.ok(t, "", "TransferService/GetTransfer", object{"transferId": id, "minPosition": position})["transfer"])
		if got["state"] != "TRANSFER_STATE_COMPLETED" || got["rationale"] != "One team for the region." {
			t.Errorf("transfer %v", got)
		}
		gateways := items(got["gateways"])
		if len(gateways) != 3 || obj(gateways[2])["sameLegalPerson"] != true || got["framework"] != "full-2026" {
			t.Errorf("gateways %v of framework %v", gateways, got["framework"])
		}
		if state := obj(items(got["conditions"])[0])["state"]; state != "CONDITION_STATE_DISCHARGED" {
			t.Errorf("condition %v", state)
		}
	})
	t.Run("the transfer as it was proposed", func(t *testing.T) {
		at := obj(proposed["receipt"])["position"]
		got := obj(s.ok(t, "", "TransferService/GetTransfer", object{"transferId": id, "asOf": object{"knownPosition": at}})["transfer"])
		if got["state"] != "TRANSFER_STATE_PROPOSED" || got["revision"] != "1" {
			t.Errorf("transfer %v", got)
		}
	})
	t.Run("its events", func(t *testing.T) {
		checkEvents(t, s, id)
	})
	t.Run("a text that the vault lost is said to be missing", func(t *testing.T) {
		checkErased(t, s, id)
	})
	t.Run("no personal text in the journal", func(t *testing.T) {
		checkNothingInTheClear(t, s, "One team for the region", "Oversight of plans", "Declaring an incident", "None declared",
			"Both sides are ready", "Sound.", "Test the rota", "example.nhs.uk", "Ready.")
	})
}

// checkEvents reads the transfer's events, personal texts and actors among them.
func checkEvents(t *testing.T, s *server, id string) {
	t.Helper()
	answer := s.ok(t, "", "AuditService/ListEvents", object{"entity": "transfer/" + id, "afterPosition": "0", "pageSize": 100})
	var types []string
	for _, e := range items(answer["events"]) {
		types = append(types, fmt.Sprint(obj(e)["type"]))
	}
	want := []string{
		"TransferProposed", "ReadinessAssessed", "ReadinessAssessed", "GatewayDecided", "GatewayDecided", "GatewayDecided",
		"TransferScheduled", "ConditionEvidenced", "ConditionDischarged", "TransferCompleted",
	}
	if diff := cmp.Diff(want, types); diff != "" {
		t.Error(diff)
	}
	first := obj(items(answer["events"])[0])
	fact := obj(first["fact"])
	if fact["rationale"] != "One team for the region." || fact["effectiveOn"] != today || fact["sender"] != "S1Y5D" {
		t.Errorf("fact %v", fact)
	}
	actor := obj(first["actor"])
	if subject := fmt.Sprint(actor["subject"]); !strings.HasPrefix(subject, "p-") || actor["role"] != "programme_office" {
		t.Errorf("actor %v", actor)
	}
	one := s.ok(t, "", "AuditService/GetEvent", object{"position": first["position"]})
	if diff := cmp.Diff(first, one["event"]); diff != "" {
		t.Error(diff)
	}
}

// checkErased erases the transfer's rationale: its tag changes, though nothing was recorded.
func checkErased(t *testing.T, s *server, id string) {
	t.Helper()
	before := s.get(t, "TransferService/GetTransfer", object{"transferId": id})
	events, err := s.views.Events(projections.EventQuery{Entity: "transfer/" + id})
	if err != nil {
		t.Fatal(err)
	}
	proposed, ok := events.Events[0].Fact.(domain.TransferProposed)
	if !ok {
		t.Fatalf("the first event is a %T", events.Events[0].Fact)
	}
	if err := s.store.Vault().Erase(t.Context(), proposed.Rationale.Commitment); err != nil {
		t.Fatal(err)
	}
	after := s.get(t, "TransferService/GetTransfer", object{"transferId": id}, "If-None-Match", before.header.Get("ETag"))
	if got := obj(after.body["transfer"])["rationale"]; after.status != http.StatusOK || got != "[missing]" {
		t.Errorf("got %d with the rationale %v", after.status, got)
	}
	if terms := obj(obj(after.body["transfer"])["terms"]); terms["reserved"] != "Declaring an incident." {
		t.Errorf("terms %v", terms)
	}
}

// holders says each holding in a line: role, holder, and who acts for it.
func holders(answer object) []string {
	var lines []string
	for _, h := range items(answer["holdings"]) {
		holding := obj(h)
		lines = append(lines, fmt.Sprintf("%v %v %v", holding["role"], holding["holder"], holding["actingThrough"]))
	}
	return lines
}

// testDelegation walks the example of a delegation agreed outside of the register.
func testDelegation(t *testing.T, s *server) {
	made := s.ok(t, "board@X24", "DelegationService/DelegateFunction", with(object{
		"function": "remaining-direct-commissioning", "delegator": "X24", "delegate": "QYG", "effectiveOn": today,
		"instrument": "nhsa2006-s65z5", "terms": proposal()["terms"],
	}))
	id := fmt.Sprint(made["delegationId"])
	accepted := s.ok(t, "board@QYG", "DelegationService/AcceptDelegation", with(object{"delegationId": id}))
	position := obj(accepted["receipt"])["position"]
	got := obj(s.ok(t, "", "DelegationService/GetDelegation", object{"delegationId": id, "minPosition": position})["delegation"])
	if got["state"] != "DELEGATION_STATE_IN_FORCE" || obj(got["terms"])["notice"] != "Six months." {
		t.Errorf("delegation %v", got)
	}
	if diff := cmp.Diff([]any{"ROLE_EXERCISING", "ROLE_FUNDING"}, got["roles"]); diff != "" {
		t.Error(diff)
	}
	list := s.ok(t, "", "DelegationService/ListDelegations", object{"organisation": "QYG", "functions": []string{"remaining-direct-commissioning"}})
	if n := len(items(list["delegations"])); n != 1 {
		t.Errorf("%d delegations, want 1", n)
	}
	s.ok(t, "board@X24", "DelegationService/RevokeDelegation", with(object{"delegationId": id, "effectiveOn": today}))
}
