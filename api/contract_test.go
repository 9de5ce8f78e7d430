package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
)

// TestContract asks one register everything that does not need one of its own.
func TestContract(t *testing.T) {
	s := newRegister(t)
	t.Run("calls that must keep working", func(t *testing.T) { testCalls(t, s) })
	t.Run("delegation", func(t *testing.T) { testDelegation(t, s) })
	t.Run("strict JSON", func(t *testing.T) { testStrict(t, s) })
	t.Run("all violations at once", func(t *testing.T) { testAllViolations(t, s) })
	t.Run("who calls", func(t *testing.T) { testIdentity(t, s) })
	t.Run("validate only", func(t *testing.T) { testValidateOnly(t, s) })
	t.Run("replay", func(t *testing.T) { testReplay(t, s) })
	t.Run("revisions", func(t *testing.T) { testRevisions(t, s) })
	t.Run("both clocks", func(t *testing.T) { testClocks(t, s) })
	t.Run("pages", func(t *testing.T) { testPages(t, s) })
	t.Run("bad tokens", func(t *testing.T) { testBadTokens(t, s) })
	t.Run("GET", func(t *testing.T) { testGet(t, s) })
	t.Run("unknown things", func(t *testing.T) { testUnknown(t, s) })
	t.Run("lists", func(t *testing.T) { testLists(t, s) })
	t.Run("reference", func(t *testing.T) { testReference(t, s) })
	t.Run("ready", func(t *testing.T) { testReady(t, s) })
	t.Run("replay to the byte", func(t *testing.T) { testReplayText(t, s) })
	t.Run("watch a transfer", func(t *testing.T) { testWatchTransfer(t, s) })
	t.Run("managed transfer", func(t *testing.T) { testManagedTransfer(t, s) })
}

func testStrict(t *testing.T, s *server) {
	for name, test := range map[string]struct {
		request string
		paths   object // path → part of the message
	}{
		"unknown fields at every depth": {
			`{"function":"eprr","footprint":"06H","asof":{},"asOf":{"effectiveon":"2026-04-01"}}`,
			object{"asof": "unknown field", "asOf.effectiveon": "unknown field"},
		},
		"unknown value of an enum": {
			`{"function":"eprr","footprint":"06H","role":"ROLE_KING"}`,
			object{"role": "ROLE_ACCOUNTABLE, ROLE_EXERCISING"},
		},
		"wrong types": {
			`{"function":7,"footprint":["06H"],"asOf":"today"}`,
			object{"function": "a text", "footprint": "a text", "asOf": "an object"},
		},
		"bad instant":          {`{"function":"eprr","footprint":"06H","asOf":{"knownAt":"yesterday"}}`, object{"asOf.knownAt": "an instant"}},
		"not JSON":             {`{"function":`, object{"request": "ends too soon"}},
		"not an object":        {`[]`, object{"request": "must be an object"}},
		"nothing":              {``, object{"request": "ends too soon"}},
		"something behind":     {`{"function":"eprr","footprint":"06H"} {}`, object{"request": "something follows"}},
		"the same field twice": {`{"function":"eprr","function":"send","footprint":"06H"}`, object{"request": `duplicate field "function"`}},
	} {
		t.Run(name, func(t *testing.T) {
			info := s.refused(t, "", "MapService/WhoHolds", test.request, "invalid_argument", "INVALID_ARGUMENT")
			for path, part := range test.paths {
				if got := fmt.Sprint(info.metadata[path]); !strings.Contains(got, fmt.Sprint(part)) {
					t.Errorf("%s: got %q of %v", path, got, info.metadata)
				}
			}
			if got := fmt.Sprint(info.metadata["violations"]); got != fmt.Sprint(len(test.paths)) {
				t.Errorf("%s violations, want %d: %v", got, len(test.paths), info.metadata)
			}
		})
	}
	t.Run("names as in proto, and null", func(t *testing.T) {
		s.ok(t, "", "MapService/WhoHolds", `{"function":"eprr","footprint":"06H","as_of":{"effective_on":"2026-04-01"},"part":null}`)
	})
}

