package projections

import (
	"maps"
	"slices"

	"github.com/remit-register/remit/domain"
)

// occurrences finds what was moved without safeguards, as far as it is still held by virtue of it.
func (x *inquiry) occurrences() {
	for _, no := range slices.Sorted(maps.Keys(x.caused)) {
		kept := x.views.events.facts[no]
		f, ok := kept.fact.(domain.OccurrenceRecorded)
		if !ok || f.Kind == domain.KindStatutory || !x.asksFor(f.Function) {
			continue
		}
		right, happened := x.put.right(move{on: f.EffectiveOn, to: f.To, event: no})
		if !happened || right.on > x.asOf.On {
			continue
		}
		f.EffectiveOn, f.To = right.on, right.to
		still := newTally()
		for _, t := range []*tally{x.caused[no], x.under[f.Arrangement]} {
			if t != nil {
				maps.Copy(still.footprints, t.footprints)
			}
		}
		if len(still.footprints) > 0 {
			x.safeguards(f, kept.actor, still.places(), no, right.event)
		}
	}
}

func (x *inquiry) safeguards(
	f domain.OccurrenceRecorded, actor domain.Actor, footprints []domain.FootprintCode, causes ...domain.EventNo,
) {
	body, severity := f.From, SeverityMedium
	if body == "" {
		body = f.To
	}
	if actor.Role == domain.ActorSystem || actor.Subject == domain.SystemSubject {
		severity = SeverityLow
	}
	for _, safeguard := range safeguardsOf(f) {
		unmet := slices.DeleteFunc(slices.Clone(footprints), func(footprint domain.FootprintCode) bool {
			return x.isMet(safeguard, f, footprint)
		})
		if len(unmet) == 0 {
			continue
		}
		d, isNew := x.drafts.at(findingKey{FindingSafeguardUnmet, f.Function, body, safeguard}, severity)
		if isNew {
			d.says("Record the transfer that was decided, or have the bodies decide it now.",
				"%s moved from %s, and the record shows no %s", x.title(f.Function), x.named(body), safeguardName(safeguard))
		}
		d.in(unmet...)
		d.involves(f.To)
		d.seen(f.EffectiveOn, causes...)
	}
}

// safeguardsOf returns what a change decided by bodies needs: the work alone may move by notice.
func safeguardsOf(f domain.OccurrenceRecorded) []string {
	if slices.Equal(f.Roles, []domain.Role{domain.RoleDelivering}) {
		return []string{SafeguardDecision, SafeguardConsent}
	}
	return []string{SafeguardAssessment, SafeguardOpinion, SafeguardDecision, SafeguardConsent}
}

func safeguardName(safeguard string) string {
	switch safeguard {
	case SafeguardAssessment:
		return "assessment by both parties"
	case SafeguardOpinion:
		return "independent opinion"
	case SafeguardDecision:
		return "decision of the sender"
	default:
		return "consent of the receiver"
	}
}

// isMet tells whether a transfer of the same function between the same bodies shows the safeguard for a footprint.
func (x *inquiry) isMet(safeguard string, f domain.OccurrenceRecorded, footprint domain.FootprintCode) bool {
	if f.From == "" || f.To == "" {
		return false
	}
	for _, flight := range x.views.plans.byFunction[f.Function] {
		t, ok := x.views.transfers.Get(flight.id, x.asOf.Known)
		about := domain.Subject{Function: f.Function, Part: f.Part}
		if !ok || t.Sender != f.From || t.Subject != about || t.ReceiverFor(footprint) != f.To {
			continue
		}
		if shows(t, safeguard) {
			return true
		}
	}
	return false
}

