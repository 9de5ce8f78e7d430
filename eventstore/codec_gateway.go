package eventstore

import "github.com/remit-register/remit/domain"

// gatewayFacts visits the fact if it is one of these.
func gatewayFacts(c *coder, f *domain.Fact) {
	oneof(c, 231, f, readinessAssessed)
	oneof(c, 232, f, opinionRecorded)
	oneof(c, 233, f, gatewayDecided)
	oneof(c, 234, f, conditionEvidenced)
	oneof(c, 235, f, conditionDischarged)
	oneof(c, 236, f, conditionWaived)
	oneof(c, 237, f, packageFormed)
	oneof(c, 238, f, frameworkSet)
}

func readinessAssessed(c *coder, v *domain.ReadinessAssessed) {
	text(c, 1, &v.ID)
	text(c, 2, &v.Party)
	many(c, 3, &v.Ratings, domainRating)
}

func opinionRecorded(c *coder, v *domain.OpinionRecorded) {
	text(c, 1, &v.ID)
	text(c, 2, &v.Gateway)
	one(c, 3, &v.Opinion, opinion)
}

func gatewayDecided(c *coder, v *domain.GatewayDecided) {
	text(c, 1, &v.ID)
	text(c, 2, &v.Gateway)
	text(c, 3, &v.Decision)
	text(c, 4, &v.DecidedBy)
	date(c, 5, &v.DecidedOn)
	sealed(c, 6, &v.Rationale)
	one(c, 7, &v.Authority, authority)
	many(c, 8, &v.Opinions, opinion)
	many(c, 9, &v.Conditions, condition)
	text(c, 10, &v.State)
	texts(c, 11, &v.Statements)
	text(c, 12, &v.Package)
}

func conditionEvidenced(c *coder, v *domain.ConditionEvidenced) {
	text(c, 1, &v.ID)
	text(c, 2, &v.Condition)
	many(c, 3, &v.Evidence, evidence)
}

func conditionDischarged(c *coder, v *domain.ConditionDischarged) {
	text(c, 1, &v.ID)
	text(c, 2, &v.Condition)
}

func conditionWaived(c *coder, v *domain.ConditionWaived) {
	text(c, 1, &v.ID)
	text(c, 2, &v.Condition)
}

func domainRating(c *coder, v *domain.DomainRating) {
	text(c, 1, &v.Domain)
	text(c, 2, &v.Rating)
	sealed(c, 3, &v.Comment)
	many(c, 4, &v.Evidence, evidence)
}

func opinion(c *coder, v *domain.Opinion) {
	text(c, 1, &v.By)
	text(c, 2, &v.Opinion)
	sealed(c, 3, &v.Text)
}

func authority(c *coder, v *domain.Authority) {
	text(c, 1, &v.Body)
	date(c, 2, &v.MeetingOn)
	text(c, 3, &v.MinuteRef)
	truth(c, 4, &v.Quorate)
	sealedList(c, 5, &v.Interests)
	sealedList(c, 6, &v.Recusals)
}

func condition(c *coder, v *domain.Condition) {
	text(c, 1, &v.ID)
	sealed(c, 2, &v.Description)
	text(c, 3, &v.Owner)
	date(c, 4, &v.DueOn)
	text(c, 5, &v.Timing)
}

func evidence(c *coder, v *domain.Evidence) {
	sealed(c, 1, &v.Title)
	sealed(c, 2, &v.URI)
	text(c, 3, &v.SHA256)
	date(c, 4, &v.ExpiresOn)
}
