package projections

import (
	"slices"

	"github.com/remit-register/remit/domain"
)

// matcher makes entries of cells as of one point on both clocks. It remembers what it found out about bodies.
type matcher struct {
	views   *Views
	asOf    domain.AsOf
	filter  Filter
	roles   [roleCount]bool
	names   [roleCount]domain.Role
	persons map[domain.OrganisationCode]domain.OrganisationCode
	tiers   map[domain.OrganisationCode]domain.Tier
	// several says that it is asked about more than one cell, so that remembering is worth its while; shared is what is
	// remembered of who shares a person.
	several bool
	shared  *[sharedSize]sharing
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
	if entries == nil {
		entries = make([]Entry, 0, m.most(c))
	}
	// Lines are in the order of their roles, and who is accountable comes first.
	accountable := nobody
	var together []domain.Holding
	var room [lanes]*line
	for lines := m.looksAt(room[:0], c); len(lines) > 0; lines = lines[min(lanes, len(lines)):] {
		some := lines[:min(lanes, len(lines))]
		found, ends := m.search(some)
		for k, l := range some {
			in, to := span(found[k].points, ends[k], m.asOf.Known)
			if in == nil || in.value == nobody {
				continue
			}
			if l.role == accountableRole {
				accountable, together = in.value, m.views.holdings.joined(together, in.value)
			}
			if m.roles[l.role] {
				start := len(entries)
				entries = m.pointEntries(entries, c, l, in, to)
				if l.role != accountableRole {
					m.markSamePerson(entries[start:], in.value, accountable, together)
				}
			}
		}
	}
	m.several = true
	return entries
}

// most returns how many lines of a cell are of a role that the filter lets through.
func (m *matcher) most(c *cell) int {
	most := 0
	for role, lets := range m.roles {
		if lets {
			most += len(c.of(int8(role)))
		}
	}
	return most
}

// looksAt appends the lines of a cell that are to be looked at: those of roles that the filter lets through, and before
// them those that say who is accountable.
func (m *matcher) looksAt(lines []*line, c *cell) []*line {
	if m.most(c) == 0 {
		return lines
	}
	for role, lets := range m.roles {
		if lets || role == accountableRole {
			for i, of := 0, c.of(int8(role)); i < len(of); i++ {
				lines = append(lines, &of[i])
			}
		}
	}
	return lines
}

// search returns the epochs of a few lines as known, and how many points of each are up to the date.
func (m *matcher) search(lines []*line) (found [lanes]*dated, ends [lanes]int) {
	for k, l := range lines {
		found[k] = l.epochAt(m.asOf.Known)
	}
	return found, uppers(found[:len(lines)], m.asOf.On)
}

// lineEntries appends the entries of one line of a cell, without looking who is accountable.
func (m *matcher) lineEntries(entries []Entry, c *cell, l *line) []Entry {
	d := l.epochAt(m.asOf.Known)
	if in, to := span(d.points, d.upper(m.asOf.On), m.asOf.Known); in != nil && in.value != nobody {
		return m.pointEntries(entries, c, l, in, to)
	}
	return entries
}

func (m *matcher) pointEntries(entries []Entry, c *cell, l *line, p *point, to domain.Date) []Entry {
	set := m.views.holdings.values.get(p.value)
	for i := range set {
		if !m.lets(&set[i]) {
			continue
		}
		entries = append(entries, Entry{})
		e := &entries[len(entries)-1]
		e.Remit.Subject, e.Remit.Footprint, e.Remit.Role = c.subject, c.footprint, m.names[l.role]
		e.Holding, e.From, e.Event, e.To = set[i], p.from, p.no, to
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
		if m.several {
			m.persons = remember(m.persons, code, person)
		}
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

// sharing is what was found out about a holding alone on its line, and one of who is accountable.
type sharing struct {
	held, accountable valueID // nobody where nothing was found out yet
	shares            bool
}

// sharedSize is how many of them are remembered, a power of two: few bodies hold in a footprint, and footprints follow
// one another.
const sharedSize = 64

// markSamePerson sets SameLegalPerson in the entries of a line whose role is another than accountable. The values are
// those of the line, and of the last of those that say who is accountable.
func (m *matcher) markSamePerson(entries []Entry, held, last valueID, accountable []domain.Holding) {
	if !m.several || len(entries) != 1 || len(accountable) != 1 || len(m.views.holdings.values.get(held)) > 1 {
		m.markEach(entries, accountable)
		return
	}
	if m.shared == nil {
		m.shared = &[sharedSize]sharing{}
	}
	known := &m.shared[(held*7+last)%sharedSize]
	if known.held != held || known.accountable != last {
		m.markEach(entries, accountable)
		*known = sharing{held, last, entries[0].SameLegalPerson}
	}
	entries[0].SameLegalPerson = known.shares
}

// markEach is markSamePerson without remembering anything.
func (m *matcher) markEach(entries []Entry, accountable []domain.Holding) {
	for i := range entries {
		e := &entries[i]
		e.SameLegalPerson = !e.Undetermined && m.sharesPerson(e.Named(), accountable)
	}
}

func (m *matcher) sharesPerson(named domain.OrganisationCode, accountable []domain.Holding) bool {
	shares := false
	for i := range accountable {
		other := accountable[i].Named()
		if other == named {
			return false
		}
		if other != "" && !shares {
			person := m.person(other)
			shares = person != "" && person == m.person(named)
		}
	}
	return shares
}
