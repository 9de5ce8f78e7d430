package projections

import "github.com/remit-register/remit/domain"

// IsErased tells whether the erasure of a personal text is recorded, as far as the views show.
func (v *Views) IsErased(c domain.Commitment) bool {
	v.mu.RLock()
	defer v.mu.RUnlock()
	_, erased := v.erasures.Text(c, domain.Latest)
	return erased
}

// MayResolve tells whether a caller may learn who acts under a pseudonym in the name of a body: see
// domain.Organisations.MayResolve.
func (v *Views) MayResolve(caller domain.Caller, of domain.OrganisationCode, today domain.Date) bool {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.organisations.MayResolve(caller, of, today)
}
