package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

func (a *app) why() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "why FUNCTION --in CODE",
		Short: "How it came about that a body holds a function, back to the first record of it",
		Long: `Tell, in words that can go into minutes, how holdings came about: what was recorded, by which transfer, delegation,
reorganisation or occurrence, who decided it and on what evidence, which legal instrument it relies on and how that stood,
and what was corrected. -o json has the whole chain, with its events.`,
		Example: `  remit why eprr --in 06H
  remit why specialised-services --in 06H --role exercising --on 2026-03-31
  remit why eprr --in 06H --role accountable --known-at 2026-01-31 -o json
  remit why eprr --in 06H --on 2026-11-21 --proof evidence`,
		Args: cobra.ExactArgs(1),
	}
	asked := a.placeFlags(cmd, "the place: a footprint or an organisation")
	cmd.RunE = a.do(func(cmd *cobra.Command, args []string) error {
		c, q, err := asked.question(args[0])
		if err != nil {
			return err
		}
		answer, err := c.maps().ExplainHolding(cmd.Context(), &remitv1.ExplainHoldingRequest{
			AsOf: q.GetAsOf(), Function: q.GetFunction(), Part: q.GetPart(), Footprint: q.GetFootprint(), Role: q.GetRole(),
			WithProof: q.GetWithProof(),
		})
		if err != nil {
			return err
		}
		if err := asked.keep(answer.GetProofs()); err != nil {
			return err
		}
		if a.format != formatTable {
			return list(a, answer, answer.GetHoldings(), explainedColumns())
		}
		names, err := c.names(cmd.Context(), answer.GetAsOf())
		if err != nil {
			return err
		}
		if len(answer.GetHoldings()) == 0 {
			if err := a.sayNobody(cmd.Context(), c, answer.GetAsOf(), q); err != nil {
				return err
			}
		}
		return a.printWhy(newMinutes(answer, names))
	})
	return cmd
}

func explainedColumns() []column[*remitv1.ExplainedHolding] {
	of := func(f func(*remitv1.Holding) string) func(*remitv1.ExplainedHolding) string {
		return func(h *remitv1.ExplainedHolding) string { return f(h.GetHolding()) }
	}
	return []column[*remitv1.ExplainedHolding]{
		{"function", of(func(h *remitv1.Holding) string { return subjectText(h.GetFunction(), h.GetPart()) })},
		{"footprint", of((*remitv1.Holding).GetFootprint)},
		{"role", of(func(h *remitv1.Holding) string { return word(h.GetRole()) })},
		{"holder", of((*remitv1.Holding).GetHolder)},
		{"from", of((*remitv1.Holding).GetFrom)},
		{"steps", func(h *remitv1.ExplainedHolding) string { return fmt.Sprint(len(h.GetSteps())) }},
		{"events", func(h *remitv1.ExplainedHolding) string {
			var events []string
			for _, s := range h.GetSteps() {
				events = append(events, s.GetEvent())
			}
			return joinWords(events)
		}},
	}
}

func (a *app) printWhy(m *minutes) error {
	for i, h := range m.answer.GetHoldings() {
		if i > 0 {
			m.line("")
		}
		m.holding(h)
	}
	if _, err := fmt.Fprint(a.stdout, m.text.String()); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	a.sayAsOf(m.answer.GetAsOf())
	return nil
}

// minutes writes an explanation as plain English.
type minutes struct {
	answer      *remitv1.ExplainHoldingResponse
	names       map[string]string
	events      map[string]*remitv1.Event
	transfers   map[string]*remitv1.Transfer
	delegations map[string]*remitv1.Delegation
	instruments map[string]*remitv1.Instrument
	text        strings.Builder
}

func newMinutes(answer *remitv1.ExplainHoldingResponse, names map[string]string) *minutes {
	m := &minutes{
		answer: answer, names: names, events: map[string]*remitv1.Event{}, transfers: map[string]*remitv1.Transfer{},
		delegations: map[string]*remitv1.Delegation{}, instruments: map[string]*remitv1.Instrument{},
	}
	for _, e := range answer.GetEvents() {
		m.events[e.GetPosition()] = e
	}
	for _, t := range answer.GetTransfers() {
		m.transfers[t.GetTransferId()] = t
	}
	for _, d := range answer.GetDelegations() {
		m.delegations[d.GetDelegationId()] = d
	}
	for _, i := range answer.GetInstruments() {
		m.instruments[i.GetCode()] = i
	}
	return m
}

func (m *minutes) line(format string, args ...any) {
	fmt.Fprintf(&m.text, format+"\n", args...)
}

// body writes a body as "Name (CODE)".
func (m *minutes) body(code string) string {
	if name := m.names[code]; name != "" {
		return name + " (" + code + ")"
	}
	return code
}

func (m *minutes) holders(list []*remitv1.Holding) string {
	if len(list) == 0 {
		return "nobody"
	}
	texts := make([]string, 0, len(list))
	for _, h := range list {
		switch {
		case h.GetUndetermined():
			texts = append(texts, "a body that is not known")
		case h.GetActingThrough() != "":
			texts = append(texts, m.body(h.GetHolder())+", acting through "+m.body(h.GetActingThrough()))
		default:
			texts = append(texts, m.body(h.GetHolder()))
		}
	}
	return strings.Join(texts, " and ")
}

func (m *minutes) holding(h *remitv1.ExplainedHolding) {
	held := h.GetHolding()
	m.line("On %s, %s is %s for %s in %s, and has been so since %s.", m.answer.GetAsOf().GetEffectiveOn(),
		m.holders([]*remitv1.Holding{held}), roleText(held.GetRole()), subjectText(held.GetFunction(), held.GetPart()),
		held.GetFootprint(), held.GetFrom())
	for i, s := range h.GetSteps() {
		m.step(i+1, s, held.GetFootprint())
	}
	if i := m.instruments[held.GetInstrument()]; i != nil {
		m.line("It relies on %s (%s), which is %s on that date.", i.GetDetails().GetTitle(), i.GetCode(), statusText(i.GetDetails().GetStatus()))
	}
	if held.GetSameLegalPerson() {
		m.line("It is not the body that is accountable, but both are the same person in law.")
	}
}

func roleText(role remitv1.Role) string {
	switch role {
	case remitv1.Role_ROLE_EXERCISING:
		return "the body that takes the decisions"
	case remitv1.Role_ROLE_DELIVERING:
		return "the body that does the work"
	case remitv1.Role_ROLE_OVERVIEW:
		return "the body that keeps an overview"
	case remitv1.Role_ROLE_FUNDING:
		return "the body that holds the funding"
	case remitv1.Role_ROLE_ACCOUNTABLE, remitv1.Role_ROLE_UNSPECIFIED:
	}
	return "accountable"
}

func statusText(s remitv1.InstrumentStatus) string { return strings.ReplaceAll(word(s), "_", " ") }
