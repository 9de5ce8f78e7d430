package console

import (
	"net/http"
	"strings"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// delegationRoutes are the forms about delegations.
func delegationRoutes() map[string]func(*visit) error {
	return bothWays(map[string]func(*visit) error{
		"/delegations/delegate":      (*visit).delegate,
		"/delegations/{id}/do/{act}": (*visit).delegationAct,
	})
}

// bothWays serves forms: a GET shows one, a POST takes it.
func bothWays(forms map[string]func(*visit) error) map[string]func(*visit) error {
	routes := map[string]func(*visit) error{}
	for path, show := range forms {
		routes["GET "+path], routes["POST "+path] = show, show
	}
	return routes
}

// delegate shows or takes the form that offers a delegation.
func (v *visit) delegate() error {
	l, err := v.look()
	if err != nil {
		return err
	}
	request := &remitv1.DelegateFunctionRequest{}
	q, err := v.asking(request, l)
	return v.actOf(act{
		Title: "Delegate a function", Send: "Offer the delegation", Done: "delegate", Back: "/delegations", BackText: "Back to delegations",
		Intro: []string{
			"Record an agreement by which another body exercises a function: whoever delegates stays accountable. The board of the body that delegates offers it, and the board of the other accepts.",
			"Where a delegation still has to go through gateways, propose a transfer instead.",
		},
		request: request, give: call(v.ask.delegations.DelegateFunction), after: func(g given) string { return "/delegations/" + g.ID },
		defaults: map[string]string{"delegator": string(v.actor.Organisation)},
		Groups: append([]group{{Title: "What is delegated, and between whom", Fields: []ask{
			q.field("function", "Function", ""), v.partOf(l, "part", v.chosen("function")),
			q.field("delegator", "Body that delegates", "Name or code"), q.field("delegate", "Body that is to exercise it", "Name or code"),
			q.field("roles", "What is delegated", "Leave it empty for the decisions and the money"),
			q.field("footprints", "Where", "Names or codes of places, one a line. Leave it empty for all that the one holds and the other covers."),
			q.field("effectiveOn", "Day from which it holds", "For example, 1 4 2027"), q.field("instrument", "Power relied on", "The Act, order, direction or agreement"),
			q.whyPast(),
		}}}, q.termGroups("")...),
	}, err)
}

// delegationAct shows or takes a form about one delegation.
func (v *visit) delegationAct() error {
	l, err := v.look()
	if err != nil {
		return err
	}
	found, err := v.ask.delegations.GetDelegation(v.ctx(), &remitv1.GetDelegationRequest{DelegationId: v.r.PathValue("id")})
	if err != nil {
		return err
	}
	d := found.GetDelegation()
	build, ok := map[string]func(*remitv1.Delegation, look) (act, error){
		"accept": v.acceptAct, "vary": v.varyAct, "revoke": v.revokeAct,
	}[v.r.PathValue("act")]
	if !ok {
		return v.show(http.StatusNotFound, "not-found", nil)
	}
	a, err := build(d, l)
	a.Done, a.Back, a.BackText, a.revision = v.r.PathValue("act"), "/delegations/"+d.GetDelegationId(), "Back to the delegation", d.GetRevision()
	a.Facts = append([]answer{
		{"Function", l.Function(d.GetFunction())},
		{"Delegated by", l.Body(d.GetDelegator())},
		{"To", l.Body(d.GetDelegate())},
		{"What moves", wordsOf(d.GetRoles())},
		{"Where", placeNames(l, d.GetFootprints())},
	}, a.Facts...)
	return v.actOf(a, err)
}

// placeNames names a few places, or counts many.
func placeNames(l look, codes []string) string {
	const few = 5
	if len(codes) > few {
		return plural(len(codes), "place", "places")
	}
	var names strings.Builder
	for i, code := range codes {
		if i > 0 {
			names.WriteString("\n")
		}
		names.WriteString(l.Place(code))
	}
	return names.String()
}

func (v *visit) acceptAct(d *remitv1.Delegation, l look) (act, error) {
	terms := d.GetTerms()
	what := "It holds from " + plainDate(d.GetEffectiveOn()) + " once it is accepted."
	if d.GetVariation() != nil {
		terms, what = d.GetVariation(), "The other terms hold once they are accepted."
	}
	request := &remitv1.AcceptDelegationRequest{DelegationId: d.GetDelegationId()}
	q, err := v.asking(request, l)
	return act{
		Title: "Accept a delegation", Send: "Accept", give: call(v.ask.delegations.AcceptDelegation), request: request,
		Intro: []string{"This is for the board of " + l.Body(d.GetDelegate()) + ". " + what}, Facts: termRows(l, terms),
		Groups: []group{{Fields: []ask{q.field("reason", "Note", "")}}},
	}, err
}

func (v *visit) varyAct(d *remitv1.Delegation, l look) (act, error) {
	request := &remitv1.VaryDelegationRequest{DelegationId: d.GetDelegationId(), Terms: &remitv1.Terms{}}
	q, err := v.asking(request, l)
	return act{
		Title: "Offer other terms", Send: "Offer these terms", give: call(v.ask.delegations.VaryDelegation), request: request,
		Intro: []string{
			"This is for the board of " + l.Body(d.GetDelegator()) + ". The terms hold once the board of " + l.Body(d.GetDelegate()) +
				" accepts them; until then those of before do. What is left empty is no longer agreed.",
		},
		from:   &remitv1.VaryDelegationRequest{Terms: d.GetTerms()},
		Groups: append(q.termGroups(""), group{Fields: []ask{q.field("reason", "Why they change", "")}}),
	}, err
}

func (v *visit) revokeAct(d *remitv1.Delegation, l look) (act, error) {
	request := &remitv1.RevokeDelegationRequest{DelegationId: d.GetDelegationId()}
	q, err := v.asking(request, l)
	return act{
		Title: "End a delegation", Send: "End the delegation", give: call(v.ask.delegations.RevokeDelegation), request: request,
		Intro: []string{"This is for the board of " + l.Body(d.GetDelegator()) + ", which then exercises the function itself again."},
		Warn:  "A delegation that has ended does not begin again: another one has to be agreed.",
		Groups: []group{{Fields: []ask{
			q.field("effectiveOn", "First day without it", "For example, 1 4 2027"), q.field("reason", "Why it ends", "").must("Say why it ends"),
		}}},
	}, err
}
