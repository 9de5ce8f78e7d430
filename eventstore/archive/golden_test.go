package archive_test

import (
	"context"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/eventstore/archive"
	"github.com/remit-register/remit/eventstore/eventstoretest"
)

var golden = flag.String("golden", "", "write the journal and archive of this version to testdata/golden-`NAME`")

// TestGolden replays and verifies the journal and the archive of every released version. In each folder: commits.txt
// are the records of the journal, one in hex a line, whatever kept them; log is the archive; verifier.txt the key that an
// auditor trusts; register.txt what the register was.
func TestGolden(t *testing.T) {
	if *golden != "" {
		writeGolden(t, filepath.Join("testdata", "golden-"+*golden))
	}
	folders, err := filepath.Glob(filepath.Join("testdata", "golden-*"))
	if err != nil || len(folders) == 0 {
		t.Fatalf("no golden journals: %v", err)
	}
	for _, folder := range folders {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			want := string(readFile(t, filepath.Join(folder, "register.txt")))
			verified, archived := verifyGolden(t, folder)
			if diff := cmp.Diff(want, archived.String()); diff != "" {
				t.Errorf("the archive replays to another register: %s", diff)
			}
			h := openGolden(t, folder)
			if h.Head() != verified.Head {
				t.Errorf("the journal has tree %s, the archive %s", h.Head(), verified.Head)
			}
			if diff := cmp.Diff(want, journalled(t, h)); diff != "" {
				t.Errorf("the journal replays to another register: %s", diff)
			}
			if first := eventstoretest.Request(eventstoretest.Body("NEW")); h.MustSubmit(t, first).Position != verified.Head.Size+1 {
				t.Error("the journal does not go on where it ended")
			}
		})
	}
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// replay is what events come to, in a form that outlives changes of types.
type replay struct {
	state *domain.State
	lines []string
}

func newReplay() *replay { return &replay{state: domain.NewState()} }

func (r *replay) apply(events []domain.Event) error {
	for _, e := range events {
		if err := r.state.Apply(e); err != nil {
			return err
		}
		r.lines = append(r.lines, fmt.Sprintf("%d %s %s on %s late %t by %s@%s as %s, %s %d/%d", e.No, e.Fact.FactType(), e.Fact.Entity(),
			e.EffectiveOn, e.Late, e.Actor.Subject, e.Actor.Organisation, e.Actor.Role, e.TransactionID, e.Index+1, e.Count))
	}
	return nil
}

// String lists the events, and who holds what on the last day.
func (r *replay) String() string {
	lines := slices.Clone(r.lines)
	for _, remit := range r.state.Holdings.Remits() {
		for _, held := range r.state.Holdings.At(remit, domain.Now(today())) {
			lines = append(lines, fmt.Sprintf("%s of %s in %s: %s since %s, by %q, %s", remit.Role, remit.Subject, remit.Footprint,
				held.Holder, held.From, held.Source, held.Confidence))
		}
	}
	slices.Sort(lines[len(r.lines):])
	return strings.Join(lines, "\n") + "\n"
}

func verifyGolden(t *testing.T, folder string) (archive.Verified, *replay) {
	t.Helper()
	keys, err := archive.ParseTrustedKeys(string(readFile(t, filepath.Join(folder, "verifier.txt"))))
	if err != nil {
		t.Fatal(err)
	}
	r := newReplay()
	verified, err := archive.Verify(t.Context(), archive.Verification{
		Source: archive.Dir(filepath.Join(folder, "log")), Keys: keys, Apply: r.apply,
	})
	if err != nil {
		t.Fatalf("the archive does not verify: %v", err)
	}
	return verified, r
}

// openGolden puts the records of a journal into an empty stream, and opens it as this version would.
func openGolden(t *testing.T, folder string) *eventstoretest.Harness {
	t.Helper()
	h := eventstoretest.New(t)
	h.Config.AcceptMissing = true // golden journals are kept without their vaults
	if err := h.Stop(t); err != nil {
		t.Fatal(err)
	}
	h.Rewrite(t, func([][]byte) (records [][]byte) {
		for line := range strings.Lines(string(readFile(t, filepath.Join(folder, "commits.txt")))) {
			record, err := hex.DecodeString(strings.TrimSpace(line))
			if err != nil {
				t.Fatal(err)
			}
			records = append(records, record)
		}
		return records
	})
	h.Start(t)
	return h
}

func journalled(t *testing.T, h *eventstoretest.Harness) string {
	t.Helper()
	events, err := h.Read(t.Context(), 1, h.Position())
	if err != nil {
		t.Fatal(err)
	}
	r := newReplay()
	if err := r.apply(events); err != nil {
		t.Fatal(err)
	}
	return r.String()
}

// writeGolden records the walk with the archive on, and keeps what came of it.
func writeGolden(t *testing.T, folder string) {
	t.Helper()
	clock := eventstoretest.NewClock(eventstoretest.Start())
	data := t.TempDir()
	a, err := archive.New(archive.Config{Data: data, Name: "golden.remit.example/log", Clock: clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	h := eventstoretest.New(t, func(c *eventstore.Config) { c.Dir, c.Trust = data, a.Open })
	if err := a.Attach(t.Context(), h.Store); err != nil {
		t.Fatal(err)
	}
	walk{h, t}.record()
	if err := a.Finish(t.Context()); err != nil {
		t.Fatal(err)
	}
	register, key := journalled(t, h), strings.Join(a.Keys().VerifierKeys(), "\n")+"\n"
	if err := h.Stop(t); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(folder, "log"), os.DirFS(filepath.Join(data, "archive"))); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		"register.txt": register, "verifier.txt": key, "commits.txt": strings.Join(records(t, h), ""),
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// records reads the records of a stopped store's journal, one in hex a line.
func records(t *testing.T, h *eventstoretest.Harness) (lines []string) {
	t.Helper()
	h.Tamper(t, func(ctx context.Context, js jetstream.JetStream) error {
		stream, err := js.Stream(ctx, eventstoretest.JournalStream)
		if err != nil {
			return err
		}
		for no := uint64(1); no <= stream.CachedInfo().State.LastSeq; no++ {
			msg, err := stream.GetMsg(ctx, no)
			if err != nil {
				return err
			}
			lines = append(lines, hex.EncodeToString(msg.Data)+"\n")
		}
		return nil
	})
	return lines
}
