package archive

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"strings"
	"sync"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
)

// tiles reads the hash tiles of a log whose head is known, and lets nothing through that is not under its root: all
// hashing is that of golang.org/x/mod/sumdb/tlog, which has nothing in common with what writes the log. Its hashes may
// be asked for concurrently.
type tiles struct {
	tree   tlog.Tree
	source Source

	mu      sync.Mutex
	checked map[tlog.Tile][]byte // guarded by mu: inner tiles that proved to be under the root
}

func newTiles(source Source, head eventstore.TreeHead) *tiles {
	return &tiles{
		tree:   tlog.Tree{N: int64(head.Size), Hash: tlog.Hash(head.Root)}, //nolint:gosec // checked when it was read
		source: source, checked: map[tlog.Tile][]byte{},
	}
}

// hashes returns a reader of the tree's hashes that checks each tile against the root.
func (t *tiles) hashes(ctx context.Context) tlog.HashReader {
	return tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		if t.tree.N == 0 {
			return nil, errors.New("an empty log has no hashes")
		}
		reader := &tileReader{ctx: ctx, tiles: t}
		hashes, err := tlog.TileHashReader(t.tree, reader).ReadHashes(indexes)
		if err != nil && !IsFinding(err) && reader.failed == nil {
			err = foundf("what is in the hash tiles (%s) does not lead to the root of the checkpoint, %s of %d events",
				reader.span(), eventstore.Hash(t.tree.Hash), t.tree.N)
		}
		return hashes, err
	})
}

// leaves returns the leaf hashes of events from..from+n-1.
func (t *tiles) leaves(ctx context.Context, from domain.EventNo, n int) ([]tlog.Hash, error) {
	indexes := make([]int64, n)
	for i := range indexes {
		indexes[i] = tlog.StoredHashIndex(0, int64(from)-1+int64(i)) //nolint:gosec // below the tree's size
	}
	return t.hashes(ctx).ReadHashes(indexes)
}

// checkInner checks every tile above the lowest, from the top: where a tile of the lowest level does not fit afterwards,
// it is that tile which is wrong, and no other.
func (t *tiles) checkInner(ctx context.Context) error {
	if t.tree.N == 0 {
		return nil
	}
	if _, err := tlog.TreeHash(t.tree.N, t.hashes(ctx)); err != nil {
		return fmt.Errorf("read the edge of the tree: %w", err)
	}
	top := 0
	for t.tree.N>>(tileHeight*(top+1)) > 0 {
		top++
	}
	for level := top; level > 0; level-- {
		for n := int64(0); n < t.tree.N>>(tileHeight*level); n += TileWidth {
			if _, err := t.hashes(ctx).ReadHashes([]int64{tlog.StoredHashIndex(tileHeight*level, n)}); err != nil {
				return fmt.Errorf("read level %d of the tree: %w", level, err)
			}
		}
	}
	return nil
}

// rootAt returns the root of the tree as it was after its first size events.
func (t *tiles) rootAt(ctx context.Context, size domain.EventNo) (eventstore.Hash, error) {
	root, err := tlog.TreeHash(int64(size), t.hashes(ctx)) //nolint:gosec // at most the tree's size
	if err != nil {
		return eventstore.Hash{}, fmt.Errorf("root of the first %d events: %w", size, err)
	}
	return eventstore.Hash(root), nil
}

// tileReader is a tlog.TileReader for one call.
type tileReader struct {
	ctx    context.Context //nolint:containedctx // the interface of tlog has no room for it
	tiles  *tiles
	read   []string // files that were read
	failed error    // why one was not
}

// Height returns that of tlog-tiles.
func (r *tileReader) Height() int { return tileHeight }

// ReadTiles reads tiles, those that are checked from memory.
func (r *tileReader) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(wanted))
	for i, tile := range wanted {
		r.tiles.mu.Lock()
		data[i] = r.tiles.checked[tile]
		r.tiles.mu.Unlock()
		if data[i] != nil {
			continue
		}
		path := TilePath(uint64(tile.L), uint64(tile.N), tile.W) //nolint:gosec // hash tiles have no negative level
		r.read = append(r.read, path)
		if data[i], r.failed = readTile(r.ctx, r.tiles.source, tile); r.failed != nil {
			return nil, r.failed
		}
	}
	return data, nil
}

// SaveTiles keeps inner tiles, which are needed again and again.
func (r *tileReader) SaveTiles(proven []tlog.Tile, data [][]byte) {
	r.tiles.mu.Lock()
	defer r.tiles.mu.Unlock()
	kept := map[tlog.Tile][]byte{}
	for i, tile := range proven {
		if tile.L > 0 || tile.W < TileWidth {
			kept[tile] = data[i]
		}
	}
	maps.Copy(r.tiles.checked, kept)
}

// span names what was read.
func (r *tileReader) span() string {
	const most = 5
	names := strings.Join(r.read[:min(len(r.read), most)], ", ")
	switch n := len(r.read); {
	case n == 0:
		return "that were read before"
	case n > most:
		return fmt.Sprintf("%s and %d more", names, n-most)
	}
	return names
}

// readTile reads a hash tile. Where it is not full, and the log has grown since, the full one serves as well.
func readTile(ctx context.Context, source Source, tile tlog.Tile) ([]byte, error) {
	level, index, size := uint64(tile.L), uint64(tile.N), tile.W*tlog.HashSize //nolint:gosec // hash tiles have no negative level
	path := TilePath(level, index, tile.W)
	data, err := source.ReadFile(ctx, path)
	if errors.Is(err, fs.ErrNotExist) && tile.W < TileWidth {
		if full, fullErr := source.ReadFile(ctx, TilePath(level, index, TileWidth)); fullErr == nil &&
			len(full) == TileWidth*tlog.HashSize {
			return full[:size], nil
		}
	}
	if err != nil {
		return nil, unread(path, err)
	}
	if len(data) != size {
		return nil, foundf("%s has %d bytes, not the %d of %d hashes", path, len(data), size, tile.W)
	}
	return data, nil
}

// readEntries reads the bundle with number index, of which the first n events are wanted: as for readTile.
func readEntries(ctx context.Context, source Source, index uint64, n int) ([][]byte, error) {
	path := EntriesPath(index, n)
	data, err := source.ReadFile(ctx, path)
	grown := false
	if errors.Is(err, fs.ErrNotExist) && n < TileWidth {
		if full, fullErr := source.ReadFile(ctx, EntriesPath(index, TileWidth)); fullErr == nil {
			data, err, grown = full, nil, true
		}
	}
	if err != nil {
		return nil, unread(path, err)
	}
	events, err := ParseBundle(data)
	if err != nil {
		return nil, foundf("%s: %v", path, err)
	}
	if len(events) != n && (!grown || len(events) != TileWidth) {
		return nil, foundf("%s holds %d events, not %d", path, len(events), n)
	}
	return events[:n], nil
}
