package domain_test

import (
	"cmp"
	"slices"
	"strings"

	"github.com/remit-register/remit/domain"
)

// noted is what somebody who reads the log from its beginning notes of a transfer or an announcement.
type noted struct {
	id                                   domain.TransferID
	kind                                 domain.TransferKind
	subject                              domain.Subject
	sender                               domain.OrganisationCode
	moves                                []domain.Move
	roles                                []domain.Role
	instrument                           domain.InstrumentCode
	retained                             []domain.Retained
	results                              []domain.TransferResult
	residue                              domain.Residue
	terms                                domain.Terms
	confidence                           domain.Confidence
	source                               string
	plan, reverses, replaces, replacedBy domain.TransferID
	state                                domain.TransferState
	proposedFor, scheduledFor, done      domain.Date
	gateways                             []domain.GatewayPlan
	milestones                           []domain.Milestone
	assessments                          map[domain.Party]assessment
	decisions                            []decision
	opinions                             int
	// amended is the last event that made what was assessed and decided before stale, completed the one that completed
	// it, last the last one about it.
	amended, completed, last domain.EventNo
}

// assessment is a party's last one, and by which body.
type assessment struct {
	domain.ReadinessAssessed

	by domain.OrganisationCode
	no domain.EventNo
}

// decision is one at a gateway.
type decision struct {
	domain.GatewayDecided

	no domain.EventNo
}

// notes are those of all transfers and announcements, in the order of their making.
type notes []*noted

// transfers reads the log up to an event.
func (w *world) transfers(known domain.EventNo) notes {
	var all notes
	for _, e := range w.events {
		id, ok := strings.CutPrefix(e.Fact.Entity(), "transfer/")
		if !ok || e.No > known {
			continue
		}
		t := all.get(domain.TransferID(id))
		if t == nil {
			t = &noted{id: domain.TransferID(id), assessments: make(map[domain.Party]assessment)}
			all = append(all, t)
		}
		t.last = e.No
		t.begins(e.Fact)
		t.goesOn(e)
		t.isWeighed(e)
		switch f := e.Fact.(type) { // these are about two of them
		case domain.PlanReplaced:
			t.state, t.replacedBy, all.get(f.By).replaces = domain.StateReplaced, f.By, f.ID
		case domain.OptionChosen:
			t.state, t.replacedBy, all.get(f.By).replaces = domain.StateReplaced, f.By, f.ID
		default:
		}
	}
	return all
}

func (all notes) get(id domain.TransferID) *noted {
	for _, t := range all {
		if t.id == id {
			return t
		}
	}
	return nil
}

// begins notes what is said of a transfer first.
func (t *noted) begins(fact domain.Fact) {
	switch f := fact.(type) {
	case domain.TransferPlanned:
		t.kind, t.subject, t.sender, t.moves = f.Kind, domain.Subject{Function: f.Function, Part: f.Part}, f.Sender, f.Moves
		t.roles, t.instrument, t.proposedFor = f.Roles, f.Instrument, f.EffectiveOn
		t.confidence, t.source, t.state = f.Confidence, f.Source, domain.StatePlanned
	case domain.TransferExplored:
		t.kind, t.subject, t.sender = f.Kind, domain.Subject{Function: f.Function, Part: f.Part}, f.Sender
		t.moves, t.roles = []domain.Move{{Footprints: f.Footprints}}, f.Roles
		t.proposedFor, t.state = f.EffectiveOn, domain.StateExploring
	case domain.TransferProposed:
		t.kind, t.subject, t.sender = f.Kind, domain.Subject{Function: f.Function, Part: f.Part}, f.Sender
		t.moves, t.roles = []domain.Move{{Receiver: f.Receiver, Footprints: f.Footprints}}, f.Roles
		t.instrument, t.proposedFor, t.retained, t.terms = f.Instrument, f.EffectiveOn, f.Retained, f.Terms
		t.results, t.residue, t.plan, t.reverses = f.Results, f.Residue, f.Plan, f.Reverses
		t.gateways, t.state = f.Gateways, domain.StateProposed
	default:
	}
}

// goesOn notes what happens to it then.
func (t *noted) goesOn(e domain.Event) {
	switch f := e.Fact.(type) {
	case domain.TransferAmended:
		t.moves, t.roles = []domain.Move{{Receiver: t.receiver(), Footprints: f.Footprints}}, f.Roles
		t.instrument, t.proposedFor, t.retained, t.gateways = f.Instrument, f.EffectiveOn, f.Retained, f.Gateways
		t.isAmended(e.No, f.Material)
	case domain.TermsSet:
		t.terms = f.Terms
		t.isAmended(e.No, f.Material)
	case domain.TransferCalledIn:
		t.gateways = f.Gateways
		t.isAmended(e.No, true)
	case domain.TransferScheduled:
		t.state, t.scheduledFor = domain.StateScheduled, f.EffectiveOn
	case domain.TransferCompleted:
		t.state, t.done, t.completed = domain.StateCompleted, f.EffectiveOn, e.No
	case domain.TransferWithdrawn:
		t.state = domain.StateWithdrawn
	case domain.TransferPaused:
		t.state = domain.StatePaused
	case domain.TransferResumed:
		t.state = f.State
	case domain.TransferReversed:
		t.state = domain.StateReversed
	case domain.MilestoneRecorded:
		t.isToReach(f.Milestone)
	case domain.MatterDisposed:
		t.isDisposedOf(e.No, f)
	default:
	}
}

