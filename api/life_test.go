package api_test

import (
	"fmt"
	"slices"
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

// awaited gives a command that must wait for a second person, and returns by what id it waits.
func (s *server) awaited(t *testing.T, procedure string, request object) string {
	t.Helper()
	given := s.ok(t, first, procedure, with(request))
	id := fmt.Sprint(given["awaitingId"])
	if given["awaitingSecond"] != true || id != obj(given["receipt"])["transactionId"] {
		t.Fatalf("%s does not wait: %v", procedure, given)
	}
	return id
}

// seconded gives a command and has a second person agree. It returns the second person's receipt.
func (s *server) seconded(t *testing.T, procedure string, request object) object {
	t.Helper()
	id := s.awaited(t, procedure, request)
	return obj(s.ok(t, second, "RecordService/Second", with(object{"awaitingId": id}))["receipt"])
}

// positionOf finds the event of a type in a receipt.
func positionOf(t *testing.T, receipt object, kind string) string {
	t.Helper()
	for _, e := range items(receipt["events"]) {
		if obj(e)["type"] == kind {
			return fmt.Sprint(obj(e)["position"])
		}
	}
	t.Fatalf("no %s in %v", kind, receipt)
	return ""
}

// deliverers says who delivers a function in a place, as known at a position ("" for now).
func (s *server) deliverers(t *testing.T, function, footprint, known string) []string {
	t.Helper()
	request := object{"function": function, "footprint": footprint, "role": "ROLE_DELIVERING"}
	if known != "" {
		request["asOf"] = object{"knownPosition": known}
	}
	var list []string
	for _, h := range items(s.ok(t, "", "MapService/WhoHolds", request)["holdings"]) {
		list = append(list, fmt.Sprint(obj(h)["holder"]))
	}
	return list
}

func occurrence(footprint, to string) object {
	return object{
		"function": "green-plan", "kind": "TRANSFER_KIND_DELIVERY", "from": "S1Y5D", "to": to,
		"footprints": []string{footprint}, "roles": []string{"ROLE_DELIVERING"}, "effectiveOn": today,
		"source": "board paper",
	}
}

func testSecond(t *testing.T, s *server) {
	before := s.deliverers(t, "green-plan", "06K", "")
	id := s.awaited(t, "RecordService/RecordOccurrence", occurrence("06K", "RC9"))
	if diff := cmp.Diff(before, s.deliverers(t, "green-plan", "06K", "")); diff != "" {
		t.Fatalf("it took effect alone: %s", diff)
	}
	list := items(s.ok(t, "", "RecordService/ListAwaitingSecond", object{"methods": []string{"RecordOccurrence"}})["awaiting"])
	if len(list) != 1 {
		t.Fatalf("%d wait, want 1", len(list))
	}
	waiting := obj(list[0])
	command := obj(waiting["command"])
	if waiting["awaitingId"] != id || waiting["organisation"] != "X24" || waiting["role"] != "registrar" ||
		command["function"] != "green-plan" || command["to"] != "RC9" || command["effectiveOn"] != today {
		t.Errorf("waiting: %v", waiting)
	}
	agree := object{"awaitingId": id}
	s.refused(t, first, "RecordService/Second", with(agree), "failed_precondition", "SECOND_PERSON_REQUIRED")
	s.refused(t, "po@S1Y5D;programme_office", "RecordService/Second", with(agree), "permission_denied", "NOT_AUTHORISED")
	s.refused(t, second, "RecordService/Second", with(object{"awaitingId": "01J"}), "not_found", "UNKNOWN_SECOND")
	receipt := obj(s.ok(t, second, "RecordService/Second", with(agree))["receipt"])
	positionOf(t, receipt, "OccurrenceRecorded")
	if got := s.deliverers(t, "green-plan", "06K", ""); !slices.Contains(got, "RC9") {
		t.Errorf("delivering: %v", got)
	}
	s.refused(t, second, "RecordService/Second", with(agree), "failed_precondition", "WRONG_STATE")
	if list := items(s.ok(t, "", "RecordService/ListAwaitingSecond", object{})["awaiting"]); len(list) != 0 {
		t.Errorf("still waiting: %v", list)
	}
}

func testDecline(t *testing.T, s *server) {
	id := s.awaited(t, "RecordService/RecordOccurrence", occurrence("06N", "RC9"))
	answer := s.ok(t, first, "RecordService/Second", with(object{"awaitingId": id, "decline": true}))
	positionOf(t, obj(answer["receipt"]), "SecondDeclined")
	s.refused(t, second, "RecordService/Second", with(object{"awaitingId": id}), "failed_precondition", "WRONG_STATE")
	t.Run("validated only, nothing waits", func(t *testing.T) {
		command := with(occurrence("06N", "RC9"))
		command["validateOnly"] = true
		answer := s.ok(t, first, "RecordService/RecordOccurrence", command)
		if answer["awaitingSecond"] != true || answer["awaitingId"] != "" {
			t.Errorf("answer %v", answer)
		}
	})
}

func testCorrect(t *testing.T, s *server) {
	receipt := s.seconded(t, "RecordService/RecordOccurrence", occurrence("06N", "RD8"))
	event := positionOf(t, receipt, "OccurrenceRecorded")
	right := object{"event": event, "holder": "RGT", "source": "the signed agreement", "reason": "The wrong trust."}
	s.refused(t, first, "RecordService/Correct", with(object{"event": "1", "withdraw": true, "source": "x", "reason": "y", "holder": "RGT"}),
		"invalid_argument", "INVALID_ARGUMENT")
	s.refused(t, first, "RecordService/Correct", with(object{"event": "999999", "holder": "RGT", "source": "x", "reason": "y"}),
		"not_found", "UNKNOWN_EVENT")
	s.seconded(t, "RecordService/Correct", right)
	if got := s.deliverers(t, "green-plan", "06N", ""); slices.Contains(got, "RD8") || !slices.Contains(got, "RGT") {
		t.Errorf("now: %v", got)
	}
	if got := s.deliverers(t, "green-plan", "06N", fmt.Sprint(receipt["position"])); !slices.Contains(got, "RD8") {
		t.Errorf("as known before: %v", got)
	}
}

func testBaseline(t *testing.T, s *server) {
	baseline := object{
		"function": "digital-leadership", "holder": "RC9", "footprints": []string{"06K"}, "roles": []string{"ROLE_OVERVIEW"},
		"effectiveOn": today, "source": "board paper",
	}
	s.seconded(t, "FunctionService/AllocateFunction", baseline)
	answer := s.ok(t, "", "MapService/WhoHolds", object{"function": "digital-leadership", "footprint": "06K", "role": "ROLE_OVERVIEW"})
	if diff := cmp.Diff([]string{"ROLE_OVERVIEW RC9 "}, holders(answer)); diff != "" {
		t.Error(diff)
	}
	s.refused(t, first, "FunctionService/AllocateFunction", with(baseline), "failed_precondition", "REMIT_ALREADY_HELD")
}

func testClaims(t *testing.T, s *server) {
	claim := object{
		"claimant": "RC9", "function": "estates-strategy", "footprints": []string{"06H"}, "roles": []string{"ROLE_ACCOUNTABLE"},
		"holds": true, "effectiveOn": today, "basis": "Our lease.",
	}
	made := s.ok(t, "po@RC9", "RecordService/ClaimRemit", with(claim))
	if made["claimId"] != obj(made["receipt"])["transactionId"] {
		t.Errorf("claim %v", made)
	}
	s.refused(t, "po@RD8", "RecordService/ClaimRemit", with(claim), "permission_denied", "NOT_AUTHORISED")
	s.ok(t, "board@RC9", "RecordService/AttestRemit", with(object{"organisation": "RC9", "exceptions": "We hold estates."}))
	s.refused(t, "board@RC9", "RecordService/AttestRemit", with(object{"organisation": "RC9"}), "invalid_argument", "INVALID_ARGUMENT")
	checkNothingInTheClear(t, s, "Our lease", "We hold estates")
}

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
}

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
