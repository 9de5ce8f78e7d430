package domain_test

import (
	"fmt"
	"slices"

	"pgregory.net/rapid"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections" //nolint:depguard // only here are there histories of all commands to show views
)

// finding is what is found, of what, and at which body.
type finding struct {
	kind     projections.FindingKind
	function domain.FunctionCode
	at       domain.OrganisationCode
	aspect   string
}

// finds are what is found, and where; "" for what is not about places.
type finds map[finding]map[domain.FootprintCode]bool

func (all finds) add(f finding, footprints ...domain.FootprintCode) {
	if all[f] == nil {
		all[f] = map[domain.FootprintCode]bool{}
	}
	for _, footprint := range footprints {
		all[f][footprint] = true
	}
}

// texts writes what is found, in order.
func (all finds) texts() []string {
	var list []string
	for f, footprints := range all {
		list = append(list, fmt.Sprint(f.kind, " of ", f.function, " at ", f.at, " ", f.aspect, " in ", footprints))
	}
	return sorted(list)
}

func found(list []projections.Finding) finds {
	all := finds{}
	for _, f := range list {
		all.add(finding{f.Kind, f.Function, f.Organisation, f.Aspect}, f.Footprints...)
	}
	return all
}

// sameFinds fails where other things are found than are wanted, and says which.
func (x forms) sameFinds(what string, got, want finds) {
	tooMuch := kept(got.texts(), func(text string) bool { return !slices.Contains(want.texts(), text) })
	x.same(what, tooMuch, kept(want.texts(), func(text string) bool { return !slices.Contains(got.texts(), text) }))
}

// findings looks for what is incoherent on a date, and what plans will make of it in the days after.
func (x forms) findings(a domain.AsOf) {
	if all := x.world.transfers(a.Known); len(all) > 0 && rapid.Bool().Draw(x.T, "about when something is due") {
		a.On = rapid.SampledFrom(all).Draw(x.T, "due").planned() - domain.Date(rapid.IntRange(-2, 2).Draw(x.T, "days before it"))
	}
	today := a.On + domain.Date(rapid.SampledFrom([]int{-200, -1, 0, 1, 200}).Draw(x.T, "today is later by"))
	answer, err := x.views.Coherence(projections.CoherenceQuery{AsOf: a, Today: today})
	m := x.moment(a, today)
	x.sameFinds("findings", found(is(x, answer, err).Findings), m.incoherent())
	x.foreseen(a, today)
}

// moment is what is held on a date, or would be if some plans took effect by then.
type moment struct {
	forms

	at    domain.AsOf
	today domain.Date
	// record is the map, held the map with what some plans would make of it that are due; emptied is where they would
	// leave nothing, with whose accountability they would end.
	record, held []projections.Entry
	due          []*noted
	emptied      []domain.Remit
}

func (x forms) moment(a domain.AsOf, today domain.Date) moment {
	entries := x.entries(a)
	return moment{forms: x, at: a, today: today, record: entries, held: entries}
}

// incoherent goes through all that could be found, kind by kind.
func (m moment) incoherent() finds {
	all := finds{}
	m.inTheMap(all)
	m.missing(all)
	m.aboutToEnd(all)
	m.ofFunctions(all)
	m.ofClaims(all)
	m.ofArrangements(all)
	m.ofOccurrences(all)
	m.ofTransfers(all)
	m.ofAnnouncements(all)
	return all
}

// isOpen tells whether a body is open on the date.
func (m moment) isOpen(body domain.OrganisationCode) bool {
	return m.world.at(toldOpen, string(body), m.at) == yes
}

// inTheMap finds what is wrong with a place by itself.
func (m moment) inTheMap(all finds) {
	for _, e := range m.held {
		by, function := m.world.coveredBy(e.Remit.Footprint, m.at), e.Remit.Subject.Function
		find := func(kind projections.FindingKind, body domain.OrganisationCode) {
			all.add(finding{kind, function, body, ""}, e.Remit.Footprint)
		}
		beside := kept(m.held, func(o projections.Entry) bool {
			return o.Remit.Subject == e.Remit.Subject && o.Remit.Footprint == e.Remit.Footprint
		})
		inRole := func(role domain.Role, lets func(projections.Entry) bool) int {
			return len(kept(beside, func(o projections.Entry) bool { return o.Remit.Role == role && lets(o) }))
		}
		determined := func(o projections.Entry) bool { return !o.Undetermined }
		if inRole(domain.RoleAccountable, func(projections.Entry) bool { return true }) == 0 {
			find(projections.FindingUnaccountable, by)
		}
		sole := m.world.details(function, m.at.Known).RuleOf(e.Remit.Role) == domain.RuleSole
		if sole && inRole(e.Remit.Role, determined) > 1 {
			find(projections.FindingOverlap, by)
		}
		if e.Undetermined {
			find(projections.FindingUndetermined, by)
			continue
		}
		if e.Confidence == domain.ConfidenceAssumed {
			find(projections.FindingAssumedDate, e.Named())
		}
		for _, body := range []domain.OrganisationCode{e.Holder, e.ActingThrough} {
			if body != "" && !m.isOpen(body) {
				find(projections.FindingOrphan, body)
			}
		}
	}
	for _, r := range m.emptied {
		all.add(finding{projections.FindingUnaccountable, r.Subject.Function, m.world.coveredBy(r.Footprint, m.at), ""}, r.Footprint)
	}
}

