package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestPatient has a server that refuses at first: what is asked again is the same, and it is not asked for ever, nor where
// the refusal does not say when.
func TestPatient(t *testing.T) {
	for _, test := range []struct {
		name, after string
		refusals    int
		asked, want int
	}{
		{"at once", "0", 0, 1, http.StatusOK},
		{"after some refusals", "0", 3, 4, http.StatusOK},
		{"refused for ever", "0", 100, patientTries, http.StatusTooManyRequests},
		{"nobody says when", "", 100, 1, http.StatusTooManyRequests},
		{"in an hour", "3600", 100, 1, http.StatusTooManyRequests},
	} {
		t.Run(test.name, func(t *testing.T) {
			asked := 0
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked++
				if body, err := io.ReadAll(r.Body); err != nil || string(body) != "question" {
					t.Errorf("asked %q, %v", body, err)
				}
				if asked <= test.refusals {
					w.Header().Set("Retry-After", test.after)
					w.WriteHeader(http.StatusTooManyRequests)
				}
			}))
			defer server.Close()
			answer, err := (&http.Client{Transport: patient{http.DefaultTransport}}).Post(server.URL, "text/plain", strings.NewReader("question"))
			if err != nil {
				t.Fatal(err)
			}
			_ = answer.Body.Close()
			if answer.StatusCode != test.want || asked != test.asked {
				t.Errorf("answer %d after %d requests, want %d after %d", answer.StatusCode, asked, test.want, test.asked)
			}
		})
	}
}
