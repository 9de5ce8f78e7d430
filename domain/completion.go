package domain

import (
	"cmp"
	"fmt"
	"slices"
)

// condition finds a condition of a transfer.
func (d *decision) condition(id TransferID, condition ConditionID) (Transfer, TransferCondition, *Refusal) {
	t, refusal := d.transfer(id)
	if refusal != nil {
		return t, TransferCondition{}, refusal
	}
	c, ok := t.Condition(condition)
	if !ok {
		return t, c, Refuse(UnknownCondition, fmt.Sprintf("The transfer has no condition %q.", condition),
			"Show the transfer to find the condition's id.", "transfer", string(id), "condition", string(condition))
	}
	return t, c, nil
}

// unsettled finds a condition that is neither discharged nor waived, of a transfer that is still about.
func (d *decision) unsettled(id TransferID, condition ConditionID) (Transfer, TransferCondition, bool) {
	t, ok := d.live(id, append(openStates(), StatePaused, StateCompleted)...)
	c, _ := t.Condition(condition)
	if ok && c.isSettled() {
		d.refuse(WrongState, fmt.Sprintf("The condition is %s already.", c.State), "Nothing is left to do.",
			"condition", string(condition), "state", string(c.State))
		return t, c, false
	}
	return t, c, ok
}

// decide takes evidence from the owner of a condition.
func (c EvidenceCondition) decide(d *decision) {
	t, _, ok := d.unsettled(c.TransferID, c.ConditionID)
	if len(c.Evidence) == 0 {
		d.invalid("evidence", "Evidence is required.")
	}
	if ok && d.ok() {
		d.emit(ConditionEvidenced{ID: t.ID, Condition: c.ConditionID, Evidence: c.Evidence})
	}
}

// decide confirms a discharge. Whoever submitted the evidence does not confirm it (invariant 7).
func (c DischargeCondition) decide(d *decision) {
	t, condition, ok := d.unsettled(c.TransferID, c.ConditionID)
	if !ok {
		return
	}
	if condition.State != ConditionStateEvidenced {
		d.refuse(ConditionOutstanding, fmt.Sprintf("The owner, %s, has not submitted evidence for condition %s.", condition.Owner, condition.ID),
			"Have the owner submit evidence first.", "condition", string(condition.ID), "owner", string(condition.Owner))
	}
	if slices.Contains(condition.EvidencedBy, d.person()) {
		d.refuse(SegregationOfDuties, "The person who submitted the evidence does not confirm the discharge.",
			"Have somebody else of the deciding body confirm it.", "condition", string(condition.ID))
	}
	if d.ok() {
		d.emit(ConditionDischarged{ID: t.ID, Condition: c.ConditionID})
	}
}

// decide does without a condition; the reason is required. It is a decision at the gateway that set the condition, so
// whoever proposed or assessed does not take it (invariant 7).
func (c WaiveCondition) decide(d *decision) {
	t, condition, ok := d.unsettled(c.TransferID, c.ConditionID)
	if d.meta.Reason.IsEmpty() {
		d.invalid("reason", "A waiver needs a reason.")
	}
	if ok {
		d.checkDuties(t, condition.Gateway)
	}
	if ok && d.ok() {
		d.emit(ConditionWaived{ID: t.ID, Condition: c.ConditionID})
	}
}

// decide sets the date on which an approved transfer is to take effect.
func (c ScheduleTransfer) decide(d *decision) {
	t, ok := d.live(c.TransferID, StateApproved, StateScheduled)
	if c.EffectiveOn == 0 {
		d.invalid("effectiveOn", "A date is required.")
	}
	if ok && d.ok() {
		d.emit(TransferScheduled{ID: t.ID, EffectiveOn: c.EffectiveOn})
	}
}

// decide completes a transfer, or lists everything that is missing at once (invariant 5).
func (c CompleteTransfer) decide(d *decision) {
	t, ok := d.live(c.TransferID, append(openStates(), StatePaused)...)
	if !ok {
		return
	}
	fn, ok := d.function(t.Subject.Function)
	if !ok {
		return
	}
	on := cmp.Or(c.EffectiveOn, t.ScheduledOn, t.EffectiveOn)
	if t.State == StatePaused {
		d.refuse(WrongState, "The transfer is paused.", "Resume it first.", "state", string(t.State))
	}
	d.takesEffect(on, "effectiveOn")
	if earliest := t.noticeEnds(); on < earliest {
		d.refuse(NotYetEffective, fmt.Sprintf("The notice runs until %s.", earliest),
			"Complete it on that date or later; it can be called in until then.", "effectiveOn", on.String(), "earliest", earliest.String())
	}
	d.checkGateways(t)
	d.checkConditions(t)
	d.checkInForce(t.Instrument, t.Footprints(), on)
	d.checkRoute(t.Kind, fn, t.Sender, t.Roles, t.Instrument, on)
	d.senderHolds(t, on)
	d.checkOnward(t, on)
	d.checkApproval(t, on)
	changes := d.completionChanges(fn, t, on)
	if d.ok() {
		d.emitNow(TransferCompleted{ID: t.ID, Function: fn.Code, EffectiveOn: on, Changes: changes})
		d.reversal(t, on)
		d.endSpent(t, on)
	}
}

