package domain

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Corrected says that an event recorded something wrong, and what is right. Both truths can be asked for: what was
// believed until then, and what is known since.
type Corrected struct {
	// Event is the wrong one, About what it was about.
	Event EventNo
	About string
	// Withdrawn says that it never happened. Otherwise each field that is set replaces what the event said.
	Withdrawn   bool
	Holder      OrganisationCode
	Name        string
	Covering    OrganisationCode
	EffectiveOn Date
	Source      string
	Changes     []HoldingChange
}

// FactType is the fact's name.
func (Corrected) FactType() string { return "Corrected" }

// Entity is what the wrong event was about.
func (f Corrected) Entity() string { return f.About }

// Effective is the right date, where the date was wrong.
func (f Corrected) Effective() Date { return f.EffectiveOn }

// HoldingChanges returns the recorded changes.
func (f Corrected) HoldingChanges() []HoldingChange { return f.Changes }

// Correct says what is right where an event recorded something wrong: the holder, the date, the name, or who covers
// footprints. Source is required.
type Correct struct {
	Event EventNo `json:"event,omitempty"`
	// Withdraw says that it never happened.
	Withdraw bool `json:"withdraw,omitempty"`
	// Holder is the right body as named, for an event that gave remits to a body.
	Holder OrganisationCode `json:"holder,omitempty"`
	// Name is the right name, for an event that named a body.
	Name string `json:"name,omitempty"`
	// Covering is the right body, for an event that said who covers footprints.
	Covering    OrganisationCode `json:"covering,omitempty"`
	EffectiveOn Date             `json:"effectiveOn,omitempty"`
	Source      string           `json:"source,omitempty"`
}

// Method is the command's name.
func (Correct) Method() string { return "Correct" }

// decide records what is right. Later facts that rest on what was wrong are named, to be corrected first.
func (c Correct) decide(d *decision) {
	c.checkForm(d)
	wrong := d.recordedBy(c.Event)
	if len(wrong.points) == 0 && !wrong.body && !wrong.coverage && !wrong.opened {
		d.nothingToCorrect(c.Event)
		return
	}
	c.checkFits(d, wrong)
	if !d.ok() {
		return
	}
	changes := c.changes(d, wrong.points)
	if !d.ok() {
		return
	}
	d.emitNow(Corrected{
		Event: c.Event, About: wrong.about, Withdrawn: c.Withdraw, Holder: c.Holder, Name: c.Name, Covering: c.Covering,
		EffectiveOn: c.EffectiveOn, Source: c.Source, Changes: changes,
	})
	d.checkChains(changes)
	d.checkOpenings()
	d.checkCoverage()
	if wrong.body {
		d.checkRelations(OrganisationCode(strings.TrimPrefix(wrong.about, "organisation/")))
	}
}

// nothingToCorrect refuses the correction of an event that put nothing on the register, or nothing that still stands.
func (d *decision) nothingToCorrect(no EventNo) {
	number := strconv.FormatUint(uint64(no), 10)
	by := d.replacedBy(no)
	switch {
	case no == 0 || no > d.s.Last():
		d.refuse(UnknownEvent, fmt.Sprintf("There is no event %d: the last one is %d.", no, d.s.Last()),
			"Name an event by its number, as the history and the list of events show it.", "event", number)
	case by != 0:
		d.refuse(UnknownEvent, fmt.Sprintf("What event %d recorded does not stand any more: event %d put something else in its place, or took it back.", no, by),
			fmt.Sprintf("If that is wrong too, correct event %d.", by), "event", number, "replacedBy", strconv.FormatUint(uint64(by), 10))
	default:
		d.refuse(UnknownEvent, fmt.Sprintf("Event %d recorded nothing that can be corrected.", no),
			"Name the event that recorded the wrong holder, date, name or coverage.", "event", number)
	}
}

// replacedBy returns the last event that replaced what an event put on the register, 0 where it put nothing there.
func (d *decision) replacedBy(no EventNo) EventNo {
	var by EventNo
	for _, lines := range d.s.Holdings.lines.m {
		for _, line := range lines {
			by = max(by, replacing(line.Recorded(), no))
		}
	}
	for _, body := range d.s.Organisations.Bodies(Latest) {
		by = max(by, replacing(body.Name, no), replacing(body.Open, no), replacing(body.Parent, no), replacing(body.LegalParent, no))
	}
	for _, fp := range d.s.Organisations.Footprints(Latest) {
		by = max(by, replacing(fp.CoveredBy, no), replacing(fp.Open, no))
	}
	return by
}

// replacing returns the last event with a point of the same date as one of an event, 0 where there is none.
func replacing[V any](t Timeline[V], no EventNo) EventNo {
	var by EventNo
	for i, p := range t {
		for j := i + 1; p.No == no && j < len(t) && t[j].From == p.From; j++ {
			by = t[j].No
		}
	}
	return by
}

