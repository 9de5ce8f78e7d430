package archive

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/remit-register/remit/eventstore"
)

// archived returns a data directory with the archive of a journal, after several checkpoints.
func archived(t *testing.T, sizes ...events) string {
	t.Helper()
	data := t.TempDir()
	if _, err := session(data, nil, sizes...); err != nil {
		t.Fatal(err)
	}
	return data
}

// Whatever happens to a file that a checkpoint covers, it is noticed, kept, and written again from the journal.
func TestDamagedFilesAreWrittenAgain(t *testing.T) {
	all := someEvents(600)
	whole := contents(t, filepath.Join(archived(t, all[:520], all[:530], all), "archive"))
	for name, change := range map[string]func([]byte) []byte{
		"flipped":   func(b []byte) []byte { b[len(b)/2] ^= 1; return b },
		"truncated": func(b []byte) []byte { return b[:len(b)-1] },
		"empty":     func([]byte) []byte { return []byte{} },
		"longer":    func(b []byte) []byte { return append(b, 0) },
		"zero":      func(b []byte) []byte { return make([]byte, len(b)) },
		"missing":   nil,
	} {
		t.Run(name, func(t *testing.T) {
			for path, data := range whole {
				dir := archived(t, all[:520], all[:530], all)
				damage(t, filepath.Join(dir, "archive", path), change)
				a := checked(t, dir, all)
				found := contents(t, a.cfg.Dir)
				earlier := strings.HasSuffix(path, ".p/8") || strings.HasSuffix(path, ".p/18")
				if !bytes.Equal(found[path], data) && !earlier {
					t.Errorf("%s was not written again", path)
				}
				if earlier && change != nil && found[path] != nil {
					t.Errorf("%s, which is wrong, is still there", path)
				}
				if want := 1; a.Status().Repaired != want && (!earlier || change != nil) {
					t.Errorf("%s: %d files were repaired", path, a.Status().Repaired)
				}
				kept, err := filepath.Glob(filepath.Join(dir, damagedFolder, "*", path))
				if err != nil || (len(kept) == 1) != (change != nil) {
					t.Errorf("%s: kept %v, %v", path, kept, err)
				}
			}
		})
	}
}

