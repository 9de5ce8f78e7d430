package eventstore

import "github.com/remit-register/remit/domain"

// organisationFacts visits the fact if it is one of these.
func organisationFacts(c *coder, f *domain.Fact) {
	oneof(c, 101, f, organisationEstablished)
	oneof(c, 102, f, organisationRenamed)
	oneof(c, 103, f, organisationMoved)
	oneof(c, 104, f, organisationClosed)
	oneof(c, 105, f, footprintOpened)
	oneof(c, 106, f, coverageChanged)
}

func organisationEstablished(c *coder, v *domain.OrganisationEstablished) {
	text(c, 1, &v.Code)
	text(c, 2, &v.Name)
	text(c, 3, &v.Tier)
	text(c, 4, &v.Form)
	truth(c, 5, &v.LegalPerson)
	text(c, 6, &v.LegalParent)
	text(c, 7, &v.Parent)
	date(c, 8, &v.EffectiveOn)
	text(c, 9, &v.Confidence)
	text(c, 10, &v.Source)
	texts(c, 11, &v.Members)
	text(c, 12, &v.Host)
}

func organisationRenamed(c *coder, v *domain.OrganisationRenamed) {
	text(c, 1, &v.Code)
	text(c, 2, &v.Name)
	date(c, 3, &v.EffectiveOn)
	text(c, 4, &v.Instrument)
	text(c, 5, &v.Source)
}

func organisationMoved(c *coder, v *domain.OrganisationMoved) {
	text(c, 1, &v.Code)
	text(c, 2, &v.Parent)
	text(c, 3, &v.LegalParent)
	date(c, 4, &v.EffectiveOn)
	text(c, 5, &v.Source)
}

func organisationClosed(c *coder, v *domain.OrganisationClosed) {
	text(c, 1, &v.Code)
	date(c, 2, &v.EffectiveOn)
}

func footprintOpened(c *coder, v *domain.FootprintOpened) {
	text(c, 1, &v.Code)
	text(c, 2, &v.Name)
	text(c, 3, &v.Kind)
	date(c, 4, &v.EffectiveOn)
	text(c, 5, &v.Source)
}

func coverageChanged(c *coder, v *domain.CoverageChanged) {
	texts(c, 1, &v.Footprints)
	text(c, 2, &v.Organisation)
	date(c, 3, &v.EffectiveOn)
	text(c, 4, &v.Source)
}