func (c Correct) checkForm(d *decision) {
	if c.Source == "" {
		d.invalid("source", "A correction needs a source.")
	}
	says := c.Holder != "" || c.Name != "" || c.Covering != "" || c.EffectiveOn != 0
	if c.Withdraw == says {
		d.invalid("withdraw", "Say what is right, or that it never happened.")
	}
	if c.EffectiveOn > d.meta.Today {
		d.refuse(NotYetEffective, fmt.Sprintf("The date %s is after today, %s.", c.EffectiveOn, d.meta.Today),
			"A fact is not dated ahead.", "effectiveOn", c.EffectiveOn.String(), "today", d.meta.Today.String())
	}
	if d.meta.Reason.IsEmpty() {
		d.invalid("reason", "A correction needs a reason.")
	}
	if c.Covering != "" {
		d.body(c.Covering, "covering")
	}
}

// checkFits checks that the event said anything of the kind that is corrected.
func (c Correct) checkFits(d *decision, wrong recorded) {
	if c.Holder != "" && len(wrong.points) == 0 {
		d.invalid("holder", "The event gave no remits to anybody.")
	}
	if c.Name != "" && !wrong.named {
		d.invalid("name", "The event named no body.")
	}
	if c.Covering != "" && !wrong.coverage {
		d.invalid("covering", "The event did not say who covers footprints.")
	}
}

// recorded is what an event put on the register, as far as it still stands.
type recorded struct {
	about    string
	points   []recordedPoint
	body     bool
	named    bool
	coverage bool
	// opened says that it opened or ended a footprint.
	opened bool
}

// recordedPoint is a point on a line of a remit.
type recordedPoint struct {
	remit Remit
	slot  OrganisationCode
	point Point[*LineValue]
	// below is what an earlier event had recorded for the same date.
	below *Point[*LineValue]
}

// recordedBy finds what an event put on the register.
func (d *decision) recordedBy(no EventNo) recorded {
	r := recorded{points: d.s.Holdings.recordedBy(no)}
	for _, p := range r.points {
		r.about = "function/" + string(p.remit.Subject.Function)
	}
	for _, body := range d.s.Organisations.Bodies(Latest) {
		named := hasPoint(body.Name, no)
		if named || hasPoint(body.Open, no) || hasPoint(body.Parent, no) || hasPoint(body.LegalParent, no) {
			r.about, r.body, r.named = "organisation/"+string(body.Code), true, named
		}
	}
	for _, fp := range d.s.Organisations.Footprints(Latest) {
		if hasPoint(fp.CoveredBy, no) {
			r.about, r.coverage = "footprint/"+string(fp.Code), true
		}
		if hasPoint(fp.Open, no) {
			r.about, r.opened = "footprint/"+string(fp.Code), true
		}
	}
	return r
}

// recordedBy finds the points of an event that still stand, in the order of their remits.
func (h *Holdings) recordedBy(no EventNo) []recordedPoint {
	var points []recordedPoint
	for remit, lines := range h.lines.m {
		for _, line := range lines {
			for i, p := range line.Points {
				if p.No == no && !p.Restores && !isReplaced(line.Points, i) {
					points = append(points, recordedPoint{remit, line.Slot, p, belowOf(line.Points, i)})
				}
			}
		}
	}
	slices.SortStableFunc(points, func(a, b recordedPoint) int { return CompareRemits(a.remit, b.remit) })
	return points
}

// isReplaced tells whether something recorded later for the same date has taken the place of a point.
func isReplaced[V any](t Timeline[V], i int) bool { return i+1 < len(t) && t[i+1].From == t[i].From }

func belowOf[V any](t Timeline[V], i int) *Point[V] {
	if i == 0 || t[i-1].From != t[i].From || t[i-1].Retracted {
		return nil
	}
	return &t[i-1]
}

func hasPoint[V any](t Timeline[V], no EventNo) bool {
	for i, p := range t {
		if p.No == no && !p.Retracted && !p.Restores && !isReplaced(t, i) {
			return true
		}
	}
	return false
}

// changes takes the wrong points back and puts the right ones.
func (c Correct) changes(d *decision, points []recordedPoint) []HoldingChange {
	var set changeSet
	for _, p := range points {
		set.add(p.undone())
	}
	if !c.Withdraw {
		for _, p := range points {
			if change, ok := c.right(d, p); ok {
				set.add(change)
			}
		}
	}
	return set.changes()
}

func (p recordedPoint) change() HoldingChange {
	return HoldingChange{
		On: p.point.From, Subjects: []Subject{p.remit.Subject}, Footprints: []FootprintCode{p.remit.Footprint},
		Roles: []Role{p.remit.Role}, Slot: p.slot,
	}
}

// undone takes a point back: what was recorded for the date before holds again, or nothing changes on it.
func (p recordedPoint) undone() HoldingChange {
	change := p.change()
	if p.below == nil {
		change.Retracts = true
		return change
	}
	v := p.below.Value
	change.Holdings, change.TakenFrom, change.Relies = v.Holdings, v.TakenFrom, v.Relies
	return change
}

