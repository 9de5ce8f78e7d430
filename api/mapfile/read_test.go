package mapfile_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/remit-register/remit/api/mapfile"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// known is a register of two functions, a region, an ICB and two places.
func known() mapfile.Known {
	body := func(code, name, legal string) *remitv1.Organisation {
		return &remitv1.Organisation{Code: code, Name: name, LegalParent: legal, Open: true}
	}
	return mapfile.Known{
		Functions: []*remitv1.Function{
			{Code: "eprr", Details: &remitv1.FunctionDetails{Name: "Emergency preparedness"}},
			{Code: "send", Details: &remitv1.FunctionDetails{Name: "Special educational needs"}},
		},
		Organisations: []*remitv1.Organisation{
			body("X24", "NHS England", ""), body("Y61", "East of England", "X24"), body("S1Y5D", "NHS Central East ICB", ""),
			body("065", "A body with a zero", ""),
		},
		Footprints:  []*remitv1.Footprint{{Code: "06H", Name: "Cambridgeshire", Open: true}, {Code: "06K", Name: "Hertfordshire", Open: true}},
		Instruments: []*remitv1.Instrument{{Code: "nhsa2006-s65z5", Details: &remitv1.InstrumentDetails{Title: "Section 65Z5"}}},
	}
}

// heads are those of the workbooks of these tests.
func heads() []any {
	return []any{"Function code", "Place code", "What it does", "Body code", "Acting through", "Instrument", "Confidence", "From", "Source", "To"}
}

