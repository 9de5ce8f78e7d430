package archive_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/eventstore/archive"
)

// older makes an archive of the register's first events elsewhere.
func (r *register) older(t *testing.T, events int) string {
	t.Helper()
	folder := t.TempDir()
	r.publish(t, folder, events)
	return folder
}

// A register is not restored to less than it has signed, unless that is accepted: then into another log.
func TestRestoreToLessThanWasSigned(t *testing.T) {
	r := newRegister(t, 10)
	remove(t, r.data(), "nats")
	asked := r.restoration(r.older(t, 7))
	before := listing(t, r.data())
	if _, err := archive.Restore(t.Context(), asked); !errors.Is(err, archive.ErrLoss) || !strings.Contains(err.Error(), "--accept-loss") {
		t.Fatalf("it is not refused for the loss: %v", err)
	}
	if after := listing(t, r.data()); after != before {
		t.Errorf("the refusal changed the directory:\n%s", after)
	}
	asked.AcceptLoss = true
	done, err := archive.Restore(t.Context(), asked)
	if err != nil {
		t.Fatal(err)
	}
	if e := done.Epoch; e.RestoredSize != 7 || !e.MayHaveLost || e.LostUpTo != 12 || e.FormerLog != r.keys.Origin() {
		t.Errorf("it says %+v", e)
	}
	for _, name := range []string{archive.KeyFile, archive.LastFile, "archive"} {
		if _, err := os.Stat(filepath.Join(r.data(), name)); err == nil {
			t.Errorf("%s of the old log is still in its place", name)
		}
		if _, err := os.Stat(filepath.Join(done.Aside, name)); err != nil {
			t.Errorf("%s of the old log was not kept: %v", name, err)
		}
	}
	if s := r.open(t); s.Position() != 8 {
		t.Errorf("there are %d events", s.Position())
	}
}

// What is left of the old journal leads from an older archive to what was signed: then the log goes on.
func TestRestoreLeadsToWhatWasSigned(t *testing.T) {
	r := newRegister(t, 10)
	r.change(t, forge(2))
	done, err := archive.Restore(t.Context(), r.restoration(r.older(t, 7)))
	if err != nil {
		t.Fatal(err)
	}
	r.check(t, done, outcome{restored: registerEvents, unsigned: 2})
	signed, err := os.ReadFile(filepath.Join(r.data(), archive.LastFile))
	if err != nil {
		t.Fatal(err)
	}
	verifiers, err := r.keys.Verifiers()
	if err != nil {
		t.Fatal(err)
	}
	if c, err := archive.ParseCheckpoint(signed, verifiers); err != nil || c.Head.Size != 10 {
		t.Errorf("the last checkpoint is of %d events: %v", c.Head.Size, err)
	}
}

func TestRestoreWithoutTheKey(t *testing.T) {
	r := newRegister(t, 10)
	folder := copyOf(t, r.folder())
	r.h.Config.Dir = t.TempDir()
	asked := r.restoration(folder)
	if _, err := archive.Restore(t.Context(), asked); err == nil || !strings.Contains(err.Error(), "--key") {
		t.Fatalf("nothing says who signs, and it says %v", err)
	}
	asked.Verifiers = verifiers(t, r.keys.VerifierKeys()...)
	if _, err := archive.Restore(t.Context(), asked); !errors.Is(err, archive.ErrLoss) || !strings.Contains(err.Error(), archive.KeyFile) {
		t.Fatalf("the log cannot be continued, and it says %v", err)
	}
	asked.AcceptLoss = true
	done, err := archive.Restore(t.Context(), asked)
	if err != nil || done.Epoch.FormerLog != r.keys.Origin() || !done.Epoch.MayHaveLost || done.Epoch.LostUpTo != 0 || done.Aside != "" {
		t.Errorf("restored %+v: %v", done, err)
	}
	if s := r.open(t); s.Position() != 11 {
		t.Errorf("there are %d events", s.Position())
	}
}

