package domain

import (
	"cmp"
	"slices"
)

// Organisation is what the register knows of a body. Everything that can change is dated.
type Organisation struct {
	Code        OrganisationCode
	Tier        Tier
	Form        Form
	LegalPerson bool
	// Members are the bodies whose joint body it is, Host the one of them that hosts it.
	Members    []OrganisationCode
	Host       OrganisationCode
	Confidence Confidence
	Source     string
	Name       Timeline[string]
	Open       Timeline[bool]
	// Parent is the body it belongs to, LegalParent the one it acts for; "" for none.
	Parent      Timeline[OrganisationCode]
	LegalParent Timeline[OrganisationCode]
	// Revision counts the events about the body.
	Revision uint64
	// Known is the event that first told of the body.
	Known EventNo
}

// IsOpen tells whether the body exists at a.
func (o Organisation) IsOpen(a AsOf) bool {
	p, ok := o.Open.At(a)
	return ok && p.Value
}

// Footprint is what the register knows of a footprint of its own. The footprint of a body's own operation is not
// listed: it is there as long as the body is.
type Footprint struct {
	Code      FootprintCode
	Name      string
	Kind      FootprintKind
	Open      Timeline[bool]
	CoveredBy Timeline[OrganisationCode]
	Known     EventNo
}

// IsOpen tells whether the footprint exists at a.
func (f Footprint) IsOpen(a AsOf) bool {
	p, ok := f.Open.At(a)
	return ok && p.Value
}

// RecordedSuccession is a succession with its date and event.
type RecordedSuccession struct {
	Succession
	EffectiveOn    Date
	Event          EventNo
	Reorganisation string
}

// RecordedFootprintSuccession is a footprint's succession with its date and event.
type RecordedFootprintSuccession struct {
	FootprintSuccession
	EffectiveOn Date
	Event       EventNo
}

// PlannedReorganisation is an announced reorganisation and the event that recorded it.
type PlannedReorganisation struct {
	ReorganisationPlanned
	Event EventNo
}

// Organisations is the register of bodies and footprints, on both clocks.
type Organisations struct {
	bodies               table[OrganisationCode, Organisation]
	footprints           table[FootprintCode, Footprint]
	successions          table[struct{}, []RecordedSuccession]
	footprintSuccessions table[struct{}, []RecordedFootprintSuccession]
	planned              table[struct{}, []PlannedReorganisation]
}

// NewOrganisations returns an empty register of bodies.
func NewOrganisations() *Organisations {
	o := &Organisations{}
	o.init(nil)
	return o
}

func (o *Organisations) init(undo *undoLog) {
	o.bodies.init(undo)
	o.footprints.init(undo)
	o.successions.init(undo)
	o.footprintSuccessions.init(undo)
	o.planned.init(undo)
}

// Apply folds an event and tells whether it was about bodies or footprints.
func (o *Organisations) Apply(e *Event) bool {
	switch f := e.Fact.(type) {
	case OrganisationEstablished:
		o.established(e.No, f)
	case OrganisationRenamed:
		o.change(f.Code, func(b *Organisation) { b.Name = b.Name.With(at(f.EffectiveOn, e.No, f.Name)) })
	case OrganisationMoved:
		o.change(f.Code, func(b *Organisation) { b.moved(e.No, f) })
	case OrganisationClosed:
		o.change(f.Code, func(b *Organisation) { b.Open = b.Open.With(at(f.EffectiveOn, e.No, false)) })
	case OrganisationsReorganised:
		o.reorganised(e.No, f)
	case Corrected:
		o.corrected(e.No, f)
	case ReorganisationPlanned:
		o.planned.set(struct{}{}, grown(o.planned.m[struct{}{}], PlannedReorganisation{f, e.No}))
	default:
		return o.applyFootprint(e)
	}
	return true
}

func (o *Organisations) applyFootprint(e *Event) bool {
	switch f := e.Fact.(type) {
	case FootprintOpened:
		o.opened(e.No, f)
	case CoverageChanged:
		for _, code := range f.Footprints {
			fp := o.footprints.m[code]
			fp.CoveredBy = fp.CoveredBy.With(at(f.EffectiveOn, e.No, f.Organisation))
			o.footprints.set(code, fp)
		}
		o.change(f.Organisation, func(*Organisation) {})
	case FootprintsSucceeded:
		o.succeeded(e.No, f)
	default:
		return false
	}
	return true
}

func at[V any](on Date, no EventNo, v V) Point[V] { return Point[V]{From: on, No: no, Value: v} }

func appended[V any](list []V, v ...V) []V { return append(slices.Clip(list), v...) }

func (o *Organisations) change(code OrganisationCode, do func(*Organisation)) {
	body := o.bodies.m[code]
	body.Revision++
	do(&body)
	o.bodies.set(code, body)
}

