package domain

import (
	"fmt"
	"strings"
)

// decide records a baseline. A sole or joint remit must be held by nobody yet, a concurrent one not by this body.
func (c AllocateFunction) decide(d *decision) {
	fn, subject, known := d.subject(c.Function, c.Part, c.EffectiveOn)
	holder, bodyKnown := d.body(c.Holder, "holder")
	d.knownInstrument(c.Instrument)
	if c.AccountableTo != "" {
		d.body(c.AccountableTo, "accountableTo")
	}
	if strings.TrimSpace(c.Source) == "" {
		d.invalid("source", "A baseline needs a source.")
	}
	d.takesEffect(c.EffectiveOn, "effectiveOn")
	if !d.roles(c.Roles) || !known || !bodyKnown {
		return
	}
	codes := c.Footprints
	if len(codes) == 0 {
		codes = []FootprintCode{FootprintCode(holder.Code)}
	}
	footprints := d.expand(fn, codes, c.EffectiveOn)
	changes := d.handOver(handover{
		fn: fn, subject: subject, footprints: footprints, roles: c.Roles, on: c.EffectiveOn, to: c.Holder, relies: true,
		with: Holding{
			AccountableTo: c.AccountableTo, HeldThrough: c.HeldThrough, Instrument: c.Instrument,
			Confidence: orExact(c.Confidence), Source: c.Source,
		},
	})
	d.notHeldYet(fn, subject, footprints, c)
	if d.ok() {
		d.emit(FunctionAllocated{
			Function: c.Function, EffectiveOn: c.EffectiveOn, Source: c.Source, Confidence: orExact(c.Confidence),
			Changes: changes,
		})
	}
}

// notHeldYet enforces one holder per sole remit (invariant 1) on baselines.
func (d *decision) notHeldYet(fn Function, subject Subject, footprints []FootprintCode, c AllocateFunction) {
	var taken []string
	for _, role := range c.Roles {
		rule := fn.Details.RuleOf(role)
		for _, footprint := range footprints {
			for _, held := range d.s.Holdings.At(Remit{subject, footprint, role}, Now(c.EffectiveOn)) {
				if held.Undetermined || rule == RuleConcurrent && !d.isSameHolder(held, c.Holder, c.EffectiveOn) {
					continue
				}
				taken = append(taken, fmt.Sprintf("%s in %s (%s)", role, footprint, holdersOf([]Held{held})))
			}
		}
	}
	if len(taken) > 0 {
		d.refuse(RemitAlreadyHeld, fmt.Sprintf("Somebody holds %s already on %s: %s.", subject, c.EffectiveOn, firstFew(taken)),
			"Move it by a transfer, or correct the record if it is wrong.",
			"function", subject.String(), "on", c.EffectiveOn.String())
	}
}

// isSameHolder tells whether a concurrent remit would have the named body as the same holder again.
func (d *decision) isSameHolder(held Held, named OrganisationCode, on Date) bool {
	if !held.Remit.Role.NeedsLegalPerson() {
		return held.Holder == named
	}
	legal, ok := d.s.Organisations.LegalPersonOf(named, Now(on))
	return ok && held.Holder == legal
}

func orExact(c Confidence) Confidence {
	if c == "" {
		return ConfidenceExact
	}
	return c
}
