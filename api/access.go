package api

import (
	"context"
	"net"
	"net/http"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/genproto/googleapis/rpc/errdetails"

	"github.com/remit-register/remit/domain"
)

// Attempt is something that was refused because of who asked for it, or because nobody could tell who did.
type Attempt struct {
	At time.Time `json:"at"`
	// Right is the row of the table of rights that was asked for, "other" where there is none.
	Right  string        `json:"right"`
	Reason domain.Reason `json:"reason"`
	// Why is what the caller was told, without the remedy.
	Why string `json:"why"`
	// Subject is the caller's pseudonym, as in the journal; empty where the caller proved nothing.
	Subject      string                  `json:"subject,omitempty"`
	Organisation domain.OrganisationCode `json:"organisation,omitempty"`
	Roles        []domain.ActorRole      `json:"roles,omitempty"`
	// From is the address that the request came from: a proxy's where there is one.
	From string `json:"from,omitempty"`
}

// AccessLog is told every refused attempt. It must be quick, and may be called concurrently.
type AccessLog interface {
	Refused(a Attempt)
}

// otherRight stands for whatever has no row in the table, so that callers cannot make up names.
const otherRight = "other"

// noAccessLog forgets.
type noAccessLog struct{}

// Refused does nothing.
func (noAccessLog) Refused(Attempt) {}

// witness notes refused attempts.
type witness struct {
	log       AccessLog
	clock     func() time.Time
	pseudonym func(ctx context.Context, subject string, organisation domain.OrganisationCode) (string, error)
}

// note notes what was sent to a caller if it is a refusal because of who they are.
func (n *witness) note(ctx context.Context, right string, p person, sent *connect.Error) {
	for _, detail := range sent.Details() {
		value, err := detail.Value()
		if err != nil {
			continue
		}
		info, ok := value.(*errdetails.ErrorInfo)
		if !ok || !isAboutCaller(domain.Reason(info.GetReason())) {
			continue
		}
		why := info.GetMetadata()["violation.1.message"]
		if why == "" {
			why = sent.Message()
		}
		n.write(ctx, right, p, domain.Reason(info.GetReason()), why)
		return
	}
}

// isAboutCaller tells whether a reason is about who calls, rather than about what is asked for.
func isAboutCaller(reason domain.Reason) bool {
	return reason == domain.NotSignedIn || reason == domain.NotAuthorised || reason == HostNotAllowed
}

// Why a refusal was made is kept up to this length, in bytes: callers have a say in it.
const longestWhy = 300

func (n *witness) write(ctx context.Context, right string, p person, reason domain.Reason, why string) {
	a := Attempt{
		At: n.clock().UTC(), Right: right, Reason: reason, Why: why[:min(len(why), longestWhy)],
		Organisation: p.organisation, Roles: p.roles, From: cameFrom(ctx),
	}
	if !p.isAnonymous() {
		// Without a pseudonym the attempt is noted all the same: the body and the roles say much.
		a.Subject, _ = n.pseudonym(ctx, p.subject, p.organisation)
	}
	n.log.Refused(a)
}

type fromKey struct{}

// withFrom notes where a request came from.
func withFrom(r *http.Request) *http.Request {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	return r.WithContext(context.WithValue(r.Context(), fromKey{}, host))
}

func cameFrom(ctx context.Context) string {
	from, _ := ctx.Value(fromKey{}).(string)
	return from
}
