package domain

import (
	"cmp"
	"slices"
)

// maxAncestors bounds a walk up the parents: a real tree is far shallower, a recorded circle must not hang.
const maxAncestors = 16

// LegalPersonOf returns the person in law behind a body at a: itself, or the one that it acts for. False when there
// is none.
func (o *Organisations) LegalPersonOf(code OrganisationCode, a AsOf) (OrganisationCode, bool) {
	for range maxAncestors {
		body, ok := o.Body(code, a.Known)
		if !ok {
			return "", false
		}
		if body.LegalPerson {
			return code, true
		}
		parent, ok := body.LegalParent.At(a)
		if !ok || parent.Value == "" {
			return "", false
		}
		code = parent.Value
	}
	return "", false
}

// actsFor tells whether a body is another one, or acts for it, directly or through others.
func (o *Organisations) actsFor(code, other OrganisationCode, a AsOf) bool {
	for range maxAncestors {
		if code == other {
			return true
		}
		body, ok := o.Body(code, a.Known)
		parent, has := body.LegalParent.At(a)
		if !ok || !has || parent.Value == "" {
			return false
		}
		code = parent.Value
	}
	return false
}

// SameLegalPerson tells whether two bodies are one person in law at a.
func (o *Organisations) SameLegalPerson(x, y OrganisationCode, a AsOf) bool {
	px, okx := o.LegalPersonOf(x, a)
	py, oky := o.LegalPersonOf(y, a)
	return okx && oky && px == py
}

// Ancestors returns the body and those that it belongs to at a, from the bottom up.
func (o *Organisations) Ancestors(code OrganisationCode, a AsOf) []OrganisationCode {
	chain := []OrganisationCode{code}
	for len(chain) < maxAncestors {
		body, ok := o.Body(code, a.Known)
		if !ok {
			return chain
		}
		parent, ok := body.Parent.At(a)
		if !ok || parent.Value == "" || slices.Contains(chain, parent.Value) {
			return chain
		}
		code = parent.Value
		chain = append(chain, code)
	}
	return chain
}

// RegionOf returns the region that a body belongs to, or is, at a.
func (o *Organisations) RegionOf(code OrganisationCode, a AsOf) (OrganisationCode, bool) {
	for _, ancestor := range o.Ancestors(code, a) {
		if body, ok := o.Body(ancestor, a.Known); ok && body.Tier == TierRegional {
			return ancestor, true
		}
	}
	return "", false
}

// Minister returns the Secretary of State at a.
func (o *Organisations) Minister(a AsOf) (OrganisationCode, bool) {
	for _, body := range o.Bodies(a.Known) {
		if body.Form == FormMinister && body.IsOpen(a) {
			return body.Code, true
		}
	}
	return "", false
}

// Expand returns the footprints of a function that a request by code means at a, sorted: a footprint is itself, a body
// stands for what it covers, "ENG" and national bodies for everything. False when nothing has that code.
//
// For a function of own operations a body of a tier that the function is about is itself; another body stands for
// those that belong to it.
func (o *Organisations) Expand(details FunctionDetails, code FootprintCode, a AsOf) ([]FootprintCode, bool) {
	if fp, ok := o.Footprint(code, a.Known); ok {
		if fp.Kind != details.FootprintKind {
			return nil, true
		}
		return []FootprintCode{code}, true
	}
	body, isBody := o.Body(OrganisationCode(code), a.Known)
	if !isBody && code != England {
		return nil, false
	}
	if details.FootprintKind == KindOwnOperation {
		return o.ownOperations(details, code, body, a), true
	}
	return o.areas(details.FootprintKind, code, body, a), true
}

func (o *Organisations) areas(kind FootprintKind, code FootprintCode, body Organisation, a AsOf) []FootprintCode {
	var codes []FootprintCode
	everything := code == England || body.Tier == TierNational
	for _, fp := range o.Footprints(a.Known) {
		if fp.Kind != kind || !fp.IsOpen(a) {
			continue
		}
		if everything || o.isCoveredBy(fp, body.Code, a) {
			codes = append(codes, fp.Code)
		}
	}
	return codes
}

func (o *Organisations) isCoveredBy(fp Footprint, code OrganisationCode, a AsOf) bool {
	by, ok := fp.CoveredBy.At(a)
	return ok && by.Value != "" && slices.Contains(o.Ancestors(by.Value, a), code)
}

func (o *Organisations) ownOperations(
	details FunctionDetails, code FootprintCode, body Organisation, a AsOf,
) []FootprintCode {
	if code != England && slices.Contains(details.OwnOperationOf, body.Tier) {
		return []FootprintCode{code}
	}
	var codes []FootprintCode
	everything := code == England || body.Tier == TierNational
	for _, member := range o.Bodies(a.Known) {
		if !slices.Contains(details.OwnOperationOf, member.Tier) || !member.IsOpen(a) {
			continue
		}
		if everything || slices.Contains(o.Ancestors(member.Code, a), body.Code) {
			codes = append(codes, FootprintCode(member.Code))
		}
	}
	slices.SortFunc(codes, func(x, y FootprintCode) int { return cmp.Compare(x, y) })
	return codes
}

// FootprintOpen tells whether a footprint of a function exists at a: one that is listed, or an open body whose own
// operation the function is about.
func (o *Organisations) FootprintOpen(details FunctionDetails, code FootprintCode, a AsOf) bool {
	if fp, ok := o.Footprint(code, a.Known); ok {
		return fp.Kind == details.FootprintKind && fp.IsOpen(a)
	}
	body, ok := o.Body(OrganisationCode(code), a.Known)
	return ok && details.FootprintKind == KindOwnOperation && body.IsOpen(a) &&
		slices.Contains(details.OwnOperationOf, body.Tier)
}

// Heirs returns the body itself while it is open at a, or else the open bodies that followed it, sorted.
func (o *Organisations) Heirs(code OrganisationCode, a AsOf) []OrganisationCode {
	var heirs []OrganisationCode
	seen := map[OrganisationCode]bool{}
	var follow func(OrganisationCode)
	follow = func(code OrganisationCode) {
		body, known := o.Body(code, a.Known)
		if seen[code] || !known {
			return
		}
		seen[code] = true
		if body.IsOpen(a) {
			heirs = append(heirs, code)
			return
		}
		for _, s := range o.Successions(a.Known) {
			if s.Predecessor == code && s.EffectiveOn <= a.On {
				follow(s.Successor)
			}
		}
	}
	follow(code)
	slices.Sort(heirs)
	return heirs
}

// withHeirs returns the footprints and all that followed any of them by a.
func (o *Organisations) withHeirs(footprints []FootprintCode, a AsOf) []FootprintCode {
	all := slices.Clone(footprints)
	for i := 0; i < len(all); i++ {
		for _, s := range o.FootprintSuccessions(a.Known) {
			if s.Predecessor == all[i] && s.EffectiveOn <= a.On && !slices.Contains(all, s.Successor) {
				all = append(all, s.Successor)
			}
		}
	}
	return all
}
