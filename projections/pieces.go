package projections

import (
	"errors"
	"runtime"
	"sync"
)

// piece is a stretch of the map, from a cell on and before another: nil for the end of the map.
type piece struct {
	from, until *cell
}

const (
	// pieceLeast is how many cells a piece of the map has at least: fewer are looked at sooner than shared out.
	pieceLeast = 1000
	// mostPieces is how many pieces of the map are looked at side by side for one question, at most.
	mostPieces = 4
)

// pieces cuts the map for a question about all of it: what takes longest is to wait for memory, and several processors
// wait side by side. For a question about a page or a part there is one piece.
func (v *Views) pieces(f Filter, after *Cursor, limit int) []piece {
	v.mu.RLock()
	defer v.mu.RUnlock()
	tree := v.holdings.treeFor(f)
	if limit > 0 || after != nil || len(f.Functions)+len(f.Footprints) > 0 || tree == nil {
		return nil
	}
	count := min(runtime.GOMAXPROCS(0), mostPieces, tree.Len()/pieceLeast)
	pieces := []piece{{from: &cell{}}}
	for i := 1; i < count; i++ {
		if c, ok := tree.GetAt(i * tree.Len() / count); ok {
			pieces[len(pieces)-1].until = c
			pieces = append(pieces, piece{from: c})
		}
	}
	return pieces
}

// inPieces looks at the pieces of the map side by side, and appends what each gives to the list, in order. A panic is an
// error of the question, and not the end of the register.
func inPieces[T any](list []T, pieces []piece, look func([]T, piece) []T) ([]T, error) {
	lists, problems := make([][]T, len(pieces)), make([]error, len(pieces))
	lists[0] = list
	var looking sync.WaitGroup
	for i, p := range pieces {
		looking.Go(func() {
			problems[i] = withoutPanic(func() { lists[i] = look(lists[i], p) })
		})
	}
	looking.Wait()
	for _, more := range lists[1:] {
		lists[0] = append(lists[0], more...)
	}
	return lists[0], errors.Join(problems...)
}
