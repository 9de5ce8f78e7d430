package domain

import (
	"cmp"
	"fmt"
)

// Risk is a risk of a transfer or of a body.
type Risk struct {
	RiskRaised
	// Closed says that it is over; ClosedBecause is why.
	Closed        bool
	ClosedBecause Text
	Revision      uint64
}

// Score is likelihood times impact, from 1 to 25.
func (r Risk) Score() int { return r.Likelihood * r.Impact }

// Risks is the risk log.
type Risks struct {
	byID table[string, Versions[Risk]]
}

// NewRisks returns an empty risk log.
func NewRisks() *Risks {
	r := &Risks{}
	r.init(nil)
	return r
}

func (r *Risks) init(undo *undoLog) { r.byID.init(undo) }

// Get returns a risk as known.
func (r *Risks) Get(id string, known EventNo) (Risk, bool) { return r.byID.m[id].At(known) }

// All returns all risks as known, by id: in the order of raising.
func (r *Risks) All(known EventNo) []Risk {
	return sortedVersions(r.byID, known, func(a, b Risk) int { return cmp.Compare(a.ID, b.ID) })
}

// Apply folds an event and tells whether it was about a risk.
func (r *Risks) Apply(e *Event) bool {
	switch f := e.Fact.(type) {
	case RiskRaised:
		r.change(e.No, f.ID, func(x *Risk) { x.RiskRaised = f })
	case RiskUpdated:
		r.change(e.No, f.ID, func(x *Risk) {
			x.Owner, x.Likelihood, x.Impact, x.Mitigation, x.ReviewOn = f.Owner, f.Likelihood, f.Impact, f.Mitigation, f.ReviewOn
		})
	case RiskClosed:
		r.change(e.No, f.ID, func(x *Risk) { x.Closed, x.ClosedBecause = true, e.Reason })
	case MatterDisposed:
		if f.Matter.Kind != MatterRisk {
			return false
		}
		r.change(e.No, f.Matter.ID, func(x *Risk) { x.disposed(f) })
	default:
		return false
	}
	return true
}

func (r *Risks) change(no EventNo, id string, do func(*Risk)) {
	risk, _ := r.byID.m[id].Latest()
	risk.Revision++
	do(&risk)
	r.byID.set(id, r.byID.m[id].With(no, risk))
}

func (c RaiseRisk) involved(*decision) (involved, *Refusal) { return about(AsOwner, c.Owner), nil }

func (c UpdateRisk) involved(d *decision) (involved, *Refusal) { return d.riskOwner(c.RiskID) }
func (c CloseRisk) involved(d *decision) (involved, *Refusal)  { return d.riskOwner(c.RiskID) }

func (d *decision) riskOwner(id string) (involved, *Refusal) {
	risk, ok := d.s.Risks.Get(id, Latest)
	if !ok {
		return involved{}, Refuse(UnknownRisk, fmt.Sprintf("There is no risk with the id %q.", id),
			"List the risks to find its id.", "risk", id)
	}
	return about(AsOwner, risk.Owner), nil
}

// decide records a risk.
func (c RaiseRisk) decide(d *decision) {
	d.body(c.Owner, "owner")
	if c.TransferID != "" {
		_, refusal := d.transfer(c.TransferID)
		d.add(refusal)
	}
	d.checkScore(c.Likelihood, c.Impact)
	if c.Description.IsEmpty() {
		d.invalid("description", "A risk needs a description.")
	}
	if d.ok() {
		d.emit(RiskRaised{
			ID: d.meta.ID, Transfer: c.TransferID, Owner: c.Owner, Likelihood: c.Likelihood, Impact: c.Impact,
			Description: c.Description, Mitigation: c.Mitigation, ReviewOn: c.ReviewOn,
		})
	}
}

func (d *decision) checkScore(likelihood, impact int) {
	const most = 5
	if likelihood < 1 || likelihood > most || impact < 1 || impact > most {
		d.invalid("likelihood", "Likelihood and impact are from 1 to 5.")
	}
}

// decide replaces what is given of a risk.
func (c UpdateRisk) decide(d *decision) {
	risk, ok := d.openRisk(c.RiskID)
	if !ok {
		return
	}
	f := RiskUpdated{
		ID: risk.ID, Owner: cmp.Or(c.Owner, risk.Owner), Likelihood: cmp.Or(c.Likelihood, risk.Likelihood),
		Impact: cmp.Or(c.Impact, risk.Impact), Mitigation: risk.Mitigation, ReviewOn: cmp.Or(c.ReviewOn, risk.ReviewOn),
	}
	if !c.Mitigation.IsEmpty() {
		f.Mitigation = c.Mitigation
	}
	d.body(f.Owner, "owner")
	d.checkScore(f.Likelihood, f.Impact)
	if d.ok() {
		d.emit(f)
	}
}

// decide closes a risk; the reason is required.
func (c CloseRisk) decide(d *decision) {
	risk, ok := d.openRisk(c.RiskID)
	d.needsReason("Closing a risk")
	if ok && d.ok() {
		d.emit(RiskClosed{ID: risk.ID})
	}
}

func (d *decision) openRisk(id string) (Risk, bool) {
	risk, _ := d.s.Risks.Get(id, Latest)
	d.expects(risk.Revision, "The risk")
	if risk.Closed {
		d.refuse(WrongState, "The risk is closed.", "Raise it again if it is back.", "risk", id)
	}
	return risk, !risk.Closed
}
