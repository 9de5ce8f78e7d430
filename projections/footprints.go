package projections

import (
	"slices"

	"github.com/remit-register/remit/domain"
)

// FootprintView is a listed footprint on a date, as known.
type FootprintView struct {
	Code domain.FootprintCode
	Name string
	Kind domain.FootprintKind
	// IsOpen tells whether the footprint exists on the date.
	IsOpen bool
	// OpenedOn is when it first began, ClosedOn from when it no longer exists: zero while no end is recorded.
	OpenedOn, ClosedOn domain.Date
	// CoveredBy is the body that covers it on the date, "" for none; Covered are those bodies one after the other;
	// times without one are left out.
	CoveredBy domain.OrganisationCode
	Covered   []Period[domain.OrganisationCode]
	// Region is the region of the body that covers it.
	Region domain.OrganisationCode
	// Predecessors and Successors are the successions by which it followed others, and others follow it.
	Predecessors, Successors []domain.RecordedFootprintSuccession
}

// FootprintQuery asks for listed footprints. Empty fields limit nothing. The footprints of bodies' own operations are
// not listed: they are there as long as their bodies are.
type FootprintQuery struct {
	AsOf domain.AsOf
	Kind domain.FootprintKind
	// Organisation limits the answer to footprints that this body covers, itself or through those that belong to it.
	Organisation domain.OrganisationCode
	// OpenOnly leaves out footprints that do not exist on the date.
	OpenOnly bool
	// After is the last footprint of the page before, "" for the first page.
	After domain.FootprintCode
	// Limit is the most footprints of a page, 0 for no limit.
	Limit int
}

// FootprintPage is a page of footprints, by code.
type FootprintPage struct {
	AsOf       domain.AsOf
	Footprints []FootprintView
	// Next is where the next page begins (see FootprintQuery.After), "" when this is the last.
	Next domain.FootprintCode
}

// Footprint returns a listed footprint on a date, as known, with the AsOf as resolved. It refuses with
// domain.UnknownFootprint.
func (v *Views) Footprint(code domain.FootprintCode, a domain.AsOf) (FootprintView, domain.AsOf, error) {
	var view FootprintView
	err := v.read(a, func(pinned domain.AsOf) error {
		a = pinned
		fp, ok := v.organisations.Footprint(code, a.Known)
		if !ok {
			return v.unknownFootprint(code, a.Known, "List the footprints to see their codes.")
		}
		view = v.newGazetteer(a).footprint(fp)
		return nil
	})
	return view, a, err
}

// Footprints lists footprints. It refuses with domain.UnknownOrganisation, and with domain.InvalidArgument for a
// position not reached yet.
func (v *Views) Footprints(q FootprintQuery) (FootprintPage, error) {
	var page FootprintPage
	err := v.read(q.AsOf, func(a domain.AsOf) error {
		if _, ok := v.organisations.Body(q.Organisation, a.Known); q.Organisation != "" && !ok {
			return v.unknownOrganisation(q.Organisation, a.Known)
		}
		page = v.newGazetteer(a).footprintPage(q)
		return nil
	})
	return page, err
}

func (g *gazetteer) footprintPage(q FootprintQuery) FootprintPage {
	page := FootprintPage{AsOf: g.asOf}
	for _, fp := range g.register.Footprints(g.asOf.Known) {
		if fp.Code <= q.After || !g.letsFootprint(q, fp) {
			continue
		}
		if q.Limit > 0 && len(page.Footprints) == q.Limit {
			page.Next = page.Footprints[q.Limit-1].Code
			break
		}
		page.Footprints = append(page.Footprints, g.footprint(fp))
	}
	return page
}

func (g *gazetteer) letsFootprint(q FootprintQuery, fp domain.Footprint) bool {
	switch {
	case q.Kind != "" && fp.Kind != q.Kind:
		return false
	case q.OpenOnly && !fp.IsOpen(g.asOf):
		return false
	case q.Organisation != "":
		by := valueAt(fp.CoveredBy, g.asOf)
		return by != "" && slices.Contains(g.register.Ancestors(by, g.asOf), q.Organisation)
	}
	return true
}

func (g *gazetteer) footprint(fp domain.Footprint) FootprintView {
	view := FootprintView{
		Code: fp.Code, Name: fp.Name, Kind: fp.Kind, IsOpen: fp.IsOpen(g.asOf),
		CoveredBy: valueAt(fp.CoveredBy, g.asOf), Covered: relationsOf(fp.CoveredBy, g.asOf.Known),
	}
	view.OpenedOn, view.ClosedOn = lifeOf(periodsOf(fp.Open, g.asOf.Known))
	if view.CoveredBy != "" {
		view.Region, _ = g.register.RegionOf(view.CoveredBy, g.asOf)
	}
	for _, s := range g.footprintSuccessions {
		if s.Successor == fp.Code {
			view.Predecessors = append(view.Predecessors, s)
		}
		if s.Predecessor == fp.Code {
			view.Successors = append(view.Successors, s)
		}
	}
	return view
}
