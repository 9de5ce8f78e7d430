package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/remit-register/remit/domain"
)

// testCalls makes the calls of the public contract that must keep working, with what they are documented with, and
// compares every byte of the answers but those that differ from run to run.
func testCalls(t *testing.T, s *server) {
	id, other := strings.NewReplacer("COMMAND", uuid.NewString()), strings.NewReplacer("COMMAND", uuid.NewString())
	for _, call := range []struct{ name, actor, procedure, request string }{
		{
			"WhoHolds", "", "MapService/WhoHolds",
			`{"function":"eprr","footprint":"06H","asOf":{"effectiveOn":"2026-11-21"}}`,
		},
		{
			"WhoHolds-planned", "", "MapService/WhoHolds",
			`{"function":"vaccination-screening","footprint":"06H","role":"ROLE_ACCOUNTABLE"}`,
		},
		{
			"ProposeTransfer", "po@S1Y5D", "TransferService/ProposeTransfer",
			id.Replace(`{"commandId":"COMMAND","function":"eprr","kind":"TRANSFER_KIND_DELEGATION","sender":"S1Y5D",
			"receiver":"Y61","footprints":["06H"],"roles":["ROLE_EXERCISING","ROLE_DELIVERING"],"instrument":"nhsa2006-s65z5",
			"effectiveOn":"2026-11-21","rationale":"One team.",
			"retained":[{"role":"ROLE_OVERVIEW","holder":"S1Y5D","description":"Plans."}],
			"terms":{"reserved":"a","limits":"b","liability":"c","notice":"d","reviewOn":"2027-11-21","onwardPermitted":false}}`),
		},
		{"GetMap", "", "MapService/GetMap", `{"asOf":{"effectiveOn":"2026-11-21"},"functions":["eprr"],"organisations":["S1Y5D"],
			"tiers":["TIER_ICB"],"roles":["ROLE_EXERCISING"],"pageSize":2,"pageToken":""}`},
		{"CompareMaps", "", "MapService/CompareMaps", `{"from":{"effectiveOn":"2026-03-31"},"to":{"effectiveOn":"2026-04-01"},
			"functions":["eprr"],"footprints":["06H"]}`},
		{"GetMap-rollup", "", "MapService/GetMap", `{"asOf":{"effectiveOn":"2026-11-21"},"functions":["continuing-healthcare"],
			"roles":["ROLE_ACCOUNTABLE"],"rollup":"AREA_LEVEL_REGION","pageSize":2}`},
		{"ListChanges", "", "MapService/ListChanges", `{"from":{"effectiveOn":"2026-03-31"},"to":{"effectiveOn":"2026-04-01"},
			"functions":["eprr"],"footprints":["06H"],"roles":["ROLE_EXERCISING"]}`},
		{"ListChangeDates", "", "MapService/ListChangeDates", `{"asOf":{"effectiveOn":"2026-03-31"},"functions":["eprr"],
			"footprints":["06H"],"from":"2023-01-01","until":"2026-11-21"}`},
		{"ReplayTo", "", "AuditService/ReplayTo", `{"asOf":{"effectiveOn":"2026-03-31"}}`},
		{"GetHistory", "", "MapService/GetHistory", `{"function":"eprr","footprint":"06H","role":"ROLE_EXERCISING"}`},
		{"ListEvents", "", "AuditService/ListEvents", `{"entity":"organisation/S1Y5D","afterPosition":"0","pageSize":100}`},
		{"GetOrganisation", "", "OrganisationService/GetOrganisation", `{"code":"S1Y5D"}`},
		{"GetFunction", "", "FunctionService/GetFunction", `{"code":"eprr"}`},
		{"GetInstrument", "", "InstrumentService/GetInstrument", `{"code":"nhsa2006-s65z5"}`},
		{"ListFootprints", "", "OrganisationService/ListFootprints", `{"organisation":"S1Y5D","pageSize":2}`},
		{"CheckCoherence", "", "MapService/CheckCoherence", `{"asOf":{"effectiveOn":"2026-11-21"},"until":"2027-04-01",
			"functions":["send","vaccination-screening"],"organisations":["QJ2"],"severity":"SEVERITY_MEDIUM"}`},
		{"Simulate", "", "MapService/Simulate", `{"asOf":{"effectiveOn":"2027-04-01","knownPosition":"3116"},"commands":[
			{"as":"registrar@X24","recordOccurrence":{"function":"eprr","kind":"TRANSFER_KIND_DELIVERY","from":"S1Y5D","to":"X24",
			"footprints":["06H"],"roles":["ROLE_DELIVERING"],"effectiveOn":"2027-04-01","source":"Letter"}},
			{"as":"po@QYG","withdrawTransfer":{"transferId":"00000000000000000000000001","reason":"No."}}]}`},
		{"ExplainHolding", "", "MapService/ExplainHolding", `{"asOf":{"effectiveOn":"2026-11-21"},"function":"eprr",
			"footprint":"06H","role":"ROLE_EXERCISING"}`},
		{"GetReadiness", "", "ProgrammeService/GetReadiness", `{"asOf":{"effectiveOn":"2026-11-21"},"organisations":["Y61"],
			"functions":["eprr"]}`},
		{"ListDue", "", "ProgrammeService/ListDue", `{"asOf":{"effectiveOn":"2026-11-21"},"organisations":["Y61"],"days":30,
			"functions":["eprr"]}`},
		{"GetCommitteePaper", "", "ProgrammeService/GetCommitteePaper", `{"asOf":{"effectiveOn":"2026-04-01","knownPosition":"3116"},
			"organisations":["S1Y5D"],"since":{"effectiveOn":"2026-03-31","knownPosition":"3116"}}`},
		{"refusal", "board@QYG", "DelegationService/DelegateFunction", other.Replace(`{"commandId":"COMMAND","function":"eprr",
			"delegator":"QYG","delegate":"X24","footprints":["06H"],"effectiveOn":"2026-11-21","instrument":"nhsa2006-s65z5"}`)},
	} {
		a := s.call(t, call.actor, call.procedure, call.request)
		if a.status != http.StatusOK && call.name != "refusal" {
			t.Fatalf("%s: %d %s", call.name, a.status, a.raw)
		}
		golden(t, call.name, a.raw)
		if call.name == "ProposeTransfer" {
			transfer := fmt.Sprint(a.body["transferId"])
			one := s.call(t, "", "TransferService/GetTransfer", object{
				"transferId": transfer, "minPosition": obj(a.body["receipt"])["position"],
			})
			golden(t, "GetTransfer", one.raw)
			golden(t, "ListEvents-transfer", s.call(t, "", "AuditService/ListEvents", object{"entity": "transfer/" + transfer}).raw)
		}
	}
}

// checkNothingInTheClear looks for personal texts in what the journal holds.
func checkNothingInTheClear(t *testing.T, s *server, texts ...string) {
	t.Helper()
	found := fmt.Errorf("found")
	last := s.store.Position()
	err := s.store.FollowBytes(t.Context(), 0, func(first domain.EventNo, events [][]byte) error {
		for _, event := range events {
			for _, text := range texts {
				if strings.Contains(string(event), text) {
					return fmt.Errorf("%w: %q in an event from %d on", found, text, first)
				}
			}
		}
		if first+domain.EventNo(len(events)) > last {
			return fmt.Errorf("the end")
		}
		return nil
	})
	if err == nil || !strings.Contains(err.Error(), "the end") {
		t.Errorf("the journal: %v", err)
	}
}
