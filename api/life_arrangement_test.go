package api_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func testRisks(t *testing.T, s *server) {
	transfer := s.proposed(t, delivery("data-processing", "RC9"))
	risk := object{"transferId": transfer, "owner": "S1Y5D", "likelihood": 4, "impact": 5, "description": "Data are lost.", "reviewOn": "2027-01-01"}
	id := fmt.Sprint(s.ok(t, "po@S1Y5D", "TransferService/RaiseRisk", with(risk))["riskId"])
	risk["impact"] = 6
	s.refused(t, "po@S1Y5D", "TransferService/RaiseRisk", with(risk), "invalid_argument", "INVALID_ARGUMENT")
	s.refused(t, "po@S1Y5D", "TransferService/UpdateRisk", with(object{"riskId": "01J"}), "not_found", "UNKNOWN_RISK")
	s.ok(t, "po@S1Y5D", "TransferService/UpdateRisk", with(object{"riskId": id, "likelihood": 2, "mitigation": "Copies."}))
	list := func(request object) []any { return items(s.ok(t, "", "TransferService/ListRisks", request)["risks"]) }
	open := list(object{"transferId": transfer})
	if len(open) != 1 || obj(open[0])["score"] != 10.0 || obj(open[0])["mitigation"] != "Copies." || obj(open[0])["revision"] != "2" {
		t.Errorf("risks %v", open)
	}
	s.refused(t, "po@S1Y5D", "TransferService/CloseRisk", with(object{"riskId": id}), "invalid_argument", "INVALID_ARGUMENT")
	s.ok(t, "po@S1Y5D", "TransferService/CloseRisk", with(object{"riskId": id, "reason": "Over."}))
	if open, all := list(object{"owner": "S1Y5D"}), list(object{"owner": "S1Y5D", "includeClosed": true}); len(open) != 0 ||
		len(all) != 1 || obj(all[0])["closedBecause"] != "Over." {
		t.Errorf("open %v, all %v", open, all)
	}
}

func testVariation(t *testing.T, s *server) {
	made := s.ok(t, "board@X24", "DelegationService/DelegateFunction", with(object{
		"function": "remaining-direct-commissioning", "delegator": "X24", "delegate": "QYG", "effectiveOn": today,
		"instrument": "nhsa2006-s65z5", "terms": proposal()["terms"],
	}))
	id := fmt.Sprint(made["delegationId"])
	s.ok(t, "board@QYG", "DelegationService/AcceptDelegation", with(object{"delegationId": id}))
	s.refused(t, "board@X24", "DelegationService/VaryDelegation", with(object{"delegationId": id, "terms": object{"limits": "x"}}),
		"failed_precondition", "TERMS_INCOMPLETE")
	changed := object{
		"reserved": "Declaring an incident.", "limits": "None.", "liability": "Shared.", "notice": "A year.",
		"reviewOn": "2027-11-21", "onwardPermitted": true, "onwardDepth": 1,
	}
	s.ok(t, "board@X24", "DelegationService/VaryDelegation", with(object{"delegationId": id, "terms": changed}))
	get := func() object {
		return obj(s.ok(t, "", "DelegationService/GetDelegation", object{"delegationId": id})["delegation"])
	}
	if got := get(); obj(got["variation"])["notice"] != "A year." || obj(got["terms"])["notice"] != "Six months." {
		t.Errorf("offered: %v", got)
	}
	s.ok(t, "board@QYG", "DelegationService/AcceptDelegation", with(object{"delegationId": id}))
	if got := get(); got["variation"] != nil || obj(got["terms"])["onwardDepth"] != 1.0 || obj(got["terms"])["liability"] != "Shared." {
		t.Errorf("accepted: %v", got)
	}
}

