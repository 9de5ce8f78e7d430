package archive

import (
	"fmt"
	"math/bits"
	"slices"

	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/rfc6962"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
)

// tiling turns events into the files of an archive. It keeps the right edge: the bundle and the tiles that are not full.
// Its files follow from the events alone. It is not safe for concurrent use.
type tiling struct {
	size   domain.EventNo
	bundle []byte              // the events of the bundle that is not full
	levels [][]eventstore.Hash // of each level of tiles, those of the tile that is not full
}

// logFile is a file of an archive.
type logFile struct {
	path string
	data []byte
}

// add takes an event and returns the files that it fills.
func (t *tiling) add(event []byte) (full []logFile, err error) {
	if t.bundle, err = AppendEntry(t.bundle, event); err != nil {
		return nil, err
	}
	t.size++
	if t.size%TileWidth == 0 {
		full = append(full, logFile{EntriesPath(uint64(t.size)/TileWidth-1, TileWidth), t.bundle})
		t.bundle = nil
	}
	hash := eventstore.LeafHash(event)
	for level, count := 0, uint64(t.size); ; level, count = level+1, count/TileWidth {
		if level == len(t.levels) {
			t.levels = append(t.levels, nil)
		}
		t.levels[level] = append(t.levels[level], hash)
		hashes := t.levels[level]
		if len(hashes) < TileWidth {
			return full, nil
		}
		full = append(full, logFile{TilePath(uint64(level), count/TileWidth-1, TileWidth), join(hashes)})
		hash = perfectRoot(hashes)
		t.levels[level] = nil
	}
}

// edge returns the files that are not full, as far as they are filled.
func (t *tiling) edge() []logFile {
	var files []logFile
	if width := int(t.size % TileWidth); width > 0 {
		files = append(files, logFile{EntriesPath(uint64(t.size)/TileWidth, width), t.bundle})
	}
	for level, count := 0, uint64(t.size); count > 0; level, count = level+1, count/TileWidth {
		if width := int(count % TileWidth); width > 0 {
			files = append(files, logFile{TilePath(uint64(level), count/TileWidth, width), join(t.levels[level])})
		}
	}
	return files
}

// head returns the head of the tree over all events that were taken, computed from the hashes of the edge alone.
func (t *tiling) head() (eventstore.TreeHead, error) {
	head := eventstore.TreeHead{Size: t.size}
	if t.size == 0 {
		return eventstore.NewTree().Head() //nolint:wrapcheck // it says what it is
	}
	factory := compact.RangeFactory{Hash: rfc6962.DefaultHasher.HashChildren}
	edge, err := factory.NewRange(0, uint64(t.size), t.subtrees())
	if err != nil {
		return head, fmt.Errorf("put together the edge of the tree: %w", err)
	}
	root, err := edge.GetRootHash(nil)
	if err != nil {
		return head, fmt.Errorf("root of %d events: %w", t.size, err)
	}
	head.Root = eventstore.Hash(root)
	return head, nil
}

// subtrees returns the roots of the perfect trees of which the tree consists, the largest first: from the top level of
// tiles down, and in each by the binary digits of the number of its hashes.
func (t *tiling) subtrees() [][]byte {
	var roots [][]byte
	for _, hashes := range slices.Backward(t.levels) {
		for len(hashes) > 0 {
			width := 1 << (bits.Len(uint(len(hashes))) - 1)
			root := perfectRoot(hashes[:width])
			roots = append(roots, root[:])
			hashes = hashes[width:]
		}
	}
	return roots
}

// perfectRoot returns the root of the tree over these hashes, as many as a power of two.
func perfectRoot(hashes []eventstore.Hash) eventstore.Hash {
	row := append([]eventstore.Hash(nil), hashes...)
	for len(row) > 1 {
		for i := range len(row) / 2 {
			row[i] = eventstore.Hash(rfc6962.DefaultHasher.HashChildren(row[2*i][:], row[2*i+1][:]))
		}
		row = row[:len(row)/2]
	}
	return row[0]
}

// join returns the hashes one after the other, as a tile holds them.
func join(hashes []eventstore.Hash) []byte {
	data := make([]byte, 0, len(hashes)*len(eventstore.Hash{}))
	for _, hash := range hashes {
		data = append(data, hash[:]...)
	}
	return data
}

// split returns the hashes of a tile of this width.
func split(data []byte, width int) ([]eventstore.Hash, error) {
	const size = len(eventstore.Hash{})
	if len(data) != width*size {
		return nil, fmt.Errorf("a tile of %d hashes has %d bytes: %w", width, len(data), ErrDamaged)
	}
	hashes := make([]eventstore.Hash, width)
	for i := range hashes {
		copy(hashes[i][:], data[i*size:])
	}
	return hashes, nil
}

// readTiling reads the right edge of an archive of this head from its files. ErrDamaged: a file is missing or wrong, or
// they do not make this root.
func readTiling(read func(path string) ([]byte, error), head eventstore.TreeHead) (*tiling, error) {
	t := &tiling{size: head.Size}
	for level, count := 0, uint64(head.Size); count > 0; level, count = level+1, count/TileWidth {
		t.levels = append(t.levels, nil)
		width := int(count % TileWidth)
		if width == 0 {
			continue
		}
		path := TilePath(uint64(level), count/TileWidth, width)
		data, err := read(path)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w: %w", path, ErrDamaged, err)
		}
		if t.levels[level], err = split(data, width); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	if err := t.readBundle(read); err != nil {
		return nil, err
	}
	if found, err := t.head(); err != nil || found != head {
		return nil, fmt.Errorf("the last tiles make the tree %s, not %s as was signed: %w", found, head, ErrDamaged)
	}
	return t, nil
}

// readBundle reads the bundle that is not full, and compares its events with the tile above it.
func (t *tiling) readBundle(read func(path string) ([]byte, error)) error {
	width := int(t.size % TileWidth)
	if width == 0 {
		return nil
	}
	path := EntriesPath(uint64(t.size)/TileWidth, width)
	data, err := read(path)
	if err != nil {
		return fmt.Errorf("read %s: %w: %w", path, ErrDamaged, err)
	}
	events, err := ParseBundle(data)
	if err != nil || len(events) != width {
		return fmt.Errorf("%s has %d events, not %d: %w", path, len(events), width, ErrDamaged)
	}
	for i, event := range events {
		if eventstore.LeafHash(event) != t.levels[0][i] {
			return fmt.Errorf("%s: its event %d is not the one in the tree: %w", path, i+1, ErrDamaged)
		}
	}
	t.bundle = data
	return nil
}
