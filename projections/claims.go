package projections

import (
	"slices"

	"github.com/remit-register/remit/domain"
)

// ClaimQuery asks for claims and attestations. Empty fields limit nothing.
type ClaimQuery struct {
	// Known is the position as known at which they are shown.
	Known domain.EventNo
	// Organisation limits the answer to what this body says.
	Organisation domain.OrganisationCode
	// Functions limits claims to these functions; attestations are about everything.
	Functions []domain.FunctionCode
	// After is the event of the last one of the page before, 0 for the first page.
	After domain.EventNo
	// Limit is the most of a page, 0 for no limit.
	Limit int
}

// ClaimPage is a page of claims in the order of recording.
type ClaimPage struct {
	Claims []domain.Claim
	// Next is where the next page begins (see ClaimQuery.After), 0 when this is the last.
	Next domain.EventNo
	// Position pins the list.
	Position domain.EventNo
}

// AttestationPage is a page of attestations in the order of recording.
type AttestationPage struct {
	Attestations []domain.Attestation
	// Next is where the next page begins (see ClaimQuery.After), 0 when this is the last.
	Next domain.EventNo
	// Position pins the list.
	Position domain.EventNo
}

// Claims lists what bodies say that they hold or do not hold. It fails only for a position that is not reached yet.
func (v *Views) Claims(q ClaimQuery) (ClaimPage, error) {
	var page ClaimPage
	lets := func(c domain.Claim) bool {
		return (q.Organisation == "" || c.Claimant == q.Organisation) &&
			(len(q.Functions) == 0 || slices.Contains(q.Functions, c.Function))
	}
	err := v.read(domain.AsOf{Known: q.Known}, func(a domain.AsOf) error {
		page.Position = a.Known
		page.Claims, page.Next = pageOf(v.claims.Claims(a.Known),
			func(c domain.Claim) domain.EventNo { return c.Event }, paging[domain.EventNo]{q.After, q.Limit}, lets)
		return nil
	})
	return page, err
}

// Attestations lists the bodies' yearly words on what the register says that they hold. It fails only for a position
// that is not reached yet.
func (v *Views) Attestations(q ClaimQuery) (AttestationPage, error) {
	var page AttestationPage
	lets := func(x domain.Attestation) bool { return q.Organisation == "" || x.Organisation == q.Organisation }
	err := v.read(domain.AsOf{Known: q.Known}, func(a domain.AsOf) error {
		page.Position = a.Known
		page.Attestations, page.Next = pageOf(v.claims.Attestations(a.Known),
			func(x domain.Attestation) domain.EventNo { return x.Event }, paging[domain.EventNo]{q.After, q.Limit}, lets)
		return nil
	})
	return page, err
}
