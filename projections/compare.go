package projections

import (
	"cmp"
	"slices"

	"github.com/remit-register/remit/domain"
)

// CompareQuery asks for what differs between two points on both clocks: two dates as known now, one date as known
// then and now, or both.
type CompareQuery struct {
	From, To domain.AsOf
	// Filter limits the answer to remits of which it lets a holding through, before or after.
	Filter Filter
	// After is where the page before ended, nil for the first page.
	After *Cursor
	// Limit is the most differences of a page, 0 for no limit.
	Limit int
}

// Difference is a remit that somebody else holds, or that is held in another way.
type Difference struct {
	Remit domain.Remit
	// Before and After are all of its holdings: none when nobody held or holds it.
	Before, After []Entry
	// CauseEvents are the events by which it came to differ, in the order of the log.
	CauseEvents []domain.EventNo
}

// Comparison is a page of differences.
type Comparison struct {
	From, To domain.AsOf
	// Changes are sorted by function, part, footprint and role.
	Changes []Difference
	// Next leads to the next page, nil when this is the last.
	Next *Cursor
}

// Compare answers what moved: the remits whose holder, body acting for it, accountability, committee or post differs,
// or which became known or unknown. That a remit is held by virtue of another event, instrument or source is no
// difference. It refuses as Map does.
func (v *Views) Compare(q CompareQuery) (Comparison, error) {
	from, to, err := v.resolveBoth(q)
	if err != nil {
		return Comparison{}, err
	}
	compare := comparer{
		before: v.newMatcher(Filter{}, from), after: v.newMatcher(Filter{}, to),
		fromFilter: v.newMatcher(q.Filter, from), toFilter: v.newMatcher(q.Filter, to),
	}
	answer := Comparison{From: from, To: to}
	pages := pager{after: q.After, limit: q.Limit}
	v.walk(q.Filter, q.After, func(c *cell) bool {
		var more bool
		answer.Changes, more = paged(&pages, answer.Changes, c, compare.differences)
		return more
	})
	answer.Next = pages.next
	return answer, nil
}

// resolveBoth resolves both positions and refuses codes that neither of them knows.
func (v *Views) resolveBoth(q CompareQuery) (from, to domain.AsOf, err error) {
	if from, err = v.resolveFilter(q.From, Filter{}); err != nil {
		return from, to, err
	}
	if to, err = v.resolveFilter(q.To, Filter{}); err != nil {
		return from, to, err
	}
	_, err = v.resolveFilter(domain.AsOf{Known: max(from.Known, to.Known)}, q.Filter)
	return from, to, err
}

// comparer compares cells as of two points on both clocks.
type comparer struct {
	before, after *matcher
	// fromFilter and toFilter tell which of the entries before and after the question is about.
	fromFilter, toFilter *matcher
}

// differences appends the differences of a cell; the caller holds the lock.
func (x *comparer) differences(list []Difference, c *cell) []Difference {
	differing := x.mayDiffer(c)
	if differing == [roleCount]bool{} {
		return list
	}
	x.before.roles, x.after.roles = differing, differing
	before, after := x.before.entries(nil, c), x.after.entries(nil, c)
	for i, role := range x.before.names {
		if !differing[i] {
			continue
		}
		d := Difference{
			Remit:  domain.Remit{Subject: c.subject, Footprint: c.footprint, Role: role},
			Before: ofRole(before, role), After: ofRole(after, role),
		}
		if !sameHolders(d.Before, d.After) && x.isAskedFor(d) {
			d.CauseEvents = x.causes(c.of(roleIndex(role)))
			list = append(list, d)
		}
	}
	return list
}

// mayDiffer tells which of the roles that are asked for have a line with another value, without looking at what the
// values are.
func (x *comparer) mayDiffer(c *cell) (differing [roleCount]bool) {
	for rest := c.lines; len(rest) > 0; rest = rest[min(lanes, len(rest)):] {
		lines := rest[:min(lanes, len(rest))]
		before, after := x.fromFilter.values(lines), x.toFilter.values(lines)
		for k := range lines {
			if before[k] != after[k] {
				differing[lines[k].role] = true
			}
		}
	}
	return differing
}

