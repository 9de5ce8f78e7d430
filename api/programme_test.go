package api_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestProgramme asks one register for what the programme records besides transfers.
func TestProgramme(t *testing.T) {
	s := newRegister(t)
	t.Run("frameworks", func(t *testing.T) { testFrameworks(t, s) })
	t.Run("envelope", func(t *testing.T) { testEnvelope(t, s) })
	t.Run("shift", func(t *testing.T) { testShift(t, s) })
	t.Run("committees", func(t *testing.T) { testCommittees(t, s) })
	t.Run("readiness", func(t *testing.T) { testReadiness(t, s) })
	t.Run("plan returns", func(t *testing.T) { testPlanReturns(t, s) })
	t.Run("no personal text in the journal", func(t *testing.T) {
		checkNothingInTheClear(t, s, "Go slowly", "On track", "The money.", "example.nhs.uk")
	})
}

func testFrameworks(t *testing.T, s *server) {
	list := items(s.ok(t, "", "ProgrammeService/ListFrameworks", object{})["frameworks"])
	var codes []string
	for _, f := range list {
		codes = append(codes, fmt.Sprint(obj(f)["code"]))
	}
	if diff := cmp.Diff([]string{"notify-2026", "standard-2026", "full-2026"}, codes); diff != "" {
		t.Fatal(diff)
	}
	lower := obj(list[0])
	notice := obj(lower["notice"])
	notice["maxPounds"], notice["maxWte"] = "50000", "1.5"
	s.refused(t, "registrar@Y61", "ProgrammeService/SetFramework", with(object{"framework": lower}), "permission_denied", "NOT_AUTHORISED")
	s.ok(t, "registrar@X24", "ProgrammeService/SetFramework", with(object{"framework": lower}))
	list = items(s.ok(t, "", "ProgrammeService/ListFrameworks", object{})["frameworks"])
	if got := obj(obj(list[0])["notice"]); got["maxPounds"] != "50000" || got["maxWte"] != "1.50" {
		t.Errorf("notice %v", got)
	}
	lower["domains"] = []string{"people"}
	s.refused(t, "registrar@X24", "ProgrammeService/SetFramework", with(object{"framework": lower}), "invalid_argument", "INVALID_ARGUMENT")
}

func testEnvelope(t *testing.T, s *server) {
	population := object{
		"organisation": "S1Y5D", "basis": "POPULATION_BASIS_REGISTERED", "year": 2026, "count": "1000000", "effectiveOn": today,
		"source": "NHS England, patients registered",
	}
	s.ok(t, "registrar@X24", "ProgrammeService/RecordPopulation", with(population))
	s.refused(t, "registrar@Y61", "ProgrammeService/RecordPopulation", with(population), "permission_denied", "NOT_AUTHORISED")
	cost := object{
		"organisation": "S1Y5D", "class": "COST_CLASS_RUNNING_COST", "recurrent": true, "pounds": "20000000", "year": "2026/27",
		"base": "registered population 2026", "source": "annual accounts",
	}
	made := s.ok(t, "po@S1Y5D", "ProgrammeService/RecordCost", with(cost))
	if made["costId"] != obj(made["receipt"])["transactionId"] {
		t.Errorf("cost %v", made)
	}
	cost["year"] = "2026/2027"
	s.refused(t, "po@S1Y5D", "ProgrammeService/RecordCost", with(cost), "invalid_argument", "INVALID_ARGUMENT")
	answer := s.ok(t, "", "ProgrammeService/GetEnvelope", object{"organisations": []string{"S1Y5D"}})
	if answer["pencePerHead"] != "1876" || answer["year"] != "2026/27" || len(items(answer["bodies"])) != 1 {
		t.Fatalf("envelope %v", answer)
	}
	line := obj(items(answer["bodies"])[0])
	allowance := obj(items(line["allowances"])[0])
	if allowance["pounds"] != "18760000" || allowance["headroomPounds"] != "-1240000" || line["runningPounds"] != "20000000" ||
		obj(items(line["figures"])[0])["base"] != "registered population 2026" {
		t.Errorf("line %v", line)
	}
	if england := obj(answer["england"]); england["organisation"] != "ENG" {
		t.Errorf("England %v", england)
	}
	series := items(s.ok(t, "", "ProgrammeService/GetEnvelope", object{
		"organisations": []string{"S1Y5D"}, "from": "2026-06-01", "asOf": object{"effectiveOn": today},
	})["series"])
	if len(series) != 3 || obj(series[2])["effectiveOn"] != today || obj(items(obj(series[0])["bodies"])[0])["runningPounds"] != "20000000" {
		t.Errorf("series %v", series)
	}
	s.refused(t, "", "ProgrammeService/GetEnvelope", object{"from": "2099-01-01"}, "invalid_argument", "INVALID_ARGUMENT")
	s.refused(t, "", "ProgrammeService/GetEnvelope", object{"organisations": []string{"ZZ9"}}, "not_found", "UNKNOWN_ORGANISATION")
}

