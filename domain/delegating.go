package domain

import (
	"fmt"
	"slices"
)

// delegation finds an arrangement.
func (d *decision) delegation(id ArrangementID) (Delegation, *Refusal) {
	x, ok := d.s.Delegations.Get(id, Latest)
	if !ok {
		return x, Refuse(UnknownDelegation, fmt.Sprintf("There is no delegation with the id %q.", id),
			"List the delegations to find its id.", "delegation", string(id))
	}
	return x, nil
}

// decide records a delegation as the delegator agreed it. Accountability stays where it is.
func (c DelegateFunction) decide(d *decision) {
	fn, subject, known := d.subject(c.Function, c.Part, c.EffectiveOn)
	_, delegatorKnown := d.body(c.Delegator, "delegator")
	_, delegateKnown := d.body(c.Delegate, "delegate")
	d.takesEffect(c.EffectiveOn, "effectiveOn")
	if c.Delegator == c.Delegate {
		d.invalid("delegate", "Delegator and delegate are the same body.")
	}
	roles := c.Roles
	if len(roles) == 0 {
		roles = []Role{RoleExercising, RoleFunding}
	}
	if !d.roles(roles) || !known || !delegatorKnown || !delegateKnown {
		return
	}
	t := Transfer{
		Kind: KindDelegation, Subject: subject, Sender: c.Delegator, Roles: roles, Instrument: c.Instrument,
		EffectiveOn: c.EffectiveOn, Terms: c.Terms,
		Moves: []Move{{Receiver: c.Delegate, Footprints: d.delegable(c, fn, subject, roles)}},
	}
	d.checkProposal(fn, t)
	d.checkInForce(c.Instrument, t.Footprints(), c.EffectiveOn)
	d.checkTerms(t.Kind, c.Terms)
	d.checkOverlap(t)
	d.arrange(fn, t, "")
	if d.ok() {
		d.emit(FunctionDelegated{
			ID: ArrangementID(d.meta.ID), Function: c.Function, Part: c.Part, Delegator: c.Delegator, Delegate: c.Delegate,
			Roles: roles, Footprints: t.Footprints(), EffectiveOn: c.EffectiveOn, Instrument: c.Instrument, Terms: c.Terms,
		})
	}
}

// delegable returns the footprints named, or else those that the delegator holds and the delegate covers.
func (d *decision) delegable(c DelegateFunction, fn Function, subject Subject, roles []Role) []FootprintCode {
	if len(c.Footprints) > 0 {
		return d.expand(fn, c.Footprints, c.EffectiveOn)
	}
	covered := d.expand(fn, []FootprintCode{FootprintCode(c.Delegate)}, c.EffectiveOn)
	held := slices.DeleteFunc(slices.Clone(covered), func(footprint FootprintCode) bool {
		return slices.ContainsFunc(roles, func(role Role) bool {
			_, ok := givenBy(d.s.Holdings.At(Remit{subject, footprint, role}, Now(c.EffectiveOn)), c.Delegator)
			return !ok
		})
	})
	if len(held) == 0 && len(covered) > 0 {
		d.refuse(SenderNotHolder, fmt.Sprintf("%s does not hold %s of %s in any footprint that %s covers on %s.", c.Delegator, listed(roles), subject, c.Delegate, c.EffectiveOn),
			"Ask who holds it on that date.", "sender", string(c.Delegator), "on", c.EffectiveOn.String())
	}
	return held
}

// arrange makes the changes by which a delegation takes effect.
func (d *decision) arrange(fn Function, t Transfer, id ArrangementID) []HoldingChange {
	return d.handOver(handover{
		fn: fn, subject: t.Subject, footprints: t.Footprints(), roles: t.Roles, on: t.EffectiveOn,
		from: t.Sender, to: t.Receiver(), relies: true,
		with: Holding{Instrument: t.Instrument, Arrangement: id, Confidence: ConfidenceExact},
	})
}

// asTransfer shows an arrangement as the move that it makes.
func (x Delegation) asTransfer() Transfer {
	return Transfer{
		Kind: x.Kind, Subject: x.Subject, Sender: x.Delegator, Roles: x.Roles, Instrument: x.Instrument,
		EffectiveOn: x.EffectiveOn, Terms: x.Terms, Moves: []Move{{Receiver: x.Delegate, Footprints: x.Footprints}},
	}
}

