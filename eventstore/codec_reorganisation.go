package eventstore

import "github.com/remit-register/remit/domain"

// reorganisationFacts visits the fact if it is one of these.
func reorganisationFacts(c *coder, f *domain.Fact) {
	oneof(c, 121, f, organisationsReorganised)
	oneof(c, 122, f, holdingsDisposed)
	formerly(c, 123, f, reorganisationPlannedInTheClear)
	oneof(c, 124, f, footprintsSucceeded)
	oneof(c, 125, f, matterDisposed)
	oneof(c, 126, f, reorganisationPlanned)
}

func organisationsReorganised(c *coder, v *domain.OrganisationsReorganised) {
	text(c, 1, &v.ID)
	texts(c, 2, &v.Originals)
	texts(c, 3, &v.Results)
	many(c, 4, &v.Successions, succession)
	date(c, 5, &v.EffectiveOn)
	text(c, 6, &v.Instrument)
	text(c, 7, &v.Confidence)
	text(c, 8, &v.Source)
}

func holdingsDisposed(c *coder, v *domain.HoldingsDisposed) {
	text(c, 1, &v.Reorganisation)
	text(c, 2, &v.Disposition)
	date(c, 3, &v.EffectiveOn)
	many(c, 4, &v.Changes, holdingChange)
}

func reorganisationPlanned(c *coder, v *domain.ReorganisationPlanned) {
	text(c, 1, &v.ID)
	text(c, 2, &v.Kind)
	texts(c, 3, &v.Originals)
	texts(c, 4, &v.Results)
	date(c, 5, &v.EffectiveOn)
	text(c, 6, &v.Instrument)
	text(c, 7, &v.Confidence)
	text(c, 8, &v.Source)
	sealed(c, 9, &v.Note)
	text(c, 10, &v.PublishedNote)
}

// reorganisationPlannedInTheClear visits remit.event.v1.ReorganisationPlanned, the form of the first version: its note
// was in the clear, whoever wrote it, and so it stays.
func reorganisationPlannedInTheClear(c *coder, v *domain.ReorganisationPlanned) {
	text(c, 1, &v.ID)
	text(c, 2, &v.Kind)
	texts(c, 3, &v.Originals)
	texts(c, 4, &v.Results)
	date(c, 5, &v.EffectiveOn)
	text(c, 6, &v.Instrument)
	text(c, 7, &v.Confidence)
	text(c, 8, &v.Source)
	text(c, 9, &v.PublishedNote)
}

func footprintsSucceeded(c *coder, v *domain.FootprintsSucceeded) {
	text(c, 1, &v.Reorganisation)
	many(c, 2, &v.Successions, footprintSuccession)
	date(c, 3, &v.EffectiveOn)
}

func succession(c *coder, v *domain.Succession) {
	text(c, 1, &v.Predecessor)
	text(c, 2, &v.Successor)
	text(c, 3, &v.Kind)
	text(c, 4, &v.Share)
}

func footprintSuccession(c *coder, v *domain.FootprintSuccession) {
	text(c, 1, &v.Predecessor)
	text(c, 2, &v.Successor)
	text(c, 3, &v.Share)
}

func matterDisposed(c *coder, v *domain.MatterDisposed) {
	text(c, 1, &v.Reorganisation)
	one(c, 2, &v.Matter, matter)
	text(c, 3, &v.Disposition)
	text(c, 4, &v.From)
	text(c, 5, &v.To)
	date(c, 6, &v.EffectiveOn)
	many(c, 7, &v.Gateways, gatewayPlan)
	many(c, 8, &v.Shares, move)
}

func matter(c *coder, v *domain.Matter) {
	text(c, 1, &v.Kind)
	text(c, 2, &v.ID)
}
