package eventstore

import "github.com/remit-register/remit/domain"

// functionFacts visits the fact if it is one of these.
func functionFacts(c *coder, f *domain.Fact) {
	oneof(c, 141, f, functionDefined)
	oneof(c, 142, f, functionRevised)
	oneof(c, 143, f, functionDivided)
	oneof(c, 144, f, functionAllocated)
}

func functionDefined(c *coder, v *domain.FunctionDefined) {
	text(c, 1, &v.Code)
	one(c, 2, &v.Details, functionDetails)
}

func functionRevised(c *coder, v *domain.FunctionRevised) {
	text(c, 1, &v.Code)
	one(c, 2, &v.Details, functionDetails)
}

func functionDivided(c *coder, v *domain.FunctionDivided) {
	text(c, 1, &v.Code)
	many(c, 2, &v.Parts, part)
	one(c, 3, &v.Rest, part)
	date(c, 4, &v.EffectiveOn)
	text(c, 5, &v.Source)
	many(c, 6, &v.Changes, holdingChange)
}

func functionAllocated(c *coder, v *domain.FunctionAllocated) {
	text(c, 1, &v.Function)
	date(c, 2, &v.EffectiveOn)
	text(c, 3, &v.Source)
	text(c, 4, &v.Confidence)
	many(c, 5, &v.Changes, holdingChange)
}

func functionDetails(c *coder, v *domain.FunctionDetails) {
	text(c, 1, &v.Name)
	text(c, 2, &v.Class)
	text(c, 3, &v.FootprintKind)
	texts(c, 4, &v.OwnOperationOf)
	text(c, 5, &v.Category)
	texts(c, 6, &v.DestinationTiers)
	pairs(c, 7, &v.Rules)
	text(c, 8, &v.LegalStatus)
	many(c, 9, &v.LegalBasis, legalBasis)
	text(c, 10, &v.Boundary)
	text(c, 11, &v.RetainedRole)
	text(c, 12, &v.RetainedNote)
	text(c, 13, &v.ReceiverClaim)
	text(c, 14, &v.Group)
	text(c, 15, &v.Source)
}

func part(c *coder, v *domain.Part) {
	text(c, 1, &v.Code)
	text(c, 2, &v.Name)
	text(c, 3, &v.Description)
}

func legalBasis(c *coder, v *domain.LegalBasis) {
	text(c, 1, &v.Act)
	text(c, 2, &v.Section)
	text(c, 3, &v.Binds)
	text(c, 4, &v.CheckedBy)
	date(c, 5, &v.CheckedOn)
}
