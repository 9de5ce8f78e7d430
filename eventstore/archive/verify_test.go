package archive_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore/archive"
	"github.com/remit-register/remit/eventstore/archive/archivetest"
)

const testLog = "remit.test/log"

// enough is the size of a log with three levels of tiles that are not full: 65,536 events and some.
const enough = 256*256 + 256*2 + 37

// verify verifies files and returns what was found.
func verify(t testing.TB, files logFiles, change ...func(*archive.Verification)) (archive.Verified, error) {
	t.Helper()
	_, verifier := logKey(t, testLog, "log")
	v := archive.Verification{Source: files, Keys: archive.NewTrustedKeys(verifier)}
	for _, f := range change {
		f(&v)
	}
	return archive.Verify(t.Context(), v)
}

// published returns the archive of a log with n events.
func published(t testing.TB, n int) logFiles {
	t.Helper()
	signer, _ := logKey(t, testLog, "log")
	return publishLog(t, someEvents(t, n), testLog, signer)
}

func TestVerifyWholeLog(t *testing.T) {
	for _, n := range []int{0, 1, 2, 255, 256, 257, 511, 512, 600, enough} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			applied, told := domain.EventNo(0), 0
			found, err := verify(t, published(t, n), func(v *archive.Verification) {
				v.Apply = func(events []domain.Event) error {
					if events[0].No != applied+1 || events[0].Index != 0 {
						return fmt.Errorf("event %d after %d", events[0].No, applied)
					}
					applied = events[len(events)-1].No
					return nil
				}
				v.Progress = func(done, total int) {
					if done < told || total != n {
						t.Errorf("progress %d of %d after %d", done, total, told)
					}
					told = done
				}
			})
			if err != nil {
				t.Fatal(err)
			}
			if int(found.Head.Size) != n || int(applied) != n || told != n || found.Origin != testLog || len(found.SignedBy) != 1 {
				t.Errorf("found %+v, applied %d, told %d", found, applied, told)
			}
			if found.Transactions < n/5 || n > 0 && found.Transactions == 0 {
				t.Errorf("%d transactions of %d events", found.Transactions, n)
			}
		})
	}
}

// expect demands a finding whose sentence contains each of the parts.
func expect(t *testing.T, err error, parts ...string) {
	t.Helper()
	if !archive.IsFinding(err) {
		t.Fatalf("want a finding, got %v", err)
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("nothing of %q in %q", part, err)
		}
	}
}

// TestVerifyFindsEveryFlip flips a bit of every file, and then leaves each out, cuts it off and makes it longer.
func TestVerifyFindsEveryFlip(t *testing.T) {
	files := published(t, 600)
	for path, data := range files {
		for _, at := range []int{0, len(data) / 2, len(data) - 1} {
			damaged := files.Clone()
			damaged[path][at] ^= 1
			if _, err := verify(t, damaged); !archive.IsFinding(err) {
				t.Errorf("%s with byte %d flipped: %v", path, at, err)
			}
		}
		for what, change := range map[string][]byte{
			"cut off": data[:len(data)-1], "empty": {}, "longer": append(append([]byte(nil), data...), 0),
			"zeros": make([]byte, len(data)),
		} {
			damaged := files.Clone()
			damaged[path] = change
			if _, err := verify(t, damaged); !archive.IsFinding(err) {
				t.Errorf("%s %s: %v", path, what, err)
			}
		}
		damaged := files.Clone()
		delete(damaged, path)
		_, err := verify(t, damaged)
		expect(t, err, path+" is missing")
	}
}

