package projections

import (
	"cmp"
	"slices"

	"github.com/remit-register/remit/domain"
)

// Period is one value of a dated fact, for as long as it holds as known.
type Period[V any] struct {
	From domain.Date
	// To is the date from which something else holds, zero while the period is open.
	To    domain.Date
	Value V
	// Event recorded it.
	Event domain.EventNo
}

// periodsOf returns the values of a dated fact one after the other, as known.
func periodsOf[V any](t domain.Timeline[V], known domain.EventNo) []Period[V] {
	points := t.Known(known)
	periods := make([]Period[V], 0, len(points))
	for i, p := range points {
		period := Period[V]{From: p.From, Value: p.Value, Event: p.No}
		if i+1 < len(points) {
			period.To = points[i+1].From
		}
		periods = append(periods, period)
	}
	return periods
}

// relationsOf returns the bodies of a relation one after the other, as known; where there was none, it has a gap.
func relationsOf(t domain.Timeline[domain.OrganisationCode], known domain.EventNo) []Period[domain.OrganisationCode] {
	none := func(p Period[domain.OrganisationCode]) bool { return p.Value == "" }
	return slices.DeleteFunc(periodsOf(t, known), none)
}

// OrganisationView is a body on a date, as known, with its history.
type OrganisationView struct {
	Code        domain.OrganisationCode
	Name        string
	Tier        domain.Tier
	Form        domain.Form
	LegalPerson bool
	Confidence  domain.Confidence
	Source      string
	// Revision counts the events about the body, as known.
	Revision uint64
	// IsOpen tells whether the body exists on the date.
	IsOpen bool
	// OpenedOn is when it first began, ClosedOn from when it no longer exists: zero while no end is recorded.
	OpenedOn, ClosedOn domain.Date
	// Parent is the body that it belongs to, Region the region that it belongs to or is, LegalParent the one that it
	// acts for, and Person the person in law behind it (itself, if it is one); "" for none.
	Parent, Region, LegalParent, Person domain.OrganisationCode
	// Names, Parents and LegalParents are those facts one after the other; times without a parent are left out.
	Names        []Period[string]
	Parents      []Period[domain.OrganisationCode]
	LegalParents []Period[domain.OrganisationCode]
	// Coverage are the footprints that it covers itself on the date; Members the open bodies that belong to it.
	Coverage []domain.FootprintCode
	Members  []domain.OrganisationCode
	// JointMembers are the bodies whose joint committee, cluster or partnership it is, Host the one of them that hosts it;
	// none and "" for others. They are those with which it was established: they never change.
	JointMembers []domain.OrganisationCode
	Host         domain.OrganisationCode
	// Predecessors and Successors are the successions by which it followed others, and others follow it.
	Predecessors, Successors []domain.RecordedSuccession
	// Planned are the announced reorganisations that name it.
	Planned []domain.PlannedReorganisation
}

// OrganisationQuery asks for bodies. Empty fields limit nothing.
type OrganisationQuery struct {
	AsOf  domain.AsOf
	Tiers []domain.Tier
	// Parent limits the answer to bodies that belong to this one directly.
	Parent domain.OrganisationCode
	// Region limits the answer to bodies that belong to this region, or are it.
	Region domain.OrganisationCode
	// OpenOnly leaves out bodies that do not exist on the date.
	OpenOnly bool
	// After is the last body of the page before, "" for the first page.
	After domain.OrganisationCode
	// Limit is the most bodies of a page, 0 for no limit.
	Limit int
}

// OrganisationPage is a page of bodies, by code.
type OrganisationPage struct {
	AsOf          domain.AsOf
	Organisations []OrganisationView
	// Next is where the next page begins (see OrganisationQuery.After), "" when this is the last.
	Next domain.OrganisationCode
}

// Organisation returns a body on a date, as known, with the AsOf as resolved. A body that does not exist on the date
// is answered with what is known of it. It refuses with domain.UnknownOrganisation.
func (v *Views) Organisation(
	code domain.OrganisationCode, a domain.AsOf,
) (OrganisationView, domain.AsOf, error) {
	var view OrganisationView
	err := v.read(a, func(pinned domain.AsOf) error {
		a = pinned
		body, ok := v.organisations.Body(code, a.Known)
		if !ok {
			return v.unknownOrganisation(code, a.Known)
		}
		view = v.newGazetteer(a).organisation(body)
		return nil
	})
	return view, a, err
}

// Organisations lists bodies. It refuses with domain.UnknownOrganisation for a parent or region that is not known, and
// with domain.InvalidArgument for a position not reached yet.
func (v *Views) Organisations(q OrganisationQuery) (OrganisationPage, error) {
	var page OrganisationPage
	err := v.read(q.AsOf, func(a domain.AsOf) error {
		for _, code := range []domain.OrganisationCode{q.Parent, q.Region} {
			if _, ok := v.organisations.Body(code, a.Known); code != "" && !ok {
				return v.unknownOrganisation(code, a.Known)
			}
		}
		page = v.newGazetteer(a).page(q)
		return nil
	})
	return page, err
}

