package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/projections"
)

const (
	// workingCopies is how many copies of the register commands are tried on at most. They share what they know with the
	// register, as far as neither changed it since.
	workingCopies = 2
	// heldCopies is how many copies of the register as it was a while ago are held, which working copies are made from: the
	// one before the last serves who asks for a position before that.
	heldCopies = 2
	// staleAfter is how many events the last copy held may lack before there is another. To catch up with so many takes a
	// fraction of a second.
	staleAfter = 20_000
	// copyAtMost is how often the register is copied at most while nobody asks, and unusedFor how long a working copy stays
	// for who goes on asking about the past.
	copyAtMost = time.Minute
	unusedFor  = 10 * time.Minute
	// copyPatience is how long a simulation waits for the writer to give a copy of what the rules decide on, before it takes
	// an older one and catches up.
	copyPatience = 2 * time.Second
	// fewEvents is how many events a working copy catches up with rather than have another made.
	fewEvents = 1000
)

// Copies keep copies of the register as it was known at positions, on which commands are tried out. A copy is made of the
// register as it is, which takes little time however large that is; only what was known before the first one is built up
// from the journal. Make them with NewCopies.
type Copies struct {
	store  *eventstore.Store
	views  *projections.Views
	clock  func() time.Time
	logger *slog.Logger
	// turns has one token for each working copy that may be in use, making one for who copies the register.
	turns, making chan struct{}

	mu     sync.Mutex
	held   []*projections.Copy // guarded by mu: the oldest first
	idle   []idleCopy          // guarded by mu: working copies that nobody uses, the longest unused first
	mended uint64              // guarded by mu: see forgetMended
}

// idleCopy is a working copy that was used last at a time.
type idleCopy struct {
	*projections.Copy

	used time.Time
}

// NewCopies returns copies of the register, of which there are none yet.
func NewCopies(store *eventstore.Store, views *projections.Views, clock func() time.Time, logger *slog.Logger) *Copies {
	return &Copies{
		store: store, views: views, clock: clock, logger: logger,
		turns: make(chan struct{}, workingCopies), making: make(chan struct{}, 1),
	}
}

// Run copies the register as soon as it shows what is recorded, and again as it goes on, until ctx ends: so that a
// simulation as known a moment ago finds a copy, and none is held for long that shares little with the register any more.
func (c *Copies) Run(ctx context.Context) {
	for behind := domain.EventNo(1); ctx.Err() == nil; behind = staleAfter {
		err := c.views.WaitFor(ctx, c.last()+behind)
		if err == nil {
			err = c.refresh(ctx, behind)
		}
		if errors.Is(err, projections.ErrStopped) {
			return
		}
		if err != nil && ctx.Err() == nil {
			c.logger.WarnContext(ctx, "the register cannot be copied for simulations; it is tried again", slog.Any("error", err))
		}
		select {
		case <-ctx.Done():
		case <-time.After(copyAtMost):
		}
	}
}

// last returns the position of the last copy held, 0 for none.
func (c *Copies) last() domain.EventNo {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.held) == 0 {
		return 0
	}
	return c.held[len(c.held)-1].State.Last()
}

// freshen is refresh for a simulation, which goes on with an older copy where the writer has no time.
func (c *Copies) freshen(ctx context.Context) error {
	c.forgetMended()
	patient, cancel := context.WithTimeout(ctx, copyPatience)
	defer cancel()
	err := c.refresh(patient, staleAfter)
	if ctx.Err() != nil {
		return fmt.Errorf("copy the register: %w", ctx.Err())
	}
	if err != nil {
		c.logger.WarnContext(ctx, "the register cannot be copied for a simulation; an older copy serves", slog.Any("error", err))
	}
	return nil
}

