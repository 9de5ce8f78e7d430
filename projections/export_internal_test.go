package projections

import (
	"reflect"
	"time"

	"github.com/google/go-cmp/cmp"
)

// NewWithEpochs returns views whose lines begin a new epoch after few changes, as otherwise only long ones do.
func NewWithEpochs(now func() time.Time, epochChanges int32) *Views {
	v := New(now)
	v.holdings = newFunctionMap(epochChanges)
	return v
}

// NewReadingWithEpochs is NewWithEpochs for views that read their events back.
func NewReadingWithEpochs(now func() time.Time, log Log, epochChanges int32) *Views {
	v := NewReading(now, log)
	v.holdings = newFunctionMap(epochChanges)
	return v
}

// DiffStates compares all that two views know, down to the last unexported field.
func DiffStates(a, b *Views) string {
	return cmp.Diff(&a.state, &b.state,
		cmp.Exporter(func(reflect.Type) bool { return true }),
		cmp.Transformer("cells", packTree))
}