// workbook writes rows from row 2 on, and what else change does.
func workbook(t testing.TB, change func(*excelize.File), rows ...[]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	for i, row := range append([][]any{heads()}, rows...) {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	if change != nil {
		change(f)
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func said(problems []mapfile.Problem) []string {
	var all []string
	for _, p := range problems {
		all = append(all, strings.TrimSpace(p.Cell+" "+p.Text+" "+p.Valid))
	}
	return all
}

// Each kind of mistake is told at its cell.
func TestEveryMistakeIsToldAtItsCell(t *testing.T) {
	row := func(at int, value any) []any {
		good := []any{"eprr", "06H", "Accountable", "S1Y5D", "", "", "", "", "", ""}
		good[at] = value
		return good
	}
	long := strings.Repeat("x", 2001)
	content := workbook(t, func(f *excelize.File) {
		for _, err := range []error{
			f.SetCellFormula("Sheet1", "A14", `="ep"&"rr"`), f.MergeCell("Sheet1", "D40", "D41"),
			f.SetCellInt("Sheet1", "D15", 65), f.SetCellFloat("Sheet1", "H16", 46113.5, -1, 64),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
	},
		row(0, "sned"), row(0, ""), row(1, "99Z"), row(2, "Wishing"), row(2, ""), row(3, "QQQ"), row(3, ""), row(4, "S1Y5D"),
		row(5, "an Act"), row(6, "perhaps"), row(7, "31/02/2026"), row(8, long), // rows 2 to 13
		row(0, "eprr"), row(3, "x"), row(7, "x"), // 14 formula, 15 number, 16 half a day
		row(2, "A/X"), row(3, "cent"), row(0, "#REF!"), row(8, "bell \a"), // 17 to 20
		row(9, "01/04/2026"), row(0, "send"), row(0, "send"), row(3, "X24"), // 21 to 24
		[]any{"send", "06H", "A", "X24", "", "", "", "", "", ""},                     // 25: another holds it by 22
		[]any{"eprr", "06K", "A", "S1Y5D", "", "", "", "2026-04-01", "", "1/4/2025"}, // 26
	)
	_, problems := mapfile.Read("map.xlsx", content, known())
	all := said(problems)
	for _, want := range []string{
		"D40 The cell is merged with others, up to D41.",
		"A2 The register knows no function “sned”.", "A3 The function is missing.", "B4 The register knows no place “99Z”.",
		"C5 “Wishing” is not something that a body does.", "C6 What the body does is missing.", "D7 The register knows no body “QQQ”.",
		"D8 The body is missing.", "E9 S1Y5D does not act for S1Y5D.", "F10 The register knows no legal instrument “an Act”.",
		"G11 “perhaps” does not say how sure it is.", "H12 “31/02/2026” is not a real date.", "I13 The text is longer than 2,000 characters.",
		"A14 The cell holds a formula.", "D15 The register knows no body “65”. A spreadsheet turns codes", "H16 “46113.5” is not a real date.",
		"C17 “A/X” is not something that a body does.", "D18 The register knows no body “cent”. Did you mean NHS Central East ICB (S1Y5D)?",
		"A19 The cell shows an error of the spreadsheet, “#REF!”.", "I20 The text has characters that cannot be shown.",
		"D23 The same is said in D22 already.", "D24 X24 and S1Y5D cannot both hold this", "D25 X24 and S1Y5D cannot both hold this",
		"J26 The end is not after the beginning.",
	} {
		if !slices.ContainsFunc(all, func(s string) bool { return strings.HasPrefix(s, want) }) {
			t.Errorf("want %q in:\n%s", want, strings.Join(all, "\n"))
		}
	}
	if !strings.Contains(strings.Join(all, "\n"), "(065)") {
		t.Error("want the code that lost its zero to be offered")
	}
}

// Both kinds of sheet, both kinds of file and what is written in many ways say the same.
func TestReadsWhatPeopleWrite(t *testing.T) {
	list := "Function code,Place code,What it does,Body code,Acting through,From,Notes\r\n" +
		"eprr,06H,\"Accountable, Taking the decisions\",S1Y5D,,1 April 2026,\"two\r\nlines\"\r\n" +
		",,,,,,\r\n" +
		"Emergency preparedness,Cambridgeshire (06H),R,X24,East of England,01/04/2026,\r\n"
	grid := "Function;Place;S1Y5D;East of England (Y61);Comments\r\neprr;06H;A/E;-;\r\nEPRR ; ;C, I;R;free text\r\n"
	read := func(name, text string) mapfile.Map {
		t.Helper()
		m, problems := mapfile.Read(name, []byte(text), known())
		if len(problems) > 0 {
			t.Fatalf("%s: %q", name, said(problems))
		}
		return m
	}
	m := read("list.csv", "\ufeff"+list)
	if len(m.Rows) != 2 || m.Rows[0].From != "2026-04-01" || len(m.Rows[0].Roles) != 2 || m.Rows[1].Through != "Y61" || m.Rows[1].Place != "06H" {
		t.Errorf("the list says %+v", m.Rows)
	}
	if got := strings.Join(m.Remarks, " "); got != "These columns are not read: “Notes”." {
		t.Errorf("remarks: %s", got)
	}
	var wide strings.Builder // UTF-16, as Excel's "Unicode text"
	wide.WriteString("\xff\xfe")
	for _, r := range strings.ReplaceAll(grid, ";", "\t") {
		wide.WriteString(string([]byte{byte(r), byte(r >> 8)}))
	}
	for name, text := range map[string]string{"grid.csv": grid, "grid.txt": wide.String()} {
		m := read(name, text)
		if len(m.Rows) != 2 || m.Rows[0].Body != "S1Y5D" || len(m.Rows[0].Roles) != 2 || m.Rows[1].Body != "Y61" || m.Rows[1].Place != "" {
			t.Errorf("%s says %+v", name, m.Rows)
		}
		if got := strings.Join(m.Remarks, " "); !strings.Contains(got, "2 were left out") {
			t.Errorf("%s: remarks: %s", name, got)
		}
	}
	for name, c := range map[string]struct {
		content []byte
		from    string
	}{
		"serial": {workbook(t, nil, []any{"eprr", "06H", "A", "S1Y5D", "", "", "", 46113, "", ""}), "2026-04-01"},
		"from 1904": {workbook(t, func(f *excelize.File) {
			yes := true
			_ = f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes})
		}, []any{"eprr", "06H", "A", "S1Y5D", "", "", "", 44651, "", ""}), "2026-04-01"},
	} {
		if m := read("map.xlsx", string(c.content)); m.Rows[0].From != c.from {
			t.Errorf("%s: from %s", name, m.Rows[0].From)
		}
	}
}

// The template can be read back, and says nothing yet.
func TestTemplate(t *testing.T) {
	content, err := mapfile.Template(known())
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{"map.xlsx": content, "map.csv": mapfile.TemplateCSV()} {
		if _, problems := mapfile.Read(name, content, known()); len(problems) != 1 || problems[0].Text != "No row says anything." {
			t.Errorf("%s: %q", name, said(problems))
		}
	}
}
