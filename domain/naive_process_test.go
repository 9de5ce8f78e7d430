package domain_test

import (
	"slices"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections" //nolint:depguard // only here are there histories of all commands to show views
)

// ofOccurrences finds what was moved outside the gateways, and is held by virtue of that still, without a safeguard that
// a transfer of the same function between the same bodies would show.
func (m moment) ofOccurrences(all finds) {
	for _, e := range m.world.events {
		f, ok := e.Fact.(domain.OccurrenceRecorded)
		if !ok || e.No > m.at.Known || f.Kind == domain.KindStatutory {
			continue
		}
		right, so := m.putRight(moved{on: f.EffectiveOn, to: f.To, no: e.No}, m.at.Known)
		if !so || right.on > m.at.On {
			continue
		}
		safeguards := []string{projections.SafeguardDecision, projections.SafeguardConsent}
		if !slices.Equal(f.Roles, []domain.Role{domain.RoleDelivering}) {
			safeguards = append(safeguards, projections.SafeguardAssessment, projections.SafeguardOpinion)
		}
		body := f.From
		if body == "" {
			body = right.to
		}
		for _, h := range m.held {
			byVirtue := m.stemsFrom(h) == e.No || f.Arrangement != "" && h.Arrangement == f.Arrangement
			for _, safeguard := range safeguards {
				if byVirtue && !m.shows(safeguard, f, right.to, h.Remit.Footprint) {
					all.add(finding{projections.FindingSafeguardUnmet, f.Function, body, safeguard}, h.Remit.Footprint)
				}
			}
		}
	}
}

// stemsFrom is the event by virtue of which something is held: where it was put right, the one that was wrong; where
// something else was taken back, what had been recorded for the date before.
func (m moment) stemsFrom(h projections.Entry) domain.EventNo {
	for _, l := range m.lines {
		isHeld := func(o domain.Held) bool { return o == h.Held }
		if l.remit == h.Remit && slices.ContainsFunc(l.versions.held(h.Remit, m.at.On, m.at.Known), isHeld) {
			return m.origin(l.versions, h.From, h.Event)
		}
	}
	return h.Event
}

// origin goes back from what an event put on a date of a line.
func (m moment) origin(line versions, on domain.Date, no domain.EventNo) domain.EventNo {
	f, ok := m.world.events[no-1].Fact.(domain.Corrected)
	if !ok {
		return no
	}
	wrong := f.Event
	restores := f.Withdrawn || f.EffectiveOn != 0 && f.EffectiveOn != on
	for { // all that was wrong, one correction after the other: on this date, where it is taken back
		g, again := m.world.events[wrong-1].Fact.(domain.Corrected)
		there := slices.ContainsFunc(line, func(v version) bool { return v.on == on && v.no == g.Event })
		if !again || restores && !there {
			break
		}
		wrong = g.Event
	}
	if !restores {
		return wrong
	}
	before := domain.EventNo(0)
	for _, v := range line {
		if v.on == on && v.no < wrong {
			before = v.no
		}
	}
	return m.origin(line, on, before)
}

// shows tells whether a transfer shows a safeguard for what an occurrence moved to a body in a footprint.
func (m moment) shows(safeguard string, f domain.OccurrenceRecorded, to domain.OrganisationCode, footprint domain.FootprintCode) bool {
	if f.From == "" || to == "" {
		return false
	}
	return slices.ContainsFunc(m.world.transfers(m.at.Known), func(t *noted) bool {
		moves := slices.ContainsFunc(t.moves, func(move domain.Move) bool {
			return move.Receiver == to && slices.Contains(move.Footprints, footprint)
		})
		if t.sender != f.From || t.subject != (domain.Subject{Function: f.Function, Part: f.Part}) || !moves {
			return false
		}
		switch safeguard {
		case projections.SafeguardAssessment:
			return len(t.assessments) > 1
		case projections.SafeguardOpinion:
			return t.opinions > 0
		case projections.SafeguardDecision:
			return t.passed(domain.PartySender)
		default:
			return t.passed(domain.PartyReceiver)
		}
	})
}

