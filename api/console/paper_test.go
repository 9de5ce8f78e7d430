package console_test

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// A committee's paper has a frozen data date: whatever is recorded afterwards, its address gives the same paper.
func TestCommitteePaper(t *testing.T) {
	s := newRegister(t)
	s.ok(t, "", "/paper").has(t, "Committee paper", "Make the paper")
	s.ok(t, "po@S1Y5D", "/paper").has(t, "Make the paper")
	// What is asked for without saying as of which event leads to where it is said.
	p := s.get(t, "", "/paper?body=S1Y5D&on-day=1&on-month=4&on-year=2026&since-day=31&since-month=3&since-year=2026")
	address := p.header.Get("Location")
	if p.status != http.StatusSeeOther || address != "/paper?body=S1Y5D&known=3116&on=2026-04-01&since=2026-03-31&since-known=3116" {
		t.Fatalf("%d %s", p.status, address)
	}
	before := s.ok(t, "", address)
	before.has(t, "NHS Central East Integrated Care Board", "Data date 1 April 2026, as the register knew it after event 3116", " GMT",
		"Decisions to take", "Gaps, open and opening", "Changes since the paper before", "In the past",
		"remit paper S1Y5D --on 2026-04-01 --known-position 3116 --since 2026-03-31 --since-known 3116 --write paper.md")
	before.has(t, "From 1 April 2026: NHS Central East Integrated Care Board (S1Y5D) since 1 April 2026",
		"of Emergency preparedness, resilience and response in Cambridgeshire and Peterborough", "£65,895,438", "ICB: 4 transfers")
	before.links(t, "/organisations/QUE?known=3116&on=2026-04-01", "/functions/eprr?known=3116&on=2026-04-01")
	before.links(t, "/paper/text?body=S1Y5D&known=3116&on=2026-04-01&since=2026-03-31&since-known=3116")
	digest := regexp.MustCompile(`v1:sha256:[0-9a-f]{64}`).FindString(before.text())
	file := s.get(t, "", strings.Replace(address, "/paper", "/paper/text", 1))
	sum := sha256.Sum256([]byte(file.html))
	if digest != "v1:sha256:"+hex.EncodeToString(sum[:]) || file.header.Get("Remit-Digest") != digest ||
		!strings.Contains(file.header.Get("Content-Disposition"), `filename="paper-S1Y5D-2026-04-01.md"`) {
		t.Errorf("the page says %q, the file has %x and %v", digest, sum, file.header)
	}
	propose(t, s) // of this body, after the event that the paper was made as of
	after := s.ok(t, "", address)
	if before.html != after.html {
		t.Errorf("another paper:\n%s", after.text())
	}
	if fresh := s.get(t, "", "/paper?body=S1Y5D"); fresh.status != http.StatusSeeOther {
		t.Errorf("a new paper: %d", fresh.status)
	} else if now := s.ok(t, "", fresh.header.Get("Location")); strings.Contains(now.html, digest) {
		t.Error("the paper of another date is the same")
	}
}

// Of a committee, too; and what is wrong is said.
func TestPaperOfACommittee(t *testing.T) {
	s := newRegister(t)
	answer := s.call(t, "board@S1Y5D", "ProgrammeService/FormCommittee", `{"commandId":"NEW-ID","name":"Transition committee","bodies":["S1Y5D"],
		"terms":{"executive":2,"nonExecutive":2,"quorum":3}}`)
	id := regexp.MustCompile(`"committeeId":\s*"([^"]*)"`).FindStringSubmatch(answer)[1]
	s.ok(t, "", "/paper").has(t, "No committee: the body below", "Transition committee")
	p := s.get(t, "", "/paper?committee="+id)
	s.ok(t, "", p.header.Get("Location")).has(t, "Committee paper Transition committee", "Today", "--known-position 3117")
	for _, path := range []string{
		"/paper?body=nobody-of-this-name", "/paper?body=S1Y5D&since=2027-01-01", "/paper?body=S1Y5D&days=many", "/paper?body=S1Y5D&until=soon",
		"/paper?body=S1Y5D&since=2026-03-31&since-known=%3Cscript%3E",
	} {
		p := s.get(t, "", path)
		p.sound(t, path)
		if p.status != http.StatusBadRequest || !strings.Contains(p.text(), "There is a problem") {
			t.Errorf("%s: %d %s", path, p.status, p.text())
		}
	}
	for path, want := range map[string]int{
		"/paper?committee=01J00000000000000000000000&known=3116": http.StatusNotFound,
		"/paper/text":                           http.StatusBadRequest,
		"/paper/text?body=S1Y5D&known=99999999": http.StatusBadRequest,
	} {
		p := s.get(t, "", path)
		if p.sound(t, path); p.status != want {
			t.Errorf("%s: %d %s", path, p.status, p.text())
		}
	}
}
