package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/remit-register/remit/api/signin"
	"github.com/remit-register/remit/domain"
)

// OrganisationHeader says for which body the bearer of a token acts, where there are several.
const OrganisationHeader = "Remit-Organisation"

// Caller is who calls. The zero Caller is anonymous.
type Caller struct {
	// Subject is the person's name at the sign-in service, or as they say it themselves: never recorded as it is.
	Subject string
	// Organisation is the body that they act for, and Roles are theirs at that body.
	Organisation domain.OrganisationCode
	Roles        []domain.ActorRole
}

// Identifier finds out who makes a request.
type Identifier interface {
	// Identify returns who calls, the zero Caller for somebody who does not say. Its errors are refusals
	// (*domain.Refusal), or of Connect, to be sent as they are.
	Identify(r *http.Request) (Caller, error)
}

// Asserted believes what callers say of themselves in ActorHeader. It is for registers that only their own machine can
// reach.
type Asserted struct{}

// Identify reads ActorHeader.
func (Asserted) Identify(r *http.Request) (Caller, error) {
	p, violations := identify(r.Header)
	if len(violations) > 0 {
		return Caller{}, invalid(violations)
	}
	return Caller{p.subject, p.organisation, p.roles}, nil
}

// SignedIn believes bearer tokens in calls, and sessions of browsers in what is read beside the calls. A session's cookie
// does not count in calls: a browser sends it whoever wrote the page.
type SignedIn struct {
	SignIn *signin.SignIn
}

// Identify proves who calls. Nothing that a caller says of itself counts.
func (s SignedIn) Identify(r *http.Request) (Caller, error) {
	if caller, ok := r.Context().Value(callerKey{}).(Caller); ok {
		return caller, nil
	}
	values := r.Header.Values("Authorization")
	if len(values) == 0 {
		if p, ok := s.SignIn.Session(r); ok && !isCall(r) {
			return Caller{p.Subject, p.Organisation, p.Roles}, nil
		}
		return Caller{}, nil
	}
	scheme, token, _ := strings.Cut(values[0], " ")
	if len(values) > 1 || !strings.EqualFold(scheme, "Bearer") {
		return Caller{}, domain.Refuse(domain.NotSignedIn, "The header Authorization does not hold one bearer token.",
			"Write it as Authorization: Bearer TOKEN, once.")
	}
	chosen := r.Header.Values(OrganisationHeader)
	if len(chosen) > 1 {
		return Caller{}, invalid([]fieldViolation{{OrganisationHeader, "must be given once"}})
	}
	code := domain.OrganisationCode(strings.Join(chosen, ""))
	if code != "" && !isCode(string(code)) {
		return Caller{}, invalid([]fieldViolation{{OrganisationHeader, "must be an ODS code, such as QNQ"}})
	}
	p, err := s.SignIn.Bearer(r.Context(), strings.TrimSpace(token), code)
	if err != nil {
		return Caller{}, err //nolint:wrapcheck // a refusal, to be sent as it is
	}
	return Caller{p.Subject, p.Organisation, p.Roles}, nil
}

type callerKey struct{}

// SessionActors are the people signed in in browsers, for a console whose pages ask the API in process: Of says who uses
// the console, Name puts that into a request to the API's handler. No request from outside can be made to look like one
// of Name's, since the name travels in the request's context.
//
// The console's own Actors are made of it in a few lines: its Of returns Actor{Subject, Organisation, Roles, Others} from
// this Of, the zero Actor when the subject is empty; its Name passes the actor's on to this Name. Where nobody is signed
// in, a page sends the browser to signin.SignInPath?to=PATH. The form that chooses another body posts organisation and
// to to signin.ActForPath, the button that ends the session posts to signin.SignOutPath.
type SessionActors struct {
	SignIn *signin.SignIn
}

// Of returns who is signed in in the browser that sent a request, the body that they act for with their roles there, and
// the other bodies that they may choose; empty for nobody.
func (s SessionActors) Of(r *http.Request) (
	subject string, organisation domain.OrganisationCode, roles []domain.ActorRole, others []domain.OrganisationCode,
) {
	p, ok := s.SignIn.Session(r)
	if !ok {
		return "", "", nil, nil
	}
	for _, place := range p.Elsewhere {
		others = append(others, place.Organisation)
	}
	return p.Subject, p.Organisation, p.Roles, others
}

// Name returns a request to the API, in process, that somebody of Of makes. Without a subject it is nobody's.
func (SessionActors) Name(
	r *http.Request, subject string, organisation domain.OrganisationCode, roles []domain.ActorRole,
) *http.Request {
	r = r.WithContext(context.WithValue(r.Context(), callerKey{}, Caller{subject, organisation, roles}))
	r.Header.Del("Authorization")
	r.Header.Del(ActorHeader)
	return r
}
