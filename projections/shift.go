package projections

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/remit-register/remit/domain"
)

// ShiftQuery asks how functions shift between tiers over time.
type ShiftQuery struct {
	// From and Until are the first and the last date; both are looked at.
	From, Until domain.Date
	// Known is the position as known at which it is told.
	Known domain.EventNo
	// Months is the length of a step, 3 where it is 0.
	Months int
	// Functions limits the answer to these functions.
	Functions []domain.FunctionCode
	// Organisations limits what moved and what is planned to what these bodies give or get; counts of what is held are
	// of those that these bodies hold, as named.
	Organisations []domain.OrganisationCode
}

// maxShiftSteps bounds an answer: each step is a walk over the whole map.
const maxShiftSteps = 60

// Shift tells how functions shift between tiers over time.
type Shift struct {
	From, Until domain.Date
	Position    domain.EventNo
	// Moved are the changes recorded as transfers, agreements and occurrences, by the step in which they took effect,
	// with money, staff and population where these are known.
	Moved []ShiftMove
	// Planned are transfers that are to take effect in a step, told in the same way. None of it has happened. Of an
	// announcement it is what is left: where a transfer carries it out, or did, that is told instead.
	Planned []ShiftMove
	// Held counts remits on the last date of each step. They are counts of entries in the map and no measure of size:
	// a footprint counts as one whether many or few people live in it.
	Held []ShiftCount
}

// ShiftMove is what moved from one tier to another in one class of function and one step.
type ShiftMove struct {
	// Start and End are the first and the last date of the step.
	Start, End domain.Date
	Class      domain.FunctionClass
	// FromTier and ToTier are those of the bodies as named; "" where the record does not say who.
	FromTier, ToTier domain.Tier
	// Pounds is the money of the largest year that each change states, added up, and Money how many changes state any.
	Pounds int64
	Money  int
	// WTE is the staff that the changes state, in hundredths of a whole-time equivalent, and Staff how many state it.
	WTE   int64
	Staff int
	// Population is that of the bodies whose whole area the changes cover, each of them counted once a change, on the
	// basis named in PopulationBasis; PopulationKnown says for how many changes it is known for the whole.
	Population      int64
	PopulationBasis domain.PopulationBasis
	PopulationKnown int
	// Transfers, Agreements, Occurrences and Remits are counts, and no measure of size: of completed (or planned)
	// transfers, of delegations made by agreement, of occurrences, and of function × footprint × role.
	Transfers, Agreements, Occurrences, Remits int
	// Events are those from which it follows, in the order of the log: of a completed transfer its completion, of a
	// planned one the last event about it, of what was put right the last correction.
	Events []domain.EventNo
}

// ShiftCount counts the remits that bodies of a tier hold.
type ShiftCount struct {
	On    domain.Date
	Class domain.FunctionClass
	Tier  domain.Tier
	Role  domain.Role
	// Remits is a count, and no measure of size. A remit that several hold counts for each of them.
	Remits int
}

// Shift tells how functions shift between tiers. It refuses with domain.UnknownFunction or
// domain.UnknownOrganisation for what is not known, and with domain.InvalidArgument for a position not reached yet, dates in the wrong order, or more than 60 steps.
func (v *Views) Shift(q ShiftQuery) (Shift, error) {
	if q.Months == 0 {
		q.Months = 3
	}
	steps, err := q.steps()
	if err != nil {
		return Shift{}, err
	}
	a, err := v.resolveFilter(domain.AsOf{On: q.Until, Known: q.Known}, Filter{Functions: q.Functions, Organisations: q.Organisations})
	if err != nil {
		return Shift{}, err
	}
	answer := Shift{From: q.From, Until: q.Until, Position: a.Known}
	v.mu.RLock()
	answer.Moved, answer.Planned = v.moves(q, steps, a.Known)
	v.mu.RUnlock()
	for _, s := range steps {
		answer.Held = append(answer.Held, v.heldBy(q, domain.AsOf{On: s.end, Known: a.Known})...)
	}
	return answer, nil
}

// step is a stretch of dates, both included.
type step struct{ start, end domain.Date }

func (q *ShiftQuery) steps() ([]step, error) {
	refuse := func(message, remedy string) ([]step, error) {
		return nil, domain.Refuse(domain.InvalidArgument, message, remedy, "from", q.From.String(), "until", q.Until.String())
	}
	if q.From == 0 || q.Until < q.From || q.Months < 0 {
		return refuse("The last date lies before the first.", "Give the first date and a later last one.")
	}
	var steps []step
	for start, n := q.From, 1; start <= q.Until; n++ {
		next := addMonths(q.From, n*q.Months)
		steps = append(steps, step{start, min(next-1, q.Until)})
		start = next
		if len(steps) > maxShiftSteps {
			return refuse(fmt.Sprintf("There are more than %d steps.", maxShiftSteps), "Ask for fewer years, or for longer steps.")
		}
	}
	return steps, nil
}

