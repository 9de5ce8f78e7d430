package signin_test

import (
	"errors"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/remit-register/remit/api/signin"
	"github.com/remit-register/remit/api/signintest"
)

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
	at, err := url.Parse(callback)
	if err != nil {
		t.Fatal(err)
	}
	s.browser.Jar.SetCookies(at, []*http.Cookie{{Name: "remit-sign-in", Value: at.Query().Get("state"), Path: "/"}})
	if got := get(t, s.browser, callback); !strings.Contains(got, "It was finished before") {
		t.Errorf("replayed with the cookie of the attempt: %q", got)
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

	s.SignInAs(signintest.Claims{"sub": "anna", "organisation": "QNQ", "roles": "board", "aud": []string{"payroll", "remit"}, "azp": "payroll"})
	if got := get(t, newBrowser(t), s.url+signin.SignInPath); !strings.Contains(got, "issued to another application") {
		t.Errorf("made for another application: %q", got)
	}
	s.SignInAs(signintest.Claims{"sub": "anna", "organisation": "QNQ", "roles": "board", "azp": "remit"})
	if got := get(t, newBrowser(t), s.url+signin.SignInPath); got != "anna@QNQ at /" {
		t.Errorf("made for this one: %q", got)
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
