package eventstore

import "github.com/remit-register/remit/domain"

// awaitedCommands visits the command if it is one of these: those that wait for a second person. They are stored as
// they were given, so a command that gets a new field gets it at the end of its message, and is read without it for ever.
func awaitedCommands(c *coder, command *domain.Command) {
	oneof(c, 2, command, allocateFunction)
	oneof(c, 3, command, recordOccurrence)
	oneof(c, 4, command, correct)
	oneof(c, 5, command, reorganise)
	oneof(c, 6, command, erasePersonalData)
	oneof(c, 7, command, importMap)
}

func allocateFunction(c *coder, v *domain.AllocateFunction) {
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
}

func importMap(c *coder, v *domain.ImportMap) {
	text(c, 1, &v.Kind)
	text(c, 2, &v.Claimant)
	text(c, 3, &v.SHA256)
	sealed(c, 4, &v.FileName)
	number(c, 5, &v.Rows)
	many(c, 6, &v.Lines, importLine)
	text(c, 7, &v.ImportID)
}

func recordOccurrence(c *coder, v *domain.RecordOccurrence) {
	text(c, 1, &v.Kind)
	text(c, 2, &v.Function)
	text(c, 3, &v.Part)
	text(c, 4, &v.From)
	text(c, 5, &v.To)
	truth(c, 6, &v.Undetermined)
	texts(c, 7, &v.Footprints)
	texts(c, 8, &v.Roles)
	date(c, 9, &v.EffectiveOn)
	text(c, 10, &v.Instrument)
	text(c, 11, &v.Confidence)
	text(c, 12, &v.Source)
}

func correct(c *coder, v *domain.Correct) {
	number(c, 1, &v.Event)
	truth(c, 2, &v.Withdraw)
	text(c, 3, &v.Holder)
	text(c, 4, &v.Name)
	text(c, 5, &v.Covering)
	date(c, 6, &v.EffectiveOn)
	text(c, 7, &v.Source)
}

func reorganise(c *coder, v *domain.Reorganise) {
	many(c, 1, &v.Establish, newBody)
	texts(c, 2, &v.Ends)
	many(c, 3, &v.Successions, succession)
	many(c, 4, &v.Moves, bodyMove)
	many(c, 5, &v.OpenFootprints, newFootprint)
	many(c, 6, &v.FootprintSuccessions, footprintSuccession)
	many(c, 7, &v.Coverage, coverage)
	many(c, 8, &v.Dispositions, dispositionLine)
	many(c, 9, &v.Matters, matterLine)
	date(c, 10, &v.EffectiveOn)
	text(c, 11, &v.Instrument)
	text(c, 12, &v.Confidence)
	text(c, 13, &v.Source)
}

func newBody(c *coder, v *domain.NewBody) {
	text(c, 1, &v.Code)
	text(c, 2, &v.Name)
	text(c, 3, &v.Tier)
	text(c, 4, &v.Form)
	truth(c, 5, &v.LegalPerson)
	text(c, 6, &v.LegalParent)
	text(c, 7, &v.Parent)
	texts(c, 8, &v.Members)
	text(c, 9, &v.Host)
}

func bodyMove(c *coder, v *domain.BodyMove) {
	text(c, 1, &v.Code)
	text(c, 2, &v.Parent)
	text(c, 3, &v.LegalParent)
}

func newFootprint(c *coder, v *domain.NewFootprint) {
	text(c, 1, &v.Code)
	text(c, 2, &v.Name)
	text(c, 3, &v.Kind)
}

func coverage(c *coder, v *domain.Coverage) {
	text(c, 1, &v.Organisation)
	texts(c, 2, &v.Footprints)
}

func dispositionLine(c *coder, v *domain.DispositionLine) {
	text(c, 1, &v.From)
	text(c, 2, &v.To)
	text(c, 3, &v.Disposition)
	texts(c, 4, &v.Functions)
	texts(c, 5, &v.Footprints)
	texts(c, 6, &v.Roles)
}

func matterLine(c *coder, v *domain.MatterLine) {
	text(c, 1, &v.From)
	text(c, 2, &v.To)
	text(c, 3, &v.Disposition)
	texts(c, 4, &v.Kinds)
	many(c, 5, &v.Matters, matter)
}
