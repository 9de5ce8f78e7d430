package console

import (
	"net/http"
	"strings"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// mostFound is how many of each kind a search shows.
const mostFound = 20

// searched finds bodies, functions and places by name or code, and what has an id or a number.
func (v *visit) searched() error {
	l, err := v.look()
	if err != nil {
		return err
	}
	v.at.Bar, v.at.Position = true, l.position
	page := recordsPage{Title: "Search", Form: newForm(v.r.URL.Query())}
	sought := page.Form.text("q")
	page.Filters = []shownField{{ask: ask{
		Kind: askText, Name: "q", Label: "Name, code or number", Hint: "Of a body, a function, a place, a transfer, a delegation, a package or an event", Width: "20",
	}, Form: page.Form}}
	if sought == "" {
		return v.show(http.StatusOK, "records", page)
	}
	if address := v.numbered(sought); address != "" {
		return v.goTo(v.at.To(address))
	}
	page.Empty = "Nothing is called “" + sought + "” on " + plainDate(v.at.On) + "."
	wanted := plainName(sought)
	fits := func(name, code string) bool { return strings.Contains(plainName(name+"\n"+code), wanted) }
	for _, table := range []recordsTable{l.bodiesFound(fits), l.functionsFound(fits), l.placesFound(fits)} {
		if len(table.Rows) == mostFound {
			table.Caption += " (the first 20)"
		}
		if len(table.Rows) > 0 {
			page.Tables = append(page.Tables, table)
		}
	}
	return v.records(page)
}

// numbered returns the address of what has an id or a number, "" for what is none.
func (v *visit) numbered(sought string) string {
	if strings.Trim(sought, "0123456789") == "" && len(sought) < 16 {
		return "/audit/" + sought
	}
	id := strings.ToUpper(sought)
	if len(id) != 26 {
		return ""
	}
	if _, err := v.transferNow(id); err == nil {
		return "/transfers/" + id
	}
	if _, err := v.ask.delegations.GetDelegation(v.ctx(), &remitv1.GetDelegationRequest{DelegationId: id}); err == nil {
		return "/delegations/" + id
	}
	if _, err := v.ask.transfers.GetPackage(v.ctx(), &remitv1.GetPackageRequest{PackageId: id}); err == nil {
		return "/packages/" + id
	}
	return ""
}

// The tables of what is found: what exists on the date, each with a way to who does what there.

func (l look) bodiesFound(fits func(name, code string) bool) recordsTable {
	found := recordsTable{ID: "bodies", Caption: "Organisations", Heads: []string{"Body", "What it is", "Shows"}}
	for _, o := range l.open() {
		if !fits(o.GetName(), o.GetCode()) || len(found.Rows) == mostFound {
			continue
		}
		area := textCell("")
		if len(o.GetFootprints()) > 0 {
			area = linkCell(link{Text: "Who does what in its area", Address: l.at.To("/map", "view", "place", "place", o.GetCode())})
		}
		found.Rows = append(found.Rows, []recordsCell{bodyCell(l, o.GetCode()), textCell(word(o.GetForm())), area})
	}
	return found
}

func (l look) functionsFound(fits func(name, code string) bool) recordsTable {
	found := recordsTable{ID: "functions", Caption: "Functions", Heads: []string{"Function", "Shows"}}
	for _, f := range l.allFunctions {
		if fits(f.GetDetails().GetName(), f.GetCode()) && len(found.Rows) < mostFound {
			found.Rows = append(found.Rows, []recordsCell{
				linkCell(l.FunctionLink(f.GetCode())), linkCell(link{Text: "Who does it, by area", Address: l.at.To("/map", "view", "function", "function", f.GetCode())}),
			})
		}
	}
	return found
}

func (l look) placesFound(fits func(name, code string) bool) recordsTable {
	found := recordsTable{ID: "places", Caption: "Places", Heads: []string{"Place", "What it is"}}
	for _, p := range l.allFootprints {
		if p.GetOpen() && fits(p.GetName(), p.GetCode()) && len(found.Rows) < mostFound {
			found.Rows = append(found.Rows, []recordsCell{linkCell(l.PlaceLink(p.GetCode())), textCell(word(p.GetKind()))})
		}
	}
	return found
}
