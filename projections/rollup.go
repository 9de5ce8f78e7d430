package projections

import (
	"cmp"
	"maps"
	"slices"

	"github.com/remit-register/remit/domain"
)

// AreaLevel says how large the areas of a rollup are.
type AreaLevel string

// Levels of areas: those of ICBs, those of regions, and the whole country.
const (
	AreaICB     AreaLevel = "icb"
	AreaRegion  AreaLevel = "region"
	AreaEngland AreaLevel = "england"
)

// RollupQuery asks who holds what by area, page by page.
type RollupQuery struct {
	AsOf  domain.AsOf
	Level AreaLevel
	// Filter limits the answer: functions and roles to those named, footprints to those of an area that count, and
	// organisations and tiers to areas in which one of them holds anything; whoever else holds there counts too.
	Filter Filter
	// After is where the page before ended, nil for the first page.
	After *RollupCursor
	// Limit is the most areas of a page, 0 for no limit.
	Limit int
}

// RollupCursor is where a page of a rollup ends.
type RollupCursor struct {
	Function domain.FunctionCode     `json:"function"`
	Part     domain.PartCode         `json:"part,omitempty"`
	Area     domain.OrganisationCode `json:"area,omitempty"`
	Role     domain.Role             `json:"role"`
}

// RollupPage is a page of a rollup.
type RollupPage struct {
	AsOf domain.AsOf
	// Areas are sorted by function, part, area and role.
	Areas []AreaHolders
	// Next leads to the next page, nil when this is the last.
	Next *RollupCursor
}

// AreaHolders says who holds a role in the footprints of an area. Roles that nobody holds anywhere are left out.
type AreaHolders struct {
	Subject domain.Subject
	Role    domain.Role
	// Area is the body whose area it is, "ENG" for the whole country, "" for footprints that belong to no such area.
	Area domain.OrganisationCode
	// Footprints is how many the function has in the area on the date, and Unheld in how many of them nobody holds the
	// role.
	Footprints, Unheld int
	// Holders are those who hold it in any, most footprints first.
	Holders []AreaHolder
}

// IsUniform tells whether one holder holds it everywhere in the area, and nobody besides.
func (a *AreaHolders) IsUniform() bool {
	return len(a.Holders) == 1 && a.Holders[0].Footprints == a.Footprints
}

// AreaHolder is somebody who holds a role in some footprints.
type AreaHolder struct {
	Holder, ActingThrough domain.OrganisationCode
	Undetermined          bool
	Footprints            int
}

// Rollup answers who holds what by area. It refuses as Map does, and with domain.InvalidArgument for a level that is
// none.
func (v *Views) Rollup(q RollupQuery) (RollupPage, error) {
	a, err := v.resolveFilter(q.AsOf, q.Filter)
	if err != nil {
		return RollupPage{}, err
	}
	if !slices.Contains([]AreaLevel{AreaICB, AreaRegion, AreaEngland}, q.Level) {
		return RollupPage{}, domain.Refuse(domain.InvalidArgument, "There is no such level of areas.",
			"Give icb, region or england.", "rollup", string(q.Level))
	}
	r := roller{
		views: v, query: q, page: RollupPage{AsOf: a}, match: v.newMatcher(Filter{Roles: q.Filter.Roles}, a),
		asked: v.newMatcher(q.Filter, a), areas: map[domain.FootprintCode]domain.OrganisationCode{},
	}
	var after *Cursor
	if q.After != nil {
		after = &Cursor{Function: q.After.Function, Part: q.After.Part}
	}
	// Whoever else holds in an area counts, so that the walk is not limited to what the bodies asked for hold.
	v.walk(Filter{Functions: q.Filter.Functions, Footprints: q.Filter.Footprints}, after, a, r.visit)
	v.mu.RLock()
	defer v.mu.RUnlock()
	r.finish()
	return r.page, nil
}

// roller sums up cells by area.
type roller struct {
	views *Views
	query RollupQuery
	page  RollupPage
	// match makes the entries, asked tells whether one is asked for.
	match, asked *matcher
	areas        map[domain.FootprintCode]domain.OrganisationCode
	// subject is what is being summed up, by area.
	subject domain.Subject
	sums    map[domain.OrganisationCode]*areaSum
}

// areaSum sums up the footprints of one area.
type areaSum struct {
	footprints map[domain.FootprintCode]bool
	roles      map[domain.Role]*roleSum
}

// roleSum sums up one role in an area.
type roleSum struct {
	holders map[AreaHolder]int // by who, without footprints
	held    int
	asked   bool
}

// visit adds a cell, and tells whether there is room for more; the caller holds the lock.
func (r *roller) visit(c *cell) bool {
	if c.subject != r.subject {
		r.finish()
		if r.page.Next != nil {
			return false
		}
		r.subject = c.subject
	}
	entries := r.match.entries(nil, c)
	if len(entries) == 0 {
		return true
	}
	if r.sums == nil {
		r.begin()
	}
	sum := r.sum(c.footprint)
	for len(entries) > 0 {
		n := 1
		for n < len(entries) && entries[n].Remit.Role == entries[0].Remit.Role {
			n++
		}
		r.add(sum, entries[:n])
		entries = entries[n:]
	}
	return true
}

