package domain

import (
	"cmp"
	"slices"
)

// Committee is a transition committee.
type Committee struct {
	CommitteeFormed
	Dissolved bool
	Advice    []AdviceRecorded
	Revision  uint64
}

// Committees is the register of transition committees.
type Committees struct {
	byID table[string, Versions[Committee]]
}

// NewCommittees returns an empty register of committees.
func NewCommittees() *Committees {
	c := &Committees{}
	c.init(nil)
	return c
}

func (c *Committees) init(undo *undoLog) { c.byID.init(undo) }

// Get returns a committee as known.
func (c *Committees) Get(id string, known EventNo) (Committee, bool) { return c.byID.m[id].At(known) }

// All returns all committees as known, by id: in the order of forming.
func (c *Committees) All(known EventNo) []Committee {
	return sortedVersions(c.byID, known, func(a, b Committee) int { return cmp.Compare(a.ID, b.ID) })
}

// Apply folds an event and tells whether it was about a committee.
func (c *Committees) Apply(e *Event) bool {
	switch f := e.Fact.(type) {
	case CommitteeFormed:
		c.change(e.No, f.ID, func(x *Committee) { x.CommitteeFormed = f })
	case CommitteeChanged:
		c.change(e.No, f.ID, func(x *Committee) { x.Terms, x.Dissolved = f.Terms, f.Dissolved })
	case AdviceRecorded:
		c.change(e.No, f.Committee, func(x *Committee) { x.Advice = appended(x.Advice, f) })
	case MatterDisposed:
		if f.Matter.Kind != MatterCommittee {
			return false
		}
		c.change(e.No, f.Matter.ID, func(x *Committee) { x.disposed(f) })
	default:
		return false
	}
	return true
}

func (c *Committees) change(no EventNo, id string, do func(*Committee)) {
	committee, _ := c.byID.m[id].Latest()
	committee.Revision++
	do(&committee)
	c.byID.set(id, c.byID.m[id].With(no, committee))
}

func (x *Committee) disposed(f MatterDisposed) {
	x.Bodies = slices.DeleteFunc(slices.Clone(x.Bodies), func(code OrganisationCode) bool { return code == f.From })
	if f.Disposition == DispositionMoves && !slices.Contains(x.Bodies, f.To) {
		x.Bodies = append(x.Bodies, f.To)
	}
	x.Dissolved = x.Dissolved || len(x.Bodies) == 0
}

// IsQuorate tells whether an attendance meets the committee's own rule.
func (x Committee) IsQuorate(a Attendance) bool {
	everyBody := !slices.ContainsFunc(x.Bodies, func(code OrganisationCode) bool { return !slices.Contains(a.Bodies, code) })
	return a.Executive+a.NonExecutive >= x.Terms.Quorum && a.NonExecutive >= x.Terms.QuorumNonExecutive &&
		(everyBody || !x.Terms.EveryBody)
}

// PlanReturn is a body's plan return, and what came of it.
type PlanReturn struct {
	PlanReturnSubmitted
	Moderations []PlanReturnModerated
	Revision    uint64
}

// Programme is what the programme records besides: populations, costs, plan returns.
type Programme struct {
	populations table[struct{}, []PopulationRecorded]
	costs       table[struct{}, []CostRecorded]
	returns     table[string, Versions[PlanReturn]]
}

// NewProgramme returns an empty programme.
func NewProgramme() *Programme {
	p := &Programme{}
	p.init(nil)
	return p
}

func (p *Programme) init(undo *undoLog) {
	p.populations.init(undo)
	p.costs.init(undo)
	p.returns.init(undo)
}

// Apply folds an event and tells whether it was about the programme.
func (p *Programme) Apply(e *Event) bool {
	switch f := e.Fact.(type) {
	case PopulationRecorded:
		p.populations.set(struct{}{}, grown(p.populations.m[struct{}{}], f))
	case CostRecorded:
		p.costs.set(struct{}{}, grown(p.costs.m[struct{}{}], f))
	case PlanReturnSubmitted:
		p.returns.set(f.ID, p.returns.m[f.ID].With(e.No, PlanReturn{PlanReturnSubmitted: f, Revision: 1}))
	case PlanReturnModerated:
		x, _ := p.returns.m[f.ID].Latest()
		x.Moderations = appended(x.Moderations, f)
		x.Revision++
		p.returns.set(f.ID, p.returns.m[f.ID].With(e.No, x))
	default:
		return false
	}
	return true
}

// Return returns a plan return as known.
func (p *Programme) Return(id string, known EventNo) (PlanReturn, bool) {
	return p.returns.m[id].At(known)
}

// Returns returns all plan returns as known, by id: in the order of submission.
func (p *Programme) Returns(known EventNo) []PlanReturn {
	return sortedVersions(p.returns, known, func(a, b PlanReturn) int { return cmp.Compare(a.ID, b.ID) })
}

// Populations returns the recorded populations in the order of recording.
func (p *Programme) Populations() []PopulationRecorded {
	return slices.Clip(p.populations.m[struct{}{}])
}

// Costs returns the recorded costs in the order of recording.
func (p *Programme) Costs() []CostRecorded { return slices.Clip(p.costs.m[struct{}{}]) }
