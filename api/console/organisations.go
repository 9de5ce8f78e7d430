package console

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// organisationsPage lists bodies.
type organisationsPage struct {
	Form  form
	Look  look
	Tiers []option
	All   int
	Total int
	Found []*remitv1.Organisation
	Pager pager
}

const organisationsOnPage = 100

// organisations lists those that fit.
func (v *visit) organisations() error {
	l, err := v.look()
	if err != nil {
		return err
	}
	v.at.Bar, v.at.Position = true, l.position
	page := organisationsPage{Form: newForm(v.r.URL.Query()), Look: l, Tiers: tierOptions(), All: len(l.allOrganisations)}
	wanted, tier, closed := plainName(page.Form.text("q")), page.Form.text("tier"), page.Form.text("closed") != ""
	for _, o := range l.allOrganisations {
		if !o.GetOpen() && !closed || tier != "" && slug(word(o.GetTier())) != tier {
			continue
		}
		names := []string{o.GetCode(), o.GetName()}
		for _, name := range o.GetNames() {
			names = append(names, name.GetName())
		}
		if strings.Contains(plainName(strings.Join(names, "\n")), wanted) {
			page.Found = append(page.Found, o)
		}
	}
	slices.SortStableFunc(page.Found, func(a, b *remitv1.Organisation) int {
		return cmp.Or(cmp.Compare(a.GetTier(), b.GetTier()), cmp.Compare(a.GetName(), b.GetName()))
	})
	page.Total = len(page.Found)
	page.Pager = v.paged(page.Total, organisationsOnPage)
	page.Found = onPage(page.Pager, page.Found)
	return v.show(http.StatusOK, "organisations", page)
}

func tierOptions() []option {
	options := []option{{Text: "All"}}
	for tier := remitv1.Tier_TIER_NATIONAL; word(tier) != ""; tier++ {
		options = append(options, option{Value: slug(word(tier)), Text: word(tier)})
	}
	return options
}

// organisationPage is one body.
type organisationPage struct {
	Look look
	Body *remitv1.Organisation
	// Before and After are the bodies that it follows, and those that follow it.
	Before, After []successionLine
	Held          heldTable
	Covers        placesText
	Members       placesText
	// Given are the arrangements by which others exercise what it holds, Taken those by which it exercises what others hold.
	Given, Taken []delegationLine
	// GivenAll and TakenAll are how many there are, HeldAll how many lines of what it holds: the page shows the first.
	GivenAll, TakenAll, HeldAll int
	Planned                     []*remitv1.Transfer
	Findings                    []*remitv1.Finding
	Others                      int
}

// successionLine is one body following another.
type successionLine struct {
	Body  link
	Kind  remitv1.SuccessionKind
	Share string
	On    string
	Event string
}

// organisation shows one.
func (v *visit) organisation() error {
	l, err := v.look()
	if err != nil {
		return err
	}
	code := strings.ToUpper(v.r.PathValue("code"))
	answer, err := v.ask.organisations.GetOrganisation(v.ctx(), &remitv1.GetOrganisationRequest{AsOf: v.at.message(), Code: code})
	if err != nil {
		return err
	}
	page := organisationPage{Look: l, Body: answer.GetOrganisation()}
	page.Before = l.successions(page.Body.GetPredecessors(), (*remitv1.Succession).GetPredecessor)
	page.After = l.successions(page.Body.GetSuccessors(), (*remitv1.Succession).GetSuccessor)
	page.Covers = l.listed(page.Body.GetFootprints(), "place", "places", l.PlaceLink)
	page.Members = l.listed(page.Body.GetMembers(), "body", "bodies", l.BodyLink)
	holdings, err := v.holdings(&remitv1.GetMapRequest{Organisations: []string{code}})
	if err != nil {
		return err
	}
	page.Held = heldTable{
		Look: l, ID: "held", ShowFunction: true, Lines: l.sorted(l.gather(holdings)), Caption: "What it holds on " + plainDate(v.at.On),
	}
	delegations, err := v.delegationLines(l, &remitv1.ListDelegationsRequest{Organisation: code})
	if err != nil {
		return err
	}
	page.HeldAll = len(page.Held.Lines)
	page.Held.Lines = page.Held.Lines[:min(page.HeldAll, heldOnPage)]
	page.arranged(delegations, code)
	if page.Planned, err = v.unfinished(&remitv1.ListTransfersRequest{Organisation: code}); err != nil {
		return err
	}
	if page.Findings, page.Others, err = v.someFindings(&remitv1.CheckCoherenceRequest{Organisations: []string{code}}); err != nil {
		return err
	}
	v.strip(changeScope{Organisations: []string{code}})
	return v.show(http.StatusOK, "organisation", page)
}

const (
	heldOnPage     = 50 // lines of what a body holds
	arrangedOnPage = 20 // arrangements of each kind
)

// arranged adds the first of a body's arrangements, and counts all.
func (p *organisationPage) arranged(all []delegationLine, code string) {
	for _, d := range all {
		lines, count := &p.Taken, &p.TakenAll
		if d.Alike.GetDelegator() == code {
			lines, count = &p.Given, &p.GivenAll
		}
		if *count++; *count <= arrangedOnPage {
			*lines = append(*lines, d)
		}
	}
}

// successions says who followed whom, by date.
func (l look) successions(recorded []*remitv1.RecordedSuccession, of func(*remitv1.Succession) string) []successionLine {
	lines := make([]successionLine, len(recorded))
	for i, r := range recorded {
		lines[i] = successionLine{
			Body: l.BodyLink(of(r.GetSuccession())), Kind: r.GetSuccession().GetKind(), Share: percent(r.GetSuccession().GetShare()),
			On: r.GetEffectiveOn(), Event: r.GetSourceEvent(),
		}
	}
	return lines
}

// listed names a few things, or counts many and lists them.
func (l look) listed(codes []string, one, many string, to func(string) link) placesText {
	text := placesText{Text: plural(len(codes), one, many)}
	for _, code := range codes {
		text.List = append(text.List, to(code))
	}
	return text
}
