package domain

import (
	"fmt"
	"slices"
)

// comparison is what a line of a function map says beside the register: the same, something else, or something new.
type comparison struct {
	same      int
	differing []difference
	fresh     []remitSet
}

// difference is a remit of which the register says something else, and what; field is what of the line differs.
type difference struct {
	remit Remit
	says  string
	field string
}

// remitSet is every combination of footprints and roles.
type remitSet struct {
	footprints []FootprintCode
	roles      []Role
}

// add puts a remit to those that are new. Remits come role by role; roles with the same footprints are put together.
func (s *comparison) add(r Remit) {
	for i := range s.fresh {
		if slices.Equal(s.fresh[i].roles, []Role{r.Role}) {
			s.fresh[i].footprints = append(s.fresh[i].footprints, r.Footprint)
			return
		}
	}
	s.fresh = append(s.fresh, remitSet{[]FootprintCode{r.Footprint}, []Role{r.Role}})
}

// together puts roles with the same footprints together.
func (s *comparison) together() {
	var sets []remitSet
	for _, set := range s.fresh {
		i := slices.IndexFunc(sets, func(other remitSet) bool { return slices.Equal(other.footprints, set.footprints) })
		if i < 0 {
			sets = append(sets, set)
		} else {
			sets[i].roles = append(sets[i].roles, set.roles...)
		}
	}
	s.fresh = sets
}

// weigh compares a line with the register. It fails, and notes why, where the line cannot be understood.
func (d *decision) weigh(l ImportLine) (comparison, bool) {
	try := &decision{s: d.s, meta: d.meta}
	fn, subject, known := try.subject(l.Function, l.Part, l.EffectiveOn)
	if _, ok := try.body(l.Holder, "holder"); !ok || !known || !try.roles(l.Roles) {
		d.violations = append(d.violations, try.violations...)
		return comparison{}, false
	}
	codes := l.Footprints
	if len(codes) == 0 {
		codes = []FootprintCode{FootprintCode(l.Holder)}
	}
	footprints := try.expand(fn, codes, l.EffectiveOn)
	var s comparison
	for _, role := range l.Roles {
		expected, ok := try.holdings(handover{to: l.Holder, on: l.EffectiveOn}, role)
		if !ok {
			continue
		}
		for _, footprint := range footprints {
			d.compare(&s, l, fn.Details.RuleOf(role), Remit{subject, footprint, role}, expected)
		}
	}
	s.together()
	d.violations = append(d.violations, try.violations...)
	return s, try.ok()
}

// compare compares what a line says of a remit with what the register says on its date.
func (d *decision) compare(s *comparison, l ImportLine, rule RemitRule, r Remit, expected []Holding) {
	held := d.s.Holdings.At(r, Now(l.EffectiveOn))
	own := slices.DeleteFunc(slices.Clone(held), func(h Held) bool {
		return !slices.ContainsFunc(expected, func(e Holding) bool { return e.Holder == h.Holder })
	})
	others := slices.ContainsFunc(held, func(h Held) bool { return !h.Undetermined }) && len(own) == 0
	switch field := firstDifference(l, own, expected); {
	case len(own) == len(expected) && field == "":
		s.same++
	case len(own) > 0:
		s.differing = append(s.differing, difference{r, saysOf(own, field), field})
	case others && rule != RuleConcurrent:
		s.differing = append(s.differing, difference{r, saysOf(held, "holder"), "holder"})
	default:
		s.add(r)
	}
}

// firstDifference returns the field of a line that says something else than the register's own holdings, "" for none.
// What the line leaves out differs from nothing; nor does another source of the same.
func firstDifference(l ImportLine, own []Held, expected []Holding) string {
	for _, h := range own {
		through := slices.ContainsFunc(expected, func(e Holding) bool {
			return e.Holder == h.Holder && e.ActingThrough == h.ActingThrough
		})
		switch {
		case !through:
			return "holder"
		case l.Instrument != "" && l.Instrument != h.Instrument:
			return "instrument"
		case l.AccountableTo != "" && l.AccountableTo != h.AccountableTo:
			return "accountableTo"
		case l.HeldThrough != "" && l.HeldThrough != h.HeldThrough:
			return "heldThrough"
		}
	}
	return ""
}

// saysOf says what the register says where a line differs.
func saysOf(held []Held, field string) string {
	h := held[0]
	something := func(kind, code string) string {
		if code == "" {
			return "no " + kind
		}
		return code
	}
	switch field {
	case "instrument":
		return fmt.Sprintf("%s holds it under %s", h.Holder, something("instrument", string(h.Instrument)))
	case "accountableTo":
		return fmt.Sprintf("%s answers to %s", h.Holder, something("body in particular", string(h.AccountableTo)))
	case "heldThrough":
		return fmt.Sprintf("%s holds it through %s", h.Holder, something("post or committee", h.HeldThrough))
	}
	return holdersOf(held)
}

// awaitLines keeps the lines of a function map for a second person, in facts of a size that can be recorded.
func (d *decision) awaitLines(c ImportMap) {
	for _, line := range d.proposed {
		one := &decision{s: d.s, meta: d.meta}
		one.checkRivals(line.allocation(line.Footprints, line.Roles))
		d.ofLine(line.no, one.violations)
	}
	if !d.ok() {
		return
	}
	d.facts = d.facts[:1]
	var lines []ImportLine
	size := 0
	for _, line := range d.proposed {
		if own := line.size(); size+own > linesOfFact && len(lines) > 0 {
			d.emit(MapLinesProposed{d.meta.ID, lines})
			lines, size = nil, 0
		}
		lines, size = append(lines, line.ImportLine), size+line.size()
	}
	d.emit(MapLinesProposed{d.meta.ID, lines})
	d.emit(SecondAwaited{ID: d.meta.ID, Command: ImportMap{Kind: c.Kind, SHA256: c.SHA256, Rows: c.Rows, ImportID: d.meta.ID}})
}

// linesOfFact is about how many bytes of lines one fact holds at most: well below what an event may have.
const linesOfFact = 32_000

// size is about how many bytes a line takes where it is recorded, or more.
func (l ImportLine) size() int {
	const each, all = 4, 40
	size := all + len(l.Function) + len(l.Part) + len(l.Holder) + len(l.Instrument) + len(l.AccountableTo) + len(l.HeldThrough) +
		len(l.Confidence) + len(l.Source)
	for _, code := range l.Footprints {
		size += each + len(code)
	}
	for _, role := range l.Roles {
		size += each + len(role)
	}
	return size
}
