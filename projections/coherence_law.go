package projections

import (
	"slices"

	"github.com/remit-register/remit/domain"
)

// arrangements finds delegations, directions and joint exercises without power, lapsed, or with an unknown party.
func (x *inquiry) arrangements() {
	all := x.views.delegations.All(x.asOf.Known)
	all = slices.DeleteFunc(all, func(d domain.Delegation) bool { return !x.isInForce(d) })
	for _, d := range all {
		if !x.asksFor(d.Subject.Function) {
			continue
		}
		x.power(d, all)
		x.lapsed(d)
		if d.Undetermined {
			since := x.undeterminedSince("delegation/"+string(d.ID), func(known domain.EventNo) bool {
				then, _ := x.views.delegations.Get(d.ID, known)
				return then.Undetermined
			})
			x.undetermined(d.Subject.Function, d.Delegator, d.Footprints, since,
				"nobody knows who followed a party of the delegation of "+d.EffectiveOn.String())
		}
	}
	for _, i := range x.views.interventions.All(x.asOf.Known) {
		began, over := i.EffectiveOn, i.EndedOn != 0 && i.EndedOn <= x.asOf.On
		if !i.Undetermined || began > x.asOf.On || over {
			continue
		}
		since := x.undeterminedSince("intervention/"+i.ID, func(known domain.EventNo) bool {
			then, _ := x.views.interventions.Get(i.ID, known)
			return then.Undetermined
		})
		for _, code := range i.Functions {
			if x.asksFor(code) {
				x.undetermined(code, i.In, nil, since,
					"nobody knows who followed a party of the intervention of "+began.String())
			}
		}
	}
}

// isInForce tells whether an arrangement has begun by the date and has not ended. An offer that was never accepted has
// made nothing.
func (x *inquiry) isInForce(d domain.Delegation) bool {
	made := d.State == domain.DelegationStateInForce || x.views.made(d.ID, x.asOf.Known)
	return made && d.EffectiveOn <= x.asOf.On && (d.EndedOn == 0 || x.asOf.On < d.EndedOn)
}

// made tells whether an arrangement ever took effect: an agreement that was accepted, or one that did not need to be.
func (v *Views) made(id domain.ArrangementID, known domain.EventNo) bool {
	accepted, offered := false, false
	for _, no := range v.events.about("delegation/"+string(id), known) {
		switch v.events.kindName(domain.EventNo(no)) {
		case domain.FunctionDelegated{}.FactType():
			offered = true
		case domain.DelegationAccepted{}.FactType():
			accepted = true
		}
	}
	return accepted || !offered
}

// undeterminedSince returns the event from which on nobody knows who followed a party; whatever became of the other party
// since does not matter.
func (x *inquiry) undeterminedSince(entity string, unknown func(domain.EventNo) bool) domain.EventNo {
	for _, no := range x.views.events.about(entity, x.asOf.Known) {
		if unknown(domain.EventNo(no)) {
			return domain.EventNo(no)
		}
	}
	return 0
}

func (x *inquiry) undetermined(
	function domain.FunctionCode, body domain.OrganisationCode, footprints []domain.FootprintCode, event domain.EventNo, detail string,
) {
	since := x.views.events.recordedOn(event)
	if since > x.asOf.On {
		return
	}
	d, isNew := x.drafts.at(findingKey{FindingUndetermined, function, body, ""}, SeverityMedium)
	if isNew {
		d.says("Find out who followed the body that ended and correct the record.",
			"It is not known who is party to what is arranged for %s", x.title(function))
	}
	d.details[detail] = true
	d.in(footprints...)
	d.seen(since, event)
}

// weakness is why an arrangement has no power, and since when.
type weakness struct {
	why   string
	since domain.Date
	in    []domain.FootprintCode
}

// power finds what is held under an arrangement whose instrument does not carry it.
func (x *inquiry) power(d domain.Delegation, all []domain.Delegation) {
	under := x.under[d.ID]
	if under == nil {
		return
	}
	weaknesses := x.instrumentWeaknesses(d, under.places())
	for _, footprint := range under.places() {
		if above, ok := x.notPermitted(d, all, footprint); ok {
			weaknesses = append(weaknesses, weakness{
				"it passes on what " + string(above.Delegate) + " holds from " + string(above.Delegator) +
					", which did not permit that", d.EffectiveOn, []domain.FootprintCode{footprint},
			})
		}
	}
	for _, w := range weaknesses {
		finding, isNew := x.drafts.at(findingKey{FindingNoPower, d.Subject.Function, d.Delegator, ""}, SeverityHigh)
		if isNew {
			finding.says("End it, rest it on an instrument that carries it, or have the law validate it.",
				"%s arranged %s without power", x.named(d.Delegator), x.title(d.Subject.Function))
		}
		finding.details[w.why] = true
		finding.in(w.in...)
		finding.involves(d.Delegate)
		finding.seen(w.since, under.causes()...)
	}
}

