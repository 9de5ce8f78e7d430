package main

import (
	"runtime"
	"runtime/debug"
	"testing"
)

// A heap with room is collected seldom, and as before when that ends.
func TestRoomyHeap(t *testing.T) {
	collections := func() uint32 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		kept := make([][]byte, 16)
		for i := range 3000 { // 192 MiB
			kept[i%len(kept)] = make([]byte, 64<<10)
		}
		runtime.KeepAlive(kept)
		runtime.ReadMemStats(&after)
		return after.NumGC - before.NumGC
	}
	defer debug.SetGCPercent(debug.SetGCPercent(100))
	runtime.GC()
	usual := collections()
	heap := roomyHeap(1 << 30)
	roomy := collections()
	heap.change(1 << 20)
	small := collections()
	heap.restore()
	runtime.GC() // the tuner sees that it has ended
	if percent := debug.SetGCPercent(100); percent != 100 {
		t.Errorf("afterwards it is %d%%", percent)
	}
	if roomy > 2 || usual <= roomy {
		t.Errorf("%d collections with room, %d without", roomy, usual)
	}
	if small <= roomy {
		t.Errorf("%d collections with much room, %d when it was taken away", roomy, small)
	}
}
