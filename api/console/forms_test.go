package console_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// recorded presses the button that records what was checked, twice: it is recorded once, and both times leads to the
// same place.
func (r *reader) recorded(button string) *reader {
	r.t.Helper()
	action, values := r.form()
	values.Set("step", r.button(button))
	before := r.site.store.Position()
	first := r.site.post(r.t, r.actor, action, values)
	if first.status != http.StatusSeeOther {
		r.t.Fatalf("%s: %d %s", action, first.status, first.text())
	}
	after := r.site.store.Position()
	again := r.site.post(r.t, r.actor, action, values)
	if again.header.Get("Location") != first.header.Get("Location") || r.site.store.Position() != after || after == before {
		r.t.Errorf("%s: from %d to %d and %d, then %d %s", action, before, after, r.site.store.Position(), again.status, again.text())
	}
	return r.seen(action, first)
}

// flawed demands that the form was shown again with errors at fields: each is named in the summary, which leads to it,
// and is described by its error.
func (r *reader) flawed(fields ...string) *reader {
	r.t.Helper()
	if r.page.status != http.StatusBadRequest && r.page.status != http.StatusConflict || !strings.Contains(r.page.html, "<title>Error: ") {
		r.t.Fatalf("%s: want errors: %d %s", r.at, r.page.status, r.page.text())
	}
	for _, field := range fields {
		described := false
		for n := range r.root.Descendants() {
			if n.Type == html.ElementNode && strings.Contains(" "+attribute(n, "aria-describedby")+" ", " "+field+"-error ") {
				described = true
			}
		}
		if !described || !strings.Contains(r.page.html, `<a href="#`+field+`">`) || !strings.Contains(r.page.html, `id="`+field+`-error"`) {
			r.t.Errorf("%s: %s has no error in the summary and at the field: %s", r.at, field, r.page.text())
		}
	}
	return r
}

// What can be recorded beside a proposal's way through its gateways, by forms: each is sent without answers first, and
// what is recorded is sent twice.
func TestForms(t *testing.T) {
	s := newRegister(t)
	transfer := seeded(t, s)
	for _, test := range []struct {
		name string
		run  func(t *testing.T, s *site, transfer string)
	}{
		{"delegations", delegationForms},
		{"a proposal", proposalForms},
		{"announcements", planForms},
		{"packages", packageForms},
		{"committees", committeeForms},
		{"plan returns", returnForms},
		{"claims", claimForms},
		{"second person", secondForms},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, s, transfer) })
	}
}

func delegationForms(t *testing.T, s *site, _ string) {
	r := (&reader{t: t, site: s, actor: "board@X24"}).open("/delegations").click("Delegate a function")
	r.send("Continue").flawed("function", "delegate", "effectiveOn")
	r.send("Continue", "function", "remaining-direct-commissioning", "delegate", "QYG", "effectiveOn", "21/11/2026",
		"instrument", "nhsa2006-s65z5", "terms.reserved", "Setting the strategy", "terms.limits", "Within the plan", "terms.liability", "Stays with NHS England",
		"terms.notice", "Six months", "terms.reviewOn", "21/11/2027", "terms.money.0.class", "COST_CLASS_RUNNING_COST",
		"terms.money.0.pounds", "lots", "terms.money.0.year", "2026/27").flawed("terms.money.0.pounds")
	r.send("Continue", "terms.money.0.pounds", "1,250,000").reads("Check your answers", "Setting the strategy", "1,250,000").recorded("Offer the delegation").
		reads("The delegation is offered.", "Offered", "Accept what is offered")
	r.as("board@QYG").click("Accept what is offered").reads("Setting the strategy").send("Continue").recorded("Accept").reads("The delegation is accepted.", "In force")
	if got := s.call(t, "", "DelegationService/GetDelegation", `{"delegationId":"`+ulid.FindString(r.at)+`"}`); !strings.Contains(got, `"pounds":"1250000"`) {
		t.Errorf("the money is lost: %s", got)
	}
	r.as("board@X24").click("Offer other terms").send("Continue", "terms.limits", "Within the new plan", "terms.reviewOn", "31/2/2027").flawed("terms.reviewOn")
	r.send("Continue", "terms.reviewOn", "1/2/2027").recorded("Offer these terms").reads("Other terms are offered.", "Within the new plan")
	r.as("board@QYG").click("Accept what is offered").reads("Within the new plan").send("Continue").recorded("Accept")
	r.as("board@X24").click("End the delegation").send("Continue", "effectiveOn", "21/11/2026").flawed("reason")
	r.send("Continue", "reason", "The board takes it back").recorded("End the delegation").reads("The delegation ends.", "Within the new plan")
	r.as("board@QYG").open("/delegations/delegate").send("Continue", "function", "eprr", "delegate", "X24", "effectiveOn", "21/11/2026").reads("There is a problem")
}

