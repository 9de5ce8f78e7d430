package mapfile

import (
	"bytes"
	"encoding/csv"
	"fmt"

	"github.com/xuri/excelize/v2"
)

// templateRows is for how many rows the template offers lists to choose from.
const templateRows = 1000

// columns are those of the template, in order, and which list of the sheet Lists each offers, from 1; 0 for none.
func templateColumns() []struct {
	head column
	list int
} {
	return []struct {
		head column
		list int
	}{
		{columnFunction, 1},
		{columnPart, 0},
		{columnPlace, 2},
		{columnRole, 4},
		{columnBody, 3},
		{columnThrough, 3},
		{columnAccountableTo, 3},
		{columnHeldThrough, 0},
		{columnInstrument, 5},
		{columnConfidence, 6},
		{columnFrom, 0},
		{columnSource, 0},
	}
}

// lists are the lists to choose from.
func (k Known) lists() [][]string {
	all := [][]string{
		{"Functions"},
		{"Places", "England (ENG)"},
		{"Bodies"},
		{"Roles", "Accountable", "Exercising", "Delivering", "Overview", "Funding"},
		{"Instruments"},
		{"Confidence", "Exact", "Approximate", "Assumed"},
	}
	called := func(name, code string) string { return fmt.Sprintf("%s (%s)", name, code) }
	for _, f := range k.Functions {
		all[0] = append(all[0], called(f.GetDetails().GetName(), f.GetCode()))
	}
	for _, f := range k.Footprints {
		if f.GetOpen() {
			all[1] = append(all[1], called(f.GetName(), f.GetCode()))
		}
	}
	for _, o := range k.Organisations {
		if o.GetOpen() {
			all[2] = append(all[2], called(o.GetName(), o.GetCode()))
		}
	}
	for _, i := range k.Instruments {
		all[4] = append(all[4], called(i.GetDetails().GetTitle(), i.GetCode()))
	}
	return all
}

// instructions are what the template says of itself.
func instructions() []string {
	return []string{
		"How to fill in the map",
		"Write one row on the sheet Map for each function, place, role and body. Choose from the lists, or write codes.",
		"Function code, What it does and Body code are needed in each row. All else may be left empty.",
		"Part: the part of a function that is divided. Place code: where; empty means all that the body covers.",
		"What it does: " + ValidRoles,
		"Acting through: the region, office or committee that acts for the body. Accountable to: the body to which it answers.",
		"Held through: the committee or post, never a person's name.",
		"Instrument: the legal basis relied on. Confidence: how sure body and date are; empty means exact.",
		"From: the first day, not in the future; empty means the day on which it is brought in.",
		"Source: the publication or decision that says so; empty means what you write when you bring the file in.",
		"Formulas, merged cells, hidden sheets, macros and links to other files are refused. All of the file is recorded, or nothing.",
		"A RACI sheet of your own is read too: Function (and Place) in the first columns, one column for each body, headed with its code or name, letters in the cells.",
	}
}

// TemplateCSV returns the heads of a map as CSV that Excel opens.
func TemplateCSV() []byte {
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	var heads []string
	for _, c := range templateColumns() {
		heads = append(heads, string(c.head))
	}
	_ = w.Write(heads) // a buffer takes everything
	w.Flush()
	return b.Bytes()
}

// Template returns an empty map as a workbook, with lists to choose from and instructions.
func Template(known Known) ([]byte, error) {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }() // in memory
	if err := f.SetSheetName("Sheet1", "Map"); err != nil {
		return nil, fmt.Errorf("name the sheet: %w", err)
	}
	lists := known.lists()
	for _, write := range []func() error{
		func() error { return writeInstructions(f) },
		func() error { return writeLists(f, lists) },
		func() error { return writeMap(f, lists) },
	} {
		if err := write(); err != nil {
			return nil, fmt.Errorf("write the template: %w", err)
		}
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		return nil, fmt.Errorf("write the template: %w", err)
	}
	return b.Bytes(), nil
}

func writeInstructions(f *excelize.File) error {
	if _, err := f.NewSheet("Instructions"); err != nil {
		return err
	}
	wrap, err := f.NewStyle(&excelize.Style{Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	if err != nil {
		return err
	}
	for i, text := range instructions() {
		cell := fmt.Sprintf("A%d", i+1)
		if err := f.SetCellStr("Instructions", cell, text); err != nil {
			return err
		}
		if err := f.SetCellStyle("Instructions", cell, cell, wrap); err != nil {
			return err
		}
	}
	return f.SetColWidth("Instructions", "A", "A", 110)
}

func writeLists(f *excelize.File, lists [][]string) error {
	if _, err := f.NewSheet("Lists"); err != nil {
		return err
	}
	for i, list := range lists {
		cell, err := excelize.CoordinatesToCellName(i+1, 1)
		if err != nil {
			return err
		}
		if err := f.SetSheetCol("Lists", cell, &list); err != nil {
			return err
		}
	}
	return f.SetColWidth("Lists", "A", "F", 44)
}

// writeMap writes the heads, and what may be chosen below each.
func writeMap(f *excelize.File, lists [][]string) error {
	text, err := f.NewStyle(&excelize.Style{NumFmt: 49}) // text: no code becomes a number or a date
	if err != nil {
		return err
	}
	format := "d mmm yyyy"
	date, err := f.NewStyle(&excelize.Style{CustomNumFmt: &format})
	if err != nil {
		return err
	}
	bold, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	for i, c := range templateColumns() {
		name, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		style := text
		if c.head == columnFrom {
			style = date
		}
		below := fmt.Sprintf("%s2:%s%d", name, name, templateRows+1)
		if err := f.SetCellStyle("Map", name+"2", fmt.Sprintf("%s%d", name, templateRows+1), style); err != nil {
			return err
		}
		if err := f.SetCellStr("Map", name+"1", string(c.head)); err != nil {
			return err
		}
		if err := f.SetCellStyle("Map", name+"1", name+"1", bold); err != nil {
			return err
		}
		if err := offer(f, below, c.list, lists); err != nil {
			return err
		}
	}
	if err := f.SetColWidth("Map", "A", "L", 24); err != nil {
		return err
	}
	return f.SetPanes("Map", &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
}

// offer lets the cells of a column be chosen from a list. Codes may be written instead.
func offer(f *excelize.File, cells string, list int, lists [][]string) error {
	if list == 0 || len(lists[list-1]) < 2 {
		return nil
	}
	column, err := excelize.ColumnNumberToName(list)
	if err != nil {
		return err
	}
	choice := excelize.NewDataValidation(true)
	choice.SetSqref(cells)
	choice.SetSqrefDropList(fmt.Sprintf("Lists!$%s$2:$%s$%d", column, column, len(lists[list-1])))
	choice.ShowErrorMessage = false
	return f.AddDataValidation("Map", choice)
}
