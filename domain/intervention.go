package domain

import (
	"cmp"
	"fmt"
	"slices"
)

// Intervention is a body above stepping in.
type Intervention struct {
	InterventionRecorded
	// EndedOn is the date from which it is over, zero while it goes on.
	EndedOn Date
	// Undetermined says that a party ended and nobody knows who followed it.
	Undetermined bool
	Revision     uint64
}

// Interventions is the register of interventions.
type Interventions struct {
	byID table[string, Versions[Intervention]]
}

// NewInterventions returns an empty register of interventions.
func NewInterventions() *Interventions {
	i := &Interventions{}
	i.init(nil)
	return i
}

func (i *Interventions) init(undo *undoLog) { i.byID.init(undo) }

// Get returns an intervention as known.
func (i *Interventions) Get(id string, known EventNo) (Intervention, bool) {
	return i.byID.m[id].At(known)
}

// All returns all interventions as known, by id: in the order of their recording.
func (i *Interventions) All(known EventNo) []Intervention {
	return sortedVersions(i.byID, known, func(a, b Intervention) int { return cmp.Compare(a.ID, b.ID) })
}

// Apply folds an event and tells whether it was about an intervention.
func (i *Interventions) Apply(e *Event) bool {
	switch f := e.Fact.(type) {
	case InterventionRecorded:
		i.byID.set(f.ID, i.byID.m[f.ID].With(e.No, Intervention{InterventionRecorded: f, Revision: 1}))
	case InterventionEnded:
		x, _ := i.byID.m[f.ID].Latest()
		x.EndedOn = f.EffectiveOn
		x.Revision++
		i.byID.set(f.ID, i.byID.m[f.ID].With(e.No, x))
	case MatterDisposed:
		if f.Matter.Kind != MatterIntervention {
			return false
		}
		x, _ := i.byID.m[f.Matter.ID].Latest()
		x.disposed(f)
		x.Revision++
		i.byID.set(f.Matter.ID, i.byID.m[f.Matter.ID].With(e.No, x))
	default:
		return false
	}
	return true
}

func (c RecordIntervention) involved(*decision) (involved, *Refusal) { return about(AsBody, c.In), nil }

func (c EndIntervention) involved(d *decision) (involved, *Refusal) {
	x, refusal := d.intervention(c.InterventionID)
	return about(AsBody, x.In), refusal
}

func (d *decision) intervention(id string) (Intervention, *Refusal) {
	x, ok := d.s.Interventions.Get(id, Latest)
	if !ok {
		return x, Refuse(UnknownIntervention, fmt.Sprintf("There is no intervention with the id %q.", id),
			"List the events of type InterventionRecorded to find its id.", "intervention", id)
	}
	return x, nil
}

// decide records an intervention. Only a takeover moves anything: the exercise of the functions named.
func (c RecordIntervention) decide(d *decision) {
	by, byKnown := d.body(c.By, "by")
	in, inKnown := d.body(c.In, "in")
	d.takesEffect(c.EffectiveOn, "effectiveOn")
	c.checkForm(d)
	if !byKnown || !inKnown || !d.isOpen(by, c.EffectiveOn) || !d.isOpen(in, c.EffectiveOn) {
		return
	}
	caller := d.meta.Caller.Organisation
	orgs := &d.s.Organisations
	if !orgs.actsFor(caller, c.By, Now(c.EffectiveOn)) && !orgs.actsFor(c.By, caller, Now(c.EffectiveOn)) {
		d.invalid("by", fmt.Sprintf("The body that steps in is your own, %s, one that acts for it, or the one that it acts for.", caller))
	}
	var changes []HoldingChange
	for _, code := range c.Functions {
		fn, ok := d.function(code)
		if ok && c.Kind == InterventionTakeover {
			changes = append(changes, d.takenOver(fn, c)...)
		}
	}
	if d.ok() {
		d.emit(InterventionRecorded{
			ID: d.meta.ID, Kind: c.Kind, By: c.By, In: c.In, Functions: c.Functions, Grounds: c.Grounds, ReviewOn: c.ReviewOn,
			EffectiveOn: c.EffectiveOn, Instrument: c.Instrument, Changes: changes,
		})
	}
}

