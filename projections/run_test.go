package projections_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
)

func smallJournal(t testing.TB) *journal {
	t.Helper()
	j := newJournal()
	on := date(t, "2022-07-01")
	j.commit(established("X24", domain.TierNational, on), established("QNQ", domain.TierICB, on))
	j.commit(domain.FunctionDefined{Code: "eprr", Details: domain.FunctionDetails{FootprintKind: domain.KindLocation}})
	j.commit(domain.FootprintOpened{Code: "06H", Kind: domain.KindLocation, EffectiveOn: on},
		domain.CoverageChanged{Footprints: []domain.FootprintCode{"06H"}, Organisation: "QNQ", EffectiveOn: on})
	j.commit(allocated("eprr", on, domain.Holding{Holder: "QNQ"}, []domain.FootprintCode{"06H"}, domain.RoleAccountable))
	return j
}

func TestApplyRefusesWhatDoesNotContinueTheLog(t *testing.T) {
	j := smallJournal(t)
	broken := func(change func(events []domain.Event)) []domain.Event {
		events := append([]domain.Event(nil), j.events...)
		change(events)
		return events
	}
	cases := map[string][]domain.Event{
		"a gap":                        j.events[2:],
		"half a transaction":           j.events[:1],
		"a transaction without start":  broken(func(e []domain.Event) { e[0].Index = 1 }),
		"an event out of its order":    broken(func(e []domain.Event) { e[3].No = 3 }),
		"two transactions in one":      broken(func(e []domain.Event) { e[1].TransactionID = "other" }),
		"an event without a fact":      broken(func(e []domain.Event) { e[2].Fact = nil }),
		"a transaction that is bigger": broken(func(e []domain.Event) { e[1].Count = 3 }),
	}
	for name, events := range cases {
		t.Run(name, func(t *testing.T) {
			v := projections.New(now)
			if err := v.Apply(events); err == nil {
				t.Fatal("Apply accepted it")
			}
			if v.Position() != 0 {
				t.Fatalf("position %d after a refusal", v.Position())
			}
			if err := v.Apply(j.events); err != nil {
				t.Fatalf("the views do not go on after a refusal: %v", err)
			}
		})
	}
}

// strangeFact is of a type that this version does not know.
type strangeFact struct{}

func (strangeFact) FactType() string       { return "Strange" }
func (strangeFact) Entity() string         { return "strange/1" }
func (strangeFact) Effective() domain.Date { return 0 }

func TestUnknownFactStopsTheViews(t *testing.T) {
	j := smallJournal(t)
	v := j.views(t)
	before := v.Position()
	j.commit(established("QXX", domain.TierICB, date(t, "2022-07-01")), strangeFact{})
	if err := v.Apply(j.events[before:]); err == nil {
		t.Fatal("Apply accepted an unknown fact")
	}
	if v.Position() != before {
		t.Fatalf("position %d, want %d: half a transaction must not show", v.Position(), before)
	}
	if _, _, err := v.Organisation("QXX", domain.Now(date(t, "2026-01-01"))); err == nil {
		t.Fatal("half a transaction shows")
	}
	if err := v.Apply(j.events[before:]); err == nil {
		t.Fatal("Apply went on after an unknown fact")
	}
}

func TestRunFollowsAndWaitForSeesIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := smallJournal(t)
		v := projections.New(now)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- v.Run(ctx, j) }()

		if err := v.WaitFor(ctx, domain.EventNo(len(j.events))); err != nil {
			t.Fatal(err)
		}
		waited := make(chan error, 2)
		next := v.Position() + 1
		go func() { waited <- v.WaitFor(ctx, next) }()
		go func() { waited <- v.WaitFor(ctx, next+100) }()
		synctest.Wait()
		if len(waited) != 0 {
			t.Fatal("WaitFor returned before its position was reached")
		}
		j.commit(established("QYG", domain.TierICB, 1))
		if err := <-waited; err != nil {
			t.Fatal(err)
		}
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Fatalf("Run returned %v", err)
		}
		if err := <-waited; !errors.Is(err, context.Canceled) && !errors.Is(err, projections.ErrStopped) {
			t.Fatalf("WaitFor returned %v", err)
		}
		if err := v.WaitFor(t.Context(), next+100); !errors.Is(err, projections.ErrStopped) {
			t.Fatalf("WaitFor returned %v after the end", err)
		}
		if err := v.WaitFor(t.Context(), next); err != nil {
			t.Fatalf("WaitFor for what is reached returned %v after the end", err)
		}
	})
}

func TestWaitForIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := smallJournal(t).views(t)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := v.WaitFor(ctx, v.Position()+1); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("WaitFor returned %v", err)
		}
	})
}

