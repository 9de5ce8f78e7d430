package eventstore

import (
	"fmt"
	"sync"

	"github.com/google/uuid"

	"github.com/remit-register/remit/domain"
)

// commandIndex remembers every command id that was ever recorded. Its methods may be called concurrently.
type commandIndex struct {
	mu    sync.RWMutex
	first map[uuid.UUID]domain.EventNo // guarded by mu: first event of the command's transaction
}

func newCommandIndex() *commandIndex { return &commandIndex{first: map[uuid.UUID]domain.EventNo{}} }

// find returns the first event of the command's transaction.
func (x *commandIndex) find(id uuid.UUID) (domain.EventNo, bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	no, ok := x.first[id]
	return no, ok
}

// add remembers the commands of events.
func (x *commandIndex) add(events []domain.Event) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, e := range events {
		if e.Index > 0 {
			continue
		}
		id, err := uuid.Parse(e.CommandID)
		if err != nil {
			return fmt.Errorf("event %d: command id: %w", e.No, err)
		}
		x.first[id] = e.No
	}
	return nil
}
