package domain

import (
	"pgregory.net/rapid"
)

// drawMerge has one or two bodies follow into another one, which may be new.
func (m *machine) drawMerge(t *rapid.T) order {
	c := Reorganise{EffectiveOn: m.date(t), Source: "an order"}
	to := m.body(t, "into")
	if chance(t, "into a new body", 50) {
		b := m.newBody(t)
		c.Establish, to = []NewBody{b}, b.Code
	}
	for range 1 + below(t, "how many end", 2) {
		from := m.body(t, "ends")
		c.Ends = append(c.Ends, from)
		c.Successions = append(c.Successions, Succession{Predecessor: from, Successor: to, Kind: SuccessionMerge})
	}
	c.Dispositions = m.drawDispositions(t, c)
	return m.registrar(t, c)
}

// drawSplit has a body end with two successors, and lines for what becomes of its remits, perhaps not enough of them.
func (m *machine) drawSplit(t *rapid.T) order {
	from, one, two := m.body(t, "ends"), m.body(t, "one"), m.body(t, "two")
	c := Reorganise{EffectiveOn: m.date(t), Source: "an order", Ends: []OrganisationCode{from}, Successions: []Succession{
		{Predecessor: from, Successor: one, Kind: SuccessionSplit}, {Predecessor: from, Successor: two, Kind: SuccessionSplit},
	}}
	for _, fp := range m.state.Organisations.Footprints(Latest) {
		by, ok := fp.CoveredBy.At(Now(c.EffectiveOn))
		if ok && by.Value == from && chance(t, "covered", 95) {
			to := pick(t, "covered by", []OrganisationCode{one, two})
			c.Coverage = append(c.Coverage, Coverage{to, []FootprintCode{fp.Code}})
		}
	}
	for _, body := range m.state.Organisations.Bodies(Latest) {
		if p, ok := body.Parent.At(Now(c.EffectiveOn)); ok && p.Value == from {
			c.Moves = append(c.Moves, BodyMove{Code: body.Code, Parent: one})
		}
		if p, ok := body.LegalParent.At(Now(c.EffectiveOn)); ok && p.Value == from {
			c.Moves = append(c.Moves, BodyMove{Code: body.Code, LegalParent: one})
		}
	}
	c.Matters = m.drawMatters(t, one, two)
	c.Dispositions = append(m.drawDispositions(t, c), DispositionLine{
		From: from, To: two, Disposition: pick(t, "the rest", []Disposition{DispositionMoves, DispositionUndetermined, DispositionCeases}),
	})
	return m.registrar(t, c)
}

// drawMatters says what becomes of what is open, mostly of everything.
func (m *machine) drawMatters(t *rapid.T, to ...OrganisationCode) []MatterLine {
	var lines []MatterLine
	for range below(t, "matter lines", 3) {
		lines = append(lines, MatterLine{
			Disposition: pick(t, "matter", []Disposition{DispositionMoves, DispositionCeases, DispositionUndetermined}),
			To:          pick(t, "matter to", to),
			Kinds:       some(t, "matter kind", []MatterKind{MatterTransfer, MatterDelegation, MatterCondition, MatterRisk, MatterIntervention, MatterCommittee}),
		})
	}
	if chance(t, "all matters", 80) {
		lines = append(lines, MatterLine{Disposition: DispositionMoves, To: pick(t, "matter to", to)})
	}
	return lines
}

func (m *machine) drawDispositions(t *rapid.T, c Reorganise) []DispositionLine {
	var lines []DispositionLine
	for range below(t, "lines", 3) {
		line := DispositionLine{
			Disposition: pick(t, "disposition", []Disposition{DispositionMoves, DispositionMoves, DispositionCeases, DispositionUndetermined}),
			Footprints:  some(t, "line footprint", m.locations()), Roles: some(t, "line role", Roles()),
		}
		if chance(t, "line from", 50) && len(c.Ends) > 0 {
			line.From = pick(t, "line from", c.Ends)
		}
		if line.Disposition == DispositionMoves {
			line.To = m.body(t, "line to")
		}
		if chance(t, "line function", 40) {
			line.Functions = []FunctionCode{pick(t, "line function", m.state.Functions.All(Latest)).Code}
		}
		lines = append(lines, line)
	}
	return lines
}

// drawLocations has a footprint be followed by others, one of which may be new.
func (m *machine) drawLocations(t *rapid.T) order {
	from := pick(t, "from location", m.locations())
	c := Reorganise{EffectiveOn: m.date(t), Source: "an order"}
	for range 1 + below(t, "how many follow", 2) {
		to := pick(t, "to location", m.locations())
		if chance(t, "new location", 30) && len(c.OpenFootprints) == 0 {
			to = FootprintCode("h" + m.newCode())
			c.OpenFootprints = []NewFootprint{{to, "New", KindLocation}}
			c.Coverage = []Coverage{{m.body(t, "covering"), []FootprintCode{to}}}
		}
		c.FootprintSuccessions = append(c.FootprintSuccessions, FootprintSuccession{Predecessor: from, Successor: to})
	}
	if chance(t, "second location", 30) {
		c.FootprintSuccessions = append(c.FootprintSuccessions, FootprintSuccession{
			Predecessor: pick(t, "second from", m.locations()), Successor: pick(t, "second to", m.locations()),
		})
	}
	if chance(t, "a body ends too", 30) {
		ends, heir := m.body(t, "ends"), m.body(t, "heir")
		c.Ends = []OrganisationCode{ends}
		c.Successions = []Succession{{Predecessor: ends, Successor: heir, Kind: SuccessionAbsorb}}
	}
	c.Dispositions = m.drawDispositions(t, c)
	for _, to := range c.FootprintSuccessions {
		if chance(t, "line for the heir", 60) {
			c.Dispositions = append(c.Dispositions, DispositionLine{
				Disposition: DispositionMoves, To: m.body(t, "heir's holder"), Footprints: []FootprintCode{to.Successor},
			})
		}
	}
	return m.registrar(t, c)
}