// values returns what a few lines have in force, nobody for roles that are not asked for.
func (m *matcher) values(lines []line) (values [lanes]valueID) {
	points, ends := m.search(lines)
	for k := range lines {
		if i := lastKnown(points[k], ends[k], m.asOf.Known); i >= 0 {
			values[k] = points[k][i].value
		}
	}
	return values
}

func valueOf(p *point) valueID {
	if p == nil {
		return nobody
	}
	return p.value
}

func ofRole(entries []Entry, role domain.Role) []Entry {
	start := slices.IndexFunc(entries, func(e Entry) bool { return e.Remit.Role == role })
	if start < 0 {
		return nil
	}
	end := start
	for end < len(entries) && entries[end].Remit.Role == role {
		end++
	}
	return slices.Clip(entries[start:end])
}

// who is what of a holding must differ for a difference.
type who struct {
	holder, actingThrough, accountableTo domain.OrganisationCode
	heldThrough                          string
	undetermined                         bool
}

func sameHolders(a, b []Entry) bool {
	return slices.Equal(whoHolds(a), whoHolds(b))
}

func whoHolds(entries []Entry) []who {
	holdings := make([]domain.Holding, 0, len(entries))
	for i := range entries {
		holdings = append(holdings, entries[i].Holding)
	}
	return whoAre(holdings)
}

func whoIs(h *domain.Holding) who {
	return who{h.Holder, h.ActingThrough, h.AccountableTo, h.HeldThrough, h.Undetermined}
}

// whoAre returns who holds by virtue of holdings, in a fixed order.
func whoAre(holdings []domain.Holding) []who {
	list := make([]who, 0, len(holdings))
	for i := range holdings {
		list = append(list, whoIs(&holdings[i]))
	}
	slices.SortFunc(list, func(a, b who) int {
		return cmp.Or(
			cmp.Compare(a.holder, b.holder), cmp.Compare(a.actingThrough, b.actingThrough),
			cmp.Compare(a.accountableTo, b.accountableTo), cmp.Compare(a.heldThrough, b.heldThrough),
		)
	})
	return list
}

func (x *comparer) isAskedFor(d Difference) bool {
	lets := func(m *matcher, entries []Entry) bool {
		return slices.ContainsFunc(entries, func(e Entry) bool { return m.lets(&e.Holding) })
	}
	return lets(x.fromFilter, d.Before) || lets(x.toFilter, d.After)
}

// causes returns the events by which lines came to differ: those of the changes on the dates between the two, and
// those that only one of the two positions knows and that made, took back or replaced what held.
func (x *comparer) causes(lines []line) []domain.EventNo {
	from, to := x.before.asOf, x.after.asOf
	var events []domain.EventNo
	for i := range lines {
		b, a := lines[i].at(from.On, from.Known), lines[i].at(to.On, to.Known)
		if valueOf(a) == valueOf(b) {
			continue
		}
		events = append(events, between(&lines[i], from, to)...)
		events = append(events, unknownAt(&lines[i], b, to.Known)...)
		events = append(events, unknownAt(&lines[i], a, from.Known)...)
	}
	slices.Sort(events)
	return slices.Compact(events)
}

// unknownAt returns the event for which a point is not known at a position: it was recorded afterwards, or something
// else had been recorded for its date by then.
func unknownAt(l *line, p *point, known domain.EventNo) []domain.EventNo {
	if p == nil {
		return nil
	}
	if p.no > known {
		return []domain.EventNo{p.no}
	}
	if replaced := l.replacedBy(*p); replaced <= known {
		return []domain.EventNo{replaced}
	}
	return nil
}

// between returns the events of the points in force, as known at the later position, on the dates after the earlier
// date and up to the later one.
func between(l *line, from, to domain.AsOf) []domain.EventNo {
	low, high, known := min(from.On, to.On), max(from.On, to.On), max(from.Known, to.Known)
	var events []domain.EventNo
	for p := l.next(low, known); p != nil && p.from <= high; p = l.next(p.from, known) {
		events = append(events, p.no)
	}
	return events
}
