package projections

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/remit-register/remit/domain"
)

// transfer returns a transfer as of the agenda's point, and whether anything of it may be left to do. What carries a
// date of its own, a decision or a milestone, counts from that date; whatever else the record says counts as known.
func (g *agenda) transfer(id domain.TransferID) (domain.Transfer, bool) {
	t, ok := g.views.transfers.Get(id, g.asOf.Known)
	if !ok || isDropped(t) {
		return t, false
	}
	t.Gateways = slices.Clone(t.Gateways)
	var standing []domain.TransferCondition
	for i := range t.Gateways {
		gateway := &t.Gateways[i]
		gateway.Decisions = slices.DeleteFunc(slices.Clone(gateway.Decisions),
			func(d domain.RecordedDecision) bool { return d.DecidedOn > g.asOf.On })
	}
	for _, c := range t.Conditions {
		if event := setBy(t, c); event != 0 {
			standing = append(standing, c)
		}
	}
	t.Conditions = standing
	return t, !g.isTakenUp(t)
}

// setBy returns the decision that set a condition, 0 where there is none by the date.
func setBy(t domain.Transfer, c domain.TransferCondition) domain.EventNo {
	gateway, _ := t.Gateway(c.Gateway)
	for _, decision := range gateway.Decisions {
		if slices.ContainsFunc(decision.Conditions, func(x domain.Condition) bool { return x.ID == c.ID }) {
			return decision.Event
		}
	}
	return 0
}

// isTakenUp tells whether an announcement is left to transfers that carry it out everywhere.
func (g *agenda) isTakenUp(t domain.Transfer) bool {
	if t.State != domain.StatePlanned {
		return false
	}
	taken := g.views.takenUp(t, g.asOf.Known)
	for _, move := range t.Moves {
		if len(move.Footprints) == 0 {
			return slices.ContainsFunc(g.views.plans.carriedOutBy[t.ID], func(f *flight) bool {
				by, ok := g.views.transfers.Get(f.id, g.asOf.Known)
				return ok && (isOnItsWay(by.State) || by.State == domain.StateCompleted)
			})
		}
		if slices.ContainsFunc(move.Footprints, func(f domain.FootprintCode) bool { return !taken(f) }) {
			return false
		}
	}
	return true
}

// tasksOf returns what is to be done about a transfer, in order.
func (g *agenda) tasksOf(t domain.Transfer) []Task {
	var tasks []Task
	add := func(kind TaskKind, due domain.Date, by domain.OrganisationCode, role domain.ActorRole, item, message string, events ...domain.EventNo) {
		task := Task{
			Kind: kind, DueOn: due, Organisation: by, Role: role, Entity: "transfer/" + string(t.ID),
			Function: t.Subject.Function, Item: item, Message: message, Events: events,
		}
		if len(events) == 0 {
			task.Events = g.lastOf(task.Entity)
		}
		if packages := g.packages(t.ID); len(packages) > 0 {
			task.Package = packages[0].ID
		}
		tasks = append(tasks, g.finish(task))
	}
	what := g.title(t.Subject.Function) + " from " + g.named(t.Sender) + " to " + g.receivers(t)
	office := func(kind TaskKind, verb string) {
		add(kind, t.Due(), t.Sender, domain.ActorProgrammeOffice, "", g.named(t.Sender)+" to "+verb+" "+what)
	}
	switch t.State {
	case domain.StatePlanned:
		office(TaskPropose, "propose the transfer of")
	case domain.StateExploring:
		office(TaskChoose, "choose an option for")
	case domain.StatePaused:
		office(TaskResume, "resume or withdraw the transfer of")
	case domain.StateProposed, domain.StateAssessing, domain.StateApproved, domain.StateScheduled, domain.StateCompleted:
		open := g.gatewayTasks(t, what, add)
		switch {
		case open || t.State == domain.StateCompleted:
		case t.State == domain.StateApproved:
			office(TaskSchedule, "schedule the transfer of")
		case t.State == domain.StateScheduled:
			office(TaskComplete, "complete the transfer of")
		}
	case domain.StateWithdrawn, domain.StateRejected, domain.StateReplaced, domain.StateReversed:
	}
	g.conditionTasks(t, what, add)
	g.milestoneTasks(t, what, add)
	slices.SortFunc(tasks, compareTasks)
	return tasks
}

