package domain

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// decide puts a function into the register.
func (c DefineFunction) decide(d *decision) {
	if _, exists := d.s.Functions.Get(c.Code, Latest); exists {
		d.refuse(WrongState, fmt.Sprintf("The function %q is defined already.", c.Code), "Revise it, or choose another code.",
			"function", string(c.Code))
	}
	if c.Code == "" {
		d.invalid("code", "A code is required.")
	}
	c.Details.check(d)
	if d.ok() {
		d.emit(FunctionDefined(c))
	}
}

// decide revises a function. Its kind of footprint stays: remits rest on it.
func (c ReviseFunction) decide(d *decision) {
	fn, ok := d.function(c.Code)
	if !ok {
		return
	}
	d.expects(fn.Revision, "The function")
	c.Details.check(d)
	if c.Details.FootprintKind != fn.Details.FootprintKind {
		d.invalid("footprintKind", "The kind of footprint cannot be changed: remits rest on it.")
	}
	for _, role := range Roles() {
		if c.Details.RuleOf(role) != fn.Details.RuleOf(role) && d.anyHeld(c.Code, role) {
			d.invalid("rules", fmt.Sprintf("The rule for %s cannot be changed: remits rest on it.", role))
		}
	}
	if d.ok() {
		d.emit(FunctionRevised(c))
	}
}

func (d *decision) anyHeld(code FunctionCode, role Role) bool {
	for remit := range d.s.Holdings.lines.keys() {
		if remit.Subject.Function == code && remit.Role == role {
			return true
		}
	}
	return false
}

func (f FunctionDetails) check(d *decision) {
	if strings.TrimSpace(f.Name) == "" {
		d.invalid("name", "A name is required.")
	}
	kinds := []FootprintKind{KindLocation, KindCouncilArea, KindPlace, KindNeighbourhood, KindCohort, KindOwnOperation}
	if !slices.Contains(kinds, f.FootprintKind) {
		d.invalid("footprintKind", "The kind of footprint is one of: "+listed(kinds)+".")
	}
	if f.FootprintKind == KindOwnOperation && len(f.OwnOperationOf) == 0 {
		d.invalid("ownOperationOf", "Say whose own operations the function is about.")
	}
	if !slices.Contains([]LegalStatus{LegalStatutory, LegalNotStatutory, LegalUnknown}, f.LegalStatus) {
		d.invalid("legalStatus", "The legal status is statutory, not_statutory or unknown.")
	}
	if f.LegalStatus == LegalNotStatutory && !slices.ContainsFunc(f.LegalBasis, LegalBasis.isChecked) {
		d.invalid("legalBasis", "That no statute confers a function must rest on a legal check: say which role checked it and when.")
	}
	for _, role := range slices.Sorted(maps.Keys(f.Rules)) {
		if !slices.Contains(Roles(), role) || !slices.Contains([]RemitRule{RuleSole, RuleJoint, RuleConcurrent}, f.Rules[role]) {
			d.invalid("rules", fmt.Sprintf("%q for %q is not a rule: sole, joint or concurrent.", f.Rules[role], role))
		}
	}
	for _, basis := range f.LegalBasis {
		if basis.Binds != "" {
			d.body(basis.Binds, "legalBasis")
		}
	}
}

func (b LegalBasis) isChecked() bool { return b.CheckedBy != "" && b.CheckedOn != 0 }

// decide gives a function parts: on the date every holding of the whole becomes one of each part and the rest.
func (c DivideFunction) decide(d *decision) {
	fn, ok := d.function(c.Code)
	if !ok {
		return
	}
	d.expects(fn.Revision, "The function")
	d.takesEffect(c.EffectiveOn, "effectiveOn")
	if len(fn.Divisions) > 0 {
		d.refuse(WrongState, fmt.Sprintf("The function is divided already, from %s.", fn.Divisions[0].From),
			"A function is divided once.", "function", string(c.Code))
	}
	if len(c.Parts) == 0 {
		d.invalid("parts", "At least one part is required, besides the rest.")
	}
	seen := map[PartCode]bool{"": true}
	for _, part := range appended(c.Parts, c.Rest) {
		if seen[part.Code] {
			d.invalid("parts", fmt.Sprintf("The part code %q is empty or used twice.", part.Code))
		}
		seen[part.Code] = true
	}
	changes := c.changes(d)
	d.checkLaterFacts(changes)
	d.checkNoneLater(d.s.Holdings.Of(Subject{Function: c.Code}), c.EffectiveOn, func(Holding) bool { return true })
	if d.ok() {
		d.emit(FunctionDivided{
			Code: c.Code, Parts: c.Parts, Rest: c.Rest, EffectiveOn: c.EffectiveOn, Source: c.Source, Changes: changes,
		})
	}
}

