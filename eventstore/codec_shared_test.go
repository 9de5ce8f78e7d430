package eventstore

import (
	"sync"
	"testing"
)

// Events are shared by everybody who reads them, so writing one must not touch it: the race detector tells.
func TestManyWriteTheSameEvent(t *testing.T) {
	for _, sample := range everyFact() {
		shared := filledEvent(t, sample)
		var group sync.WaitGroup
		for range 2 {
			group.Go(func() {
				if _, err := EncodeEvent(shared); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
	}
}
