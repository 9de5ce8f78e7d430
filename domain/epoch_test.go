package domain

import (
	"strings"
	"testing"
	"time"
)

// root is a root of a tree, for tests.
func root() RootHash { return RootHash(strings.Repeat("ab", 32)) }

func TestEpochsAreTold(t *testing.T) {
	t.Parallel()
	r := newRegister(NewDate(2026, time.April, 1))
	give := func(c Command) {
		t.Helper()
		if _, err := r.give(order{caller: system(), command: c, id: "01", reason: "test"}); err != nil {
			t.Fatal(err)
		}
	}
	give(EstablishOrganisation{
		Code: "X24", Name: "NHS England", Tier: TierNational, Form: FormStatutoryBody, LegalPerson: true,
		EffectiveOn: NewDate(2026, time.April, 1), Source: "test",
	})
	give(BeginEpoch{RestoredSize: 1, RestoredRoot: root(), MayHaveLost: true, LostUpTo: 4})
	give(RenameOrganisation{Code: "X24", Name: "Another", EffectiveOn: NewDate(2026, time.April, 1), Source: "test"})
	mark := r.state.Mark()
	if err := r.state.Apply(Event{No: 4, Fact: EpochBegan{Epoch: 3, RestoredSize: 3}}); err != nil {
		t.Fatal(err)
	}
	for no, want := range []int{1, 1, 2, 2, 3, 3} {
		if got := r.state.Epochs.At(EventNo(no)); got != want {
			t.Errorf("event %d is in epoch %d, not %d", no, got, want)
		}
	}
	r.state.Rollback(mark)
	if all := r.state.Epochs.All(); len(all) != 1 || all[0].Event != 2 || all[0].LostUpTo != 4 || all[0].Epoch != 2 {
		t.Errorf("epochs are %+v", all)
	}
}

func TestEpochIsRefused(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]order{
		"another size":        {caller: system(), command: BeginEpoch{RestoredSize: 7, RestoredRoot: root()}},
		"no root":             {caller: system(), command: BeginEpoch{}},
		"too much unsigned":   {caller: system(), command: BeginEpoch{RestoredRoot: root(), Unsigned: 1}},
		"lost but not lost":   {caller: system(), command: BeginEpoch{RestoredRoot: root(), LostUpTo: 3}},
		"somebody's own word": {caller: person("op", "X24"), command: BeginEpoch{RestoredRoot: root()}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := InvalidArgument
			if o.caller.Subject != SystemSubject {
				want = NotAuthorised
			}
			o.id = "01"
			if _, err := newRegister(NewDate(2026, time.April, 1)).decide(o); !refusedFor(err, want) {
				t.Errorf("decided with %v", err)
			}
		})
	}
}

func refusedFor(err error, want Reason) bool {
	refusal, ok := AsRefusal(err)
	return ok && refusal.Has(want)
}
