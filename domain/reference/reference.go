// Package reference is the reference register that comes with Remit: the organisations, footprints, functions,
// instruments and history of the NHS in England that are publicly known, as CSV files embedded in the program, and
// their load as ordinary commands in the order in which the facts took effect.
//
// The files are described in data/README.md. They hold facts, not commands: which bodies a rule such as "every ICB"
// stands for on a date is worked out here, and everything else (who holds what, whether that is allowed) by the
// domain, as for any other command.
package reference

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/remit-register/remit/domain"
)

// Reason is the reason with which every command of the load is given.
const Reason = "reference register"

// Step is one command of the load.
type Step struct {
	// CommandID is a UUID that follows from Key and the command's content alone, so that loading again, or loading on
	// from where an earlier load stopped, repeats no command.
	CommandID string
	// Key names the step for people, such as "allocate eprr accountable X24 for ENG 2022-07-01". No two steps
	// have the same.
	Key string
	// EffectiveOn is the date from which the fact holds, for a plan the date that it names. It is zero for definitions
	// (instruments and functions), which hold from their recording.
	EffectiveOn domain.Date
	// Plan says that nothing has happened yet.
	Plan bool
	// After is the command id of the earlier step to whose transfer the command refers, "" when it refers to none.
	After string

	command domain.Command
	// place is the date that orders the step among the others but plans: EffectiveOn, for a definition the day from which
	// all bodies that it names exist.
	place domain.Date
}

// Command returns the command to give. Where it refers to the transfer that an earlier step made, recorded is called
// with that step's command id and returns the transfer's id, which is that of the transaction; it may wait until the
// step is recorded. For all other steps it is not called, so that they can be given without waiting.
func (s Step) Command(recorded func(commandID string) (domain.TransferID, error)) (domain.Command, error) {
	replace, ok := s.command.(domain.ReplacePlan)
	if !ok {
		return s.command, nil
	}
	id, err := recorded(s.After)
	if err != nil {
		return nil, fmt.Errorf("find the plan that %q replaces: %w", s.Key, err)
	}
	replace.TransferID = id
	return replace, nil
}

// Steps returns the steps of the load in order: definitions as soon as the bodies that they name exist, facts in the
// order of their effective dates, plans last. With until set it returns the facts up to and including that date with
// the definitions among them, and no plans: that is the beginning of the whole load. An error means that the embedded
// files are damaged.
func Steps(until domain.Date) ([]Step, error) {
	r, err := read()
	if err != nil {
		return nil, fmt.Errorf("read the reference register: %w", err)
	}
	b := &builder{register: r}
	b.build()
	if b.err != nil {
		return nil, fmt.Errorf("build the load of the reference register: %w", b.err)
	}
	if until == 0 {
		return b.steps, nil
	}
	return slices.DeleteFunc(b.steps, func(s Step) bool { return s.Plan || s.place > until }), nil
}

// builder makes the steps. The methods that add facts may do so in any order of dates; those of one date stay in the
// order in which they were added.
type builder struct {
	*register
	steps []Step
	err   error
}

func (b *builder) build() {
	b.addBodies()
	b.addDefinitions()
	b.addReorganisations()
	b.addFootprints()
	b.addBaseline()
	b.addHistory()
	b.addPopulations()
	slices.SortStableFunc(b.steps, func(x, y Step) int { return cmp.Compare(x.place, y.place) })
	b.addPlans()
}

// define appends a definition; bodies are those that it names.
func (b *builder) define(command domain.Command, key string, bodies []domain.OrganisationCode) {
	var place domain.Date
	for _, code := range bodies {
		place = max(place, b.organisation(code).From)
	}
	b.append(Step{Key: key, command: command, place: place})
}

// add appends a fact.
func (b *builder) add(on domain.Date, command domain.Command, key string) {
	b.append(Step{Key: key + " " + on.String(), EffectiveOn: on, command: command, place: on})
}

// plan appends a plan and returns its command id.
func (b *builder) plan(on domain.Date, command domain.Command, key, after string) string {
	return b.append(Step{Key: key + " " + on.String(), EffectiveOn: on, Plan: true, After: after, command: command})
}

func (b *builder) append(s Step) string {
	id, err := commandID(s)
	if err != nil && b.err == nil {
		b.err = err
	}
	s.CommandID = id
	b.steps = append(b.steps, s)
	return id
}
