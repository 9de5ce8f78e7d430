package eventstore_test

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/eventstore/eventstoretest"
)

// registrar is a person at the national body A1, which each test founds first.
func registrar(subject string) domain.Caller {
	return domain.Caller{Subject: subject, Organisation: "A1", Roles: []domain.ActorRole{domain.ActorRegistrar}}
}

// asked gives a command with a reason in the name of a person.
func asked(t *testing.T, h *eventstoretest.Harness, subject, reason string, command domain.Command) eventstore.Receipt {
	t.Helper()
	return h.MustSubmit(t, request(t, subject, reason, command))
}

func request(t *testing.T, subject, reason string, command domain.Command) eventstore.Request {
	t.Helper()
	return eventstoretest.WithReason(t, eventstore.Request{
		CommandID: uuid.NewString(), Caller: registrar(subject), Command: command,
	}, reason)
}

// seconding returns the second person's word on an erasure that the first has asked for.
func seconding(t *testing.T, h *eventstoretest.Harness, erasure domain.ErasePersonalData) eventstore.Request {
	t.Helper()
	erasure.Authority = "DPO decision 2026/14"
	receipt := asked(t, h, "p-1", "Request of 20 November.", erasure)
	return request(t, "p-2", "I agree.", domain.Second{AwaitingID: receipt.TransactionID})
}

// stored returns the stored bytes of all events.
func stored(t *testing.T, s *eventstore.Store) [][]byte {
	t.Helper()
	last := s.Position()
	var all [][]byte
	ctx, enough := context.WithCancel(t.Context())
	defer enough()
	err := s.FollowBytes(ctx, 0, func(_ domain.EventNo, events [][]byte) error {
		if all = append(all, events...); domain.EventNo(len(all)) >= last {
			enough()
		}
		return nil
	})
	if domain.EventNo(len(all)) != last {
		t.Fatalf("read %d events of %d: %v", len(all), last, err)
	}
	return all
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
		content, err := os.ReadFile(path)
		searched += len(content)
		if bytes.Contains(content, []byte(text)) {
			files = append(files, strings.TrimPrefix(path, dir))
		}
		return err
	})
	if err != nil || searched == 0 {
		t.Fatalf("search %s: %v, %d bytes", dir, err, searched)
	}
	return files
}

// The text and the person's name are in the data directory before, and nowhere after; not one byte of the log changes.
func TestErasureReachesTheDisk(t *testing.T) {
	h := eventstoretest.New(t)
	h.MustSubmit(t, eventstoretest.Request(eventstoretest.Body("A1")))
	const secret, kept, name = "Dr Ann Example has long Covid.", "The minister's letter.", "ann.example@nhs.example"
	ann, err := h.Vault().Pseudonym(t.Context(), name, "A1")
	if err != nil {
		t.Fatal(err)
	}
	asked(t, h, "p-3", kept, eventstoretest.Rename("A1", "A"))
	no := asked(t, h, ann, secret, eventstoretest.Rename("A1", "B")).Position
	asked(t, h, "p-3", kept, eventstoretest.Rename("A1", "C"))
	for _, text := range []string{secret, name, kept} {
		if files := filesWith(t, h.Config.Dir, text); len(files) != 1 || !strings.Contains(files[0], "REMIT_VAULT") {
			t.Fatalf("%q is in %v before, not in the vault alone: this test cannot tell", text, files)
		}
	}
	before, head := stored(t, h.Store), h.Head()
	h.MustSubmit(t, seconding(t, h, domain.ErasePersonalData{
		Texts: []domain.TextRef{{Event: no}}, Pseudonyms: []domain.Pseudonym{domain.Pseudonym(ann)},
	}))
	for range 2 {
		for _, text := range []string{secret, name} {
			if files := filesWith(t, h.Config.Dir, text); len(files) > 0 {
				t.Errorf("%q is still in %v", text, files)
			}
		}
		if files := filesWith(t, h.Config.Dir, kept); len(files) == 0 {
			t.Error("a text that was not erased is gone")
		}
		if _, _, ok := h.Vault().Person(ann); ok {
			t.Error("the person is still known")
		}
		if diff := cmp.Diff(before, stored(t, h.Store)[:len(before)]); diff != "" {
			t.Errorf("the log changed: %s", diff)
		}
		if root := rootOf(t, stored(t, h.Store)[:len(before)]); root != head.Root {
			t.Errorf("the tree of the events before had root %s and has %s", head.Root, root)
		}
		h.Restart(t)
	}
}

func rootOf(t *testing.T, leaves [][]byte) eventstore.Hash {
	t.Helper()
	tree := eventstore.NewTree()
	for _, leaf := range leaves {
		if err := tree.Append(eventstore.LeafHash(leaf)); err != nil {
			t.Fatal(err)
		}
	}
	head, err := tree.Head()
	if err != nil {
		t.Fatal(err)
	}
	return head.Root
}

