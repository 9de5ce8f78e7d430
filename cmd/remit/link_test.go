package main

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/remit-register/remit/api/signintest"
)

// TestCommandLineOverTLS serves with sign-in over TLS to callers who show a certificate, and works with it from the command
// line: questions, a command, a watch, a backup, the doctor, and a verification. Whoever does not trust, is not trusted,
// or has no token is told what is missing, and the refusals are counted.
func TestCommandLineOverTLS(t *testing.T) {
	dir, ours := t.TempDir(), newAuthority(t)
	began, err := time.Parse(time.RFC3339, start)
	if err != nil {
		t.Fatal(err)
	}
	provider := signintest.New(t, "remit", func() time.Time { return began })
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	ca := write("ca.crt", string(ours.pem))
	certFile, keyFile := ours.issue(t, dir, "server", 10)
	s, err := startServer("remit", "--data", filepath.Join(dir, "data"), "--empty", "--auth", "oidc", "--oidc-issuer", provider.URL,
		"--oidc-audience", "remit", "--tls-cert", certFile, "--tls-key", keyFile, "--client-ca", ca)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.cmd.Process.Kill() }) // of one that has ended, it does nothing
	s.mustGetReady(t)
	shown, shownKey := ours.issue(t, dir, "client", 20)
	stranger, strangerKey := newAuthority(t).issue(t, dir, "stranger", 30)
	token := func(name string, roles ...string) string {
		return write(name, provider.Token(signintest.Person(name, "X24", roles...))+"\n")
	}
	whole := map[string]string{
		"REMIT_SERVER": s.url, "REMIT_CA": ca, "REMIT_CLIENT_CERT": shown, "REMIT_CLIENT_KEY": shownKey,
		"REMIT_TOKEN_FILE": token("anna", "registrar", "operator", "auditor"),
	}
	reader := token("rita", "reader")
	run := func(change map[string]string, args ...string) (int, string) {
		a, stdout, stderr := testApp(t)
		env := maps.Clone(whole)
		maps.Copy(env, change)
		a.getenv = func(name string) string { return env[name] }
		code := a.main(t.Context(), args)
		return code, stdout.String() + stderr.String()
	}
	key := write("log.vkey", mustRemit(t, "key", "-q", "--data", filepath.Join(dir, "data")))
	type env = map[string]string
	for _, test := range []struct {
		name   string
		change env
		args   []string
		want   int
		says   string
	}{
		{"command", nil, []string{
			"org", "establish", "X24", "--name", "NHS England", "--tier", "national", "--form", "statutory-body", "--legal-person",
			"--on", "2013-04-01", "--source", "test", "--reason", "known only now",
		}, exitOK, ""},
		{"question", nil, []string{"org", "X24"}, exitOK, "NHS England"},
		{"watch", nil, []string{"watch", "events", "--after", "0", "--limit", "1"}, exitOK, "OrganisationEstablished"},
		{"verification", nil, []string{"verify", "--key", key}, exitOK, "everything verifies"},
		{"doctor", nil, []string{"doctor"}, exitOK, "ok    archive"},
		{"backup", nil, []string{"backup", filepath.Join(dir, "backup")}, exitOK, "Backed up 1 event"},
		{"name of the certificate", nil, []string{"org", "X24", "--server-name", "127.0.0.1"}, exitOK, ""},
		{"another name", nil, []string{"org", "X24", "--server-name", "remit.example"}, exitUnreachable, "--server-name"},
		{"authority that is not trusted", env{"REMIT_CA": ""}, []string{"org", "X24"}, exitUnreachable, "with --ca"},
		{"no certificate", env{"REMIT_CLIENT_CERT": "", "REMIT_CLIENT_KEY": ""}, []string{"org", "X24"}, exitUnreachable, "with --client-cert"},
		{"a stranger's certificate", env{"REMIT_CLIENT_CERT": stranger, "REMIT_CLIENT_KEY": strangerKey}, []string{"org", "X24"}, exitUnreachable, "with --client-cert"},
		{"half a certificate", env{"REMIT_CLIENT_KEY": ""}, []string{"org", "X24"}, exitUsage, "belong together"},
		{"no such authority", env{"REMIT_CA": ca + "x"}, []string{"org", "X24"}, exitUsage, "--ca"},
		{"authority that is none", env{"REMIT_CA": reader}, []string{"org", "X24"}, exitUsage, "holds no certificate"},
		{"no token", env{"REMIT_TOKEN_FILE": ""}, []string{"org", "X24"}, exitRefused, "NOT_SIGNED_IN"},
		{"verification without a token", env{"REMIT_TOKEN_FILE": ""}, []string{"verify", "--key", key}, exitUnreachable, "401"},
		{"no right", env{"REMIT_TOKEN_FILE": reader}, []string{"events"}, exitRefused, "NOT_AUTHORISED"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if code, said := run(test.change, test.args...); code != test.want || !strings.Contains(said, test.says) {
				t.Errorf("exit %d, want %d and %q: %s", code, test.want, test.says, said)
			}
		})
	}
	a, _, _ := testApp(t)
	a.server, a.link, a.pass.tokenFile = s.url, link{ca: ca, cert: shown, key: shownKey}, whole["REMIT_TOKEN_FILE"]
	c, err := a.client()
	if err != nil {
		t.Fatal(err)
	}
	_, metrics, err := c.get(t.Context(), "/metrics", "")
	for _, want := range []string{
		`remit_refused_attempts_total{reason="NOT_SIGNED_IN",right="GetOrganisation"} 1`,
		`remit_refused_attempts_total{reason="NOT_SIGNED_IN",right="GET /log/"} `,
		`remit_refused_attempts_total{reason="NOT_AUTHORISED",right="ListEvents"} 1`,
	} {
		if err != nil || !strings.Contains(string(metrics), want) {
			t.Errorf("the metrics do not say %s (%v)", want, err)
		}
	}
	if err := s.end(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
}

// TestTokenGoesNowhereElse asks a register that --server does not name: the token is not shown to it.
func TestTokenGoesNowhereElse(t *testing.T) {
	a, _, _ := testApp(t)
	a.server = "https://remit.example"
	a.getenv = func(name string) string { return map[string]string{"REMIT_TOKEN": "secret"}[name] }
	for address, wanted := range map[string]bool{
		"https://remit.example/log": true, "https://other.example/log": false, "https://remit.example:444": false,
	} {
		over, err := a.over(address)
		if err != nil {
			t.Fatal(err)
		}
		if _, sends := over.Transport.(bearer); sends != wanted {
			t.Errorf("%s: the token is sent: %v", address, sends)
		}
	}
}
