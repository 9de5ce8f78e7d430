package projections

import (
	"slices"
	"time"

	"github.com/remit-register/remit/domain"
)

// TransferView is a transfer, or an announcement of one, as known at a position.
type TransferView struct {
	domain.Transfer
	// FirstEvent made the transfer, LastEvent is the newest about it, as known; with when they were recorded.
	FirstEvent, LastEvent domain.EventNo
	CreatedAt, ChangedAt  time.Time
	// OwnConditions are those whose discharge is confirmed by a body that is no person in law apart from their owner.
	OwnConditions []domain.ConditionID
}

// TransferQuery asks for transfers and announcements. Empty fields limit nothing.
type TransferQuery struct {
	// Known is the position as known at which the transfers are shown.
	Known     domain.EventNo
	States    []domain.TransferState
	Functions []domain.FunctionCode
	Sender    domain.OrganisationCode
	Receiver  domain.OrganisationCode
	// Organisation is on either side, or decides a gateway.
	Organisation domain.OrganisationCode
	// DueFrom and DueUntil limit the date on which the transfer is to take effect, or took effect; both inclusive.
	DueFrom, DueUntil domain.Date
	// After is the last transfer of the page before, "" for the first page.
	After domain.TransferID
	// Limit is the most transfers of a page, 0 for no limit.
	Limit int
}

// TransferPage is a page of transfers in the order of their making.
type TransferPage struct {
	Transfers []TransferView
	// Next is where the next page begins (see TransferQuery.After), "" when this is the last.
	Next domain.TransferID
	// Position pins the list.
	Position domain.EventNo
}

// Transfer returns a transfer as known, with the position as resolved. It refuses with domain.UnknownTransfer.
func (v *Views) Transfer(id domain.TransferID, known domain.EventNo) (TransferView, domain.EventNo, error) {
	var view TransferView
	var position domain.EventNo
	err := v.read(domain.AsOf{Known: known}, func(a domain.AsOf) error {
		t, ok := v.transfers.Get(id, a.Known)
		if !ok {
			return v.unknownTransfer(id, a.Known)
		}
		view, position = v.transferView(t, a.Known), a.Known
		return nil
	})
	return view, position, err
}

// Transfers lists transfers. It refuses with domain.UnknownTransfer when the page before ended on one that is not
// known, and with domain.InvalidArgument for a position not reached yet.
func (v *Views) Transfers(q TransferQuery) (TransferPage, error) {
	var page TransferPage
	err := v.read(domain.AsOf{Known: q.Known}, func(a domain.AsOf) error {
		if _, ok := v.plans.byID[q.After]; q.After != "" && !ok {
			return v.unknownTransfer(q.After, a.Known)
		}
		page = v.transferPage(q, a.Known)
		return nil
	})
	return page, err
}

func (v *Views) transferPage(q TransferQuery, known domain.EventNo) TransferPage {
	page := TransferPage{Position: known}
	for _, id := range v.plans.after(q.After) {
		t, ok := v.transfers.Get(id, known)
		if !ok || !q.lets(t) {
			continue
		}
		if q.Limit > 0 && len(page.Transfers) == q.Limit {
			page.Next = page.Transfers[q.Limit-1].ID
			break
		}
		page.Transfers = append(page.Transfers, v.transferView(t, known))
	}
	return page
}

func (v *Views) transferView(t domain.Transfer, known domain.EventNo) TransferView {
	view := TransferView{Transfer: t}
	if exploration, ok := v.transfers.Get(t.Replaces, known); ok && t.Chosen != "" {
		view.Options = slices.DeleteFunc(slices.Clone(exploration.Options),
			func(o domain.TransferOption) bool { return o.Code != t.Chosen })
	}
	for _, c := range t.Conditions {
		on := domain.AsOf{On: c.SetOn, Known: known}
		if c.Owner == c.SetBy || v.organisations.SameLegalPerson(c.Owner, c.SetBy, on) {
			view.OwnConditions = append(view.OwnConditions, c.ID)
		}
	}
	view.FirstEvent, view.LastEvent = v.events.bounds("transfer/"+string(t.ID), known)
	view.CreatedAt, view.ChangedAt = v.events.recordedAt(view.FirstEvent), v.events.recordedAt(view.LastEvent)
	return view
}

func (q *TransferQuery) lets(t domain.Transfer) bool {
	receives := func(code domain.OrganisationCode) bool {
		return slices.ContainsFunc(t.Moves, func(m domain.Move) bool { return m.Receiver == code })
	}
	decides := func(g domain.Gateway) bool { return g.Decider == q.Organisation }
	switch {
	case len(q.States) > 0 && !slices.Contains(q.States, t.State):
		return false
	case len(q.Functions) > 0 && !slices.Contains(q.Functions, t.Subject.Function):
		return false
	case q.Sender != "" && t.Sender != q.Sender:
		return false
	case q.Receiver != "" && !receives(q.Receiver):
		return false
	case q.Organisation != "" && t.Sender != q.Organisation && !receives(q.Organisation) &&
		!slices.ContainsFunc(t.Gateways, decides):
		return false
	case q.DueFrom != 0 && t.Due() < q.DueFrom:
		return false
	}
	return q.DueUntil == 0 || t.Due() <= q.DueUntil
}
