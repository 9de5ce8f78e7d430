package mapfile

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// Row is what a row of a list, or a cell of a grid, says.
type Row struct {
	Function, Part, Place, Body, Through string
	Roles                                []remitv1.Role
	AccountableTo, HeldThrough           string
	Instrument                           string
	Confidence                           remitv1.Confidence
	// From is a date as 2026-04-01, "" for today.
	From, Source string
	// cells are where it says so, by column.
	cells map[column]string
	sheet string
}

// Map is what a file says.
type Map struct {
	// SHA256 is that of the file, in hex.
	SHA256 string
	Rows   []Row
	// Remarks are what was left out, in plain words.
	Remarks []string
}

// Read reads a file, and says what is wrong with it. Where anything is, nothing of it is to be recorded.
func Read(name string, content []byte, known Known) (Map, []Problem) {
	x := &reading{known: known, codes: map[wordOf]string{}, seen: map[string]place{}, sole: map[string]place{}}
	all, problems := tables(name, content)
	x.problems = problems
	if len(all) == 0 && len(problems) == 0 {
		x.wrong("", "", "The file is empty.", "Start from the template.")
	}
	for _, t := range all {
		x.table(t)
	}
	if len(x.rows) == 0 && len(x.problems) == 0 {
		x.wrong("", "", "No row says anything.", "Fill in at least one row below the heads.")
	}
	if len(x.rows) > MaxRows {
		x.wrong("", "", "The file says more than 50,000 things.", "Divide it into several files.")
	}
	return Map{SHA256: Hash(content), Rows: x.rows, Remarks: x.remarks()}, x.problems[:min(len(x.problems), maxProblems)]
}

// reading is a file on its way.
type reading struct {
	known    Known
	problems []Problem
	rows     []Row
	// seen are the rows by what they say, sole those of remits that one body holds at most.
	seen, sole map[string]place
	unread     []string
	// codes are what words were found to stand for: a map says few of them again and again.
	codes map[wordOf]string
	// letters counts C and I, nobody the rows that say that nobody knows the holder, ends those that say an end.
	letters, nobody, ends int
}

// wordOf is a word for something that is called so, such as a body.
type wordOf struct{ called, text string }

// place is a row by its sheet and a cell of it.
type place struct{ sheet, cell, body string }

func (x *reading) wrong(sheet, cell, text, valid string) {
	x.problems = append(x.problems, Problem{sheet, cell, text, valid})
}

// table reads a sheet.
func (x *reading) table(t table) {
	l, ok := x.layoutOf(t)
	if !ok {
		return
	}
	for _, head := range l.unread {
		x.unread = append(x.unread, short(head))
	}
	for i := l.head + 1; i < len(t.cells) && len(x.problems) < maxProblems; i++ {
		if !l.says(t.cells[i]) {
			continue
		}
		line := tableRow{x: x, t: t, l: l, i: i, cells: t.cells[i]}
		if line.sound() {
			line.read()
		}
	}
}

// tableRow is a row of a sheet on its way.
type tableRow struct {
	x     *reading
	t     table
	l     layout
	i     int
	cells []string
	bad   bool
}

func (r *tableRow) at(c column) string {
	i, ok := r.l.columns[c]
	if !ok {
		i = 0
	}
	return r.t.cellName(r.i, i)
}

func (r *tableRow) wrong(c column, text, valid string) {
	r.bad = true
	r.x.wrong(r.t.name, r.at(c), text, valid)
}

// sound refuses cells that hold something else than they show.
func (r *tableRow) sound() bool {
	for i, text := range r.cells {
		cell := r.t.cellName(r.i, i)
		switch {
		case r.t.formulas[cell] || !r.t.serials && strings.HasPrefix(strings.TrimSpace(text), "="):
			r.bad = true
			r.x.wrong(r.t.name, cell, "The cell holds a formula.", "Copy it, and paste it as a value.")
		case strings.HasPrefix(text, "#") && strings.ContainsAny(text, "!?/"):
			r.bad = true
			r.x.wrong(r.t.name, cell, "The cell shows an error of the spreadsheet, "+short(text)+".", "Write the value.")
		case unreadable(text) != "":
			r.bad = true
			r.x.wrong(r.t.name, cell, unreadable(text), "Write it anew, or shorter.")
		}
	}
	return !r.bad
}