// checkGateways refuses while a gateway is not passed, or passed on what was amended since.
func (d *decision) checkGateways(t Transfer) {
	for _, g := range t.Gateways {
		if t.Passed(g) {
			if a, fresh := t.Assessed(g.Party); fresh {
				d.checkEvidence(a)
			}
			continue
		}
		d.refuse(GatewayNotPassed, fmt.Sprintf("The gateway %s is not passed; %s decides it.", g.Code, g.Decider),
			"Have it decided.", "gateway", string(g.Code), "decider", string(g.Decider))
		if len(t.Notice.Statements) == 0 && g.Party != PartyConfirmer {
			d.checkAssessed(t, g.Party)
		}
	}
}

// checkConditions refuses while a condition that must be met before effect is not settled.
func (d *decision) checkConditions(t Transfer) {
	for _, c := range t.Conditions {
		if c.Timing != TimingBeforeEffect || c.isSettled() {
			continue
		}
		d.refuse(ConditionOutstanding, fmt.Sprintf("Condition %s, which %s owns, is %s.", c.ID, c.Owner, c.State),
			"Have the owner submit evidence and the deciding body confirm or waive it.",
			"condition", string(c.ID), "owner", string(c.Owner), "state", string(c.State))
	}
}

// completionChanges moves the remits and begins the holdings that the transfer names for what stays behind.
func (d *decision) completionChanges(fn Function, t Transfer, on Date) []HoldingChange {
	with := Holding{Instrument: t.Instrument, Confidence: ConfidenceExact}
	if t.Kind.IsArrangement() && t.Reverses == "" {
		with.Arrangement = ArrangementID(t.ID)
	}
	var changes []HoldingChange
	switch {
	case t.takesResultsBack():
		changes = d.restoring(fn, t, on, with)
	case len(t.Results) > 0:
		changes = d.resulting(t, on, with)
	default:
		changes = d.handOver(handover{
			fn: fn, subject: t.Subject, footprints: t.Footprints(), roles: t.Roles, on: on,
			from: t.Sender, to: t.Receiver(), with: with, relies: true,
		})
	}
	for _, aspect := range t.Retained {
		if aspect.Holder == "" {
			continue
		}
		changes = append(changes, d.retain(fn, t, aspect, on)...)
	}
	changes = append(changes, d.subcontracted(fn, t, on)...)
	return append(changes, d.ownNow(fn, t, on)...)
}

// resulting begins the remits in which a transfer results, and ends those from which it started unless they stay.
func (d *decision) resulting(t Transfer, on Date, with Holding) []HoldingChange {
	var changes []HoldingChange
	for _, result := range t.Results {
		subject := Subject{result.Function, result.Part}
		fn, ok := d.stillThere(subject, result.Footprints, on)
		if !ok {
			continue
		}
		with.Source = "transfer " + string(t.ID)
		d.notHeldYet(fn, subject, result.Footprints, AllocateFunction{Holder: t.Receiver(), Roles: t.Roles, EffectiveOn: on})
		changes = append(changes, d.handOver(handover{
			fn: fn, subject: subject, footprints: result.Footprints, roles: t.Roles, on: on, to: t.Receiver(), with: with,
			relies: true,
		})...)
	}
	if t.Residue == ResidueCeases {
		changes = append(changes, d.ceasing(t, on)...)
	}
	return changes
}

// stillThere checks that a subject and its footprints, named when the transfer was proposed, exist on the date.
func (d *decision) stillThere(s Subject, footprints []FootprintCode, on Date) (Function, bool) {
	fn, _, ok := d.subject(s.Function, s.Part, on)
	if ok {
		d.expand(fn, footprints, on)
	}
	return fn, ok
}

// restoring ends what the sender holds by virtue of the transfer that is taken back, and begins again what ceased then.
func (d *decision) restoring(fn Function, t Transfer, on Date, with Holding) []HoldingChange {
	changes := d.ceasing(t, on)
	if t.Residue != ResidueCeases {
		return changes
	}
	if _, ok := d.stillThere(t.Subject, t.Footprints(), on); ok {
		with.Source = "transfer " + string(t.ID)
		d.notHeldYet(fn, t.Subject, t.Footprints(), AllocateFunction{Holder: t.Receiver(), Roles: t.Roles, EffectiveOn: on})
		changes = append(changes, d.handOver(handover{
			fn: fn, subject: t.Subject, footprints: t.Footprints(), roles: t.Roles, on: on, to: t.Receiver(), with: with,
			relies: true,
		})...)
	}
	return changes
}

