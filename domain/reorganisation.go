package domain

import (
	"fmt"
	"slices"
)

// decide carries out a reorganisation as one transaction: bodies and footprints first, then what becomes of every
// remit (invariant 8). It is refused, with the list, while anything is left over.
func (c Reorganise) decide(d *decision) {
	d.takesEffect(c.EffectiveOn, "effectiveOn")
	d.knownInstrument(c.Instrument)
	c.checkForm(d)
	if !d.ok() {
		return
	}
	c.changeBodies(d)
	if !d.ok() {
		return
	}
	c.changeFootprints(d)
	c.moveMembers(d)
	if d.ok() {
		newDisposal(d, c).run()
		c.disposeMatters(d)
	}
	for _, code := range distinct(c.Ends) {
		d.emitNow(OrganisationClosed{Code: code, EffectiveOn: c.EffectiveOn})
	}
	d.checkCoverage()
}

func (c Reorganise) checkForm(d *decision) {
	if len(c.Ends) == 0 && len(c.Establish) == 0 && len(c.Successions) == 0 && len(c.FootprintSuccessions) == 0 {
		d.invalid("successions", "Say which bodies begin or end, or which footprints follow others.")
	}
	begins := func(code OrganisationCode) bool {
		return slices.ContainsFunc(c.Establish, func(b NewBody) bool { return b.Code == code })
	}
	c.checkMatters(d, begins)
	c.checkGoingOn(d)
	c.checkFootprints(d)
	for _, code := range c.Ends {
		if body, ok := d.body(code, "ends"); ok {
			d.isOpen(body, c.EffectiveOn)
		}
	}
	for _, s := range c.Successions {
		d.body(s.Predecessor, "successions")
		if s.Successor != "" && !begins(s.Successor) {
			if body, ok := d.body(s.Successor, "successions"); ok {
				d.isOpen(body, c.EffectiveOn)
			}
		}
	}
	for _, line := range c.Dispositions {
		c.checkLine(d, line, begins)
	}
}

// checkGoingOn keeps bodies that end from receiving anything: successions, remits, footprints or members.
func (c Reorganise) checkGoingOn(d *decision) {
	var receivers []OrganisationCode
	for _, s := range c.Successions {
		receivers = append(receivers, s.Successor)
	}
	for _, line := range c.Dispositions {
		receivers = append(receivers, line.To)
	}
	for _, coverage := range c.Coverage {
		receivers = append(receivers, coverage.Organisation)
	}
	for _, move := range c.Moves {
		receivers = append(receivers, move.Parent, move.LegalParent)
	}
	for _, b := range c.Establish {
		receivers = append(receivers, b.Parent, b.LegalParent)
	}
	for _, code := range distinct(receivers) {
		if slices.Contains(c.Ends, code) {
			d.refuse(ReceiverNotOpen, fmt.Sprintf("%s ends on %s, so nothing can go to it.", code, c.EffectiveOn),
				"Name a body that goes on.", "organisation", string(code))
		}
	}
}

func (c Reorganise) checkFootprints(d *decision) {
	for _, s := range c.FootprintSuccessions {
		if fp, ok := d.s.Organisations.Footprint(s.Predecessor, Latest); !ok || !fp.IsOpen(Now(c.EffectiveOn)) {
			d.refuse(UnknownFootprint, fmt.Sprintf("There is no footprint %q on %s.", s.Predecessor, c.EffectiveOn),
				"Name a footprint that exists on the date.", "footprint", string(s.Predecessor))
		}
		if slices.ContainsFunc(c.FootprintSuccessions, func(o FootprintSuccession) bool { return o.Predecessor == s.Successor }) {
			d.invalid("footprintSuccessions", fmt.Sprintf("%s ends itself, so it cannot follow %s: name the last of the chain.", s.Successor, s.Predecessor))
		}
	}
}

func (c Reorganise) checkLine(d *decision, line DispositionLine, begins func(OrganisationCode) bool) {
	if line.From != "" {
		d.body(line.From, "dispositions")
	}
	switch line.Disposition {
	case DispositionMoves:
		if !begins(line.To) {
			d.body(line.To, "dispositions")
		}
	case DispositionCeases, DispositionUndetermined:
	default:
		d.invalid("dispositions", "A disposition is moves, ceases or undetermined.")
	}
	for _, code := range line.Functions {
		d.function(code)
	}
}

