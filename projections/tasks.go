package projections

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/remit-register/remit/domain"
)

// TaskKind is what somebody has to do next.
type TaskKind string

// The kinds of task, with who has to do it.
const (
	// TaskPropose: an announcement is to become a transfer, by the programme office of the sender.
	TaskPropose TaskKind = "propose"
	// TaskChoose: one of the options that are explored is to be chosen, by the programme office of the sender.
	TaskChoose TaskKind = "choose"
	// TaskResume: a transfer is paused, by the programme office of the sender.
	TaskResume TaskKind = "resume"
	// TaskAssess: a party has no assessment that counts, by its assessor.
	TaskAssess TaskKind = "assess"
	// TaskDecide: a gateway can be decided, by the body and in the role that the gateway names.
	TaskDecide TaskKind = "decide"
	// TaskEvidence: a condition has no evidence, by the programme office of its owner.
	TaskEvidence TaskKind = "evidence"
	// TaskDischarge: a condition's evidence is to be confirmed, by the body that set it, in the role of its gateway.
	TaskDischarge TaskKind = "discharge"
	// TaskSchedule: an approved transfer has no date yet, by the programme office of the sender.
	TaskSchedule TaskKind = "schedule"
	// TaskComplete: a scheduled transfer is to be completed on its date, by the programme office of the sender.
	TaskComplete TaskKind = "complete"
	// TaskMilestone: a milestone is planned and not reached, by the programme office of the sender.
	TaskMilestone TaskKind = "milestone"
	// TaskReview: a delegation, an intervention or a risk is to be reviewed, by the board of the delegator, the panel of
	// the body that intervenes, or the programme office of the owner.
	TaskReview TaskKind = "review"
	// TaskAccept: a delegation, or other terms of it, are offered, to the board of the delegate.
	TaskAccept TaskKind = "accept"
	// TaskSecond: a command waits for a second person, at the body in whose name it was given.
	TaskSecond TaskKind = "second"
)

// Task is something that somebody has to do next.
type Task struct {
	Kind TaskKind
	// DueOn is the date by which it is due, zero where the record gives none; Overdue says that it is before the date of
	// the question.
	DueOn   domain.Date
	Overdue bool
	// Organisation is the body that has to act, Role the role in which its people do; "" for any.
	Organisation domain.OrganisationCode
	Role         domain.ActorRole
	// Entity is what it is about, such as "transfer/01J…"; Function is "" where it is about no single one.
	Entity   string
	Function domain.FunctionCode
	// Item is the gateway, the condition, the party or the milestone, "" for the thing as a whole.
	Item string
	// Package is the first package that the transfer belongs to, "" for none.
	Package string
	// Message says it in plain English, without any text that could name a person.
	Message string
	// Events are those from which it follows, in the order of the log.
	Events []domain.EventNo
}

// compareTasks orders tasks by date, those without one last, then by what they are about.
func compareTasks(a, b Task) int {
	undated := func(t Task) int {
		if t.DueOn == 0 {
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(undated(a), undated(b)), cmp.Compare(a.DueOn, b.DueOn), cmp.Compare(a.Entity, b.Entity),
		cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Item, b.Item), cmp.Compare(a.Organisation, b.Organisation))
}

// agenda finds what is to be done as of one point; the caller holds the lock as long as it is used.
type agenda struct {
	views *Views
	asOf  domain.AsOf
	// memberOf has the packages of each transfer that has any, in the order of forming; nil until somebody asks.
	memberOf map[domain.TransferID][]domain.Package
}

// packages returns the packages that a transfer belongs to, in the order of forming.
func (g *agenda) packages(id domain.TransferID) []domain.Package {
	if g.memberOf == nil {
		g.memberOf = map[domain.TransferID][]domain.Package{}
		for _, p := range g.views.packages.All(g.asOf.Known) {
			for _, member := range p.Members {
				g.memberOf[member] = append(g.memberOf[member], p)
			}
		}
	}
	return g.memberOf[id]
}

// named writes a body as "Name (CODE)".
func (g *agenda) named(code domain.OrganisationCode) string {
	body, ok := g.views.organisations.Body(code, g.asOf.Known)
	if !ok {
		return cmp.Or(string(code), "nobody")
	}
	if name := nameAt(periodsOf(body.Name, g.asOf.Known), g.asOf.On); name != "" {
		return name + " (" + string(code) + ")"
	}
	return string(code)
}

// title is the name of a function.
func (g *agenda) title(code domain.FunctionCode) string {
	f, _ := g.views.functions.Get(code, g.asOf.Known)
	return cmp.Or(f.Details.Name, string(code))
}

