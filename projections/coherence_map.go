package projections

import (
	"slices"

	"github.com/remit-register/remit/domain"
)

// functionTally is what the walk finds out about a function.
type functionTally struct {
	details domain.FunctionDetails
	// event is the last that defined or revised the function.
	event domain.EventNo
	// cells has what is held of each part in each footprint.
	cells map[domain.Subject]map[domain.FootprintCode]*cellTally
	// since is the earliest date of a holding in force.
	since domain.Date
	// accountable are the bodies named as accountable.
	accountable map[domain.OrganisationCode]bool
	// coveredBy has the body at which a footprint's findings are found.
	coveredBy map[domain.FootprintCode]domain.OrganisationCode
	// moved are the footprints in which a transfer of the function has been completed.
	moved map[domain.FootprintCode]bool
}

// cellTally is what is held of one part of a function in one footprint.
type cellTally struct {
	held [roleCount]bool
	any  bool
	// endedOn and endedBy tell of the last end of each role that nobody holds any more.
	endedOn [roleCount]domain.Date
	endedBy [roleCount]domain.EventNo
	// roles says who holds each role, seen from the body that covers the footprint.
	roles [roleCount]roleTally
	// givenUp are the roles that a planned transfer takes from who holds them.
	givenUp [roleCount]bool
	// unfit says why nobody would hold a role by a planned transfer that gives it to somebody.
	unfit [roleCount]unfit
	// principals are the bodies that exercise it, or else are accountable for it, with the date and event.
	principals []held
}

// held is a holding in force in a cell.
type held struct {
	role    int8
	from    domain.Date
	no      domain.EventNo
	holding *domain.Holding
}

// function returns what is known of a function.
func (x *inquiry) function(code domain.FunctionCode) *functionTally {
	if f, ok := x.functions[code]; ok {
		return f
	}
	f := &functionTally{
		cells:       map[domain.Subject]map[domain.FootprintCode]*cellTally{},
		accountable: map[domain.OrganisationCode]bool{}, coveredBy: map[domain.FootprintCode]domain.OrganisationCode{},
		moved: map[domain.FootprintCode]bool{},
	}
	x.functions[code] = f
	if known, ok := x.views.functions.Get(code, x.asOf.Known); ok {
		f.details = known.Details
	}
	f.event = x.defined["function/"+string(code)]
	for _, flight := range x.views.plans.byFunction[code] {
		t, ok := x.views.transfers.Get(flight.id, x.asOf.Known)
		if ok && t.Subject.Function == code && t.State == domain.StateCompleted && t.CompletedOn <= x.asOf.On {
			for _, footprint := range t.Footprints() {
				f.moved[footprint] = true
			}
		}
	}
	for _, planned := range x.planned {
		if planned.Subject.Function != code {
			continue
		}
		for footprint := range planned.footprints {
			f.moved[footprint] = true
		}
	}
	return f
}

// at returns the body at which a footprint's findings are found: the one that covers it, or whose own operation it is.
func (x *inquiry) at(f *functionTally, code domain.FootprintCode) domain.OrganisationCode {
	if body, ok := f.coveredBy[code]; ok {
		return body
	}
	body := domain.OrganisationCode(code)
	if fp, ok := x.views.organisations.Footprint(code, x.asOf.Known); ok {
		body = valueAt(fp.CoveredBy, x.asOf)
	}
	f.coveredBy[code] = body
	return body
}

