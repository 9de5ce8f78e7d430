package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

var soak = flag.Duration("soak", 5*time.Second, "how long TestSoak goes on: 2m in continuous integration, 30m before a release")

const (
	// Commanders wait so long from one command to the next, and those who ask from one question to the next.
	commandBeat = 100 * time.Millisecond
	askBeat     = 25 * time.Millisecond
	// soakSlack is how much more memory may be in use after long load than soon after a start, with the same events.
	soakSlack = 40 << 20
)

// soaking is a register under mixed load.
type soaking struct {
	*crowd

	t      *testing.T
	server *server
	group  sync.WaitGroup

	mu       sync.Mutex
	given    []reply  // guarded by mu: the commands
	asked    int      // guarded by mu
	watched  int      // guarded by mu: events that watchers were told
	problems []string // guarded by mu
	live     []float64
}

// TestSoak mixes commands, questions, pages, exports and watches on the reference register, with its archive in a folder
// of its own, for as long as -soak says. In the end the answers and the archive show all that was acknowledged and
// nothing else, no goroutine is left over, the doctor finds nothing wrong, and the log verifies: over the network, and its
// files when the register has stopped. The memory in use is flat: what was recorded is kept, so it is compared with that
// of a register that was just started with the same events and is under the same load.
func TestSoak(t *testing.T) {
	dir := t.TempDir()
	data, archived := filepath.Join(dir, "data"), filepath.Join(dir, "archive")
	long, events := soakFor(t, *soak, data, archived)
	key := strings.TrimSpace(mustRemit(t, "key", "-q", "--data", data))
	said := mustRemit(t, "verify", archived, "--key", key)
	if !strings.Contains(said, fmt.Sprintf("events         %.0f\n", events)) || !strings.Contains(said, "everything verifies") {
		t.Errorf("want %.0f events, got %s", events, said)
	}
	short, _ := soakFor(t, max(5*time.Second, *soak/10), data, archived)
	t.Logf("memory in use in MiB, in each fifth of the time: %.1f; after a restart: %.1f", inMiB(long), inMiB(short))
	if grown := long[len(long)-1] - short[len(short)-1]; grown > soakSlack {
		t.Errorf("after the long load %.0f bytes more are in use than soon after a start", grown)
	}
}

// soakFor runs a register under load for some time, and stops it. It returns the memory in use in each fifth of the time,
// and how many events are recorded.
func soakFor(t *testing.T, during time.Duration, data, archived string) (live [5]float64, events float64) {
	t.Helper()
	s := launch(t, "--data", data, "--archive", archived)
	s.mustGetReady(t)
	x := &soaking{crowd: newCrowd(t, s), t: t, server: s}
	x.next.Store(time.Now().UnixMilli() % 1e8) // other bodies than before
	x.settle("before", func(m map[string][]sample) bool { return value(m, "remit_archive_lag_events") == 0 })
	before := x.metrics()
	ctx, stop := context.WithTimeout(t.Context(), during)
	defer stop()
	x.start(ctx)
	x.beat(ctx, max(during/100, 50*time.Millisecond), func() {
		x.live = append(x.live, value(x.metrics(), "go_gc_heap_live_bytes"))
	})
	x.group.Wait()
	x.http.CloseIdleConnections()
	events = value(before, "remit_events_recorded") + float64(x.recorded())
	x.settle("after", func(m map[string][]sample) bool {
		return value(m, "remit_events_recorded") == events && value(m, "remit_projection_lag_events") == 0 &&
			value(m, "remit_archive_lag_events") == 0 && value(m, "go_goroutines") <= value(before, "go_goroutines")+10
	})
	t.Logf("%s: %d commands recorded %d events, 99%% within %s; %d questions and pages; watchers were told %d events; goroutines %.0f, then %.0f",
		during, len(x.given), x.recorded(), slowest(x.given), x.asked, x.watched, value(before, "go_goroutines"), value(x.metrics(), "go_goroutines"))
	if len(x.problems) > 0 {
		t.Errorf("%d requests failed, first: %s", len(x.problems), strings.Join(x.problems[:min(5, len(x.problems))], "\n"))
	}
	if len(x.given) < int(during/time.Second) || x.asked < int(during/time.Second) || x.watched == 0 {
		t.Error("that was no load")
	}
	key := strings.TrimSpace(mustRemit(t, "key", "-q", "--data", data))
	if said := mustRemit(t, "doctor", "--server", s.url); strings.Contains(said, "\nfail") {
		t.Error(said)
	}
	if said := mustRemit(t, "verify", s.url, "--key", key); !strings.Contains(said, "everything verifies") {
		t.Error(said)
	}
	s.stop(t)
	return x.memory(), events
}

// recorded is how many events were acknowledged.
func (x *soaking) recorded() int {
	n := 0
	for _, a := range x.given {
		n += a.events
	}
	return n
}

// start has everybody come.
func (x *soaking) start(ctx context.Context) {
	for _, location := range []string{"06H", "06K"} {
		x.beat(ctx, commandBeat, func() { x.establish(ctx) })
		x.beat(ctx, commandBeat, func() { x.transfer(ctx, location) })
	}
	for _, paths := range [][]string{
		{
			question("MapService/WhoHolds", `{"function":"eprr","footprint":"06H"}`), question("MapService/GetMap", `{"pageSize":100}`),
			question("AuditService/ListEvents", `{"pageSize":50}`), question("OrganisationService/GetOrganisation", `{"code":"X24"}`),
		},
		{
			question("MapService/GetHistory", `{"function":"eprr","footprint":"06H"}`), question("TransferService/ListTransfers", `{"pageSize":50}`),
			question("MapService/WhoHolds", `{"function":"continuing-healthcare","footprint":"D4U1Y","asOf":{"effectiveOn":"2026-03-31"}}`),
			"/log/checkpoint", "/readyz",
		},
		{"/", "/who?function=eprr&footprint=06H", "/organisations", "/transfers"},
	} {
		next := 0
		x.beat(ctx, askBeat, func() {
			x.ask(ctx, paths[next%len(paths)])
			next++
		})
	}
	x.group.Go(func() {
		for ctx.Err() == nil {
			x.watch(ctx)
		}
	})
	x.slowly(ctx, question("MapService/CheckCoherence", `{}`))
	x.slowly(ctx, "/metrics")
}

