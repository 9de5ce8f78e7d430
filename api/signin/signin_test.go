package signin_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/go-cmp/cmp"

	"github.com/remit-register/remit/api/signin"
	"github.com/remit-register/remit/api/signintest"
	"github.com/remit-register/remit/domain"
)

const audience = "remit"

// world is a provider and what trusts it, at a time that tests set.
type world struct {
	*signin.SignIn
	*signintest.Provider

	now time.Time
}

func newWorld(t *testing.T, options ...func(*signin.Config)) *world {
	t.Helper()
	w := &world{now: time.Date(2026, time.November, 22, 12, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return w.now }
	w.Provider = signintest.New(t, audience, clock)
	cfg := signin.Config{Issuer: w.URL, Audience: audience, Mapping: signin.DefaultMapping(), Clock: clock}
	for _, option := range options {
		option(&cfg)
	}
	var err error
	if w.SignIn, err = signin.New(cfg); err != nil {
		t.Fatal(err)
	}
	return w
}

func reasonOf(t *testing.T, err error) domain.Reason {
	t.Helper()
	var refusal *domain.Refusal
	if !errors.As(err, &refusal) {
		t.Fatalf("got %v, want a refusal", err)
	}
	return refusal.Violations[0].Reason
}

func TestBearerTokenNamesPersonBodyAndRoles(t *testing.T) {
	w := newWorld(t)
	token := w.Token(signintest.Person("anna", "QNQ", "board", "reader", "emperor"))
	got, err := w.Bearer(t.Context(), token, "")
	if err != nil {
		t.Fatal(err)
	}
	want := signin.Person{
		Subject: "anna",
		Place:   signin.Place{Organisation: "QNQ", Roles: []domain.ActorRole{domain.ActorBoard, domain.ActorReader}},
	}
	if diff := cmp.Diff(want, got, cmp.Transformer("Elsewhere", func(p []signin.Place) int { return len(p) })); diff != "" {
		t.Errorf("person: -want +got\n%s", diff)
	}
}

// Each of these tokens proves nothing, and the refusal says why.
func TestBearerTokensThatProveNothing(t *testing.T) {
	w := newWorld(t)
	anna := func(more signintest.Claims) signintest.Claims {
		claims := signintest.Person("anna", "QNQ", "board")
		maps.Copy(claims, more)
		return claims
	}
	whole := anna(signintest.Claims{"iss": w.URL, "aud": audience, "exp": w.now.Add(time.Hour).Unix()})
	stranger, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	good := w.Token(anna(nil))
	half := strings.Split(good, ".")
	for name, test := range map[string]struct{ token, why string }{
		"expired":               {w.Token(anna(signintest.Claims{"exp": w.now.Add(-time.Hour).Unix()})), "expired"},
		"without expiry":        {w.Token(anna(signintest.Claims{"exp": nil})), "expired"},
		"not valid yet":         {w.Token(anna(signintest.Claims{"nbf": w.now.Add(time.Hour).Unix()})), "not valid yet"},
		"issued in the future":  {w.Token(anna(signintest.Claims{"iat": w.now.Add(time.Hour).Unix()})), "not valid yet"},
		"of another audience":   {w.Token(anna(signintest.Claims{"aud": "payroll"})), "another application"},
		"without an audience":   {w.Token(anna(signintest.Claims{"aud": nil})), "another application"},
		"of another issuer":     {w.Token(anna(signintest.Claims{"iss": "https://elsewhere.example"})), "another sign-in service"},
		"without a subject":     {w.Token(anna(signintest.Claims{"sub": nil})), "does not name a person"},
		"with an empty subject": {w.Token(anna(signintest.Claims{"sub": " "})), "does not name a person"},
		"unsigned":              {signintest.Unsigned(t, whole), "signature"},
		"without its signature": {half[0] + "." + half[1] + ".", "signature"},
		"of a stranger's key":   {signintest.Sign(t, jose.ES256, stranger, "k-1", whole), "signature"},
		"of a shared secret":    {signintest.Sign(t, jose.HS256, []byte(strings.Repeat("k", 32)), "k-1", whole), "signature"},
		"altered":               {half[0] + "." + half[1][:len(half[1])-2] + "AA." + half[2], "signature"},
		"nonsense":              {"nonsense", "form"},
		"empty":                 {"", "form"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.Bearer(t.Context(), test.token, "")
			if err == nil {
				t.Fatal("it was accepted")
			}
			if reason := reasonOf(t, err); reason != domain.NotSignedIn || !strings.Contains(err.Error(), test.why) {
				t.Errorf("got %s: %v, want %q", reason, err, test.why)
			}
			if test.token != "" && strings.Contains(err.Error(), test.token) {
				t.Errorf("the refusal repeats the token: %v", err)
			}
		})
	}
	if _, err := w.Bearer(t.Context(), good, ""); err != nil {
		t.Errorf("a token that is right: %v", err)
	}
}

