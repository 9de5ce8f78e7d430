package archive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
)

// events is a journal of made-up events, in commits of seven.
type events [][]byte

func someEvents(n int) events {
	list := make(events, n)
	for i := range list {
		list[i] = fmt.Appendf(nil, "event %d %s", i+1, strings.Repeat("x", i%17))
	}
	return list
}

func (e events) Head() eventstore.TreeHead {
	tree := eventstore.NewTree()
	for _, event := range e {
		if err := tree.Append(eventstore.LeafHash(event)); err != nil {
			return eventstore.TreeHead{}
		}
	}
	head, _ := tree.Head()
	return head
}

func (e events) FollowBytes(ctx context.Context, after domain.EventNo, apply func(domain.EventNo, [][]byte) error) error {
	for at := int(after); at < len(e); at += 7 {
		if err := apply(domain.EventNo(at+1), e[at:min(at+7, len(e))]); err != nil {
			return err
		}
	}
	<-ctx.Done()
	return ctx.Err()
}

// files returns what the archive of these events is to hold besides its checkpoint, made with golang.org/x/mod alone.
func (e events) files(t *testing.T) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	var hashes []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		found := make([]tlog.Hash, 0, len(indexes))
		for _, i := range indexes {
			found = append(found, hashes[i])
		}
		return found, nil
	})
	for i, event := range e {
		added, err := tlog.StoredHashes(int64(i), event, reader)
		if err != nil {
			t.Fatal(err)
		}
		hashes = append(hashes, added...)
	}
	for _, tile := range tlog.NewTiles(tileHeight, 0, int64(len(e))) {
		data, err := tlog.ReadTileData(tile, reader)
		if err != nil {
			t.Fatal(err)
		}
		files[strings.Replace(tile.Path(), "tile/8/", "tile/", 1)] = data
	}
	for first := 0; first < len(e); first += TileWidth {
		width := min(TileWidth, len(e)-first)
		var bundle []byte
		for _, event := range e[first : first+width] {
			bundle = append(append(bundle, byte(len(event)>>8), byte(len(event))), event...)
		}
		path := strings.Replace(tlog.Tile{H: tileHeight, N: int64(first / TileWidth), W: width}.Path(), "tile/8/0/", "tile/entries/", 1)
		files[path] = bundle
	}
	return files
}

// The files are those that another implementation makes, whatever the size; and the edge read back goes on like the one
// that was kept.
func TestFilesAreThoseOfAnotherImplementation(t *testing.T) {
	all := someEvents(66_000)
	kept, found := &tiling{}, map[string][]byte{}
	sizes := map[int]bool{0: true, 1: true, 2: true, 255: true, 256: true, 257: true, 511: true, 512: true, 1000: true, 65_535: true, 65_536: true, 66_000: true}
	for i := 0; ; i++ {
		if sizes[i] {
			now := map[string][]byte{}
			maps.Copy(now, found)
			for _, file := range kept.edge() {
				now[file.path] = file.data
			}
			compareFiles(t, now, all[:i].files(t))
			head, err := kept.head()
			if err != nil || head != all[:i].Head() {
				t.Fatalf("head of %d events is %s, %v", i, head, err)
			}
			read, err := readTiling(func(path string) ([]byte, error) {
				data, ok := now[path]
				if !ok {
					return nil, fs.ErrNotExist
				}
				return bytes.Clone(data), nil
			}, head)
			if err != nil {
				t.Fatal(err)
			}
			kept = read
		}
		if i == len(all) {
			return
		}
		full, err := kept.add(all[i])
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range full {
			found[file.path] = file.data
		}
	}
}

func compareFiles(t *testing.T, got, want map[string][]byte) {
	t.Helper()
	for path, data := range want {
		if !bytes.Equal(got[path], data) {
			t.Errorf("%s has %d bytes, not the %d expected, or others", path, len(got[path]), len(data))
		}
	}
	for path := range got {
		if want[path] == nil {
			t.Errorf("%s should not be there", path)
		}
	}
}

// quickFiles is the file system without waiting for the disk.
type quickFiles struct{ osFiles }

func (quickFiles) WriteFile(name string, data []byte, mode fs.FileMode) error {
	return os.WriteFile(name, data, mode)
}

func (quickFiles) SyncDir(string) error { return nil }

// brokenFiles is the file system until operation number failAt, from 0; then nothing works, as when the power is cut.
type brokenFiles struct {
	Files
	failAt int
	n      int
	torn   bool // the failing write leaves half of the file
}

var errBroken = errors.New("injected fault")

func (b *brokenFiles) step() error {
	b.n++
	if b.n > b.failAt {
		return errBroken
	}
	return nil
}

func (b *brokenFiles) WriteFile(name string, data []byte, mode fs.FileMode) error {
	if err := b.step(); err != nil {
		if b.torn && b.n == b.failAt+1 {
			return errors.Join(err, b.Files.WriteFile(name, data[:len(data)/2], mode))
		}
		return err
	}
	return b.Files.WriteFile(name, data, mode)
}

func (b *brokenFiles) Rename(from, to string) error {
	if err := b.step(); err != nil {
		return err
	}
	return b.Files.Rename(from, to)
}

func (b *brokenFiles) SyncDir(name string) error {
	if err := b.step(); err != nil {
		return err
	}
	return b.Files.SyncDir(name)
}

func (b *brokenFiles) Mkdir(name string, mode fs.FileMode) error {
	if err := b.step(); err != nil {
		return err
	}
	return b.Files.Mkdir(name, mode)
}

