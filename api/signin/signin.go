package signin

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/remit-register/remit/domain"
)

// Unavailable is the reason of a refusal because the sign-in service cannot be asked. It passes.
const Unavailable domain.Reason = "SIGN_IN_UNAVAILABLE"

// Config says which sign-in service is trusted. Issuer, Audience, Mapping and Clock are required.
type Config struct {
	// Issuer is the sign-in service's URL, from which everything else about it is discovered.
	Issuer string
	// Audience is the name that tokens for this register are issued to.
	Audience string
	// Mapping says what claims mean.
	Mapping Mapping
	// Clock tells the time.
	Clock func() time.Time
	// Skew is by how much the sign-in service's clock may differ from this one. Default one minute.
	Skew time.Duration
	// Client makes requests to the sign-in service. Default: one that gives up after 10 s.
	Client *http.Client

	// ClientID is the name under which this register is known as an application that people sign in to. Left out:
	// Audience.
	ClientID string
	// ClientSecret proves it, where the sign-in service wants that.
	ClientSecret string
	// PublicURL is where browsers find this register, such as "https://remit.example.nhs.uk". Left out: people cannot
	// sign in in the browser.
	PublicURL string
	// Idle is how long a session lasts that is not used, default 30 minutes; Longest how long any does, default 10
	// hours.
	Idle, Longest time.Duration
}

// SignIn proves who calls. Its methods may be called concurrently.
type SignIn struct {
	cfg      Config
	public   *url.URL // nil: no sessions
	provider provider
	sessions sessions
}

// New returns a SignIn. It does not need the sign-in service to be there yet: that is asked at the first token, and
// again until it answers.
func New(cfg Config) (*SignIn, error) {
	if cfg.Audience == "" || cfg.Clock == nil || cfg.Mapping.Subject == "" {
		return nil, errors.New("sign-in needs an audience, a mapping and a clock")
	}
	issuer, err := url.Parse(cfg.Issuer)
	if err != nil || issuer.Host == "" {
		return nil, fmt.Errorf("issuer %q is not a URL", cfg.Issuer)
	}
	if issuer.Scheme != "https" && !isLoopback(issuer.Hostname()) {
		return nil, fmt.Errorf("issuer %q: whoever is on the way could issue tokens: it must begin with https://", cfg.Issuer)
	}
	if cfg.Skew <= 0 {
		cfg.Skew = time.Minute
	}
	if cfg.Client == nil {
		cfg.Client = &http.Client{Timeout: 10 * time.Second}
	}
	cfg.Client = careful(cfg.Client)
	if cfg.ClientID == "" {
		cfg.ClientID = cfg.Audience
	}
	if cfg.Idle <= 0 {
		cfg.Idle = 30 * time.Minute
	}
	if cfg.Longest <= 0 {
		cfg.Longest = 10 * time.Hour
	}
	s := &SignIn{cfg: cfg, provider: provider{cfg: cfg}, sessions: newSessions(cfg)}
	if cfg.PublicURL != "" {
		s.public, err = url.Parse(cfg.PublicURL)
		if err != nil || s.public.Host == "" || (s.public.Scheme != "https" && !isLoopback(s.public.Hostname())) {
			return nil, fmt.Errorf("public URL %q: sessions need https:// and a host", cfg.PublicURL)
		}
	}
	return s, nil
}

// Person is who was proved to call, at the body that they act for.
type Person struct {
	Subject string
	Place
	// Elsewhere are the other bodies that they may act for.
	Elsewhere []Place
}

// Bearer proves a bearer token: a JWT that the issuer signed for this register and that is valid now. chosen is the
// body that its holder acts for; left out, there must be one only. Its errors are refusals: domain.NotSignedIn where
// the token proves nothing, domain.NotAuthorised where it does and its holder may not act here or not for the body
// chosen, Unavailable where the sign-in service could not be asked.
func (s *SignIn) Bearer(ctx context.Context, token string, chosen domain.OrganisationCode) (Person, error) {
	p, err := s.prove(ctx, token, s.cfg.Audience, "")
	if err != nil {
		return Person{}, err
	}
	return p.at(chosen)
}

// prove checks a token for an audience, and its nonce if one was given.
func (s *SignIn) prove(ctx context.Context, token, audience, nonce string) (person, error) {
	verified, err := s.provider.verify(ctx, token, audience)
	if err != nil {
		return person{}, err
	}
	if nonce != "" && verified.Nonce != nonce {
		return person{}, unproved("it answers another sign-in")
	}
	claims := map[string]any{}
	if err := verified.Claims(&claims); err != nil {
		return person{}, unproved("its claims cannot be read")
	}
	// OpenID Connect Core, 3.1.3.7: whom an answer to a sign-in was made for, where it says so.
	if party, ok := claims["azp"]; ok && nonce != "" && party != audience {
		return person{}, unproved("it was issued to another application")
	}
	p, err := s.cfg.Mapping.person(claims)
	if err != nil {
		return person{}, unproved(err.Error())
	}
	if len(p.places) == 0 {
		return person{}, domain.Refuse(domain.NotAuthorised, "You are signed in, but act for no body in this register.",
			"Ask whoever runs the register to map your groups or claims to a body and a role.")
	}
	return p, nil
}

// at returns the person at the body chosen.
func (p person) at(chosen domain.OrganisationCode) (Person, error) {
	i := slices.IndexFunc(p.places, func(place Place) bool { return place.Organisation == chosen })
	switch {
	case i >= 0:
	case chosen != "":
		return Person{}, domain.Refuse(domain.NotAuthorised, fmt.Sprintf("You do not act for %s.", chosen),
			"Act for "+p.codes(" or ")+".", "organisation", string(chosen))
	case len(p.places) > 1:
		return Person{}, domain.Refuse(domain.NotAuthorised, "You act for several bodies: "+p.codes(", ")+".",
			"Say for which in the header Remit-Organisation.")
	default:
		i = 0
	}
	return Person{
		Subject: p.subject, Place: p.places[i], Elsewhere: slices.Delete(slices.Clone(p.places), i, i+1),
	}, nil
}

func (p person) codes(separator string) string {
	codes := make([]string, 0, len(p.places))
	for _, place := range p.places {
		codes = append(codes, string(place.Organisation))
	}
	return strings.Join(codes, separator)
}

// unproved refuses a token and says why: nothing of the token itself, which is a secret.
func unproved(why string) error {
	return domain.Refuse(domain.NotSignedIn, "The token does not prove who you are: "+why+".",
		"Sign in again, and send a token that the register's sign-in service issued for this register.")
}
