package projections

import (
	"reflect"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-register/remit/domain"
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

// comparableState returns a state as reflect.DeepEqual can compare it, which takes far less time than to tell a difference.
func comparableState(s *state) [3]any {
	plain, holdings := *s, *s.holdings
	byBody := map[domain.OrganisationCode][]*cell{}
	for body, tree := range holdings.byBody {
		byBody[body] = packTree(tree)
	}
	all := packTree(holdings.all)
	holdings.all, holdings.byBody, holdings.names, plain.holdings = nil, nil, nil, &holdings
	return [3]any{plain, all, byBody}
}

// DiffStates compares all that two views know, down to the last unexported field.
func DiffStates(a, b *Views) string {
	if reflect.DeepEqual(comparableState(&a.state), comparableState(&b.state)) {
		return ""
	}
	return cmp.Diff(&a.state, &b.state,
		cmp.Exporter(func(reflect.Type) bool { return true }),
		cmp.Transformer("cells", packTree))
}

// NewCopyWithEpochs is NewWithEpochs for copies.
func NewCopyWithEpochs(now func() time.Time, log Log, epochChanges int32) *Copy {
	c := NewCopy(now, log)
	c.holdings = newFunctionMap(epochChanges)
	return c
}
