package domain

import (
	"fmt"
	"strings"
)

// The answers of a scenario: what was recorded or refused, who holds what, and where transfers and delegations stand.

// outcome says what became of a command: the facts recorded in order, or every reason why not.
func outcome(events []Event, refusal *Refusal) []string {
	if refusal != nil {
		lines := make([]string, 0, len(refusal.Violations))
		for _, v := range refusal.Violations {
			line := fmt.Sprintf("refused %s: %s", v.Reason, v.Message)
			if v.Remedy != "" {
				line += " " + v.Remedy
			}
			lines = append(lines, line)
		}
		return lines
	}
	var names []string
	for _, e := range events {
		name := e.Fact.FactType()
		if e.Late {
			name += " (late)"
		}
		if n := len(names); n > 0 && names[n-1] == name {
			continue
		}
		names = append(names, name)
	}
	return []string{"recorded " + strings.Join(names, ", ")}
}

// holders says who holds a function, role by role, in the footprints that a code stands for.
func holders(s *State, subject Subject, in FootprintCode, a AsOf) ([]string, error) {
	fn, ok := s.Functions.Get(subject.Function, Latest)
	if !ok {
		return nil, fmt.Errorf("there is no function %q", subject.Function)
	}
	footprints, ok := s.Organisations.Expand(fn.Details, in, a)
	if !ok || len(footprints) == 0 {
		return nil, fmt.Errorf("%q stands for no footprint", in)
	}
	var lines []string
	for _, footprint := range footprints {
		prefix := ""
		if len(footprints) > 1 {
			prefix = "in " + string(footprint) + " "
		}
		before := len(lines)
		for _, role := range Roles() {
			for _, held := range s.Holdings.At(Remit{subject, footprint, role}, a) {
				lines = append(lines, prefix+heldLine(held))
			}
		}
		if len(lines) == before {
			lines = append(lines, prefix+"nobody")
		}
	}
	return lines, nil
}

func heldLine(h Held) string {
	who := string(h.Holder)
	if h.Undetermined {
		who = "undetermined"
	}
	if h.ActingThrough != "" {
		who += " through " + string(h.ActingThrough)
	}
	line := fmt.Sprintf("%s: %s since %s", h.Remit.Role, who, h.From)
	if h.Instrument != "" {
		line += ", under " + string(h.Instrument)
	}
	if h.Arrangement != "" {
		line += ", arrangement " + string(h.Arrangement)
	}
	if h.AccountableTo != "" {
		line += ", answering to " + string(h.AccountableTo)
	}
	return line
}

// standing says where a transfer stands.
func standing(t Transfer) []string {
	var to []string
	for _, move := range t.Moves {
		to = append(to, fmt.Sprintf("%s in %s", move.Receiver, joined(move.Footprints)))
	}
	lines := []string{fmt.Sprintf("%s (revision %d): %s of %s from %s to %s, moving %s on %s",
		t.State, t.Revision, t.Kind, t.Subject, t.Sender, strings.Join(to, " and to "), joined(t.Roles), t.Due())}
	if t.Replaces != "" {
		lines = append(lines, "in the place of "+string(t.Replaces))
	}
	if t.ReplacedBy != "" {
		lines = append(lines, "replaced by "+string(t.ReplacedBy))
	}
	if t.Framework != "" {
		lines = append(lines, "framework "+string(t.Framework))
	}
	for _, g := range t.Gateways {
		lines = append(lines, gatewayLine(t, g))
	}
	for _, c := range t.Conditions {
		lines = append(lines, fmt.Sprintf("condition %s of %s, %s, due %s: %s", c.ID, c.Owner, c.Timing, c.DueOn, c.State))
	}
	return append(lines, lifeLines(t)...)
}

func gatewayLine(t Transfer, g Gateway) string {
	line := fmt.Sprintf("gateway %s, decided by %s", g.Code, g.Decider)
	if g.SameLegalPerson {
		line += " (same legal person)"
	}
	last, decided := lastOf(g.Decisions)
	switch {
	case t.Passed(g):
		return line + ": passed"
	case decided:
		return line + ": open, last " + string(last.Decision)
	}
	return line + ": open"
}

// arrangement says where a delegation stands.
func arrangement(x Delegation) []string {
	line := fmt.Sprintf("%s (revision %d): %s of %s from %s to %s in %s, moving %s on %s",
		x.State, x.Revision, x.Kind, x.Subject, x.Delegator, x.Delegate, joined(x.Footprints), joined(x.Roles), x.EffectiveOn)
	if x.EndedOn != 0 {
		line += ", ended " + x.EndedOn.String()
	}
	if x.Variation != nil {
		line += ", other terms offered"
	}
	return []string{line}
}
