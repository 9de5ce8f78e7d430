package api_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestWholeLife asks one register, over HTTP, for everything around a transfer's gateways: each call once as it should
// be, and once as it is refused.
func TestWholeLife(t *testing.T) {
	s := newRegister(t)
	t.Run("second person", func(t *testing.T) { testSecond(t, s) })
	t.Run("second person declines", func(t *testing.T) { testDecline(t, s) })
	t.Run("correction", func(t *testing.T) { testCorrect(t, s) })
	t.Run("baseline", func(t *testing.T) { testBaseline(t, s) })
	t.Run("claims", func(t *testing.T) { testClaims(t, s) })
	t.Run("exploration", func(t *testing.T) { testExplore(t, s) })
	t.Run("pause and call-in", func(t *testing.T) { testPause(t, s) })
	t.Run("notice", func(t *testing.T) { testNotice(t, s) })
	t.Run("after completion", func(t *testing.T) { testAfterwards(t, s) })
	t.Run("results and residue", func(t *testing.T) { testResults(t, s) })
	t.Run("package", func(t *testing.T) { testPackage(t, s) })
	t.Run("risks", func(t *testing.T) { testRisks(t, s) })
	t.Run("variation", func(t *testing.T) { testVariation(t, s) })
	t.Run("interventions", func(t *testing.T) { testInterventions(t, s) })
	t.Run("findings", func(t *testing.T) { testFindings(t, s) })
	t.Run("reorganisation with matters in flight", func(t *testing.T) { testReorganisation(t, s) })
	t.Run("joint bodies", func(t *testing.T) { testJointBody(t, s) })
	t.Run("no personal text in the journal", func(t *testing.T) {
		checkNothingInTheClear(t, s, "One trust.", "No receiver is named", "Winter.", "Contested.", "None go over", "Copied.",
			"As hoped.", "It did not help", "One case.", "Not yet.", "Data are lost", "Copies.", "Over.", "Shared.", "Finances.",
			"The wrong trust", "Our lease", "Both sides are ready")
	})
}

// The persons who give what needs two, and who agree.
const (
	first  = "registrar@X24"
	second = "registrar2@X24"
)

// delivery is a proposal to have a trust deliver a function of NHS Central East ICB. It is under the standard
// framework, since its terms say nothing of money and staff.
func delivery(function, receiver string) object {
	return object{
		"function": function, "kind": "TRANSFER_KIND_DELIVERY", "sender": "S1Y5D", "receiver": receiver,
		"footprints": []string{"06H"}, "roles": []string{"ROLE_DELIVERING"}, "effectiveOn": today,
		"terms": object{"agreementRef": "C/26/1", "reviewOn": "2027-11-21", "notice": "Six months."},
	}
}

func (s *server) proposed(t *testing.T, request object) string {
	t.Helper()
	return fmt.Sprint(s.ok(t, "po@S1Y5D", "TransferService/ProposeTransfer", with(request))["transferId"])
}

func (s *server) transfer(t *testing.T, id string) object {
	t.Helper()
	return obj(s.ok(t, "", "TransferService/GetTransfer", object{"transferId": id})["transfer"])
}

func testExplore(t *testing.T, s *server) {
	exploration := object{
		"function": "infection-prevention", "kind": "TRANSFER_KIND_DELIVERY", "sender": "S1Y5D", "footprints": []string{"06H"},
		"roles": []string{"ROLE_DELIVERING"}, "effectiveOn": "2027-04-01", "rationale": "No receiver is named.",
		"options": []object{{"code": "a", "receiver": "RC9", "description": "One trust."}, {"code": "b", "description": "A host."}},
	}
	id := fmt.Sprint(s.ok(t, "po@S1Y5D", "TransferService/ExploreTransfer", with(exploration))["transferId"])
	exploring := s.transfer(t, id)
	if exploring["state"] != "TRANSFER_STATE_EXPLORING" || obj(items(exploring["options"])[0])["description"] != "One trust." {
		t.Errorf("exploration %v", exploring)
	}
	exploration["options"] = []object{{"code": "a"}, {"code": "a"}}
	s.refused(t, "po@S1Y5D", "TransferService/ExploreTransfer", with(exploration), "invalid_argument", "INVALID_ARGUMENT")
	chosen := delivery("infection-prevention", "RC9")
	chosen["plan"], chosen["option"] = id, "c"
	s.refused(t, "po@S1Y5D", "TransferService/ProposeTransfer", with(chosen), "invalid_argument", "INVALID_ARGUMENT")
	chosen["option"] = "a"
	proposal := s.proposed(t, chosen)
	after := s.transfer(t, id)
	if after["state"] != "TRANSFER_STATE_REPLACED" || after["chosen"] != "a" || after["replacedBy"] != proposal {
		t.Errorf("exploration afterwards %v", after)
	}
	carried := s.transfer(t, proposal)
	if options := items(carried["options"]); carried["chosen"] != "a" || carried["replaces"] != id || len(options) != 1 ||
		obj(options[0])["description"] != "One trust." {
		t.Errorf("the proposal shows of the option that it carries out: %v", carried)
	}
}

