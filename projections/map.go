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
	// Footprints are single footprints, or bodies for their own operations; they are not expanded.
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
// single organisation, and in the map otherwise. It refuses with domain.UnknownFunction, domain.UnknownOrganisation or
// domain.UnknownFootprint when the filter names something that is not known, and with domain.InvalidArgument for a position not reached yet.
func (v *Views) Map(q MapQuery) (MapPage, error) {
	a, err := v.resolveFilter(q.AsOf, q.Filter)
	if err != nil {
		return MapPage{}, err
	}
	page := MapPage{AsOf: a, Holdings: v.room(q)}
	if pieces := v.pieces(q.Filter, q.After, q.Limit); len(pieces) > 1 {
		page.Holdings, err = inPieces(page.Holdings, pieces, func(list []Entry, p piece) []Entry {
			match := v.newMatcher(q.Filter, a)
			if list == nil {
				list = make([]Entry, 0, cap(page.Holdings)/len(pieces))
			}
			v.walkPiece(q.Filter, p, a, func(c *cell) bool {
				list = match.entries(list, c)
				return true
			})
			return list
		})
		return page, err
	}
	match := v.newMatcher(q.Filter, a)
	pages := pager{after: q.After, limit: q.Limit}
	v.walk(q.Filter, q.After, a, func(c *cell) bool {
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

// CheckFilter refuses as Map does what is not known now.
func (v *Views) CheckFilter(f Filter) error {
	_, err := v.resolveFilter(domain.AsOf{Known: domain.Latest}, f)
	return err
}

// resolveFilter resolves the position and refuses codes that are not known.
func (v *Views) resolveFilter(a domain.AsOf, f Filter) (domain.AsOf, error) {
	err := v.read(a, func(pinned domain.AsOf) error {
		a = pinned
		for _, code := range f.Functions {
			if _, ok := v.functions.Get(code, a.Known); !ok {
				return v.unknownFunction(code, a.Known)
			}
		}
		for _, code := range f.Organisations {
			if _, ok := v.organisations.Body(code, a.Known); !ok {
				return v.unknownOrganisation(code, a.Known)
			}
		}
		for _, code := range f.Footprints {
			if !v.isFootprint(code, a.Known) {
				return v.unknownFootprint(code, a.Known, "Name footprints one by one, or none for all of England.")
			}
		}
		return nil
	})
	return a, err
}

// stretch is the most cells that a walk visits before it lets go of the lock.
const stretch = 2048

// walk calls visit with the cells that may match the filter, in order, from the cursor's on. Between stretches it lets
// go of the lock, so visit must look only at what is known at a position that has been reached. The point is that which
// visit asks about, or the last of several; it is only a hint.
func (v *Views) walk(f Filter, after *Cursor, a domain.AsOf, visit func(*cell) bool) {
	pivot := &cell{}
	if after != nil {
		pivot = after.cell()
	}
	v.walkPiece(f, piece{from: pivot}, a, visit)
}

// walkPiece is walk for a piece of the map.
func (v *Views) walkPiece(f Filter, p piece, a domain.AsOf, visit func(*cell) bool) {
	w := walk{views: v, filter: f, functions: slices.Sorted(slices.Values(f.Functions)), asOf: a, until: p.until, visit: visit}
	for pivot := p.from; pivot != nil; {
		pivot = w.stretch(pivot)
	}
}

// walk is a walk over cells.
type walk struct {
	views     *Views
	filter    Filter
	functions []domain.FunctionCode
	asOf      domain.AsOf
	until     *cell // where it ends, nil for the end of the map
	visit     func(*cell) bool
	// ahead are cells that are to be visited next.
	ahead [walkAhead]*cell
	count int
	// touched is what keeps touch from being left out.
	touched domain.Date
}

// walkAhead is how many cells a walk has at hand: it touches the memory of all of them before it visits the first.
const walkAhead = 16

// stretch visits a stretch of cells and returns where the next begins, nil when the walk is over.
func (w *walk) stretch(pivot *cell) *cell {
	w.views.mu.RLock()
	defer w.views.mu.RUnlock()
	tree := w.views.holdings.treeFor(w.filter)
	if tree == nil {
		return nil
	}
	var next *cell
	walked, over := 0, false
	tree.Ascend(pivot, func(c *cell) bool {
		if w.until != nil && compareCells(c, w.until) >= 0 {
			return false
		}
		if jump, ok := jumpOver(w.functions, c); ok {
			next = jump
			return false
		}
		if walked == stretch {
			next = c
			return false
		}
		walked++
		if len(w.filter.Footprints) > 0 && !slices.Contains(w.filter.Footprints, c.footprint) {
			return true
		}
		w.ahead[w.count] = c
		w.count++
		over = w.count == walkAhead && !w.visitAhead()
		return !over
	})
	if over || !w.visitAhead() {
		return nil
	}
	return next
}

// visitAhead visits the cells at hand, and tells whether to go on.
func (w *walk) visitAhead() bool {
	cells := w.ahead[:w.count]
	w.count = 0
	w.touch(cells)
	for _, c := range cells {
		if !w.visit(c) {
			return false
		}
	}
	return true
}

// touch looks at the memory that a visit will look at: first at the lines of all cells, then at the points. One cell after
// the other, a visit waits for its memory again and again; here nothing that is done depends on what is read just then, so
// that the machine waits for much of it at once.
func (w *walk) touch(cells []*cell) {
	for _, c := range cells {
		for i := range c.lines {
			l := &c.lines[i]
			w.touched += l.marks[0] + domain.Date(l.role)
			if l.past != nil {
				w.touched++
			}
		}
	}
	for _, c := range cells {
		for i := range c.lines {
			d := c.lines[i].epochAt(w.asOf.Known)
			if start, end := d.stretch(w.asOf.On); start < end {
				w.touched += d.points[start].from + d.points[end-1].from
			}
		}
	}
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
