package archive

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/remit-register/remit/eventstore"
)

// AppendEntry appends an event's stored bytes to a bundle: their length in two bytes, most significant first, and the
// bytes. Every event fits (eventstore.MaxEventBytes); one that does not is an error.
// Source: https://c2sp.org/tlog-tiles, section Log entries.
func AppendEntry(bundle, event []byte) ([]byte, error) {
	if len(event) > math.MaxUint16 {
		return nil, fmt.Errorf("an event of %d bytes does not fit into an entry of at most %d", len(event), math.MaxUint16)
	}
	bundle = binary.BigEndian.AppendUint16(bundle, uint16(len(event))) //nolint:gosec // checked above
	return append(bundle, event...), nil
}

// ParseBundle returns the events of a bundle, which share its memory: at most TileWidth. A bundle that ends within an
// event, or has more, is ErrDamaged.
func ParseBundle(bundle []byte) ([][]byte, error) {
	events := make([][]byte, 0, TileWidth)
	for len(bundle) > 0 {
		if len(events) == TileWidth {
			return nil, fmt.Errorf("a bundle holds more than %d events: %w", TileWidth, ErrDamaged)
		}
		if len(bundle) < entryPrefix {
			return nil, fmt.Errorf("a bundle ends within entry %d: %w", len(events)+1, ErrDamaged)
		}
		size := int(binary.BigEndian.Uint16(bundle))
		if len(bundle) < entryPrefix+size {
			return nil, fmt.Errorf("a bundle ends within entry %d: %w", len(events)+1, ErrDamaged)
		}
		end := entryPrefix + size
		events = append(events, bundle[entryPrefix:end:end])
		bundle = bundle[end:]
	}
	return events, nil
}

const (
	// entryPrefix is the size of an entry's length.
	entryPrefix = 2
	// maxFileBytes is the size of the largest file of an archive: a bundle of the largest events.
	maxFileBytes = TileWidth * (entryPrefix + eventstore.MaxEventBytes)
)
