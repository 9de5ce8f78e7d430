package api_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"

	"github.com/remit-register/remit/domain"
	_ "github.com/remit-register/remit/proto/remit/v1"
)

// cast are the bodies for which callers act, with what the oracle has to know about each of them.
type castBody struct {
	code     string
	national bool
	regionOf []string // the bodies of the scene whose region it is
}

func cast() []castBody {
	return []castBody{
		{code: icb},
		{code: trust},   // own
		{code: "D7T5G"}, // a neighbour in the same region
		{code: "Y61", regionOf: []string{icb, trust}},
		{code: "QYG"},                            // of another region
		{code: "Y62", regionOf: []string{"QYG"}}, // the other region
		{code: "X24", national: true},
	}
}

// may is what the table says about a command given by somebody in a role at a body.
func may(right domain.Right, g given, role domain.ActorRole, caller castBody) bool {
	return slices.ContainsFunc(right.Ways, func(way domain.Way) bool {
		wanted := way.Role
		if wanted == domain.RoleOfGateway {
			wanted = g.gateway
		}
		if role != wanted {
			return false
		}
		if caller.national && slices.Contains(way.Reaches, domain.ReachNational) {
			return true
		}
		for _, capacity := range way.Of {
			for _, code := range g.about[capacity] {
				if slices.Contains(way.Reaches, domain.ReachOwn) && code == caller.code ||
					slices.Contains(way.Reaches, domain.ReachRegion) && slices.Contains(caller.regionOf, code) {
					return true
				}
			}
		}
		return false
	})
}

func rightsByMethod() map[string]domain.Right {
	table := map[string]domain.Right{}
	for _, right := range domain.Rights() {
		table[right.Method] = right
	}
	return table
}

// TestRightsMatrix gives every command in every role at bodies near and far, over the port and with tokens: it is
// allowed or refused as the table of rights says. What is allowed may be refused for other reasons; nothing is recorded.
func TestRightsMatrix(t *testing.T) {
	g := newGuarded(t)
	commands := catalogue(g.stage(t))
	table := rightsByMethod()
	tried := map[string]bool{"LoadReference": true, "BeginEpoch": true} // below, and nobody's
	before, cells, allowed := g.store.Position(), 0, 0
	for _, command := range commands {
		method := command.procedure[strings.IndexByte(command.procedure, '/')+1:]
		tried[method] = true
		right := table[method]
		if command.as != "" {
			right = table[command.as]
		}
		for _, caller := range cast() {
			for _, role := range domain.ActorRoles() {
				want := may(right, command, role, caller)
				cells++
				if want {
					allowed++
				}
				g.try(t, command, role, caller, want)
			}
		}
	}
	for method, right := range table {
		if right.Kind == domain.RightCommand && !tried[method] {
			t.Errorf("%s is not tried", method)
		}
	}
	if g.store.Position() != before {
		t.Errorf("something was recorded: %d events, %d before", g.store.Position(), before)
	}
	t.Logf("%d cells, %d of them allowed", cells, allowed)
}

// try gives a command without having it recorded.
func (g *guarded) try(t *testing.T, command given, role domain.ActorRole, caller castBody, want bool) {
	t.Helper()
	request := with(command.request)
	request["validateOnly"] = true
	_, noted := g.refusals.last()
	a := g.post(t, g.token("somebody", caller.code, string(role)), command.procedure, request)
	last, after := g.refusals.last()
	name := fmt.Sprintf("%s as %s of %s", command.procedure, role, caller.code)
	if want {
		if a.status == http.StatusOK {
			return
		}
		info := a.info(t)
		if info.code == "permission_denied" || info.code == "unauthenticated" || info.code == "internal" || after != noted {
			t.Errorf("%s is refused: %s", name, info.message)
		}
		return
	}
	if a.status == http.StatusOK {
		t.Errorf("%s is allowed", name)
		return
	}
	info := a.info(t)
	remedy := fmt.Sprint(info.metadata["violation.1.remedy"])
	if info.reason != "NOT_AUTHORISED" || !strings.Contains(remedy, " of ") {
		t.Errorf("%s: want NOT_AUTHORISED and the missing right, got %s", name, info.message)
	}
	if after != noted+1 || last.Organisation != domain.OrganisationCode(caller.code) || !strings.HasPrefix(last.Subject, "p-") {
		t.Errorf("%s is noted as %+v", name, last)
	}
}

// TestQuestionsMatrix asks every question in every role, and without a role: it is answered or refused as the table says.
func TestQuestionsMatrix(t *testing.T) {
	g := newGuarded(t)
	for procedure, method := range procedures(t) {
		right, ok := rightsByMethod()[method]
		if !ok || right.Kind != domain.RightQuestion && method != "LoadReference" {
			continue
		}
		for _, role := range domain.ActorRoles() {
			want := slices.ContainsFunc(right.Ways, func(w domain.Way) bool { return w.Role == role })
			a := g.post(t, g.token("somebody", icb, string(role)), procedure, object{})
			refused := a.status == http.StatusForbidden && strings.Contains(string(a.raw), "NOT_AUTHORISED")
			if refused == want && !isOperators(method) && method != "PreviewReorganisation" {
				t.Errorf("%s as %s: allowed is %v, got %d %s", procedure, role, want, a.status, a.raw)
			}
		}
		if a := g.post(t, "", procedure, object{}); a.status != http.StatusUnauthorized && !isOperators(method) {
			t.Errorf("%s by nobody: %d %s", procedure, a.status, a.raw)
		}
	}
}

// isOperators tells whether a call is a stream for operators only, which has tests of its own.
func isOperators(method string) bool { return method == "Backup" || method == "RebuildViews" }

// TestEveryProcedureHasItsRight holds the calls of the contract and the table of rights together, both ways.
func TestEveryProcedureHasItsRight(t *testing.T) {
	table := rightsByMethod()
	delete(table, domain.ResolvePerson) // shown in answers
	delete(table, "BeginEpoch")         // not a call
	for procedure, method := range procedures(t) {
		if _, ok := table[method]; !ok {
			t.Errorf("nobody has the right to %s: it has no row", procedure)
		}
		delete(table, method)
	}
	for method, right := range table {
		if right.Kind != domain.RightPath {
			t.Errorf("the row %s is of no call", method)
		}
	}
}

// procedures returns the method of every call, by procedure such as "MapService/WhoHolds".
func procedures(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	protoregistry.GlobalFiles.RangeFilesByPackage("remit.v1", func(file protoreflect.FileDescriptor) bool {
		for i := range file.Services().Len() {
			service := file.Services().Get(i)
			for j := range service.Methods().Len() {
				method := service.Methods().Get(j)
				found[string(service.Name())+"/"+string(method.Name())] = string(method.Name())
				kind := rightsByMethod()[string(method.Name())].Kind
				options, _ := method.Options().(*descriptorpb.MethodOptions)
				asks := options.GetIdempotencyLevel() == descriptorpb.MethodOptions_NO_SIDE_EFFECTS
				if asks != (kind == domain.RightQuestion) && !isOperators(string(method.Name())) {
					t.Errorf("%s is a %q in the table", method.Name(), kind)
				}
			}
		}
		return true
	})
	if len(found) < 90 {
		t.Fatalf("%d calls only", len(found))
	}
	return found
}
