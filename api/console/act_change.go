package console

import (
	"slices"
	"strconv"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// amendAct changes a proposal.
func (v *visit) amendAct(t *remitv1.Transfer, l look) (act, error) {
	request := &remitv1.AmendTransferRequest{TransferId: t.GetTransferId()}
	q, err := v.asking(request, l)
	if err != nil {
		return act{}, err
	}
	retained := retainedGroup()
	retained.Text = "Those that are given here take the place of those that were recorded before."
	return act{
		Title: "Amend " + titleOfTransfer(l, t), Send: "Record the amendment", give: call(v.ask.transfers.AmendTransfer), revision: t.GetRevision(),
		Intro: []string{
			"Change what is to be different. What you leave as it is, or empty, stays as it was.",
			"An assessment of what changes has to be made again, and so has a decision that rests on it.",
		},
		request: request, onlyChanges: true, from: &remitv1.AmendTransferRequest{
			Footprints: t.GetFootprints(), Roles: t.GetRoles(), Instrument: t.GetInstrument(), EffectiveOn: t.GetEffectiveOn(),
			Rationale: t.GetRationale(), Retained: t.GetRetained(), Framework: t.GetFramework(),
		},
		Groups: []group{{Fields: []ask{
			q.field("roles", "What moves", ""), q.field("footprints", "Where", "Names or codes of places, one a line"),
			q.field("effectiveOn", "From which day", "For example, 1 4 2027"), q.field("instrument", "Power relied on", ""),
			q.field("rationale", "Why", ""), q.field("framework", "Set of gateways", "For example full-2026").wide("20"),
			q.field("reason", "Why it is amended", ""),
		}}, retained},
	}, nil
}

// reverseAct takes a completed transfer back, by a new one.
func (v *visit) reverseAct(t *remitv1.Transfer, l look) (act, error) {
	request := &remitv1.ReverseTransferRequest{TransferId: t.GetTransferId()}
	q, err := v.asking(request, l)
	if err != nil {
		return act{}, err
	}
	return act{
		Title: "Take back " + titleOfTransfer(l, t), Send: "Propose to take it back", give: call(v.ask.transfers.ReverseTransfer), revision: t.GetRevision(),
		Intro: []string{
			"This proposes a new transfer, by which " + l.Body(t.GetSender()) + " gets back what it gave away. It goes through gateways as the first one did.",
		},
		request: request, from: &remitv1.ReverseTransferRequest{Instrument: t.GetInstrument(), Terms: t.GetTerms()},
		after: func(g given) string { return "/transfers/" + g.ID },
		Groups: append([]group{{Fields: []ask{
			q.field("effectiveOn", "Day from which it is to be back", "For example, 1 4 2028"), q.field("instrument", "Power relied on", ""),
			q.field("rationale", "Why it is taken back", "").must("Say why it is taken back"),
			q.whyPast(),
		}}}, q.termGroups("")...),
	}, nil
}

// reviewAct records what a completed transfer has brought.
func (v *visit) reviewAct(t *remitv1.Transfer, l look) (act, error) {
	request := &remitv1.ReviewTransferRequest{TransferId: t.GetTransferId()}
	q, err := v.asking(request, l)
	if err != nil {
		return act{}, err
	}
	outcome := q.entry("outcomes")
	return act{
		Title: "Review " + titleOfTransfer(l, t), Send: "Record the review", give: call(v.ask.transfers.ReviewTransfer),
		Intro:   []string{"Say what the transfer has brought: what was measured before, what was wanted, and what is so now."},
		request: request, defaults: map[string]string{"reviewedOn": v.at.Today},
		Groups: []group{
			{Fields: []ask{q.field("reviewedOn", "Day of the review", ""), q.field("conclusion", "What follows from it", "")}},
			{Title: "What was measured", List: "outcomes", Entry: "Measure", Fields: []ask{
				outcome.field("metric", "What is measured", "For example, people seen within four hours"), outcome.field("unit", "Unit", "For example, %").wide("10"),
				outcome.field("baseline", "Before", "").wide("10"), outcome.field("target", "Wanted", "").wide("10"), outcome.field("actual", "Result", "A number, such as 93.5").wide("10"),
			}},
		},
	}, nil
}

// scaleOf asks for a number from 1 to 5.
func scaleOf(field ask) ask {
	scale := make([]option, 5)
	for i, text := range []string{"1 – very low", "2 – low", "3 – medium", "4 – high", "5 – very high"} {
		scale[i] = option{Value: strconv.Itoa(i + 1), Text: text}
	}
	return field.among(askRadios, scale...)
}

// riskOf returns the risk that the address or the form names.
func (v *visit) riskOf(t *remitv1.Transfer) (*remitv1.Risk, error) {
	id := v.chosen("riskId")
	risks, err := v.risksOf(t.GetTransferId())
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(risks, func(r *remitv1.Risk) bool { return r.GetRiskId() == id })
	if at < 0 {
		return nil, unknown("risk")
	}
	return risks[at], nil
}

// updateRiskAct changes what is recorded of a risk.
func (v *visit) updateRiskAct(t *remitv1.Transfer, l look) (act, error) {
	risk, err := v.riskOf(t)
	if err != nil {
		return act{}, err
	}
	request := &remitv1.UpdateRiskRequest{RiskId: risk.GetRiskId()}
	q, err := v.asking(request, l)
	return act{
		Title: "Change a risk", Send: "Record the change", give: call(v.ask.transfers.UpdateRisk), revision: risk.GetRevision(),
		Intro:   []string{"What you leave as it is, or empty, stays as it was."},
		Facts:   []answer{{"Risk", sentence(risk.GetDescription())}, {"Transfer", titleOfTransfer(l, t)}},
		request: request, onlyChanges: true, defaults: map[string]string{"riskId": risk.GetRiskId()}, from: &remitv1.UpdateRiskRequest{
			Owner: risk.GetOwner(), Likelihood: risk.GetLikelihood(), Impact: risk.GetImpact(), Mitigation: risk.GetMitigation(), ReviewOn: risk.GetReviewOn(),
		},
		Groups: []group{{Fields: []ask{
			hidden("riskId"), q.field("owner", "Who owns it", "Name or code of the body"), scaleOf(q.field("likelihood", "How likely it is", "")),
			scaleOf(q.field("impact", "How bad it would be", "")), q.field("mitigation", "What is done about it", ""),
			q.field("reviewOn", "Looked at again on", ""), q.field("reason", "Why it changes", ""),
		}}},
	}, err
}
