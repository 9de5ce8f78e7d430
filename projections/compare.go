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
	answer := Comparison{From: from, To: to}
	if pieces := v.pieces(q.Filter, q.After, q.Limit); len(pieces) > 1 {
		answer.Changes, err = inPieces(answer.Changes, pieces, func(list []Difference, p piece) []Difference {
			compare := v.newComparer(q.Filter, from, to)
			v.walkPiece(q.Filter, p, to, func(c *cell) bool {
				list = compare.differences(list, c)
				return true
			})
			return list
		})
		return answer, err
	}
	compare := v.newComparer(q.Filter, from, to)
	pages := pager{after: q.After, limit: q.Limit}
	v.walk(q.Filter, q.After, to, func(c *cell) bool {
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
	// entries and events have room for what the next differences list.
	entries room[Entry]
	events  room[domain.EventNo]
}

func (v *Views) newComparer(f Filter, from, to domain.AsOf) *comparer {
	return &comparer{
		before: v.newMatcher(Filter{}, from), after: v.newMatcher(Filter{}, to),
		fromFilter: v.newMatcher(f, from), toFilter: v.newMatcher(f, to),
	}
}

// room is memory for many short lists: it is had in pieces that grow with what was asked for.
type room[T any] struct {
	free []T
	next int
}

// roomLeast and roomMost are how many elements pieces of a room have.
const (
	roomLeast = 8
	roomMost  = 1024
)

// list returns an empty list with room for so many elements; keep takes what was put into it.
func (r *room[T]) list(n int) []T {
	if n > cap(r.free)-len(r.free) {
		r.next = min(max(2*r.next, roomLeast), roomMost)
		r.free = make([]T, 0, max(n, r.next))
	}
	return r.free[len(r.free):]
}

// keep keeps a list that list gave, unless it was outgrown, and returns it without spare room.
func (r *room[T]) keep(list []T) []T {
	if len(list) == 0 {
		return nil
	}
	if n := len(r.free); cap(list) == cap(r.free)-n {
		r.free = r.free[:n+len(list)]
	}
	return slices.Clip(list)
}

// differences appends the differences of a cell; the caller holds the lock.
func (x *comparer) differences(list []Difference, c *cell) []Difference {
	differing := x.mayDiffer(c)
	if differing == [roleCount]bool{} {
		return list
	}
	x.before.roles, x.after.roles = differing, differing
	most := x.before.most(c)
	before := x.entries.keep(x.before.entries(x.entries.list(most), c))
	after := x.entries.keep(x.after.entries(x.entries.list(most), c))
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
	var room [lanes]*line
	for rest := x.fromFilter.looksAt(room[:0], c); len(rest) > 0; rest = rest[min(lanes, len(rest)):] {
		lines := rest[:min(lanes, len(rest))]
		before, beforeEnds := x.fromFilter.search(lines)
		after, afterEnds := x.toFilter.search(lines)
		for k, l := range lines {
			role := l.role
			if !x.fromFilter.roles[role] || before[k] == after[k] && beforeEnds[k] == afterEnds[k] && x.sameKnown() {
				continue
			}
			if before[k].value(beforeEnds[k], x.before.asOf.Known) != after[k].value(afterEnds[k], x.after.asOf.Known) {
				differing[role] = true
			}
		}
	}
	return differing
}

// sameKnown tells whether both points are of one position.
func (x *comparer) sameKnown() bool { return x.before.asOf.Known == x.after.asOf.Known }

// value returns what is in force as known, nobody for nothing, after so many points up to a date.
func (d *dated) value(end int, known domain.EventNo) valueID {
	if i := lastKnown(d.points, end, known); i >= 0 {
		return d.points[i].value
	}
	return nobody
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
	if len(a) != len(b) {
		return false
	}
	if len(a) == 1 {
		return whoIs(&a[0].Holding) == whoIs(&b[0].Holding)
	}
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
	events := x.events.list(1)
	for i := range lines {
		b, a := lines[i].at(from.On, from.Known), lines[i].at(to.On, to.Known)
		if valueOf(a) == valueOf(b) {
			continue
		}
		events = appendBetween(events, &lines[i], from, to)
		if x.sameKnown() {
			continue // what is in force as known at one of them is known at the other
		}
		events = append(events, unknownAt(&lines[i], b, to.Known)...)
		events = append(events, unknownAt(&lines[i], a, from.Known)...)
	}
	slices.Sort(events)
	return x.events.keep(slices.Compact(events))
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

// appendBetween appends the events of the points in force, as known at the later position, on the dates after the earlier
// date and up to the later one.
func appendBetween(events []domain.EventNo, l *line, from, to domain.AsOf) []domain.EventNo {
	low, high, known := min(from.On, to.On), max(from.On, to.On), max(from.Known, to.Known)
	d := l.epochAt(known)
	for i := firstKnown(d.points, d.upper(low), known); i >= 0 && d.points[i].from <= high; {
		events = append(events, d.points[i].no)
		next := i + 1
		for next < len(d.points) && d.points[next].from == d.points[i].from {
			next++
		}
		i = firstKnown(d.points, next, known)
	}
	return events
}
