package api_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
)

// formed forms a transition committee of a body that the reorganisation of April 2026 leaves as it is.
func (s *server) formed(t *testing.T) string {
	t.Helper()
	made := s.ok(t, "board@QYG", "ProgrammeService/FormCommittee", with(object{
		"name": "Transition committee", "bodies": []string{"QYG"}, "terms": object{"quorum": 3, "executive": 3},
	}))
	return stringOf(made["committeeId"])
}

// paper makes the paper of a committee for the paper's day.
func (s *server) paper(t *testing.T, committee string, asOf, more object) object {
	t.Helper()
	asOf["effectiveOn"] = paperDay
	request := object{"asOf": asOf, "committeeId": committee}
	maps.Copy(request, more)
	answer := s.ok(t, "", "ProgrammeService/GetCommitteePaper", request)
	sum := sha256.Sum256([]byte(stringOf(answer["text"])))
	if want := "v1:sha256:" + hex.EncodeToString(sum[:]); answer["digest"] != want {
		t.Errorf("the digest of the paper's text is %s, not %v", want, answer["digest"])
	}
	return answer
}

// samePaper demands a committee's paper again as known then, to the byte, and another one as known now, whose changes
// since then rest on the events by which the register explains the difference.
func samePaper(t *testing.T, s *server, committee string, paper, then, now object) {
	t.Helper()
	for name, asOf := range map[string]object{
		"by position": {"knownPosition": then["knownPosition"]}, "by instant": {"knownAt": then["knownAt"]},
	} {
		again := s.paper(t, committee, asOf, object{})
		if again["digest"] != paper["digest"] {
			t.Errorf("as known then, %s: %s", name, cmp.Diff(paper["text"], again["text"]))
		}
	}
	latest := s.paper(t, committee, object{}, object{"since": object{"effectiveOn": paperDay, "knownPosition": then["knownPosition"]}})
	if latest["digest"] == paper["digest"] || latest["mapDigest"] != now["digest"] || latest["mapDigest"] == paper["mapDigest"] {
		t.Errorf("as known now: %v, of the map %v; as known then: %v, of the map %v; the map now: %v",
			latest["digest"], latest["mapDigest"], paper["digest"], paper["mapDigest"], now["digest"])
	}
	listed := map[string]bool{}
	answer := s.ok(t, "", "MapService/ListChanges", object{
		"from": object{"effectiveOn": paperDay, "knownPosition": then["knownPosition"]}, "to": object{"effectiveOn": paperDay},
		"functions": []string{"green-plan"}, "pageSize": 1000,
	})
	for _, c := range items(answer["changes"]) {
		for _, cause := range items(obj(c)["causes"]) {
			listed[stringOf(obj(cause)["position"])] = true
		}
	}
	var lines []string
	told := 0
	for _, l := range paperLines(latest, "PAPER_SECTION_KIND_CHANGES") {
		text := stringOf(obj(l)["text"])
		if lines = append(lines, text); strings.HasPrefix(text, "transfer/") {
			continue
		}
		for _, event := range items(obj(l)["events"]) {
			if told++; !listed[stringOf(event)] {
				t.Errorf("%q rests on event %v, which the register does not list: %v", text, event, listed)
			}
		}
	}
	// What was recorded first, the wrong trust, no longer stands.
	all := strings.Join(lines, "\n")
	if told == 0 || !strings.Contains(all, "RGT since 2026-03-01, before QYG since 2022-07-01: delivering of green-plan") || strings.Contains(all, "RC9") {
		t.Errorf("changes:\n%s", all)
	}
}

func paperLines(paper object, kind string) []any {
	for _, section := range items(paper["sections"]) {
		if obj(section)["kind"] == kind {
			return items(obj(section)["lines"])
		}
	}
	return nil
}

// samePaperAfter demands a paper of views that were made anew from the journal.
func samePaperAfter(t *testing.T, views *projections.Views, at domain.AsOf, committee string, paper object) {
	t.Helper()
	const usual = 14
	again, err := views.Paper(projections.PaperQuery{AsOf: at, Committee: committee, Days: usual})
	if err != nil || again.Digest != paper["digest"] {
		t.Errorf("after a restart: %v, %s", err, cmp.Diff(paper["text"], again.Text))
	}
}