var ulid = regexp.MustCompile(`[0-9A-HJKMNP-TV-Z]{26}`)

func proposalForms(t *testing.T, s *site, transfer string) {
	r := (&reader{t: t, site: s, actor: "po@S1Y5D"}).open(transfer).click("Change this risk")
	r.send("Continue", "owner", "Nobody of this name").flawed("owner")
	r.send("Continue", "owner", "S1Y5D", "impact", "5", "mitigation", "Two more posts").recorded("Record the change").reads("The risk is changed.", "Two more posts", "15")
	r.open(transfer + "/do/milestone").send("Continue").flawed("milestone.kind")
	r.send("Continue", "milestone.kind", "MILESTONE_KIND_STAFF", "milestone.plannedOn", "1/12/2026", "milestone.footprints", "06H").recorded("Record the milestone").reads("Staff")
	r = propose(t, s).click("Amend the proposal").reads("What you leave as it is, or empty, stays as it was")
	r.send("Continue", "effectiveOn", "x/y/z").flawed("effectiveOn")
	r.send("Continue", "effectiveOn", "1/2/2027", "rationale", "One rota is safer").recorded("Record the amendment").
		reads("The transfer is amended.", "One rota is safer", "1 February 2027", "Annual assurance")
	r.click("Call it in").send("Continue").flawed("reason")
	r.click("Back to Emergency preparedness, resilience and response from Central East ICB to East of England region").click("Withdraw it").send("Continue").flawed("reason")
	r.send("Continue", "reason", "Another way was found").recorded("Withdraw the transfer").reads("Withdrawn")
}

func planForms(t *testing.T, s *site, _ string) {
	r := (&reader{t: t, site: s, actor: "po@S1Y5D"}).open("/transfers").click("Record an announcement")
	r.send("Continue").flawed("function", "roles", "sender", "effectiveOn", "kind")
	r.send("Continue", "function", "green-plan", "roles", "ROLE_DELIVERING", "sender", "S1Y5D", "effectiveOn", "1/4/2027", "moves.0.receiver", "Y61",
		"kind", "TRANSFER_KIND_DELIVERY", "source", "Board paper of 1 November").reads("Check your answers").recorded("Record the announcement").
		reads("The announcement is recorded.", "Announced", "Board paper of 1 November")
	r.click("Replace it by another announcement").send("Continue", "replacement.effectiveOn", "1/10/2027", "replacement.moves.0.receiver", "").flawed()
	r.send("Continue", "replacement.moves.0.receiver", "Y61", "reason", "Put off").recorded("Record the new announcement").
		reads("The announcement is replaced.", "1 October 2027", "Board paper of 1 November")
	r.open("/transfers").click("Explore who could take a function").send("Continue").flawed("function", "roles", "sender", "effectiveOn", "kind")
	r.send("Continue", "function", "eprr", "roles", "ROLE_DELIVERING", "sender", "S1Y5D", "footprints", "06H", "effectiveOn", "1/4/2027", "kind", "TRANSFER_KIND_DELIVERY",
		"options.0.code", "A!", "options.0.description", "The region does it").flawed("options.0.code")
	r.send("Add another option", "options.0.code", "region", "options.0.receiver", "Y61").reads("Option 2").
		send("Continue", "options.1.code", "stay", "options.1.description", "It stays where it is").recorded("Record the options").
		reads("The options are recorded.", "The region does it", "It stays where it is")
	r.click("Propose the transfer").reads("The option that was chosen").send("Continue", "receiver", "Y61", "rationale", "It is best", "terms.agreementRef", "C/1").flawed("option")
	r.send("Continue", "option", "region").recorded("Propose the transfer").reads("The transfer is proposed.")
}

