package main

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
)

// heapTuner lets the heap grow by at least so many bytes between two collections, even where little of it is in use:
// clearing a small heap again and again costs a quarter of the time of whoever makes much garbage. Where more is in use
// than that, collections are as usual.
type heapTuner struct {
	before int // percent

	mu    sync.Mutex
	room  uint64 // guarded by mu
	ended bool   // guarded by mu
}

const (
	// startRoom is how much the heap may grow between collections while the journal is read.
	startRoom = 1024 << 20
	// serveRoom is how much it may grow afterwards.
	serveRoom = 128 << 20
)

// roomyHeap gives the heap room until restore is called. Where GOGC says that there are no collections, nor is there
// anything to tune.
func roomyHeap(room uint64) *heapTuner {
	h := &heapTuner{room: room, before: debug.SetGCPercent(-1)}
	h.ended = h.before < 0
	h.tune()
	return h
}

// change gives the heap another room.
func (h *heapTuner) change(room uint64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.room = room
	h.set()
}

// restore has collections as they were before.
func (h *heapTuner) restore() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ended = true
	debug.SetGCPercent(h.before)
}

// tune sets after every collection when the next one is due.
func (h *heapTuner) tune() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ended {
		return
	}
	h.set()
	// What nobody holds goes with the next collection, which is when to tune again.
	runtime.SetFinalizer(&struct{ _ *int }{}, func(any) { h.tune() })
}

// set sets when the next collection is due. mu is held.
func (h *heapTuner) set() {
	if h.ended {
		return
	}
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	const percent = 100
	want := h.room * percent / max(live[0].Value.Uint64(), 1<<20)
	debug.SetGCPercent(max(h.before, int(min(want, 1<<20))))
}