func testAllViolations(t *testing.T, s *server) {
	info := s.refused(t, "po@S1Y5D", "TransferService/ProposeTransfer", object{
		"commandId": "1", "function": "EPRR", "kind": "TRANSFER_KIND_UNSPECIFIED", "sender": "s1y5d", "receiver": "",
		"roles": []string{"ROLE_EXERCISING", "ROLE_EXERCISING"}, "effectiveOn": "2026-02-30", "expectedRevision": "x",
		"retained": []object{{"role": "ROLE_OVERVIEW"}, {"role": "ROLE_UNSPECIFIED", "holdr": "S1Y5D"}},
		"terms":    object{"reviewOn": "soon"}, "footprints": []string{"06H", ""}, "rationale": strings.Repeat("x", 10001),
	}, "invalid_argument", "INVALID_ARGUMENT")
	for _, path := range []string{
		"commandId", "function", "kind", "sender", "receiver", "roles", "effectiveOn", "expectedRevision",
		"retained[1].holdr", "retained[1].role", "terms.reviewOn", "footprints[1]", "rationale",
	} {
		if info.metadata[path] == nil {
			t.Errorf("nothing about %s in %v", path, info.metadata)
		}
		if !strings.Contains(info.message, path) {
			t.Errorf("nothing about %s in %q", path, info.message)
		}
	}
	t.Run("rules of whole messages", func(t *testing.T) {
		info := s.refused(t, "", "MapService/GetMap", object{
			"asOf": object{"knownAt": "2026-11-21T10:00:00Z", "knownPosition": "5"}, "pageSize": 5001,
		}, "invalid_argument", "INVALID_ARGUMENT")
		if !strings.Contains(fmt.Sprint(info.metadata["asOf"]), "not both") || info.metadata["pageSize"] == nil {
			t.Errorf("got %v", info.metadata)
		}
	})
}

func testIdentity(t *testing.T, s *server) {
	s.refused(t, "", "TransferService/ProposeTransfer", with(proposal()), "unauthenticated", "NOT_SIGNED_IN")
	s.refused(t, "", "TransferService/ProposeTransfer", object{}, "unauthenticated", "NOT_SIGNED_IN")
	s.refused(t, "po@ZZZZ", "TransferService/ProposeTransfer", with(proposal()), "permission_denied", "NOT_AUTHORISED")
	s.refused(t, "po@S1Y5D;board", "TransferService/ProposeTransfer", with(proposal()), "permission_denied", "NOT_AUTHORISED")
	for _, actor := range []string{"po", "po@S1Y5D;king"} {
		info := s.refused(t, actor, "MapService/WhoHolds", object{"function": "eprr", "footprint": "06H"},
			"invalid_argument", "INVALID_ARGUMENT")
		if info.metadata["Remit-Actor"] == nil {
			t.Errorf("got %v", info.metadata)
		}
	}
	t.Run("a person has one pseudonym, another at another body", func(t *testing.T) {
		subject := func(actor string) any {
			receipt := obj(s.ok(t, actor, "TransferService/ProposeTransfer", with(proposal()))["receipt"])
			event := obj(s.ok(t, "", "AuditService/GetEvent", object{"position": receipt["position"]})["event"])
			return obj(event["actor"])["subject"]
		}
		if a, b := subject("amy@S1Y5D"), subject("amy@S1Y5D;programme_office"); a != b {
			t.Errorf("%v and %v", a, b)
		}
		if a, b := subject("amy@S1Y5D"), subject("amy@Y61"); a == b {
			t.Errorf("both %v", a)
		}
	})
}

