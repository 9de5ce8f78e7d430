package domain

import (
	"cmp"
	"fmt"
	"slices"
)

// Awaiting is a command that waits for a second person.
type Awaiting struct {
	ID      string
	Command Command
	// Person is the first person, Reason the reason given.
	Person string
	Actor  Actor
	Reason Text
	Event  EventNo
	// Settled is the event that gave or declined the second, 0 while it waits.
	Settled EventNo
}

// Seconds is the register of commands that wait for a second person.
type Seconds struct {
	byID table[string, Awaiting]
}

// NewSeconds returns an empty register of waiting commands.
func NewSeconds() *Seconds {
	s := &Seconds{}
	s.init(nil)
	return s
}

func (s *Seconds) init(undo *undoLog) { s.byID.init(undo) }

// Apply folds an event and tells whether it was about a second person.
func (s *Seconds) Apply(e *Event) bool {
	switch f := e.Fact.(type) {
	case SecondAwaited:
		s.byID.set(f.ID, Awaiting{
			ID: f.ID, Command: f.Command, Person: e.Actor.Person(), Actor: e.Actor, Reason: e.Reason, Event: e.No,
		})
	case SecondGiven:
		s.settle(f.ID, e.No)
	case SecondDeclined:
		s.settle(f.ID, e.No)
	default:
		return false
	}
	return true
}

func (s *Seconds) settle(id string, no EventNo) {
	a := s.byID.m[id]
	a.Settled = no
	s.byID.set(id, a)
}

// Waiting returns what waits as known, in the order of the commands.
func (s *Seconds) Waiting(known EventNo) []Awaiting {
	var waiting []Awaiting
	for id := range s.byID.keys() {
		if a := s.byID.m[id]; a.Event <= known && (a.Settled == 0 || a.Settled > known) {
			waiting = append(waiting, a)
		}
	}
	slices.SortFunc(waiting, func(x, y Awaiting) int { return cmp.Compare(x.Event, y.Event) })
	return waiting
}

// needsSecond tells whether a command takes effect only once a second person agrees: baselines, occurrences,
// corrections, reorganisations and erasures.
func needsSecond(cmd Command) bool {
	switch c := cmd.(type) {
	case AllocateFunction, RecordOccurrence, Correct, Reorganise, ErasePersonalData:
		return true
	case ImportMap:
		return c.Kind == ImportBaselines
	}
	return false
}

// await keeps a command that the rules accept for a second person.
func (d *decision) await(cmd Command) {
	if allocation, ok := cmd.(AllocateFunction); ok && d.ok() {
		d.checkRivals(allocation)
	}
	if c, ok := cmd.(ImportMap); ok {
		if d.ok() {
			d.awaitLines(c)
		}
		return
	}
	if d.ok() {
		d.facts = []Fact{SecondAwaited{ID: d.meta.ID, Command: cmd}}
	}
}

// checkRivals keeps two baselines of the same sole remit from waiting side by side: whoever comes first is decided on
// first (invariant 1).
func (d *decision) checkRivals(c AllocateFunction) {
	fn, _ := d.s.Functions.Get(c.Function, Latest)
	isSole := func(role Role) bool {
		return slices.Contains(c.Roles, role) && fn.Details.RuleOf(role) != RuleConcurrent
	}
	footprints := d.allocated(fn, c)
	for _, waiting := range d.s.Seconds.Waiting(Latest) {
		for _, rival := range d.allocations(waiting.Command) {
			if rival.Function != c.Function || rival.Part != c.Part || !slices.ContainsFunc(rival.Roles, isSole) {
				continue
			}
			for _, footprint := range d.allocated(fn, rival) {
				if slices.Contains(footprints, footprint) {
					d.refuse(RemitAlreadyHeld, fmt.Sprintf("An allocation of %s in %s to %s waits for a second person.", c.Function, footprint, rival.Holder),
						"Have it seconded or declined first.", "function", string(c.Function), "awaiting", waiting.ID)
					return
				}
			}
		}
	}
}

// allocations are the baselines that a waiting command asks for.
func (d *decision) allocations(cmd Command) []AllocateFunction {
	switch c := cmd.(type) {
	case AllocateFunction:
		return []AllocateFunction{c}
	case ImportMap:
		var all []AllocateFunction
		for _, line := range d.s.Imports.Lines(c.ImportID) {
			all = append(all, line.allocation(line.Footprints, line.Roles))
		}
		return all
	}
	return nil
}

// allocated returns the footprints that a baseline is about.
func (d *decision) allocated(fn Function, c AllocateFunction) []FootprintCode {
	if len(c.Footprints) == 0 {
		return d.expand(fn, []FootprintCode{FootprintCode(c.Holder)}, c.EffectiveOn)
	}
	return d.expand(fn, c.Footprints, c.EffectiveOn)
}

// Second is the second person's word on a command that waits.
type Second struct {
	AwaitingID string `json:"awaitingId,omitempty"`
	// Decline says no; the first person may take the command back so.
	Decline bool `json:"decline,omitempty"`
}

// Method is the command's name.
func (Second) Method() string { return "Second" }

// involved is what the waiting command is about: whoever may give that may agree to it.
func (c Second) involved(d *decision) (involved, *Refusal) {
	a, ok := d.s.Seconds.byID.m[c.AwaitingID]
	if !ok {
		return involved{}, Refuse(UnknownSecond, fmt.Sprintf("Nothing with the id %q waits for a second person.", c.AwaitingID),
			"List what waits to find its id.", "awaiting", c.AwaitingID)
	}
	x, refusal := a.Command.involved(d)
	x.as = cmp.Or(x.as, a.Command.Method())
	return x, refusal
}

// decide lets a waiting command take effect, if the rules still accept it.
func (c Second) decide(d *decision) {
	a := d.s.Seconds.byID.m[c.AwaitingID]
	if a.Settled != 0 {
		d.refuse(WrongState, "It is settled already.", "Nothing is left to do.", "awaiting", a.ID)
		return
	}
	if c.Decline {
		d.emit(SecondDeclined{ID: a.ID})
		return
	}
	if d.person() == a.Person {
		d.refuse(SecondPersonRequired, "The person who gave the command cannot second it.",
			"Have somebody else with the right agree.", "awaiting", a.ID)
		return
	}
	if d.meta.Reason.IsEmpty() {
		d.meta.Reason = a.Reason
	}
	d.emitNow(SecondGiven{ID: a.ID})
	a.Command.decide(d)
}