func testShift(t *testing.T, s *server) {
	answer := s.ok(t, "", "ProgrammeService/GetShift", object{
		"from": "2024-04-01", "until": "2025-03-31", "months": 12, "functions": []string{"specialised-services"},
	})
	held := items(answer["held"])
	if len(held) == 0 || obj(held[0])["on"] != "2025-03-31" || obj(held[0])["remits"] == 0.0 {
		t.Errorf("shift %v", answer)
	}
	s.refused(t, "", "ProgrammeService/GetShift", object{"from": "2026-04-01", "until": "2025-03-31"}, "invalid_argument", "INVALID_ARGUMENT")
}

func testCommittees(t *testing.T, s *server) {
	form := object{
		"name": "Joint transition committee", "bodies": []string{"S1Y5D", "QYG"},
		"terms": object{"executive": 4, "nonExecutive": 3, "quorum": 4, "quorumNonExecutive": 2, "everyBody": true},
	}
	id := fmt.Sprint(s.ok(t, "board@S1Y5D", "ProgrammeService/FormCommittee", with(form))["committeeId"])
	s.refused(t, "board@Y61", "ProgrammeService/FormCommittee", with(form), "permission_denied", "NOT_AUTHORISED")
	advice := object{
		"committeeId": id, "meetingOn": today, "minuteRef": "TC/1", "advice": "OPINION_ADVISE", "text": "Go slowly.",
		"attendance": object{"executive": 3, "nonExecutive": 2, "bodies": []string{"S1Y5D", "QYG"}},
	}
	if got := s.ok(t, "committee@QYG", "ProgrammeService/RecordAdvice", with(advice)); got["quorate"] != true {
		t.Errorf("advice %v", got)
	}
	advice["attendance"] = object{"executive": 9, "nonExecutive": 2}
	s.refused(t, "committee@QYG", "ProgrammeService/RecordAdvice", with(advice), "invalid_argument", "INVALID_ARGUMENT")
	change := object{"committeeId": id, "dissolve": true}
	s.ok(t, "board@QYG", "ProgrammeService/ChangeCommittee", with(change))
	s.refused(t, "board@QYG", "ProgrammeService/ChangeCommittee", with(change), "failed_precondition", "WRONG_STATE")
	s.refused(t, "board@QYG", "ProgrammeService/ChangeCommittee", with(object{"committeeId": "01J", "dissolve": true}),
		"not_found", "UNKNOWN_COMMITTEE")
	list := func(request object) []any {
		return items(s.ok(t, "", "ProgrammeService/ListCommittees", request)["committees"])
	}
	if got := list(object{"organisation": "QYG"}); len(got) != 0 {
		t.Errorf("still there: %v", got)
	}
	got := list(object{"organisation": "QYG", "includeDissolved": true})
	if len(got) != 1 || obj(items(obj(got[0])["advice"])[0])["text"] != "Go slowly." || obj(obj(got[0])["terms"])["quorum"] != 4.0 {
		t.Errorf("committees %v", got)
	}
}

func testPlanReturns(t *testing.T, s *server) {
	submit := object{"organisation": "S1Y5D", "period": "2026/27", "summary": "On track.", "evidence": ratings()[0]["evidence"]}
	id := fmt.Sprint(s.ok(t, "po@S1Y5D", "ProgrammeService/SubmitPlanReturn", with(submit))["planReturnId"])
	s.refused(t, "po@QYG", "ProgrammeService/SubmitPlanReturn", with(submit), "permission_denied", "NOT_AUTHORISED")
	moderate := object{"planReturnId": id, "result": "MODERATION_RESULT_CHALLENGED"}
	s.refused(t, "panel@Y61", "ProgrammeService/ModeratePlanReturn", with(moderate), "invalid_argument", "INVALID_ARGUMENT")
	moderate["comment"] = "The money."
	s.ok(t, "panel@Y61", "ProgrammeService/ModeratePlanReturn", with(moderate))
	moderate["planReturnId"] = "01J"
	s.refused(t, "panel@Y61", "ProgrammeService/ModeratePlanReturn", with(moderate), "not_found", "UNKNOWN_PLAN_RETURN")
	list := items(s.ok(t, "", "ProgrammeService/ListPlanReturns", object{"organisation": "S1Y5D", "period": "2026/27"})["planReturns"])
	if len(list) != 1 || obj(list[0])["summary"] != "On track." || obj(items(obj(list[0])["moderations"])[0])["comment"] != "The money." {
		t.Errorf("plan returns %v", list)
	}
}
