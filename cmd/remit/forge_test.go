package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"google.golang.org/protobuf/proto"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/eventstore/archive"
	"github.com/remit-register/remit/eventstore/archive/archivetest"
	"github.com/remit-register/remit/eventstore/eventstoretest"
	eventv1 "github.com/remit-register/remit/proto/remit/event/v1"
)

// TestForgedFiles changes what a stopped register says as somebody would who can write its files and knows their forms:
// all checksums, hashes and chains are made anew, so that everything fits but what only a key makes. It answers as before,
// having repaired what was forged, or refuses and says what to do.
func TestForgedFiles(t *testing.T) {
	dir := t.TempDir()
	want := damageable(t, dir)
	events := archivedEvents(t, filepath.Join(dir, "archive"), want.head.Size)
	for name, forge := range map[string]func(t *testing.T, dir string){
		"the first event of the journal": func(t *testing.T, dir string) { t.Helper(); forgeJournal(t, dir, 0) },
		"an event amid the journal":      func(t *testing.T, dir string) { t.Helper(); forgeJournal(t, dir, 100) },
		"the last event of the journal":  func(t *testing.T, dir string) { t.Helper(); forgeJournal(t, dir, -1) },
		"an event more":                  forgeMore,
		"the journal's settings":         forgeSettings,
		"a text in the vault": func(t *testing.T, dir string) {
			t.Helper()
			forgeVault(t, dir, func(r *eventv1.VaultRecord) bool {
				if len(r.GetSecrets()) > 0 {
					r.Secrets[0].Text += " Not."
				}
				return len(r.GetSecrets()) > 0
			})
		},
		"a person in the vault": func(t *testing.T, dir string) {
			t.Helper()
			forgeVault(t, dir, func(r *eventv1.VaultRecord) bool {
				if len(r.GetPersons()) > 0 {
					r.Persons[0].Subject = "joan@example.org"
				}
				return len(r.GetPersons()) > 0
			})
		},
		"the archive below its checkpoint":    func(t *testing.T, dir string) { t.Helper(); forgeArchive(t, dir, events, archive.CheckpointPath) },
		"the archive, signed by somebody":     func(t *testing.T, dir string) { t.Helper(); forgeArchive(t, dir, events, "") },
		"the archive and the last checkpoint": forgeBoth(events),
		"the key":                             forgeKey,
		"the views' checkpoints":              forgeViews,
	} {
		t.Run(name, func(t *testing.T) {
			forged := filepath.Join(t.TempDir(), "data")
			if err := os.CopyFS(forged, os.DirFS(dir)); err != nil {
				t.Fatal(err)
			}
			private(t, forged)
			forge(t, forged)
			private(t, forged)
			outcome, err := reopen(t.Context(), forged, want)
			if err != nil {
				t.Error(err)
			}
			t.Log(outcome)
		})
	}
}

// private gives the key the permissions that it lost when it was copied.
func private(t *testing.T, dir string) {
	t.Helper()
	if err := os.Chmod(filepath.Join(dir, archive.KeyFile), 0o600); err != nil {
		t.Fatal(err)
	}
}

// archivedEvents returns the stored bytes of all events in an archive.
func archivedEvents(t *testing.T, folder string, size domain.EventNo) (events [][]byte) {
	t.Helper()
	for index := uint64(0); domain.EventNo(len(events)) < size; index++ {
		n := min(archive.TileWidth, int(size)-len(events))
		bundle, err := os.ReadFile(filepath.Join(folder, archive.EntriesPath(index, n)))
		if err != nil {
			t.Fatal(err)
		}
		some, err := archive.ParseBundle(bundle)
		if err != nil {
			t.Fatal(err)
		}
		events = append(events, some...)
	}
	return events
}

// forgedEvent returns another event that reads as well as the one given.
func forgedEvent(t *testing.T, event []byte) []byte {
	t.Helper()
	for at := range slices.Backward(event) {
		forged := slices.Clone(event)
		forged[at] ^= 1
		if _, err := eventstore.DecodeEvent(forged); err == nil {
			return forged
		}
	}
	t.Fatal("no other event can be made of it")
	return nil
}

// rewriteJournal changes the journal's commits, and makes the chain of trees anew.
func rewriteJournal(t *testing.T, dir string, change func([]*eventv1.Commit) []*eventv1.Commit) {
	t.Helper()
	h := &eventstoretest.Harness{Config: eventstore.Config{Dir: dir}}
	h.Rewrite(t, func(records [][]byte) (forged [][]byte) {
		commits := make([]*eventv1.Commit, len(records))
		for i, record := range records {
			commits[i] = new(eventv1.Commit)
			if err := proto.Unmarshal(record, commits[i]); err != nil {
				t.Fatal(err)
			}
		}
		tree := eventstore.NewTree()
		for _, c := range change(commits) {
			head, err := tree.Head()
			if err != nil {
				t.Fatal(err)
			}
			c.TreeSizeBefore, c.RootBefore = uint64(head.Size), head.Root[:]
			for _, event := range c.GetEvents() {
				if err := tree.Append(eventstore.LeafHash(event)); err != nil {
					t.Fatal(err)
				}
			}
			record, err := proto.Marshal(c)
			if err != nil {
				t.Fatal(err)
			}
			forged = append(forged, record)
		}
		return forged
	})
	if err := os.Remove(filepath.Join(dir, "head")); err != nil { // a note without a seal, which a forger leaves out
		t.Fatal(err)
	}
}