// functions are those that anybody holds.
func (m moment) functions() []domain.FunctionCode {
	var functions []domain.FunctionCode
	for _, e := range m.held {
		functions = append(functions, e.Remit.Subject.Function)
	}
	slices.Sort(functions)
	return slices.Compact(functions)
}

// missing finds the footprints in which a part of a function that anybody holds has nothing, or not what is usual.
func (m moment) missing(all finds) {
	for _, function := range m.functions() {
		for _, part := range m.parts(function, m.at) {
			roles := map[domain.FootprintCode]map[domain.Role]bool{}
			for _, e := range m.held {
				if e.Remit.Subject == (domain.Subject{Function: function, Part: part}) {
					if roles[e.Remit.Footprint] == nil {
						roles[e.Remit.Footprint] = make(map[domain.Role]bool)
					}
					roles[e.Remit.Footprint][e.Remit.Role] = true
				}
			}
			for _, footprint := range m.world.expanded(function, domain.England, m.at) {
				lacks := len(roles[footprint]) == 0
				for _, role := range []domain.Role{domain.RoleExercising, domain.RoleDelivering} {
					with := 0
					for _, held := range roles {
						if held[role] {
							with++
						}
					}
					lacks = lacks || 2*with > len(roles) && !roles[footprint][role]
				}
				if lacks {
					all.add(finding{projections.FindingGap, function, m.world.coveredBy(footprint, m.at), ""}, footprint)
				}
			}
		}
	}
}

// parts are those into which a function is divided on the date, "" for all of it where it is not.
func (x forms) parts(function domain.FunctionCode, a domain.AsOf) []domain.PartCode {
	parts, since := []domain.PartCode{""}, domain.Date(0)
	for _, e := range x.world.events {
		f, ok := e.Fact.(domain.FunctionDivided)
		if ok && f.Code == function && e.No <= a.Known && f.EffectiveOn <= a.On && f.EffectiveOn >= since {
			parts, since = nil, f.EffectiveOn
			for _, part := range append(slices.Clone(f.Parts), f.Rest) {
				parts = append(parts, part.Code)
			}
		}
	}
	return parts
}

// announced are the reorganisations that were announced.
func (m moment) announced() []domain.ReorganisationPlanned {
	var list []domain.ReorganisationPlanned
	for _, e := range m.world.events {
		if f, ok := e.Fact.(domain.ReorganisationPlanned); ok && e.No <= m.at.Known {
			list = append(list, f)
		}
	}
	return list
}

// isToEnd tells whether a body is announced to have ended by the date, from today on, with nobody to follow it.
func (m moment) isToEnd(body domain.OrganisationCode) bool {
	return m.isOpen(body) && slices.ContainsFunc(m.announced(), func(f domain.ReorganisationPlanned) bool {
		return slices.Contains(f.Originals, body) && len(f.Results) == 0 && f.EffectiveOn >= m.today && f.EffectiveOn <= m.at.On
	})
}

// aboutToEnd finds the gaps that bodies will leave; what they only keep an eye on leaves none.
func (m moment) aboutToEnd(all finds) {
	for _, e := range m.held {
		for _, body := range []domain.OrganisationCode{e.Holder, e.ActingThrough} {
			if body != "" && e.Remit.Role != domain.RoleOverview && m.isToEnd(body) {
				all.add(finding{projections.FindingGap, e.Remit.Subject.Function, body, ""}, e.Remit.Footprint)
			}
		}
	}
}

// hasPassed tells whether a planned date is over, on the date and today.
func (m moment) hasPassed(on domain.Date) bool { return on != 0 && on < m.at.On && on < m.today }

// ofAnnouncements finds bodies that were announced to end, and go on.
func (m moment) ofAnnouncements(all finds) {
	for _, f := range m.announced() {
		ends := f.Kind != domain.SuccessionRename && f.Kind != domain.SuccessionRecode
		for _, body := range f.Originals {
			if ends && m.hasPassed(f.EffectiveOn) && m.isOpen(body) && !slices.Contains(f.Results, body) {
				all.add(finding{projections.FindingDrift, "", body, ""})
			}
		}
	}
}

