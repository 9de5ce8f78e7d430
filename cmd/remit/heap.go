package main

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
)

// roomyHeap lets the heap grow by so many bytes between two collections, even where little of it is in use, until the
// function that it returns is called. Reading a journal makes much garbage in a small heap, and clearing it away again
// and again costs a quarter of the time.
func roomyHeap(room uint64) (restore func()) {
	before := debug.SetGCPercent(-1)
	if before < 0 { // collections are off altogether: GOGC says so
		return func() {}
	}
	h := &heapTuner{room: room, before: before}
	h.tune()
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.ended = true
		debug.SetGCPercent(before)
	}
}

// heapTuner sets after every collection when the next one is due.
type heapTuner struct {
	room   uint64
	before int // percent

	mu    sync.Mutex
	ended bool // guarded by mu
}

func (h *heapTuner) tune() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ended {
		return
	}
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	const percent = 100
	want := h.room * percent / max(live[0].Value.Uint64(), 1<<20)
	debug.SetGCPercent(max(h.before, int(min(want, 1<<20))))
	// What nobody holds goes with the next collection, which is when to tune again.
	runtime.SetFinalizer(&struct{ _ *int }{}, func(any) { h.tune() })
}
