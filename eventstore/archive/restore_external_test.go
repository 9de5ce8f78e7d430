package archive_test

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/eventstore/archive"
	"github.com/remit-register/remit/eventstore/eventstoretest"
)

// A register is restored to an external server with the same events and texts, and goes on there; what a server has is
// never written over, and a refusal leaves nothing behind on it.
func TestRestoreToAnExternalServer(t *testing.T) {
	r := newRegister(t, 10)
	folder := filepath.Join(t.TempDir(), "backup")
	keeping := archive.Keeping{Folder: folder, KeyFile: filepath.Join(r.data(), archive.KeyFile)}
	if _, err := archive.Keep(t.Context(), r.backup(t, 0), keeping); err != nil {
		t.Fatal(err)
	}
	older := r.older(t, 7)
	last := filepath.Join(r.data(), archive.LastFile)
	external := eventstoretest.StartServer(t)
	external.Use()(&r.h.Config)
	t.Cleanup(func() { r.h.Config.URL = "" }) // it ends before what is checked at last
	r.h.Config.Dir = t.TempDir()
	copyOne(t, last, filepath.Join(r.data(), archive.LastFile))
	copyOne(t, filepath.Join(folder, archive.KeyFile), filepath.Join(r.data(), archive.KeyFile))
	if _, err := archive.Restore(t.Context(), r.restoration(older)); !errors.Is(err, archive.ErrLoss) {
		t.Fatalf("it takes back what was signed: %v", err)
	}
	done, err := archive.Restore(t.Context(), r.restoration(folder))
	if err != nil {
		t.Fatal(err)
	}
	r.check(t, done, outcome{restored: 10, mayHave: true})

	r.h.Config.Dir = t.TempDir() // as on another machine
	if _, err := archive.Restore(t.Context(), r.restoration(folder)); !errors.Is(err, eventstore.ErrNotEmpty) {
		t.Errorf("it writes over what the server has: %v", err)
	}
}