func testInterventions(t *testing.T, s *server) {
	support := object{
		"kind": "INTERVENTION_KIND_SUPPORT", "by": "Y61", "in": "S1Y5D", "grounds": "Finances.", "reviewOn": "2027-03-31",
		"effectiveOn": today,
	}
	id := fmt.Sprint(s.ok(t, "panel@Y61", "DelegationService/RecordIntervention", with(support))["interventionId"])
	support["kind"] = "INTERVENTION_KIND_DIRECTION"
	s.refused(t, "panel@Y61", "DelegationService/RecordIntervention", with(support), "failed_precondition", "INSTRUMENT_REQUIRED")
	list := func(request object) []any {
		return items(s.ok(t, "", "DelegationService/ListInterventions", request)["interventions"])
	}
	if got := list(object{"organisation": "S1Y5D", "kinds": []string{"INTERVENTION_KIND_SUPPORT"}}); len(got) != 1 ||
		obj(got[0])["grounds"] != "Finances." || obj(got[0])["interventionId"] != id {
		t.Errorf("interventions %v", got)
	}
	end := object{"interventionId": id, "effectiveOn": today}
	s.ok(t, "panel@Y61", "DelegationService/EndIntervention", with(end))
	s.refused(t, "panel@Y61", "DelegationService/EndIntervention", with(end), "failed_precondition", "WRONG_STATE")
	end["interventionId"] = "01J"
	s.refused(t, "panel@Y61", "DelegationService/EndIntervention", with(end), "not_found", "UNKNOWN_INTERVENTION")
	if got := list(object{"organisation": "Y61"}); len(got) != 0 {
		t.Errorf("still there: %v", got)
	}
	if got := list(object{"organisation": "Y61", "includeEnded": true}); len(got) != 1 || obj(got[0])["endedOn"] != today {
		t.Errorf("ended: %v", got)
	}
}

func testFindings(t *testing.T, s *server) {
	answer := s.ok(t, "", "MapService/CheckCoherence", object{
		"functions": []string{"estates-strategy"}, "kinds": []string{"FINDING_KIND_CONTESTED"}, "until": "2027-04-01",
	})
	findings := items(answer["findings"])
	if len(findings) == 0 || obj(findings[0])["kind"] != "FINDING_KIND_CONTESTED" || obj(findings[0])["message"] == "" ||
		obj(findings[0])["severity"] == "SEVERITY_UNSPECIFIED" || len(items(answer["dates"])) == 0 {
		t.Errorf("findings %v", answer)
	}
	s.refused(t, "", "MapService/CheckCoherence", object{"functions": []string{"alchemy"}}, "not_found", "UNKNOWN_FUNCTION")
	s.refused(t, "", "MapService/CheckCoherence", object{"until": "2020-01-01"}, "invalid_argument", "INVALID_ARGUMENT")
}