type addTask func(kind TaskKind, due domain.Date, by domain.OrganisationCode, role domain.ActorRole, item, message string, events ...domain.EventNo)

// receivers names who is to get a transfer.
func (g *agenda) receivers(t domain.Transfer) string {
	var names []string
	for _, move := range t.Moves {
		if name := g.named(move.Receiver); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) > few {
		return fmt.Sprintf("%d bodies", len(names))
	}
	return joinAnd(names)
}

// gatewayTasks adds what is to be done at the gateways, and tells whether any of them is not passed.
func (g *agenda) gatewayTasks(t domain.Transfer, what string, add addTask) bool {
	waits, open := false, false
	for _, gateway := range t.Gateways {
		if gateway.Party != domain.PartyConfirmer && !t.Passed(gateway) {
			waits = true
		}
	}
	for _, gateway := range t.Gateways {
		if t.Passed(gateway) {
			continue
		}
		open = true
		if gateway.Party == domain.PartyConfirmer && waits {
			continue
		}
		if gateway.Party != domain.PartyConfirmer && len(t.Notice.Statements) == 0 {
			if r := g.rated(t, gateway.Party); !r.Counts() {
				add(TaskAssess, t.Due(), r.Organisation, domain.ActorAssessor, string(gateway.Party),
					fmt.Sprintf("%s to assess its readiness for %s: %s", g.named(r.Organisation), what, r.Why), r.events()...)
				continue
			}
		}
		add(TaskDecide, t.Due(), gateway.Decider, gateway.Role, string(gateway.Code),
			fmt.Sprintf("%s to decide the gateway %s of %s", g.named(gateway.Decider), gateway.Code, what))
	}
	return open
}

// conditionTasks adds what is to be done about conditions that are not settled.
func (g *agenda) conditionTasks(t domain.Transfer, what string, add addTask) {
	for _, c := range t.Conditions {
		event := setBy(t, c)
		switch c.State {
		case domain.ConditionStateOpen:
			add(TaskEvidence, c.DueOn, c.Owner, domain.ActorProgrammeOffice, string(c.ID),
				fmt.Sprintf("%s to give evidence on condition %s (%s) of %s", g.named(c.Owner), c.ID, c.Timing, what), event)
		case domain.ConditionStateEvidenced:
			gateway, _ := t.Gateway(c.Gateway)
			add(TaskDischarge, c.DueOn, c.SetBy, gateway.Role, string(c.ID),
				fmt.Sprintf("%s to confirm condition %s (%s) of %s", g.named(c.SetBy), c.ID, c.Timing, what), event)
		case domain.ConditionStateDischarged, domain.ConditionStateWaived, domain.ConditionStateLapsed:
		}
	}
}

// milestoneTasks adds the milestones that are planned and not reached by the date.
func (g *agenda) milestoneTasks(t domain.Transfer, what string, add addTask) {
	for _, m := range t.Milestones {
		if g.isReached(m) || m.PlannedOn == 0 {
			continue
		}
		add(TaskMilestone, m.PlannedOn, t.Sender, domain.ActorProgrammeOffice, string(m.Kind),
			fmt.Sprintf("the milestone %s of %s%s", m.Kind, what, places(m.Footprints)), g.milestoneEvents(t.ID, m)...)
	}
}

func (g *agenda) isReached(m domain.Milestone) bool {
	return m.ActualOn != 0 && m.ActualOn <= g.asOf.On
}

func (g *agenda) milestoneEvents(id domain.TransferID, m domain.Milestone) []domain.EventNo {
	x := inquiry{views: g.views, asOf: g.asOf}
	return x.milestoneEvents(id, m)
}

