package archive_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/eventstore/archive"
)

// prover returns a prover over files, and the key to check its proofs with.
func prover(t testing.TB, files archive.Source) (*archive.Prover, archive.TrustedKeys) {
	t.Helper()
	_, verifier := logKey(t, testLog, "log")
	keys := archive.NewTrustedKeys(verifier)
	return archive.NewProver(files, keys), keys
}

// prove returns the text of the proof of one event.
func prove(t testing.TB, files archive.Source, no domain.EventNo) []byte {
	t.Helper()
	p, _ := prover(t, files)
	head, err := p.Checkpoint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	proofs, err := p.Events(t.Context(), head, []domain.EventNo{no})
	if err != nil {
		t.Fatal(err)
	}
	return proofs[0].Text()
}

func TestProofs(t *testing.T) {
	for _, n := range []int{1, 2, 3, 255, 256, 257, 600, enough} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			files := published(t, n)
			_, keys := prover(t, files)
			for _, no := range []int{1, 2, n/2 + 1, n - 1, n} {
				if no < 1 || no > n {
					continue
				}
				proven, err := archive.VerifyProof(prove(t, files, domain.EventNo(no)), keys)
				if err != nil {
					t.Fatal(err)
				}
				if int(proven.Event.No) != no || int(proven.Head.Size) != n || proven.Origin != testLog {
					t.Errorf("event %d: proved %+v", no, proven)
				}
			}
		})
	}
}

