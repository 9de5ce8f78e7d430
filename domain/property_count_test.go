package domain

import (
	"testing"

	"pgregory.net/rapid"
)

// TestRandomCommandsAreAccepted keeps the property tests honest: a property of a command that is never accepted shows
// nothing. In so many random sequences every command of the register must be accepted. The sequences are always the
// same ones.
func TestRandomCommandsAreAccepted(t *testing.T) {
	t.Parallel()
	const sequences = 300
	accepted := map[string]int{}
	histories := rapid.Custom(func(t *rapid.T) map[string]int {
		m := newMachine(t)
		m.unwatched = true
		m.run(t, 10)
		return m.accepted
	})
	for seed := range sequences {
		for method, count := range histories.Example(seed) {
			accepted[method] += count
		}
	}
	for _, command := range allCommands() {
		if accepted[command.Method()] == 0 {
			t.Errorf("%s was never accepted in %d random sequences", command.Method(), sequences)
		}
	}
}
