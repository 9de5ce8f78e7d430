package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// authority signs certificates of a test.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	pem         []byte
}

// newAuthority returns an authority of its own.
func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{}
	a.certificate = &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotBefore: time.Now().AddDate(-1, 0, 0),
		NotAfter: time.Now().AddDate(1, 0, 0), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	a.pem, a.key = a.sign(t, a.certificate)
	return a
}

// sign returns a certificate and its key. An authority without a key signs its own.
func (a *authority) sign(t *testing.T, certificate *x509.Certificate) ([]byte, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	by := a.key
	if by == nil {
		by = key
	}
	der, err := x509.CreateCertificate(rand.Reader, certificate, a.certificate, key.Public(), by)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), key
}

// issue writes a certificate for this machine and its key to files, and returns them.
func (a *authority) issue(t *testing.T, dir, name string, serial int64) (certFile, keyFile string) {
	t.Helper()
	certificate, key := a.sign(t, &x509.Certificate{
		SerialNumber: big.NewInt(serial), NotBefore: time.Now().AddDate(-1, 0, 0), NotAfter: time.Now().AddDate(1, 0, 0),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	})
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certFile, keyFile = filepath.Join(dir, name+".crt"), filepath.Join(dir, name+".key")
	for path, content := range map[string][]byte{certFile: certificate, keyFile: pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})} {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return certFile, keyFile
}

// TestTLS serves over TLS to callers who show a certificate, and takes a renewed certificate without a restart.
func TestTLS(t *testing.T) {
	dir, a := t.TempDir(), newAuthority(t)
	certFile, keyFile := a.issue(t, dir, "server", 10)
	caFile := filepath.Join(dir, "ca.crt")
	if err := os.WriteFile(caFile, a.pem, 0o600); err != nil {
		t.Fatal(err)
	}
	s := launch(t, "--data", t.TempDir(), "--empty", "--tls-cert", certFile, "--tls-key", keyFile, "--client-ca", caFile)
	s.mustGetReady(t)
	if !strings.HasPrefix(s.url, "https://") {
		t.Fatalf("it listens on %s", s.url)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(a.pem)
	shown, err := tls.LoadX509KeyPair(a.issue(t, dir, "client", 20))
	if err != nil {
		t.Fatal(err)
	}
	type reply struct {
		status, major int
		strict        string // transport security
		serial        int64
	}
	ask := func(certificates ...tls.Certificate) (reply, error) {
		transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, Certificates: certificates}, ForceAttemptHTTP2: true}
		defer transport.CloseIdleConnections()
		answer, err := (&http.Client{Transport: transport, Timeout: time.Minute}).Get(s.url + "/readyz")
		if err != nil {
			return reply{}, err
		}
		defer answer.Body.Close()
		return reply{answer.StatusCode, answer.ProtoMajor, answer.Header.Get("Strict-Transport-Security"), answer.TLS.PeerCertificates[0].SerialNumber.Int64()}, nil
	}
	answer, err := ask(shown)
	if err != nil {
		t.Fatal(err)
	}
	if answer.status != http.StatusOK || answer.major != 2 || answer.strict == "" {
		t.Errorf("%+v", answer)
	}
	if _, err := ask(); err == nil {
		t.Error("a caller without a certificate is answered")
	}
	stranger, err := tls.LoadX509KeyPair(newAuthority(t).issue(t, dir, "stranger", 30))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ask(stranger); err == nil {
		t.Error("a caller with somebody else's certificate is answered")
	}
	a.issue(t, dir, "server", 11)
	later := time.Now().Add(time.Minute) // than what file systems with coarse times take for the same
	if err := os.Chtimes(certFile, later, later); err != nil {
		t.Fatal(err)
	}
	if answer, err = ask(shown); err != nil || answer.serial != 11 {
		t.Errorf("after the certificate was renewed: %+v, %v", answer, err)
	}
	s.stop(t)
}

func TestLimitChecks(t *testing.T) {
	whole := limitOptions{bodyTime: 1, stallTime: 1}
	for _, test := range []struct {
		change func(*limitOptions)
		want   string
	}{
		{func(*limitOptions) {}, ""},
		{func(o *limitOptions) { o.tlsCert = "x" }, "belong together"},
		{func(o *limitOptions) { o.clientCA = "x" }, "needs --tls-cert"},
		{func(o *limitOptions) { o.bodyTime = 0 }, "--read-timeout"},
	} {
		o := whole
		test.change(&o)
		if err := o.check(); (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: %v, want %q", o, err, test.want)
		}
	}
	for _, test := range []struct {
		rate int
		auth string
		want int
	}{{0, authNone, 0}, {0, authOIDC, defaultRate}, {-1, authOIDC, 0}, {7, authNone, 7}} {
		if got := (&limitOptions{rate: test.rate}).ratePerCaller(test.auth); got != test.want {
			t.Errorf("%+v: %d", test, got)
		}
	}
	missing := limitOptions{tlsCert: "none", tlsKey: "none"}
	if err := missing.limit(&http.Server{Protocols: new(http.Protocols)}); err == nil {
		t.Error("a missing certificate is no error")
	}
}

