package eventstoretest

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
)

// Contract is what every store does, whatever its journal goes through. fresh makes a new one for each test, as New
// does.
func Contract(t *testing.T, fresh func(t *testing.T) *Harness) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, *Harness){
		"receipt":        receiptContract,
		"replay":         replayContract,
		"reuse":          reuseContract,
		"refusal":        refusalContract,
		"validate only":  validateContract,
		"simulate":       simulateContract,
		"follow":         followContract,
		"read":           readContract,
		"race":           raceContract,
		"order":          orderContract,
		"personal texts": personalContract,
		"second person":  secondContract,
	} {
		t.Run(name, func(t *testing.T) { test(t, fresh(t)) })
	}
}

func receiptContract(t *testing.T, h *Harness) {
	before := h.Position()
	request := Request(Body("A1"))
	receipt := h.MustSubmit(t, request)
	if !h.Recorded(request.CommandID) || h.Recorded("6f1d2c3b-4a59-4867-9758-9a8b7c6d5e4f") || h.Recorded("1") {
		t.Error("the store does not know what was recorded")
	}
	if receipt.CommandID != request.CommandID || len(receipt.Events) != 1 || receipt.Position != before+1 || h.Position() != before+1 {
		t.Errorf("receipt %+v after event %d; position is %d", receipt, before, h.Position())
	}
	e := receipt.Events[0]
	today := domain.DateOf(Start())
	if e.No != before+1 || e.TransactionID != receipt.TransactionID || e.Index != 0 || e.Count != 1 || e.EffectiveOn != today ||
		e.Late || e.Digest == "" || e.Actor.Role != domain.ActorSystem || !e.RecordedAt.Equal(receipt.RecordedAt) {
		t.Errorf("event %+v", e)
	}
	second := h.MustSubmit(t, Request(Body("B2")))
	h.Clock.Set(Start().AddDate(0, 0, -1))
	third := h.MustSubmit(t, WithReason(t, Request(domain.EstablishOrganisation{
		Code: "C3", Name: "C", Tier: domain.TierNational, Form: domain.FormStatutoryBody, LegalPerson: true,
		EffectiveOn: today.AddDays(-1), Source: "test",
	}), "found out late"))
	if !second.RecordedAt.After(receipt.RecordedAt) || !third.RecordedAt.After(second.RecordedAt) {
		t.Errorf("recorded at %s, %s and, after the clock went back a day, %s", receipt.RecordedAt, second.RecordedAt, third.RecordedAt)
	}
	if !third.Events[0].Late {
		t.Error("a fact recorded a day after it holds is not marked late")
	}
}

// sameReceipt compares a receipt with the first one for the same command.
func sameReceipt(t *testing.T, first, again eventstore.Receipt) {
	t.Helper()
	first.Replayed = true
	if diff := cmp.Diff(first, again); diff != "" {
		t.Errorf("the first receipt and the replayed one differ (-first +again):\n%s", diff)
	}
}

func replayContract(t *testing.T, h *Harness) {
	request := Request(Body("A1"))
	first := h.MustSubmit(t, request)
	sameReceipt(t, first, h.MustSubmit(t, request))
	for i := range 50 {
		h.MustSubmit(t, Request(Rename("A1", fmt.Sprintf("Name %d", i))))
	}
	sameReceipt(t, first, h.MustSubmit(t, request))
	h.Restart(t)
	sameReceipt(t, first, h.MustSubmit(t, request))
	request.ValidateOnly = true
	sameReceipt(t, first, h.MustSubmit(t, request))
}

func reuseContract(t *testing.T, h *Harness) {
	request := Request(Body("A1"))
	h.MustSubmit(t, request)
	other := request
	other.Command = Body("B2")
	stranger := request
	stranger.Caller.Organisation = "X24"
	for range 2 {
		for name, r := range map[string]eventstore.Request{"other content": other, "another caller": stranger} {
			if _, err := h.Submit(t.Context(), r); !errors.Is(err, eventstore.ErrCommandIDReused) {
				t.Errorf("the same command id with %s: %v", name, err)
			}
		}
		h.Restart(t)
	}
	var wait sync.WaitGroup
	request = Request(Body("C3"))
	outcomes := make([]error, 16)
	for i := range outcomes {
		wait.Go(func() {
			r := request
			r.Command = Body(fmt.Sprintf("R%d", i))
			_, outcomes[i] = h.Submit(t.Context(), r)
		})
	}
	wait.Wait()
	won := 0
	for _, err := range outcomes {
		if err == nil {
			won++
		} else if !errors.Is(err, eventstore.ErrCommandIDReused) {
			t.Errorf("one of many commands with the same id: %v", err)
		}
	}
	if won != 1 {
		t.Errorf("of 16 commands with one id, %d were recorded", won)
	}
}

