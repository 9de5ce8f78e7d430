package signin_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"maps"
	"runtime"
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

func TestBearerEndsWithItsRequest(t *testing.T) {
	w := newWorld(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.Bearer(ctx, w.Token(signintest.Person("anna", "QNQ", "board")), ""); err == nil {
		t.Error("a request that ended was answered")
	}
}

// Anybody can send tokens of keys that nobody knows: the sign-in service is not asked about each, and a real new key is
// learned all the same, some seconds later.
func TestForgedTokensDoNotFloodTheSignInService(t *testing.T) {
	w := newWorld(t)
	stranger, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	forged := signintest.Sign(t, jose.ES256, stranger, "k-1", signintest.Claims{"iss": w.URL, "aud": audience, "sub": "x", "exp": w.now.Add(time.Hour).Unix()})
	for range 100 {
		if _, err := w.Bearer(t.Context(), forged, ""); err == nil || reasonOf(t, err) != domain.NotSignedIn {
			t.Fatalf("a forged token: %v", err)
		}
	}
	if asked := w.KeysAsked(); asked > 10 {
		t.Errorf("the keys were fetched %d times for 100 forged tokens", asked)
	}
	if _, err := w.Bearer(t.Context(), w.Token(signintest.Person("anna", "QNQ", "board")), ""); err != nil {
		t.Errorf("a known key meanwhile: %v", err)
	}
	w.Rotate()
	w.now = w.now.Add(6 * time.Second)
	fresh := w.Token(signintest.Person("anna", "QNQ", "board"))
	_, err = w.Bearer(t.Context(), fresh, "")
	// The clock jumps here: the last fetch for a forged token may not be quite over, and its answer is then given again.
	for began := time.Now(); err != nil && time.Since(began) < 10*time.Second; {
		runtime.Gosched()
		_, err = w.Bearer(t.Context(), fresh, "")
	}
	if err != nil {
		t.Errorf("a new key some seconds later: %v", err)
	}
}
