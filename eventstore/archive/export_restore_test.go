package archive

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/remit-register/remit/eventstore"
)

// Move is a move of a restore's plan.
type Move = move

// WritePlan writes the plan of a restore into a data directory.
func WritePlan(t testing.TB, data string, done Restored, moves []Move) {
	t.Helper()
	text, err := json.Marshal(plan{Moves: moves, Done: done})
	if err == nil {
		err = os.WriteFile(filepath.Join(data, filepath.FromSlash(eventstore.RestoringFile)), text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}
