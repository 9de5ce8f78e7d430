package signin

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"github.com/remit-register/remit/domain"
)

// provider is the sign-in service: its addresses and its keys, once they were discovered.
type provider struct {
	cfg Config

	mu         sync.Mutex
	discovered *discovered // guarded by mu
	failed     time.Time   // guarded by mu: when it was last asked in vain
}

// discovered is what the sign-in service says about itself.
type discovered struct {
	*oidc.Provider

	keys keySet
}

// How long after a failure the sign-in service is asked again.
const discoveryPause = 2 * time.Second

// discover returns the sign-in service, which it asks about itself until it has answered once.
func (p *provider) discover(ctx context.Context) (*discovered, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.discovered != nil {
		return p.discovered, nil
	}
	now := p.cfg.Clock()
	if now.Sub(p.failed).Abs() < discoveryPause {
		return nil, unavailable()
	}
	// The keys are fetched again when one is unknown, long after this request.
	lasting := oidc.ClientContext(context.WithoutCancel(ctx), p.cfg.Client)
	found, err := oidc.NewProvider(lasting, p.cfg.Issuer)
	if err != nil {
		p.failed = now
		return nil, fmt.Errorf("discover the sign-in service: %w: %w", unavailable(), err)
	}
	var addresses struct {
		Keys string `json:"jwks_uri"`
	}
	if err := found.Claims(&addresses); err != nil {
		return nil, fmt.Errorf("discover the sign-in service: %w: %w", unavailable(), err)
	}
	asking := *p.cfg.Client
	asking.Transport = &sparing{next: asking.Transport, clock: p.cfg.Clock, left: keyFetches}
	keys := oidc.NewRemoteKeySet(oidc.ClientContext(lasting, &asking), addresses.Keys)
	p.discovered = &discovered{found, keySet{keys}}
	return p.discovered, nil
}

func unavailable() error {
	return domain.Refuse(Unavailable, "The sign-in service cannot be asked.", "Try again in a moment.")
}

// keySet tells a key that is not there from keys that could not be fetched: the verifier's own errors do not.
type keySet struct {
	remote oidc.KeySet
}

// VerifySignature returns what a token says, if one of the keys signed it.
func (k keySet) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	payload, err := k.remote.VerifySignature(ctx, token)
	var fetch *url.Error
	if told, ok := ctx.Value(fetchKey{}).(*error); ok && errors.As(err, &fetch) {
		*told = err
	}
	if err != nil {
		return nil, fmt.Errorf("verify the signature: %w", err)
	}
	return payload, nil
}

type fetchKey struct{}

// algorithms are the signatures that are accepted: those with a public key. Anything else, "none" and shared secrets
// among them, proves nothing.
func algorithms() []string {
	return []string{
		oidc.RS256, oidc.RS384, oidc.RS512, oidc.ES256, oidc.ES384, oidc.ES512,
		oidc.PS256, oidc.PS384, oidc.PS512, oidc.EdDSA,
	}
}

// verify checks signature, issuer, audience and times of a token.
func (p *provider) verify(ctx context.Context, token, audience string) (*oidc.IDToken, error) {
	found, err := p.discover(ctx)
	if err != nil {
		return nil, err
	}
	verifier := oidc.NewVerifier(p.cfg.Issuer, found.keys, &oidc.Config{
		SupportedSigningAlgs: algorithms(),
		// These are checked below, where the reason can be told.
		SkipClientIDCheck: true, SkipExpiryCheck: true, SkipIssuerCheck: true,
	})
	var fetching error
	verified, err := verifier.Verify(context.WithValue(ctx, fetchKey{}, &fetching), token)
	switch {
	case fetching != nil:
		return nil, fmt.Errorf("fetch the keys of the sign-in service: %w: %w", unavailable(), fetching)
	case err != nil:
		return nil, unproved("its form or its signature is not right")
	case verified.Issuer != p.cfg.Issuer:
		return nil, unproved("another sign-in service issued it")
	case !slices.Contains(verified.Audience, audience):
		return nil, unproved("it was issued for another application")
	}
	return verified, p.checkTimes(verified)
}

// checkTimes refuses a token before and after its time, give or take the difference of two clocks.
func (p *provider) checkTimes(token *oidc.IDToken) error {
	var times struct {
		NotBefore int64 `json:"nbf"`
	}
	if err := token.Claims(&times); err != nil {
		return unproved("its times cannot be read")
	}
	now := p.cfg.Clock()
	switch {
	case !token.Expiry.Add(p.cfg.Skew).After(now):
		return unproved("it has expired")
	case token.IssuedAt.After(now.Add(p.cfg.Skew)), time.Unix(times.NotBefore, 0).After(now.Add(p.cfg.Skew)):
		return unproved("it is not valid yet")
	}
	return nil
}

// careful returns a client to which the answer of a service in trouble is as good as none.
func careful(client *http.Client) *http.Client {
	c := *client
	next := c.Transport
	if next == nil {
		next = http.DefaultTransport
	}
	c.Transport = onlyOK{next}
	return &c
}

// onlyOK makes an answer that says 500 or more an error of the request.
type onlyOK struct {
	next http.RoundTripper
}

// RoundTrip makes a request.
func (o onlyOK) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := o.next.RoundTrip(request)
	if err != nil || response.StatusCode < http.StatusInternalServerError {
		return response, err //nolint:wrapcheck // http.Client wraps it
	}
	return nil, errors.Join(fmt.Errorf("answer %s", response.Status), response.Body.Close())
}
