package api

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"connectrpc.com/connect"

	"github.com/remit-register/remit/domain"
)

// MaxRequestBytes is the size of the largest request, unpacked.
const MaxRequestBytes = 4 << 20

// callPrefix begins the path of every call of the register.
const callPrefix = "/remit.v1."

// guard refuses requests that must not come near a handler.
type guard struct {
	errors *connect.ErrorWriter
	logger *slog.Logger
	door   *door
	// hosts are the names, besides those of this machine, under which requests may ask; nil: any name.
	hosts []string
	// limiter is nil where callers may ask as often as they like.
	limiter   *limiter
	timeLimit time.Duration // of calls that are no streams
	room      chan struct{} // holds one for each call under way that is no stream
}

// handler guards next.
func (g *guard) handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer g.recover(w, r)
		r = withFrom(r)
		if !g.isAllowedHost(r.Host) {
			g.turnAway(w, r)
			return
		}
		if g.isFull(r) {
			g.refuseFull(w, r) // before more is done for it: to find out who calls costs as much as an answer
			return
		}
		r, sent := g.door.enter(r)
		if sent != nil {
			if sent.Code() == connect.CodeUnauthenticated {
				w.Header().Set("WWW-Authenticate", "Bearer")
			}
			g.write(w, r, sent)
			return
		}
		if !g.isInRate(w, r) || isCall(r) && !g.readBody(w, r) {
			return
		}
		r, leave := g.admit(w, r)
		if leave == nil {
			return
		}
		defer leave()
		next.ServeHTTP(w, r)
	})
}

// isAllowedHost tells whether a Host header names this register. Where nobody signs in there are only the names of this
// machine.
func (g *guard) isAllowedHost(host string) bool {
	if isLoopback(host) {
		return true
	}
	return !g.door.asserted && (g.hosts == nil || slices.ContainsFunc(g.hosts, func(allowed string) bool {
		return strings.EqualFold(allowed, hostName(host))
	}))
}

// turnAway refuses a request for another host, and notes it.
func (g *guard) turnAway(w http.ResponseWriter, r *http.Request) {
	sent := refused(domain.Refuse(HostNotAllowed, "The Host header does not name this machine.",
		"Call the register as localhost, or as an address of this machine that only it can reach.", "host", r.Host))
	if !g.door.asserted {
		sent = refused(domain.Refuse(HostNotAllowed, "The Host header does not name this register.",
			"Call the register by a name that whoever runs it has allowed.", "host", r.Host))
	}
	g.door.witness.note(r.Context(), otherRight, person{}, sent)
	g.write(w, r, sent)
}

// recover answers for whatever panics outside of the interceptor.
func (g *guard) recover(w http.ResponseWriter, r *http.Request) {
	problem := recover()
	if problem == nil {
		return
	}
	if err, ok := problem.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(problem) //nolint:forbidigo // net/http's way to end a connection
	}
	g.logger.ErrorContext(r.Context(), "a request panicked", slog.String("path", r.URL.Path),
		slog.Any("panic", problem), slog.String("stack", string(debug.Stack())))
	g.write(w, r, internal())
}

// readBody reads the request's body, which is small, and refuses one that is too large. Every call of the register has one
// message to read; a stream of requests could not be read like this.
func (g *guard) readBody(w http.ResponseWriter, r *http.Request) bool {
	body, err := io.ReadAll(io.LimitReader(r.Body, MaxRequestBytes+1))
	if err != nil {
		g.write(w, r, plain(domain.InvalidArgument, "The request's body ended too soon."))
		return false
	}
	if len(body) > MaxRequestBytes {
		g.refuse(w, r, domain.Refuse(domain.TooLarge, "The request is larger than 4 MiB.", "Give it in several smaller requests."))
		return false
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	return true
}

func (g *guard) refuse(w http.ResponseWriter, r *http.Request, refusal *domain.Refusal) {
	g.write(w, r, refused(refusal))
}

func (g *guard) write(w http.ResponseWriter, r *http.Request, err error) {
	if writeErr := g.errors.Write(w, r, err); writeErr != nil {
		g.logger.DebugContext(r.Context(), "an error could not be sent", slog.Any("error", writeErr))
	}
}

func isCall(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, callPrefix) }

// isLoopback tells whether a Host header names this machine: "localhost" or an address of the loopback network. A page
// of another origin whose name was made to lead here has another Host (DNS rebinding).
func isLoopback(host string) bool {
	name := hostName(host)
	if strings.EqualFold(strings.TrimSuffix(name, "."), "localhost") {
		return true
	}
	address, err := netip.ParseAddr(name)
	return err == nil && address.IsLoopback()
}

// hostName is a Host header without its port.
func hostName(host string) string {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	return strings.TrimSuffix(strings.TrimPrefix(name, "["), "]")
}
