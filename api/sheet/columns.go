package sheet

import (
	"slices"
	"strings"
)

// column is what a column of a list holds.
type column string

// The columns.
const (
	columnFunction      column = "Function code"
	columnPart          column = "Part"
	columnPlace         column = "Place code"
	columnRole          column = "What it does"
	columnBody          column = "Body code"
	columnThrough       column = "Acting through"
	columnAccountableTo column = "Accountable to"
	columnHeldThrough   column = "Held through"
	columnInstrument    column = "Instrument"
	columnConfidence    column = "Confidence"
	columnFrom          column = "From"
	columnTo            column = "To"
	columnSource        column = "Source"
	// columnName is a name beside a code, and columnOther what the register itself adds: neither says anything.
	columnName  column = "name"
	columnOther column = "other"
	// columnOfBody is one of a grid: letters that say what one body does.
	columnOfBody column = "letters"
)

// heads are what the head of a column may be called, in lower case. A head that names something is used where there is no
// column with its code.
func heads() map[string]column {
	return map[string]column{
		"function code": columnFunction, "function": columnFunction, "function name": columnFunction, "activity": columnFunction,
		"task": columnFunction, "part": columnPart, "part code": columnPart,
		"place code": columnPlace, "place": columnPlace, "footprint": columnPlace, "footprint code": columnPlace, "area": columnPlace, "where": columnPlace,
		"what it does": columnRole, "role": columnRole, "raci": columnRole,
		"body code": columnBody, "body": columnBody, "holder": columnBody, "holder code": columnBody, "organisation": columnBody,
		"organisation code": columnBody, "ods code": columnBody,
		"acting through": columnThrough, "accountable to": columnAccountableTo, "answers to": columnAccountableTo,
		"held through": columnHeldThrough, "committee or post": columnHeldThrough,
		"instrument": columnInstrument, "legal basis": columnInstrument, "legal instrument": columnInstrument,
		"confidence": columnConfidence, "from": columnFrom, "from date": columnFrom, "since": columnFrom, "effective from": columnFrom,
		"to": columnTo, "to date": columnTo, "until": columnTo,
		"source": columnSource, "evidence": columnSource, "event": columnOther,
	}
}

// maxHeadRow is how far down the heads may be.
const maxHeadRow = 30

// layout is where what is said stands in a sheet.
type layout struct {
	// head is the row of the heads, from 0.
	head    int
	columns map[column]int
	// bodies are the columns of a grid, with the body of each.
	bodies map[int]string
	// unread are the heads of columns that are not read.
	unread []string
}

func (l layout) isGrid() bool { return len(l.bodies) > 0 }

// headOf writes a head in the way in which heads are compared.
func headOf(text string) string {
	return strings.ToLower(strings.Join(strings.Fields(strings.Trim(plain(text), "*:")), " "))
}

// layoutOf finds the heads of a sheet.
func (x *reading) layoutOf(t table) (layout, bool) {
	for i, cells := range t.cells[:min(len(t.cells), maxHeadRow)] {
		known, isFunction := 0, false
		for _, text := range cells {
			c, ok := heads()[headOf(text)]
			isFunction = isFunction || ok && c == columnFunction
			if ok {
				known++
			}
		}
		if !isFunction {
			continue
		}
		l := x.columnsOf(t, i)
		_, byRole := l.columns[columnRole]
		_, byBody := l.columns[columnBody]
		if byRole && byBody && known > 2 || l.isGrid() && !byRole {
			return l, true
		}
		x.headless(t, i, l)
		return l, false
	}
	x.wrong(t.name, "", "No row of heads was found: one with Function code, What it does and Body code, or with Function and one column for each body.",
		"Start from the template, or delete the sheet if it is not the map.")
	return layout{}, false
}

// columnsOf reads the heads in a row.
func (x *reading) columnsOf(t table, row int) layout {
	l := layout{head: row, columns: map[column]int{}, bodies: map[int]string{}}
	taken := map[column]string{}
	for i, text := range t.cells[row] {
		name := headOf(text)
		c, ok := heads()[name]
		before, twice := taken[c]
		switch {
		case name == "" || c == columnOther:
		case !ok:
			if code, _ := x.known.body(text); code != "" {
				l.bodies[i] = code
			} else {
				l.unread = append(l.unread, text)
			}
		case twice && before == name:
			x.wrong(t.name, t.cellName(row, i), "There are two columns "+short(text)+".", "Keep one of them.")
		case !twice || !strings.HasSuffix(before, "code"):
			l.columns[c], taken[c] = i, name
		}
	}
	if _, byBody := l.columns[columnBody]; byBody {
		l.bodies = nil
	}
	return l
}

// headless says what is missing in a row of heads.
func (x *reading) headless(t table, row int, l layout) {
	at := t.cellName(row, 0)
	_, byRole := l.columns[columnRole]
	_, byBody := l.columns[columnBody]
	switch {
	case byBody && !byRole:
		x.wrong(t.name, at, "There is no column “What it does” in the row of heads.", "Add it, with Accountable, Exercising, Delivering, Overview or Funding in it.")
	case byRole:
		x.wrong(t.name, at, "There is no column “Body code” in the row of heads.", "Add it, with the ODS codes of the bodies in it.")
	default:
		x.wrong(t.name, at, "No head of a column is a body that the register knows.", "Head the columns with ODS codes or names of bodies, or start from the template.")
	}
}

// text returns what a row says in a column, "" where there is no such column.
func (l layout) text(cells []string, c column) string {
	i, ok := l.columns[c]
	if !ok || i >= len(cells) {
		return ""
	}
	return plain(cells[i])
}

// says tells whether a row has anything in a column that is read.
func (l layout) says(cells []string) bool {
	for i, text := range cells {
		if plain(text) == "" {
			continue
		}
		for _, at := range l.columns {
			if at == i {
				return true
			}
		}
		if _, ok := l.bodies[i]; ok {
			return true
		}
	}
	return false
}

// sortedBodies are the columns of a grid, in order.
func (l layout) sortedBodies() []int {
	var columns []int
	for i := range l.bodies {
		columns = append(columns, i)
	}
	slices.Sort(columns)
	return columns
}
