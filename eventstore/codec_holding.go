package eventstore

import "github.com/remit-register/remit/domain"

func holdingChange(c *coder, v *domain.HoldingChange) {
	date(c, 1, &v.On)
	many(c, 2, &v.Subjects, subject)
	texts(c, 3, &v.Footprints)
	texts(c, 4, &v.Roles)
	text(c, 5, &v.Slot)
	many(c, 6, &v.Holdings, holding)
	text(c, 7, &v.TakenFrom)
	truth(c, 8, &v.Relies)
	truth(c, 9, &v.Retracts)
}

func subject(c *coder, v *domain.Subject) {
	text(c, 1, &v.Function)
	text(c, 2, &v.Part)
}

func holding(c *coder, v *domain.Holding) {
	text(c, 1, &v.Holder)
	text(c, 2, &v.ActingThrough)
	text(c, 3, &v.AccountableTo)
	text(c, 4, &v.HeldThrough)
	text(c, 5, &v.Instrument)
	text(c, 6, &v.Arrangement)
	text(c, 7, &v.Confidence)
	text(c, 8, &v.Source)
	truth(c, 9, &v.Undetermined)
}
