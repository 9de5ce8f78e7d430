package eventstoretest

import (
	"fmt"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/remit-register/remit/eventstore"
)

// Server is a NATS server as somebody else would run it: on ports of the loopback interface.
type Server struct {
	*server.Server
}

// StartServer starts a server whose options may be changed first. It ends with the test.
func StartServer(t testing.TB, options ...func(*server.Options)) *Server {
	t.Helper()
	o := &server.Options{
		ServerName: "external", Host: "127.0.0.1", Port: server.RANDOM_PORT, HTTPHost: "127.0.0.1", HTTPPort: server.RANDOM_PORT,
		JetStream: true, StoreDir: t.TempDir(), SyncAlways: true, MaxPayload: 5 << 20, NoSigs: true, NoLog: true,
	}
	for _, option := range options {
		option(o)
	}
	s, err := server.NewServer(o)
	if err != nil {
		t.Fatalf("prepare a NATS server: %v", err)
	}
	s.Start()
	t.Cleanup(func() {
		s.Shutdown()
		s.WaitForShutdown()
	})
	if !s.ReadyForConnections(30 * time.Second) {
		t.Fatal("the NATS server did not start")
	}
	return &Server{s}
}

// Use has a store use the server.
func (s *Server) Use() func(*eventstore.Config) {
	return func(c *eventstore.Config) {
		c.URL = s.ClientURL()
		c.Monitors = []string{fmt.Sprintf("http://%s", s.MonitorAddr())}
	}
}
