package console_test

import (
	"context"
	"errors"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/google/uuid"

	"github.com/remit-register/remit/api"
	"github.com/remit-register/remit/api/console"
	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore/archive"
	"github.com/remit-register/remit/eventstore/archive/archivetest"
	"github.com/remit-register/remit/eventstore/eventstoretest"
	"github.com/remit-register/remit/projections"
)

// site is a register with its console, as a browser sees it: over real HTTP on a real journal.
type site struct {
	*httptest.Server

	store *eventstoretest.Harness
	views *projections.Views
	log   *syncBuffer
	proof *published
	// stop tells the register that it is about to stop.
	stop func()
	// config is the console's.
	config console.Config
}

// syncBuffer collects what the server logs.
type syncBuffer struct {
	mu sync.Mutex
	b  strings.Builder
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// plainHeader asks for the pages as they are without the style sheet of the NHS.
const plainHeader = "Test-Plain"

// either shows the pages with the style sheet of the NHS if it is there, or without, as a request wants.
type either struct{ styled, plain http.Handler }

func (e either) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get(plainHeader) != "" {
		e.plain.ServeHTTP(w, r)
		return
	}
	e.styled.ServeHTTP(w, r)
}

// newSite starts an empty register with a console. Changes are made to the console's configuration.
func newSite(t testing.TB, change ...func(*console.Config)) *site {
	t.Helper()
	return newSiteOn(t, eventstoretest.New(t), change...)
}