// Freshness says whether an assessment, or what it says of a domain, still counts.
type Freshness string

// The degrees of freshness.
const (
	// FreshnessMissing: there is none.
	FreshnessMissing Freshness = "missing"
	// FreshnessFresh: it counts.
	FreshnessFresh Freshness = "fresh"
	// FreshnessStale: the transfer was changed since, or the body that assessed is not open.
	FreshnessStale Freshness = "stale"
	// FreshnessExpired: evidence that it rests on has expired.
	FreshnessExpired Freshness = "expired"
)

// PartyReadiness is a party's newest assessment, and whether it counts.
type PartyReadiness struct {
	Party        domain.Party
	Organisation domain.OrganisationCode
	Freshness    Freshness
	// Why says in plain English why it does not count, "" where it does.
	Why string
	// AssessedOn is when it was recorded, zero where there is none; Event recorded it.
	AssessedOn domain.Date
	Event      domain.EventNo
	// Ratings are by domain, in the order of the framework: one for each, also where the party rated none.
	Ratings []PartyRating
}

// Counts tells whether the gateway may rest on it.
func (p *PartyReadiness) Counts() bool { return p.Freshness == FreshnessFresh }

func (p *PartyReadiness) events() []domain.EventNo {
	if p.Event == 0 {
		return nil
	}
	return []domain.EventNo{p.Event}
}

// PartyRating is what a party says of one domain.
type PartyRating struct {
	Domain    string
	Rating    domain.Rating
	Freshness Freshness
	// Evidence counts the documents; ExpiresOn is when the first of them expires, or did, zero for never.
	Evidence  int
	ExpiresOn domain.Date
}

// rated returns a party's newest assessment.
func (g *agenda) rated(t domain.Transfer, party domain.Party) PartyReadiness {
	r := PartyReadiness{Party: party, Organisation: t.Sender, Freshness: FreshnessMissing, Why: "it has not done so"}
	if party == domain.PartyReceiver {
		r.Organisation = t.Receiver()
	}
	a, fresh := t.Assessed(party)
	stale := ""
	if a.Event != 0 {
		r.Event, r.AssessedOn, r.Freshness, r.Why = a.Event, g.views.events.recordedOn(a.Event), FreshnessFresh, ""
		switch body, ok := g.views.organisations.Body(a.Body, g.asOf.Known); {
		case !fresh:
			stale = "the transfer was changed since"
		case ok && !body.IsOpen(g.asOf):
			stale = string(a.Body) + ", which assessed it, is not open"
		}
	}
	for _, name := range t.Domains {
		rating := g.rating(a, name, stale != "")
		if rating.Freshness == FreshnessExpired {
			r.Freshness = FreshnessExpired
			r.Why = cmp.Or(r.Why, "evidence on "+name+" expired on "+rating.ExpiresOn.String())
		}
		r.Ratings = append(r.Ratings, rating)
	}
	if stale != "" {
		r.Freshness, r.Why = FreshnessStale, stale
	}
	return r
}

func (g *agenda) rating(a domain.Assessment, name string, stale bool) PartyRating {
	rating := PartyRating{Domain: name, Freshness: FreshnessMissing}
	i := slices.IndexFunc(a.Ratings, func(r domain.DomainRating) bool { return r.Domain == name })
	if i < 0 {
		return rating
	}
	rating.Rating, rating.Freshness, rating.Evidence = a.Ratings[i].Rating, FreshnessFresh, len(a.Ratings[i].Evidence)
	for _, evidence := range a.Ratings[i].Evidence {
		if evidence.ExpiresOn != 0 && (rating.ExpiresOn == 0 || evidence.ExpiresOn < rating.ExpiresOn) {
			rating.ExpiresOn = evidence.ExpiresOn
		}
	}
	switch {
	case stale:
		rating.Freshness = FreshnessStale
	case rating.ExpiresOn != 0 && rating.ExpiresOn <= g.asOf.On:
		rating.Freshness = FreshnessExpired
	}
	return rating
}