func (b *brokenFiles) RemoveAll(name string) error {
	if err := b.step(); err != nil {
		return err
	}
	return b.Files.RemoveAll(name)
}

func (b *brokenFiles) ReadFile(name string) ([]byte, error) {
	if b.n > b.failAt {
		return nil, errBroken
	}
	return b.Files.ReadFile(name)
}

func clock() time.Time { return time.Date(2026, time.November, 22, 12, 0, 0, 0, time.UTC) }

// session opens an archive and brings it up to a journal, as one life of a process does.
func session(data string, files Files, sizes ...events) (*Archive, error) {
	if files == nil {
		files = quickFiles{}
	}
	a, err := New(Config{Data: data, Name: "test/log", Clock: clock, Files: files})
	if err != nil {
		return nil, err
	}
	if _, err := a.Open(); err != nil {
		return a, err
	}
	for _, journal := range sizes {
		a.journal = journal
		if err := a.Finish(context.Background()); err != nil {
			return a, err
		}
	}
	return a, nil
}

// contents returns the files of an archive by path, its checkpoint left out.
func contents(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	found := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		data, err := os.ReadFile(path)
		found[filepath.ToSlash(name)] = data
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	delete(found, CheckpointPath)
	return found
}

// Whatever step fails, what is published is whole, and the next start goes on to the same bytes.
func TestEveryStepMayFail(t *testing.T) {
	all := someEvents(520)
	keys := t.TempDir()
	if _, err := CreateKeys(keys, "test/log", nil, 1); err != nil {
		t.Fatal(err)
	}
	for _, torn := range []bool{false, true} {
		for failAt := 0; ; failAt++ {
			data := t.TempDir()
			copyKey(t, keys, data)
			broken := &brokenFiles{Files: quickFiles{}, failAt: failAt, torn: torn}
			_, err := session(data, broken, all[:0], all[:250], all[:256], all[:300], all[:520])
			if err != nil && !errors.Is(err, errBroken) {
				t.Fatalf("step %d: %v", failAt, err)
			}
			checkPublished(t, data, all)
			a, resumeErr := session(data, nil, all)
			if resumeErr != nil {
				t.Fatalf("after step %d failed: %v", failAt, resumeErr)
			}
			checkPublished(t, data, all)
			if a.Status().Checkpoint.Head != all.Head() {
				t.Fatalf("after step %d failed, the archive ends at %s", failAt, a.Status().Checkpoint.Head)
			}
			found := contents(t, a.cfg.Dir)
			for path, want := range all.files(t) {
				if !bytes.Equal(found[path], want) {
					t.Fatalf("after step %d failed, %s is not what it is without a failure", failAt, path)
				}
			}
			if broken.n <= failAt {
				if failAt < 60 {
					t.Errorf("only %d steps were taken", failAt)
				}
				break
			}
		}
	}
}

func copyKey(t *testing.T, from, to string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(from, KeyFile))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(to, KeyFile), text, ownFileMode); err != nil {
		t.Fatal(err)
	}
}

// checkPublished checks with golang.org/x/mod that the published checkpoint, if there is one, is signed, and that the
// tiles lead to its root; and that nothing was published that is not kept as signed.
func checkPublished(t *testing.T, data string, all events) {
	t.Helper()
	source := Dir(filepath.Join(data, "archive"))
	signed, err := source.ReadFile(t.Context(), CheckpointPath)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	keys, err := LoadKeys(data)
	if err != nil {
		t.Fatal(err)
	}
	verifiers, err := keys.Verifiers()
	if err != nil {
		t.Fatal(err)
	}
	c, err := ParseCheckpoint(signed, verifiers)
	if err != nil {
		t.Fatal(err)
	}
	last, err := os.ReadFile(filepath.Join(data, LastFile))
	if err != nil {
		t.Fatal(err)
	}
	if kept, err := ParseCheckpoint(last, verifiers); err != nil || kept.Head.Size < c.Head.Size {
		t.Fatalf("%d events are published, but only %d kept as signed (%v)", c.Head.Size, kept.Head.Size, err)
	}
	if c.Head != all[:c.Head.Size].Head() {
		t.Fatalf("published %s", c.Head)
	}
	size := int64(c.Head.Size)
	if size == 0 {
		return
	}
	reader := tlog.TileHashReader(tlog.Tree{N: size, Hash: tlog.Hash(c.Head.Root)}, testTiles{source})
	for index := size % 61; index < size; index += 61 {
		hashes, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, index)})
		if err != nil || hashes[0] != tlog.RecordHash(all[index]) {
			t.Fatalf("event %d of the published %d: %v", index+1, size, err)
		}
	}
}

// testTiles gives the tiles of an archive to golang.org/x/mod.
type testTiles struct{ source Source }

func (testTiles) Height() int                         { return tileHeight }
func (testTiles) SaveTiles(_ []tlog.Tile, _ [][]byte) {}

func (r testTiles) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	found := make([][]byte, 0, len(tiles))
	for _, tile := range tiles {
		data, err := r.source.ReadFile(context.Background(), TilePath(uint64(tile.L), uint64(tile.N), tile.W))
		if errors.Is(err, fs.ErrNotExist) {
			data, err = r.source.ReadFile(context.Background(), TilePath(uint64(tile.L), uint64(tile.N), TileWidth))
			data = data[:min(len(data), tile.W*tlog.HashSize)]
		}
		if err != nil {
			return nil, err
		}
		found = append(found, data)
	}
	return found, nil
}
