package projections

import (
	"slices"

	"github.com/remit-register/remit/domain"
)

// InterventionQuery asks for interventions. Empty fields limit nothing.
type InterventionQuery struct {
	// Known is the position as known at which the interventions are shown.
	Known domain.EventNo
	Kinds []domain.InterventionKind
	By    domain.OrganisationCode
	In    domain.OrganisationCode
	// Organisation is on either side.
	Organisation domain.OrganisationCode
	// Function limits the answer to interventions that name it.
	Function domain.FunctionCode
	// OpenOnly leaves out interventions that have ended.
	OpenOnly bool
	// ReviewUntil limits the answer to those whose review falls on or before the date.
	ReviewUntil domain.Date
	// After is the last intervention of the page before, "" for the first page.
	After string
	// Limit is the most interventions of a page, 0 for no limit.
	Limit int
}

// InterventionPage is a page of interventions in the order of their recording.
type InterventionPage struct {
	Interventions []domain.Intervention
	// Next is where the next page begins (see InterventionQuery.After), "" when this is the last.
	Next string
	// Position pins the list.
	Position domain.EventNo
}

// Intervention returns an intervention as known, with the position as resolved. It refuses with
// domain.UnknownIntervention.
func (v *Views) Intervention(id string, known domain.EventNo) (domain.Intervention, domain.EventNo, error) {
	return oneOf(v, id, known, v.interventions.Get, unknownID(domain.UnknownIntervention, "intervention", "intervention", id))
}

// Interventions lists interventions. It fails only for a position that is not reached yet.
func (v *Views) Interventions(q InterventionQuery) (InterventionPage, error) {
	var page InterventionPage
	err := v.read(domain.AsOf{Known: q.Known}, func(a domain.AsOf) error {
		page.Position = a.Known
		page.Interventions, page.Next = pageOf(v.interventions.All(a.Known),
			func(x domain.Intervention) string { return x.ID }, paging[string]{q.After, q.Limit}, q.lets)
		return nil
	})
	return page, err
}

func (q *InterventionQuery) lets(x domain.Intervention) bool {
	switch {
	case len(q.Kinds) > 0 && !slices.Contains(q.Kinds, x.Kind):
		return false
	case q.By != "" && x.By != q.By, q.In != "" && x.In != q.In:
		return false
	case q.Organisation != "" && x.By != q.Organisation && x.In != q.Organisation:
		return false
	case q.Function != "" && !slices.Contains(x.Functions, q.Function):
		return false
	case q.OpenOnly && x.EndedOn != 0:
		return false
	}
	return q.ReviewUntil == 0 || x.ReviewOn <= q.ReviewUntil
}
