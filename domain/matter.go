package domain

import (
	"fmt"
	"slices"
	"strings"
)

// MatterKind is a kind of open matter that a reorganisation must dispose of.
type MatterKind string

// The kinds of matter.
const (
	MatterTransfer     MatterKind = "transfer"
	MatterDelegation   MatterKind = "delegation"
	MatterCondition    MatterKind = "condition"
	MatterRisk         MatterKind = "risk"
	MatterIntervention MatterKind = "intervention"
	MatterCommittee    MatterKind = "committee"
)

// Matter names an open matter: a transfer, delegation, risk, intervention or committee by its id, a condition as
// "transfer/condition".
type Matter struct {
	Kind MatterKind `json:"kind,omitempty"`
	ID   string     `json:"id,omitempty"`
}

// String returns "kind/id".
func (m Matter) String() string { return string(m.Kind) + "/" + m.ID }

// MatterLine says what becomes of open matters of a body that ends. Empty sets mean all.
type MatterLine struct {
	From        OrganisationCode `json:"from,omitempty"`
	To          OrganisationCode `json:"to,omitempty"`
	Disposition Disposition      `json:"disposition,omitempty"`
	Kinds       []MatterKind     `json:"kinds,omitempty"`
	Matters     []Matter         `json:"matters,omitempty"`
}

func (l MatterLine) fits(m Matter, from OrganisationCode) bool {
	return (l.From == "" || l.From == from) && (len(l.Kinds) == 0 || slices.Contains(l.Kinds, m.Kind)) &&
		(len(l.Matters) == 0 || slices.Contains(l.Matters, m))
}

// MatterDisposed says what a reorganisation did with an open matter of a body that ended: another body took its place,
// it ceased, or nobody knows who has it.
type MatterDisposed struct {
	Reorganisation string
	Matter         Matter
	Disposition    Disposition
	From           OrganisationCode
	To             OrganisationCode
	EffectiveOn    Date
	// Gateways are those of a transfer with its new parties.
	Gateways []GatewayPlan
	// Shares are who holds under a delegation from then on, where its delegate ended: several after a split.
	Shares []Move
}

// FactType is the fact's name.
func (MatterDisposed) FactType() string { return "MatterDisposed" }

// Entity is the matter; a condition's is its transfer.
func (f MatterDisposed) Entity() string {
	if f.Matter.Kind == MatterCondition {
		transfer, _, _ := strings.Cut(f.Matter.ID, "/")
		return "transfer/" + transfer
	}
	return f.Matter.String()
}

// Effective is the date of the reorganisation.
func (f MatterDisposed) Effective() Date { return f.EffectiveOn }

// openMatter is an open matter and the bodies in it.
type openMatter struct {
	Matter
	bodies []OrganisationCode
}

// openMatters lists what is open: live transfers and announcements' parties apart, conditions that are not settled,
// delegations in force or offered, open risks, interventions and committees.
func (d *decision) openMatters() []openMatter {
	var open []openMatter
	for _, t := range d.s.Transfers.All(Latest) {
		id := string(t.ID)
		if !t.State.IsFinished() && t.State != StatePlanned {
			open = append(open, openMatter{Matter{MatterTransfer, id}, []OrganisationCode{t.Sender, t.Receiver()}})
		}
		for _, c := range t.Conditions {
			if !c.isSettled() {
				open = append(open, openMatter{Matter{MatterCondition, id + "/" + string(c.ID)}, []OrganisationCode{c.Owner}})
			}
		}
	}
	for _, x := range d.s.Delegations.All(Latest) {
		if x.State != DelegationStateRevoked {
			open = append(open, openMatter{Matter{MatterDelegation, string(x.ID)}, []OrganisationCode{x.Delegator, x.Delegate}})
		}
	}
	for _, r := range d.s.Risks.All(Latest) {
		if !r.Closed {
			open = append(open, openMatter{Matter{MatterRisk, r.ID}, []OrganisationCode{r.Owner}})
		}
	}
	for _, x := range d.s.Interventions.All(Latest) {
		if x.EndedOn == 0 {
			open = append(open, openMatter{Matter{MatterIntervention, x.ID}, []OrganisationCode{x.By, x.In}})
		}
	}
	for _, x := range d.s.Committees.All(Latest) {
		if !x.Dissolved {
			open = append(open, openMatter{Matter{MatterCommittee, x.ID}, x.Bodies})
		}
	}
	return open
}