func TestProofOfSomethingElse(t *testing.T) {
	signer, verifier := logKey(t, testLog, "log")
	keys := archive.NewTrustedKeys(verifier)
	files := published(t, 600)
	parse := func(no domain.EventNo) archive.ProofFile {
		p, err := archive.ParseProofFile(prove(t, files, no))
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	other := parse(301)
	for name, test := range map[string]struct {
		change func(*archive.ProofFile)
		part   string
	}{
		"another event":   {func(p *archive.ProofFile) { p.Event = other.Event }, "is not event 300 of the log that was signed"},
		"another place":   {func(p *archive.ProofFile) { p.Index = 300 }, "is not event 301 of the log"},
		"a byte":          {func(p *archive.ProofFile) { p.Event[len(p.Event)-1] ^= 1 }, "is not event 300"},
		"path":            {func(p *archive.ProofFile) { p.Hashes[3] = tlog.Hash{} }, "does not lead to the root"},
		"shorter path":    {func(p *archive.ProofFile) { p.Hashes = p.Hashes[1:] }, "does not lead to the root"},
		"longer path":     {func(p *archive.ProofFile) { p.Hashes = append(p.Hashes, tlog.Hash{}) }, "does not lead to the root"},
		"beyond the tree": {func(p *archive.ProofFile) { p.Index = 600 }, "about event 601, but its checkpoint covers 600 events only"},
		"another checkpoint": {func(p *archive.ProofFile) {
			p.Checkpoint = published(t, 599)[archive.CheckpointPath]
		}, "does not lead to the root"},
		"forged checkpoint": {func(p *archive.ProofFile) {
			p.Checkpoint = bytes.Replace(p.Checkpoint, []byte("\n600\n"), []byte("\n601\n"), 1)
		}, "the text was changed"},
	} {
		t.Run(name, func(t *testing.T) {
			p := parse(300)
			test.change(&p)
			_, err := archive.VerifyProof(p.Text(), keys)
			expect(t, err, test.part)
		})
	}
	t.Run("a log that has another event there", func(t *testing.T) {
		events := someHistory(40)
		events[20].No = 20
		stored := publishLog(t, encodeAll(t, events), testLog, signer)
		_, err := archive.VerifyProof(prove(t, stored, 21), keys)
		expect(t, err, "has event 20 in the place of event 21")
	})
	t.Run("wrong key", func(t *testing.T) {
		_, another := logKey(t, testLog, "another")
		_, err := archive.VerifyProof(prove(t, files, 300), archive.NewTrustedKeys(another))
		expect(t, err, "is not signed by the key given")
	})
	t.Run("every flip", func(t *testing.T) {
		text := prove(t, files, 300)
		_, signature, _ := bytes.Cut(text, []byte("\n\n"))
		end := len(text) - len(signature) + bytes.Index(signature, []byte("\n\n"))
		for at := range end {
			flipped := bytes.Clone(text)
			flipped[at] ^= 1
			if _, err := archive.VerifyProof(flipped, keys); !archive.IsFinding(err) {
				t.Fatalf("byte %d flipped: %v", at, err)
			}
		}
	})
}

func TestParseProofFile(t *testing.T) {
	text := string(prove(t, published(t, 5), 3))
	for name, change := range map[string][2]string{
		"other version":  {"@v1", "@v2"},
		"no event":       {"extra ", "extr "},
		"no index":       {"index 2", "2"},
		"index with 0":   {"index 2", "index 02"},
		"signed index":   {"index 2", "index +2"},
		"no hash":        {"\nindex 2\n", "\nindex 2\nAAAA\n"},
		"no checkpoint":  {"\n\n", "\n"},
		"ends of lines":  {"\n", "\r\n"},
		"huge index":     {"index 2", "index 99999999999999999999"},
		"too many lines": {"\nindex 2\n", "\nindex 2\n" + strings.Repeat(tlog.Hash{}.String()+"\n", 64)},
	} {
		changed := strings.Replace(text, change[0], change[1], 1)
		if name == "ends of lines" {
			changed = strings.ReplaceAll(text, change[0], change[1])
		}
		if _, err := archive.ParseProofFile([]byte(changed)); !archive.IsFinding(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	big := archive.ProofFile{Event: make([]byte, eventstore.MaxEventBytes), Checkpoint: []byte("x\n")}
	if p, err := archive.ParseProofFile(big.Text()); err != nil || len(p.Event) != eventstore.MaxEventBytes {
		t.Errorf("the largest event: %v", err)
	}
	big.Event = make([]byte, eventstore.MaxEventBytes+1)
	if _, err := archive.ParseProofFile(big.Text()); err == nil {
		t.Error("an event that is too large was taken")
	}
}

func FuzzParseProofFile(f *testing.F) {
	f.Add(prove(f, published(f, 5), 3))
	f.Add(archive.ProofFile{Event: []byte{1}, Checkpoint: []byte("\n")}.Text())
	f.Add([]byte("c2sp.org/tlog-proof@v1\nindex 0\n\n"))
	_, verifier := logKey(f, testLog, "log")
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := archive.ParseProofFile(text)
		if err != nil {
			return
		}
		if again := p.Text(); !bytes.Equal(again, text) {
			t.Errorf("%q is read as %q", text, again)
		}
		_, _ = archive.VerifyProof(text, archive.NewTrustedKeys(verifier))
	})
}

func FuzzParseBundle(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{0, 1, 7})
	f.Add(published(f, 5)[archive.EntriesPath(0, 5)])
	f.Add([]byte{0, 2, 7})
	f.Add(make([]byte, 2*archive.TileWidth+2))
	f.Fuzz(func(t *testing.T, bundle []byte) {
		events, err := archive.ParseBundle(bundle)
		if err != nil {
			return
		}
		var again []byte
		for _, event := range events {
			if again, err = archive.AppendEntry(again, event); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(again, bundle) || len(events) > archive.TileWidth {
			t.Errorf("%q is read as %d events: %q", bundle, len(events), again)
		}
	})
}

func TestProverInclusionAndConsistency(t *testing.T) {
	files := published(t, 700)
	p, _ := prover(t, files)
	head, err := p.Checkpoint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	root := func(size int) tlog.Hash {
		found, err := archive.OpenCheckpoint(publishLog(t, someEvents(t, 700)[:size], testLog, signerOf(t))[archive.CheckpointPath], keysOf(t))
		if err != nil {
			t.Fatal(err)
		}
		return tlog.Hash(found.Head.Root)
	}
	for _, size := range []int{1, 255, 256, 300, 699, 700} {
		for _, no := range []int{1, size/2 + 1, size} {
			i, err := p.Inclusion(t.Context(), head, domain.EventNo(no), domain.EventNo(size))
			if err != nil {
				t.Fatal(err)
			}
			if err := tlog.CheckRecord(i.Hashes, int64(size), root(size), int64(no-1), tlog.Hash(i.Leaf)); err != nil {
				t.Errorf("event %d of %d: %v", no, size, err)
			}
		}
		c, err := p.Consistency(t.Context(), head, domain.EventNo(size), 700)
		if err != nil {
			t.Fatal(err)
		}
		if err := tlog.CheckTree(c.Hashes, 700, root(700), int64(size), root(size)); err != nil {
			t.Errorf("%d begin 700: %v", size, err)
		}
	}
	for _, wrong := range [][2]domain.EventNo{{0, 700}, {701, 700}, {701, 701}, {5, 701}, {6, 5}} {
		if _, err := p.Inclusion(t.Context(), head, wrong[0], wrong[1]); err == nil {
			t.Errorf("event %d of %d was proved", wrong[0], wrong[1])
		}
		if _, err := p.Consistency(t.Context(), head, wrong[0], wrong[1]); !errors.Is(err, eventstore.ErrNotFound) {
			t.Errorf("that %d begin %d: %v", wrong[0], wrong[1], err)
		}
	}
}

// TestProverChecksWhatItReads damages each file in turn: the prover gives no proof that does not prove.
func TestProverChecksWhatItReads(t *testing.T) {
	files := published(t, 700)
	for path := range files {
		damaged := files.Clone()
		damaged[path][len(damaged[path])-2] ^= 4
		p, keys := prover(t, damaged)
		head, err := p.Checkpoint(t.Context())
		if path == archive.CheckpointPath {
			if !errors.Is(err, archive.ErrDamaged) {
				t.Errorf("damaged checkpoint: %v", err)
			}
			continue
		}
		refused := false
		for no := domain.EventNo(1); no <= 700; no++ {
			if no%37 != 0 && no%256 != 0 && no != 700 { // some of each bundle, and its last
				continue
			}
			proofs, err := p.Events(t.Context(), head, []domain.EventNo{no})
			if err == nil {
				if _, err := archive.VerifyProof(proofs[0].Text(), keys); err != nil {
					t.Fatalf("damaged %s, event %d: %v", path, no, err)
				}
				continue
			}
			if refused = true; !errors.Is(err, archive.ErrDamaged) {
				t.Fatalf("damaged %s, event %d: %v", path, no, err)
			}
		}
		if !refused {
			t.Errorf("nobody noticed that %s is damaged", path)
		}
	}
}

// growing is a source whose files are replaced while others read.
type growing struct {
	mu    sync.Mutex
	files logFiles
}

// ReadFile returns a file as it is now.
func (g *growing) ReadFile(ctx context.Context, path string) ([]byte, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.files.ReadFile(ctx, path)
}

func (g *growing) set(files logFiles) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.files = files
}

