package domain_test

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections" //nolint:depguard // only here are there histories of all commands to show views
)

// planned says what is to come of the remits of a question: of all that is ahead, and of what it took the place of.
func (x forms) planned(q projections.HoldersQuery, footprints []domain.FootprintCode) []projections.Planned {
	var list []projections.Planned
	all := x.world.transfers(q.AsOf.Known)
	for _, t := range all {
		if !all.isAhead(t) || q.Role != "" && !slices.Contains(t.roles, q.Role) {
			continue
		}
		add := func(s domain.Subject, to domain.OrganisationCode, in []domain.FootprintCode) {
			within := kept(footprints, func(f domain.FootprintCode) bool { return slices.Contains(in, f) })
			if s.Function == q.Function && (q.Part == "" || s.Part == "" || q.Part == s.Part) && len(within) > 0 {
				list = append(list, t.promises(s, to, within))
			}
		}
		for _, m := range t.moves {
			add(t.subject, m.Receiver, kept(m.Footprints, func(f domain.FootprintCode) bool { return !all.carriedOut(t, f) }))
		}
		for _, r := range t.results {
			to := t.receiver()
			if t.reverses != "" {
				to = "" // what it resulted in ends
			}
			add(domain.Subject{Function: r.Function, Part: r.Part}, to, r.Footprints)
		}
	}
	return list
}

func (t *noted) promises(s domain.Subject, to domain.OrganisationCode, in []domain.FootprintCode) projections.Planned {
	return projections.Planned{
		TransferID: t.id, Kind: t.kind, State: t.state, Subject: s, Sender: t.sender, Receiver: to, Footprints: in, Roles: t.roles,
		EffectiveOn: t.planned(), Instrument: t.instrument, Confidence: t.confidence, Source: t.source, Plan: t.plan,
		Replaces: t.replaces, ReplacedBy: t.replacedBy,
		SameLegalPerson: slices.ContainsFunc(t.gateways, func(g domain.GatewayPlan) bool { return g.SameLegalPerson }),
	}
}

// moved is a change that is told by itself: who gave what to whom, and on how large a scale.
type moved struct {
	on         domain.Date
	function   domain.FunctionCode
	from, to   domain.OrganisationCode
	footprints []domain.FootprintCode
	roles      []domain.Role
	terms      domain.Terms
	as         domain.Fact
	no         domain.EventNo
}

// happened are the changes that took effect by transfers, agreements and occurrences, as they were put right since.
func (x forms) happened(known domain.EventNo) []moved {
	var list []moved
	for _, e := range x.world.events {
		if e.No > known {
			continue
		}
		m := moved{as: e.Fact, no: e.No}
		switch f := e.Fact.(type) {
		case domain.TransferCompleted:
			t := x.world.transfers(known).get(f.ID)
			m.on, m.function, m.from, m.to = f.EffectiveOn, t.subject.Function, t.sender, t.receiver()
			m.footprints, m.roles, m.terms = t.footprints(), t.roles, t.terms
		case domain.DelegationAccepted:
			d := x.world.arrangements(e.No).get(f.ID)
			m.on, m.function, m.from, m.to = f.EffectiveOn, d.subject.Function, d.delegator, d.delegate
			m.footprints, m.roles, m.terms = d.footprints, d.roles, d.terms
		case domain.OccurrenceRecorded:
			m.on, m.function, m.from, m.to = f.EffectiveOn, f.Function, f.From, f.To
			m.footprints, m.roles = f.Footprints, f.Roles
		default:
			continue
		}
		if right, so := x.putRight(m, known); so {
			list = append(list, right)
		}
	}
	return list
}

// putRight goes through the corrections of a change, and of those: each says what is right, or that it never happened.
func (x forms) putRight(m moved, known domain.EventNo) (right moved, happened bool) {
	for _, e := range x.world.events {
		f, ok := e.Fact.(domain.Corrected)
		switch {
		case !ok || e.No > known || f.Event != m.no:
		case f.Withdrawn:
			return m, false
		default:
			m.on, m.to, m.no = cmp.Or(f.EffectiveOn, m.on), cmp.Or(f.Holder, m.to), e.No
		}
	}
	return m, true
}

// ahead are the changes that are planned: an announcement is left to the transfers that carry it out.
func (x forms) ahead(known domain.EventNo) []moved {
	var list []moved
	all := x.world.transfers(known)
	for _, t := range all {
		if t.isDropped() || t.state == domain.StateCompleted {
			continue
		}
		for _, m := range t.moves {
			left := kept(m.Footprints, func(f domain.FootprintCode) bool { return !all.takenUp(t, f) })
			if len(left) > 0 {
				list = append(list, moved{
					on: t.planned(), function: t.subject.Function, from: t.sender, to: m.Receiver, footprints: left, roles: t.roles,
					terms: t.terms, as: domain.TransferCompleted{}, no: t.last,
				})
			}
		}
	}
	return list
}

