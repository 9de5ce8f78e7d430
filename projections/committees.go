package projections

import (
	"slices"

	"github.com/remit-register/remit/domain"
)

// CommitteeQuery asks for transition committees. Empty fields limit nothing.
type CommitteeQuery struct {
	// Known is the position as known at which the committees are shown.
	Known domain.EventNo
	// Organisation limits the answer to committees of this body, alone or with others.
	Organisation domain.OrganisationCode
	// OpenOnly leaves out committees that are dissolved.
	OpenOnly bool
	// After is the last committee of the page before, "" for the first page.
	After string
	// Limit is the most committees of a page, 0 for no limit.
	Limit int
}

// CommitteePage is a page of committees in the order of forming.
type CommitteePage struct {
	Committees []domain.Committee
	// Next is where the next page begins (see CommitteeQuery.After), "" when this is the last.
	Next string
	// Position pins the list.
	Position domain.EventNo
}

// Committee returns a committee with its advice as known, with the position as resolved. It refuses with
// domain.UnknownCommittee.
func (v *Views) Committee(id string, known domain.EventNo) (domain.Committee, domain.EventNo, error) {
	return oneOf(v, id, known, v.committees.Get, unknownID(domain.UnknownCommittee, "committee", "committee", id))
}

// Committees lists committees with their advice. It fails only for a position that is not reached yet.
func (v *Views) Committees(q CommitteeQuery) (CommitteePage, error) {
	var page CommitteePage
	lets := func(c domain.Committee) bool {
		return (q.Organisation == "" || slices.Contains(c.Bodies, q.Organisation)) && (!q.OpenOnly || !c.Dissolved)
	}
	err := v.read(domain.AsOf{Known: q.Known}, func(a domain.AsOf) error {
		page.Position = a.Known
		page.Committees, page.Next = pageOf(v.committees.All(a.Known),
			func(c domain.Committee) string { return c.ID }, paging[string]{q.After, q.Limit}, lets)
		return nil
	})
	return page, err
}