// ofFunctions finds what is wrong with functions: nobody holds them, nobody has checked the law, or those that are to
// have them do not say so.
func (m moment) ofFunctions(all finds) {
	for _, function := range m.defined() {
		details := m.world.details(function, m.at.Known)
		if !slices.Contains(m.functions(), function) {
			all.add(finding{projections.FindingUnaccountable, function, "", ""})
		}
		unchecked := details.LegalStatus == domain.LegalStatutory && len(details.LegalBasis) == 0
		if details.LegalStatus == domain.LegalUnknown || unchecked {
			all.add(finding{projections.FindingLegalBasisUnknown, function, "", ""})
		}
		kind, ok := map[string]projections.FindingKind{
			"no_receiver": projections.FindingNoReceiver, "no_legal_body": projections.FindingNoReceiver,
			"not_claimed": projections.FindingUnclaimed, "partly": projections.FindingUnclaimed,
			"contested": projections.FindingContested,
		}[details.ReceiverClaim]
		if !ok || details.Category != domain.CategoryReviewForTransfer {
			continue
		}
		for _, e := range m.held {
			if e.Remit.Subject.Function == function && !m.hasGone(function, e.Remit.Footprint) && m.isPrincipal(e) {
				all.add(finding{kind, function, e.Named(), ""}, e.Remit.Footprint)
			}
		}
	}
}

func (m moment) defined() []domain.FunctionCode {
	var functions []domain.FunctionCode
	for _, e := range m.world.events {
		if f, ok := e.Fact.(domain.FunctionDefined); ok && e.No <= m.at.Known {
			functions = append(functions, f.Code)
		}
	}
	return functions
}

// isPrincipal tells whether a body that is known exercises something, or is accountable where nobody does.
func (m moment) isPrincipal(e projections.Entry) bool {
	exercises := kept(m.held, func(o projections.Entry) bool {
		return o.Remit.Subject == e.Remit.Subject && o.Remit.Footprint == e.Remit.Footprint &&
			o.Remit.Role == domain.RoleExercising && !o.Undetermined
	})
	return !e.Undetermined &&
		(e.Remit.Role == domain.RoleExercising || e.Remit.Role == domain.RoleAccountable && len(exercises) == 0)
}

// hasGone tells whether a transfer of a function has been completed in a footprint, or is planned to have been.
func (m moment) hasGone(function domain.FunctionCode, footprint domain.FootprintCode) bool {
	concerns := func(t *noted) bool {
		return t.subject.Function == function && slices.Contains(t.footprints(), footprint)
	}
	all := m.world.transfers(m.at.Known)
	done := func(t *noted) bool { return m.isDone(t) && concerns(t) }
	will := func(t *noted) bool { return concerns(t) && !all.takenUp(t, footprint) }
	return slices.ContainsFunc(all, done) || slices.ContainsFunc(m.due, will)
}

// ofClaims compares the last word of each body on each remit with the map and with those of others, and finds bodies
// that say that the register is not right about them.
func (m moment) ofClaims(all finds) {
	type word struct {
		domain.Remit

		by domain.OrganisationCode
	}
	last, attested := map[word]domain.RemitClaimed{}, map[domain.OrganisationCode]domain.RemitsAttested{}
	for _, e := range m.world.events {
		if e.No > m.at.Known {
			continue
		}
		switch f := e.Fact.(type) {
		case domain.RemitClaimed:
			subject := domain.Subject{Function: f.Function, Part: f.Part}
			said := domain.HoldingChange{Subjects: []domain.Subject{subject}, Footprints: f.Footprints, Roles: f.Roles}
			for remit := range said.Remits {
				if key := (word{remit, f.Claimant}); f.EffectiveOn <= m.at.On && f.EffectiveOn >= last[key].EffectiveOn {
					last[key] = f
				}
			}
		case domain.RemitsAttested:
			if f.EffectiveOn <= m.at.On && f.EffectiveOn >= attested[f.Organisation].EffectiveOn {
				attested[f.Organisation] = f
			}
		default:
		}
	}
	for w, f := range last {
		holds := slices.ContainsFunc(m.record, func(e projections.Entry) bool {
			return e.Remit == w.Remit && (e.Holder == w.by || e.ActingThrough == w.by)
		})
		rivals := 0
		for other, claim := range last {
			if other.Remit == w.Remit && other.by != w.by && claim.Holds {
				rivals++
			}
		}
		sole := m.world.details(w.Subject.Function, m.at.Known).RuleOf(w.Role) == domain.RuleSole
		if f.Holds != holds || f.Holds && rivals > 0 && sole {
			all.add(finding{projections.FindingContested, w.Subject.Function, w.by, ""}, w.Footprint)
		}
	}
	for body, f := range attested {
		if !f.Agrees {
			all.add(finding{projections.FindingContested, "", body, ""})
		}
	}
}
