package projections

import (
	"cmp"
	"maps"
	"slices"

	"github.com/remit-register/remit/domain"
)

// PlannedEffect is a planned transfer that would open or close a finding.
type PlannedEffect struct {
	Transfer    domain.TransferID
	EffectiveOn domain.Date
	State       domain.TransferState
	Sender      domain.OrganisationCode
	Receivers   []domain.OrganisationCode
}

// foreseen is a planned transfer that has not taken effect, and from when it would. Nothing is looked at but what it
// says: not whether it could be completed.
type foreseen struct {
	domain.Transfer

	on domain.Date
	// no is the last event about it.
	no domain.EventNo
	// footprints are those in which it is still to happen, each with its receiver.
	footprints map[domain.FootprintCode]domain.OrganisationCode
}

// foresee returns the transfers and announcements that are to take effect after a date and up to another, in the order
// of their dates; the caller holds the lock. One that is explored or paused is not on its way, and an announcement that
// a transfer carries out is left to that.
func (v *Views) foresee(a domain.AsOf, until domain.Date) []*foreseen {
	var list []*foreseen
	for _, id := range v.plans.order {
		if !v.plans.isLive(v.plans.byID[id], a.Known) {
			continue
		}
		t, ok := v.transfers.Get(id, a.Known)
		if !ok || !isOnItsWay(t.State) || t.Due() <= a.On || t.Due() > until || !v.isOpen(t, a.Known) {
			continue
		}
		_, last := v.events.bounds("transfer/"+string(id), a.Known)
		f := &foreseen{Transfer: t, on: t.Due(), no: last, footprints: map[domain.FootprintCode]domain.OrganisationCode{}}
		isDone := v.takenUp(t, a.Known)
		for _, move := range t.Moves {
			footprints := move.Footprints
			if len(footprints) == 0 && len(t.Moves) == 1 {
				footprints = v.placesOf(t, a)
			}
			for _, footprint := range footprints {
				if !isDone(footprint) {
					f.footprints[footprint] = move.Receiver
				}
			}
		}
		if len(f.footprints) > 0 {
			list = append(list, f)
		}
	}
	slices.SortStableFunc(list, func(x, y *foreseen) int { return cmp.Compare(x.on, y.on) })
	return list
}

// placesOf returns where the sender holds anything that an announcement moves which does not say where.
func (v *Views) placesOf(t domain.Transfer, a domain.AsOf) []domain.FootprintCode {
	tree, ok := v.holdings.byBody[t.Sender]
	if !ok {
		return nil
	}
	var places []domain.FootprintCode
	tree.Ascend(&cell{subject: domain.Subject{Function: t.Subject.Function}}, func(c *cell) bool {
		if c.subject.Function != t.Subject.Function {
			return false
		}
		for _, role := range t.Roles {
			holds := func(h domain.Holding) bool { return h.IsHeldBy(t.Sender) }
			if slices.ContainsFunc(v.holdings.held(c, roleIndex(role), a), holds) && !slices.Contains(places, c.footprint) {
				places = append(places, c.footprint)
			}
		}
		return true
	})
	return places
}

func isOnItsWay(s domain.TransferState) bool {
	return slices.Contains([]domain.TransferState{
		domain.StatePlanned, domain.StateProposed, domain.StateAssessing, domain.StateApproved, domain.StateScheduled,
	}, s)
}

// takenUp returns what tells whether an announcement is left to a transfer that carries it out in a footprint, or did.
func (v *Views) takenUp(plan domain.Transfer, known domain.EventNo) func(domain.FootprintCode) bool {
	carriedOut := v.carriedOut(plan, known)
	var live []domain.Transfer
	for _, f := range v.plans.carriedOutBy[plan.ID] {
		if t, ok := v.transfers.Get(f.id, known); ok && isOnItsWay(t.State) {
			live = append(live, t)
		}
	}
	return func(footprint domain.FootprintCode) bool {
		takes := func(t domain.Transfer) bool { return t.ReceiverFor(footprint) != "" }
		return carriedOut(footprint) || slices.ContainsFunc(live, takes)
	}
}

func (f *foreseen) effect() PlannedEffect {
	e := PlannedEffect{Transfer: f.ID, EffectiveOn: f.on, State: f.State, Sender: f.Sender}
	for _, m := range f.Moves {
		e.Receivers = append(e.Receivers, m.Receiver)
	}
	return e
}