func verifiers(t *testing.T, keys ...string) note.Verifiers {
	t.Helper()
	v, err := archive.NewVerifiers(keys...)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Restore refuses what is no sound archive of this register, and changes nothing.
func TestRestoreRefuses(t *testing.T) {
	other := newRegister(t, 10)
	for name, c := range map[string]struct {
		damage func(*testing.T, *register, string)
		want   error
	}{
		"a forged event": {func(t *testing.T, _ *register, folder string) {
			t.Helper()
			edit(t, filepath.Join(folder, archive.EntriesPath(0, 10)), "Body A3", "Body X3")
		}, archive.ErrDamaged},
		"a short bundle": {func(t *testing.T, _ *register, folder string) {
			t.Helper()
			if err := os.Truncate(filepath.Join(folder, archive.EntriesPath(0, 10)), 100); err != nil {
				t.Fatal(err)
			}
		}, archive.ErrDamaged},
		"no bundle": {func(t *testing.T, _ *register, folder string) { t.Helper(); remove(t, folder, "tile") }, archive.ErrDamaged},
		"a forged checkpoint": {func(t *testing.T, _ *register, folder string) {
			t.Helper()
			edit(t, filepath.Join(folder, archive.CheckpointPath), "\n10\n", "\n11\n")
		}, archive.ErrSignature},
		"another register's": {func(t *testing.T, _ *register, folder string) {
			t.Helper()
			other.publish(t, folder, 10)
		}, archive.ErrSignature},
		"a damaged vault": {func(t *testing.T, _ *register, folder string) {
			t.Helper()
			if err := os.WriteFile(filepath.Join(folder, archive.VaultFile), []byte("?"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, archive.ErrDamaged},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRegister(t, 10)
			folder := r.older(t, 10)
			r.change(t, forge(3))
			c.damage(t, r, folder)
			before := listing(t, r.data())
			if _, err := archive.Restore(t.Context(), r.restoration(folder)); !errors.Is(err, c.want) {
				t.Errorf("it says %v, want %v", err, c.want)
			}
			if after := listing(t, r.data()); after != before {
				t.Errorf("the refusal changed the directory:\n%s", after)
			}
		})
	}
}

func edit(t *testing.T, path, from, to string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil || !bytes.Contains(data, []byte(from)) {
		t.Fatalf("%s has no %q: %v", path, from, err)
	}
	if err := os.WriteFile(path, bytes.Replace(data, []byte(from), []byte(to), 1), 0o600); err != nil {
		t.Fatal(err)
	}
}

// listing names every file with its size.
func listing(t *testing.T, dir string) string {
	t.Helper()
	var out strings.Builder
	err := filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err == nil {
			out.WriteString(strings.TrimPrefix(path, dir) + " " + info.Mode().String() + "\n")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestRestoreRefusesAWholeRegister(t *testing.T) {
	r := newRegister(t, 10)
	if _, err := archive.Restore(t.Context(), r.restoration(r.folder())); !errors.Is(err, archive.ErrWhole) {
		t.Errorf("a register that is whole is restored: %v", err)
	}
	if s := r.open(t); s.Position() != registerEvents {
		t.Errorf("there are %d events", s.Position())
	}
}

func TestRestoreRefusesARunningRegister(t *testing.T) {
	r := newRegister(t, 10)
	_ = r.open(t)
	if _, err := archive.Restore(t.Context(), r.restoration(r.folder())); !errors.Is(err, eventstore.ErrInUse) {
		t.Errorf("a register that runs is restored: %v", err)
	}
}

// A restore that was interrupted while it put things into place is brought to its end; until then nothing opens.
func TestInterruptedRestore(t *testing.T) {
	for cut := range 4 {
		r := newRegister(t, 10)
		r.change(t, forge(3))
		done, err := archive.Restore(t.Context(), r.restoration(r.folder()))
		if err != nil {
			t.Fatal(err)
		}
		r.interrupt(t, done, cut)
		if s, err := eventstore.Open(t.Context(), r.h.Config); !errors.Is(err, eventstore.ErrRestoring) {
			t.Fatalf("cut %d: a half restored register opens: %v %v", cut, s, err)
		}
		again, err := archive.Restore(t.Context(), r.restoration(r.folder()))
		if err != nil || !again.Resumed {
			t.Fatalf("cut %d: resumed %v: %v", cut, again.Resumed, err)
		}
		r.check(t, again, outcome{restored: registerEvents, unsigned: 2})
	}
}

// interrupt puts a restored register back to where its restore was after so many of its moves.
func (r *register) interrupt(t *testing.T, done archive.Restored, moves int) {
	t.Helper()
	built := filepath.Join(r.data(), "restoring", "new")
	names := []string{"nats", "head", archive.LastFile}
	var all []archive.Move
	for _, name := range names {
		all = append(all, archive.Move{From: filepath.Join(r.data(), name), To: filepath.Join(done.Aside, name)})
	}
	for _, name := range names {
		all = append(all, archive.Move{From: filepath.Join(built, name), To: filepath.Join(r.data(), name)})
	}
	if err := os.MkdirAll(built, 0o700); err != nil {
		t.Fatal(err)
	}
	archive.WritePlan(t, r.data(), done, all)
	for i := len(all) - 1; i >= 2*moves; i-- {
		if err := os.Rename(all[i].To, all[i].From); err != nil {
			t.Fatal(err)
		}
	}
}

// A second restore counts the epochs on.
func TestRestoreAgain(t *testing.T) {
	r := newRegister(t, 10)
	r.change(t, forge(3))
	if _, err := archive.Restore(t.Context(), r.restoration(r.folder())); err != nil {
		t.Fatal(err)
	}
	s, err := eventstore.Open(t.Context(), r.h.Config)
	if err != nil {
		t.Fatal(err)
	}
	r.events = eventBytes(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	remove(t, r.folder(), "tile", archive.CheckpointPath)
	r.publish(t, r.folder(), len(r.events))
	remove(t, r.data(), "nats")
	done, err := archive.Restore(t.Context(), r.restoration(r.folder()))
	if err != nil {
		t.Fatal(err)
	}
	if e := done.Epoch; e.Epoch != 3 || e.RestoredSize != domain.EventNo(len(r.events)) {
		t.Errorf("it says %+v", e)
	}
}

// What the archive has beyond its checkpoint was never signed, and is not what the restored journal goes on with: it is
// moved aside, so that the archive can go on.
func TestRestoreMovesAsideWhatWasNeverSigned(t *testing.T) {
	r := newRegister(t, 10)
	checkpoint := filepath.Join(r.folder(), archive.CheckpointPath)
	kept := filepath.Join(t.TempDir(), "checkpoint")
	copyOne(t, checkpoint, kept)
	r.publish(t, r.folder(), 11)
	copyOne(t, kept, checkpoint)
	remove(t, r.data(), "nats")
	done, err := archive.Restore(t.Context(), r.restoration(r.folder()))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{archive.EntriesPath(0, 11), archive.TilePath(0, 0, 11)} {
		if _, err := os.Stat(filepath.Join(r.folder(), path)); err == nil {
			t.Errorf("%s is still there", path)
		}
		if _, err := os.Stat(filepath.Join(done.Aside, "archive", path)); err != nil {
			t.Errorf("%s was not kept: %v", path, err)
		}
	}
	for _, path := range []string{archive.EntriesPath(0, 10), archive.TilePath(0, 0, 10)} {
		if _, err := os.Stat(filepath.Join(r.folder(), path)); err != nil {
			t.Errorf("%s is gone: %v", path, err)
		}
	}
}
