package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	"github.com/remit-register/remit/domain"
)

// door is where everybody comes in: it finds out who calls and checks the right to what is asked for. The right to a
// command depends on what the command is about, which the domain finds out: here it is only seen that somebody gives it.
type door struct {
	identify Identifier
	// asserted says that nobody signs in: callers say who they are.
	asserted bool
	rights   map[string]domain.Right
	paths    []domain.Right // the longest pattern first
	witness  *witness
}

func newDoor(c Config) *door {
	d := &door{
		identify: c.Identify, rights: map[string]domain.Right{},
		witness: &witness{log: c.Access, clock: c.Clock, pseudonym: c.Store.Vault().Pseudonym},
	}
	_, d.asserted = c.Identify.(Asserted)
	for _, right := range domain.Rights() {
		if right.Kind == domain.RightPath {
			d.paths = append(d.paths, right)
		} else {
			d.rights[right.Method] = right
		}
	}
	slices.SortStableFunc(d.paths, func(a, b domain.Right) int {
		return len(patternPath(b.Method)) - len(patternPath(a.Method))
	})
	return d
}

// enter returns the request with who makes it, or the refusal to send.
func (d *door) enter(r *http.Request) (*http.Request, *connect.Error) {
	right := d.rightTo(r)
	if right.Public {
		return r, nil
	}
	caller, err := d.identify.Identify(r)
	if err != nil {
		sent := d.told(err)
		d.witness.note(r.Context(), nameOf(right), person{}, sent)
		return r, sent
	}
	p := person{caller.Subject, caller.Organisation, caller.Roles}
	if sent := d.check(p, right); sent != nil {
		d.witness.note(r.Context(), nameOf(right), p, sent)
		return r, sent
	}
	return r.WithContext(withPerson(r.Context(), p)), nil
}

// told is what a caller is told who could not be identified.
func (d *door) told(err error) *connect.Error {
	if sent, ok := errors.AsType[*connect.Error](err); ok {
		return sent
	}
	if refusal, ok := domain.AsRefusal(err); ok {
		return refused(refusal)
	}
	return internal()
}

// check refuses a caller who has no right, and says which is missing.
func (d *door) check(p person, right domain.Right) *connect.Error {
	switch {
	case right.Method == "": // there is no such call: it is said so behind the door
		if p.isAnonymous() && !d.asserted {
			return d.notSignedIn()
		}
		return nil
	case d.asserted && right.OpenLocally:
		return nil
	case p.isAnonymous():
		return d.notSignedIn()
	case right.Kind == domain.RightCommand && !isAnywhere(right):
		return nil // the domain checks it, on what the command is about
	case slices.ContainsFunc(right.Ways, func(w domain.Way) bool { return p.hasRole(w.Role) }):
		return nil
	}
	return refused(notAuthorised(p, right))
}

// isAnywhere tells whether a right depends on the caller's role alone.
func isAnywhere(right domain.Right) bool {
	return len(right.Ways) > 0 && slices.Contains(right.Ways[0].Reaches, domain.ReachAny)
}

func notAuthorised(p person, right domain.Right) *domain.Refusal {
	remedy := "Nobody has it: it is not in the table of rights."
	if len(right.Ways) > 0 {
		roles := make([]string, 0, len(right.Ways))
		for _, way := range right.Ways {
			roles = append(roles, string(way.Role))
		}
		remedy = "The right belongs to: " + strings.Join(roles, ", ") + "."
	}
	return domain.Refuse(domain.NotAuthorised,
		"You have no right to "+right.Method+" as "+joinRoles(p.roles)+" of "+string(p.organisation)+".", remedy,
		"organisation", string(p.organisation), "method", right.Method)
}

func joinRoles(roles []domain.ActorRole) string {
	names := make([]string, 0, len(roles))
	for _, role := range roles {
		names = append(names, string(role))
	}
	return strings.Join(names, ",")
}

func (d *door) notSignedIn() *connect.Error {
	if d.asserted {
		return notSignedIn()
	}
	return refused(domain.Refuse(domain.NotSignedIn, "Nobody is signed in.",
		"Send a token of the register's sign-in service in the header Authorization: Bearer."))
}

// rightTo returns the row for a request. A call that there is but that has no row is a right that nobody has; for one
// that there is not, the row is empty.
func (d *door) rightTo(r *http.Request) domain.Right {
	if !isCall(r) {
		return d.pathRight(r)
	}
	method := methodOf(r.URL.Path)
	if right, ok := d.rights[method]; ok {
		return right
	}
	if isProcedure(r.URL.Path) {
		return domain.Right{Method: method, Kind: domain.RightQuestion}
	}
	return domain.Right{}
}

// pathRight returns the row for what is served beside the calls: that with the longest pattern which begins the path.
func (d *door) pathRight(r *http.Request) domain.Right {
	for _, right := range d.paths {
		path := patternPath(right.Method)
		if r.URL.Path == path || strings.HasSuffix(path, "/") && strings.HasPrefix(r.URL.Path, path) ||
			strings.HasSuffix(path, ".") && strings.HasPrefix(r.URL.Path, path) {
			return right
		}
	}
	return domain.Right{}
}

// patternPath is the path of a pattern such as "GET /log/".
func patternPath(pattern string) string {
	if _, path, ok := strings.Cut(pattern, " "); ok {
		return path
	}
	return pattern
}

// methodOf returns the method's name in a path such as "/remit.v1.MapService/WhoHolds".
func methodOf(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

// isProcedure tells whether the register has a call at a path.
func isProcedure(path string) bool {
	name := strings.ReplaceAll(strings.TrimPrefix(path, "/"), "/", ".")
	descriptor, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(name))
	if err != nil {
		return false
	}
	_, ok := descriptor.(protoreflect.MethodDescriptor)
	return ok
}

func nameOf(right domain.Right) string {
	if right.Method == "" {
		return otherRight
	}
	return right.Method
}

// refusedBehind notes a refusal of a handler: that of the domain to a command, above all.
func (d *door) refusedBehind(ctx context.Context, procedure string, err error) {
	var sent *connect.Error
	if !errors.As(err, &sent) {
		return
	}
	name := otherRight
	if right, ok := d.rights[methodOf(procedure)]; ok {
		name = right.Method
	}
	d.witness.note(ctx, name, personFrom(ctx), sent)
}
