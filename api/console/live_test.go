package console_test

import (
	"bufio"
	"context"
	"html"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/remit-register/remit/api/console"
)

// listener is a browser's end of a stream of what changes on a page.
type listener struct {
	t     testing.TB
	lines *bufio.Scanner
	// id is that of the last event.
	id string
}

var liveAddress = regexp.MustCompile(`data-live="([^"]+)"`)

// listen opens the stream of a page, as the page says.
func (s *site) listen(t testing.TB, actor, path string) *listener {
	t.Helper()
	p := s.ok(t, actor, path)
	found := liveAddress.FindStringSubmatch(p.html)
	if found == nil {
		t.Fatalf("%s does not follow the record: %s", path, p.html)
	}
	return s.stream(t, actor, html.UnescapeString(found[1]), "")
}

func (s *site) stream(t testing.TB, actor, address, last string) *listener {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(stop)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+address, nil)
	if err != nil {
		t.Fatal(err)
	}
	if last != "" {
		req.Header.Set("Last-Event-ID", last)
	}
	res, err := s.Client().Do(as(req, actor))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = res.Body.Close() })
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("%s: %d %v", address, res.StatusCode, res.Header)
	}
	return &listener{t: t, lines: bufio.NewScanner(res.Body)}
}

// next returns the next event that is no sign of life, and what it says.
func (l *listener) next() (event, data string) {
	l.t.Helper()
	for l.lines.Scan() {
		name, value, _ := strings.Cut(l.lines.Text(), ": ")
		switch name {
		case "id":
			l.id = value
		case "event":
			event = value
		case "data":
			data = value
		case "":
			if event != "alive" {
				return event, data
			}
		}
	}
	l.t.Fatalf("the stream ended: %v", l.lines.Err())
	return "", ""
}

// Pages that show what may change are told when it does, go on where they were, and are told when the register stops.
func TestLive(t *testing.T) {
	s := newRegister(t)
	transfer := seeded(t, s)
	one := s.listen(t, "", transfer)
	board := s.listen(t, "", "/transfers")
	home := s.listen(t, "po@S1Y5D", "/")
	who := s.listen(t, "", "/who?function=eprr&in=06H")
	elsewhere := s.listen(t, "", "/functions/green-plan")
	(&reader{t: t, site: s, actor: "po@S1Y5D"}).open(transfer+"/do/milestone").
		send("Continue", "milestone.kind", "MILESTONE_KIND_SIGNATURE", "milestone.plannedOn", "1/12/2026").send("Record the milestone")
	for name, l := range map[string]*listener{"the transfer": one, "the board": board, "the first page": home} {
		if event, _ := l.next(); event != "changed" {
			t.Errorf("%s is told %s", name, event)
		}
	}
	s.call(t, "board@S1Y5D", "DelegationService/DelegateFunction", `{"commandId":"NEW-ID","function":"eprr","delegator":"S1Y5D","delegate":"Y61","footprints":["06H"],
		"effectiveOn":"2026-11-21","instrument":"nhsa2006-s65z5","terms":{"reserved":"a","limits":"b","liability":"c","notice":"d","reviewOn":"2027-11-21"}}`)
	s.call(t, "board@Y61", "DelegationService/AcceptDelegation", `{"commandId":"NEW-ID","delegationId":"`+lastDelegation(t, s)+`"}`)
	if event, _ := who.next(); event != "changed" {
		t.Errorf("who holds it is told %s", event)
	}
	// What was missed is told to whoever comes back.
	again := s.stream(t, "", "/live?follow=map&function=eprr&after=1", strings.Split(board.id, "@")[0]+"@2026-11-21")
	if event, _ := again.next(); event != "changed" {
		t.Errorf("whoever comes back is told %s", event)
	}
	s.stop()
	if event, data := elsewhere.next(); event != "end" || data != "stopping" {
		t.Errorf("the page about another function is told %s %s", event, data)
	}
}

func lastDelegation(t testing.TB, s *site) string {
	t.Helper()
	all := ulid.FindAllString(s.call(t, "", "DelegationService/ListDelegations", `{"functions":["eprr"]}`), -1)
	if len(all) == 0 {
		t.Fatal("there is no delegation")
	}
	return all[len(all)-1]
}

// Pages that stay as they are do not follow the record, and neither do those that cannot.
func TestNotLive(t *testing.T) {
	s := newRegister(t, func(c *console.Config) { c.Live = console.LiveLimits{Most: 3, Each: 1} })
	for _, path := range []string{"/map?known=3000", "/accessibility", "/transfers/propose", "/audit"} {
		if p := s.get(t, "po@QWO", path); strings.Contains(p.html, "data-live") {
			t.Errorf("%s follows the record", path)
		}
	}
	for _, address := range []string{"/live", "/live?follow=nothing", "/live?follow=map&after=x", "/live?follow=transfer&id=x&after=1", "/live?follow=map&after=99999999&today=2026-11-21"} {
		if p := s.get(t, "", address); p.status < http.StatusBadRequest || p.status >= http.StatusInternalServerError {
			t.Errorf("%s: %d", address, p.status)
		}
	}
	s.listen(t, "po@QWO", "/map")
	p := s.ok(t, "po@QWO", "/map")
	if refused := s.get(t, "po@QWO", html.UnescapeString(liveAddress.FindStringSubmatch(p.html)[1])); refused.status != http.StatusTooManyRequests {
		t.Errorf("a second page of the same person: %d", refused.status)
	}
	s.listen(t, "po@QYG", "/map")
}