func packageForms(t *testing.T, s *site, _ string) {
	one, two := ulid.FindString(propose(t, s).at), ulid.FindString(propose(t, s).at)
	r := (&reader{t: t, site: s, actor: "po@S1Y5D"}).open("/packages").reads("There are no such packages").click("Form a package")
	r.send("Continue").flawed("name", "members")
	r.send("Continue", "name", "Resilience", "case", "One rota, one case", "members", one, "members", two).recorded("Form the package").
		reads("The package is formed.", "Resilience", "One rota, one case", "Readiness of the sender: not passed")
	r.as("assessor@S1Y5D").click("Assess all of it for the sender").send("Continue").flawed("ratings.0.rating")
	r.send("Continue", green()...).recorded("Record the assessment").reads("The assessment is recorded.")
	r.as("board@S1Y5D").click("Decide all of it: readiness of the sender").send("Continue").flawed("decision")
	r.send("Continue", decided("GATEWAY_DECISION_PASS")...).recorded("Record the decision").reads("Readiness of the sender: passed")
	s.ok(t, "", "/packages?body=S1Y5D").has(t, "Resilience", "2 transfers")
	if p := s.get(t, "", "/packages?body=no-such-body"); p.status != http.StatusBadRequest {
		t.Errorf("packages of nobody: %d", p.status)
	}
	if p := s.get(t, "", "/packages/"+ulid.FindString(r.at)+"/do/dance"); p.status != http.StatusNotFound {
		t.Errorf("no such form: %d", p.status)
	}
}

func committeeForms(t *testing.T, s *site, _ string) {
	r := (&reader{t: t, site: s, actor: "board@S1Y5D"}).open("/committees").click("Form a committee")
	r.send("Continue").flawed("name", "terms.executive", "terms.nonExecutive", "terms.quorum")
	r.send("Continue", "name", "Transition committee", "terms.executive", "3", "terms.nonExecutive", "4", "terms.quorum", "0").flawed("terms.quorum")
	r.send("Continue", "terms.quorum", "4", "terms.quorumNonExecutive", "2").recorded("Form the committee").
		reads("The committee is formed.", "3 executive, 4 non-executive", "4 members, 2 of them non-executive", "It has not given any advice yet")
	r.as("committee@S1Y5D").click("Record its advice").send("Continue").flawed("advice", "attendance.executive", "attendance.nonExecutive")
	r.send("Continue", "advice", "OPINION_ADVISE", "text", "Mind the winter", "attendance.executive", "2", "attendance.nonExecutive", "2").recorded("Record the advice").
		reads("The advice is recorded.", "Mind the winter", "Quorate")
	r.as("board@S1Y5D").click("Change its members").send("Continue", "terms.executive", "5").recorded("Record the change").reads("5 executive")
	r.click("Dissolve it").send("Continue").flawed("reason")
	r.send("Continue", "reason", "Its work is done").recorded("Dissolve the committee").reads("It is dissolved")
	s.ok(t, "", "/committees?body=S1Y5D").has(t, "Dissolved")
}

func returnForms(t *testing.T, s *site, _ string) {
	r := (&reader{t: t, site: s, actor: "po@S1Y5D"}).open("/plan-returns").click("Submit a plan return")
	r.send("Continue").flawed("period", "summary")
	r.send("Continue", "period", "2026/27", "summary", "We balance", "evidence.0.uri", "https://example.org/plan").flawed("evidence.0.title")
	r.send("Continue", "evidence.0.title", "The plan").recorded("Submit the return").reads("The plan return is submitted.", "We balance", "Not answered yet")
	r.as("panel@Y61").click("Confirm or challenge the return for 2026/27 of Central East ICB").send("Continue").flawed("result")
	r.send("Continue", "result", "MODERATION_RESULT_CHALLENGED", "comment", "The winter is missing").recorded("Record the result").
		reads("The result is recorded.", "Challenged", "The winter is missing")
}

