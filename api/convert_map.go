package api

import (
	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

func entryMessage(e projections.Entry) *remitv1.Holding {
	m := holdingMessage(e.Remit, e.Holding)
	m.From, m.To, m.SourceEvent, m.SameLegalPerson = e.From.String(), e.To.String(), number(e.Event), e.SameLegalPerson
	return m
}

func holdingMessage(r domain.Remit, h domain.Holding) *remitv1.Holding {
	return &remitv1.Holding{
		Function: string(r.Subject.Function), Part: string(r.Subject.Part), Footprint: string(r.Footprint),
		Role: enumOf[remitv1.Role](r.Role), Holder: string(h.Holder), ActingThrough: string(h.ActingThrough),
		AccountableTo: string(h.AccountableTo), HeldThrough: h.HeldThrough, Instrument: string(h.Instrument),
		ArrangementId: string(h.Arrangement), Confidence: enumOf[remitv1.Confidence](h.Confidence), Source: h.Source,
		Undetermined: h.Undetermined,
	}
}

func historyEntry(c projections.Change) *remitv1.HistoryEntry {
	m := &remitv1.HistoryEntry{
		Function: string(c.Remit.Subject.Function), Part: string(c.Remit.Subject.Part),
		Footprint: string(c.Remit.Footprint), Role: enumOf[remitv1.Role](c.Remit.Role),
		EffectiveOn: c.EffectiveOn.String(), Position: number(c.Event), RecordedAt: instant(c.RecordedAt),
		Type: c.Type, Entity: c.Entity, Late: c.Late, Slot: string(c.Slot), Retraction: c.Retraction,
	}
	if c.SupersededBy != 0 {
		m.SupersededBy = number(c.SupersededBy)
	}
	shown := func(h domain.Holding) *remitv1.Holding { return holdingMessage(c.Remit, h) }
	m.Before, m.After = mapped(c.Before, shown), mapped(c.After, shown)
	return m
}

func mapChange(d projections.Difference) *remitv1.MapChange {
	return &remitv1.MapChange{
		Function: string(d.Remit.Subject.Function), Part: string(d.Remit.Subject.Part),
		Footprint: string(d.Remit.Footprint), Role: enumOf[remitv1.Role](d.Remit.Role),
		Before: mapped(d.Before, entryMessage), After: mapped(d.After, entryMessage),
		CauseEvents: mapped(d.CauseEvents, number[domain.EventNo]),
	}
}