func (o *Organisations) established(no EventNo, f OrganisationEstablished) {
	o.change(f.Code, func(b *Organisation) {
		b.Code, b.Tier, b.Form, b.LegalPerson = f.Code, f.Tier, f.Form, f.LegalPerson
		b.Members, b.Host, b.Confidence, b.Source = f.Members, f.Host, f.Confidence, f.Source
		if b.Known == 0 {
			b.Known = no
		}
		b.Name = b.Name.With(at(f.EffectiveOn, no, f.Name))
		b.Open = b.Open.With(at(f.EffectiveOn, no, true))
		b.Parent = b.Parent.With(at(f.EffectiveOn, no, f.Parent))
		b.LegalParent = b.LegalParent.With(at(f.EffectiveOn, no, f.LegalParent))
	})
}

func (o *Organisation) moved(no EventNo, f OrganisationMoved) {
	if f.Parent != "" {
		o.Parent = o.Parent.With(at(f.EffectiveOn, no, f.Parent))
	}
	if f.LegalParent != "" {
		o.LegalParent = o.LegalParent.With(at(f.EffectiveOn, no, f.LegalParent))
	}
}

func (o *Organisations) reorganised(no EventNo, f OrganisationsReorganised) {
	list := o.successions.m[struct{}{}]
	for _, s := range f.Successions {
		list = grown(list, RecordedSuccession{s, f.EffectiveOn, no, f.ID})
	}
	o.successions.set(struct{}{}, list)
}

func (o *Organisations) opened(no EventNo, f FootprintOpened) {
	fp := o.footprints.m[f.Code]
	fp.Code, fp.Name, fp.Kind = f.Code, f.Name, f.Kind
	if fp.Known == 0 {
		fp.Known = no
	}
	fp.Open = fp.Open.With(at(f.EffectiveOn, no, true))
	o.footprints.set(f.Code, fp)
}

func (o *Organisations) succeeded(no EventNo, f FootprintsSucceeded) {
	list := o.footprintSuccessions.m[struct{}{}]
	for _, s := range f.Successions {
		list = grown(list, RecordedFootprintSuccession{s, f.EffectiveOn, no})
		fp := o.footprints.m[s.Predecessor]
		if !fp.IsOpen(AsOf{f.EffectiveOn, no}) {
			continue
		}
		fp.Open = fp.Open.With(at(f.EffectiveOn, no, false))
		fp.CoveredBy = fp.CoveredBy.With(at(f.EffectiveOn, no, OrganisationCode("")))
		o.footprints.set(s.Predecessor, fp)
	}
	o.footprintSuccessions.set(struct{}{}, list)
}

// Body returns a body known at known.
func (o *Organisations) Body(code OrganisationCode, known EventNo) (Organisation, bool) {
	body, ok := o.bodies.m[code]
	return body, ok && body.Known <= known
}

// Bodies returns all bodies known at known, by code.
func (o *Organisations) Bodies(known EventNo) []Organisation {
	var bodies []Organisation
	for code := range o.bodies.keys() {
		if body := o.bodies.m[code]; body.Known <= known {
			bodies = append(bodies, body)
		}
	}
	slices.SortFunc(bodies, func(a, b Organisation) int { return cmp.Compare(a.Code, b.Code) })
	return bodies
}

// Footprint returns a listed footprint known at known.
func (o *Organisations) Footprint(code FootprintCode, known EventNo) (Footprint, bool) {
	fp, ok := o.footprints.m[code]
	return fp, ok && fp.Known != 0 && fp.Known <= known
}

// Footprints returns all listed footprints known at known, by code.
func (o *Organisations) Footprints(known EventNo) []Footprint {
	var footprints []Footprint
	for code := range o.footprints.keys() {
		if fp := o.footprints.m[code]; fp.Known != 0 && fp.Known <= known {
			footprints = append(footprints, fp)
		}
	}
	slices.SortFunc(footprints, func(a, b Footprint) int { return cmp.Compare(a.Code, b.Code) })
	return footprints
}

// Successions returns the recorded successions known at known, in the order of recording.
func (o *Organisations) Successions(known EventNo) []RecordedSuccession {
	return knownOnly(o.successions.m[struct{}{}], known, func(s RecordedSuccession) EventNo { return s.Event })
}

// FootprintSuccessions returns the footprints' successions known at known, in the order of recording.
func (o *Organisations) FootprintSuccessions(known EventNo) []RecordedFootprintSuccession {
	return knownOnly(o.footprintSuccessions.m[struct{}{}], known, func(s RecordedFootprintSuccession) EventNo { return s.Event })
}

// Planned returns the announced reorganisations known at known, in the order of recording.
func (o *Organisations) Planned(known EventNo) []PlannedReorganisation {
	return knownOnly(o.planned.m[struct{}{}], known, func(p PlannedReorganisation) EventNo { return p.Event })
}

func knownOnly[V any](list []V, known EventNo, no func(V) EventNo) []V {
	return slices.DeleteFunc(slices.Clone(list), func(v V) bool { return no(v) > known })
}
