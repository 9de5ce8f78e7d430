package eventstore

import "github.com/remit-register/remit/domain"

// transferFacts visits the fact if it is one of these.
func transferFacts(c *coder, f *domain.Fact) {
	oneof(c, 201, f, transferPlanned)
	oneof(c, 202, f, planReplaced)
	oneof(c, 203, f, transferProposed)
	oneof(c, 204, f, transferAmended)
	oneof(c, 205, f, termsSet)
	oneof(c, 206, f, transferScheduled)
	oneof(c, 207, f, transferCompleted)
	oneof(c, 208, f, transferWithdrawn)
}

func transferPlanned(c *coder, v *domain.TransferPlanned) {
	text(c, 1, &v.ID)
	text(c, 2, &v.Kind)
	text(c, 3, &v.Function)
	text(c, 4, &v.Part)
	text(c, 5, &v.Sender)
	many(c, 6, &v.Moves, move)
	texts(c, 7, &v.Roles)
	text(c, 8, &v.Instrument)
	date(c, 9, &v.EffectiveOn)
	sealed(c, 10, &v.Rationale)
	text(c, 11, &v.Confidence)
	text(c, 12, &v.Source)
}

func planReplaced(c *coder, v *domain.PlanReplaced) {
	text(c, 1, &v.ID)
	text(c, 2, &v.By)
}

func transferProposed(c *coder, v *domain.TransferProposed) {
	text(c, 1, &v.ID)
	text(c, 2, &v.Kind)
	text(c, 3, &v.Function)
	text(c, 4, &v.Part)
	text(c, 5, &v.Sender)
	text(c, 6, &v.Receiver)
	texts(c, 7, &v.Footprints)
	texts(c, 8, &v.Roles)
	text(c, 9, &v.Instrument)
	date(c, 10, &v.EffectiveOn)
	sealed(c, 11, &v.Rationale)
	many(c, 12, &v.Retained, retainedAspect)
	one(c, 13, &v.Terms, terms)
	text(c, 14, &v.Framework)
	texts(c, 15, &v.Domains)
	many(c, 16, &v.Gateways, gatewayPlan)
	text(c, 17, &v.Plan)
	many(c, 18, &v.Results, transferResult)
	text(c, 19, &v.Residue)
	one(c, 20, &v.Notice, notice)
	text(c, 21, &v.Reverses)
}

func transferAmended(c *coder, v *domain.TransferAmended) {
	text(c, 1, &v.ID)
	texts(c, 2, &v.Footprints)
	texts(c, 3, &v.Roles)
	text(c, 4, &v.Instrument)
	date(c, 5, &v.EffectiveOn)
	sealed(c, 6, &v.Rationale)
	many(c, 7, &v.Retained, retainedAspect)
	text(c, 8, &v.Framework)
	texts(c, 9, &v.Domains)
	many(c, 10, &v.Gateways, gatewayPlan)
	truth(c, 11, &v.Material)
	one(c, 12, &v.Notice, notice)
}

func termsSet(c *coder, v *domain.TermsSet) {
	text(c, 1, &v.ID)
	one(c, 2, &v.Terms, terms)
	truth(c, 3, &v.Material)
}

func transferScheduled(c *coder, v *domain.TransferScheduled) {
	text(c, 1, &v.ID)
	date(c, 2, &v.EffectiveOn)
}

func transferCompleted(c *coder, v *domain.TransferCompleted) {
	text(c, 1, &v.ID)
	text(c, 2, &v.Function)
	date(c, 3, &v.EffectiveOn)
	many(c, 4, &v.Changes, holdingChange)
}

func transferWithdrawn(c *coder, v *domain.TransferWithdrawn) {
	text(c, 1, &v.ID)
}

func move(c *coder, v *domain.Move) {
	text(c, 1, &v.Receiver)
	texts(c, 2, &v.Footprints)
}

func retainedAspect(c *coder, v *domain.Retained) {
	text(c, 1, &v.Role)
	text(c, 2, &v.Holder)
	text(c, 3, &v.Part)
	sealed(c, 4, &v.Description)
}

func terms(c *coder, v *domain.Terms) {
	sealed(c, 1, &v.Reserved)
	sealed(c, 2, &v.Limits)
	sealed(c, 3, &v.Liability)
	sealed(c, 4, &v.Notice)
	date(c, 5, &v.ReviewOn)
	date(c, 6, &v.EndsOn)
	truth(c, 7, &v.OnwardPermitted)
	text(c, 8, &v.AgreementRef)
	number(c, 9, &v.OnwardDepth)
	many(c, 10, &v.Money, moneyTerm)
	one(c, 11, &v.Staff, staffTerms)
	texts(c, 12, &v.Contracts)
	sealed(c, 13, &v.Liabilities)
	sealed(c, 14, &v.Records)
	many(c, 15, &v.Subcontracts, subcontract)
	text(c, 16, &v.Controller)
	text(c, 17, &v.DataAgreement)
	truth(c, 18, &v.NewLiability)
	truth(c, 19, &v.Redundancy)
	truth(c, 20, &v.NewController)
}

func gatewayPlan(c *coder, v *domain.GatewayPlan) {
	text(c, 1, &v.Code)
	text(c, 2, &v.Party)
	text(c, 3, &v.Decider)
	text(c, 4, &v.Role)
	truth(c, 5, &v.OpinionRequired)
	truth(c, 6, &v.SameLegalPerson)
}

func transferResult(c *coder, v *domain.TransferResult) {
	text(c, 1, &v.Function)
	text(c, 2, &v.Part)
	texts(c, 3, &v.Footprints)
}

func moneyTerm(c *coder, v *domain.MoneyTerm) {
	text(c, 1, &v.Class)
	truth(c, 2, &v.Recurrent)
	number(c, 3, &v.Pounds)
	text(c, 4, &v.Year)
	text(c, 5, &v.HostShare)
}

func staffTerms(c *coder, v *domain.StaffTerms) {
	number(c, 1, &v.WTE)
	truth(c, 2, &v.Stated)
	text(c, 3, &v.Employer)
	text(c, 4, &v.Mechanism)
	date(c, 5, &v.ConsultedOn)
}

func subcontract(c *coder, v *domain.Subcontract) {
	text(c, 1, &v.From)
	text(c, 2, &v.To)
	text(c, 3, &v.AgreementRef)
}
