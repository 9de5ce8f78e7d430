package eventstore

import (
	"testing"
	"time"
)

// A wait that is over stays over: what comes in at the very moment when it ends must not begin another one, which
// nobody would end.
func TestTakingTooLateReturnsAgainAndAgain(t *testing.T) {
	t.Parallel()
	q := newQueue(8)
	late := make(chan struct{})
	close(late)
	q.items = append(q.items, &Pending{}) // came without a wake, as when the wake was taken for it before
	done := make(chan int)
	go func() {
		taken := len(q.takeBefore(late))
		taken += len(q.takeBefore(late))
		done <- taken
	}()
	select {
	case taken := <-done:
		if taken != 1 {
			t.Errorf("took %d commands, want 1", taken)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("taking too late waits for ever")
	}
}
