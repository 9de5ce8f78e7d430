package eventstore_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/eventstore/eventstoretest"
)

// Several processes write one journal: one wins each race, and all see everything in the same order.
func TestSeveralWriters(t *testing.T) {
	external := eventstoretest.StartServer(t)
	a := eventstoretest.New(t, external.Use())
	b := eventstoretest.New(t, external.Use())
	const racers = 32
	bodies := make([]string, racers)
	for i := range bodies {
		bodies[i] = fmt.Sprintf("R%02d", i)
	}
	a.Remit(t, bodies...)
	outcomes := make([]error, racers)
	var wait sync.WaitGroup
	for i, body := range bodies {
		h := []*eventstoretest.Harness{a, b}[i%2]
		wait.Go(func() {
			_, outcomes[i] = h.Submit(t.Context(), eventstoretest.Request(eventstoretest.TakeRemit(body)))
		})
	}
	wait.Wait()
	winners := 0
	for i, err := range outcomes {
		var refusal *domain.Refusal
		if err == nil {
			winners++
		} else if !errors.As(err, &refusal) || !refusal.Has(domain.RemitAlreadyHeld) {
			t.Errorf("%s lost with %v", bodies[i], err)
		}
	}
	if winners != 1 {
		t.Errorf("%d hold a sole remit", winners)
	}
	meet(t, a, b)
	if a.Head() != b.Head() {
		t.Errorf("one has tree %s, the other %s", a.Head(), b.Head())
	}
}

// Both processes are about to write the next record. One does; the other decides again on top of it.
func TestTwoWritersAtOnce(t *testing.T) {
	external := eventstoretest.StartServer(t)
	var stores []*eventstoretest.Harness
	var gates []*eventstoretest.FaultJournal
	for range 2 {
		gate := &eventstoretest.FaultJournal{}
		stores = append(stores, eventstoretest.New(t, external.Use(), eventstoretest.WithFaults(gate)))
		gates = append(gates, gate)
	}
	stores[0].Remit(t, "A1", "B2")
	meet(t, stores...)
	var tickets []eventstore.Ticket
	for i, body := range []string{"A1", "B2"} {
		gates[i].Entered, gates[i].Proceed = make(chan int, 10), make(chan struct{})
		tickets = append(tickets, enqueue(t, stores[i], eventstoretest.WithReason(t, eventstoretest.Request(eventstoretest.TakeRemit(body)), body)))
		<-gates[i].Entered
	}
	close(gates[1].Proceed)
	if _, err := tickets[1].Wait(t.Context()); err != nil {
		t.Errorf("the first to write was answered %v", err)
	}
	close(gates[0].Proceed)
	_, err := tickets[0].Wait(t.Context())
	if refusal, ok := errors.AsType[*domain.Refusal](err); !ok || !refusal.Has(domain.RemitAlreadyHeld) {
		t.Errorf("the second to write was answered %v", err)
	}
	meet(t, stores...)
	if stores[0].Head() != stores[1].Head() || stores[0].Healthy() != nil || stores[1].Healthy() != nil {
		t.Errorf("trees %s and %s; healthy: %v, %v", stores[0].Head(), stores[1].Head(), stores[0].Healthy(), stores[1].Healthy())
	}
}

// meet waits until each of the stores has followed what the other recorded.
func meet(t *testing.T, stores ...*eventstoretest.Harness) {
	t.Helper()
	last := domain.EventNo(0)
	for _, h := range stores {
		last = max(last, h.Position())
	}
	enough := errors.New("enough")
	for _, h := range stores {
		err := h.Follow(t.Context(), 0, func(events []domain.Event) error {
			if events[len(events)-1].No >= last {
				return enough
			}
			return nil
		})
		if !errors.Is(err, enough) {
			t.Fatal(err)
		}
	}
}

