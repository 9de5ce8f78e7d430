package api_test

import (
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
)

// firstCreated is the id of what the first command of a simulation creates.
const firstCreated = "00000000000000000000000001"

// route is the whole way of the delegation of one footprint's EPRR to the region, from proposal to completion.
func route(footprint string) []object {
	ratings := func(party string) object {
		var list []object
		for _, d := range []string{
			"law_governance", "money_risk", "people", "quality_outcomes", "contracts_data_records", "escalation_continuity",
		} {
			list = append(list, object{"domain": d, "rating": "green", "comment": "fine", "evidence": []object{{
				"title": "paper", "uri": "https://example.org/paper", "sha256": strings.Repeat("0", 64), "expiresOn": "2027-11-21",
			}}})
		}
		return object{"transferId": firstCreated, "party": party, "ratings": list}
	}
	decide := func(gateway, by string) object {
		return object{
			"transferId": firstCreated, "gateway": gateway, "decision": "GATEWAY_DECISION_PASS", "decidedBy": by, "decidedOn": today,
			"rationale": "ready", "authority": object{"body": "board", "meetingOn": today, "minuteRef": "1", "quorate": true},
			"opinions": []object{{"by": "internal-audit", "opinion": "OPINION_ASSURE", "text": "sound"}},
		}
	}
	return []object{
		{"as": "po@S1Y5D", "proposeTransfer": object{
			"function": "eprr", "kind": "TRANSFER_KIND_DELEGATION", "sender": "S1Y5D", "receiver": "Y61",
			"footprints": []string{footprint}, "roles": []string{"ROLE_EXERCISING", "ROLE_DELIVERING"},
			"instrument": "nhsa2006-s65z5", "effectiveOn": today, "rationale": "One team.",
			"retained": []object{{"role": "ROLE_OVERVIEW", "holder": "S1Y5D", "description": "Plans."}},
			"terms": object{
				"reserved": "a", "limits": "b", "liability": "c", "notice": "d", "reviewOn": "2027-11-21", "onwardPermitted": false,
			},
		}},
		{"as": "assessor@S1Y5D", "assessReadiness": ratings("PARTY_SENDER")},
		{"as": "assessor@Y61", "assessReadiness": ratings("PARTY_RECEIVER")},
		{"as": "board@S1Y5D", "decideGateway": decide("sender-readiness", "S1Y5D")},
		{"as": "board@Y61", "decideGateway": decide("receiver-readiness", "Y61")},
		{"as": "panel@X24", "decideGateway": decide("confirmation", "X24")},
		{"as": "po@S1Y5D", "scheduleTransfer": object{"transferId": firstCreated, "effectiveOn": today}},
		{"as": "po@S1Y5D", "completeTransfer": object{"transferId": firstCreated, "effectiveOn": today}},
	}
}

func TestSimulate(t *testing.T) {
	s := newRegister(t)
	t.Run("a whole route", func(t *testing.T) { testSimulatedRoute(t, s) })
	t.Run("refusals", func(t *testing.T) { testSimulatedRefusals(t, s) })
	t.Run("second person", func(t *testing.T) { testSimulatedSecond(t, s) })
	t.Run("other points", func(t *testing.T) { testSimulatedPoints(t, s) })
	t.Run("last date", func(t *testing.T) { testSimulatedUntil(t, s) })
	t.Run("format", func(t *testing.T) { testSimulatedFormat(t, s) })
	t.Run("many at once", func(t *testing.T) { testManySimulations(t, s) })
	t.Run("bounded memory", func(t *testing.T) { testSimulationsAreBounded(t, s) })
}

// testSimulatedUntil compares findings up to the date that is given, and no further.
func testSimulatedUntil(t *testing.T, s *server) {
	request := func(until string) object {
		return object{"until": until, "commands": []object{{"as": "po@S1Y5D", "proposeTransfer": object{
			"function": "safeguarding", "kind": "TRANSFER_KIND_STATUTORY", "sender": "S1Y5D", "receiver": "QJ2",
			"footprints": []string{"06H"}, "roles": []string{"ROLE_ACCOUNTABLE"}, "instrument": "health-bill-2026",
			"effectiveOn": "2027-05-01", "rationale": "One team.",
		}}}}
	}
	for _, test := range []struct {
		until, answered string
		opened          bool
	}{{"", "2027-05-01", true}, {"2027-04-30", "2027-04-30", false}, {today, today, false}, {"2028-01-01", "2028-01-01", true}} {
		answer := s.ok(t, "", "MapService/Simulate", request(test.until))
		if opened := len(items(answer["findingsOpened"])) > 0; answer["until"] != test.answered || opened != test.opened {
			t.Errorf("until %q: up to %v, findings opened %v", test.until, answer["until"], answer["findingsOpened"])
		}
	}
	info := s.refused(t, "", "MapService/Simulate", request("2026-11-20"), "invalid_argument", "INVALID_ARGUMENT")
	if info.metadata["until"] != "2026-11-20" || info.metadata["effectiveOn"] != today {
		t.Errorf("before today: %v", info)
	}
}