// read reads the row: one thing said in a list, one in each cell with letters in a grid.
func (r *tableRow) read() {
	row := Row{sheet: r.t.name, cells: make(map[column]string)}
	for c := range r.l.columns {
		row.cells[c] = r.at(c)
	}
	row.cells[columnFunction] = r.at(columnFunction)
	r.subject(&row)
	r.details(&row)
	if r.l.isGrid() {
		r.grid(row)
		return
	}
	body := r.l.text(r.cells, columnBody)
	if body == "" && r.saysNobody() {
		r.x.nobody++
		return
	}
	if row.Body = r.code(columnBody, body, "body", r.x.known.body); body == "" {
		r.wrong(columnBody, "The body is missing.", "Write its ODS code or its name.")
	}
	r.through(&row)
	row.Roles = r.roles(r.l.text(r.cells, columnRole), columnRole, r.at(columnRole))
	if len(row.Roles) > 0 && !r.bad {
		r.x.add(row)
	}
}

// saysNobody tells whether the row says, as the register does, that nobody knows who holds it.
func (r *tableRow) saysNobody() bool {
	return slices.ContainsFunc(r.cells, func(text string) bool { return strings.EqualFold(plain(text), "Not determined") })
}

// subject reads what the row is about: function, part and place.
func (r *tableRow) subject(row *Row) {
	text := r.l.text(r.cells, columnFunction)
	if text == "" {
		r.wrong(columnFunction, "The function is missing.", "Write its code or its name, as on the sheet Lists of the template.")
	}
	row.Function = r.code(columnFunction, text, "function", r.x.known.function)
	if text := r.l.text(r.cells, columnPart); text != "" && row.Function != "" {
		row.Part = r.code(columnPart, text, "part of the function", func(text string) (string, []string) { return r.x.known.part(row.Function, text) })
	}
	row.Place = r.code(columnPlace, r.l.text(r.cells, columnPlace), "place", r.x.known.place)
}

// details read what else the row says.
func (r *tableRow) details(row *Row) {
	row.Instrument = r.code(columnInstrument, r.l.text(r.cells, columnInstrument), "legal instrument", r.x.known.instrument)
	row.AccountableTo = r.code(columnAccountableTo, r.l.text(r.cells, columnAccountableTo), "body", r.x.known.body)
	row.Source = r.l.text(r.cells, columnSource)
	if row.HeldThrough = r.l.text(r.cells, columnHeldThrough); len(row.HeldThrough) > 300 {
		r.wrong(columnHeldThrough, "The committee or post is longer than 300 characters.", "Write its name only.")
	}
	from, problem := r.t.date(r.l.text(r.cells, columnFrom))
	if problem != "" {
		r.wrong(columnFrom, problem, "Write it as 1 April 2026, 01/04/2026 or 2026-04-01.")
	}
	row.From = from
	to, problem := r.t.date(r.l.text(r.cells, columnTo))
	switch {
	case problem != "":
		r.wrong(columnTo, problem, "Leave it empty, or write it as 1 April 2026.")
	case to != "" && from != "" && to <= from:
		r.wrong(columnTo, "The end is not after the beginning.", "Put one of the dates right.")
	case to != "":
		r.x.ends++
	}
	switch text := strings.ToLower(r.l.text(r.cells, columnConfidence)); text {
	case "", "exact":
	case "approximate":
		row.Confidence = remitv1.Confidence_CONFIDENCE_APPROXIMATE
	case "assumed":
		row.Confidence = remitv1.Confidence_CONFIDENCE_ASSUMED
	default:
		r.wrong(columnConfidence, short(text)+" does not say how sure it is.", "Exact, Approximate or Assumed.")
	}
}

// code reads a code or a name.
func (r *tableRow) code(c column, text, called string, find func(string) (string, []string)) string {
	if text == "" {
		return ""
	}
	word := wordOf{called, text}
	if code, ok := r.x.codes[word]; ok {
		return code
	}
	code, near := find(text)
	if code != "" {
		if c != columnPart { // parts of several functions may be called the same
			r.x.codes[word] = code
		}
		return code
	}
	valid := "Write its code, as on the sheet Lists of the template."
	if len(near) > 0 {
		valid = "Did you mean " + strings.Join(near[:min(len(near), 4)], ", or ") + "?"
	}
	problem := "The register knows no " + called + " " + short(text) + "."
	if strings.Trim(text, "0123456789.+E-") == "" {
		problem += " A spreadsheet turns codes such as 1E3 and 065 into numbers, and MAR1 into a date: format the column as Text."
	}
	r.wrong(c, problem, valid)
	return ""
}

