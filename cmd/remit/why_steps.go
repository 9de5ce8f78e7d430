package main

import (
	"slices"
	"strings"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// step writes one link of the chain of what is held in a footprint.
func (m *minutes) step(no int, s *remitv1.ExplainedStep, footprint string) {
	m.line("  %d. %s: %s", no, s.GetEffectiveOn(), m.happened(s, footprint))
	e := m.events[s.GetEvent()]
	recorded := "recorded on " + instantText(e.GetRecordedAt()) + " as event " + s.GetEvent() + " (" + e.GetType() + ")"
	if s.GetLate() {
		recorded += ", later than it holds from"
	}
	if s.GetSeconded() != "" {
		recorded += ", agreed by a second person"
	}
	if actor := e.GetActor(); actor.GetOrganisation() != "" {
		recorded += ", by the " + strings.ReplaceAll(actor.GetRole(), "_", " ") + " of " + m.body(actor.GetOrganisation())
	}
	m.line("     It was %s.", recorded)
	if reason := e.GetReason(); reason != "" {
		m.line("     Reason: %s", reason)
	}
	for _, h := range s.GetAfter() {
		if h.GetSource() != "" {
			m.line("     Source: %s.", h.GetSource())
			break
		}
	}
	if t := m.transfers[s.GetTransferId()]; t != nil {
		m.decided(t)
	}
	if d := m.delegations[s.GetDelegationId()]; d != nil {
		m.line("     %s gave it to %s by %s, which is %s.", m.body(d.GetDelegator()), m.body(d.GetDelegate()),
			word(d.GetKind()), word(d.GetState()))
	}
	if i := m.instruments[s.GetInstrument()]; i != nil {
		m.line("     Power: %s (%s), %s on that date.", i.GetDetails().GetTitle(), i.GetCode(), statusText(s.GetInstrumentStatus()))
	}
	if by := s.GetSupersededBy(); by != "" {
		m.line("     That was believed until event %s recorded otherwise for the same date.", by)
	}
}

// happened says what a step did. A chain leads on in the footprints that a footprint followed.
func (m *minutes) happened(s *remitv1.ExplainedStep, footprint string) string {
	from, to := m.holders(s.GetBefore()), m.holders(s.GetAfter())
	moved := "it passed from " + from + " to " + to
	switch {
	case len(s.GetBefore()) == 0 && len(s.GetAfter()) == 0:
		moved = "nobody held it"
	case len(s.GetBefore()) == 0:
		moved = to + " began to hold it"
	case len(s.GetAfter()) == 0:
		moved = from + " ceased to hold it"
	case from == to:
		moved = to + " held it on another footing"
	}
	for _, h := range slices.Concat(s.GetAfter(), s.GetBefore()) {
		if h.GetFootprint() != footprint {
			moved += " in " + h.GetFootprint()
			break
		}
	}
	switch s.GetKind() {
	case remitv1.StepKind_STEP_KIND_BASELINE:
		return "the first record of it; " + moved + "."
	case remitv1.StepKind_STEP_KIND_TRANSFER:
		return "transfer " + s.GetTransferId() + " took effect, and " + moved + "."
	case remitv1.StepKind_STEP_KIND_DELEGATION:
		return "by the delegation " + s.GetDelegationId() + " " + moved + "."
	case remitv1.StepKind_STEP_KIND_REORGANISATION:
		return "bodies were reorganised, and " + moved + "."
	case remitv1.StepKind_STEP_KIND_OCCURRENCE:
		return "by law, or by what happened outside the register, " + moved + "."
	case remitv1.StepKind_STEP_KIND_CORRECTION:
		return "event " + s.GetCorrects() + " was wrong and was put right: " + moved + "."
	case remitv1.StepKind_STEP_KIND_REDEFINITION:
		return "the function was divided, and " + moved + "."
	case remitv1.StepKind_STEP_KIND_INTERVENTION:
		return "by an intervention " + moved + "."
	case remitv1.StepKind_STEP_KIND_UNSPECIFIED:
	}
	return moved + "."
}

// decided says who decided a transfer, on what.
func (m *minutes) decided(t *remitv1.Transfer) {
	m.line("     %s proposed to move it to %s by %s, under the framework %s.", m.body(t.GetSender()), m.receivers(t),
		word(t.GetKind()), t.GetFramework())
	for _, g := range t.GetGateways() {
		for _, d := range g.GetDecisions() {
			text := m.body(d.GetDecidedBy()) + " decided " + "the gateway " + g.GetCode() + " on " + d.GetDecidedOn() + ": " +
				strings.ReplaceAll(word(d.GetDecision()), "_", " ")
			if minute := d.GetAuthority().GetMinuteRef(); minute != "" {
				text += ", minute " + minute
			}
			if n := len(d.GetOpinions()); n > 0 {
				text += ", with " + plural(n, "independent opinion")
			}
			if g.GetSameLegalPerson() {
				text += " (the same person in law as a party)"
			}
			m.line("     %s.", text)
		}
	}
	for _, a := range t.GetAssessments() {
		evidence := 0
		for _, r := range a.GetRatings() {
			evidence += len(r.GetEvidence())
		}
		m.line("     %s assessed its readiness in %s, on %s of evidence.", m.body(a.GetOrganisation()),
			plural(len(a.GetRatings()), "domain"), plural(evidence, "piece"))
	}
	for _, c := range t.GetConditions() {
		m.line("     Condition %s, owned by %s, is %s: %s", c.GetConditionId(), m.body(c.GetOwner()), word(c.GetState()), c.GetDescription())
	}
}

func (m *minutes) receivers(t *remitv1.Transfer) string {
	var names []string
	for _, move := range t.GetMoves() {
		names = append(names, m.body(move.GetReceiver()))
	}
	return strings.Join(names, " and ")
}