// begin finds the footprints that the function has on the date.
func (r *roller) begin() {
	r.sums = map[domain.OrganisationCode]*areaSum{}
	footprints, err := r.views.expand(r.subject.Function, domain.England, r.page.AsOf)
	if err != nil { // the function is on the map and not defined as known: only what is held counts
		return
	}
	for _, footprint := range footprints {
		if only := r.query.Filter.Footprints; len(only) == 0 || slices.Contains(only, footprint) {
			r.sum(footprint)
		}
	}
}

// sum returns the sum to which a footprint belongs, and counts the footprint in it.
func (r *roller) sum(footprint domain.FootprintCode) *areaSum {
	area := r.area(footprint)
	sum, ok := r.sums[area]
	if !ok {
		sum = &areaSum{footprints: map[domain.FootprintCode]bool{}, roles: make(map[domain.Role]*roleSum)}
		r.sums[area] = sum
	}
	sum.footprints[footprint] = true
	return sum
}

// area returns the area of a footprint: of the body that covers it or, for a body's own operation, of that body.
func (r *roller) area(footprint domain.FootprintCode) domain.OrganisationCode {
	area, ok := r.areas[footprint]
	if !ok {
		area = r.findArea(footprint)
		r.areas[footprint] = area
	}
	return area
}

func (r *roller) findArea(footprint domain.FootprintCode) domain.OrganisationCode {
	register, a := r.views.organisations, r.page.AsOf
	if r.query.Level == AreaEngland {
		return domain.OrganisationCode(domain.England)
	}
	by := domain.OrganisationCode(footprint)
	if fp, ok := register.Footprint(footprint, a.Known); ok {
		by = valueAt(fp.CoveredBy, a)
	}
	tier := domain.TierICB
	if r.query.Level == AreaRegion {
		tier = domain.TierRegional
	}
	for _, code := range register.Ancestors(by, a) {
		if body, ok := register.Body(code, a.Known); ok && body.Tier == tier {
			return code
		}
	}
	return ""
}

// add counts the entries of one role in one footprint: each holder once, however it holds.
func (r *roller) add(sum *areaSum, entries []Entry) {
	role := entries[0].Remit.Role
	rs, ok := sum.roles[role]
	if !ok {
		rs = &roleSum{holders: map[AreaHolder]int{}}
		sum.roles[role] = rs
	}
	rs.held++
	seen := make([]AreaHolder, 0, len(entries))
	for i := range entries {
		rs.asked = rs.asked || r.asked.lets(&entries[i].Holding)
		h := AreaHolder{
			Holder: entries[i].Holder, ActingThrough: entries[i].ActingThrough, Undetermined: entries[i].Undetermined,
		}
		if !slices.Contains(seen, h) {
			seen = append(seen, h)
			rs.holders[h]++
		}
	}
}

// finish adds the sums of a subject to the page; the caller holds the lock.
func (r *roller) finish() {
	held := make(map[domain.Role]bool)
	for _, sum := range r.sums {
		for role := range sum.roles {
			held[role] = true
		}
	}
	for _, area := range slices.Sorted(maps.Keys(r.sums)) {
		for _, role := range domain.Roles() {
			if held[role] && r.page.Next == nil {
				r.give(area, role)
			}
		}
	}
	r.sums = nil
}

// give adds one role of one area to the page, unless it was on an earlier one or is not asked for.
func (r *roller) give(area domain.OrganisationCode, role domain.Role) {
	sum := r.sums[area]
	rs, ok := sum.roles[role]
	limited := len(r.query.Filter.Organisations)+len(r.query.Filter.Tiers) > 0
	if limited && (!ok || !rs.asked) || r.isGiven(area, role) {
		return
	}
	if n := len(r.page.Areas); r.query.Limit > 0 && n == r.query.Limit {
		last := &r.page.Areas[n-1]
		r.page.Next = &RollupCursor{
			Function: last.Subject.Function, Part: last.Subject.Part, Area: last.Area, Role: last.Role,
		}
		return
	}
	given := AreaHolders{Subject: r.subject, Role: role, Area: area, Footprints: len(sum.footprints)}
	given.Unheld = given.Footprints
	if ok {
		given.Unheld -= rs.held
		given.Holders = rs.sorted()
	}
	r.page.Areas = append(r.page.Areas, given)
}

func (r *roller) isGiven(area domain.OrganisationCode, role domain.Role) bool {
	after := r.query.After
	if after == nil || r.subject != (domain.Subject{Function: after.Function, Part: after.Part}) {
		return false
	}
	return cmp.Or(cmp.Compare(area, after.Area), cmp.Compare(roleIndex(role), roleIndex(after.Role))) <= 0
}

func (rs *roleSum) sorted() []AreaHolder {
	var holders []AreaHolder
	for h, n := range rs.holders {
		h.Footprints = n
		holders = append(holders, h)
	}
	slices.SortFunc(holders, func(a, b AreaHolder) int {
		return cmp.Or(
			-cmp.Compare(a.Footprints, b.Footprints), cmp.Compare(a.Holder, b.Holder),
			cmp.Compare(a.ActingThrough, b.ActingThrough),
		)
	})
	return holders
}
