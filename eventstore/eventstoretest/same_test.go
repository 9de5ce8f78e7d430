package eventstoretest_test

import (
	"testing"
	"time"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore/eventstoretest"
)

// Whatever differs is seen, wherever it is.
func TestSame(t *testing.T) {
	type inner struct {
		text string
		next *inner
	}
	type whole struct {
		list  []int
		table map[string]*inner
		any   any
		undo  int
		at    time.Time
	}
	at := time.Date(2026, time.November, 22, 12, 0, 0, 0, time.UTC)
	made := func(change func(*whole)) *whole {
		loop := &inner{text: "loop"}
		loop.next = loop
		w := &whole{[]int{1, 2}, map[string]*inner{"a": {"x", loop}}, domain.Date(7), 1, at}
		change(w)
		return w
	}
	plain := made(func(*whole) {})
	for name, change := range map[string]func(*whole){
		"nothing":                  func(*whole) {},
		"a field that is left out": func(w *whole) { w.undo = 9 },
	} {
		if !eventstoretest.Same(plain, made(change), "undo") {
			t.Errorf("%s makes a difference", name)
		}
	}
	for name, change := range map[string]func(*whole){
		"an element":        func(w *whole) { w.list[1] = 3 },
		"another length":    func(w *whole) { w.list = append(w.list, 3) },
		"an empty list":     func(w *whole) { w.list = nil },
		"another key":       func(w *whole) { w.table = map[string]*inner{"b": w.table["a"]} },
		"one key more":      func(w *whole) { w.table["b"] = nil },
		"behind a pointer":  func(w *whole) { w.table["a"].text = "y" },
		"no pointer":        func(w *whole) { w.table["a"].next = nil },
		"far behind":        func(w *whole) { w.table["a"].next.text = "y" },
		"another type":      func(w *whole) { w.any = 7 },
		"another value":     func(w *whole) { w.any = domain.Date(8) },
		"nothing in an any": func(w *whole) { w.any = nil },
		"a time":            func(w *whole) { w.at = at.Add(1) },
	} {
		if eventstoretest.Same(plain, made(change), "undo") || eventstoretest.Same(made(change), plain, "undo") {
			t.Errorf("%s makes no difference", name)
		}
	}
}
