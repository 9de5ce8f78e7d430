package archive

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/remit-register/remit/eventstore/eventstoretest"
)

// The power is cut at every step of writing an archive, on a disk that keeps names only of folders that were synced. What
// is left goes on to the same bytes, and what is published is signed and whole.
func TestPowerCutAtEveryStep(t *testing.T) {
	all := someEvents(520)
	want := all.files(t)
	chance := rand.New(rand.NewPCG(1, 0))
	keys := t.TempDir()
	if _, err := CreateKeys(keys, "test/log", nil, 1); err != nil {
		t.Fatal(err)
	}
	for at := 1; ; at++ {
		data := t.TempDir()
		copyKey(t, keys, data)
		disk := eventstoretest.NewDisk()
		disk.Strict = true
		files := eventstoretest.DiskFiles{Disk: disk}
		if err := makeFolder(files, data, ownFolderMode); err != nil {
			t.Fatal(err)
		}
		disk.CutAt(at)
		_, err := session(data, files, all[:0], all[:250], all[:256], all[:300], all)
		if err != nil && !errors.Is(err, syscall.EIO) {
			t.Fatalf("step %d: %v", at, err)
		}
		through := !disk.IsOff()
		luck := chance
		if at%2 == 0 {
			luck = nil
		}
		left := eventstoretest.DiskFiles{Disk: disk.Cut(luck)}
		after := t.TempDir() // what an auditor would find before anything is written again
		copyKey(t, keys, after)
		copyArchive(t, left, data, after)
		checkPublished(t, after, all)
		if _, err := session(data, left, all); err != nil {
			t.Fatalf("the power was cut at step %d: %v", at, err)
		}
		copyArchive(t, left, data, data)
		checkPublished(t, data, all)
		found := contents(t, filepath.Join(data, "archive"))
		for path, content := range want {
			if !bytes.Equal(found[path], content) {
				t.Fatalf("the power was cut at step %d: %s is not what it is without", at, path)
			}
		}
		if through {
			if at < 60 {
				t.Errorf("only %d steps were taken", at)
			}
			return
		}
	}
}

// copyArchive copies an archive and what was signed last from a disk to a folder of the machine.
func copyArchive(t *testing.T, files eventstoretest.DiskFiles, from, to string) {
	t.Helper()
	for _, name := range []string{LastFile, "archive"} {
		files.Copy(t, filepath.Join(from, name), filepath.Join(to, name))
	}
}