// addMonths returns the date so many months later, the last of that month where it has no such day.
func addMonths(on domain.Date, months int) domain.Date {
	var year, month, day int
	if _, err := fmt.Sscanf(on.String(), "%4d-%2d-%2d", &year, &month, &day); err != nil {
		return on
	}
	const monthsOfYear = 12
	month += months
	year, month = year+(month-1)/monthsOfYear, (month-1)%monthsOfYear+1
	for ; day > 0; day-- {
		if d, err := domain.ParseDate(fmt.Sprintf("%04d-%02d-%02d", year, month, day)); err == nil {
			return d
		}
	}
	return on
}

// heldBy counts the remits that each tier holds on a date.
func (v *Views) heldBy(q ShiftQuery, a domain.AsOf) []ShiftCount {
	counts := map[ShiftCount]int{}
	match := v.newMatcher(Filter{}, a)
	classes := map[domain.FunctionCode]domain.FunctionClass{}
	t := &cellTally{}
	var list []held
	v.walk(Filter{Functions: q.Functions}, nil, a, func(c *cell) bool {
		class, ok := classes[c.subject.Function]
		if !ok {
			f, _ := v.functions.Get(c.subject.Function, a.Known)
			class = f.Details.Class
			classes[c.subject.Function] = class
		}
		list = v.inForce(list[:0], c, a, t)
		for _, h := range list {
			if len(q.Organisations) > 0 && !slices.Contains(q.Organisations, h.holding.Named()) {
				continue
			}
			counts[ShiftCount{On: a.On, Class: class, Tier: match.tier(h.holding.Named()), Role: match.names[h.role]}]++
		}
		return true
	})
	rows := make([]ShiftCount, 0, len(counts))
	for row, n := range counts {
		row.Remits = n
		rows = append(rows, row)
	}
	slices.SortFunc(rows, func(x, y ShiftCount) int {
		return cmp.Or(cmp.Compare(x.Class, y.Class), cmp.Compare(x.Tier, y.Tier),
			cmp.Compare(roleIndex(x.Role), roleIndex(y.Role)))
	})
	return rows
}

// move is one change that is told by ShiftMove.
type move struct {
	on         domain.Date
	function   domain.FunctionCode
	from, to   domain.OrganisationCode
	footprints []domain.FootprintCode
	roles      []domain.Role
	terms      domain.Terms
	count      ShiftMove
	event      domain.EventNo
}

// moves returns what moved and what is planned, by step.
func (v *Views) moves(q ShiftQuery, steps []step, known domain.EventNo) (moved, planned []ShiftMove) {
	done, ahead := shiftRows{}, shiftRows{}
	put := v.rectifications(known)
	for _, t := range v.transfers.All(known) {
		if t.State != domain.StateCompleted && t.State != domain.StateReversed && t.State.IsFinished() {
			continue
		}
		for _, to := range t.Moves {
			m := move{
				on: t.Due(), function: t.Subject.Function, from: t.Sender, to: to.Receiver, footprints: to.Footprints,
				roles: t.Roles, terms: t.Terms, count: ShiftMove{Transfers: 1}, event: v.moveEvent(t, known),
			}
			if t.CompletedOn != 0 {
				if m, happened := put.right(m); happened {
					v.addMove(done, q, steps, known, m)
				}
				continue
			}
			m.footprints = slices.DeleteFunc(slices.Clone(to.Footprints), v.takenUp(t, known))
			if len(m.footprints) > 0 || len(to.Footprints) == 0 {
				v.addMove(ahead, q, steps, known, m)
			}
		}
	}
	for _, m := range v.otherMoves(known) {
		if m, happened := put.right(m); happened {
			v.addMove(done, q, steps, known, m)
		}
	}
	return done.sorted(), ahead.sorted()
}

// moveEvent returns the event that completed a transfer, or the last one about it where nothing did.
func (v *Views) moveEvent(t domain.Transfer, known domain.EventNo) domain.EventNo {
	_, last := v.events.bounds("transfer/"+string(t.ID), known)
	for _, no := range v.events.about("transfer/"+string(t.ID), known) {
		if v.events.kindName(domain.EventNo(no)) == (domain.TransferCompleted{}).FactType() {
			return domain.EventNo(no)
		}
	}
	return last
}