func (c DivideFunction) changes(d *decision) []HoldingChange {
	var set changeSet
	for _, remit := range d.s.Holdings.Of(Subject{Function: c.Code}) {
		for _, line := range d.s.Holdings.Lines(remit) {
			p, ok := line.Points.At(Now(c.EffectiveOn))
			if !ok || len(p.Value.Holdings) == 0 {
				continue
			}
			change := HoldingChange{
				On: c.EffectiveOn, Subjects: []Subject{remit.Subject}, Footprints: []FootprintCode{remit.Footprint},
				Roles: []Role{remit.Role}, Slot: line.Slot, TakenFrom: p.Value.Holdings[0].Holder, Relies: true,
			}
			set.add(change)
			change.Holdings, change.TakenFrom = p.Value.Holdings, ""
			for _, part := range appended(c.Parts, c.Rest) {
				change.Subjects = []Subject{{c.Code, part.Code}}
				set.add(change)
			}
		}
	}
	return set.changes()
}

// decide registers an instrument. It can be one that is only planned: a Bill may be named.
func (c RegisterInstrument) decide(d *decision) {
	if _, exists := d.s.Instruments.Get(c.Code, Latest); exists {
		d.refuse(WrongState, fmt.Sprintf("The instrument %q is registered already.", c.Code), "Choose another code.",
			"instrument", string(c.Code))
	}
	if c.Code == "" || strings.TrimSpace(c.Details.Title) == "" {
		d.invalid("code", "A code and a title are required.")
	}
	statuses := []InstrumentStatus{InstrumentStatusPlanned, InstrumentStatusMade, InstrumentStatusInForce, InstrumentStatusSpent}
	if !slices.Contains(statuses, c.Details.Status) {
		d.invalid("status", "The status is one of: "+listed(statuses)+".")
	}
	if c.Details.Status == InstrumentStatusInForce && len(c.Details.Commencements) == 0 {
		d.invalid("commencements", "An instrument in force has a commencement date.")
	}
	for _, exclusion := range c.Details.Exclusions {
		if exclusion.Body != "" {
			d.body(exclusion.Body, "exclusions")
		}
	}
	if d.ok() {
		d.emit(InstrumentRegistered(c))
	}
}

// decide records a commencement. Its date may lie ahead: an order can be made for a day to come.
func (c CommenceInstrument) decide(d *decision) {
	in, ok := d.instrument(c.Code)
	if !ok {
		return
	}
	d.expects(in.Revision, "The instrument")
	if in.DiscardedOn != 0 {
		d.refuse(WrongState, "The instrument is discarded.", "Register another one.", "instrument", string(c.Code))
	}
	if c.Commencement.On <= d.meta.Today {
		d.takesEffect(c.Commencement.On, "commencement.on")
	}
	if d.ok() {
		d.emit(InstrumentCommenced(c))
	}
}

// decide records that an instrument has no force from a date.
func (c DiscardInstrument) decide(d *decision) {
	in, ok := d.instrument(c.Code)
	if !ok {
		return
	}
	d.expects(in.Revision, "The instrument")
	d.takesEffect(c.EffectiveOn, "effectiveOn")
	d.knownInstrument(c.ReplacedBy)
	if in.DiscardedOn != 0 {
		d.refuse(WrongState, "The instrument is discarded already.", "Nothing is left to do.", "instrument", string(c.Code))
	}
	if d.ok() {
		d.emit(InstrumentDiscarded(c))
	}
}

func sortedKeys[K ~string, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