// concerns tells whether the transfer changes who holds a function in any of some footprints: anywhere, for none.
func (f *foreseen) concerns(function domain.FunctionCode, footprints map[domain.FootprintCode]bool) bool {
	if function == f.Subject.Function {
		if len(footprints) == 0 {
			return true
		}
		for footprint := range f.footprints {
			if footprints[footprint] {
				return true
			}
		}
	}
	return slices.ContainsFunc(f.Results, func(r domain.TransferResult) bool {
		in := func(footprint domain.FootprintCode) bool { return footprints[footprint] }
		return r.Function == function && (len(footprints) == 0 || slices.ContainsFunc(r.Footprints, in))
	})
}

// asPlanned changes what is held in a cell as the planned transfers would that have taken effect by the date.
func (x *inquiry) asPlanned(list []held, c *cell, t *cellTally) []held {
	before := len(list)
	for _, f := range x.planned {
		list = x.asForeseen(list, c, t, f)
	}
	if before == 0 && len(list) == 0 {
		return list
	}
	t.any, t.held = len(list) > 0, [roleCount]bool{}
	for i := range list {
		t.held[list[i].role] = true
	}
	return list
}

func (x *inquiry) asForeseen(list []held, c *cell, t *cellTally, f *foreseen) []held {
	receiver, moves := f.footprints[c.footprint]
	moves = moves && f.Subject.Function == c.subject.Function && (f.Subject.Part == "" || f.Subject.Part == c.subject.Part) &&
		x.isSubject(c.subject)
	switch {
	case moves && len(f.Results) == 0:
		list = x.handedOver(list, t, f, receiver)
	case moves && f.Residue == domain.ResidueCeases:
		for _, role := range f.Roles {
			list, _ = taken(list, t, f, roleIndex(role))
		}
	}
	for _, result := range f.Results {
		if (domain.Subject{Function: result.Function, Part: result.Part}) == c.subject &&
			slices.Contains(result.Footprints, c.footprint) {
			for _, role := range f.Roles {
				list = x.given(list, f, f.Receiver(), role)
			}
		}
	}
	return list
}

// isSubject tells whether a function is divided on the date in such a way that there is a part, or the whole of it. What
// is held of others belongs to other dates, or was recorded later.
func (x *inquiry) isSubject(s domain.Subject) bool {
	function, ok := x.views.functions.Get(s.Function, x.asOf.Known)
	return ok && slices.Contains(function.Subjects(x.asOf), s)
}

// handedOver moves what the sender holds to the receiver, and begins what the transfer says stays with somebody.
func (x *inquiry) handedOver(list []held, t *cellTally, f *foreseen, receiver domain.OrganisationCode) []held {
	for _, role := range f.Roles {
		var gave bool
		if list, gave = taken(list, t, f, roleIndex(role)); gave {
			kept := len(list)
			list = x.given(list, f, receiver, role)
			if len(list) == kept {
				t.unfit[roleIndex(role)] = x.whyUnfit(receiver)
			}
		}
	}
	for _, aspect := range f.Retained {
		holds := func(h held) bool { return h.role == roleIndex(aspect.Role) && h.holding.IsHeldBy(aspect.Holder) }
		if aspect.Holder != "" && aspect.Part == "" && !slices.ContainsFunc(list, holds) {
			list = x.given(list, f, aspect.Holder, aspect.Role)
		}
	}
	return list
}

// taken takes a role from the sender, and tells whether the sender held it.
func taken(list []held, t *cellTally, f *foreseen, role int8) ([]held, bool) {
	before := len(list)
	list = slices.DeleteFunc(list, func(h held) bool { return h.role == role && h.holding.IsHeldBy(f.Sender) })
	if len(list) == before {
		return list, false
	}
	t.endedOn[role], t.endedBy[role], t.givenUp[role] = f.on, f.no, true
	return list, true
}

// given gives a role to a body, provided that it can hold it on the date: nobody does otherwise.
func (x *inquiry) given(list []held, f *foreseen, body domain.OrganisationCode, role domain.Role) []held {
	holding := &domain.Holding{Holder: body, Instrument: f.Instrument}
	if role == domain.RoleAccountable || role == domain.RoleExercising || role == domain.RoleFunding {
		person, ok := x.views.organisations.LegalPersonOf(body, x.asOf)
		if !ok || !x.stands(person) {
			return list
		}
		if person != body {
			holding.Holder, holding.ActingThrough = person, body
		}
	}
	if !x.stands(body) {
		return list
	}
	return append(list, held{role: roleIndex(role), from: f.on, no: f.no, holding: holding})
}

