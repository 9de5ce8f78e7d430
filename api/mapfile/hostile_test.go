package mapfile_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/remit-register/remit/api/mapfile"
)

// packed writes parts into a ZIP file.
func packed(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, text := range parts {
		part, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// with adds a part to a workbook.
func with(t testing.TB, book []byte, name, text string) []byte {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, part := range r.File {
		if err := w.Copy(part); err != nil {
			t.Fatal(err)
		}
	}
	part, err := w.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Files that are meant to do harm, or are no maps, are refused in words, and quickly.
func TestHostileFiles(t *testing.T) {
	good := []any{"eprr", "06H", "A", "S1Y5D"}
	book := workbook(t, nil, good)
	hidden := workbook(t, func(f *excelize.File) {
		_, err := f.NewSheet("Secret")
		if err != nil {
			t.Fatal(err)
		}
		_ = f.SetCellStr("Secret", "A1", "x")
		_ = f.SetSheetVisible("Secret", false)
	}, good)
	many := "Function,Place,S1Y5D\n" + strings.Repeat("eprr,06H,A\n", 50_100)
	for name, c := range map[string]struct {
		file    string
		content []byte
		want    string
	}{
		"nothing":        {"map.xlsx", nil, "The file is empty."},
		"too large":      {"map.csv", make([]byte, mapfile.MaxFile+1), "larger than 10 MB"},
		"too many rows":  {"map.csv", []byte(many), "more than 50,000 rows"},
		"zip bomb":       {"map.xlsx", with(t, book, "xl/media/bomb.xml", strings.Repeat("0", 101<<20)), "too large once it is unpacked"},
		"many parts":     {"map.xlsx", packed(t, numbered(1500)), "too many parts"},
		"no workbook":    {"map.xlsx", packed(t, map[string]string{"a.txt": "x"}), "no workbook"},
		"damaged":        {"map.xlsx", book[:len(book)/2], "cannot be unpacked"},
		"macros":         {"map.xlsm", with(t, book, "xl/vbaProject.bin", "x"), "has macros"},
		"external links": {"map.xlsx", with(t, book, "xl/externalLinks/externalLink1.xml", "<x/>"), "values from other files"},
		"password":       {"map.xlsx", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "protected by a password"},
		"text as xlsx":   {"map.xlsx", []byte("Function,Role\n"), "not an Excel workbook"},
		"pdf":            {"map.csv", []byte("%PDF-1.7"), "PDF document"},
		"not UTF-8":      {"map.csv", []byte("Function,Place,S1Y5D\neprr,\xe9,A\n"), "not text in UTF-8"},
		"zeros":          {"map.csv", []byte("Function\x00,Place"), "not text in UTF-8"},
		"quotation mark": {"map.csv", []byte("Function,Place,S1Y5D\n\"eprr,06H,A\n"), "quotation mark"},
		"no heads":       {"map.csv", []byte("hello\nworld\n"), "No row of heads"},
		"no role":        {"map.csv", []byte("Function code,Body code\neprr,S1Y5D\n"), "no column “What it does”"},
		"no body":        {"map.csv", []byte("Function code,What it does\neprr,A\n"), "no column “Body code”"},
		"same head":      {"map.csv", []byte("Function code,What it does,Body code,Body code\neprr,A,S1Y5D,X24\n"), "two columns"},
		"hidden sheet":   {"map.xlsx", hidden, "The sheet is hidden."},
		"formula in CSV": {"map.csv", []byte("Function,Place,S1Y5D\n\"=HYPERLINK(\"\"x\"\")\",06H,A\n"), "holds a formula"},
		"script":         {"map.csv", []byte("Function,Place,S1Y5D\n<script>alert(1)</script>,06H,A\n"), "knows no function “<script>"},
	} {
		t.Run(name, func(t *testing.T) {
			_, problems := mapfile.Read(c.file, c.content, known())
			if all := strings.Join(said(problems), "\n"); !strings.Contains(all, c.want) {
				t.Errorf("want %q, got %.500s", c.want, all)
			}
		})
	}
}

func numbered(n int) map[string]string {
	parts := map[string]string{}
	for i := range n {
		parts[fmt.Sprintf("xl/%d.xml", i)] = ""
	}
	return parts
}

// A sheet whose last column is used in every row takes no memory for the empty ones.
func TestWideSheets(t *testing.T) {
	content := workbook(t, func(f *excelize.File) {
		for i := range 500 {
			if err := f.SetCellStr("Sheet1", fmt.Sprintf("XFD%d", i+1), "x"); err != nil {
				t.Fatal(err)
			}
		}
	}, []any{"eprr"})
	if _, problems := mapfile.Read("map.xlsx", content, known()); !strings.Contains(strings.Join(said(problems), ""), "more than 300 columns") {
		t.Errorf("got %q", said(problems))
	}
}

func FuzzRead(f *testing.F) {
	f.Add("map.csv", []byte("Function,Place,S1Y5D\neprr,06H,A\n"))
	f.Add("map.csv", []byte("\xff\xfeF\x00u\x00"))
	f.Add("map.xlsx", workbook(f, nil, []any{"eprr", "06H", "A", "S1Y5D", "", "", "", 46113}))
	f.Fuzz(func(t *testing.T, name string, content []byte) {
		m, problems := mapfile.Read(name, content, known())
		if len(m.Rows) == 0 && len(problems) == 0 {
			t.Error("a file that says nothing is not told so")
		}
		m.Import(mapfile.As{})
	})
}
