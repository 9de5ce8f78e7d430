package projections

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/remit-register/remit/domain"
)

// isDecision tells whether a task is a decision to take.
func isDecision(t Task) bool {
	return t.Kind == TaskDecide || t.Kind == TaskAccept || t.Kind == TaskSecond || t.Kind == TaskChoose
}

// isOurs tells whether a task is about what the paper's bodies have to do, or about a transfer in which they take part.
func (p *paperwork) isOurs(t Task) bool {
	if p.bodies[t.Organisation] {
		return true
	}
	transfer, ok := p.transfer(t.transferOf())
	return ok && takesPart(transfer, p.bodies)
}

// taskLines says what is to be done, and by whom: once where one body has the same to do for several transfers of a
// package.
func (p *paperwork) taskLines(lets func(Task) bool) []PaperLine {
	p.views.mu.RLock()
	defer p.views.mu.RUnlock()
	var groups [][]Task
	first := map[sharedTask]int{}
	for _, t := range p.all() {
		if !lets(t) || !p.isOurs(t) {
			continue
		}
		if share, shares := sharedBy(t); shares {
			if i, again := first[share]; again {
				groups[i] = append(groups[i], t)
				continue
			}
			first[share] = len(groups)
		}
		groups = append(groups, []Task{t})
	}
	lines := make([]PaperLine, 0, len(groups))
	for _, group := range groups {
		lines = append(lines, p.taskLine(group))
	}
	return lines
}

// sharedTask is what tasks about the transfers of one package have in common where they are the same thing to do.
type sharedTask struct {
	of    string
	kind  TaskKind
	item  string
	dueOn domain.Date
	by    domain.OrganisationCode
	role  domain.ActorRole
}

// sharedBy tells whether a task may be the same as those of other transfers of a package; conditions are each its own.
func sharedBy(t Task) (sharedTask, bool) {
	own := t.Package == "" || t.Kind == TaskEvidence || t.Kind == TaskDischarge
	return sharedTask{t.Package, t.Kind, t.Item, t.DueOn, t.Organisation, t.Role}, !own
}

// taskLine says what is to be done about one thing, or about several transfers of one package.
func (p *paperwork) taskLine(group []Task) PaperLine {
	t := group[0]
	due := "no date"
	switch {
	case t.Overdue:
		due = "overdue since " + t.DueOn.String()
	case t.DueOn != 0:
		due = "due " + t.DueOn.String()
	}
	what, entities, events := t.Message, t.Entity, slices.Clone(t.Events)
	if len(group) > 1 {
		in, _ := p.views.packages.Get(t.Package, p.asOf.Known)
		what += fmt.Sprintf(", and the same for %d more of the package %s (package/%s)", len(group)-1, in.Name, in.ID)
	}
	for _, other := range group[1:] {
		entities += ", " + other.Entity
		events = append(events, other.Events...)
	}
	return PaperLine{
		Text: fmt.Sprintf("%s: %s (%s, %s %s)", due, what, entities, p.named(t.Organisation), t.Role), Events: sortedEvents(events),
	}
}

func (p *paperwork) decisions() (PaperSection, error) {
	return PaperSection{
		Kind: SectionDecisions, Title: "Decisions to take", Lines: p.taskLines(isDecision), Empty: "None is waiting.",
	}, nil
}

func (p *paperwork) due() (PaperSection, error) {
	last := p.asOf.On.AddDays(p.query.Days)
	return PaperSection{
		Kind: SectionDue, Title: fmt.Sprintf("Due by %s", last), Empty: "Nothing is due.",
		Lines: p.taskLines(func(t Task) bool { return !isDecision(t) && t.DueOn != 0 && t.DueOn <= last }),
	}, nil
}

