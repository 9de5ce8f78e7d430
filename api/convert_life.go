package api

import (
	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// From what the register knows to answers: a transfer's life around its gateways, packages, interventions and risks.

// life adds to a transfer's message what its life around the gateways brought.
func (s shown) life(m *remitv1.Transfer, t projections.TransferView) *remitv1.Transfer {
	m.Results, m.Residue = mapped(t.Results, resultMessage), enumOf[remitv1.Residue](t.Residue)
	m.Options, m.Chosen = mapped(t.Options, s.option), t.Chosen
	m.PausedIn = enumOf[remitv1.TransferState](t.PausedIn)
	m.Milestones, m.Reviews = mapped(t.Milestones, milestoneMessage), mapped(t.Reviews, s.review)
	m.Reverses, m.ReversedBy = string(t.Reverses), string(t.ReversedBy)
	if len(t.Notice.Statements) > 0 {
		m.Notice = noticeMessage(t.Notice)
	}
	return m
}

func (s shown) option(o domain.TransferOption) *remitv1.TransferOption {
	return &remitv1.TransferOption{Code: o.Code, Receiver: string(o.Receiver), Description: s.text(o.Description)}
}

func milestoneMessage(m domain.Milestone) *remitv1.Milestone {
	return &remitv1.Milestone{
		Kind: enumOf[remitv1.MilestoneKind](m.Kind), Footprints: strs[string](m.Footprints),
		PlannedOn: m.PlannedOn.String(), ActualOn: m.ActualOn.String(),
	}
}

func (s shown) review(r domain.TransferReviewed) *remitv1.TransferReview {
	return &remitv1.TransferReview{
		ReviewedOn: r.ReviewedOn.String(), Outcomes: mapped(r.Outcomes, outcomeMessage), Conclusion: s.text(r.Conclusion),
	}
}

func outcomeMessage(o domain.Outcome) *remitv1.Outcome {
	return &remitv1.Outcome{Metric: o.Metric, Unit: o.Unit, Baseline: o.Baseline, Target: o.Target, Actual: o.Actual}
}

func noticeMessage(n domain.Notice) *remitv1.Notice {
	return &remitv1.Notice{
		Statements: n.Statements, WorkingDays: count(n.WorkingDays),
		MaxPounds: n.MaxPounds, MaxWte: hundredthsText(n.MaxWTE),
	}
}

func (s shown) pack(p projections.PackageView) *remitv1.Package {
	return &remitv1.Package{
		PackageId: p.ID, Name: p.Name, Case: s.text(p.Case), Members: mapped(p.Transfers, s.member),
		SourceEvent: number(p.Event),
	}
}

func (s shown) member(t projections.TransferView) *remitv1.PackageMember {
	return &remitv1.PackageMember{
		TransferId: string(t.ID), State: enumOf[remitv1.TransferState](t.State), Function: string(t.Subject.Function),
		Part: string(t.Subject.Part), Sender: string(t.Sender), Receiver: string(t.Receiver()),
		EffectiveOn: t.EffectiveOn.String(),
		Gateways:    mapped(t.Gateways, func(g domain.Gateway) *remitv1.Gateway { return s.gateway(t.Transfer, g) }),
	}
}

func (s shown) intervention(x domain.Intervention) *remitv1.Intervention {
	return &remitv1.Intervention{
		InterventionId: x.ID, Kind: enumOf[remitv1.InterventionKind](x.Kind), By: string(x.By), In: string(x.In),
		Functions: strs[string](x.Functions), Grounds: s.text(x.Grounds), ReviewOn: x.ReviewOn.String(),
		EffectiveOn: x.EffectiveOn.String(), EndedOn: x.EndedOn.String(), Instrument: string(x.Instrument),
		Undetermined: x.Undetermined, Revision: number(x.Revision),
	}
}

func (s shown) risk(r domain.Risk) *remitv1.Risk {
	return &remitv1.Risk{
		RiskId: r.ID, TransferId: string(r.Transfer), Owner: string(r.Owner),
		Likelihood:  count(r.Likelihood),
		Impact:      count(r.Impact),
		Score:       count(r.Score()),
		Description: s.text(r.Description), Mitigation: s.text(r.Mitigation), ReviewOn: r.ReviewOn.String(),
		Closed: r.Closed, ClosedBecause: s.text(r.ClosedBecause), Revision: number(r.Revision),
	}
}
