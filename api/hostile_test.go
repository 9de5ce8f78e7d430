package api_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

// What no answer may have in it: it is about the program, the machine, or a caller's secrets.
var leaks = regexp.MustCompile(`(?i)goroutine \d|runtime error|panic|\.go:\d|github\.com/|/tmp/|/root|/home/|root:x:|nats:|jetstream|PRIVATE KEY`)

// hostile sends requests that are not well meant, and judges the answers.
type hostile struct {
	*server

	t          *testing.T
	random     *rand.Rand
	procedures []string
	bodies     [][]byte
	sent       int
	statuses   map[int]int
}

// TestHostileRequests sends ten thousand requests that are malformed or meant to do harm: those of the corpus in
// testdata/hostile, and mutations of good ones. Nothing crashes, no answer tells internals, the memory does not grow, and
// whoever asks properly in between is answered.
func TestHostileRequests(t *testing.T) {
	s := newRegister(t)
	h := &hostile{server: s, t: t, random: rand.New(rand.NewPCG(1, 2)), statuses: map[int]int{}}
	h.prepare()
	corpus, err := filepath.Glob("testdata/hostile/*")
	if err != nil || len(corpus) < 20 {
		t.Fatalf("%d files in the corpus, %v", len(corpus), err)
	}
	for _, path := range corpus {
		h.raw(path)
	}
	for h.sent < 2000 { // warm up
		h.mutated()
	}
	memory, routines := h.footprint()
	for h.sent < 10_000 {
		h.mutated()
		if h.sent%500 == 0 {
			h.valid()
		}
		if h.sent%250 == 0 {
			h.raw(corpus[h.random.IntN(len(corpus))])
		}
	}
	after, routinesAfter := h.footprint()
	t.Logf("%d requests: answers %v; heap %d KiB, then %d KiB; goroutines %d, then %d", h.sent, h.statuses, memory>>10, after>>10, routines, routinesAfter)
	if after > memory+(16<<20) || routinesAfter > routines+10 {
		t.Errorf("the heap grew from %d to %d bytes, the goroutines from %d to %d", memory, after, routines, routinesAfter)
	}
	for line := range strings.Lines(s.log.String()) {
		if strings.Contains(line, "panicked") || strings.Contains(line, "a request failed") {
			t.Errorf("the log says: %.1000s", line)
		}
	}
	if refused := h.sent - h.statuses[http.StatusOK]; refused < h.sent/2 {
		t.Errorf("only %d of %d requests were refused: they are too tame", refused, h.sent)
	}
}

// prepare finds every call, and good requests to spoil.
func (h *hostile) prepare() {
	protoregistry.GlobalFiles.RangeFiles(func(file protoreflect.FileDescriptor) bool {
		for i := range file.Services().Len() {
			service := file.Services().Get(i)
			for j := range service.Methods().Len() {
				method := service.Methods().Get(j)
				if file.Package() == "remit.v1" && method.Name() != "LoadReference" { // that takes seconds when it is understood
					h.procedures = append(h.procedures, "/"+string(service.FullName())+"/"+string(method.Name()))
				}
			}
		}
		return true
	})
	for _, body := range []string{
		`{"function":"eprr","footprint":"06H","asOf":{"effectiveOn":"2026-11-21"}}`,
		`{"pageSize":100,"pageToken":"","functions":["eprr"],"roles":["ROLE_ACCOUNTABLE"]}`,
		`{"commandId":"5d5bd5e0-6a57-4a0e-8ad2-6a1f5ae2f2b1","code":"X24","name":"Name","effectiveOn":"2026-11-21","reason":"because"}`,
		`{"commandId":"5d5bd5e0-6a57-4a0e-8ad2-6a1f5ae2f2b2","transferId":"01J00000000000000000000000","conditionId":"c1","evidence":[{"title":"x"}]}`,
		`{"from":{"effectiveOn":"2026-03-31","knownPosition":"4"},"to":{"effectiveOn":"2026-04-01"}}`,
		`{"asOf":{"knownAt":"2026-04-01T00:00:00Z"},"commands":[{"proposeTransfer":{"function":"eprr","footprints":["06H"]}}]}`,
		`{"commandId":"5d5bd5e0-6a57-4a0e-8ad2-6a1f5ae2f2b3","function":"eprr","kind":"TRANSFER_KIND_DELEGATION","sender":"S1Y5D","receiver":"Y61","roles":["ROLE_EXERCISING"],"terms":{"onwardPermitted":false}}`,
		`{"entity":"transfer/01J","afterPosition":"0","pageSize":100}`,
	} {
		h.bodies = append(h.bodies, []byte(body))
	}
}

func (h *hostile) pick(from []string) string { return from[h.random.IntN(len(from))] }

