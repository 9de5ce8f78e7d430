package domain

import "cmp"

// What each command is about, as the table of rights needs it.

// about names bodies in one capacity.
func about(as Capacity, bodies ...OrganisationCode) involved {
	return involved{bodies: []stake{{as, bodies}}}
}

// nobody is what is about no body in particular: the register's own data.
func nobody() involved { return involved{} }

// between names the two sides of a transfer.
func between(sender OrganisationCode, moves []Move) involved {
	var receivers []OrganisationCode
	for _, move := range moves {
		receivers = append(receivers, move.Receiver)
	}
	return involved{bodies: []stake{{AsSender, []OrganisationCode{sender}}, {AsReceiver, receivers}}}
}

func (c EstablishOrganisation) involved(*decision) (involved, *Refusal) {
	return about(AsParent, c.Parent), nil
}

func (c RenameOrganisation) involved(*decision) (involved, *Refusal) {
	return about(AsBody, c.Code), nil
}

func (c MoveOrganisation) involved(*decision) (involved, *Refusal) { return about(AsBody, c.Code), nil }
func (ChangeFootprints) involved(*decision) (involved, *Refusal)   { return nobody(), nil }
func (PlanReorganisation) involved(*decision) (involved, *Refusal) { return nobody(), nil }
func (Reorganise) involved(*decision) (involved, *Refusal)         { return nobody(), nil }
func (DefineFunction) involved(*decision) (involved, *Refusal)     { return nobody(), nil }
func (ReviseFunction) involved(*decision) (involved, *Refusal)     { return nobody(), nil }
func (DivideFunction) involved(*decision) (involved, *Refusal)     { return nobody(), nil }
func (RegisterInstrument) involved(*decision) (involved, *Refusal) { return nobody(), nil }
func (CommenceInstrument) involved(*decision) (involved, *Refusal) { return nobody(), nil }
func (DiscardInstrument) involved(*decision) (involved, *Refusal)  { return nobody(), nil }
func (Correct) involved(*decision) (involved, *Refusal)            { return nobody(), nil }
func (SetFramework) involved(*decision) (involved, *Refusal)       { return nobody(), nil }
func (RecordPopulation) involved(*decision) (involved, *Refusal)   { return nobody(), nil }
func (BeginEpoch) involved(*decision) (involved, *Refusal)         { return nobody(), nil }
func (c AllocateFunction) involved(*decision) (involved, *Refusal) {
	return about(AsHolder, c.Holder), nil
}

func (c RecordOccurrence) involved(*decision) (involved, *Refusal) {
	return involved{bodies: []stake{{AsFormer, []OrganisationCode{c.From}}, {AsHolder, []OrganisationCode{c.To}}}}, nil
}

func (c PlanTransfer) involved(*decision) (involved, *Refusal) {
	return between(c.Sender, c.Moves), nil
}

func (c ProposeTransfer) involved(*decision) (involved, *Refusal) {
	return between(c.Sender, []Move{{Receiver: c.Receiver}}), nil
}

func (c ExploreTransfer) involved(*decision) (involved, *Refusal) {
	return about(AsSender, c.Sender), nil
}

// parties names the two sides of a transfer that is there.
func (d *decision) parties(id TransferID) (involved, *Refusal) {
	t, refusal := d.transfer(id)
	if refusal != nil {
		return involved{}, refusal
	}
	return between(t.Sender, t.Moves), nil
}

func (c ReplacePlan) involved(d *decision) (involved, *Refusal) { return d.parties(c.TransferID) }

func (c AmendTransfer) involved(d *decision) (involved, *Refusal) { return d.parties(c.TransferID) }

func (c SetTerms) involved(d *decision) (involved, *Refusal) { return d.parties(c.TransferID) }

func (c ScheduleTransfer) involved(d *decision) (involved, *Refusal) { return d.parties(c.TransferID) }

func (c CompleteTransfer) involved(d *decision) (involved, *Refusal) { return d.parties(c.TransferID) }

