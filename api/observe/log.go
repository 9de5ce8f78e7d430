package observe

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
)

// RequestHeader is the header with the id of a request: a caller's own, if it is one that may stand in a log, or one that
// is made up. It is in the answer too.
const RequestHeader = "X-Request-Id"

// longestID is the length of the longest id that is logged.
const longestID = 64

// scope is what a request's log lines have in common.
type scope struct {
	request string
	command atomic.Pointer[string]
}

type scopeKey struct{}

func scopeOf(ctx context.Context) *scope {
	s, _ := ctx.Value(scopeKey{}).(*scope)
	return s
}

// RequestID returns the id of the request that ctx belongs to, "" for none.
func RequestID(ctx context.Context) string {
	if s := scopeOf(ctx); s != nil {
		return s.request
	}
	return ""
}

func noteCommand(ctx context.Context, id string) {
	if s := scopeOf(ctx); s != nil && id != "" && isID(id) {
		s.command.Store(&id)
	}
}

// Requests gives every request its id and logs what became of it: for debugging, what was answered; as an error, what
// failed inside. Neither headers nor what was asked for are logged. newID makes up ids.
func Requests(next http.Handler, logger *slog.Logger, clock func() time.Time, newID func() string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s := &scope{request: r.Header.Get(RequestHeader)}
		if !isID(s.request) {
			s.request = newID()
		}
		ctx := context.WithValue(r.Context(), scopeKey{}, s)
		w.Header().Set(RequestHeader, s.request)
		began := clock()
		answer := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(answer, r.WithContext(ctx))
		level := slog.LevelDebug
		if answer.status >= http.StatusInternalServerError && answer.status != http.StatusServiceUnavailable {
			level = slog.LevelError
		}
		logger.LogAttrs(ctx, level, "request", slog.String("method", r.Method), slog.String("path", r.URL.Path),
			slog.Int("status", answer.status), slog.Duration("took", clock().Sub(began)))
	})
}

// isID tells whether text may stand in a log as an id.
func isID(text string) bool {
	if text == "" || len(text) > longestID {
		return false
	}
	return strings.Trim(text, "-_.0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// statusWriter notes the status of an answer.
type statusWriter struct {
	http.ResponseWriter

	status int
}

// WriteHeader notes the status.
func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap returns the real writer.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Flush sends what was written.
func (w *statusWriter) Flush() {
	_ = http.NewResponseController(w.ResponseWriter).Flush() // a writer that cannot flush sends at the end
}

// The forms of the log.
const (
	LogText = "text"
	LogJSON = "json"
)

// ErrLog says that the log cannot be written as asked for.
var ErrLog = errors.New("log format is text or json, level debug, info, warn or error")

// NewLogger returns a logger whose lines name the request, the command and the trace that they belong to.
func NewLogger(w io.Writer, format, level string) (*slog.Logger, error) {
	var least slog.Level
	if err := least.UnmarshalText([]byte(level)); err != nil || strings.ContainsAny(level, "+-") {
		return nil, fmt.Errorf("level %q: %w", level, ErrLog)
	}
	options := &slog.HandlerOptions{Level: least}
	switch format {
	case LogText:
		return slog.New(scopeHandler{slog.NewTextHandler(w, options)}), nil
	case LogJSON:
		return slog.New(scopeHandler{slog.NewJSONHandler(w, options)}), nil
	}
	return nil, fmt.Errorf("format %q: %w", format, ErrLog)
}

// scopeHandler adds to each line what its context says.
type scopeHandler struct{ slog.Handler }

// Handle writes a line.
func (h scopeHandler) Handle(ctx context.Context, record slog.Record) error {
	if s := scopeOf(ctx); s != nil {
		record.AddAttrs(slog.String("request_id", s.request))
		if id := s.command.Load(); id != nil {
			record.AddAttrs(slog.String("command_id", *id))
		}
	}
	if id := traceOf(ctx); id != "" {
		record.AddAttrs(slog.String("trace_id", id))
	}
	return h.Handler.Handle(ctx, record) //nolint:wrapcheck // the handler within
}

// WithAttrs returns a handler with attributes of its own.
func (h scopeHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return scopeHandler{h.Handler.WithAttrs(attrs)}
}

// WithGroup returns a handler of a group.
func (h scopeHandler) WithGroup(name string) slog.Handler {
	return scopeHandler{h.Handler.WithGroup(name)}
}