// refresh copies the register, unless there is a copy that lacks fewer than so many events.
func (c *Copies) refresh(ctx context.Context, behind domain.EventNo) error {
	select {
	case c.making <- struct{}{}:
		defer func() { <-c.making }()
	case <-ctx.Done():
		return fmt.Errorf("wait for a copy that is being made: %w", ctx.Err())
	}
	if last := c.last(); last > 0 && c.views.Position() < last+behind {
		return nil
	}
	state, err := c.store.CopyModel(ctx)
	if err != nil {
		return err
	}
	if err := c.views.WaitFor(ctx, state.Last()); err != nil {
		return fmt.Errorf("wait for what is recorded: %w", err)
	}
	x, err := c.views.Copy(ctx, c.store, state)
	if err != nil {
		return err
	}
	c.hold(x)
	return nil
}

// hold keeps a copy of the register in the place of the oldest, and drops working copies that are older still and that
// nobody came back for.
func (c *Copies) hold(x *projections.Copy) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.held = append(c.held, x); len(c.held) > heldCopies {
		c.held = slices.Delete(c.held, 0, 1)
	}
	oldest, since := c.held[0].State.Last(), c.clock().Add(-unusedFor)
	c.idle = slices.DeleteFunc(c.idle, func(i idleCopy) bool { return i.State.Last() < oldest && i.used.Before(since) })
}

// forgetMended drops all copies where the views were not what they should have been: then they are not either.
func (c *Copies) forgetMended() {
	mended := c.views.Status().Mended
	c.mu.Lock()
	defer c.mu.Unlock()
	if mended != c.mended {
		c.mended, c.held, c.idle = mended, nil, nil
	}
}

// unfilled says that time was up before a copy knew everything up to a position.
type unfilled struct {
	// from is where it began this time, and done how far it came.
	from, done, known domain.EventNo
	err               error
}

func (u *unfilled) Error() string {
	return fmt.Sprintf("copy the register up to event %d: %d are done: %s", u.known, u.done, u.err)
}

func (u *unfilled) Unwrap() error { return u.err }

// take returns a copy that knows everything up to a position and belongs to the caller until put is called. When ctx
// ends while it is being filled, what it knows by then is kept for the next who asks.
func (c *Copies) take(ctx context.Context, known domain.EventNo) (*projections.Copy, error) {
	select {
	case c.turns <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for a copy of the register: %w", ctx.Err())
	}
	x := c.pick(ctx, known)
	from := x.State.Last()
	if err := x.Fill(ctx, c.store, known); err != nil {
		done := x.State.Last()
		if ctx.Err() == nil {
			x = nil
		}
		c.put(x)
		return nil, &unfilled{from, done, known, err}
	}
	return x, nil
}

// pick takes the idle copy that lacks least, or makes one of the copy held that does, in the place of the one that was not
// used for longest.
func (c *Copies) pick(ctx context.Context, known domain.EventNo) *projections.Copy {
	c.mu.Lock()
	defer c.mu.Unlock()
	idle, from := -1, (*projections.Copy)(nil)
	for i, x := range c.idle {
		if last := x.State.Last(); last <= known && (idle < 0 || last >= c.idle[idle].State.Last()) {
			idle = i
		}
	}
	for _, x := range c.held {
		if x.State.Last() <= known {
			from = x
		}
	}
	if idle >= 0 && (from == nil || c.idle[idle].State.Last()+fewEvents >= from.State.Last()) {
		x := c.idle[idle].Copy
		c.idle = slices.Delete(c.idle, idle, idle+1)
		return x
	}
	if len(c.idle)+len(c.turns) > workingCopies {
		c.idle = slices.Delete(c.idle, 0, 1)
	}
	if from != nil {
		return from.Copy()
	}
	always := context.WithoutCancel(ctx) // others will use the copy when this caller is gone
	return projections.NewCopy(c.clock, projections.LogFunc(func(from, to domain.EventNo) ([]domain.Event, error) {
		return c.store.Read(always, from, to)
	}))
}

// put gives a copy back, nil for one that is spoilt.
func (c *Copies) put(x *projections.Copy) {
	c.mu.Lock()
	if x != nil {
		c.idle = append(c.idle, idleCopy{x, c.clock()})
	}
	c.mu.Unlock()
	<-c.turns
}
