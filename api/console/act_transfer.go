package console

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/reflect/protoreflect"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// transferActs are the forms that change a transfer, by their name in the address.
func (v *visit) transferActs() map[string]func(*remitv1.Transfer, look) (act, error) {
	return map[string]func(*remitv1.Transfer, look) (act, error){
		"assess":    v.assessAct,
		"opinion":   v.opinionAct,
		"decide":    v.decideAct,
		"terms":     v.termsAct,
		"evidence":  v.evidenceAct,
		"discharge": v.dischargeAct,
		"waive":     v.waiveAct,
		"schedule":  v.scheduleAct,
		"complete":  v.completeAct,
		"withdraw":  v.withdrawAct,
		"pause":     v.pauseAct,
		"resume":    v.resumeAct,
		"call-in":   v.callInAct,
		"amend":     v.amendAct,
		"reverse":   v.reverseAct,
		"review":    v.reviewAct,
		"replace":   v.replaceAct,
		"new-risk":  v.updateRiskAct,
		"milestone": v.milestoneAct,
		"risk":      v.raiseRiskAct,
		"no-risk":   v.closeRiskAct,
	}
}

// transferAct shows or takes a form about a transfer.
func (v *visit) transferAct() error {
	name := v.r.PathValue("act")
	build, ok := v.transferActs()[name]
	if !ok {
		return v.show(http.StatusNotFound, "not-found", nil)
	}
	t, err := v.transferNow(v.r.PathValue("id"))
	if err != nil {
		return err
	}
	l, err := v.look()
	if err != nil {
		return err
	}
	a, err := build(t, l)
	if err != nil {
		return err
	}
	a.Done, a.Back, a.BackText = name, "/transfers/"+t.GetTransferId(), "Back to "+titleOfTransfer(l, t)
	return v.actOf(a, nil)
}

// transferNow returns a transfer as it is now.
func (v *visit) transferNow(id string) (*remitv1.Transfer, error) {
	answer, err := v.ask.transfers.GetTransfer(v.ctx(), &remitv1.GetTransferRequest{TransferId: id})
	if err != nil {
		return nil, err
	}
	return answer.GetTransfer(), nil
}

// chosen returns a parameter of the address, or what the form that was sent says.
func (v *visit) chosen(name string) string {
	if given := v.r.PostForm.Get(name); given != "" {
		return given
	}
	return v.r.URL.Query().Get(name)
}

func unknown(what string) error {
	return connect.NewError(connect.CodeNotFound, errors.New("there is no such "+what+" here; go back to the page that you came from and choose one there"))
}

// choicesOf are values of one of the API's lists, to choose from.
func choicesOf[E protoreflect.Enum](hint func(E) string, values ...E) []option {
	options := make([]option, len(values))
	for i, value := range values {
		options[i] = option{Value: string(value.Descriptor().Values().ByNumber(value.Number()).Name()), Text: word(value)}
		if hint != nil {
			options[i].Hint = hint(value)
		}
	}
	return options
}

// assessAct is a party's assessment of every domain.
func (v *visit) assessAct(t *remitv1.Transfer, l look) (act, error) {
	party := map[string]remitv1.Party{
		"sender": remitv1.Party_PARTY_SENDER, "receiver": remitv1.Party_PARTY_RECEIVER,
	}[strings.ToLower(strings.TrimPrefix(v.chosen("party"), "PARTY_"))]
	if party == remitv1.Party_PARTY_UNSPECIFIED || len(t.GetDomains()) == 0 {
		return act{}, unknown("assessment")
	}
	body := t.GetSender()
	if party == remitv1.Party_PARTY_RECEIVER {
		body = t.GetReceiver()
	}
	a := act{
		Title: "Assess how ready " + l.Body(body) + " is",
		Intro: []string{
			"Rate each domain for " + titleOfTransfer(l, t) + ", and name the evidence. The other party rates the same domains by itself.",
			"This is for an assessor of " + l.Body(body) + ". Whoever assesses cannot take part in the decision.",
		},
		Send: "Record the assessment", request: &remitv1.AssessReadinessRequest{TransferId: t.GetTransferId(), Party: party},
		give: call(v.ask.transfers.AssessReadiness), defaults: map[string]string{},
		Groups: []group{{Fields: []ask{{Kind: askHidden, Name: "party"}}}},
	}
	a.defaults["party"] = party.String()
	a.Groups = append(a.Groups, ratingGroups(t.GetDomains(), a.defaults)...)
	return a, nil
}