func TestVerifyNamesWhatIsWrong(t *testing.T) {
	files := published(t, 600)
	forged := someHistory(600)
	fact, _ := forged[299].Fact.(domain.OrganisationRenamed)
	fact.Name = "Body 999" // as long as it was
	forged[299].Fact = fact
	forgedLog := publishLog(t, encodeAll(t, forged), testLog)
	for name, test := range map[string]struct {
		change func(logFiles)
		parts  []string
	}{
		"forged entry": {
			func(f logFiles) { f["tile/entries/001"] = forgedLog["tile/entries/001"] },
			[]string{"tile/entries/001: event 300 is not the one that was signed"},
		},
		"forged entry, and its tile with it": {
			func(f logFiles) {
				f["tile/entries/001"] = forgedLog["tile/entries/001"]
				f["tile/0/001"] = forgedLog["tile/0/001"]
			},
			[]string{"(tile/0/001) does not lead to the root of the checkpoint"},
		},
		"forged entry, and every tile with it": {
			func(f logFiles) {
				for path, data := range forgedLog {
					if path != archive.CheckpointPath {
						f[path] = data
					}
				}
			},
			[]string{"does not lead to the root of the checkpoint", "600 events"},
		},
		"swapped bundles": {
			func(f logFiles) {
				f["tile/entries/000"], f["tile/entries/001"] = f["tile/entries/001"], f["tile/entries/000"]
			},
			[]string{"tile/entries/000: event 1 is not the one that was signed"},
		},
		"swapped tiles": {
			func(f logFiles) { f["tile/0/000"], f["tile/0/001"] = f["tile/0/001"], f["tile/0/000"] },
			[]string{"(tile/0/000) does not lead to the root"},
		},
		"a bundle with an event less": {
			func(f logFiles) {
				size := int(binary.BigEndian.Uint16(f["tile/entries/001"]))
				f["tile/entries/001"] = f["tile/entries/001"][2+size:]
			},
			[]string{"tile/entries/001 holds 255 events, not 256"},
		},
		"no checkpoint":  {func(f logFiles) { delete(f, "checkpoint") }, []string{"checkpoint is missing"}},
		"not signed":     {func(f logFiles) { f["checkpoint"] = []byte("a\n1\nb\n") }, []string{"no signed note"}},
		"more in a tile": {func(f logFiles) { f["tile/0/002.p/88"] = f["tile/0/001"] }, []string{"has 8192 bytes, not the 2816"}},
	} {
		t.Run(name, func(t *testing.T) {
			damaged := files.Clone()
			test.change(damaged)
			_, err := verify(t, damaged)
			expect(t, err, test.parts...)
		})
	}
}

func TestVerifySignature(t *testing.T) {
	signer, verifier := logKey(t, testLog, "log")
	other, otherVerifier := logKey(t, testLog, "another of the same name")
	elsewhere, elsewhereVerifier := logKey(t, "elsewhere.test/log", "log")
	witness, _ := logKey(t, "witness.test", "witness")
	events := someEvents(t, 10)
	trust := func(verifiers ...note.Verifier) func(*archive.Verification) {
		return func(v *archive.Verification) { v.Keys = archive.NewTrustedKeys(verifiers...) }
	}
	t.Run("wrong key", func(t *testing.T) {
		_, err := verify(t, publishLog(t, events, testLog, other), trust(verifier))
		expect(t, err, "is not signed by the key given ("+testLog+"+", ", but by "+testLog+"+")
	})
	t.Run("other origin", func(t *testing.T) {
		_, err := verify(t, publishLog(t, events, "elsewhere.test/log", signer), trust(verifier))
		expect(t, err, `of the log "elsewhere.test/log", but the key given`)
		_, err = verify(t, publishLog(t, events, "elsewhere.test/log", elsewhere), trust(verifier))
		expect(t, err, "not signed by the key given")
	})
	t.Run("text changed", func(t *testing.T) {
		files := publishLog(t, events, testLog, signer)
		files[archive.CheckpointPath] = []byte(strings.Replace(string(files[archive.CheckpointPath]), "\n10\n", "\n11\n", 1))
		_, err := verify(t, files)
		expect(t, err, "the text was changed, or the signature forged")
	})
	t.Run("rotation: two keys sign, either is enough", func(t *testing.T) {
		files := publishLog(t, events, testLog, signer, other)
		for _, keys := range [][]note.Verifier{{verifier}, {otherVerifier}, {verifier, otherVerifier}, {elsewhereVerifier, verifier}} {
			found, err := verify(t, files, trust(keys...))
			if err != nil || len(found.SignedBy)+len(found.OtherSignatures) != 2 {
				t.Errorf("found %v and %v: %v", found.SignedBy, found.OtherSignatures, err)
			}
		}
	})
	t.Run("cosigned by a witness that is not known", func(t *testing.T) {
		found, err := verify(t, publishLog(t, events, testLog, signer, witness))
		if err != nil || len(found.OtherSignatures) != 1 || !strings.HasPrefix(found.OtherSignatures[0], "witness.test+") {
			t.Errorf("found %v: %v", found.OtherSignatures, err)
		}
	})
	t.Run("a line of a cosignature as witnesses write it", func(t *testing.T) {
		files := publishLog(t, events, testLog, signer)
		files[archive.CheckpointPath] = append(files[archive.CheckpointPath],
			"— witness.test/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"...)
		if found, err := verify(t, files); err != nil || len(found.OtherSignatures) != 1 {
			t.Errorf("found %v: %v", found.OtherSignatures, err)
		}
	})
	t.Run("further lines in the text", func(t *testing.T) {
		files := publishLog(t, events, testLog, signer)
		text, _, _ := strings.Cut(string(files[archive.CheckpointPath]), "\n\n")
		files[archive.CheckpointPath] = archivetest.Sign(t, text+"\nan extension\n", signer)
		if _, err := verify(t, files); err != nil {
			t.Error(err)
		}
	})
	for _, text := range []string{"", testLog, testLog + "\n10\n", testLog + "\n010\nAAAA\n", testLog + "\n-1\nAAAA\n", testLog + "\n10\nAAAA\n"} {
		files := publishLog(t, events, testLog, signer)
		files[archive.CheckpointPath] = archivetest.Sign(t, text+"\n", signer)
		_, err := verify(t, files)
		expect(t, err, "the checkpoint")
	}
}