// forgeJournal changes an event of a record, -1 for the last.
func forgeJournal(t *testing.T, dir string, record int) {
	t.Helper()
	rewriteJournal(t, dir, func(commits []*eventv1.Commit) []*eventv1.Commit {
		if record < 0 {
			record = len(commits) - 1
		}
		events := commits[min(record, len(commits)-1)].GetEvents()
		events[len(events)-1] = forgedEvent(t, events[len(events)-1])
		return commits
	})
}

// forgeMore leaves the last commit out.
func forgeMore(t *testing.T, dir string) {
	t.Helper()
	rewriteJournal(t, dir, func(commits []*eventv1.Commit) []*eventv1.Commit { return commits[:len(commits)-1] })
}

func tamper(t *testing.T, dir string, do func(context.Context, jetstream.JetStream) error) {
	t.Helper()
	(&eventstoretest.Harness{Config: eventstore.Config{Dir: dir}}).Tamper(t, do)
}

// forgeSettings has the journal's stream forget.
func forgeSettings(t *testing.T, dir string) {
	t.Helper()
	tamper(t, dir, func(ctx context.Context, js jetstream.JetStream) error {
		stream, err := js.Stream(ctx, eventstoretest.JournalStream)
		if err != nil {
			return err
		}
		config := stream.CachedInfo().Config
		config.MaxMsgs = 1_000_000
		_, err = js.UpdateStream(ctx, config)
		return err
	})
}

// forgeVault changes the first record of the vault that change changes.
func forgeVault(t *testing.T, dir string, change func(*eventv1.VaultRecord) bool) {
	t.Helper()
	tamper(t, dir, func(ctx context.Context, js jetstream.JetStream) error {
		stream, err := js.Stream(ctx, eventstoretest.VaultStream)
		if err != nil {
			return err
		}
		for no := uint64(1); no <= stream.CachedInfo().State.LastSeq; no++ {
			msg, err := stream.GetMsg(ctx, no)
			if err != nil {
				continue
			}
			var record eventv1.VaultRecord
			if err := proto.Unmarshal(msg.Data, &record); err != nil {
				return err
			}
			if !change(&record) {
				continue
			}
			data, err := proto.Marshal(&record)
			if err != nil {
				return err
			}
			_, err = js.Publish(ctx, "remit.vault", data)
			return err
		}
		t.Fatal("there is nothing to forge in the vault")
		return nil
	})
}

// forgeArchive puts another history in the archive's place, but for one file; its checkpoint has another signature.
func forgeArchive(t *testing.T, dir string, events [][]byte, but string) {
	t.Helper()
	keys, err := archive.LoadKeys(dir)
	if err != nil {
		t.Fatal(err)
	}
	forged := slices.Clone(events)
	forged[40] = forgedEvent(t, forged[40])
	signer, _ := archivetest.Key(t, keys.Origin(), "forger")
	files := archivetest.Publish(t, forged, keys.Origin(), signer)
	delete(files, but)
	files.Write(t, filepath.Join(dir, "archive"))
}

// forgeBoth has the archive and the last checkpoint of the data directory agree.
func forgeBoth(events [][]byte) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		t.Helper()
		forgeArchive(t, dir, events, "")
		signed, err := os.ReadFile(filepath.Join(dir, "archive", archive.CheckpointPath))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, archive.LastFile), signed, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// forgeKey puts another key under the same name.
func forgeKey(t *testing.T, dir string) {
	t.Helper()
	keys, err := archive.LoadKeys(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, archive.KeyFile)); err != nil {
		t.Fatal(err)
	}
	if _, err := archive.CreateKeys(dir, keys.Origin(), nil, domain.NewDate(2026, time.November, 1)); err != nil {
		t.Fatal(err)
	}
}

// forgeViews changes what the views' checkpoints say, and makes their seals anew with a key that is a guess.
func forgeViews(t *testing.T, dir string) {
	t.Helper()
	key, err := viewsKey(dir)
	if err != nil {
		t.Fatal(err)
	}
	paths, err := filepath.Glob(filepath.Join(dir, "views", "*.checkpoint"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("there are no checkpoints of the views: %v", err)
	}
	for _, path := range paths {
		sound, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(resealed(t, sound, key, false), sound) {
			t.Fatal("the form of checkpoints is another: this test cannot forge them")
		}
		if err := os.WriteFile(path, resealed(t, sound, make([]byte, len(key)), true), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// resealed returns a checkpoint with its seals made with a key, and with every holder Q00 changed.
func resealed(t *testing.T, file, key []byte, change bool) []byte {
	t.Helper()
	line := bytes.IndexByte(file, '\n') + 1
	out, rest, last := slices.Clone(file[:line]), file[line:], make([]byte, sha256.Size)
	changed := 0
	for len(rest) > 0 {
		size := binary.LittleEndian.Uint32(rest)
		data := rest[4+sha256.Size:][:size]
		rest = rest[4+sha256.Size+int(size):]
		if change {
			changed += bytes.Count(data, []byte(benchSender))
			data = bytes.ReplaceAll(data, []byte(benchSender), bytes.ToLower([]byte(benchSender)))
		}
		mac := hmac.New(sha256.New, key)
		mac.Write(last)
		mac.Write(data)
		last = mac.Sum(nil)
		out = append(binary.LittleEndian.AppendUint32(out, size), last...)
		out = append(out, data...)
	}
	if change && changed == 0 {
		t.Fatal("there is nothing to forge")
	}
	return out
}