func refusalContract(t *testing.T, h *Harness) {
	h.MustSubmit(t, Request(Body("A1")))
	before := h.Head()
	request := Request(Body("A1"))
	_, err := h.Submit(t.Context(), request)
	if _, ok := errors.AsType[*domain.Refusal](err); !ok {
		t.Fatalf("a body that exists was established again: %v", err)
	}
	if h.Head() != before {
		t.Errorf("a refused command left a trace: %s, before %s", h.Head(), before)
	}
	request.Command = Body("B2")
	if receipt := h.MustSubmit(t, request); receipt.Replayed {
		t.Error("a refused command kept its id")
	}
	for name, r := range map[string]eventstore.Request{
		"no UUID":    {CommandID: "1", Caller: System(), Command: Body("C3")},
		"no command": {CommandID: request.CommandID, Caller: System()},
		"no caller":  {CommandID: request.CommandID, Command: Body("C3")},
	} {
		if _, err := h.Submit(t.Context(), r); !errors.Is(err, eventstore.ErrBadRequest) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func validateContract(t *testing.T, h *Harness) {
	h.MustSubmit(t, Request(Body("A1")))
	before := h.Head()
	request := Request(Body("B2"))
	request.ValidateOnly = true
	receipt := h.MustSubmit(t, request)
	if len(receipt.Events) != 1 || receipt.Position != before.Size || receipt.Replayed {
		t.Errorf("receipt of a command that was only validated: %+v", receipt)
	}
	bad := Request(Body("A1"))
	bad.ValidateOnly = true
	if _, err := h.Submit(t.Context(), bad); err == nil {
		t.Error("a command that would be refused was validated")
	}
	if h.Head() != before {
		t.Errorf("validating left a trace: %s, before %s", h.Head(), before)
	}
	request.ValidateOnly = false
	if receipt := h.MustSubmit(t, request); receipt.Replayed {
		t.Error("validating used up the command id")
	}
}

func simulateContract(t *testing.T, h *Harness) {
	h.MustSubmit(t, Request(Body("A1")))
	before := h.Head()
	if trials, err := h.Simulate(t.Context(), nil); err != nil || len(trials) != 0 {
		t.Errorf("simulating nothing: %d trials, %v", len(trials), err)
	}
	trials, err := h.Simulate(t.Context(), []eventstore.Request{
		{Caller: System(), Command: Body("B2")},
		{Caller: System(), Command: Body("A1")},
		{Caller: System(), Command: Rename("B2", "Another name")},
	})
	if err != nil || len(trials) != 3 {
		t.Fatalf("%d trials, %v", len(trials), err)
	}
	var refusal *domain.Refusal
	if trials[0].Err != nil || !errors.As(trials[1].Err, &refusal) || trials[2].Err != nil {
		t.Errorf("trials: %v; %v; %v", trials[0].Err, trials[1].Err, trials[2].Err)
	}
	if len(trials[2].Events) != 1 || trials[2].Events[0].No != before.Size+2 {
		t.Errorf("the third command was not decided on top of the first: %+v", trials[2])
	}
	if h.Head() != before {
		t.Errorf("simulating left a trace: %s, before %s", h.Head(), before)
	}
	if _, err := h.Submit(t.Context(), Request(Rename("B2", "Name"))); err == nil {
		t.Error("a body that was only simulated exists")
	}
}

func raceContract(t *testing.T, h *Harness) {
	const racers = 64
	bodies := make([]string, racers)
	for i := range bodies {
		bodies[i] = fmt.Sprintf("R%02d", i)
	}
	h.Remit(t, bodies...)
	before := h.Position()
	var wait sync.WaitGroup
	outcomes := make([]error, racers)
	for i, body := range bodies {
		wait.Go(func() { _, outcomes[i] = h.Submit(t.Context(), Request(TakeRemit(body))) })
	}
	wait.Wait()
	winners := 0
	for i, err := range outcomes {
		var refusal *domain.Refusal
		switch {
		case err == nil:
			winners++
		case !errors.As(err, &refusal) || !refusal.Has(domain.RemitAlreadyHeld):
			t.Errorf("%s lost with %v", bodies[i], err)
		}
	}
	if winners != 1 || h.Position() != before+1 {
		t.Errorf("%d of %d hold a sole remit, after %d events", winners, racers, h.Position()-before)
	}
}

func orderContract(t *testing.T, h *Harness) {
	const n = 300
	tickets := make([]eventstore.Ticket, 0, n)
	enqueue := func(command domain.Command) {
		ticket, err := h.Enqueue(t.Context(), Request(command))
		if err != nil {
			t.Fatal(err)
		}
		tickets = append(tickets, ticket)
	}
	enqueue(Body("A1"))
	for i := range n {
		enqueue(Rename("A1", fmt.Sprintf("Name %d", i)))
	}
	last := domain.EventNo(0)
	for i, ticket := range tickets {
		receipt, err := ticket.Wait(t.Context())
		if err != nil || receipt.Position != last+1 {
			t.Fatalf("command %d: recorded as event %d after %d: %v", i, receipt.Position, last, err)
		}
		last = receipt.Position
	}
}

func personalContract(t *testing.T, h *Harness) {
	request := WithReason(t, Request(Body("A1")), "Dr Jane Smith asked for it")
	reason := request.Reason
	receipt := h.MustSubmit(t, request)
	if got := receipt.Events[0].Reason; got.Clear != "" || got.Commitment != reason.Commitment {
		t.Errorf("the event holds %+v", got)
	}
	check := func() {
		t.Helper()
		if text, ok := h.Vault().Text(reason.Commitment); !ok || text != "Dr Jane Smith asked for it" {
			t.Errorf("the vault holds %q, %t", text, ok)
		}
	}
	check()
	h.Restart(t)
	check()
	refused := WithReason(t, Request(Body("A1")), "refused")
	if _, err := h.Submit(t.Context(), refused); err == nil {
		t.Fatal("a body that exists was established again")
	}
	if _, ok := h.Vault().Text(refused.Reason.Commitment); ok {
		t.Error("the vault holds a text of a refused command")
	}
	bad := WithReason(t, Request(Body("B2")), "reason")
	bad.Secrets[0].Text = "another text"
	if _, err := h.Submit(t.Context(), bad); !errors.Is(err, eventstore.ErrBadRequest) {
		t.Errorf("a secret that does not open its commitment: %v", err)
	}
	unsealed := Request(Body("B2"))
	unsealed.Reason.Clear = "Dr Jane Smith"
	if _, err := h.Submit(t.Context(), unsealed); !errors.Is(err, eventstore.ErrBadRequest) {
		t.Errorf("a text that is not sealed: %v", err)
	}
}
