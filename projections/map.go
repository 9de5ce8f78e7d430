package projections

import (
	"slices"

	"github.com/remit-register/remit/domain"
)

// Entry says that a body holds a remit: one line of an answer about the map.
type Entry struct {
	// Held is the remit, the holding, since when, and the event by virtue of which it is held.
	domain.Held
	// To is the date of the line's next recorded change, as known: the holding lasts until then. Zero while it is open.
	To domain.Date
	// SameLegalPerson says that the body named is not the one that is named as accountable for the same function and
	// footprint, but that both are one person in law: the separation between them is not one of persons.
	SameLegalPerson bool
}

// Filter limits a question to a part of the map. Empty fields limit nothing.
type Filter struct {
	// Functions are whole functions, with all of their parts.
	Functions []domain.FunctionCode
	// Footprints are single footprints; they are not expanded.
	Footprints []domain.FootprintCode
	// Organisations are bodies as named: those that hold, and those that act for who holds.
	Organisations []domain.OrganisationCode
	// Tiers are those of the body as named: of the one that acts, or else of the holder.
	Tiers []domain.Tier
	Roles []domain.Role
}

// MapQuery asks for the map, or a part of it, page by page.
type MapQuery struct {
	AsOf   domain.AsOf
	Filter Filter
	// After is where the page before ended, nil for the first page.
	After *Cursor
	// Limit is the most entries of a page, 0 for no limit.
	Limit int
}

// Cursor is where a page of the map, or of a comparison, ends. Together with the AsOf that the page answered and the
// same filter it always leads to the same next page.
type Cursor struct {
	Function  domain.FunctionCode  `json:"function"`
	Part      domain.PartCode      `json:"part,omitempty"`
	Footprint domain.FootprintCode `json:"footprint"`
	// Given counts what of this function, part and footprint is on earlier pages.
	Given int `json:"given"`
}

// MapPage is a page of the map.
type MapPage struct {
	AsOf domain.AsOf
	// Holdings are sorted by function, part, footprint, role and body.
	Holdings []Entry
	// Next leads to the next page, nil when this is the last.
	Next *Cursor
}

// Map returns the map, or a part of it. It is linear in what the filter lets through where that names functions or a
// single organisation, and in the map otherwise. It refuses with domain.UnknownFunction or domain.UnknownOrganisation
// when the filter names something that is not known, and with domain.InvalidArgument for a position not reached yet.
func (v *Views) Map(q MapQuery) (MapPage, error) {
	a, err := v.resolveFilter(q.AsOf, q.Filter)
	if err != nil {
		return MapPage{}, err
	}
	page := MapPage{AsOf: a, Holdings: v.room(q)}
	match := v.newMatcher(q.Filter, a)
	pages := pager{after: q.After, limit: q.Limit}
	v.walk(q.Filter, q.After, func(c *cell) bool {
		var more bool
		page.Holdings, more = paged(&pages, page.Holdings, c, match.entries)
		return more
	})
	page.Next = pages.next
	return page, nil
}

// room returns an empty list with room for a whole answer where that can be told beforehand.
func (v *Views) room(q MapQuery) []Entry {
	f := q.Filter
	if len(f.Functions)+len(f.Footprints)+len(f.Organisations)+len(f.Tiers)+len(f.Roles) > 0 {
		return nil
	}
	v.mu.RLock()
	defer v.mu.RUnlock()
	if q.Limit > 0 {
		return make([]Entry, 0, min(q.Limit, v.holdings.lines))
	}
	return make([]Entry, 0, v.holdings.lines)
}

// pager cuts a walk into pages.
type pager struct {
	after *Cursor
	limit int
	// next is where the page ends, nil while there is room.
	next *Cursor
}

// paged adds to a page what a cell gives, and tells whether there is room for more.
func paged[T any](p *pager, items []T, c *cell, add func([]T, *cell) []T) ([]T, bool) {
	before := len(items)
	items = add(items, c)
	given := 0
	if p.after != nil && p.after.isAt(c) {
		given = min(p.after.Given, len(items)-before)
		items = slices.Delete(items, before, before+given)
	}
	if p.limit == 0 || len(items) <= p.limit {
		return items, true
	}
	p.next = &Cursor{
		Function: c.subject.Function, Part: c.subject.Part, Footprint: c.footprint, Given: given + p.limit - before,
	}
	return items[:p.limit], false
}

