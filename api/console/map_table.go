package console

import (
	"fmt"
	"slices"
	"strings"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// actor is the body as named that holds something: the one that acts for the holder, if one does.
func named(h *remitv1.Holding) string {
	if h.GetActingThrough() != "" {
		return h.GetActingThrough()
	}
	return h.GetHolder()
}

// roleSpans is in which places a body holds each role of a function.
type roleSpans map[remitv1.Role]map[string]bool

func (s roleSpans) add(h *remitv1.Holding) {
	if s[h.GetRole()] == nil {
		s[h.GetRole()] = map[string]bool{}
	}
	s[h.GetRole()][h.GetFootprint()] = true
}

// lineKey tells what one body holds from what it holds acting for another.
type lineKey struct{ body, acting string }

// providers stands for all providers in a column of their own.
const providers = "providers"

// byBodies makes the table of functions by bodies.
func (l look) byBodies(functions []string, holdings []*remitv1.Holding, in area) *mapTable {
	cells := map[string]map[lineKey]roleSpans{} // by function
	columns := map[string]bool{in.region: true}
	for _, board := range in.boards {
		columns[board] = true
	}
	for _, h := range holdings {
		body, acts := named(h), ""
		if body == "" {
			continue
		}
		if body != h.GetHolder() {
			acts = h.GetHolder()
		}
		if l.organisations[body].GetTier() == remitv1.Tier_TIER_PROVIDER {
			body = providers
		}
		columns[body] = true
		if cells[h.GetFunction()] == nil {
			cells[h.GetFunction()] = map[lineKey]roleSpans{}
		}
		key := lineKey{body, acts}
		if cells[h.GetFunction()][key] == nil {
			cells[h.GetFunction()][key] = make(roleSpans)
		}
		cells[h.GetFunction()][key].add(h)
	}
	order := l.columnOrder(columns)
	table := &mapTable{Corner: "Function"}
	for _, body := range order {
		if body == providers {
			table.Columns = append(table.Columns, link{Text: "Providers"})
			continue
		}
		column := l.BodyLink(body)
		column.Text = l.ShortBody(body)
		table.Columns = append(table.Columns, column)
	}
	for _, function := range functions {
		row := mapRow{Head: l.FunctionLink(function)}
		if len(cells[function]) == 0 {
			row.Note = "Nobody recorded here"
		}
		for _, body := range order {
			row.Cells = append(row.Cells, l.bodyCell(function, body, cells[function], in))
		}
		table.Rows = append(table.Rows, row)
	}
	return table
}

func (l look) columnOrder(columns map[string]bool) []string {
	var order []string
	for body := range columns {
		if body != providers {
			order = append(order, body)
		}
	}
	slices.SortFunc(order, l.byBody)
	if columns[providers] {
		order = append(order, providers)
	}
	return order
}

// bodyCell says what a body does of a function.
func (l look) bodyCell(function, body string, cells map[lineKey]roleSpans, in area) mapCell {
	var cell mapCell
	own := l.functions[function].GetDetails().GetFootprintKind() == remitv1.FootprintKind_FOOTPRINT_KIND_OWN_OPERATION
	all := len(in.footprints)
	if covered := len(l.organisations[body].GetFootprints()); covered > 0 {
		all = covered
	}
	var keys []lineKey
	for key := range cells {
		if key.body == body {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, func(a, b lineKey) int { return strings.Compare(a.acting, b.acting) })
	for _, key := range keys {
		for _, line := range spanLines(cells[key]) {
			switch {
			case own && line.places > 1:
				line.Where = fmt.Sprintf("for %d bodies", line.places)
			case own:
				line.Where = ""
			case line.places < all:
				line.Where = fmt.Sprintf("in %d of %d places", line.places, all)
			}
			if key.acting != "" {
				line.For = "for " + l.ShortBody(key.acting)
			}
			cell.Lines = append(cell.Lines, line.cellLine)
		}
	}
	return cell
}

type spanLine struct {
	cellLine

	places int
}

// spanLines says roles that are held in the same places together.
func spanLines(spans roleSpans) []spanLine {
	var lines []spanLine
	var done []remitv1.Role
	for role := remitv1.Role_ROLE_ACCOUNTABLE; role <= remitv1.Role_ROLE_FUNDING; role++ {
		if spans[role] == nil || slices.Contains(done, role) {
			continue
		}
		var together []remitv1.Role
		for other := role; other <= remitv1.Role_ROLE_FUNDING; other++ {
			if spans[other] != nil && sameKeys(spans[role], spans[other]) {
				together = append(together, other)
			}
		}
		done = append(done, together...)
		lines = append(lines, spanLine{cellLine{Words: wordsOf(together)}, len(spans[role])})
	}
	return lines
}

func sameKeys(a, b map[string]bool) bool {
	if len(a) != len(b) {
		return false
	}
	for key := range a {
		if !b[key] {
			return false
		}
	}
	return true
}

// wordsOf says several roles in few words.
func wordsOf(roles []remitv1.Role) string {
	all := []remitv1.Role{
		remitv1.Role_ROLE_ACCOUNTABLE, remitv1.Role_ROLE_EXERCISING, remitv1.Role_ROLE_DELIVERING, remitv1.Role_ROLE_FUNDING,
	}
	if missing := slices.ContainsFunc(all, func(r remitv1.Role) bool { return !slices.Contains(roles, r) }); !missing {
		return "All of it"
	}
	texts := make([]string, len(roles))
	for i, role := range roles {
		texts[i] = roleDoes(role)
		if i > 0 {
			texts[i] = strings.ToLower(texts[i][:1]) + texts[i][1:]
		}
	}
	return strings.Join(texts, ", ")
}

// allRoles are the columns of tables by role.
func allRoles() []remitv1.Role {
	return []remitv1.Role{
		remitv1.Role_ROLE_ACCOUNTABLE, remitv1.Role_ROLE_EXERCISING, remitv1.Role_ROLE_DELIVERING, remitv1.Role_ROLE_OVERVIEW,
		remitv1.Role_ROLE_FUNDING,
	}
}

// byAreas makes the table of one function: a row for each body whose area it is for.
func (l look) byAreas(holdings []*remitv1.Holding) *mapTable {
	rows := map[string][]*remitv1.Holding{}
	for _, h := range holdings {
		at := h.GetFootprint()
		if f, ok := l.footprints[at]; ok && f.GetCoveredBy() != "" {
			at = f.GetCoveredBy()
		}
		rows[at] = append(rows[at], h)
	}
	return l.roleTable("Area", rows, l.byBody, func(code string) link {
		if _, ok := l.organisations[code]; ok {
			return l.BodyLink(code)
		}
		return l.PlaceLink(code)
	})
}

// byRoles makes the table of one place: a row for each function.
func (l look) byRoles(holdings []*remitv1.Holding) *mapTable {
	rows := map[string][]*remitv1.Holding{}
	for _, h := range holdings {
		rows[h.GetFunction()] = append(rows[h.GetFunction()], h)
	}
	return l.roleTable("Function", rows, l.byFunction, l.FunctionLink)
}

// roleTable makes a table with a column for each role that anybody holds.
func (l look) roleTable(corner string, rows map[string][]*remitv1.Holding, order func(a, b string) int, head func(string) link) *mapTable {
	table := &mapTable{Corner: corner}
	var held []remitv1.Role
	for _, role := range allRoles() {
		for _, holdings := range rows {
			if slices.ContainsFunc(holdings, func(h *remitv1.Holding) bool { return h.GetRole() == role }) {
				held = append(held, role)
				table.Columns = append(table.Columns, link{Text: roleDoes(role)})
				break
			}
		}
	}
	codes := make([]string, 0, len(rows))
	for code := range rows {
		codes = append(codes, code)
	}
	slices.SortFunc(codes, order)
	for _, code := range codes {
		row := mapRow{Head: head(code)}
		for _, role := range held {
			row.Cells = append(row.Cells, l.roleCell(code, role, rows[code]))
		}
		table.Rows = append(table.Rows, row)
	}
	return table
}

// manyBodies is how many bodies a cell names; more are counted.
const manyBodies = 4

// roleCell says who holds a role, and in how many of the places of the row if not in all.
func (l look) roleCell(row string, role remitv1.Role, holdings []*remitv1.Holding) mapCell {
	bodies, all := map[lineKey]map[string]bool{}, map[string]bool{}
	for _, h := range holdings {
		all[h.GetFootprint()] = true
		if h.GetRole() != role {
			continue
		}
		key := lineKey{body: named(h)}
		if key.body != h.GetHolder() {
			key.acting = h.GetHolder()
		}
		if bodies[key] == nil {
			bodies[key] = map[string]bool{}
		}
		bodies[key][h.GetFootprint()] = true
	}
	if len(bodies) > manyBodies {
		return mapCell{[]cellLine{{Words: plural(len(bodies), "body", "bodies")}}}
	}
	var keys []lineKey
	for key := range bodies {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b lineKey) int { return l.byBody(a.body, b.body) })
	var cell mapCell
	for _, key := range keys {
		line := cellLine{}
		switch key.body {
		case "":
			line.Words = "Not determined"
		case row:
			line.Words = "Itself"
		default:
			body := l.BodyLink(key.body)
			body.Text, body.Code = l.ShortBody(key.body), ""
			line.Body = &body
		}
		if key.acting != "" {
			line.For = "for " + l.ShortBody(key.acting)
		}
		if n := len(bodies[key]); n < len(all) {
			line.Where = fmt.Sprintf("in %d of %d places", n, len(all))
		}
		cell.Lines = append(cell.Lines, line)
	}
	return cell
}
