package projections

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"

	"github.com/tidwall/btree"

	"github.com/remit-register/remit/domain"
)

// valueID names a set of holdings in the valueTable.
type valueID uint32

const (
	// nobody is the value of a line that somebody held and nobody holds any more.
	nobody valueID = 0
	// retracted marks a point that takes back what was recorded for its date.
	retracted valueID = math.MaxUint32
)

// valueTable keeps every distinct set of holdings once: millions of points share a few thousand of them.
type valueTable struct {
	sets [][]domain.Holding
	// lately are values of single holdings: most are given again and again, and comparing takes less than finding.
	lately [latelySize]valueID
	last   valueID
	single map[domain.Holding]valueID
	joint  map[string]valueID
}

func newValueTable() valueTable {
	return valueTable{
		sets:   [][]domain.Holding{nil},
		single: map[domain.Holding]valueID{},
		joint:  map[string]valueID{},
	}
}

// id returns the name of a set of holdings, new or seen before.
func (t *valueTable) id(holdings []domain.Holding) valueID {
	switch len(holdings) {
	case 0:
		return nobody
	case 1:
		return t.singleID(&holdings[0])
	}
	var key strings.Builder
	for i := range holdings {
		fmt.Fprintf(&key, "%d,", t.singleID(&holdings[i]))
	}
	id, ok := t.joint[key.String()]
	if !ok {
		id = t.add(slices.Clone(holdings))
		t.joint[key.String()] = id
	}
	return id
}

// latelySize is how many values are tried before they are looked up.
const latelySize = 256

func (t *valueTable) singleID(holding *domain.Holding) valueID {
	lately := &t.lately[t.tried(holding)]
	if set := t.get(*lately); len(set) == 1 && set[0] == *holding {
		return *lately
	}
	id, ok := t.single[*holding]
	if !ok {
		own := *holding
		id = t.add([]domain.Holding{own})
		t.single[own] = id
	}
	*lately = id
	return id
}

// tried returns where among the values of lately a holding would be.
func (t *valueTable) tried(holding *domain.Holding) uint32 {
	const spread = 31
	place := uint32(len(holding.Source)) //nolint:gosec // it only spreads them
	for _, code := range [...]string{string(holding.Holder), string(holding.ActingThrough), string(holding.Arrangement)} {
		for i := len(code) - 1; i >= 0 && i >= len(code)-4; i-- {
			place = place*spread + uint32(code[i])
		}
	}
	return place % latelySize
}

func (t *valueTable) add(holdings []domain.Holding) valueID {
	t.sets = append(t.sets, holdings)
	t.last++
	return t.last
}

func (t *valueTable) get(id valueID) []domain.Holding { return t.sets[id] }

// accountableRole is the place of domain.RoleAccountable in the order of domain.Roles: the first.
const accountableRole = 0

// roleCount is the number of roles that a cell has lines for, in the order of domain.Roles.
const roleCount = 5

// roleIndex returns where a role stands in the order of domain.Roles, -1 for none of them.
func roleIndex(r domain.Role) int8 {
	switch r {
	case domain.RoleAccountable:
		return 0
	case domain.RoleExercising:
		return 1
	case domain.RoleDelivering:
		return 2
	case domain.RoleOverview:
		return 3
	case domain.RoleFunding:
		return 4
	default:
		return -1
	}
}

// cell is everything ever recorded about one function, or part of one, for one footprint.
type cell struct {
	subject   domain.Subject
	footprint domain.FootprintCode
	// lines are in the order of role and slot; ends are how many there are up to and with each role, so that nobody has to
	// look at the lines of one role to find those of another.
	lines []line
	ends  [roleCount]int32
	// generation is that of the map to which the cell belongs, and which alone may change it. Others may share it.
	generation generation
	// bodies are those under which the cell is listed: everyone that ever held any of it, or acted for who did.
	bodies []domain.OrganisationCode
	// next is the cell of the next part of the same function in the same footprint, in order, nil for the last.
	next *cell
}

// compareCells orders cells as domain.CompareRemits orders their remits.
func compareCells(a, b *cell) int {
	if order := cmp.Compare(a.subject.Function, b.subject.Function); order != 0 {
		return order
	}
	if order := cmp.Compare(a.subject.Part, b.subject.Part); order != 0 {
		return order
	}
	return cmp.Compare(a.footprint, b.footprint)
}

// line returns the line of a role and slot, which begins empty.
func (c *cell) line(role int8, slot domain.OrganisationCode) *line {
	lines := c.of(role)
	i := sort.Search(len(lines), func(i int) bool { return lines[i].slot >= slot })
	at := int(c.ends[role]) - len(lines) + i
	if i == len(lines) || lines[i].slot != slot {
		c.lines = slices.Insert(c.lines, at, line{role: role, slot: slot})
		for r := role; r < roleCount; r++ {
			c.ends[r]++
		}
	}
	return &c.lines[at]
}

// of returns the lines of a role, in the order of their slots.
func (c *cell) of(role int8) []line {
	if role == 0 {
		return c.lines[:c.ends[0]]
	}
	return c.lines[c.ends[role-1]:c.ends[role]]
}

// cellTree holds cells in order.
type cellTree = btree.BTreeG[*cell]

func newCellTree() *cellTree {
	less := func(a, b *cell) bool { return compareCells(a, b) < 0 }
	return btree.NewBTreeGOptions(less, btree.Options{NoLocks: true})
}

// place is a function in a footprint.
type place struct {
	function  domain.FunctionCode
	footprint domain.FootprintCode
}