// What one process records, the others see without writing anything, personal texts and pseudonyms included.
func TestOthersAreFollowed(t *testing.T) {
	external := eventstoretest.StartServer(t)
	a := eventstoretest.New(t, external.Use())
	b := eventstoretest.New(t, external.Use())
	r := eventstoretest.WithReason(t, eventstoretest.Request(eventstoretest.Body("A1")), "Dr Jane Smith")
	first := a.MustSubmit(t, r)
	meet(t, a, b)
	if text, ok := b.Vault().Text(r.Reason.Commitment); !ok || text != "Dr Jane Smith" {
		t.Errorf("the other process finds %q, %t behind the commitment", text, ok)
	}
	if again := b.MustSubmit(t, r); !again.Replayed || again.Position != first.Position {
		t.Errorf("the other process records the command again: %+v", again)
	}
	pseudonyms := map[string]bool{}
	for _, h := range []*eventstoretest.Harness{a, b, a} {
		p, err := h.Vault().Pseudonym(t.Context(), "jane", "QNQ")
		if err != nil {
			t.Fatal(err)
		}
		pseudonyms[p] = true
	}
	if len(pseudonyms) != 1 {
		t.Errorf("one person has the pseudonyms %v", pseudonyms)
	}
}

// startCluster starts three servers that replicate.
func startCluster(t *testing.T) []*eventstoretest.Server {
	t.Helper()
	var servers []*eventstoretest.Server
	routes := ""
	for i := range 3 {
		s := eventstoretest.StartServer(t, func(o *server.Options) {
			o.ServerName = fmt.Sprintf("n%d", i)
			o.Cluster.Name, o.Cluster.Host, o.Cluster.Port = "test", "127.0.0.1", server.RANDOM_PORT
			o.Routes = server.RoutesFromStr(routes)
		})
		routes = "nats://" + s.ClusterAddr().String()
		servers = append(servers, s)
	}
	awaitCondition(t, func() bool {
		for _, s := range servers {
			if s.JetStreamIsLeader() {
				return len(s.JetStreamClusterPeers()) == len(servers)
			}
		}
		return false
	})
	return servers
}

// awaitCondition waits for something that a server does not announce.
func awaitCondition(t *testing.T, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	limit := time.After(30 * time.Second)
	for !ok() {
		select {
		case <-tick.C:
		case <-limit:
			t.Fatal("it took too long")
		}
	}
}

// useCluster has a store use all servers of a cluster.
func useCluster(servers []*eventstoretest.Server) func(*eventstore.Config) {
	return func(c *eventstore.Config) {
		for i, s := range servers {
			if i > 0 {
				c.URL += ","
			}
			c.URL += s.ClientURL()
			c.Monitors = append(c.Monitors, fmt.Sprintf("http://%s", s.MonitorAddr()))
		}
		c.Replicas = 3
		c.Timeout = 2 * time.Second
	}
}

// One server of three dies under load: no acknowledged command is lost, none is recorded twice, and work goes on.
func TestServerOfAClusterDies(t *testing.T) {
	if testing.Short() {
		t.Skip("a cluster takes several seconds")
	}
	servers := startCluster(t)
	h := eventstoretest.New(t, useCluster(servers))
	acknowledged := map[string]eventstore.Receipt{}
	for round := range 3 {
		waiting := map[string]eventstore.Request{}
		for i := range 50 {
			r := eventstoretest.Request(eventstoretest.Body(fmt.Sprintf("A%d-%d", round, i)))
			waiting[r.CommandID] = r
		}
		var killer sync.WaitGroup
		if round == 1 {
			killer.Go(func() {
				for _, s := range servers {
					if s.JetStreamIsStreamLeader("$G", eventstoretest.JournalStream) {
						s.Shutdown()
						return
					}
				}
				t.Error("no server leads the journal")
			})
		}
		for len(waiting) > 0 {
			sendAll(t, h, waiting, acknowledged)
		}
		killer.Wait()
	}
	checkOnce(t, h, acknowledged)
}