// decide lets a delegation take effect from the date agreed, or the terms that were offered for one in force. What was true when it was offered must still be true.
func (c AcceptDelegation) decide(d *decision) {
	x, _ := d.delegation(c.DelegationID)
	if x.State == DelegationStateInForce && x.Variation != nil {
		d.expects(x.Revision, "The delegation")
		if d.ok() {
			d.emit(VariationAccepted{ID: x.ID})
		}
		return
	}
	if !d.delegationIn(x, DelegationStateOffered) {
		return
	}
	fn, ok := d.function(x.Subject.Function)
	if !ok {
		return
	}
	d.takesEffect(x.EffectiveOn, "effectiveOn")
	t := x.asTransfer()
	d.checkProposal(fn, t)
	d.checkInForce(x.Instrument, x.Footprints, x.EffectiveOn)
	d.checkOverlap(t)
	changes := d.arrange(fn, t, x.ID)
	if d.ok() {
		d.emit(DelegationAccepted{ID: x.ID, EffectiveOn: x.EffectiveOn, Changes: changes})
	}
}

// delegationIn checks revision and state.
func (d *decision) delegationIn(x Delegation, states ...DelegationState) bool {
	d.expects(x.Revision, "The delegation")
	if !slices.Contains(states, x.State) {
		d.refuse(WrongState, fmt.Sprintf("The delegation is %s.", x.State),
			"The command is for a delegation that is: "+listed(states)+".", "delegation", string(x.ID), "state", string(x.State))
		return false
	}
	return true
}

// decide ends a delegation from a date: what is still held under it goes back to the delegator, or to the one that
// followed it. An offer that was not accepted lapses.
func (c RevokeDelegation) decide(d *decision) {
	x, _ := d.delegation(c.DelegationID)
	if !d.delegationIn(x, DelegationStateOffered, DelegationStateInForce) {
		return
	}
	d.takesEffect(c.EffectiveOn, "effectiveOn")
	if x.State == DelegationStateOffered {
		if d.ok() {
			d.emit(DelegationRevoked{ID: x.ID, EffectiveOn: c.EffectiveOn})
		}
		return
	}
	if c.EffectiveOn < x.EffectiveOn {
		d.invalid("effectiveOn", fmt.Sprintf("The delegation took effect on %s only.", x.EffectiveOn))
	}
	fn, ok := d.function(x.Subject.Function)
	if !ok || !d.ok() {
		return
	}
	onward := d.onward(x)
	for _, y := range append(slices.Clip(onward), x) {
		d.checkRevocable(y, c.EffectiveOn)
	}
	changes := d.returned(fn, append(onward, x), x, c.EffectiveOn)
	if !d.ok() {
		return
	}
	d.emitNow(DelegationRevoked{ID: x.ID, EffectiveOn: c.EffectiveOn, Changes: changes})
	for _, y := range onward {
		if !d.isHeldUnder(y, c.EffectiveOn) {
			d.emitNow(DelegationRevoked{ID: y.ID, EffectiveOn: c.EffectiveOn})
		}
	}
}

// checkRevocable refuses to revoke what a transfer arranged that changed the kind of footprint: what is held under that
// is no part of what was given, and cannot be given back.
func (d *decision) checkRevocable(x Delegation, on Date) {
	if t, _ := d.s.Transfers.Get(TransferID(x.ID), Latest); len(t.Results) > 0 && d.isHeldUnder(x, on) {
		d.refuse(WrongState, fmt.Sprintf("The transfer %s changed the kind of footprint: what it resulted in cannot be given back.", t.ID),
			"Reverse that transfer: what it resulted in ends then, and what ceased begins again.", "transfer", string(t.ID))
	}
}

// isHeldUnder tells whether anything is held under an arrangement on a date: of what it is about, or of what the transfer
// resulted in that made it.
func (d *decision) isHeldUnder(x Delegation, on Date) bool {
	subjects := []Subject{x.Subject}
	t, _ := d.s.Transfers.Get(TransferID(x.ID), Latest)
	for _, result := range t.Results {
		subjects = append(subjects, Subject{result.Function, result.Part})
	}
	for _, subject := range subjects {
		for _, remit := range d.s.Holdings.Of(subject) {
			for _, held := range d.s.Holdings.At(remit, Now(on)) {
				if held.Arrangement == x.ID {
					return true
				}
			}
		}
	}
	return false
}

