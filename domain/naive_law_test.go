package domain_test

import (
	"slices"
	"strings"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections" //nolint:depguard // only here are there histories of all commands to show views
)

// arranged is what somebody who reads the log from its beginning notes of a delegation, direction or joint exercise.
type arranged struct {
	id                  domain.ArrangementID
	kind                domain.TransferKind
	subject             domain.Subject
	delegator, delegate domain.OrganisationCode
	roles               []domain.Role
	footprints          []domain.FootprintCode
	from, ended         domain.Date
	instrument          domain.InstrumentCode
	terms, offered      domain.Terms
	// made says that it ever took effect.
	made bool
	// unknownSince is from when nobody knows who followed one of its parties, zero where that is known.
	unknownSince domain.Date
}

type arrangements []*arranged

func (all arrangements) get(id domain.ArrangementID) *arranged {
	for _, d := range all {
		if d.id == id {
			return d
		}
	}
	return nil
}

// arrangements reads the log up to an event.
func (w *world) arrangements(known domain.EventNo) arrangements {
	var all arrangements
	for _, e := range w.events {
		if e.No > known {
			continue
		}
		switch f := e.Fact.(type) {
		case domain.FunctionDelegated:
			all = append(all, &arranged{
				id: f.ID, kind: domain.KindDelegation, subject: domain.Subject{Function: f.Function, Part: f.Part},
				delegator: f.Delegator, delegate: f.Delegate, roles: f.Roles, footprints: f.Footprints, from: f.EffectiveOn,
				instrument: f.Instrument, terms: f.Terms,
			})
		case domain.OccurrenceRecorded:
			if f.Arrangement != "" {
				all = append(all, &arranged{
					id: f.Arrangement, kind: f.Kind, subject: domain.Subject{Function: f.Function, Part: f.Part}, delegator: f.From,
					delegate: f.To, roles: f.Roles, footprints: f.Footprints, from: f.EffectiveOn, instrument: f.Instrument, made: true,
				})
			}
		case domain.TransferCompleted:
			if t := w.transfers(e.No).get(f.ID); t.kind.IsArrangement() && t.reverses == "" {
				all = append(all, &arranged{
					id: domain.ArrangementID(f.ID), kind: t.kind, subject: t.subject, delegator: t.sender, delegate: t.receiver(),
					roles: t.roles, footprints: t.footprints(), from: f.EffectiveOn, instrument: t.instrument, terms: t.terms, made: true,
				})
			}
		case domain.DelegationAccepted:
			d := all.get(f.ID)
			d.made, d.from = true, f.EffectiveOn
		case domain.DelegationVaried:
			all.get(f.ID).offered = f.Terms
		case domain.VariationAccepted:
			d := all.get(f.ID)
			d.terms = d.offered
		case domain.DelegationRevoked:
			all.get(f.ID).ended = f.EffectiveOn
		case domain.MatterDisposed:
			if f.Matter.Kind == domain.MatterDelegation {
				all.get(domain.ArrangementID(f.Matter.ID)).isDisposedOf(f)
			}
		default:
		}
	}
	return all
}

// isDisposedOf notes what a reorganisation did with it: those who hold under it take the place of a delegate that ended.
func (d *arranged) isDisposedOf(f domain.MatterDisposed) {
	switch f.Disposition {
	case domain.DispositionCeases:
		d.ended = f.EffectiveOn
	case domain.DispositionUndetermined:
		if d.unknownSince == 0 {
			d.unknownSince = f.EffectiveOn
		}
	case domain.DispositionMoves:
		if d.delegator == f.From && f.To != "" {
			d.delegator = f.To
		}
		if d.delegate != f.From {
			return
		}
		if f.To != "" {
			d.delegate = f.To
		}
		if len(f.Shares) == 1 {
			d.delegate = f.Shares[0].Receiver
		}
		if len(f.Shares) > 0 {
			d.footprints = nil
		}
		for _, share := range f.Shares {
			d.footprints = append(d.footprints, share.Footprints...)
		}
	}
}

// ofArrangements finds arrangements without power, or lapsed, and those of which a party is not known.
func (m moment) ofArrangements(all finds) {
	inForce := kept(m.world.arrangements(m.at.Known), func(d *arranged) bool {
		return d.made && d.from <= m.at.On && (d.ended == 0 || m.at.On < d.ended)
	})
	for _, d := range inForce {
		find := func(kind projections.FindingKind, in ...domain.FootprintCode) {
			all.add(finding{kind, d.subject.Function, d.delegator, ""}, in...)
		}
		under := m.heldUnder(d.id)
		for _, footprint := range under {
			if m.isWithoutPower(d, footprint) || m.isPassedOn(d, inForce, footprint) {
				find(projections.FindingNoPower, footprint)
			}
		}
		ended := d.terms.EndsOn != 0 && d.terms.EndsOn <= m.at.On
		if ended || d.terms.ReviewOn != 0 && d.terms.ReviewOn < m.at.On {
			find(projections.FindingLapsedDelegation, d.footprints...)
		}
		if d.unknownSince != 0 && d.unknownSince <= m.at.On {
			find(projections.FindingUndetermined, d.footprints...)
		}
	}
	m.ofInterventions(all)
}