func (c *Cursor) isAt(x *cell) bool { return compareCells(c.cell(), x) == 0 }

// cell returns an empty cell at the cursor's place, to compare with.
func (c *Cursor) cell() *cell {
	return &cell{subject: domain.Subject{Function: c.Function, Part: c.Part}, footprint: c.Footprint}
}

// resolveFilter resolves the position and refuses codes that are not known.
func (v *Views) resolveFilter(a domain.AsOf, f Filter) (domain.AsOf, error) {
	err := v.read(a, func(pinned domain.AsOf) error {
		a = pinned
		for _, code := range f.Functions {
			if _, ok := v.functions.Get(code, a.Known); !ok {
				return unknownFunction(code)
			}
		}
		for _, code := range f.Organisations {
			if _, ok := v.organisations.Body(code, a.Known); !ok {
				return unknownOrganisation(code)
			}
		}
		return nil
	})
	return a, err
}

// stretch is the most cells that a walk visits before it lets go of the lock.
const stretch = 2048

// walk calls visit with the cells that may match the filter, in order, from the cursor's on. Between stretches it lets
// go of the lock, so visit must look only at what is known at a position that has been reached.
func (v *Views) walk(f Filter, after *Cursor, visit func(*cell) bool) {
	functions := slices.Sorted(slices.Values(f.Functions))
	pivot := &cell{}
	if after != nil {
		pivot = after.cell()
	}
	for pivot != nil {
		pivot = v.walkStretch(f, functions, pivot, visit)
	}
}

// walkStretch visits a stretch of cells and returns where the next begins, nil when the walk is over.
func (v *Views) walkStretch(f Filter, functions []domain.FunctionCode, pivot *cell, visit func(*cell) bool) *cell {
	v.mu.RLock()
	defer v.mu.RUnlock()
	tree := v.holdings.treeFor(f)
	if tree == nil {
		return nil
	}
	var next *cell
	visited := 0
	tree.Ascend(pivot, func(c *cell) bool {
		if jump, ok := jumpOver(functions, c); ok {
			next = jump
			return false
		}
		if visited == stretch {
			next = c
			return false
		}
		visited++
		if len(f.Footprints) > 0 && !slices.Contains(f.Footprints, c.footprint) {
			return true
		}
		return visit(c)
	})
	return next
}

// jumpOver returns where the walk goes on when c is of a function that is not asked for: at the next one that is, or
// nowhere.
func jumpOver(functions []domain.FunctionCode, c *cell) (*cell, bool) {
	if len(functions) == 0 {
		return nil, false
	}
	i, found := slices.BinarySearch(functions, c.subject.Function)
	if found {
		return nil, false
	}
	if i == len(functions) {
		return nil, true
	}
	return &cell{subject: domain.Subject{Function: functions[i]}}, true
}

// treeFor returns the shortest list of cells that has everything which the filter lets through, nil for none.
func (m *functionMap) treeFor(f Filter) *cellTree {
	if len(f.Organisations) == 1 {
		return m.byBody[f.Organisations[0]]
	}
	return m.all
}

// matcher makes entries of cells as of one point on both clocks. It remembers what it found out about bodies.
type matcher struct {
	views   *Views
	asOf    domain.AsOf
	filter  Filter
	roles   [roleCount]bool
	names   [roleCount]domain.Role
	persons map[domain.OrganisationCode]domain.OrganisationCode
	tiers   map[domain.OrganisationCode]domain.Tier
}

func (v *Views) newMatcher(f Filter, a domain.AsOf) *matcher {
	m := &matcher{views: v, asOf: a, filter: f}
	for i, role := range domain.Roles() {
		m.names[i], m.roles[i] = role, len(f.Roles) == 0 || slices.Contains(f.Roles, role)
	}
	return m
}

