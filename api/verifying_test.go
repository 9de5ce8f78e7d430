package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/eventstore/eventstoretest"
)

// slowly is a journal from which what lies before its end is read only once it is let go.
type slowly struct {
	eventstore.Journal

	end  uint64
	gate chan struct{}
}

// Scan waits where it is asked for several records that are not the last ones.
func (j slowly) Scan(ctx context.Context, from, to uint64, each func(uint64, []byte) error) error {
	if from < to && to < j.end {
		select {
		case <-j.gate:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return j.Journal.Scan(ctx, from, to, each)
}

// fromCheckpoint returns a store that was opened from a checkpoint of its write model, which begins to verify what came
// before that when it is let go. The records are changed before it is opened.
func fromCheckpoint(t *testing.T, change func([][]byte)) (store *eventstoretest.Harness, letGo func()) {
	t.Helper()
	h := eventstoretest.New(t, func(c *eventstore.Config) {
		c.VerifyAtStart = 1
		c.Checkpoint = &eventstore.CheckpointConfig{
			Key:     func() ([]byte, error) { return []byte("the key of a test"), nil },
			Program: func() (string, error) { return "the program of a test", nil },
		}
	})
	for i := range 6 {
		h.MustSubmit(t, eventstoretest.Request(eventstoretest.Body(fmt.Sprintf("A%d", i))))
	}
	h.Restart(t)
	if _, of := h.Verifying(); of == 0 {
		t.Fatal("it was not opened from a checkpoint")
	}
	key := h.Config.Checkpoint
	h.Config.Checkpoint = nil // the one there is stays the last
	h.Restart(t)
	for i := range 2 {
		h.MustSubmit(t, eventstoretest.Request(eventstoretest.Body(fmt.Sprintf("B%d", i))))
	}
	if err := h.Stop(t); err != nil {
		t.Fatal(err)
	}
	if change != nil {
		sound := t.TempDir()
		if err := os.CopyFS(sound, os.DirFS(h.Config.Dir)); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { h.Config.Dir = sound }) // what is checked at the end
		h.Rewrite(t, func(records [][]byte) [][]byte { change(records); return records })
	}
	gate := make(chan struct{})
	h.Config.Checkpoint = key
	h.Config.WrapJournal = func(j eventstore.Journal) eventstore.Journal { return slowly{j, 8, gate} }
	h.Start(t)
	if _, of := h.Verifying(); of != 6 {
		t.Fatalf("%d events are to be verified", of)
	}
	return h, func() { close(gate) }
}

// ready asks /readyz.
func (s *server) ready(t *testing.T) (status int, reasons, warnings string) {
	t.Helper()
	response, err := http.Get(s.URL + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var said struct{ Reasons, Warnings []string }
	if err := json.NewDecoder(response.Body).Decode(&said); err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, strings.Join(said.Reasons, "\n"), strings.Join(said.Warnings, "\n")
}

// TestReadyWhileVerifying asks how the register is while what it took from a checkpoint is being verified, and afterwards.
func TestReadyWhileVerifying(t *testing.T) {
	t.Parallel()
	store, letGo := fromCheckpoint(t, nil)
	s := newServerOn(t, store)
	if status, reasons, warnings := s.ready(t); status != http.StatusOK || reasons != "" ||
		!strings.Contains(warnings, "the journal is being verified: 0 of the 6 events") || !strings.Contains(warnings, "commands are taken meanwhile") {
		t.Errorf("while it is verified: %d, %q, %q", status, reasons, warnings)
	}
	store.MustSubmit(t, eventstoretest.Request(eventstoretest.Body("C")))
	letGo()
	for _, of := store.Verifying(); of > 0; _, of = store.Verifying() {
		time.Sleep(time.Millisecond)
	}
	if status, reasons, warnings := s.ready(t); status != http.StatusOK || reasons != "" || strings.Contains(warnings, "verified") {
		t.Errorf("when it is verified: %d, %q, %q", status, reasons, warnings)
	}
}

// TestReadyWithDamageBeforeTheCheckpoint has an event from before the checkpoint be another: it is said once it is found, with
// what to do, and no more that anything is being verified; questions are answered, and commands refused.
func TestReadyWithDamageBeforeTheCheckpoint(t *testing.T) {
	t.Parallel()
	store, letGo := fromCheckpoint(t, func(records [][]byte) {
		records[2] = bytes.Replace(records[2], []byte("Body A2"), []byte("Body X2"), 1)
	})
	s := newServerOn(t, store)
	letGo()
	for store.Healthy() == nil {
		time.Sleep(time.Millisecond)
	}
	status, reasons, warnings := s.ready(t)
	if status != http.StatusServiceUnavailable || strings.Contains(warnings, "being verified") {
		t.Errorf("%d, %q, %q", status, reasons, warnings)
	}
	for _, want := range []string{"the journal is damaged", "commands are not recorded", "copy the data directory aside and restart", "how to restore"} {
		if !strings.Contains(reasons, want) {
			t.Errorf("it does not say %q: %s", want, reasons)
		}
	}
	answer := s.call(t, "registrar@A0", "OrganisationService/RenameOrganisation", object{
		"commandId": "11111111-1111-4111-8111-111111111111", "code": "A0", "name": "Late", "effectiveOn": today,
	})
	if answer.status != http.StatusServiceUnavailable {
		t.Errorf("a command: %d: %s", answer.status, answer.raw)
	}
	s.ok(t, "", "AuditService/ListEvents", object{})
}
