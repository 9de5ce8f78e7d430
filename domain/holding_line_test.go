package domain

import (
	"testing"

	"pgregory.net/rapid"
)

// A line answers as a timeline of all its points does, now and as known before, and keeps at hand only what stands.
func TestLineAgainstATimeline(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var line Line
		var all Timeline[*LineValue]
		for _, drawn := range drawPoints(t) {
			p := Point[*LineValue]{From: drawn.From, No: drawn.No, Retracted: drawn.Retracted}
			p.Value = &LineValue{Holdings: []Holding{{Holder: OrganisationCode(rune('A' + drawn.Value))}}}
			before, held := line, partPrint(line)
			line, all = line.with(p), all.With(p)
			if partPrint(before) != held {
				t.Fatalf("adding %v changed the line in place", p)
			}
		}
		if partPrint(line.Recorded()) != partPrint(all) {
			t.Fatalf("recorded is %v, not %v", line.Recorded(), all)
		}
		for on := range Date(8) {
			for known := range EventNo(20) {
				compareLine(t, line, all, AsOf{on, known})
			}
			compareLine(t, line, all, Now(on))
			if a, b := partPrint(stood(line.Points.Next(Now(on)))), partPrint(stood(all.Next(Now(on)))); a != b {
				t.Fatalf("next after %d is %s, not %s", on, a, b)
			}
		}
		perDate := map[Date]int{}
		for _, p := range line.Points {
			if perDate[p.From]++; perDate[p.From] > 2 || p.Retracted {
				t.Fatalf("more is at hand than what stands: %v", line.Points)
			}
		}
	})
}

func stood(p Point[*LineValue], ok bool) []Point[*LineValue] {
	if !ok {
		return nil
	}
	return []Point[*LineValue]{p}
}

func compareLine(t *rapid.T, line Line, all Timeline[*LineValue], a AsOf) {
	if got, want := partPrint(stood(line.at(a))), partPrint(stood(all.At(a))); got != want {
		t.Fatalf("at %v it is %s, not %s", a, got, want)
	}
}

// BenchmarkCorrectedRemit takes back and records anew again and again, and asks in between: it takes as long at the end
// as at the beginning.
func BenchmarkCorrectedRemit(b *testing.B) {
	state := NewState()
	change := HoldingChange{
		Subjects: []Subject{{Function: "f"}}, Footprints: []FootprintCode{"F"}, Roles: []Role{RoleDelivering},
		Holdings: []Holding{{Holder: "A"}},
	}
	remit := Remit{change.Subjects[0], "F", RoleDelivering}
	no := EventNo(0)
	for b.Loop() {
		no++
		back := change
		back.On, back.Holdings, back.Retracts = Date(1+no%3650), nil, true
		change.On = Date(1 + (no+1)%3650)
		state.Holdings.Apply(no, []HoldingChange{back, change})
		if held := state.Holdings.At(remit, Now(3650)); len(held) != 1 {
			b.Fatalf("held by %v", held)
		}
	}
}
