package console

import (
	"net/http"
	"slices"
	"strings"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// transfersPage shows transfers by where they stand.
type transfersPage struct {
	Form   form
	Look   look
	Stages []stage
	Shown  []transferRow
	// Stage is the name of the one that is shown, "" for all that are not over.
	Stage   string
	Options []option
	// Kinds are the legal routes to choose from.
	Kinds []option
	// Pager leads through the list, of Total transfers.
	Pager   pager
	Total   int
	Exports []link
	// Calendar is the address of the calendar of the reader's body, "" for none.
	Calendar string
}

// stage is a step of the life of a transfer, with how many are there.
type stage struct {
	Name, Text, Address string
	Count               int
	Current             bool
	states              []remitv1.TransferState
}

// transferRow is a transfer in a table.
type transferRow struct {
	T     *remitv1.Transfer
	Due   string
	Where placesText
}

// stages are the steps in the life of a transfer.
func stages() []stage {
	return []stage{
		{Name: "announced", Text: "Announced", states: []remitv1.TransferState{
			remitv1.TransferState_TRANSFER_STATE_PLANNED, remitv1.TransferState_TRANSFER_STATE_EXPLORING,
		}},
		{Name: "assessing", Text: "Being assessed", states: []remitv1.TransferState{
			remitv1.TransferState_TRANSFER_STATE_PROPOSED, remitv1.TransferState_TRANSFER_STATE_ASSESSING,
		}},
		{Name: "approved", Text: "Approved", states: []remitv1.TransferState{remitv1.TransferState_TRANSFER_STATE_APPROVED}},
		{Name: "scheduled", Text: "Scheduled", states: []remitv1.TransferState{remitv1.TransferState_TRANSFER_STATE_SCHEDULED}},
		{Name: "completed", Text: "Completed", states: []remitv1.TransferState{remitv1.TransferState_TRANSFER_STATE_COMPLETED}},
		{Name: "paused", Text: "Paused", states: []remitv1.TransferState{remitv1.TransferState_TRANSFER_STATE_PAUSED}},
		{Name: "over", Text: "Given up or replaced", states: []remitv1.TransferState{
			remitv1.TransferState_TRANSFER_STATE_WITHDRAWN, remitv1.TransferState_TRANSFER_STATE_REJECTED,
			remitv1.TransferState_TRANSFER_STATE_REPLACED, remitv1.TransferState_TRANSFER_STATE_REVERSED,
		}},
	}
}

// dueOn is when a transfer takes or took effect.
func dueOn(t *remitv1.Transfer) string {
	for _, on := range []string{t.GetCompletedOn(), t.GetScheduledOn(), t.GetEffectiveOn()} {
		if on != "" {
			return on
		}
	}
	return ""
}

// transfersAsked reads which transfers somebody asks for: by body, function and date.
func (v *visit) transfersAsked(f *form, l look) *remitv1.ListTransfersRequest {
	request := &remitv1.ListTransfersRequest{AsOf: v.at.message(), PageSize: 1000}
	request.Organisation = l.choose(f, "body", "body", amongBodies)
	if function := f.text("function"); function != "" {
		request.Functions = []string{function}
	}
	request.DueFrom = f.date("from", "The first day", false)
	request.DueUntil = f.date("until", "The last day", false)
	return request
}

// listTransfers returns all transfers that a request asks for, the next due first.
func (v *visit) listTransfers(request *remitv1.ListTransfersRequest) ([]*remitv1.Transfer, *remitv1.ListTransfersResponse, error) {
	var all []*remitv1.Transfer
	for {
		answer, err := v.ask.transfers.ListTransfers(v.ctx(), request)
		if err != nil {
			return nil, nil, err
		}
		all = append(all, answer.GetTransfers()...)
		if request.PageToken = answer.GetNextPageToken(); request.PageToken == "" {
			slices.SortStableFunc(all, func(a, b *remitv1.Transfer) int { return strings.Compare(dueOn(a), dueOn(b)) })
			return all, answer, nil
		}
	}
}

// maxShown is how many transfers a page shows.
const maxShown = 50

// transfers shows transfers by where they stand.
func (v *visit) transfers() error {
	l, err := v.look()
	if err != nil {
		return err
	}
	f := newForm(v.r.URL.Query())
	page := transfersPage{Look: l, Stages: stages(), Stage: f.text("stage"), Options: l.functionOptions(option{Text: "All functions"}), Kinds: kindChoices()}
	request := v.transfersAsked(&f, l)
	page.Form = f
	if f.bad() {
		return v.show(http.StatusBadRequest, "transfers", page)
	}
	all, answer, err := v.listTransfers(request)
	if err != nil {
		page.Form.refused(err, map[string]string{"organisation": "body", "functions": "function", "functions[0]": "function"})
		return v.show(refusalOf(err).Status, "transfers", page)
	}
	v.resolved(answer.GetAsOf(), answer.GetPosition())
	if kind := f.text("kind"); kind != "" {
		all = slices.DeleteFunc(all, func(t *remitv1.Transfer) bool { return slug(word(t.GetKind())) != kind })
	}
	page.fill(v, all)
	v.followRecord(request.GetOrganisation())
	page.Exports = []link{
		{Text: "Excel", Address: v.exportOf("/export/transfers.xlsx")}, {Text: "CSV", Address: v.exportOf("/export/transfers.csv")},
	}
	page.Calendar = v.calendarOf(string(v.actor.Organisation))
	return v.show(http.StatusOK, "transfers", page)
}

// exportOf is the address of a file with what the page shows.
func (v *visit) exportOf(path string) string { return addressOf(path, v.r.URL.Query()) }

// kindChoices are the legal routes, to choose from.
func kindChoices() []option {
	options := []option{{Text: "All routes"}}
	for _, o := range choicesIn(remitv1.TransferKind(0).Descriptor()) {
		options = append(options, option{Value: slug(o.Text), Text: o.Text})
	}
	return options
}

// fill counts transfers by stage, and lists a page of those of the stage that is shown.
func (p *transfersPage) fill(v *visit, all []*remitv1.Transfer) {
	q := v.at.here.Query()
	q.Del("stage")
	q.Del("page")
	var shown []*remitv1.Transfer
	for i := range p.Stages {
		s := &p.Stages[i]
		s.Current = s.Name == p.Stage
		for _, t := range all {
			if !slices.Contains(s.states, t.GetState()) {
				continue
			}
			s.Count++
			if s.Current || p.Stage == "" && s.Name != "over" {
				shown = append(shown, t)
			}
		}
		q.Set("stage", s.Name)
		s.Address = addressOf(v.at.here.Path, q)
		if s.Current {
			q.Del("stage")
			s.Address = addressOf(v.at.here.Path, q)
		}
	}
	p.Total, p.Pager = len(shown), v.paged(len(shown), maxShown)
	for _, t := range onPage(p.Pager, shown) {
		p.Shown = append(p.Shown, transferRow{T: t, Due: dueOn(t), Where: p.Look.where(t.GetFunction(), t.GetReceiver(), t.GetFootprints())})
	}
}

// stateColour is the colour of the tag of a state.
func stateColour(s remitv1.TransferState) string {
	switch s { //nolint:exhaustive // the others are grey
	case remitv1.TransferState_TRANSFER_STATE_PLANNED, remitv1.TransferState_TRANSFER_STATE_EXPLORING:
		return "purple"
	case remitv1.TransferState_TRANSFER_STATE_PROPOSED, remitv1.TransferState_TRANSFER_STATE_ASSESSING:
		return "blue"
	case remitv1.TransferState_TRANSFER_STATE_APPROVED, remitv1.TransferState_TRANSFER_STATE_SCHEDULED:
		return "aqua-green"
	case remitv1.TransferState_TRANSFER_STATE_COMPLETED:
		return "green"
	case remitv1.TransferState_TRANSFER_STATE_PAUSED:
		return "orange"
	}
	return "grey"
}