func TestClocksMayDifferByAMinute(t *testing.T) {
	w := newWorld(t)
	token := w.Token(signintest.Person("anna", "QNQ", "board"))
	for _, test := range []struct {
		ahead time.Duration
		want  bool
	}{
		{-59 * time.Second, true},
		{-61 * time.Second, false},
		{time.Hour + 59*time.Second, true},
		{time.Hour + 61*time.Second, false},
	} {
		issued := w.now
		w.now = issued.Add(test.ahead)
		if _, err := w.Bearer(t.Context(), token, ""); (err == nil) != test.want {
			t.Errorf("%s after it was issued: %v", test.ahead, err)
		}
		w.now = issued
	}
}

// A new key is learned from the first token that it signed; tokens of the old one are refused once it is gone.
func TestKeyRotation(t *testing.T) {
	w := newWorld(t)
	before := w.Token(signintest.Person("anna", "QNQ", "board"))
	if _, err := w.Bearer(t.Context(), before, ""); err != nil {
		t.Fatal(err)
	}
	w.Rotate()
	if _, err := w.Bearer(t.Context(), w.Token(signintest.Person("anna", "QNQ", "board")), ""); err != nil {
		t.Errorf("a token of the new key: %v", err)
	}
	if _, err := w.Bearer(t.Context(), before, ""); err == nil || reasonOf(t, err) != domain.NotSignedIn {
		t.Errorf("a token of the withdrawn key: %v", err)
	}
}

// While the sign-in service is away, nobody is let in who was not seen before, and the refusal says that it passes.
func TestSignInServiceAway(t *testing.T) {
	w := newWorld(t)
	token := w.Token(signintest.Person("anna", "QNQ", "board"))
	w.Break(true)
	if _, err := w.Bearer(t.Context(), token, ""); err == nil || reasonOf(t, err) != signin.Unavailable {
		t.Fatalf("before it was discovered: %v", err)
	}
	w.Break(false)
	w.now = w.now.Add(3 * time.Second)
	if _, err := w.Bearer(t.Context(), token, ""); err != nil {
		t.Fatalf("after it came back: %v", err)
	}
	w.Break(true)
	if _, err := w.Bearer(t.Context(), token, ""); err != nil {
		t.Errorf("with a key that is known: %v", err)
	}
	w.Rotate()
	if _, err := w.Bearer(t.Context(), w.Token(signintest.Person("anna", "QNQ", "board")), ""); err == nil ||
		reasonOf(t, err) != signin.Unavailable {
		t.Errorf("with a key that is unknown: %v", err)
	}
}

func TestMappingOfGroupsAndSeveralBodies(t *testing.T) {
	mapping, err := signin.ReadMapping(strings.NewReader(`
subject: oid
grants:
  - {group: remit-qnq-board, organisation: QNQ, roles: [board]}
  - {group: remit-qnq-board, organisation: QNQ, roles: [reader, board]}
  - {group: remit-y61, organisation: Y61, roles: [panel]}
`))
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, func(c *signin.Config) { c.Mapping = mapping })
	token := w.Token(signintest.Claims{"oid": "o-1", "groups": []string{"remit-qnq-board", "remit-y61", "gardeners"}})
	if _, err := w.Bearer(t.Context(), token, ""); err == nil || !strings.Contains(err.Error(), "QNQ, Y61") {
		t.Errorf("no body chosen: %v", err)
	}
	if _, err := w.Bearer(t.Context(), token, "X24"); err == nil || reasonOf(t, err) != domain.NotAuthorised {
		t.Errorf("another's body chosen: %v", err)
	}
	p, err := w.Bearer(t.Context(), token, "QNQ")
	if err != nil || p.Subject != "o-1" || len(p.Roles) != 2 || len(p.Elsewhere) != 1 || p.Elsewhere[0].Organisation != "Y61" {
		t.Errorf("got %+v, %v", p, err)
	}
	if _, err := w.Bearer(t.Context(), w.Token(signintest.Claims{"oid": "o-2"}), ""); err == nil || reasonOf(t, err) != domain.NotAuthorised {
		t.Errorf("somebody without any body: %v", err)
	}
}

