package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// reader is somebody at a browser without JavaScript: they see a page, follow its links, fill in its forms, and press
// its buttons. What a form does not have cannot be filled in.
type reader struct {
	t     testing.TB
	site  *site
	actor string
	at    string
	page  page
	root  *html.Node
}

// open goes to a page.
func (r *reader) open(path string) *reader {
	r.t.Helper()
	p := r.site.get(r.t, r.actor, path)
	return r.seen(path, p)
}

func (r *reader) seen(path string, p page) *reader {
	r.t.Helper()
	for p.status == http.StatusSeeOther {
		path = p.header.Get("Location")
		p = r.site.get(r.t, r.actor, path)
	}
	if p.status >= http.StatusInternalServerError {
		r.t.Fatalf("%s: %d %s\n%s", path, p.status, p.text(), r.site.log)
	}
	p.sound(r.t, path)
	root, err := html.Parse(strings.NewReader(p.html))
	if err != nil {
		r.t.Fatal(err)
	}
	r.at, r.page, r.root = path, p, root
	return r
}

// as lets somebody else look at the same page.
func (r *reader) as(actor string) *reader {
	r.t.Helper()
	r.actor = actor
	return r.open(r.at)
}

// click follows the link with a text.
func (r *reader) click(text string) *reader {
	r.t.Helper()
	for n := range r.root.Descendants() {
		if n.Data == "a" && textOf(n) == text {
			target, err := url.Parse(r.at)
			if err != nil {
				r.t.Fatal(err)
			}
			if target, err = target.Parse(attribute(n, "href")); err != nil {
				r.t.Fatal(err)
			}
			return r.open(target.String())
		}
	}
	r.t.Fatalf("%s has no link %q: %s", r.at, text, r.page.text())
	return r
}

// form returns what the form that posts would send, as the page has it.
func (r *reader) form() (action string, values url.Values) {
	r.t.Helper()
	values = url.Values{}
	for n := range r.root.Descendants() {
		if n.Data != "form" || attribute(n, "method") != "post" || strings.HasPrefix(attribute(n, "action"), "/a") {
			continue
		}
		action = attribute(n, "action")
		for field := range n.Descendants() {
			addField(values, field)
		}
	}
	if action == "" {
		r.t.Fatalf("%s has no form: %s", r.at, r.page.text())
	}
	return action, values
}

func addField(values url.Values, field *html.Node) {
	name := attribute(field, "name")
	switch field.Data {
	case "input":
		kind := attribute(field, "type")
		if (kind == "radio" || kind == "checkbox") && !has(field, "checked") {
			if _, ok := values[name]; !ok {
				values[name] = nil
			}
			return
		}
		values.Add(name, attribute(field, "value"))
	case "textarea":
		values.Add(name, textOf(field))
	case "select":
		values.Add(name, "")
		for option := range field.Descendants() {
			if option.Data == "option" && has(option, "selected") {
				values.Set(name, attribute(option, "value"))
			}
		}
	}
}

// send fills in fields, given as names and values, and presses a button. A date is given as day/month/year.
func (r *reader) send(button string, pairs ...string) *reader {
	r.t.Helper()
	action, values := r.form()
	filled := map[string]bool{}
	for i := 0; i+1 < len(pairs); i += 2 {
		name, value := pairs[i], pairs[i+1]
		if _, ok := values[name+"-day"]; ok {
			bits := strings.Split(value, "/")
			values.Set(name+"-day", bits[0])
			values.Set(name+"-month", bits[1])
			values.Set(name+"-year", bits[2])
			continue
		}
		if _, ok := values[name]; !ok {
			r.t.Fatalf("%s has no field %q: %v", r.at, name, values)
		}
		if filled[name] && (strings.HasSuffix(name, "roles") || name == "members") { // with several answers
			values.Add(name, value)
		} else {
			values.Set(name, value)
		}
		filled[name] = true
	}
	values.Set("step", r.button(button))
	return r.seen(action, r.site.post(r.t, r.actor, action, values))
}

// button returns the value of the button with a text.
func (r *reader) button(text string) string {
	r.t.Helper()
	for n := range r.root.Descendants() {
		if n.Data == "button" && textOf(n) == text && !has(n, "hidden") {
			return attribute(n, "value")
		}
	}
	r.t.Fatalf("%s has no button %q: %s", r.at, text, r.page.text())
	return ""
}

// reads demands that the page says something.
func (r *reader) reads(texts ...string) *reader {
	r.t.Helper()
	r.page.has(r.t, texts...)
	return r
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return strings.TrimSpace(b.String())
}

