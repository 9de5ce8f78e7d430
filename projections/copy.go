package projections

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/remit-register/remit/domain"
)

// Copy is a copy of the register as it was known at a position, on which what commands would record is tried out and
// taken back: what the rules decide on, and views of the same. Both share what the domain folds, so that it is there
// once. It has one owner at a time, and nothing in it is safe for concurrent use.
type Copy struct {
	// Views answer questions about the copy, with what is being tried included.
	*Views
	// State is what the rules decide on. Who decides on it applies to it what was decided: see Show.
	State *domain.State
	// trying is nil while nothing is being tried.
	trying *trying
}

// trying is what must be taken back.
type trying struct {
	base  domain.EventNo
	mark  domain.Mark
	cells []keptCell
	steps []func()
	kept  map[*cell]bool
}

// keptCell is what a cell was before; it is new where it had no lines.
type keptCell struct {
	cell   *cell
	isNew  bool
	lines  []line
	ends   [roleCount]int32
	bodies []domain.OrganisationCode
}

// NewCopy returns a copy that knows nothing yet.
func NewCopy(now func() time.Time, log Log) *Copy {
	return newCopy(NewReading(now, log), domain.NewState())
}

// newCopy returns a copy of views and a state, which both belong to it. What the domain folds it has from the state.
func newCopy(views *Views, state *domain.State) *Copy {
	c := &Copy{Views: views, State: state}
	c.organisations, c.functions, c.instruments = &c.State.Organisations, &c.State.Functions, &c.State.Instruments
	c.transfers, c.delegations, c.interventions = &c.State.Transfers, &c.State.Delegations, &c.State.Interventions
	c.claims, c.risks, c.frameworks = &c.State.Claims, &c.State.Risks, &c.State.Frameworks
	c.packages, c.committees, c.programme = &c.State.Packages, &c.State.Committees, &c.State.Programme
	c.seconds, c.epochs, c.erasures = &c.State.Seconds, &c.State.Epochs, &c.State.Erasures
	return c
}

// errFilled ends a follower that has what it wants.
var errFilled = errors.New("filled")

// Fill lets the copy know everything up to a position: the end of a transaction that the source has. When ctx ends before,
// it knows a part of it, and can be filled further.
func (c *Copy) Fill(ctx context.Context, source Source, position domain.EventNo) error {
	return c.follow(ctx, source, position, c.show)
}

// follow applies the events up to a position to the state, and calls show with each.
func (c *Copy) follow(ctx context.Context, source Source, position domain.EventNo, show func(*domain.Event) error) error {
	if c.State.Last() >= position {
		return nil
	}
	err := source.Follow(ctx, c.State.Last(), func(events []domain.Event) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		for i := range events {
			if events[i].No > position {
				return errFilled
			}
			if err := c.State.Apply(events[i]); err != nil {
				return err
			}
			if err := show(&events[i]); err != nil {
				return fmt.Errorf("show event %d: %w", events[i].No, err)
			}
		}
		if c.State.Last() == position {
			return errFilled
		}
		return nil
	})
	if !errors.Is(err, errFilled) {
		return fmt.Errorf("fill a copy of the register up to event %d: %w", position, err)
	}
	return nil
}

// show adds an event that the state has already to the views.
func (c *Copy) show(e *domain.Event) error {
	entity := e.Fact.Entity()
	c.plans.apply(e, entity, c.transfers)
	if err := c.holdings.apply(e.No, domain.ChangesOf(e.Fact)); err != nil {
		return err
	}
	return c.events.add(e, entity)
}

// Try begins to try something out: everything from here on is taken back by Undo.
func (c *Copy) Try() {
	c.trying = &trying{base: c.State.Last(), mark: c.State.Mark(), kept: map[*cell]bool{}}
}

// Show shows a transaction that is being tried, which was applied to State before.
func (c *Copy) Show(events []domain.Event) error {
	for i := range events {
		e := &events[i]
		c.keepPlans(e)
		for _, change := range domain.ChangesOf(e.Fact) {
			c.keepCells(change)
		}
		if err := c.show(e); err != nil {
			return fmt.Errorf("show event %d on trial: %w", e.No, err)
		}
	}
	return nil
}