// functionMap is who holds what, on both clocks: the cells by place, in order, and by body.
type functionMap struct {
	// epochChanges is the fewest changes of a line's epoch.
	epochChanges int32
	// generation is what cells have that this map may change in place.
	generation generation
	// lines counts the lines of all cells.
	lines  int
	values valueTable
	// byPlace has the first cell of each place; the others follow it.
	byPlace map[place]*cell
	all     *cellTree
	byBody  map[domain.OrganisationCode]*cellTree
	// names has the codes of functions, parts, footprints and bodies: see ownName.
	names map[string]string
}

func newFunctionMap(epochChanges int32) *functionMap {
	return &functionMap{
		epochChanges: epochChanges,
		values:       newValueTable(),
		byPlace:      map[place]*cell{},
		all:          newCellTree(),
		byBody:       map[domain.OrganisationCode]*cellTree{},
		names:        map[string]string{},
	}
}

// ownName returns the map's own copy of a code. That of an event is a part of its bytes: who keeps it keeps all of them,
// and codes that are spread over the memory take several times as long to compare.
func ownName[C ~string](m *functionMap, code C) C {
	own, ok := m.names[string(code)]
	if !ok {
		own = strings.Clone(string(code))
		m.names[own] = own
	}
	return C(own)
}

// apply folds the changes of one event.
func (m *functionMap) apply(no domain.EventNo, changes []domain.HoldingChange) error {
	for i := range changes {
		change := &changes[i]
		value := m.values.id(change.Holdings)
		if change.Retracts {
			value = retracted
		}
		for _, subject := range change.Subjects {
			for _, footprint := range change.Footprints {
				if err := m.change(no, m.cell(subject, footprint), change, value); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (m *functionMap) change(no domain.EventNo, c *cell, change *domain.HoldingChange, value valueID) error {
	for _, role := range change.Roles {
		index := roleIndex(role)
		if index < 0 {
			return fmt.Errorf("unknown role %q", role)
		}
		before := len(c.lines)
		c.line(index, change.Slot).add(point{from: change.On, value: value, no: no}, m.epochChanges)
		m.lines += len(c.lines) - before
	}
	for i := range change.Holdings {
		m.list(c, change.Holdings[i].Holder)
		m.list(c, change.Holdings[i].ActingThrough)
	}
	return nil
}

// cell returns the cell of a subject and footprint to change it. It begins empty.
func (m *functionMap) cell(subject domain.Subject, footprint domain.FootprintCode) *cell {
	c := m.find(subject, footprint)
	if c != nil && c.generation == m.generation {
		return c
	}
	m.own(place{subject.Function, footprint})
	if c != nil {
		return m.find(subject, footprint)
	}
	c = &cell{
		generation: m.generation,
		subject:    domain.Subject{Function: ownName(m, subject.Function), Part: ownName(m, subject.Part)},
		footprint:  ownName(m, footprint),
	}
	m.link(c)
	m.all.Set(c)
	return c
}

// link puts a cell among those of its place, which are the map's own.
func (m *functionMap) link(c *cell) {
	at := place{c.subject.Function, c.footprint}
	before := m.byPlace[at]
	if before == nil || c.subject.Part < before.subject.Part {
		c.next, m.byPlace[at] = before, c
		return
	}
	for before.next != nil && before.next.subject.Part < c.subject.Part {
		before = before.next
	}
	c.next, before.next = before.next, c
}

// unlink takes a cell out of those of its place.
func (m *functionMap) unlink(c *cell) {
	at := place{c.subject.Function, c.footprint}
	before := m.byPlace[at]
	switch {
	case before == c && c.next == nil:
		delete(m.byPlace, at)
	case before == c:
		m.byPlace[at] = c.next
	default:
		for before.next != c {
			before = before.next
		}
		before.next = c.next
	}
}

// at returns the first cell of a function in a footprint, which leads to the others, nil for none.
func (m *functionMap) at(function domain.FunctionCode, footprint domain.FootprintCode) *cell {
	return m.byPlace[place{function, footprint}]
}

// find returns the cell of a subject and footprint, nil for none.
func (m *functionMap) find(subject domain.Subject, footprint domain.FootprintCode) *cell {
	c := m.at(subject.Function, footprint)
	for c != nil && c.subject.Part != subject.Part {
		c = c.next
	}
	return c
}

// line returns a line that was recorded, or an empty one.
func (m *functionMap) line(r domain.Remit, slot domain.OrganisationCode) *line {
	if c := m.find(r.Subject, r.Footprint); c != nil {
		lines := c.of(roleIndex(r.Role))
		for i := range lines {
			if lines[i].slot == slot {
				return &lines[i]
			}
		}
	}
	return &line{slot: slot}
}

// list lists a cell under a body.
func (m *functionMap) list(c *cell, body domain.OrganisationCode) {
	if body == "" {
		return
	}
	if slices.Contains(c.bodies, body) {
		return
	}
	body = ownName(m, body)
	c.bodies = append(c.bodies, body)
	tree, ok := m.byBody[body]
	if !ok {
		tree = newCellTree()
		m.byBody[body] = tree
	}
	tree.Set(c)
}

// joined returns holdings together with those of a value.
func (m *functionMap) joined(holdings []domain.Holding, value valueID) []domain.Holding {
	if holdings == nil {
		return m.values.get(value)
	}
	return append(slices.Clip(holdings), m.values.get(value)...)
}

// held returns the holdings of a role in a cell.
func (m *functionMap) held(c *cell, role int8, a domain.AsOf) []domain.Holding {
	var held []domain.Holding
	lines := c.of(role)
	for i := range lines {
		if p := lines[i].at(a.On, a.Known); p != nil {
			held = m.joined(held, p.value)
		}
	}
	return held
}
