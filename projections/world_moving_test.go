package projections_test

import (
	"slices"

	"pgregory.net/rapid"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
)

// drawMovingHistory draws a world in which, besides, areas change hands and bodies move from one to another: as in
// reorganisations, and out of order, as in corrections.
func drawMovingHistory(t *rapid.T) []domain.Event {
	j := newWorld()
	for range rapid.IntRange(1, 12).Draw(t, "transactions") {
		var facts []domain.Fact
		for range rapid.IntRange(1, 3).Draw(t, "events") {
			facts = append(facts, drawMovingFact(t))
		}
		j.commit(facts...)
	}
	return j.events
}

func drawMovingFact(t *rapid.T) domain.Fact {
	on := domain.Date(rapid.IntRange(1, worldDays).Draw(t, "effective on"))
	switch rapid.IntRange(0, 5).Draw(t, "fact") {
	case 0:
		return domain.CoverageChanged{
			Footprints: someOf(t, "covered", worldFootprints), EffectiveOn: on,
			Organisation: rapid.SampledFrom([]domain.OrganisationCode{"ICA", "ICB", "REG"}).Draw(t, "by"),
		}
	case 1:
		return domain.OrganisationMoved{
			Code: "REG", EffectiveOn: on,
			LegalParent: rapid.SampledFrom([]domain.OrganisationCode{"NAT", "ICA", "ICB"}).Draw(t, "acts for"),
		}
	default:
		changes := rapid.SliceOfN(rapid.Custom(drawChange), 1, 3).Draw(t, "changes")
		return domain.FunctionAllocated{Function: "alpha", EffectiveOn: changes[0].On, Changes: changes}
	}
}

// covers is the oracle's reading of who covers a footprint.
func covers(events []domain.Event, f domain.FootprintCode, a domain.AsOf) domain.OrganisationCode {
	var by domain.OrganisationCode
	var since domain.Date
	for _, e := range events {
		c, ok := e.Fact.(domain.CoverageChanged)
		if ok && e.No <= a.Known && c.EffectiveOn <= a.On && c.EffectiveOn >= since && slices.Contains(c.Footprints, f) {
			by, since = c.Organisation, c.EffectiveOn
		}
	}
	return by
}

// coveredBy is the oracle's reading of the footprints that a code stands for: a footprint is itself, a body stands for
// those that it, or a body that belongs to it, covers, and a national body for all.
func coveredBy(events []domain.Event, code domain.OrganisationCode, a domain.AsOf) []domain.FootprintCode {
	if slices.Contains(worldFootprints, domain.FootprintCode(code)) {
		return []domain.FootprintCode{domain.FootprintCode(code)}
	}
	var covered []domain.FootprintCode
	for _, f := range worldFootprints {
		by := covers(events, f, a)
		if a.On >= 1 && (code == domain.England || code == "NAT" || by == code || by != "" && code == "REG") {
			covered = append(covered, f)
		}
	}
	return covered
}

// personsAt is the oracle's reading of the person in law behind each body of the world.
func personsAt(events []domain.Event, a domain.AsOf) map[domain.OrganisationCode]domain.OrganisationCode {
	return map[domain.OrganisationCode]domain.OrganisationCode{
		"NAT": "NAT", "ICA": "ICA", "ICB": "ICB", "REG": actsFor(events, a),
	}
}

// actsFor is the oracle's reading of the body that the world's region acts for in law.
func actsFor(events []domain.Event, a domain.AsOf) domain.OrganisationCode {
	parent, since := domain.OrganisationCode(""), domain.Date(0)
	if a.On >= 1 {
		parent, since = "NAT", 1
	}
	for _, e := range events {
		m, ok := e.Fact.(domain.OrganisationMoved)
		if ok && e.No <= a.Known && m.EffectiveOn <= a.On && m.EffectiveOn >= since {
			parent, since = m.LegalParent, m.EffectiveOn
		}
	}
	return parent
}

// drawWay draws two points of which the second is not before the first on either clock.
func drawWay(t *rapid.T, v *projections.Views) (from, to domain.AsOf) {
	a, b := drawAsOf(t, v), drawAsOf(t, v)
	from = domain.AsOf{On: min(a.On, b.On), Known: min(a.Known, b.Known)}
	return from, domain.AsOf{On: max(a.On, b.On), Known: max(a.Known, b.Known)}
}
