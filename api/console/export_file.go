package console

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// writeCSV writes a table as Excel opens it: with a byte order mark, and with nothing in it that would be a formula.
func writeCSV(s sheet) []byte {
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	_ = w.Write(s.Head) // a buffer takes everything
	for _, row := range s.Rows {
		cells := make([]string, len(row))
		for i, text := range row {
			cells[i] = harmless(text)
		}
		_ = w.Write(cells)
	}
	w.Flush()
	return b.Bytes()
}

// harmless writes a text so that no spreadsheet takes it for a formula.
func harmless(text string) string {
	if text != "" && strings.ContainsAny(text[:1], "=+-@\t\r\n") {
		return "'" + text
	}
	return text
}

// writeXLSX writes a table as a workbook: a cover that says what it shows, and one sheet with a table. Cells are texts
// or dates, never formulas.
func writeXLSX(s sheet) ([]byte, error) {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }() // in memory
	if err := writeCover(f, s); err != nil {
		return nil, err
	}
	if err := writeTable(f, s); err != nil {
		return nil, err
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func writeCover(f *excelize.File, s sheet) error {
	const name = "Cover"
	if err := f.SetSheetName("Sheet1", name); err != nil {
		return err
	}
	bold, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	for i, row := range s.Cover {
		cell, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			return err
		}
		if err := f.SetSheetRow(name, cell, &[]string{row[0], row[1]}); err != nil {
			return err
		}
		if err := f.SetCellStyle(name, cell, cell, bold); err != nil {
			return err
		}
	}
	if err := f.SetColWidth(name, "A", "A", 34); err != nil {
		return err
	}
	return f.SetColWidth(name, "B", "B", 80)
}

// tableSheet is the name of the sheet with the table, and of the table: a refresh finds it again.
const tableSheet = "Data"

func writeTable(f *excelize.File, s sheet) error {
	if _, err := f.NewSheet(tableSheet); err != nil {
		return err
	}
	format := "d mmm yyyy"
	date, err := f.NewStyle(&excelize.Style{CustomNumFmt: &format})
	if err != nil {
		return err
	}
	w, err := f.NewStreamWriter(tableSheet)
	if err != nil {
		return err
	}
	if err := w.SetColWidth(1, len(s.Head), 18); err != nil {
		return err
	}
	if err := w.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	head := make([]any, len(s.Head))
	for i, text := range s.Head {
		head[i] = text
	}
	if err := w.SetRow("A1", head); err != nil {
		return err
	}
	for i, row := range s.Rows {
		cell, err := excelize.CoordinatesToCellName(1, i+2)
		if err != nil {
			return err
		}
		if err := w.SetRow(cell, cellsOf(s, row, date)); err != nil {
			return err
		}
	}
	end, err := excelize.CoordinatesToCellName(len(s.Head), max(len(s.Rows), 1)+1)
	if err != nil {
		return err
	}
	if err := w.AddTable(&excelize.Table{Range: "A1:" + end, Name: s.Name, StyleName: "TableStyleLight9"}); err != nil {
		return err
	}
	return w.Flush()
}

// cellsOf are the cells of a row: dates as dates, and all else as text.
func cellsOf(s sheet, row []string, date int) []any {
	cells := make([]any, len(row))
	for i, text := range row {
		cells[i] = text
		if !slices.Contains(s.Dates, i) {
			continue
		}
		if day, err := time.Parse(isoDate, text); err == nil {
			cells[i] = excelize.Cell{StyleID: date, Value: day}
		}
	}
	return cells
}
