package main

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/spf13/pflag"
)

// pass is what a caller shows to a register where people sign in.
type pass struct {
	tokenFile    string
	organisation string // body to act for, "" for the only one
}

func (p *pass) flags(flags *pflag.FlagSet, a *app) {
	flags.StringVar(&p.tokenFile, "token-file", a.env("REMIT_TOKEN_FILE", ""),
		"`FILE` with a token of the register's sign-in service (also REMIT_TOKEN_FILE, or the token itself as REMIT_TOKEN)")
	flags.StringVar(&p.organisation, "act-for", a.env("REMIT_ORGANISATION", ""),
		"`CODE` of the body to act for, where the token names several (also REMIT_ORGANISATION)")
}

// sendWith has a client send the token; otherwise is the one to send where no file is given. It is sent to nobody who
// could be anybody: over http to this machine only.
func (p *pass) sendWith(over *http.Client, address, otherwise string) error {
	token := otherwise
	if p.tokenFile != "" {
		var err error
		if token, err = readSecret(p.tokenFile); err != nil {
			return usagef("--token-file: %w", err)
		}
	}
	if token == "" {
		return nil
	}
	to, err := url.Parse(address)
	if err != nil {
		return usagef("--server %q is no URL: %w", address, err)
	}
	if to.Scheme != "https" && !isLoopbackName(to.Hostname()) {
		return usagef("--server %q: the token would be readable on the way: use https://", address)
	}
	over.Transport = bearer{token: token, organisation: p.organisation, host: to.Host, next: over.Transport}
	// The token is for the register, whatever an answer says about somewhere else.
	over.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return nil
}

// bearer sends a token with every request.
type bearer struct {
	token, organisation, host string
	next                      http.RoundTripper
}

// RoundTrip makes a request.
func (b bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Host != b.host {
		return nil, fmt.Errorf("a token for %s is not sent to %s", b.host, r.URL.Host)
	}
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+b.token)
	if b.organisation != "" {
		r.Header.Set(organisationHeader, b.organisation)
	}
	return b.next.RoundTrip(r) //nolint:wrapcheck // http.Client wraps it
}
