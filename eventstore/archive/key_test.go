package archive_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore/archive"
	"github.com/remit-register/remit/eventstore/eventstoretest"
)

// signedNow opens and closes the archive of an empty register, which signs with the present keys.
func signedNow(t *testing.T, data string, h *eventstoretest.Harness) []byte {
	t.Helper()
	a, err := archive.New(archive.Config{Data: data, Clock: eventstoretest.Start})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Open(); err != nil {
		t.Fatal(err)
	}
	if err := a.Attach(t.Context(), h.Store); err != nil {
		t.Fatal(err)
	}
	if err := a.Finish(t.Context()); err != nil {
		t.Fatal(err)
	}
	return a.Status().Signed
}

func signedBy(t *testing.T, signed []byte, keys ...string) bool {
	t.Helper()
	verifiers, err := archive.NewVerifiers(keys...)
	if err != nil {
		t.Fatal(err)
	}
	_, err = archive.ParseCheckpoint(signed, verifiers)
	return err == nil
}

// While one key follows the other, both sign: each by itself verifies.
func TestKeysRotate(t *testing.T) {
	h, data := eventstoretest.New(t), t.TempDir()
	h.MustSubmit(t, eventstoretest.Request(eventstoretest.Body("A1")))
	today := domain.DateOf(eventstoretest.Start())
	first, err := archive.CreateKeys(data, "example.org/log", nil, today)
	if err != nil {
		t.Fatal(err)
	}
	before := signedNow(t, data, h)
	if _, err := archive.RetireKey(data, today, true); err == nil {
		t.Error("the only key was retired")
	}
	both, err := archive.RotateKeys(data, nil, today, today.AddDays(30))
	if err != nil {
		t.Fatal(err)
	}
	older, newer := both.VerifierKeys()[0], both.VerifierKeys()[1]
	if older != first.VerifierKeys()[0] || older == newer {
		t.Errorf("keys %v after %v", both.VerifierKeys(), first.VerifierKeys())
	}
	if _, err := archive.RotateKeys(data, nil, today, today.AddDays(30)); err == nil {
		t.Error("a third key was made")
	}
	if _, err := archive.RetireKey(data, today, true); err == nil || !strings.Contains(err.Error(), "start the register once") {
		t.Errorf("a key was retired before the new one had signed: %v", err)
	}
	during := signedNow(t, data, h)
	if !signedBy(t, during, older) || !signedBy(t, during, newer) || signedBy(t, before, newer) {
		t.Error("both keys should have signed, and only now")
	}
	if _, err := archive.RetireKey(data, today.AddDays(29), false); err == nil {
		t.Error("a key was retired before its day")
	}
	if _, err := archive.RetireKey(data, today.AddDays(30), false); err != nil {
		t.Fatal(err)
	}
	after := signedNow(t, data, h)
	if signedBy(t, after, older) || !signedBy(t, after, newer) {
		t.Error("the newer key alone should have signed")
	}
	text, err := os.ReadFile(filepath.Join(data, archive.KeyFile))
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(text), "PRIVATE+KEY"); n != 1 {
		t.Errorf("%d secrets are kept", n)
	}
	keys, err := archive.LoadKeys(data)
	if err != nil || len(keys.All()) != 2 || len(keys.VerifierKeys()) != 1 {
		t.Errorf("keys %+v, %v", keys, err)
	}
}

func TestKeyFilePermissions(t *testing.T) {
	data := t.TempDir()
	if _, err := archive.CreateKeys(data, "", nil, domain.DateOf(time.Unix(0, 0))); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(data, archive.KeyFile)
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("made with mode %v, %v", info.Mode(), err)
	}
	for _, mode := range []os.FileMode{0o640, 0o604, 0o620, 0o601} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := archive.LoadKeys(data); err == nil || !strings.Contains(err.Error(), "chmod 600") {
			t.Errorf("mode %04o: %v", mode, err)
		}
	}
	if _, err := archive.CreateKeys(data, "", nil, 1); err == nil {
		t.Error("keys were made over others")
	}
	for _, name := range []string{"a b", "a+b", "é", strings.Repeat("x", 300)} {
		if _, err := archive.CreateKeys(t.TempDir(), name, nil, 1); err == nil {
			t.Errorf("%q names a log", name)
		}
	}
}

// A file with keys that is damaged is refused with the remedy, and without saying what is in it.
func TestDamagedKeyFileKeepsItsSecret(t *testing.T) {
	data := t.TempDir()
	if _, err := archive.CreateKeys(data, "", nil, domain.DateOf(time.Unix(0, 0))); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(data, archive.KeyFile)
	sound, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := strings.Index(string(sound), "PRIVATE")
	line := strings.TrimSpace(string(sound[at:]))
	secret := strings.Fields(line)[0]
	secret = secret[len(secret)-20:]
	for _, text := range []string{
		line + " " + line, line + "X" + line, line[:len(line)-12] + "\n", "x " + line, strings.Replace(line, "PRIVATE", "PRIVATF", 1),
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := archive.LoadKeys(data)
		if !errors.Is(err, archive.ErrKeyFile) || !strings.Contains(err.Error(), "safe copy") || strings.Contains(err.Error(), secret) {
			t.Errorf("%d bytes: %v", len(text), err)
		}
	}
}