// Who may not read the record event by event is told too.
func TestLiveWithoutTheRecord(t *testing.T) {
	s := newRegister(t, func(c *console.Config) {
		calls := c.API
		c.API = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/ListEvents") || strings.HasSuffix(r.URL.Path, "/WatchEvents") {
				w.Header().Set("Content-Type", r.Header.Get("Content-Type"))
				const refusal = `{"code":"permission_denied","message":"not for you"}`
				if strings.HasSuffix(r.URL.Path, "/WatchEvents") {
					body := `{"error":` + refusal + `}`
					_, _ = w.Write(append([]byte{2, 0, 0, 0, byte(len(body))}, body...))
					return
				}
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(http.StatusForbidden)
				_, _ = w.Write([]byte(refusal))
				return
			}
			calls.ServeHTTP(w, r)
		})
	})
	board := s.listen(t, "po@S1Y5D", "/transfers")
	propose(t, s)
	// A change of the map is told at once, what is not on it with the next sign of life.
	s.call(t, "first@X24", "RecordService/RecordOccurrence", `{"commandId":"NEW-ID","function":"green-plan","kind":"TRANSFER_KIND_DELIVERY","from":"S1Y5D","to":"RC9",
		"footprints":["06K"],"roles":["ROLE_DELIVERING"],"effectiveOn":"2026-11-21","source":"board paper"}`)
	(&reader{t: t, site: s, actor: "second@X24"}).open("/second").click("Record occurrence").send("Continue", "decline", "false").send("Record your word")
	if event, _ := board.next(); event != "changed" {
		t.Errorf("the board is told %s", event)
	}
}

// stalled is a browser that does not read.
type stalled struct {
	*httptest.ResponseRecorder

	cut chan struct{}
}

// Write waits for ever, or until the connection is cut.
func (s *stalled) Write([]byte) (int, error) {
	<-s.cut
	return 0, os.ErrDeadlineExceeded
}

// SetWriteDeadline cuts the connection.
func (s *stalled) SetWriteDeadline(time.Time) error {
	close(s.cut)
	return nil
}

// A browser that does not read is cut off, and costs nothing any more.
func TestLaggingReader(t *testing.T) {
	s := newRegister(t)
	config := s.config
	config.Live = console.LiveLimits{Each: 1, Stall: 10 * time.Millisecond}
	c, err := console.New(config)
	if err != nil {
		t.Fatal(err)
	}
	path := html.UnescapeString(liveAddress.FindStringSubmatch(s.ok(t, "", "/map").html)[1])
	for range 2 { // the second is let in because the first has ended
		w := &stalled{httptest.NewRecorder(), make(chan struct{})}
		c.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "text/event-stream" {
			t.Fatalf("%d %v", w.Code, w.Header())
		}
	}
}

// In a browser, a page follows the record by itself; it waits while somebody is in the middle of it, and never moves the
// focus.
func TestLiveInABrowser(t *testing.T) {
	s := newRegister(t)
	transfer := seeded(t, s)
	b := newBrowser(t, s, true).as("po@S1Y5D").open(transfer).reads("This page follows the record.", "Stop following")
	milestone := func(kind, on string) {
		s.call(t, "po@S1Y5D", "TransferService/RecordMilestone", `{"commandId":"NEW-ID","transferId":"`+ulid.FindString(transfer)+`",
			"milestone":{"kind":"MILESTONE_KIND_`+kind+`","plannedOn":"`+on+`"}}`)
	}
	milestone("SIGNATURE", "2026-12-01")
	b.sees("The record changed, and this page with it").reads("1 December 2026")
	b.do("put the focus into the page", chromedp.Focus("#maincontent a"))
	focused := run(b, "look where the focus is", chromedp.Evaluate[string]("document.activeElement.textContent"))
	milestone("STAFF", "2026-12-02")
	b.sees("Show what changed")
	if strings.Contains(b.text(), "2 December 2026") {
		t.Error("the page changed while somebody was in the middle of it")
	}
	if now := run(b, "look where the focus is", chromedp.Evaluate[string]("document.activeElement.textContent")); now != focused {
		t.Errorf("the focus moved from %q to %q", focused, now)
	}
	b.do("show it", chromedp.Click("#live button"))
	b.sees("2 December 2026").reads("Stop following")
	if now := run(b, "look where the focus is", chromedp.Evaluate[string]("document.activeElement.textContent")); now != "Stop following" {
		t.Errorf("the focus moved to %q", now)
	}
	b.do("stop it", chromedp.Click("#live button"))
	b.reads("This page does not follow the record.", "Follow it")
	// On the board.
	b.open("/transfers").reads("This page follows the record.")
	propose(t, s)
	b.sees("The record changed, and this page with it")
}

// sees waits until the page says something.
func (b *browser) sees(text string) *browser {
	b.t.Helper()
	b.do("wait for "+text, chromedp.Poll[chromedp.Void](`document.body.innerText.includes("`+text+`")`))
	return b
}
