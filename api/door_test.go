package api_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"connectrpc.com/connect"
	"github.com/go-jose/go-jose/v4"

	"github.com/remit-register/remit/api"
	"github.com/remit-register/remit/api/signin"
	"github.com/remit-register/remit/api/signintest"
	"github.com/remit-register/remit/domain"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
	"github.com/remit-register/remit/proto/remit/v1/remitv1connect"
)

// TestTokensThatProveNothing sends tokens that prove nothing, over the port: nothing is answered, and no token is kept.
func TestTokensThatProveNothing(t *testing.T) {
	g := newGuarded(t)
	now := g.store.Clock.Now()
	anna := func(more signintest.Claims) signintest.Claims {
		claims := signintest.Person("anna", icb, "reader")
		maps.Copy(claims, more)
		return claims
	}
	whole := anna(signintest.Claims{"iss": g.issuer(), "aud": "remit", "iat": now.Unix(), "exp": now.Add(time.Hour).Unix()})
	stranger, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	good := g.Token(anna(nil))
	half := strings.Split(good, ".")
	for name, token := range map[string]string{
		"expired":               g.Token(anna(signintest.Claims{"exp": now.Add(-time.Hour).Unix()})),
		"not valid yet":         g.Token(anna(signintest.Claims{"nbf": now.Add(time.Hour).Unix()})),
		"of another audience":   g.Token(anna(signintest.Claims{"aud": "payroll"})),
		"of another issuer":     g.Token(anna(signintest.Claims{"iss": "https://elsewhere.example"})),
		"alg none":              signintest.Unsigned(t, whole),
		"without its signature": half[0] + "." + half[1] + ".",
		"of a stranger's key":   signintest.Sign(t, jose.ES256, stranger, "k-1", whole),
		"of a shared secret":    signintest.Sign(t, jose.HS256, []byte(strings.Repeat("k", 32)), "k-1", whole),
		"nonsense":              "nonsense",
	} {
		t.Run(name, func(t *testing.T) {
			a := g.post(t, token, "FunctionService/ListFunctions", object{})
			if info := a.info(t); a.status != http.StatusUnauthorized || info.reason != "NOT_SIGNED_IN" {
				t.Errorf("%d %s", a.status, a.raw)
			}
			if a.header.Get("WWW-Authenticate") != "Bearer" || strings.Contains(string(a.raw), token) {
				t.Errorf("answer %v %s", a.header, a.raw)
			}
			noted, _ := g.refusals.last()
			if noted.Right != "ListFunctions" || noted.Reason != domain.NotSignedIn || noted.Subject != "" || strings.Contains(noted.Why, token) {
				t.Errorf("noted as %+v", noted)
			}
		})
	}
	if a := g.post(t, good, "FunctionService/ListFunctions", object{}); a.status != http.StatusOK {
		t.Errorf("a token that is right: %d %s", a.status, a.raw)
	}
	t.Run("what callers say of themselves", func(t *testing.T) {
		a := g.call(t, "po@"+icb, "FunctionService/ListFunctions", object{})
		if info := a.info(t); info.reason != "NOT_SIGNED_IN" {
			t.Errorf("%d %s", a.status, a.raw)
		}
	})
}

// TestBodyOfABearer has somebody who acts for two bodies choose one.
func TestBodyOfABearer(t *testing.T) {
	g := newGuarded(t)
	token := g.Token(signintest.Claims{"sub": "anna", "organisation": []string{icb, "X24"}, "roles": []string{"reader"}})
	for chosen, want := range map[string]int{
		"": http.StatusForbidden, icb: http.StatusOK, "X24": http.StatusOK, "QYG": http.StatusForbidden, "x y": http.StatusBadRequest,
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, g.address()+"/remit.v1.FunctionService/ListFunctions", strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer "+token)
		if chosen != "" {
			r.Header.Set(api.OrganisationHeader, chosen)
		}
		if a := g.do(t, r); a.status != want {
			t.Errorf("for %q: %d %s", chosen, a.status, a.raw)
		}
	}
}

