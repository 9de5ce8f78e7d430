package domain

import (
	"slices"
	"testing"
)

// told returns the values of a timeline on some dates.
func told(t Timeline[string], dates ...Date) []string {
	var values []string
	for _, on := range dates {
		p, _ := t.At(Now(on))
		values = append(values, p.Value)
	}
	return values
}

// TestRectifiedDateIsRectified puts the date of a name right, that of the correction, and so on: until its right date what
// had been recorded for the wrong one counts again, whatever that was.
func TestRectifiedDateIsRectified(t *testing.T) {
	names := Timeline[string]{{From: 10, No: 1, Value: "first"}, {From: 10, No: 2, Value: "second"}}
	for _, c := range []struct {
		no   EventNo
		f    Corrected
		name string
		want []string // on the days 10, 20, 30
	}{
		{3, Corrected{Event: 2, EffectiveOn: 20}, "", []string{"first", "second", "second"}},
		{4, Corrected{Event: 3, EffectiveOn: 30}, "", []string{"first", "first", "second"}},
		{5, Corrected{Event: 4, Name: "right"}, "right", []string{"first", "first", "right"}},
		{6, Corrected{Event: 5, EffectiveOn: 10}, "", []string{"right", "right", "right"}},
		{7, Corrected{Event: 6, EffectiveOn: 20}, "", []string{"first", "right", "right"}},
		{8, Corrected{Event: 7, Withdrawn: true}, "", []string{"first", "first", "first"}},
		{9, Corrected{Event: 1, Name: "earlier"}, "earlier", []string{"first", "first", "first"}},
	} {
		names = rectified(names, c.no, c.f, c.name)
		if got := told(names, 10, 20, 30); !slices.Equal(got, c.want) {
			t.Fatalf("after event %d the names are %v, not %v: %+v", c.no, got, c.want, names)
		}
	}
}
