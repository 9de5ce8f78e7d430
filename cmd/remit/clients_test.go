package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/remit-register/remit/api/signintest"
)

// outsider is a client that is not ours, and the flags that it has for the same things.
type outsider struct {
	t       *testing.T
	program string
	flags   []string
}

// tool finds a client that `make tools` installs, or skips the test and says what is missing.
func tool(t *testing.T, pattern, needs string) string {
	t.Helper()
	if _, err := exec.LookPath(needs); needs != "" && err != nil {
		t.Skipf("%s is missing", needs)
	}
	found, err := filepath.Glob(filepath.Join("..", "..", ".ci", "tools", pattern))
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		t.Skipf(".ci/tools/%s is missing: `make tools` installs it", pattern)
	}
	program, err := filepath.Abs(found[0])
	if err != nil {
		t.Fatal(err)
	}
	return program
}

// says runs the client, and demands that it succeeds or not, and what it prints.
func (o outsider) says(succeeds bool, args []string, wanted ...string) {
	o.t.Helper()
	ctx, cancel := context.WithTimeout(o.t.Context(), time.Minute)
	defer cancel()
	args = append(append([]string{}, o.flags...), args...)
	cmd := exec.CommandContext(ctx, o.program, args...)
	cmd.Dir = o.t.TempDir() // what is known comes from the register alone
	printed, err := cmd.CombinedOutput()
	if (err == nil) != succeeds {
		o.t.Errorf("%s: %v\n%s", strings.Join(args, " "), err, printed)
	}
	for _, want := range wanted {
		if !strings.Contains(string(printed), want) {
			o.t.Errorf("%s: want %q in\n%s", strings.Join(args, " "), want, printed)
		}
	}
}

const (
	eprrQuestion = `{"function":"eprr","footprint":"06H","role":"ROLE_DELIVERING","asOf":{"effectiveOn":"2026-11-21"}}`
	proposal     = `{"commandId":"0198a1b2-0000-7000-8000-000000000001","function":"eprr","kind":"TRANSFER_KIND_DELEGATION","sender":"S1Y5D",` +
		`"receiver":"Y61","footprints":["06H"],"roles":["ROLE_EXERCISING"],"effectiveOn":"2026-11-21"}`
)

// TestOutsideClients asks a register with clients of others, who know its address and nothing else: grpcurl over gRPC, and
// buf over all three protocols. Both find the calls by reflection; a refusal comes with its details.
func TestOutsideClients(t *testing.T) {
	plain := launch(t, "--data", t.TempDir())
	plain.mustGetReady(t)
	address := strings.TrimPrefix(plain.url, "http://")
	t.Run("grpcurl", func(t *testing.T) {
		c := outsider{t: t, program: tool(t, "bin/grpcurl-*", ""), flags: []string{"-plaintext"}}
		c.says(true, []string{address, "list"}, "remit.v1.MapService", "remit.v1.TransferService", "grpc.health.v1.Health")
		c.says(true, []string{address, "describe", "remit.v1.MapService.WhoHolds"}, "NO_SIDE_EFFECTS")
		c.says(true, []string{address, "grpc.health.v1.Health/Check"}, "SERVING")
		c.says(true, []string{"-d", eprrQuestion, address, "remit.v1.MapService/WhoHolds"}, `"holder": "S1Y5D"`)
		c.says(true, []string{"-d", `{"afterPosition":"3110","pageSize":1}`, address, "remit.v1.AuditService/ListEvents"}, `"position": "3111"`)
		c.says(false, []string{"-d", proposal, address, "remit.v1.TransferService/ProposeTransfer"}, "Unauthenticated", `"reason": "NOT_SIGNED_IN"`)
		c.says(false, []string{"-H", "Remit-Actor: po@S1Y5D", "-d", proposal, address, "remit.v1.TransferService/ProposeTransfer"},
			"FailedPrecondition", `"reason": "INSTRUMENT_REQUIRED"`)
	})
	for _, protocol := range []string{"connect", "grpc", "grpcweb"} {
		t.Run("buf over "+protocol, func(t *testing.T) {
			c := outsider{t: t, program: tool(t, "node_modules/.bin/buf", "node"), flags: []string{
				"curl", "--protocol", protocol, "--http2-prior-knowledge",
			}}
			c.says(true, []string{"--list-methods", plain.url}, "remit.v1.MapService/WhoHolds")
			c.says(true, []string{"-d", eprrQuestion, plain.url + "/remit.v1.MapService/WhoHolds"}, `"holder": "S1Y5D"`)
			c.says(false, []string{"-H", "Remit-Actor: po@S1Y5D", "-d", proposal, plain.url + "/remit.v1.TransferService/ProposeTransfer"},
				"failed_precondition", "needs a legal instrument", "google.rpc.ErrorInfo")
		})
	}
	plain.stop(t)
}

// TestOutsideClientsSignIn has the same clients show a token, over TLS.
func TestOutsideClientsSignIn(t *testing.T) {
	dir, authority := t.TempDir(), newAuthority(t)
	certFile, keyFile := authority.issue(t, dir, "server", 10)
	caFile := filepath.Join(dir, "ca.crt")
	if err := os.WriteFile(caFile, authority.pem, 0o600); err != nil {
		t.Fatal(err)
	}
	provider := signintest.New(t, "remit", time.Now)
	s := launch(t, "--data", t.TempDir(), "--empty", "--tls-cert", certFile, "--tls-key", keyFile,
		"--auth", "oidc", "--oidc-issuer", provider.URL, "--oidc-audience", "remit")
	s.mustGetReady(t)
	address := strings.TrimPrefix(s.url, "https://")
	header := "Authorization: Bearer " + provider.Token(signintest.Person("anna", "X24", "reader"))
	const question = `{"pageSize":1}`
	t.Run("grpcurl", func(t *testing.T) {
		c := outsider{t: t, program: tool(t, "bin/grpcurl-*", ""), flags: []string{"-cacert", caFile}}
		c.says(false, []string{address, "list"}, "Unauthenticated", "Nobody is signed in")
		c.says(true, []string{"-H", header, address, "list"}, "remit.v1.MapService")
		c.says(true, []string{"-H", header, "-d", question, address, "remit.v1.OrganisationService/ListOrganisations"}, "position")
		c.says(false, []string{"-H", header, "-d", `{}`, address, "remit.v1.OperatorService/Backup"}, "PermissionDenied", "You have no right to Backup as reader of X24")
	})
	t.Run("buf", func(t *testing.T) {
		c := outsider{t: t, program: tool(t, "node_modules/.bin/buf", "node"), flags: []string{
			"curl", "--cacert", caFile, "--header", header, "--reflect-header", "*",
		}}
		c.says(true, []string{"-d", question, s.url + "/remit.v1.OrganisationService/ListOrganisations"}, "position")
		c.says(false, []string{"-d", `{}`, s.url + "/remit.v1.OperatorService/Backup"}, "permission_denied", "NOT_AUTHORISED")
	})
	s.stop(t)
}
