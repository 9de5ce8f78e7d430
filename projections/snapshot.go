package projections

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync/atomic"

	"github.com/remit-register/remit/domain"
)

// generation tells which of the maps that share cells may change one in place.
type generation uint32

// generations counts those that were given out. Maps that share nothing have generation 0.
var generations atomic.Uint32 //nolint:gochecknoglobals // a number is given out once, whoever asks

func nextGeneration() generation { return generation(generations.Add(1)) }

// Copy returns a copy of the register as the views show it, given the write model as it was then or before, which belongs
// to the copy from then on. The two share what they know until either changes it, so that a copy costs little time, and
// memory only for what changes afterwards. While it is made the views take no new events, and answer as before. The source
// is where they have their events from.
func (v *Views) Copy(ctx context.Context, source Source, state *domain.State) (*Copy, error) {
	c, err := v.copyWith(state)
	if err != nil {
		return nil, fmt.Errorf("copy the register: %w", err)
	}
	shown := func(*domain.Event) error { return nil }
	if err := c.follow(ctx, source, c.Position(), shown); err != nil {
		return nil, err
	}
	return c, nil
}

// copyWith returns a copy whose state may be behind it.
func (v *Views) copyWith(state *domain.State) (*Copy, error) {
	v.feeding.Lock()
	defer v.feeding.Unlock()
	if v.broken != nil {
		return nil, v.broken
	}
	if position := v.position(); state.Last() > position {
		return nil, fmt.Errorf("the write model is of event %d, and the views show %d", state.Last(), position)
	}
	return newCopy(&Views{now: v.now, log: v.log, state: v.copy()}, state), nil
}

// Copy returns a copy of the copy, as cheap as that of the views. Nothing may be being tried on it.
func (c *Copy) Copy() *Copy {
	return newCopy(&Views{now: c.now, log: c.log, state: c.copy()}, c.State.Copy())
}

// copy returns a state that shares what it holds: without that which the domain folds, which newCopy adds. Who calls it
// sees to it that nobody changes the state meanwhile. Others may ask: the only thing that changes is what they do not look
// at, to whom cells belong.
func (v *state) copy() state {
	return state{events: v.events.copy(), holdings: v.holdings.copy(), plans: v.plans.copy()}
}

// wholeCopy returns a copy of all that the views show, which nobody changes.
func (v *Views) wholeCopy() (state, error) {
	v.feeding.Lock()
	defer v.feeding.Unlock()
	if v.broken != nil {
		return state{}, v.broken
	}
	folded := (&domain.State{
		Organisations: *v.organisations, Functions: *v.functions, Instruments: *v.instruments, Transfers: *v.transfers,
		Delegations: *v.delegations, Interventions: *v.interventions, Claims: *v.claims, Risks: *v.risks,
		Frameworks: *v.frameworks, Packages: *v.packages, Committees: *v.committees, Programme: *v.programme,
		Seconds: *v.seconds, Epochs: *v.epochs, Erasures: *v.erasures,
	}).Snapshot()
	c := v.copy()
	c.organisations, c.functions, c.instruments = &folded.Organisations, &folded.Functions, &folded.Instruments
	c.transfers, c.delegations, c.interventions = &folded.Transfers, &folded.Delegations, &folded.Interventions
	c.claims, c.risks, c.frameworks, c.packages = &folded.Claims, &folded.Risks, &folded.Frameworks, &folded.Packages
	c.committees, c.programme, c.seconds = &folded.Committees, &folded.Programme, &folded.Seconds
	c.epochs, c.erasures = &folded.Epochs, &folded.Erasures
	return c, nil
}

// copy returns a map that shares its cells with this one, until either changes them.
func (m *functionMap) copy() *functionMap {
	c := *m
	c.values = m.values.copy()
	c.byPlace, c.names = maps.Clone(m.byPlace), maps.Clone(m.names)
	c.all, c.byBody = m.all.Copy(), make(map[domain.OrganisationCode]*cellTree, len(m.byBody))
	for body, tree := range m.byBody {
		c.byBody[body] = tree.Copy()
	}
	m.generation, c.generation = nextGeneration(), nextGeneration()
	return &c
}

// own puts cells of the map's own in the place of those that it shares with others, for all parts of a function in a
// footprint: each leads to the next.
func (m *functionMap) own(at place) {
	var before *cell
	for c := m.byPlace[at]; c != nil; c = c.next {
		if c.generation != m.generation {
			c = c.clone(m.generation)
			if before == nil {
				m.byPlace[at] = c
			} else {
				before.next = c
			}
			m.all.Set(c)
			for _, body := range c.bodies {
				m.byBody[body].Set(c)
			}
		}
		before = c
	}
}

// clone returns a cell that shares nothing that changes.
func (c *cell) clone(by generation) *cell {
	clone := *c
	clone.generation, clone.lines, clone.bodies = by, cloneLines(c.lines), slices.Clip(c.bodies)
	return &clone
}

func cloneLines(lines []line) []line {
	clones := slices.Clone(lines)
	for i := range clones {
		clones[i].points = slices.Clone(clones[i].points)
		if past := clones[i].past; past != nil {
			clones[i].past = &pastEpochs{start: past.start, epochs: slices.Clone(past.epochs)}
		}
	}
	return clones
}

// copy returns a table of its own.
func (t *valueTable) copy() valueTable {
	c := *t
	c.sets, c.single, c.joint = slices.Clip(t.sets), maps.Clone(t.single), maps.Clone(t.joint)
	return c
}

// copy returns an index that shares its lists up to their ends, where each goes on by itself.
func (x *eventIndex) copy() eventIndex {
	return eventIndex{
		count: x.count, ends: x.ends.copy(), late: x.late.copy(), recorded: x.recorded.copy(), effective: x.effective.copy(),
		entity: x.entity.copy(), kind: x.kind.copy(),
		entities: slices.Clip(x.entities), entityIDs: maps.Clone(x.entityIDs), byEntity: clipped(x.byEntity),
		kinds: slices.Clip(x.kinds), kindIDs: maps.Clone(x.kindIDs), byKind: clipped(x.byKind),
		kindChanges: slices.Clip(x.kindChanges), facts: maps.Clone(x.facts), also: slices.Clip(x.also),
	}
}

// clipped returns a list of the same lists without room to grow into, which is another's.
func clipped[T any](lists [][]T) [][]T {
	clips := make([][]T, len(lists))
	for i, list := range lists {
		clips[i] = slices.Clip(list)
	}
	return clips
}

func clippedMap[K comparable, T any](lists map[K][]T) map[K][]T {
	clips := make(map[K][]T, len(lists))
	for k, list := range lists {
		clips[k] = slices.Clip(list)
	}
	return clips
}

// copy returns a column that shares all chunks but the last one, in which elements may still change.
func (c *column[T]) copy() column[T] {
	chunks := slices.Clone(c.chunks)
	if last := len(chunks) - 1; last >= 0 {
		chunks[last] = slices.Clone(chunks[last])
	}
	return column[T]{chunks}
}

// copy returns an index that shares what is in its lists.
func (x *transferIndex) copy() *transferIndex {
	return &transferIndex{
		order: slices.Clip(x.order), byID: maps.Clone(x.byID), byFunction: clippedMap(x.byFunction),
		carriedOutBy: clippedMap(x.carriedOutBy), resulting: slices.Clip(x.resulting), until: slices.Clone(x.until),
	}
}
