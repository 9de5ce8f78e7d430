package api_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
)

// TestPlannedTransferThatLeavesNobodyAccountable proposes to give safeguarding to a body that is announced to end on
// the day, with nobody known to follow it: that is found before its date, and no more once the transfer is amended.
func TestPlannedTransferThatLeavesNobodyAccountable(t *testing.T) {
	s := newRegister(t)
	proposed := s.ok(t, "po@S1Y5D", "TransferService/ProposeTransfer", object{
		"commandId": uuid.NewString(), "function": "safeguarding", "kind": "TRANSFER_KIND_STATUTORY", "sender": "S1Y5D",
		"receiver": "QJ2", "footprints": []string{"06H"}, "roles": []string{"ROLE_ACCOUNTABLE", "ROLE_EXERCISING"},
		"instrument": "health-bill-2026", "effectiveOn": "2027-04-01", "rationale": "One team.",
	})
	id := fmt.Sprint(proposed["transferId"])
	seen := obj(proposed["receipt"])["position"]

	if found := unaccountable(t, s, "2027-03-31", seen); len(found) > 0 {
		t.Errorf("before the date of the transfer: %v", found)
	}
	found := unaccountable(t, s, "2027-04-30", seen)
	if len(found) != 1 {
		t.Fatalf("want one finding, got %v", found)
	}
	f := found[0]
	if f["planned"] != true || f["since"] != "2027-04-01" || fmt.Sprint(f["footprints"]) != "[06H]" || f["organisation"] != "S1Y5D" {
		t.Errorf("the finding: %v", f)
	}
	by := items(f["openedBy"])
	if len(by) != 1 || obj(by[0])["transferId"] != id || obj(by[0])["effectiveOn"] != "2027-04-01" {
		t.Errorf("which transfer opens it: %v", by)
	}
	const want = "Nobody would be accountable for Safeguarding in 06H: NHS Derby and Derbyshire Integrated Care Board (QJ2), " +
		"which is to have it, is announced to end on 2027-04-01, and nobody is known to follow it."
	if f["message"] != want {
		t.Errorf("message: got  %v\nwant %s", f["message"], want)
	}

	gaps := items(s.ok(t, "", "MapService/CheckCoherence", object{
		"until": "2027-04-30", "minPosition": seen, "functions": []string{"safeguarding"}, "organisations": []string{"S1Y5D"},
		"kinds": []string{"FINDING_KIND_GAP"},
	})["findings"])
	const gap = "Safeguarding would have a gap in 06H: NHS Derby and Derbyshire Integrated Care Board (QJ2), which is to have it, " +
		"is announced to end on 2027-04-01, and nobody is known to follow it; nobody would be exercising it."
	if len(gaps) != 1 || obj(gaps[0])["message"] != gap || obj(gaps[0])["severity"] != "SEVERITY_MEDIUM" ||
		!strings.HasPrefix(fmt.Sprint(obj(gaps[0])["remedy"]), "Amend the transfer: ") || obj(gaps[0])["planned"] != true {
		t.Errorf("the gap: got  %v\nwant %s", gaps, gap)
	}

	amended := s.ok(t, "po@S1Y5D", "TransferService/AmendTransfer", object{
		"commandId": uuid.NewString(), "transferId": id, "roles": []string{"ROLE_EXERCISING"},
	})
	if found := unaccountable(t, s, "2027-04-30", obj(amended["receipt"])["position"]); len(found) > 0 {
		t.Errorf("after the amendment: %v", found)
	}
	then := s.ok(t, "", "MapService/CheckCoherence", object{
		"asOf": object{"knownPosition": seen}, "until": "2027-04-30", "functions": []string{"safeguarding"},
		"kinds": []string{"FINDING_KIND_UNACCOUNTABLE"},
	})
	if len(items(then["findings"])) != 1 {
		t.Errorf("as known before the amendment: %v", then["findings"])
	}
}

