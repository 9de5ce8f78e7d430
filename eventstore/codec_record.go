package eventstore

import "github.com/remit-register/remit/domain"

// recordFacts visits the fact if it is one of these.
func recordFacts(c *coder, f *domain.Fact) {
	oneof(c, 181, f, occurrenceRecorded)
	oneof(c, 182, f, corrected)
	oneof(c, 183, f, secondAwaited)
	oneof(c, 184, f, secondGiven)
	oneof(c, 185, f, secondDeclined)
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

func corrected(c *coder, v *domain.Corrected) {
	number(c, 1, &v.Event)
	text(c, 2, &v.About)
	truth(c, 3, &v.Withdrawn)
	text(c, 4, &v.Holder)
	text(c, 5, &v.Name)
	text(c, 6, &v.Covering)
	date(c, 7, &v.EffectiveOn)
	text(c, 8, &v.Source)
	many(c, 9, &v.Changes, holdingChange)
}

func secondAwaited(c *coder, v *domain.SecondAwaited) {
	text(c, 1, &v.ID)
	choice(c, &v.Command, awaitedCommands)
}

func secondGiven(c *coder, v *domain.SecondGiven) {
	text(c, 1, &v.ID)
}

func secondDeclined(c *coder, v *domain.SecondDeclined) {
	text(c, 1, &v.ID)
}
