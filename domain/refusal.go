package domain

import (
	"slices"
	"strings"
)

// Reason is the code of a refusal: a closed list that callers can rely on. Codes are added, never renamed.
type Reason string

// Reasons of rule refusals.
const (
	RemitAlreadyHeld             Reason = "REMIT_ALREADY_HELD"
	SenderNotHolder              Reason = "SENDER_NOT_HOLDER"
	ReceiverNotOpen              Reason = "RECEIVER_NOT_OPEN"
	NoLegalPerson                Reason = "NO_LEGAL_PERSON"
	KindMayNotMoveRole           Reason = "KIND_MAY_NOT_MOVE_ROLE"
	InstrumentRequired           Reason = "INSTRUMENT_REQUIRED"
	InstrumentNotInForce         Reason = "INSTRUMENT_NOT_IN_FORCE"
	PowerExcludesFunction        Reason = "POWER_EXCLUDES_FUNCTION"
	OnwardDelegationNotPermitted Reason = "ONWARD_DELEGATION_NOT_PERMITTED"
	GatewayNotPassed             Reason = "GATEWAY_NOT_PASSED"
	ConditionOutstanding         Reason = "CONDITION_OUTSTANDING"
	AssessmentStale              Reason = "ASSESSMENT_STALE"
	SegregationOfDuties          Reason = "SEGREGATION_OF_DUTIES"
	IndependentOpinionRequired   Reason = "INDEPENDENT_OPINION_REQUIRED"
	OverlappingTransfer          Reason = "OVERLAPPING_TRANSFER"
	RetainedAspectUnheld         Reason = "RETAINED_ASPECT_UNHELD"
	DispositionIncomplete        Reason = "DISPOSITION_INCOMPLETE"
	ContradictsLaterFact         Reason = "CONTRADICTS_LATER_FACT"
	BackdatedWithoutReason       Reason = "BACKDATED_WITHOUT_REASON"
	NotYetEffective              Reason = "NOT_YET_EFFECTIVE"
	TermsIncomplete              Reason = "TERMS_INCOMPLETE"
	WrongState                   Reason = "WRONG_STATE"
	SecondPersonRequired         Reason = "SECOND_PERSON_REQUIRED"
	NothingToChange              Reason = "NOTHING_TO_CHANGE"
)

// Reasons of refusals that are not rules of the register.
const (
	InvalidArgument     Reason = "INVALID_ARGUMENT"
	UnknownOrganisation Reason = "UNKNOWN_ORGANISATION"
	UnknownFunction     Reason = "UNKNOWN_FUNCTION"
	UnknownFootprint    Reason = "UNKNOWN_FOOTPRINT"
	UnknownTransfer     Reason = "UNKNOWN_TRANSFER"
	UnknownGateway      Reason = "UNKNOWN_GATEWAY"
	UnknownCondition    Reason = "UNKNOWN_CONDITION"
	UnknownDelegation   Reason = "UNKNOWN_DELEGATION"
	UnknownInstrument   Reason = "UNKNOWN_INSTRUMENT"
	UnknownEvent        Reason = "UNKNOWN_EVENT"
	UnknownIntervention Reason = "UNKNOWN_INTERVENTION"
	UnknownRisk         Reason = "UNKNOWN_RISK"
	UnknownPackage      Reason = "UNKNOWN_PACKAGE"
	UnknownCommittee    Reason = "UNKNOWN_COMMITTEE"
	UnknownPlanReturn   Reason = "UNKNOWN_PLAN_RETURN"
	UnknownSecond       Reason = "UNKNOWN_SECOND"
	RevisionConflict    Reason = "REVISION_CONFLICT"
	CommandIDReused     Reason = "COMMAND_ID_REUSED"
	NotSignedIn         Reason = "NOT_SIGNED_IN"
	NotAuthorised       Reason = "NOT_AUTHORISED"
	TooLarge            Reason = "TOO_LARGE"
	Overloaded          Reason = "OVERLOADED"
	RegisterReadOnly    Reason = "REGISTER_READ_ONLY"
)

// Violation is one rule that a command breaks.
type Violation struct {
	Reason Reason
	// Message is one plain sentence that says what is wrong.
	Message string
	// Remedy is one plain sentence that says what would put it right.
	Remedy string
	// Facts are the facts of the case by name, such as "function" and "heldBy".
	Facts map[string]string
}

// Refusal is the answer to a command that the register does not accept: every rule that it breaks, in the order in
// which the rules are checked. Nothing is recorded.
type Refusal struct {
	Violations []Violation
}

// Error says all violations in one line.
func (r *Refusal) Error() string {
	parts := make([]string, 0, len(r.Violations))
	for _, v := range r.Violations {
		text := string(v.Reason) + ": " + v.Message
		if v.Remedy != "" {
			text += " " + v.Remedy
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "; ")
}

// Reasons lists the distinct reasons in order.
func (r *Refusal) Reasons() []Reason {
	var reasons []Reason
	for _, v := range r.Violations {
		if !slices.Contains(reasons, v.Reason) {
			reasons = append(reasons, v.Reason)
		}
	}
	return reasons
}

// Has tells whether the refusal names the reason.
func (r *Refusal) Has(reason Reason) bool { return slices.Contains(r.Reasons(), reason) }

// Refuse is a refusal for one reason; facts are name and value in turn.
func Refuse(reason Reason, message, remedy string, facts ...string) *Refusal {
	return &Refusal{Violations: []Violation{violation(reason, message, remedy, facts)}}
}

func violation(reason Reason, message, remedy string, facts []string) Violation {
	v := Violation{Reason: reason, Message: message, Remedy: remedy}
	for i := 0; i+1 < len(facts); i += 2 {
		if v.Facts == nil {
			v.Facts = map[string]string{}
		}
		v.Facts[facts[i]] = facts[i+1]
	}
	return v
}