// otherMoves returns delegations by agreement that took effect, and occurrences.
func (v *Views) otherMoves(known domain.EventNo) []move {
	var list []move
	for _, no := range v.events.ofType("DelegationAccepted", known) {
		f, _ := v.events.fact(no).(domain.DelegationAccepted)
		d, ok := v.delegations.Get(f.ID, domain.EventNo(no))
		if ok {
			list = append(list, move{
				on: f.EffectiveOn, function: d.Subject.Function, from: d.Delegator, to: d.Delegate, footprints: d.Footprints,
				roles: d.Roles, terms: d.Terms, count: ShiftMove{Agreements: 1}, event: domain.EventNo(no),
			})
		}
	}
	for _, no := range v.events.ofType("OccurrenceRecorded", known) {
		f, _ := v.events.fact(no).(domain.OccurrenceRecorded)
		list = append(list, move{
			on: f.EffectiveOn, function: f.Function, from: f.From, to: f.To, footprints: f.Footprints, roles: f.Roles,
			count: ShiftMove{Occurrences: 1}, event: domain.EventNo(no),
		})
	}
	return list
}

type shiftKey struct {
	start    domain.Date
	class    domain.FunctionClass
	from, to domain.Tier
}

type shiftRows map[shiftKey]*ShiftMove

func (r shiftRows) sorted() []ShiftMove {
	rows := make([]ShiftMove, 0, len(r))
	for _, row := range r {
		slices.Sort(row.Events)
		row.Events = slices.Compact(row.Events)
		rows = append(rows, *row)
	}
	slices.SortFunc(rows, func(x, y ShiftMove) int {
		return cmp.Or(cmp.Compare(x.Start, y.Start), cmp.Compare(x.Class, y.Class),
			cmp.Compare(x.FromTier, y.FromTier), cmp.Compare(x.ToTier, y.ToTier))
	})
	return rows
}

// addMove adds a change to the row of its step, class and tiers.
func (v *Views) addMove(rows shiftRows, q ShiftQuery, steps []step, known domain.EventNo, m move) {
	i := slices.IndexFunc(steps, func(s step) bool { return s.start <= m.on && m.on <= s.end })
	if i < 0 || len(q.Functions) > 0 && !slices.Contains(q.Functions, m.function) ||
		len(q.Organisations) > 0 && !slices.Contains(q.Organisations, m.from) && !slices.Contains(q.Organisations, m.to) {
		return
	}
	f, _ := v.functions.Get(m.function, known)
	from, _ := v.organisations.Body(m.from, known)
	to, _ := v.organisations.Body(m.to, known)
	key := shiftKey{steps[i].start, f.Details.Class, from.Tier, to.Tier}
	row, ok := rows[key]
	if !ok {
		row = &ShiftMove{
			Start: steps[i].start, End: steps[i].end, Class: key.class, FromTier: key.from, ToTier: key.to,
			PopulationBasis: domain.PopulationRegistered,
		}
		rows[key] = row
	}
	row.Events = append(row.Events, m.event)
	row.Transfers += m.count.Transfers
	row.Agreements += m.count.Agreements
	row.Occurrences += m.count.Occurrences
	row.Remits += len(m.footprints) * len(m.roles)
	if len(m.terms.Money) > 0 {
		row.Pounds += m.terms.Pounds()
		row.Money++
	}
	if m.terms.Staff.Stated {
		row.WTE += m.terms.Staff.WTE
		row.Staff++
	}
	population, whole := v.populationOf(m.footprints, domain.AsOf{On: m.on, Known: known})
	row.Population += population
	if whole {
		row.PopulationKnown++
	}
}

// populationOf adds up the registered populations of the bodies whose whole area the footprints cover. It tells
// whether that is the population of all of the footprints: none lies in a body of which only a part is covered, or of
// which no population is recorded.
func (v *Views) populationOf(footprints []domain.FootprintCode, a domain.AsOf) (total int64, whole bool) {
	covered := map[domain.OrganisationCode]int{}
	for _, code := range footprints {
		fp, ok := v.organisations.Footprint(code, a.Known)
		if !ok || fp.Kind != domain.KindLocation {
			return 0, false
		}
		covered[valueAt(fp.CoveredBy, a)]++
	}
	areas := map[domain.OrganisationCode]int{}
	for _, fp := range v.organisations.Footprints(a.Known) {
		// Populations are those of locations: areas of another kind lie across them.
		if by := valueAt(fp.CoveredBy, a); fp.Kind == domain.KindLocation && fp.IsOpen(a) && covered[by] > 0 {
			areas[by]++
		}
	}
	populations := v.populations(a)
	whole = len(covered) > 0
	for body, n := range covered {
		i := slices.IndexFunc(populations[body], func(p Allowance) bool { return p.Basis == domain.PopulationRegistered })
		if i < 0 || n < areas[body] {
			whole = false
			continue
		}
		total += populations[body][i].Population
	}
	return total, whole
}
