package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// Every page that needs nothing but the register, with both style sheets.
func TestPagesAreSound(t *testing.T) {
	s := newRegister(t)
	for _, path := range []string{
		"/", "/who", "/who?function=eprr&in=06H", "/who?function=eprr&in=06H&on=2025-01-01&known=3000", "/actor", "/accessibility",
		"/who?function=eprr&in=Norfolk+and+Suffolk+ICB", "/who?function=care-delivery&in=ENG",
		"/map", "/map?kind=all&region=Y60", "/map?view=function", "/map?view=place&place=QWO", "/map?view=place&place=ENG", "/map?on=2025-03-31",
		"/functions", "/functions?q=x&kind=grow", "/functions/eprr", "/functions/care-delivery", "/gaps", "/gaps?function=eprr&ahead=0",
		"/gaps?kind=no-receiver&severity=medium&ahead=24", "/gaps?body=QWO",
		"/organisations", "/organisations?q=frimley&closed=yes&tier=integrated-care-board", "/organisations/QWO", "/organisations/X24",
		"/organisations/D7T5G", "/organisations/QNQ", "/organisations/QNQ?on=2025-03-31",
		"/delegations", "/delegations?body=QWO&ended=yes", "/changes", "/changes?from=2026-03-31&to=2026-04-01&function=eprr", "/changes?body=QWO",
		"/reorganisation", "/envelope", "/shift", "/shift?role=doing-the-work", "/audit", "/audit?q=function/eprr", "/audit?q=QWO", "/audit/1204",
	} {
		t.Run(path, func(t *testing.T) {
			p := s.ok(t, "", path)
			if policy := p.header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") {
				t.Errorf("the policy is %q", policy)
			}
		})
	}
}

func TestActor(t *testing.T) {
	s := newSite(t)
	s.ok(t, "", "/").has(t, "Say who you are")
	p := s.post(t, "", "/actor", url.Values{"subject": {"a.jones"}, "organisation": {"qnq"}, "to": {"/who?function=eprr"}})
	if p.status != http.StatusSeeOther || p.header.Get("Location") != "/who?function=eprr" || p.header.Get("Set-Cookie") == "" {
		t.Errorf("want to be remembered and sent on, got %d %v", p.status, p.header)
	}
	s.ok(t, "a.jones@QNQ", "/").has(t, "a.jones, QNQ", "Act as somebody else")
	p = s.post(t, "", "/actor", url.Values{"to": {"//elsewhere.example"}})
	if p.status != http.StatusBadRequest || strings.Contains(p.html, "elsewhere.example") {
		t.Errorf("a form without a name, and with another site to go to: %d %s", p.status, p.text())
	}
	p.has(t, "There is a problem", "Enter your name in one word")
}

func TestNothingThere(t *testing.T) {
	s := newSite(t)
	if p := s.get(t, "", "/no-such-page"); p.status != http.StatusNotFound || !strings.Contains(p.text(), "Page not found") {
		t.Errorf("got %d %s", p.status, p.text())
	}
	p := s.get(t, "", "/who?on=2026-02-30")
	if p.status != http.StatusBadRequest {
		t.Errorf("a day that is none: %d", p.status)
	}
	p.has(t, "must be a real date")
}
