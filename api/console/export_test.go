package console_test

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	ics "github.com/arran4/golang-ical"
	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/remit-register/remit/api/console"
)

// file gets a file and demands its type.
func (s *site) file(t testing.TB, actor, path, kind string) []byte {
	t.Helper()
	p := s.get(t, actor, path)
	if got := p.header.Get("Content-Type"); p.status != http.StatusOK || !strings.HasPrefix(got, kind) {
		t.Fatalf("%s: %d %s %s", path, p.status, got, p.text())
	}
	return []byte(p.html)
}

func readCSV(t testing.TB, text []byte) [][]string {
	t.Helper()
	text, marked := bytes.CutPrefix(text, []byte("\ufeff"))
	if !marked {
		t.Error("want a byte order mark, so that Excel reads names right")
	}
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestExports(t *testing.T) {
	s := newRegister(t)
	const query = "?function=eprr&body=S1Y5D&on=2026-11-01"
	rows := readCSV(t, s.file(t, "", "/export/map.csv"+query, "text/csv"))
	if len(rows) < 2 || rows[0][0] != "Function" || rows[1][1] != "eprr" || rows[1][7] != "S1Y5D" {
		t.Fatalf("got %v", rows)
	}
	book, err := excelize.OpenReader(bytes.NewReader(s.file(t, "", "/export/map.xlsx"+query, "application/vnd.openxml")))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = book.Close() }()
	cover, err := book.GetRows("Cover")
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]string{}
	for _, row := range cover {
		said[row[0]] = row[1]
	}
	if said["Effective date"] != "2026-11-01" || said["Position (last event that counts)"] != "3116" || said["Address"] != "/export/map.xlsx"+query {
		t.Errorf("the cover says %v", said)
	}
	tables, err := book.GetTables("Data")
	if err != nil || len(tables) != 1 || tables[0].Name != "map" {
		t.Errorf("want one table called map, got %v %v", tables, err)
	}
	data, err := book.GetRows("Data")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(rows[0], data[0]); diff != "" || len(data) != len(rows) {
		t.Errorf("%d rows, not %d: %s", len(data), len(rows), diff)
	}
	if p := s.get(t, "", "/export/map.exe"); p.status != http.StatusNotFound {
		t.Errorf("a file that there is not: %d", p.status)
	}
	if p := s.get(t, "", "/export/map.csv?body=nobody-of-this-name"); p.status != http.StatusBadRequest {
		t.Errorf("a body that there is not: %d", p.status)
	}
}

// What LibreOffice reads in a workbook is what the CSV says.
func TestWorkbookInLibreOffice(t *testing.T) {
	office, err := exec.LookPath("soffice")
	if err != nil {
		t.Skip("soffice of LibreOffice is missing")
	}
	s := newRegister(t)
	const query = "?function=eprr&body=S1Y5D"
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "map.xlsx"), s.file(t, "", "/export/map.xlsx"+query, "application"), 0o600); err != nil {
		t.Fatal(err)
	}
	// The second sheet, as text as it is shown, with dates as the cells show them.
	run := exec.CommandContext(t.Context(), office, "--headless", "-env:UserInstallation=file://"+dir+"/profile",
		"--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,2", "--outdir", dir, filepath.Join(dir, "map.xlsx"))
	if out, err := run.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	text, err := os.ReadFile(filepath.Join(dir, "map-Data.csv"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := readCSV(t, s.file(t, "", "/export/map.csv"+query, "text/csv"))
	for _, rows := range [][][]string{got, want} {
		for _, row := range rows[1:] {
			row[12], row[13] = "", "" // dates are dates there, shown as people write them
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Text that somebody else wrote is never a formula.
func TestExportsAreHarmless(t *testing.T) {
	for _, text := range []string{"=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"} {
		if got := console.Harmless(text); got != "'"+text {
			t.Errorf("%q is written as %q", text, got)
		}
	}
	if got := console.Harmless("Sign the rota"); got != "Sign the rota" {
		t.Errorf("plain text is written as %q", got)
	}
}

func TestCalendar(t *testing.T) {
	s := newRegister(t, func(c *console.Config) { c.CalendarKey = []byte("a key of the tests") })
	propose(t, s)
	p := s.ok(t, "po@S1Y5D", "/transfers")
	at := strings.Index(p.html, "/calendar/")
	if at < 0 {
		t.Fatalf("want the calendar's address in %s", p.text())
	}
	address, _, _ := strings.Cut(p.html[at:], `"`)
	cal, err := ics.ParseCalendar(bytes.NewReader(s.file(t, "", address, "text/calendar")))
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, e := range cal.Events() {
		found = append(found, e.GetProperty(ics.ComponentPropertyDtStart).Value+" "+e.GetProperty(ics.ComponentPropertySummary).Value)
	}
	if all := strings.Join(found, "\n"); !strings.Contains(all, "20261121 Decide before this day – readiness of the sender") {
		t.Errorf("want the gateway in:\n%s", all)
	}
	for _, guess := range []string{"/calendar/S1Y5D-00.ics", strings.Replace(address, "S1Y5D", "QNQ", 1)} {
		if p := s.get(t, "po@S1Y5D", guess); p.status != http.StatusNotFound {
			t.Errorf("%s: %d", guess, p.status)
		}
	}
}