// gaps says what is incoherent at the bodies, and what plans will open and close. Which planned dates have passed is
// told by the data date and not by the day on which the paper is made.
func (p *paperwork) gaps() (PaperSection, error) {
	section := PaperSection{Kind: SectionGaps, Title: "Gaps, open and opening", Empty: "None is known."}
	found, err := p.views.Coherence(CoherenceQuery{
		AsOf: p.asOf, Until: p.paper.Until, Today: p.asOf.On, Organisations: p.codes(), Severity: SeverityMedium,
	})
	if err != nil {
		return section, err
	}
	for _, f := range found.Findings {
		when := "open since "
		if f.IsPlanned() || f.Since > p.asOf.On {
			when = "opens on "
		}
		text := fmt.Sprintf("%s, %s, %s%s: %s %s", strings.ReplaceAll(string(f.Kind), "_", " "), f.Severity, when, f.Since, f.Message, f.Remedy)
		text += effects(" Opened by ", f.OpenedBy)
		if f.ClosesOn != 0 {
			text += effects(" Closed from "+f.ClosesOn.String()+" by ", f.ClosedBy)
		}
		section.Lines = append(section.Lines, PaperLine{text, f.CauseEvents})
	}
	return section, nil
}

func effects(says string, list []PlannedEffect) string {
	if len(list) == 0 {
		return ""
	}
	var texts []string
	for _, e := range list {
		texts = append(texts, fmt.Sprintf("transfer/%s (%s) on %s", e.Transfer, e.State, e.EffectiveOn))
	}
	return says + joinAnd(texts) + "."
}

// codes are the paper's bodies, with those for which a region stands, sorted.
func (p *paperwork) codes() []domain.OrganisationCode {
	return slices.Sorted(maps.Keys(p.bodies))
}

// changes says what changed since the paper before: whom the register now knows to have held what on the earlier date,
// what changed from date to date, and where transfers stand now.
func (p *paperwork) changes() (PaperSection, error) {
	section := PaperSection{Kind: SectionChanges, Title: "Changes since the paper before", Empty: "Nothing changed."}
	if !p.hasSince() {
		section.Empty = "No paper before was named."
		return section, nil
	}
	since := domain.AsOf{On: p.query.Since.On, Known: p.asOf.Known}
	ours := Filter{Organisations: p.codes()}
	// What was learned about the earlier date in several steps counts as one: only what stands now is of use.
	learned, err := p.views.learnedAbout(ours, p.query.Since, since)
	if err != nil {
		return section, err
	}
	var all []*mapChange
	add := func(said string, changes []Difference) {
		for _, d := range changes {
			before := heldBy(d.Before)
			if before == heldBy(d.After) {
				before = "the same, with other particulars"
			}
			all = append(all, &mapChange{
				what: said + ": " + heldBy(d.After) + ", before " + before, subjects: []string{d.Remit.Subject.String()},
				roles: []domain.Role{d.Remit.Role}, footprints: []domain.FootprintCode{d.Remit.Footprint}, events: d.CauseEvents,
			})
		}
	}
	add("learned about "+since.On.String(), slices.DeleteFunc(learned, p.isToldByItsDate))
	err = p.views.Steps(StepsQuery{From: since, To: p.asOf, Filter: ours}, func(s Step) bool {
		add("from "+s.AsOf.On.String(), s.Changes)
		return true
	})
	section.Lines = append(changeLines(all), p.stageLines()...)
	return section, err
}

// isToldByItsDate tells whether a difference is only that what is held ends by the data date: the change of that date is
// told besides.
func (p *paperwork) isToldByItsDate(d Difference) bool {
	return slices.EqualFunc(d.Before, d.After, func(was, is Entry) bool {
		return was.Held == is.Held && (was.To == is.To || is.To != 0 && is.To <= p.asOf.On)
	})
}

// mapChange is a change of holders that many remits have in common.
type mapChange struct {
	what       string
	subjects   []string
	roles      []domain.Role
	footprints []domain.FootprintCode
	events     []domain.EventNo
}

// changeLines says what has the same change once: first over footprints, then over roles, then over functions.
func changeLines(all []*mapChange) []PaperLine {
	all = joined(all, func(c *mapChange) string { return fmt.Sprint(c.what, c.subjects, c.roles) },
		func(c, x *mapChange) { c.footprints = append(c.footprints, x.footprints...) })
	for _, c := range all {
		slices.Sort(c.footprints)
	}
	all = joined(all, func(c *mapChange) string { return fmt.Sprint(c.what, c.subjects, c.footprints) },
		func(c, x *mapChange) { c.roles = append(c.roles, x.roles...) })
	all = joined(all, func(c *mapChange) string { return fmt.Sprint(c.what, c.roles, c.footprints) },
		func(c, x *mapChange) { c.subjects = append(c.subjects, x.subjects...) })
	lines := make([]PaperLine, 0, len(all))
	for _, c := range all {
		text := fmt.Sprintf("%s: %s of %s in %s", c.what, joinAnd(c.roles), joinAnd(c.subjects), joinAnd(slices.Compact(c.footprints)))
		lines = append(lines, PaperLine{text, sortedEvents(slices.Clone(c.events))})
	}
	return lines
}

