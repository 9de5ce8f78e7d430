package domain

import (
	"fmt"
	"slices"
	"strings"
)

// decide records that a body exists.
func (c EstablishOrganisation) decide(d *decision) {
	d.takesEffect(c.EffectiveOn, "effectiveOn")
	body := NewBody{
		Code: c.Code, Name: c.Name, Tier: c.Tier, Form: c.Form, LegalPerson: c.LegalPerson, LegalParent: c.LegalParent,
		Parent: c.Parent, Members: c.Members, Host: c.Host,
	}
	d.checkNewBody(body, c.EffectiveOn)
	if d.ok() {
		d.emit(body.established(c.EffectiveOn, orExact(c.Confidence), c.Source))
	}
}

func (b NewBody) established(on Date, confidence Confidence, source string) OrganisationEstablished {
	return OrganisationEstablished{
		Code: b.Code, Name: b.Name, Tier: b.Tier, Form: b.Form, LegalPerson: b.LegalPerson, LegalParent: b.LegalParent,
		Parent: b.Parent, Members: b.Members, Host: b.Host, EffectiveOn: on, Confidence: confidence, Source: source,
	}
}

// checkNewBody checks what a body to be must show: a code of its own, and a legal parent if it is no legal person.
func (d *decision) checkNewBody(b NewBody, on Date) {
	if _, exists := d.s.Organisations.Body(b.Code, Latest); exists {
		d.refuse(WrongState, fmt.Sprintf("The code %s is in use already.", b.Code), "Choose the body's own code.",
			"organisation", string(b.Code))
	}
	if _, isFootprint := d.s.Organisations.Footprint(FootprintCode(b.Code), Latest); isFootprint {
		d.invalid("code", fmt.Sprintf("%s is the code of a footprint.", b.Code))
	}
	if b.Code == "" || b.Code == England || strings.TrimSpace(b.Name) == "" {
		d.invalid("code", "A code other than ENG and a name are required.")
	}
	if !slices.Contains(Tiers(), b.Tier) {
		d.invalid("tier", fmt.Sprintf("%q is not a tier.", b.Tier))
	}
	if !slices.Contains(Forms(), b.Form) {
		d.invalid("form", fmt.Sprintf("%q is not a form of organisation.", b.Form))
	}
	d.checkMembers(b, on)
	if !b.LegalPerson && b.LegalParent == "" && len(b.Members) == 0 {
		d.invalid("legalParent", "A body that is no legal person acts for one: name it.")
	}
	for _, parent := range []OrganisationCode{b.LegalParent, b.Parent} {
		if parent == "" {
			continue
		}
		if body, ok := d.body(parent, "parent"); ok {
			d.isOpen(body, on)
		}
	}
}

// checkMembers checks the members of a joint body: legal persons that are open, the host one of them.
func (d *decision) checkMembers(b NewBody, on Date) {
	for _, member := range b.Members {
		body, ok := d.body(member, "members")
		if ok && d.isOpen(body, on) && !body.LegalPerson {
			d.refuse(NoLegalPerson, fmt.Sprintf("%s is not a legal person, so it cannot be a member of %s.", member, b.Code),
				"Name the legal person that it acts for.", "organisation", string(member))
		}
	}
	if b.Host != "" && !slices.Contains(b.Members, b.Host) {
		d.invalid("host", "The host is one of the members.")
	}
	if b.Form == FormJointCommittee && len(b.Members) == 0 {
		d.invalid("members", "A joint committee has named members.")
	}
}

// decide records another name from a date.
func (c RenameOrganisation) decide(d *decision) {
	body, ok := d.body(c.Code, "code")
	if !ok {
		return
	}
	d.expects(body.Revision, "The organisation")
	d.takesEffect(c.EffectiveOn, "effectiveOn")
	d.knownInstrument(c.Instrument)
	d.isOpen(body, c.EffectiveOn)
	if strings.TrimSpace(c.Name) == "" {
		d.invalid("name", "A name is required.")
	}
	if d.ok() {
		d.emit(OrganisationRenamed(c))
	}
}

// decide records another parent or legal parent from a date.
func (c MoveOrganisation) decide(d *decision) {
	body, ok := d.body(c.Code, "code")
	if !ok {
		return
	}
	d.expects(body.Revision, "The organisation")
	d.takesEffect(c.EffectiveOn, "effectiveOn")
	d.checkMove(BodyMove{Code: c.Code, Parent: c.Parent, LegalParent: c.LegalParent}, c.EffectiveOn)
	if d.ok() {
		d.emit(OrganisationMoved(c))
	}
}

