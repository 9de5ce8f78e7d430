package main

import (
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/projections"
)

// TestRestartTakesOverACheckpoint stops and starts a register: it starts from what it left behind, unless that is
// damaged, and answers the same either way.
func TestRestartTakesOverACheckpoint(t *testing.T) {
	cfg := eventstore.Config{Dir: t.TempDir(), Clock: time.Now, Logger: slog.New(slog.DiscardHandler)}
	open := func() *register {
		r, err := openRegister(t.Context(), cfg, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.caughtUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		return r
	}
	first := open()
	for _, request := range benchSetup() {
		if _, err := first.store.Submit(t.Context(), request); err != nil {
			t.Fatal(err)
		}
	}
	if err := first.caughtUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	position := first.views.Position()
	want, err := first.views.Digest(domain.Now(benchDate))
	if err != nil || want.Holdings == 0 {
		t.Fatalf("%+v, %v", want, err)
	}
	if err := first.close(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		damage   func(path string, data []byte) error
		restored domain.EventNo
	}{
		{func(string, []byte) error { return nil }, position},
		{func(path string, data []byte) error {
			data[len(data)/2] ^= 1
			return os.WriteFile(path, data, 0o600)
		}, 0},
		{func(string, []byte) error { return nil }, position},
	} {
		paths, err := filepath.Glob(filepath.Join(cfg.Dir, "views", "*"))
		if err != nil || len(paths) == 0 {
			t.Fatalf("checkpoints are %v (%v)", paths, err)
		}
		newest := slices.Max(paths)
		data, err := os.ReadFile(newest)
		if err == nil {
			err = c.damage(newest, data)
		}
		if err != nil {
			t.Fatal(err)
		}
		again := open()
		if s := again.views.Status(); s.Restored != c.restored || s.Position != position {
			t.Errorf("restored from %d at %d, not from %d", s.Restored, s.Position, c.restored)
		}
		if got, err := again.views.Digest(domain.Now(benchDate)); err != nil || got != want {
			t.Errorf("afterwards the map is %+v (%v), not %+v", got, err, want)
		}
		if _, err := again.views.Events(projections.EventQuery{}); err != nil {
			t.Errorf("the events cannot be read back: %v", err)
		}
		if err := again.close(); err != nil {
			t.Fatal(err)
		}
	}
}