// The process dies between the commit that records an erasure and the vault's: it is finished when the store opens.
// Where the commit was lost as well, nothing is erased.
func TestErasureIsFinishedWhenTheStoreOpens(t *testing.T) {
	for _, fault := range []eventstoretest.Fault{eventstoretest.CrashAfter, eventstoretest.CrashBefore} {
		want := fault == eventstoretest.CrashAfter
		t.Run(fault.String(), func(t *testing.T) {
			journal := &eventstoretest.FaultJournal{Plan: eventstoretest.FailAt(3, fault)}
			h := eventstoretest.New(t, eventstoretest.WithFaults(journal))
			h.MustSubmit(t, eventstoretest.Request(eventstoretest.Body("A1")))
			const secret = "Dr Ann Example has long Covid."
			no := asked(t, h, "p-3", secret, eventstoretest.Rename("A1", "B")).Position
			if _, err := h.Submit(t.Context(), seconding(t, h, domain.ErasePersonalData{Texts: []domain.TextRef{{Event: no}}})); err == nil {
				t.Fatal("the crash did not happen")
			}
			if files := filesWith(t, h.Config.Dir, secret); len(files) == 0 {
				t.Fatal("the text was erased before its erasure was known to be recorded")
			}
			journal.Plan = nil
			h.Restart(t)
			if files := filesWith(t, h.Config.Dir, secret); (len(files) == 0) != want {
				t.Errorf("after the start the text is in %v, and its erasure recorded: %t", files, want)
			}
			if last := domain.EventNo(len(stored(t, h.Store))); want != (last == no+3) {
				t.Errorf("%d events, the first was %d", last, no)
			}
		})
	}
}

// A copy of the vault that was made before an erasure, and is put back, is erased again: the log remembers.
func TestVaultPutBackIsErasedAgain(t *testing.T) {
	h := eventstoretest.New(t)
	h.MustSubmit(t, eventstoretest.Request(eventstoretest.Body("A1")))
	const secret = "Dr Ann Example has long Covid."
	no := asked(t, h, "p-3", secret, eventstoretest.Rename("A1", "B")).Position
	second := seconding(t, h, domain.ErasePersonalData{Texts: []domain.TextRef{{Event: no}}})
	vault := filepath.Dir(filepath.Dir(filesWith(t, h.Config.Dir, secret)[0]))
	if err := h.Stop(t); err != nil {
		t.Fatal(err)
	}
	copied := t.TempDir()
	if err := os.CopyFS(copied, os.DirFS(filepath.Join(h.Config.Dir, vault))); err != nil {
		t.Fatal(err)
	}
	h.Start(t)
	h.MustSubmit(t, second)
	if err := h.Stop(t); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(h.Config.Dir, vault)); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(h.Config.Dir, vault), os.DirFS(copied)); err != nil {
		t.Fatal(err)
	}
	if files := filesWith(t, h.Config.Dir, secret); len(files) == 0 {
		t.Fatal("the copy does not hold the text: this test cannot tell")
	}
	h.Config.AcceptMissing = true // the reason of who agreed is younger than the copy
	h.Start(t)
	if files := filesWith(t, h.Config.Dir, secret); len(files) > 0 {
		t.Errorf("the text is in %v", files)
	}
}

// The stream of the vault must not be compressed, or a text could be on disk in a form that no search finds.
func TestStreamsAreNotCompressed(t *testing.T) {
	h := eventstoretest.New(t)
	h.MustSubmit(t, eventstoretest.Request(eventstoretest.Body("A1")))
	long := strings.Repeat("All of this is one long sentence about Dr Ann Example. ", 200)
	asked(t, h, "p-3", long, eventstoretest.Rename("A1", "B"))
	if files := filesWith(t, h.Config.Dir, long); len(files) != 1 {
		t.Errorf("a long text is in %v as it is", files)
	}
}

// What one process records as erased, the others forget as well.
func TestErasureReachesOtherProcesses(t *testing.T) {
	external := eventstoretest.StartServer(t)
	a := eventstoretest.New(t, external.Use())
	b := eventstoretest.New(t, external.Use())
	a.MustSubmit(t, eventstoretest.Request(eventstoretest.Body("A1")))
	r := request(t, "p-3", "Dr Ann Example has long Covid.", eventstoretest.Rename("A1", "B"))
	no := a.MustSubmit(t, r).Position
	meet(t, a, b)
	if _, ok := b.Vault().Text(r.Reason.Commitment); !ok {
		t.Fatal("the other process never had the text: this test cannot tell")
	}
	a.MustSubmit(t, seconding(t, a, domain.ErasePersonalData{Texts: []domain.TextRef{{Event: no, Field: "reason"}}}))
	meet(t, a, b)
	if _, err := b.Simulate(t.Context(), nil); err != nil { // answered after what was read before it is done with
		t.Fatal(err)
	}
	for name, h := range map[string]*eventstoretest.Harness{"one": a, "other": b} {
		if text, ok := h.Vault().Text(r.Reason.Commitment); ok {
			t.Errorf("the %s process still finds %q", name, text)
		}
	}
}
