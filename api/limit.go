package api

import (
	"context"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/remit-register/remit/domain"
)

const (
	// How long callers are asked to wait who are refused because there is too much to do.
	retryAfter     = time.Second
	retryAfterText = "1" // seconds
)

// hintRetry tells when to try again: in a google.rpc.RetryInfo, and in the header Retry-After.
func hintRetry(sent *connect.Error) {
	if detail, err := connect.NewErrorDetail(&errdetails.RetryInfo{RetryDelay: durationpb.New(retryAfter)}); err == nil {
		sent.AddDetail(detail)
	}
	sent.Meta().Set("Retry-After", retryAfterText)
}

// A limiter remembers at most this many callers; the ones that have not asked for long are forgotten first.
const maxCallers = 100_000

// limiter lets each caller make so many requests a second, and twice as many at once.
type limiter struct {
	rate  float64 // a second
	clock func() time.Time

	mu      sync.Mutex
	callers map[string]*quota // guarded by mu
}

// quota is what a caller may still ask.
type quota struct {
	requests float64
	at       time.Time
}

// newLimiter returns a limiter; nil, which limits nobody, where rate is not positive.
func newLimiter(rate int, clock func() time.Time) *limiter {
	if rate <= 0 {
		return nil
	}
	return &limiter{rate: float64(rate), clock: clock, callers: map[string]*quota{}}
}

// allow tells whether a caller may make one more request now, and counts it.
func (l *limiter) allow(caller string) bool {
	if l == nil {
		return true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.clock()
	a := l.callers[caller]
	if a == nil {
		l.forget(now)
		a = &quota{requests: 2 * l.rate, at: now}
		l.callers[caller] = a
	}
	a.requests = min(2*l.rate, a.requests+l.rate*max(0, now.Sub(a.at).Seconds()))
	a.at = now
	if a.requests < 1 {
		return false
	}
	a.requests--
	return true
}

// forget makes room where there are many callers: whoever has not asked for two seconds has the full allowance again.
// Where that is not enough, all begin anew. Its caller holds mu.
func (l *limiter) forget(now time.Time) {
	if len(l.callers) < maxCallers {
		return
	}
	for caller, a := range l.callers {
		if now.Sub(a.at) > 2*time.Second {
			delete(l.callers, caller)
		}
	}
	if len(l.callers) >= maxCallers {
		clear(l.callers)
	}
}

// isInRate refuses a request of a caller who makes too many. Those who say no name are told apart by their address.
// What tells the state of the register to those who watch it is always answered.
func (g *guard) isInRate(w http.ResponseWriter, r *http.Request) bool {
	if g.limiter == nil || r.URL.Path == "/healthz" || r.URL.Path == "/readyz" || strings.HasPrefix(r.URL.Path, "/grpc.health.") {
		return true
	}
	p := personFrom(r.Context())
	caller := "person " + p.subject + "@" + string(p.organisation)
	if p.isAnonymous() {
		host, _, err := net.SplitHostPort(r.RemoteAddr)
		if err != nil {
			host = r.RemoteAddr
		}
		caller = "address " + host
	}
	if g.limiter.allow(caller) {
		return true
	}
	g.refuse(w, r, domain.Refuse(RateLimited, "You ask more often than each caller may.", "Wait a moment before you ask again."))
	return false
}

// admit lets a call in if there is room for it, with an end to its time; streams are few, long, and not counted. It
// returns what is to be done at the call's end, or nil after it has refused the call.
func (g *guard) admit(w http.ResponseWriter, r *http.Request) (*http.Request, func()) {
	if !isCall(r) || isStream(r.URL.Path) {
		return r, func() {}
	}
	select {
	case g.room <- struct{}{}:
	default:
		g.refuseFull(w, r)
		return r, nil
	}
	ctx, cancel := context.WithTimeout(r.Context(), g.timeLimit)
	return r.WithContext(ctx), func() {
		cancel()
		<-g.room
	}
}

// isFull tells whether there is no room for a call at present.
func (g *guard) isFull(r *http.Request) bool {
	return len(g.room) == cap(g.room) && isCall(r) && !isStream(r.URL.Path)
}

func (g *guard) refuseFull(w http.ResponseWriter, r *http.Request) {
	g.refuse(w, r, domain.Refuse(domain.Overloaded, "Too many requests are under way.", "Try again in a moment, with the same command id."))
}

// isStream tells whether what is called at a path answers with a stream.
func isStream(path string) bool {
	name := strings.ReplaceAll(strings.TrimPrefix(path, "/"), "/", ".")
	descriptor, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(name))
	method, ok := descriptor.(protoreflect.MethodDescriptor)
	return err == nil && ok && method.IsStreamingServer()
}

// secured gives every answer the headers that keep browsers from making anything of it but what it is. A page with a
// policy of its own replaces them. No header lets pages of other origins read an answer (CORS is off).
func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("X-Frame-Options", "DENY")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		header.Set("Cross-Origin-Resource-Policy", "same-origin")
		if r.TLS != nil {
			header.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}
