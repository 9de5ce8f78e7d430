package console

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// changesPage is what differs between two dates.
type changesPage struct {
	Form      form
	Look      look
	Functions []option
	From, To  string
	// FromDay and the others are for the date inputs.
	FromDate, ToDate dateParts
	Asked            bool
	Lines            []changeLine
	// Total is how many remits differ, More that there are still more.
	Total int
	More  bool
	Pager pager
}

// dateParts are the three fields of a date input.
type dateParts struct{ Day, Month, Year string }

func partsOf(iso string) dateParts {
	if len(iso) != len(isoDate) {
		return dateParts{}
	}
	return dateParts{strings.TrimLeft(iso[8:], "0"), strings.TrimLeft(iso[5:7], "0"), iso[:4]}
}

// changeLine is a set of remits that changed hands alike.
type changeLine struct {
	// Functions are those concerned, with their parts, by name.
	Functions     []link
	Roles         []remitv1.Role
	Places        []string
	Where         placesText
	Before, After []link
	Events        []string
}

// What names the function, or counts several and lists them.
func (c changeLine) What() placesText {
	if len(c.Functions) == 1 {
		return placesText{}
	}
	return placesText{Text: plural(len(c.Functions), "function", "functions"), List: c.Functions}
}

const (
	comparePages = 4   // of a thousand remits each
	changeLines  = 100 // on a page
)

// changes shows what differs between two dates.
func (v *visit) changes() error {
	l, err := v.look()
	if err != nil {
		return err
	}
	page := changesPage{Form: newForm(v.r.URL.Query()), Look: l, Functions: l.functionOptions(option{Text: "All functions"})}
	page.To = page.Form.date("to", "The later date", false)
	page.From = page.Form.date("from", "The earlier date", false)
	if page.To == "" {
		page.To = v.at.On
	}
	if page.From == "" {
		page.From = yearStart(page.To)
	}
	page.FromDate, page.ToDate = partsOf(page.From), partsOf(page.To)
	if page.From > page.To {
		page.Form.wrong("from", "The earlier date must not be after the later one")
	}
	ask := &remitv1.CompareMapsRequest{PageSize: 1000}
	if function := page.Form.text("function"); function != "" {
		if _, ok := l.functions[function]; !ok {
			page.Form.wrong("function", "The register knows no function “"+function+"”: choose one of the list")
		}
		ask.Functions = []string{function}
	}
	if body := l.choose(&page.Form, "body", "body", amongBodies); body != "" {
		ask.Organisations = []string{body}
	}
	if page.Form.bad() {
		return v.show(http.StatusBadRequest, "changes", page)
	}
	answer, err := v.compare(ask, page.From, page.To)
	if err != nil {
		return err
	}
	page.Asked, page.Total, page.More = true, len(answer.GetChanges()), answer.GetNextPageToken() != ""
	v.at.Position = answer.GetPosition()
	page.Lines = l.changeLines(answer.GetChanges())
	page.Pager = v.paged(len(page.Lines), changeLines)
	page.Lines = onPage(page.Pager, page.Lines)
	for i := range page.Lines {
		page.Lines[i].Events = eachOnce(page.Lines[i].Events)
	}
	return v.show(http.StatusOK, "changes", page)
}

// yearStart is the day before the financial year of a date began, so that what began with the year is a change.
func yearStart(on string) string {
	year := dayOf(on).Year()
	if on[5:] < "04-01" {
		year--
	}
	return dayOf(on).AddDate(year-dayOf(on).Year(), 0, 0).Format("2006") + "-03-31"
}

// compare asks what differs between two dates, as far as the pages reach.
func (v *visit) compare(ask *remitv1.CompareMapsRequest, from, to string) (*remitv1.CompareMapsResponse, error) {
	before, after := v.at, v.at
	before.On, after.On = from, to
	ask.From, ask.To = before.message(), after.message()
	return cached(v, questionKey(ask), func() (*remitv1.CompareMapsResponse, error) {
		whole, err := v.ask.maps.CompareMaps(v.ctx(), ask)
		if err != nil {
			return nil, err
		}
		for page := 1; page < comparePages && whole.GetNextPageToken() != ""; page++ {
			ask.PageToken = whole.GetNextPageToken()
			more, err := v.ask.maps.CompareMaps(v.ctx(), ask)
			if err != nil {
				return nil, err
			}
			whole.Changes = append(whole.Changes, more.GetChanges()...)
			whole.NextPageToken = more.GetNextPageToken()
		}
		return whole, nil
	})
}

// changeLines puts changes together that differ only in function, place and role.
func (l look) changeLines(changes []*remitv1.MapChange) []changeLine {
	lines := l.byHands(changes)
	at := map[string]int{}
	var left []changeLine
	for _, line := range lines {
		slices.Sort(line.Roles)
		slices.Sort(line.Places)
		line.Places = slices.Compact(line.Places)
		key := strings.Join([]string{fmt.Sprint(line.Roles), strings.Join(line.Places, ","), texts(line.Before), texts(line.After)}, "\x00")
		i, ok := at[key]
		if !ok {
			at[key] = len(left)
			left = append(left, line)
			continue
		}
		left[i].Functions = append(left[i].Functions, line.Functions...)
		left[i].Events = append(left[i].Events, line.Events...)
	}
	for i := range left {
		line := &left[i]
		slices.SortFunc(line.Functions, func(a, b link) int { return cmp.Compare(a.Text, b.Text) })
		line.Where = l.named(line.Places, "", plural(len(line.Places), "place", "places"))
	}
	// What most functions share comes first: it is what happened.
	slices.SortStableFunc(left, func(a, b changeLine) int {
		return cmp.Or(cmp.Compare(len(b.Functions), len(a.Functions)), cmp.Compare(a.Functions[0].Text, b.Functions[0].Text))
	})
	return left
}

// byHands puts the changes of a function together that have the same bodies before and after.
func (l look) byHands(changes []*remitv1.MapChange) []changeLine {
	at := map[string]int{}
	var lines []changeLine
	for _, c := range changes {
		before, after := l.bodiesOf(c.GetBefore()), l.bodiesOf(c.GetAfter())
		key := strings.Join([]string{c.GetFunction(), c.GetPart(), texts(before), texts(after)}, "\x00")
		i, ok := at[key]
		if !ok {
			function := l.FunctionLink(c.GetFunction())
			if c.GetPart() != "" {
				function.Text += ": " + l.PartName(c.GetFunction(), c.GetPart())
			}
			i = len(lines)
			at[key] = i
			lines = append(lines, changeLine{Functions: []link{function}, Before: before, After: after})
		}
		have := &lines[i]
		if !slices.Contains(have.Roles, c.GetRole()) {
			have.Roles = append(have.Roles, c.GetRole())
		}
		have.Places = append(have.Places, c.GetFootprint())
		have.Events = append(have.Events, c.GetCauseEvents()...)
	}
	return lines
}

// eachOnce returns events without those that are there twice, in the order of the register.
func eachOnce(events []string) []string {
	slices.SortFunc(events, func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) })
	return slices.Compact(events)
}
