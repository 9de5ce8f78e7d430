package domain

import "cmp"

// Delegation is an arrangement under which another body exercises a function while accountability stays: made by a
// delegation agreement, by a completed transfer, or recorded as an occurrence. Its id is that of the transaction, or
// of the transfer, that made it.
type Delegation struct {
	ID         ArrangementID
	Kind       TransferKind
	Subject    Subject
	Delegator  OrganisationCode
	Delegate   OrganisationCode
	Roles      []Role
	Footprints []FootprintCode
	// EffectiveOn is the date from which it holds, EndedOn the one from which it no longer does, zero while it does.
	EffectiveOn Date
	EndedOn     Date
	Instrument  InstrumentCode
	Terms       Terms
	Confidence  Confidence
	Source      string
	State       DelegationState
	// Shares say who holds under it where, once a reorganisation put others in the delegate's place.
	Shares []Move
	// Undetermined says that a party ended and nobody knows who followed it.
	Undetermined bool
	// Variation is other terms, offered to the delegate and not accepted yet.
	Variation *Terms
	Revision  uint64
}

// Delegations is the register of arrangements.
type Delegations struct {
	byID table[ArrangementID, Versions[Delegation]]
	// proposals remembers what a transfer of a delegating kind will make when it completes.
	proposals table[TransferID, Delegation]
}

// NewDelegations returns an empty register of arrangements.
func NewDelegations() *Delegations {
	d := &Delegations{}
	d.init(nil)
	return d
}

func (d *Delegations) init(undo *undoLog) {
	d.byID.init(undo)
	d.proposals.init(undo)
}

// Get returns an arrangement as known.
func (d *Delegations) Get(id ArrangementID, known EventNo) (Delegation, bool) {
	return d.byID.m[id].At(known)
}

// All returns all arrangements as known, by id: in the order of their making.
func (d *Delegations) All(known EventNo) []Delegation {
	return sortedVersions(d.byID, known, func(a, b Delegation) int { return cmp.Compare(a.ID, b.ID) })
}

// IsArrangement tells whether a completed transfer of the kind leaves an arrangement that can be revoked.
func (k TransferKind) IsArrangement() bool {
	return k == KindDelegation || k == KindDirection || k == KindJointExercise
}

// Apply folds an event and tells whether it made, changed or ended an arrangement.
func (d *Delegations) Apply(e *Event) bool {
	switch f := e.Fact.(type) {
	case FunctionDelegated:
		d.change(e.No, f.ID, func(x *Delegation) { x.offered(f) })
	case DelegationAccepted:
		d.change(e.No, f.ID, func(x *Delegation) { x.State, x.EffectiveOn = DelegationStateInForce, f.EffectiveOn })
	case DelegationRevoked:
		d.change(e.No, f.ID, func(x *Delegation) { x.State, x.EndedOn = DelegationStateRevoked, f.EffectiveOn })
	case DelegationVaried:
		d.change(e.No, f.ID, func(x *Delegation) { x.Variation = &f.Terms })
	case VariationAccepted:
		d.change(e.No, f.ID, func(x *Delegation) { x.Terms, x.Variation = *x.Variation, nil })
	case OccurrenceRecorded:
		d.occurred(e.No, f)
	default:
		return d.applyTransfer(e)
	}
	return true
}

func (d *Delegations) change(no EventNo, id ArrangementID, do func(*Delegation)) {
	delegation, _ := d.byID.m[id].Latest()
	delegation.ID = id
	delegation.Revision++
	do(&delegation)
	d.byID.set(id, d.byID.m[id].With(no, delegation))
}

func (x *Delegation) offered(f FunctionDelegated) {
	x.Kind, x.Subject, x.Delegator, x.Delegate = KindDelegation, Subject{f.Function, f.Part}, f.Delegator, f.Delegate
	x.Roles, x.Footprints, x.EffectiveOn = f.Roles, f.Footprints, f.EffectiveOn
	x.Instrument, x.Terms, x.State = f.Instrument, f.Terms, DelegationStateOffered
	x.Confidence = ConfidenceExact
}

func (d *Delegations) occurred(no EventNo, f OccurrenceRecorded) {
	if f.Arrangement == "" {
		return
	}
	d.change(no, f.Arrangement, func(x *Delegation) {
		x.Kind, x.Subject, x.Delegator, x.Delegate = f.Kind, Subject{f.Function, f.Part}, f.From, f.To
		x.Roles, x.Footprints, x.EffectiveOn = f.Roles, f.Footprints, f.EffectiveOn
		x.Instrument, x.Confidence, x.Source, x.State = f.Instrument, f.Confidence, f.Source, DelegationStateInForce
	})
}

// applyTransfer follows the transfers of delegating kinds: what a transfer proposes becomes an arrangement when it
// completes.
func (d *Delegations) applyTransfer(e *Event) bool {
	switch f := e.Fact.(type) {
	case TransferProposed:
		if f.Kind.IsArrangement() && f.Reverses == "" {
			d.proposals.set(f.ID, Delegation{
				Kind: f.Kind, Subject: Subject{f.Function, f.Part}, Delegator: f.Sender, Delegate: f.Receiver,
				Roles: f.Roles, Footprints: f.Footprints, Instrument: f.Instrument, Terms: f.Terms,
			})
		}
	case TransferAmended:
		d.amendProposal(f.ID, func(p *Delegation) { p.Roles, p.Footprints, p.Instrument = f.Roles, f.Footprints, f.Instrument })
	case TermsSet:
		d.amendProposal(f.ID, func(p *Delegation) { p.Terms = f.Terms })
	case MatterDisposed:
		if f.Matter.Kind == MatterDelegation {
			d.change(e.No, ArrangementID(f.Matter.ID), func(x *Delegation) { x.disposed(f) })
		}
		if f.Matter.Kind == MatterTransfer && f.Disposition == DispositionMoves {
			d.amendProposal(TransferID(f.Matter.ID), func(p *Delegation) { p.disposed(f) })
		}
		return f.Matter.Kind == MatterDelegation
	case TransferCompleted:
		if proposal, ok := d.proposals.m[f.ID]; ok {
			d.change(e.No, ArrangementID(f.ID), func(x *Delegation) {
				id, revision := x.ID, x.Revision
				*x = proposal
				x.ID, x.Revision, x.EffectiveOn = id, revision, f.EffectiveOn
				x.State, x.Confidence = DelegationStateInForce, ConfidenceExact
			})
		}
	}
	return false
}

func (d *Delegations) amendProposal(id TransferID, do func(*Delegation)) {
	if proposal, ok := d.proposals.m[id]; ok {
		do(&proposal)
		d.proposals.set(id, proposal)
	}
}