// entries appends the entries of a cell that match; the caller holds the lock.
func (m *matcher) entries(entries []Entry, c *cell) []Entry {
	start := len(entries)
	if entries == nil {
		entries = make([]Entry, 0, m.room(c))
	}
	for rest := c.lines; len(rest) > 0; rest = rest[min(lanes, len(rest)):] {
		entries = m.linesEntries(entries, c, rest[:min(lanes, len(rest))])
	}
	m.markSamePerson(entries[start:], c)
	return entries
}

// room returns how many lines of a cell the filter looks at.
func (m *matcher) room(c *cell) int {
	lines := 0
	for i := range c.lines {
		if m.roles[c.lines[i].role] {
			lines++
		}
	}
	return lines
}

// search returns the points of the epochs of a few lines, and how many of them are up to the date; none for roles that
// the filter does not let through.
func (m *matcher) search(lines []line) (points [lanes][]point, ends [lanes]int) {
	for k := range lines {
		if m.roles[lines[k].role] {
			points[k] = lines[k].epochAt(m.asOf.Known)
		}
	}
	return points, uppers(&points, m.asOf.On)
}

// linesEntries appends the entries of a few lines of a cell.
func (m *matcher) linesEntries(entries []Entry, c *cell, lines []line) []Entry {
	points, ends := m.search(lines)
	for k := range lines {
		if in, to := span(points[k], ends[k], m.asOf.Known); in != nil && in.value != nobody {
			entries = m.pointEntries(entries, c, &lines[k], in, to)
		}
	}
	return entries
}

func (m *matcher) pointEntries(entries []Entry, c *cell, l *line, p *point, to domain.Date) []Entry {
	remit := domain.Remit{Subject: c.subject, Footprint: c.footprint, Role: m.names[l.role]}
	set := m.views.holdings.values.get(p.value)
	for i := range set {
		if !m.lets(&set[i]) {
			continue
		}
		held := domain.Held{Remit: remit, Holding: set[i], From: p.from, Event: p.no}
		entries = append(entries, Entry{Held: held, To: to})
	}
	return entries
}

// lets tells whether the filter lets a holding through.
func (m *matcher) lets(h *domain.Holding) bool {
	if len(m.filter.Organisations) > 0 && !slices.ContainsFunc(m.filter.Organisations, h.IsHeldBy) {
		return false
	}
	return len(m.filter.Tiers) == 0 || slices.Contains(m.filter.Tiers, m.tier(h.Named()))
}

func (m *matcher) tier(code domain.OrganisationCode) domain.Tier {
	tier, ok := m.tiers[code]
	if !ok {
		body, _ := m.views.organisations.Body(code, m.asOf.Known)
		tier = body.Tier
		m.tiers = remember(m.tiers, code, tier)
	}
	return tier
}

// person returns the person in law behind a body, "" for none.
func (m *matcher) person(code domain.OrganisationCode) domain.OrganisationCode {
	person, ok := m.persons[code]
	if !ok {
		person, _ = m.views.organisations.LegalPersonOf(code, m.asOf)
		m.persons = remember(m.persons, code, person)
	}
	return person
}

// remember puts a value into a map that is made when it is first needed: a lookup of one remit does without.
func remember[K comparable, V any](m map[K]V, key K, value V) map[K]V {
	if m == nil {
		m = map[K]V{}
	}
	m[key] = value
	return m
}

// markSamePerson sets SameLegalPerson in the entries of a cell.
func (m *matcher) markSamePerson(entries []Entry, c *cell) {
	var accountable []domain.Holding
	for i := range entries {
		e := &entries[i]
		if e.Remit.Role == domain.RoleAccountable || e.Undetermined {
			continue
		}
		if accountable == nil {
			accountable = m.views.holdings.held(c, roleIndex(domain.RoleAccountable), m.asOf)
		}
		e.SameLegalPerson = m.sharesPerson(e.Named(), accountable)
	}
}

func (m *matcher) sharesPerson(named domain.OrganisationCode, accountable []domain.Holding) bool {
	shares := false
	for i := range accountable {
		other := accountable[i].Named()
		if other == named {
			return false
		}
		shares = shares || (other != "" && m.person(other) != "" && m.person(other) == m.person(named))
	}
	return shares
}