// through reads whom the body acts through: what is named is that one.
func (r *tableRow) through(row *Row) {
	text := r.l.text(r.cells, columnThrough)
	row.Through = r.code(columnThrough, text, "body", r.x.known.body)
	if row.Through == "" || row.Body == "" {
		return
	}
	o := r.x.known.organisation(row.Through)
	if o.GetLegalParent() != row.Body && !slices.Contains(o.GetMembers(), row.Body) {
		r.wrong(columnThrough, fmt.Sprintf("%s does not act for %s.", row.Through, row.Body), "Leave it empty, or name a body that acts for the other.")
	}
}

// roles reads what the body does.
func (r *tableRow) roles(text string, c column, cell string) []remitv1.Role {
	found, unrecorded, ok := roles(text)
	switch {
	case !ok:
		r.bad = true
		r.x.wrong(r.t.name, cell, short(text)+" is not something that a body does.", ValidRoles)
	case text == "" && c == columnRole:
		r.wrong(c, "What the body does is missing.", ValidRoles)
	}
	r.x.letters += unrecorded
	slices.Sort(found)
	return slices.Compact(found)
}

// grid reads the letters in the columns of bodies.
func (r *tableRow) grid(row Row) {
	for _, i := range r.l.sortedBodies() {
		if i >= len(r.cells) {
			continue
		}
		cell, text := r.t.cellName(r.i, i), plain(r.cells[i])
		if text == "" || text == "-" || text == "–" {
			continue
		}
		one := row
		one.cells = maps.Clone(row.cells)
		one.cells[columnBody], one.cells[columnRole] = cell, cell
		one.Body, one.Roles = r.l.bodies[i], r.roles(text, columnOfBody, cell)
		if len(one.Roles) > 0 && !r.bad {
			r.x.add(one)
		}
	}
}

// add takes a row, unless another says the same, or something else of what one body holds at most.
func (x *reading) add(row Row) {
	for _, role := range row.Roles {
		remit := fmt.Sprint(row.Function, "\x00", row.Part, "\x00", row.Place, "\x00", role, "\x00", row.From)
		here := place{row.sheet, row.cells[columnBody], row.Body + "\x00" + row.Through}
		if before, ok := x.seen[remit+"\x00"+here.body]; ok {
			x.wrong(here.sheet, here.cell, "The same is said in "+before.cell+" already.", "Delete one of the two.")
			return
		}
		x.seen[remit+"\x00"+here.body] = here
		if row.Place == "" || !x.known.isSole(row.Function, role) || len(x.known.organisation(row.Through).GetMembers()) > 0 {
			continue
		}
		if before, ok := x.sole[remit]; ok {
			x.wrong(here.sheet, here.cell, fmt.Sprintf("%s and %s cannot both hold this: one body does at most. The other is in %s.",
				row.Body, strings.SplitN(before.body, "\x00", 2)[0], before.cell), "Keep the one that is right.")
			return
		}
		x.sole[remit] = here
	}
	x.rows = append(x.rows, row)
}

// remarks say what was left out.
func (x *reading) remarks() []string {
	var remarks []string
	if x.letters > 0 {
		remarks = append(remarks, fmt.Sprintf("Consulted and informed (C and I) are not roles of the register: %d were left out.", x.letters))
	}
	if x.nobody > 0 {
		remarks = append(remarks, fmt.Sprintf("Rows that say that the holder is not determined were left out: %d.", x.nobody))
	}
	if x.ends > 0 {
		remarks = append(remarks, fmt.Sprintf("Ends of periods are not recorded, since what ends a holding is recorded where it ends: %d were left out.", x.ends))
	}
	if len(x.unread) > 0 {
		remarks = append(remarks, "These columns are not read: "+strings.Join(x.unread[:min(len(x.unread), 20)], ", ")+".")
	}
	return remarks
}