// TestPlannedTransferThatLeavesNobody proposes to give all of safeguarding to such a body: the gap is of what would be, as
// grave as the announced end that opens it, and what is a gap by now keeps its words.
func TestPlannedTransferThatLeavesNobody(t *testing.T) {
	s := newRegister(t)
	proposed := s.ok(t, "po@S1Y5D", "TransferService/ProposeTransfer", object{
		"commandId": uuid.NewString(), "function": "safeguarding", "kind": "TRANSFER_KIND_STATUTORY", "sender": "S1Y5D",
		"receiver": "QJ2", "footprints": []string{"06H", "06K"},
		"roles":      []string{"ROLE_ACCOUNTABLE", "ROLE_EXERCISING", "ROLE_DELIVERING", "ROLE_FUNDING"},
		"instrument": "health-bill-2026", "effectiveOn": "2027-05-01", "rationale": "One team.",
	})
	answer := s.ok(t, "", "MapService/CheckCoherence", object{
		"until": "2027-05-01", "minPosition": obj(proposed["receipt"])["position"], "functions": []string{"safeguarding"},
		"kinds": []string{"FINDING_KIND_GAP"}, "organisations": []string{"S1Y5D", "QJ2"},
	})
	found := map[string]string{}
	for _, f := range items(answer["findings"]) {
		if obj(f)["severity"] != "SEVERITY_MEDIUM" {
			t.Errorf("severity of %v", f)
		}
		found[fmt.Sprint(obj(f)["organisation"])] = fmt.Sprint(obj(f)["message"])
	}
	const ends = "NHS Derby and Derbyshire Integrated Care Board (QJ2), which is "
	want := map[string]string{
		"S1Y5D": "Safeguarding would have a gap in 06H and 06K: " + ends + "to have it, is announced to end on 2027-04-01, and " +
			"nobody is known to follow it; nobody would hold anything of it.",
		"QJ2": "Safeguarding has a gap in 15M: nobody is known to follow " + ends + "announced to end on 2027-04-01.",
	}
	if !maps.Equal(found, want) {
		t.Errorf("got  %v\nwant %v", found, want)
	}
}

// unaccountable returns what is found of safeguarding without anybody accountable up to a date.
func unaccountable(t *testing.T, s *server, until string, position any) []object {
	t.Helper()
	answer := s.ok(t, "", "MapService/CheckCoherence", object{
		"until": until, "minPosition": position, "functions": []string{"safeguarding"},
	})
	var found []object
	for _, f := range items(answer["findings"]) {
		if obj(f)["kind"] == "FINDING_KIND_UNACCOUNTABLE" {
			found = append(found, obj(f))
		}
	}
	return found
}

// TestPlannedTransferThatClosesAFinding has a transfer of a function without a receiver close that finding from its date.
func TestPlannedTransferThatClosesAFinding(t *testing.T) {
	s := newRegister(t)
	find := func(until string, position any) object {
		answer := s.ok(t, "", "MapService/CheckCoherence", object{
			"until": until, "minPosition": position, "functions": []string{"gp-it"}, "organisations": []string{"QUA"},
			"kinds": []string{"FINDING_KIND_NO_RECEIVER"},
		})
		if len(items(answer["findings"])) == 0 {
			t.Fatalf("until %s: no finding", until)
		}
		return obj(items(answer["findings"])[0])
	}
	f := find("2027-01-01", "0")
	planned := s.ok(t, "po@X24", "TransferService/PlanTransfer", object{
		"commandId": uuid.NewString(), "function": "gp-it", "kind": "TRANSFER_KIND_STATUTORY", "sender": f["organisation"],
		"moves":       []object{{"receiver": "X24", "footprints": f["footprints"]}},
		"roles":       []string{"ROLE_ACCOUNTABLE", "ROLE_EXERCISING", "ROLE_DELIVERING", "ROLE_FUNDING"},
		"effectiveOn": "2027-01-01", "source": "Letter", "instrument": "health-bill-2026",
	})
	seen := obj(planned["receipt"])["position"]
	if got := find("2026-12-31", seen); got["closesOn"] != "" {
		t.Errorf("before the date of the plan: %v", got)
	}
	got := find("2027-01-01", seen)
	ids := make([]string, 0, 1)
	for _, by := range items(got["closedBy"]) {
		ids = append(ids, fmt.Sprint(obj(by)["transferId"]))
	}
	if got["closesOn"] != "2027-01-01" || !slices.Equal(ids, []string{fmt.Sprint(planned["transferId"])}) {
		t.Errorf("closed by the plan: %v", got)
	}
}
