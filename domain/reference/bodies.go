package reference

import (
	"fmt"
	"slices"

	"github.com/remit-register/remit/domain"
)

// addDefinitions adds what has no date of its own: instruments, then functions.
func (b *builder) addDefinitions() {
	for _, command := range b.instruments {
		var bodies []domain.OrganisationCode
		for _, exclusion := range command.Details.Exclusions {
			bodies = append(bodies, exclusion.Body)
		}
		b.define(command, "register "+string(command.Code), bodies)
	}
	for _, command := range b.functions {
		var bodies []domain.OrganisationCode
		for _, basis := range command.Details.LegalBasis {
			bodies = append(bodies, basis.Binds)
		}
		b.define(command, "define "+string(command.Code), bodies)
	}
}

// addBodies adds the bodies that no reorganisation establishes, their later names, and the parents that they get
// otherwise than at their opening or by a reorganisation.
func (b *builder) addBodies() {
	for _, o := range b.organisations {
		if !b.isEstablishedByReorganisation(o.Code) {
			b.add(o.From, b.establish(o), "establish "+string(o.Code))
		}
	}
	for _, command := range b.renames {
		b.add(command.EffectiveOn, command, "rename "+string(command.Code))
	}
	for _, m := range b.memberships {
		if m.From > b.organisation(m.Organisation).From && !b.isMovedByReorganisation(m) {
			b.add(m.From, domain.MoveOrganisation{
				Code: m.Organisation, Parent: m.Parent, EffectiveOn: m.From, Source: membershipSource,
			}, fmt.Sprintf("move %s to %s", m.Organisation, m.Parent))
		}
	}
}

// membershipSource and areaSource are cited for the facts of files that have no column for a source.
const (
	membershipSource = "ODS directory, trusts by ICB and ICBs by region"
	areaSource       = "ODS directory, sub-ICB locations by ICB"
)

func (b *builder) establish(o organisation) domain.EstablishOrganisation {
	return domain.EstablishOrganisation{
		Code: o.Code, Name: o.Name, Tier: o.Tier, Form: o.Form, LegalPerson: o.LegalPerson, LegalParent: o.LegalParent,
		Parent: b.parentOf(o.Code, o.From), EffectiveOn: o.From, Confidence: o.Confidence, Source: o.Source,
	}
}

func (b *builder) isEstablishedByReorganisation(code domain.OrganisationCode) bool {
	return slices.ContainsFunc(b.reorganisations, func(r reorganisation) bool { return slices.Contains(r.Establishes, code) })
}

func (b *builder) isMovedByReorganisation(m membership) bool {
	return slices.ContainsFunc(b.reorganisations, func(r reorganisation) bool { return r.takesOver(m.From, m.Parent) })
}

// takesOver tells whether what belongs to a body from a date on does so by the reorganisation.
func (r reorganisation) takesOver(from domain.Date, by domain.OrganisationCode) bool {
	return from == r.On && slices.ContainsFunc(r.Successions, func(s domain.Succession) bool { return s.Successor == by })
}

// addReorganisations adds the reorganisations. On one date those of trusts come first, so that a trust that ends with
// its ICB has ended before its ICB does.
func (b *builder) addReorganisations() {
	for _, r := range b.reorganisations {
		b.add(r.On, b.reorganise(r), "reorganise "+r.ID)
	}
}

func (b *builder) reorganise(r reorganisation) domain.Reorganise {
	command := domain.Reorganise{
		Ends: r.Ends, Successions: r.Successions, FootprintSuccessions: r.FootprintSuccessions,
		Dispositions: r.Dispositions, EffectiveOn: r.On, Instrument: r.Instrument, Confidence: r.Confidence, Source: r.Source,
	}
	for _, code := range r.Establishes {
		body := b.organisation(code).NewBody
		body.Parent = b.parentOf(code, r.On)
		command.Establish = append(command.Establish, body)
	}
	for _, m := range b.memberships {
		if r.takesOver(m.From, m.Parent) && b.organisation(m.Organisation).From < r.On {
			command.Moves = append(command.Moves, domain.BodyMove{Code: m.Organisation, Parent: m.Parent})
		}
	}
	var taken []coverage
	for _, c := range b.coverage {
		if r.takesOver(c.From, c.Organisation) {
			taken = append(taken, c)
		}
	}
	command.Coverage = byBody(taken)
	command.OpenFootprints = b.opening(taken)
	return command
}

// addPopulations adds how many people the boards cover, on each basis.
func (b *builder) addPopulations() {
	for _, command := range b.populations {
		b.add(command.EffectiveOn, command, fmt.Sprintf("population %s %s %d", command.Organisation, command.Basis, command.Year))
	}
}

// addFootprints adds the footprints that no reorganisation opens, one command for each date.
func (b *builder) addFootprints() {
	byDate := map[domain.Date][]coverage{}
	var dates []domain.Date
	for _, c := range b.coverage {
		if slices.ContainsFunc(b.reorganisations, func(r reorganisation) bool { return r.takesOver(c.From, c.Organisation) }) {
			continue
		}
		if byDate[c.From] == nil {
			dates = append(dates, c.From)
		}
		byDate[c.From] = append(byDate[c.From], c)
	}
	for _, date := range dates {
		b.add(date, domain.ChangeFootprints{
			Open: b.opening(byDate[date]), Coverage: byBody(byDate[date]), EffectiveOn: date, Source: areaSource,
		}, "open footprints")
	}
}

// opening returns the footprints that open on the day on which their coverage begins.
func (b *builder) opening(covered []coverage) []domain.NewFootprint {
	var opening []domain.NewFootprint
	for _, c := range covered {
		for _, f := range b.footprints {
			if f.Code == c.Footprint && f.From == c.From {
				opening = append(opening, f.NewFootprint)
			}
		}
	}
	return opening
}

// byBody gathers what each body covers, in the order in which the bodies first appear.
func byBody(list []coverage) []domain.Coverage {
	var result []domain.Coverage
	for _, c := range list {
		i := slices.IndexFunc(result, func(x domain.Coverage) bool { return x.Organisation == c.Organisation })
		if i < 0 {
			result = append(result, domain.Coverage{Organisation: c.Organisation})
			i = len(result) - 1
		}
		result[i].Footprints = append(result[i].Footprints, c.Footprint)
	}
	return result
}
