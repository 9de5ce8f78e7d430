package projections

import (
	"cmp"
	"slices"
	"strings"

	"github.com/remit-register/remit/domain"
)

// ReadinessQuery asks how ready transfers are. Empty fields limit nothing.
type ReadinessQuery struct {
	AsOf      domain.AsOf
	Transfer  domain.TransferID
	Functions []domain.FunctionCode
	// Organisations limits the answer to transfers that one of these bodies sends, receives or decides. A region stands
	// for the bodies that belong to it on the date, too.
	Organisations []domain.OrganisationCode
	// After is the last transfer of the page before, "" for the first page.
	After domain.TransferID
	// Limit is the most transfers of a page, 0 for no limit.
	Limit int
}

// ReadinessPage is a page of transfers in the order of their making, with how ready they are: those that are not
// finished, and those that are completed and have something left to do.
type ReadinessPage struct {
	AsOf      domain.AsOf
	Transfers []Readiness
	// Next is where the next page begins (see ReadinessQuery.After), "" when this is the last.
	Next domain.TransferID
	// Stages counts all transfers that the query lets through by where they stand, whatever the page.
	Stages []StageCount
	// Packages are those to which any of these transfers belongs, whatever the page.
	Packages []PackageReadiness
	// WithoutReceiver are functions of the bodies asked about that have no receiver, by code: on the first page of a
	// query about no single transfer.
	WithoutReceiver []FunctionWithoutReceiver
}

// StageCount counts transfers.
type StageCount struct {
	State     domain.TransferState
	Transfers int
}

// Readiness is how ready a transfer is as of a point on both clocks.
type Readiness struct {
	TransferView
	// Sender and Receiver are the parties' own assessments, with the same domains in the same order.
	Sender, Receiver PartyReadiness
	// Gateways are in the order in which they are decided.
	Gateways []GatewayReadiness
	// Conditions are those set by the date, with when they are due; Milestones those known.
	Conditions []ConditionReadiness
	Milestones []MilestoneReadiness
	// Risks are the open ones, the gravest first.
	Risks []domain.Risk
	// Tasks are what is to be done next, and by whom.
	Tasks []Task
	// Packages are the ids of the packages that it belongs to, in the order of forming.
	Packages []string
}

// GatewayReadiness is where a gateway stands on the date.
type GatewayReadiness struct {
	domain.Gateway
	Passed bool
}

// ConditionReadiness is where a condition stands on the date.
type ConditionReadiness struct {
	domain.TransferCondition
	// Open says that it is not settled, Overdue that it is open and was due before the date.
	Open, Overdue bool
	// Event set it.
	Event domain.EventNo
}

// MilestoneReadiness is where a milestone stands on the date.
type MilestoneReadiness struct {
	domain.Milestone
	Reached, Overdue bool
	Events           []domain.EventNo
}

// Readiness tells how ready transfers are. It refuses with domain.UnknownTransfer, domain.UnknownFunction or
// domain.UnknownOrganisation for what is not known, and with domain.InvalidArgument for a position not reached yet.
func (v *Views) Readiness(q ReadinessQuery) (ReadinessPage, error) {
	a, err := v.resolveFilter(q.AsOf, Filter{Functions: q.Functions, Organisations: q.Organisations})
	if err != nil {
		return ReadinessPage{}, err
	}
	page, bodies, err := v.readinessPage(q, a)
	if err == nil && q.After == "" && q.Transfer == "" {
		page.WithoutReceiver, err = v.withoutReceiver(a, q.Functions, bodies)
	}
	return page, err
}

// readinessPage returns a page without functions that have no receiver, and the bodies asked about.
func (v *Views) readinessPage(q ReadinessQuery, a domain.AsOf) (ReadinessPage, map[domain.OrganisationCode]bool, error) {
	page := ReadinessPage{AsOf: a}
	v.mu.RLock()
	defer v.mu.RUnlock()
	if _, ok := v.transfers.Get(q.Transfer, a.Known); q.Transfer != "" && !ok {
		return page, nil, v.unknownTransfer(q.Transfer, a.Known)
	}
	if _, ok := v.plans.byID[q.After]; q.After != "" && !ok {
		return page, nil, v.unknownTransfer(q.After, a.Known)
	}
	g := &agenda{views: v, asOf: a}
	bodies := g.bodies(q.Organisations)
	stages, shown := make(map[domain.TransferState]int), map[domain.TransferID]bool{}
	begun := q.After == ""
	for _, id := range v.plans.order {
		if t, ok := g.transfer(id); ok && q.lets(t, bodies) && (q.Transfer != "" || g.isAhead(t)) {
			stages[t.State]++
			shown[id] = true
			switch {
			case !begun || page.Next != "":
			case q.Limit > 0 && len(page.Transfers) == q.Limit:
				page.Next = page.Transfers[q.Limit-1].ID
			default:
				page.Transfers = append(page.Transfers, g.readiness(t))
			}
		}
		begun = begun || id == q.After
	}
	page.Stages, page.Packages = stageCounts(stages), g.packagesOf(shown)
	return page, bodies, nil
}

