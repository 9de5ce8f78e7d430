package projections

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/remit-register/remit/domain"
)

// differences names what two states of the same events differ in: nothing, unless one of them is not what the events
// say. Nobody changes either meanwhile.
func (s *state) differences(right *state) []string {
	if s.broken != nil {
		return []string{"they were broken: " + s.broken.Error()}
	}
	var differs []string
	for _, part := range []struct {
		name string
		same bool
	}{
		{"the index of events", s.events.equal(&right.events)},
		{"organisations and footprints", sameFold(s.organisations, right.organisations)},
		{"functions", sameFold(s.functions, right.functions)},
		{"instruments", sameFold(s.instruments, right.instruments)},
		{"transfers", sameFold(s.transfers, right.transfers)},
		{"delegations", sameFold(s.delegations, right.delegations)},
		{"interventions", sameFold(s.interventions, right.interventions)},
		{"claims", sameFold(s.claims, right.claims)},
		{"risks", sameFold(s.risks, right.risks)},
		{"frameworks", sameFold(s.frameworks, right.frameworks)},
		{"packages", sameFold(s.packages, right.packages)},
		{"committees", sameFold(s.committees, right.committees)},
		{"populations, costs and plan returns", sameFold(s.programme, right.programme)},
		{"what awaits a second person", sameFold(s.seconds, right.seconds)},
		{"epochs", sameFold(s.epochs, right.epochs)},
		{"erasures", sameFold(s.erasures, right.erasures)},
		{"the index of transfers", sameFold(s.plans, right.plans)},
	} {
		if !part.same {
			differs = append(differs, part.name)
		}
	}
	if what := s.holdings.difference(right.holdings); what != "" {
		differs = append(differs, what)
	}
	return differs
}

// sameFold compares what two folds of the domain keep, to the last field.
func sameFold[T any](a, b *T) bool { return reflect.DeepEqual(a, b) }

// equal compares two indexes of events. The long columns are not left to reflection, which takes many times as long.
func (x *eventIndex) equal(y *eventIndex) bool {
	return x.count == y.count && x.ends.equal(&y.ends, equals) && x.late.equal(&y.late, equals) &&
		x.recorded.equal(&y.recorded, equals) && x.effective.equal(&y.effective, equals) &&
		x.entity.equal(&y.entity, equals) && x.kind.equal(&y.kind, equals) &&
		slices.Equal(x.entities, y.entities) && slices.EqualFunc(x.byEntity, y.byEntity, slices.Equal) &&
		slices.Equal(x.kinds, y.kinds) && slices.EqualFunc(x.byKind, y.byKind, slices.Equal) &&
		slices.Equal(x.kindChanges, y.kindChanges) && slices.Equal(x.also, y.also) &&
		reflect.DeepEqual(x.entityIDs, y.entityIDs) && reflect.DeepEqual(x.kindIDs, y.kindIDs) && reflect.DeepEqual(x.facts, y.facts)
}

func equals[T comparable](a, b T) bool { return a == b }

func (c *column[T]) equal(d *column[T], equal func(a, b T) bool) bool {
	return slices.EqualFunc(c.chunks, d.chunks, func(a, b []T) bool { return slices.EqualFunc(a, b, equal) })
}

// difference says where two maps differ first and in how many places, "" where they are the same on every date and as
// known at every position.
func (m *functionMap) difference(right *functionMap) string {
	compare := mapComparer{left: m, right: right, same: make([]valueID, len(m.values.sets))}
	var first *cell
	places := 0
	differ := func(c *cell) {
		if places++; first == nil {
			first = c
		}
	}
	left, others := packTree(m.all), packTree(right.all)
	for len(left) > 0 || len(others) > 0 {
		switch order := nextOf(left, others); {
		case order < 0:
			differ(left[0])
			left = left[1:]
		case order > 0:
			differ(others[0])
			others = others[1:]
		default:
			if !compare.sameCells(left[0], others[0]) {
				differ(left[0])
			}
			left, others = left[1:], others[1:]
		}
	}
	switch {
	case places == 1:
		return fmt.Sprintf("the map: %s in %s", first.subject.Function, first.footprint)
	case places > 1:
		return fmt.Sprintf("the map: %s in %s, and %d places more", first.subject.Function, first.footprint, places-1)
	case !m.sameIndexes(right):
		return "the indexes of the map"
	}
	return ""
}

// nextOf tells which of two lists of cells has the next one, as cmp.Compare would.
func nextOf(left, right []*cell) int {
	switch {
	case len(left) == 0:
		return 1
	case len(right) == 0:
		return -1
	}
	return compareCells(left[0], right[0])
}

// sameIndexes compares how the cells of two maps with the same cells are found.
func (m *functionMap) sameIndexes(right *functionMap) bool {
	if m.lines != right.lines || m.all.Len() != right.all.Len() || len(m.byPlace) != len(right.byPlace) || len(m.byBody) != len(right.byBody) {
		return false
	}
	for body, tree := range m.byBody {
		other := right.byBody[body]
		if other == nil || !slices.EqualFunc(packTree(tree), packTree(other), func(a, b *cell) bool { return compareCells(a, b) == 0 }) {
			return false
		}
	}
	found := true
	m.all.Scan(func(c *cell) bool {
		found = m.find(c.subject, c.footprint) == c
		return found
	})
	return found
}

// mapComparer compares the cells of two maps.
type mapComparer struct {
	left, right *functionMap
	// same has, for a value of the left map, the one of the right map that is known to be the same, nobody for none.
	same []valueID
}

func (x *mapComparer) sameCells(a, b *cell) bool {
	return a.ends == b.ends && slices.Equal(a.bodies, b.bodies) && slices.EqualFunc(a.lines, b.lines, func(a, b line) bool {
		return a.role == b.role && a.slot == b.slot && a.last == b.last && x.sameEpochs(&a, &b)
	})
}

func (x *mapComparer) sameEpochs(a, b *line) bool {
	return slices.EqualFunc(a.epochs(), b.epochs(), func(a, b epoch) bool {
		return a.start == b.start && a.shift == b.shift && a.marks == b.marks && slices.EqualFunc(a.points, b.points, x.samePoints)
	})
}

func (x *mapComparer) samePoints(a, b point) bool {
	if a.from != b.from || a.no != b.no {
		return false
	}
	if special := a.value == retracted || a.value == nobody; special || b.value == retracted || b.value == nobody {
		return a.value == b.value
	}
	if int(a.value) >= len(x.left.values.sets) {
		return false
	}
	if x.same[a.value] != b.value {
		if !slices.Equal[[]domain.Holding](x.left.values.get(a.value), x.right.values.get(b.value)) {
			return false
		}
		x.same[a.value] = b.value
	}
	return true
}
