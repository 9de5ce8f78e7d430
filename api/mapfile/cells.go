package mapfile

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/xuri/excelize/v2"
)

// The bounds of a file.
const (
	// MaxFile is the size of the largest file, in bytes.
	MaxFile = 10 << 20
	// MaxRows is how many rows a file has at most that say something: more than the whole map of England has. MaxColumns
	// is how many columns it has.
	MaxRows    = 50_000
	MaxColumns = 300
	// maxText is the length of the longest text in a cell, in characters.
	maxText = 2000
	// maxProblems is how many problems are told.
	maxProblems = 500
)

// Problem is something wrong with a file.
type Problem struct {
	// Sheet is the name of the sheet, "" in a CSV file. Cell is where, such as "C14", "" for the sheet or the file.
	Sheet, Cell string
	// Text says what is wrong, and Valid what would be right, "" where Text says so.
	Text, Valid string
}

// table is a sheet as it was found: its cells by row and column, from 0.
type table struct {
	name  string
	cells [][]string
	// row returns the number of a row of cells as the spreadsheet numbers it.
	row func(i int) int
	// serials says that dates may be serial numbers, since 1904 counted from then.
	serials, since1904 bool
	// formulas are the cells, such as "C14", that hold one; merged those that are one with others.
	formulas map[string]bool
}

// cellName names a cell, given its row and column in cells, from 0.
func (t table) cellName(row, column int) string {
	name, err := excelize.CoordinatesToCellName(column+1, t.row(row))
	if err != nil {
		return fmt.Sprintf("row %d", t.row(row))
	}
	return name
}

// Hash is the SHA-256 of a file, in hex.
func Hash(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// tables reads the cells of a file.
func tables(name string, content []byte) ([]table, []Problem) {
	whole := func(text, valid string) ([]table, []Problem) { return nil, []Problem{{Text: text, Valid: valid}} }
	const save = "Save it as an Excel workbook (.xlsx) or as CSV UTF-8 (.csv)."
	ending := strings.ToLower(filepath.Ext(name))
	switch {
	case len(content) > MaxFile:
		return whole("The file is larger than 10 MB.", "Divide it into several files, or leave out what is not the map.")
	case len(content) == 0:
		return whole("The file is empty.", save)
	case strings.HasPrefix(string(content), "\xd0\xcf\x11\xe0"):
		return whole("The file is in an old format of Excel, or protected by a password.", "Take the password away. "+save)
	case strings.HasPrefix(string(content), "PK"):
		return readXLSX(content)
	case ending == ".xlsx" || ending == ".xlsm" || ending == ".xls" || ending == ".ods":
		return whole("The file is not an Excel workbook, whatever its name says.", save)
	case strings.HasPrefix(string(content), "%PDF"):
		return whole("The file is a PDF document, not a spreadsheet.", save)
	}
	return readCSV(content)
}

// plain writes a cell's text without space around it, and without the apostrophe that keeps a text from being taken for
// a formula.
func plain(text string) string {
	text = strings.Map(func(r rune) rune {
		if r == '\u00a0' || r == '\u200b' || r == '\ufeff' {
			return ' '
		}
		return r
	}, text)
	text = strings.TrimSpace(text)
	if len(text) > 1 && text[0] == '\'' && strings.ContainsAny(text[1:2], "=+-@") {
		return text[1:]
	}
	return text
}

// unreadable says what keeps a cell's text from being read, "" for nothing.
func unreadable(text string) string {
	if len(text) > maxText && len([]rune(text)) > maxText {
		return "The text is longer than 2,000 characters."
	}
	if strings.ContainsFunc(text, func(r rune) bool {
		return r == unicode.ReplacementChar || unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t'
	}) {
		return "The text has characters that cannot be shown."
	}
	return ""
}

// short quotes a text, not all of a long one.
func short(text string) string {
	const most = 60
	if runes := []rune(text); len(runes) > most {
		text = string(runes[:most]) + "…"
	}
	return "“" + strings.Join(strings.Fields(text), " ") + "”"
}
