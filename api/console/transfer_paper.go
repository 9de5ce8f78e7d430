package console

import (
	"net/http"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// paper shows a transfer as a committee reads it.
func (v *visit) paper() error {
	answer, err := v.ask.transfers.GetTransfer(v.ctx(), &remitv1.GetTransferRequest{
		TransferId: v.r.PathValue("id"), AsOf: v.at.message(),
	})
	if err != nil {
		return err
	}
	v.resolved(answer.GetAsOf(), answer.GetPosition())
	page, err := v.transferPage(answer.GetTransfer())
	if err != nil {
		return err
	}
	page.Links = false
	return v.show(http.StatusOK, "paper", page)
}

// termRows says the terms in words; what is not agreed is left out.
func termRows(l look, t *remitv1.Terms) []answer {
	rows := []answer{
		{"Reserved to the sender", t.GetReserved()},
		{"Limits", t.GetLimits()},
		{"Liability", t.GetLiability()},
		{"Notice", t.GetNotice()},
		{"Reviewed on", plainDate(t.GetReviewOn())},
		{"Ends on", plainDate(t.GetEndsOn())},
		{"Agreement", t.GetAgreementRef()},
		{"Liabilities", t.GetLiabilities()},
		{"Records", t.GetRecords()},
		{"Data controller", t.GetController()},
		{"Data agreement", t.GetDataAgreement()},
	}
	for _, m := range t.GetMoney() {
		text := pounds(m.GetPounds()) + ", " + lowerFirst(word(m.GetClass()))
		if m.GetYear() != "" {
			text += ", " + m.GetYear()
		}
		rows = append(rows, answer{"Money", text})
	}
	if s := t.GetStaff(); s.GetWte() != "" {
		rows = append(rows, answer{"Staff", s.GetWte() + " whole-time equivalents to " + l.Body(s.GetEmployer())})
	}
	var filled []answer
	for _, row := range rows {
		if row.Text != "" {
			filled = append(filled, row)
		}
	}
	if len(filled) > 0 && t.GetOnwardPermitted() {
		filled = append(filled, answer{"Onward delegation", "Permitted"})
	}
	return filled
}

// linked are the transfers that belong to one, by how.
func linked(t *remitv1.Transfer) map[string]string {
	all := map[string]string{
		"Carries out": t.GetPlan(), "Takes the place of": t.GetReplaces(), "Replaced by": t.GetReplacedBy(),
		"Takes back": t.GetReverses(), "Taken back by": t.GetReversedBy(),
	}
	for name, id := range all {
		if id == "" {
			delete(all, name)
		}
	}
	return all
}

// conditionLinks are the forms for a condition.
type conditionLinks struct {
	Condition string
	Acts      []option
}

// conditionActs are the forms for a condition, by where it stands; nil for none.
func conditionActs(c *remitv1.Condition) *conditionLinks {
	switch c.GetState() { //nolint:exhaustive // nothing can be done about the others
	case remitv1.ConditionState_CONDITION_STATE_OPEN:
		return &conditionLinks{c.GetConditionId(), []option{{Value: "evidence", Text: "Submit evidence"}, {Value: "waive", Text: "Waive"}}}
	case remitv1.ConditionState_CONDITION_STATE_EVIDENCED:
		return &conditionLinks{c.GetConditionId(), []option{
			{Value: "discharge", Text: "Confirm"}, {Value: "evidence", Text: "Submit more evidence"}, {Value: "waive", Text: "Waive"},
		}}
	}
	return nil
}

func conditionColour(s remitv1.ConditionState) string {
	switch s { //nolint:exhaustive // the others are grey
	case remitv1.ConditionState_CONDITION_STATE_OPEN:
		return "orange"
	case remitv1.ConditionState_CONDITION_STATE_EVIDENCED:
		return "blue"
	case remitv1.ConditionState_CONDITION_STATE_DISCHARGED:
		return "green"
	}
	return "grey"
}
