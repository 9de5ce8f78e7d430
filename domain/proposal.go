package domain

import (
	"fmt"
	"slices"
)

// transfer finds a transfer.
func (d *decision) transfer(id TransferID) (Transfer, *Refusal) {
	t, ok := d.s.Transfers.Get(id, Latest)
	if !ok {
		return t, Refuse(UnknownTransfer, fmt.Sprintf("There is no transfer with the id %q.", id),
			"List the transfers to find its id.", "transfer", string(id))
	}
	return t, nil
}

// live finds the transfer that a command is about, which authorise has found before, checks the revision, and refuses
// when the transfer is in none of the states.
func (d *decision) live(id TransferID, states ...TransferState) (Transfer, bool) {
	t, refusal := d.transfer(id)
	d.add(refusal)
	if refusal != nil {
		return t, false
	}
	d.expects(t.Revision, "The transfer")
	if slices.Contains(states, t.State) {
		return t, true
	}
	d.refuse(WrongState, fmt.Sprintf("The transfer is %s.", t.State),
		"The command is for a transfer that is: "+listed(states)+".", "transfer", string(id), "state", string(t.State))
	return t, false
}

func openStates() []TransferState {
	return []TransferState{StateProposed, StateAssessing, StateApproved, StateScheduled}
}

// party returns the body of a side.
func (t Transfer) party(p Party) OrganisationCode {
	switch p {
	case PartySender:
		return t.Sender
	case PartyReceiver:
		return t.Receiver()
	case PartyConfirmer:
	}
	return ""
}

// decide records an announcement: codes are known, nothing else is checked.
func (c PlanTransfer) decide(d *decision) {
	if fact, ok := c.planned(d); ok {
		d.emit(fact)
	}
}

func (c PlanTransfer) planned(d *decision) (TransferPlanned, bool) {
	fn, ok := d.function(c.Function)
	d.body(c.Sender, "sender")
	d.knownInstrument(c.Instrument)
	d.roles(c.Roles)
	if c.EffectiveOn == 0 {
		d.invalid("effectiveOn", "A date is required.")
	}
	if len(c.Moves) == 0 {
		d.invalid("moves", "At least one receiver is required.")
	}
	if !slices.Contains(routes(), c.Kind) {
		d.invalid("kind", "A legal route is required, such as delegation or statutory.")
	}
	if !ok {
		return TransferPlanned{}, false
	}
	moves := make([]Move, 0, len(c.Moves))
	for _, move := range c.Moves {
		if _, ok := d.body(move.Receiver, "receiver"); !ok {
			continue
		}
		codes := move.Footprints
		if len(codes) == 0 {
			codes = []FootprintCode{FootprintCode(move.Receiver)}
		}
		moves = append(moves, Move{Receiver: move.Receiver, Footprints: d.expand(fn, codes, c.EffectiveOn)})
	}
	return TransferPlanned{
		ID: TransferID(d.meta.ID), Kind: c.Kind, Function: c.Function, Part: c.Part, Sender: c.Sender, Moves: moves,
		Roles: c.Roles, Instrument: c.Instrument, EffectiveOn: c.EffectiveOn, Rationale: c.Rationale,
		Confidence: orExact(c.Confidence), Source: c.Source,
	}, d.ok()
}

// decide records a plan in place of another. The other stays visible as replaced.
func (c ReplacePlan) decide(d *decision) {
	plan, ok := d.live(c.TransferID, StatePlanned)
	if !ok {
		return
	}
	if plan.Subject != (Subject{c.Replacement.Function, c.Replacement.Part}) {
		d.invalid("replacement", fmt.Sprintf("A plan is replaced by one for the same function: %s.", plan.Subject))
	}
	if fact, ok := c.Replacement.planned(d); ok {
		d.emit(fact)
		d.emit(PlanReplaced{ID: c.TransferID, By: fact.ID})
	}
}

