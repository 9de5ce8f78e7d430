package domain_test

import (
	"cmp"
	"maps"
	"slices"

	"pgregory.net/rapid"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections" //nolint:depguard // only here are there histories of all commands to show views
)

// foreseen looks for what plans will open and close in the days after a date.
func (x forms) foreseen(a domain.AsOf, today domain.Date) {
	until := a.On + domain.Date(rapid.IntRange(1, 4).Draw(x.T, "days ahead"))
	answer, err := x.views.Coherence(projections.CoherenceQuery{AsOf: a, Today: today, Until: until})
	var happened, opened []projections.Finding
	closes := map[finding]domain.Date{}
	for _, f := range is(x, answer, err).Findings {
		if f.IsPlanned() {
			opened = append(opened, f)
			continue
		}
		happened = append(happened, f)
		if f.ClosesOn != 0 {
			closes[finding{f.Kind, f.Function, f.Organisation, f.Aspect}] = f.ClosesOn
		}
	}
	wantHappened, wantOpened, wantCloses := finds{}, finds{}, map[finding]domain.Date{}
	for on := a.On; on <= until; on++ {
		m := x.moment(domain.AsOf{On: on, Known: a.Known}, today)
		so := m.incoherent()
		for f, footprints := range so {
			wantHappened.add(f, slices.Collect(maps.Keys(footprints))...)
		}
		m.takeEffect(a)
		if len(m.due) == 0 {
			continue
		}
		will := m.incoherent()
		for f, footprints := range will {
			in := kept(slices.Collect(maps.Keys(footprints)), func(at domain.FootprintCode) bool { return !so[f][at] })
			if _, already := so[f]; (len(in) > 0 || !already) && m.hangsOnPlans(f.function, in) {
				wantOpened.add(f, in...)
			}
		}
		for f, footprints := range so {
			_, still := will[f]
			if !still && wantCloses[f] == 0 && m.hangsOnPlans(f.function, slices.Collect(maps.Keys(footprints))) {
				wantCloses[f] = on
			}
		}
	}
	x.sameFinds("findings of some days", found(happened), wantHappened)
	x.sameFinds("findings that plans open", found(opened), wantOpened)
	x.same("findings that plans close", closes, wantCloses)
}

// takeEffect has the plans take effect that are due after a point and by the date, one after the other: what is on its
// way and has not happened, each by itself, as far as it is not left to a transfer that carries it out.
func (m *moment) takeEffect(after domain.AsOf) {
	all := m.world.transfers(after.Known)
	m.due = kept(all, func(t *noted) bool {
		left := slices.ContainsFunc(t.footprints(), func(f domain.FootprintCode) bool { return !all.takenUp(t, f) })
		return all.isAhead(t) && t.isOnItsWay() && t.planned() > after.On && t.planned() <= m.at.On && left
	})
	slices.SortStableFunc(m.due, func(a, b *noted) int { return cmp.Compare(a.planned(), b.planned()) })
	cells := map[domain.Remit]bool{} // of no role: a place
	for _, l := range m.lines {
		if l.versions[0].no <= after.Known {
			cells[domain.Remit{Subject: l.remit.Subject, Footprint: l.remit.Footprint}] = true
		}
	}
	for _, t := range m.due {
		for _, move := range t.moves {
			for cell := range cells {
				inPart := t.subject.Part == "" || t.subject.Part == cell.Subject.Part
				inPart = inPart && slices.Contains(m.parts(cell.Subject.Function, m.at), cell.Subject.Part)
				if t.subject.Function == cell.Subject.Function && inPart && slices.Contains(move.Footprints, cell.Footprint) && !all.takenUp(t, cell.Footprint) {
					m.handOver(t, move.Receiver, cell)
				}
			}
		}
		for _, r := range t.results {
			for _, footprint := range r.Footprints {
				for _, role := range t.roles {
					cell := domain.Remit{Subject: domain.Subject{Function: r.Function, Part: r.Part}, Footprint: footprint, Role: role}
					m.give(t, t.receiver(), cell)
				}
			}
		}
	}
	slices.SortStableFunc(m.held, func(a, b projections.Entry) int { return domain.CompareRemits(a.Remit, b.Remit) })
}

// handOver takes the roles from the sender in a place, and gives them to the receiver unless it results in others; what
// is said to stay with somebody begins there.
func (m *moment) handOver(t *noted, to domain.OrganisationCode, cell domain.Remit) {
	if len(t.results) > 0 && t.residue != domain.ResidueCeases {
		return
	}
	isThere := func(e projections.Entry) bool {
		return e.Remit.Subject == cell.Subject && e.Remit.Footprint == cell.Footprint
	}
	tookAccountability := false
	for _, role := range t.roles {
		cell.Role = role
		left := kept(m.held, func(e projections.Entry) bool {
			return e.Remit != cell || e.Holder != t.sender && e.ActingThrough != t.sender
		})
		if len(left) == len(m.held) {
			continue
		}
		m.held = left
		tookAccountability = tookAccountability || role == domain.RoleAccountable
		if len(t.results) == 0 {
			m.give(t, to, cell)
		}
	}
	for _, aspect := range t.retained {
		cell.Role = aspect.Role
		holds := func(e projections.Entry) bool {
			return e.Remit == cell && (e.Holder == aspect.Holder || e.ActingThrough == aspect.Holder)
		}
		if len(t.results) == 0 && aspect.Holder != "" && aspect.Part == "" && !slices.ContainsFunc(m.held, holds) {
			m.give(t, aspect.Holder, cell)
		}
	}
	if tookAccountability && !slices.ContainsFunc(m.held, isThere) {
		m.emptied = append(m.emptied, cell)
	}
}

// give gives a remit to a body that stands then, or to the person in law that it acts for where the role needs one.
func (m *moment) give(t *noted, body domain.OrganisationCode, r domain.Remit) {
	stands := func(body domain.OrganisationCode) bool { return m.isOpen(body) && !m.isToEnd(body) }
	h := domain.Holding{Holder: body, Instrument: t.instrument}
	if r.Role == domain.RoleAccountable || r.Role == domain.RoleExercising || r.Role == domain.RoleFunding {
		person := m.world.person(body, m.at)
		if person == "" || !stands(person) {
			return
		}
		if person != body {
			h.Holder, h.ActingThrough = person, body
		}
	}
	if stands(body) {
		held := domain.Held{Remit: r, Holding: h, From: t.planned(), Event: t.last}
		m.held = append(slices.Clone(m.held), projections.Entry{Held: held})
	}
}

// hangsOnPlans tells whether a plan that is due changes who holds a function in any of some places: anywhere, for none.
func (m moment) hangsOnPlans(function domain.FunctionCode, in []domain.FootprintCode) bool {
	all := m.world.transfers(m.at.Known)
	there := func(list []domain.FootprintCode) bool {
		return len(in) == 0 || slices.ContainsFunc(list, func(f domain.FootprintCode) bool { return slices.Contains(in, f) })
	}
	return slices.ContainsFunc(m.due, func(t *noted) bool {
		left := kept(t.footprints(), func(f domain.FootprintCode) bool { return !all.takenUp(t, f) })
		return t.subject.Function == function && there(left) || slices.ContainsFunc(t.results, func(r domain.TransferResult) bool {
			return r.Function == function && there(r.Footprints)
		})
	})
}
