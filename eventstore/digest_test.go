package eventstore

import (
	"bytes"
	"encoding/json"
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
		`{"delegationId":"01J","terms":{"money":[{"class":"running_cost","pounds":250000,"year":"2026/27"}],"staff":{"stated":true}}}`: domain.VaryDelegation{
			DelegationID: "01J", Terms: domain.Terms{
				Liability: domain.Text{Commitment: "22"}, Staff: domain.StaffTerms{Stated: true},
				Money: []domain.MoneyTerm{{Class: domain.CostRunning, Pounds: 250_000, Year: "2026/27"}},
			},
		},
		`{"event":18446744073709551615,"withdraw":true}`: domain.Correct{Event: domain.Latest, Withdraw: true},
	} {
		var out bytes.Buffer
		if _, err := new(digester).canonical(&out, reflect.ValueOf(command)); err != nil || out.String() != want {
			t.Errorf("%s is canonically\n%s, not\n%s (%v)", command.Method(), out.String(), want, err)
		}
	}
}

// Every command has a digest, and each field that callers give bears on it: all but the personal texts.
func TestEveryCommandHasADigest(t *testing.T) {
	listed := map[string]bool{}
	for _, sample := range everyCommand() {
		listed[sample.Method()] = true
		t.Run(sample.Method(), func(t *testing.T) {
			filled := reflect.New(reflect.TypeOf(sample)).Elem()
			(&filler{}).fill(t, filled)
			whole := canonicalForm(t, filled)
			for i := range filled.NumField() {
				less := reflect.New(filled.Type()).Elem()
				less.Set(filled)
				less.Field(i).SetZero()
				isText := filled.Field(i).Type() == reflect.TypeFor[domain.Text]()
				isGiven := filled.Type().Field(i).Tag.Get("json") == "-" // by the register, not by the caller
				if same := canonicalForm(t, less) == whole; same != (isText || isGiven) {
					t.Errorf("the digest is the same without %s: %t", filled.Type().Field(i).Name, same)
				}
			}
		})
	}
	for _, name := range declared(t, "Method") {
		if !listed[name] {
			t.Errorf("domain.%s is a command that is not tested here: list it in everyCommand", name)
		}
	}
}

// canonicalForm returns the canonical form of a filled command.
func canonicalForm(t *testing.T, command reflect.Value) string {
	t.Helper()
	var out bytes.Buffer
	if _, err := new(digester).canonical(&out, command); err != nil {
		t.Fatal(err)
	}
	if out.Len() > 0 && !json.Valid(out.Bytes()) {
		t.Errorf("%s is no JSON", out.String())
	}
	return out.String()
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
