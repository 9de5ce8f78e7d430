package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/remit-register/remit/eventstore"
)

// readiness is what /readyz answers.
type readiness struct {
	// Ready says that the register answers questions and takes commands.
	Ready bool `json:"ready"`
	// Reasons say in words what still stands in the way.
	Reasons []string `json:"reasons"`
	// Recorded is the number of the last event recorded, Shown that of the last event that questions show.
	Recorded string `json:"recorded"`
	Shown    string `json:"shown"`
	// Archived is the number of the last event that the newest published checkpoint covers; empty without an archive.
	Archived string `json:"archived,omitempty"`
	// Warnings say what an operator should see to, although questions are answered and commands taken.
	Warnings []string `json:"warnings,omitempty"`
	// Behind is how many events questions did not show yet when this was asked. Restored is the number of the event up
	// to which they were taken from a checkpoint at the last start, Checkpoint up to where there is one by now: "0" for
	// none.
	Behind     string `json:"behind"`
	Restored   string `json:"restored"`
	Checkpoint string `json:"checkpoint"`
}

// settleTime is how long questions may lag behind before the register counts as not ready.
const settleTime = time.Second

// mountHealth serves /healthz (the process answers) and /readyz (the journal is checked, the reference register
// loaded, and the projections have caught up).
func mountHealth(mux *http.ServeMux, c Config) {
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, map[string]string{"status": "ok"})
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		answer := readinessOf(r.Context(), c)
		status := http.StatusOK
		if !answer.Ready {
			status = http.StatusServiceUnavailable
		}
		writeJSON(w, status, answer)
	})
}

func readinessOf(ctx context.Context, c Config) readiness {
	answer := readiness{Reasons: []string{}}
	switch err := c.Store.Healthy(); { // why exactly is for the operator, in the log
	case errors.Is(err, eventstore.ErrDamaged):
		answer.Reasons = append(answer.Reasons, "the journal is damaged, so commands are not recorded and nothing is archived: "+
			"copy the data directory aside and restart, which verifies the journal from its first record and says how to restore it; the log says what is wrong")
	case err != nil:
		answer.Reasons = append(answer.Reasons, "commands cannot be recorded: see the log")
	}
	if !c.ReferenceLoaded() {
		answer.Reasons = append(answer.Reasons, "the reference register is not loaded yet")
	}
	recorded := c.Store.Position()
	answer.Behind = number(recorded - min(recorded, c.Views.Position()))
	wait, cancel := context.WithTimeout(ctx, settleTime)
	defer cancel()
	if err := c.Views.WaitFor(wait, recorded); err != nil {
		answer.Reasons = append(answer.Reasons,
			fmt.Sprintf("questions show %d of %d events", c.Views.Position(), recorded))
	}
	answer.Ready = len(answer.Reasons) == 0
	status := c.Views.Status()
	answer.Recorded, answer.Shown = number(recorded), number(status.Position)
	answer.Restored, answer.Checkpoint = number(status.Restored), number(max(status.Restored, status.Checkpoint))
	warnings(c, &answer)
	return answer
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // fails only when the caller went away
}
