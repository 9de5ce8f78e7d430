package console

import (
	"net/http"
	"slices"
	"strings"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// functionsPage lists functions.
type functionsPage struct {
	Form  form
	Look  look
	Kinds []option
	All   int
	Found []*remitv1.Function
}

// functions lists those that fit.
func (v *visit) functions() error {
	l, err := v.look()
	if err != nil {
		return err
	}
	v.at.Bar, v.at.Position = true, l.position
	page := functionsPage{
		Form: newForm(v.r.URL.Query()), Look: l, Kinds: append([]option{{Value: "", Text: "All functions"}}, categoryOptions()...),
		All: len(l.allFunctions),
	}
	page.Kinds = page.Kinds[:len(page.Kinds)-1] // the last is all of them again
	wanted, kind := strings.ToLower(page.Form.text("q")), page.Form.text("kind")
	var codes []string
	if kind != "" {
		codes = l.ofCategory(kind)
	}
	for _, f := range l.allFunctions {
		if kind != "" && !slices.Contains(codes, f.GetCode()) {
			continue
		}
		if strings.Contains(strings.ToLower(f.GetDetails().GetName()+" "+f.GetCode()), wanted) {
			page.Found = append(page.Found, f)
		}
	}
	slices.SortFunc(page.Found, func(a, b *remitv1.Function) int { return l.byFunction(a.GetCode(), b.GetCode()) })
	return v.show(http.StatusOK, "functions", page)
}

// functionPage is one function.
type functionPage struct {
	Look     look
	Function *remitv1.Function
	// Assumed is what the record says without knowing it.
	Assumed []string
	Held    heldTable
	// Planned are the transfers and announcements that are not finished.
	Planned  []*remitv1.Transfer
	Findings []*remitv1.Finding
	// Others is how many findings there are besides.
	Others int
	// HeldAll is how many lines there are of who holds it: the page shows the first.
	HeldAll int
}

// someFindings is how many findings a page shows that is not about them.
const someFindings = 5

// function shows one.
func (v *visit) function() error {
	l, err := v.look()
	if err != nil {
		return err
	}
	code := v.r.PathValue("code")
	answer, err := v.ask.functions.GetFunction(v.ctx(), &remitv1.GetFunctionRequest{AsOf: v.at.message(), Code: code})
	if err != nil {
		return err
	}
	page := functionPage{Look: l, Function: answer.GetFunction()}
	holdings, err := v.holdings(&remitv1.GetMapRequest{Functions: []string{code}})
	if err != nil {
		return err
	}
	page.Held = heldTable{
		Look: l, ID: "holders", ShowHolder: true, Lines: l.sorted(l.gather(holdings)), Caption: "Who holds it on " + plainDate(v.at.On),
	}
	page.HeldAll = len(page.Held.Lines)
	page.Held.Lines = page.Held.Lines[:min(page.HeldAll, heldOnPage)]
	page.Assumed = assumedOf(page.Function.GetDetails(), holdings)
	if page.Planned, err = v.unfinished(&remitv1.ListTransfersRequest{Functions: []string{code}}); err != nil {
		return err
	}
	if page.Findings, page.Others, err = v.someFindings(&remitv1.CheckCoherenceRequest{Functions: []string{code}}); err != nil {
		return err
	}
	v.strip(changeScope{Functions: []string{code}})
	return v.show(http.StatusOK, "function", page)
}

// someFindings asks what is incoherent and returns some of it, the gravest first, and how much more there is.
func (v *visit) someFindings(ask *remitv1.CheckCoherenceRequest) ([]*remitv1.Finding, int, error) {
	answer, err := v.findings(ask)
	if err != nil {
		return nil, 0, err
	}
	found := slices.Clone(answer.GetFindings())
	slices.SortStableFunc(found, func(a, b *remitv1.Finding) int { return int(b.GetSeverity()) - int(a.GetSeverity()) })
	n := min(len(found), someFindings)
	return found[:n], len(found) - n, nil
}

// unfinished are the transfers and announcements that may still happen, of those that fit.
func (v *visit) unfinished(ask *remitv1.ListTransfersRequest) ([]*remitv1.Transfer, error) {
	ask.AsOf, ask.PageSize = v.at.message(), 1000
	ask.States = []remitv1.TransferState{
		remitv1.TransferState_TRANSFER_STATE_PLANNED, remitv1.TransferState_TRANSFER_STATE_EXPLORING,
		remitv1.TransferState_TRANSFER_STATE_PROPOSED, remitv1.TransferState_TRANSFER_STATE_ASSESSING,
		remitv1.TransferState_TRANSFER_STATE_APPROVED, remitv1.TransferState_TRANSFER_STATE_SCHEDULED,
		remitv1.TransferState_TRANSFER_STATE_PAUSED,
	}
	answer, err := v.ask.transfers.ListTransfers(v.ctx(), ask)
	return answer.GetTransfers(), err
}

// assumedOf says what the record of a function says without knowing it.
func assumedOf(details *remitv1.FunctionDetails, holdings []*remitv1.Holding) []string {
	var assumed []string
	if details.GetLegalStatus() == remitv1.LegalStatus_LEGAL_STATUS_UNKNOWN {
		assumed = append(assumed, "Nobody has checked whether statute confers it. Until then it counts as statutory.")
	}
	for _, basis := range details.GetLegalBasis() {
		if basis.GetCheckedOn() == "" {
			assumed = append(assumed, strings.TrimSpace("Nobody is recorded as having checked "+basis.GetAct()+" "+basis.GetSection())+".")
		}
	}
	dates, about, undetermined := 0, 0, 0
	for _, h := range holdings {
		switch h.GetConfidence() {
		case remitv1.Confidence_CONFIDENCE_ASSUMED:
			dates++
		case remitv1.Confidence_CONFIDENCE_APPROXIMATE:
			about++
		case remitv1.Confidence_CONFIDENCE_UNSPECIFIED, remitv1.Confidence_CONFIDENCE_EXACT:
		}
		if h.GetUndetermined() {
			undetermined++
		}
	}
	if dates > 0 {
		assumed = append(assumed, "The date or holder of "+plural(dates, "entry", "entries")+" below is an assumption of whoever recorded it.")
	}
	if about > 0 {
		assumed = append(assumed, "A source says something near to "+plural(about, "entry", "entries")+" below, but not just that.")
	}
	if undetermined > 0 {
		assumed = append(assumed, "Nobody recorded who holds it in "+plural(undetermined, "place", "places")+".")
	}
	return assumed
}

// claimMeans says what the models of the bodies say of a function that is to move.
func claimMeans(claim string) string {
	switch claim {
	case "stays":
		return "It stays where it is"
	case "claimed":
		return "The receiver’s own model lists it"
	case "not_claimed":
		return "The receiver’s own model does not list it"
	case "partly":
		return "The receiver’s own model lists it in part"
	case "contested":
		return "The models disagree on who is to have it"
	case "no_receiver":
		return "Nobody is named to receive it"
	case "no_legal_body":
		return "What is named to receive it is no body in law"
	}
	return claim
}

// ruleMeans says how many may hold a role.
func ruleMeans(rule remitv1.RemitRule) string {
	switch rule {
	case remitv1.RemitRule_REMIT_RULE_SOLE:
		return "one body at a time"
	case remitv1.RemitRule_REMIT_RULE_JOINT:
		return "named bodies together"
	case remitv1.RemitRule_REMIT_RULE_CONCURRENT:
		return "any number of bodies, each for itself"
	case remitv1.RemitRule_REMIT_RULE_UNSPECIFIED:
	}
	return "not said"
}
