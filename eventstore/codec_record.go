package eventstore

import "github.com/remit-register/remit/domain"

// recordFacts visits the fact if it is one of these.
func recordFacts(c *coder, f *domain.Fact) {
	oneof(c, 181, f, occurrenceRecorded)
}

func occurrenceRecorded(c *coder, v *domain.OccurrenceRecorded) {
	text(c, 1, &v.Kind)
	text(c, 2, &v.Function)
	text(c, 3, &v.Part)
	text(c, 4, &v.From)
	text(c, 5, &v.To)
	texts(c, 6, &v.Roles)
	texts(c, 7, &v.Footprints)
	date(c, 8, &v.EffectiveOn)
	text(c, 9, &v.Instrument)
	text(c, 10, &v.Arrangement)
	text(c, 11, &v.Confidence)
	text(c, 12, &v.Source)
	many(c, 13, &v.Changes, holdingChange)
}