// disposeMatters settles every open matter of a body that ends (invariant 8): as the first fitting line says, or with
// the one body that follows it. Nothing is allocated by default on a split.
func (c Reorganise) disposeMatters(d *decision) {
	var missing []string
	for _, m := range d.openMatters() {
		for _, body := range distinct(m.bodies) {
			if body == "" || !slices.Contains(c.Ends, body) {
				continue
			}
			line, ok := c.matterLine(m.Matter, body)
			if m.Kind == MatterDelegation && !ok {
				d.emitNow(c.delegationFollows(d, m, body))
				continue
			}
			if !ok {
				missing = append(missing, fmt.Sprintf("%s of %s", m.Matter, body))
				continue
			}
			fact := MatterDisposed{
				Reorganisation: d.meta.ID, Matter: m.Matter, Disposition: line.Disposition, From: body, To: line.To,
				EffectiveOn: c.EffectiveOn,
			}
			fact.Gateways = d.gatewaysAfter(fact)
			d.emitNow(fact)
		}
	}
	if len(missing) > 0 {
		d.refuse(DispositionIncomplete, fmt.Sprintf("Nothing says what becomes of %d open matters: %s.", len(missing), firstFew(missing)),
			"Add lines for matters: moves (and to whom), ceases or undetermined.", "matters", fmt.Sprint(len(missing)))
	}
}

func (c Reorganise) matterLine(m Matter, from OrganisationCode) (MatterLine, bool) {
	for _, line := range c.Matters {
		if line.fits(m, from) {
			return line, true
		}
	}
	if heir, one := c.onlyHeir(from); one {
		return MatterLine{Disposition: DispositionMoves, To: heir}, true
	}
	return MatterLine{}, false
}

// delegationFollows lets a delegation go with the remits that are held under it, which have lines of their own.
func (c Reorganise) delegationFollows(d *decision, m openMatter, body OrganisationCode) MatterDisposed {
	x, _ := d.s.Delegations.Get(ArrangementID(m.ID), Latest)
	fact := MatterDisposed{
		Reorganisation: d.meta.ID, Matter: m.Matter, Disposition: DispositionMoves, From: body, EffectiveOn: c.EffectiveOn,
	}
	byHolder := map[OrganisationCode][]FootprintCode{}
	for _, remit := range d.s.Holdings.Of(x.Subject) {
		for _, held := range d.s.Holdings.At(remit, Now(c.EffectiveOn)) {
			if held.Arrangement == x.ID {
				byHolder[held.Named()] = append(byHolder[held.Named()], remit.Footprint)
			}
		}
	}
	for _, holder := range sortedKeys(byHolder) {
		fact.Shares = append(fact.Shares, Move{Receiver: holder, Footprints: distinct(byHolder[holder])})
	}
	if len(fact.Shares) == 0 {
		fact.Disposition = DispositionCeases
	}
	if heir, one := c.onlyHeir(body); one {
		fact.To = heir
	}
	return fact
}

// gatewaysAfter fixes the gateways of a transfer anew when one of its parties changes.
func (d *decision) gatewaysAfter(f MatterDisposed) []GatewayPlan {
	if f.Matter.Kind != MatterTransfer || f.Disposition != DispositionMoves {
		return nil
	}
	t, _ := d.s.Transfers.Get(TransferID(f.Matter.ID), Latest)
	if t.State == StateExploring {
		return nil
	}
	t.replaceParty(f.From, f.To)
	var gateways []FrameworkGateway
	for _, g := range t.Gateways {
		gateways = append(gateways, FrameworkGateway{Code: g.Code, Party: g.Party, Role: g.Role, OpinionRequired: g.OpinionRequired})
	}
	return d.gatewaysFor(Framework{Gateways: gateways}, t.Sender, t.Receiver())
}

