package projections

import "time"

// NewWithEpochs returns views whose lines begin a new epoch after few changes, as otherwise only long ones do.
func NewWithEpochs(now func() time.Time, epochChanges int32) *Views {
	v := New(now)
	v.holdings = newFunctionMap(epochChanges)
	return v
}