// joined takes together what has one key, in the place of the first.
func joined(all []*mapChange, key func(*mapChange) string, add func(c, x *mapChange)) []*mapChange {
	first := map[string]*mapChange{}
	var list []*mapChange
	for _, x := range all {
		c, ok := first[key(x)]
		if !ok {
			first[key(x)] = x
			list = append(list, x)
			continue
		}
		add(c, x)
		c.events = slices.Concat(c.events, x.events)
	}
	return list
}

// heldBy writes who holds a remit, with the dates between which they do.
func heldBy(entries []Entry) string {
	var holders []string
	for _, e := range entries {
		text := string(e.Holder)
		if e.Undetermined {
			text = "undetermined"
		}
		if e.ActingThrough != "" {
			text += " through " + string(e.ActingThrough)
		}
		if e.Instrument != "" {
			text += " under " + string(e.Instrument)
		}
		text += " since " + e.From.String()
		if e.To != 0 {
			text += " until " + e.To.String()
		}
		holders = append(holders, text)
	}
	if len(holders) == 0 {
		return "nobody"
	}
	return joinAnd(holders)
}

// stageLines says which transfers stand elsewhere than at the paper before.
func (p *paperwork) stageLines() []PaperLine {
	p.views.mu.RLock()
	defer p.views.mu.RUnlock()
	var lines []PaperLine
	for _, id := range p.views.plans.order {
		now, ok := p.views.transfers.Get(id, p.asOf.Known)
		before, was := p.views.transfers.Get(id, p.query.Since.Known)
		if !ok || !takesPart(now, p.bodies) || was && before.State == now.State {
			continue
		}
		stood := "not recorded"
		if was {
			stood = string(before.State)
		}
		var events []domain.EventNo
		for _, no := range p.views.events.about("transfer/"+string(id), p.asOf.Known) {
			if domain.EventNo(no) > p.query.Since.Known {
				events = append(events, domain.EventNo(no))
			}
		}
		lines = append(lines, PaperLine{fmt.Sprintf("transfer/%s of %s from %s to %s: %s, before %s",
			id, p.title(now.Subject.Function), p.named(now.Sender), p.receivers(now), now.State, stood), events})
	}
	return lines
}

// riskSection lists the open risks of the bodies, and those of transfers in which they take part, the gravest first.
func (p *paperwork) riskSection() (PaperSection, error) {
	section := PaperSection{Kind: SectionRisks, Title: "Risks", Empty: "No risk is open."}
	p.views.mu.RLock()
	defer p.views.mu.RUnlock()
	risks := slices.DeleteFunc(p.views.risks.All(p.asOf.Known), func(r domain.Risk) bool {
		t, _ := p.views.transfers.Get(r.Transfer, p.asOf.Known)
		return r.Closed || !p.bodies[r.Owner] && !takesPart(t, p.bodies)
	})
	slices.SortStableFunc(risks, func(x, y domain.Risk) int { return cmp.Compare(y.Score(), x.Score()) })
	for _, r := range risks {
		text := fmt.Sprintf("score %d (likelihood %d, impact %d): risk/%s, owned by %s", r.Score(), r.Likelihood, r.Impact, r.ID, p.named(r.Owner))
		if r.Transfer != "" {
			text += ", of transfer/" + string(r.Transfer)
		}
		if r.ReviewOn != 0 {
			text += ", to be reviewed on " + r.ReviewOn.String()
		}
		var events []domain.EventNo
		for _, no := range p.views.events.about("risk/"+r.ID, p.asOf.Known) {
			events = append(events, domain.EventNo(no))
		}
		section.Lines = append(section.Lines, PaperLine{text, events})
	}
	return section, nil
}

func sortedEvents(events []domain.EventNo) []domain.EventNo {
	slices.Sort(events)
	return slices.Compact(events)
}
