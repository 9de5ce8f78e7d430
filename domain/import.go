package domain

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// Imports are the lines of function maps that wait, or waited, for a second person.
type Imports struct {
	lines table[string, []ImportLine]
}

func (i *Imports) init(undo *undoLog) { i.lines.init(undo) }

// Apply folds an event and tells whether it was about an import.
func (i *Imports) Apply(e *Event) bool {
	switch f := e.Fact.(type) {
	case FunctionMapImported:
	case MapLinesProposed:
		i.lines.set(f.ID, appended(i.lines.m[f.ID], f.Lines...))
	case SecondDeclined: // the record has them
		if _, ok := i.lines.m[f.ID]; ok {
			i.lines.set(f.ID, nil)
		}
		return false
	default:
		return false
	}
	return true
}

// Lines returns the lines of an import that was not declined; claims wait for nobody and have none.
func (i *Imports) Lines(id string) []ImportLine { return i.lines.m[id] }

// involved names every body that the map gives something to: the right to each is asked again line by line.
func (c ImportMap) involved(d *decision) (involved, *Refusal) {
	if c.Kind == ImportClaims {
		x := about(AsBody, c.Claimant)
		x.as = ClaimRemit{}.Method()
		return x, nil
	}
	var holders []OrganisationCode
	for _, line := range slices.Concat(c.Lines, d.s.Imports.Lines(c.ImportID)) {
		if !slices.Contains(holders, line.Holder) {
			holders = append(holders, line.Holder)
		}
	}
	x := about(AsHolder, holders...)
	x.as = AllocateFunction{}.Method()
	return x, nil
}

// decide checks every line, and records what they say that the register does not.
func (c ImportMap) decide(d *decision) {
	if c.ImportID != "" {
		c.enact(d)
		return
	}
	c.check(d)
	if !d.ok() {
		return
	}
	x := &importing{d: d, kind: c.Kind, claimant: c.Claimant}
	for i, line := range c.Lines {
		x.take(i, line)
	}
	if d.ok() && x.added == 0 {
		d.refuse(NothingToChange, "The register says all of this already.", "Nothing is left to do.", "same", strconv.Itoa(x.same))
	}
	if !d.ok() {
		return
	}
	d.emit(FunctionMapImported{
		ID: d.meta.ID, Kind: c.Kind, Claimant: c.Claimant, SHA256: c.SHA256, FileName: c.FileName, Rows: c.Rows,
		Added: x.added, Same: x.same, Differing: x.differing,
	})
	d.facts = append(d.facts, x.facts...)
	d.proposed = x.proposed
}

// enact lets the lines that waited take effect, as far as the register does not say the same by now.
func (c ImportMap) enact(d *decision) {
	x := &importing{d: d, kind: ImportBaselines}
	for i, line := range d.s.Imports.Lines(c.ImportID) {
		x.take(i, line)
	}
	d.facts = append(d.facts, x.facts...)
}

func (c ImportMap) check(d *decision) {
	if !slices.Contains(ImportKinds(), c.Kind) {
		d.invalid("kind", "The kind is one of: "+joined(ImportKinds())+".")
	}
	if len(c.SHA256) != sha256Digits {
		d.invalid("sha256", "The SHA-256 of the file is required, 64 hexadecimal digits.")
	}
	if len(c.Lines) == 0 {
		d.invalid("lines", "The map says nothing.")
	}
	if c.Kind == ImportClaims {
		if body, ok := d.body(c.Claimant, "claimant"); ok {
			d.isOpen(body, d.meta.Today)
		}
	} else if c.Claimant != "" {
		d.invalid("claimant", "Only claims are one body's word.")
	}
}

// sha256Digits is the length of a SHA-256 in hex.
const sha256Digits = 64

// importing is a function map on its way through the rules. Each line is decided on what the lines before it say, so
// that two lines that contradict each other are found.
type importing struct {
	d        *decision
	kind     ImportKind
	claimant OrganisationCode
	facts    []Fact
	// proposed are the lines without what the register says already.
	proposed               []proposedLine
	added, same, differing int
}

// proposedLine is a line of a function map, by its number from 0.
type proposedLine struct {
	ImportLine

	no int
}

// take takes a line. What is wrong with it is told with its number, from 0.
func (x *importing) take(i int, line ImportLine) {
	sub := &decision{s: x.d.s, meta: x.d.meta}
	line.EffectiveOn = cmp.Or(line.EffectiveOn, x.d.meta.Today)
	if x.kind == ImportClaims {
		x.claim(sub, line)
	} else {
		x.allocate(sub, i, line)
	}
	x.d.ofLine(i, sub.violations)
	x.facts = append(x.facts, sub.facts...)
}

