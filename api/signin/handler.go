package signin

import (
	"crypto/subtle"
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/remit-register/remit/domain"
)

// Paths that Handler serves.
const (
	SignInPath   = "/auth/sign-in"
	CallbackPath = "/auth/callback"
	ActForPath   = "/auth/act-for"
	SignOutPath  = "/auth/sign-out"
)

const (
	sessionCookie = "remit-session"
	attemptCookie = "remit-sign-in"
)

// Handler serves signing in and out in a browser. problem writes a page about what went wrong.
//
// GET SignInPath?to=/path sends the browser to the sign-in service, which sends it back to CallbackPath; POST ActForPath
// with organisation=CODE and to=/path chooses the body to act for; POST SignOutPath ends the session.
func (s *SignIn) Handler(problem func(http.ResponseWriter, *http.Request, error)) http.Handler {
	mux := http.NewServeMux()
	handle := func(pattern string, serve func(http.ResponseWriter, *http.Request) error) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", "no-store")
			if err := serve(w, r); err != nil {
				problem(w, r, err)
			}
		})
	}
	handle("GET "+SignInPath, s.begin)
	handle("GET "+CallbackPath, s.callback)
	handle("POST "+ActForPath, s.actFor)
	handle("POST "+SignOutPath, s.signOut)
	// A form of another site's page must not sign anybody out or have them act for another body.
	return http.NewCrossOriginProtection().Handler(mux)
}

// Session returns who is signed in in the browser that sent a request.
func (s *SignIn) Session(r *http.Request) (Person, bool) {
	cookie, err := r.Cookie(s.cookieName(sessionCookie))
	if err != nil {
		return Person{}, false
	}
	active, ok := s.sessions.use(cookie.Value)
	if !ok {
		return Person{}, false
	}
	p, err := active.person.at(active.chosen)
	return p, err == nil
}

// begin sends the browser to the sign-in service. The attempt is bound to this browser by a cookie.
func (s *SignIn) begin(w http.ResponseWriter, r *http.Request) error {
	flow, err := s.flow(r)
	if err != nil {
		return err
	}
	a := attempt{verifier: oauth2.GenerateVerifier(), nonce: oauth2.GenerateVerifier(), to: localPath(r.FormValue("to"))}
	state := s.sessions.begin(a)
	s.setCookie(w, attemptCookie, state, int(attemptTime.Seconds()))
	address := flow.AuthCodeURL(state, oauth2.S256ChallengeOption(a.verifier), oidc.Nonce(a.nonce))
	http.Redirect(w, r, address, http.StatusSeeOther) //nolint:gosec // to the sign-in service that is trusted
	return nil
}

// callback takes up an attempt that comes back from the sign-in service.
func (s *SignIn) callback(w http.ResponseWriter, r *http.Request) error {
	state := r.FormValue("state")
	cookie, err := r.Cookie(s.cookieName(attemptCookie))
	if err != nil || state == "" || subtle.ConstantTimeCompare([]byte(cookie.Value), []byte(state)) != 1 {
		return refuseAttempt("It was not begun in this browser.")
	}
	s.setCookie(w, attemptCookie, "", -1)
	a, ok := s.sessions.finish(state)
	if !ok {
		return refuseAttempt("It was finished before, or took longer than ten minutes.")
	}
	if r.FormValue("error") != "" {
		return refuseAttempt("The sign-in service did not agree.")
	}
	flow, err := s.flow(r)
	if err != nil {
		return err
	}
	ctx := oidc.ClientContext(r.Context(), s.cfg.Client)
	token, err := flow.Exchange(ctx, r.FormValue("code"), oauth2.VerifierOption(a.verifier))
	var answered *oauth2.RetrieveError
	switch {
	case errors.As(err, &answered) && answered.Response.StatusCode < http.StatusInternalServerError:
		return refuseAttempt("The sign-in service did not confirm it.")
	case err != nil:
		return errors.Join(unavailable(), err)
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return refuseAttempt("The sign-in service did not say who you are.")
	}
	p, err := s.prove(ctx, raw, s.cfg.ClientID, a.nonce)
	if err != nil {
		return err
	}
	s.setCookie(w, sessionCookie, s.sessions.open(p), 0)
	http.Redirect(w, r, a.to, http.StatusSeeOther)
	return nil
}

func refuseAttempt(why string) error {
	return domain.Refuse(domain.NotSignedIn, "You are not signed in. "+why, "Sign in again.")
}

func (s *SignIn) actFor(w http.ResponseWriter, r *http.Request) error {
	cookie, err := r.Cookie(s.cookieName(sessionCookie))
	if err != nil {
		return refuseAttempt("The session has ended.")
	}
	if err := s.sessions.choose(cookie.Value, domain.OrganisationCode(r.PostFormValue("organisation"))); err != nil {
		return err
	}
	http.Redirect(w, r, localPath(r.PostFormValue("to")), http.StatusSeeOther) //nolint:gosec // localPath leads nowhere else
	return nil
}

func (s *SignIn) signOut(w http.ResponseWriter, r *http.Request) error {
	if cookie, err := r.Cookie(s.cookieName(sessionCookie)); err == nil {
		s.sessions.end(cookie.Value)
	}
	s.setCookie(w, sessionCookie, "", -1)
	http.Redirect(w, r, "/", http.StatusSeeOther)
	return nil
}

// flow returns the code flow with the sign-in service.
func (s *SignIn) flow(r *http.Request) (*oauth2.Config, error) {
	if s.public == nil {
		return nil, domain.Refuse(domain.NotSignedIn, "This register has no sign-in for browsers.",
			"Ask whoever runs it to set its public URL, or send a bearer token.")
	}
	found, err := s.provider.discover(r.Context())
	if err != nil {
		return nil, err
	}
	return &oauth2.Config{
		ClientID: s.cfg.ClientID, ClientSecret: s.cfg.ClientSecret, Endpoint: found.Endpoint(),
		RedirectURL: s.public.JoinPath(CallbackPath).String(), Scopes: []string{oidc.ScopeOpenID, "profile"},
	}, nil
}

// cookieName binds a cookie to this host alone, where the browser can be told so: on https.
func (s *SignIn) cookieName(name string) string {
	if s.public != nil && s.public.Scheme == "https" {
		return "__Host-" + name
	}
	return name
}

func (s *SignIn) setCookie(w http.ResponseWriter, name, value string, maxAge int) {
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // not Secure on loopback alone, where there is no TLS
		Name: s.cookieName(name), Value: value, Path: "/", MaxAge: maxAge, HttpOnly: true,
		Secure: s.public != nil && s.public.Scheme == "https", SameSite: http.SameSiteLaxMode,
	})
}

// localPath returns a path of this register to go to, whatever a link says.
func localPath(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") ||
		strings.ContainsAny(to, "\\\r\n") {
		return "/"
	}
	return to
}

// isLoopback tells whether a host is this machine.
func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.IsLoopback()
}
