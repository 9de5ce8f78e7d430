package api

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/projections"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// queries answers what several questions have in common: at which point on both clocks, and from what position.
type queries struct {
	store    *eventstore.Store
	views    *projections.Views
	clock    func() time.Time
	location *time.Location
	patience time.Duration
	proofs   *proofs
}

// point is a resolved point on both clocks, with the instant to show beside its position.
type point struct {
	domain.AsOf

	knownAt time.Time
}

// today is the civil date at the register's place.
func (q *queries) today() domain.Date { return domain.DateOf(q.clock().In(q.location)) }

// resolve waits until everything up to minimum is shown and finds the point that is asked for: today, as known now,
// unless a says otherwise.
func (q *queries) resolve(ctx context.Context, a *remitv1.AsOf, minimum string) (point, error) {
	if err := q.reach(ctx, position(minimum)); err != nil {
		return point{}, err
	}
	known, knownAt, err := q.known(ctx, a)
	if err != nil {
		return point{}, err
	}
	on := date(a.GetEffectiveOn())
	if on == 0 {
		on = q.today()
	}
	if knownAt.IsZero() {
		knownAt = q.views.RecordedAt(known)
	}
	return point{domain.AsOf{On: on, Known: known}, knownAt}, nil
}

// known finds the position that is asked for, and the instant if one was.
func (q *queries) known(ctx context.Context, a *remitv1.AsOf) (domain.EventNo, time.Time, error) {
	if a.GetKnownAt() != nil {
		at := a.GetKnownAt().AsTime()
		known, err := q.knownAt(ctx, at)
		return known, at, err
	}
	asked := domain.Latest
	if a.GetKnownPosition() != "" {
		asked = position(a.GetKnownPosition())
		if err := q.reach(ctx, min(asked, q.store.Position())); err != nil {
			return 0, time.Time{}, err
		}
	}
	known, err := q.views.ResolvePosition(asked)
	if err != nil {
		return 0, time.Time{}, fmt.Errorf("resolve position %d: %w", asked, err)
	}
	return known, time.Time{}, nil
}

// knownAt finds the last transaction recorded at or before an instant. A command may have been stamped before it and
// still be on its way to disk: the store answers an empty simulation only after it.
func (q *queries) knownAt(ctx context.Context, at time.Time) (domain.EventNo, error) {
	if !at.After(q.clock()) && q.store.Healthy() == nil {
		if _, err := q.store.Simulate(ctx, []eventstore.Request{}); err != nil && !errors.Is(err, eventstore.ErrReadOnly) {
			return 0, fmt.Errorf("wait for commands on their way: %w", err)
		}
	}
	if err := q.reach(ctx, q.store.Position()); err != nil {
		return 0, err
	}
	known, err := q.views.ResolveKnown(at)
	if err != nil {
		return 0, fmt.Errorf("resolve what was known: %w", err)
	}
	return known, nil
}

// reach waits, not for long, until everything up to a position is shown.
func (q *queries) reach(ctx context.Context, wanted domain.EventNo) error {
	if wanted <= q.views.Position() {
		return nil
	}
	patient, cancel := context.WithTimeout(ctx, q.patience)
	defer cancel()
	err := q.views.WaitFor(patient, wanted)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		return domain.Refuse(NotCaughtUp, fmt.Sprintf("Event %d cannot be shown yet.", wanted),
			"Ask again in a moment, for a position that a receipt or an answer of this register gave.", "minPosition", number(wanted), "position", number(q.views.Position()))
	}
	if err != nil {
		return fmt.Errorf("wait for position %d: %w", wanted, err)
	}
	return nil
}

// message is the point as an answer says it.
func (p point) message() *remitv1.ResolvedAsOf {
	return &remitv1.ResolvedAsOf{
		EffectiveOn: p.On.String(), KnownAt: instant(p.knownAt), KnownPosition: number(p.Known),
	}
}

// position reads a position; "" is 0. Its format was checked before.
func position(text string) domain.EventNo {
	n, err := strconv.ParseUint(text, 10, 63)
	if err != nil {
		return 0
	}
	return domain.EventNo(n)
}

// date reads a date; "" is none. Its format was checked before.
func date(text string) domain.Date {
	d, err := domain.ParseDate(text)
	if err != nil {
		return 0
	}
	return d
}

func number[N ~uint64](n N) string { return strconv.FormatUint(uint64(n), 10) }

// instant writes a time; the zero time is none.
func instant(t time.Time) *timestamppb.Timestamp {
	if t.IsZero() {
		return nil
	}
	return timestamppb.New(t)
}
