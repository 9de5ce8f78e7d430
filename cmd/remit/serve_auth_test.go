package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"github.com/remit-register/remit/api/signin"
	"github.com/remit-register/remit/api/signintest"
)

const deployFolder = "../../deploy"

// serveCommand returns the command with its flags, not run.
func serveCommand(t *testing.T) *cobra.Command {
	t.Helper()
	a, _, _ := testApp(t)
	cmd, _, err := a.root().Find([]string{"serve"})
	if err != nil {
		t.Fatal(err)
	}
	return cmd
}

// TestExampleConfig holds deploy/remit.yaml and the flags together: every flag has its field there, with a remark
// before it or before the row of fields, every field is a flag, and the values are taken, those that are commented out as well.
func TestExampleConfig(t *testing.T) {
	example, err := os.ReadFile(filepath.Join(deployFolder, "remit.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	field := regexp.MustCompile(`^(?:# )?([a-z][a-z-]*): (.+)$`)
	var names, all []string
	previous := ""
	for line := range strings.Lines(string(example)) {
		line = strings.TrimRight(line, "\n")
		if m := field.FindStringSubmatch(line); m != nil && !strings.HasSuffix(line, ".") {
			names, all = append(names, m[1]), append(all, strings.TrimPrefix(line, "# "))
			remarked := strings.HasPrefix(previous, "# ") && strings.HasSuffix(previous, ".")
			if !remarked && !field.MatchString(previous) { // fields in a row share theirs
				t.Errorf("%s has no remark", m[1])
			}
		}
		previous = line
	}
	slices.Sort(names)
	flags := serveCommand(t).LocalNonPersistentFlags()
	if want := fieldNames(flags); !slices.Equal(names, want) {
		t.Errorf("the fields of deploy/remit.yaml are\n%v, the flags\n%v", names, want)
	}
	for name, content := range map[string]string{"as it is": string(example), "with every field": strings.Join(all, "\n")} {
		path := filepath.Join(t.TempDir(), "remit.yaml")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := serveCommand(t)
		if err := fromFile(cmd.LocalNonPersistentFlags(), path); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got := cmd.Flag("oidc-audience").Value.String(); got != "remit" {
			t.Errorf("%s: the audience is %q", name, got)
		}
	}
	if content, err := os.Open(filepath.Join(deployFolder, "mapping.yaml")); err != nil {
		t.Error(err)
	} else if m, err := signin.ReadMapping(content); err != nil || len(m.Grants) != 1 || m.Subject != "sub" {
		t.Errorf("mapping.yaml: %v %v", m, err)
	}
}

func TestConfigFileIsRefused(t *testing.T) {
	for content, want := range map[string]string{
		"auht: oidc":           `line 1: "auht" is no field`,
		"listen: a\nlisten: b": "listen is there twice",
		"empty: [true]":        "empty takes one value",
		"data: {a: b}":         "data takes a plain value",
		"nats-monitor: [[a]]":  "no plain value",
		"replicas: many":       "replicas",
		"config: other.yaml":   `"config" is no field`,
		"- listen":             "must hold fields",
		"listen: [":            "yaml",
		"drain-timeout: 10":    "drain-timeout",
	} {
		path := filepath.Join(t.TempDir(), "remit.yaml")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		var usage usageError
		err := fromFile(serveCommand(t).LocalNonPersistentFlags(), path)
		if err == nil || !strings.Contains(err.Error(), want) || !errors.As(err, &usage) {
			t.Errorf("%q: %v, want %q", content, err, want)
		}
	}
}

// The command line counts more than the environment, and that more than the file.
func TestConfigPrecedence(t *testing.T) {
	path := filepath.Join(t.TempDir(), "remit.yaml")
	if err := os.WriteFile(path, []byte("listen: file:1\ndata: file\narchive: file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	a, _, _ := testApp(t)
	a.getenv = func(name string) string {
		return map[string]string{"REMIT_LISTEN": "env:1", "REMIT_DATA": "env"}[name]
	}
	cmd := serveCommand(t)
	flags := cmd.LocalNonPersistentFlags()
	if err := errors.Join(flags.Set("listen", "line:1"), a.fromEnvironment(flags), fromFile(flags, path)); err != nil {
		t.Fatal(err)
	}
	got := []string{cmd.Flag("listen").Value.String(), cmd.Flag("data").Value.String(), cmd.Flag("archive").Value.String()}
	if want := []string{"line:1", "env", "file"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestAuthOptions(t *testing.T) {
	oidc := authOptions{mode: authOIDC, issuer: "https://i.example", audience: "remit"}
	half := oidc
	half.audience = ""
	for _, test := range []struct {
		o    authOptions
		host string
		want string // "" is accepted
	}{
		{authOptions{mode: authNone}, "127.0.0.1", ""},
		{authOptions{mode: authNone}, "::1", ""},
		{authOptions{mode: authNone}, "localhost", ""},
		{authOptions{mode: authNone}, "", "listen on this machine only"},
		{authOptions{mode: authNone}, "0.0.0.0", "listen on this machine only"},
		{authOptions{mode: authNone}, "remit.example", "listen on this machine only"},
		{authOptions{mode: authNone, issuer: "x"}, "localhost", "--oidc-issuer is for --auth oidc"},
		{authOptions{mode: authNone, hosts: []string{"x"}}, "localhost", "--allow-host is for --auth oidc"},
		{authOptions{mode: "magic"}, "localhost", "not known"},
		{oidc, "0.0.0.0", ""},
		{half, "localhost", "needs --oidc-issuer and --oidc-audience"},
	} {
		err := test.o.check(test.host+":1", test.host)
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%+v on %q: %v, want %q", test.o, test.host, err, test.want)
		}
	}
	oidc.issuer = "http://elsewhere.example"
	if _, err := oidc.signIn(time.Now); err == nil || !strings.Contains(err.Error(), "https://") {
		t.Errorf("an issuer without TLS: %v", err)
	}
}

// TestRightsDocument holds deploy/rights.md and the table of rights together; -update rewrites it.
func TestRightsDocument(t *testing.T) {
	var want bytes.Buffer
	want.WriteString("# Who may do what\n\nThis is the output of `remit rights`, which prints the table that the register checks. " +
		"A command may be given in a\nrole at one of the bodies in the last column, or further away: own is the body itself or one that followed it, " +
		"region is\nits region, national is any national body, any is every body. What is not in the table is allowed to nobody.\n\n" +
		"With `--auth none`, on the machine itself, every question is answered to everybody but Backup, ResolvePerson and the\naccess log.\n\n" +
		"| kind | right | role | reach | of |\n| --- | --- | --- | --- | --- |\n")
	for _, r := range rightRows() {
		fmt.Fprintf(&want, "| %s | `%s` | %s | %s | %s |\n", r.Kind, r.Right, r.Role, r.Reach, r.Of)
	}
	path := filepath.Join(deployFolder, "rights.md")
	if *update {
		if err := os.WriteFile(path, want.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want.Bytes()) {
		t.Error("deploy/rights.md is not the present table of rights: go test ./cmd/remit -run TestRightsDocument -update rewrites it")
	}
}

// TestServeWithSignIn starts a register with sign-in from a config file and asks it from the command line.
func TestServeWithSignIn(t *testing.T) {
	began, err := time.Parse(time.RFC3339, start)
	if err != nil {
		t.Fatal(err)
	}
	provider := signintest.New(t, "remit", func() time.Time { return began })
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	config := write("remit.yaml", "auth: oidc\noidc-issuer: "+provider.URL+"\noidc-audience: remit\nempty: true\n")
	s, err := startServer("remit", "--config", config, "--data", filepath.Join(dir, "data"))
	if err != nil {
		t.Fatal(err)
	}
	s.mustGetReady(t)
	token := write("token", provider.Token(signintest.Claims{
		"sub": "anna", "organisation": []string{"X24", "QYG"}, "roles": []string{"registrar"},
	})+"\n")
	run := func(args ...string) (int, string) {
		a, _, stderr := testApp(t)
		a.getenv = func(name string) string { return map[string]string{"REMIT_SERVER": s.url}[name] }
		return a.main(t.Context(), args), stderr.String()
	}
	for _, test := range []struct {
		args []string
		want int
		says string
	}{
		{[]string{"functions"}, exitRefused, "NOT_SIGNED_IN: Nobody is signed in. Give a token of the register's sign-in service with --token-file"},
		{[]string{"functions", "--as", "po@X24"}, exitRefused, "NOT_SIGNED_IN"},
		{[]string{"functions", "--token-file", token}, exitRefused, "Say for which with --act-for"},
		{[]string{"functions", "--token-file", token, "--act-for", "S1Y5D"}, exitRefused, "You do not act for S1Y5D"},
		{[]string{"functions", "--token-file", token, "--act-for", "X24"}, exitOK, ""},
		{[]string{"functions", "--token-file", token + "x", "--act-for", "X24"}, exitUsage, "--token-file"},
		{[]string{"functions", "--token-file", token, "--server", "http://remit.example"}, exitUsage, "use https://"},
	} {
		if code, said := run(test.args...); code != test.want || !strings.Contains(said, test.says) {
			t.Errorf("%v: exit %d, want %d: %s", test.args, code, test.want, said)
		}
	}
	if err := s.end(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	kept, err := os.ReadFile(filepath.Join(dir, "data", accessLogFile))
	if lines := strings.Count(string(kept), "\n"); err != nil || lines != 4 || strings.Contains(string(kept), "anna") {
		t.Errorf("%d refused attempts kept, %v: %s", lines, err, kept)
	}
	if strings.Contains(s.stderr.String(), "Nobody signs in") {
		t.Error("it says that nobody signs in")
	}
}
