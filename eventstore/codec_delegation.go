package eventstore

import "github.com/remit-register/remit/domain"

// delegationFacts visits the fact if it is one of these.
func delegationFacts(c *coder, f *domain.Fact) {
	oneof(c, 261, f, functionDelegated)
	oneof(c, 262, f, delegationAccepted)
	oneof(c, 263, f, delegationRevoked)
	oneof(c, 264, f, delegationVaried)
	oneof(c, 265, f, variationAccepted)
}

func functionDelegated(c *coder, v *domain.FunctionDelegated) {
	text(c, 1, &v.ID)
	text(c, 2, &v.Function)
	text(c, 3, &v.Part)
	text(c, 4, &v.Delegator)
	text(c, 5, &v.Delegate)
	texts(c, 6, &v.Roles)
	texts(c, 7, &v.Footprints)
	date(c, 8, &v.EffectiveOn)
	text(c, 9, &v.Instrument)
	one(c, 10, &v.Terms, terms)
}

func delegationAccepted(c *coder, v *domain.DelegationAccepted) {
	text(c, 1, &v.ID)
	date(c, 2, &v.EffectiveOn)
	many(c, 3, &v.Changes, holdingChange)
}

func delegationRevoked(c *coder, v *domain.DelegationRevoked) {
	text(c, 1, &v.ID)
	date(c, 2, &v.EffectiveOn)
	many(c, 3, &v.Changes, holdingChange)
}

func delegationVaried(c *coder, v *domain.DelegationVaried) {
	text(c, 1, &v.ID)
	one(c, 2, &v.Terms, terms)
}

func variationAccepted(c *coder, v *domain.VariationAccepted) {
	text(c, 1, &v.ID)
}
