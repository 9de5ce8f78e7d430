package projections

import (
	"sync/atomic"
	"time"

	"github.com/remit-register/remit/domain"
)

// Status says how views are getting on.
type Status struct {
	// Position is the last event shown, RecordedAt when it was recorded: zero before the first.
	Position   domain.EventNo
	RecordedAt time.Time
	// Restored is the event up to which a checkpoint was taken over instead of folding the log, 0 for none.
	Restored domain.EventNo
	// Checkpoint is the last event of the newest checkpoint written since the start, 0 for none.
	Checkpoint domain.EventNo
	// Rebuilds is how often the state was rebuilt beside the one that was shown.
	Rebuilds uint64
	// Mended is how often what was shown then differed from what the log says.
	Mended uint64
}

// milestones are what Status tells besides the state.
type milestones struct {
	restored, checkpoint, rebuilds, mended atomic.Uint64
}

// Status returns how the views are getting on.
func (v *Views) Status() Status {
	v.mu.RLock()
	defer v.mu.RUnlock()
	position := v.position()
	return Status{
		Position: position, RecordedAt: v.events.recordedAt(position), Restored: domain.EventNo(v.milestones.restored.Load()),
		Checkpoint: domain.EventNo(v.milestones.checkpoint.Load()), Rebuilds: v.milestones.rebuilds.Load(),
		Mended: v.milestones.mended.Load(),
	}
}
