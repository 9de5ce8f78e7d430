package api_test

import (
	"net/http"
	"testing"

	"github.com/remit-register/remit/api"
)

// TestHostsThatAreAllowed asks under names of this machine and others. Where nobody signs in no other name counts,
// whatever the settings say.
func TestHostsThatAreAllowed(t *testing.T) {
	ask := func(s *server, host string) int {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/healthz", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		return s.do(t, r).status
	}
	named := func(c *api.Config) { c.Hosts = []string{"remit.example"} }
	open, asserted := newGuarded(t), newServer(t, named)
	hosts := newServer(t, named, func(c *api.Config) { c.Identify = broken{} })
	for _, test := range []struct {
		server *server
		host   string
		want   int
	}{
		{open.server, "anything.example", http.StatusOK},
		{hosts, "remit.example", http.StatusOK},
		{hosts, "REMIT.example:8443", http.StatusOK},
		{hosts, "localhost:1", http.StatusOK},
		{hosts, "remit.example.evil.example", http.StatusForbidden},
		{asserted, "localhost:1", http.StatusOK},
		{asserted, "remit.example", http.StatusForbidden},
	} {
		if got := ask(test.server, test.host); got != test.want {
			t.Errorf("as %s: %d, want %d", test.host, got, test.want)
		}
	}
}