func (c WithdrawTransfer) involved(d *decision) (involved, *Refusal) { return d.parties(c.TransferID) }

func (c PauseTransfer) involved(d *decision) (involved, *Refusal) { return d.parties(c.TransferID) }

func (c ResumeTransfer) involved(d *decision) (involved, *Refusal) { return d.parties(c.TransferID) }

func (c ReverseTransfer) involved(d *decision) (involved, *Refusal) { return d.parties(c.TransferID) }

func (c RecordMilestone) involved(d *decision) (involved, *Refusal) { return d.parties(c.TransferID) }

func (c ReviewTransfer) involved(d *decision) (involved, *Refusal) { return d.parties(c.TransferID) }

func (c CallIn) involved(d *decision) (involved, *Refusal) {
	t, refusal := d.transfer(c.TransferID)
	if refusal != nil {
		return involved{}, refusal
	}
	return between(t.Sender, []Move{{Receiver: t.Receiver()}}), nil
}

func (c AssessReadiness) involved(d *decision) (involved, *Refusal) {
	t, refusal := d.transfer(c.TransferID)
	if refusal != nil {
		return involved{}, refusal
	}
	if c.Party != PartySender && c.Party != PartyReceiver {
		return involved{}, Refuse(InvalidArgument, "Only the sender and the receiver assess.", "Correct the field party.", "field", "party")
	}
	return about(AsParty, t.party(c.Party)), nil
}

func (c RecordOpinion) involved(d *decision) (involved, *Refusal) {
	t, g, refusal := d.gateway(c.TransferID, c.Gateway)
	if refusal != nil {
		return involved{}, refusal
	}
	x := between(t.Sender, []Move{{Receiver: t.Receiver()}})
	x.bodies = append(x.bodies, stake{AsDecider, []OrganisationCode{g.Decider}})
	x.gateway = g.Role
	return x, nil
}

func (c DecideGateway) involved(d *decision) (involved, *Refusal) {
	_, g, refusal := d.gateway(c.TransferID, c.Gateway)
	if refusal != nil {
		return involved{}, refusal
	}
	x := about(AsDecider, g.Decider)
	x.gateway = g.Role
	return x, nil
}

func (c EvidenceCondition) involved(d *decision) (involved, *Refusal) {
	_, condition, refusal := d.condition(c.TransferID, c.ConditionID)
	if refusal != nil {
		return involved{}, refusal
	}
	return about(AsOwner, condition.Owner), nil
}

func (c DischargeCondition) involved(d *decision) (involved, *Refusal) {
	return d.conditionSetter(c.TransferID, c.ConditionID)
}

func (c WaiveCondition) involved(d *decision) (involved, *Refusal) {
	return d.conditionSetter(c.TransferID, c.ConditionID)
}

func (d *decision) conditionSetter(id TransferID, condition ConditionID) (involved, *Refusal) {
	t, c, refusal := d.condition(id, condition)
	if refusal != nil {
		return involved{}, refusal
	}
	g, _ := t.Gateway(c.Gateway)
	x := about(AsSetter, cmp.Or(g.Decider, c.SetBy))
	x.gateway = g.Role
	return x, nil
}

func (c DelegateFunction) involved(*decision) (involved, *Refusal) {
	return about(AsDelegator, c.Delegator), nil
}

func (c AcceptDelegation) involved(d *decision) (involved, *Refusal) {
	x, refusal := d.delegation(c.DelegationID)
	return about(AsDelegate, x.Delegate), refusal
}

func (c VaryDelegation) involved(d *decision) (involved, *Refusal) {
	x, refusal := d.delegation(c.DelegationID)
	return about(AsDelegator, x.Delegator), refusal
}

func (c RevokeDelegation) involved(d *decision) (involved, *Refusal) {
	x, refusal := d.delegation(c.DelegationID)
	return about(AsDelegator, x.Delegator), refusal
}
