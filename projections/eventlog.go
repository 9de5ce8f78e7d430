package projections

import (
	"fmt"
	"slices"
	"sync"

	"github.com/remit-register/remit/domain"
)

// Log reads recorded events back. It may be called concurrently.
type Log interface {
	// Read returns the events from..to, which are recorded, in order. They are not to be changed.
	Read(from, to domain.EventNo) ([]domain.Event, error)
}

// LogFunc is a Log that is a function.
type LogFunc func(from, to domain.EventNo) ([]domain.Event, error)

// Read calls the function.
func (f LogFunc) Read(from, to domain.EventNo) ([]domain.Event, error) { return f(from, to) }

// memoryLog keeps the events in memory, for views that were given no other log.
type memoryLog struct {
	mu sync.RWMutex
	// events holds event number n at n-1; it only grows, and may be ahead of the views that feed it.
	events []domain.Event
}

// add takes events, of which it may have some already.
func (l *memoryLog) add(events []domain.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range events {
		if int(events[i].No) == len(l.events)+1 { //nolint:gosec // there are not so many in memory
			l.events = append(l.events, events[i])
		}
	}
}

// Read returns events that were added.
func (l *memoryLog) Read(from, to domain.EventNo) ([]domain.Event, error) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if from == 0 || from > to || to > domain.EventNo(len(l.events)) {
		return nil, fmt.Errorf("events %d to %d are not in memory", from, to)
	}
	return slices.Clip(l.events[from-1 : to]), nil
}

// readGap is how many events that are not asked for are read along rather than read those around them separately.
const readGap = 8

// readEvents reads events by number, in order. The caller does not hold the lock: the log may be on disk.
func (v *Views) readEvents(numbers []domain.EventNo) ([]domain.Event, error) {
	events := make([]domain.Event, 0, len(numbers))
	for len(numbers) > 0 {
		n := 1
		for n < len(numbers) && numbers[n]-numbers[n-1] <= readGap {
			n++
		}
		read, err := v.log.Read(numbers[0], numbers[n-1])
		if err != nil {
			return nil, fmt.Errorf("read events %d to %d: %w", numbers[0], numbers[n-1], err)
		}
		for _, no := range numbers[:n] {
			events = append(events, read[no-numbers[0]])
		}
		numbers = numbers[n:]
	}
	return events, nil
}
