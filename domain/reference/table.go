package reference

import (
	"embed"
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/remit-register/remit/domain"
)

//go:embed data/*.csv
var files embed.FS

// reader reads the CSV files and gathers what is wrong with them, so that one run tells it all.
type reader struct {
	problems []error
}

func (r *reader) problem(file string, line int, err error) {
	r.problems = append(r.problems, fmt.Errorf("%s.csv line %d: %w", file, line, err))
}

// row is one line of a CSV file. A cell is found by the name of its column.
type row struct {
	reader  *reader
	file    string
	line    int
	columns []string
	cells   []string
}

// readTable reads a file of data/ by its name without ending, one value for each line below the heading.
func readTable[V any](r *reader, file string, parse func(row) V) []V {
	f, err := files.Open("data/" + file + ".csv")
	if err != nil {
		r.problem(file, 0, err)
		return nil
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err == nil && len(lines) == 0 {
		err = errors.New("no heading")
	}
	if err != nil {
		r.problem(file, 0, err)
		return nil
	}
	values := make([]V, 0, len(lines)-1)
	for i, cells := range lines[1:] {
		// The heading is line 1.
		values = append(values, parse(row{reader: r, file: file, line: i + 2, columns: lines[0], cells: cells}))
	}
	return values
}

func (r row) text(column string) string {
	i := slices.Index(r.columns, column)
	if i < 0 {
		r.reader.problem(r.file, r.line, fmt.Errorf("no column %q", column))
		return ""
	}
	return r.cells[i]
}

// texts reads a list; its items are separated by semicolons.
func (r row) texts(column string) []string {
	text := r.text(column)
	if text == "" {
		return nil
	}
	return strings.Split(text, ";")
}

func (r row) date(column string) domain.Date {
	date, err := domain.ParseDate(r.text(column))
	if err != nil {
		r.reader.problem(r.file, r.line, fmt.Errorf("column %q: %w", column, err))
	}
	return date
}

// number reads a whole number.
func (r row) number(column string) int64 {
	n, err := strconv.ParseInt(r.text(column), 10, 64)
	if err != nil {
		r.reader.problem(r.file, r.line, fmt.Errorf("column %q: %w", column, err))
	}
	return n
}

func (r row) yes(column string) bool {
	switch text := r.text(column); text {
	case "yes":
		return true
	case "no":
		return false
	default:
		r.reader.problem(r.file, r.line, fmt.Errorf("column %q: %q is neither yes nor no", column, text))
		return false
	}
}

func (r row) period() period { return period{From: r.date("from"), To: r.date("to")} }

// cited returns the source, with what the note adds.
func (r row) cited() string {
	source, note := r.text("source"), r.text("note")
	if note == "" {
		return source
	}
	return source + "; " + note
}

// cell reads a code.
func cell[S ~string](r row, column string) S { return S(r.text(column)) }

// cells reads a list of codes.
func cells[S ~string](r row, column string) []S {
	var list []S
	for _, text := range r.texts(column) {
		list = append(list, S(text))
	}
	return list
}
