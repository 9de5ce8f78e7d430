package domain

import (
	"fmt"
	"slices"
)

// decide records options for what has no receiver yet.
func (c ExploreTransfer) decide(d *decision) {
	fn, subject, known := d.subject(c.Function, c.Part, c.EffectiveOn)
	_, senderKnown := d.body(c.Sender, "sender")
	if c.EffectiveOn == 0 {
		d.invalid("effectiveOn", "A date is required.")
	}
	if !slices.Contains(routes(), c.Kind) {
		d.invalid("kind", "A legal route is required, such as delegation or statutory.")
	}
	if len(c.Options) == 0 {
		d.invalid("options", "At least one option is required.")
	}
	seen := map[string]bool{"": true}
	for _, option := range c.Options {
		if seen[option.Code] {
			d.invalid("options", fmt.Sprintf("The option code %q is empty or used twice.", option.Code))
		}
		seen[option.Code] = true
		if option.Receiver != "" {
			d.body(option.Receiver, "options")
		}
	}
	if !d.roles(c.Roles) || !known || !senderKnown {
		return
	}
	codes := c.Footprints
	if len(codes) == 0 {
		codes = []FootprintCode{FootprintCode(c.Sender)}
	}
	footprints := d.expand(fn, codes, c.EffectiveOn)
	if d.ok() {
		d.emit(TransferExplored{
			ID: TransferID(d.meta.ID), Kind: c.Kind, Function: c.Function, Part: subject.Part, Sender: c.Sender,
			Footprints: footprints, Roles: c.Roles, EffectiveOn: c.EffectiveOn, Options: c.Options, Rationale: c.Rationale,
		})
	}
}

// choose notes that a proposal carries out an option of an exploration.
func (c ProposeTransfer) choose(d *decision, exploration Transfer) {
	i := slices.IndexFunc(exploration.Options, func(o TransferOption) bool { return o.Code == c.Option })
	switch {
	case i < 0:
		d.invalid("option", fmt.Sprintf("Name the option of the exploration that the proposal carries out; it has no option %q.", c.Option))
	case exploration.Options[i].Receiver != "" && exploration.Options[i].Receiver != c.Receiver:
		d.invalid("receiver", fmt.Sprintf("Option %s goes to %s.", c.Option, exploration.Options[i].Receiver))
	default:
		d.emit(OptionChosen{ID: exploration.ID, Option: c.Option, By: TransferID(d.meta.ID)})
	}
}

// decide halts a transfer.
func (c PauseTransfer) decide(d *decision) {
	t, ok := d.live(c.TransferID, openStates()...)
	d.needsReason("A pause")
	if ok && d.ok() {
		d.emit(TransferPaused{ID: t.ID})
	}
}

func (d *decision) needsReason(what string) {
	if d.meta.Reason.IsEmpty() {
		d.invalid("reason", what+" needs a reason.")
	}
}

// decide lets a paused transfer go on.
func (c ResumeTransfer) decide(d *decision) {
	t, ok := d.live(c.TransferID, StatePaused)
	if ok && (t.PausedIn == StateApproved || t.PausedIn == StateScheduled) {
		d.checkOverlap(t) // another one may have been approved meanwhile (invariant 6)
	}
	if ok && d.ok() {
		d.emit(TransferResumed{ID: t.ID, State: t.PausedIn})
	}
}

// decide puts a transfer under the full framework: its gateways are decided anew.
func (c CallIn) decide(d *decision) {
	t, ok := d.live(c.TransferID, append(openStates(), StatePaused)...)
	d.needsReason("A call-in")
	if !ok {
		return
	}
	full := d.s.Frameworks.Fullest(Latest)
	if t.Framework == full.Code {
		d.refuse(WrongState, "The transfer is under the full framework already.", "Nothing is left to do.",
			"transfer", string(t.ID), "framework", string(t.Framework))
	}
	gateways := d.gatewaysFor(full, t.Sender, t.Receiver())
	if d.ok() {
		d.emit(TransferCalledIn{
			ID: t.ID, By: d.meta.Caller.Organisation, Framework: full.Code, Domains: full.Domains, Gateways: gateways,
		})
	}
}

