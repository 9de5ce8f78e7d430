package domain

import (
	"fmt"
	"slices"
)

// routes lists the legal routes by which a transfer can move remits.
func routes() []TransferKind {
	return []TransferKind{
		KindStatutory, KindDelegation, KindDirection, KindJointExercise, KindPooling, KindDelivery, KindAdministrative,
	}
}

// mayMove lists the roles that a route may move. Only a statutory change, or an administrative one of a function that
// a recorded legal check says no statute confers, moves accountability (invariant 3).
func mayMove(kind TransferKind, status LegalStatus) []Role {
	switch kind {
	case KindStatutory:
		return Roles()
	case KindDelegation, KindDirection:
		return []Role{RoleExercising, RoleDelivering, RoleFunding}
	case KindJointExercise:
		return []Role{RoleExercising}
	case KindPooling:
		return []Role{RoleFunding, RoleDelivering}
	case KindDelivery:
		return []Role{RoleDelivering}
	case KindAdministrative:
		if status == LegalNotStatutory {
			return Roles()
		}
		return []Role{RoleDelivering, RoleOverview, RoleFunding}
	case KindReorganisation:
	}
	return nil
}

// needsInstrument tells whether a route needs a legal instrument named when it is proposed.
func needsInstrument(kind TransferKind) bool {
	return slices.Contains([]TransferKind{KindStatutory, KindDelegation, KindDirection, KindJointExercise}, kind)
}

// checkRoute checks that a route may move the roles, that the power named may be used for it, and that the power does
// not exclude the function (invariants 3 and 4).
func (d *decision) checkRoute(kind TransferKind, fn Function, sender OrganisationCode, roles []Role, code InstrumentCode, on Date) {
	if !slices.Contains(routes(), kind) {
		d.invalid("kind", fmt.Sprintf("%q is not a legal route.", kind))
		return
	}
	d.checkMayMove(kind, fn, roles)
	if code == "" {
		if needsInstrument(kind) {
			d.refuse(InstrumentRequired, fmt.Sprintf("A transfer of kind %s needs a legal instrument.", kind),
				"Name the instrument; register it first if it is new.", "kind", string(kind))
		}
		return
	}
	if in, ok := d.instrument(code); ok {
		d.checkPower(in, kind, fn, sender, on)
	}
}

// checkMayMove checks that a route may move the roles (invariant 3).
func (d *decision) checkMayMove(kind TransferKind, fn Function, roles []Role) {
	may := mayMove(kind, fn.Details.LegalStatus)
	for _, role := range roles {
		if !slices.Contains(may, role) {
			d.refuse(KindMayNotMoveRole, fmt.Sprintf("A transfer of kind %s may not move %s of %s (legal status %s).", kind, role, fn.Code, fn.Details.LegalStatus),
				"It may move: "+listed(may)+". Accountability moves by statute only, unless a recorded legal check says that no statute confers the function.",
				"kind", string(kind), "role", string(role), "legalStatus", string(fn.Details.LegalStatus))
		}
	}
}

func (d *decision) checkPower(in Instrument, kind TransferKind, fn Function, sender OrganisationCode, on Date) {
	if !in.MayCarry(kind) {
		d.refuse(PowerExcludesFunction, fmt.Sprintf("The power %s (%s) may not be used for %s.", in.Code, in.Details.Power, kind),
			"It may carry: "+listed(in.Details.MayCarry)+". Name another instrument or another route.",
			"instrument", string(in.Code), "kind", string(kind))
	}
	legal, _ := d.s.Organisations.LegalPersonOf(sender, Now(on))
	if exclusion, excluded := in.Excludes(legal, fn.Details.LegalBasis); excluded {
		d.refuse(PowerExcludesFunction,
			fmt.Sprintf("The power %s must not carry functions under %s of %s: %s.", in.Code, exclusion.Section, orAnybody(exclusion.Body), exclusion.Source),
			"Use another power, or record a legal check that the function rests on another section.",
			"instrument", string(in.Code), "section", exclusion.Section, "function", string(fn.Code))
	}
}

func orAnybody(code OrganisationCode) string {
	if code == "" {
		return "any body"
	}
	return string(code)
}

// checkInForce refuses when the instrument is not in force for every footprint on the date.
func (d *decision) checkInForce(code InstrumentCode, footprints []FootprintCode, on Date) {
	if code == "" {
		return
	}
	in, ok := d.instrument(code)
	if !ok {
		return
	}
	var missing []FootprintCode
	for _, footprint := range footprints {
		if !in.InForce(footprint, on) {
			missing = append(missing, footprint)
		}
	}
	where := ""
	if len(missing) < len(footprints) {
		where = " in " + firstFew(missing)
	}
	if len(missing) > 0 {
		d.refuse(InstrumentNotInForce, fmt.Sprintf("%s is not in force%s on %s (status %s).", code, where, on, in.Status(on)),
			"Wait until it commences, or record its commencement.",
			"instrument", string(code), "on", on.String(), "footprints", joined(missing))
	}
}

// checkTerms refuses when the terms lack what the route needs: reserved matters, limits, liability, notice, and review
// or end for a delegation or direction; the agreement's reference for pooling and delivery.
func (d *decision) checkTerms(kind TransferKind, t Terms) {
	var missing []string
	need := func(given bool, name string) {
		if !given {
			missing = append(missing, name)
		}
	}
	switch kind {
	case KindDelegation, KindDirection:
		need(!t.Reserved.IsEmpty(), "reserved")
		need(!t.Limits.IsEmpty(), "limits")
		need(!t.Liability.IsEmpty(), "liability")
		need(!t.Notice.IsEmpty(), "notice")
		need(t.ReviewOn != 0 || t.EndsOn != 0, "reviewOn or endsOn")
	case KindPooling, KindDelivery:
		need(t.AgreementRef != "", "agreementRef")
	case KindStatutory, KindJointExercise, KindAdministrative, KindReorganisation:
	}
	if len(missing) > 0 {
		d.refuse(TermsIncomplete, fmt.Sprintf("The terms lack: %s.", listed(missing)),
			"Set the terms.", "missing", joined(missing))
	}
}

// permitsOnward tells whether an arrangement, and those above it, permit passing on so many steps below it.
func (d *decision) permitsOnward(x Delegation, steps int64) bool {
	if !x.Terms.OnwardPermitted || steps > max(1, x.Terms.OnwardDepth) {
		return false
	}
	for _, above := range d.s.Delegations.All(Latest) {
		if x.isUnder(above) && !d.permitsOnward(above, steps+1) {
			return false
		}
	}
	return true
}

// checkOnward refuses to pass on what the sender itself exercises under an arrangement that does not permit it
// (invariant 4).
func (d *decision) checkOnward(t Transfer, on Date) {
	if !t.Kind.IsArrangement() || t.Reverses != "" {
		return
	}
	for remit := range t.Remits {
		held, ok := givenBy(d.s.Holdings.At(remit, Now(on)), t.Sender)
		if !ok || held.Arrangement == "" {
			continue
		}
		under, known := d.s.Delegations.Get(held.Arrangement, Latest)
		_, taken := d.s.Interventions.Get(string(held.Arrangement), Latest)
		if taken || known && !d.permitsOnward(under, 1) {
			d.refuse(OnwardDelegationNotPermitted,
				fmt.Sprintf("%s exercises %s under arrangement %s, which does not say that it may be passed on.", t.Sender, t.Subject, held.Arrangement),
				"Have the terms of that arrangement permit it first.", "arrangement", string(held.Arrangement))
		}
	}
}