// testReadiness follows a transfer through its readiness, and what is due of it.
func testReadiness(t *testing.T, s *server) {
	id := stringOf(s.ok(t, "po@S1Y5D", "TransferService/ProposeTransfer", with(proposal()))["transferId"])
	rated := ratings()
	rated[0]["evidence"] = []object{{"title": "Rota", "expiresOn": "2026-12-01"}}
	s.ok(t, "assessor@S1Y5D", "TransferService/AssessReadiness", with(object{"transferId": id, "party": "PARTY_SENDER", "ratings": rated}))
	known := s.store.Position()
	s.ok(t, "board@S1Y5D", "TransferService/DecideGateway", with(object{
		"transferId": id, "gateway": "sender-readiness", "decision": "GATEWAY_DECISION_PASS_WITH_CONDITIONS", "decidedBy": "S1Y5D",
		"decidedOn": today, "opinions": []object{{"by": "internal-audit", "opinion": "OPINION_ASSURE"}},
		"conditions": []object{{"description": "Ask Amy.", "owner": "S1Y5D", "dueOn": "2026-11-30", "timing": "CONDITION_TIMING_BEFORE_EFFECT"}},
	}))
	ask := func(asOf object) object {
		answer := s.ok(t, "", "ProgrammeService/GetReadiness", object{"transferId": id, "asOf": asOf})
		if len(items(answer["transfers"])) != 1 {
			t.Fatalf("readiness %v", answer)
		}
		return obj(items(answer["transfers"])[0])
	}
	tasks := func(list any) string {
		var words []string
		for _, task := range items(list) {
			words = append(words, fmt.Sprint(obj(task)["kind"], " ", obj(task)["organisation"], " ", obj(task)["dueOn"], " ", obj(task)["overdue"]))
		}
		return strings.Join(words, "; ")
	}
	now := ask(object{})
	if obj(now["senderReadiness"])["freshness"] != "FRESHNESS_FRESH" || obj(now["receiverReadiness"])["freshness"] != "FRESHNESS_MISSING" ||
		len(items(obj(now["senderReadiness"])["ratings"])) != len(items(obj(now["receiverReadiness"])["ratings"])) {
		t.Errorf("parties %v and %v", now["senderReadiness"], now["receiverReadiness"])
	}
	if got := tasks(now["tasks"]); got != "TASK_KIND_ASSESS Y61 2026-11-21 false; TASK_KIND_EVIDENCE S1Y5D 2026-11-30 false" {
		t.Errorf("tasks %s", got)
	}
	late := ask(object{"effectiveOn": "2026-12-01"})
	if obj(late["senderReadiness"])["freshness"] != "FRESHNESS_EXPIRED" || obj(items(late["conditions"])[0])["overdue"] != true {
		t.Errorf("later %v", late)
	}
	before := ask(object{"knownPosition": fmt.Sprint(known)})
	if len(items(before["conditions"])) != 0 || obj(items(before["gateways"])[0])["passed"] != false {
		t.Errorf("as known before %v", before)
	}
	due := s.ok(t, "", "ProgrammeService/ListDue", object{"organisations": []string{"S1Y5D"}, "functions": []string{"eprr"}, "days": 9})
	if got := tasks(due["tasks"]); !strings.Contains(got, "TASK_KIND_EVIDENCE S1Y5D 2026-11-30") {
		t.Errorf("due %s", got)
	}
	due = s.ok(t, "", "ProgrammeService/ListDue", object{"organisations": []string{"S1Y5D"}, "functions": []string{"eprr"}, "days": 8})
	if got := tasks(due["tasks"]); strings.Contains(got, "TASK_KIND_EVIDENCE") {
		t.Errorf("due in eight days %s", got)
	}
	all := walkPages(t, s, "ProgrammeService/ListDue", "tasks", object{"pageSize": 1, "days": 3000}, 1)
	if len(all) < 3 || !slices.IsSortedFunc(all, func(a, b any) int { return strings.Compare(stringOf(obj(a)["dueOn"]), stringOf(obj(b)["dueOn"])) }) {
		t.Errorf("page by page %s", tasks(all))
	}
	s.refused(t, "", "ProgrammeService/GetReadiness", object{"transferId": "01J"}, "not_found", "UNKNOWN_TRANSFER")
	paper := s.ok(t, "", "ProgrammeService/GetCommitteePaper", object{"organisations": []string{"S1Y5D"}})
	if text := stringOf(paper["text"]); strings.Contains(text, "Amy") || !strings.Contains(text, "condition c1") {
		t.Errorf("a text that could name a person is in the paper, or the condition is not:\n%s", text)
	}
	s.refused(t, "", "ProgrammeService/GetCommitteePaper", object{}, "invalid_argument", "INVALID_ARGUMENT")
	s.refused(t, "", "ProgrammeService/GetCommitteePaper", object{"committeeId": "01J"}, "not_found", "UNKNOWN_COMMITTEE")
	s.refused(t, "", "ProgrammeService/GetCommitteePaper", object{
		"organisations": []string{"S1Y5D"}, "since": object{"effectiveOn": "2027-01-01"},
	}, "invalid_argument", "INVALID_ARGUMENT")
}
