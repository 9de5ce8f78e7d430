package projections

import (
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"github.com/remit-register/remit/domain"
)

// written is a change of a line as the naive model remembers it.
type written struct {
	from  domain.Date
	no    domain.EventNo
	value valueID
}

// naiveLine answers by looking at everything that was ever written.
type naiveLine []written

// onDate returns what is known of a date: the last thing written for it, unless that is a retraction.
func (n naiveLine) onDate(on domain.Date, known domain.EventNo) (written, bool) {
	var last written
	for _, w := range n {
		if w.from == on && w.no <= known {
			last = w
		}
	}
	return last, last.no != 0 && last.value != retracted
}

func (n naiveLine) at(on domain.Date, known domain.EventNo) (best written, ok bool) {
	for _, w := range n {
		if w.from > on || (ok && w.from <= best.from) {
			continue
		}
		if last, known := n.onDate(w.from, known); known {
			best, ok = last, true
		}
	}
	return best, ok
}

func (n naiveLine) next(on domain.Date, known domain.EventNo) (best written, ok bool) {
	for _, w := range n {
		if w.from <= on || (ok && w.from >= best.from) {
			continue
		}
		if last, known := n.onDate(w.from, known); known {
			best, ok = last, true
		}
	}
	return best, ok
}

func same(p *point, w written, ok bool) bool {
	if p == nil || !ok {
		return p == nil && !ok
	}
	return p.from == w.from && p.no == w.no && p.value == w.value
}

func TestLineAnswersLikeTheNaiveModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var l line
		var naive naiveLine
		no := domain.EventNo(0)
		for range rapid.IntRange(1, 40).Draw(t, "changes") {
			// Several changes of one event, and of one date by one event, are possible.
			no += domain.EventNo(rapid.IntRange(0, 2).Draw(t, "step"))
			no = max(no, 1)
			w := written{domain.Date(rapid.IntRange(1, 8).Draw(t, "from")), no, valueID(rapid.IntRange(0, 3).Draw(t, "value"))}
			if rapid.IntRange(0, 3).Draw(t, "kind") == 0 {
				w.value = retracted
			}
			l.add(w.from, w.no, w.value)
			naive = append(naive, w)
		}
		for on := domain.Date(0); on <= 9; on++ {
			for known := domain.EventNo(0); known <= no; known++ {
				w, ok := naive.at(on, known)
				if p := l.at(on, known); !same(p, w, ok) {
					t.Fatalf("at (%d, %d): got %+v, want %+v %v", on, known, p, w, ok)
				}
				w, ok = naive.next(on, known)
				if p := l.next(on, known); !same(p, w, ok) {
					t.Fatalf("next (%d, %d): got %+v, want %+v %v", on, known, p, w, ok)
				}
			}
		}
	})
}

// TestLongLines fills lines far beyond one block, in the orders that are hardest for blocks.
func TestLongLines(t *testing.T) {
	const changes = 4 * blockSize
	orders := map[string]func(r *rand.Rand, i int) domain.Date{
		"ascending":   func(_ *rand.Rand, i int) domain.Date { return domain.Date(i + 1) },
		"descending":  func(_ *rand.Rand, i int) domain.Date { return domain.Date(changes - i) },
		"one date":    func(*rand.Rand, int) domain.Date { return 7 },
		"two dates":   func(_ *rand.Rand, i int) domain.Date { return domain.Date(1 + i%2) },
		"few dates":   func(r *rand.Rand, _ int) domain.Date { return domain.Date(1 + r.IntN(12)) },
		"many dates":  func(r *rand.Rand, _ int) domain.Date { return domain.Date(1 + r.IntN(changes)) },
		"same middle": func(r *rand.Rand, i int) domain.Date { return domain.Date(1 + (i%3)*500 + r.IntN(2)) },
	}
	for name, date := range orders {
		t.Run(name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 2))
			var l line
			var naive naiveLine
			for i := range changes {
				w := written{date(r, i), domain.EventNo(i + 1), valueID(r.IntN(4))}
				if r.IntN(5) == 0 {
					w.value = retracted
				}
				l.add(w.from, w.no, w.value)
				naive = append(naive, w)
			}
			for range 300 {
				on, known := domain.Date(r.IntN(changes+2)), domain.EventNo(r.IntN(changes+1))
				if r.IntN(2) == 0 {
					on = naive[r.IntN(len(naive))].from
				}
				w, ok := naive.at(on, known)
				if p := l.at(on, known); !same(p, w, ok) {
					t.Fatalf("at (%d, %d): got %+v, want %+v %v", on, known, p, w, ok)
				}
				w, ok = naive.next(on, known)
				if p := l.next(on, known); !same(p, w, ok) {
					t.Fatalf("next (%d, %d): got %+v, want %+v %v", on, known, p, w, ok)
				}
			}
		})
	}
}

func TestEachTellsWhatReplacedAPoint(t *testing.T) {
	var l line
	l.add(5, 1, 1)
	l.add(9, 2, 2)
	l.add(5, 3, retracted)
	l.add(5, 4, 3)
	var got []domain.EventNo
	l.each(func(p point, replaced domain.EventNo) bool {
		got = append(got, p.no, replaced)
		return true
	})
	want := []domain.EventNo{1, 3, 3, 4, 4, domain.Latest, 2, domain.Latest}
	if len(got) != len(want) {
		t.Fatalf("got %v, want %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("got %v, want %v", got, want)
		}
	}
}