func claimForms(t *testing.T, s *site, _ string) {
	r := (&reader{t: t, site: s, actor: "po@S1Y5D"}).open("/claims").click("Claim that a body holds something, or does not")
	r.send("Continue").flawed("function", "holds", "roles", "basis")
	r.send("Continue", "holds", "false", "function", "green-plan", "roles", "ROLE_DELIVERING", "basis", "It was never ours").recorded("Record the claim").
		reads("The claim is recorded.", "It does not hold this", "It was never ours")
	r.click("Say whether the register is right").send("Continue").flawed("agrees")
	r.send("Continue", "agrees", "false").reads("There is a problem")
	r.send("Continue", "exceptions", "The green plan").recorded("Record it").reads("The attestation is recorded.", "Not right", "The green plan")
}

func secondForms(t *testing.T, s *site, _ string) {
	occurrence := func(place string) {
		s.call(t, "first@X24", "RecordService/RecordOccurrence", `{"commandId":"NEW-ID","function":"green-plan","kind":"TRANSFER_KIND_DELIVERY","from":"S1Y5D","to":"RC9",
			"footprints":["`+place+`"],"roles":["ROLE_DELIVERING"],"effectiveOn":"2026-11-21","source":"board paper","reason":"It happened"}`)
	}
	occurrence("06K")
	r := (&reader{t: t, site: s, actor: "second@X24"}).open("/second").reads("It happened", "The registrar of").click("Record occurrence")
	r.reads("Green plan", "NHS Central East Integrated Care Board (S1Y5D)", "board paper").send("Continue").flawed("decline")
	r.as("first@X24").send("Continue", "decline", "false").reads("There is a problem")
	r.as("second@X24").send("Continue", "decline", "false").reads("Check your answers", "Agree").recorded("Record your word").
		reads("Your word as the second person is recorded.", "Nothing waits for a second person")
	occurrence("06N")
	r.open("/second").click("Record occurrence").send("Continue", "decline", "true", "reason", "It did not").recorded("Record your word").reads("Nothing waits")
	if p := s.get(t, "", "/second/01J00000000000000000000000"); p.status != http.StatusNotFound {
		t.Errorf("nothing that waits: %d", p.status)
	}
}

// A completed transfer is reviewed, and taken back.
func TestAfterCompletion(t *testing.T) {
	s := newRegister(t)
	r := propose(t, s)
	r.as("assessor@S1Y5D").click("Assess how ready NHS Central East Integrated Care Board is").send("Continue", green()...).send("Record the assessment")
	r.as("assessor@Y61").click("Assess how ready NHS England East of England region is").send("Continue", green()...).send("Record the assessment")
	r.as("board@S1Y5D").click("Decide: readiness of the sender").send("Continue", passed()...).send("Record the decision")
	r.as("board@Y61").click("Decide: readiness of the receiver").send("Continue", passed()...).send("Record the decision")
	r.as("panel@X24").click("Decide: confirmation").send("Continue", passed()...).send("Record the decision")
	r.as("po@S1Y5D").click("Complete the transfer").send("Continue").send("Complete the transfer").reads("Completed")
	r.click("Review what it has brought").send("Continue").flawed("conclusion")
	r.send("Continue", "conclusion", "The rota holds", "outcomes.0.metric", "Exercises held", "outcomes.0.actual", "many").flawed("outcomes.0.actual")
	r.send("Continue", "outcomes.0.actual", "12", "outcomes.0.target", "10").recorded("Record the review").reads("The review is recorded.", "The rota holds", "Exercises held: 12, 10 wanted")
	r.click("Take it back").send("Continue").flawed("effectiveOn", "rationale")
	r.send("Continue", "effectiveOn", "1/4/2027", "rationale", "It did not work").recorded("Propose to take it back").
		reads("It is proposed to take the transfer back.", "It did not work", "Proposed")
}
