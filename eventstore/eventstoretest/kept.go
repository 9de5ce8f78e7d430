package eventstoretest

import (
	"io/fs"
	"os"
	"testing"
	"testing/fstest"

	"github.com/remit-register/remit/eventstore"
)

// Kept is the data directory of a store that was stopped, in memory: what takes long to record is recorded once, and each
// test begins with a copy of its own.
type Kept struct {
	files fstest.MapFS
}

// Keep stops a store on an embedded server, and keeps its directory.
func (h *Harness) Keep(t testing.TB) *Kept {
	t.Helper()
	if err := h.Stop(t); err != nil {
		t.Fatalf("stop the store: %v", err)
	}
	k := &Kept{files: fstest.MapFS{}}
	from := os.DirFS(h.Config.Dir)
	if err := fs.WalkDir(from, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || path == "." {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		file := &fstest.MapFile{Mode: info.Mode(), ModTime: info.ModTime()}
		if !entry.IsDir() {
			file.Data, err = fs.ReadFile(from, path)
		}
		k.files[path] = file
		return err
	}); err != nil {
		t.Fatalf("keep the store's directory: %v", err)
	}
	return k
}

// Copied is the option of New that begins with a copy of what was kept.
func (k *Kept) Copied(t testing.TB) func(*eventstore.Config) {
	t.Helper()
	return func(c *eventstore.Config) {
		if err := os.CopyFS(c.Dir, k.files); err != nil {
			t.Fatalf("copy what was kept: %v", err)
		}
	}
}
