package console_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/remit-register/remit/api/console"
)

// An API that tells the dates of change has them in the bar: the one before, the one after, and all as a picture.
func TestStrip(t *testing.T) {
	var asked string
	s := newSite(t, func(c *console.Config) {
		calls := c.API
		c.API = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/remit.v1.MapService/ListChangeDates" {
				calls.ServeHTTP(w, r)
				return
			}
			body, _ := io.ReadAll(r.Body)
			asked = string(body)
			_, _ = io.WriteString(w, `{"previous":"2026-04-01","next":"2027-04-01","position":"0",
				"dates":[{"effectiveOn":"2022-07-01","changes":6000},{"effectiveOn":"2026-04-01","changes":3858},{"effectiveOn":"2027-04-01","changes":1}]}`)
		})
	})
	p := s.ok(t, "", "/map?kind=grow")
	p.has(t, "Previous change: 1 April 2026", "Next change: 1 April 2027")
	p.links(t, "/map?kind=grow&on=2026-04-01", "/map?kind=grow&on=2027-04-01")
	if !strings.Contains(p.html, `aria-label="Something changes on 3 dates from 1 July 2022 to 1 April 2027"`) || strings.Count(p.html, "app-strip__tick") != 3 {
		t.Errorf("no strip: %s", p.html)
	}
	if !strings.Contains(asked, `"effectiveOn":"2026-11-21"`) {
		t.Errorf("asked %s", asked)
	}
}