// right is the point as it should have been.
func (c Correct) right(d *decision, p recordedPoint) (HoldingChange, bool) {
	change := p.change()
	change.On = cmp.Or(c.EffectiveOn, p.point.From)
	v := p.point.Value
	change.Holdings, change.TakenFrom, change.Relies = v.Holdings, v.TakenFrom, v.Relies
	if c.Holder == "" || len(v.Holdings) == 0 {
		return change, true
	}
	holder, ok := d.holder(c.Holder, p.remit.Role, change.On, "holder")
	if !ok {
		return change, false
	}
	h := v.Holdings[0]
	h.Holder, h.ActingThrough, h.Undetermined = holder.Holder, holder.ActingThrough, false
	h.Source = cmp.Or(c.Source, h.Source)
	change.Holdings = []Holding{h}
	fn, _ := d.s.Functions.Get(p.remit.Subject.Function, Latest)
	if p.slot != "" || fn.Details.RuleOf(p.remit.Role) == RuleConcurrent { // nobody's line was that of a holder unknown
		change.Slot = holder.Holder
	}
	return change, true
}

// checkChains refuses when, with the changes applied, any later change takes a remit from a body that does not hold it
// then.
func (d *decision) checkChains(changes []HoldingChange) {
	var events, what []string
	for _, change := range changes {
		for remit := range change.Remits {
			for _, line := range d.s.Holdings.Lines(remit) {
				if line.Slot != change.Slot {
					continue
				}
				for _, p := range brokenLinks(line) {
					events = append(events, strconv.FormatUint(uint64(p.No), 10))
					what = append(what, fmt.Sprintf("%s of %s in %s from %s (event %d)", remit.Role, remit.Subject, remit.Footprint, p.From, p.No))
				}
			}
		}
	}
	if len(events) > 0 {
		d.refuse(ContradictsLaterFact, fmt.Sprintf("Other recorded changes rest on what is to be corrected: %s.", firstFew(distinct(what))),
			"Correct those first.", "events", joined(distinct(events)))
	}
}

// brokenLinks returns the points of a line that rest on a holder before them who was not.
func brokenLinks(line Line) []Point[*LineValue] {
	var broken []Point[*LineValue]
	for _, p := range line.Points.Known(Latest) {
		if !p.Value.Relies {
			continue
		}
		var before []Holding
		if b, ok := line.Points.At(Now(p.From - 1)); ok {
			before = b.Value.Holdings
		}
		holds := slices.ContainsFunc(before, func(h Holding) bool { return h.Holder == p.Value.TakenFrom })
		if p.Value.TakenFrom == "" && len(before) > 0 || p.Value.TakenFrom != "" && !holds {
			broken = append(broken, p)
		}
	}
	return broken
}

// checkOpenings refuses when anything would be held on a day on which its holder, its footprint or what it is about is
// not there.
func (d *decision) checkOpenings() {
	for _, remit := range d.s.Holdings.Remits() {
		for _, line := range d.s.Holdings.Lines(remit) {
			points := line.Points.Known(Latest)
			for i, p := range points {
				var until Date
				if i+1 < len(points) {
					until = points[i+1].From
				}
				for _, h := range p.Value.Holdings {
					if missing, on := d.missing(remit, h, p.From, until); missing != "" {
						d.refuse(ContradictsLaterFact,
							fmt.Sprintf("%s would hold %s of %s in %s on %s, when %s.", cmp.Or(string(h.Holder), "Somebody"), remit.Role, remit.Subject, remit.Footprint, on, missing),
							"Correct what it holds first.", "events", strconv.FormatUint(uint64(p.No), 10))
						return
					}
				}
			}
		}
	}
}

// missing says what is not there at some time of a holding, and on which day; until zero is for ever.
func (d *decision) missing(r Remit, h Holding, from, until Date) (string, Date) {
	fn, _ := d.s.Functions.Get(r.Subject.Function, Latest)
	body, held := d.s.Organisations.Body(h.Holder, Latest)
	through, acting := d.s.Organisations.Body(h.ActingThrough, Latest)
	fp, _ := d.s.Organisations.Footprint(r.Footprint, Latest)
	owner, _ := d.s.Organisations.Body(OrganisationCode(r.Footprint), Latest) // of an own operation
	days := []Date{from}
	for _, open := range []Timeline[bool]{body.Open, through.Open, fp.Open, owner.Open} {
		for _, p := range open.Known(Latest) {
			days = append(days, p.From)
		}
	}
	for _, p := range fn.Divisions.Known(Latest) {
		days = append(days, p.From)
	}
	for _, on := range days {
		switch {
		case on < from || until != 0 && on >= until:
		case held && !body.IsOpen(Now(on)) || acting && !through.IsOpen(Now(on)):
			return "it is not open", on
		case !d.s.Organisations.FootprintOpen(fn.Details, r.Footprint, Now(on)):
			return "there is no such footprint", on
		case !slices.Contains(fn.Subjects(Now(on)), r.Subject):
			return "the function is divided otherwise", on
		}
	}
	return "", 0
}
