package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"

	"connectrpc.com/connect"
	"github.com/spf13/pflag"
)

// link says how the connection to a register over TLS is made sure of. What is left out is as everywhere on this machine.
type link struct {
	ca        string // PEM file with the authorities to trust, "" for those of the system
	cert, key string // PEM files with what the caller shows, "" for nothing
	name      string // that the register's certificate must have, "" for the one in the URL
}

func (l *link) flags(flags *pflag.FlagSet, a *app) {
	flags.StringVar(&l.ca, "ca", a.env("REMIT_CA", ""),
		"PEM `FILE` with the authorities that may sign the register's certificate, in the place of the system's (also REMIT_CA)")
	flags.StringVar(&l.cert, "client-cert", a.env("REMIT_CLIENT_CERT", ""),
		"PEM `FILE` with the certificate to show, where the register asks for one (also REMIT_CLIENT_CERT)")
	flags.StringVar(&l.key, "client-key", a.env("REMIT_CLIENT_KEY", ""), "PEM `FILE` with that certificate's key (also REMIT_CLIENT_KEY)")
	flags.StringVar(&l.name, "server-name", a.env("REMIT_SERVER_NAME", ""),
		"`NAME` in the register's certificate, where it is reached under another (also REMIT_SERVER_NAME)")
}

// connections is how many stay open for what is asked at once, as the files of a log are.
const connections = 16

// transport returns what makes connections so.
func (l *link) transport() (*http.Transport, error) {
	standard, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return nil, errors.New("the program's own transport has been replaced")
	}
	over := standard.Clone()
	over.MaxIdleConnsPerHost = connections
	over.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12, ServerName: l.name}
	if l.ca != "" {
		pem, err := os.ReadFile(l.ca)
		if err != nil {
			return nil, usagef("--ca: %w", err)
		}
		over.TLSClientConfig.RootCAs = x509.NewCertPool()
		if !over.TLSClientConfig.RootCAs.AppendCertsFromPEM(pem) {
			return nil, usagef("--ca %s holds no certificate", l.ca)
		}
	}
	switch {
	case (l.cert == "") != (l.key == ""):
		return nil, usagef("--client-cert and --client-key belong together")
	case l.cert != "":
		shown, err := tls.LoadX509KeyPair(l.cert, l.key)
		if err != nil {
			return nil, usagef("--client-cert, --client-key: %w", err)
		}
		over.TLSClientConfig.Certificates = []tls.Certificate{shown}
	}
	return over, nil
}

// over returns what reaches address as the flags say. The token is for the register that --server names: it goes nowhere
// else.
func (a *app) over(address string) (*http.Client, error) {
	transport, err := a.link.transport()
	if err != nil {
		return nil, err
	}
	over := &http.Client{Timeout: clientTimeout, Transport: patient{transport}}
	if !isSameHost(address, a.server) {
		return over, nil
	}
	return over, a.pass.sendWith(over, address, a.getenv("REMIT_TOKEN"))
}

// isSameHost tells whether two URLs lead to the same host and port.
func isSameHost(one, other string) bool {
	u, err := url.Parse(one)
	v, otherErr := url.Parse(other)
	return err == nil && otherErr == nil && u.Host == v.Host
}

// distrust returns the remedy where a connection is not made because one side does not trust the other, "" for other
// errors. A register that does not trust a caller ends the connection, which the caller may see before it sees why.
func (a *app) distrust(err error) string {
	var broken *net.OpError
	var unknown *tls.CertificateVerificationError
	isUnanswered := connect.CodeOf(err) == connect.CodeUnavailable && !connect.IsWireError(err)
	switch {
	case errors.As(err, &unknown):
		return "Name the authorities that signed the register's certificate with --ca, or the name in it with --server-name."
	case (errors.As(err, &broken) || isUnanswered) && strings.HasPrefix(a.server, "https://"):
		return "Where the register asks for a certificate of an authority that it trusts, show one with --client-cert and --client-key."
	}
	return ""
}
