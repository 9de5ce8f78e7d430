package eventstoretest

import (
	"testing"

	"github.com/google/uuid"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
)

// System is the register's own loader, who may give every command.
func System() domain.Caller {
	return domain.Caller{Subject: domain.SystemSubject, Roles: []domain.ActorRole{domain.ActorSystem}}
}

// Request returns a request of the system with a fresh command id.
func Request(command domain.Command) eventstore.Request {
	return eventstore.Request{CommandID: uuid.NewString(), Caller: System(), Command: command}
}

// WithReason gives a request a reason, sealed.
func WithReason(t testing.TB, r eventstore.Request, reason string) eventstore.Request {
	t.Helper()
	text, secret, err := eventstore.Seal(nil, reason)
	if err != nil {
		t.Fatalf("seal a reason: %v", err)
	}
	r.Reason = text
	r.Secrets = append(r.Secrets, secret)
	return r
}

// MustSubmit submits a request that is accepted.
func (h *Harness) MustSubmit(t testing.TB, r eventstore.Request) eventstore.Receipt {
	t.Helper()
	receipt, err := h.Submit(t.Context(), r)
	if err != nil {
		t.Fatalf("submit %s: %v", r.Command.Method(), err)
	}
	return receipt
}

// Body returns the command that establishes a body today; it is accepted for every code that is new.
func Body(code string) domain.Command {
	today := domain.DateOf(Start())
	return domain.EstablishOrganisation{
		Code: domain.OrganisationCode(code), Name: "Body " + code, Tier: domain.TierNational,
		Form: domain.FormStatutoryBody, LegalPerson: true, EffectiveOn: today, Source: "test",
	}
}

// Rename returns the command that gives a body another name today.
func Rename(code, name string) domain.Command {
	return domain.RenameOrganisation{
		Code: domain.OrganisationCode(code), Name: name, EffectiveOn: domain.DateOf(Start()), Source: "test",
	}
}

// Remit is a sole remit that nobody holds, for tests that race for it: see Harness.Remit.
const (
	RemitFunction  domain.FunctionCode  = "race"
	RemitFootprint domain.FootprintCode = "F1"
)

// Remit records bodies and a function with one footprint, whose accountable remit nobody holds yet.
func (h *Harness) Remit(t testing.TB, bodies ...string) {
	t.Helper()
	for _, code := range bodies {
		h.MustSubmit(t, Request(Body(code)))
	}
	today := domain.DateOf(Start())
	h.MustSubmit(t, Request(domain.ChangeFootprints{
		Open:        []domain.NewFootprint{{Code: RemitFootprint, Name: "Footprint", Kind: domain.KindLocation}},
		Coverage:    []domain.Coverage{{Organisation: domain.OrganisationCode(bodies[0]), Footprints: []domain.FootprintCode{RemitFootprint}}},
		EffectiveOn: today, Source: "test",
	}))
	h.MustSubmit(t, Request(domain.DefineFunction{Code: RemitFunction, Details: domain.FunctionDetails{
		Name: "Race", Class: domain.ClassStrategy, FootprintKind: domain.KindLocation, Category: domain.CategoryCore,
		LegalStatus: domain.LegalStatutory, Source: "test",
	}}))
}

// TakeRemit returns the command by which a body takes the remit.
func TakeRemit(code string) domain.Command {
	return domain.AllocateFunction{
		Function: RemitFunction, Holder: domain.OrganisationCode(code), Footprints: []domain.FootprintCode{RemitFootprint},
		Roles: []domain.Role{domain.RoleAccountable}, EffectiveOn: domain.DateOf(Start()),
		Confidence: domain.ConfidenceExact, Source: "test",
	}
}