func TestRunReportsWhatStoppedIt(t *testing.T) {
	j := smallJournal(t)
	j.commit(strangeFact{})
	v := projections.New(now)
	if err := v.Run(t.Context(), j); err == nil {
		t.Fatal("Run went on after an unknown fact")
	}
	if err := v.WaitFor(t.Context(), 100); !errors.Is(err, projections.ErrStopped) {
		t.Fatalf("WaitFor returned %v", err)
	}
}

func TestKnownAtResolvesToCompletedTransactions(t *testing.T) {
	j := smallJournal(t)
	v := j.views(t)
	second := j.events[2]
	cases := []struct {
		at   time.Time
		want domain.EventNo
	}{
		{j.events[0].RecordedAt.Add(-time.Second), 0},
		{j.events[0].RecordedAt, 2},
		{second.RecordedAt.Add(-time.Nanosecond), 2},
		{second.RecordedAt, 3},
		{now(), v.Position()},
	}
	for _, c := range cases {
		got, err := v.ResolveKnown(c.at)
		if err != nil || got != c.want {
			t.Errorf("known at %v: got %d, %v, want %d", c.at, got, err, c.want)
		}
		if got > 0 && v.RecordedAt(got).After(c.at) {
			t.Errorf("known at %v: event %d was recorded at %v", c.at, got, v.RecordedAt(got))
		}
	}
	_, err := v.ResolveKnown(now().Add(time.Second))
	wantRefusal(t, err, domain.InvalidArgument)
}

func TestPositionsResolveToCompletedTransactions(t *testing.T) {
	v := smallJournal(t).views(t)
	for asked, want := range map[domain.EventNo]domain.EventNo{0: 0, 1: 0, 2: 2, 3: 3, 4: 3, 5: 5, domain.Latest: 6} {
		got, err := v.ResolvePosition(asked)
		if err != nil || got != want {
			t.Errorf("position %d: got %d, %v, want %d", asked, got, err, want)
		}
	}
	_, err := v.ResolvePosition(7)
	wantRefusal(t, err, domain.InvalidArgument)
	_, err = v.Map(projections.MapQuery{AsOf: domain.AsOf{On: 1, Known: 7}})
	wantRefusal(t, err, domain.InvalidArgument)
}

// TestReadersAndApply is for the race detector: every query runs while transactions are applied, and answers that are
// pinned stay as they are.
func TestReadersAndApply(t *testing.T) {
	j := smallJournal(t)
	v := j.views(t)
	pinned := domain.AsOf{On: date(t, "2026-01-01"), Known: v.Position()}
	want, err := v.Digest(pinned)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	group.Go(func() { _ = v.Run(ctx, j) })
	const writes = 200
	for range 4 {
		group.Go(func() {
			for v.Position() < pinned.Known+writes {
				askEverything(t, v, pinned)
				if got, err := v.Digest(pinned); err != nil || got != want {
					t.Errorf("the pinned digest became %v, %v", got, err)
				}
			}
		})
	}
	for i := range writes {
		holder := domain.OrganisationCode([]string{"QNQ", "X24"}[i%2])
		j.commit(allocated("eprr", date(t, "2023-01-01").AddDays(i), domain.Holding{Holder: holder},
			[]domain.FootprintCode{"06H"}, domain.Roles()...))
	}
	if err := v.WaitFor(ctx, pinned.Known+writes); err != nil {
		t.Error(err)
	}
	cancel()
	group.Wait()
}

func askEverything(t *testing.T, v *projections.Views, pinned domain.AsOf) {
	latest := domain.Now(pinned.On)
	_, holders := v.WhoHolds(projections.HoldersQuery{Function: "eprr", Footprint: domain.England, AsOf: latest})
	_, wholeMap := v.Map(projections.MapQuery{AsOf: latest})
	_, history := v.History(projections.HistoryQuery{Function: "eprr", AsOf: latest})
	_, comparison := v.Compare(projections.CompareQuery{From: pinned, To: latest})
	_, changes := v.Changes(projections.ChangesQuery{After: pinned.Known})
	_, organisations := v.Organisations(projections.OrganisationQuery{AsOf: latest})
	_, footprints := v.Footprints(projections.FootprintQuery{AsOf: latest})
	_, events := v.Events(projections.EventQuery{Entity: "function/eprr"})
	_, transfers := v.Transfers(projections.TransferQuery{Known: domain.Latest})
	_, findings := v.Coherence(projections.CoherenceQuery{AsOf: latest, Until: pinned.On.AddDays(5)})
	_, costs := v.Envelope(projections.EnvelopeQuery{AsOf: latest})
	_, shift := v.Shift(projections.ShiftQuery{From: pinned.On - 200, Until: pinned.On, Known: domain.Latest})
	_, waiting := v.Awaiting(projections.AwaitingQuery{Known: domain.Latest})
	if err := errors.Join(holders, wholeMap, history, comparison, changes, organisations, footprints, events, transfers,
		findings, costs, shift, waiting); err != nil {
		t.Error(err)
	}
}
