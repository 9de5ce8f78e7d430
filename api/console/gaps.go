package console

import (
	"cmp"
	"maps"
	"net/http"
	"slices"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// gapsPage is what is incoherent in the map, and what will be.
type gapsPage struct {
	Form              form
	Look              look
	Functions         []option
	Kinds, Severities []option
	Horizons          []option
	// Until is the last date looked at.
	Until string
	// Counts are how many there are of each kind, whatever kind was chosen.
	Counts []findingCount
	// Now is what is so on the date, Ahead what will be so later, as far as it is on this page.
	Now, Ahead []findingGroup
	Total      int
	Pager      pager
}

// findingCount is how many findings there are of a kind.
type findingCount struct {
	Kind       remitv1.FindingKind
	Severity   remitv1.Severity
	Now, Ahead int
	Address    string
}

// findingGroup are findings of one kind which open on one date: about one function, or about several where the page does
// not say what each of them is.
type findingGroup struct {
	Kind     remitv1.FindingKind
	Severity remitv1.Severity
	Function string
	Since    string
	// Functions are those concerned, in the order of their names, where there are several.
	Functions []functionCount
	// Shown are all of them, or the first where All leads to the others.
	Shown []*remitv1.Finding
	Count int
	All   string
	// Part says that the others of Shown are on other pages.
	Part bool
}

// functionCount is how many findings of a group are about a function.
type functionCount struct {
	Function link
	Count    int
}

// findings asks what is incoherent.
func (v *visit) findings(ask *remitv1.CheckCoherenceRequest) (*remitv1.CheckCoherenceResponse, error) {
	answer, err := cached(v, questionKey(ask), func() (*remitv1.CheckCoherenceResponse, error) {
		ask.AsOf = v.at.message()
		return v.ask.maps.CheckCoherence(v.ctx(), ask)
	})
	if err != nil {
		return nil, err
	}
	v.resolved(answer.GetAsOf(), answer.GetPosition())
	return answer, nil
}

// gaps shows gaps and overlaps, and whatever else is incoherent.
func (v *visit) gaps() error {
	l, err := v.look()
	if err != nil {
		return err
	}
	page := gapsPage{
		Form: newForm(v.r.URL.Query()), Look: l, Functions: l.functionOptions(option{Text: "All functions"}),
		Kinds: kindOptions(), Severities: severityOptions(), Horizons: horizonOptions(),
	}
	v.at.Bar = true
	page.Until = horizon(v.at.On, page.Form.text("ahead"))
	ask := &remitv1.CheckCoherenceRequest{Until: page.Until}
	if function := page.Form.text("function"); function != "" {
		if _, ok := l.functions[function]; !ok {
			page.Form.wrong("function", "The register knows no function “"+function+"”: choose one of the list")
		}
		ask.Functions = []string{function}
	}
	if body := l.choose(&page.Form, "body", "body", amongBodies); body != "" {
		ask.Organisations = []string{body}
		page.Form.Values.Set("body", l.Body(body)+" ("+body+")")
	}
	if page.Form.bad() {
		return v.show(http.StatusBadRequest, "gaps", page)
	}
	answer, err := v.findings(ask)
	if err != nil {
		return err
	}
	page.group(v.at, answer.GetFindings())
	page.cut(v)
	v.strip(changeScope{Functions: ask.GetFunctions(), Organisations: ask.GetOrganisations()})
	return v.show(http.StatusOK, "gaps", page)
}

const (
	fewFindings  = 1  // of a group, where groups of others are shown, too
	gapsPageSize = 20 // findings on a page
)

// cut leaves those groups, or parts of groups, that are on the page which the address asks for.
func (p *gapsPage) cut(v *visit) {
	count := 0
	for _, groups := range [][]findingGroup{p.Ahead, p.Now} {
		for _, g := range groups {
			count += len(g.Shown)
		}
	}
	p.Pager = v.paged(count, gapsPageSize)
	at := 0
	for _, groups := range []*[]findingGroup{&p.Ahead, &p.Now} {
		var left []findingGroup
		for _, g := range *groups {
			from, to := max(0, p.Pager.from-at), min(len(g.Shown), p.Pager.to-at)
			at += len(g.Shown)
			if from < to {
				g.Part = to-from < len(g.Shown)
				g.Shown = g.Shown[from:to]
				left = append(left, g)
			}
		}
		*groups = left
	}
}

// group puts findings together, and counts them.
func (p *gapsPage) group(at asAt, findings []*remitv1.Finding) {
	kind, severity := p.Form.text("kind"), p.Form.text("severity")
	counts := make(map[remitv1.FindingKind]*findingCount)
	groups := map[string]*findingGroup{}
	var order []*findingGroup
	for _, f := range findings {
		if severity != "" && severityToken(f.GetSeverity()) != severity {
			continue
		}
		count, ok := counts[f.GetKind()]
		if !ok {
			count = &findingCount{Kind: f.GetKind(), Severity: f.GetSeverity(), Address: p.narrowed(at, "kind", token(f.GetKind()))}
			counts[f.GetKind()] = count
		}
		since := ""
		if f.GetSince() > at.On {
			since = f.GetSince()
			count.Ahead++
		} else {
			count.Now++
		}
		if kind != "" && token(f.GetKind()) != kind {
			continue
		}
		p.Total++
		key := f.GetKind().String() + f.GetSeverity().String() + "\x00" + since
		if !p.overview() {
			key += "\x00" + f.GetFunction()
		}
		g, ok := groups[key]
		if !ok {
			g = &findingGroup{Kind: f.GetKind(), Severity: f.GetSeverity(), Function: f.GetFunction(), Since: since}
			groups[key] = g
			order = append(order, g)
		}
		g.Count++
		g.Shown = append(g.Shown, f)
	}
	if p.overview() {
		for _, g := range order {
			p.concerned(at, g)
		}
	}
	for _, count := range counts {
		p.Counts = append(p.Counts, *count)
	}
	slices.SortFunc(p.Counts, func(a, b findingCount) int {
		return cmp.Or(cmp.Compare(b.Severity, a.Severity), cmp.Compare(a.Kind, b.Kind))
	})
	p.place(at, order)
}

// overview tells whether the page shows what kinds of findings there are, and not each of a kind.
func (p *gapsPage) overview() bool { return p.Form.text("kind") == "" && p.Form.text("function") == "" }

// concerned says which functions a group is about.
func (p *gapsPage) concerned(at asAt, g *findingGroup) {
	counts := map[string]int{}
	for _, f := range g.Shown {
		counts[f.GetFunction()]++
	}
	g.All = p.narrowed(at, "kind", token(g.Kind))
	if len(counts) == 1 {
		return
	}
	g.Function = ""
	for _, code := range slices.SortedFunc(maps.Keys(counts), p.Look.byFunction) {
		if code != "" {
			to := link{Text: p.Look.Function(code), Address: p.narrowed(at, "kind", token(g.Kind), "function", code)}
			g.Functions = append(g.Functions, functionCount{to, counts[code]})
		}
	}
}

// place orders groups, and shortens those that are long unless they are what was asked for.
func (p *gapsPage) place(at asAt, groups []*findingGroup) {
	slices.SortStableFunc(groups, func(a, b *findingGroup) int {
		return cmp.Or(cmp.Compare(a.Since, b.Since), cmp.Compare(b.Severity, a.Severity), cmp.Compare(a.Kind, b.Kind),
			p.Look.byFunction(a.Function, b.Function))
	})
	whole := p.Form.text("function") != "" || p.Form.text("body") != ""
	for _, g := range groups {
		if p.overview() {
			g.Shown = g.Shown[:1]
		} else if g.Count > fewFindings+1 && !whole {
			g.Shown = g.Shown[:fewFindings]
			g.All = p.narrowed(at, "kind", token(g.Kind), "function", g.Function)
			if g.Function == "" {
				g.All, g.Shown = "", g.Shown[:fewFindings:fewFindings]
			}
		}
		if g.Since == "" {
			p.Now = append(p.Now, *g)
		} else {
			p.Ahead = append(p.Ahead, *g)
		}
	}
}

// narrowed returns the address of the page with some of its choices made.
func (p *gapsPage) narrowed(at asAt, pairs ...string) string {
	chosen := map[string]string{}
	for _, name := range []string{"function", "body", "kind", "severity", "ahead"} {
		chosen[name] = p.Form.text(name)
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		chosen[pairs[i]] = pairs[i+1]
	}
	var all []string
	for _, name := range []string{"function", "body", "kind", "severity", "ahead"} {
		all = append(all, name, chosen[name])
	}
	return at.To("/gaps", all...)
}

// horizon is the last date to look at: so many months after a date.
func horizon(on, months string) string {
	ahead := map[string]int{"": 6, "0": 0, "6": 6, "12": 12, "24": 24}[months]
	if ahead == 0 {
		return ""
	}
	return dayOf(on).AddDate(0, ahead, 0).Format(isoDate)
}

func horizonOptions() []option {
	return []option{
		{Value: "", Text: "In 6 months"},
		{Value: "12", Text: "In a year"},
		{Value: "24", Text: "In 2 years"},
		{Value: "0", Text: "Do not look ahead"},
	}
}

// token writes a kind of finding for an address: "no-receiver".
func token(kind remitv1.FindingKind) string { return slug(word(kind)) }

func severityToken(s remitv1.Severity) string { return slug(word(s)) }

func kindOptions() []option {
	options := []option{{Text: "All kinds"}}
	for kind := remitv1.FindingKind_FINDING_KIND_GAP; word(kind) != ""; kind++ {
		options = append(options, option{Value: token(kind), Text: word(kind)})
	}
	return options
}

func severityOptions() []option {
	options := []option{{Text: "All"}}
	for s := remitv1.Severity_SEVERITY_HIGH; s > 0; s-- {
		options = append(options, option{Value: severityToken(s), Text: word(s)})
	}
	return options
}

// findingMeans says what a kind of finding is.
func findingMeans(kind remitv1.FindingKind) string {
	return map[remitv1.FindingKind]string{
		remitv1.FindingKind_FINDING_KIND_UNSPECIFIED:         "",
		remitv1.FindingKind_FINDING_KIND_GAP:                 "A function that is needed there has no accountable body",
		remitv1.FindingKind_FINDING_KIND_OVERLAP:             "Several bodies hold what only one may hold",
		remitv1.FindingKind_FINDING_KIND_UNACCOUNTABLE:       "It is exercised, but nobody is accountable for it",
		remitv1.FindingKind_FINDING_KIND_ORPHAN:              "The body that holds it is closed",
		remitv1.FindingKind_FINDING_KIND_NO_RECEIVER:         "It is to go, and nobody is to get it",
		remitv1.FindingKind_FINDING_KIND_CONTESTED:           "Claims or models disagree on who is to have it",
		remitv1.FindingKind_FINDING_KIND_UNCLAIMED:           "The receiver that is named does not claim it",
		remitv1.FindingKind_FINDING_KIND_LEGAL_BASIS_UNKNOWN: "Nobody has checked whether statute confers it",
		remitv1.FindingKind_FINDING_KIND_NO_POWER:            "The power relied on does not carry it",
		remitv1.FindingKind_FINDING_KIND_SAFEGUARD_UNMET:     "It happened with fewer safeguards than a transfer has",
		remitv1.FindingKind_FINDING_KIND_SAME_LEGAL_PERSON:   "Who decided is no person apart from a party",
		remitv1.FindingKind_FINDING_KIND_LAPSED_DELEGATION:   "A delegation is past its end or review",
		remitv1.FindingKind_FINDING_KIND_STALE_ASSESSMENT:    "An assessment of readiness no longer counts",
		remitv1.FindingKind_FINDING_KIND_UNDETERMINED:        "Somebody holds it, but nobody knows who",
		remitv1.FindingKind_FINDING_KIND_ASSUMED_DATE:        "A date is assumed",
		remitv1.FindingKind_FINDING_KIND_COST_SHIFT:          "A cost moved without being saved",
		remitv1.FindingKind_FINDING_KIND_DRIFT:               "A planned date has passed",
		remitv1.FindingKind_FINDING_KIND_OUTLIER:             "A body holds it otherwise than nearly all its peers",
	}[kind]
}
