package console_test

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

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

// What LibreOffice reads in a workbook is what the register says: each cell of the table, dates as dates, and the cover.
func TestWorkbookInLibreOffice(t *testing.T) {
	office, err := exec.LookPath("soffice")
	if err != nil {
		t.Skip("LibreOffice is missing: install the package libreoffice-calc-nogui of Debian")
	}
	s := newRegister(t)
	s.publish(t)
	const query = "?function=eprr&body=S1Y5D&on=2026-11-01"
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "map.xlsx"), s.file(t, "", "/export/map.xlsx"+query, "application"), 0o600); err != nil {
		t.Fatal(err)
	}
	// Every sheet, as it is shown: one file each.
	run := exec.CommandContext(t.Context(), office, "--headless", "-env:UserInstallation=file://"+dir+"/profile",
		"--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true,false,false,-1", "--outdir", dir, filepath.Join(dir, "map.xlsx"))
	if out, err := run.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	read := func(sheet string) [][]string {
		text, err := os.ReadFile(filepath.Join(dir, "map-"+sheet+".csv"))
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	got := read("Data")
	for _, row := range got[1:] {
		for _, i := range []int{12, 13} {
			if day, err := time.Parse("2 Jan 2006", row[i]); err == nil {
				row[i] = day.Format("2006-01-02")
			}
		}
	}
	want := readCSV(t, s.file(t, "", "/export/map.csv"+query, "text/csv"))
	if diff := cmp.Diff(want, got); diff != "" || len(got) < 2 || got[1][12] != "2026-04-01" {
		t.Errorf("%v\n%s", got, diff)
	}
	cover := map[string]string{}
	for _, row := range read("Cover") {
		cover[row[0]] = row[1]
	}
	if cover["Effective date"] != "2026-11-01" || !strings.HasSuffix(cover["As known"], " GMT") || cover["Position (last event that counts)"] != "3116" ||
		cover["Checkpoint (size of the log)"] != "3116" || len(cover["Checkpoint (root hash)"]) != 64 {
		t.Errorf("the cover says %v", cover)
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

// A calendar program reads the calendar by its address alone, and finds the form of RFC 5545: lines that end in CRLF and
// are folded after 75 bytes, one identifier and one time stamp in UTC for each event.
func TestCalendarIsWellFormed(t *testing.T) {
	s := newRegister(t, func(c *console.Config) { c.CalendarKey = []byte("a key of the tests") })
	propose(t, s)
	propose(t, s)
	p := s.ok(t, "po@S1Y5D", "/transfers")
	address := regexp.MustCompile(`/calendar/[^"]+`).FindString(p.html)
	text := string(s.file(t, "", address, "text/calendar; charset=utf-8"))
	if strings.Count(text, "\n") != strings.Count(text, "\r\n") || !strings.HasSuffix(text, "\r\n") {
		t.Error("a line does not end in CRLF")
	}
	folded := 0
	for line := range strings.SplitSeq(text, "\r\n") {
		if len(line) > 75 || !utf8.ValidString(line) {
			t.Errorf("%d bytes: %q", len(line), line)
		}
		if strings.HasPrefix(line, " ") {
			folded++
		}
	}
	if folded == 0 {
		t.Error("no line is folded: nothing of it was tried")
	}
	whole := strings.ReplaceAll(text, "\r\n ", "")
	ids := map[string]bool{}
	for _, id := range regexp.MustCompile(`(?m)^UID:(\S+)\r$`).FindAllStringSubmatch(whole, -1) {
		ids[id[1]] = true
	}
	events := strings.Count(whole, "BEGIN:VEVENT")
	if stamps := regexp.MustCompile(`(?m)^DTSTAMP:\d{8}T\d{6}Z\r$`).FindAllString(whole, -1); events < 4 || len(ids) != events || len(stamps) != events {
		t.Errorf("%d events, %d identifiers, %d time stamps:\n%s", events, len(ids), len(stamps), whole)
	}
	for _, want := range []string{"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:", "METHOD:PUBLISH", "DTSTART;VALUE=DATE:20261121"} {
		if !strings.Contains(whole, "\r\n"+want) && !strings.HasPrefix(whole, want) {
			t.Errorf("want %s in:\n%s", want, whole)
		}
	}
	if again := string(s.file(t, "", address, "text/calendar")); again != text {
		t.Error("asked again, the calendar is another")
	}
}
