package domain

import (
	"errors"
	"fmt"
	"testing"
)

// closedList are the reasons of refusals. The list is part of the public contract: reasons are added, never renamed.
func closedList() []Reason {
	return []Reason{
		"REMIT_ALREADY_HELD", "SENDER_NOT_HOLDER", "RECEIVER_NOT_OPEN", "NO_LEGAL_PERSON", "KIND_MAY_NOT_MOVE_ROLE",
		"INSTRUMENT_REQUIRED", "INSTRUMENT_NOT_IN_FORCE", "POWER_EXCLUDES_FUNCTION", "ONWARD_DELEGATION_NOT_PERMITTED",
		"GATEWAY_NOT_PASSED", "CONDITION_OUTSTANDING", "ASSESSMENT_STALE", "SEGREGATION_OF_DUTIES",
		"INDEPENDENT_OPINION_REQUIRED", "OVERLAPPING_TRANSFER", "RETAINED_ASPECT_UNHELD", "DISPOSITION_INCOMPLETE",
		"CONTRADICTS_LATER_FACT", "BACKDATED_WITHOUT_REASON", "NOT_YET_EFFECTIVE", "TERMS_INCOMPLETE", "WRONG_STATE",
		"SECOND_PERSON_REQUIRED", "NOTHING_TO_CHANGE",
		"INVALID_ARGUMENT", "UNKNOWN_ORGANISATION", "UNKNOWN_FUNCTION", "UNKNOWN_FOOTPRINT", "UNKNOWN_TRANSFER",
		"UNKNOWN_GATEWAY", "UNKNOWN_CONDITION", "UNKNOWN_DELEGATION", "UNKNOWN_INSTRUMENT", "UNKNOWN_EVENT",
		"UNKNOWN_INTERVENTION", "UNKNOWN_RISK", "UNKNOWN_PACKAGE", "UNKNOWN_COMMITTEE", "UNKNOWN_PLAN_RETURN", "UNKNOWN_SECOND",
		"REVISION_CONFLICT", "COMMAND_ID_REUSED", "NOT_SIGNED_IN", "NOT_AUTHORISED", "TOO_LARGE", "OVERLOADED",
		"REGISTER_READ_ONLY",
	}
}

func TestRefusalSaysEveryReasonOnce(t *testing.T) {
	t.Parallel()
	refusal := Refuse(WrongState, "It is done.", "Leave it.", "state", "completed")
	refusal.Violations = append(refusal.Violations, Refuse(GatewayNotPassed, "A.", "").Violations...)
	refusal.Violations = append(refusal.Violations, Refuse(GatewayNotPassed, "B.", "").Violations...)
	want := "WRONG_STATE: It is done. Leave it.; GATEWAY_NOT_PASSED: A.; GATEWAY_NOT_PASSED: B."
	if got := refusal.Error(); got != want {
		t.Errorf("Error() = %q, want %q", got, want)
	}
	if got := refusal.Reasons(); len(got) != 2 || got[0] != WrongState || got[1] != GatewayNotPassed {
		t.Errorf("Reasons() = %v", got)
	}
	if !refusal.Has(GatewayNotPassed) || refusal.Has(TermsIncomplete) {
		t.Error("Has is wrong")
	}
	if refusal.Violations[0].Facts["state"] != "completed" {
		t.Errorf("facts are %v", refusal.Violations[0].Facts)
	}
	found, ok := AsRefusal(fmt.Errorf("submit: %w", refusal))
	if !ok || found != refusal {
		t.Error("AsRefusal does not find a wrapped refusal")
	}
	if _, ok := AsRefusal(errors.New("disk full")); ok {
		t.Error("AsRefusal takes any error for a refusal")
	}
}