func TestMappingsThatAreWrong(t *testing.T) {
	for name, text := range map[string]string{
		"field nobody knows": "organization: org",
		"role nobody knows":  "grants: [{group: g, organisation: QNQ, roles: [emperor]}]",
		"grant without body": "grants: [{group: g, roles: [board]}]",
		"no YAML":            "subject: [",
	} {
		if _, err := signin.ReadMapping(strings.NewReader(text)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if m, err := signin.ReadMapping(strings.NewReader("")); err != nil || m.Subject != "sub" {
		t.Errorf("an empty file: %+v, %v", m, err)
	}
}

func TestConfigThatCannotBeSafe(t *testing.T) {
	good := signin.Config{Issuer: "https://id.example", Audience: "a", Mapping: signin.DefaultMapping(), Clock: time.Now}
	for name, change := range map[string]func(*signin.Config){
		"plain http to another machine": func(c *signin.Config) { c.Issuer = "http://id.example" },
		"no audience":                   func(c *signin.Config) { c.Audience = "" },
		"no issuer":                     func(c *signin.Config) { c.Issuer = "" },
		"sessions over plain http":      func(c *signin.Config) { c.PublicURL = "http://remit.example" },
	} {
		cfg := good
		change(&cfg)
		if _, err := signin.New(cfg); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := signin.New(good); err != nil {
		t.Error(err)
	}
}

// site is a register's site, and a browser.
type site struct {
	*world

	url     string
	browser *http.Client
}

func newSite(t *testing.T) *site {
	t.Helper()
	var handler http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	s := &site{url: server.URL, browser: newBrowser(t)}
	s.world = newWorld(t, func(c *signin.Config) { c.PublicURL = server.URL })
	mux := http.NewServeMux()
	mux.Handle("/auth/", s.Handler(func(w http.ResponseWriter, _ *http.Request, err error) {
		http.Error(w, err.Error(), http.StatusForbidden)
	}))
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		p, ok := s.Session(r)
		if !ok {
			http.Error(w, "nobody at "+r.URL.RequestURI(), http.StatusUnauthorized)
			return
		}
		_, _ = w.Write([]byte(p.Subject + "@" + string(p.Organisation) + " at " + r.URL.RequestURI()))
	})
	handler = mux
	return s
}

func newBrowser(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar}
}

// get follows redirects as a browser does, and returns what is shown at the end.
func get(t *testing.T, browser *http.Client, address string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	return send(t, browser, request)
}

func post(t *testing.T, browser *http.Client, address string, form url.Values, origin string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if origin != "" {
		request.Header.Set("Origin", origin)
		request.Header.Set("Sec-Fetch-Site", "cross-site")
	}
	return send(t, browser, request)
}

func send(t *testing.T, browser *http.Client, request *http.Request) string {
	t.Helper()
	response, err := browser.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var body strings.Builder
	if err := response.Write(&body); err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(body.String(), "\r\n\r\n")
	return strings.TrimSpace(text)
}

func TestBrowserSession(t *testing.T) {
	s := newSite(t)
	s.SignInAs(signintest.Claims{"sub": "anna", "organisation": []string{"QNQ", "Y61"}, "roles": "board"})
	if got := get(t, s.browser, s.url+signin.SignInPath+"?to=/map?on=2026-04-01"); got != "anna@QNQ at /map?on=2026-04-01" {
		t.Fatalf("after signing in: %q", got)
	}
	if got := post(t, s.browser, s.url+signin.ActForPath, url.Values{"organisation": {"Y61"}, "to": {"/x"}}, ""); got != "anna@Y61 at /x" {
		t.Errorf("after choosing another body: %q", got)
	}
	if got := post(t, s.browser, s.url+signin.ActForPath, url.Values{"organisation": {"X24"}}, ""); !strings.Contains(got, "You do not act for X24") {
		t.Errorf("after choosing somebody else's: %q", got)
	}
	if got := post(t, s.browser, s.url+signin.SignOutPath, nil, "https://evil.example"); strings.Contains(got, "nobody") {
		t.Errorf("another site signed out: %q", got)
	}
	if got := get(t, s.browser, s.url+"/"); got != "anna@Y61 at /" {
		t.Errorf("after another site's form: %q", got)
	}
	if got := post(t, s.browser, s.url+signin.SignOutPath, nil, ""); got != "nobody at /" {
		t.Errorf("after signing out: %q", got)
	}
}

