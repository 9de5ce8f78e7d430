package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/remit-register/remit/eventstore"
)

// openFromCheckpoints opens a register that starts from a checkpoint of its write model, however short its journal is.
func openFromCheckpoints(ctx context.Context, dir string) (*register, error) {
	o, logger := damageOptions(dir), slog.New(slog.DiscardHandler)
	o.verifyAtStart = 1
	return openRegister(ctx, o.store(time.Now, logger), o.log(time.Now, logger))
}

// TestStartFromCheckpointsOfDifferentTimes starts a register from checkpoints of the write model and of the views of which
// either may be older, or missing, and with an archive that may be behind: it answers as before, verifies all, takes
// commands, and brings the archive up to date.
func TestStartFromCheckpointsOfDifferentTimes(t *testing.T) {
	earlier, later := t.TempDir(), t.TempDir()
	dir := t.TempDir()
	var want answers
	for _, kept := range []string{earlier, later} {
		want = recordSome(t, dir)
		if err := copyRegister(kept, dir); err != nil {
			t.Fatal(err)
		}
	}
	from := map[string]string{"older": earlier, "newest": later, "missing": ""}
	for model, modelFrom := range from {
		for views, viewsFrom := range from {
			for _, archived := range []string{"older", "newest"} {
				t.Run(fmt.Sprintf("write model %s, views %s, archive %s", model, views, archived), func(t *testing.T) {
					t.Parallel()
					dir := t.TempDir()
					if err := copyRegister(dir, later); err != nil {
						t.Fatal(err)
					}
					replaceFolder(t, dir, "model", modelFrom)
					replaceFolder(t, dir, "views", viewsFrom)
					replaceFolder(t, dir, "archive", from[archived])
					startsAsBefore(t, dir, want, modelFrom != "", viewsFrom != "")
				})
			}
		}
	}
}

// recordSome records some events, closes the register, and returns what it answers.
func recordSome(t *testing.T, dir string) (said answers) {
	t.Helper()
	r, err := openFromCheckpoints(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	requests := benchSetup()
	if r.store.Position() > 0 {
		requests = nil
	}
	for range 60 {
		requests = append(requests, benchNext(0, 0))
	}
	for _, request := range requests {
		if _, err := r.store.Submit(t.Context(), request); err != nil {
			t.Fatal(err)
		}
	}
	if err := said.ask(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if err := r.close(); err != nil {
		t.Fatal(err)
	}
	return said
}

// replaceFolder puts a register's folder in the place of another's, nothing for "".
func replaceFolder(t *testing.T, dir, name, from string) {
	t.Helper()
	folder := filepath.Join(dir, name)
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	if from == "" {
		return
	}
	if err := os.CopyFS(folder, os.DirFS(filepath.Join(from, name))); err != nil {
		t.Fatal(err)
	}
}

func startsAsBefore(t *testing.T, dir string, want answers, hasModel, hasViews bool) {
	t.Helper()
	r, err := openFromCheckpoints(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if restored := r.views.Status().Restored; restored > 0 != hasViews {
		t.Errorf("the views were restored up to event %d", restored)
	}
	if taken := r.store.StartedFrom(); taken > 0 != hasModel {
		t.Errorf("the write model was taken from a checkpoint of event %d", taken)
	}
	var got answers
	if err := got.ask(t.Context(), r); err != nil || got != want {
		t.Errorf("it answers %+v (%v), not %+v", got, err, want)
	}
	for _, of := r.store.Verifying(); of > 0 && r.store.Healthy() == nil; _, of = r.store.Verifying() {
		time.Sleep(time.Millisecond)
	}
	if _, err := r.store.Submit(t.Context(), benchNext(0, 0)); err != nil {
		t.Errorf("a command: %v", err)
	}
	if err := r.close(); err != nil {
		t.Fatal(err)
	}
	if head := r.archive.Status().Checkpoint.Head; head != r.store.Head() {
		t.Errorf("the archive ends with %s, the journal with %s", head, r.store.Head())
	}
}

// TestArchiveAheadOfACheckpointedJournal puts back an older journal under the archive, and under checkpoints that are of it
// or of the one that is gone: the register does not open, as what was answered is not there.
func TestArchiveAheadOfACheckpointedJournal(t *testing.T) {
	earlier, dir := t.TempDir(), t.TempDir()
	recordSome(t, dir)
	if err := copyRegister(earlier, dir); err != nil {
		t.Fatal(err)
	}
	recordSome(t, dir)
	replaceFolder(t, dir, "nats", earlier)
	if err := os.Remove(filepath.Join(dir, "head")); err != nil { // so that only the archive knows
		t.Fatal(err)
	}
	for _, model := range []string{dir, earlier, ""} {
		if model != dir {
			replaceFolder(t, dir, "model", model)
		}
		r, err := openFromCheckpoints(t.Context(), dir)
		if !errors.Is(err, eventstore.ErrDamaged) {
			t.Errorf("with checkpoints of %q: %v", model, err)
		}
		if err == nil {
			_ = r.close()
		}
	}
}