// heldUnder is where anything is held under an arrangement.
func (m moment) heldUnder(id domain.ArrangementID) []domain.FootprintCode {
	var footprints []domain.FootprintCode
	for _, e := range m.held {
		if e.Arrangement == id {
			footprints = append(footprints, e.Remit.Footprint)
		}
	}
	return footprints
}

// isWithoutPower tells whether the instrument of an arrangement does not carry it in a footprint.
func (m moment) isWithoutPower(d *arranged, footprint domain.FootprintCode) bool {
	in, ok := m.world.instrument(d.instrument, m.at.Known)
	if !ok || !slices.Contains(in.MayCarry, d.kind) {
		return true
	}
	person := m.world.person(d.delegator, domain.AsOf{On: d.from, Known: m.at.Known})
	for _, e := range in.Exclusions {
		for _, basis := range m.world.details(d.subject.Function, m.at.Known).LegalBasis {
			if (e.Body == "" || e.Body == person) && basis.Section != "" && section(basis.Section) == section(e.Section) {
				return true
			}
		}
	}
	discarded := in.discardedOn != 0 && in.discardedOn <= m.at.On || in.Status == domain.InstrumentStatusSpent
	return discarded || !slices.ContainsFunc(in.Commencements, func(c domain.Commencement) bool {
		return c.On != 0 && c.On <= m.at.On && (len(c.Footprints) == 0 || slices.Contains(c.Footprints, footprint))
	})
}

// section is the number of a section, "14Z25" of "s.14Z25(2)".
func section(citation string) string {
	number, _, _ := strings.Cut(citation, "(")
	return strings.TrimPrefix(number, "s.")
}

// power is an instrument, and from when it has no force, zero while it has.
type power struct {
	domain.InstrumentDetails

	discardedOn domain.Date
}

func (w *world) instrument(code domain.InstrumentCode, known domain.EventNo) (in power, ok bool) {
	for _, e := range w.events {
		if e.No > known {
			break
		}
		switch f := e.Fact.(type) {
		case domain.InstrumentRegistered:
			if f.Code == code {
				in, ok = power{InstrumentDetails: f.Details}, true
			}
		case domain.InstrumentCommenced:
			if f.Code == code {
				in.Commencements = append(slices.Clone(in.Commencements), f.Commencement)
			}
		case domain.InstrumentDiscarded:
			if f.Code == code {
				in.discardedOn = f.EffectiveOn
			}
		default:
		}
	}
	return in, ok
}

// isPassedOn tells whether an arrangement passes on what its delegator has under another one that does not permit it.
// It goes up the chain: each arrangement must reach down as far as what is passed on.
func (m moment) isPassedOn(d *arranged, inForce arrangements, footprint domain.FootprintCode) bool {
	if in, _ := m.world.instrument(d.instrument, m.at.Known); slices.Contains(in.MayCarry, domain.KindStatutory) {
		return false // law of its own
	}
	level := arrangements{d}
	for steps := int64(1); len(level) > 0; steps++ {
		var next arrangements
		for _, above := range inForce {
			passes := func(d *arranged) bool {
				shares := func(role domain.Role) bool { return slices.Contains(above.roles, role) }
				return d != above && d.subject == above.subject && d.delegator == above.delegate && d.from >= above.from &&
					slices.ContainsFunc(d.roles, shares) && slices.Contains(above.footprints, footprint)
			}
			if !slices.ContainsFunc(level, passes) {
				continue
			}
			if !above.terms.OnwardPermitted || above.terms.OnwardDepth < steps && steps > 1 {
				return true
			}
			next = append(next, above)
		}
		level = next
	}
	return false
}

// ofInterventions finds those of which nobody knows who followed a party.
func (m moment) ofInterventions(all finds) {
	for _, e := range m.world.events {
		f, ok := e.Fact.(domain.InterventionRecorded)
		if !ok || e.No > m.at.Known {
			continue
		}
		in, ended, unknownSince := f.In, domain.Date(0), domain.Date(0)
		for _, e := range m.world.events {
			if e.No > m.at.Known {
				continue
			}
			switch g := e.Fact.(type) {
			case domain.InterventionEnded:
				if g.ID == f.ID {
					ended = g.EffectiveOn
				}
			case domain.MatterDisposed:
				switch {
				case g.Matter != domain.Matter{Kind: domain.MatterIntervention, ID: f.ID}:
				case g.Disposition == domain.DispositionCeases:
					ended = g.EffectiveOn
				case g.Disposition == domain.DispositionUndetermined && unknownSince == 0:
					unknownSince = g.EffectiveOn
				case g.Disposition == domain.DispositionMoves && in == g.From:
					in = g.To
				}
			default:
			}
		}
		isOver := ended != 0 && ended <= m.at.On
		if unknownSince != 0 && unknownSince <= m.at.On && f.EffectiveOn <= m.at.On && !isOver {
			for _, function := range f.Functions {
				all.add(finding{projections.FindingUndetermined, function, in, ""})
			}
		}
	}
}
