package archive_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/eventstore/archive"
	"github.com/remit-register/remit/eventstore/archive/archivetest"
	"github.com/remit-register/remit/eventstore/eventstoretest"
)

var errEnough = errors.New("enough")

// eventBytes returns the stored bytes of all events.
func eventBytes(t *testing.T, s *eventstore.Store) [][]byte {
	t.Helper()
	var all [][]byte
	last := s.Position()
	err := s.FollowBytes(t.Context(), 0, func(_ domain.EventNo, events [][]byte) error {
		if all = append(all, events...); domain.EventNo(len(all)) >= last {
			return errEnough
		}
		return nil
	})
	if !errors.Is(err, errEnough) {
		t.Fatal(err)
	}
	return all
}

// register is a stopped register with keys and an archive, all made with events that a test knows.
type register struct {
	h      *eventstoretest.Harness
	keys   *archive.Keys
	events [][]byte
	epoch  int // that it has once it is restored
}

const registerEvents = 12

// newRegister makes a register of which so many events are archived.
func newRegister(t *testing.T, archived int) *register {
	t.Helper()
	r := &register{h: eventstoretest.New(t), epoch: 2}
	for i := range registerEvents {
		command := eventstoretest.Request(eventstoretest.Body(fmt.Sprintf("A%d", i)))
		r.h.MustSubmit(t, eventstoretest.WithReason(t, command, fmt.Sprintf("Dr Jane Smith %d", i)))
	}
	r.events = eventBytes(t, r.h.Store)
	if err := r.h.Stop(t); err != nil {
		t.Fatal(err)
	}
	var err error
	if r.keys, err = archive.CreateKeys(r.data(), "", nil, domain.DateOf(eventstoretest.Start())); err != nil {
		t.Fatal(err)
	}
	r.publish(t, r.folder(), archived)
	copyOne(t, filepath.Join(r.folder(), archive.CheckpointPath), filepath.Join(r.data(), archive.LastFile))
	// What is left at the end is another register, so the harness has nothing to check.
	r.h.Config.Dir = copyOf(t, r.h.Config.Dir)
	whole := r.h.Config.Dir
	t.Cleanup(func() { r.h.Config.Dir = whole })
	r.h.Config.Dir = copyOf(t, whole)
	return r
}

func (r *register) data() string   { return r.h.Config.Dir }
func (r *register) folder() string { return filepath.Join(r.data(), "archive") }

func (r *register) publish(t *testing.T, folder string, events int) {
	t.Helper()
	signers, err := r.keys.Signers()
	if err != nil {
		t.Fatal(err)
	}
	archivetest.Publish(t, r.events[:events], r.keys.Origin(), signers...).Write(t, folder)
}

// restoration is what `remit restore` asks for.
func (r *register) restoration(from string) archive.Restoration {
	return archive.Restoration{From: archive.Dir(from), Folder: from, Store: r.h.Config, Reason: "a test"}
}

// open opens the register, and closes it with the test.
func (r *register) open(t *testing.T) *eventstore.Store {
	t.Helper()
	s, err := eventstore.Open(t.Context(), r.h.Config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func copyOf(t *testing.T, dir string) string {
	t.Helper()
	to := t.TempDir()
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(to, archive.KeyFile), 0o600); err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return to
}

func copyOne(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// change rewrites the journal's records.
func (r *register) change(t *testing.T, change func([][]byte) [][]byte) {
	t.Helper()
	(&eventstoretest.Harness{Config: r.h.Config}).Rewrite(t, change)
}

func (r *register) tamper(t *testing.T, do func(context.Context, jetstream.JetStream) error) {
	t.Helper()
	(&eventstoretest.Harness{Config: r.h.Config}).Tamper(t, do)
}

// forge changes a name in a record: the journal's checksums are right afterwards.
func forge(no int) func([][]byte) [][]byte {
	return func(records [][]byte) [][]byte {
		records[no] = bytes.Replace(records[no], []byte("Body "), []byte("Bodi "), 1)
		return records
	}
}

// outcome is what a restore must come to.
type outcome struct {
	restored int            // events
	unsigned domain.EventNo // of them
	mayHave  bool
	upTo     domain.EventNo
	missing  int // personal texts
}

func TestRestore(t *testing.T) {
	all := registerEvents
	for name, c := range map[string]struct {
		archived int
		damage   func(*testing.T, *register)
		want     outcome
	}{
		"forged where it is archived": {
			10, func(t *testing.T, r *register) { t.Helper(); r.change(t, forge(3)) },
			outcome{restored: all, unsigned: 2},
		},
		"forged where it is not": {
			8, func(t *testing.T, r *register) { t.Helper(); r.change(t, forge(9)) },
			outcome{restored: 9, unsigned: 1, mayHave: true, upTo: 12, missing: 0},
		},
		"lost its end": {10, func(t *testing.T, r *register) {
			t.Helper()
			r.change(t, func(records [][]byte) [][]byte { return records[:5] })
		}, outcome{restored: 10, mayHave: true, upTo: 12}},
		"lost its end, all archived": {all, func(t *testing.T, r *register) {
			t.Helper()
			r.change(t, func(records [][]byte) [][]byte { return records[:5] })
		}, outcome{restored: all}},
		"journal deleted": {10, func(t *testing.T, r *register) {
			t.Helper()
			r.tamper(t, func(ctx context.Context, js jetstream.JetStream) error {
				return js.DeleteStream(ctx, eventstoretest.JournalStream)
			})
		}, outcome{restored: 10, mayHave: true, upTo: 12}},
		"all files of the server gone": {
			10, func(t *testing.T, r *register) { t.Helper(); remove(t, r.data(), "nats") },
			outcome{restored: 10, mayHave: true, upTo: 12, missing: 10},
		},
		"nothing left but keys": {10, func(t *testing.T, r *register) {
			t.Helper()
			remove(t, r.data(), "nats", "head", archive.LastFile)
		}, outcome{restored: 10, mayHave: true, missing: 10}},
		"blocks and index cut": {10, cutBlocks, outcome{restored: 10, mayHave: true, upTo: 12}},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRegister(t, c.archived)
			c.damage(t, r)
			done, err := archive.Restore(t.Context(), r.restoration(r.folder()))
			if err != nil {
				t.Fatal(err)
			}
			r.check(t, done, c.want)
		})
	}
}

