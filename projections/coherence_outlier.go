package projections

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/remit-register/remit/domain"
)

// What makes an outlier: enough peers to speak of a usual way, and nearly all of them keeping to it.
const (
	fewestPeers     = 10
	nearlyAllTenths = 9
)

// relations is a set of relations between the body that covers a footprint and those that hold a role there: bit 0 says
// that it holds it itself, the others that a body of the tier does. It is 0 where nobody does.
type relations uint16

const (
	relationItself  relations = 1
	relationUnknown relations = 1 << 15
)

// roleTally is who holds one role in a cell, seen from the body that covers it; when that last changed, and by which
// event.
type roleTally struct {
	relations relations
	from      domain.Date
	no        domain.EventNo
}

// relate tallies the roles of what the buffer holds.
func (x *inquiry) relate(t *cellTally, covering domain.OrganisationCode) {
	for _, h := range x.buffer {
		role := &t.roles[h.role]
		role.relations |= x.relation(h.holding, covering)
		if h.from >= role.from {
			role.from, role.no = h.from, h.no
		}
	}
}

func (x *inquiry) relation(h *domain.Holding, covering domain.OrganisationCode) relations {
	if h.Undetermined {
		return relationUnknown
	}
	if h.IsHeldBy(covering) {
		return relationItself
	}
	body, _ := x.views.organisations.Body(h.Named(), x.asOf.Known)
	return relationItself << (1 + slices.Index(domain.Tiers(), body.Tier))
}

// names writes a set of relations.
func (r relations) names() string {
	var names []string
	if r&relationItself != 0 {
		names = append(names, "itself")
	}
	for i, tier := range domain.Tiers() {
		if r&(relationItself<<(1+i)) != 0 {
			names = append(names, "a body of the tier "+string(tier))
		}
	}
	return joinAnd(names)
}

// peerGroup is what the bodies of one tier have in common: each covers footprints in which something of the subject is
// held.
type peerGroup struct {
	tier   domain.Tier
	bodies []peer
}

// peer is a body with what is held in each footprint that it covers, in order.
type peer struct {
	code       domain.OrganisationCode
	footprints []domain.FootprintCode
	cells      []*cellTally
}

// outliers finds bodies for which a role is held otherwise than for nearly all their peers.
func (x *inquiry) outliers() {
	for code, f := range x.functions {
		for _, subject := range slices.SortedFunc(maps.Keys(f.cells), compareSubjects) {
			for _, group := range x.peers(f, f.cells[subject]) {
				if len(group.bodies) < fewestPeers {
					continue
				}
				for role := range domain.Roles() {
					x.outliersOf(code, group, role)
				}
			}
		}
	}
}

func compareSubjects(a, b domain.Subject) int { return cmp.Compare(a.Part, b.Part) }

// peers groups the open bodies that cover the cells of a subject by tier, in the order of their codes.
func (x *inquiry) peers(f *functionTally, cells map[domain.FootprintCode]*cellTally) map[domain.Tier]peerGroup {
	covering := make(map[domain.OrganisationCode]*peer)
	for _, footprint := range slices.Sorted(maps.Keys(cells)) {
		if !cells[footprint].any {
			continue
		}
		code := x.at(f, footprint)
		p, ok := covering[code]
		if !ok {
			p = &peer{code: code}
			covering[code] = p
		}
		p.footprints, p.cells = append(p.footprints, footprint), append(p.cells, cells[footprint])
	}
	groups := make(map[domain.Tier]peerGroup)
	for _, code := range slices.Sorted(maps.Keys(covering)) {
		body, known := x.views.organisations.Body(code, x.asOf.Known)
		if known && x.body(code).open {
			groups[body.Tier] = peerGroup{body.Tier, append(groups[body.Tier].bodies, *covering[code])}
		}
	}
	return groups
}

// outliersOf compares one role of a group. What nobody holds, or nobody knows who, is found as that.
func (x *inquiry) outliersOf(function domain.FunctionCode, group peerGroup, role int) {
	way := usualWay(group, role)
	if way.relations == 0 || way.relations&relationUnknown != 0 || len(way.kept) < group.nearlyAll() {
		return
	}
	settled := way.kept[group.nearlyAll()-1] // from when nearly all keep to it
	for _, body := range group.bodies {
		for i, footprint := range body.footprints {
			t := &body.cells[i].roles[role]
			if t.relations == way.relations || t.relations == 0 || t.relations&relationUnknown != 0 {
				continue
			}
			d, isNew := x.drafts.at(findingKey{FindingOutlier, function, body.code, ""}, SeverityLow)
			if isNew {
				d.says("Check whether it is meant; if not, correct the record or move it as its peers did.",
					"%s holds %s otherwise than nearly all its peers", x.named(body.code), x.title(function))
			}
			d.details[fmt.Sprintf("%s is %s; for %d of %d of the tier %s it is %s", domain.Roles()[role],
				t.relations.names(), len(way.kept), len(group.bodies), group.tier, way.relations.names())] = true
			d.in(footprint)
			d.seen(max(t.from, settled.from), t.no)
		}
	}
}

// nearlyAll is how many of a group are nearly all of them.
func (g peerGroup) nearlyAll() int { return (nearlyAllTenths*len(g.bodies) + 9) / 10 }

// way is how most bodies of a group have a role held in all their footprints, and since when each of them has.
type way struct {
	relations relations
	kept      []roleTally
}

func usualWay(group peerGroup, role int) way {
	kept := make(map[relations][]roleTally)
	for _, body := range group.bodies {
		own := body.cells[0].roles[role]
		differs := false
		for _, cell := range body.cells {
			t := &cell.roles[role]
			differs = differs || t.relations != own.relations
			own.from = max(own.from, t.from)
		}
		if !differs {
			kept[own.relations] = append(kept[own.relations], own)
		}
	}
	var usual way
	for _, r := range slices.Sorted(maps.Keys(kept)) {
		if len(kept[r]) > len(usual.kept) {
			usual = way{r, kept[r]}
		}
	}
	slices.SortFunc(usual.kept, func(a, b roleTally) int { return cmp.Compare(a.from, b.from) })
	return usual
}