// checkMatters checks the lines for matters by themselves.
func (c Reorganise) checkMatters(d *decision, begins func(OrganisationCode) bool) {
	for _, line := range c.Matters {
		switch {
		case !slices.Contains([]Disposition{DispositionMoves, DispositionCeases, DispositionUndetermined}, line.Disposition):
			d.invalid("matters", "A disposition is moves, ceases or undetermined.")
		case line.Disposition == DispositionMoves && slices.Contains(c.Ends, line.To):
			d.refuse(ReceiverNotOpen, fmt.Sprintf("%s ends on %s, so nothing can go to it.", line.To, c.EffectiveOn),
				"Name a body that goes on.", "organisation", string(line.To))
		case line.Disposition == DispositionMoves && !begins(line.To):
			d.body(line.To, "matters")
		}
	}
}

// replaceParty puts one body in the place of another.
func (t *Transfer) replaceParty(from, to OrganisationCode) {
	if t.Sender == from {
		t.Sender = to
	}
	t.Moves = slices.Clone(t.Moves)
	for i := range t.Moves {
		if t.Moves[i].Receiver == from {
			t.Moves[i].Receiver = to
		}
	}
	t.Retained = slices.Clone(t.Retained)
	for i := range t.Retained {
		if t.Retained[i].Holder == from {
			t.Retained[i].Holder = to
		}
	}
}

// disposed folds what became of a transfer or of a condition. What a party that is no more assessed and decided no
// longer counts (invariant 9).
func (t *Transfer) disposed(e *Event, f MatterDisposed) {
	switch f.Disposition {
	case DispositionMoves:
		t.replaceParty(f.From, f.To)
		if len(f.Gateways) > 0 {
			t.Gateways = gatewaysOf(f.Gateways, t.Gateways)
			t.AmendedNo, t.ScheduledOn = e.No, 0
			if t.State != StatePaused {
				t.State = StateProposed
			}
		}
	case DispositionCeases:
		t.State = StateWithdrawn
	case DispositionUndetermined:
		if t.State != StatePaused {
			t.State, t.PausedIn = StatePaused, t.State
		}
	}
}

func (c *TransferCondition) disposed(f MatterDisposed) {
	switch f.Disposition {
	case DispositionMoves:
		c.Owner = f.To
	case DispositionCeases:
		c.State = ConditionStateLapsed
	case DispositionUndetermined:
		c.Owner = ""
	}
}

func (x *Delegation) disposed(f MatterDisposed) {
	switch f.Disposition {
	case DispositionMoves:
		if x.Delegator == f.From && f.To != "" {
			x.Delegator = f.To
		}
		if x.Delegate == f.From {
			x.shared(f)
		}
	case DispositionCeases:
		x.State, x.EndedOn = DelegationStateRevoked, f.EffectiveOn
	case DispositionUndetermined:
		x.Undetermined = true
	}
}

// shared puts those that hold under a delegation in the place of a delegate that ended. After a split the delegate
// stays on the record, and the shares say who followed it where.
func (x *Delegation) shared(f MatterDisposed) {
	if f.To != "" {
		x.Delegate = f.To
	}
	if len(f.Shares) == 0 {
		return
	}
	if len(f.Shares) == 1 {
		x.Delegate = f.Shares[0].Receiver
	}
	x.Shares, x.Footprints = f.Shares, nil
	for _, share := range f.Shares {
		x.Footprints = append(x.Footprints, share.Footprints...)
	}
}

func (r *Risk) disposed(f MatterDisposed) {
	switch f.Disposition {
	case DispositionMoves:
		r.Owner = f.To
	case DispositionCeases:
		r.Closed = true
	case DispositionUndetermined:
		r.Owner = ""
	}
}

func (x *Intervention) disposed(f MatterDisposed) {
	switch f.Disposition {
	case DispositionMoves:
		if x.By == f.From {
			x.By = f.To
		}
		if x.In == f.From {
			x.In = f.To
		}
	case DispositionCeases:
		x.EndedOn = f.EffectiveOn
	case DispositionUndetermined:
		x.Undetermined = true
	}
}
