package api

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/remit-register/remit/domain"
)

// ActorHeader names the caller where nobody signs in: SUBJECT@ORGCODE, and after a semicolon the roles in which the
// caller acts, separated by commas; left out: all roles at that body.
const ActorHeader = "Remit-Actor"

// person is who calls, as the caller says it. The zero person is anonymous.
type person struct {
	subject      string
	organisation domain.OrganisationCode
	roles        []domain.ActorRole
}

func (p person) isAnonymous() bool { return p.subject == "" }

// hasRole tells whether the person acts in one of the roles.
func (p person) hasRole(roles ...domain.ActorRole) bool {
	return slices.ContainsFunc(roles, func(r domain.ActorRole) bool { return slices.Contains(p.roles, r) })
}

// maxSubject is the longest subject, in bytes.
const maxSubject = 128

// parseActor reads the value of ActorHeader. The subject may have an @ of its own, as e-mail addresses do.
func parseActor(value string) (person, error) {
	name, list, hasRoles := strings.Cut(value, ";")
	name = strings.TrimSpace(name)
	at := strings.LastIndexByte(name, '@')
	if at < 0 {
		return person{}, fmt.Errorf("must be SUBJECT@ORGCODE, such as po@QNQ")
	}
	p := person{subject: name[:at], organisation: domain.OrganisationCode(name[at+1:]), roles: domain.ActorRoles()}
	switch {
	case !isSubject(p.subject):
		return person{}, fmt.Errorf("the subject must be 1 to %d letters, digits or signs, without spaces", maxSubject)
	case !isCode(string(p.organisation)):
		return person{}, fmt.Errorf("after the last @ there must be an ODS code, such as QNQ")
	case !hasRoles:
		return p, nil
	}
	p.roles = nil
	for name := range strings.SplitSeq(list, ",") {
		role := domain.ActorRole(strings.TrimSpace(name))
		if !slices.Contains(domain.ActorRoles(), role) {
			return person{}, fmt.Errorf("%q is not a role; the roles are %s", role, roleNames())
		}
		if !slices.Contains(p.roles, role) {
			p.roles = append(p.roles, role)
		}
	}
	return p, nil
}

func isSubject(s string) bool {
	return s != "" && len(s) <= maxSubject && utf8.ValidString(s) &&
		!strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsGraphic(r) || unicode.IsSpace(r) })
}

// isCode tells whether s has the format of an ODS code, as rules.proto has it.
func isCode(s string) bool {
	return len(s) >= 2 && len(s) <= 12 &&
		!strings.ContainsFunc(s, func(r rune) bool { return (r < 'A' || r > 'Z') && (r < '0' || r > '9') })
}

func roleNames() string {
	names := make([]string, 0, len(domain.ActorRoles()))
	for _, role := range domain.ActorRoles() {
		names = append(names, string(role))
	}
	return strings.Join(names, ", ")
}

// identify reads who calls from a request's header.
func identify(header http.Header) (person, []fieldViolation) {
	values := header.Values(ActorHeader)
	if len(values) == 0 {
		return person{}, nil
	}
	if len(values) > 1 {
		return person{}, []fieldViolation{{ActorHeader, "must be given once"}}
	}
	p, err := parseActor(values[0])
	if err != nil {
		return person{}, []fieldViolation{{ActorHeader, err.Error()}}
	}
	return p, nil
}

type personKey struct{}

// withPerson notes who calls, for the handlers behind the interceptor.
func withPerson(ctx context.Context, p person) context.Context {
	return context.WithValue(ctx, personKey{}, p)
}

// personFrom returns who calls; anonymous when nobody was noted.
func personFrom(ctx context.Context) person {
	p, _ := ctx.Value(personKey{}).(person)
	return p
}