// proposal fills in the form that proposes the transfer of the README's tour.
func proposal() []string {
	return []string{
		"function", "eprr", "roles", "ROLE_EXERCISING", "roles", "ROLE_DELIVERING", "sender", "S1Y5D", "receiver", "Y61",
		"footprints", "06H", "effectiveOn", "21/11/2026", "rationale", "One duty rota for the region",
		"kind", "TRANSFER_KIND_DELEGATION", "instrument", "nhsa2006-s65z5",
		"retained.0.role", "ROLE_OVERVIEW", "retained.0.holder", "S1Y5D", "retained.0.description", "Annual assurance",
		"terms.reserved", "Declaring a major incident", "terms.limits", "Within the rota", "terms.liability", "Stays with the ICB",
		"terms.notice", "Six months", "terms.reviewOn", "21/11/2027",
	}
}

// green fills in the form of an assessment.
func green(more ...string) []string {
	pairs := more
	for _, domain := range []string{"0", "1", "2", "3", "4", "5"} {
		pairs = append(pairs, "ratings."+domain+".rating", "green")
	}
	return pairs
}

func passed() []string { return decided("GATEWAY_DECISION_PASS") }

func decided(decision string) []string {
	return []string{
		"decision", decision, "authority.minuteRef", "B/26/112", "authority.quorate", "true",
		"opinions.0.by", "internal-audit", "opinions.0.opinion", "OPINION_ASSURE", "opinions.0.text", "Controls are in place",
	}
}

// The transfer of the README's tour, by links, forms and buttons only.
func TestWholeTransferByForms(t *testing.T) {
	s := newRegister(t)
	r := (&reader{t: t, site: s, actor: "po@S1Y5D"}).open("/transfers")
	r.click("Propose a transfer").send("Continue", proposal()...).
		reads("Check your answers", "Emergency preparedness", "One duty rota for the region", "po", "Nothing is recorded yet").
		send("Propose the transfer").reads("The transfer is proposed.", "Proposed", "What happens next", "For you", "What is missing")
	sender, receiver := "Assess how ready NHS Central East Integrated Care Board is", "Assess how ready NHS England East of England region is"
	r.as("assessor@S1Y5D").click(sender).send("Continue", green()...).send("Record the assessment").reads("The assessment is recorded.")
	r.as("assessor@Y61").click(receiver).send("Continue", green()...).send("Record the assessment").reads("Green")
	r.as("board@S1Y5D").click("Decide: readiness of the sender").send("Continue", append(decided("GATEWAY_DECISION_PASS_WITH_CONDITIONS"),
		"conditions.0.description", "Sign the on-call rota",
		"conditions.0.owner", "NHS Central East Integrated Care Board (S1Y5D)", "conditions.0.dueOn", "1/12/2026",
		"conditions.0.timing", "CONDITION_TIMING_BEFORE_EFFECT")...).
		reads("Passed with conditions", "1 December 2026", "B/26/112").send("Record the decision").reads("Sign the on-call rota", "To do")
	r.as("board@Y61").click("Decide: readiness of the receiver").send("Continue", passed()...).send("Record the decision")
	r.as("panel@X24").click("Decide: confirmation").send("Continue", passed()...).send("Record the decision").reads("Approved")
	r.as("po@S1Y5D").click("Submit evidence for condition c1").send("Continue", "evidence.0.title", "Signed rota").
		send("Submit the evidence").reads("Evidence submitted", "Signed rota")
	r.as("board@S1Y5D").click("Confirm that condition c1 is met").send("Continue").send("Confirm").reads("The condition is met.")
	r.as("po@S1Y5D").click("Schedule the transfer").send("Continue").send("Schedule the transfer").reads("Scheduled for 21 November 2026")
	r.click("Complete the transfer").send("Continue").send("Complete the transfer").reads("The transfer is complete.", "Completed")
	s.caughtUp(t)
	s.ok(t, "", "/who?function=eprr&in=06H").has(t, "acting through", "East of England")
	r.click("Paper for a committee, to print").reads("Paper for decision", "Sign the on-call rota", "Passed with conditions")
}

// propose proposes the transfer of the README's tour.
func propose(t testing.TB, s *site) *reader {
	t.Helper()
	return (&reader{t: t, site: s, actor: "po@S1Y5D"}).open("/transfers/propose").send("Continue", proposal()...).send("Propose the transfer")
}
