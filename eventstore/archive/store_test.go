package archive_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/eventstore/archive"
	"github.com/remit-register/remit/eventstore/eventstoretest"
)

// fullDisk is the file system on which nothing more can be written once full is set.
type fullDisk struct {
	archive.Files
	full atomic.Bool
}

var errFull = errors.New("no space left on device")

func (f *fullDisk) WriteFile(name string, data []byte, mode fs.FileMode) error {
	if f.full.Load() {
		return errFull
	}
	return os.WriteFile(name, data, mode)
}

func (f *fullDisk) ReadFile(name string) ([]byte, error) { return os.ReadFile(name) }
func (f *fullDisk) ReadDir(string) ([]string, error)     { return nil, nil }
func (f *fullDisk) Rename(from, to string) error         { return os.Rename(from, to) }
func (f *fullDisk) SyncDir(string) error                 { return nil }
func (f *fullDisk) RemoveAll(name string) error          { return os.RemoveAll(name) }

func (f *fullDisk) Mkdir(name string, mode fs.FileMode) error { return os.Mkdir(name, mode) }

// archivedStore is a store with its archive.
func archivedStore(t *testing.T, sync bool, files archive.Files) (*eventstoretest.Harness, *archive.Archive) {
	t.Helper()
	data := t.TempDir()
	a, err := archive.New(archive.Config{Data: data, Clock: eventstoretest.Start, Sync: sync, Files: files})
	if err != nil {
		t.Fatal(err)
	}
	h := eventstoretest.New(t, func(c *eventstore.Config) {
		c.Dir, c.Trust = data, a.Open
		if sync {
			c.Archive = a.Commit
		}
	})
	t.Cleanup(func() { h.Config.Trust, h.Config.Archive = nil, nil })
	return h, a
}

// attach gives a running store without commands to its archive, and runs that.
func attach(t *testing.T, h *eventstoretest.Harness, a *archive.Archive) (stop func()) {
	t.Helper()
	if err := a.Attach(t.Context(), h.Store); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	return func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("the archive ended with %v", err)
		}
	}
}

// In sync mode a receipt comes after the checkpoint that covers it.
func TestSyncArchivesBeforeTheReceipt(t *testing.T) {
	h, a := archivedStore(t, true, nil)
	stop := attach(t, h, a)
	for i := range 300 {
		receipt := h.MustSubmit(t, eventstoretest.Request(eventstoretest.Body(fmt.Sprintf("A%d", i))))
		if size := a.Status().Checkpoint.Head.Size; size < receipt.Position {
			t.Fatalf("event %d was acknowledged, but only %d are archived", receipt.Position, size)
		}
	}
	if a.Status().Checkpoint.Head != h.Head() {
		t.Errorf("the archive has %s, the journal %s", a.Status().Checkpoint.Head, h.Head())
	}
	stop()
}

// In sync mode an archive that cannot be written ends all commands, whose outcome is known after a restart.
func TestSyncFailureMakesReadOnly(t *testing.T) {
	disk := &fullDisk{}
	h, a := archivedStore(t, true, disk)
	stop := attach(t, h, a)
	h.MustSubmit(t, eventstoretest.Request(eventstoretest.Body("A1")))
	disk.full.Store(true)
	lost := eventstoretest.Request(eventstoretest.Body("B2"))
	if _, err := h.Submit(t.Context(), lost); !errors.Is(err, eventstore.ErrReadOnly) || !errors.Is(err, eventstore.ErrNotArchived) || !errors.Is(err, errFull) {
		t.Errorf("a command that could not be archived: %v", err)
	}
	if h.Position() != 1 || h.Healthy() == nil || a.Status().Err == nil {
		t.Errorf("position %d, healthy: %v, archive: %v", h.Position(), h.Healthy(), a.Status().Err)
	}
	disk.full.Store(false)
	if _, err := h.Submit(t.Context(), eventstoretest.Request(eventstoretest.Body("C3"))); !errors.Is(err, eventstore.ErrReadOnly) {
		t.Errorf("a command after that: %v", err)
	}
	stop()
	if err := h.Stop(t); err == nil {
		t.Error("the store ended as if nothing had been")
	}
	again, err := archive.New(archive.Config{Data: h.Config.Dir, Clock: eventstoretest.Start, Sync: true, Files: disk})
	if err != nil {
		t.Fatal(err)
	}
	h.Config.Trust, h.Config.Archive = again.Open, again.Commit
	h.Start(t)
	stop = attach(t, h, again)
	defer stop()
	if receipt := h.MustSubmit(t, lost); !receipt.Replayed || receipt.Position != 2 {
		t.Errorf("sent again, it is %+v", receipt)
	}
	if size := again.Status().Checkpoint.Head.Size; size != 2 {
		t.Errorf("%d events are archived", size)
	}
}

// Without, an archive that cannot be written stops no command; it says so, and catches up when it can be written.
func TestAsyncFailureIsMadeGood(t *testing.T) {
	disk := &fullDisk{}
	h, a := archivedStore(t, false, disk)
	stop := attach(t, h, a)
	if err := a.WaitFor(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	disk.full.Store(true)
	for i := range 300 {
		h.MustSubmit(t, eventstoretest.Request(eventstoretest.Body(fmt.Sprintf("A%d", i))))
	}
	if err := a.WaitFailed(t.Context()); err != nil {
		t.Fatal(err)
	}
	if h.Healthy() != nil || a.Status().Err == nil || a.Status().Checkpoint.Head.Size >= 300 {
		t.Errorf("healthy: %v; archive: %v, at %d", h.Healthy(), a.Status().Err, a.Status().Checkpoint.Head.Size)
	}
	disk.full.Store(false)
	if err := a.WaitFor(t.Context(), 300); err != nil {
		t.Fatal(err)
	}
	if a.Status().Err != nil || a.Status().Checkpoint.Head != h.Head() {
		t.Errorf("the archive has %s, %v; the journal %s", a.Status().Checkpoint.Head, a.Status().Err, h.Head())
	}
	stop()
	if _, err := os.Stat(filepath.Join(h.Config.Dir, "archive", archive.EntriesPath(1, 44))); err != nil {
		t.Error(err)
	}
}

// A journal that lost its end, whatever else it says of itself, is refused because of what was signed.
func TestSignedHeadIsTrusted(t *testing.T) {
	h, a := archivedStore(t, false, nil)
	stop := attach(t, h, a)
	for i := range 6 {
		h.MustSubmit(t, eventstoretest.Request(eventstoretest.Body(fmt.Sprintf("A%d", i))))
	}
	if err := a.WaitFor(t.Context(), 6); err != nil {
		t.Fatal(err)
	}
	stop()
	if err := h.Stop(t); err != nil {
		t.Fatal(err)
	}
	h.Rewrite(t, func(r [][]byte) [][]byte { return r[:len(r)-1] })
	if err := os.Remove(filepath.Join(h.Config.Dir, "head")); err != nil {
		t.Fatal(err)
	}
	again, err := archive.New(archive.Config{Data: h.Config.Dir, Clock: eventstoretest.Start})
	if err != nil {
		t.Fatal(err)
	}
	config := h.Config
	config.Trust = again.Open
	if s, err := eventstore.Open(t.Context(), config); !errors.Is(err, eventstore.ErrDamaged) {
		t.Errorf("opened a journal without its end: %v", err)
		_ = s.Close()
	}
	h.Config.Dir = t.TempDir() // the harness's closing check has nothing to find
}
