package mapfile

import (
	"bytes"
	"encoding/binary"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// readCSV reads a CSV file: in UTF-8 or UTF-16, separated by commas, semicolons or tabs.
func readCSV(content []byte) ([]table, []Problem) {
	text, ok := decoded(content)
	if !ok || strings.ContainsRune(text, 0) {
		return nil, []Problem{{Text: "The file is not text in UTF-8.", Valid: "In Excel, save it as “CSV UTF-8 (Comma delimited)”."}}
	}
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord = separator(text), -1
	var t table
	var numbers []int
	inside := 0 // line ends within cells so far
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if malformed, ok := errors.AsType[*csv.ParseError](err); ok {
			return nil, []Problem{{Text: fmt.Sprintf("Line %d cannot be read: a quotation mark is missing or out of place.", malformed.Line)}}
		}
		if err != nil {
			return nil, []Problem{{Text: "The file cannot be read as CSV."}}
		}
		if len(t.cells) > MaxRows+maxHeadRow {
			return nil, []Problem{{Text: "The file has more than 50,000 rows.", Valid: "Divide it into several files."}}
		}
		line, _ := r.FieldPos(0)
		numbers = append(numbers, line-inside)
		for i, field := range record {
			inside += strings.Count(field, "\n")
			record[i] = strings.Clone(field)
		}
		t.cells = append(t.cells, record)
	}
	t.row = func(i int) int { return numbers[i] }
	return []table{t}, nil
}

// decoded returns the text of a file that begins with a byte order mark, or is in UTF-8.
func decoded(content []byte) (string, bool) {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(content, []byte{0xff, 0xfe}):
		order = binary.LittleEndian
	case bytes.HasPrefix(content, []byte{0xfe, 0xff}):
		order = binary.BigEndian
	default:
		content = bytes.TrimPrefix(content, []byte("\ufeff"))
		return string(content), utf8.Valid(content)
	}
	content = content[2:]
	if len(content)%2 != 0 {
		return "", false
	}
	units := make([]uint16, len(content)/2)
	for i := range units {
		units[i] = order.Uint16(content[2*i:])
	}
	return string(utf16.Decode(units)), true
}

// separator is what the first line is separated by most often.
func separator(text string) rune {
	first, _, _ := strings.Cut(text, "\n")
	best := ','
	for _, r := range []rune{';', '\t'} {
		if strings.Count(first, string(r)) > strings.Count(first, string(best)) {
			best = r
		}
	}
	return best
}
