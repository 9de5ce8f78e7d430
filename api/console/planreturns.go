package console

import (
	"slices"
	"strings"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

func (v *visit) allReturns(body, period string) ([]*remitv1.PlanReturn, error) {
	var all []*remitv1.PlanReturn
	err := everyPage(func(token string) (*remitv1.ListPlanReturnsResponse, error) {
		return v.ask.programme.ListPlanReturns(v.ctx(), &remitv1.ListPlanReturnsRequest{
			Organisation: body, Period: period, PageSize: 1000, PageToken: token, MinPosition: v.r.URL.Query().Get("min"),
		})
	}, func(answer *remitv1.ListPlanReturnsResponse) { all = append(all, answer.GetPlanReturns()...) })
	return all, err
}

// planReturns lists what bodies returned of their plans, and what became of it.
func (v *visit) planReturns() error {
	l, err := v.look()
	if err != nil {
		return err
	}
	page := recordsPage{
		Title: "Plan returns", Intro: "What each body says of its plans for a period, and whether its region or a national body confirms or challenges it.",
		Acts: []step{{Text: "Submit a plan return", Address: "/plan-returns/submit"}}, Empty: "There are no such plan returns.",
	}
	body := v.bodyFilter(&page, l, "Body")
	page.Filters = append(page.Filters, shownField{ask: ask{Kind: askText, Name: "period", Label: "Period", Hint: "For example 2026/27", Width: "10"}, Form: page.Form})
	if page.Form.bad() {
		return v.records(page)
	}
	all, err := v.allReturns(body, page.Form.text("period"))
	if err != nil {
		return err
	}
	table := recordsTable{ID: "returns", Caption: "Plan returns", Heads: []string{"Body", "Period", "What it says", "Evidence", "Result", "What may be done"}}
	for _, p := range all {
		result := recordsCell{Tag: "Not answered yet", Tone: "grey"}
		for _, m := range p.GetModerations() {
			result = recordsCell{Text: l.Body(m.GetBy()) + "\n" + m.GetComment(), Tag: word(m.GetResult()), Tone: moderationTone(m.GetResult())}
		}
		var titles []string
		for _, e := range p.GetEvidence() {
			titles = append(titles, e.GetTitle())
		}
		table.Rows = append(table.Rows, []recordsCell{
			bodyCell(l, p.GetOrganisation()), textCell(p.GetPeriod()), textCell(p.GetSummary()), textCell(strings.Join(titles, "\n")), result,
			linkCell(link{Text: "Confirm or challenge the return for " + p.GetPeriod() + " of " + l.ShortBody(p.GetOrganisation()), Address: "/plan-returns/" + p.GetPlanReturnId() + "/moderate"}),
		})
	}
	if len(table.Rows) > 0 {
		page.Tables = []recordsTable{table}
	}
	return v.records(page)
}

func moderationTone(r remitv1.ModerationResult) string {
	if r == remitv1.ModerationResult_MODERATION_RESULT_CHALLENGED {
		return "orange"
	}
	return "green"
}

// submitReturn shows or takes the form with a body's plan return.
func (v *visit) submitReturn() error {
	l, err := v.look()
	if err != nil {
		return err
	}
	request := &remitv1.SubmitPlanReturnRequest{}
	q, err := v.asking(request, l)
	evidence := q.entry("evidence")
	return v.actOf(act{
		Title: "Submit a plan return", Send: "Submit the return", Done: "return", Back: "/plan-returns", BackText: "Back to plan returns",
		Intro: []string{"This is for the programme office of the body."}, request: request, give: call(v.ask.programme.SubmitPlanReturn),
		defaults: map[string]string{"organisation": string(v.actor.Organisation)},
		Groups: []group{
			{Fields: []ask{
				q.field("organisation", "Body", "Name or code"), q.field("period", "Period of the plan", "For example 2026/27").wide("10"), q.field("summary", "What the plan says", ""),
			}},
			{Title: "Evidence", List: "evidence", Entry: "Document", Fields: []ask{
				evidence.field("title", "Title of the document", "").as(askText), evidence.field("uri", "Where it is kept", "Its address, beginning with https://").as(askText),
				evidence.field("expiresOn", "Holds until", ""),
			}},
		},
	}, err)
}

// moderateReturn shows or takes the form in which a plan return is confirmed or challenged.
func (v *visit) moderateReturn() error {
	l, err := v.look()
	if err != nil {
		return err
	}
	all, err := v.allReturns("", "")
	if err != nil {
		return err
	}
	at := slices.IndexFunc(all, func(p *remitv1.PlanReturn) bool { return p.GetPlanReturnId() == v.r.PathValue("id") })
	if at < 0 {
		return unknown("plan return")
	}
	p := all[at]
	request := &remitv1.ModeratePlanReturnRequest{PlanReturnId: p.GetPlanReturnId()}
	q, err := v.asking(request, l)
	return v.actOf(act{
		Title: "Confirm or challenge a plan return", Send: "Record the result", Done: "moderate", Back: "/plan-returns", BackText: "Back to plan returns",
		Intro: []string{"This is for the panel of the body’s region, or of a national body."}, revision: p.GetRevision(),
		Facts:   []answer{{"Body", l.Body(p.GetOrganisation())}, {"Period", p.GetPeriod()}, {"What it says", p.GetSummary()}},
		request: request, give: call(v.ask.programme.ModeratePlanReturn),
		Groups: []group{{Fields: []ask{q.field("result", "Result", ""), q.field("comment", "Why", "")}}},
	}, err)
}
