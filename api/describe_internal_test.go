package api

import (
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strconv"
	"testing"
	"time"

	"connectrpc.com/connect"

	"github.com/remit-register/remit/domain"
)

// TestErrorsDocument holds ERRORS.md and the table of errors together: a row for each reason, with its code and what the
// Connect protocol makes of that over HTTP.
func TestErrorsDocument(t *testing.T) {
	document, err := os.ReadFile("ERRORS.md")
	if err != nil {
		t.Fatal(err)
	}
	table := codes()
	for _, row := range regexp.MustCompile("(?m)^\\| `([A-Z_]+)` \\| `([a-z_]+)` \\| (\\d+) \\| .{10,} \\|$").FindAllStringSubmatch(string(document), -1) {
		code, ok := table[domain.Reason(row[1])]
		if !ok {
			t.Errorf("%s is not in the table, or is documented twice", row[1])
			continue
		}
		delete(table, domain.Reason(row[1]))
		answer := httptest.NewRecorder()
		asked := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/remit.v1.MapService/GetMap", nil)
		asked.Header.Set("Content-Type", "application/json")
		if err := connect.NewErrorWriter().Write(answer, asked, connect.NewError(code, nil)); err != nil {
			t.Fatal(err)
		}
		if row[2] != code.String() || row[3] != strconv.Itoa(answer.Code) {
			t.Errorf("%s is documented as %s, %s; it is %s, %d", row[1], row[2], row[3], code, answer.Code)
		}
	}
	for reason := range table {
		t.Errorf("%s is not documented", reason)
	}
}

// TestLimiter lets a caller ask twice the rate at once, and the rate from then on, whatever others do.
func TestLimiter(t *testing.T) {
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	l := newLimiter(10, func() time.Time { return now })
	ask := func(caller string, times int) (allowed int) {
		for range times {
			if l.allow(caller) {
				allowed++
			}
		}
		return allowed
	}
	if got := ask("a", 50); got != 20 {
		t.Errorf("%d of 50 at once", got)
	}
	if got := ask("b", 5); got != 5 {
		t.Errorf("%d of 5 of somebody else", got)
	}
	now = now.Add(500 * time.Millisecond)
	if got := ask("a", 50); got != 5 {
		t.Errorf("%d after half a second", got)
	}
	now = now.Add(time.Hour)
	if got := ask("a", 50); got != 20 {
		t.Errorf("%d after an hour", got)
	}
	for i := range maxCallers + 10 {
		l.allow(strconv.Itoa(i))
	}
	if len(l.callers) > maxCallers {
		t.Errorf("%d callers are remembered", len(l.callers))
	}
	if !newLimiter(0, nil).allow("anybody") {
		t.Error("no limit limits")
	}
}
