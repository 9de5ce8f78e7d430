package api

import (
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/eventstore/archive"
)

// logPrefix begins the path of every file of the published log.
const logPrefix = "/log/"

// mountLog serves the published log below /log/, to be read only: https://c2sp.org/tlog-tiles.
func mountLog(mux *http.ServeMux, c Config) {
	if c.Log == nil {
		return
	}
	mux.HandleFunc("GET "+logPrefix, func(w http.ResponseWriter, r *http.Request) {
		path := strings.TrimPrefix(r.URL.Path, logPrefix)
		data, err := c.Log.ReadFile(r.Context(), path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			w.Header().Set("Cache-Control", "no-store") // it may be there in a moment
			http.Error(w, "The log has no such file (yet).", http.StatusNotFound)
			return
		case err != nil:
			c.Logger.ErrorContext(r.Context(), "a file of the log cannot be read", slog.String("path", path), slog.Any("error", err))
			w.Header().Set("Cache-Control", "no-store")
			http.Error(w, "The log cannot be read at present.", http.StatusServiceUnavailable)
			return
		}
		kind, cache := "application/octet-stream", "public, max-age=31536000, immutable"
		if path == archive.CheckpointPath {
			kind, cache = "text/plain; charset=utf-8", "no-cache"
		}
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Content-Length", strconv.Itoa(len(data)))
		w.Header().Set("Cache-Control", cache)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		_, _ = w.Write(data) //nolint:gosec // served as what it is, never as a page; fails only when the caller went away
	})
}

// warnings says what an operator should see to although the register serves.
func warnings(c Config, answer *readiness) {
	if lost := c.Store.LostTexts(); lost > 0 {
		answer.Warnings = append(answer.Warnings, strconv.Itoa(lost)+" personal texts or people that events refer to are not in the vault, "+
			"and no event says that they were erased: see the log")
	}
	if verified, of := c.Store.Verifying(); of > 0 && !errors.Is(c.Store.Healthy(), eventstore.ErrDamaged) {
		answer.Warnings = append(answer.Warnings, "the journal is being verified: "+number(verified)+" of the "+number(of)+
			" events that the register took from a checkpoint when it started; commands are taken meanwhile, and no more if it is damaged")
	}
	if c.LogStatus == nil {
		return
	}
	status := c.LogStatus()
	answer.Archived = number(status.Checkpoint.Head.Size)
	if status.Err != nil { // why exactly is for the operator, in the log
		answer.Warnings = append(answer.Warnings, "the archive cannot be written: see the log. It holds "+answer.Archived+
			" of "+answer.Recorded+" events")
	}
	if status.Repaired > 0 {
		answer.Warnings = append(answer.Warnings, strconv.Itoa(status.Repaired)+
			" files of the archive were missing or wrong since the start, and were written again from the journal: see the log")
	}
	if status.Err == nil && status.Signed == nil {
		answer.Warnings = append(answer.Warnings, "the archive is being written: it has no checkpoint yet")
	}
}
