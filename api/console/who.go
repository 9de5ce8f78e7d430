package console

import (
	"net/http"
	"slices"
	"strings"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// whoPage answers who holds a function in a place, and how that came to be.
type whoPage struct {
	Form      form
	Look      look
	Functions []option
	Asked     bool
	// Function and Place are the codes asked for.
	Function, Place string
	Held            heldTable
	// Answer says it in sentences, one for each role.
	Answer  []whoSentence
	Planned []*remitv1.PlannedMove
	History []historyLine
	// More says that the history goes on.
	More bool
}

// whoSentence says who holds a role.
type whoSentence struct {
	Role   remitv1.Role
	Bodies []link
	// Others is how many more there are.
	Others int
}

// who asks who holds a function in a place.
func (v *visit) who() error {
	l, err := v.look()
	if err != nil {
		return err
	}
	page := whoPage{Form: newForm(v.r.URL.Query()), Look: l, Functions: l.functionOptions(option{Text: "Choose a function"})}
	page.Function = page.Form.text("function")
	page.Place = l.choose(&page.Form, "in", "place or body", amongPlaces)
	if page.Form.bad() {
		return v.show(http.StatusBadRequest, "who", page)
	}
	if page.Function == "" || page.Place == "" {
		if page.Function != "" || page.Form.text("in") != "" {
			page.missing()
		}
		return v.show(http.StatusOK, "who", page)
	}
	answer, err := v.ask.maps.WhoHolds(v.ctx(), &remitv1.WhoHoldsRequest{
		AsOf: v.at.message(), Function: page.Function, Footprint: page.Place,
	})
	if err != nil {
		page.Form.refused(err, map[string]string{"function": "function", "footprint": "in"})
		return v.show(refusalOf(err).Status, "who", page)
	}
	v.resolved(answer.GetAsOf(), answer.GetPosition())
	v.strip(changeScope{Functions: []string{page.Function}})
	page.Asked, page.Planned = true, answer.GetPlanned()
	page.Held = heldTable{
		Look: l, ID: "holders", ShowHolder: true, Lines: l.sorted(l.gather(answer.GetHoldings())),
		Caption: "By virtue of what",
	}
	page.Answer = l.answer(answer.GetHoldings())
	return v.whoHistory(page)
}

// missing notes what was left out.
func (p *whoPage) missing() {
	if p.Function == "" {
		p.Form.wrong("function", "Choose a function")
	} else {
		p.Form.wrong("in", "Enter a place or a body, such as Essex or QNQ")
	}
}

// answer says who holds each role.
func (l look) answer(holdings []*remitv1.Holding) []whoSentence {
	var sentences []whoSentence
	for _, role := range allRoles() {
		bodies := map[string]bool{}
		for _, h := range holdings {
			if h.GetRole() == role {
				bodies[named(h)] = true
			}
		}
		if len(bodies) == 0 {
			continue
		}
		sentence := whoSentence{Role: role}
		var codes []string
		for code := range bodies {
			codes = append(codes, code)
		}
		slices.SortFunc(codes, l.byBody)
		for i, code := range codes {
			if i == manyBodies {
				sentence.Others = len(codes) - manyBodies
				break
			}
			if code == "" {
				sentence.Bodies = append(sentence.Bodies, link{Text: "somebody, but nobody recorded who"})
				continue
			}
			sentence.Bodies = append(sentence.Bodies, l.BodyLink(code))
		}
		sentences = append(sentences, sentence)
	}
	return sentences
}

// maxHistory is how many recorded changes are read for a page.
const maxHistory = 500

// whoHistory adds how it came to be, and shows the page.
func (v *visit) whoHistory(page whoPage) error {
	answer, err := v.ask.maps.GetHistory(v.ctx(), &remitv1.GetHistoryRequest{
		AsOf: v.at.message(), Function: page.Function, Footprint: page.Place, PageSize: maxHistory,
	})
	if err != nil {
		return err
	}
	page.More = answer.GetNextPageToken() != ""
	page.History = page.Look.history(answer.GetEntries())
	return v.show(http.StatusOK, "who", page)
}

// bodiesOf are the bodies that hold something, as named.
func (l look) bodiesOf(holdings []*remitv1.Holding) []link {
	var codes []string
	for _, h := range holdings {
		codes = append(codes, named(h))
	}
	slices.SortFunc(codes, l.byBody)
	codes = slices.Compact(codes)
	links := make([]link, len(codes))
	for i, code := range codes {
		if links[i] = l.BodyLink(code); code == "" {
			links[i].Text = "somebody, but nobody recorded who"
		}
	}
	return links
}

func texts(links []link) string {
	var b strings.Builder
	for _, l := range links {
		b.WriteString(l.Code + " " + l.Text + "\x01")
	}
	return b.String()
}