// shift asks what moved, what is planned and what is held, in steps of some months.
func (x forms) shift(a domain.AsOf) {
	day, err := time.Parse(time.DateOnly, (a.On - domain.Date(rapid.IntRange(0, 800).Draw(x.T, "days back"))).String())
	first, months := day.AddDate(0, 0, 1-min(day.Day(), 10)), rapid.SampledFrom([]int{1, 3, 24}).Draw(x.T, "months") // no month ends before the 10th
	q := projections.ShiftQuery{
		From: domain.DateOf(is(x, first, err)), Months: months, Known: a.Known,
		Until: domain.DateOf(first.AddDate(0, 2*months, rapid.IntRange(-20, 20).Draw(x.T, "days more"))),
	}
	answer, err := x.views.Shift(q)
	shift := is(x, answer, err)
	var moved, planned, held []string
	for i := 0; ; i++ {
		start, end := domain.DateOf(first.AddDate(0, i*months, 0)), min(domain.DateOf(first.AddDate(0, (i+1)*months, 0))-1, q.Until)
		if start > q.Until {
			break
		}
		moved = append(moved, x.told(x.happened(a.Known), start, end, a.Known)...)
		planned = append(planned, x.told(x.ahead(a.Known), start, end, a.Known)...)
		held = append(held, x.counted(domain.AsOf{On: end, Known: a.Known})...)
	}
	x.same("what moved", texts(shift.Moved), moved)
	x.same("what is planned to move", texts(shift.Planned), planned)
	x.same("what each tier holds", sorted(texts(shift.Held)), sorted(held))
}

func texts[V any](list []V) []string {
	var texts []string
	for _, v := range list {
		texts = append(texts, fmt.Sprintf("%+v", v))
	}
	return texts
}

func sorted(list []string) []string {
	slices.Sort(list)
	return list
}

// told adds up the changes of a step, by class of function and the tiers between which they moved.
func (x forms) told(list []moved, start, end domain.Date, known domain.EventNo) []string {
	type between struct {
		class    domain.FunctionClass
		from, to domain.Tier
	}
	sums := map[between]*projections.ShiftMove{}
	for _, m := range kept(list, func(m moved) bool { return m.on >= start && m.on <= end }) {
		from, _ := x.world.established(m.from, known)
		to, _ := x.world.established(m.to, known)
		key := between{x.world.details(m.function, known).Class, from.Tier, to.Tier}
		if sums[key] == nil {
			sums[key] = &projections.ShiftMove{
				Start: start, End: end, Class: key.class, FromTier: key.from, ToTier: key.to, PopulationBasis: domain.PopulationRegistered,
			}
		}
		x.addTo(sums[key], m, known)
	}
	var rows []projections.ShiftMove
	for _, sum := range sums {
		slices.Sort(sum.Events)
		sum.Events = slices.Compact(sum.Events)
		rows = append(rows, *sum)
	}
	slices.SortFunc(rows, func(a, b projections.ShiftMove) int {
		return cmp.Or(cmp.Compare(a.Class, b.Class), cmp.Compare(a.FromTier, b.FromTier), cmp.Compare(a.ToTier, b.ToTier))
	})
	return texts(rows)
}

func (x forms) addTo(sum *projections.ShiftMove, m moved, known domain.EventNo) {
	switch m.as.(type) {
	case domain.TransferCompleted:
		sum.Transfers++
	case domain.DelegationAccepted:
		sum.Agreements++
	default:
		sum.Occurrences++
	}
	sum.Remits += len(m.footprints) * len(m.roles)
	sum.Events = append(sum.Events, m.no)
	most, years := int64(0), map[string]int64{}
	for _, money := range m.terms.Money {
		years[money.Year] += money.Pounds
		most = max(most, years[money.Year])
	}
	sum.Pounds += most
	if len(m.terms.Money) > 0 {
		sum.Money++
	}
	if m.terms.Staff.Stated {
		sum.WTE += m.terms.Staff.WTE
		sum.Staff++
	}
	people, whole := x.livingIn(m.footprints, domain.AsOf{On: m.on, Known: known})
	sum.Population += people
	if whole {
		sum.PopulationKnown++
	}
}

// livingIn counts the people of the bodies whose whole area some locations are, and tells whether that is everybody.
func (x forms) livingIn(footprints []domain.FootprintCode, a domain.AsOf) (people int64, whole bool) {
	locations := x.world.codes(toldExists, a.Known) // there are no footprints of other kinds
	isLocation := func(f domain.FootprintCode) bool { return slices.Contains(locations, string(f)) }
	if len(kept(footprints, isLocation)) < len(footprints) {
		return 0, false
	}
	whole = len(footprints) > 0
	var counted []domain.OrganisationCode
	for _, f := range footprints {
		body := x.world.coveredBy(f, a)
		outside := kept(locations, func(code string) bool {
			return x.world.at(toldExists, code, a) == yes && x.world.at(toldCoveredBy, code, a) == string(body) &&
				!slices.Contains(footprints, domain.FootprintCode(code))
		})
		there := x.people(body, domain.PopulationRegistered, a)
		switch {
		case body == "" || len(outside) > 0 || there < 0:
			whole = false
		case !slices.Contains(counted, body):
			people += there
			counted = append(counted, body)
		}
	}
	return people, whole
}

// counted counts what each tier holds on a date.
func (x forms) counted(a domain.AsOf) []string {
	counts := map[projections.ShiftCount]int{}
	for _, e := range x.entries(a) {
		named, _ := x.world.established(e.Named(), a.Known)
		class := x.world.details(e.Remit.Subject.Function, a.Known).Class
		counts[projections.ShiftCount{On: a.On, Class: class, Tier: named.Tier, Role: e.Remit.Role}]++
	}
	var rows []projections.ShiftCount
	for row, n := range counts {
		row.Remits = n
		rows = append(rows, row)
	}
	return texts(rows)
}
