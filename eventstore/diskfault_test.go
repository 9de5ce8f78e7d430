package eventstore_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/eventstore/eventstoretest"
)

// A disk that is full, or says that it could not bring a write to disk, makes the register read-only, and it says so.
// What was acknowledged is there after a restart, even when the power is cut; so is what a command's id tells then.
func TestDiskFails(t *testing.T) {
	for name, fail := range map[string]struct {
		begin, end func(*eventstoretest.Disk)
	}{
		"full":              {func(d *eventstoretest.Disk) { d.Fill(0) }, func(d *eventstoretest.Disk) { d.Fill(-1) }},
		"full within":       {func(d *eventstoretest.Disk) { d.Fill(300) }, func(d *eventstoretest.Disk) { d.Fill(-1) }},
		"syncs fail":        {func(d *eventstoretest.Disk) { d.FailSyncs(true) }, func(d *eventstoretest.Disk) { d.FailSyncs(false) }},
		"everything breaks": {func(d *eventstoretest.Disk) { d.CutAt(1) }, func(*eventstoretest.Disk) {}},
	} {
		for _, sync := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, sync %t", name, sync), func(t *testing.T) {
				disk := eventstoretest.NewDisk()
				l := &life{disk: disk, Harness: &eventstoretest.Harness{Clock: eventstoretest.NewClock(eventstoretest.Start())}}
				l.timeout = 500 * time.Millisecond // JetStream does not answer when it cannot write
				l.start(t, disk.Mount(t), sync)
				p := &promises{receipts: map[string]eventstore.Receipt{}}
				for i := range 20 {
					p.sent = append(p.sent, eventstoretest.WithReason(t, eventstoretest.Request(eventstoretest.Body(fmt.Sprintf("B%d", i))), "Dr Jane Smith"))
				}
				p.kept(t, l)
				fail.begin(disk)
				p.load(t, l)
				checkReadOnly(t, l.Harness)
				if said := fmt.Sprint(l.Healthy()); !strings.Contains(said, "restart") {
					t.Errorf("it does not say what to do: %s", said)
				}
				if events, err := l.Read(t.Context(), 1, 20); err != nil || len(events) != 20 {
					t.Errorf("what is recorded cannot be read: %v", err)
				}
				fail.end(disk)
				if err := l.stop(); !errors.Is(err, eventstore.ErrDoubtfulWrite) && !errors.Is(err, eventstore.ErrNotArchived) {
					t.Errorf("it ended with %v", err)
				}
				again := switchOn(t, disk.Cut(nil), sync)
				p.kept(t, again)
				again.checkArchive(t)
				if err := again.stop(); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// A register on a disk that is full does not start, and says so at once.
func TestDiskIsFullAtStart(t *testing.T) {
	disk := eventstoretest.NewDisk()
	dir := disk.Mount(t)
	disk.Fill(1)
	begun := time.Now()
	s, err := eventstore.Open(t.Context(), eventstore.Config{Dir: dir, Clock: eventstoretest.Start})
	if err == nil {
		_ = s.Close()
		t.Fatal("it opened on a full disk")
	}
	if took := time.Since(begun); took > time.Minute {
		t.Errorf("it took %s to say so", took)
	}
	if !strings.Contains(err.Error(), "disk full") {
		t.Errorf("it said: %v", err)
	}
}