func testReorganisation(t *testing.T, s *server) {
	s.proposed(t, delivery("send", "RC9"))
	content := object{"ends": []string{"S1Y5D"}, "effectiveOn": today, "successions": []object{
		{"predecessor": "S1Y5D", "successor": "QYG", "kind": "SUCCESSION_KIND_SPLIT"},
		{"predecessor": "S1Y5D", "successor": "D7T5G", "kind": "SUCCESSION_KIND_SPLIT"},
	}}
	preview := func(actor string) object {
		return s.ok(t, actor, "OrganisationService/PreviewReorganisation", object{"reorganisation": content})
	}
	before := s.store.Position()
	s.refused(t, "", "OrganisationService/PreviewReorganisation", object{"reorganisation": content}, "unauthenticated", "NOT_SIGNED_IN")
	s.refused(t, "po@S1Y5D;programme_office", "OrganisationService/PreviewReorganisation", object{"reorganisation": content},
		"permission_denied", "NOT_AUTHORISED")
	got := preview(first)
	violation := obj(items(got["violations"])[0])
	if got["accepted"] != false || violation["reason"] != "DISPOSITION_INCOMPLETE" || violation["remedy"] == "" {
		t.Fatalf("preview %v", got)
	}
	s.refused(t, first, "OrganisationService/Reorganise", with(content), "failed_precondition", "DISPOSITION_INCOMPLETE")
	content["successions"] = []object{{"predecessor": "S1Y5D", "successor": "QYG", "kind": "SUCCESSION_KIND_ABSORB"}}
	content["matters"] = []object{{"from": "S1Y5D", "disposition": "DISPOSITION_CEASES", "kinds": []string{"MATTER_KIND_TRANSFER"}}}
	got = preview(first)
	if got["accepted"] != true || len(items(got["changes"])) == 0 || len(items(got["events"])) == 0 {
		t.Fatalf("preview %v", got)
	}
	matters := items(got["matters"])
	ceases := func(m any) bool {
		return obj(m)["kind"] == "MATTER_KIND_TRANSFER" && obj(m)["disposition"] == "DISPOSITION_CEASES"
	}
	if !slices.ContainsFunc(matters, ceases) {
		t.Errorf("matters %v", matters)
	}
	t.Run("on an earlier date", func(t *testing.T) { testLatePreview(t, s) })
	content["effectiveOn"] = "2027-04-01"
	if got := preview(first); got["accepted"] != true || len(items(got["changes"])) == 0 {
		t.Errorf("preview of a date to come %v", got)
	}
	content["effectiveOn"] = today
	if s.store.Position() != before {
		t.Fatalf("a preview recorded something: %d events, %d before", s.store.Position(), before)
	}
	receipt := s.seconded(t, "OrganisationService/Reorganise", content)
	reorganised := positionOf(t, receipt, fmt.Sprint(obj(items(got["events"])[0])["type"]))
	if reorganised == "" || len(items(receipt["events"])) != len(items(got["events"]))+1 {
		t.Errorf("%d events, previewed %d", len(items(receipt["events"])), len(items(got["events"])))
	}
}

// testLatePreview previews the merger of two boards on an earlier date, which needs a reason.
func testLatePreview(t *testing.T, s *server) {
	t.Helper()
	request := object{"reorganisation": object{
		"ends": []string{"QYG"}, "effectiveOn": "2026-11-20", "successions": []object{
			{"predecessor": "QYG", "successor": "D7T5G", "kind": "SUCCESSION_KIND_ABSORB"},
		},
	}}
	reasons := func() []string {
		var list []string
		for _, v := range items(s.ok(t, first, "OrganisationService/PreviewReorganisation", request)["violations"]) {
			list = append(list, fmt.Sprint(obj(v)["reason"]))
		}
		return list
	}
	without := reasons()
	request["reason"] = "It was reported late."
	if with := reasons(); !slices.Contains(without, "BACKDATED_WITHOUT_REASON") || slices.Contains(with, "BACKDATED_WITHOUT_REASON") {
		t.Errorf("without a reason %v, with one %v", without, with)
	}
}

func testJointBody(t *testing.T, s *server) {
	joint := object{
		"code": "JC1", "name": "A joint committee", "tier": "TIER_ICB", "form": "FORM_JOINT_COMMITTEE", "legalParent": "QYG",
		"parent": "QYG", "members": []string{"QYG", "D7T5G"}, "host": "QYG", "effectiveOn": today, "source": "their agreement",
	}
	s.ok(t, first, "OrganisationService/EstablishOrganisation", with(joint))
	got := obj(s.ok(t, "", "OrganisationService/GetOrganisation", object{"code": "JC1"})["organisation"])
	if diff := cmp.Diff([]any{"QYG", "D7T5G"}, got["jointMembers"]); diff != "" || got["host"] != "QYG" {
		t.Errorf("host %v, members %s", got["host"], diff)
	}
	joint["code"], joint["members"] = "JC2", []string{"QYG", "ZZ9"}
	s.refused(t, first, "OrganisationService/EstablishOrganisation", with(joint), "not_found", "UNKNOWN_ORGANISATION")
}