// ceasing ends what the sender holds of the remits from which a transfer started.
func (d *decision) ceasing(t Transfer, on Date) []HoldingChange {
	var set changeSet
	for remit := range t.Remits {
		for _, line := range d.s.Holdings.Lines(remit) {
			p, ok := line.Points.At(Now(on))
			if !ok || !slices.ContainsFunc(p.Value.Holdings, func(h Holding) bool { return h.IsHeldBy(t.Sender) }) {
				continue
			}
			set.add(HoldingChange{
				On: on, Subjects: []Subject{remit.Subject}, Footprints: []FootprintCode{remit.Footprint}, Roles: []Role{remit.Role},
				Slot: line.Slot, TakenFrom: p.Value.Holdings[0].Holder, Relies: true,
			})
		}
	}
	changes := set.changes()
	d.checkLaterFacts(changes)
	return changes
}

// subcontracted lets those begin to deliver that the lead provider's chain names, each answering to the one before it.
func (d *decision) subcontracted(fn Function, t Transfer, on Date) []HoldingChange {
	if !slices.Contains(t.Roles, RoleDelivering) {
		return nil
	}
	var changes []HoldingChange
	chain := []OrganisationCode{t.Receiver()}
	for _, s := range t.Terms.Subcontracts {
		if !slices.Contains(chain, s.From) {
			d.invalid("terms.subcontracts", fmt.Sprintf("%s does not belong to the chain of %s.", s.From, t.Receiver()))
			return nil
		}
		chain = append(chain, s.To)
		changes = append(changes, d.handOver(handover{
			fn: fn, subject: t.Subject, footprints: t.Footprints(), roles: []Role{RoleDelivering}, on: on, to: s.To,
			with: Holding{AccountableTo: s.From, HeldThrough: s.AgreementRef, Confidence: ConfidenceExact},
		})...)
	}
	return changes
}

// ownNow turns what the new accountable body exercised and funded under a delegation into its own: the same work, no
// longer for somebody else.
func (d *decision) ownNow(fn Function, t Transfer, on Date) []HoldingChange {
	if t.Kind != KindStatutory || !slices.Contains(t.Roles, RoleAccountable) {
		return nil
	}
	var changes []HoldingChange
	for _, role := range Roles() {
		if slices.Contains(t.Roles, role) {
			continue
		}
		var footprints []FootprintCode
		for _, footprint := range t.Footprints() {
			held, ok := givenBy(d.s.Holdings.At(Remit{t.Subject, footprint, role}, Now(on)), t.Receiver())
			if ok && held.Arrangement != "" {
				footprints = append(footprints, footprint)
			}
		}
		if len(footprints) > 0 {
			changes = append(changes, d.handOver(handover{
				fn: fn, subject: t.Subject, footprints: footprints, roles: []Role{role}, on: on, from: t.Receiver(),
				to: t.Receiver(), relies: true, with: Holding{Instrument: t.Instrument, Confidence: ConfidenceExact},
			})...)
		}
	}
	return changes
}

// endSpent ends the arrangements under which nothing is held any more once a transfer has taken effect.
func (d *decision) endSpent(t Transfer, on Date) {
	moved := t.Footprints()
	for _, x := range d.s.Delegations.All(Latest) {
		if x.State != DelegationStateInForce || x.Subject != t.Subject || x.ID == ArrangementID(t.ID) {
			continue
		}
		touched := slices.ContainsFunc(x.Footprints, func(f FootprintCode) bool { return slices.Contains(moved, f) })
		if touched && !d.isHeldUnder(x, on) {
			d.emitNow(DelegationRevoked{ID: x.ID, EffectiveOn: on})
		}
	}
}

func (d *decision) retain(fn Function, t Transfer, aspect Retained, on Date) []HoldingChange {
	subject := t.retainedSubject(aspect)
	var footprints []FootprintCode
	for _, footprint := range t.Footprints() {
		held := d.s.Holdings.At(Remit{subject, footprint, aspect.Role}, Now(on))
		if _, already := givenBy(held, aspect.Holder); !already {
			footprints = append(footprints, footprint)
		}
	}
	if len(footprints) == 0 {
		return nil
	}
	return d.handOver(handover{
		fn: fn, subject: subject, footprints: footprints, roles: []Role{aspect.Role}, on: on, to: aspect.Holder,
		with: Holding{Confidence: ConfidenceExact},
	})
}
