package projections

import (
	"math"
	"slices"

	"github.com/remit-register/remit/domain"
)

// PlannedChange is a remit that a planned transfer would put into other hands on its date.
type PlannedChange struct {
	Transfer      domain.TransferID
	On            domain.Date
	Remit         domain.Remit
	Before, After []domain.Holding
}

// Foresee returns what planned transfers that are chosen would do on their dates, each by itself, whatever the others
// do: in the order of their dates, and by remit. It refuses a position that is not reached yet.
func (v *Views) Foresee(a domain.AsOf, chosen func(domain.TransferID) bool) ([]PlannedChange, error) {
	var list []PlannedChange
	err := v.read(a, func(a domain.AsOf) error {
		for _, f := range v.foresee(a, domain.Date(math.MaxInt32)) {
			if chosen(f.ID) {
				x := v.newInquiry(CoherenceQuery{}, domain.AsOf{On: f.on, Known: a.Known}, []*foreseen{f})
				x.begin()
				list = append(list, x.foreseenChanges(f)...)
			}
		}
		return nil
	})
	return list, err
}

func (x *inquiry) foreseenChanges(f *foreseen) []PlannedChange {
	cells := slices.Clone(x.resulting(f))
	for footprint := range f.footprints {
		for c := x.views.holdings.at(f.Subject.Function, footprint); c != nil; c = c.next {
			if !slices.ContainsFunc(cells, func(other *cell) bool { return compareCells(other, c) == 0 }) {
				cells = append(cells, c)
			}
		}
	}
	slices.SortFunc(cells, compareCells)
	var list []PlannedChange
	for _, c := range cells {
		t := &cellTally{}
		before := x.views.inForce(nil, c, x.asOf, t)
		after := x.asPlanned(slices.Clone(before), c, t)
		for _, role := range domain.Roles() {
			was, is := holdingsOf(before, role), holdingsOf(after, role)
			if !slices.Equal(was, is) {
				remit := domain.Remit{Subject: c.subject, Footprint: c.footprint, Role: role}
				list = append(list, PlannedChange{Transfer: f.ID, On: f.on, Remit: remit, Before: was, After: is})
			}
		}
	}
	return list
}

// resulting returns the cells in which a transfer results that changes the kind of footprint.
func (x *inquiry) resulting(f *foreseen) []*cell {
	var cells []*cell
	for _, result := range f.Results {
		subject := domain.Subject{Function: result.Function, Part: result.Part}
		for _, footprint := range result.Footprints {
			found := &cell{subject: subject, footprint: footprint}
			if c := x.views.holdings.find(subject, footprint); c != nil {
				found = c
			}
			cells = append(cells, found)
		}
	}
	return cells
}

func holdingsOf(list []held, role domain.Role) []domain.Holding {
	var holdings []domain.Holding
	for _, h := range list {
		if h.role == roleIndex(role) {
			holdings = append(holdings, *h.holding)
		}
	}
	return holdings
}
