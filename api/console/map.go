package console

import (
	"net/http"
	"slices"
	"strings"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// mapPage is who does what: functions by bodies, a function by places, or a place by functions.
type mapPage struct {
	Form    form
	Look    look
	View    string
	Views   []tab
	Regions []option
	Kinds   []option
	// Functions are to choose from, in the view of one.
	Functions []option
	Caption   string
	// Hint says how to read the cells.
	Hint  string
	Table *mapTable
}

// mapTable is a table with words in its cells.
type mapTable struct {
	// Corner is the head of the first column.
	Corner  string
	Columns []link
	Rows    []mapRow
}

type mapRow struct {
	Head link
	// Note is shown below the head.
	Note  string
	Cells []mapCell
}

// mapCell is what is so for a row and a column; without lines it is nothing.
type mapCell struct {
	Lines []cellLine
}

// cellLine is one thing in a cell: words or a body, for whom, and in which of the places.
type cellLine struct {
	Words string
	Body  *link
	For   string
	Where string
}

// tab is one of several views of the same.
type tab struct {
	Text, Address string
	Current       bool
}

const (
	viewBodies   = "bodies"
	viewFunction = "function"
	viewPlace    = "place"
)

// who does what, as a table.
func (v *visit) whoDoesWhat() error {
	l, err := v.look()
	if err != nil {
		return err
	}
	page := mapPage{Form: newForm(v.r.URL.Query()), Look: l, View: v.r.URL.Query().Get("view")}
	if page.View != viewFunction && page.View != viewPlace {
		page.View = viewBodies
	}
	for _, t := range []tab{{Text: "By body", Address: viewBodies}, {Text: "By function", Address: viewFunction}, {Text: "By place", Address: viewPlace}} {
		t.Current = t.Address == page.View
		t.Address = v.at.To("/map", "view", t.Address)
		page.Views = append(page.Views, t)
	}
	var holdings []*remitv1.Holding
	switch page.View {
	case viewFunction:
		holdings, err = v.mapByFunction(&page)
	case viewPlace:
		holdings, err = v.mapByPlace(&page)
	default:
		holdings, err = v.mapByBody(&page)
	}
	if err != nil {
		return err
	}
	v.strip(changeScope{Functions: functionsOf(holdings, page.View == viewFunction)})
	status := http.StatusOK
	if page.Form.bad() {
		status = http.StatusBadRequest
	}
	return v.show(status, "map", page)
}

func functionsOf(holdings []*remitv1.Holding, one bool) []string {
	if !one || len(holdings) == 0 {
		return nil
	}
	return []string{holdings[0].GetFunction()}
}

// mapSize is how many holdings are asked for at a time.
const mapSize = 5000

// holdings asks for a part of the map, all of it.
func (v *visit) holdings(ask *remitv1.GetMapRequest) ([]*remitv1.Holding, error) {
	answer, err := cached(v, "map "+questionKey(ask), func() (*remitv1.GetMapResponse, error) {
		ask.AsOf, ask.PageSize = v.at.message(), mapSize
		whole, err := v.ask.maps.GetMap(v.ctx(), ask)
		if err != nil {
			return nil, err
		}
		for token := whole.GetNextPageToken(); token != ""; {
			ask.PageToken = token
			more, err := v.ask.maps.GetMap(v.ctx(), ask)
			if err != nil {
				return nil, err
			}
			whole.Holdings = append(whole.Holdings, more.GetHoldings()...)
			token = more.GetNextPageToken()
		}
		return whole, nil
	})
	if err != nil {
		return nil, err
	}
	v.resolved(answer.GetAsOf(), answer.GetPosition())
	return answer.GetHoldings(), nil
}

// mapByBody makes the table of functions by bodies, in a region.
func (v *visit) mapByBody(page *mapPage) ([]*remitv1.Holding, error) {
	l := page.Look
	region := l.chosenRegion(page.Form.text("region"), string(v.actor.Organisation))
	page.Form.Values.Set("region", region)
	page.Regions = l.bodyOptions([]remitv1.Tier{remitv1.Tier_TIER_REGIONAL})
	kind := page.Form.text("kind")
	page.Kinds = categoryOptions()
	if !slices.ContainsFunc(page.Kinds, func(o option) bool { return o.Value == kind }) {
		kind = page.Kinds[0].Value
	}
	page.Form.Values.Set("kind", kind)
	functions := l.ofCategory(kind)
	area := l.areaOf(region)
	if len(functions) == 0 || len(area.footprints) == 0 {
		page.Table = &mapTable{Corner: "Function"}
		v.at.Bar = true
		return nil, nil
	}
	holdings, err := v.holdings(&remitv1.GetMapRequest{Functions: functions, Footprints: append(area.footprints, area.bodies...)})
	if err != nil {
		return nil, err
	}
	page.Caption = "Who does what in " + l.Body(region)
	page.Hint = "“All of it” means that the body is accountable, decides, does the work and holds the money."
	page.Table = l.byBodies(functions, holdings, area)
	return holdings, nil
}

// mapByFunction makes the table of one function: bodies whose area it is for, by roles.
func (v *visit) mapByFunction(page *mapPage) ([]*remitv1.Holding, error) {
	l := page.Look
	page.Functions = l.functionOptions()
	function := page.Form.text("function")
	if _, ok := l.functions[function]; !ok {
		if function != "" {
			page.Form.wrong("function", "The register knows no function “"+function+"”: choose one of the list")
			v.at.Bar = true
			return nil, nil
		}
		if len(page.Functions) == 0 {
			v.at.Bar = true
			return nil, nil
		}
		function = l.defaultFunction(page.Functions)
	}
	page.Form.Values.Set("function", function)
	holdings, err := v.holdings(&remitv1.GetMapRequest{Functions: []string{function}})
	if err != nil {
		return nil, err
	}
	page.Caption = l.Function(function) + ": who does what, by area"
	page.Hint = "“Itself” means the body of the row."
	page.Table = l.byAreas(holdings)
	return holdings, nil
}

// defaultFunction is the one that the record tells most about: emergency preparedness, if it is there.
func (l look) defaultFunction(options []option) string {
	if _, ok := l.functions["eprr"]; ok {
		return "eprr"
	}
	return options[0].Value
}

// mapByPlace makes the table of one place: functions by roles.
func (v *visit) mapByPlace(page *mapPage) ([]*remitv1.Holding, error) {
	l := page.Look
	place := l.choose(&page.Form, "place", "place or body", amongPlaces)
	if page.Form.bad() {
		v.at.Bar = true
		return nil, nil
	}
	if place == "" {
		if place = string(v.actor.Organisation); len(l.within(place)) == 0 {
			boards := l.open(remitv1.Tier_TIER_ICB)
			if len(boards) == 0 {
				v.at.Bar = true
				return nil, nil
			}
			place = boards[0].GetCode()
		}
	}
	page.Form.Values.Set("place", l.Place(place)+" ("+place+")")
	footprints := l.within(place)
	if len(footprints) == 0 {
		page.Form.wrong("place", l.Place(place)+" covers no place on this date")
		v.at.Bar = true
		return nil, nil
	}
	if l.organisations[place] != nil && !slices.Contains(footprints, place) {
		footprints = append(footprints, place) // a body is the place of its own operations
	}
	holdings, err := v.holdings(&remitv1.GetMapRequest{Footprints: footprints})
	if err != nil {
		return nil, err
	}
	page.Caption = "Who does what in " + l.Place(place)
	if place == "ENG" {
		page.Caption = "Who does what in England"
	}
	page.Hint = "Where several bodies share a role, it says in how many of the places."
	page.Table = l.byRoles(holdings)
	return holdings, nil
}

// categoryOptions are the sets of functions to choose from, what is in question first.
func categoryOptions() []option {
	return []option{
		{Value: "review", Text: "To be reviewed for transfer"},
		{Value: "grow", Text: "To grow"},
		{Value: "retain", Text: "To be kept and adapted"},
		{Value: "core", Text: "Core to every body"},
		{Value: "other", Text: "Not in the blueprint for boards"},
		{Value: "all", Text: "All functions"},
	}
}

// ofCategory are the codes of the functions of a set, by name.
func (l look) ofCategory(kind string) []string {
	category := map[string]remitv1.Category{
		"review": remitv1.Category_CATEGORY_REVIEW_FOR_TRANSFER, "grow": remitv1.Category_CATEGORY_GROW,
		"retain": remitv1.Category_CATEGORY_RETAIN_ADAPT, "core": remitv1.Category_CATEGORY_CORE,
		"other": remitv1.Category_CATEGORY_UNSPECIFIED,
	}
	var codes []string
	for _, f := range l.allFunctions {
		if kind == "all" || f.GetDetails().GetCategory() == category[kind] {
			codes = append(codes, f.GetCode())
		}
	}
	slices.SortFunc(codes, l.byFunction)
	return codes
}

// chosenRegion is the region asked for, that of the body of whoever asks, or the first.
func (l look) chosenRegion(asked, own string) string {
	if o, ok := l.organisations[strings.ToUpper(asked)]; ok && o.GetTier() == remitv1.Tier_TIER_REGIONAL {
		return o.GetCode()
	}
	if region := l.organisations[own].GetRegion(); region != "" {
		return region
	}
	if regions := l.open(remitv1.Tier_TIER_REGIONAL); len(regions) > 0 {
		return regions[0].GetCode()
	}
	return ""
}

// area is a region: its places, and the bodies in it.
type area struct {
	region             string
	footprints, bodies []string
	boards             []string
}

func (l look) areaOf(region string) area {
	a := area{region: region}
	for _, f := range l.allFootprints {
		if f.GetOpen() && f.GetRegion() == region && region != "" {
			a.footprints = append(a.footprints, f.GetCode())
		}
	}
	for _, o := range l.open() {
		if o.GetRegion() == region && region != "" {
			a.bodies = append(a.bodies, o.GetCode())
			if o.GetTier() == remitv1.Tier_TIER_ICB {
				a.boards = append(a.boards, o.GetCode())
			}
		}
	}
	return a
}

// within are the footprints that a place stands for: itself, or those that a body covers, or all.
func (l look) within(place string) []string {
	if _, ok := l.footprints[place]; ok {
		return []string{place}
	}
	o := l.organisations[place]
	var codes []string
	for _, f := range l.allFootprints {
		if f.GetOpen() && (place == "ENG" || f.GetCoveredBy() == place && place != "" ||
			o.GetTier() == remitv1.Tier_TIER_REGIONAL && f.GetRegion() == place) {
			codes = append(codes, f.GetCode())
		}
	}
	return codes
}
