package domain

import (
	"cmp"
	"slices"
)

// Claim is a body's word that it holds, or does not hold, remits, and the event that recorded it.
type Claim struct {
	RemitClaimed
	Event EventNo
}

// Attestation is a body's word on all that it holds, and the event that recorded it.
type Attestation struct {
	RemitsAttested
	Event EventNo
}

// Claims is the register of claims and attestations. They change nobody's holding: they say where the record and the
// bodies disagree.
type Claims struct {
	claims       table[struct{}, []Claim]
	attestations table[struct{}, []Attestation]
}

// NewClaims returns an empty register of claims.
func NewClaims() *Claims {
	c := &Claims{}
	c.init(nil)
	return c
}

func (c *Claims) init(undo *undoLog) {
	c.claims.init(undo)
	c.attestations.init(undo)
}

// Apply folds an event and tells whether it was a claim or an attestation.
func (c *Claims) Apply(e *Event) bool {
	switch f := e.Fact.(type) {
	case RemitClaimed:
		c.claims.set(struct{}{}, grown(c.claims.m[struct{}{}], Claim{f, e.No}))
	case RemitsAttested:
		c.attestations.set(struct{}{}, grown(c.attestations.m[struct{}{}], Attestation{f, e.No}))
	default:
		return false
	}
	return true
}

// Claims returns the claims known at known, in the order of recording.
func (c *Claims) Claims(known EventNo) []Claim {
	return knownOnly(c.claims.m[struct{}{}], known, func(x Claim) EventNo { return x.Event })
}

// Attestations returns the attestations known at known, in the order of recording.
func (c *Claims) Attestations(known EventNo) []Attestation {
	return knownOnly(c.attestations.m[struct{}{}], known, func(x Attestation) EventNo { return x.Event })
}

// ClaimedBy returns, for one remit at a, the bodies that say that they hold it and those that say that they do not:
// each body's last word.
func (c *Claims) ClaimedBy(r Remit, a AsOf) (claimed, denied []OrganisationCode) {
	last := map[OrganisationCode]Claim{}
	for _, claim := range c.claims.m[struct{}{}] {
		about := claim.Event <= a.Known && claim.EffectiveOn <= a.On &&
			Subject{claim.Function, claim.Part} == r.Subject &&
			slices.Contains(claim.Footprints, r.Footprint) && slices.Contains(claim.Roles, r.Role)
		if before, ok := last[claim.Claimant]; about && (!ok || claim.EffectiveOn >= before.EffectiveOn) {
			last[claim.Claimant] = claim
		}
	}
	for _, code := range sortedKeys(last) {
		if last[code].Holds {
			claimed = append(claimed, code)
		} else {
			denied = append(denied, code)
		}
	}
	return claimed, denied
}

func (c ClaimRemit) involved(*decision) (involved, *Refusal) { return about(AsBody, c.Claimant), nil }

func (c AttestRemit) involved(*decision) (involved, *Refusal) {
	return about(AsBody, c.Organisation), nil
}

// decide records a claim. Nothing is weighed: rivals are findings, not refusals.
func (c ClaimRemit) decide(d *decision) {
	fn, _, known := d.subject(c.Function, c.Part, c.EffectiveOn)
	_, claimantKnown := d.body(c.Claimant, "claimant")
	d.takesEffect(c.EffectiveOn, "effectiveOn")
	if c.Basis.IsEmpty() {
		d.invalid("basis", "Say on what the claim rests.")
	}
	if !d.roles(c.Roles) || !known || !claimantKnown {
		return
	}
	codes := c.Footprints
	if len(codes) == 0 {
		codes = []FootprintCode{FootprintCode(c.Claimant)}
	}
	footprints := d.expand(fn, codes, c.EffectiveOn)
	if d.ok() {
		d.emit(RemitClaimed{
			ID: d.meta.ID, Claimant: c.Claimant, Function: c.Function, Part: c.Part, Footprints: footprints, Roles: c.Roles,
			Holds: c.Holds, EffectiveOn: c.EffectiveOn, Basis: c.Basis,
		})
	}
}

// decide records a body's word on what the register says that it holds, as of what is recorded by now.
func (c AttestRemit) decide(d *decision) {
	body, ok := d.body(c.Organisation, "organisation")
	on := cmp.Or(c.EffectiveOn, d.meta.Today)
	d.takesEffect(on, "effectiveOn")
	if c.Agrees != c.Exceptions.IsEmpty() {
		d.invalid("exceptions", "Say either that the register is right, or where it is not.")
	}
	if !ok || !d.isOpen(body, on) || !d.ok() {
		return
	}
	d.emit(RemitsAttested{
		ID: d.meta.ID, Organisation: c.Organisation, EffectiveOn: on, Position: d.s.last, Agrees: c.Agrees,
		Exceptions: c.Exceptions,
	})
}
