// Package signintest is a real OpenID Connect provider in process, for tests of whatever is behind sign-in.
package signintest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// Claims are what a token says.
type Claims map[string]any

// Provider is a sign-in service. It knows one application, and signs in as whoever Person names without asking.
type Provider struct {
	// URL is the issuer.
	URL string
	// Audience is the application.
	Audience string

	t      testing.TB
	server *httptest.Server
	clock  func() time.Time

	mu     sync.Mutex
	keys   []key             // guarded by mu: the last one signs
	person Claims            // guarded by mu
	codes  map[string]issued // guarded by mu
	broken bool              // guarded by mu
	asked  int               // guarded by mu: times that the keys were fetched
}

type key struct {
	id      string
	private *ecdsa.PrivateKey
}

// issued is a code that was given out.
type issued struct {
	challenge, nonce, redirect string
	person                     Claims
}

// New starts a provider; it ends with the test.
func New(t testing.TB, audience string, clock func() time.Time) *Provider {
	t.Helper()
	p := &Provider{t: t, Audience: audience, clock: clock, codes: map[string]issued{}}
	p.Rotate()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", p.configuration)
	mux.HandleFunc("GET /keys", p.serveKeys)
	mux.HandleFunc("GET /authorise", p.authorise)
	mux.HandleFunc("POST /token", p.token)
	p.server = httptest.NewServer(p.gate(mux))
	t.Cleanup(p.server.Close)
	p.URL = p.server.URL
	return p
}

// Rotate makes a new key, which signs from now on. Those before it are published no more.
func (p *Provider) Rotate() {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		p.t.Fatalf("make a key: %v", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.keys = []key{{fmt.Sprintf("k-%s", rand.Text()[:6]), private}}
}

// Break makes the provider answer nothing but errors, or mends it.
func (p *Provider) Break(broken bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.broken = broken
}

// KeysAsked returns how often the keys were fetched.
func (p *Provider) KeysAsked() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked
}

// SignInAs says who signs in next in a browser.
func (p *Provider) SignInAs(person Claims) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.person = person
}

// Token returns a token that is right in every way but for what claims change: a claim of nil is left out.
func (p *Provider) Token(claims Claims) string {
	p.mu.Lock()
	signing := p.keys[len(p.keys)-1]
	p.mu.Unlock()
	now := p.clock()
	all := Claims{"iss": p.URL, "aud": p.Audience, "sub": "somebody", "iat": now.Unix(), "exp": now.Add(time.Hour).Unix()}
	maps.Copy(all, claims)
	maps.DeleteFunc(all, func(_ string, value any) bool { return value == nil })
	return Sign(p.t, jose.ES256, signing.private, signing.id, all)
}

// Person returns the claims of somebody at one body.
func Person(subject, organisation string, roles ...string) Claims {
	return Claims{"sub": subject, "organisation": organisation, "roles": roles}
}

// Sign returns a token with these claims, signed with any key: also as no provider would.
func Sign(t testing.TB, algorithm jose.SignatureAlgorithm, with any, id string, claims Claims) string {
	t.Helper()
	payload, err := json.Marshal(claims)
	if err != nil {
		t.Fatalf("marshal claims: %v", err)
	}
	options := (&jose.SignerOptions{}).WithHeader("kid", id)
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: with}, options)
	if err != nil {
		t.Fatalf("sign a token: %v", err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		t.Fatalf("sign a token: %v", err)
	}
	token, err := signed.CompactSerialize()
	if err != nil {
		t.Fatalf("write a token: %v", err)
	}
	return token
}

// Unsigned returns a token that says that it needs no signature.
func Unsigned(t testing.TB, claims Claims) string {
	t.Helper()
	payload, err := json.Marshal(claims)
	if err != nil {
		t.Fatalf("marshal claims: %v", err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	return encode([]byte(`{"alg":"none","typ":"JWT"}`)) + "." + encode(payload) + "."
}

func (p *Provider) gate(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		broken := p.broken
		p.mu.Unlock()
		if broken {
			http.Error(w, "out of order", http.StatusServiceUnavailable)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (p *Provider) configuration(w http.ResponseWriter, _ *http.Request) {
	p.answer(w, map[string]any{
		"issuer": p.URL, "authorization_endpoint": p.URL + "/authorise", "token_endpoint": p.URL + "/token",
		"jwks_uri": p.URL + "/keys", "id_token_signing_alg_values_supported": []string{"ES256"},
		"response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"},
	})
}

func (p *Provider) serveKeys(w http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	p.asked++
	var set jose.JSONWebKeySet
	for _, k := range p.keys {
		set.Keys = append(set.Keys, jose.JSONWebKey{Key: k.private.Public(), KeyID: k.id, Algorithm: "ES256", Use: "sig"})
	}
	p.mu.Unlock()
	p.answer(w, set)
}

// authorise signs in and sends the browser back.
func (p *Provider) authorise(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if q.Get("client_id") != p.Audience || q.Get("code_challenge_method") != "S256" || q.Get("response_type") != "code" {
		http.Error(w, "not an application known here, or without PKCE", http.StatusBadRequest)
		return
	}
	code := rand.Text()
	p.mu.Lock()
	p.codes[code] = issued{q.Get("code_challenge"), q.Get("nonce"), q.Get("redirect_uri"), p.person}
	p.mu.Unlock()
	back, err := url.Parse(q.Get("redirect_uri"))
	if err != nil {
		http.Error(w, "redirect_uri", http.StatusBadRequest)
		return
	}
	back.RawQuery = url.Values{"code": {code}, "state": {q.Get("state")}}.Encode()
	http.Redirect(w, r, back.String(), http.StatusSeeOther) //nolint:gosec // a provider for tests knows no applications
}

// token gives tokens for a code, once, to who began the sign-in.
func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	given, ok := p.codes[r.FormValue("code")]
	delete(p.codes, r.FormValue("code"))
	p.mu.Unlock()
	sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	if !ok || base64.RawURLEncoding.EncodeToString(sum[:]) != given.challenge || r.FormValue("redirect_uri") != given.redirect {
		w.WriteHeader(http.StatusBadRequest)
		p.answer(w, map[string]string{"error": "invalid_grant"})
		return
	}
	claims := Claims{"nonce": given.nonce}
	maps.Copy(claims, given.person)
	p.answer(w, map[string]any{"access_token": "opaque", "token_type": "Bearer", "expires_in": 3600, "id_token": p.Token(claims)})
}

func (p *Provider) answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(v); err != nil {
		p.t.Logf("answer: %v", err)
	}
}