// bodies returns the bodies asked for: a region stands for the bodies that belong to it on the date, too. None is all.
func (g *agenda) bodies(codes []domain.OrganisationCode) map[domain.OrganisationCode]bool {
	if len(codes) == 0 {
		return nil
	}
	set := map[domain.OrganisationCode]bool{}
	for _, code := range codes {
		set[code] = true
	}
	for _, body := range g.views.organisations.Bodies(g.asOf.Known) {
		if region, ok := g.views.organisations.RegionOf(body.Code, g.asOf); ok && set[region] && body.IsOpen(g.asOf) {
			set[body.Code] = true
		}
	}
	return set
}

func (q *ReadinessQuery) lets(t domain.Transfer, bodies map[domain.OrganisationCode]bool) bool {
	return (q.Transfer == "" || t.ID == q.Transfer) &&
		(len(q.Functions) == 0 || slices.Contains(q.Functions, t.Subject.Function)) &&
		(bodies == nil || takesPart(t, bodies))
}

// takesPart tells whether one of some bodies sends, receives or decides a transfer.
func takesPart(t domain.Transfer, bodies map[domain.OrganisationCode]bool) bool {
	return bodies[t.Sender] ||
		slices.ContainsFunc(t.Moves, func(m domain.Move) bool { return bodies[m.Receiver] }) ||
		slices.ContainsFunc(t.Gateways, func(g domain.Gateway) bool { return bodies[g.Decider] })
}

// isAhead tells whether a transfer has something left to do on the date.
func (g *agenda) isAhead(t domain.Transfer) bool {
	return t.State != domain.StateCompleted || t.CompletedOn > g.asOf.On || len(g.tasksOf(t)) > 0
}

func (g *agenda) readiness(t domain.Transfer) Readiness {
	r := Readiness{
		TransferView: g.views.transferView(t, g.asOf.Known), Sender: g.rated(t, domain.PartySender),
		Receiver: g.rated(t, domain.PartyReceiver), Tasks: g.tasksOf(t),
	}
	for _, gateway := range t.Gateways {
		r.Gateways = append(r.Gateways, GatewayReadiness{gateway, t.Passed(gateway)})
	}
	for _, c := range t.Conditions {
		r.Conditions = append(r.Conditions, ConditionReadiness{c, isOpen(c), isOpen(c) && c.DueOn < g.asOf.On, setBy(t, c)})
	}
	for _, m := range t.Milestones {
		reached := g.isReached(m)
		overdue := !reached && m.PlannedOn != 0 && m.PlannedOn < g.asOf.On
		r.Milestones = append(r.Milestones, MilestoneReadiness{m, reached, overdue, g.milestoneEvents(t.ID, m)})
	}
	for _, risk := range g.views.risks.All(g.asOf.Known) {
		if risk.Transfer == t.ID && !risk.Closed {
			r.Risks = append(r.Risks, risk)
		}
	}
	slices.SortStableFunc(r.Risks, func(x, y domain.Risk) int { return cmp.Compare(y.Score(), x.Score()) })
	for _, p := range g.packages(t.ID) {
		r.Packages = append(r.Packages, p.ID)
	}
	return r
}

// DueQuery asks what is due. Empty fields limit nothing.
type DueQuery struct {
	AsOf domain.AsOf
	// Days is how many days ahead to look: what is due later is left out. What is overdue, and what has no date, is in.
	Days int
	// Organisations limits the answer to what these bodies have to do. A region stands for the bodies that belong to it
	// on the date, too.
	Organisations []domain.OrganisationCode
	Functions     []domain.FunctionCode
	// Skip is how many tasks the pages before had; Limit is the most of a page, 0 for no limit.
	Skip, Limit int
}

// DuePage is a page of tasks by date; those without one come last.
type DuePage struct {
	AsOf  domain.AsOf
	Tasks []Task
	// Next is how many tasks this page and those before it had, 0 when this is the last.
	Next int
}

// Due tells what is due, and who has to act. It refuses as Readiness does.
func (v *Views) Due(q DueQuery) (DuePage, error) {
	a, err := v.resolveFilter(q.AsOf, Filter{Functions: q.Functions, Organisations: q.Organisations})
	if err != nil {
		return DuePage{}, err
	}
	v.mu.RLock()
	defer v.mu.RUnlock()
	g := &agenda{views: v, asOf: a}
	bodies := g.bodies(q.Organisations)
	tasks := slices.DeleteFunc(g.all(), func(t Task) bool {
		return t.DueOn > a.On.AddDays(q.Days) || bodies != nil && !bodies[t.Organisation] ||
			len(q.Functions) > 0 && !slices.Contains(q.Functions, t.Function)
	})
	page := DuePage{AsOf: a, Tasks: tasks[min(max(q.Skip, 0), len(tasks)):]}
	if q.Limit > 0 && len(page.Tasks) > q.Limit {
		page.Tasks, page.Next = page.Tasks[:q.Limit], q.Skip+q.Limit
	}
	return page, nil
}

// transferOf returns the transfer that a task is about, "" for another thing.
func (t *Task) transferOf() domain.TransferID {
	id, ok := strings.CutPrefix(t.Entity, "transfer/")
	if !ok {
		return ""
	}
	return domain.TransferID(id)
}
