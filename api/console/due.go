package console

import (
	"slices"
	"strings"

	"github.com/remit-register/remit/domain"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// todo is something that is to be done, with the page on which it is done.
type todo struct {
	Task *remitv1.Task
	link
	// Yours says that it is for the body and a role of whoever reads.
	Yours bool
}

// tasks are what is to be done in the next days, what is late and what has no date among it, by the bodies given or by
// all.
func (v *visit) tasks(days int32, bodies ...string) ([]todo, error) {
	var todos []todo
	ask := &remitv1.ListDueRequest{AsOf: v.at.message(), Days: &days, Organisations: bodies, PageSize: 1000}
	return todos, everyPage(func(token string) (*remitv1.ListDueResponse, error) {
		ask.PageToken = token
		return v.ask.programme.ListDue(v.ctx(), ask)
	}, func(answer *remitv1.ListDueResponse) {
		v.at.Position = answer.GetPosition()
		for _, t := range answer.GetTasks() {
			todos = append(todos, v.todo(t))
		}
	})
}

func (v *visit) todo(t *remitv1.Task) todo {
	kind, id, _ := strings.Cut(t.GetEntity(), "/")
	address := map[string]string{"transfer": "/transfers/" + id, "delegation": "/delegations/" + id, "second": "/second/" + id}[kind]
	return todo{
		Task: t, link: link{Text: upperFirst(said(t.GetMessage())), Address: address},
		Yours: t.GetOrganisation() == string(v.actor.Organisation) && slices.Contains(v.actor.Roles, domain.ActorRole(t.GetRole())),
	}
}

// isWaiting tells whether a task is somebody's word: a decision, an acceptance, or that of a second person.
func isWaiting(t *remitv1.Task) bool {
	return slices.Contains([]remitv1.TaskKind{
		remitv1.TaskKind_TASK_KIND_DECIDE, remitv1.TaskKind_TASK_KIND_CHOOSE, remitv1.TaskKind_TASK_KIND_DISCHARGE,
		remitv1.TaskKind_TASK_KIND_ACCEPT, remitv1.TaskKind_TASK_KIND_SECOND,
	}, t.GetKind())
}

// horizons are how far ahead the page about what is due looks.
func dueHorizons() []option {
	return []option{
		{Value: "14", Text: "14 days"}, {Value: "31", Text: "A month"}, {Value: "92", Text: "Three months"}, {Value: "366", Text: "A year"},
	}
}

// due lists what is to be done, by whom and by when.
func (v *visit) due() error {
	l, err := v.look()
	if err != nil {
		return err
	}
	page := recordsPage{
		Title: "What is to be done", Empty: "Nothing is to be done that the register knows of.",
		Intro: "What transfers, delegations, risks and commands wait for: by whom, and by when.",
	}
	v.at.Bar = true
	body := v.bodyFilter(&page, l, "Body")
	page.Filters = append(page.Filters, shownField{ask: ask{Kind: askSelect, Name: "days", Label: "Look ahead", Options: dueHorizons()}, Form: page.Form})
	days := int32(14)
	for i, o := range dueHorizons() {
		if o.Value == page.Form.text("days") {
			days = []int32{14, 31, 92, 366}[i]
		}
	}
	if page.Form.bad() {
		return v.records(page)
	}
	var bodies []string
	if body != "" {
		bodies = []string{body}
	}
	todos, err := v.tasks(days, bodies...)
	if err != nil {
		return err
	}
	table := recordsTable{ID: "due", Caption: plural(len(todos), "thing", "things") + " to be done", Heads: []string{"What", "By whom", "By when"}}
	page.Pager = v.paged(len(todos), maxShown)
	for _, t := range onPage(page.Pager, todos) {
		when := textCell(plainDate(t.Task.GetDueOn()))
		if t.Task.GetOverdue() {
			when.Tag, when.Tone = "Date passed", "red"
		}
		whom := bodyCell(l, t.Task.GetOrganisation())
		whom.Text = upperFirst(strings.ReplaceAll(t.Task.GetRole(), "_", " ")) + " of"
		table.Rows = append(table.Rows, []recordsCell{linkCell(t.link), whom, when})
	}
	if len(table.Rows) > 0 {
		page.Tables = []recordsTable{table}
	}
	v.followRecord(body)
	return v.records(page)
}
