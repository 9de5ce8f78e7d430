package domain

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestRegisterKeepsItsInvariants gives a small register random commands, good and bad ones, by random people on
// random dates, and checks after each of them everything that must always hold.
func TestRegisterKeepsItsInvariants(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := newMachine(t)
		for range 4 {
			t.Repeat(m.actions())
		}
		replayed, err := m.replayed()
		if err != nil {
			t.Fatal(err)
		}
		if fingerprint(replayed) != m.print {
			t.Fatal("a replay from nothing gives another register (invariant 11)")
		}
		m.checkKnown(t)
	})
}

// checkKnown compares what is known as of some of the transactions with registers that end there.
func (m *machine) checkKnown(t *rapid.T) {
	then, step := NewState(), EventNo(len(m.events)/3+1)
	for _, e := range m.events {
		if err := then.Apply(e); err != nil {
			t.Fatal(err)
		}
		if e.Index == e.Count-1 && (e.No%step == 0 || e.No == EventNo(len(m.events))) {
			compareKnown(t, "random", then, m.state, e.No)
		}
	}
}

// machine is a register under random commands.
type machine struct {
	*register
	// print is the fingerprint of the register as it is.
	print string
	// checked is the fingerprint of the register when it was last checked.
	checked string
	ids     int
	marks   []savepoint
	// accepted counts what was recorded, by the method of the command.
	accepted map[string]int
	// unwatched says that only the history is wanted: whether the register is changed by what must not change it is looked
	// at elsewhere.
	unwatched bool
}

// savepoint is a mark, and what the register was then.
type savepoint struct {
	mark   Mark
	print  string
	events int
}

func newMachine(t *rapid.T) *machine {
	m := &machine{register: newRegister(NewDate(2026, 11, 21)), accepted: map[string]int{}}
	for _, cmd := range smallWorld() {
		m.ids++
		_, err := m.give(order{caller: system(), command: cmd, id: fmt.Sprint("w", m.ids), reason: "reference register"})
		if err != nil {
			t.Fatalf("%s: %v", cmd.Method(), err)
		}
	}
	m.print = fingerprint(m.state)
	return m
}

// fingerprint is that of the register as it is, or the last one where nobody wants to know.
func (m *machine) fingerprint() string {
	if m.unwatched {
		return m.print
	}
	return fingerprint(m.state)
}

func (m *machine) actions() map[string]func(*rapid.T) {
	return map[string]func(*rapid.T){"": m.check, "step": m.step}
}

// step is a command mostly; the calendar goes on, and the register is marked and rolled back, now and then.
func (m *machine) step(t *rapid.T) {
	switch below(t, "step", 20) {
	case 0:
		m.today = m.today.AddDays(1 + below(t, "days", 90))
	case 1:
		if len(m.marks) < 3 {
			m.marks = append(m.marks, savepoint{m.state.Mark(), m.print, len(m.events)})
		}
	case 2:
		m.endMark(t)
	default:
		m.try(t, m.drawCommand(t))
	}
}

// endMark keeps what came after the last mark, or goes back to it: the register must be what it was then.
func (m *machine) endMark(t *rapid.T) {
	last, ok := lastOf(m.marks)
	if !ok {
		return
	}
	m.marks = m.marks[:len(m.marks)-1]
	if below(t, "keep", 3) > 0 {
		m.state.Release(last.mark)
		return
	}
	m.state.Rollback(last.mark)
	m.events, m.print = m.events[:last.events], m.fingerprint()
	if m.print != last.print {
		t.Fatal("rolling back did not restore the register")
	}
}

// try gives a command. Deciding changes nothing, whatever the answer; a refusal names reasons of the closed list.
func (m *machine) try(t *rapid.T, o order) {
	m.ids++
	o.id = fmt.Sprintf("t%04d", m.ids)
	_, err := m.decide(o)
	if m.fingerprint() != m.print {
		t.Fatalf("deciding %s changed the register", o.command.Method())
	}
	if err != nil {
		if problem := wellRefused(err); problem != nil {
			t.Fatalf("%s: %v", o.command.Method(), problem)
		}
		return
	}
	events, err := m.give(o)
	if err != nil {
		t.Fatalf("%s: decided, but not recorded: %v", o.command.Method(), err)
	}
	m.print = m.fingerprint()
	m.accepted[o.command.Method()]++
	for _, e := range events {
		if err := errors.Join(accountabilityStays(m.state, e), revocationStaysWithin(m.state, e)); err != nil {
			t.Fatalf("%s by %s: %v", o.command.Method(), e.Actor.Person(), err)
		}
	}
	if waits(events) && chance(t, "seconded", 80) {
		m.try(t, order{caller: person("eve", o.caller.Organisation), command: Second{AwaitingID: o.id}})
	}
}

func wellRefused(err error) error {
	refusal, ok := AsRefusal(err)
	if !ok {
		return fmt.Errorf("an error that is no refusal: %w", err)
	}
	if len(refusal.Violations) == 0 {
		return errors.New("refused for no reason")
	}
	for _, v := range refusal.Violations {
		if !slices.Contains(closedList(), v.Reason) || v.Message == "" {
			return fmt.Errorf("refused for %q: %q", v.Reason, v.Message)
		}
	}
	return nil
}

func (m *machine) check(t *rapid.T) {
	if m.checked == m.print {
		return
	}
	m.checked = m.print
	for _, err := range []error{
		soleHolders(m.state), legalHolders(m.state), oneApproved(m.state), duties(m.events), nothingLeftBehind(m.state),
		chainHolds(m.state), coverIsOpen(m.state),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
}
