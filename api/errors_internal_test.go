package api

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"

	"connectrpc.com/connect"
	"google.golang.org/genproto/googleapis/rpc/errdetails"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
)

// constants returns the constants that a source file declares, as "Type" → values in order.
func constants(t *testing.T, path string) map[string][]string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 {
			return true
		}
		literal, ok := spec.Values[0].(*ast.BasicLit)
		if !ok || literal.Kind != token.STRING {
			return true
		}
		value, err := strconv.Unquote(literal.Value)
		if err != nil {
			t.Fatal(err)
		}
		name := ""
		switch kind := spec.Type.(type) {
		case *ast.Ident:
			name = kind.Name
		case *ast.SelectorExpr:
			name = kind.Sel.Name
		}
		found[name] = append(found[name], value)
		return true
	})
	return found
}

func TestEveryReasonHasItsRow(t *testing.T) {
	table := codes()
	reasons := append(constants(t, "../domain/refusal.go")["Reason"], constants(t, "errors.go")["Reason"]...)
	if len(reasons) < 40 {
		t.Fatalf("found %d reasons only", len(reasons))
	}
	for _, reason := range reasons {
		if _, ok := table[domain.Reason(reason)]; !ok {
			t.Errorf("%s has no row", reason)
		}
		delete(table, domain.Reason(reason))
	}
	for reason := range table {
		t.Errorf("the row %s is of no reason", reason)
	}
}

func TestRefused(t *testing.T) {
	refusal := &domain.Refusal{Violations: []domain.Violation{
		{Reason: domain.GatewayNotPassed, Message: "A.", Remedy: "B.", Facts: map[string]string{"gateway": "x"}},
		{Reason: domain.TermsIncomplete, Message: "C.", Facts: map[string]string{"gateway": "y", "term": "z"}},
		{Reason: domain.GatewayNotPassed, Message: "D."},
	}}
	err := refused(refusal)
	if err.Code() != connect.CodeFailedPrecondition || err.Message() != "A. B. C. D." {
		t.Errorf("got %s %q", err.Code(), err.Message())
	}
	info := infoOf(t, err)
	if info.GetReason() != "GATEWAY_NOT_PASSED" || info.GetDomain() != "remit" {
		t.Errorf("got %v", info)
	}
	for name, want := range map[string]string{
		"reasons": "GATEWAY_NOT_PASSED,TERMS_INCOMPLETE", "violations": "3", "gateway": "x", "term": "z",
		"violation.1.gateway": "x", "violation.2.gateway": "y", "violation.2.reason": "TERMS_INCOMPLETE",
		"violation.1.remedy": "B.", "violation.3.message": "D.",
	} {
		if got := info.GetMetadata()[name]; got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

func infoOf(t *testing.T, err error) *errdetails.ErrorInfo {
	t.Helper()
	var coded *connect.Error
	if !errors.As(err, &coded) || len(coded.Details()) != 1 {
		t.Fatalf("want an error with one detail, got %v", err)
	}
	value, valueErr := coded.Details()[0].Value()
	info, ok := value.(*errdetails.ErrorInfo)
	if valueErr != nil || !ok {
		t.Fatalf("want an ErrorInfo, got %T, %v", value, valueErr)
	}
	return info
}

func TestManyViolationsAreCountedOnly(t *testing.T) {
	var refusal domain.Refusal
	for i := range 3 * maxViolations {
		refusal.Violations = append(refusal.Violations, domain.Violation{
			Reason: domain.RemitAlreadyHeld, Message: strconv.Itoa(i) + ".",
		})
	}
	info := infoOf(t, refused(&refusal))
	if info.GetMetadata()["violations"] != "300" || info.GetMetadata()["violation.101.message"] != "" {
		t.Errorf("got %d entries", len(info.GetMetadata()))
	}
}

func TestSentinels(t *testing.T) {
	for _, test := range []struct {
		err    error
		reason domain.Reason
		code   connect.Code
	}{
		{eventstore.ErrCommandIDReused, domain.CommandIDReused, connect.CodeAlreadyExists},
		{eventstore.ErrReadOnly, domain.RegisterReadOnly, connect.CodeUnavailable},
		{eventstore.ErrOverloaded, domain.Overloaded, connect.CodeResourceExhausted},
		{eventstore.ErrTooLarge, domain.TooLarge, connect.CodeResourceExhausted},
		{context.DeadlineExceeded, OutOfTime, connect.CodeDeadlineExceeded},
		{context.Canceled, Canceled, connect.CodeCanceled},
		{domain.Refuse(domain.UnknownTransfer, "No.", ""), domain.UnknownTransfer, connect.CodeNotFound},
	} {
		refusal, ok := refusalOf(fmt.Errorf("doing something: %w", test.err))
		if !ok || refusal.Violations[0].Reason != test.reason {
			t.Errorf("%v: got %v", test.err, refusal)
			continue
		}
		if err := refused(refusal); err.Code() != test.code || strings.Contains(err.Message(), "doing something") {
			t.Errorf("%v: got %v", test.err, err)
		}
	}
	if _, ok := refusalOf(errors.New("disk on fire")); ok {
		t.Error("an internal error was told")
	}
}
