package projections

import (
	"cmp"
	"maps"
	"slices"

	"github.com/remit-register/remit/domain"
)

const (
	// fewestPeers is how many footprints a function must have for one of them to differ from the others.
	fewestPeers = 10
	// mostOutliers is the part of them, one in so many, that differs at most.
	mostOutliers = 10
)

// outliers finds footprints in which a role is held on another tier than nearly everywhere else.
func (x *inquiry) outliers() {
	for _, code := range slices.Sorted(maps.Keys(x.functions)) {
		f := x.functions[code]
		if f.since == 0 || !x.asksFor(code) {
			continue
		}
		for _, subject := range sortedSubjects(f) {
			for i, role := range domain.Roles() {
				if f.details.RuleOf(role) == domain.RuleSole {
					x.outliersOf(f, subject, role, f.held(subject, int8(i)))
				}
			}
		}
	}
}

func sortedSubjects(f *functionTally) []domain.Subject {
	return slices.SortedFunc(maps.Keys(f.cells), func(a, b domain.Subject) int {
		return cmp.Or(cmp.Compare(a.Function, b.Function), cmp.Compare(a.Part, b.Part))
	})
}

// held returns who holds a role alone, by footprint.
func (f *functionTally) held(subject domain.Subject, role int8) map[domain.FootprintCode]held {
	holders := map[domain.FootprintCode]held{}
	for footprint, t := range f.cells[subject] {
		if h := t.alone[role]; h.holding != nil {
			holders[footprint] = h
		}
	}
	return holders
}

func (x *inquiry) outliersOf(
	f *functionTally, subject domain.Subject, role domain.Role, holders map[domain.FootprintCode]held,
) {
	if len(holders) < fewestPeers {
		return
	}
	tiers := make(map[domain.Tier]int)
	for _, h := range holders {
		tiers[x.tierOf(h.holding.Named())]++
	}
	var usual domain.Tier
	for tier, n := range tiers {
		if n > tiers[usual] {
			usual = tier
		}
	}
	if mostOutliers*(len(holders)-tiers[usual]) > len(holders) {
		return
	}
	for footprint, h := range holders {
		tier := x.tierOf(h.holding.Named())
		if tier == usual {
			continue
		}
		d, isNew := x.drafts.at(findingKey{FindingOutlier, subject.Function, x.at(f, footprint), ""}, SeverityLow)
		if isNew {
			d.says("Check the record; if it is right, nothing is to be done.",
				"%s is held on another tier than nearly everywhere else", x.title(subject.Function))
		}
		d.details[string(role)+" is "+string(h.holding.Named())+" ("+string(tier)+"), elsewhere on the tier "+string(usual)] = true
		d.in(footprint)
		d.involves(h.holding.Named())
		d.seen(h.from, h.no)
	}
}

func (x *inquiry) tierOf(code domain.OrganisationCode) domain.Tier {
	body, _ := x.views.organisations.Body(code, x.asOf.Known)
	return body.Tier
}
