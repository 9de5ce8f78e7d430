package console_test

import (
	"strings"
	"testing"
)

// The bar leads to the date of change before and the one after, of what the page shows, and draws all of them.
func testStrip(t *testing.T, s *site) {
	p := s.ok(t, "", "/functions/eprr?on=2026-03-31")
	p.has(t, "In the past", "Next change: 1 April 2026", "Previous change: 1 July 2022")
	p.links(t, "/functions/eprr?on=2026-04-01", "/functions/eprr")
	if !strings.Contains(p.html, `aria-label="Something changes on `) || strings.Count(p.html, "app-strip__tick") < 2 {
		t.Errorf("no strip: %s", p.html)
	}
	// On the other side of that date, it is the one before; and the filters of the page stay.
	s.ok(t, "", "/map?kind=grow&on=2026-04-02").links(t, "/map?kind=grow&on=2026-04-01", "/map?kind=grow")
	// As known before anything was recorded about it, nothing changes.
	if p := s.ok(t, "", "/functions?known=1"); strings.Contains(p.html, "app-strip__tick") {
		t.Error("dates of change before anything was recorded")
	}
}