// ratingGroups ask for a rating of every domain; which domain each is about goes into the defaults.
func ratingGroups(domains []string, defaults map[string]string) []group {
	var groups []group
	for i, domain := range domains {
		prefix := "ratings." + string(rune('0'+i/10)) + string(rune('0'+i%10))
		prefix = strings.Replace(prefix, ".0", ".", 1)
		defaults[prefix+".domain"] = domain
		evidence := prefix + ".evidence.0."
		groups = append(groups, group{Title: domainWords(domain), Fields: []ask{
			{Kind: askHidden, Name: prefix + ".domain"},
			{
				Kind: askRadios, Name: prefix + ".rating", Label: "Rating", Needed: "Choose a rating for " + lowerFirst(domainWords(domain)),
				Options: []option{
					{Value: "green", Text: "Green", Hint: "Ready"},
					{Value: "amber", Text: "Amber", Hint: "Ready once something is done"},
					{Value: "red", Text: "Red", Hint: "Not ready"},
					{Value: "not_applicable", Text: "Not applicable", Hint: "Say why below"},
				},
			},
			{Kind: askArea, Name: prefix + ".comment", Label: "Why (optional)"},
			{Kind: askText, Name: evidence + "title", Label: "Evidence (optional)", Hint: "Title of the document"},
			{Kind: askText, Name: evidence + "uri", Label: "Where it is kept (optional)", Hint: "Its address, beginning with https://"},
			{Kind: askDate, Name: evidence + "expiresOn", Label: "Evidence holds until (optional)"},
		}})
	}
	return groups
}

// gatewayOf returns the gateway that the address or the form names.
func (v *visit) gatewayOf(t *remitv1.Transfer) (*remitv1.Gateway, error) {
	code := v.chosen("gateway")
	at := slices.IndexFunc(t.GetGateways(), func(g *remitv1.Gateway) bool { return g.GetCode() == code })
	if at < 0 {
		return nil, unknown("gateway")
	}
	return t.GetGateways()[at], nil
}

// opinionFields ask for an opinion.
func opinionFields(prefix string, needed bool) []ask {
	fields := []ask{
		{Kind: askText, Name: prefix + "by", Label: "Who gives it", Hint: "For example internal-audit", Width: "20"},
		{Kind: askRadios, Name: prefix + "opinion", Label: "What they say", Options: choicesOf(opinionMeans,
			remitv1.Opinion_OPINION_ASSURE, remitv1.Opinion_OPINION_ADVISE, remitv1.Opinion_OPINION_ALERT)},
		{Kind: askArea, Name: prefix + "text", Label: "In their words"},
	}
	if needed {
		fields[0].Needed, fields[1].Needed = "Enter who gives the opinion", "Choose what they say"
	}
	return fields
}

func opinionMeans(o remitv1.Opinion) string {
	switch o {
	case remitv1.Opinion_OPINION_UNSPECIFIED:
	case remitv1.Opinion_OPINION_ASSURE:
		return "It can go ahead"
	case remitv1.Opinion_OPINION_ADVISE:
		return "It can go ahead if something is heeded"
	case remitv1.Opinion_OPINION_ALERT:
		return "Something is seriously wrong"
	}
	return ""
}

// opinionAct is an independent opinion ahead of a decision.
func (v *visit) opinionAct(t *remitv1.Transfer, l look) (act, error) {
	g, err := v.gatewayOf(t)
	if err != nil {
		return act{}, err
	}
	return act{
		Title: "Give an opinion on " + lowerFirst(gatewayWords(g.GetCode())),
		Intro: []string{"An opinion is heard before the decision of " + l.Body(g.GetDecider()) + ". It decides nothing itself."},
		Send:  "Record the opinion", give: call(v.ask.transfers.RecordOpinion),
		request:  &remitv1.RecordOpinionRequest{TransferId: t.GetTransferId(), Gateway: g.GetCode()},
		Groups:   []group{{Fields: append(opinionFields("opinion.", true), ask{Kind: askHidden, Name: "gateway"})}},
		defaults: map[string]string{"gateway": g.GetCode()},
	}, nil
}

// decideAct is the decision at a gateway.
func (v *visit) decideAct(t *remitv1.Transfer, l look) (act, error) {
	g, err := v.gatewayOf(t)
	if err != nil {
		return act{}, err
	}
	a := act{
		Title: "Decide: " + lowerFirst(gatewayWords(g.GetCode())),
		Intro: []string{
			"This gateway of " + titleOfTransfer(l, t) + " is decided by the " + g.GetRole() + " of " + l.Body(g.GetDecider()) + ".",
		},
		Send: "Record the decision", give: call(v.ask.transfers.DecideGateway), revision: t.GetRevision(),
		Warn: "A decision stays on the record. It can be followed by another, but not changed.",
		request: &remitv1.DecideGatewayRequest{
			TransferId: t.GetTransferId(), Gateway: g.GetCode(), DecidedBy: g.GetDecider(),
		},
		defaults: map[string]string{"gateway": g.GetCode(), "decidedOn": v.at.Today, "authority.meetingOn": v.at.Today, "authority.body": g.GetRole()},
	}
	if g.GetOpinionRequired() && len(g.GetOpinions()) == 0 {
		a.Intro = append(a.Intro, "It cannot be passed without an independent opinion: none is recorded yet, so give one here.")
	}
	if g.GetSameLegalPerson() {
		a.Intro = append(a.Intro, "No body apart from the parties in law exists to decide it, so an independent opinion is needed.")
	}
	a.Groups = decisionGroups(t.GetNotice().GetStatements())
	return a, nil
}

