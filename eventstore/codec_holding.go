package eventstore

import "github.com/remit-register/remit/domain"

// oneOfEach is room for the lists of a change of one remit that one body holds, as most are.
type oneOfEach struct {
	subjects   [1]domain.Subject
	footprints [1]domain.FootprintCode
	roles      [1]domain.Role
	holdings   [1]domain.Holding
}

func holdingChange(c *coder, v *domain.HoldingChange) {
	if !c.writing {
		room := &oneOfEach{}
		v.Subjects, v.Footprints, v.Roles, v.Holdings = room.subjects[:0], room.footprints[:0], room.roles[:0], room.holdings[:0]
	}
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
