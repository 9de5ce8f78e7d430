package main

import (
	"iter"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
)

// modelFiles returns the checkpoints of the write model in a data directory, and what is left of unfinished ones.
func modelFiles(t *testing.T, dir string) (whole, unfinished []string) {
	t.Helper()
	for pattern, files := range map[string]*[]string{"*.checkpoint": &whole, "*.unfinished": &unfinished} {
		found, err := filepath.Glob(filepath.Join(dir, "model", pattern))
		if err != nil {
			t.Fatal(err)
		}
		*files = found
	}
	return whole, unfinished
}

// TestKillWhileACheckpointIsWritten kills the server while it writes a checkpoint of the write model, again and again: it
// comes back with every event, from the whole journal or an older checkpoint, leaves nothing behind of the unfinished one,
// and ends with one from which it starts.
func TestKillWhileACheckpointIsWritten(t *testing.T) {
	const events = 60_000
	dir := filepath.Join(t.TempDir(), "data")
	cfg := eventstore.Config{Dir: dir, Clock: time.Now, Logger: slog.New(slog.DiscardHandler)}
	if err := eventstore.Fill(t.Context(), cfg, withNHSEngland(newScaleWork().facts(events-1)), 50); err != nil {
		t.Fatal(err)
	}
	args := []string{"--data", dir, "--empty", "--verify-at-start", "1000"}
	codes := []string{"KA", "KB", "KC", "KD"}
	cut := 0
	for round, code := range codes {
		s := launch(t, args...)
		left := s.killWhileWriting(t, dir)
		cut += len(left)
		s = launch(t, args...)
		s.mustGetReady(t)
		if _, unfinished := modelFiles(t, dir); slices.ContainsFunc(left, func(f string) bool { return slices.Contains(unfinished, f) }) {
			t.Errorf("after a restart there is still %v", left)
		}
		if no := s.establish(t, code); no != events+round+1 {
			t.Fatalf("round %d: the next event is %d", round, no)
		}
		s.kill(t)
		if err := os.RemoveAll(filepath.Join(dir, "model")); err != nil { // so that there is one to write
			t.Fatal(err)
		}
	}
	if cut == 0 {
		t.Error("no checkpoint was being written when the server was killed")
	}
	s := launch(t, args...)
	s.mustGetReady(t)
	for whole, _ := modelFiles(t, dir); len(whole) == 0; whole, _ = modelFiles(t, dir) {
		time.Sleep(time.Millisecond)
	}
	s.stop(t)
	if _, unfinished := modelFiles(t, dir); len(unfinished) > 0 {
		t.Errorf("after a stop in peace there is %v", unfinished)
	}
	s = launch(t, args...)
	s.mustGetReady(t)
	if no := s.establish(t, "LAST"); no != events+len(codes)+1 {
		t.Errorf("the last event is %d, not %d", no, events+len(codes)+1)
	}
	s.stop(t)
	if !strings.Contains(s.stderr.String(), "the write model is taken from a checkpoint") {
		t.Errorf("it did not start from a checkpoint:\n%s", s.stderr)
	}
}

// withNHSEngland begins facts with the body in whose name commands are given.
func withNHSEngland(facts iter.Seq[domain.Fact]) iter.Seq[domain.Fact] {
	return func(yield func(domain.Fact) bool) {
		if yield(domain.OrganisationEstablished{Code: "X24", Name: "NHS England", Tier: domain.TierNational, LegalPerson: true, EffectiveOn: 1}) {
			facts(yield)
		}
	}
}

// killWhileWriting kills the server a moment after it has begun to write a checkpoint, and returns what is left of that:
// nothing where it was done sooner.
func (s *server) killWhileWriting(t *testing.T, dir string) (left []string) {
	t.Helper()
	_, before := modelFiles(t, dir)
	for {
		whole, unfinished := modelFiles(t, dir)
		if len(whole) > 0 || !slices.Equal(unfinished, before) && len(unfinished) > 0 {
			break
		}
		time.Sleep(200 * time.Microsecond)
	}
	time.Sleep(rand.N(10 * time.Millisecond))
	s.kill(t)
	_, left = modelFiles(t, dir)
	return left
}
