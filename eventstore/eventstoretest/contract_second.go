package eventstoretest

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-register/remit/domain"
)

// registrar is a person at a body who may record what it holds, with a second person.
func registrar(subject, body string) domain.Caller {
	return domain.Caller{
		Subject: subject, Organisation: domain.OrganisationCode(body), Roles: []domain.ActorRole{domain.ActorRegistrar},
	}
}

// secondContract: a command that waits for a second person is stored as it was given, and takes effect when somebody
// else agrees, however often the store was restarted in between.
func secondContract(t *testing.T, h *Harness) {
	h.Remit(t, "A1", "B2")
	asked := Request(TakeRemit("A1"))
	asked.Caller = registrar("p-1", "A1")
	receipt := h.MustSubmit(t, asked)
	awaited, ok := receipt.Events[0].Fact.(domain.SecondAwaited)
	if !ok || len(receipt.Events) != 1 || awaited.ID != receipt.TransactionID {
		t.Fatalf("a command that needs a second person recorded %+v", receipt.Events)
	}
	if diff := cmp.Diff(asked.Command, awaited.Command); diff != "" {
		t.Errorf("what was asked for and what waits (-asked +waits):\n%s", diff)
	}
	h.Restart(t)
	sameReceipt(t, receipt, h.MustSubmit(t, asked))

	agreed := Request(domain.Second{AwaitingID: awaited.ID})
	agreed.Caller = asked.Caller
	_, err := h.Submit(t.Context(), agreed)
	var refusal *domain.Refusal
	if !errors.As(err, &refusal) || !refusal.Has(domain.SecondPersonRequired) {
		t.Errorf("the first person seconded the command: %v", err)
	}
	agreed.Caller = registrar("p-2", "A1")
	second := h.MustSubmit(t, agreed)
	if len(second.Events) != 2 {
		t.Fatalf("a command that was seconded recorded %+v", second.Events)
	}
	if fact, ok := second.Events[1].Fact.(domain.FunctionAllocated); !ok || len(fact.Changes) == 0 {
		t.Errorf("a baseline that was seconded recorded %+v", second.Events[1].Fact)
	}
	h.Restart(t)
	sameReceipt(t, second, h.MustSubmit(t, agreed))
	again := Request(agreed.Command)
	again.Caller = agreed.Caller
	if _, err := h.Submit(t.Context(), again); !errors.As(err, &refusal) || !refusal.Has(domain.WrongState) {
		t.Errorf("a command was seconded twice: %v", err)
	}
}