func testValidateOnly(t *testing.T, s *server) {
	before := s.store.Position()
	command := with(proposal())
	command["validateOnly"] = true
	got := s.ok(t, "po@S1Y5D", "TransferService/ProposeTransfer", command)
	want := object{
		"transferId": "",
		"receipt": object{
			"transactionId": "", "commandId": command["commandId"], "position": "", "recordedAt": nil, "replayed": false,
			"events": []any{object{"position": "", "type": "TransferProposed"}},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if s.store.Position() != before {
		t.Error("something was recorded")
	}
	command["sender"] = "QYG"
	s.refused(t, "po@QYG", "TransferService/ProposeTransfer", command, "failed_precondition", "SENDER_NOT_HOLDER")
}

func testReplay(t *testing.T, s *server) {
	command := with(proposal())
	first := s.ok(t, "po@S1Y5D", "TransferService/ProposeTransfer", command)
	before := s.store.Position()
	command["rationale"] = "Personal texts do not count, since they are not remembered."
	command["commandId"] = strings.ToUpper(fmt.Sprint(command["commandId"]))
	second := s.ok(t, "po@S1Y5D", "TransferService/ProposeTransfer", command)
	obj(first["receipt"])["replayed"] = true
	if diff := cmp.Diff(first, second); diff != "" {
		t.Error(diff)
	}
	command["roles"] = []string{"ROLE_DELIVERING"}
	info := s.refused(t, "po@S1Y5D", "TransferService/ProposeTransfer", command, "already_exists", "COMMAND_ID_REUSED")
	if info.message == "" || s.store.Position() != before {
		t.Errorf("%v, position %d, want %d", info, s.store.Position(), before)
	}
}

func testRevisions(t *testing.T, s *server) {
	proposed := s.ok(t, "po@S1Y5D", "TransferService/ProposeTransfer", with(proposal()))
	command := with(object{"transferId": proposed["transferId"], "terms": proposal()["terms"], "expectedRevision": "1"})
	s.ok(t, "po@S1Y5D", "TransferService/SetTerms", command)
	command["commandId"] = uuid.NewString()
	info := s.refused(t, "po@S1Y5D", "TransferService/SetTerms", command, "aborted", "REVISION_CONFLICT")
	if info.metadata["revision"] != "2" || info.metadata["expectedRevision"] != "1" {
		t.Errorf("got %v", info.metadata)
	}
	for _, procedure := range []string{"WithdrawTransfer", "WaiveCondition"} {
		info := s.refused(t, "po@S1Y5D", "TransferService/"+procedure,
			with(object{"transferId": proposed["transferId"], "conditionId": "c1"}), "invalid_argument", "INVALID_ARGUMENT")
		if info.metadata["reason"] == nil {
			t.Errorf("%s: got %v", procedure, info.metadata)
		}
	}
	s.ok(t, "po@S1Y5D", "TransferService/WithdrawTransfer",
		with(object{"transferId": proposed["transferId"], "reason": "Put off."}))
}

func testClocks(t *testing.T, s *server) {
	ask := func(asOf object) object {
		return s.ok(t, "", "MapService/WhoHolds", object{"function": "eprr", "footprint": "06H", "role": "ROLE_EXERCISING", "asOf": asOf})
	}
	t.Run("today by default", func(t *testing.T) {
		if got := obj(ask(nil)["asOf"])["effectiveOn"]; got != today {
			t.Errorf("got %v", got)
		}
	})
	t.Run("another date", func(t *testing.T) {
		if got := holders(ask(object{"effectiveOn": "2026-03-31"})); len(got) != 1 || strings.Contains(got[0], "S1Y5D") {
			t.Errorf("got %v", got)
		}
	})
	t.Run("before anything was known", func(t *testing.T) {
		s.refused(t, "", "MapService/WhoHolds", object{
			"function": "eprr", "footprint": "06H", "asOf": object{"knownAt": "2026-11-21T11:59:59Z"},
		}, "not_found", "UNKNOWN_FUNCTION")
	})
	t.Run("a future instant", func(t *testing.T) {
		s.refused(t, "", "MapService/WhoHolds", object{
			"function": "eprr", "footprint": "06H", "asOf": object{"knownAt": "2026-11-21T12:00:01Z"},
		}, "invalid_argument", "INVALID_ARGUMENT")
	})
	t.Run("a position that is pinned gives the same answer", func(t *testing.T) {
		first := ask(nil)
		s.ok(t, "po@S1Y5D", "TransferService/ProposeTransfer", with(proposal()))
		asOf := obj(first["asOf"])
		again := ask(object{"effectiveOn": asOf["effectiveOn"], "knownPosition": asOf["knownPosition"]})
		if diff := cmp.Diff(first, again); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("within a transaction it is the transaction before", func(t *testing.T) {
		got := obj(ask(object{"knownPosition": fmt.Sprint(s.store.Position() - 1)})["asOf"])["knownPosition"]
		if got != fmt.Sprint(s.store.Position()-1) {
			t.Errorf("got %v", got)
		}
	})
	t.Run("a position that is not recorded", func(t *testing.T) {
		request := object{"function": "eprr", "footprint": "06H", "asOf": object{"knownPosition": "999999999"}}
		s.refused(t, "", "MapService/WhoHolds", request, "invalid_argument", "INVALID_ARGUMENT")
	})
}

func testUnknown(t *testing.T, s *server) {
	for _, test := range []struct {
		procedure string
		request   object
		reason    string
	}{
		{"MapService/WhoHolds", object{"function": "nothing", "footprint": "06H"}, "UNKNOWN_FUNCTION"},
		{"MapService/WhoHolds", object{"function": "eprr", "footprint": "ZZZZ"}, "UNKNOWN_FOOTPRINT"},
		{"MapService/GetMap", object{"organisations": []string{"ZZZZ"}}, "UNKNOWN_ORGANISATION"},
		{"MapService/GetMap", object{"footprints": []string{"06H", "ZZZZ"}}, "UNKNOWN_FOOTPRINT"},
		{"MapService/CompareMaps", object{"footprints": []string{"ENG"}}, "UNKNOWN_FOOTPRINT"},
		{"MapService/ListChanges", object{"footprints": []string{"ZZZZ"}}, "UNKNOWN_FOOTPRINT"},
		{"MapService/ListChangeDates", object{"footprints": []string{"ZZZZ"}}, "UNKNOWN_FOOTPRINT"},
		{"MapService/GetHistory", object{"function": "nothing"}, "UNKNOWN_FUNCTION"},
		{"TransferService/GetTransfer", object{"transferId": "01J00000000000000000000000"}, "UNKNOWN_TRANSFER"},
		{"DelegationService/GetDelegation", object{"delegationId": "01J00000000000000000000000"}, "UNKNOWN_DELEGATION"},
		{"OrganisationService/GetOrganisation", object{"code": "ZZZZ"}, "UNKNOWN_ORGANISATION"},
		{"FunctionService/GetFunction", object{"code": "nothing"}, "UNKNOWN_FUNCTION"},
		{"InstrumentService/GetInstrument", object{"code": "nothing"}, "UNKNOWN_INSTRUMENT"},
		{"AuditService/GetEvent", object{"position": "999999999"}, "UNKNOWN_EVENT"},
	} {
		info := s.refused(t, "", test.procedure, test.request, "not_found", test.reason)
		if info.message == "" || info.metadata["violation.1.remedy"] == "" {
			t.Errorf("%s says %v", test.procedure, info)
		}
	}
}

func testLists(t *testing.T, s *server) {
	count := func(procedure, member string, request object) int {
		request["pageSize"] = 1000
		return len(items(s.ok(t, "", procedure, request)[member]))
	}
	for _, test := range []struct {
		procedure, member string
		request           object
		want              int
	}{
		{"OrganisationService/ListOrganisations", "organisations", object{"tiers": []string{"TIER_ICB"}}, 36},
		{"OrganisationService/ListOrganisations", "organisations", object{"tiers": []string{"TIER_REGIONAL"}}, 7},
		{"OrganisationService/ListOrganisations", "organisations", object{"tiers": []string{"TIER_ICB"}, "asOf": object{"effectiveOn": "2026-03-31"}}, 42},
		{"OrganisationService/ListOrganisations", "organisations", object{"tiers": []string{"TIER_ICB"}, "includeClosed": true}, 48},
		{"OrganisationService/ListFootprints", "footprints", object{}, 106},
		{"FunctionService/ListFunctions", "functions", object{}, 66},
		{"InstrumentService/ListInstruments", "instruments", object{"mayCarry": "TRANSFER_KIND_POOLING"}, 2},
		{"TransferService/ListTransfers", "transfers", object{"states": []string{"TRANSFER_STATE_REPLACED"}, "functions": []string{"vaccination-screening"}}, 2},
	} {
		if got := count(test.procedure, test.member, test.request); got != test.want {
			t.Errorf("%s %v: %d, want %d", test.procedure, test.request, got, test.want)
		}
	}
	t.Run("every holding", func(t *testing.T) {
		all := walkPages(t, s, "MapService/GetMap", "holdings", object{"pageSize": 5000}, 5000)
		seen := map[string]bool{}
		for _, h := range all {
			holding := obj(h)
			key := fmt.Sprintln(holding["function"], holding["part"], holding["footprint"], holding["role"], holding["holder"])
			if seen[key] {
				t.Fatalf("%s is there twice", key)
			}
			seen[key] = true
		}
		if len(all) < 10_000 {
			t.Errorf("%d holdings", len(all))
		}
	})
}

func testReference(t *testing.T, s *server) {
	s.refused(t, "", "RecordService/LoadReference", object{}, "unauthenticated", "NOT_SIGNED_IN")
	s.refused(t, "x@X24;board,panel", "RecordService/LoadReference", object{}, "permission_denied", "NOT_AUTHORISED")
	got := s.ok(t, "x@X24;operator", "RecordService/LoadReference", object{"until": "2022-07-01"})
	if got["recorded"] != 0.0 || got["commands"] == 0.0 {
		t.Errorf("loading again: %v", got)
	}
}

func testReady(t *testing.T, s *server) {
	for _, path := range []string{"/healthz", "/readyz"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.do(t, req); got.status != http.StatusOK {
			t.Errorf("%s: %d %s", path, got.status, got.raw)
		}
	}
}
