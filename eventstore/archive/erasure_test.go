package archive_test

import (
	"bytes"
	"context"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/eventstore/archive"
	"github.com/remit-register/remit/eventstore/eventstoretest"
)

// A text is erased on a register that is archived: it is in no file any more, of journal, vault or archive; the log still
// verifies, and extends the checkpoint from before; and what was proved before is proved with the same bytes.
func TestErasureLeavesEveryProof(t *testing.T) {
	clock := eventstoretest.NewClock(eventstoretest.Start())
	data := t.TempDir()
	a, err := archive.New(archive.Config{Data: data, Clock: clock.Now, Sync: true})
	if err != nil {
		t.Fatal(err)
	}
	h := eventstoretest.New(t, func(c *eventstore.Config) { c.Dir, c.Trust, c.Archive = data, a.Open, a.Commit })
	h.Config.AcceptMissing = true // the people are made up, and in no vault
	if err := a.Attach(t.Context(), h.Store); err != nil {
		t.Fatal(err)
	}
	w := walk{h, t}
	w.bodies()
	const secret = "Dr Betty Sample has long Covid."
	receipt := h.MustSubmit(t, eventstoretest.WithReason(t, eventstore.Request{
		CommandID: uuid.NewString(), Command: domain.RenameOrganisation{Code: "Q1", Name: "Q", EffectiveOn: today(), Source: "golden"},
		Caller: domain.Caller{Subject: "p-00000000000000b1", Organisation: "X24", Roles: []domain.ActorRole{domain.ActorRegistrar}},
	}, secret))
	if files := filesWith(t, data, secret); len(files) != 1 || !strings.Contains(files[0], eventstoretest.VaultStream) {
		t.Fatalf("the text is in %v before, not in the vault alone: this test cannot tell", files)
	}
	keys, err := archive.ParseTrustedKeys(strings.Join(a.Keys().VerifierKeys(), "\n"))
	if err != nil {
		t.Fatal(err)
	}
	before, proofs := proved(t, a, keys, receipt.Position)
	w.registrar(domain.ErasePersonalData{Texts: []domain.TextRef{{Event: receipt.Position}}, Authority: "DPO 26/14"})
	if files := filesWith(t, data, secret); len(files) > 0 {
		t.Errorf("the text is still in %v", files)
	}
	verified, err := archive.Verify(t.Context(), archive.Verification{Source: a.Source(), Keys: keys, Since: &before})
	if err != nil || verified.Head.Size != h.Position() || verified.Head.Size <= before.Head.Size {
		t.Errorf("the log after the erasure: %d events of %d, %v", verified.Head.Size, h.Position(), err)
	}
	_, again := proved(t, a, keys, receipt.Position)
	for i := range proofs {
		if !bytes.Equal(proofs[i].Stored, again[i].Stored) {
			t.Errorf("event %d was\n%x, and is\n%x", i+1, proofs[i].Stored, again[i].Stored)
		}
	}
}

// proved proves events 1 to last and verifies each proof by itself.
func proved(t *testing.T, a *archive.Archive, keys archive.TrustedKeys, last domain.EventNo) (archive.SignedHead, []archive.Proven) {
	t.Helper()
	prover := archive.NewProver(a.Source(), keys)
	head, err := prover.Checkpoint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var numbers []domain.EventNo
	for no := range last {
		numbers = append(numbers, no+1)
	}
	proofs, err := prover.Events(context.WithoutCancel(t.Context()), head, numbers)
	if err != nil {
		t.Fatal(err)
	}
	var proven []archive.Proven
	for _, p := range proofs {
		one, err := archive.VerifyProof(p.Text(), keys)
		if err != nil {
			t.Fatal(err)
		}
		proven = append(proven, one)
	}
	return head, proven
}

// filesWith returns the files under a directory that hold a text.
func filesWith(t *testing.T, dir, text string) []string {
	t.Helper()
	var files []string
	searched := 0
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		searched++
		if bytes.Contains(readFile(t, path), []byte(text)) {
			files = append(files, strings.TrimPrefix(path, dir))
		}
		return nil
	})
	if err != nil || searched < 5 {
		t.Fatalf("searched %d files of %s: %v", searched, dir, err)
	}
	return files
}
