package console

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/remit-register/remit/domain"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// homePage is the first page: what matters to the body of whoever is signed in, or where to begin.
type homePage struct {
	Form form
	Look look
	// Body is who the page is for; nil for nobody.
	Body      *remitv1.Organisation
	Functions []option
	// Due are the transfers due in the next days, and those that are late.
	Due   []dueTransfer
	Until string
	// Waiting are the words that others wait for: decisions, acceptances, those of second persons. Todo is what else is to
	// be done in the next days. WaitingMore and TodoMore are how many more there are.
	Waiting, Todo         []todo
	WaitingMore, TodoMore int
	// Opening are the findings that are not so today and will be.
	Opening   []findingGroup
	OpenUntil string
	// Since is the date from which changes are shown.
	Since     string
	SinceDate dateParts
	Changes   []changeLine
	Total     int
	// Bodies, Boards and Held say how much the register holds.
	Bodies, Boards int
}

// dueTransfer is a transfer, and when it is due.
type dueTransfer struct {
	Transfer *remitv1.Transfer
	On       string
	Late     bool
}

const (
	dueDays     = 14
	openMonths  = 6
	sinceMonths = 3
	homeLines   = 8
)

// home shows the first page.
func (v *visit) home() error {
	l, err := v.look()
	if err != nil {
		return err
	}
	page := homePage{Form: newForm(v.r.URL.Query()), Look: l, Functions: l.functionOptions(option{Text: "Choose a function"})}
	page.Bodies, page.Boards = len(l.open()), len(l.open(remitv1.Tier_TIER_ICB))
	v.at.Position = l.position
	body, ok := l.organisations[string(v.actor.Organisation)]
	if !ok || v.actor.Subject == "" {
		return v.show(http.StatusOK, "home", page)
	}
	page.Body = body
	page.Since = page.Form.date("since", "The date", false)
	if page.Since == "" {
		page.Since = dayOf(v.at.On).AddDate(0, -sinceMonths, 0).Format(isoDate)
	}
	page.SinceDate = partsOf(page.Since)
	if err := v.homeOf(&page, body.GetCode()); err != nil {
		return err
	}
	v.followRecord(body.GetCode())
	v.at.Bar = false
	status := http.StatusOK
	if page.Form.bad() {
		status = http.StatusBadRequest
	}
	return v.show(status, "home", page)
}

// aheadDays is how far ahead a decision is shown that is waited for.
const aheadDays = 366

// homeTasks adds what a body is to do. Registrars are shown what waits for a second person wherever it was given: the
// register says whether they may agree.
func (v *visit) homeTasks(page *homePage, code string) error {
	todos, err := v.tasks(aheadDays, code)
	if err != nil {
		return err
	}
	if slices.Contains(v.actor.Roles, domain.ActorRegistrar) {
		all, err := v.allAwaiting("")
		if err != nil {
			return err
		}
		for _, w := range all {
			if w.GetOrganisation() != code {
				page.Waiting = append(page.Waiting, todo{Task: &remitv1.Task{}, link: link{
					Text: eventName(w.GetMethod()) + ", given for " + page.Look.Body(w.GetOrganisation()) + ": a second person to agree", Address: "/second/" + w.GetAwaitingId(),
				}})
			}
		}
	}
	for _, t := range todos {
		switch {
		case isWaiting(t.Task):
			page.Waiting = append(page.Waiting, t)
		case t.Task.GetDueOn() <= page.Until:
			page.Todo = append(page.Todo, t)
		}
	}
	page.WaitingMore, page.TodoMore = max(0, len(page.Waiting)-homeLines), max(0, len(page.Todo)-homeLines)
	page.Waiting, page.Todo = page.Waiting[:min(homeLines, len(page.Waiting))], page.Todo[:min(homeLines, len(page.Todo))]
	return nil
}

// homeOf adds what matters to a body.
func (v *visit) homeOf(page *homePage, code string) error {
	page.Until = dayOf(v.at.On).AddDate(0, 0, dueDays).Format(isoDate)
	transfers, err := v.unfinished(&remitv1.ListTransfersRequest{Organisation: code, DueUntil: page.Until})
	if err != nil {
		return err
	}
	for _, t := range transfers {
		on := cmp.Or(t.GetScheduledOn(), t.GetEffectiveOn())
		page.Due = append(page.Due, dueTransfer{t, on, on < v.at.On})
	}
	slices.SortStableFunc(page.Due, func(a, b dueTransfer) int { return cmp.Compare(a.On, b.On) })
	if err := v.homeTasks(page, code); err != nil {
		return err
	}
	page.OpenUntil = dayOf(v.at.On).AddDate(0, openMonths, 0).Format(isoDate)
	answer, err := v.findings(&remitv1.CheckCoherenceRequest{Organisations: []string{code}, Until: page.OpenUntil})
	if err != nil {
		return err
	}
	gaps := gapsPage{Form: newForm(nil), Look: page.Look}
	gaps.group(v.at, answer.GetFindings())
	page.Opening = gaps.Ahead
	if page.Since > v.at.On {
		page.Form.wrong("since", "The date must not lie ahead")
		return nil
	}
	changed, err := v.compare(&remitv1.CompareMapsRequest{Organisations: []string{code}, PageSize: 1000}, page.Since, v.at.On)
	if err != nil {
		return err
	}
	page.Changes = page.Look.changeLines(changed.GetChanges())
	page.Total = len(page.Changes)
	page.Changes = page.Changes[:min(homeLines, page.Total)]
	return nil
}
