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
	w.Singles, w.For = 50, 300*time.Millisecond // enough to see that it measures; `remit bench` does it in earnest
	begun := time.Now()
	clock := func() time.Time { return eventstoretest.Start().Add(time.Since(begun)) } // runs on the day of the workload
	f, err := eventstore.Bench(t.Context(), eventstore.Config{Dir: t.TempDir(), Clock: clock}, w)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("\n%s", f)
	if f.Fsync <= 0 || f.RawPublish <= 0 || f.RawRate <= 0 || f.RawPipelinedRate <= 0 || f.RecordBytes <= 0 ||
		f.OneRatio <= 0 || f.RateRatio <= 0 || f.CommandsInCommit <= 1 {
		t.Errorf("figures are missing: %+v", f)
	}
}
