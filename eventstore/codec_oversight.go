package eventstore

import "github.com/remit-register/remit/domain"

// oversightFacts visits the fact if it is one of these: interventions, claims and risks.
func oversightFacts(c *coder, f *domain.Fact) {
	oneof(c, 281, f, interventionRecorded)
	oneof(c, 282, f, interventionEnded)
	oneof(c, 301, f, remitClaimed)
	oneof(c, 302, f, remitsAttested)
	oneof(c, 303, f, functionMapImported)
	oneof(c, 304, f, mapLinesProposed)
	oneof(c, 321, f, riskRaised)
	oneof(c, 322, f, riskUpdated)
	oneof(c, 323, f, riskClosed)
}

func interventionRecorded(c *coder, v *domain.InterventionRecorded) {
	text(c, 1, &v.ID)
	text(c, 2, &v.Kind)
	text(c, 3, &v.By)
	text(c, 4, &v.In)
	texts(c, 5, &v.Functions)
	sealed(c, 6, &v.Grounds)
	date(c, 7, &v.ReviewOn)
	date(c, 8, &v.EffectiveOn)
	text(c, 9, &v.Instrument)
	many(c, 10, &v.Changes, holdingChange)
}

func interventionEnded(c *coder, v *domain.InterventionEnded) {
	text(c, 1, &v.ID)
	date(c, 2, &v.EffectiveOn)
	many(c, 3, &v.Changes, holdingChange)
}

func remitClaimed(c *coder, v *domain.RemitClaimed) {
	text(c, 1, &v.ID)
	text(c, 2, &v.Claimant)
	text(c, 3, &v.Function)
	text(c, 4, &v.Part)
	texts(c, 5, &v.Footprints)
	texts(c, 6, &v.Roles)
	truth(c, 7, &v.Holds)
	date(c, 8, &v.EffectiveOn)
	sealed(c, 9, &v.Basis)
}

func remitsAttested(c *coder, v *domain.RemitsAttested) {
	text(c, 1, &v.ID)
	text(c, 2, &v.Organisation)
	date(c, 3, &v.EffectiveOn)
	number(c, 4, &v.Position)
	truth(c, 5, &v.Agrees)
	sealed(c, 6, &v.Exceptions)
}

func functionMapImported(c *coder, v *domain.FunctionMapImported) {
	text(c, 1, &v.ID)
	text(c, 2, &v.Kind)
	text(c, 3, &v.Claimant)
	text(c, 4, &v.SHA256)
	sealed(c, 5, &v.FileName)
	number(c, 6, &v.Rows)
	number(c, 7, &v.Added)
	number(c, 8, &v.Same)
	number(c, 9, &v.Differing)
}

func mapLinesProposed(c *coder, v *domain.MapLinesProposed) {
	text(c, 1, &v.ID)
	many(c, 2, &v.Lines, importLine)
}

func importLine(c *coder, v *domain.ImportLine) {
	text(c, 1, &v.Function)
	text(c, 2, &v.Part)
	text(c, 3, &v.Holder)
	texts(c, 4, &v.Footprints)
	texts(c, 5, &v.Roles)
	date(c, 6, &v.EffectiveOn)
	text(c, 7, &v.Instrument)
	text(c, 8, &v.AccountableTo)
	text(c, 9, &v.HeldThrough)
	text(c, 10, &v.Confidence)
	text(c, 11, &v.Source)
	sealed(c, 12, &v.Basis)
}

func riskRaised(c *coder, v *domain.RiskRaised) {
	text(c, 1, &v.ID)
	text(c, 2, &v.Transfer)
	text(c, 3, &v.Owner)
	number(c, 4, &v.Likelihood)
	number(c, 5, &v.Impact)
	sealed(c, 6, &v.Description)
	sealed(c, 7, &v.Mitigation)
	date(c, 8, &v.ReviewOn)
}

func riskUpdated(c *coder, v *domain.RiskUpdated) {
	text(c, 1, &v.ID)
	text(c, 2, &v.Owner)
	number(c, 3, &v.Likelihood)
	number(c, 4, &v.Impact)
	sealed(c, 5, &v.Mitigation)
	date(c, 6, &v.ReviewOn)
}

func riskClosed(c *coder, v *domain.RiskClosed) {
	text(c, 1, &v.ID)
}