// gazetteer describes bodies and footprints as of one point on both clocks.
type gazetteer struct {
	register             *domain.Organisations
	events               *eventIndex
	asOf                 domain.AsOf
	bodies               []domain.Organisation
	successions          []domain.RecordedSuccession
	footprintSuccessions []domain.RecordedFootprintSuccession
	planned              []domain.PlannedReorganisation
	coverage             map[domain.OrganisationCode][]domain.FootprintCode
	members              map[domain.OrganisationCode][]domain.OrganisationCode
}

// newGazetteer gathers what every description needs; the caller holds the lock as long as it is used.
func (v *Views) newGazetteer(a domain.AsOf) *gazetteer {
	g := &gazetteer{
		register: v.organisations, events: &v.events, asOf: a,
		bodies:               v.organisations.Bodies(a.Known),
		successions:          v.organisations.Successions(a.Known),
		footprintSuccessions: v.organisations.FootprintSuccessions(a.Known),
		planned:              v.organisations.Planned(a.Known),
		coverage:             map[domain.OrganisationCode][]domain.FootprintCode{},
		members:              map[domain.OrganisationCode][]domain.OrganisationCode{},
	}
	for _, fp := range v.organisations.Footprints(a.Known) {
		if by, ok := fp.CoveredBy.At(a); ok && by.Value != "" && fp.IsOpen(a) {
			g.coverage[by.Value] = append(g.coverage[by.Value], fp.Code)
		}
	}
	for _, body := range g.bodies {
		if parent, ok := body.Parent.At(a); ok && parent.Value != "" && body.IsOpen(a) {
			g.members[parent.Value] = append(g.members[parent.Value], body.Code)
		}
	}
	return g
}

func (g *gazetteer) page(q OrganisationQuery) OrganisationPage {
	page := OrganisationPage{AsOf: g.asOf}
	for _, body := range g.bodies {
		if body.Code <= q.After || !g.lets(q, body) {
			continue
		}
		if q.Limit > 0 && len(page.Organisations) == q.Limit {
			page.Next = page.Organisations[q.Limit-1].Code
			break
		}
		page.Organisations = append(page.Organisations, g.organisation(body))
	}
	return page
}

func (g *gazetteer) lets(q OrganisationQuery, body domain.Organisation) bool {
	switch {
	case len(q.Tiers) > 0 && !slices.Contains(q.Tiers, body.Tier):
		return false
	case q.OpenOnly && !body.IsOpen(g.asOf):
		return false
	case q.Parent != "" && valueAt(body.Parent, g.asOf) != q.Parent:
		return false
	case q.Region != "":
		region, _ := g.register.RegionOf(body.Code, g.asOf)
		return region == q.Region
	}
	return true
}

func valueAt[V any](t domain.Timeline[V], a domain.AsOf) V {
	p, _ := t.At(a)
	return p.Value
}

func (g *gazetteer) organisation(body domain.Organisation) OrganisationView {
	a := g.asOf
	view := OrganisationView{
		Code: body.Code, Tier: body.Tier, Form: body.Form, LegalPerson: body.LegalPerson,
		Confidence: body.Confidence, Source: body.Source,
		Revision: uint64(len(g.events.about("organisation/"+string(body.Code), a.Known))),
		Parent:   valueAt(body.Parent, a), LegalParent: valueAt(body.LegalParent, a),
		Names: periodsOf(body.Name, a.Known), Parents: relationsOf(body.Parent, a.Known),
		LegalParents: relationsOf(body.LegalParent, a.Known),
		Coverage:     g.coverage[body.Code], Members: g.members[body.Code],
		JointMembers: body.Members, Host: body.Host,
	}
	view.Name = nameAt(view.Names, a.On)
	view.Region, _ = g.register.RegionOf(body.Code, a)
	view.Person, _ = g.register.LegalPersonOf(body.Code, a)
	view.IsOpen = body.IsOpen(a)
	view.OpenedOn, view.ClosedOn = lifeOf(periodsOf(body.Open, a.Known))
	for _, s := range g.successions {
		if s.Successor == body.Code {
			view.Predecessors = append(view.Predecessors, s)
		}
		if s.Predecessor == body.Code {
			view.Successors = append(view.Successors, s)
		}
	}
	for _, p := range g.planned {
		if slices.Contains(p.Originals, body.Code) || slices.Contains(p.Results, body.Code) {
			view.Planned = append(view.Planned, p)
		}
	}
	return view
}

// nameAt returns the name on a date: before the first one, that.
func nameAt(names []Period[string], on domain.Date) string {
	name := ""
	for _, n := range names {
		if name == "" || n.From <= on {
			name = n.Value
		}
	}
	return name
}

// lifeOf returns when something first existed, and from when it no longer does: zero when it has no end.
func lifeOf(open []Period[bool]) (opened, closed domain.Date) {
	for _, p := range open {
		if p.Value {
			opened, closed = cmp.Or(opened, p.From), 0
		} else {
			closed = p.From
		}
	}
	return opened, closed
}