// decide checks what a proposal must show: codes, a sender that holds, a receiver that is open, a route that may move
// the roles, and a power that may carry the function.
func (c ProposeTransfer) decide(d *decision) {
	fn, subject, known := d.subject(c.Function, c.Part, c.EffectiveOn)
	_, senderKnown := d.body(c.Sender, "sender")
	_, receiverKnown := d.body(c.Receiver, "receiver")
	if c.EffectiveOn == 0 {
		d.invalid("effectiveOn", "A date is required.")
	}
	if c.Plan != "" {
		_, refusal := d.transfer(c.Plan)
		d.add(refusal)
	}
	if !d.roles(c.Roles) || !known || !senderKnown || !receiverKnown {
		return
	}
	if c.Sender == c.Receiver {
		d.invalid("receiver", "Sender and receiver are the same body.")
	}
	codes := c.Footprints
	if len(codes) == 0 {
		codes = []FootprintCode{FootprintCode(c.Sender)}
	}
	t := Transfer{
		Kind: c.Kind, Subject: subject, Sender: c.Sender, Roles: c.Roles, Instrument: c.Instrument,
		EffectiveOn: c.EffectiveOn, Retained: c.Retained, Terms: c.Terms,
		Moves: []Move{{Receiver: c.Receiver, Footprints: d.expand(fn, codes, c.EffectiveOn)}},
	}
	c.Terms.checkForm(d)
	t.Results, t.Residue = d.results(c), c.Residue
	d.checkProposal(fn, t)
	framework, ok := d.framework(c.Framework, t)
	if !ok {
		return
	}
	gateways := d.gatewaysFor(framework, c.Sender, c.Receiver)
	if !d.ok() {
		return
	}
	d.emit(TransferProposed{
		ID: TransferID(d.meta.ID), Kind: c.Kind, Function: c.Function, Part: c.Part, Sender: c.Sender,
		Receiver: c.Receiver, Footprints: t.Footprints(), Roles: c.Roles, Instrument: c.Instrument,
		EffectiveOn: c.EffectiveOn, Rationale: c.Rationale, Retained: c.Retained, Results: t.Results, Residue: t.Residue,
		Terms: c.Terms, Framework: framework.Code, Domains: framework.Domains, Gateways: gateways, Notice: framework.Notice,
		Plan: c.Plan,
	})
	plan, ok := d.s.Transfers.Get(c.Plan, Latest)
	switch {
	case ok && plan.State == StateExploring:
		c.choose(d, plan)
	case ok && len(plan.Options) > 0:
		d.refuse(WrongState, fmt.Sprintf("The exploration is %s.", plan.State), "Propose without it, or explore again.",
			"transfer", string(plan.ID), "state", string(plan.State))
	case ok && plan.State == StatePlanned && t.carriesOut(plan):
		d.emit(PlanReplaced{ID: plan.ID, By: TransferID(d.meta.ID)})
	}
}

// results finds what a transfer that changes the kind of footprint results in. Kinds are never converted by guess:
// each result is named.
func (d *decision) results(c ProposeTransfer) []TransferResult {
	if (len(c.Results) > 0) != (c.Residue != "") {
		d.invalid("residue", "Say what the receiver gets under results, and with them whether the original remits stay or cease.")
	}
	if c.Residue != "" && c.Residue != ResidueStays && c.Residue != ResidueCeases {
		d.invalid("residue", "The residue stays or ceases.")
	}
	results := make([]TransferResult, 0, len(c.Results))
	for _, result := range c.Results {
		fn, _, ok := d.subject(result.Function, result.Part, c.EffectiveOn)
		if !ok {
			continue
		}
		if len(result.Footprints) == 0 {
			result.Footprints = []FootprintCode{FootprintCode(c.Receiver)}
		}
		result.Footprints = d.expand(fn, result.Footprints, c.EffectiveOn)
		d.checkMayMove(c.Kind, fn, c.Roles)
		results = append(results, result)
	}
	return results
}

// carriesOut tells whether a proposal moves everything that a plan announced.
func (t Transfer) carriesOut(plan Transfer) bool {
	for remit := range plan.Remits {
		if !t.moves(remit) || plan.ReceiverFor(remit.Footprint) != t.Receiver() {
			return false
		}
	}
	return true
}

// checkProposal holds the rules of a proposal that an amendment must keep as well.
func (d *decision) checkProposal(fn Function, t Transfer) {
	d.checkRoute(t.Kind, fn, t.Sender, t.Roles, t.Instrument, t.EffectiveOn)
	for _, role := range t.Roles {
		d.holdings(handover{to: t.Receiver(), on: t.EffectiveOn}, role)
	}
	if receiver, ok := d.s.Organisations.Body(t.Receiver(), Latest); ok && t.Kind == KindJointExercise && len(receiver.Members) == 0 {
		d.invalid("receiver", "Joint exercise goes to a joint committee with named members.")
	}
	d.senderHolds(t, t.EffectiveOn)
	d.checkOnward(t, t.EffectiveOn)
	for _, result := range t.Results {
		if (Subject{result.Function, result.Part}) == t.Subject &&
			slices.ContainsFunc(result.Footprints, func(f FootprintCode) bool { return t.ReceiverFor(f) != "" }) {
			d.invalid("results", fmt.Sprintf("%s cannot result in itself: leave it out where it goes over as it is.", t.Subject))
		}
	}
	for _, retained := range t.Retained {
		if !slices.Contains(Roles(), retained.Role) {
			d.invalid("retained", fmt.Sprintf("%q is not a role.", retained.Role))
			continue
		}
		if slices.Contains(t.Roles, retained.Role) && t.retainedSubject(retained) == t.Subject &&
			fn.Details.RuleOf(retained.Role) != RuleConcurrent {
			d.invalid("retained", fmt.Sprintf("The role %s cannot move and stay behind at once.", retained.Role))
		}
		if retained.Holder != "" {
			d.holder(retained.Holder, retained.Role, t.EffectiveOn, "retained")
		}
	}
}