// spoiled returns a good body with something wrong in it.
func (h *hostile) spoiled() []byte {
	body := bytes.Clone(h.bodies[h.random.IntN(len(h.bodies))])
	for range 1 + h.random.IntN(4) {
		at := h.random.IntN(len(body) + 1)
		switch h.random.IntN(6) {
		case 0:
			body = body[:at]
		case 1:
			body = append(body[:at:at], append([]byte{byte(h.random.IntN(256))}, body[at:]...)...)
		case 2:
			body = append(body[:at:at], append(bytes.Repeat([]byte(h.pick([]string{"[", "{\"a\":", "9", "\\u0000", "\xff"})), h.random.IntN(200)), body[at:]...)...)
		case 3:
			if at < len(body) {
				body[at] ^= 1 << h.random.IntN(8)
			}
		case 4:
			body = append(body, h.bodies[h.random.IntN(len(h.bodies))]...)
		case 5:
			words := []string{"null", "true", "-1", "1e99", `"\ud800"`, `"'; DROP TABLE events; --"`, `{}`, `[]`, `"9999-99-99"`, `"../../etc/passwd"`, `"<script>"`}
			if colon := bytes.IndexByte(body[at:], ':'); colon >= 0 {
				body = append(body[:at+colon+1:at+colon+1], append([]byte(h.pick(words)), body[min(len(body), at+colon+2):]...)...)
			}
		}
		if len(body) == 0 {
			return body
		}
	}
	return body
}

// mutated sends one spoiled request.
func (h *hostile) mutated() {
	body, path := h.spoiled(), h.pick(h.procedures)
	method := h.pick([]string{http.MethodPost, http.MethodPost, http.MethodPost, http.MethodPost, http.MethodGet, http.MethodPut, "PROPFIND"})
	if method == http.MethodGet {
		path += "?connect=v1&encoding=" + h.pick([]string{"json", "proto", "x"}) + "&message=" + strings.ReplaceAll(url.QueryEscape(string(body)), "+", "%20")
	}
	kind := h.pick([]string{
		"application/json", "application/json", "application/json", "application/proto", "application/grpc", "application/grpc-web+json",
		"application/connect+json", "text/plain", "application/json; charset=utf-16", "\"", "",
	})
	if strings.Contains(kind, "grpc") || strings.Contains(kind, "connect+") {
		body = append([]byte{byte(h.random.IntN(4)), 0, 0, 0, byte(len(body))}, body...)
	}
	req, err := http.NewRequestWithContext(h.t.Context(), method, h.URL+path, bytes.NewReader(body))
	if err != nil {
		return // the client refuses to send it
	}
	req.Header.Set("Content-Type", kind)
	req.Header.Set("Remit-Actor", h.pick([]string{"a@X24", "a@X24;registrar", "po@S1Y5D", "@", "a@X24;;,", "\t", "a@" + strings.Repeat("Z", 200)}))
	if h.random.IntN(5) == 0 {
		req.Header.Set(h.pick([]string{"Content-Encoding", "Connect-Timeout-Ms", "Grpc-Timeout", "Connect-Protocol-Version", "If-None-Match", "Connect-Accept-Encoding"}),
			h.pick([]string{"gzip", "-1", "99999999999999", "br", "\"*\"", "0"}))
	}
	res, err := h.Client().Do(req)
	h.sent++
	if err != nil {
		h.t.Fatalf("request %d: %s %s is not answered: %v", h.sent, method, path, err)
	}
	defer res.Body.Close()
	said, err := io.ReadAll(res.Body)
	if err != nil {
		h.t.Errorf("request %d: the answer breaks off: %v", h.sent, err)
	}
	h.judge(fmt.Sprintf("%s %s %q", method, path, body), res, said)
}

// judge checks what a request was answered.
func (h *hostile) judge(request string, res *http.Response, said []byte) {
	h.statuses[res.StatusCode]++
	if res.StatusCode == http.StatusInternalServerError || bytes.Contains(said, []byte(`"INTERNAL"`)) {
		h.t.Errorf("%s: %s %s", request, res.Status, said)
	}
	if leak := leaks.Find(said); leak != nil {
		h.t.Errorf("%s tells %q: %s", request, leak, said)
	}
}

// raw sends the bytes of a file, and reads what comes back.
func (h *hostile) raw(path string) {
	request, err := os.ReadFile(path)
	if err != nil {
		h.t.Fatal(err)
	}
	conn, err := net.Dial("tcp", strings.TrimPrefix(h.URL, "http://"))
	if err != nil {
		h.t.Fatal(err)
	}
	defer conn.Close()
	h.sent++
	_, _ = conn.Write(request) // the server may end it before all is sent
	if half, ok := conn.(*net.TCPConn); ok {
		_ = half.CloseWrite()
	}
	if err := conn.SetReadDeadline(time.Now().Add(30 * time.Second)); err != nil {
		h.t.Fatal(err)
	}
	reader := bufio.NewReader(conn)
	for {
		res, err := http.ReadResponse(reader, nil)
		if err != nil {
			var wait net.Error
			if errors.As(err, &wait) && wait.Timeout() {
				h.t.Errorf("%s: the connection is left open", path)
			}
			return
		}
		said, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		h.judge(path, res, said)
		if err != nil {
			return
		}
	}
}

// valid asks and commands properly.
func (h *hostile) valid() {
	h.t.Helper()
	h.ok(h.t, "", "MapService/WhoHolds", object{"function": "eprr", "footprint": "06H"})
	h.ok(h.t, "registrar@X24", "OrganisationService/EstablishOrganisation", object{
		"commandId": uuid.NewString(), "code": fmt.Sprintf("ZZ%d", h.sent), "name": "Body of a test", "tier": "TIER_PROVIDER",
		"form": "FORM_TRUST", "legalPerson": true, "effectiveOn": "2020-01-01", "source": "test", "reason": "test",
	})
}

// footprint returns the size of the heap after a collection, and the number of goroutines once connections are closed.
func (h *hostile) footprint() (heap uint64, routines int) {
	h.Client().CloseIdleConnections()
	h.valid()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc, runtime.NumGoroutine()
}
