package eventstore_test

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/eventstore/eventstoretest"
)

func TestPseudonyms(t *testing.T) {
	h := eventstoretest.New(t)
	pseudonym := func(subject string, organisation domain.OrganisationCode) string {
		t.Helper()
		p, err := h.Vault().Pseudonym(t.Context(), subject, organisation)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	jane := pseudonym("jane@example.org", "QNQ")
	if !regexp.MustCompile(`^p-[0-9a-f]{20}$`).MatchString(jane) {
		t.Errorf("pseudonym %q", jane)
	}
	if other := pseudonym("jane@example.org", "X24"); other == jane {
		t.Error("the same subject at another body has the same pseudonym")
	}
	if again := pseudonym("jane@example.org", "QNQ"); again != jane {
		t.Errorf("pseudonym %s, and then %s", jane, again)
	}
	h.Restart(t)
	if again := pseudonym("jane@example.org", "QNQ"); again != jane {
		t.Errorf("pseudonym %s, and %s after a restart", jane, again)
	}
	subject, organisation, ok := h.Vault().Person(jane)
	if subject != "jane@example.org" || organisation != "QNQ" || !ok {
		t.Errorf("%s is %s of %s, %t", jane, subject, organisation, ok)
	}
	if err := h.Vault().ErasePerson(t.Context(), jane); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, _, ok := h.Vault().Person(jane); ok {
			t.Error("a person who was erased is there")
		}
		h.Restart(t)
	}
	if again := pseudonym("jane@example.org", "QNQ"); again == jane {
		t.Error("a person who was erased has the same pseudonym")
	}
}

// Texts share records; erasing one leaves the others, also when erased ones are erased again.
func TestErasureLeavesTheRest(t *testing.T) {
	h := eventstoretest.New(t)
	var tickets []eventstore.Ticket
	commitments := make([]string, 30)
	for i := range commitments {
		r := eventstoretest.WithReason(t, eventstoretest.Request(eventstoretest.Body(fmt.Sprintf("A%d", i))), fmt.Sprintf("reason %d", i))
		commitments[i] = r.Reason.Commitment
		tickets = append(tickets, enqueue(t, h, r))
	}
	for _, ticket := range tickets {
		if _, err := ticket.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	erased := map[int]bool{}
	for _, group := range [][]int{{3, 17}, {3, 4}, {29}, {0}} {
		for _, i := range group {
			if err := h.Vault().Erase(t.Context(), commitments[i], "unknown"); err != nil {
				t.Fatal(err)
			}
			erased[i] = true
		}
		h.Restart(t)
		for i, commitment := range commitments {
			text, ok := h.Vault().Text(commitment)
			if ok == erased[i] || ok && text != fmt.Sprintf("reason %d", i) {
				t.Errorf("text %d, erased %t: %q, %t", i, erased[i], text, ok)
			}
		}
	}
}

func TestSealAll(t *testing.T) {
	command := &domain.ProposeTransfer{
		Rationale: domain.Text{Clear: "why"},
		Retained:  []domain.Retained{{Description: domain.Text{Clear: "what stays"}}, {}},
		Terms:     domain.Terms{Notice: domain.Text{Clear: "three months"}},
	}
	secrets, err := eventstore.SealAll(nil, command)
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, s := range secrets {
		texts[s.Commitment] = s.Text
	}
	for want, text := range map[string]domain.Text{
		"why": command.Rationale, "what stays": command.Retained[0].Description, "three months": command.Terms.Notice,
	} {
		if text.Clear != want || texts[text.Commitment] != want {
			t.Errorf("%q was sealed as %+v", want, text)
		}
	}
	if !command.Retained[1].Description.IsEmpty() || len(secrets) != 3 {
		t.Errorf("an empty text was sealed, or %d secrets were made", len(secrets))
	}
	if more, err := eventstore.SealAll(nil, command); err != nil || len(more) != 0 {
		t.Errorf("sealing again made %d secrets, %v", len(more), err)
	}
}
