package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func testPages(t *testing.T, s *server) {
	type list struct{ procedure, member string }
	for _, l := range []list{
		{"MapService/GetMap", "holdings"},
		{"TransferService/ListTransfers", "transfers"},
		{"DelegationService/ListDelegations", "delegations"},
		{"OrganisationService/ListOrganisations", "organisations"},
		{"OrganisationService/ListFootprints", "footprints"},
		{"FunctionService/ListFunctions", "functions"},
		{"InstrumentService/ListInstruments", "instruments"},
	} {
		t.Run(l.procedure, func(t *testing.T) {
			request := object{"pageSize": 1000}
			if l.member == "holdings" {
				request["functions"] = []string{"eprr", "send"}
			}
			whole := items(s.ok(t, "", l.procedure, request)[l.member])
			small := max(len(whole)/3, 1)
			request["pageSize"] = small
			if diff := cmp.Diff(whole, walkPages(t, s, l.procedure, l.member, request, small)); diff != "" {
				t.Error(diff)
			}
		})
	}
	t.Run("GetHistory", func(t *testing.T) {
		request := object{"function": "eprr", "footprint": "S1Y5D", "pageSize": 1000}
		whole := items(s.ok(t, "", "MapService/GetHistory", request)["entries"])
		request["pageSize"] = 4
		if diff := cmp.Diff(whole, walkPages(t, s, "MapService/GetHistory", "entries", request, 4)); diff != "" || len(whole) < 5 {
			t.Error(len(whole), diff)
		}
	})
	t.Run("CompareMaps", func(t *testing.T) {
		request := object{
			"from": object{"effectiveOn": "2026-03-31"}, "to": object{"effectiveOn": "2026-04-01"},
			"functions": []string{"eprr", "send"}, "pageSize": 1000,
		}
		whole := items(s.ok(t, "", "MapService/CompareMaps", request)["changes"])
		request["pageSize"] = 50
		if diff := cmp.Diff(whole, walkPages(t, s, "MapService/CompareMaps", "changes", request, 50)); diff != "" || len(whole) < 51 {
			t.Error(len(whole), diff)
		}
		if first := obj(whole[0]); len(items(first["causeEvents"])) == 0 || len(items(first["after"])) == 0 {
			t.Errorf("got %v", first)
		}
	})
	t.Run("every event can be shown", func(t *testing.T) {
		request := object{"pageSize": 1000}
		events := 0
		for {
			page := s.ok(t, "", "AuditService/ListEvents", request)
			events += len(items(page["events"]))
			if page["nextAfterPosition"] == "" {
				break
			}
			request["afterPosition"] = page["nextAfterPosition"]
		}
		if events != int(s.store.Position()) {
			t.Errorf("%d events, want %d", events, s.store.Position())
		}
	})
	t.Run("ListEvents", func(t *testing.T) {
		var numbers []string
		request := object{"type": "FunctionDefined", "pageSize": 20, "afterPosition": "0"}
		for {
			page := s.ok(t, "", "AuditService/ListEvents", request)
			for _, e := range items(page["events"]) {
				numbers = append(numbers, fmt.Sprint(obj(e)["position"]))
			}
			if page["nextAfterPosition"] == "" {
				break
			}
			request["afterPosition"] = page["nextAfterPosition"]
		}
		if len(numbers) != 66 {
			t.Errorf("%d functions defined, want 66", len(numbers))
		}
	})
}

// walkPages collects the pages of a list while the register goes on: what they show is pinned.
func walkPages(t *testing.T, s *server, procedure, member string, request object, size int) []any {
	t.Helper()
	var all []any
	var pinned any
	for {
		page := s.ok(t, "", procedure, request)
		entries := items(page[member])
		if len(entries) > size {
			t.Fatalf("a page of %d, want %d at most", len(entries), size)
		}
		at := page["asOf"]
		if at == nil {
			at = []any{page["from"], page["to"]}
		}
		if pinned == nil {
			s.ok(t, "po@S1Y5D", "TransferService/ProposeTransfer", with(proposal()))
			pinned = at
		}
		if diff := cmp.Diff(pinned, at); diff != "" {
			t.Fatalf("the point in time moves from page to page: %s", diff)
		}
		all = append(all, entries...)
		if page["nextPageToken"] == "" {
			return all
		}
		request["pageToken"] = page["nextPageToken"]
	}
}

