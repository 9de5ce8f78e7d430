package console_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/remit-register/remit/api/mapfile"
)

// bringIn uploads a file in the name of actor.
func (s *site) bringIn(t testing.TB, actor, kind, name string, content []byte) page {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for field, value := range map[string]string{"kind": kind, "source": "Functions map of the board, May 2026", "reason": "First load"} {
		if err := w.WriteField(field, value); err != nil {
			t.Fatal(err)
		}
	}
	file, err := w.CreateFormFile("file", name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/import", &b)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	p := s.do(t, as(req, actor))
	p.sound(t, "/import")
	return p
}

// confirm confirms what a page asks to be confirmed.
func (s *site) confirm(t testing.TB, actor string, p page) page {
	t.Helper()
	values := url.Values{}
	for _, field := range []string{"upload", "sha256"} {
		found := regexp.MustCompile(`name="` + field + `" value="([^"]+)"`).FindStringSubmatch(p.html)
		if found == nil {
			t.Fatalf("no %s in %d %s\n%s", field, p.status, p.text(), s.log)
		}
		values.Set(field, found[1])
	}
	return s.post(t, actor, "/import/confirm", values)
}

const ownMap = "Function code,Place code,What it does,Body code,From\r\n" +
	"eprr,06H,Accountable,S1Y5D,2026-04-01\r\n" + // as the register says
	"eprr,06H,Overview,S1Y5D,\r\n" + // new
	"eprr,06K,\"A, O\",NHS Central East Integrated Care Board,2026-11-01\r\n"

// A body's own map is recorded in one transaction, once, with the file's hash.
func TestBringInClaims(t *testing.T) {
	s := newRegister(t)
	before := s.store.Position()
	p := s.bringIn(t, "po@S1Y5D", "claims", "map.csv", []byte(ownMap))
	p.has(t, "Check what is recorded", mapfile.Hash([]byte(ownMap)), "The register says the same")
	if s.store.Position() != before {
		t.Fatal("something is recorded before it is confirmed")
	}
	if stolen := s.confirm(t, "po@QNQ", p); stolen.status != http.StatusGone {
		t.Errorf("somebody else confirms it: %d", stolen.status)
	}
	done, again := s.confirm(t, "po@S1Y5D", p), s.confirm(t, "po@S1Y5D", p)
	if done.status != http.StatusSeeOther || done.header.Get("Location") != again.header.Get("Location") {
		t.Fatalf("got %d %s, then %d %s %s", done.status, done.header.Get("Location"), again.status, again.header.Get("Location"), again.text())
	}
	s.ok(t, "po@S1Y5D", done.header.Get("Location")).has(t, "The function map is recorded", "map.csv")
	events := s.call(t, "", "AuditService/ListEvents", fmt.Sprintf(`{"afterPosition":"%d","pageSize":100}`, before))
	if strings.Count(events, `"type":"FunctionMapImported"`) != 1 || !strings.Contains(events, mapfile.Hash([]byte(ownMap))) {
		t.Errorf("want one import with its hash: %s", events)
	}
	if s.confirm(t, "po@S1Y5D", p).status != http.StatusSeeOther {
		t.Error("sent a third time it is not the same")
	}
	s.bringIn(t, "po@S1Y5D", "claims", "map.csv", []byte("Function code,Place code,What it does,Body code\neprr,06H,Accountable,S1Y5D\n")).
		has(t, "Nothing to change", "1 entries")
}

// Baselines wait for a second person, and are in force once somebody else agrees.
func TestBringInBaselines(t *testing.T) {
	s := newRegister(t)
	const content = "Function code;Place code;Overview\n"
	p := s.bringIn(t, "registrar@X24", "baselines", "map.csv", []byte(content))
	p.has(t, "No head of a column is a body")
	list := "Function code;Place code;What it does;Body code;From\neprr;06H;Overview;S1Y5D;2026-11-01\n"
	done := s.confirm(t, "registrar@X24", s.bringIn(t, "registrar@X24", "baselines", "map.csv", []byte(list)))
	receipt := s.ok(t, "registrar@X24", done.header.Get("Location"))
	receipt.has(t, "waits for a second person")
	id := regexp.MustCompile(`remit second ([0-9A-Z]+)`).FindStringSubmatch(receipt.html)
	holds := `{"function":"eprr","footprint":"06H","role":"ROLE_OVERVIEW","asOf":{"effectiveOn":"2026-11-20"}}`
	if got := s.call(t, "", "MapService/WhoHolds", holds); strings.Contains(got, "S1Y5D") {
		t.Errorf("it holds already: %s", got)
	}
	s.call(t, "second@X24", "RecordService/Second", `{"commandId":"NEW-ID","awaitingId":"`+id[1]+`"}`)
	if got := s.call(t, "", "MapService/WhoHolds", holds); !strings.Contains(got, "S1Y5D") {
		t.Errorf("it does not hold: %s", got)
	}
	s.bringIn(t, "registrar@X24", "baselines", "map.csv", []byte(list)).has(t, "Nothing to change")
}

// Whatever is wrong is told, and nothing is recorded.
func TestBringInWhatIsWrong(t *testing.T) {
	s := newRegister(t)
	before := s.store.Position()
	// What the register's rules refuse is told at the cells, too.
	p := s.bringIn(t, "registrar@X24", "baselines", "map.csv", []byte("Function code,Place code,What it does,Body code,From\n"+
		"eprr,06H,Overview,S1Y5D,2027-04-01\n"+"eprr,06H,Exercising,Y61,2026-11-01\n"))
	p.has(t, "2 problems in the file", "E2", "is after today", "D3", "The register says otherwise of exercising in 06H")
	s.bringIn(t, "po@S1Y5D", "claims", "map.csv", []byte("Function code,What it does,Body code\neprr,A,X24\n")).
		has(t, "C2", "S1Y5D cannot claim what X24 holds")
	s.bringIn(t, "po@S1Y5D", "baselines", "map.csv", []byte("Function code,Place code,What it does,Body code\neprr,01F,Overview,QYG\n")).
		has(t, "You have no right to")
	s.bringIn(t, "po@S1Y5D", "nothing", "map.csv", []byte(ownMap)).has(t, "Choose what the map becomes")
	s.bringIn(t, "po@S1Y5D", "claims", `<script>"x".csv`, []byte("Function,Place,S1Y5D\n<script>alert(1)</script>,06H,A\n")).
		has(t, "A2", "“<script>alert(1)</script>”")
	s.bringIn(t, "po@S1Y5D", "claims", "map.csv", make([]byte, 30<<20)).has(t, "larger than 10 MB")
	s.bringIn(t, "", "claims", "map.csv", []byte(ownMap)).has(t, "Say who you are first")
	if p := s.post(t, "po@S1Y5D", "/import/confirm", url.Values{"upload": {"x"}}); p.status != http.StatusGone {
		t.Errorf("what nobody uploaded is confirmed: %d", p.status)
	}
	if p := s.post(t, "po@S1Y5D", "/import", url.Values{"kind": {"claims"}}); p.status != http.StatusBadRequest {
		t.Errorf("a form without a file: %d", p.status)
	}
	if s.store.Position() != before {
		t.Error("something was recorded")
	}
}

// What the register gives to take away can be brought in again, and says nothing new.
func TestBringInWhatWasTakenAway(t *testing.T) {
	s := newRegister(t)
	before := s.store.Position()
	for _, name := range []string{"map.xlsx", "map.csv"} {
		content := s.file(t, "", "/export/"+name+"?body=S1Y5D", "")
		s.bringIn(t, "registrar@X24", "baselines", name, content).has(t, "Nothing to change")
	}
	// The whole map of England, too.
	for _, name := range []string{"map.xlsx", "map.csv"} {
		content := s.file(t, "", "/export/"+name, "")
		start := time.Now()
		s.bringIn(t, "registrar@X24", "baselines", name, content).has(t, "Nothing to change")
		t.Logf("%s of the whole map, %d KB, is checked in %v", name, len(content)>>10, time.Since(start).Round(time.Millisecond))
	}
	if s.store.Position() != before {
		t.Error("something was recorded")
	}
	s.ok(t, "", "/import").links(t, "/import/template/map.xlsx")
	if _, problems := mapfile.Read("map.xlsx", s.file(t, "", "/import/template/map.xlsx", "application/vnd"), mapfile.Known{}); len(problems) != 1 {
		t.Errorf("the template: %v", problems)
	}
}

// A file of 100 MB is refused in plain words, before all of it has come, and takes no more memory than one that is just
// too large.
func TestBringInFarTooMuch(t *testing.T) {
	const mega = 1 << 20
	s := newRegister(t)
	refuse := func(size int64) (allocated uint64, taken time.Duration) {
		body, send := io.Pipe()
		defer body.Close()
		w := multipart.NewWriter(send)
		go func() {
			file, err := w.CreateFormFile("file", "map.csv")
			if err == nil {
				_, err = io.CopyN(file, zeros{}, size)
			}
			send.CloseWithError(errors.Join(err, w.Close()))
		}()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/import", body)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", w.FormDataContentType())
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := time.Now()
		p := s.do(t, as(req, "po@S1Y5D"))
		taken = time.Since(start)
		runtime.ReadMemStats(&after)
		if p.status != http.StatusBadRequest || !strings.Contains(p.text(), "The file is larger than 10 MB: divide it into several files") {
			t.Fatalf("%d MB: %d %s", size/mega, p.status, p.text())
		}
		return after.TotalAlloc - before.TotalAlloc, taken
	}
	refuse(12 * mega) // so that what is made once is not counted
	little, _ := refuse(12 * mega)
	much, taken := refuse(100 * mega)
	t.Logf("100 MB are refused in %v; allocated %d MB, for 12 MB %d MB", taken.Round(time.Millisecond), much/mega, little/mega)
	if much > little+10*mega {
		t.Errorf("100 MB take %d MB of memory, 12 MB %d", much/mega, little/mega)
	}
	if taken > 20*time.Second {
		t.Errorf("it takes %v", taken)
	}
}

// zeros are without end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
