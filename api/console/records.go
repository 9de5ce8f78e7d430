package console

import (
	"net/http"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// recordsPage is a page about things that are recorded beside the map: what they are, in a few lines and in tables, and
// what may be done.
type recordsPage struct {
	Title, Intro string
	// Up leads to the page above; without an address there is none.
	Up link
	// Form has what chooses among them; without fields there is none.
	Form    form
	Filters []shownField
	Facts   []answer
	Tables  []recordsTable
	// Acts are what may be done.
	Acts []step
	// Empty is said when there is no table.
	Empty string
	// Bodies are suggested in boxes for a body.
	Bodies []string
}

// recordsTable is one of its tables. Cells are in the order of the heads.
type recordsTable struct {
	ID, Caption string
	Heads       []string
	Rows        [][]recordsCell
}

// recordsCell is a cell: words, links below one another, and a tag.
type recordsCell struct {
	Text      string
	Links     []link
	Tag, Tone string
}

func textCell(text string) recordsCell { return recordsCell{Text: text} }

func linkCell(links ...link) recordsCell { return recordsCell{Links: links} }

// bodyCell names bodies.
func bodyCell(l look, codes ...string) recordsCell {
	cell := recordsCell{}
	for _, code := range codes {
		cell.Links = append(cell.Links, l.BodyLink(code))
	}
	return cell
}

// records shows such a page.
func (v *visit) records(page recordsPage) error {
	status := http.StatusOK
	if page.Form.bad() {
		status = http.StatusBadRequest
	}
	return v.show(status, "records", page)
}

// bodyFilter reads which body a list is asked for, and has the page offer to choose another.
func (v *visit) bodyFilter(page *recordsPage, l look, label string) string {
	page.Form = newForm(v.r.URL.Query())
	code := l.choose(&page.Form, "body", "body", amongBodies)
	page.Filters = []shownField{{ask: ask{Kind: askBody, Name: "body", Label: label, Width: "20"}, Form: page.Form}}
	page.Bodies = l.BodySuggestions()
	return code
}

// everyPage reads all pages of a list.
func everyPage[A interface{ GetNextPageToken() string }](next func(token string) (A, error), take func(A)) error {
	for token := ""; ; {
		answer, err := next(token)
		if err != nil {
			return err
		}
		take(answer)
		if token = answer.GetNextPageToken(); token == "" {
			return nil
		}
	}
}

// transferCell names a transfer.
func transferCell(l look, m *remitv1.PackageMember) recordsCell {
	t := &remitv1.Transfer{Function: m.GetFunction(), Part: m.GetPart(), Sender: m.GetSender(), Receiver: m.GetReceiver()}
	return linkCell(l.TransferLink(m.GetTransferId(), titleOfTransfer(l, t)))
}
