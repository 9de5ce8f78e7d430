package api

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// ExplainHolding returns how holdings came about.
func (s *mapService) ExplainHolding(
	ctx context.Context, r *remitv1.ExplainHoldingRequest,
) (*remitv1.ExplainHoldingResponse, error) {
	at, err := s.queries.resolve(ctx, r.GetAsOf(), r.GetMinPosition())
	if err != nil {
		return nil, err
	}
	explained, err := s.queries.views.Explain(projections.ExplainQuery{
		Function: domain.FunctionCode(r.GetFunction()), Part: domain.PartCode(r.GetPart()),
		Footprint: domain.FootprintCode(r.GetFootprint()), Role: word[domain.Role](r.GetRole()), AsOf: at.AsOf,
	})
	if err != nil {
		return nil, err //nolint:wrapcheck // a refusal, to be sent as it is
	}
	x := &explanation{
		queries: s.queries, at: at, events: make(map[domain.EventNo]domain.Event), transfers: map[domain.TransferID]bool{},
		delegations: map[domain.ArrangementID]bool{}, instruments: map[domain.InstrumentCode]bool{},
	}
	answer := &remitv1.ExplainHoldingResponse{AsOf: at.message(), Position: number(at.Known)}
	for _, h := range explained.Holdings {
		m, err := x.holding(h)
		if err != nil {
			return nil, err
		}
		answer.Holdings = append(answer.Holdings, m)
	}
	if err := x.gather(answer); err != nil {
		return nil, err
	}
	if r.GetWithProof() {
		answer.Proofs, err = s.queries.proofs.of(ctx, slices.Collect(maps.Keys(x.events)))
	}
	return answer, err
}

// explanation gathers what the steps of holdings rest on.
type explanation struct {
	queries     *queries
	at          point
	events      map[domain.EventNo]domain.Event
	transfers   map[domain.TransferID]bool
	delegations map[domain.ArrangementID]bool
	instruments map[domain.InstrumentCode]bool
}

func (x *explanation) holding(h projections.Explained) (*remitv1.ExplainedHolding, error) {
	m := &remitv1.ExplainedHolding{Holding: entryMessage(h.Entry)}
	for _, c := range h.Steps {
		step, err := x.step(c)
		if err != nil {
			return nil, err
		}
		m.Steps = append(m.Steps, step)
	}
	return m, nil
}

func (x *explanation) step(c projections.Change) (*remitv1.ExplainedStep, error) {
	events, err := x.queries.views.Transaction(c.Event)
	if err != nil {
		return nil, fmt.Errorf("read what recorded event %d: %w", c.Event, err)
	}
	e := events[c.Event-events[0].No]
	x.events[e.No] = e
	shown := func(h domain.Holding) *remitv1.Holding { return holdingMessage(c.Remit, h) }
	m := &remitv1.ExplainedStep{
		Kind: stepKind(e.Fact), EffectiveOn: c.EffectiveOn.String(), Event: number(c.Event),
		Before: mapped(c.Before, shown), After: mapped(c.After, shown), Late: c.Late,
	}
	if c.SupersededBy != 0 {
		m.SupersededBy = number(c.SupersededBy)
		if err := x.event(c.SupersededBy); err != nil {
			return nil, err
		}
	}
	if f, ok := e.Fact.(domain.Corrected); ok {
		m.Corrects = number(f.Event)
		if err := x.event(f.Event); err != nil {
			return nil, err
		}
	}
	for _, other := range events {
		if given, ok := other.Fact.(domain.SecondGiven); ok {
			m.Seconded = given.ID
			x.events[other.No] = other
		}
	}
	if id, ok := strings.CutPrefix(c.Entity, "transfer/"); ok {
		m.TransferId, x.transfers[domain.TransferID(id)] = id, true
	}
	if id, ok := strings.CutPrefix(c.Entity, "delegation/"); ok {
		m.DelegationId, x.delegations[domain.ArrangementID(id)] = id, true
	}
	return m, x.reliedOn(m, c)
}