func TestProverAwaits(t *testing.T) {
	source := &growing{files: logFiles{}}
	p, _ := prover(t, source)
	ended, end := context.WithCancel(t.Context())
	end()
	if _, err := p.Await(ended, 1); !errors.Is(err, archive.ErrNotArchivedYet) {
		t.Errorf("without a checkpoint: %v", err)
	}
	source.set(published(t, 5))
	if head, err := p.Await(ended, 5); err != nil || head.Head.Size != 5 {
		t.Errorf("what is there already: %v, %v", head.Head, err)
	}
	if _, err := p.Await(ended, 6); !errors.Is(err, archive.ErrNotArchivedYet) {
		t.Errorf("in time that is over: %v", err)
	}
	done := make(chan error, 1)
	go func() {
		head, err := p.Await(t.Context(), 6)
		if err == nil && head.Head.Size != 8 {
			err = fmt.Errorf("got %v", head.Head)
		}
		done <- err
	}()
	source.set(published(t, 8))
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// BenchmarkVerifyProof measures what it takes to check one proof of a log with some 66,000 events.
func BenchmarkVerifyProof(b *testing.B) {
	text := prove(b, published(b, enough), enough/2)
	_, keys := prover(b, logFiles{})
	for b.Loop() {
		if _, err := archive.VerifyProof(text, keys); err != nil {
			b.Fatal(err)
		}
	}
}
