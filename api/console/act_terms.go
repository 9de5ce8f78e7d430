package console

import (
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// termGroups ask for all terms of a transfer or a delegation: those that every arrangement has first, the others folded.
func (q asker) termGroups(text string) []group {
	money, sub := q.entry("terms.money"), q.entry("terms.subcontracts")
	return []group{
		{Title: "Terms", Text: text, Fields: []ask{
			q.field("terms.reserved", "What the giver reserves for itself", ""),
			q.field("terms.limits", "Limits", ""),
			q.field("terms.liability", "Who is liable", ""),
			q.field("terms.notice", "Notice to end it", "For example, six months").as(askText),
			q.field("terms.reviewOn", "Reviewed on", ""),
			q.field("terms.endsOn", "Ends on", ""),
			q.field("terms.agreementRef", "Reference of the agreement", ""),
			q.field("terms.onwardPermitted", "It may be passed on to others", ""),
			q.field("terms.onwardDepth", "How many times it may be passed on", "Leave it empty where it may not, or without a limit"),
		}},
		{Title: "Money", Folded: true, List: "terms.money", Entry: "Amount", Fields: []ask{
			money.field("class", "What it is", ""),
			money.field("pounds", "Pounds", "For example, 1,250,000").must("Enter the pounds"),
			money.field("year", "Financial year", "For example, 2026/27").wide("10"),
			money.field("recurrent", "Every year", ""),
			money.field("hostShare", "Share of the host", "From 0 to 1, such as 0.35").wide("10"),
		}},
		{Title: "Staff", Folded: true, Fields: []ask{
			q.field("terms.staff.wte", "Posts, as whole-time equivalents", "For example, 12.5").wide("10"),
			q.field("terms.staff.employer", "Employer afterwards", "Name or code of the body"),
			q.field("terms.staff.mechanism", "How they move", ""),
			q.field("terms.staff.consultedOn", "Consulted on", ""),
			q.field("terms.redundancy", "It makes posts redundant", ""),
		}},
		{Title: "Contracts, liabilities, data and records", Folded: true, Fields: []ask{
			q.field("terms.contracts", "Contracts", "References, one a line"),
			q.field("terms.liabilities", "Liabilities", ""),
			q.field("terms.newLiability", "It makes a new liability", ""),
			q.field("terms.records", "Records", ""),
			q.field("terms.controller", "Controller of the data", "Name or code of the body"),
			q.field("terms.dataAgreement", "Agreement on the data", "Its reference"),
			q.field("terms.newController", "The data get a new controller", ""),
		}},
		{Title: "Subcontracts", Folded: true, List: "terms.subcontracts", Entry: "Subcontract", Fields: []ask{
			sub.field("from", "From", "Name or code of the body"), sub.field("to", "To", "Name or code of the body"),
			sub.field("agreementRef", "Reference of the agreement", ""),
		}},
	}
}

// termsAct replaces the terms of a transfer.
func (v *visit) termsAct(t *remitv1.Transfer, l look) (act, error) {
	request := &remitv1.SetTermsRequest{TransferId: t.GetTransferId(), Terms: &remitv1.Terms{}}
	q, err := v.asking(request, l)
	return act{
		Title: "Terms of " + titleOfTransfer(l, t), Send: "Record the terms", give: call(v.ask.transfers.SetTerms), revision: t.GetRevision(),
		request: request, from: &remitv1.SetTermsRequest{Terms: t.GetTerms()}, Groups: q.termGroups(""),
		Intro: []string{"New terms take the place of those that were recorded before."},
	}, err
}