func (c RecordIntervention) checkForm(d *decision) {
	if !slices.Contains(InterventionKinds(), c.Kind) {
		d.invalid("kind", "The kind is one of: "+listed(InterventionKinds())+".")
	}
	if c.By == c.In {
		d.invalid("in", "A body does not intervene in itself.")
	}
	if c.Grounds.IsEmpty() {
		d.invalid("grounds", "An intervention needs its grounds.")
	}
	if c.ReviewOn <= c.EffectiveOn {
		d.invalid("reviewOn", "An intervention needs a date of review after it begins.")
	}
	if c.Kind == InterventionTakeover && len(c.Functions) == 0 {
		d.invalid("functions", "Name the functions that are taken over.")
	}
	powers := c.Kind == InterventionTakeover || c.Kind == InterventionDirection
	if powers && c.Instrument == "" {
		d.refuse(InstrumentRequired, fmt.Sprintf("A %s rests on a power.", c.Kind),
			"Name the instrument; register it first if it is new.", "kind", string(c.Kind))
	}
	d.knownInstrument(c.Instrument)
}

// takenOver moves what the body exercises of a function to the one that steps in. Accountability stays (invariant 3).
func (d *decision) takenOver(fn Function, c RecordIntervention) []HoldingChange {
	var changes []HoldingChange
	for _, subject := range fn.Subjects(Now(c.EffectiveOn)) {
		var footprints []FootprintCode
		for _, remit := range d.s.Holdings.Of(subject) {
			if _, ok := givenBy(d.s.Holdings.At(remit, Now(c.EffectiveOn)), c.In); ok && remit.Role == RoleExercising {
				footprints = append(footprints, remit.Footprint)
			}
		}
		if len(footprints) == 0 {
			continue
		}
		d.checkInForce(c.Instrument, footprints, c.EffectiveOn)
		changes = append(changes, d.handOver(handover{
			fn: fn, subject: subject, footprints: footprints, roles: []Role{RoleExercising}, on: c.EffectiveOn,
			from: c.In, to: c.By, relies: true,
			with: Holding{Instrument: c.Instrument, Arrangement: ArrangementID(d.meta.ID), Confidence: ConfidenceExact},
		})...)
	}
	if len(changes) == 0 && d.ok() {
		d.refuse(SenderNotHolder, fmt.Sprintf("%s exercises nothing of %s on %s.", c.In, fn.Code, c.EffectiveOn),
			"Name functions that the body exercises.", "function", string(fn.Code), "sender", string(c.In))
	}
	return changes
}

// decide ends an intervention. What a takeover took goes back to the body, or to the one that followed it.
func (c EndIntervention) decide(d *decision) {
	x, _ := d.intervention(c.InterventionID)
	d.expects(x.Revision, "The intervention")
	if x.EndedOn != 0 {
		d.refuse(WrongState, fmt.Sprintf("The intervention ended on %s.", x.EndedOn), "Nothing is left to do.", "intervention", x.ID)
	}
	d.takesEffect(c.EffectiveOn, "effectiveOn")
	if c.EffectiveOn < x.EffectiveOn {
		d.invalid("effectiveOn", fmt.Sprintf("The intervention began on %s only.", x.EffectiveOn))
	}
	if !d.ok() {
		return
	}
	changes := d.givenBack(x, c.EffectiveOn)
	if d.ok() {
		d.emit(InterventionEnded{ID: x.ID, EffectiveOn: c.EffectiveOn, Changes: changes})
	}
}

func (d *decision) givenBack(x Intervention, on Date) []HoldingChange {
	var changes []HoldingChange
	for _, code := range x.Functions {
		fn, ok := d.function(code)
		if !ok {
			continue
		}
		for _, subject := range fn.Subjects(Now(on)) {
			taken := Delegation{
				ID: ArrangementID(x.ID), Subject: subject, Delegator: x.In, Roles: []Role{RoleExercising},
				Footprints: d.footprintsOf(subject),
			}
			changes = append(changes, d.returned(fn, []Delegation{taken}, taken, on)...)
		}
	}
	return changes
}

// footprintsOf returns the footprints in which anything about a subject was ever recorded.
func (d *decision) footprintsOf(subject Subject) []FootprintCode {
	var footprints []FootprintCode
	for _, remit := range d.s.Holdings.Of(subject) {
		footprints = append(footprints, remit.Footprint)
	}
	return distinct(footprints)
}
