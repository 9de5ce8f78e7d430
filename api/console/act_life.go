package console

import (
	"slices"

	"google.golang.org/protobuf/proto"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// conditionOf returns the condition that the address or the form names.
func (v *visit) conditionOf(t *remitv1.Transfer) (*remitv1.Condition, error) {
	id := v.chosen("conditionId")
	at := slices.IndexFunc(t.GetConditions(), func(c *remitv1.Condition) bool { return c.GetConditionId() == id })
	if at < 0 {
		return nil, unknown("condition")
	}
	return t.GetConditions()[at], nil
}

// about is what a form about a condition has in common: what it is, and which.
func about(c *remitv1.Condition, a act, fields ...ask) act {
	a.Intro = append([]string{"The condition: " + sentence(c.GetDescription())}, a.Intro...)
	a.Groups = append([]group{{Fields: append([]ask{{Kind: askHidden, Name: "conditionId"}}, fields...)}}, a.Groups...)
	a.defaults = map[string]string{"conditionId": c.GetConditionId()}
	return a
}

func (v *visit) evidenceAct(t *remitv1.Transfer, l look) (act, error) {
	c, err := v.conditionOf(t)
	if err != nil {
		return act{}, err
	}
	return about(c, act{
		Title: "Submit evidence for a condition", Send: "Submit the evidence", give: call(v.ask.transfers.EvidenceCondition),
		Intro: []string{"This is for the programme office of " + l.Body(c.GetOwner()) + ". Somebody else confirms that the condition is met."},
		request: &remitv1.EvidenceConditionRequest{
			TransferId: t.GetTransferId(), ConditionId: c.GetConditionId(),
		},
		Groups: []group{{List: "evidence", Entry: "Document", Fields: []ask{
			{Kind: askText, Name: "title", Label: "Title of the document"},
			{Kind: askText, Name: "uri", Label: "Where it is kept (optional)", Hint: "Its address, beginning with https://"},
			{Kind: askText, Name: "sha256", Label: "Fingerprint (optional)", Hint: "SHA-256 of the file, 64 characters: proves later that it is the same"},
			{Kind: askDate, Name: "expiresOn", Label: "Holds until (optional)"},
		}}},
	}), nil
}

func (v *visit) dischargeAct(t *remitv1.Transfer, l look) (act, error) {
	c, err := v.conditionOf(t)
	if err != nil {
		return act{}, err
	}
	return about(c, act{
		Title: "Confirm that a condition is met", Send: "Confirm", give: call(v.ask.transfers.DischargeCondition), revision: t.GetRevision(),
		Intro: []string{"This is for those at " + l.Body(c.GetSetBy()) + " who set the condition, but not for whoever submitted the evidence."},
		request: &remitv1.DischargeConditionRequest{
			TransferId: t.GetTransferId(), ConditionId: c.GetConditionId(),
		},
	}, ask{Kind: askArea, Name: "reason", Label: "Note (optional)"}), nil
}

func (v *visit) waiveAct(t *remitv1.Transfer, l look) (act, error) {
	c, err := v.conditionOf(t)
	if err != nil {
		return act{}, err
	}
	return about(c, act{
		Title: "Do without a condition", Send: "Waive the condition", give: call(v.ask.transfers.WaiveCondition), revision: t.GetRevision(),
		Intro:   []string{"This is for those at " + l.Body(c.GetSetBy()) + " who set the condition. What the law demands cannot be waived."},
		request: &remitv1.WaiveConditionRequest{TransferId: t.GetTransferId(), ConditionId: c.GetConditionId()},
	}, ask{Kind: askArea, Name: "reason", Label: "Why it is not needed", Needed: "Say why the condition is not needed"}), nil
}

// dated are the fields of what takes effect on a date, which may be past.
func dated(label string, needed string) []group {
	return []group{{Fields: []ask{
		{Kind: askDate, Name: "effectiveOn", Label: label, Needed: needed},
		{Kind: askArea, Name: "reason", Label: "Reason (only for a day in the past)"},
	}}}
}

func (v *visit) scheduleAct(t *remitv1.Transfer, l look) (act, error) {
	return act{
		Title: "Schedule " + titleOfTransfer(l, t), Send: "Schedule the transfer", give: call(v.ask.transfers.ScheduleTransfer),
		revision: t.GetRevision(), request: &remitv1.ScheduleTransferRequest{TransferId: t.GetTransferId()},
		Intro:    []string{"Say from which day " + l.Body(t.GetReceiver()) + " is to take over. The day may still be changed."},
		Groups:   dated("From which day", "Enter the day from which it is to hold"),
		defaults: map[string]string{"effectiveOn": t.GetEffectiveOn()},
	}, nil
}

func (v *visit) completeAct(t *remitv1.Transfer, l look) (act, error) {
	on := t.GetScheduledOn()
	if on == "" {
		on = t.GetEffectiveOn()
	}
	return act{
		Title: "Complete " + titleOfTransfer(l, t), Send: "Complete the transfer", give: call(v.ask.transfers.CompleteTransfer),
		revision: t.GetRevision(), request: &remitv1.CompleteTransferRequest{TransferId: t.GetTransferId()},
		Intro: []string{"Record that " + l.Body(t.GetReceiver()) + " has taken over. The map of who does what changes from that day."},
		Warn:  "A completed transfer can only be taken back by another one.", Groups: dated("From which day", ""),
		defaults: map[string]string{"effectiveOn": on},
	}, nil
}

// reasoned is a form that asks for nothing but a reason.
func reasoned(title, intro, send, label, needed, revision string, request proto.Message) act {
	return act{
		Title: title, Intro: []string{intro}, Send: send, revision: revision, request: request,
		Groups: []group{{Fields: []ask{{Kind: askArea, Name: "reason", Label: label, Needed: needed}}}},
	}
}

func (v *visit) withdrawAct(t *remitv1.Transfer, l look) (act, error) {
	a := reasoned("Withdraw "+titleOfTransfer(l, t), "It ends before it takes effect. What was recorded about it stays.",
		"Withdraw the transfer", "Why it is withdrawn", "Say why it is withdrawn", t.GetRevision(),
		&remitv1.WithdrawTransferRequest{TransferId: t.GetTransferId()})
	a.give, a.Warn = call(v.ask.transfers.WithdrawTransfer), "A transfer that is withdrawn cannot be taken up again."
	return a, nil
}

func (v *visit) pauseAct(t *remitv1.Transfer, l look) (act, error) {
	a := reasoned("Pause "+titleOfTransfer(l, t), "Nothing can be decided while it is paused.",
		"Pause the transfer", "Why it is paused", "Say why it is paused", t.GetRevision(), &remitv1.PauseTransferRequest{TransferId: t.GetTransferId()})
	a.give = call(v.ask.transfers.PauseTransfer)
	return a, nil
}

func (v *visit) resumeAct(t *remitv1.Transfer, l look) (act, error) {
	a := reasoned("Go on with "+titleOfTransfer(l, t), "It goes on where it was when it was paused.",
		"Go on", "Note (optional)", "", t.GetRevision(), &remitv1.ResumeTransferRequest{TransferId: t.GetTransferId()})
	a.give = call(v.ask.transfers.ResumeTransfer)
	return a, nil
}

func (v *visit) callInAct(t *remitv1.Transfer, l look) (act, error) {
	a := reasoned("Call in "+titleOfTransfer(l, t),
		"This puts it under the fullest set of gateways, which are decided anew. It is for the panel of the region of a party, or of a national body.",
		"Call it in", "Why it is called in", "Say why it is called in", t.GetRevision(), &remitv1.CallInRequest{TransferId: t.GetTransferId()})
	a.give = call(v.ask.transfers.CallIn)
	return a, nil
}

func (v *visit) milestoneAct(t *remitv1.Transfer, l look) (act, error) {
	return act{
		Title: "Record a milestone of " + titleOfTransfer(l, t), Send: "Record the milestone", give: call(v.ask.transfers.RecordMilestone),
		request: &remitv1.RecordMilestoneRequest{TransferId: t.GetTransferId()},
		Groups: []group{{Fields: []ask{
			{
				Kind: askRadios, Name: "milestone.kind", Label: "Which step", Needed: "Choose a step",
				Options: choicesOf(nil, remitv1.MilestoneKind_MILESTONE_KIND_DECISION, remitv1.MilestoneKind_MILESTONE_KIND_SIGNATURE,
					remitv1.MilestoneKind_MILESTONE_KIND_LEGAL_EFFECT, remitv1.MilestoneKind_MILESTONE_KIND_STAFF,
					remitv1.MilestoneKind_MILESTONE_KIND_MONEY, remitv1.MilestoneKind_MILESTONE_KIND_DATA_ACCESS),
			},
			{Kind: askDate, Name: "milestone.plannedOn", Label: "Planned for"},
			{Kind: askDate, Name: "milestone.actualOn", Label: "Done on (optional)"},
			{Kind: askPlaces, Name: "milestone.footprints", Label: "Where (optional)", Hint: "Names or codes of places, one a line. Leave it empty for all of them."},
		}}},
	}, nil
}

func (v *visit) raiseRiskAct(t *remitv1.Transfer, l look) (act, error) {
	a := act{
		Title: "Raise a risk of " + titleOfTransfer(l, t), Send: "Record the risk", give: call(v.ask.transfers.RaiseRisk),
		request: &remitv1.RaiseRiskRequest{TransferId: t.GetTransferId()},
		Intro:   []string{"This is for the programme office or the board of the body that owns the risk."},
		Groups: []group{{Fields: []ask{
			{Kind: askArea, Name: "description", Label: "What may go wrong", Needed: "Say what may go wrong"},
			{Kind: askBody, Name: "owner", Label: "Who owns it", Hint: "Name or code of the body", Needed: "Enter the body that owns the risk"},
			scaleOf(ask{Name: "likelihood", Label: "How likely it is", Needed: "Choose how likely it is"}),
			scaleOf(ask{Name: "impact", Label: "How bad it would be", Needed: "Choose how bad it would be"}),
			{Kind: askArea, Name: "mitigation", Label: "What is done about it (optional)"},
			{Kind: askDate, Name: "reviewOn", Label: "Looked at again on (optional)"},
		}}},
	}
	if org := string(v.actor.Organisation); org != "" {
		a.defaults = map[string]string{"owner": org}
	}
	return a, nil
}

func (v *visit) closeRiskAct(t *remitv1.Transfer, _ look) (act, error) {
	risk, err := v.riskOf(t)
	if err != nil {
		return act{}, err
	}
	return act{
		Title: "Close a risk", Intro: []string{"The risk: " + sentence(risk.GetDescription())}, Send: "Close the risk",
		give: call(v.ask.transfers.CloseRisk), request: &remitv1.CloseRiskRequest{RiskId: risk.GetRiskId()},
		Groups: []group{{Fields: []ask{
			{Kind: askHidden, Name: "riskId"},
			{Kind: askArea, Name: "reason", Label: "Why it is over", Needed: "Say why the risk is over"},
		}}},
		defaults: map[string]string{"riskId": risk.GetRiskId()},
	}, nil
}