func damage(t *testing.T, path string, change func([]byte) []byte) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if change == nil {
		err = os.Remove(path)
	} else {
		err = os.WriteFile(path, change(data), logFileMode)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// checked runs an archive until every file was compared.
func checked(t *testing.T, data string, journal events) *Archive {
	t.Helper()
	a, err := New(Config{Data: data, Clock: clock, Files: quickFiles{}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Open(); err != nil {
		t.Fatal(err)
	}
	if err := a.Attach(t.Context(), journal); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	if err := errors.Join(a.WaitChecked(t.Context()), a.WaitFor(t.Context(), journal.Head().Size)); err != nil {
		t.Fatal(err)
	}
	stop()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	return a
}

func TestLostArchiveIsWrittenAgain(t *testing.T) {
	all := someEvents(600)
	data := archived(t, all[:520], all)
	before := contents(t, filepath.Join(data, "archive"))
	if err := os.RemoveAll(filepath.Join(data, "archive")); err != nil {
		t.Fatal(err)
	}
	checked(t, data, all)
	checkPublished(t, data, all)
	compareFiles(t, contents(t, filepath.Join(data, "archive")), all.files(t))
	for path := range before {
		if strings.HasSuffix(path, temporaryEnds) {
			t.Errorf("%s was left", path)
		}
	}
}

// A file beyond what was signed, with other content than the journal's, may be the sign of a journal that lost its end:
// it is neither overwritten nor signed over.
func TestForeignFileIsDamage(t *testing.T) {
	all := someEvents(300)
	data := archived(t, all[:200])
	foreign := filepath.Join(data, "archive", "tile", "entries", "000")
	if err := os.WriteFile(foreign, []byte("something else"), logFileMode); err != nil {
		t.Fatal(err)
	}
	a, err := session(data, nil, all)
	if !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), foreign) {
		t.Errorf("archived over another file: %v", err)
	}
	if a.Status().Err == nil || a.last.last.Head.Size != 200 {
		t.Errorf("status is %v, and %d events are signed", a.Status().Err, a.last.last.Head.Size)
	}
	found, err := os.ReadFile(foreign)
	if err != nil || string(found) != "something else" {
		t.Errorf("the file was changed to %q, %v", found, err)
	}
	if err := os.Remove(foreign); err != nil {
		t.Fatal(err)
	}
	checked(t, data, all)
}

// A journal that is not what was signed stops everything: nothing is signed.
func TestForeignJournalIsRefused(t *testing.T) {
	all := someEvents(300)
	data := archived(t, all[:200])
	other := someEvents(300)
	other[10] = []byte("forged")
	a, err := New(Config{Data: data, Clock: clock, Files: quickFiles{}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Open(); err != nil {
		t.Fatal(err)
	}
	if err := a.Attach(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	if err := a.Run(t.Context()); !errors.Is(err, eventstore.ErrDamaged) {
		t.Errorf("it ran on a forged journal until %v", err)
	}
	checkPublished(t, data, all)
}

// What the data directory and the archive say must agree; each refusal names the file and what to do.
func TestDisagreementIsRefused(t *testing.T) {
	all := someEvents(300)
	put := func(t *testing.T, path, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), ownFileMode); err != nil {
			t.Fatal(err)
		}
	}
	take := func(t *testing.T, path string) {
		t.Helper()
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	for name, test := range map[string]struct {
		change func(t *testing.T, key, last, published string)
		want   error
		remedy string
	}{
		"key is missing":                   {func(t *testing.T, key, _, _ string) { take(t, key) }, ErrKeyFile, "safe copy"},
		"key is missing, nothing signed":   {func(t *testing.T, key, last, _ string) { take(t, key); take(t, last) }, ErrDamaged, "--archive"},
		"key is no key":                    {func(t *testing.T, key, _, _ string) { put(t, key, "PRIVATE+KEY+x\n") }, ErrKeyFile, "log.key"},
		"key can be read by others":        {func(_ *testing.T, key, _, _ string) { _ = os.Chmod(key, 0o640) }, ErrKeyFile, "chmod 600"},
		"last checkpoint is missing":       {func(t *testing.T, _, last, _ string) { take(t, last) }, ErrDamaged, "copy its file checkpoint"},
		"last checkpoint is no checkpoint": {func(t *testing.T, _, last, _ string) { put(t, last, "x") }, ErrDamaged, "remit restore"},
		"archive's is no checkpoint":       {func(t *testing.T, _, _, published string) { put(t, published, "") }, ErrDamaged, "move that file aside"},
		"archive's is of another log": {func(t *testing.T, _, _, published string) {
			other := filepath.Join(archived(t, all), "archive", CheckpointPath)
			text, err := os.ReadFile(other)
			if err != nil {
				t.Fatal(err)
			}
			put(t, published, string(text))
		}, ErrSignature, "--archive"},
		"data directory is older than the archive": {func(t *testing.T, key, last, _ string) {
			old, err := os.ReadFile(last)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := session(filepath.Dir(key), nil, all); err != nil {
				t.Fatal(err)
			}
			put(t, last, string(old))
		}, ErrDamaged, "remit restore"},
	} {
		t.Run(name, func(t *testing.T) {
			data := archived(t, all[:200])
			test.change(t, filepath.Join(data, KeyFile), filepath.Join(data, LastFile), filepath.Join(data, "archive", CheckpointPath))
			a, err := New(Config{Data: data, Clock: clock, Files: quickFiles{}})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := a.Open(); !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.remedy) {
				t.Errorf("opened: %v; want %v, and %q", err, test.want, test.remedy)
			}
		})
	}
}

// Nobody else may sign: the last checkpoint is swapped only when it is the one that this process left.
func TestLastCheckpointIsSwappedByComparison(t *testing.T) {
	all := someEvents(300)
	data := archived(t, all[:100])
	first, err := session(data, nil, all[:100])
	if err != nil {
		t.Fatal(err)
	}
	if _, err := session(data, nil, all[:200]); err != nil {
		t.Fatal(err)
	}
	first.journal = all
	if err := first.Finish(t.Context()); !errors.Is(err, ErrMoved) {
		t.Errorf("signed although another process did meanwhile: %v", err)
	}
	checkPublished(t, data, all)
	last := &lastStore{files: osFiles{}, path: filepath.Join(data, LastFile)}
	if last.now, err = os.ReadFile(last.path); err != nil {
		t.Fatal(err)
	}
	last.last = Checkpoint{"test/log", all[:200].Head()}
	for _, next := range []Checkpoint{
		{"test/log", all[:199].Head()}, {"other/log", all.Head()}, {"test/log", eventstore.TreeHead{Size: 200}},
	} {
		if err := last.swap(next, []byte("x")); !errors.Is(err, ErrMoved) {
			t.Errorf("swapped to %v: %v", next, err)
		}
	}
}