func TestVerifySince(t *testing.T) {
	signer, verifier := logKey(t, testLog, "log")
	kept := func(files logFiles) func(*archive.Verification) {
		head, err := archive.OpenCheckpoint(files[archive.CheckpointPath], archive.NewTrustedKeys(verifier))
		if err != nil {
			t.Fatal(err)
		}
		return func(v *archive.Verification) { v.Since = &head }
	}
	now := published(t, 700)
	for _, n := range []int{0, 1, 5, 256, 300, 512, 700} {
		if _, err := verify(t, now, kept(publishLog(t, someEvents(t, 700)[:n], testLog, signer))); err != nil {
			t.Errorf("the log does not extend itself of %d events: %v", n, err)
		}
	}
	fork := someEvents(t, 700)
	copy(fork[400:], encodeAll(t, renamings(401, 300)))
	other := publishLog(t, fork, testLog, signer)
	t.Run("fork", func(t *testing.T) {
		_, err := verify(t, other, kept(publishLog(t, someEvents(t, 700)[:500], testLog, signer)))
		expect(t, err, "its first 500 events had the root ", " and now have the root ", "(now 700 events with root ")
		if _, err := verify(t, other, kept(publishLog(t, someEvents(t, 700)[:400], testLog, signer))); err != nil {
			t.Errorf("where it was the same: %v", err)
		}
	})
	t.Run("of the same size", func(t *testing.T) {
		_, err := verify(t, other, kept(now))
		expect(t, err, "its first 700 events had the root ")
	})
	t.Run("shorter", func(t *testing.T) {
		_, err := verify(t, published(t, 300), kept(now))
		expect(t, err, "it has 300 events with root ", "and had 700 events with root ", "lost its end")
		if strings.Contains(err.Error(), "EpochBegan") {
			t.Errorf("it speaks of epochs: %v", err)
		}
	})
	t.Run("restored", func(t *testing.T) {
		events := someHistory(301)[:300]
		restored := renamings(301, 1)
		restored[0].Fact = domain.EpochBegan{Epoch: 2, RestoredSize: 300, RestoredRoot: domain.RootHash(strings.Repeat("ab", 32)), MayHaveLost: true}
		events[299].Count = events[299].Index + 1 // end its transaction
		for i := range events[295:] {
			if events[295+i].TransactionID == events[299].TransactionID {
				events[295+i].Count = events[299].Count
			}
		}
		files := publishLog(t, encodeAll(t, append(events, restored...)), testLog, signer)
		_, err := verify(t, files, kept(now))
		expect(t, err, "it has 301 events", "event 301 (EpochBegan)")
	})
	t.Run("another log", func(t *testing.T) {
		elsewhere, elsewhereVerifier := logKey(t, "elsewhere.test/log", "log")
		files := publishLog(t, someEvents(t, 700), "elsewhere.test/log", elsewhere)
		_, err := verify(t, files, kept(now), func(v *archive.Verification) { v.Keys = archive.NewTrustedKeys(elsewhereVerifier) })
		expect(t, err, `is of the log "remit.test/log", and this is the log "elsewhere.test/log"`)
	})
}