// passed tells whether a party's gateway stands open: its last decision passed, and nothing was amended since.
func (t *noted) passed(party domain.Party) bool {
	return slices.ContainsFunc(t.gateways, func(g domain.GatewayPlan) bool {
		open := false
		for _, d := range t.decisions {
			if d.Gateway == g.Code {
				open = d.no > t.amended && (d.Decision == domain.DecisionPass || d.Decision == domain.DecisionPassWithConditions)
			}
		}
		return g.Party == party && open
	})
}

// ofTransfers finds what is wrong with transfers that something came of, or may come of.
func (m moment) ofTransfers(all finds) {
	transfers := m.world.transfers(m.at.Known)
	for _, t := range transfers {
		if t.isDropped() {
			continue
		}
		find := func(kind projections.FindingKind, body domain.OrganisationCode, in ...domain.FootprintCode) {
			all.add(finding{kind, t.subject.Function, body, ""}, in...)
		}
		for _, d := range t.decisions {
			passes := d.Decision == domain.DecisionPass || d.Decision == domain.DecisionPassWithConditions
			if passes && t.isOnePersonWith(d) && d.DecidedOn <= m.at.On {
				find(projections.FindingSameLegalPerson, d.DecidedBy, t.footprints()...)
			}
		}
		for _, c := range m.costs(m.at.Known) {
			if c.Transfer == t.id && c.on <= m.at.On && m.savesNothing(t, c.Year, m.at.Known) {
				find(projections.FindingCostShift, t.receiver(), t.footprints()...)
			}
		}
		m.stale(t, find)
		m.late(transfers, t, find)
	}
}

// isOnePersonWith tells whether a gateway, as it is now, is decided by the body that decided it then, and that is no
// person apart from a party.
func (t *noted) isOnePersonWith(d decision) bool {
	return slices.ContainsFunc(t.gateways, func(g domain.GatewayPlan) bool {
		return g.Code == d.Gateway && g.Decider == d.DecidedBy && g.SameLegalPerson
	})
}

// isDone tells whether a transfer has taken effect by the date.
func (m moment) isDone(t *noted) bool { return t.state == domain.StateCompleted && t.done <= m.at.On }

// late finds that the date of a transfer, or of one of its milestones, has passed without it.
func (m moment) late(all notes, t *noted, find func(projections.FindingKind, domain.OrganisationCode, ...domain.FootprintCode)) {
	left := kept(t.footprints(), func(f domain.FootprintCode) bool { return !all.carriedOut(t, f) })
	if !m.isDone(t) && m.hasPassed(t.planned()) && len(left) > 0 {
		find(projections.FindingDrift, t.sender, left...)
	}
	for _, step := range t.milestones {
		isReached := step.ActualOn != 0 && step.ActualOn <= m.at.On
		if isReached || !m.hasPassed(step.PlannedOn) {
			continue
		}
		in := step.Footprints
		if len(in) == 0 {
			in = t.footprints()
		}
		find(projections.FindingDrift, t.sender, in...)
	}
}

// stale finds that what a party says of its readiness no longer counts.
func (m moment) stale(t *noted, find func(projections.FindingKind, domain.OrganisationCode, ...domain.FootprintCode)) {
	if m.isDone(t) {
		return
	}
	for party, a := range t.assessments {
		body := t.sender
		if party == domain.PartyReceiver {
			body = t.receiver()
		}
		amended := t.amended > a.no && m.world.events[t.amended-1].EffectiveOn <= m.at.On
		expired := slices.ContainsFunc(a.Ratings, func(r domain.DomainRating) bool {
			return slices.ContainsFunc(r.Evidence, func(e domain.Evidence) bool { return e.ExpiresOn != 0 && e.ExpiresOn <= m.at.On })
		})
		if amended || expired || m.world.hasEnded(a.by, m.at) {
			find(projections.FindingStaleAssessment, body, t.footprints()...)
		}
	}
}