// reliedOn adds the instrument that a step's holdings rely on, and where it stood on its date.
func (x *explanation) reliedOn(m *remitv1.ExplainedStep, c projections.Change) error {
	for _, h := range c.After {
		if h.Arrangement != "" {
			x.delegations[h.Arrangement] = true
		}
		if h.Instrument == "" {
			continue
		}
		x.instruments[h.Instrument] = true
		view, _, err := x.queries.views.Instrument(h.Instrument, domain.AsOf{On: c.EffectiveOn, Known: x.at.Known})
		if err != nil {
			return err //nolint:wrapcheck // a refusal, to be sent as it is
		}
		m.Instrument, m.InstrumentStatus = string(h.Instrument), enumOf[remitv1.InstrumentStatus](view.Status)
	}
	return nil
}

func (x *explanation) event(no domain.EventNo) error {
	if _, ok := x.events[no]; ok {
		return nil
	}
	e, err := x.queries.views.Event(no)
	if err != nil {
		return fmt.Errorf("read event %d: %w", no, err)
	}
	x.events[no] = e
	return nil
}

// stepKind tells what kind of step a fact that changes holdings is.
func stepKind(f domain.Fact) remitv1.StepKind {
	switch f.(type) {
	case domain.FunctionAllocated:
		return remitv1.StepKind_STEP_KIND_BASELINE
	case domain.TransferCompleted:
		return remitv1.StepKind_STEP_KIND_TRANSFER
	case domain.DelegationAccepted, domain.DelegationRevoked:
		return remitv1.StepKind_STEP_KIND_DELEGATION
	case domain.HoldingsDisposed:
		return remitv1.StepKind_STEP_KIND_REORGANISATION
	case domain.OccurrenceRecorded:
		return remitv1.StepKind_STEP_KIND_OCCURRENCE
	case domain.Corrected:
		return remitv1.StepKind_STEP_KIND_CORRECTION
	case domain.FunctionDivided:
		return remitv1.StepKind_STEP_KIND_REDEFINITION
	case domain.InterventionRecorded, domain.InterventionEnded:
		return remitv1.StepKind_STEP_KIND_INTERVENTION
	}
	return remitv1.StepKind_STEP_KIND_UNSPECIFIED
}

// gather puts what the steps rest on into the answer, each thing once.
func (x *explanation) gather(answer *remitv1.ExplainHoldingResponse) error {
	views := make([]projections.TransferView, 0, len(x.transfers))
	for _, id := range slices.Sorted(maps.Keys(x.transfers)) {
		view, _, err := x.queries.views.Transfer(id, x.at.Known)
		if err != nil {
			return err //nolint:wrapcheck // a refusal, to be sent as it is
		}
		views = append(views, view)
		if err := x.about("transfer/" + string(id)); err != nil {
			return err
		}
	}
	var err error
	if answer.Transfers, err = x.queries.transfers(x.at.Known, views...); err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(x.delegations)) {
		d, _, err := x.queries.views.Delegation(id, x.at.Known)
		if refusal, ok := domain.AsRefusal(err); ok && refusal.Has(domain.UnknownDelegation) {
			continue // an occurrence made it, which is a step itself
		}
		if err != nil {
			return err //nolint:wrapcheck // a refusal, to be sent as it is
		}
		answer.Delegations = append(answer.Delegations, x.queries.shown().delegation(d))
		if err := x.about("delegation/" + string(id)); err != nil {
			return err
		}
	}
	for _, code := range slices.Sorted(maps.Keys(x.instruments)) {
		view, _, err := x.queries.views.Instrument(code, x.at.AsOf)
		if err != nil {
			return err //nolint:wrapcheck // a refusal, to be sent as it is
		}
		answer.Instruments = append(answer.Instruments, instrumentMessage(view))
		if err := x.about("instrument/" + string(code)); err != nil {
			return err
		}
	}
	for _, no := range slices.Sorted(maps.Keys(x.events)) {
		m, err := x.queries.shown().event(x.events[no])
		if err != nil {
			return err
		}
		answer.Events = append(answer.Events, m)
	}
	return nil
}

// about adds the events about a thing, as known.
func (x *explanation) about(entity string) error {
	list, err := x.queries.views.Events(projections.EventQuery{Entity: entity, Until: x.at.Known})
	if err != nil {
		return fmt.Errorf("read the events about %s: %w", entity, err)
	}
	for _, e := range list.Events {
		x.events[e.No] = e
	}
	return nil
}