// cutBlocks does what a damaged disk does: half of the journal's first block is gone, and the server's index of it.
func cutBlocks(t *testing.T, r *register) {
	t.Helper()
	msgs := filepath.Join(r.data(), "nats", "jetstream", "$G", "streams", eventstoretest.JournalStream, "msgs")
	info, err := os.Stat(filepath.Join(msgs, "1.blk"))
	if err == nil {
		err = os.Truncate(filepath.Join(msgs, "1.blk"), info.Size()/2)
	}
	if err != nil {
		t.Fatal(err)
	}
	remove(t, msgs, "index.db")
}

func remove(t *testing.T, dir string, names ...string) {
	t.Helper()
	for _, name := range names {
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
}

// check compares what was restored with what was there, and with what the restore says.
func (r *register) check(t *testing.T, done archive.Restored, want outcome) {
	t.Helper()
	e := done.Epoch
	if e.Epoch != r.epoch || int(e.RestoredSize) != want.restored || e.Unsigned != want.unsigned || e.MayHaveLost != want.mayHave ||
		e.LostUpTo != want.upTo || e.FormerLog != "" || int(done.Position) != want.restored+1 {
		t.Errorf("it says %+v at %d, want %+v", e, done.Position, want)
	}
	if done.Missing != want.missing || done.Texts+done.Missing != want.restored {
		t.Errorf("%d texts are there and %d missing of %d; want %d missing", done.Texts, done.Missing, want.restored, want.missing)
	}
	s := r.open(t)
	events := eventBytes(t, s)
	if len(events) != want.restored+1 || !slices.EqualFunc(events[:want.restored], r.events[:want.restored], bytes.Equal) {
		t.Errorf("there are %d events, or they are not the same", len(events))
	}
	if epoch := s.State().Epochs.At(s.Position()); epoch != r.epoch {
		t.Errorf("the register is in epoch %d", epoch)
	}
	if _, err := archive.LoadKeys(r.data()); err != nil {
		t.Errorf("the keys are gone: %v", err)
	}
	if _, err := os.Stat(filepath.Join(r.data(), "restoring")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the restore left its work behind: %v", err)
	}
}

// What was there is moved aside, whole.
func TestRestoreKeepsTheDamagedStore(t *testing.T) {
	r := newRegister(t, 10)
	r.change(t, forge(3))
	before := copyOf(t, r.data())
	done, err := archive.Restore(t.Context(), r.restoration(r.folder()))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(done.Aside, filepath.Join(r.data(), "damaged")) {
		t.Fatalf("it was moved to %q", done.Aside)
	}
	for _, name := range []string{"nats", "head", archive.LastFile} {
		err := filepath.WalkDir(filepath.Join(before, name), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			relative, _ := filepath.Rel(before, path)
			was, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			is, err := os.ReadFile(filepath.Join(done.Aside, relative))
			if !bytes.Equal(was, is) {
				t.Errorf("%s was changed", relative)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
	if !strings.Contains(done.OldJournal, "damaged") {
		t.Errorf("of the old journal it says %q", done.OldJournal)
	}
}