// cell looks at one cell of the map; the caller holds the lock.
func (x *inquiry) cell(c *cell) {
	if x.latest.functionTally == nil || x.latest.code != c.subject.Function {
		x.latest.code, x.latest.functionTally = c.subject.Function, x.function(c.subject.Function)
	}
	f := x.latest.functionTally
	if f.cells[c.subject] == nil {
		f.cells[c.subject] = map[domain.FootprintCode]*cellTally{}
	}
	t := &cellTally{}
	f.cells[c.subject][c.footprint] = t
	x.buffer = x.views.inForce(x.buffer[:0], c, x.asOf, t)
	if len(x.planned) > 0 {
		x.buffer = x.asPlanned(x.buffer, c, t)
	}
	for _, h := range x.buffer {
		x.holding(f, c, h)
	}
	if !t.any {
		if len(x.planned) > 0 && t.givenUp[roleIndex(domain.RoleAccountable)] {
			x.unaccountable(f, c, t)
		}
		return
	}
	t.principals = principals(x.buffer)
	x.relate(t, x.at(f, c.footprint))
	x.overlap(f, c)
	x.unaccountable(f, c, t)
}

// inForce appends what is held in a cell, and tallies it.
func (v *Views) inForce(list []held, c *cell, a domain.AsOf, t *cellTally) []held {
	for i := range c.lines {
		l := &c.lines[i]
		p := l.at(a.On, a.Known)
		if p == nil {
			continue
		}
		if p.value == nobody {
			if p.from >= t.endedOn[l.role] {
				t.endedOn[l.role], t.endedBy[l.role] = p.from, p.no
			}
			continue
		}
		set := v.holdings.values.get(p.value)
		for k := range set {
			list = append(list, held{l.role, p.from, p.no, &set[k]})
		}
		t.held[l.role], t.any = true, true
	}
	return list
}