func TestVerifyMeaning(t *testing.T) {
	signer, _ := logKey(t, testLog, "log")
	for name, test := range map[string]struct {
		change func(events []domain.Event) []domain.Event
		part   string
	}{
		"number given twice": {func(e []domain.Event) []domain.Event { e[20].No = 20; return e }, "event 20 stands where event 21 must be"},
		"gap":                {func(e []domain.Event) []domain.Event { return append(e[:20], e[21:]...) }, "stands where event 21 must be"},
		"goes back in time": {func(e []domain.Event) []domain.Event {
			e[39].RecordedAt = e[0].RecordedAt.AddDate(-1, 0, 0)
			return e
		}, "event 40 was recorded before event 39"},
		"cut transaction":     {func(e []domain.Event) []domain.Event { return e[:14] }, "within transaction"},
		"transaction in half": {func(e []domain.Event) []domain.Event { e[13].TransactionID = e[0].TransactionID; return e }, "is not whole"},
		"count differs":       {func(e []domain.Event) []domain.Event { e[13].Count = 9; return e }, "is not whole"},
		"begins in the middle": {func(e []domain.Event) []domain.Event {
			e[0].Index, e[0].Count = 1, 2
			return e
		}, "is not whole"},
	} {
		t.Run(name, func(t *testing.T) {
			events := test.change(someHistory(40))
			_, err := verify(t, publishLog(t, encodeAll(t, events), testLog, signer))
			expect(t, err, test.part)
		})
	}
	t.Run("no event", func(t *testing.T) {
		stored := someEvents(t, 40)
		stored[30] = []byte("nonsense")
		_, err := verify(t, publishLog(t, stored, testLog, signer))
		expect(t, err, "event 31 was signed as it is, but is no event that this version can read")
	})
	t.Run("cannot be applied", func(t *testing.T) {
		_, err := verify(t, published(t, 40), func(v *archive.Verification) {
			v.Apply = func([]domain.Event) error { return errors.New("no such body") }
		})
		expect(t, err, "cannot be applied: no such body")
	})
}

// TestVerifyWhileItGrows reads a log whose partial files are removed, because the full ones are there, after the
// checkpoint was read.
func TestVerifyWhileItGrows(t *testing.T) {
	signer, _ := logKey(t, testLog, "log")
	prefix := publishLog(t, someEvents(t, 1024)[:600], testLog, signer) // ends on a transaction
	files := published(t, 1024)
	// The level above has a partial tile too, which a full one replaces only much later.
	files[archive.CheckpointPath], files["tile/1/000.p/2"] = prefix[archive.CheckpointPath], prefix["tile/1/000.p/2"]
	if found, err := verify(t, files); err != nil || found.Head.Size != 600 {
		t.Errorf("found %v: %v", found.Head, err)
	}
}

// unreachable is a source that fails otherwise than by a missing file.
type unreachable struct{}

// ReadFile fails.
func (unreachable) ReadFile(context.Context, string) ([]byte, error) {
	return nil, errors.New("no route")
}

func TestWhatCannotBeReadIsNoFinding(t *testing.T) {
	_, verifier := logKey(t, testLog, "log")
	_, err := archive.Verify(t.Context(), archive.Verification{Source: unreachable{}, Keys: archive.NewTrustedKeys(verifier)})
	if err == nil || archive.IsFinding(err) || !strings.Contains(err.Error(), "no route") {
		t.Errorf("got %v", err)
	}
}
