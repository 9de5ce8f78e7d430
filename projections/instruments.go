package projections

import (
	"slices"

	"github.com/remit-register/remit/domain"
)

// InstrumentView is a legal instrument as known, and where it stands on a date.
type InstrumentView struct {
	domain.Instrument
	// Status is where the instrument stands on the date of the question.
	Status domain.InstrumentStatus
}

// InstrumentQuery asks for legal instruments. Empty fields limit nothing.
type InstrumentQuery struct {
	AsOf domain.AsOf
	// Statuses limits the answer to those that stand there on the date.
	Statuses []domain.InstrumentStatus
	// MayCarry limits the answer to those whose power may be used for a route.
	MayCarry domain.TransferKind
	// After is the last instrument of the page before, "" for the first page.
	After domain.InstrumentCode
	// Limit is the most instruments of a page, 0 for no limit.
	Limit int
}

// InstrumentPage is a page of instruments, by code.
type InstrumentPage struct {
	AsOf        domain.AsOf
	Instruments []InstrumentView
	// Next is where the next page begins (see InstrumentQuery.After), "" when this is the last.
	Next domain.InstrumentCode
}

// Instrument returns an instrument as known, with the AsOf as resolved. It refuses with domain.UnknownInstrument.
func (v *Views) Instrument(code domain.InstrumentCode, a domain.AsOf) (InstrumentView, domain.AsOf, error) {
	var view InstrumentView
	err := v.read(a, func(pinned domain.AsOf) error {
		a = pinned
		i, ok := v.instruments.Get(code, a.Known)
		if !ok {
			return v.unknownInstrument(code, a.Known)
		}
		view = InstrumentView{Instrument: i, Status: i.Status(a.On)}
		return nil
	})
	return view, a, err
}

// Instruments lists instruments. It fails only for a position that is not reached yet.
func (v *Views) Instruments(q InstrumentQuery) (InstrumentPage, error) {
	var page InstrumentPage
	err := v.read(q.AsOf, func(a domain.AsOf) error {
		page.AsOf = a
		for _, i := range v.instruments.All(a.Known) {
			view := InstrumentView{Instrument: i, Status: i.Status(a.On)}
			if i.Code <= q.After || !q.lets(view) {
				continue
			}
			if q.Limit > 0 && len(page.Instruments) == q.Limit {
				page.Next = page.Instruments[q.Limit-1].Code
				break
			}
			page.Instruments = append(page.Instruments, view)
		}
		return nil
	})
	return page, err
}

func (q *InstrumentQuery) lets(i InstrumentView) bool {
	if len(q.Statuses) > 0 && !slices.Contains(q.Statuses, i.Status) {
		return false
	}
	return q.MayCarry == "" || i.MayCarry(q.MayCarry)
}