// decide amends a proposal before it takes effect. A change of what the parties rated starts the gateways anew.
func (c AmendTransfer) decide(d *decision) {
	t, ok := d.live(c.TransferID, openStates()...)
	if !ok {
		return
	}
	fn, ok := d.function(t.Subject.Function)
	if !ok {
		return
	}
	amended := c.amended(d, fn, t)
	d.roles(amended.Roles)
	d.checkProposal(fn, amended)
	framework, ok := t.framework(), true
	if c.Framework != "" || framework.unfit(amended) != "" {
		framework, ok = d.framework(amended.Framework, amended)
	}
	if ok && t.CalledIn && framework.Code != t.Framework {
		d.refuse(WrongState, "The transfer was called in: it stays under "+string(t.Framework)+".",
			"Leave the framework out.", "framework", string(t.Framework))
	}
	if !ok || !d.ok() {
		return
	}
	d.emit(TransferAmended{
		ID: t.ID, Footprints: amended.Footprints(), Roles: amended.Roles, Instrument: amended.Instrument,
		EffectiveOn: amended.EffectiveOn, Rationale: amended.Rationale, Retained: amended.Retained,
		Framework: framework.Code, Domains: framework.Domains,
		Gateways: d.gatewaysFor(framework, t.Sender, t.Receiver()), Notice: framework.Notice, Material: c.isMaterial(),
	})
}

// isMaterial tells whether the amendment changes more than the wording of the rationale.
func (c AmendTransfer) isMaterial() bool {
	return len(c.Footprints) > 0 || len(c.Roles) > 0 || c.Instrument != "" || c.EffectiveOn != 0 ||
		len(c.Retained) > 0 || c.Framework != ""
}

func (c AmendTransfer) amended(d *decision, fn Function, t Transfer) Transfer {
	if c.EffectiveOn != 0 {
		t.EffectiveOn = c.EffectiveOn
	}
	if len(c.Footprints) > 0 {
		t.Moves = []Move{{Receiver: t.Receiver(), Footprints: d.expand(fn, c.Footprints, t.EffectiveOn)}}
	}
	if len(c.Roles) > 0 {
		t.Roles = c.Roles
	}
	if c.Instrument != "" {
		t.Instrument = c.Instrument
	}
	if !c.Rationale.IsEmpty() {
		t.Rationale = c.Rationale
	}
	if len(c.Retained) > 0 {
		t.Retained = c.Retained
	}
	if c.Framework != "" || needsConfirmation(t.Kind, t.Roles) {
		t.Framework = c.Framework
	}
	return t
}

// decide replaces the terms. New terms after a gateway was passed start the gateways anew: they are not what was
// decided.
func (c SetTerms) decide(d *decision) {
	t, ok := d.live(c.TransferID, openStates()...)
	c.Terms.checkForm(d)
	if len(t.Notice.Statements) > 0 {
		t.Terms = c.Terms
		if why := t.framework().unfit(t); why != "" {
			d.invalid("framework", "The framework "+string(t.Framework)+" is too light: "+why+".")
		}
	}
	if ok && d.ok() {
		d.emit(TermsSet{ID: t.ID, Terms: c.Terms, Material: slices.ContainsFunc(t.Gateways, t.Passed)})
	}
}

// decide withdraws a transfer or a plan; the reason is required.
func (c WithdrawTransfer) decide(d *decision) {
	t, ok := d.live(c.TransferID, append(openStates(), StatePlanned, StateExploring, StatePaused)...)
	if d.meta.Reason.IsEmpty() {
		d.invalid("reason", "A withdrawal needs a reason.")
	}
	if ok && d.ok() {
		d.emit(TransferWithdrawn{ID: t.ID})
	}
}
