package sheet

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// Import is a map as the command that records it, and where in the file each of its lines is said.
type Import struct {
	Request *remitv1.ImportMapRequest
	rows    [][]Row
}

// As says what the rows of a map become, and on what those rest that do not say so.
type As struct {
	Kind remitv1.ImportKind
	// Claimant is the body whose word claims are.
	Claimant string
	// Source is that of rows without one.
	Source string
	// FileName is that of the file.
	FileName string
	// Reason says why it is recorded now.
	Reason string
}

// Import puts rows together that differ in nothing but places or roles.
func (m Map) Import(as As) Import {
	x := Import{Request: &remitv1.ImportMapRequest{
		Kind: as.Kind, Sha256: m.SHA256, FileName: as.FileName, Rows: int32(len(m.Rows)), Reason: as.Reason, //nolint:gosec // MaxRows
	}}
	if as.Kind == remitv1.ImportKind_IMPORT_KIND_CLAIMS {
		x.Request.Claimant = as.Claimant
	}
	byPlace := map[string]int{}
	var spots []spot
	for _, row := range m.Rows {
		key := row.key() + "\x00" + row.Place
		i, ok := byPlace[key]
		if !ok {
			i = len(spots)
			byPlace[key], spots = i, append(spots, spot{row: row})
		}
		spots[i].roles = append(spots[i].roles, row.Roles...)
		spots[i].rows = append(spots[i].rows, row)
	}
	byLine := map[string]int{}
	for _, s := range spots {
		slices.Sort(s.roles)
		s.roles = slices.Compact(s.roles)
		key := fmt.Sprint(s.row.key(), "\x00", s.roles, s.row.Place == "")
		i, ok := byLine[key]
		if !ok || len(x.Request.GetLines()[i].GetFootprints()) >= maxPlaces {
			i = len(x.Request.GetLines())
			byLine[key] = i
			x.Request.Lines, x.rows = append(x.Request.Lines, s.line(as)), append(x.rows, nil)
		}
		if s.row.Place != "" {
			x.Request.Lines[i].Footprints = append(x.Request.Lines[i].Footprints, s.row.Place)
		}
		x.rows[i] = append(x.rows[i], s.rows...)
	}
	return x
}

// maxPlaces is how many places a line has at most.
const maxPlaces = 1000

// spot is everything that rows say of one body, function and place alike.
type spot struct {
	row   Row
	roles []remitv1.Role
	rows  []Row
}

// key is the same for rows that differ in nothing but place and roles.
func (r Row) key() string {
	return fmt.Sprintf("%q", []string{
		r.Function, r.Part, cmp.Or(r.Through, r.Body), r.From, r.Instrument, r.AccountableTo, r.HeldThrough, r.Confidence.String(), r.Source,
	})
}

func (s spot) line(as As) *remitv1.ImportLine {
	r := s.row
	line := &remitv1.ImportLine{
		Function: r.Function, Part: r.Part, Holder: cmp.Or(r.Through, r.Body), Roles: s.roles, EffectiveOn: r.From, Instrument: r.Instrument,
		AccountableTo: r.AccountableTo, HeldThrough: r.HeldThrough, Confidence: r.Confidence,
	}
	if as.Kind == remitv1.ImportKind_IMPORT_KIND_CLAIMS {
		line.Basis = cmp.Or(r.Source, as.Source)
	} else {
		line.Source = cmp.Or(r.Source, as.Source)
	}
	return line
}

// Refused is what the register says of one line: the facts of a violation by name, and its words.
type Refused struct {
	Facts        map[string]string
	Text, Remedy string
}

// Problem says where in the file a line is said that the register refuses; false for what is not about a line.
func (x Import) Problem(r Refused) (Problem, bool) {
	i, err := strconv.Atoi(r.Facts["line"])
	if err != nil || i < 0 || i >= len(x.rows) || len(x.rows[i]) == 0 {
		return Problem{}, false
	}
	rows := x.rows[i]
	row := rows[0]
	at := slices.IndexFunc(rows, func(row Row) bool {
		place := r.Facts["footprint"]
		return (place == "" || row.Place == place) && (r.Facts["role"] == "" || hasRole(row, r.Facts["role"]))
	})
	if at >= 0 {
		row = rows[at]
	}
	p := Problem{Sheet: row.sheet, Cell: cmp.Or(row.cells[columnOfFact(r.Facts)], row.cells[columnFunction]), Text: r.Text, Valid: r.Remedy}
	if len(rows) > 1 && at < 0 {
		p.Text += fmt.Sprintf(" This is said in %d rows.", len(rows))
	}
	return p, true
}

func hasRole(row Row, role string) bool {
	return slices.ContainsFunc(row.Roles, func(r remitv1.Role) bool { return roleCode(r) == role })
}

// columnOfFact is the column that a violation is about.
func columnOfFact(facts map[string]string) column {
	fields := map[string]column{
		"holder": columnBody, "receiver": columnBody, "instrument": columnInstrument, "accountableTo": columnAccountableTo,
		"heldThrough": columnHeldThrough, "effectiveOn": columnFrom, "source": columnSource, "basis": columnSource, "roles": columnRole,
	}
	if c, ok := fields[facts["field"]]; ok {
		return c
	}
	switch facts["reason"] {
	case "UNKNOWN_FOOTPRINT":
		return columnPlace
	case "UNKNOWN_INSTRUMENT":
		return columnInstrument
	case "NOT_YET_EFFECTIVE", "BACKDATED_WITHOUT_REASON":
		return columnFrom
	case "UNKNOWN_FUNCTION":
		return columnFunction
	}
	return columnBody
}