func testBadTokens(t *testing.T, s *server) {
	token := fmt.Sprint(s.ok(t, "", "FunctionService/ListFunctions", object{"pageSize": 2})["nextPageToken"])
	s.ok(t, "", "FunctionService/ListFunctions", object{"pageSize": 3, "pageToken": token})
	for name, request := range map[string]object{
		"garbage":             {"pageToken": "garbage"},
		"not base64":          {"pageToken": "%%%"},
		"cut short":           {"pageToken": token[:len(token)-5]},
		"of another request":  {"pageToken": token, "class": "FUNCTION_CLASS_STRATEGY"},
		"empty JSON":          {"pageToken": "e30"},
		"of another register": {"pageToken": strings.Replace(token, token[20:30], "AAAAAAAAAA", 1)},
	} {
		t.Run(name, func(t *testing.T) {
			info := s.refused(t, "", "FunctionService/ListFunctions", request, "invalid_argument", "INVALID_ARGUMENT")
			if info.metadata["pageToken"] == nil {
				t.Errorf("got %v", info.metadata)
			}
		})
	}
	t.Run("of another list", func(t *testing.T) {
		s.refused(t, "", "InstrumentService/ListInstruments", object{"pageToken": token}, "invalid_argument", "INVALID_ARGUMENT")
	})
}

// get asks with GET, as Connect clients may.
func (s *server) get(t *testing.T, procedure string, request object, header ...string) answer {
	t.Helper()
	message, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	query := url.Values{"connect": {"v1"}, "encoding": {"json"}, "message": {string(message)}}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/remit.v1."+procedure+"?"+query.Encode(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	return s.do(t, req)
}

func testGet(t *testing.T, s *server) {
	request := object{"function": "eprr", "footprint": "06H"}
	posted := s.ok(t, "", "MapService/WhoHolds", request)
	got := s.get(t, "MapService/WhoHolds", request)
	if diff := cmp.Diff(posted, got.body); diff != "" {
		t.Error(diff)
	}
	tag := got.header.Get("ETag")
	if tag == "" {
		t.Fatalf("no ETag in %v", got.header)
	}
	for _, match := range []string{tag, `"other", ` + tag, "W/" + tag, "*"} {
		if again := s.get(t, "MapService/WhoHolds", request, "If-None-Match", match); again.status != http.StatusNotModified || len(again.raw) != 0 {
			t.Errorf("%s: got %d %s", match, again.status, again.raw)
		}
	}
	s.ok(t, "po@S1Y5D", "TransferService/ProposeTransfer", with(proposal()))
	if err := s.views.WaitFor(t.Context(), s.store.Position()); err != nil {
		t.Fatal(err)
	}
	if changed := s.get(t, "MapService/WhoHolds", request, "If-None-Match", tag); changed.status != http.StatusOK || changed.header.Get("ETag") == tag {
		t.Errorf("got %d with the tag %s", changed.status, changed.header.Get("ETag"))
	}
	t.Run("errors", func(t *testing.T) {
		if info := s.get(t, "MapService/WhoHolds", object{"nonsense": 1}).info(t); info.reason != "INVALID_ARGUMENT" {
			t.Errorf("got %v", info)
		}
	})
	t.Run("commands cannot be given", func(t *testing.T) {
		if got := s.get(t, "TransferService/ProposeTransfer", with(proposal()), "Remit-Actor", "po@S1Y5D"); got.status != http.StatusMethodNotAllowed {
			t.Errorf("got %d %s", got.status, got.raw)
		}
	})
}