// TestStreamsGoThroughTheDoor asks for a backup over gRPC without and with the right.
func TestStreamsGoThroughTheDoor(t *testing.T) {
	g := newGuarded(t)
	for token, want := range map[string]connect.Code{
		"":                               connect.CodeUnauthenticated,
		g.token("anna", icb, "auditor"):  connect.CodePermissionDenied,
		g.token("otto", icb, "operator"): connect.CodeUnimplemented, // behind the door: there is no archive
		signintest.Unsigned(t, signintest.Claims{}): connect.CodeUnauthenticated,
	} {
		client := remitv1connect.NewOperatorServiceClient(g.Client(), g.address())
		ctx, call := connect.NewClientContext(t.Context())
		if token != "" {
			call.RequestHeader().Set("Authorization", "Bearer "+token)
		}
		stream, err := client.Backup(ctx, &remitv1.BackupRequest{})
		if err == nil {
			for stream.Receive() {
				t.Error("a piece of the backup came")
			}
			err = stream.Err()
		}
		if connect.CodeOf(err) != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// TestPathsBesideTheCalls reads what is served beside the calls as nobody, and with a right.
func TestPathsBesideTheCalls(t *testing.T) {
	g := newGuarded(t)
	auditor, reader := g.token("a", icb, "auditor"), g.token("r", icb, "reader")
	for _, test := range []struct {
		path, token string
		want        int
	}{
		{"/healthz", "", http.StatusOK},
		{"/readyz", "", http.StatusOK},
		{"/log/checkpoint", "", http.StatusUnauthorized},
		{"/log/checkpoint", reader, http.StatusNotFound}, // there is no archive
		{"/metrics", reader, http.StatusForbidden},
		{"/access-log", "", http.StatusUnauthorized},
		{"/access-log", reader, http.StatusForbidden},
		{"/access-log", auditor, http.StatusNotFound}, // this one is kept in memory
		{"/remit.v1.MapService/Unheard", "", http.StatusUnauthorized},
		{"/remit.v1.MapService/Unheard", reader, http.StatusNotFound},
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, g.address()+test.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if test.token != "" {
			r.Header.Set("Authorization", "Bearer "+test.token)
		}
		if a := g.do(t, r); a.status != test.want {
			t.Errorf("%s: %d, want %d: %s", test.path, a.status, test.want, a.raw)
		}
	}
}

// browser follows redirects with cookies, as a person's does.
func browser(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar}
}

func get(t *testing.T, client *http.Client, address string) (int, *url.URL, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, res.Request.URL, string(body)
}

// TestBrowserSignsIn signs in over the port, replays the sign-in, and has a console ask in the person's name.
func TestBrowserSignsIn(t *testing.T) {
	front := httptest.NewUnstartedServer(nil)
	public := "http://" + front.Listener.Addr().String()
	var signIn *signin.SignIn
	g := newGuardedAt(t, public, &signIn)
	front.Config.Handler = g.Config.Handler
	front.Start()
	t.Cleanup(front.Close)
	g.SignInAs(signintest.Claims{"sub": "anna", "organisation": []string{icb, "X24"}, "roles": []string{"auditor"}})

	person := browser(t)
	person.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if r.URL.Path == signin.CallbackPath {
			return http.ErrUseLastResponse
		}
		return nil
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, public+signin.SignInPath+"?to=/healthz", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := person.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	callback := res.Header.Get("Location")
	if status, _, _ := get(t, browser(t), callback); status != http.StatusUnauthorized {
		t.Errorf("in another browser: %d", status)
	}
	person.CheckRedirect = nil
	if status, at, body := get(t, person, callback); status != http.StatusOK || at.Path != "/healthz" {
		t.Fatalf("signing in: %d at %s: %s", status, at, body)
	}
	noted := len(g.refusals.list)
	if status, _, body := get(t, person, callback); status != http.StatusUnauthorized || !strings.Contains(body, "not signed in") {
		t.Errorf("a state that is replayed: %d %s", status, body)
	}
	if last, n := g.refusals.last(); n != noted+1 || last.Right != "/auth/" || last.Reason != domain.NotSignedIn {
		t.Errorf("noted as %+v", last)
	}
	t.Run("the session counts beside the calls, and not in them", func(t *testing.T) {
		if status, _, body := get(t, person, public+"/metrics"); status != http.StatusNotFound { // none are served here
			t.Errorf("%d %s", status, body)
		}
		call := public + "/remit.v1.FunctionService/ListFunctions?connect=v1&encoding=json&message=%7B%7D"
		if status, _, body := get(t, person, call); status != http.StatusUnauthorized {
			t.Errorf("%d %s", status, body)
		}
	})
	t.Run("console", func(t *testing.T) { testSessionActors(t, g, signIn, person, public) })
}

// newGuardedAt starts a register whose people sign in in browsers at a public URL.
func newGuardedAt(t *testing.T, public string, kept **signin.SignIn) *guarded {
	t.Helper()
	g := &guarded{refusals: &refusals{}}
	g.server = newServer(t, func(c *api.Config) {
		g.Provider = signintest.New(t, "remit", c.Clock)
		signIn, err := signin.New(signin.Config{
			Issuer: g.issuer(), Audience: "remit", Mapping: signin.DefaultMapping(), Clock: c.Clock, PublicURL: public,
		})
		if err != nil {
			t.Fatal(err)
		}
		*kept, c.SignIn, c.Access = signIn, signIn, g.refusals
	})
	return g
}

func testSessionActors(t *testing.T, g *guarded, signIn *signin.SignIn, person *http.Client, public string) {
	actors := api.SessionActors{SignIn: signIn}
	ask := func(cookies []*http.Cookie) int {
		page := httptest.NewRequestWithContext(t.Context(), http.MethodGet, public+"/", nil)
		for _, cookie := range cookies {
			page.AddCookie(cookie)
		}
		subject, organisation, roles, others := actors.Of(page)
		if len(cookies) > 0 && (subject != "anna" || organisation != icb || len(roles) != 1 || len(others) != 1 || others[0] != "X24") {
			t.Errorf("somebody else: %s at %s, %v, %v", subject, organisation, roles, others)
		}
		call := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "http://localhost/remit.v1.AuditService/ListEvents", strings.NewReader("{}"))
		call.Header.Set("Content-Type", "application/json")
		answer := httptest.NewRecorder()
		g.Config.Handler.ServeHTTP(answer, actors.Name(call, subject, organisation, roles))
		return answer.Code
	}
	at, err := url.Parse(public)
	if err != nil {
		t.Fatal(err)
	}
	if code := ask(person.Jar.Cookies(at)); code != http.StatusOK {
		t.Errorf("in the person's name: %d", code)
	}
	if code := ask(nil); code != http.StatusUnauthorized {
		t.Errorf("in nobody's name: %d", code)
	}
}

// TestSignInUnavailable asks while the sign-in service is out of order: that passes, and nobody is refused for it.
func TestSignInUnavailable(t *testing.T) {
	g := newGuarded(t)
	g.Break(true)
	a := g.post(t, g.token("anna", icb, "reader"), "FunctionService/ListFunctions", object{})
	if info := a.info(t); info.reason != string(api.SignInUnavailable) || a.status != http.StatusServiceUnavailable {
		t.Errorf("%d %s", a.status, a.raw)
	}
	if _, n := g.refusals.last(); n != 0 || api.SignInUnavailable != signin.Unavailable {
		t.Errorf("%d attempts noted", n)
	}
}

// TestBrokenIdentifier sends nothing of what an identifier's own failure says.
func TestBrokenIdentifier(t *testing.T) {
	s := newServer(t, func(c *api.Config) { c.Identify = broken{} })
	info := s.refused(t, "po@X24", "FunctionService/ListFunctions", object{}, "internal", "INTERNAL")
	if strings.Contains(info.message, "secret") {
		t.Error(info.message)
	}
}

type broken struct{}

func (broken) Identify(*http.Request) (api.Caller, error) { return api.Caller{}, errors.New("secret") }
