package console

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// delegationLine is an arrangement, for a table.
type delegationLine struct {
	Alike *remitv1.Delegation
	Where placesText
	// Ended says that it no longer holds on the date, Ahead that it does not hold yet.
	Ended, Ahead bool
}

// delegationsPage lists arrangements.
type delegationsPage struct {
	Form      form
	Look      look
	Functions []option
	Lines     []delegationLine
	Total     int
	Pager     pager
}

// delegationLines asks for arrangements, by function, delegator and delegate.
func (v *visit) delegationLines(l look, ask *remitv1.ListDelegationsRequest) ([]delegationLine, error) {
	answer, err := cached(v, questionKey(ask), func() (*remitv1.ListDelegationsResponse, error) {
		ask.AsOf, ask.PageSize = v.at.message(), 1000
		return v.ask.delegations.ListDelegations(v.ctx(), ask)
	})
	if err != nil {
		return nil, err
	}
	v.resolved(answer.GetAsOf(), answer.GetPosition())
	lines := make([]delegationLine, len(answer.GetDelegations()))
	for i, d := range answer.GetDelegations() {
		lines[i] = delegationLine{
			Alike: d, Where: l.where(d.GetFunction(), d.GetDelegate(), d.GetFootprints()),
			Ended: d.GetEndedOn() != "" && d.GetEndedOn() <= v.at.On, Ahead: d.GetEffectiveOn() > v.at.On,
		}
	}
	slices.SortStableFunc(lines, func(a, b delegationLine) int {
		return cmp.Or(l.byFunction(a.Alike.GetFunction(), b.Alike.GetFunction()), l.byBody(a.Alike.GetDelegator(), b.Alike.GetDelegator()),
			l.byBody(a.Alike.GetDelegate(), b.Alike.GetDelegate()))
	})
	return lines, nil
}

const delegationsOnPage = 50

// delegations lists those that fit.
func (v *visit) delegations() error {
	l, err := v.look()
	if err != nil {
		return err
	}
	page := delegationsPage{Form: newForm(v.r.URL.Query()), Look: l, Functions: l.functionOptions(option{Text: "All functions"})}
	v.at.Bar = true
	ask := &remitv1.ListDelegationsRequest{Organisation: l.choose(&page.Form, "body", "body", amongBodies)}
	if function := page.Form.text("function"); function != "" {
		ask.Functions = []string{function}
	}
	if page.Form.bad() {
		return v.show(http.StatusBadRequest, "delegations", page)
	}
	if page.Lines, err = v.delegationLines(l, ask); err != nil {
		page.Form.refused(err, map[string]string{"functions[0]": "function", "function": "function"})
		return v.show(refusalOf(err).Status, "delegations", page)
	}
	if page.Form.text("ended") == "" {
		page.Lines = slices.DeleteFunc(page.Lines, func(d delegationLine) bool { return d.Ended })
	}
	page.Total = len(page.Lines)
	page.Pager = v.paged(page.Total, delegationsOnPage)
	page.Lines = onPage(page.Pager, page.Lines)
	return v.show(http.StatusOK, "delegations", page)
}

// delegationPage is one arrangement.
type delegationPage struct {
	Look       look
	Delegation *remitv1.Delegation
	Line       delegationLine
	Terms      []termLine
	// Offered are other terms that the delegate has not accepted yet.
	Offered []termLine
	// Acts are what may be done.
	Acts []step
}

// termLine is one of the terms of an arrangement.
type termLine struct{ Key, Text string }

// delegation shows one.
func (v *visit) delegation() error {
	l, err := v.look()
	if err != nil {
		return err
	}
	answer, err := v.ask.delegations.GetDelegation(v.ctx(), &remitv1.GetDelegationRequest{
		AsOf: v.at.message(), DelegationId: v.r.PathValue("id"), MinPosition: v.r.URL.Query().Get("min"),
	})
	if err != nil {
		return err
	}
	v.resolved(answer.GetAsOf(), answer.GetPosition())
	d := answer.GetDelegation()
	return v.show(http.StatusOK, "delegation", delegationPage{
		Look: l, Delegation: d,
		Line: delegationLine{
			Alike: d, Where: l.where(d.GetFunction(), d.GetDelegate(), d.GetFootprints()),
			Ended: d.GetEndedOn() != "" && d.GetEndedOn() <= v.at.On, Ahead: d.GetEffectiveOn() > v.at.On,
		},
		Terms: termLines(d.GetTerms()), Offered: termLines(d.GetVariation()), Acts: v.delegationActs(l, d),
	})
}

// delegationActs are what may be done with an arrangement; nothing where the page does not show today.
func (v *visit) delegationActs(l look, d *remitv1.Delegation) []step {
	var steps []step
	add := func(body, text, act string) {
		s := v.by(l, "The board of ", body)
		s.Text, s.Address = text, "/delegations/"+d.GetDelegationId()+"/do/"+act
		steps = append(steps, s)
	}
	if !v.at.IsToday() || d.GetEndedOn() != "" {
		return nil
	}
	if d.GetState() == remitv1.DelegationState_DELEGATION_STATE_OFFERED || d.GetVariation() != nil {
		add(d.GetDelegate(), "Accept what is offered", "accept")
	}
	if d.GetState() == remitv1.DelegationState_DELEGATION_STATE_IN_FORCE {
		add(d.GetDelegator(), "Offer other terms", "vary")
	}
	if d.GetState() != remitv1.DelegationState_DELEGATION_STATE_REVOKED {
		add(d.GetDelegator(), "End the delegation", "revoke")
	}
	return steps
}

// termLines says the terms that are recorded.
func termLines(t *remitv1.Terms) []termLine {
	if t == nil {
		return nil
	}
	onward := ""
	if t.GetOnwardPermitted() {
		onward = "Permitted"
	}
	lines := []termLine{
		{"Reserved matters", t.GetReserved()},
		{"Limits", t.GetLimits()},
		{"Who is liable", t.GetLiability()},
		{"Notice", t.GetNotice()},
		{"To be reviewed on", plainDate(t.GetReviewOn())},
		{"Ends on", plainDate(t.GetEndsOn())},
		{"Passing it on", onward},
		{"Agreement", t.GetAgreementRef()},
		{"Data controller", t.GetController()},
		{"Data agreement", t.GetDataAgreement()},
		{"Liabilities", t.GetLiabilities()},
		{"Records", t.GetRecords()},
	}
	return slices.DeleteFunc(lines, func(line termLine) bool { return strings.TrimSpace(line.Text) == "" })
}