// decisionGroups ask for a decision, with the statements that are to be signed with it, if there are any.
func decisionGroups(statements []string) []group {
	groups := []group{{Title: "Decision", Fields: []ask{
		{Kind: askHidden, Name: "gateway"},
		{
			Kind: askRadios, Name: "decision", Label: "What was decided", Needed: "Choose what was decided",
			Options: choicesOf(decisionMeans, remitv1.GatewayDecision_GATEWAY_DECISION_PASS,
				remitv1.GatewayDecision_GATEWAY_DECISION_PASS_WITH_CONDITIONS, remitv1.GatewayDecision_GATEWAY_DECISION_DEFER,
				remitv1.GatewayDecision_GATEWAY_DECISION_FAIL),
		},
		{Kind: askDate, Name: "decidedOn", Label: "When it was decided", Needed: "Enter the day of the decision"},
		{Kind: askArea, Name: "rationale", Label: "Why (optional)"},
	}}}
	if len(statements) > 0 {
		options := make([]option, len(statements))
		for i, s := range statements {
			options[i] = option{Value: s, Text: sentence(s)}
		}
		groups = append(groups, group{Title: "Statements", Text: "What the executive signs.", Fields: []ask{
			{Kind: askChecks, Name: "statements", Label: "Signed statements", Options: options},
		}})
	}
	return append(groups, authorityGroup(), group{
		Title: "Independent opinions", List: "opinions", Entry: "Opinion", Fields: opinionFields("", false),
	}, conditionGroup())
}

func decisionMeans(d remitv1.GatewayDecision) string {
	switch d {
	case remitv1.GatewayDecision_GATEWAY_DECISION_UNSPECIFIED, remitv1.GatewayDecision_GATEWAY_DECISION_PASS:
	case remitv1.GatewayDecision_GATEWAY_DECISION_PASS_WITH_CONDITIONS:
		return "Say below what must be done, by whom and by when"
	case remitv1.GatewayDecision_GATEWAY_DECISION_DEFER:
		return "It may be decided again"
	case remitv1.GatewayDecision_GATEWAY_DECISION_FAIL:
		return "The transfer is rejected"
	}
	return ""
}

func authorityGroup() group {
	return group{Title: "Meeting", Fields: []ask{
		{Kind: askText, Name: "authority.body", Label: "Board or committee that decided", Width: "20"},
		{Kind: askDate, Name: "authority.meetingOn", Label: "Day of the meeting"},
		{Kind: askText, Name: "authority.minuteRef", Label: "Reference of the minute", Hint: "For example B/26/112", Width: "20"},
		{Kind: askYes, Name: "authority.quorate", Label: "The meeting was quorate"},
	}}
}

func conditionGroup() group {
	return group{
		Title: "Conditions", Text: "Only where it is passed with conditions.", List: "conditions", Entry: "Condition",
		Fields: []ask{
			{Kind: askArea, Name: "description", Label: "What must be done"},
			{Kind: askBody, Name: "owner", Label: "Who must do it", Hint: "Name or code of the body"},
			{Kind: askDate, Name: "dueOn", Label: "By when"},
			{Kind: askRadios, Name: "timing", Label: "What it holds up", Options: choicesOf(timingMeans,
				remitv1.ConditionTiming_CONDITION_TIMING_BEFORE_EFFECT, remitv1.ConditionTiming_CONDITION_TIMING_AFTER_EFFECT,
				remitv1.ConditionTiming_CONDITION_TIMING_CONTINUING)},
		},
	}
}

func timingMeans(t remitv1.ConditionTiming) string {
	switch t {
	case remitv1.ConditionTiming_CONDITION_TIMING_UNSPECIFIED:
	case remitv1.ConditionTiming_CONDITION_TIMING_BEFORE_EFFECT:
		return "The transfer cannot be completed without it"
	case remitv1.ConditionTiming_CONDITION_TIMING_AFTER_EFFECT:
		return "It is to be done after the transfer"
	case remitv1.ConditionTiming_CONDITION_TIMING_CONTINUING:
		return "It holds for as long as the arrangement does"
	}
	return ""
}
