package mapfile

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

const (
	// maxUnpacked is how large a workbook may be once it is unpacked, in bytes; maxParts how many parts it may have.
	maxUnpacked = 100 << 20
	maxParts    = 1000
	// maxSheets is how many sheets are read.
	maxSheets = 30
	// maxScanned is how many rows are looked at, empty ones too.
	maxScanned = 100_000
)

// besides are the sheets that the register's own workbooks have besides the map.
func besides() []string { return []string{"Cover", "Instructions", "Lists"} }

// readXLSX reads the sheets of a workbook.
func readXLSX(content []byte) ([]table, []Problem) {
	whole := func(text, valid string) ([]table, []Problem) { return nil, []Problem{{Text: text, Valid: valid}} }
	parts, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return whole("The file is damaged: it cannot be unpacked.", "Open it in Excel, and save it anew as a workbook (.xlsx).")
	}
	if text, valid := suspicious(parts); text != "" {
		return whole(text, valid)
	}
	f, err := excelize.OpenReader(bytes.NewReader(content), excelize.Options{
		RawCellValue: true, UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: maxUnpacked,
	})
	if err != nil {
		return whole("The file is no workbook that can be read.", "Open it in Excel, and save it anew as a workbook (.xlsx).")
	}
	defer func() { _ = f.Close() }() // in memory
	return sheetsOf(f, parts)
}

// suspicious says what a workbook has that is refused, "" for nothing.
func suspicious(parts *zip.Reader) (text, valid string) {
	if len(parts.File) > maxParts {
		return "The workbook has too many parts.", "Copy the map into a new workbook."
	}
	var unpacked uint64
	for _, part := range parts.File {
		name := strings.ToLower(path.Clean(part.Name))
		unpacked += part.UncompressedSize64
		switch {
		case strings.Contains(name, "vbaproject"), strings.HasPrefix(name, "xl/macrosheets/"):
			return "The workbook has macros.", "Save it without them, as an Excel workbook (.xlsx)."
		case strings.HasPrefix(name, "xl/externallinks/"):
			return "The workbook takes values from other files.", "In Excel, choose Data, Edit links, Break link, then save it."
		case strings.HasPrefix(name, "../") || strings.HasPrefix(name, "/"):
			return "The workbook is damaged.", "Copy the map into a new workbook."
		}
	}
	if unpacked > maxUnpacked {
		return "The workbook is too large once it is unpacked.", "Copy the map into a new workbook, without empty rows and pictures."
	}
	return "", ""
}

// sheetsOf reads the sheets that are not the register's own instructions.
func sheetsOf(f *excelize.File, parts *zip.Reader) ([]table, []Problem) {
	formulas, err := formulasIn(parts)
	if err != nil {
		return nil, []Problem{{Text: "The workbook is damaged.", Valid: "Open it in Excel, and save it anew."}}
	}
	properties, err := f.GetWorkbookProps()
	since1904 := err == nil && properties.Date1904 != nil && *properties.Date1904
	var all []table
	var problems []Problem
	for i, name := range f.GetSheetList() {
		if i >= maxSheets {
			return all, append(problems, Problem{Text: "The workbook has more than 30 sheets.", Valid: "Keep those with the map."})
		}
		if slices.Contains(besides(), name) {
			continue
		}
		t, found := sheetOf(f, name)
		problems = append(problems, found...)
		t.serials, t.since1904, t.formulas = true, since1904, formulas[name]
		if visible, err := f.GetSheetVisible(name); err == nil && !visible && len(t.cells) > 0 {
			problems = append(problems, Problem{Sheet: name, Text: "The sheet is hidden.", Valid: "Show it, or delete it."})
			continue
		}
		merged, err := f.GetMergeCells(name)
		for _, m := range merged[:min(len(merged), maxProblems)] {
			problems = append(problems, Problem{
				Sheet: name, Cell: m.GetStartAxis(), Text: "The cell is merged with others, up to " + m.GetEndAxis() + ".",
				Valid: "Unmerge the cells, and write the value into each of them.",
			})
		}
		if err == nil && len(t.cells) > 0 {
			all = append(all, t)
		}
	}
	return all, problems
}