// principals returns who exercises, or else who is accountable: bodies that are known.
func principals(list []held) []held {
	for _, role := range []domain.Role{domain.RoleExercising, domain.RoleAccountable} {
		var found []held
		for _, h := range list {
			if h.role == roleIndex(role) && !h.holding.Undetermined {
				found = append(found, h)
			}
		}
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

// holding looks at one holding: orphan, undetermined, assumed date, and what will be left by an announced end.
func (x *inquiry) holding(f *functionTally, c *cell, h held) {
	function := c.subject.Function
	if f.since == 0 || h.from < f.since {
		f.since = h.from
	}
	if h.role == roleIndex(domain.RoleAccountable) && !h.holding.Undetermined {
		f.accountable[h.holding.Named()] = true
	}
	if id := h.holding.Arrangement; id != "" {
		if x.under[id] == nil {
			x.under[id] = newTally()
		}
		x.under[id].add(c.footprint, h.from, h.no)
	}
	if t := x.caused[x.virtueOf(c, h)]; t != nil {
		t.add(c.footprint, h.from, h.no)
	}
	if h.holding.Undetermined {
		body := x.at(f, c.footprint)
		d, isNew := x.drafts.at(findingKey{FindingUndetermined, function, body, ""}, SeverityMedium)
		if isNew {
			d.says("Find out who holds it and correct the record.", "Nobody knows who holds %s", x.title(function))
		}
		d.in(c.footprint)
		d.seen(h.from, h.no)
		return
	}
	x.orphan(c, h)
	if h.holding.Confidence == domain.ConfidenceAssumed {
		d, isNew := x.drafts.at(findingKey{FindingAssumedDate, function, h.holding.Named(), ""}, SeverityLow)
		if isNew {
			d.says("Find the source that gives the date and correct the record.",
				"The date from which %s holds %s is assumed", x.named(h.holding.Named()), x.title(function))
		}
		d.in(c.footprint)
		d.seen(h.from, h.no)
	}
}

// orphan looks at whether the holder, and the body that acts for it, are open, and stay so.
func (x *inquiry) orphan(c *cell, h held) {
	if x.sound[h.holding] {
		return
	}
	sound := true
	for _, code := range []domain.OrganisationCode{h.holding.Holder, h.holding.ActingThrough} {
		if code == "" {
			continue
		}
		_, ends := x.ending[code]
		if state := x.body(code); !state.open || ends {
			sound = false
		}
		if state := x.body(code); !state.open {
			d, isNew := x.drafts.at(findingKey{FindingOrphan, c.subject.Function, code, ""}, SeverityHigh)
			if isNew {
				d.says("Record who followed it, or what became of what it held.",
					"%s is not open and still holds %s", x.named(code), x.title(c.subject.Function))
			}
			d.in(c.footprint)
			d.seen(max(h.from, state.since), h.no, state.event)
		}
		x.announcedEnd(c, h, code)
	}
	if sound {
		x.sound[h.holding] = true
	}
}

// announcedEnd finds the gap that a body will leave which is announced to end without a known successor.
func (x *inquiry) announcedEnd(c *cell, h held, code domain.OrganisationCode) {
	planned, ok := x.ending[code]
	if !ok || h.role == roleIndex(domain.RoleOverview) {
		return
	}
	d := x.gap(c.subject.Function, code, SeverityMedium)
	d.details["nobody is known to follow "+x.named(code)+", which is announced to end on "+planned.EffectiveOn.String()] = true
	d.in(c.footprint)
	d.seen(planned.EffectiveOn, planned.Event)
}

// overlap finds several holders of a sole remit in what the buffer holds.
func (x *inquiry) overlap(f *functionTally, c *cell) {
	var holders [roleCount]int
	for _, h := range x.buffer {
		holders[h.role]++
	}
	for i, role := range domain.Roles() {
		if holders[i] < 2 || f.details.RuleOf(role) != domain.RuleSole {
			continue
		}
		var since []domain.Date
		var causes []domain.EventNo
		var bodies []domain.OrganisationCode
		for _, h := range x.buffer {
			if int(h.role) == i && !h.holding.Undetermined {
				since, causes = append(since, h.from), append(causes, h.no)
				bodies = append(bodies, h.holding.Named())
			}
		}
		if len(bodies) < 2 {
			continue
		}
		d, isNew := x.drafts.at(findingKey{FindingOverlap, c.subject.Function, x.at(f, c.footprint), ""}, SeverityHigh)
		if isNew {
			d.says("Correct the record so that one body holds it, or revise the function if several may.",
				"Several bodies hold what only one may hold of %s", x.title(c.subject.Function))
		}
		slices.Sort(since)
		slices.Sort(bodies)
		d.details[string(role)+" is held by "+joinAnd(bodies)] = true
		d.in(c.footprint)
		d.involves(bodies...)
		d.seen(since[1], causes...)
	}
}

// unaccountable finds a cell in which somebody holds something and nobody is accountable.
func (x *inquiry) unaccountable(f *functionTally, c *cell, t *cellTally) {
	accountable := roleIndex(domain.RoleAccountable)
	if t.held[accountable] {
		return
	}
	severity := SeverityHigh
	if t.unfit[accountable].expected { // as a gap that an announced end will leave
		severity = SeverityMedium
	}
	d, isNew := x.drafts.at(findingKey{FindingUnaccountable, c.subject.Function, x.at(f, c.footprint), ""}, severity)
	switch {
	case t.givenUp[accountable]:
		d.says("Amend the transfer: name a body that can be accountable on that date, or leave accountability where it is.",
			"Nobody would be accountable for %s", x.title(c.subject.Function))
	case isNew:
		d.says("Record who is accountable: by baseline if it was never recorded, or by what happened.",
			"Nobody is accountable for %s", x.title(c.subject.Function))
	}
	if why := t.unfit[accountable].why; why != "" {
		d.details[why] = true
	}
	first := held{from: t.endedOn[accountable], no: t.endedBy[accountable]}
	for i, h := range x.buffer {
		if i == 0 || h.from < first.from {
			first = h
		}
		d.involves(h.holding.Named())
	}
	d.in(c.footprint)
	if t.endedBy[accountable] != 0 {
		d.seen(max(first.from, t.endedOn[accountable]), t.endedBy[accountable])
		return
	}
	d.seen(first.from, first.no)
}