// changeBodies opens the new bodies and records the reorganisation itself.
func (c Reorganise) changeBodies(d *decision) {
	var originals, results []OrganisationCode
	for _, s := range c.Successions {
		originals = append(originals, s.Predecessor)
		if s.Successor != "" {
			results = append(results, s.Successor)
		}
	}
	originals = append(originals, c.Ends...)
	for _, b := range c.Establish {
		results = append(results, b.Code)
	}
	d.emitNow(OrganisationsReorganised{
		ID: d.meta.ID, Originals: distinct(originals), Results: distinct(results), Successions: c.Successions,
		EffectiveOn: c.EffectiveOn, Instrument: c.Instrument, Confidence: orExact(c.Confidence), Source: c.Source,
	})
	for _, b := range c.Establish {
		d.checkNewBody(b, c.EffectiveOn)
		if d.ok() {
			d.emitNow(b.established(c.EffectiveOn, orExact(c.Confidence), c.Source))
		}
	}
}

func distinct[S ~string](list []S) []S {
	list = slices.Clone(list)
	slices.Sort(list)
	return slices.Compact(list)
}

// changeFootprints opens and ends footprints and says who covers them. No footprint may be left uncovered.
func (c Reorganise) changeFootprints(d *decision) {
	for _, fp := range c.OpenFootprints {
		d.openFootprint(fp, c.EffectiveOn, c.Source)
	}
	for _, coverage := range c.Coverage {
		d.cover(coverage, c.EffectiveOn, c.Source)
	}
	for _, s := range c.FootprintSuccessions {
		if fp, ok := d.s.Organisations.Footprint(s.Successor, Latest); !ok || !fp.IsOpen(Now(c.EffectiveOn)) {
			d.refuse(UnknownFootprint, fmt.Sprintf("There is no footprint %q on %s.", s.Successor, c.EffectiveOn),
				"Open it in the same reorganisation.", "footprint", string(s.Successor))
		}
	}
	if !d.ok() {
		return
	}
	if len(c.FootprintSuccessions) > 0 {
		d.emitNow(FootprintsSucceeded{
			Reorganisation: d.meta.ID, Successions: c.FootprintSuccessions, EffectiveOn: c.EffectiveOn,
		})
	}
	for _, fp := range d.s.Organisations.Footprints(Latest) {
		by, ok := fp.CoveredBy.At(Now(c.EffectiveOn))
		if !ok || !slices.Contains(c.Ends, by.Value) || !fp.IsOpen(Now(c.EffectiveOn)) {
			continue
		}
		if heir, one := c.onlyHeir(by.Value); one {
			d.cover(Coverage{Organisation: heir, Footprints: []FootprintCode{fp.Code}}, c.EffectiveOn, c.Source)
			continue
		}
		d.refuse(DispositionIncomplete, fmt.Sprintf("Nobody covers %s after %s ends.", fp.Code, by.Value),
			"Say under coverage who does.", "footprint", string(fp.Code), "organisation", string(by.Value))
	}
}

// onlyHeir returns the one body that follows another, when there is exactly one.
func (c Reorganise) onlyHeir(code OrganisationCode) (OrganisationCode, bool) {
	var heirs []OrganisationCode
	for _, s := range c.Successions {
		if s.Predecessor == code && s.Successor != "" {
			heirs = append(heirs, s.Successor)
		}
	}
	heirs = distinct(heirs)
	if len(heirs) != 1 {
		return "", false
	}
	return heirs[0], true
}

// moveMembers gives bodies another parent: those named, and those whose parent ends with one heir.
func (c Reorganise) moveMembers(d *decision) {
	for _, move := range c.Moves {
		d.checkMove(move, c.EffectiveOn)
		if d.ok() {
			d.emitNow(OrganisationMoved{
				Code: move.Code, Parent: move.Parent, LegalParent: move.LegalParent, EffectiveOn: c.EffectiveOn, Source: c.Source,
			})
		}
	}
	if !d.ok() {
		return
	}
	for _, body := range d.s.Organisations.Bodies(Latest) {
		if !body.IsOpen(Now(c.EffectiveOn)) || slices.Contains(c.Ends, body.Code) {
			continue
		}
		parent, parentEnds := c.followed(d, body.Code, body.Parent)
		legal, legalEnds := c.followed(d, body.Code, body.LegalParent)
		if parentEnds || legalEnds {
			d.emitNow(OrganisationMoved{
				Code: body.Code, Parent: parent, LegalParent: legal, EffectiveOn: c.EffectiveOn, Source: c.Source,
			})
		}
	}
}

// followed returns the heir of a parent that ends.
func (c Reorganise) followed(d *decision, code OrganisationCode, parent Timeline[OrganisationCode]) (OrganisationCode, bool) {
	p, ok := parent.At(Now(c.EffectiveOn))
	if !ok || !slices.Contains(c.Ends, p.Value) {
		return "", false
	}
	heir, one := c.onlyHeir(p.Value)
	if !one {
		d.refuse(DispositionIncomplete, fmt.Sprintf("%s belongs to %s, which ends.", code, p.Value),
			"Say under moves where it belongs then.", "organisation", string(code))
		return "", false
	}
	return heir, true
}
