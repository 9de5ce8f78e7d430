package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/remit-register/remit/api/signintest"
)

// taken asks for an address as a spreadsheet or a calendar does: without a cookie, and without following anything.
func taken(t *testing.T, address string) (status int, kind, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, res.Header.Get("Content-Type"), string(text)
}

// TestAddressesForSpreadsheetsAndCalendars asks for tables and calendars by their addresses alone. Where callers name
// themselves, tables are read by everybody; where people sign in, only calendars are, by an address that nobody can
// guess.
func TestAddressesForSpreadsheetsAndCalendars(t *testing.T) {
	plain := launch(t, "--data", t.TempDir(), "--empty")
	plain.mustGetReady(t)
	if status, kind, body := taken(t, plain.url+"/export/map.csv"); status != http.StatusOK || !strings.HasPrefix(kind, "text/csv") ||
		!strings.Contains(body, "Function code,") {
		t.Errorf("the map as CSV: %d %s %s", status, kind, body)
	}
	if status, kind, body := taken(t, plain.url+"/export/transfers.xlsx"); status != http.StatusOK || !strings.Contains(kind, "spreadsheetml") ||
		!strings.HasPrefix(body, "PK") {
		t.Errorf("the transfers as a workbook: %d %s", status, kind)
	}
	plain.stop(t)

	data, provider := t.TempDir(), signintest.New(t, "remit", time.Now)
	s := launch(t, "--data", data, "--empty", "--auth", "oidc", "--oidc-issuer", provider.URL, "--oidc-audience", "remit")
	s.mustGetReady(t)
	for _, path := range []string{"/export/map.csv", "/export/map.xlsx", "/export/transfers.csv"} {
		if status, kind, body := taken(t, s.url+path); status != http.StatusUnauthorized || strings.Contains(kind, "csv") ||
			strings.Contains(kind, "sheet") || strings.Contains(body, "Function code") {
			t.Errorf("%s to nobody: %d %s %s", path, status, kind, body)
		}
	}
	key, err := os.ReadFile(filepath.Join(data, "calendar.key"))
	if err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("calendar X24"))
	address := s.url + "/calendar/X24-" + hex.EncodeToString(mac.Sum(nil)) + ".ics"
	if status, kind, body := taken(t, address); status != http.StatusOK || !strings.HasPrefix(kind, "text/calendar") ||
		!strings.HasPrefix(body, "BEGIN:VCALENDAR\r\n") || !strings.HasSuffix(body, "END:VCALENDAR\r\n") {
		t.Errorf("a calendar: %d %s %q", status, kind, body)
	}
	if status, _, body := taken(t, strings.Replace(address, "X24-", "QWO-", 1)); status != http.StatusNotFound || strings.Contains(body, "VCALENDAR") {
		t.Errorf("a calendar by a guess: %d %s", status, body)
	}
	s.stop(t)
}
