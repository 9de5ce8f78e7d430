package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/remit-register/remit/api"
	"github.com/remit-register/remit/api/signin"
	"github.com/remit-register/remit/api/signintest"
)

// guarded is a register where people sign in.
type guarded struct {
	*server
	*signintest.Provider

	refusals *refusals
}

// refusals collects refused attempts.
type refusals struct {
	mu   sync.Mutex
	list []api.Attempt
}

func (r *refusals) Refused(a api.Attempt) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list = append(r.list, a)
}

// last returns the newest attempt and how many there were.
func (r *refusals) last() (api.Attempt, int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.list) == 0 {
		return api.Attempt{}, 0
	}
	return r.list[len(r.list)-1], len(r.list)
}

// newGuarded starts a register with sign-in and without content.
func newGuarded(t *testing.T, change ...func(*signin.Config)) *guarded {
	t.Helper()
	g := &guarded{refusals: &refusals{}}
	g.server = newServer(t, func(c *api.Config) {
		g.Provider = signintest.New(t, "remit", c.Clock)
		cfg := signin.Config{
			Issuer: g.issuer(), Audience: "remit", Mapping: signin.DefaultMapping(), Clock: c.Clock,
		}
		for _, f := range change {
			f(&cfg)
		}
		signIn, err := signin.New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		c.SignIn, c.Access, c.ProofPatience = signIn, g.refusals, time.Millisecond
	})
	return g
}

// address is the register's URL.
func (g *guarded) address() string { return g.Server.URL }

// issuer is the sign-in service's URL.
func (g *guarded) issuer() string { return g.URL }

// token is one of somebody at one body.
func (g *guarded) token(subject, organisation string, roles ...string) string {
	return g.Token(signintest.Person(subject, organisation, roles...))
}

// post calls a procedure with a token, "" for none.
func (g *guarded) post(t *testing.T, token, procedure string, request any) answer {
	t.Helper()
	body, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, g.address()+"/remit.v1."+procedure, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	return g.do(t, r)
}

// done gives a command as subject@organisation in a role, which must be accepted.
func (g *guarded) done(t *testing.T, actor, role, procedure string, request object) object {
	t.Helper()
	subject, organisation, _ := strings.Cut(actor, "@")
	a := g.post(t, g.token(subject, organisation, role), procedure, with(request))
	if a.status != http.StatusOK {
		t.Fatalf("%s as %s: %d %s", procedure, actor, a.status, a.raw)
	}
	if err := g.views.WaitFor(t.Context(), g.store.Position()); err != nil {
		t.Fatal(err)
	}
	return a.body
}

// scene is what the commands of the matrix are about, all of it under way.
type scene struct {
	transfer, full, condition, pack, risk, delegation, intervention, committee, planReturn, waiting, text string
	framework, function, instrument                                                                       any
}

// Bodies of the scene: an ICB and a trust of the East of England.
const (
	icb   = "S1Y5D"
	trust = "RC9"
)

func (g *guarded) stage(t *testing.T) scene {
	t.Helper()
	if _, err := load(t.Context(), g.store.Store, 0); err != nil {
		t.Fatal(err)
	}
	if err := g.views.WaitFor(t.Context(), g.store.Position()); err != nil {
		t.Fatal(err)
	}
	const office, registrar = "programme_office", "registrar"
	id := func(answer object, field string) string { return fmt.Sprint(answer[field]) }
	propose := func(request object) string {
		return id(g.done(t, "po@"+icb, office, "TransferService/ProposeTransfer", request), "transferId")
	}
	s := scene{transfer: propose(delivery("medicines-optimisation", trust)), full: propose(proposal())}
	other := propose(delivery("gp-it", trust))
	g.done(t, "assessor@"+icb, "assessor", "TransferService/AssessReadiness",
		object{"transferId": s.transfer, "party": "PARTY_SENDER", "ratings": ratings()})
	passed := decision(s.transfer, "sender-readiness", icb, "PASS_WITH_CONDITIONS")
	passed["conditions"] = []object{{"description": "Sign.", "owner": trust, "dueOn": "2027-01-01", "timing": "CONDITION_TIMING_BEFORE_EFFECT"}}
	s.condition = fmt.Sprint(items(g.done(t, "board@"+icb, "board", "TransferService/DecideGateway", passed)["conditionIds"])[0])
	s.pack = id(g.done(t, "po@"+icb, office, "TransferService/FormPackage", object{"name": "Two", "members": []string{
		other, propose(delivery("gp-it", "RD8")),
	}}), "packageId")
	s.risk = id(g.done(t, "po@"+icb, office, "TransferService/RaiseRisk", object{
		"transferId": s.transfer, "owner": icb, "likelihood": 4, "impact": 5, "description": "Data are lost.",
	}), "riskId")
	s.delegation = id(g.done(t, "board@X24", "board", "DelegationService/DelegateFunction", delegated()), "delegationId")
	s.intervention = id(g.done(t, "panel@Y61", "panel", "DelegationService/RecordIntervention", supported()), "interventionId")
	s.committee = id(g.done(t, "board@"+icb, "board", "ProgrammeService/FormCommittee", formed()), "committeeId")
	s.planReturn = id(g.done(t, "po@"+icb, office, "ProgrammeService/SubmitPlanReturn", planned()), "planReturnId")
	s.waiting = id(g.done(t, "first@Y61", registrar, "RecordService/RecordOccurrence", occurrence("06K", trust)), "awaitingId")
	s.text = fmt.Sprint(obj(g.done(t, "po@"+icb, office, "TransferService/ProposeTransfer", proposal())["receipt"])["position"])
	reader := g.token("reader", icb, "reader")
	s.framework = items(g.post(t, reader, "ProgrammeService/ListFrameworks", object{}).body["frameworks"])[0]
	function := obj(g.post(t, reader, "FunctionService/GetFunction", object{"code": "gp-it"}).body["function"])
	s.function = function["details"]
	instrument := obj(g.post(t, reader, "InstrumentService/GetInstrument", object{"code": "nhsa2006-s65z5"}).body["instrument"])
	s.instrument = instrument["details"]
	return s
}

func delegated() object {
	return object{
		"function": "remaining-direct-commissioning", "delegator": "X24", "delegate": "QYG", "effectiveOn": today,
		"instrument": "nhsa2006-s65z5", "terms": proposal()["terms"],
	}
}

func supported() object {
	return object{
		"kind": "INTERVENTION_KIND_SUPPORT", "by": "Y61", "in": icb, "grounds": "Finances.", "reviewOn": "2027-03-31",
		"effectiveOn": today,
	}
}

func formed() object {
	return object{
		"name": "Transition committee", "bodies": []string{icb},
		"terms": object{"executive": 4, "nonExecutive": 3, "quorum": 4, "quorumNonExecutive": 2},
	}
}

func planned() object {
	return object{"organisation": icb, "period": "2026/27", "summary": "On track.", "evidence": ratings()[0]["evidence"]}
}