func shows(t domain.Transfer, safeguard string) bool {
	passed := func(party domain.Party) bool {
		return slices.ContainsFunc(t.Gateways, func(g domain.Gateway) bool { return g.Party == party && t.Passed(g) })
	}
	switch safeguard {
	case SafeguardAssessment:
		sender, _ := t.Assessed(domain.PartySender)
		receiver, _ := t.Assessed(domain.PartyReceiver)
		return sender.Event != 0 && receiver.Event != 0
	case SafeguardOpinion:
		return slices.ContainsFunc(t.Gateways, func(g domain.Gateway) bool {
			with := func(d domain.RecordedDecision) bool { return len(d.Opinions) > 0 }
			return len(g.Opinions) > 0 || slices.ContainsFunc(g.Decisions, with)
		})
	case SafeguardDecision:
		return passed(domain.PartySender)
	default:
		return passed(domain.PartyReceiver)
	}
}

// transfers finds what is wrong with transfers.
func (x *inquiry) transfers() {
	costs := x.views.costsOf(x.asOf.Known)
	for _, id := range x.views.plans.order {
		t, ok := x.views.transfers.Get(id, x.asOf.Known)
		if !ok || !x.asksFor(t.Subject.Function) || isDropped(t) {
			continue
		}
		x.samePerson(t)
		x.drift(t)
		x.milestones(t)
		x.costShift(t, costs[id])
		if !x.isDone(t) {
			x.stale(t, domain.PartySender, t.Sender)
			x.stale(t, domain.PartyReceiver, t.Receiver())
		}
	}
}

// isDropped tells whether a transfer came to nothing, or was taken back.
func isDropped(t domain.Transfer) bool {
	return t.State.IsFinished() && t.State != domain.StateCompleted
}

// samePerson finds gateways that a party's own person in law decided. What another body decided, in whose place this one
// decides now, is no decision of its.
func (x *inquiry) samePerson(t domain.Transfer) {
	for _, g := range t.Gateways {
		for _, decision := range g.Decisions {
			if !g.SameLegalPerson || decision.DecidedBy != g.Decider || !decision.Decision.Passes() || decision.DecidedOn > x.asOf.On {
				continue
			}
			d, isNew := x.drafts.at(findingKey{FindingSameLegalPerson, t.Subject.Function, g.Decider, ""}, SeverityMedium)
			if isNew {
				d.says("Rely on the independent opinion, and have a body decide that is a person apart when there is one.",
					"A gateway of %s was decided by %s, which is the same person in law as a party",
					x.title(t.Subject.Function), x.named(g.Decider))
			}
			d.details[string(g.Code)+" of the transfer from "+string(t.Sender)+" to "+string(t.Receiver())] = true
			d.in(t.Footprints()...)
			d.involves(t.Sender, t.Receiver())
			d.seen(decision.DecidedOn, decision.Event)
		}
	}
}

// stale finds a party's assessment that no longer counts.
func (x *inquiry) stale(t domain.Transfer, party domain.Party, body domain.OrganisationCode) {
	a, fresh := t.Assessed(party)
	if a.Event == 0 {
		return
	}
	find := func(since domain.Date, why string, causes ...domain.EventNo) {
		if since > x.asOf.On {
			return
		}
		d, isNew := x.drafts.at(findingKey{FindingStaleAssessment, t.Subject.Function, body, ""}, SeverityMedium)
		if isNew {
			d.says("Have the party assess its readiness again.",
				"The readiness of %s to move %s was assessed too early", x.named(body), x.title(t.Subject.Function))
		}
		d.details[why] = true
		d.in(t.Footprints()...)
		d.seen(since, causes...)
	}
	if !fresh {
		find(x.views.events.recordedOn(t.AmendedNo), "the transfer was changed since", a.Event, t.AmendedNo)
	}
	if state := x.body(a.Body); state.known && !state.open && state.since != 0 {
		find(state.since, string(a.Body)+", which assessed it, is not open any more", a.Event, state.event)
	}
	for _, rating := range a.Ratings {
		for _, evidence := range rating.Evidence {
			if evidence.ExpiresOn != 0 {
				find(evidence.ExpiresOn, "evidence on "+rating.Domain+" expired on "+evidence.ExpiresOn.String(), a.Event)
			}
		}
	}
}