func testPause(t *testing.T, s *server) {
	id := s.proposed(t, delivery("medicines-optimisation", "RC9"))
	named := object{"transferId": id}
	s.refused(t, "po@S1Y5D", "TransferService/PauseTransfer", with(named), "invalid_argument", "INVALID_ARGUMENT")
	s.refused(t, "po@S1Y5D", "TransferService/ResumeTransfer", with(named), "failed_precondition", "WRONG_STATE")
	s.ok(t, "po@S1Y5D", "TransferService/PauseTransfer", with(object{"transferId": id, "reason": "Winter."}))
	if got := s.transfer(t, id); got["state"] != "TRANSFER_STATE_PAUSED" || got["pausedIn"] != "TRANSFER_STATE_PROPOSED" {
		t.Errorf("paused %v", got)
	}
	s.ok(t, "po@S1Y5D", "TransferService/ResumeTransfer", with(named))
	s.refused(t, "board@S1Y5D;board", "TransferService/CallIn", with(object{"transferId": id, "reason": "Contested."}),
		"permission_denied", "NOT_AUTHORISED")
	s.ok(t, "panel@Y61", "TransferService/CallIn", with(object{"transferId": id, "reason": "Contested."}))
	if got := s.transfer(t, id); got["state"] != "TRANSFER_STATE_PROPOSED" || got["framework"] != "full-2026" {
		t.Errorf("called in %v", got)
	}
}

func testNotice(t *testing.T, s *server) {
	light := delivery("gp-it", "RC9")
	light["terms"] = object{
		"agreementRef": "C/26/2", "money": []object{{"class": "COST_CLASS_RUNNING_COST", "pounds": "120000", "year": "2026/27"}},
		"staff":        object{"wte": "2.5", "employer": "RC9", "mechanism": "STAFF_MECHANISM_TUPE", "consultedOn": "2026-10-01"},
		"subcontracts": []object{{"from": "RC9", "to": "RD8", "agreementRef": "S/1"}}, "contracts": []string{"K/7"},
		"liabilities": "None go over.", "records": "Copied.", "controller": "RC9", "dataAgreement": "D/1",
	}
	id := s.proposed(t, light)
	got := s.transfer(t, id)
	notice, terms := obj(got["notice"]), obj(got["terms"])
	if got["framework"] != "notify-2026" || notice["workingDays"] != 10.0 || notice["maxWte"] != "5.00" || len(items(notice["statements"])) != 5 {
		t.Errorf("framework %v, notice %v", got["framework"], notice)
	}
	if obj(terms["staff"])["wte"] != "2.50" || obj(items(terms["money"])[0])["pounds"] != "120000" || terms["records"] != "Copied." {
		t.Errorf("terms %v", terms)
	}
	signed := decision(id, "sender-notice", "S1Y5D", "PASS")
	signed["statements"] = []string{"scope"}
	s.refused(t, "board@S1Y5D", "TransferService/DecideGateway", with(signed), "invalid_argument", "INVALID_ARGUMENT")
	signed["statements"] = notice["statements"]
	s.ok(t, "board@S1Y5D", "TransferService/DecideGateway", with(signed))
	decided := obj(items(obj(items(s.transfer(t, id)["gateways"])[0])["decisions"])[0])
	if diff := cmp.Diff(notice["statements"], decided["statements"]); diff != "" {
		t.Error(diff)
	}
	bad := delivery("gp-it", "RC9")
	bad["terms"] = object{"staff": object{"wte": "2.555"}, "money": []object{{"class": "COST_CLASS_CAPITAL", "year": "2026/28"}}}
	info := s.refused(t, "po@S1Y5D", "TransferService/ProposeTransfer", with(bad), "invalid_argument", "INVALID_ARGUMENT")
	if info.metadata["terms.staff.wte"] == nil || info.metadata["terms.money[0].year"] == nil {
		t.Errorf("violations %v", info.metadata)
	}
}

