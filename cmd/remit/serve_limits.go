package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/spf13/cobra"
)

// Limits of every request. Streams that are answered may be longer, as long as the caller keeps reading.
const (
	headerTime     = 10 * time.Second // to send the header
	maxHeaderBytes = 64 << 10
	pieceBytes     = 256 << 10 // of an answer that are written at once
)

// limitOptions say what callers may cost, and how connections are kept private.
type limitOptions struct {
	tlsCert, tlsKey, clientCA string // files
	rate                      int    // requests a second of each caller; 0: as defaultRate says, negative: any number
	bodyTime                  time.Duration
	stallTime                 time.Duration
}

// With sign-in, where nothing else is said, each caller may make so many requests a second.
const defaultRate = 100

func (o *limitOptions) flags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&o.tlsCert, "tls-cert", "", "PEM `FILE` with the certificate, and those between it and its authority; it is read again when it changes")
	flags.StringVar(&o.tlsKey, "tls-key", "", "PEM `FILE` with the certificate's key")
	flags.StringVar(&o.clientCA, "client-ca", "", "PEM `FILE` with the authorities whose certificates callers must show; left out: they need none")
	flags.IntVar(&o.rate, "rate-limit", 0,
		fmt.Sprintf("requests a second that each caller may make, twice as many at once; left out: %d with --auth oidc; -1: any number", defaultRate))
	flags.DurationVar(&o.bodyTime, "read-timeout", 30*time.Second, "how long a caller may take to send a request")
	flags.DurationVar(&o.stallTime, "write-timeout", 30*time.Second, "how long a caller may stop reading an answer, streams included")
}

// check refuses what cannot be.
func (o *limitOptions) check() error {
	switch {
	case (o.tlsCert == "") != (o.tlsKey == ""):
		return usagef("--tls-cert and --tls-key belong together")
	case o.clientCA != "" && o.tlsCert == "":
		return usagef("--client-ca needs --tls-cert and --tls-key")
	case o.bodyTime <= 0 || o.stallTime <= 0:
		return usagef("--read-timeout and --write-timeout must be more than nothing")
	}
	return nil
}

// ratePerCaller is how many requests a second each caller may make, 0 for any number.
func (o *limitOptions) ratePerCaller(auth string) int {
	if o.rate == 0 && auth == authOIDC {
		return defaultRate
	}
	return max(o.rate, 0)
}

// scheme is that of the register's URL.
func (o *limitOptions) scheme() string {
	if o.tlsCert != "" {
		return "https"
	}
	return "http"
}

// limit has a server keep to the limits, and to TLS where there is a certificate.
func (o *limitOptions) limit(server *http.Server) error {
	server.ReadHeaderTimeout, server.MaxHeaderBytes = headerTime, maxHeaderBytes
	server.Handler = unhurried(server.Handler, o.bodyTime, o.stallTime)
	if o.tlsCert == "" {
		return nil
	}
	keys := &keyPair{certFile: o.tlsCert, keyFile: o.tlsKey}
	if _, err := keys.current(nil); err != nil {
		return usagef("--tls-cert, --tls-key: %w", err)
	}
	server.Protocols.SetHTTP2(true)
	server.Protocols.SetUnencryptedHTTP2(false)
	server.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: keys.current}
	if o.clientCA == "" {
		return nil
	}
	pem, err := os.ReadFile(o.clientCA)
	if err != nil {
		return usagef("--client-ca: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return usagef("--client-ca %s holds no certificate", o.clientCA)
	}
	server.TLSConfig.ClientCAs, server.TLSConfig.ClientAuth = pool, tls.RequireAndVerifyClientCert
	return nil
}

// keyPair is a certificate and its key in files, which are read again when one of them was written anew: a certificate is
// renewed without stopping the register.
type keyPair struct {
	certFile, keyFile string

	mu      sync.Mutex
	read    [2]time.Time     // guarded by mu: when the files were written that are in use
	present *tls.Certificate // guarded by mu
}

// current returns the certificate. While what is in the files cannot be used, that is the one before.
func (k *keyPair) current(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	var written [2]time.Time
	for i, path := range []string{k.certFile, k.keyFile} {
		if info, err := os.Stat(path); err == nil {
			written[i] = info.ModTime()
		}
	}
	if k.present != nil && written == k.read {
		return k.present, nil
	}
	pair, err := tls.LoadX509KeyPair(k.certFile, k.keyFile)
	if err != nil {
		if k.present != nil {
			return k.present, nil
		}
		return nil, fmt.Errorf("read the certificate: %w", err)
	}
	k.present, k.read = &pair, written
	return k.present, nil
}

// unhurried ends requests whose callers take longer than body to send one, or than stall to read a part of its answer.
// Deadlines of whole answers would end streams that are well.
func unhurried(next http.Handler, body, stall time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		control := http.NewResponseController(w)
		if r.Body != nil && r.Body != http.NoBody && control.SetReadDeadline(time.Now().Add(body)) == nil {
			r.Body = &timedBody{ReadCloser: r.Body, control: control}
		}
		timed := &timedWriter{ResponseWriter: w, control: control, stall: stall}
		_ = control.SetWriteDeadline(time.Time{}) // of the request before on this connection; a writer without deadlines has none
		next.ServeHTTP(timed, r)
		_ = control.SetWriteDeadline(time.Now().Add(stall)) // for what is sent when the handler has ended
	})
}

// timedBody is a body that must come in time. Once it is there, nothing more is expected of the caller: a deadline would
// end the request.
type timedBody struct {
	io.ReadCloser

	control *http.ResponseController
}

// Read reads on.
func (b *timedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if errors.Is(err, io.EOF) {
		_ = b.control.SetReadDeadline(time.Time{}) // it could be set, so it can be cleared
	}
	return n, err //nolint:wrapcheck // the body's own
}

// timedWriter gives the caller some time for each part of the answer.
type timedWriter struct {
	http.ResponseWriter

	control *http.ResponseController
	stall   time.Duration
}

// within does a piece of work that must end in time. Nothing is to be done in time between the pieces: over HTTP/2 a
// deadline ends the stream even when nothing is being written.
func (t *timedWriter) within(work func()) {
	_ = t.control.SetWriteDeadline(time.Now().Add(t.stall)) // a writer without deadlines has none
	defer func() { _ = t.control.SetWriteDeadline(time.Time{}) }()
	work()
}

// WriteHeader begins the answer.
func (t *timedWriter) WriteHeader(status int) {
	t.within(func() { t.ResponseWriter.WriteHeader(status) })
}

// Write writes a part, in pieces that have time each.
func (t *timedWriter) Write(p []byte) (written int, err error) {
	for {
		piece := p[:min(len(p), pieceBytes)]
		n := 0
		t.within(func() { n, err = t.ResponseWriter.Write(piece) })
		written, p = written+n, p[n:]
		if err != nil || len(p) == 0 {
			return written, err //nolint:wrapcheck // the writer's own
		}
	}
}

// Flush sends what was written.
func (t *timedWriter) Flush() {
	t.within(func() { _ = t.control.Flush() }) // a writer that cannot flush sends at the end
}

// Unwrap returns the real writer.
func (t *timedWriter) Unwrap() http.ResponseWriter { return t.ResponseWriter }