// keepCells notes what the cells are that a change is about to change.
func (c *Copy) keepCells(change domain.HoldingChange) {
	for _, subject := range change.Subjects {
		for _, footprint := range change.Footprints {
			x := c.holdings.cell(subject, footprint)
			if c.trying.kept[x] {
				continue
			}
			c.trying.kept[x] = true
			before := keptCell{
				cell: x, isNew: len(x.lines) == 0, lines: cloneLines(x.lines), ends: x.ends, bodies: slices.Clone(x.bodies),
			}
			c.trying.cells = append(c.trying.cells, before)
		}
	}
}

// keepPlans notes what the index of transfers says of the one that an event is about to change.
func (c *Copy) keepPlans(e *domain.Event) {
	id, ok := strings.CutPrefix(e.Fact.Entity(), "transfer/")
	if !ok {
		return
	}
	t, ok := c.transfers.Get(domain.TransferID(id), domain.Latest)
	if !ok {
		return
	}
	x := c.plans
	if f, known := x.byID[t.ID]; known {
		until := x.until[f.place]
		c.trying.steps = append(c.trying.steps, func() { x.until[f.place] = until })
		return
	}
	c.trying.steps = append(c.trying.steps, func() {
		delete(x.byID, t.ID)
		x.order, x.until = x.order[:len(x.order)-1], x.until[:len(x.until)-1]
		if n := len(x.resulting); n > 0 && x.resulting[n-1] == t.ID {
			x.resulting = x.resulting[:n-1]
		}
		for _, function := range functionsOf(t) {
			x.byFunction[function] = withoutLast(x.byFunction[function])
		}
		if t.Plan != "" {
			x.carriedOutBy[t.Plan] = withoutLast(x.carriedOutBy[t.Plan])
		}
	})
}

func withoutLast[V any](list []V) []V { return list[:max(len(list)-1, 0)] }

// Undo takes back everything since Try. The copy is then what it was.
func (c *Copy) Undo() {
	t := c.trying
	for _, step := range slices.Backward(t.steps) {
		step()
	}
	for _, kept := range slices.Backward(t.cells) {
		c.holdings.restore(kept)
	}
	c.events.truncate(t.base)
	c.State.Rollback(t.mark)
	c.trying = nil
}

// restore makes a cell what it was.
func (m *functionMap) restore(k keptCell) {
	m.lines -= len(k.cell.lines) - len(k.lines)
	for _, body := range k.cell.bodies[len(k.bodies):] {
		m.byBody[body].Delete(k.cell)
	}
	if k.isNew {
		m.unlink(k.cell)
		m.all.Delete(k.cell)
		return
	}
	k.cell.lines, k.cell.ends, k.cell.bodies = k.lines, k.ends, k.bodies
}

// truncate forgets the events after a position. The names of things that only they were about stay.
func (x *eventIndex) truncate(last domain.EventNo) {
	for no := x.last(); no > last; no-- {
		entity, kind := *x.entity.at(place0(no)), *x.kind.at(place0(no))
		x.byEntity[entity], x.byKind[kind] = withoutLast(x.byEntity[entity]), withoutLast(x.byKind[kind])
		for n := len(x.also); n > 0 && domain.EventNo(x.also[n-1].no) == no; n-- {
			also := x.also[n-1].entity
			x.byEntity[also], x.also = withoutLast(x.byEntity[also]), x.also[:n-1]
		}
		delete(x.facts, no)
		x.count--
		bit := uint64(1) << (x.count % 64)
		*x.ends.at(x.count / 64) &^= bit
		*x.late.at(x.count / 64) &^= bit
		if x.count%64 == 0 {
			x.ends.drop()
			x.late.drop()
		}
		x.recorded.drop()
		x.effective.drop()
		x.entity.drop()
		x.kind.drop()
	}
}

// drop takes the last element off.
func (c *column[T]) drop() {
	last := len(c.chunks) - 1
	c.chunks[last] = c.chunks[last][:len(c.chunks[last])-1]
	if len(c.chunks[last]) == 0 {
		c.chunks = c.chunks[:last]
	}
}