// unfit says why a body would not hold what a planned transfer gives to it.
type unfit struct {
	why string
	// expected says that only what is announced stands in the way.
	expected bool
}

func (x *inquiry) whyUnfit(body domain.OrganisationCode) unfit {
	person, ok := x.views.organisations.LegalPersonOf(body, x.asOf)
	for _, code := range []domain.OrganisationCode{body, person} {
		if planned, ends := x.ending[code]; ends {
			return unfit{why: x.named(code) + ", which is to have it, is announced to end on " + planned.EffectiveOn.String() +
				", and nobody is known to follow it", expected: true}
		}
	}
	if ok || !x.body(body).open {
		return unfit{why: x.named(body) + ", which is to have it, is not open then"}
	}
	return unfit{why: "no body in law stands behind " + x.named(body) + ", which is to have it"}
}

// stands tells whether a body is open on the date, and is not announced to have ended by then with nobody to follow it.
func (x *inquiry) stands(code domain.OrganisationCode) bool {
	_, ends := x.ending[code]
	return x.body(code).open && !ends
}

// plannedCells looks at the places in which something is held only as planned.
func (x *inquiry) plannedCells() {
	for _, f := range x.planned {
		for _, result := range f.Results {
			if !x.asksFor(result.Function) {
				continue
			}
			subject := domain.Subject{Function: result.Function, Part: result.Part}
			for _, footprint := range result.Footprints {
				if seen := x.function(result.Function).cells[subject]; seen[footprint] == nil {
					x.cell(&cell{subject: subject, footprint: footprint})
				}
			}
		}
	}
}

// forecast gathers what planned transfers open and close.
type forecast struct {
	opened drafts
	// by has the transfers that open a finding, closing those that close it, and closes from when it is closed.
	by, closing map[findingKey][]PlannedEffect
	closes      map[findingKey]domain.Date
}

// compare takes in one date: what is found by what has happened, and by what is planned besides.
func (x *forecast) compare(on domain.Date, happened, planned drafts, plans []*foreseen) {
	for key, y := range planned {
		places := y.footprints
		if before, ok := happened[key]; ok {
			places = map[domain.FootprintCode]bool{}
			for footprint := range y.footprints {
				if !before.footprints[footprint] {
					places[footprint] = true
				}
			}
			if len(places) == 0 {
				continue
			}
		}
		by := effectsOn(plans, key.function, places)
		if len(by) == 0 {
			continue
		}
		d, isNew := x.opened.at(key, y.severity)
		d.what, d.remedy, d.details = y.what, y.remedy, y.beside(happened[key])
		d.seen(max(y.since, by[0].EffectiveOn))
		maps.Copy(d.causes, y.causes)
		maps.Copy(d.footprints, places)
		maps.Copy(d.bodies, y.bodies)
		if isNew || len(by) > len(x.by[key]) {
			x.by[key] = by
		}
	}
	for key, y := range happened {
		if _, still := planned[key]; still || x.closes[key] != 0 {
			continue
		}
		if by := effectsOn(plans, key.function, y.footprints); len(by) > 0 {
			x.closes[key], x.closing[key] = on, by
		}
	}
}

// beside returns the details that what happened has not, or all where it has them all.
func (x *draft) beside(happened *draft) map[string]bool {
	if happened == nil {
		return x.details
	}
	details := maps.Clone(x.details)
	maps.DeleteFunc(details, func(detail string, _ bool) bool { return happened.details[detail] })
	if len(details) == 0 {
		return x.details
	}
	return details
}

func effectsOn(plans []*foreseen, function domain.FunctionCode, places map[domain.FootprintCode]bool) []PlannedEffect {
	var by []PlannedEffect
	for _, f := range plans {
		if f.concerns(function, places) {
			by = append(by, f.effect())
		}
	}
	return by
}

func newForecast() *forecast {
	return &forecast{
		opened: drafts{}, by: map[findingKey][]PlannedEffect{}, closing: map[findingKey][]PlannedEffect{},
		closes: map[findingKey]domain.Date{},
	}
}

// plansUntil is foresee for who does not hold the lock.
func (v *Views) plansUntil(a domain.AsOf, until domain.Date) []*foreseen {
	if until <= a.On {
		return nil
	}
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.foresee(a, until)
}

// dueBy returns those that are to have taken effect by a date: they are sorted by theirs.
func dueBy(plans []*foreseen, on domain.Date) []*foreseen {
	n := 0
	for n < len(plans) && plans[n].on <= on {
		n++
	}
	return plans[:n]
}