func TestSessionsEnd(t *testing.T) {
	s := newSite(t)
	s.SignInAs(signintest.Person("anna", "QNQ", "board"))
	get(t, s.browser, s.url+signin.SignInPath)
	began := s.now
	for s.now.Sub(began) < 10*time.Hour-29*time.Minute { // used all the time
		s.now = s.now.Add(29 * time.Minute)
		if got := get(t, s.browser, s.url+"/"); got != "anna@QNQ at /" {
			t.Fatalf("after %s: %q", s.now.Sub(began), got)
		}
	}
	s.now = began.Add(10 * time.Hour)
	if got := get(t, s.browser, s.url+"/"); got != "nobody at /" {
		t.Errorf("after ten hours: %q", got)
	}
	get(t, s.browser, s.url+signin.SignInPath)
	s.now = s.now.Add(30 * time.Minute)
	if got := get(t, s.browser, s.url+"/"); got != "nobody at /" {
		t.Errorf("after half an hour without use: %q", got)
	}
}

// callbackOf goes as far as the sign-in service's answer, which it returns instead of following it.
func (s *site) callbackOf(t *testing.T, browser *http.Client) string {
	t.Helper()
	var last string
	stop := errors.New("stop")
	browser.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if last = r.URL.String(); strings.HasPrefix(r.URL.Path, signin.CallbackPath) {
			return stop
		}
		return nil
	}
	defer func() { browser.CheckRedirect = nil }()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+signin.SignInPath, nil)
	if err != nil {
		t.Fatal(err)
	}
	if response, err := browser.Do(request); !errors.Is(err, stop) {
		t.Fatalf("got %v, %v", response, err)
	} else if err := response.Body.Close(); err != nil {
		t.Fatal(err)
	}
	return last
}

func TestAnswersOfTheSignInServiceThatAreNotTaken(t *testing.T) {
	s := newSite(t)
	s.SignInAs(signintest.Person("anna", "QNQ", "board"))

	callback := s.callbackOf(t, s.browser)
	if got := get(t, newBrowser(t), callback); !strings.Contains(got, "not begun in this browser") {
		t.Errorf("in another browser: %q", got)
	}
	if got := get(t, s.browser, callback); got != "anna@QNQ at /" {
		t.Fatalf("in the browser that began: %q", got)
	}
	if got := get(t, s.browser, callback); !strings.Contains(got, "You are not signed in") {
		t.Errorf("replayed: %q", got)
	}

	late := newBrowser(t)
	callback = s.callbackOf(t, late)
	s.now = s.now.Add(10 * time.Minute)
	if got := get(t, late, callback); !strings.Contains(got, "longer than ten minutes") {
		t.Errorf("late: %q", got)
	}

	swapped := newBrowser(t)
	own, err := url.Parse(s.callbackOf(t, swapped))
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := url.Parse(s.callbackOf(t, newBrowser(t)))
	if err != nil {
		t.Fatal(err)
	}
	q := own.Query()
	q.Set("code", theirs.Query().Get("code"))
	own.RawQuery = q.Encode()
	if got := get(t, swapped, own.String()); !strings.Contains(got, "did not confirm") {
		t.Errorf("with a code of another sign-in: %q", got)
	}
}

func TestRedirectsStayHere(t *testing.T) {
	for _, to := range []string{"https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "map", ""} {
		s := newSite(t)
		s.SignInAs(signintest.Person("anna", "QNQ", "board"))
		if got := get(t, s.browser, s.url+signin.SignInPath+"?to="+url.QueryEscape(to)); got != "anna@QNQ at /" {
			t.Errorf("%q led to %q", to, got)
		}
	}
}

func TestBearerEndsWithItsRequest(t *testing.T) {
	w := newWorld(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.Bearer(ctx, w.Token(signintest.Person("anna", "QNQ", "board")), ""); err == nil {
		t.Error("a request that ended was answered")
	}
}
