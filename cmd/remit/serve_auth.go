package main

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/remit-register/remit/api"
	"github.com/remit-register/remit/api/signin"
)

// The values of --auth.
const (
	authNone = "none" // callers say who they are
	authOIDC = "oidc" // a sign-in service proves it
)

// authOptions say how callers prove who they are.
type authOptions struct {
	mode                       string
	issuer, audience, mapping  string // mapping is a file
	clientID, clientSecretFile string
	publicURL                  string
	hosts                      []string
}

func (o *authOptions) flags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&o.mode, "auth", authNone,
		"how callers prove who they are; none: they say so themselves, on loopback only; oidc: a sign-in service proves it")
	completeWords(cmd, "auth", []string{authNone, authOIDC})
	flags.StringVar(&o.issuer, "oidc-issuer", "", "`URL` of the sign-in service that issues tokens")
	flags.StringVar(&o.audience, "oidc-audience", "", "`NAME` that tokens for this register are issued to")
	flags.StringVar(&o.mapping, "oidc-mapping", "", "YAML `FILE` that says what claims mean here; left out: as in deploy/mapping.yaml, without grants")
	flags.StringVar(&o.clientID, "oidc-client-id", "", "`NAME` of this register as an application that people sign in to; left out: the audience")
	flags.StringVar(&o.clientSecretFile, "oidc-client-secret-file", "", "`FILE` with the secret of that application, where it has one")
	flags.StringVar(&o.publicURL, "public-url", "", "`URL` where browsers find this register; left out: no sign-in in browsers")
	flags.StringSliceVar(&o.hosts, "allow-host", nil,
		"`NAME` under which requests may ask, besides the names of this machine and that of --public-url; left out, without --public-url: any")
}

// check refuses what would be unsafe or cannot be; host is the one to listen on.
func (o *authOptions) check(listen, host string) error {
	given := o.given()
	switch {
	case o.mode != authNone && o.mode != authOIDC:
		return usagef("--auth %q is not known: none or oidc", o.mode)
	case o.mode == authNone && !isLoopbackName(host):
		return usagef("--auth none lets everybody who reaches the port act in anybody's name: listen on this machine only, "+
			"as with --listen 127.0.0.1:8080, not on %q; or have people sign in, with --auth oidc", listen)
	case o.mode == authNone && given != "":
		return usagef("--%s is for --auth oidc: nobody signs in with --auth none", given)
	case o.mode == authOIDC && (o.issuer == "" || o.audience == ""):
		return usagef("--auth oidc needs --oidc-issuer and --oidc-audience")
	}
	return nil
}

// given returns the name of a flag that was given and is for sign-in, "" for none.
func (o *authOptions) given() string {
	for _, flag := range []struct{ name, value string }{
		{"oidc-issuer", o.issuer},
		{"oidc-audience", o.audience},
		{"oidc-mapping", o.mapping},
		{"oidc-client-id", o.clientID},
		{"oidc-client-secret-file", o.clientSecretFile},
		{"public-url", o.publicURL},
		{"allow-host", strings.Join(o.hosts, ",")},
	} {
		if flag.value != "" {
			return flag.name
		}
	}
	return ""
}

// signIn returns what proves who calls; nil with --auth none.
func (o *authOptions) signIn(clock func() time.Time) (*signin.SignIn, error) {
	if o.mode != authOIDC {
		return nil, nil //nolint:nilnil // nobody signs in
	}
	cfg := signin.Config{
		Issuer: o.issuer, Audience: o.audience, Mapping: signin.DefaultMapping(), Clock: clock,
		ClientID: o.clientID, PublicURL: o.publicURL,
	}
	if o.mapping != "" {
		file, err := os.Open(o.mapping)
		if err != nil {
			return nil, usagef("--oidc-mapping: %w", err)
		}
		defer file.Close()
		if cfg.Mapping, err = signin.ReadMapping(file); err != nil {
			return nil, usagef("--oidc-mapping %s: %w", o.mapping, err)
		}
	}
	if o.clientSecretFile != "" {
		secret, err := readSecret(o.clientSecretFile)
		if err != nil {
			return nil, usagef("--oidc-client-secret-file: %w", err)
		}
		cfg.ClientSecret = secret
	}
	s, err := signin.New(cfg)
	if err != nil {
		return nil, usagef("--auth oidc: %w", err)
	}
	return s, nil
}

// allowedHosts are the names under which requests may ask; nil for any.
func (o *authOptions) allowedHosts() []string {
	hosts := slices.Clone(o.hosts)
	if u, err := url.Parse(o.publicURL); err == nil && u.Hostname() != "" {
		hosts = append(hosts, u.Hostname())
	}
	return hosts
}

// warning is what to say at the start of a register where nobody signs in.
func (o *authOptions) warning() string {
	if o.mode != authNone {
		return ""
	}
	return "Nobody signs in (--auth none): whoever uses this machine may act in anybody's name. To have people prove who they are, see --auth oidc."
}

// readSecret reads a secret from a file, without the end of its line.
func readSecret(path string) (string, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("read a secret: %w", err)
	}
	secret := strings.TrimSpace(string(content))
	if secret == "" || strings.ContainsAny(secret, "\r\n") {
		return "", fmt.Errorf("%s does not hold one line", path)
	}
	return secret, nil
}

// entrance is how people come in to a register that is served.
type entrance struct {
	signIn *signin.SignIn // nil: nobody signs in
	hosts  []string
	access *api.AccessFile
	rate   int // requests a second of each caller, 0 for any number
}

// accessLogFile is the name of the access log in the data directory.
const accessLogFile = "access.log"

// open opens the access log, for the register to be served.
func (r *register) open(o serveOptions, signIn *signin.SignIn) error {
	access, err := api.OpenAccessFile(filepath.Join(o.data, accessLogFile), r.logger)
	if err != nil {
		return fmt.Errorf("open the access log: %w", err)
	}
	r.entrance = entrance{signIn: signIn, hosts: o.auth.allowedHosts(), access: access, rate: o.limits.ratePerCaller(o.auth.mode)}
	return nil
}

// close closes the access log.
func (e entrance) close() error {
	if e.access == nil {
		return nil
	}
	return e.access.Close()
}