// ofLine takes over what is wrong with a line.
func (d *decision) ofLine(i int, violations []Violation) {
	for _, v := range violations {
		facts := map[string]string{"line": strconv.Itoa(i)}
		maps.Copy(facts, v.Facts)
		v.Facts = facts
		d.violations = append(d.violations, v)
	}
}

// allocate takes a line as a baseline: what the register says otherwise is refused.
func (x *importing) allocate(d *decision, i int, line ImportLine) {
	whole := line.allocation(line.Footprints, line.Roles)
	if _, refusal := d.authorise(whole); refusal != nil {
		d.add(refusal)
		return
	}
	s, ok := d.weigh(line)
	if !ok {
		whole.decide(d) // says what else is wrong
		d.facts = nil
		return
	}
	for _, differing := range s.differing {
		d.refuse(RemitAlreadyHeld,
			fmt.Sprintf("The register says otherwise of %s in %s on %s: %s.", differing.remit.Role, differing.remit.Footprint, line.EffectiveOn, differing.says),
			"Leave the row out if the register is right; move it by a transfer, or have the record corrected, if not.",
			"role", string(differing.remit.Role), "footprint", string(differing.remit.Footprint), "field", differing.field)
	}
	x.same += s.same
	for _, set := range s.fresh {
		x.added += len(set.footprints) * len(set.roles)
		one := &decision{s: d.s, meta: d.meta}
		line.allocation(set.footprints, set.roles).decide(one)
		d.add(&Refusal{one.violations})
		for _, f := range one.facts {
			d.emitNow(f)
		}
		kept := line
		kept.Footprints, kept.Roles = set.footprints, set.roles
		x.proposed = append(x.proposed, proposedLine{kept, i})
	}
}

func (l ImportLine) allocation(footprints []FootprintCode, roles []Role) AllocateFunction {
	return AllocateFunction{
		Function: l.Function, Part: l.Part, Holder: l.Holder, Footprints: footprints, Roles: roles, EffectiveOn: l.EffectiveOn,
		Instrument: l.Instrument, AccountableTo: l.AccountableTo, HeldThrough: l.HeldThrough, Confidence: l.Confidence, Source: l.Source,
	}
}

// claim takes a line as a body's word: what the register says otherwise is counted.
func (x *importing) claim(d *decision, line ImportLine) {
	if !d.speaksFor(x.claimant, line) {
		d.invalid("holder", fmt.Sprintf("%s cannot claim what %s holds: a claim is a body's own word.", x.claimant, line.Holder))
		return
	}
	whole := line.word(x.claimant, line.Footprints, line.Roles)
	s, ok := d.weigh(line)
	if !ok || line.Basis.IsEmpty() {
		whole.decide(d) // says what else is wrong
		d.facts = nil
		return
	}
	d.takesEffect(line.EffectiveOn, "effectiveOn")
	x.same += s.same
	x.differing += len(s.differing)
	for _, differing := range s.differing {
		s.add(differing.remit)
	}
	for _, set := range s.fresh {
		x.added += len(set.footprints) * len(set.roles)
		one := &decision{s: d.s, meta: d.meta}
		line.word(x.claimant, set.footprints, set.roles).decide(one)
		d.add(&Refusal{one.violations})
		for _, f := range one.facts {
			if claimed, ok := f.(RemitClaimed); ok {
				claimed.ID = fmt.Sprintf("%s-%d", d.meta.ID, len(x.facts)+len(d.facts)+1)
				d.emitNow(claimed)
			}
		}
	}
}

// speaksFor tells whether what a line says is the claimant's own: it is named, or acted through.
func (d *decision) speaksFor(claimant OrganisationCode, line ImportLine) bool {
	legal, ok := d.s.Organisations.LegalPersonOf(line.Holder, Now(line.EffectiveOn))
	return line.Holder == claimant || ok && legal == claimant
}

func (l ImportLine) word(claimant OrganisationCode, footprints []FootprintCode, roles []Role) ClaimRemit {
	return ClaimRemit{
		Claimant: claimant, Function: l.Function, Part: l.Part, Footprints: footprints, Roles: roles, Holds: true,
		EffectiveOn: l.EffectiveOn, Basis: l.Basis,
	}
}
