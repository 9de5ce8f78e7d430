package eventstore

import (
	"crypto/rand"
	"fmt"
	"io"
	"sync"
)

// random is a source of random bytes that several goroutines may read.
type random struct {
	mu     sync.Mutex
	source io.Reader // guarded by mu
}

func newRandom(source io.Reader) io.Reader {
	if source == nil {
		return rand.Reader
	}
	return &random{source: source}
}

// Read fills p.
func (r *random) Read(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	n, err := io.ReadFull(r.source, p)
	if err != nil {
		return n, fmt.Errorf("read random bytes: %w", err)
	}
	return n, nil
}
