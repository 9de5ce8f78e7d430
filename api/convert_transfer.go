package api

import (
	"slices"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// shown turns what the register knows into answers, with personal texts in the clear as far as the vault still has
// them: see personal.go.
type shown struct {
	text func(domain.Text) string
	// person names who acts under a pseudonym, "" where the caller may not know.
	person func(domain.Actor) string
}

func (s shown) transfer(t projections.TransferView) *remitv1.Transfer {
	return s.life(&remitv1.Transfer{
		TransferId: string(t.ID), State: enumOf[remitv1.TransferState](t.State), Revision: number(t.Revision),
		Kind: enumOf[remitv1.TransferKind](t.Kind), Function: string(t.Subject.Function), Part: string(t.Subject.Part),
		Sender: string(t.Sender), Receiver: string(t.Receiver()), Moves: mapped(t.Moves, moveMessage),
		Footprints: strs[string](t.Footprints()), Roles: enumsOf[remitv1.Role](t.Roles), Instrument: string(t.Instrument),
		EffectiveOn: t.EffectiveOn.String(), ScheduledOn: t.ScheduledOn.String(), CompletedOn: t.CompletedOn.String(),
		Rationale: s.text(t.Rationale), Retained: mapped(t.Retained, s.retained), Terms: s.terms(t.Terms),
		Framework: string(t.Framework), Domains: t.Domains,
		Gateways:    mapped(t.Gateways, func(g domain.Gateway) *remitv1.Gateway { return s.gateway(t.Transfer, g) }),
		Assessments: mapped(t.Assessments, func(a domain.Assessment) *remitv1.Assessment { return s.assessment(t.Transfer, a) }),
		Conditions:  mapped(t.Conditions, func(c domain.TransferCondition) *remitv1.Condition { return s.condition(t, c) }),
		Confidence:  enumOf[remitv1.Confidence](t.Confidence), Source: t.Source,
		Plan: string(t.Plan), Replaces: string(t.Replaces), ReplacedBy: string(t.ReplacedBy),
		CreatedAt: instant(t.CreatedAt), ChangedAt: instant(t.ChangedAt), LastEvent: number(t.LastEvent),
	}, t)
}

func moveMessage(m domain.Move) *remitv1.Move {
	return &remitv1.Move{Receiver: string(m.Receiver), Footprints: strs[string](m.Footprints)}
}

func (s shown) retained(r domain.Retained) *remitv1.Retained {
	return &remitv1.Retained{
		Role: enumOf[remitv1.Role](r.Role), Holder: string(r.Holder), Part: string(r.Part), Description: s.text(r.Description),
	}
}

func (s shown) gateway(t domain.Transfer, g domain.Gateway) *remitv1.Gateway {
	return &remitv1.Gateway{
		Code: string(g.Code), Party: enumOf[remitv1.Party](g.Party), Decider: string(g.Decider), Role: string(g.Role),
		OpinionRequired: g.OpinionRequired, SameLegalPerson: g.SameLegalPerson, Passed: t.Passed(g),
		Opinions: mapped(g.Opinions, func(o domain.RecordedOpinion) *remitv1.RecordedOpinion {
			return &remitv1.RecordedOpinion{Opinion: s.opinion(o.Opinion), Position: number(o.Event)}
		}),
		Decisions: mapped(g.Decisions, s.decision),
	}
}

func (s shown) opinion(o domain.Opinion) *remitv1.GatewayOpinion {
	return &remitv1.GatewayOpinion{By: o.By, Opinion: enumOf[remitv1.Opinion](o.Opinion), Text: s.text(o.Text)}
}

func (s shown) decision(d domain.RecordedDecision) *remitv1.Decision {
	return &remitv1.Decision{
		Decision: enumOf[remitv1.GatewayDecision](d.Decision), DecidedBy: string(d.DecidedBy),
		DecidedOn: d.DecidedOn.String(), Rationale: s.text(d.Rationale),
		Authority: &remitv1.Authority{
			Body: d.Authority.Body, MeetingOn: d.Authority.MeetingOn.String(), MinuteRef: d.Authority.MinuteRef,
			Quorate: d.Authority.Quorate, Interests: mapped(d.Authority.Interests, s.text),
			Recusals: mapped(d.Authority.Recusals, s.text),
		},
		Opinions: mapped(d.Opinions, s.opinion), ConditionIds: conditionIDs(d.Conditions), Position: number(d.Event),
		Statements: d.Statements, PackageId: d.Package,
	}
}

func conditionIDs(conditions []domain.Condition) []string {
	return mapped(conditions, func(c domain.Condition) string { return string(c.ID) })
}

func (s shown) assessment(t domain.Transfer, a domain.Assessment) *remitv1.Assessment {
	newest, fresh := t.Assessed(a.Party)
	return &remitv1.Assessment{
		Party: enumOf[remitv1.Party](a.Party), Organisation: string(a.Body), Ratings: mapped(a.Ratings, s.rating),
		Position: number(a.Event), Current: fresh && newest.Event == a.Event,
	}
}

func (s shown) rating(r domain.DomainRating) *remitv1.DomainRating {
	return &remitv1.DomainRating{
		Domain: r.Domain, Rating: string(r.Rating), Comment: s.text(r.Comment), Evidence: mapped(r.Evidence, s.evidence),
	}
}

func (s shown) evidence(e domain.Evidence) *remitv1.Evidence {
	return &remitv1.Evidence{
		Title: s.text(e.Title), Uri: s.text(e.URI), Sha256: e.SHA256, ExpiresOn: e.ExpiresOn.String(),
	}
}

func (s shown) condition(t projections.TransferView, c domain.TransferCondition) *remitv1.Condition {
	return &remitv1.Condition{
		ConditionId: string(c.ID), Gateway: string(c.Gateway), SetBy: string(c.SetBy), Description: s.text(c.Description),
		Owner: string(c.Owner), DueOn: c.DueOn.String(), Timing: enumOf[remitv1.ConditionTiming](c.Timing),
		State: enumOf[remitv1.ConditionState](c.State), Evidence: mapped(c.Evidence, s.evidence),
		WaivedBecause: s.text(c.WaivedBecause), SameLegalPerson: slices.Contains(t.OwnConditions, c.ID),
	}
}

func (s shown) delegation(d domain.Delegation) *remitv1.Delegation {
	m := &remitv1.Delegation{
		DelegationId: string(d.ID), State: enumOf[remitv1.DelegationState](d.State), Revision: number(d.Revision),
		Kind: enumOf[remitv1.TransferKind](d.Kind), Function: string(d.Subject.Function), Part: string(d.Subject.Part),
		Delegator: string(d.Delegator), Delegate: string(d.Delegate), Roles: enumsOf[remitv1.Role](d.Roles),
		Footprints: strs[string](d.Footprints), EffectiveOn: d.EffectiveOn.String(), EndedOn: d.EndedOn.String(),
		Instrument: string(d.Instrument), Terms: s.terms(d.Terms), Confidence: enumOf[remitv1.Confidence](d.Confidence),
		Source: d.Source, Shares: mapped(d.Shares, moveMessage), Undetermined: d.Undetermined,
	}
	if d.Variation != nil {
		m.Variation = s.terms(*d.Variation)
	}
	return m
}

func plannedMove(p projections.Planned) *remitv1.PlannedMove {
	return &remitv1.PlannedMove{
		TransferId: string(p.TransferID), State: enumOf[remitv1.TransferState](p.State),
		Kind: enumOf[remitv1.TransferKind](p.Kind), Function: string(p.Subject.Function), Part: string(p.Subject.Part),
		EffectiveOn: p.EffectiveOn.String(), Roles: enumsOf[remitv1.Role](p.Roles), Sender: string(p.Sender),
		Receiver: string(p.Receiver), Footprints: strs[string](p.Footprints), Instrument: string(p.Instrument),
		Confidence: enumOf[remitv1.Confidence](p.Confidence), Source: p.Source, Plan: string(p.Plan),
		Replaces: string(p.Replaces), ReplacedBy: string(p.ReplacedBy), SameLegalPerson: p.SameLegalPerson,
	}
}
