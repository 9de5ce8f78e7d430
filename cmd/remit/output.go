package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// formatFlag is how data is shown.
type formatFlag string

const (
	formatTable formatFlag = "table"
	formatJSON  formatFlag = "json"
	formatJSONL formatFlag = "jsonl"
	formatCSV   formatFlag = "csv"
)

func formatWords() []string {
	return []string{string(formatTable), string(formatJSON), string(formatJSONL), string(formatCSV)}
}

// String returns the word.
func (f *formatFlag) String() string { return string(*f) }

// Set takes one of the words.
func (f *formatFlag) Set(text string) error {
	if !slices.Contains(formatWords(), text) {
		return fmt.Errorf("give %s", alternatives(formatWords()))
	}
	*f = formatFlag(text)
	return nil
}

// Type names the flag's values in the help.
func (f *formatFlag) Type() string { return "FORMAT" }

// column is one column of a list: its heading, in small letters, and what stands in it.
type column[T any] struct {
	head string
	cell func(T) string
}

// list shows items in the form asked for: JSON is the whole answer, every other form the items.
func list[T proto.Message](a *app, whole proto.Message, items []T, columns []column[T]) error {
	switch a.format {
	case formatJSON:
		return a.printJSON(whole)
	case formatJSONL:
		return printLines(a, items)
	case formatCSV:
		return printCSV(a.stdout, items, columns)
	case formatTable:
	}
	return printTable(a, a.stdout, items, columns)
}

// object shows one thing: as a sheet for people, or else as a list of one.
func object[T proto.Message](a *app, whole proto.Message, item T, columns []column[T], sheet func(*sheet)) error {
	if a.format != formatTable {
		return list(a, whole, []T{item}, columns)
	}
	s := newSheet(a)
	sheet(s)
	return s.print()
}

func (a *app) printJSON(m proto.Message) error {
	data, err := marshal(m)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := json.Indent(&out, data, "", "  "); err != nil {
		return fmt.Errorf("lay out JSON: %w", err)
	}
	_, err = fmt.Fprintln(a.stdout, out.String())
	return err
}

func printLines[T proto.Message](a *app, items []T) error {
	for _, item := range items {
		data, err := marshal(item)
		if err != nil {
			return err
		}
		var out bytes.Buffer
		if err := json.Compact(&out, data); err != nil {
			return fmt.Errorf("lay out JSON: %w", err)
		}
		if _, err := fmt.Fprintln(a.stdout, out.String()); err != nil {
			return err
		}
	}
	return nil
}

// marshal returns m as the register's own JSON: empty fields are written.
func marshal(m proto.Message) ([]byte, error) {
	data, err := protojson.MarshalOptions{EmitUnpopulated: true}.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("write JSON: %w", err)
	}
	return data, nil
}

func printCSV[T any](w io.Writer, items []T, columns []column[T]) error {
	out := csv.NewWriter(w)
	row := make([]string, len(columns))
	for i, c := range columns {
		row[i] = strings.ReplaceAll(c.head, " ", "_")
	}
	if err := out.Write(row); err != nil {
		return fmt.Errorf("write CSV: %w", err)
	}
	for _, item := range items {
		for i, c := range columns {
			row[i] = c.cell(item)
		}
		if err := out.Write(row); err != nil {
			return fmt.Errorf("write CSV: %w", err)
		}
	}
	out.Flush()
	return out.Error()
}

// printTable prints aligned columns under headings. No items: no headings either.
func printTable[T any](a *app, w io.Writer, items []T, columns []column[T]) error {
	if len(items) == 0 {
		return nil
	}
	var buffer bytes.Buffer
	out := tabwriter.NewWriter(&buffer, 0, 0, 2, ' ', 0)
	heads := make([]string, len(columns))
	for i, c := range columns {
		heads[i] = strings.ToUpper(c.head)
	}
	writeRow(out, heads)
	for _, item := range items {
		cells := make([]string, len(columns))
		for i, c := range columns {
			cells[i] = oneLine(c.cell(item))
		}
		writeRow(out, cells)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("lay out a table: %w", err)
	}
	for i, line := range strings.SplitAfter(buffer.String(), "\n") {
		line = trimRight(line)
		if i == 0 && a.colours(w) {
			line = "\x1b[1m" + strings.TrimSuffix(line, "\n") + "\x1b[0m\n"
		}
		if _, err := io.WriteString(w, line); err != nil {
			return err
		}
	}
	return nil
}

func writeRow(w io.Writer, cells []string) {
	_, _ = io.WriteString(w, strings.Join(cells, "\t")+"\t\n") // a tabwriter over a buffer never fails to write
}

// trimRight removes the spaces before the end of the line.
func trimRight(line string) string {
	body, ended := strings.CutSuffix(line, "\n")
	body = strings.TrimRight(body, " ")
	if ended {
		body += "\n"
	}
	return body
}

// oneLine makes text fit into a cell: tabs and ends of lines become spaces, an empty cell a dash.
func oneLine(text string) string {
	if text == "" {
		return "-"
	}
	return strings.Join(strings.Fields(text), " ")
}

// sheet is what people read about one thing: lines of name and value, and tables under headings.
type sheet struct {
	app *app
	out bytes.Buffer
	err error
}

func newSheet(a *app) *sheet { return &sheet{app: a} }

// title begins a section.
func (s *sheet) title(format string, args ...any) {
	if s.out.Len() > 0 {
		s.out.WriteByte('\n')
	}
	text := fmt.Sprintf(format, args...)
	if s.app.colours(s.app.stdout) {
		text = "\x1b[1m" + text + "\x1b[0m"
	}
	s.out.WriteString(text + "\n")
}

// field adds a line, unless there is nothing to say.
func (s *sheet) field(name, value string) {
	if value != "" {
		fmt.Fprintf(&s.out, "  %-14s %s\n", name, oneLine(value))
	}
}

func (s *sheet) print() error {
	if s.err != nil {
		return s.err
	}
	_, err := s.app.stdout.Write(s.out.Bytes())
	return err
}

// rows adds a table.
func rows[T any](s *sheet, items []T, columns []column[T]) {
	var table bytes.Buffer
	if err := printTable(s.app, &table, items, columns); err != nil && s.err == nil {
		s.err = err
	}
	for line := range strings.Lines(table.String()) {
		s.out.WriteString("  " + line)
	}
}

// alternatives joins words as people do: "a, b or c".
func alternatives(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}
