package eventstore

import "github.com/remit-register/remit/domain"

// lifeFacts visits the fact if it is one of these.
func lifeFacts(c *coder, f *domain.Fact) {
	oneof(c, 209, f, transferExplored)
	oneof(c, 210, f, optionChosen)
	oneof(c, 211, f, transferPaused)
	oneof(c, 212, f, transferResumed)
	oneof(c, 213, f, transferCalledIn)
	oneof(c, 214, f, transferReversed)
	oneof(c, 215, f, milestoneRecorded)
	oneof(c, 216, f, transferReviewed)
}

func transferExplored(c *coder, v *domain.TransferExplored) {
	text(c, 1, &v.ID)
	text(c, 2, &v.Kind)
	text(c, 3, &v.Function)
	text(c, 4, &v.Part)
	text(c, 5, &v.Sender)
	texts(c, 6, &v.Footprints)
	texts(c, 7, &v.Roles)
	date(c, 8, &v.EffectiveOn)
	many(c, 9, &v.Options, transferOption)
	sealed(c, 10, &v.Rationale)
}

func transferOption(c *coder, v *domain.TransferOption) {
	text(c, 1, &v.Code)
	text(c, 2, &v.Receiver)
	sealed(c, 3, &v.Description)
}

func optionChosen(c *coder, v *domain.OptionChosen) {
	text(c, 1, &v.ID)
	text(c, 2, &v.Option)
	text(c, 3, &v.By)
}

func transferPaused(c *coder, v *domain.TransferPaused) {
	text(c, 1, &v.ID)
}

func transferResumed(c *coder, v *domain.TransferResumed) {
	text(c, 1, &v.ID)
	text(c, 2, &v.State)
}

func transferCalledIn(c *coder, v *domain.TransferCalledIn) {
	text(c, 1, &v.ID)
	text(c, 2, &v.By)
	text(c, 3, &v.Framework)
	texts(c, 4, &v.Domains)
	many(c, 5, &v.Gateways, gatewayPlan)
}

func transferReversed(c *coder, v *domain.TransferReversed) {
	text(c, 1, &v.ID)
	text(c, 2, &v.By)
}

func milestoneRecorded(c *coder, v *domain.MilestoneRecorded) {
	text(c, 1, &v.ID)
	one(c, 2, &v.Milestone, milestone)
}

func milestone(c *coder, v *domain.Milestone) {
	text(c, 1, &v.Kind)
	texts(c, 2, &v.Footprints)
	date(c, 3, &v.PlannedOn)
	date(c, 4, &v.ActualOn)
}

func transferReviewed(c *coder, v *domain.TransferReviewed) {
	text(c, 1, &v.ID)
	date(c, 2, &v.ReviewedOn)
	many(c, 3, &v.Outcomes, outcomeMeasured)
	sealed(c, 4, &v.Conclusion)
}

func outcomeMeasured(c *coder, v *domain.Outcome) {
	text(c, 1, &v.Metric)
	text(c, 2, &v.Unit)
	text(c, 3, &v.Baseline)
	text(c, 4, &v.Target)
	text(c, 5, &v.Actual)
}
