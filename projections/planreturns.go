package projections

import "github.com/remit-register/remit/domain"

// PlanReturnQuery asks for plan returns. Empty fields limit nothing.
type PlanReturnQuery struct {
	// Known is the position as known at which the returns are shown.
	Known        domain.EventNo
	Organisation domain.OrganisationCode
	Period       string
	// UnmoderatedOnly leaves out returns that have been confirmed or challenged.
	UnmoderatedOnly bool
	// After is the last return of the page before, "" for the first page.
	After string
	// Limit is the most returns of a page, 0 for no limit.
	Limit int
}

// PlanReturnPage is a page of plan returns in the order of submission.
type PlanReturnPage struct {
	PlanReturns []domain.PlanReturn
	// Next is where the next page begins (see PlanReturnQuery.After), "" when this is the last.
	Next string
	// Position pins the list.
	Position domain.EventNo
}

// PlanReturn returns a plan return with its moderations as known, with the position as resolved. It refuses with
// domain.UnknownPlanReturn.
func (v *Views) PlanReturn(id string, known domain.EventNo) (domain.PlanReturn, domain.EventNo, error) {
	return oneOf(v, id, known, v.programme.Return, unknownID(domain.UnknownPlanReturn, "plan return", "planReturn", id))
}

// PlanReturns lists plan returns. It fails only for a position that is not reached yet.
func (v *Views) PlanReturns(q PlanReturnQuery) (PlanReturnPage, error) {
	var page PlanReturnPage
	lets := func(r domain.PlanReturn) bool {
		return (q.Organisation == "" || r.Organisation == q.Organisation) && (q.Period == "" || r.Period == q.Period) &&
			(!q.UnmoderatedOnly || len(r.Moderations) == 0)
	}
	err := v.read(domain.AsOf{Known: q.Known}, func(a domain.AsOf) error {
		page.Position = a.Known
		page.PlanReturns, page.Next = pageOf(v.programme.Returns(a.Known),
			func(r domain.PlanReturn) string { return r.ID }, paging[string]{q.After, q.Limit}, lets)
		return nil
	})
	return page, err
}

// Frameworks returns the frameworks by which transfers are decided, from the lightest, as known, with the position as
// resolved: those of the release, as set anew since. It fails only for a position that is not reached yet.
func (v *Views) Frameworks(known domain.EventNo) ([]domain.Framework, domain.EventNo, error) {
	var frameworks []domain.Framework
	var position domain.EventNo
	err := v.read(domain.AsOf{Known: known}, func(a domain.AsOf) error {
		frameworks, position = v.frameworks.All(a.Known), a.Known
		return nil
	})
	return frameworks, position, err
}
