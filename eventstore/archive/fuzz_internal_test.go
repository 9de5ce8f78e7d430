package archive

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/remit-register/remit/eventstore"
)

// FuzzReadHead reads any text as that of a checkpoint, with both readers: what both take, they take for the same, and
// what the register would publish the auditor can read.
func FuzzReadHead(f *testing.F) {
	root := "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
	for _, seed := range []string{
		"remit.local/log\n5\n" + root + "\n", "a\n05\n" + root + "\n", "\n5\n" + root + "\n", "a\n5\n" + root, "a\n18446744073709551615\n" + root + "\n",
		"a\n5\n" + root + "\nmore\n", "", "\n\n\n\n", "a\n-1\n=\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		head, err := readHead(text)
		if err != nil && !IsFinding(err) {
			t.Errorf("%q: %v is no finding", text, err)
		}
		c, ownErr := parseText(text)
		if err == nil && ownErr == nil && (c.Head != head.Head || c.Origin != head.Origin) {
			t.Errorf("%q is read as %v and as %v", text, c, head)
		}
		if ownErr == nil && err != nil {
			t.Errorf("%q is read by the register, and not by the auditor: %v", text, err)
		}
	})
}

// FuzzOpenCheckpoint opens any bytes as a signed checkpoint: only what the key signed is taken, and then as it was.
func FuzzOpenCheckpoint(f *testing.F) {
	skey, vkey, err := note.GenerateKey(bytes.NewReader(bytes.Repeat([]byte{7}, 64)), "remit.local/log")
	if err != nil {
		f.Fatal(err)
	}
	signer, err := note.NewSigner(skey)
	if err != nil {
		f.Fatal(err)
	}
	text := "remit.local/log\n5\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
	signed, err := note.Sign(&note.Note{Text: text}, signer)
	if err != nil {
		f.Fatal(err)
	}
	keys, err := ParseTrustedKeys(vkey)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(signed)
	f.Add([]byte(text))
	f.Add([]byte(text + "\n— remit.local/log AAAAAAAA\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		head, err := OpenCheckpoint(data, keys)
		switch {
		case err != nil && !IsFinding(err):
			t.Errorf("%q: %v is no finding", data, err)
		case err == nil && (!strings.HasPrefix(string(data), text) || head.Head.Size != 5):
			t.Errorf("%q was never signed", data)
		}
	})
}

// FuzzKeys reads any text as keys to trust, and as the file of signing keys.
func FuzzKeys(f *testing.F) {
	skey, vkey, err := note.GenerateKey(bytes.NewReader(bytes.Repeat([]byte{7}, 64)), "remit.local/log")
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{vkey, skey, skey + " since=2026-11-22\n", skey + " since=x", vkey + " retired=2026-11-22\n" + skey, "# \n\n", "+", skey + "\n" + skey + "\n" + skey} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if keys, err := ParseTrustedKeys(text); err == nil && keys.String() == "" {
			t.Errorf("%q: no key was read", text)
		}
		keys, err := parseKeys(text)
		if err != nil {
			if strings.Contains(text, "PRIVATE+KEY") && strings.Contains(err.Error(), "PRIVATE+KEY") {
				t.Errorf("the error tells a secret: %v", err)
			}
			return
		}
		if n := len(keys.VerifierKeys()); n == 0 {
			t.Errorf("%q: no key was read", text)
		}
	})
}

// FuzzVaultCopy reads any bytes as the copy of a vault in a backup: what is taken is written as the same bytes.
func FuzzVaultCopy(f *testing.F) {
	var empty bytes.Buffer
	if err := newVaultWriter(&empty).finish(); err != nil {
		f.Fatal(err)
	}
	f.Add(empty.Bytes())
	f.Add(binary.BigEndian.AppendUint32(nil, maxVaultRecord+1))
	f.Add([]byte{0, 0, 0, 1, 7})
	f.Fuzz(func(t *testing.T, data []byte) {
		var again bytes.Buffer
		copied := newVaultWriter(&again)
		in := bytes.NewReader(data)
		err := readVault(in, func(record []byte) bool {
			if err := copied.add(record); err != nil {
				t.Fatal(err)
			}
			if err := eventstore.CheckVaultRecord(record); err != nil {
				t.Errorf("a record is taken that is wrong: %v", err)
			}
			return true
		})
		if err != nil {
			return
		}
		if err := copied.finish(); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(again.Bytes(), data) {
			t.Errorf("%x is written as %x", data, again.Bytes())
		}
	})
}