// instrumentWeaknesses says why the instrument does not carry an arrangement in the footprints.
func (x *inquiry) instrumentWeaknesses(d domain.Delegation, footprints []domain.FootprintCode) []weakness {
	in, known := x.views.instruments.Get(d.Instrument, x.asOf.Known)
	if d.Instrument == "" || !known {
		return []weakness{{"no instrument is named", d.EffectiveOn, footprints}}
	}
	var list []weakness
	code := string(in.Code)
	if !in.MayCarry(d.Kind) {
		list = append(list, weakness{code + " may not carry a " + kindName(d.Kind), d.EffectiveOn, footprints})
	}
	person, _ := x.views.organisations.LegalPersonOf(d.Delegator, domain.AsOf{On: d.EffectiveOn, Known: x.asOf.Known})
	if e, excluded := in.Excludes(person, x.function(d.Subject.Function).details.LegalBasis); excluded {
		list = append(list, weakness{code + " excludes " + e.Section, d.EffectiveOn, footprints})
	}
	var without []domain.FootprintCode
	for _, footprint := range footprints {
		if !in.InForce(footprint, x.asOf.On) {
			without = append(without, footprint)
		}
	}
	if len(without) > 0 {
		since := d.EffectiveOn
		if in.DiscardedOn != 0 && in.DiscardedOn <= x.asOf.On {
			since = max(since, in.DiscardedOn)
		}
		list = append(list, weakness{code + " is not in force", since, without})
	}
	return list
}

func kindName(kind domain.TransferKind) string {
	if kind == domain.KindJointExercise {
		return "joint exercise"
	}
	return string(kind)
}

// notPermitted returns an arrangement above one that does not permit what it holds in a footprint to be passed on.
func (x *inquiry) notPermitted(d domain.Delegation, all []domain.Delegation, in domain.FootprintCode) (domain.Delegation, bool) {
	if in, ok := x.views.instruments.Get(d.Instrument, x.asOf.Known); ok && in.MayCarry(domain.KindStatutory) {
		return domain.Delegation{}, false
	}
	for _, above := range all {
		if isUnder(d, above, in) && !permits(above, all, in, 1) {
			return above, true
		}
	}
	return domain.Delegation{}, false
}

// isUnder tells whether an arrangement passes on what its delegator holds in a footprint under another one.
func isUnder(d, above domain.Delegation, in domain.FootprintCode) bool {
	shares := func(r domain.Role) bool { return slices.Contains(above.Roles, r) }
	return d.ID != above.ID && d.Subject == above.Subject && d.Delegator == above.Delegate &&
		d.EffectiveOn >= above.EffectiveOn && slices.ContainsFunc(d.Roles, shares) && slices.Contains(above.Footprints, in)
}

// permits tells whether an arrangement, and those above it, permit passing on so many steps below it.
func permits(d domain.Delegation, all []domain.Delegation, in domain.FootprintCode, steps int64) bool {
	if !d.Terms.OnwardPermitted || steps > max(1, d.Terms.OnwardDepth) || steps > maxReplacements {
		return false
	}
	for _, above := range all {
		if isUnder(d, above, in) && !permits(above, all, in, steps+1) {
			return false
		}
	}
	return true
}

// lapsed finds an arrangement whose review is overdue, or whose end has passed.
func (x *inquiry) lapsed(d domain.Delegation) {
	find := func(since domain.Date, severity Severity, why string) {
		finding, isNew := x.drafts.at(findingKey{FindingLapsedDelegation, d.Subject.Function, d.Delegator, ""}, severity)
		if isNew {
			finding.says("Review it and vary its terms, or revoke it.",
				"What %s delegated of %s has lapsed", x.named(d.Delegator), x.title(d.Subject.Function))
		}
		finding.details[why] = true
		finding.in(d.Footprints...)
		finding.involves(d.Delegate)
		first, last := x.views.events.bounds("delegation/"+string(d.ID), x.asOf.Known)
		if first == 0 {
			first, last = x.views.events.bounds("transfer/"+string(d.ID), x.asOf.Known)
		}
		finding.seen(since, first, last)
	}
	if end := d.Terms.EndsOn; end != 0 && end <= x.asOf.On {
		find(end, SeverityHigh, "the one to "+string(d.Delegate)+" was to end on "+end.String())
	}
	if review := d.Terms.ReviewOn; review != 0 && review < x.asOf.On {
		find(review+1, SeverityMedium, "the one to "+string(d.Delegate)+" was to be reviewed by "+review.String())
	}
}
