package projections

import "github.com/remit-register/remit/domain"

// RiskQuery asks for risks. Empty fields limit nothing.
type RiskQuery struct {
	// Known is the position as known at which the risks are shown.
	Known    domain.EventNo
	Transfer domain.TransferID
	Owner    domain.OrganisationCode
	// OpenOnly leaves out risks that are closed.
	OpenOnly bool
	// LeastScore leaves out risks with a lower score: likelihood times impact, from 1 to 25.
	LeastScore int
	// After is the last risk of the page before, "" for the first page.
	After string
	// Limit is the most risks of a page, 0 for no limit.
	Limit int
}

// RiskPage is a page of risks in the order of raising.
type RiskPage struct {
	Risks []domain.Risk
	// Next is where the next page begins (see RiskQuery.After), "" when this is the last.
	Next string
	// Position pins the list.
	Position domain.EventNo
}

// Risk returns a risk as known, with the position as resolved. It refuses with domain.UnknownRisk.
func (v *Views) Risk(id string, known domain.EventNo) (domain.Risk, domain.EventNo, error) {
	return oneOf(v, id, known, v.risks.Get, unknownID(domain.UnknownRisk, "risk", "risk", id))
}

// Risks lists risks. It fails only for a position that is not reached yet.
func (v *Views) Risks(q RiskQuery) (RiskPage, error) {
	var page RiskPage
	err := v.read(domain.AsOf{Known: q.Known}, func(a domain.AsOf) error {
		page.Position = a.Known
		page.Risks, page.Next = pageOf(v.risks.All(a.Known), func(r domain.Risk) string { return r.ID },
			paging[string]{q.After, q.Limit}, q.lets)
		return nil
	})
	return page, err
}

func (q *RiskQuery) lets(r domain.Risk) bool {
	return (q.Transfer == "" || r.Transfer == q.Transfer) && (q.Owner == "" || r.Owner == q.Owner) &&
		(!q.OpenOnly || !r.Closed) && r.Score() >= q.LeastScore
}

// oneOf returns a thing by id as known, with the position as resolved, or the refusal given when there is none.
func oneOf[T any](
	v *Views, id string, known domain.EventNo, get func(string, domain.EventNo) (T, bool), unknown error,
) (T, domain.EventNo, error) {
	var thing T
	var position domain.EventNo
	err := v.read(domain.AsOf{Known: known}, func(a domain.AsOf) error {
		found, ok := get(id, a.Known)
		if !ok {
			return unknown
		}
		thing, position = found, a.Known
		return nil
	})
	return thing, position, err
}