// isWeighed notes what is said of its readiness.
func (t *noted) isWeighed(e domain.Event) {
	switch f := e.Fact.(type) {
	case domain.ReadinessAssessed:
		t.state, t.assessments[f.Party] = domain.StateAssessing, assessment{f, e.Actor.Organisation, e.No}
	case domain.OpinionRecorded:
		t.opinions++
	case domain.GatewayDecided:
		t.state, t.opinions, t.decisions = f.State, t.opinions+len(f.Opinions), append(t.decisions, decision{f, e.No})
	default:
	}
}

// isAmended notes that what was assessed and decided no longer counts, where that is so.
func (t *noted) isAmended(no domain.EventNo, material bool) {
	if material {
		t.amended, t.state, t.scheduledFor = no, domain.StateProposed, 0
	}
}

// isToReach notes a milestone in the place of the same one before; a date that it leaves out stays.
func (t *noted) isToReach(m domain.Milestone) {
	for i, before := range t.milestones {
		if before.Kind == m.Kind && slices.Equal(before.Footprints, m.Footprints) {
			t.milestones[i].PlannedOn, t.milestones[i].ActualOn = cmp.Or(m.PlannedOn, before.PlannedOn), cmp.Or(m.ActualOn, before.ActualOn)
			return
		}
	}
	t.milestones = append(t.milestones, m)
}

// isDisposedOf notes what a reorganisation did with it.
func (t *noted) isDisposedOf(no domain.EventNo, f domain.MatterDisposed) {
	switch {
	case f.Matter.Kind != domain.MatterTransfer: // of one of its conditions
	case f.Disposition == domain.DispositionCeases:
		t.state = domain.StateWithdrawn
	case f.Disposition == domain.DispositionUndetermined:
		t.state = domain.StatePaused
	default:
		t.followed(f.From, f.To)
		if paused := t.state == domain.StatePaused; len(f.Gateways) > 0 {
			t.gateways, t.amended, t.scheduledFor = f.Gateways, no, 0
			if !paused {
				t.state = domain.StateProposed
			}
		}
	}
}

// followed puts one body in the place of another.
func (t *noted) followed(from, to domain.OrganisationCode) {
	if t.sender == from {
		t.sender = to
	}
	t.moves, t.retained = slices.Clone(t.moves), slices.Clone(t.retained)
	for i := range t.moves {
		if t.moves[i].Receiver == from {
			t.moves[i].Receiver = to
		}
	}
	for i := range t.retained {
		if t.retained[i].Holder == from {
			t.retained[i].Holder = to
		}
	}
}

// receiver is that of a transfer which has one, "" where there are several.
func (t *noted) receiver() domain.OrganisationCode {
	if len(t.moves) > 1 {
		return ""
	}
	return t.moves[0].Receiver
}

// planned is when it was to take effect.
func (t *noted) planned() domain.Date { return cmp.Or(t.scheduledFor, t.proposedFor) }

func (t *noted) footprints() []domain.FootprintCode {
	var all []domain.FootprintCode
	for _, m := range t.moves {
		all = append(all, m.Footprints...)
	}
	return all
}

// is tells whether it is in one of some states.
func (t *noted) is(states ...domain.TransferState) bool { return slices.Contains(states, t.state) }

// isDropped tells whether nothing came of it, or what came of it was taken back.
func (t *noted) isDropped() bool {
	return t.is(domain.StateWithdrawn, domain.StateRejected, domain.StateReplaced, domain.StateReversed)
}

// isOnItsWay tells whether it will take effect if nothing else happens.
func (t *noted) isOnItsWay() bool {
	return t.is(domain.StatePlanned, domain.StateProposed, domain.StateAssessing, domain.StateApproved, domain.StateScheduled)
}

// isAhead tells whether it, or what took its place in the end, is still to happen.
func (all notes) isAhead(t *noted) bool {
	for t.state == domain.StateReplaced {
		t = all.get(t.replacedBy)
	}
	return !t.isDropped() && t.state != domain.StateCompleted
}

// carriedOut tells whether a transfer that was to carry an announcement out did so in a footprint, with all its roles.
func (all notes) carriedOut(plan *noted, footprint domain.FootprintCode) bool {
	return slices.ContainsFunc(all, func(t *noted) bool {
		lacks := func(role domain.Role) bool { return !slices.Contains(t.roles, role) }
		return t.plan == plan.id && t.state == domain.StateCompleted && slices.Contains(t.footprints(), footprint) &&
			!slices.ContainsFunc(plan.roles, lacks)
	})
}

// takenUp tells whether an announcement was carried out in a footprint, or a transfer is on its way that will.
func (all notes) takenUp(plan *noted, footprint domain.FootprintCode) bool {
	return all.carriedOut(plan, footprint) || slices.ContainsFunc(all, func(t *noted) bool {
		return t.plan == plan.id && t.isOnItsWay() && slices.Contains(t.footprints(), footprint)
	})
}