func testSimulatedRoute(t *testing.T, s *server) {
	position := s.store.Position()
	who := object{"function": "eprr", "footprint": "06H"}
	held := s.ok(t, "", "MapService/WhoHolds", who)
	request := object{"commands": route("06H")}
	answer := s.ok(t, "", "MapService/Simulate", request)
	for i, o := range items(answer["outcomes"]) {
		if obj(o)["accepted"] != true {
			t.Fatalf("command %d: %v", i+1, o)
		}
	}
	after := map[string]string{}
	for _, c := range items(answer["changes"]) {
		for _, h := range items(obj(c)["after"]) {
			after[fmt.Sprint(obj(c)["role"])] += fmt.Sprint(obj(h)["holder"], " ", obj(h)["actingThrough"])
		}
	}
	want := map[string]string{"ROLE_EXERCISING": "X24 Y61", "ROLE_DELIVERING": "Y61 ", "ROLE_OVERVIEW": "S1Y5D "}
	if diff := cmp.Diff(want, after); diff != "" {
		t.Errorf("the map with the commands (-want +got):\n%s\n%v", diff, answer["changes"])
	}
	opened := fmt.Sprint(answer["findingsOpened"])
	if !strings.Contains(opened, "FINDING_KIND_SAME_LEGAL_PERSON") {
		t.Errorf("the panel of X24 decides on its own region, and no finding says so: %s", opened)
	}
	if s.store.Position() != position {
		t.Errorf("the simulation recorded events %d to %d", position+1, s.store.Position())
	}
	if diff := cmp.Diff(held, s.ok(t, "", "MapService/WhoHolds", who)); diff != "" {
		t.Errorf("the map after the simulation:\n%s", diff)
	}
	again := s.ok(t, "", "MapService/Simulate", request)
	if diff := cmp.Diff(answer, again); diff != "" {
		t.Errorf("the same simulation again:\n%s", diff)
	}
}

func testSimulatedRefusals(t *testing.T, s *server) {
	commands := route("06H")
	answer := s.ok(t, "", "MapService/Simulate", object{"commands": []object{
		commands[0], commands[7], {"as": "po@QYG", "scheduleTransfer": object{"transferId": firstCreated, "effectiveOn": today}},
	}})
	outcomes := items(answer["outcomes"])
	if obj(outcomes[0])["accepted"] != true || obj(outcomes[1])["accepted"] != false || obj(outcomes[2])["accepted"] != false {
		t.Fatalf("outcomes: %v", outcomes)
	}
	if got := fmt.Sprint(outcomes[1]); strings.Count(got, "GATEWAY_NOT_PASSED") != 3 {
		t.Errorf("all reasons at once: %v", got)
	}
	if got := fmt.Sprint(outcomes[2]); !strings.Contains(got, "NOT_AUTHORISED") {
		t.Errorf("the right of another body: %v", got)
	}
	for _, c := range items(answer["changes"]) {
		if obj(c)["planned"] == false {
			t.Errorf("nothing would have happened: %v", c)
		}
	}
}

func testSimulatedSecond(t *testing.T, s *server) {
	command := object{"recordOccurrence": object{
		"function": "eprr", "from": "S1Y5D", "to": "X24", "footprints": []string{"06H"}, "roles": []string{"ROLE_DELIVERING"},
		"effectiveOn": today, "kind": "TRANSFER_KIND_DELIVERY", "source": "letter",
	}}
	answer := s.call(t, "registrar@X24", "MapService/Simulate", object{"commands": []object{command}})
	if answer.status != http.StatusOK {
		t.Fatalf("%d: %s", answer.status, answer.raw)
	}
	outcome := obj(items(answer.body["outcomes"])[0])
	if outcome["awaitingSecond"] != true || len(items(answer.body["changes"])) == 0 {
		t.Errorf("outcome %v, changes %v", outcome, answer.body["changes"])
	}
}