// completed walks a transfer of delivering through the standard framework.
func (s *server) completed(t *testing.T, id, receiver string) {
	t.Helper()
	for _, party := range []struct{ body, party, gateway string }{
		{"S1Y5D", "PARTY_SENDER", "sender-readiness"}, {receiver, "PARTY_RECEIVER", "receiver-readiness"},
	} {
		s.ok(t, "assessor@"+party.body, "TransferService/AssessReadiness",
			with(object{"transferId": id, "party": party.party, "ratings": ratings()}))
		s.ok(t, "board@"+party.body, "TransferService/DecideGateway", with(decision(id, party.gateway, party.body, "PASS")))
	}
	s.ok(t, "po@S1Y5D", "TransferService/CompleteTransfer", with(object{"transferId": id}))
}

func testAfterwards(t *testing.T, s *server) {
	id := s.proposed(t, delivery("green-plan", "RC9"))
	review := object{
		"transferId": id, "reviewedOn": today, "conclusion": "As hoped.",
		"outcomes": []object{{"metric": "waiting time", "unit": "days", "baseline": "40", "target": "30", "actual": "31.5"}},
	}
	back := object{"transferId": id, "effectiveOn": "2027-04-01", "rationale": "It did not help."}
	s.refused(t, "po@S1Y5D", "TransferService/ReviewTransfer", with(review), "failed_precondition", "WRONG_STATE")
	s.refused(t, "po@S1Y5D", "TransferService/ReverseTransfer", with(back), "failed_precondition", "WRONG_STATE")
	s.ok(t, "po@S1Y5D", "TransferService/RecordMilestone", with(object{
		"transferId": id, "milestone": object{"kind": "MILESTONE_KIND_STAFF", "plannedOn": "2027-01-01", "footprints": []string{"06H"}},
	}))
	s.refused(t, "po@S1Y5D", "TransferService/RecordMilestone", with(object{
		"transferId": id, "milestone": object{"kind": "MILESTONE_KIND_MONEY", "actualOn": "2027-01-01"},
	}), "failed_precondition", "NOT_YET_EFFECTIVE")
	s.completed(t, id, "RC9")
	s.ok(t, "po@S1Y5D", "TransferService/ReviewTransfer", with(review))
	reverse := fmt.Sprint(s.ok(t, "po@S1Y5D", "TransferService/ReverseTransfer", with(back))["transferId"])
	got, way := s.transfer(t, id), s.transfer(t, reverse)
	found := obj(items(got["reviews"])[0])
	if found["conclusion"] != "As hoped." || obj(items(found["outcomes"])[0])["actual"] != "31.5" {
		t.Errorf("review %v", found)
	}
	if m := obj(items(got["milestones"])[0]); m["kind"] != "MILESTONE_KIND_STAFF" || m["plannedOn"] != "2027-01-01" {
		t.Errorf("milestone %v", m)
	}
	if way["reverses"] != id || way["sender"] != "RC9" || way["receiver"] != "S1Y5D" || way["state"] != "TRANSFER_STATE_PROPOSED" {
		t.Errorf("way back %v", way)
	}
}

