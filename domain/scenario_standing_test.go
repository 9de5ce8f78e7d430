package domain

import (
	"fmt"
	"strings"
)

// others says where what is neither transfer nor delegation stands.
func (s *scenario) others(id string) []string {
	var lines []string
	if x, ok := s.state.Organisations.Body(OrganisationCode(id), Latest); ok {
		lines = append(lines, bodyLine(x, Now(s.today)))
	}
	if x, ok := s.state.Interventions.Get(id, Latest); ok {
		line := fmt.Sprintf("%s by %s in %s since %s", x.Kind, x.By, x.In, x.EffectiveOn)
		if x.Undetermined {
			line += ", nobody knows who follows"
		}
		if x.EndedOn != 0 {
			line += ", ended " + x.EndedOn.String()
		}
		lines = append(lines, line)
	}
	if x, ok := s.state.Risks.Get(id, Latest); ok {
		line := fmt.Sprintf("risk of %q, score %d", x.Owner, x.Score())
		if x.Closed {
			line += ", closed"
		}
		lines = append(lines, line)
	}
	if x, ok := s.state.Committees.Get(id, Latest); ok {
		line := "committee of " + joined(x.Bodies)
		if x.Dissolved {
			line += ", dissolved"
		}
		lines = append(lines, line)
		for _, a := range x.Advice {
			lines = append(lines, fmt.Sprintf("%s on %s, quorate %v", a.Advice, a.MeetingOn, a.Quorate))
		}
	}
	if x, ok := s.state.Programme.Return(id, Latest); ok {
		line := "plan return of " + string(x.Organisation) + " for " + x.Period
		for _, m := range x.Moderations {
			line += fmt.Sprintf(", %s by %s", m.Result, m.By)
		}
		lines = append(lines, line)
	}
	return lines
}

func bodyLine(x Organisation, a AsOf) string {
	name, _ := x.Name.At(a)
	if !x.IsOpen(a) {
		return name.Value + ", not open"
	}
	line := name.Value
	if parent, ok := x.Parent.At(a); ok && parent.Value != "" {
		line += ", in " + string(parent.Value)
	}
	if len(x.Members) > 0 {
		line += ", of " + joined(x.Members)
	}
	return line
}

// waiting lists what waits for a second person.
func (s *scenario) waiting() []string {
	lines := []string{}
	for _, a := range s.state.Seconds.Waiting(Latest) {
		lines = append(lines, fmt.Sprintf("%s: %s by %s", a.ID, a.Command.Method(), a.Person))
	}
	if len(lines) == 0 {
		lines = append(lines, "nothing")
	}
	return lines
}

// lifeLines says what there is to say of a transfer's life around its gateways.
func lifeLines(t Transfer) []string {
	var lines []string
	for _, o := range t.Options {
		lines = append(lines, strings.TrimSpace("option "+o.Code+" "+string(o.Receiver)))
	}
	if t.Chosen != "" {
		lines = append(lines, "chosen: "+t.Chosen)
	}
	for _, r := range t.Results {
		lines = append(lines, fmt.Sprintf("results in %s in %s", r.Function, joined(r.Footprints)))
	}
	if t.Reverses != "" {
		lines = append(lines, "takes back "+string(t.Reverses))
	}
	if t.ReversedBy != "" {
		lines = append(lines, "taken back by "+string(t.ReversedBy))
	}
	for _, m := range t.Milestones {
		line := "milestone " + string(m.Kind)
		if len(m.Footprints) > 0 {
			line += " in " + joined(m.Footprints)
		}
		if m.PlannedOn != 0 {
			line += ", planned " + m.PlannedOn.String()
		}
		if m.ActualOn != 0 {
			line += ", done " + m.ActualOn.String()
		}
		lines = append(lines, line)
	}
	for _, r := range t.Reviews {
		lines = append(lines, fmt.Sprintf("reviewed on %s: %d outcomes", r.ReviewedOn, len(r.Outcomes)))
	}
	return lines
}
