package projections

import (
	"cmp"
	"maps"
	"math/rand/v2"
	"slices"
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

// known returns what is known of each date: the last thing written for it, unless that is a retraction.
func (n naiveLine) known(known domain.EventNo) map[domain.Date]written {
	dates := map[domain.Date]written{}
	for _, w := range n {
		if w.no <= known {
			dates[w.from] = w
		}
	}
	maps.DeleteFunc(dates, func(_ domain.Date, w written) bool { return w.value == retracted })
	return dates
}

func (n naiveLine) at(on domain.Date, known domain.EventNo) (best written, ok bool) {
	for from, w := range n.known(known) {
		if from <= on && (!ok || from > best.from) {
			best, ok = w, true
		}
	}
	return best, ok
}

func (n naiveLine) next(on domain.Date, known domain.EventNo) (best written, ok bool) {
	for from, w := range n.known(known) {
		if from > on && (!ok || from < best.from) {
			best, ok = w, true
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
		epochs := rapid.Int32Range(1, 20).Draw(t, "changes of an epoch")
		no := domain.EventNo(0)
		for range rapid.IntRange(1, 40).Draw(t, "changes") {
			// Several changes of one event, and of one date by one event, are possible.
			no += domain.EventNo(rapid.IntRange(0, 2).Draw(t, "step"))
			no = max(no, 1)
			w := written{domain.Date(rapid.IntRange(1, 8).Draw(t, "from")), no, valueID(rapid.IntRange(0, 3).Draw(t, "value"))}
			if rapid.IntRange(0, 3).Draw(t, "kind") == 0 {
				w.value = retracted
			}
			l.add(point{from: w.from, no: w.no, value: w.value}, epochs)
			naive = append(naive, w)
		}
		checkEach(t, &l, naive)
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

// checkEach checks that every change is told once, in the order of date and event, with what replaced it.
func checkEach(t *rapid.T, l *line, naive naiveLine) {
	want := slices.Clone(naive)
	slices.SortStableFunc(want, func(a, b written) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.no, b.no)) })
	i := 0
	l.each(func(p point, replaced domain.EventNo) bool {
		if i >= len(want) || !same(&p, want[i], true) {
			t.Fatalf("point %d is %+v, want %+v", i, p, want)
		}
		i++
		if next := i < len(want) && want[i].from == p.from; (next && replaced != want[i].no) || (!next && replaced != domain.Latest) {
			t.Fatalf("point %+v is replaced by %d, want %+v", p, replaced, want)
		}
		return true
	})
	if i != len(want) {
		t.Fatalf("%d points, want %d", i, len(want))
	}
}

// TestLongLines fills lines far beyond one block, in the orders that are hardest for blocks.
func TestLongLines(t *testing.T) {
	const changes = 9 * epochChanges
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
			const epochs = epochChanges
			for i := range changes {
				w := written{date(r, i), domain.EventNo(i + 1), valueID(r.IntN(4))}
				if r.IntN(5) == 0 {
					w.value = retracted
				}
				l.add(point{from: w.from, no: w.no, value: w.value}, epochs)
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
	l.add(point{from: 5, no: 1, value: 1}, 1)
	l.add(point{from: 9, no: 2, value: 2}, 1)
	l.add(point{from: 5, no: 3, value: retracted}, 1)
	l.add(point{from: 5, no: 4, value: 3}, 1)
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