func testSimulatedPoints(t *testing.T, s *server) {
	request := object{"commands": []object{{"establishOrganisation": object{
		"code": "ZZ9", "name": "New", "tier": "TIER_PROVIDER", "form": "FORM_TRUST", "legalPerson": true, "effectiveOn": "2027-04-01",
	}}}}
	now := s.ok(t, "", "MapService/Simulate", request)
	if got := fmt.Sprint(now["outcomes"]); !strings.Contains(got, "NOT_YET_EFFECTIVE") {
		t.Errorf("today: %s", got)
	}
	request["asOf"] = object{"effectiveOn": "2027-04-01"}
	if got := s.ok(t, "", "MapService/Simulate", request); obj(items(got["outcomes"])[0])["accepted"] != true {
		t.Errorf("on the day: %v", got["outcomes"])
	}
	past := s.ok(t, "", "MapService/Simulate", object{
		"asOf": object{"knownPosition": "3"}, "commands": []object{{"renameOrganisation": object{
			"code": "S1Y5D", "name": "Later", "effectiveOn": today,
		}}},
	})
	if got := fmt.Sprint(past["outcomes"]); !strings.Contains(got, "UNKNOWN_ORGANISATION") {
		t.Errorf("as known at the beginning: %s", got)
	}
}

func testSimulatedFormat(t *testing.T, s *server) {
	s.refused(t, "", "MapService/Simulate", `{}`, "invalid_argument", "INVALID_ARGUMENT")
	s.refused(t, "", "MapService/Simulate", `{"commands":[{}]}`, "invalid_argument", "INVALID_ARGUMENT")
	info := s.refused(t, "", "MapService/Simulate",
		`{"commands":[{"as":"nobody","withdrawTransfer":{"transferId":"00000000000000000000000001","reason":"no"}}]}`, "invalid_argument", "INVALID_ARGUMENT")
	if got := fmt.Sprint(info.metadata["commands[0].as"]); !strings.Contains(got, "SUBJECT@ORGCODE") {
		t.Errorf("metadata: %v", info.metadata)
	}
	info = s.refused(t, "", "MapService/Simulate",
		`{"commands":[{"recordOccurrence":{"cause":"law","footprints":["06H"]}}]}`, "invalid_argument", "INVALID_ARGUMENT")
	if got, ok := info.metadata["commands[0].recordOccurrence.footprints[0]"]; ok {
		t.Errorf("a list of texts beside a field that is wrong: %v", got)
	}
	many := make([]object, 101)
	for i := range many {
		many[i] = object{"withdrawTransfer": object{"transferId": firstCreated, "reason": "no"}}
	}
	s.refused(t, "", "MapService/Simulate", object{"commands": many}, "invalid_argument", "INVALID_ARGUMENT")
}

// testManySimulations runs simulations beside commands: each is answered on a register that was so at its position.
func testManySimulations(t *testing.T, s *server) {
	var running sync.WaitGroup
	for range 6 {
		running.Go(func() {
			for range 3 {
				answer := s.call(t, "", "MapService/Simulate", object{"commands": route("06H")})
				outcomes := items(answer.body["outcomes"])
				if answer.status != http.StatusOK || len(outcomes) != 8 || obj(outcomes[7])["accepted"] != true {
					t.Errorf("%d: %s", answer.status, answer.raw)
				}
			}
		})
	}
	for i := range 10 {
		s.ok(t, "registrar@X24", "OrganisationService/RenameOrganisation", object{
			"commandId": uuid.NewString(), "code": "S1Y5D", "name": fmt.Sprint("Name ", i), "effectiveOn": today,
		})
	}
	running.Wait()
}

// testSimulationsAreBounded runs eight simulations at once, again and again: they take no more memory than the two copies of
// the register that there are at most, which were made before.
func testSimulationsAreBounded(t *testing.T, s *server) {
	simulate := func() {
		var running sync.WaitGroup
		for range 8 {
			running.Go(func() {
				if a := s.call(t, "", "MapService/Simulate", object{"commands": route("06H")}); a.status != http.StatusOK {
					t.Errorf("%d: %s", a.status, a.raw)
				}
			})
		}
		running.Wait()
	}
	live := func() uint64 {
		var stats runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&stats)
		return stats.HeapAlloc
	}
	simulate()
	before := live()
	for range 4 {
		simulate()
	}
	// A copy of the reference register takes more than ten MiB.
	if after := live(); after > before+8<<20 {
		t.Errorf("%d bytes were in use after 8 simulations at once, and %d after 40", before, after)
	}
}
