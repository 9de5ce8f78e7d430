package main

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/genproto/googleapis/rpc/errdetails"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// testApp is a program whose clock stands at midday, and what it writes.
func testApp(t *testing.T) (a *app, stdout, stderr *bytes.Buffer) {
	t.Helper()
	now, err := time.Parse(time.RFC3339, start)
	if err != nil {
		t.Fatal(err)
	}
	stdout, stderr = &bytes.Buffer{}, &bytes.Buffer{}
	return &app{
		stdout: stdout, stderr: stderr, getenv: func(string) string { return "" }, clock: func() time.Time { return now },
		format: formatTable,
	}, stdout, stderr
}

func TestPairs(t *testing.T) {
	names := []string{"owner", "due", "description"}
	for text, want := range map[string]map[string]string{
		"":                                {},
		"owner=S1Y5D":                     {"owner": "S1Y5D"},
		"owner=S1Y5D,due=2026-12-01":      {"owner": "S1Y5D", "due": "2026-12-01"},
		"description=sign, then file it":  {"description": "sign, then file it"},
		"description=a,b=c, owner=X24":    {"description": "a,b=c", "owner": "X24"},
		"owner=X24,description=due=today": {"owner": "X24", "description": "due=today"},
		"owner=,description=":             {"owner": "", "description": ""},
	} {
		if got, err := pairs(text, names...); err != nil || !maps.Equal(got, want) {
			t.Errorf("pairs(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"S1Y5D", "who=x", "owner=a,owner=b", ",owner=a"} {
		if got, err := pairs(text, names...); err == nil {
			t.Errorf("pairs(%q) = %v, want an error", text, got)
		}
	}
}

func FuzzPairs(f *testing.F) {
	f.Add("owner=S1Y5D,due=2026-12-01,description=a, b")
	f.Add("owner=,=,due")
	f.Fuzz(func(t *testing.T, text string) {
		found, err := pairs(text, "owner", "due", "description")
		if err != nil {
			return
		}
		for name, value := range found {
			if !strings.Contains(text, value) || !strings.Contains(text, name+"=") {
				t.Errorf("%q is not in %q", value, text)
			}
		}
	})
}

func TestDates(t *testing.T) {
	a, _, _ := testApp(t)
	for text, want := range map[string]string{
		"today": today, "yesterday": "2026-11-20", "tomorrow": "2026-11-22", "2024-02-29": "2024-02-29", "": "",
	} {
		if got, err := a.date(text); err != nil || got.String() != want {
			t.Errorf("date(%q) = %s, %v; want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"2026-02-29", "1 April 2026", "2026-4-1", "Today", "01/04/2026"} {
		if got, err := a.date(text); err == nil {
			t.Errorf("date(%q) = %s, want an error", text, got)
		}
	}
}

// The civil date is that of London: on a summer's night it is tomorrow there before it is by UTC.
func TestTodayIsLondons(t *testing.T) {
	a, _, _ := testApp(t)
	a.clock = func() time.Time { return time.Date(2026, time.June, 30, 23, 30, 0, 0, time.UTC) }
	if got, err := a.today(); err != nil || got.String() != "2026-07-01" {
		t.Errorf("today is %s, %v", got, err)
	}
}

func TestInstants(t *testing.T) {
	a, _, _ := testApp(t)
	for text, want := range map[string]string{
		"2026-04-01T09:00:00Z":      "2026-04-01T09:00:00Z",
		"2026-04-01T09:00:00+01:00": "2026-04-01T08:00:00Z",
		"2026-01-31":                "2026-01-31T23:59:59.999999Z",
		"2026-06-30":                "2026-06-30T22:59:59.999999Z", // London's day ends an hour before UTC's
		"now":                       "0001-01-01T00:00:00Z",
		"today":                     "0001-01-01T00:00:00Z",
	} {
		if got, err := a.instant(text); err != nil || got.UTC().Format(time.RFC3339Nano) != want {
			t.Errorf("instant(%q) = %s, %v; want %s", text, got.UTC().Format(time.RFC3339Nano), err, want)
		}
	}
	for _, text := range []string{"", "noon", "2026-04-01 09:00"} {
		if got, err := a.instant(text); err == nil {
			t.Errorf("instant(%q) = %s, want an error", text, got)
		}
	}
}

func TestWords(t *testing.T) {
	for _, text := range []string{"pass_with_conditions", "pass-with-conditions", "Pass-With-Conditions", " pass_with_conditions"} {
		got, err := parseWord[remitv1.GatewayDecision](text)
		if err != nil || got != remitv1.GatewayDecision_GATEWAY_DECISION_PASS_WITH_CONDITIONS {
			t.Errorf("parseWord(%q) = %s, %v", text, got, err)
		}
	}
	if got, err := parseWord[remitv1.Role]("unspecified"); err == nil {
		t.Errorf("the unspecified role is taken as %s", got)
	}
	if got := word(remitv1.Role_ROLE_UNSPECIFIED) + word(remitv1.Role_ROLE_OVERVIEW) + word(remitv1.Role(99)); got != "overview99" {
		t.Errorf("words are %q", got)
	}
	roles := &enumFlag[remitv1.Role]{list: true}
	if err := roles.Set("exercising,delivering,exercising"); err != nil || roles.String() != "exercising,delivering" {
		t.Errorf("roles are %q, %v", roles, err)
	}
	one := &enumFlag[remitv1.Party]{}
	if err := errors.Join(one.Set("sender"), one.Set("receiver")); err != nil || !slices.Equal(one.values, []remitv1.Party{remitv1.Party_PARTY_RECEIVER}) {
		t.Errorf("party is %v, %v", one.values, err)
	}
}

// answered is an error as the register sends it.
func answered(t *testing.T, code connect.Code, reason string) *connect.Error {
	t.Helper()
	err := connect.NewError(code, errors.New("the register says so"))
	detail, detailErr := connect.NewErrorDetail(&errdetails.ErrorInfo{Reason: reason, Domain: "remit"})
	if detailErr != nil {
		t.Fatal(detailErr)
	}
	err.AddDetail(detail)
	return err
}

func TestExitCodes(t *testing.T) {
	for _, of := range []struct {
		err  error
		want int
	}{
		{errors.New("something broke"), exitFailure},
		{usagef("flag %s", "x"), exitUsage},
		{fmt.Errorf("within: %w", usagef("flag")), exitUsage},
		{findingsError{"a target is missed"}, exitFindings},
		{answered(t, connect.CodeNotFound, "UNKNOWN_FUNCTION"), exitFailure},
		{answered(t, connect.CodeInternal, "INTERNAL"), exitFailure},
		{answered(t, connect.CodeInvalidArgument, "INVALID_ARGUMENT"), exitUsage},
		{answered(t, connect.CodeResourceExhausted, "TOO_LARGE"), exitUsage},
		{answered(t, connect.CodeFailedPrecondition, "WRONG_STATE"), exitRefused},
		{answered(t, connect.CodePermissionDenied, "NOT_AUTHORISED"), exitRefused},
		{answered(t, connect.CodeUnauthenticated, "NOT_SIGNED_IN"), exitRefused},
		{answered(t, connect.CodeAborted, "REVISION_CONFLICT"), exitConflict},
		{answered(t, connect.CodeAlreadyExists, "COMMAND_ID_REUSED"), exitConflict},
		{answered(t, connect.CodeUnavailable, "REGISTER_READ_ONLY"), exitUnreachable},
		{answered(t, connect.CodeResourceExhausted, "OVERLOADED"), exitUnreachable},
		{answered(t, connect.CodeDeadlineExceeded, "OUT_OF_TIME"), exitUnreachable},
		{fmt.Errorf("line 3: %w", answered(t, connect.CodeAborted, "REVISION_CONFLICT")), exitConflict},
	} {
		if got := exitCode(of.err); got != of.want {
			t.Errorf("%v exits with %d, not %d", of.err, got, of.want)
		}
	}
}

// An answer that names no rule, and one of a proxy that knows nothing of rules, are told all the same.
func TestComplaintsWithoutRules(t *testing.T) {
	a, _, stderr := testApp(t)
	a.complain(answered(t, connect.CodeInternal, "INTERNAL"))
	a.complain(connect.NewError(connect.CodeUnavailable, errors.New("502 Bad Gateway")))
	want := "remit: INTERNAL: the register says so\nremit: unavailable: 502 Bad Gateway\n"
	if got := stderr.String(); got != want {
		t.Errorf("it says %q, not %q", got, want)
	}
}

// Every command explains itself, and says by what it is known.
func TestHelp(t *testing.T) {
	a, _, _ := testApp(t)
	commands := []string{}
	for pending := a.root().Commands(); len(pending) > 0; pending = pending[1:] {
		cmd := pending[0]
		pending = append(pending, cmd.Commands()...)
		path := cmd.CommandPath()
		if strings.HasPrefix(path, "remit completion") || strings.HasPrefix(path, "remit help") {
			continue
		}
		commands = append(commands, path)
		if cmd.Short == "" || len(cmd.Short) > 120 {
			t.Errorf("%s says in short %q", path, cmd.Short)
		}
		if cmd.Runnable() && !cmd.HasSubCommands() && cmd.Name() != "version" && cmd.Example == "" {
			t.Errorf("%s has no example", path)
		}
	}
	if len(commands) < 35 {
		t.Errorf("there are only %d commands: %v", len(commands), commands)
	}
}
