package reference

import (
	"errors"
	"maps"
	"regexp"
	"slices"
	"testing"

	"github.com/remit-register/remit/domain"
)

func stepsOf(t *testing.T, until domain.Date) []Step {
	t.Helper()
	steps, err := Steps(until)
	if err != nil {
		t.Fatal(err)
	}
	return steps
}

// later stands for the id of a transfer that an earlier step made.
func later(string) (domain.TransferID, error) { return "01J00000000000000000000000", nil }

func TestStepsAreTheSameEveryTime(t *testing.T) {
	first, second := stepsOf(t, 0), stepsOf(t, 0)
	if len(first) != len(second) {
		t.Fatalf("%d steps, then %d", len(first), len(second))
	}
	for i := range first {
		if first[i].CommandID != second[i].CommandID || first[i].Key != second[i].Key {
			t.Fatalf("step %d is %q, then %q", i, first[i].Key, second[i].Key)
		}
	}
}

func TestStepsHaveIDsOfTheirOwn(t *testing.T) {
	version5 := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	ids, keys := map[string]string{}, map[string]bool{}
	for _, step := range stepsOf(t, 0) {
		if !version5.MatchString(step.CommandID) {
			t.Errorf("%s: %q is no UUID of version 5", step.Key, step.CommandID)
		}
		if other, taken := ids[step.CommandID]; taken {
			t.Errorf("%q and %q have one id", step.Key, other)
		}
		if keys[step.Key] {
			t.Errorf("two steps are called %q", step.Key)
		}
		ids[step.CommandID], keys[step.Key] = step.Key, true
	}
}

// The ids are remembered by every register that was ever loaded: a change here makes them take the same facts for new
// ones. A step whose content is corrected gets another id, and belongs in the change log.
func TestIDsNeverChange(t *testing.T) {
	want := map[string]string{
		"register nhsa2006-s65z5":        "3727f473-d1d1-5971-877b-fe85df5926af",
		"define eprr":                    "0fa93af6-4233-5186-aed4-88b6cf48bfad",
		"establish RDU 1992-04-01":       "b38488e2-4813-5de4-85fb-1af8ed01346c",
		"move RDU to QNQ 2022-07-01":     "b397d118-c626-56fa-aa26-b4c7bc1247e2",
		"reorganise rvj-2026 2026-07-01": "08a39944-be12-50fc-b797-7b473ac59fb4",
		"plan H07 of vaccination-screening exercising,delivering,funding 2026-04-01": "f465e225-275f-5755-8cfb-3f8747c4a74b",
	}
	found := 0
	for _, step := range stepsOf(t, 0) {
		id, ok := want[step.Key]
		if !ok {
			continue
		}
		found++
		if step.CommandID != id {
			t.Errorf("%q has the id %q, want %q", step.Key, step.CommandID, id)
		}
	}
	if found != len(want) {
		t.Errorf("%d of the %d steps are there", found, len(want))
	}
}

func TestStepsAreInOrder(t *testing.T) {
	previous, latest := Step{}, domain.Date(0)
	for _, step := range stepsOf(t, 0) {
		switch {
		case previous.Plan && !step.Plan:
			t.Errorf("%q comes after a plan", step.Key)
		case !step.Plan && step.EffectiveOn != 0 && step.EffectiveOn < latest:
			t.Errorf("%q comes after %q", step.Key, previous.Key)
		}
		previous, latest = step, max(latest, step.EffectiveOn)
	}
}

func TestUntilIsTheBeginningOfTheWhole(t *testing.T) {
	all := stepsOf(t, 0)
	for _, until := range []domain.Date{
		domain.NewDate(1980, 1, 1), domain.NewDate(2015, 1, 1), domain.NewDate(2022, 6, 30), domain.NewDate(2022, 7, 1), domain.NewDate(2026, 3, 31),
		domain.NewDate(2026, 4, 1), domain.NewDate(2026, 11, 21), domain.NewDate(2099, 1, 1),
	} {
		some := stepsOf(t, until)
		for i, step := range some {
			if step.Plan || step.EffectiveOn > until || step.CommandID != all[i].CommandID {
				t.Errorf("until %s: step %d is %q, of the whole load %q", until, i, step.Key, all[i].Key)
			}
		}
		if next := all[len(some)]; !next.Plan && next.EffectiveOn != 0 && next.EffectiveOn <= until {
			t.Errorf("until %s: %q is missing", until, next.Key)
		}
	}
}

func TestReplacementsWaitForWhatTheyReplace(t *testing.T) {
	done := map[string]bool{}
	replacements := 0
	for _, step := range stepsOf(t, 0) {
		waited := ""
		command, err := step.Command(func(id string) (domain.TransferID, error) {
			waited = id
			return "01J0000000000000000000000X", nil
		})
		if err != nil || waited != step.After {
			t.Errorf("%s: waited for %q, says that it comes after %q; error %v", step.Key, waited, step.After, err)
		}
		if replace, ok := command.(domain.ReplacePlan); ok {
			replacements++
			if !done[step.After] || replace.TransferID != "01J0000000000000000000000X" {
				t.Errorf("%s: replaces transfer %q of step %q", step.Key, replace.TransferID, step.After)
			}
		}
		done[step.CommandID] = true
	}
	if replacements != 2 {
		t.Errorf("%d plans replace another, want 2", replacements)
	}
}

func TestCommandTellsWhyItCannotBeMade(t *testing.T) {
	lost := errors.New("lost")
	for _, step := range stepsOf(t, 0) {
		_, err := step.Command(func(string) (domain.TransferID, error) { return "", lost })
		if (step.After != "") != errors.Is(err, lost) {
			t.Errorf("%s: error %v", step.Key, err)
		}
	}
}

func TestLoadIsNotTooLong(t *testing.T) {
	count := map[string]int{}
	steps := stepsOf(t, 0)
	for _, step := range steps {
		command, err := step.Command(later)
		if err != nil {
			t.Fatal(err)
		}
		count[command.Method()]++
	}
	for _, method := range slices.Sorted(maps.Keys(count)) {
		t.Logf("%5d %s", count[method], method)
	}
	t.Logf("%5d in all", len(steps))
	if len(steps) > 3000 {
		t.Errorf("%d steps: are there commands that could be one?", len(steps))
	}
}
