package eventstoretest_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/eventstore/eventstoretest"
)

// workload establishes bodies.
func workload(commanders int) eventstore.Workload {
	w := eventstore.Workload{Commanders: commanders, Next: func(commander, n int) eventstore.Request {
		return eventstoretest.Request(eventstoretest.Body(fmt.Sprintf("B%d-%d", commander, n)))
	}}
	return w
}

func TestBench(t *testing.T) {
	w := workload(64)
	w.For = 3 * time.Second
	f, err := eventstore.Bench(t.Context(), eventstore.Config{Dir: t.TempDir(), Clock: time.Now}, w)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("\n%s", f)
}
