package eventstore

import "github.com/remit-register/remit/domain"

// instrumentFacts visits the fact if it is one of these.
func instrumentFacts(c *coder, f *domain.Fact) {
	oneof(c, 161, f, instrumentRegistered)
	oneof(c, 162, f, instrumentCommenced)
	oneof(c, 163, f, instrumentDiscarded)
}

func instrumentRegistered(c *coder, v *domain.InstrumentRegistered) {
	text(c, 1, &v.Code)
	one(c, 2, &v.Details, instrumentDetails)
}

func instrumentCommenced(c *coder, v *domain.InstrumentCommenced) {
	text(c, 1, &v.Code)
	one(c, 2, &v.Commencement, commencement)
}

func instrumentDiscarded(c *coder, v *domain.InstrumentDiscarded) {
	text(c, 1, &v.Code)
	date(c, 2, &v.EffectiveOn)
	text(c, 3, &v.ReplacedBy)
}

func instrumentDetails(c *coder, v *domain.InstrumentDetails) {
	text(c, 1, &v.Title)
	text(c, 2, &v.Power)
	text(c, 3, &v.Status)
	texts(c, 4, &v.MayCarry)
	many(c, 5, &v.Exclusions, exclusion)
	many(c, 6, &v.Commencements, commencement)
	text(c, 7, &v.Confidence)
	text(c, 8, &v.Source)
}

func commencement(c *coder, v *domain.Commencement) {
	date(c, 1, &v.On)
	texts(c, 2, &v.Footprints)
	text(c, 3, &v.Authority)
}

func exclusion(c *coder, v *domain.Exclusion) {
	text(c, 1, &v.Body)
	text(c, 2, &v.Section)
	text(c, 3, &v.Source)
}
