package projections

import (
	"slices"

	"github.com/remit-register/remit/domain"
)

// maxExplained is how many footprints one question may be about.
const maxExplained = 100

// ExplainQuery asks how holdings came about.
type ExplainQuery struct {
	Function domain.FunctionCode
	// Part limits the answer to one part; "" for the whole function and all of its parts.
	Part domain.PartCode
	// Footprint is a footprint, or a body, which stands for what it covers on the date.
	Footprint domain.FootprintCode
	// Role limits the answer to one role; "" for all.
	Role domain.Role
	AsOf domain.AsOf
}

// Explanation tells how holdings came about.
type Explanation struct {
	AsOf domain.AsOf
	// Holdings are sorted by part, footprint, role and holder.
	Holdings []Explained
}

// Explained is a holding with the chain of changes by which it came about.
type Explained struct {
	Entry
	// Steps are the changes up to the date, the first first, superseded ones included: those of the remit, or of the
	// body's part in a concurrent one, and before them those of whoever it was taken over from.
	Steps []Change
}

// Explain answers how holdings came about, each with the chain of changes back to its baseline. It refuses as WhoHolds
// does, and with domain.TooLarge for more than 100 footprints.
func (v *Views) Explain(q ExplainQuery) (Explanation, error) {
	var answer Explanation
	err := v.read(q.AsOf, func(a domain.AsOf) error {
		answer.AsOf = a
		footprints, err := v.expand(q.Function, q.Footprint, a)
		if err != nil {
			return err
		}
		if len(footprints) > maxExplained {
			return domain.Refuse(domain.TooLarge, "So many footprints cannot be explained at once.",
				"Ask about one footprint, or one body.", "footprints", decimal(domain.EventNo(len(footprints))))
		}
		match := v.newMatcher(Filter{}, a)
		for _, footprint := range footprints {
			for c := v.holdings.at(q.Function, footprint); c != nil; c = c.next {
				if q.Part == "" || q.Part == c.subject.Part {
					answer.Holdings = append(answer.Holdings, v.explainCell(match, c, q.Role)...)
				}
			}
		}
		return nil
	})
	return answer, err
}

func (v *Views) explainCell(match *matcher, c *cell, role domain.Role) []Explained {
	var list []Explained
	for i := range c.lines {
		l := &c.lines[i]
		if role != "" && role != match.names[l.role] {
			continue
		}
		entries := match.lineEntries(nil, c, l)
		if len(entries) == 0 {
			continue
		}
		if l.role != accountableRole {
			match.markEach(entries, v.holdings.held(c, accountableRole, match.asOf))
		}
		steps := v.chain(c, l, match.asOf, map[*line]bool{})
		for _, e := range entries {
			list = append(list, Explained{Entry: e, Steps: steps})
		}
	}
	return list
}

// chain returns the changes of a line up to a date as known, and before them those of the lines that it took over from
// when it began: other bodies' parts in the remit, or the remit in footprints that this one followed.
func (v *Views) chain(c *cell, l *line, a domain.AsOf, seen map[*line]bool) []Change {
	seen[l] = true
	remit := domain.Remit{Subject: c.subject, Footprint: c.footprint, Role: domain.Roles()[l.role]}
	steps := slices.DeleteFunc(v.lineChanges(nil, remit, l, a.Known), func(s Change) bool { return s.EffectiveOn > a.On })
	if len(steps) == 0 {
		return nil
	}
	begins := steps[0]
	first, last := v.transactionAround(begins.Event)
	before := domain.AsOf{On: begins.EffectiveOn - 1, Known: a.Known}
	var earlier []Change
	for _, other := range v.predecessors(c, begins) {
		for i := range other.lines {
			from := &other.lines[i]
			if from.role != l.role || seen[from] || !ends(from, begins.EffectiveOn, first, last) {
				continue
			}
			earlier = append(earlier, v.chain(other, from, before, seen)...)
		}
	}
	return append(earlier, steps...)
}

// predecessors returns the cells from which a line may have begun: its own, and those of the footprints that its own
// followed on the date.
func (v *Views) predecessors(c *cell, begins Change) []*cell {
	cells := []*cell{c}
	for _, s := range v.organisations.FootprintSuccessions(begins.Event) {
		if s.Successor != c.footprint || s.EffectiveOn != begins.EffectiveOn {
			continue
		}
		if other := v.holdings.find(c.subject, s.Predecessor); other != nil {
			cells = append(cells, other)
		}
	}
	return cells
}

// ends tells whether a line's holder lost it on a date by one of some events.
func ends(l *line, on domain.Date, first, last domain.EventNo) bool {
	return slices.ContainsFunc(l.recorded(), func(p point) bool {
		return p.from == on && p.value == nobody && p.no >= first && p.no <= last
	})
}

// transactionAround returns the first and the last event of the transaction of an event; the caller holds the lock.
func (v *Views) transactionAround(no domain.EventNo) (first, last domain.EventNo) {
	first, last = v.events.completed(no-1)+1, no
	for !v.events.isEnd(last) {
		last++
	}
	return first, last
}