// newSiteOn serves a store with a console.
func newSiteOn(t testing.TB, store *eventstoretest.Harness, change ...func(*console.Config)) *site {
	t.Helper()
	s := &site{store: store, log: &syncBuffer{}, proof: newPublished(t)}
	s.views = projections.New(s.store.Clock.Now)
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	var running sync.WaitGroup
	running.Go(func() { _ = s.views.Run(ctx, s.store.Store) })
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	logger := slog.New(slog.NewTextHandler(s.log, nil))
	stopping := make(chan struct{})
	s.stop = sync.OnceFunc(func() { close(stopping) })
	pages := func(calls http.Handler) (http.Handler, error) {
		config := console.Config{
			API: calls, Actors: console.Asserted{Header: api.ActorHeader}, Clock: s.store.Clock.Now, Location: london, Logger: logger,
		}
		for _, f := range change {
			f(&config)
		}
		s.config = config
		c, err := console.New(config)
		if err != nil {
			return nil, err
		}
		plain, err := console.New(config)
		if err != nil {
			return nil, err
		}
		return either{c.Handler(), plain.Plainly().Handler()}, nil
	}
	handler, err := api.New(api.Config{
		Store: s.store.Store, Views: s.views, Clock: s.store.Clock.Now, Location: london, Logger: logger, Pages: pages,
		LoadReference: func(ctx context.Context, until domain.Date) (api.Loaded, error) {
			return api.Loaded{}, load(ctx, s.store.Store, until)
		},
		Prover: archive.NewProver(s.proof, s.proof.keys), Stopping: stopping,
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Server = httptest.NewServer(handler)
	t.Cleanup(func() {
		s.stop()
		s.CloseClientConnections()
		s.Close()
		stop()
		running.Wait()
	})
	return s
}

// call calls a procedure such as "TransferService/ProposeTransfer" of the API with JSON, in the name of actor
// (SUBJECT@CODE), demands success, and returns the answer as it came. What it records is shown when it returns.
func (s *site) call(t testing.TB, actor, procedure, request string) string {
	t.Helper()
	request = strings.ReplaceAll(request, "NEW-ID", uuid.NewString())
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/remit.v1."+procedure, strings.NewReader(request))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if actor != "" {
		req.Header.Set(api.ActorHeader, actor)
	}
	p := s.do(t, req)
	if p.status != http.StatusOK {
		t.Fatalf("%s as %q: %d %s\n%s", procedure, actor, p.status, p.html, s.log)
	}
	s.caughtUp(t)
	return p.html
}

// page is what the site answered.
type page struct {
	status int
	header http.Header
	html   string
}

// get gets a page in the name of actor (SUBJECT@CODE, "" for nobody).
func (s *site) get(t testing.TB, actor, path string) page {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s.do(t, as(req, actor))
}

// post sends a form in the name of actor. Redirects are not followed: the answer's Location says where it leads.
func (s *site) post(t testing.TB, actor, path string, form url.Values) page {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return s.do(t, as(req, actor))
}

// as has a request made in the name of actor, as Asserted remembers it.
func as(req *http.Request, actor string) *http.Request {
	if actor != "" {
		req.AddCookie(&http.Cookie{Name: "remit-actor", Value: url.QueryEscape(actor)})
	}
	return req
}

func (s *site) do(t testing.TB, req *http.Request) page {
	t.Helper()
	client := *s.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return page{res.StatusCode, res.Header, string(text)}
}

// ok gets a page and demands that it is one, whole, and without a problem.
func (s *site) ok(t testing.TB, actor, path string) page {
	t.Helper()
	p := s.get(t, actor, path)
	if p.status != http.StatusOK {
		t.Fatalf("%s: %d %s\n%s", path, p.status, p.text(), s.log)
	}
	p.sound(t, path)
	return p
}

var (
	notText    = regexp.MustCompile(`(?s)<(script|style|head)\b.*?</(script|style|head)>|<[^>]*>`)
	space      = regexp.MustCompile(`\s+`)
	values     = regexp.MustCompile(`="[^"]*"`)
	inlineCode = regexp.MustCompile(`(?i)\s(style|on[a-z]+)=""|<style\b|<script(?:>|\s[^>]*>)[^<]`)
	codeLink   = regexp.MustCompile(`(?i)(href|src|action)="\s*(javascript|data):`)
	ids        = regexp.MustCompile(`\sid="([^"]*)"`)
	references = regexp.MustCompile(`\s(?:for|aria-labelledby|aria-describedby)="([^"]*)"|href="#([^"]+)"`)
)

// text returns what a reader reads.
func (p page) text() string {
	return strings.TrimSpace(space.ReplaceAllString(html.UnescapeString(notText.ReplaceAllString(p.html, " ")), " "))
}

// has demands that a reader reads something.
func (p page) has(t testing.TB, texts ...string) {
	t.Helper()
	read := p.text()
	for _, want := range texts {
		if !strings.Contains(read, want) {
			t.Errorf("want %q in: %s", want, read)
		}
	}
}

// links demands that the page leads to addresses.
func (p page) links(t testing.TB, addresses ...string) {
	t.Helper()
	for _, want := range addresses {
		if !strings.Contains(p.html, `href="`+html.EscapeString(want)+`"`) {
			t.Errorf("want a link to %s in: %s", want, p.html)
		}
	}
}

// sound demands what is so on every page: nothing in it that a browser would run or that the policy forbids, one main
// heading, ids that are there once, references that lead somewhere, and no remnant of a template or of a number's or a
// value's name. Reading a page's text is no matter of the race detector, under which it takes most of the tests' time.
func (p page) sound(t testing.TB, path string) {
	t.Helper()
	if eventstoretest.Race {
		return
	}
	if bad := inlineCode.FindString(values.ReplaceAllString(p.html, `=""`)) + codeLink.FindString(p.html); bad != "" {
		t.Errorf("%s: code or style in the page: %s", path, bad)
	}
	if n := strings.Count(p.html, "<h1"); n != 1 {
		t.Errorf("%s: %d main headings", path, n)
	}
	seen := map[string]bool{}
	for _, id := range ids.FindAllStringSubmatch(p.html, -1) {
		if seen[id[1]] {
			t.Errorf("%s: the id %q is there twice", path, id[1])
		}
		seen[id[1]] = true
	}
	for _, reference := range references.FindAllStringSubmatch(p.html, -1) {
		for id := range strings.FieldsSeq(reference[1] + " " + reference[2]) {
			if !seen[id] {
				t.Errorf("%s: there is no %q to refer to", path, id)
			}
		}
	}
	read := p.text()
	for _, remnant := range []string{"<no value>", "%!", "ZgotmplZ", "_UNSPECIFIED", "ROLE_", "KIND_", "TIER_", "0x"} {
		if strings.Contains(read, remnant) {
			t.Errorf("%s: %q in: %s", path, remnant, read)
		}
	}
}

// published is an archive that a test brings up to date when it wants.
type published struct {
	mu    sync.Mutex
	files archivetest.Files // guarded by mu
	keys  archive.TrustedKeys
}

const logName = "remit.test/log"

func newPublished(t testing.TB) *published {
	t.Helper()
	_, key := archivetest.Key(t, logName, "log")
	keys, err := archive.ParseTrustedKeys(key)
	if err != nil {
		t.Fatal(err)
	}
	return &published{files: archivetest.Files{}, keys: keys}
}

// ReadFile returns a file as it is now.
func (a *published) ReadFile(ctx context.Context, path string) ([]byte, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.files.ReadFile(ctx, path)
}

// publish brings the log up to date with the journal.
func (s *site) publish(t testing.TB) {
	t.Helper()
	var events [][]byte
	last, enough := s.store.Position(), errors.New("enough")
	err := s.store.FollowBytes(t.Context(), 0, func(_ domain.EventNo, more [][]byte) error {
		if events = append(events, more...); domain.EventNo(len(events)) == last {
			return enough
		}
		return nil
	})
	if !errors.Is(err, enough) {
		t.Fatal(err)
	}
	signer, _ := archivetest.Key(t, logName, "log")
	files := archivetest.Publish(t, events, logName, signer)
	s.proof.mu.Lock()
	defer s.proof.mu.Unlock()
	s.proof.files = files
}
