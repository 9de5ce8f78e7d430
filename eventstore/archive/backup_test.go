package archive_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/eventstore/archive"
	"github.com/remit-register/remit/eventstore/eventstoretest"
)

// backup writes a backup of a stopped register, with the events of its archive.
func (r *register) backup(t *testing.T, after domain.EventNo) *bytes.Buffer {
	t.Helper()
	s := r.open(t)
	defer s.Close()
	var out bytes.Buffer
	b := archive.Backup{
		Archive: archive.Dir(r.folder()), VerifierKeys: r.keys.VerifierKeys(), After: after,
		Vault: s.Vault().Snapshot,
	}
	if err := b.Write(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	return &out
}

// Back up, lose everything, restore: with the key the same log goes on.
func TestBackupAndRestore(t *testing.T) {
	r := newRegister(t, 10)
	folder := filepath.Join(t.TempDir(), "backup")
	kept, err := archive.Keep(t.Context(), r.backup(t, 0), archive.Keeping{
		Folder: folder, KeyFile: filepath.Join(r.data(), archive.KeyFile),
	})
	if err != nil || kept.Head.Size != 10 || kept.Transactions != 10 || kept.Vault != 1 {
		t.Fatalf("kept %+v: %v", kept, err)
	}
	for _, name := range []string{"", archive.KeyFile, archive.VaultFile, "tile"} {
		info, err := os.Stat(filepath.Join(folder, name))
		if err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%q may be read by others, or is not there: %v", name, err)
		}
	}
	r.h.Config.Dir = filepath.Join(t.TempDir(), "new")
	done, err := archive.Restore(t.Context(), r.restoration(folder))
	if err != nil {
		t.Fatal(err)
	}
	r.check(t, done, outcome{restored: 10, mayHave: true})
	signed, err := os.ReadFile(filepath.Join(r.data(), archive.LastFile))
	if want, _ := os.ReadFile(filepath.Join(folder, archive.CheckpointPath)); err != nil || !bytes.Equal(signed, want) {
		t.Errorf("the last checkpoint is not that of the backup: %v", err)
	}
}