func (d *decision) checkMove(m BodyMove, on Date) {
	body, ok := d.body(m.Code, "code")
	if !ok {
		return
	}
	d.isOpen(body, on)
	if m.Parent == "" && m.LegalParent == "" {
		d.invalid("parent", "Name the new parent, or the new legal parent.")
	}
	for _, parent := range []OrganisationCode{m.LegalParent, m.Parent} {
		if parent == "" {
			continue
		}
		if body, ok := d.body(parent, "parent"); ok {
			d.isOpen(body, on)
		}
		if slices.Contains(d.s.Organisations.Ancestors(parent, Now(on)), m.Code) {
			d.invalid("parent", fmt.Sprintf("%s belongs to %s itself.", parent, m.Code))
		}
	}
	if m.LegalParent != "" && d.s.Organisations.actsFor(m.LegalParent, m.Code, Now(on)) {
		d.invalid("legalParent", fmt.Sprintf("%s acts for %s itself.", m.LegalParent, m.Code))
	}
}

// decide opens footprints and says who covers them.
func (c ChangeFootprints) decide(d *decision) {
	d.takesEffect(c.EffectiveOn, "effectiveOn")
	if len(c.Open) == 0 && len(c.Coverage) == 0 {
		d.invalid("open", "Name footprints to open, or who covers them.")
	}
	if !d.ok() {
		return
	}
	for _, fp := range c.Open {
		d.openFootprint(fp, c.EffectiveOn, c.Source)
	}
	for _, coverage := range c.Coverage {
		d.cover(coverage, c.EffectiveOn, c.Source)
	}
	d.checkCoverage()
}

func (d *decision) openFootprint(fp NewFootprint, on Date, source string) {
	if known, exists := d.s.Organisations.Footprint(fp.Code, Latest); exists && known.IsOpen(Now(on)) {
		d.refuse(WrongState, fmt.Sprintf("The footprint %s exists already.", fp.Code), "Choose the footprint's own code.",
			"footprint", string(fp.Code))
	}
	if _, isBody := d.s.Organisations.Body(OrganisationCode(fp.Code), Latest); isBody || fp.Code == England || fp.Code == "" {
		d.invalid("open", fmt.Sprintf("%q cannot be the code of a footprint: it means something else.", fp.Code))
	}
	kinds := []FootprintKind{KindLocation, KindCouncilArea, KindPlace, KindNeighbourhood, KindCohort}
	if !slices.Contains(kinds, fp.Kind) {
		d.invalid("open", "The kind of footprint is one of: "+listed(kinds)+"; a body's own operation is there by itself.")
	}
	if d.ok() {
		d.emitNow(FootprintOpened{Code: fp.Code, Name: fp.Name, Kind: fp.Kind, EffectiveOn: on, Source: source})
	}
}

func (d *decision) cover(c Coverage, on Date, source string) {
	body, ok := d.body(c.Organisation, "coverage")
	if ok {
		d.isOpen(body, on)
	}
	if len(c.Footprints) == 0 {
		d.invalid("coverage", fmt.Sprintf("Name the footprints that %s covers.", c.Organisation))
	}
	for _, code := range c.Footprints {
		if fp, known := d.s.Organisations.Footprint(code, Latest); !known || !fp.IsOpen(Now(on)) {
			d.refuse(UnknownFootprint, fmt.Sprintf("There is no footprint %q on %s.", code, on),
				"Open it first.", "footprint", string(code), "on", on.String())
		}
	}
	if d.ok() {
		d.emitNow(CoverageChanged{Footprints: c.Footprints, Organisation: c.Organisation, EffectiveOn: on, Source: source})
	}
}

// decide records the announcement of a reorganisation. Its successor may be unknown.
func (c PlanReorganisation) decide(d *decision) {
	kinds := []SuccessionKind{
		SuccessionMerge, SuccessionSplit, SuccessionAbsorb, SuccessionRename, SuccessionRecode, SuccessionAbolish,
	}
	if !slices.Contains(kinds, c.Kind) {
		d.invalid("kind", "The kind is one of: "+listed(kinds)+".")
	}
	if len(c.Originals) == 0 {
		d.invalid("originals", "Name the bodies that are to change.")
	}
	for _, code := range appended(c.Originals, c.Results...) {
		d.body(code, "originals")
	}
	d.knownInstrument(c.Instrument)
	if c.EffectiveOn == 0 {
		d.invalid("effectiveOn", "A date is required.")
	}
	if d.ok() {
		d.emit(ReorganisationPlanned{
			ID: d.meta.ID, Kind: c.Kind, Originals: c.Originals, Results: c.Results, EffectiveOn: c.EffectiveOn,
			Instrument: c.Instrument, Confidence: orExact(c.Confidence), Source: c.Source,
			Note: c.Note, PublishedNote: c.PublishedNote,
		})
	}
}