// question is the path of a question asked with GET.
func question(procedure, message string) string {
	return "/remit.v1." + procedure + "?encoding=json&message=" + strings.ReplaceAll(message, `"`, "%22")
}

// slowly asks what is much to answer.
func (x *soaking) slowly(ctx context.Context, path string) {
	x.beat(ctx, 100*askBeat, func() { x.ask(ctx, path) })
}

// beat does some work at every beat, or as often as it can.
func (x *soaking) beat(ctx context.Context, each time.Duration, work func()) {
	x.group.Go(func() {
		ticker := time.NewTicker(each)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				work()
			case <-ctx.Done():
				return
			}
		}
	})
}

// ask asks, also when the time is over meanwhile.
func (x *soaking) ask(ctx context.Context, path string) {
	ok := x.asks(context.WithoutCancel(ctx), path)
	x.mu.Lock()
	defer x.mu.Unlock()
	x.asked++
	if !ok {
		x.problems = append(x.problems, path)
	}
}

// command gives a command, also when the time is over meanwhile.
func (x *soaking) command(ctx context.Context, actor, path string, request []byte) reply {
	a := x.give(context.WithoutCancel(ctx), actor, path, request)
	x.mu.Lock()
	defer x.mu.Unlock()
	if a.status != http.StatusOK || a.problem != nil || a.events == 0 {
		x.problems = append(x.problems, fmt.Sprintf("%s %s: %d %v", path, request, a.status, a.problem))
	}
	a.request = nil
	x.given = append(x.given, a)
	return a
}

func (x *soaking) establish(ctx context.Context) {
	x.command(ctx, "registrar@X24", establishPath, x.body())
}

// transfer proposes a transfer and withdraws it.
func (x *soaking) transfer(ctx context.Context, location string) {
	proposal, _ := json.Marshal(map[string]any{
		"commandId": uuid.NewString(), "function": "eprr", "kind": "TRANSFER_KIND_DELEGATION", "sender": "S1Y5D", "receiver": "Y61",
		"footprints": []string{location}, "roles": []string{"ROLE_EXERCISING", "ROLE_DELIVERING"}, "instrument": "nhsa2006-s65z5",
		"effectiveOn": "2027-11-21", "rationale": "A test",
		"terms": map[string]any{"reserved": "a", "limits": "b", "liability": "c", "notice": "d", "reviewOn": "2028-11-21"},
	})
	made := x.command(ctx, "po@S1Y5D", "/remit.v1.TransferService/ProposeTransfer", proposal)
	if made.transfer == "" {
		return
	}
	withdrawal, _ := json.Marshal(map[string]any{"commandId": uuid.NewString(), "transferId": made.transfer, "reason": "A test"})
	x.command(ctx, "po@S1Y5D", "/remit.v1.TransferService/WithdrawTransfer", withdrawal)
}

// watch reads what is recorded for a while, and leaves.
func (x *soaking) watch(ctx context.Context) {
	c := x.server.client("")
	defer c.http.CloseIdleConnections()
	ctx, leave := context.WithCancel(ctx)
	defer leave()
	stream, err := c.audit().WatchEvents(ctx, &remitv1.WatchEventsRequest{})
	told := 0
	for err == nil && told < 200 && stream.Receive() {
		told += len(stream.Msg().GetRecorded().GetEvents())
	}
	leave()
	if err == nil {
		_ = stream.Close() // whoever leaves hears of it
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.watched += told
}

// metrics are those of the register at present.
func (x *soaking) metrics() map[string][]sample {
	return parseMetrics([]byte(fetch(x.t, x.url+"/metrics")))
}

// value is that of a metric without labels.
func value(metrics map[string][]sample, name string) float64 {
	if len(metrics[name]) == 0 {
		return -1
	}
	return metrics[name][0].value
}

// settle waits until the metrics are as they must get to be.
func (x *soaking) settle(when string, as func(map[string][]sample) bool) {
	x.t.Helper()
	ticker := time.NewTicker(100 * time.Millisecond)
	defer ticker.Stop()
	limit := time.After(time.Minute)
	for {
		m := x.metrics()
		if as(m) {
			return
		}
		select {
		case <-ticker.C:
		case <-limit:
			x.t.Fatalf("%s: a minute later %.0f events are recorded, answers are %.0f behind, the archive %.0f, and there are %.0f goroutines",
				when, value(m, "remit_events_recorded"), value(m, "remit_projection_lag_events"), value(m, "remit_archive_lag_events"), value(m, "go_goroutines"))
		}
	}
}

// memory returns the memory in use in each fifth of the time: the median of what was noted.
func (x *soaking) memory() [5]float64 {
	var live [5]float64
	fifth := len(x.live) / len(live)
	if fifth == 0 {
		x.t.Fatal("there are no samples")
	}
	for i := range live {
		noted := slices.Sorted(slices.Values(x.live[i*fifth : (i+1)*fifth]))
		live[i] = noted[len(noted)/2]
	}
	return live
}

func inMiB(bytes [5]float64) [5]float64 {
	for i := range bytes {
		bytes[i] /= 1 << 20
	}
	return bytes
}
