package eventstore

import (
	"bytes"
	"reflect"
	"testing"
	"time"

	"github.com/remit-register/remit/domain"
)

// The canonical form is remembered for ever as a digest: it must never change for a command that exists.
func TestCanonicalForm(t *testing.T) {
	for want, command := range map[string]domain.Command{
		`{"code":"QNQ","effectiveOn":"2026-04-01","form":"trust","legalPerson":true,"name":"A \"B\" \u0026 Ç"}`: domain.EstablishOrganisation{
			Code: "QNQ", Name: `A "B" & Ç`, Form: domain.FormTrust, LegalPerson: true, EffectiveOn: domain.NewDate(2026, time.April, 1),
		},
		`{"code":"f","details":{"name":"N","rules":{"accountable":"sole","funding":"joint"}}}`: domain.DefineFunction{
			Code: "f", Details: domain.FunctionDetails{
				Name:  "N",
				Rules: map[domain.Role]domain.RemitRule{"funding": "joint", "accountable": "sole"}, //nolint:exhaustive // two do
			},
		},
		`{"function":"eprr","retained":[{"role":"overview"},null],"roles":["exercising"]}`: domain.ProposeTransfer{
			Function: "eprr", Roles: []domain.Role{domain.RoleExercising}, Rationale: domain.Text{Clear: "secret", Commitment: "00"},
			Retained: []domain.Retained{{Role: domain.RoleOverview, Description: domain.Text{Commitment: "11"}}, {}},
		},
	} {
		var out bytes.Buffer
		if _, err := new(digester).canonical(&out, reflect.ValueOf(command)); err != nil || out.String() != want {
			t.Errorf("%s is canonically\n%s, not\n%s (%v)", command.Method(), out.String(), want, err)
		}
	}
}

func TestCommandDigest(t *testing.T) {
	digest := func(command domain.Command, caller domain.Caller) string {
		t.Helper()
		d, err := new(digester).digest(command, caller)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	caller := domain.Caller{Subject: "p-1", Organisation: "QNQ", Roles: []domain.ActorRole{domain.ActorBoard}}
	base := digest(domain.ScheduleTransfer{TransferID: "01J"}, caller)
	const golden = "5db1b55ba15528c4db5b273622487ca3270cff8925fd86de7b3be769aba62426"
	if base != golden {
		t.Errorf("the digest of a command that exists was %s and is %s", golden, base)
	}
	same := caller
	same.Roles = nil
	if digest(domain.ScheduleTransfer{TransferID: "01J"}, same) != base {
		t.Error("the digest depends on the caller's roles")
	}
	other := caller
	other.Organisation = "X24"
	for name, d := range map[string]string{
		"content": digest(domain.ScheduleTransfer{TransferID: "01K"}, caller),
		"method":  digest(domain.WithdrawTransfer{TransferID: "01J"}, caller),
		"caller":  digest(domain.ScheduleTransfer{TransferID: "01J"}, other),
	} {
		if d == base {
			t.Errorf("the digest does not depend on the %s", name)
		}
	}
	if digest(domain.ScheduleTransfer{}, caller) == digest(domain.WithdrawTransfer{}, caller) {
		t.Error("empty commands of two methods have one digest")
	}
}
