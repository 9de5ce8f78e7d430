// Package archivetest makes archives for tests with golang.org/x/mod/sumdb/tlog alone: none of it is what writes the
// register's own.
package archivetest

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/remit-register/remit/eventstore/archive"
)

// Files is an archive in memory.
type Files map[string][]byte

// ReadFile returns a file.
func (f Files) ReadFile(_ context.Context, path string) ([]byte, error) {
	data, ok := f[path]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return data, nil
}

// Clone returns a copy that can be changed by itself.
func (f Files) Clone() Files {
	other := Files{}
	for path, data := range f {
		other[path] = append([]byte(nil), data...)
	}
	return other
}

// Write writes the archive to a folder.
func (f Files) Write(t testing.TB, dir string) {
	t.Helper()
	const folderMode, fileMode = 0o700, 0o600
	for path, data := range f {
		file := filepath.Join(dir, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(file), folderMode); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, data, fileMode); err != nil {
			t.Fatal(err)
		}
	}
}

// seeded gives the same bytes for the same text, for ever.
type seeded struct {
	text string
	n    int
}

// Read fills p.
func (s *seeded) Read(p []byte) (int, error) {
	for i := range p {
		sum := sha256.Sum256(fmt.Append(nil, s.text, s.n))
		p[i] = sum[0]
		s.n++
	}
	return len(p), nil
}

// Key returns the key pair of a log; the same seed gives the same one. The text of the verifier key is what an auditor
// is given.
func Key(t testing.TB, name, seed string) (note.Signer, string) {
	t.Helper()
	private, public, err := note.GenerateKey(&seeded{text: seed}, name)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	return signer, public
}

// Publish makes the archive of a log with these events, given as their stored bytes.
func Publish(t testing.TB, events [][]byte, origin string, signers ...note.Signer) Files {
	t.Helper()
	files := Files{}
	tree := &stored{}
	for _, event := range events {
		tree.append(t, event)
	}
	for _, tile := range tlog.NewTiles(tileHeight, 0, int64(len(events))) {
		data, err := tlog.ReadTileData(tile, tree)
		if err != nil {
			t.Fatal(err)
		}
		files[archive.TilePath(uint64(tile.L), uint64(tile.N), tile.W)] = data //nolint:gosec // neither is negative
	}
	for first := 0; first < len(events); first += archive.TileWidth {
		var bundle []byte
		n := min(archive.TileWidth, len(events)-first)
		for _, event := range events[first : first+n] {
			bundle = binary.BigEndian.AppendUint16(bundle, uint16(len(event))) //nolint:gosec // as large as an event can be
			bundle = append(bundle, event...)
		}
		files[archive.EntriesPath(uint64(first/archive.TileWidth), n)] = bundle
	}
	root, err := tlog.TreeHash(int64(len(events)), tree)
	if err != nil {
		t.Fatal(err)
	}
	files[archive.CheckpointPath] = Sign(t, fmt.Sprintf("%s\n%d\n%s\n", origin, len(events), root), signers...)
	return files
}

// tileHeight is that of https://c2sp.org/tlog-tiles.
const tileHeight = 8

// Sign returns a text as a signed note.
func Sign(t testing.TB, text string, signers ...note.Signer) []byte {
	t.Helper()
	signed, err := note.Sign(&note.Note{Text: text}, signers...)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

// stored are the hashes of a tree, in the order of tlog.
type stored struct {
	hashes []tlog.Hash
	size   int64
}

// ReadHashes returns hashes.
func (s *stored) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		found[i] = s.hashes[index]
	}
	return found, nil
}

func (s *stored) append(t testing.TB, event []byte) {
	t.Helper()
	added, err := tlog.StoredHashes(s.size, event, s)
	if err != nil {
		t.Fatal(err)
	}
	s.hashes = append(s.hashes, added...)
	s.size++
}