// decide proposes the way back of a completed transfer, through the gateways of its framework. Where that changed the
// kind of footprint, the way back ends what it resulted in, and begins again what ceased.
func (c ReverseTransfer) decide(d *decision) {
	t, ok := d.live(c.TransferID, StateCompleted)
	if !ok {
		return
	}
	fn, ok := d.function(t.Subject.Function)
	if c.EffectiveOn == 0 {
		d.invalid("effectiveOn", "A date is required.")
	}
	if c.EffectiveOn < t.CompletedOn {
		d.invalid("effectiveOn", fmt.Sprintf("The transfer took effect on %s only.", t.CompletedOn))
	}
	if !ok || !d.ok() {
		return
	}
	back := t
	back.Sender, back.Moves = t.Receiver(), []Move{{Receiver: t.Sender, Footprints: t.Footprints()}}
	back.EffectiveOn, back.Retained, back.Reverses = c.EffectiveOn, nil, t.ID
	if c.Instrument != "" {
		back.Instrument = c.Instrument
	}
	d.checkProposal(fn, back)
	for _, result := range back.Results {
		if resulted, known := d.function(result.Function); known {
			d.checkMayMove(back.Kind, resulted, back.Roles)
		}
	}
	back.Terms = c.Terms
	framework, ok := d.framework("", back)
	if !ok {
		return
	}
	gateways := d.gatewaysFor(framework, back.Sender, t.Sender)
	if d.ok() {
		d.emit(TransferProposed{
			ID: TransferID(d.meta.ID), Kind: back.Kind, Function: fn.Code, Part: back.Subject.Part, Sender: back.Sender,
			Receiver: t.Sender, Footprints: back.Footprints(), Roles: back.Roles, Instrument: back.Instrument,
			EffectiveOn: c.EffectiveOn, Rationale: c.Rationale, Results: back.Results, Residue: back.Residue, Terms: c.Terms,
			Framework: framework.Code, Domains: framework.Domains, Gateways: gateways, Notice: framework.Notice, Reverses: t.ID,
		})
	}
}

// reversal says that the completion of a transfer back undoes another one, and ends the arrangement that it made.
func (d *decision) reversal(t Transfer, on Date) {
	if t.Reverses == "" {
		return
	}
	d.emitNow(TransferReversed{ID: t.Reverses, By: t.ID})
	if x, ok := d.s.Delegations.Get(ArrangementID(t.Reverses), Latest); ok && x.State == DelegationStateInForce {
		d.emitNow(DelegationRevoked{ID: x.ID, EffectiveOn: on})
	}
}

// decide records when a step is planned, or was done. What is done is not dated ahead.
func (c RecordMilestone) decide(d *decision) {
	t, ok := d.live(c.TransferID, append(openStates(), StatePaused, StateCompleted)...)
	m := c.Milestone
	if !slices.Contains(MilestoneKinds(), m.Kind) {
		d.invalid("milestone.kind", "The kind is one of: "+listed(MilestoneKinds())+".")
	}
	if m.PlannedOn == 0 && m.ActualOn == 0 {
		d.invalid("milestone", "Say when it is planned, or when it was done.")
	}
	if m.ActualOn > d.meta.Today {
		d.refuse(NotYetEffective, fmt.Sprintf("The milestone is dated %s, after today, %s.", m.ActualOn, d.meta.Today),
			"Record it as planned until it is done.", "actualOn", m.ActualOn.String())
	}
	for _, footprint := range m.Footprints {
		if ok && t.ReceiverFor(footprint) == "" {
			d.refuse(UnknownFootprint, fmt.Sprintf("The transfer does not concern %s.", footprint),
				"Name footprints of the transfer.", "footprint", string(footprint))
		}
	}
	if ok && d.ok() {
		d.emit(MilestoneRecorded{ID: t.ID, Milestone: m})
	}
}

// decide records what a completed transfer came to.
func (c ReviewTransfer) decide(d *decision) {
	t, ok := d.live(c.TransferID, StateCompleted, StateReversed)
	switch {
	case c.ReviewedOn == 0:
		d.invalid("reviewedOn", "A date is required.")
	case c.ReviewedOn > d.meta.Today:
		d.refuse(NotYetEffective, fmt.Sprintf("The review is dated %s, after today, %s.", c.ReviewedOn, d.meta.Today),
			"Record it once it is done.", "reviewedOn", c.ReviewedOn.String())
	case ok && c.ReviewedOn < t.CompletedOn:
		d.invalid("reviewedOn", fmt.Sprintf("The transfer took effect on %s only.", t.CompletedOn))
	}
	for _, outcome := range c.Outcomes {
		if outcome.Metric == "" || outcome.Actual == "" {
			d.invalid("outcomes", "An outcome needs its metric and the actual figure.")
		}
	}
	if c.Conclusion.IsEmpty() {
		d.invalid("conclusion", "A review needs a conclusion.")
	}
	if ok && d.ok() {
		d.emit(TransferReviewed{ID: t.ID, ReviewedOn: c.ReviewedOn, Outcomes: c.Outcomes, Conclusion: c.Conclusion})
	}
}

// decide offers other terms to the delegate.
func (c VaryDelegation) decide(d *decision) {
	x, _ := d.delegation(c.DelegationID)
	if !d.delegationIn(x, DelegationStateInForce) {
		return
	}
	d.checkTerms(x.Kind, c.Terms)
	if d.ok() {
		d.emit(DelegationVaried{ID: x.ID, Terms: c.Terms})
	}
}
