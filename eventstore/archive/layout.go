package archive

import (
	"fmt"
	"strings"
)

const (
	// TileWidth is the number of hashes in a full tile, and of events in a full entry bundle.
	TileWidth = 256
	// tileHeight is the number of levels of the tree between a tile's hashes and those of the tile above it.
	tileHeight = 8
	// CheckpointPath is the path of the newest checkpoint.
	CheckpointPath = "checkpoint"
)

// TilePath returns the path of a hash tile: number index of its level, which holds the hashes at level 8·level of the
// tree. A width from 1 to 255 is that of a tile that is not full; 256 and 0 mean a full one.
// Source: https://c2sp.org/tlog-tiles, section Merkle tree.
func TilePath(level, index uint64, width int) string {
	return fmt.Sprintf("tile/%d/%s", level, numberPath(index, width))
}

// EntriesPath returns the path of the bundle with number index: events 256·index+1 and the ones after it. Its width is
// as for TilePath.
// Source: https://c2sp.org/tlog-tiles, section Log entries.
func EntriesPath(index uint64, width int) string {
	return "tile/entries/" + numberPath(index, width)
}

// numberPath writes a number in elements of three digits, of which all but the last begin with x: 1234067 is
// x001/x234/067.
func numberPath(n uint64, width int) string {
	const base = 1000
	path := fmt.Sprintf("%03d", n%base)
	for n >= base {
		n /= base
		path = fmt.Sprintf("x%03d/%s", n%base, path)
	}
	if width > 0 && width < TileWidth {
		path += partialSuffix + fmt.Sprintf("/%d", width)
	}
	return path
}

// partialSuffix ends the name of the folder with the versions of a file that is not full.
const partialSuffix = ".p"

// isLogPath tells whether a path has the form of one of the log's own: nothing else in the folder is to be read or
// served.
func isLogPath(path string) bool {
	if path == CheckpointPath {
		return true
	}
	rest, ok := strings.CutPrefix(path, "tile/")
	if !ok {
		return false
	}
	kind, number, ok := strings.Cut(rest, "/")
	if !ok || kind != "entries" && (!isNumber(kind, 63)) {
		return false
	}
	if head, width, partial := strings.Cut(number, partialSuffix+"/"); partial {
		if !isNumber(width, TileWidth-1) || width == "0" {
			return false
		}
		number = head
	}
	return isNumberPath(number)
}

// isNumber tells whether text is a number from 0 to limit, in the one way of writing it.
func isNumber(text string, limit int) bool {
	n := 0
	for _, c := range []byte(text) {
		if c < '0' || c > '9' {
			return false
		}
		if n = 10*n + int(c-'0'); n > limit {
			return false
		}
	}
	return text != "" && (text[0] != '0' || text == "0")
}

// isNumberPath tells whether path is a number as numberPath writes it.
func isNumberPath(path string) bool {
	elements := strings.Split(path, "/")
	const most = 7 // elements of the largest uint64
	if len(elements) > most {
		return false
	}
	for i, element := range elements {
		last := i == len(elements)-1
		if !last {
			var ok bool
			if element, ok = strings.CutPrefix(element, "x"); !ok {
				return false
			}
		}
		if len(element) != 3 || strings.Trim(element, "0123456789") != "" || i == 0 && !last && element == "000" {
			return false
		}
	}
	return true
}