// A vault that lost texts is given back those that a backup has. Without one, what is missing is recorded, until a backup
// with it turns up, though it has fewer events than the archive.
func TestRestoreOfAnIncompleteVault(t *testing.T) {
	r := newRegister(t, 8)
	folder := filepath.Join(t.TempDir(), "backup")
	if _, err := archive.Keep(t.Context(), r.backup(t, 0), archive.Keeping{Folder: folder}); err != nil {
		t.Fatal(err)
	}
	remove(t, r.folder(), "tile")
	r.publish(t, r.folder(), registerEvents)
	copyOne(t, filepath.Join(r.folder(), archive.CheckpointPath), filepath.Join(r.data(), archive.LastFile))
	r.tamper(t, func(ctx context.Context, js jetstream.JetStream) error {
		stream, err := js.Stream(ctx, eventstoretest.VaultStream)
		if err != nil {
			return err
		}
		return errors.Join(stream.DeleteMsg(ctx, 3), stream.DeleteMsg(ctx, 8))
	})
	damaged := r.data()
	if _, err := eventstore.Open(t.Context(), r.h.Config); !errors.Is(err, eventstore.ErrVaultIncomplete) {
		t.Fatalf("it opens: %v", err)
	}
	restore := func(from string, want outcome) {
		t.Helper()
		done, err := archive.Restore(t.Context(), r.restoration(from))
		if err != nil {
			t.Fatal(err)
		}
		if done.Missing != want.missing || int(done.Epoch.RestoredSize) != want.restored {
			t.Errorf("restored %+v, want %+v", done, want)
		}
	}
	lost := func(want int) {
		t.Helper()
		s := r.open(t)
		if got := s.LostTexts(); got != want {
			t.Errorf("%d texts are lost, not %d", got, want)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	r.h.Config.Dir = copyOf(t, damaged)
	restore(folder, outcome{restored: registerEvents})
	lost(0)
	r.h.Config.Dir = copyOf(t, damaged)
	restore(r.folder(), outcome{restored: registerEvents, missing: 2})
	lost(2)
	if _, err := archive.Restore(t.Context(), r.restoration(r.folder())); !errors.Is(err, archive.ErrWhole) {
		t.Errorf("there is nothing to bring back, and it says %v", err)
	}
	restore(folder, outcome{restored: registerEvents + 1})
	lost(0)
}

// An older backup is extended: what it has is not sent again, and not written again.
func TestBackupIsExtended(t *testing.T) {
	r := newRegister(t, 4)
	folder := filepath.Join(t.TempDir(), "backup")
	if _, err := archive.Keep(t.Context(), r.backup(t, 0), archive.Keeping{Folder: folder}); err != nil {
		t.Fatal(err)
	}
	after, err := archive.KeptSize(folder)
	if err != nil || after != 4 {
		t.Fatalf("the backup has %d events: %v", after, err)
	}
	remove(t, r.folder(), "tile")
	r.publish(t, r.folder(), 9)
	kept, err := archive.Keep(t.Context(), r.backup(t, after), archive.Keeping{Folder: folder})
	if err != nil || kept.Before != 4 || kept.Head.Size != 9 {
		t.Fatalf("kept %+v: %v", kept, err)
	}
	names, err := os.ReadDir(filepath.Dir(folder))
	if err != nil || len(names) != 1 {
		t.Errorf("it left behind %v: %v", names, err)
	}
}

// What is damaged, of another register, or no backup at all is refused, and the older backup stays.
func TestBackupRefuses(t *testing.T) {
	r, other := newRegister(t, 10), newRegister(t, 10)
	whole := r.backup(t, 0).Bytes()
	for name, c := range map[string]struct {
		in   []byte
		keys string
	}{
		"cut":                   {in: whole[:len(whole)/2]},
		"an event changed":      {in: bytes.Replace(whole, []byte("Body A3"), []byte("Body X3"), 1)},
		"a text changed":        {in: bytes.Replace(whole, []byte("Jane Smith 3"), []byte("Jane Smyth 3"), 1)},
		"a file outside":        {in: bytes.Replace(whole, []byte("tile/entries/000.p/10"), []byte("../../entries/000p/10"), 1)},
		"of another register":   {in: other.backup(t, 0).Bytes()},
		"signed by another key": {in: whole, keys: other.keys.VerifierKeys()[0]},
	} {
		t.Run(name, func(t *testing.T) {
			folder := filepath.Join(t.TempDir(), "backup")
			if _, err := archive.Keep(t.Context(), bytes.NewReader(whole), archive.Keeping{Folder: folder}); err != nil {
				t.Fatal(err)
			}
			before := listing(t, filepath.Dir(folder))
			to := archive.Keeping{Folder: folder}
			if c.keys != "" {
				var err error
				if to.Keys, err = archive.ParseTrustedKeys(c.keys); err != nil {
					t.Fatal(err)
				}
			}
			if kept, err := archive.Keep(t.Context(), bytes.NewReader(c.in), to); err == nil {
				t.Errorf("it was kept: %+v", kept)
			}
			if after := listing(t, filepath.Dir(folder)); after != before {
				t.Errorf("the refusal changed the folder:\n%s\nbefore:\n%s", after, before)
			}
		})
	}
}

func TestBackupIntoSomethingElse(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "thesis.txt"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := archive.KeptSize(folder); !errors.Is(err, archive.ErrNotABackup) {
		t.Errorf("it is taken for a backup: %v", err)
	}
	if _, err := archive.Keep(t.Context(), strings.NewReader(""), archive.Keeping{Folder: folder}); !errors.Is(err, archive.ErrNotABackup) {
		t.Errorf("it is replaced: %v", err)
	}
}

// A replacement that was interrupted after the older backup was moved is taken back.
func TestInterruptedBackup(t *testing.T) {
	r := newRegister(t, 4)
	folder := filepath.Join(t.TempDir(), "backup")
	if _, err := archive.Keep(t.Context(), r.backup(t, 0), archive.Keeping{Folder: folder}); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(folder, folder+".old"); err != nil {
		t.Fatal(err)
	}
	if size, err := archive.KeptSize(folder); size != 4 || err != nil {
		t.Errorf("the older backup has %d events: %v", size, err)
	}
}

// A backup that cannot be written says so.
func TestBackupCannotBeWritten(t *testing.T) {
	r := newRegister(t, 4)
	b := archive.Backup{
		Archive: archive.Dir(r.folder()), VerifierKeys: r.keys.VerifierKeys(),
		Vault: func(func([]byte) error) error { return io.ErrUnexpectedEOF },
	}
	if err := b.Write(t.Context(), io.Discard); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("the vault could not be read, and it says %v", err)
	}
	remove(t, r.folder(), "tile")
	if err := b.Write(t.Context(), io.Discard); err == nil || !strings.Contains(err.Error(), "tile/") {
		t.Errorf("a file is missing, and it says %v", err)
	}
}