// TestSlowCallers has callers who do not send, do not read, and send too much: each is let go in time, and the others
// are answered.
func TestSlowCallers(t *testing.T) {
	s := launch(t, "--data", t.TempDir(), "--empty", "--read-timeout", "500ms", "--write-timeout", "500ms")
	s.mustGetReady(t)
	address := strings.TrimPrefix(s.url, "http://")
	slow, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer slow.Close()
	began := time.Now()
	_, err = io.WriteString(slow, "POST /remit.v1.MapService/GetMap HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
	if err != nil {
		t.Fatal(err)
	}
	if err := slow.SetReadDeadline(began.Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	said, err := io.ReadAll(slow)
	if errors.Is(err, os.ErrDeadlineExceeded) || time.Since(began) > 15*time.Second {
		t.Errorf("a caller who sends nothing more is kept for %s (%v): %s", time.Since(began), err, said)
	}
	if !strings.HasPrefix(string(said), "HTTP/1.1 400 ") {
		t.Errorf("it is told %q", said)
	}
	large, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/healthz", nil)
	if err != nil {
		t.Fatal(err)
	}
	large.Header.Set("X-Large", strings.Repeat("x", 2*maxHeaderBytes))
	answer, err := http.DefaultClient.Do(large)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("a header of %d bytes: %s", 2*maxHeaderBytes, answer.Status)
	}
	if err := establish(t, s, "X24"); err != nil {
		t.Fatal(err)
	}
	s.stop(t)
}

// TestIdleStream has a stream that says nothing for longer than callers may stop reading: it is not ended.
func TestIdleStream(t *testing.T) {
	const stall = 50 * time.Millisecond
	server := httptest.NewUnstartedServer(unhurried(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for range 3 {
			_, _ = io.WriteString(w, "one ")
			_ = http.NewResponseController(w).Flush()
			select {
			case <-time.After(4 * stall): // what is tested is that time passes
			case <-r.Context().Done():
				return
			}
		}
	}), stall, stall))
	server.Config.Protocols = new(http.Protocols)
	server.Config.Protocols.SetHTTP1(true)
	server.Config.Protocols.SetUnencryptedHTTP2(true)
	server.Start()
	defer server.Close()
	for version := 1; version <= 2; version++ {
		protocols := new(http.Protocols)
		protocols.SetHTTP1(version == 1)
		protocols.SetUnencryptedHTTP2(version == 2)
		transport := &http.Transport{Protocols: protocols}
		for range 2 { // the second on the connection of the first
			request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL, strings.NewReader("asked"))
			if err != nil {
				t.Fatal(err)
			}
			answer, err := (&http.Client{Transport: transport}).Do(request)
			if err != nil {
				t.Fatal(err)
			}
			said, err := io.ReadAll(answer.Body)
			_ = answer.Body.Close()
			if err != nil || string(said) != "one one one " || answer.ProtoMajor != version {
				t.Errorf("over %s: %q, %v", answer.Proto, said, err)
			}
		}
		transport.CloseIdleConnections()
	}
}

// TestSlowReader has a caller that reads nothing of a long answer: the handler is let go.
func TestSlowReader(t *testing.T) {
	ended := make(chan error, 1)
	server := httptest.NewServer(unhurried(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		var err error
		for err == nil {
			_, err = w.Write(make([]byte, 1<<20))
		}
		ended <- err
	}), time.Minute, 100*time.Millisecond))
	defer server.Close()
	slow, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer slow.Close()
	if _, err := io.WriteString(slow, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-ended:
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("it ended with %v", err)
		}
	case <-time.After(20 * time.Second):
		t.Error("a caller who reads nothing is waited for")
	}
}

// establish records a body.
func establish(t *testing.T, s *server, code string) error {
	t.Helper()
	_, err := s.client("registrar@X24").organisations().EstablishOrganisation(t.Context(), &remitv1.EstablishOrganisationRequest{
		CommandId: uuid.NewString(), Code: code, Name: "Body of a test", Tier: remitv1.Tier_TIER_NATIONAL,
		Form: remitv1.Form_FORM_STATUTORY_BODY, LegalPerson: true, EffectiveOn: "2013-04-01", Source: "test", Reason: "test",
	})
	return err
}
