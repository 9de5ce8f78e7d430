package domain

import (
	"fmt"
	"iter"
	"maps"
	"slices"
)

// State is the register as its rules need it: the fold of all events so far. It has one owner; nothing in it is safe
// for concurrent use. What its methods return is never changed in place, so a reader may keep it.
type State struct {
	last          EventNo
	undo          undoLog
	Organisations Organisations
	Functions     Functions
	Instruments   Instruments
	Holdings      Holdings
	Transfers     Transfers
	Delegations   Delegations
	Interventions Interventions
	Claims        Claims
	Risks         Risks
	Frameworks    Frameworks
	Packages      Packages
	Committees    Committees
	Programme     Programme
	Seconds       Seconds
	Imports       Imports
	Epochs        Epochs
	Erasures      Erasures
	rights        rightsIndex
}

// NewState returns the register before its first event.
func NewState() *State {
	s := &State{rights: newRightsIndex()}
	s.init(&s.undo)
	return s
}

// Copy returns a copy with tables of its own; what they hold is shared, as that is never changed in place. Both may go
// on to change, each under its own owner. No mark may be set.
func (s *State) Copy() *State {
	c := *s
	c.undo = undoLog{}
	c.init(&c.undo)
	c.clip()
	return &c
}

// Snapshot is Copy for who only reads the copy: it cannot be marked.
func (s *State) Snapshot() *State {
	c := *s
	c.undo = undoLog{}
	c.init(nil)
	c.clip()
	return &c
}

// clip takes the room away from lists that grow in place: another state has it.
func (s *State) clip() {
	clipLists(s.Organisations.planned)
	clipLists(s.Organisations.successions)
	clipLists(s.Organisations.footprintSuccessions)
	clipLists(s.Claims.claims)
	clipLists(s.Claims.attestations)
	clipLists(s.Programme.populations)
	clipLists(s.Programme.costs)
}

func clipLists[K comparable, V any](t table[K, []V]) {
	for k, list := range t.m {
		t.m[k] = slices.Clip(list)
	}
}

// init gives every table its map, and the undo log, nil for none.
func (s *State) init(undo *undoLog) {
	s.Organisations.init(undo)
	s.Functions.init(undo)
	s.Instruments.init(undo)
	s.Holdings.init(undo)
	s.Transfers.init(undo)
	s.Delegations.init(undo)
	s.Interventions.init(undo)
	s.Claims.init(undo)
	s.Risks.init(undo)
	s.Frameworks.init(undo)
	s.Packages.init(undo)
	s.Committees.init(undo)
	s.Programme.init(undo)
	s.Seconds.init(undo)
	s.Imports.init(undo)
	s.Epochs.init(undo)
	s.Erasures.init(undo)
}

// Last returns the number of the last event applied, 0 before the first.
func (s *State) Last() EventNo { return s.last }

// Apply folds the next event. It checks no rule: what is recorded is recorded. Its only errors are an event out of
// order and a fact of a type that this version does not know.
func (s *State) Apply(e Event) error {
	if e.No != s.last+1 {
		return fmt.Errorf("event %d does not follow event %d", e.No, s.last)
	}
	previous := s.last
	if err := s.applyFact(&e); err != nil {
		return fmt.Errorf("apply event %d: %w", e.No, err)
	}
	s.last = e.No
	if s.undo.depth > 0 {
		s.undo.push(func() { s.last = previous })
	}
	return nil
}

func (s *State) applyFact(e *Event) error {
	known := s.Organisations.Apply(e)
	known = s.Functions.Apply(e) || known
	known = s.Instruments.Apply(e) || known
	known = s.Transfers.Apply(e) || known
	known = s.Delegations.Apply(e) || known
	known = s.Interventions.Apply(e) || known
	known = s.Claims.Apply(e) || known
	known = s.Risks.Apply(e) || known
	known = s.Frameworks.Apply(e) || known
	known = s.Packages.Apply(e) || known
	known = s.Committees.Apply(e) || known
	known = s.Programme.Apply(e) || known
	known = s.Seconds.Apply(e) || known
	known = s.Imports.Apply(e) || known
	known = s.Epochs.Apply(e) || known
	known = s.Erasures.Apply(e) || known
	changes := ChangesOf(e.Fact)
	if f, ok := e.Fact.(Corrected); ok {
		s.Holdings.corrected(e.No, f)
	} else {
		s.Holdings.Apply(e.No, changes)
	}
	if !known && len(changes) == 0 {
		return fmt.Errorf("unknown fact %T", e.Fact)
	}
	return nil
}

// Mark is a point to which Rollback returns.
type Mark int

// Mark begins remembering changes so that they can be undone. Marks nest; each is ended by Rollback or Release.
func (s *State) Mark() Mark {
	s.undo.depth++
	return Mark(len(s.undo.steps))
}

// Rollback undoes everything applied since m, newest first, and ends m.
func (s *State) Rollback(m Mark) {
	for i := len(s.undo.steps) - 1; i >= int(m); i-- {
		s.undo.steps[i]()
	}
	s.undo.steps = s.undo.steps[:m]
	s.undo.depth--
}

// Release keeps everything applied since m and ends m.
func (s *State) Release(Mark) {
	s.undo.depth--
	if s.undo.depth == 0 {
		clear(s.undo.steps)
		s.undo.steps = s.undo.steps[:0]
	}
}

// undoLog remembers how to take changes back while at least one mark is set.
type undoLog struct {
	depth int
	steps []func()
}

func (u *undoLog) push(step func()) {
	if u != nil && u.depth > 0 {
		u.steps = append(u.steps, step)
	}
}

// table is a map whose changes can be undone. Its values are never changed in place.
type table[K comparable, V any] struct {
	m    map[K]V
	undo *undoLog
}

// init gives the table a map of its own, with what it holds already.
func (t *table[K, V]) init(undo *undoLog) {
	t.m, t.undo = maps.Clone(t.m), undo
	if t.m == nil {
		t.m = map[K]V{}
	}
}

func (t *table[K, V]) set(k K, v V) {
	if t.undo != nil && t.undo.depth > 0 {
		old, had := t.m[k]
		t.undo.push(func() {
			if had {
				t.m[k] = old
			} else {
				delete(t.m, k)
			}
		})
	}
	t.m[k] = v
}

// grown lengthens a list that a table keeps, in place where it has room: a long list is not copied for every event.
// What was read of it before is shorter and stays as it is; what was undone is overwritten, and nobody has it any more.
func grown[V any](list []V, v ...V) []V { return append(list, v...) }

func (t *table[K, V]) keys() iter.Seq[K] { return maps.Keys(t.m) }