// finish says whether a task is overdue.
func (g *agenda) finish(t Task) Task {
	t.Overdue = t.DueOn != 0 && t.DueOn < g.asOf.On
	return t
}

// all returns everything that is to be done, in order.
func (g *agenda) all() []Task {
	var tasks []Task
	for _, id := range g.views.plans.order {
		if t, ok := g.transfer(id); ok {
			tasks = append(tasks, g.tasksOf(t)...)
		}
	}
	tasks = append(tasks, g.delegations()...)
	tasks = append(tasks, g.interventions()...)
	tasks = append(tasks, g.risks()...)
	tasks = append(tasks, g.seconds()...)
	slices.SortFunc(tasks, compareTasks)
	return tasks
}

func (g *agenda) lastOf(entity string) []domain.EventNo {
	_, last := g.views.events.bounds(entity, g.asOf.Known)
	if last == 0 {
		return nil
	}
	return []domain.EventNo{last}
}

func (g *agenda) delegations() []Task {
	var tasks []Task
	for _, d := range g.views.delegations.All(g.asOf.Known) {
		task := Task{Entity: "delegation/" + string(d.ID), Function: d.Subject.Function, Role: domain.ActorBoard}
		// A transfer that delegates makes its delegation without an event of the delegation's own.
		if task.Events = g.lastOf(task.Entity); task.Events == nil {
			task.Events = g.lastOf("transfer/" + string(d.ID))
		}
		if d.State == domain.DelegationStateOffered || d.Variation != nil {
			offer := task
			offer.Kind, offer.Organisation, offer.DueOn = TaskAccept, d.Delegate, d.EffectiveOn
			if d.State != domain.DelegationStateOffered {
				offer.DueOn = 0
			}
			offer.Message = fmt.Sprintf("%s to accept what %s offers of %s",
				g.named(d.Delegate), g.named(d.Delegator), g.title(d.Subject.Function))
			tasks = append(tasks, g.finish(offer))
		}
		inForce := d.State == domain.DelegationStateInForce && (d.EndedOn == 0 || d.EndedOn > g.asOf.On)
		if due := cmp.Or(d.Terms.ReviewOn, d.Terms.EndsOn); inForce && due != 0 {
			task.Kind, task.Organisation, task.DueOn = TaskReview, d.Delegator, due
			task.Message = fmt.Sprintf("%s to review the delegation of %s to %s",
				g.named(d.Delegator), g.title(d.Subject.Function), g.named(d.Delegate))
			tasks = append(tasks, g.finish(task))
		}
	}
	return tasks
}

func (g *agenda) interventions() []Task {
	var tasks []Task
	for _, x := range g.views.interventions.All(g.asOf.Known) {
		if x.ReviewOn == 0 || x.EndedOn != 0 && x.EndedOn <= g.asOf.On || x.EffectiveOn > g.asOf.On {
			continue
		}
		entity := "intervention/" + x.ID
		tasks = append(tasks, g.finish(Task{
			Kind: TaskReview, DueOn: x.ReviewOn, Organisation: x.By, Role: domain.ActorPanel, Entity: entity, Events: g.lastOf(entity),
			Message: fmt.Sprintf("%s to review its intervention (%s) at %s", g.named(x.By), x.Kind, g.named(x.In)),
		}))
	}
	return tasks
}

func (g *agenda) risks() []Task {
	var tasks []Task
	for _, r := range g.views.risks.All(g.asOf.Known) {
		if r.Closed || r.ReviewOn == 0 {
			continue
		}
		entity := "risk/" + r.ID
		t, _ := g.views.transfers.Get(r.Transfer, g.asOf.Known)
		tasks = append(tasks, g.finish(Task{
			Kind: TaskReview, DueOn: r.ReviewOn, Organisation: r.Owner, Role: domain.ActorProgrammeOffice, Entity: entity,
			Function: t.Subject.Function, Events: g.lastOf(entity),
			Message: fmt.Sprintf("%s to review its risk with the score %d", g.named(r.Owner), r.Score()),
		}))
	}
	return tasks
}

func (g *agenda) seconds() []Task {
	var tasks []Task
	for _, x := range g.views.seconds.Waiting(g.asOf.Known) {
		tasks = append(tasks, Task{
			Kind: TaskSecond, Organisation: x.Actor.Organisation, Role: domain.ActorRegistrar, Entity: "second/" + x.ID,
			Item: x.Command.Method(), Events: []domain.EventNo{x.Event},
			Message: fmt.Sprintf("a second person to agree to %s, given in the name of %s",
				x.Command.Method(), g.named(x.Actor.Organisation)),
		})
	}
	return tasks
}
