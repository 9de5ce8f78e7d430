package api_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
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
	claims := items(s.ok(t, "", "RecordService/ListClaims", object{"claimant": "RC9", "functions": []string{"estates-strategy"}})["claims"])
	if len(claims) != 1 || obj(claims[0])["claimId"] != made["claimId"] || obj(claims[0])["basis"] != "Our lease." || obj(claims[0])["holds"] != true {
		t.Errorf("claims %v", claims)
	}
	attested := items(s.ok(t, "", "RecordService/ListAttestations", object{"organisation": "RC9"})["attestations"])
	if len(attested) != 1 || obj(attested[0])["exceptions"] != "We hold estates." || obj(attested[0])["agrees"] != false {
		t.Errorf("attestations %v", attested)
	}
	for member, procedure := range map[string]string{"claims": "RecordService/ListClaims", "attestations": "RecordService/ListAttestations"} {
		nobody := object{"organisation": "RD8"}
		if member == "claims" {
			nobody = object{"claimant": "RD8"}
		}
		if others := items(s.ok(t, "", procedure, nobody)[member]); len(others) != 0 {
			t.Errorf("%s of another body: %v", member, others)
		}
		walked := walkPages(t, s, procedure, member, object{"pageSize": 1}, 1)
		if all := items(s.ok(t, "", procedure, object{})[member]); len(walked) != len(all) {
			t.Errorf("%s: %d page by page, %d at once", member, len(walked), len(all))
		}
		s.refused(t, "", procedure, object{"asOf": object{"knownPosition": "99999999"}}, "invalid_argument", "INVALID_ARGUMENT")
	}
}
