package projections

import (
	"slices"

	"github.com/remit-register/remit/domain"
)

// DelegationQuery asks for delegations, directions and joint exercises. Empty fields limit nothing.
type DelegationQuery struct {
	// Known is the position as known at which the delegations are shown.
	Known     domain.EventNo
	States    []domain.DelegationState
	Functions []domain.FunctionCode
	Delegator domain.OrganisationCode
	Delegate  domain.OrganisationCode
	// Organisation is on either side.
	Organisation domain.OrganisationCode
	// ReviewUntil limits the answer to those whose review or end falls on or before the date.
	ReviewUntil domain.Date
	// After is the last delegation of the page before, "" for the first page.
	After domain.ArrangementID
	// Limit is the most delegations of a page, 0 for no limit.
	Limit int
}

// DelegationPage is a page of delegations, by id.
type DelegationPage struct {
	Delegations []domain.Delegation
	// Next is where the next page begins (see DelegationQuery.After), "" when this is the last.
	Next domain.ArrangementID
	// Position pins the list.
	Position domain.EventNo
}

// Delegation returns a delegation as known, with the position as resolved. It refuses with domain.UnknownDelegation.
func (v *Views) Delegation(id domain.ArrangementID, known domain.EventNo) (domain.Delegation, domain.EventNo, error) {
	var delegation domain.Delegation
	var position domain.EventNo
	err := v.read(domain.AsOf{Known: known}, func(a domain.AsOf) error {
		d, ok := v.delegations.Get(id, a.Known)
		if !ok {
			return v.unknownDelegation(id, a.Known)
		}
		delegation, position = d, a.Known
		return nil
	})
	return delegation, position, err
}

// Delegations lists delegations. It fails only for a position that is not reached yet.
func (v *Views) Delegations(q DelegationQuery) (DelegationPage, error) {
	var page DelegationPage
	err := v.read(domain.AsOf{Known: q.Known}, func(a domain.AsOf) error {
		page.Position = a.Known
		for _, d := range v.delegations.All(a.Known) {
			if d.ID <= q.After || !q.lets(d) {
				continue
			}
			if q.Limit > 0 && len(page.Delegations) == q.Limit {
				page.Next = page.Delegations[q.Limit-1].ID
				break
			}
			page.Delegations = append(page.Delegations, d)
		}
		return nil
	})
	return page, err
}

func (q *DelegationQuery) lets(d domain.Delegation) bool {
	due := func(on domain.Date) bool { return on != 0 && on <= q.ReviewUntil }
	switch {
	case len(q.States) > 0 && !slices.Contains(q.States, d.State):
		return false
	case len(q.Functions) > 0 && !slices.Contains(q.Functions, d.Subject.Function):
		return false
	case q.Delegator != "" && d.Delegator != q.Delegator:
		return false
	case q.Delegate != "" && d.Delegate != q.Delegate:
		return false
	case q.Organisation != "" && d.Delegator != q.Organisation && d.Delegate != q.Organisation:
		return false
	}
	return q.ReviewUntil == 0 || due(d.Terms.ReviewOn) || due(d.Terms.EndsOn)
}
