package console

import (
	"slices"
	"strings"

	"github.com/google/uuid"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// step is something to be done about a transfer, and who may do it. It guides the reader; what is allowed is for the
// register to say, once it is tried.
type step struct {
	Text, Who, Address string
	// Yours says that it is for the body that the reader acts for.
	Yours bool
}

func newCommandID() string { return uuid.NewString() }

// finished tells whether nothing more happens with a transfer.
func finished(t *remitv1.Transfer) bool {
	return slices.Contains([]remitv1.TransferState{
		remitv1.TransferState_TRANSFER_STATE_COMPLETED, remitv1.TransferState_TRANSFER_STATE_WITHDRAWN,
		remitv1.TransferState_TRANSFER_STATE_REJECTED, remitv1.TransferState_TRANSFER_STATE_REPLACED,
		remitv1.TransferState_TRANSFER_STATE_REVERSED,
	}, t.GetState())
}

// nextSteps are what a transfer waits for, in the order in which it goes on.
func (v *visit) nextSteps(l look, t *remitv1.Transfer) []step {
	root := "/transfers/" + t.GetTransferId() + "/do/"
	office := v.by(l, "The programme office of ", t.GetSender(), t.GetReceiver())
	var steps []step
	add := func(s step, text, address string) {
		s.Text, s.Address = text, address
		steps = append(steps, s)
	}
	switch t.GetState() { //nolint:exhaustive // the others are told below
	case remitv1.TransferState_TRANSFER_STATE_PLANNED, remitv1.TransferState_TRANSFER_STATE_EXPLORING:
		add(office, "Propose the transfer", withQuery("/transfers/propose", "plan", t.GetTransferId(), "function", t.GetFunction()))
		return steps
	case remitv1.TransferState_TRANSFER_STATE_PAUSED:
		add(office, "Go on with the transfer", root+"resume")
		return steps
	}
	if !finished(t) && len(t.GetDomains()) > 0 {
		for party, body := range map[string]string{"sender": t.GetSender(), "receiver": t.GetReceiver()} {
			if !assessed(t, party) {
				add(v.by(l, "An assessor of ", body), "Assess how ready "+l.Body(body)+" is", root+"assess?party="+party)
			}
		}
		slices.SortFunc(steps, func(a, b step) int { return strings.Compare(b.Address, a.Address) })
	}
	for _, g := range t.GetGateways() {
		if !g.GetPassed() && !finished(t) {
			add(v.by(l, "The "+g.GetRole()+" of ", g.GetDecider()), "Decide: "+lowerFirst(gatewayWords(g.GetCode())), root+"decide?gateway="+g.GetCode())
		}
	}
	for _, c := range t.GetConditions() {
		switch c.GetState() { //nolint:exhaustive // nothing is to be done about the others
		case remitv1.ConditionState_CONDITION_STATE_OPEN:
			add(v.by(l, "The programme office of ", c.GetOwner()), "Submit evidence for condition "+c.GetConditionId(), root+"evidence?conditionId="+c.GetConditionId())
		case remitv1.ConditionState_CONDITION_STATE_EVIDENCED:
			add(v.by(l, "Those who set it at ", c.GetSetBy()), "Confirm that condition "+c.GetConditionId()+" is met", root+"discharge?conditionId="+c.GetConditionId())
		}
	}
	switch t.GetState() { //nolint:exhaustive // before that, the gateways come first
	case remitv1.TransferState_TRANSFER_STATE_APPROVED:
		add(office, "Schedule the transfer", root+"schedule")
		add(office, "Complete the transfer", root+"complete")
	case remitv1.TransferState_TRANSFER_STATE_SCHEDULED:
		add(office, "Complete the transfer", root+"complete")
	}
	return steps
}

// by says who may do something: people with a role at one of some bodies.
func (v *visit) by(l look, who string, bodies ...string) step {
	var names []string
	s := step{}
	for _, code := range bodies {
		if code == "" || slices.Contains(names, l.Body(code)) {
			continue
		}
		names = append(names, l.Body(code))
		s.Yours = s.Yours || code == string(v.actor.Organisation)
	}
	s.Who = who + strings.Join(names, " or ")
	return s
}

func assessed(t *remitv1.Transfer, party string) bool {
	return slices.ContainsFunc(t.GetAssessments(), func(a *remitv1.Assessment) bool {
		return a.GetCurrent() && a.GetParty().String() == "PARTY_"+strings.ToUpper(party)
	})
}

// moreSteps are what may be done besides.
func moreSteps(t *remitv1.Transfer) []step {
	root := "/transfers/" + t.GetTransferId() + "/do/"
	switch {
	case t.GetState() == remitv1.TransferState_TRANSFER_STATE_COMPLETED:
		return []step{
			{Text: "Review what it has brought", Address: root + "review"},
			{Text: "Take it back", Address: root + "reverse"},
			{Text: "Record a milestone", Address: root + "milestone"},
			{Text: "Raise a risk", Address: root + "risk"},
		}
	case finished(t):
		return []step{{Text: "Record a milestone", Address: root + "milestone"}, {Text: "Raise a risk", Address: root + "risk"}}
	case t.GetState() == remitv1.TransferState_TRANSFER_STATE_PLANNED:
		return []step{
			{Text: "Replace it by another announcement", Address: root + "replace"},
			{Text: "Withdraw it", Address: root + "withdraw"},
			{Text: "Raise a risk", Address: root + "risk"},
		}
	case t.GetState() < remitv1.TransferState_TRANSFER_STATE_PROPOSED:
		return []step{{Text: "Withdraw it", Address: root + "withdraw"}, {Text: "Raise a risk", Address: root + "risk"}}
	}
	steps := []step{
		{Text: "Amend the proposal", Address: root + "amend"},
		{Text: "Change the terms", Address: root + "terms"},
		{Text: "Record a milestone", Address: root + "milestone"},
		{Text: "Raise a risk", Address: root + "risk"},
	}
	for _, g := range t.GetGateways() {
		if !g.GetPassed() {
			steps = append(steps, step{Text: "Give an opinion: " + lowerFirst(gatewayWords(g.GetCode())), Address: root + "opinion?gateway=" + g.GetCode()})
		}
	}
	if t.GetState() != remitv1.TransferState_TRANSFER_STATE_PAUSED {
		steps = append(steps, step{Text: "Pause it", Address: root + "pause"})
	}
	return append(steps, step{Text: "Call it in", Address: root + "call-in"}, step{Text: "Withdraw it", Address: root + "withdraw"})
}
