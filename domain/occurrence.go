package domain

import (
	"slices"
	"strings"
)

// decide records what happened by law or outside the gateways (invariant 5): it sets the holder from its date, whoever
// held before. It need not have met the safeguards, but what it says must be possible: accountability moves by routes
// that can move it only (invariant 3), the bodies exist, and a later fact does not rest on the opposite.
func (c RecordOccurrence) decide(d *decision) {
	fn, subject, known := d.subject(c.Function, c.Part, c.EffectiveOn)
	if c.From != "" {
		d.body(c.From, "from")
	}
	d.knownInstrument(c.Instrument)
	c.checkForm(d)
	d.takesEffect(c.EffectiveOn, "effectiveOn")
	if slices.Contains(c.Roles, RoleAccountable) && known {
		d.checkMayMove(c.Kind, fn, []Role{RoleAccountable})
	}
	if !d.roles(c.Roles) || !known || !d.ok() {
		return
	}
	codes := c.Footprints
	if len(codes) == 0 {
		codes = []FootprintCode{FootprintCode(c.To)}
	}
	footprints := d.expand(fn, codes, c.EffectiveOn)
	arrangement := ArrangementID("")
	if c.Kind.IsArrangement() && !c.Undetermined {
		arrangement = ArrangementID(d.meta.ID)
	}
	changes := d.handOver(handover{
		fn: fn, subject: subject, footprints: footprints, roles: c.Roles, on: c.EffectiveOn,
		from: c.From, to: c.To, relies: d.gaveUpAll(c, subject, footprints),
		with: Holding{
			Instrument: c.Instrument, Arrangement: arrangement, Confidence: orExact(c.Confidence), Source: c.Source,
		},
	})
	if !d.ok() {
		return
	}
	d.emitNow(OccurrenceRecorded{
		Kind: c.Kind, Function: c.Function, Part: c.Part, From: c.From, To: c.To, Roles: c.Roles, Footprints: footprints,
		EffectiveOn: c.EffectiveOn, Instrument: c.Instrument, Arrangement: arrangement,
		Confidence: orExact(c.Confidence), Source: c.Source, Changes: changes,
	})
	moved := Transfer{ID: TransferID(arrangement), Subject: subject, Moves: []Move{{Receiver: c.To, Footprints: footprints}}}
	d.endSpent(moved, c.EffectiveOn)
}

func (c RecordOccurrence) checkForm(d *decision) {
	if strings.TrimSpace(c.Source) == "" {
		d.invalid("source", "An occurrence needs a source.")
	}
	if !slices.Contains(routes(), c.Kind) {
		d.invalid("kind", "A legal route is required, such as delegation or statutory.")
	}
	switch {
	case c.From != "" && c.From == c.To:
		d.invalid("to", "Nothing changes: both bodies are the same.")
	case c.Undetermined && c.To != "":
		d.invalid("undetermined", "Name the body that holds it, or say that it is undetermined, not both.")
	case !c.Undetermined && c.To == "":
		d.invalid("to", "Name the body that holds it from the date, or say that it is undetermined.")
	case c.Undetermined && len(c.Footprints) == 0:
		d.invalid("footprints", "Name the footprints: there is no body whose footprints could be meant.")
	}
}

// gaveUpAll tells whether the body that the occurrence names as the one before did hold every remit. Only then does
// the record rest on it.
func (d *decision) gaveUpAll(c RecordOccurrence, subject Subject, footprints []FootprintCode) bool {
	if c.From == "" {
		return false
	}
	change := HoldingChange{Subjects: []Subject{subject}, Footprints: footprints, Roles: c.Roles}
	for remit := range change.Remits {
		if _, ok := givenBy(d.s.Holdings.At(remit, Now(c.EffectiveOn)), c.From); !ok {
			return false
		}
	}
	return true
}