// sheetOf reads the cells of a sheet, up to its last row with something in it.
func sheetOf(f *excelize.File, name string) (table, []Problem) {
	t := table{name: name, row: func(i int) int { return i + 1 }}
	damaged := []Problem{{Sheet: name, Text: "The sheet cannot be read.", Valid: "Copy it into a new workbook."}}
	rows, err := f.Rows(name)
	if err != nil {
		return t, nil // a chart
	}
	defer func() { _ = rows.Close() }() // in memory
	last, full := 0, 0
	for n := 1; rows.Next(); n++ {
		columns, err := rows.Columns()
		if err != nil {
			return t, damaged
		}
		used := slices.IndexFunc(columns, func(text string) bool { return plain(text) != "" }) >= 0
		if used {
			full++
			last = n
		}
		switch {
		case len(columns) > MaxColumns && slices.ContainsFunc(columns[MaxColumns:], func(text string) bool { return text != "" }):
			return t, []Problem{{Sheet: name, Text: fmt.Sprintf("Row %d has more than 300 columns.", n), Valid: "Delete what is not the map."}}
		case full > MaxRows+maxHeadRow || n > maxScanned:
			return t, []Problem{{Sheet: name, Text: "The sheet has more than 50,000 rows.", Valid: "Divide it into several files, and delete empty rows."}}
		}
		if len(columns) > MaxColumns {
			columns = slices.Clone(columns[:MaxColumns])
		}
		t.cells = append(t.cells, columns)
	}
	if err := rows.Error(); err != nil {
		return t, damaged
	}
	t.cells = t.cells[:min(last, len(t.cells))]
	return t, nil
}

// formulasIn finds the cells with formulas, by sheet.
func formulasIn(parts *zip.Reader) (map[string]map[string]bool, error) {
	var book struct {
		Sheets []struct {
			Name string `xml:"name,attr"`
			ID   string `xml:"http://schemas.openxmlformats.org/officeDocument/2006/relationships id,attr"`
		} `xml:"sheets>sheet"`
	}
	var related struct {
		Relationships []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	if err := errors.Join(readPart(parts, "xl/workbook.xml", &book), readPart(parts, "xl/_rels/workbook.xml.rels", &related)); err != nil {
		return nil, err
	}
	found := map[string]map[string]bool{}
	for _, s := range book.Sheets {
		for _, r := range related.Relationships {
			if r.ID != s.ID {
				continue
			}
			target, whole := strings.CutPrefix(r.Target, "/")
			if !whole {
				target = path.Join("xl", r.Target)
			}
			cells, err := formulasOf(parts, target)
			if err != nil {
				return nil, err
			}
			found[s.Name] = cells
		}
	}
	return found, nil
}

func readPart(parts *zip.Reader, name string, into any) error {
	part, err := parts.Open(name)
	if err != nil {
		return fmt.Errorf("open %s: %w", name, err)
	}
	defer func() { _ = part.Close() }() // only read
	if err := xml.NewDecoder(io.LimitReader(part, maxUnpacked)).Decode(into); err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	return nil
}

// formulasOf finds the cells of one sheet that hold a formula.
func formulasOf(parts *zip.Reader, name string) (map[string]bool, error) {
	part, err := parts.Open(name)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", name, err)
	}
	defer func() { _ = part.Close() }() // only read
	found := map[string]bool{}
	decoder, cell := xml.NewDecoder(io.LimitReader(part, maxUnpacked)), ""
	for {
		token, err := decoder.RawToken()
		if errors.Is(err, io.EOF) {
			return found, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		start, ok := token.(xml.StartElement)
		switch {
		case ok && start.Name.Local == "c":
			for _, a := range start.Attr {
				if a.Name.Local == "r" {
					cell = a.Value
				}
			}
		case ok && start.Name.Local == "f":
			found[cell] = true
		}
	}
}
