package projections

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/remit-register/remit/domain"
)

// envelope says how the running costs of the bodies stand, with every figure that is recorded. Where a population is
// missing nothing is worked out.
func (p *paperwork) envelope() (PaperSection, error) {
	section := PaperSection{Kind: SectionEnvelope, Empty: "None of the bodies is an integrated care board."}
	e, err := p.views.Envelope(EnvelopeQuery{AsOf: p.asOf, Organisations: p.codes()})
	section.Title = fmt.Sprintf("Running-cost envelope, %s", e.Year)
	if err != nil {
		return section, err
	}
	for _, l := range e.Bodies {
		var events []domain.EventNo
		for _, f := range l.Figures {
			events = append(events, f.Event)
		}
		text := fmt.Sprintf("%s (%s): running costs £%d, with completed transfers £%d and planned ones £%d: £%d; moved without a saving £%d",
			l.Name, l.Organisation, l.Running, l.Completed, l.Planned, l.After, l.Shifted)
		if len(l.Figures) == 0 {
			text = fmt.Sprintf("%s (%s): no costs of the year are recorded", l.Name, l.Organisation)
		}
		if len(l.Allowances) == 0 {
			text += "; no population is recorded"
		}
		for _, allowance := range l.Allowances {
			text += fmt.Sprintf("; the envelope of %d people (%s) is £%d", allowance.Population, allowance.Basis, allowance.Pounds)
			events = append(events, allowance.Events...)
		}
		section.Lines = append(section.Lines, PaperLine{text, sortedEvents(events)})
	}
	return section, nil
}

// monthsBack is how far back a paper tells what shifted.
const monthsBack = 12

// shift says what moved between tiers from or to the bodies in each quarter of the year up to the data date, and what
// is planned until the last date, in quarters from the day after. Counts are counts, and no measure of size.
func (p *paperwork) shift() (PaperSection, error) {
	section := PaperSection{Kind: SectionShift, Title: "Shift between tiers", Empty: "Nothing shifted, and nothing is planned to."}
	q := ShiftQuery{From: addMonths(p.asOf.On+1, -monthsBack), Until: p.paper.Until, Known: p.asOf.Known, Organisations: p.codes(), Months: 3}
	steps, err := q.steps()
	if err != nil {
		return section, err
	}
	p.views.mu.RLock()
	defer p.views.mu.RUnlock()
	moved, planned := p.views.moves(q, steps, p.asOf.Known)
	for _, list := range []struct {
		says string
		rows []ShiftMove
	}{{"moved", moved}, {"is planned to move", planned}} {
		for _, m := range list.rows {
			says := list.says
			if m.Start > p.asOf.On && says == "moved" {
				says = "moved after the data date"
			}
			section.Lines = append(section.Lines, PaperLine{fmt.Sprintf("%s to %s: %s %s from %s to %s: %s", m.Start, m.End,
				cmp.Or(string(m.Class), "no class"), says, cmp.Or(string(m.FromTier), "not said"), cmp.Or(string(m.ToTier), "not said"), m.size()), m.Events})
		}
	}
	slices.SortStableFunc(section.Lines, func(x, y PaperLine) int { return cmp.Compare(x.Text, y.Text) })
	return section, nil
}

// size says how much moved, as far as it is known.
func (m *ShiftMove) size() string {
	changes := m.Transfers + m.Agreements + m.Occurrences
	text := fmt.Sprintf("%d transfers, %d agreements, %d occurrences; remits: %d (a count)", m.Transfers, m.Agreements, m.Occurrences, m.Remits)
	if m.Money > 0 {
		text += fmt.Sprintf("; £%d (stated by %d of %d)", m.Pounds, m.Money, changes)
	}
	if m.Staff > 0 {
		const hundred = 100
		text += fmt.Sprintf("; %d.%02d whole-time equivalents (stated by %d of %d)", m.WTE/hundred, m.WTE%hundred, m.Staff, changes)
	}
	if m.PopulationKnown > 0 {
		text += fmt.Sprintf("; %d people, %s (known for %d of %d)", m.Population, m.PopulationBasis, m.PopulationKnown, changes)
	}
	return text
}