func testResults(t *testing.T, s *server) {
	request := delivery("clinical-governance", "RC9")
	request["results"] = []object{{"function": "care-delivery", "footprints": []string{"RC9"}}}
	s.refused(t, "po@S1Y5D", "TransferService/ProposeTransfer", with(request), "invalid_argument", "INVALID_ARGUMENT")
	request["residue"] = "RESIDUE_CEASES"
	got := s.transfer(t, s.proposed(t, request))
	if got["residue"] != "RESIDUE_CEASES" || obj(items(got["results"])[0])["function"] != "care-delivery" {
		t.Errorf("transfer %v", got)
	}
}

func testPackage(t *testing.T, s *server) {
	var members []string
	for _, trust := range []string{"RC9", "RD8", "RGT"} {
		members = append(members, s.proposed(t, delivery("local-workforce-development", trust)))
	}
	form := object{"name": "Workforce to trusts", "case": "One case.", "members": members}
	s.refused(t, "po@S1Y5D", "TransferService/FormPackage", with(object{"name": "One", "members": members[:1]}),
		"invalid_argument", "INVALID_ARGUMENT")
	id := fmt.Sprint(s.ok(t, "po@S1Y5D", "TransferService/FormPackage", with(form))["packageId"])
	assess := object{"packageId": id, "party": "PARTY_SENDER", "ratings": ratings()}
	s.ok(t, "assessor@S1Y5D", "TransferService/AssessPackage", with(assess))
	assess["packageId"] = "01J"
	s.refused(t, "assessor@S1Y5D", "TransferService/AssessPackage", with(assess), "not_found", "UNKNOWN_PACKAGE")
	decide := decision("", "sender-readiness", "S1Y5D", "PASS")
	delete(decide, "transferId")
	decide["packageId"] = id
	decide["exceptions"] = []object{{"transferId": members[2], "decision": "GATEWAY_DECISION_DEFER", "rationale": "Not yet."}}
	s.refused(t, "assessor@S1Y5D", "TransferService/DecidePackage", with(decide), "failed_precondition", "SEGREGATION_OF_DUTIES")
	decided := items(s.ok(t, "board@S1Y5D", "TransferService/DecidePackage", with(decide))["members"])
	var outcomes []string
	for _, m := range decided {
		outcomes = append(outcomes, fmt.Sprint(obj(m)["decision"]))
	}
	if diff := cmp.Diff([]string{"GATEWAY_DECISION_PASS", "GATEWAY_DECISION_PASS", "GATEWAY_DECISION_DEFER"}, outcomes); diff != "" {
		t.Error(diff)
	}
	got := obj(s.ok(t, "", "TransferService/GetPackage", object{"packageId": id})["package"])
	third := obj(items(got["members"])[2])
	gateway := obj(items(third["gateways"])[0])
	if got["case"] != "One case." || third["receiver"] != "RGT" || gateway["passed"] != false ||
		obj(items(gateway["decisions"])[0])["packageId"] != id {
		t.Errorf("package %v", got)
	}
	if diff := cmp.Diff([]any{id}, s.transfer(t, members[0])["packageIds"]); diff != "" {
		t.Error(diff)
	}
	s.refused(t, "", "TransferService/GetPackage", object{"packageId": "01J"}, "not_found", "UNKNOWN_PACKAGE")
	for _, test := range []struct {
		request object
		want    int
	}{
		{object{}, 1},
		{object{"transferId": members[1]}, 1},
		{object{"organisation": "RGT"}, 1},
		{object{"organisation": "QYG"}, 0},
		{object{"transferId": "01J"}, 0},
	} {
		list := items(s.ok(t, "", "TransferService/ListPackages", test.request)["packages"])
		if len(list) != test.want || test.want == 1 && cmp.Diff(got, obj(list[0])) != "" {
			t.Errorf("packages %v: %v", test.request, list)
		}
	}
	other := delivery("infection-prevention", "RD8")
	others := []string{s.proposed(t, other), s.proposed(t, other)}
	s.refused(t, "po@S1Y5D", "TransferService/FormPackage", with(object{"name": "Workforce again", "members": members[:2]}),
		"failed_precondition", "WRONG_STATE")
	s.ok(t, "po@S1Y5D", "TransferService/FormPackage", with(object{"name": "Infections", "members": others}))
	walkPages(t, s, "TransferService/ListPackages", "packages", object{"pageSize": 1}, 1)
}
