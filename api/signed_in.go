package api

import (
	"io"
	"log/slog"
	"net/http"

	"connectrpc.com/connect"

	"github.com/remit-register/remit/domain"
)

// mountSignIn serves signing in in a browser below /auth/, where there is sign-in.
func mountSignIn(mux *http.ServeMux, c Config, d *door) {
	if c.SignIn == nil {
		return
	}
	mux.Handle("/auth/", c.SignIn.Handler(func(w http.ResponseWriter, r *http.Request, err error) {
		sent := d.told(err)
		if sent.Code() == connect.CodeInternal || sent.Code() == connect.CodeUnavailable {
			c.Logger.ErrorContext(r.Context(), "signing in failed", slog.Any("error", err))
		}
		d.witness.note(r.Context(), "/auth/", person{}, sent)
		c.Problem(w, r, err)
	}))
}

// plainProblem says in a line what went wrong, as far as it is for people to know.
func plainProblem(w http.ResponseWriter, _ *http.Request, err error) {
	text, status := "Signing in failed inside the register; its log says what.", http.StatusInternalServerError
	if refusal, ok := domain.AsRefusal(err); ok {
		text, status = refusal.Error(), statusOf(codeOf(refusal.Reasons()[0]))
	}
	http.Error(w, text, status)
}

// statusOf is the status of a page about an error.
func statusOf(code connect.Code) int {
	switch code { //nolint:exhaustive // the others are none of signing in
	case connect.CodeUnauthenticated:
		return http.StatusUnauthorized
	case connect.CodePermissionDenied:
		return http.StatusForbidden
	case connect.CodeUnavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusBadRequest
}

// mountAccessLog serves the access log, where it can be read back.
func mountAccessLog(mux *http.ServeMux, c Config) {
	kept, ok := c.Access.(io.WriterTo)
	if !ok {
		return
	}
	mux.HandleFunc("GET /access-log", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/jsonl; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		if _, err := kept.WriteTo(w); err != nil {
			c.Logger.ErrorContext(r.Context(), "the access log cannot be sent", slog.Any("error", err))
		}
	})
}