// onward returns the arrangements by which the delegate passed on what it holds under x, and so on down the chain:
// nobody can keep more than was passed on.
func (d *decision) onward(x Delegation) []Delegation {
	var chain []Delegation
	last := []Delegation{x}
	for len(last) > 0 {
		var next []Delegation
		for _, y := range d.s.Delegations.All(Latest) {
			under := func(x Delegation) bool { return y.isUnder(x) }
			seen := func(z Delegation) bool { return z.ID == y.ID }
			if slices.ContainsFunc(last, under) && !slices.ContainsFunc(chain, seen) && y.ID != x.ID {
				next = append(next, y)
			}
		}
		chain = append(chain, next...)
		last = next
	}
	return chain
}

// isUnder tells whether x passes on what its delegator holds under the arrangement above.
func (x Delegation) isUnder(above Delegation) bool {
	return x.State == DelegationStateInForce && x.Subject == above.Subject && x.Delegator == above.Delegate &&
		x.EffectiveOn >= above.EffectiveOn &&
		slices.ContainsFunc(x.Roles, func(r Role) bool { return slices.Contains(above.Roles, r) }) &&
		slices.ContainsFunc(x.Footprints, func(f FootprintCode) bool { return slices.Contains(above.Footprints, f) })
}

// returned gives what is held under an arrangement, or was passed on from it, back. The footprints are those in which something is still held
// under it: a footprint's successors carry the arrangement along.
func (d *decision) returned(fn Function, under []Delegation, x Delegation, on Date) []HoldingChange {
	isUnder := func(held Held) bool {
		return slices.ContainsFunc(under, func(y Delegation) bool { return held.Arrangement == y.ID })
	}
	var moves []handover
	within := d.s.Organisations.withHeirs(x.Footprints, Now(on))
	for _, remit := range d.s.Holdings.Of(x.Subject) {
		if !slices.Contains(within, remit.Footprint) {
			continue
		}
		for _, held := range d.s.Holdings.At(remit, Now(on)) {
			if held.Arrangement == "" || !isUnder(held) || !slices.Contains(x.Roles, remit.Role) {
				continue
			}
			to, ok := d.delegatorNow(x, remit, on)
			if !ok {
				continue
			}
			moves = gather(moves, handover{
				fn: fn, subject: x.Subject, footprints: []FootprintCode{remit.Footprint}, roles: []Role{remit.Role}, on: on,
				from: held.Holder, to: to, relies: true, with: Holding{Confidence: ConfidenceExact, Source: x.Source},
			})
		}
	}
	var changes []HoldingChange
	for _, move := range moves {
		changes = append(changes, d.handOver(move)...)
	}
	return changes
}

// gather adds the footprint of a handover to one that is the same but for that.
func gather(moves []handover, m handover) []handover {
	for i := range moves {
		if moves[i].from == m.from && moves[i].to == m.to && moves[i].roles[0] == m.roles[0] {
			moves[i].footprints = append(moves[i].footprints, m.footprints...)
			return moves
		}
	}
	return append(moves, m)
}

// delegatorNow returns the delegator, or the body that followed it: the one of its successors that is accountable for
// the footprint, or the only one.
func (d *decision) delegatorNow(x Delegation, r Remit, on Date) (OrganisationCode, bool) {
	heirs := d.s.Organisations.Heirs(x.Delegator, Now(on))
	for _, held := range d.s.Holdings.At(Remit{r.Subject, r.Footprint, RoleAccountable}, Now(on)) {
		if slices.Contains(heirs, held.Holder) {
			return held.Named(), true
		}
	}
	if len(heirs) == 1 {
		return heirs[0], true
	}
	d.refuse(ReceiverNotOpen, fmt.Sprintf("%s is not open on %s, and it is not clear who followed it in %s.", x.Delegator, on, r.Footprint),
		"Record who is accountable there first.", "organisation", string(x.Delegator), "footprint", string(r.Footprint))
	return "", false
}
