package api

import (
	"fmt"

	"google.golang.org/protobuf/types/known/structpb"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// From what the register knows to answers: what the programme records, what waits for a second person, findings.

func frameworkMessage(f domain.Framework) *remitv1.Framework {
	m := &remitv1.Framework{
		Code: string(f.Code), Name: f.Name, Weight: count(f.Weight),
		Domains: f.Domains, Gateways: mapped(f.Gateways, frameworkGatewayMessage), Confirmed: f.Confirmed,
	}
	if f.IsNotice() {
		m.Notice = &remitv1.FrameworkNotice{
			Statements: f.Notice.Statements, WorkingDays: count(f.Notice.WorkingDays),
			MaxPounds: f.Notice.MaxPounds, MaxWte: hundredthsText(f.Notice.MaxWTE),
		}
	}
	return m
}

func frameworkGatewayMessage(g domain.FrameworkGateway) *remitv1.FrameworkGateway {
	return &remitv1.FrameworkGateway{
		Code: string(g.Code), Party: enumOf[remitv1.Party](g.Party), Role: string(g.Role), OpinionRequired: g.OpinionRequired,
	}
}

func (s shown) committee(c domain.Committee) *remitv1.Committee {
	return &remitv1.Committee{
		CommitteeId: c.ID, Name: c.Name, Bodies: strs[string](c.Bodies), Terms: committeeTermsMessage(c.Terms),
		Dissolved: c.Dissolved, Advice: mapped(c.Advice, s.advice), Revision: number(c.Revision),
	}
}

func committeeTermsMessage(t domain.CommitteeTerms) *remitv1.CommitteeTerms {
	return &remitv1.CommitteeTerms{
		Executive:          count(t.Executive),
		NonExecutive:       count(t.NonExecutive),
		Quorum:             count(t.Quorum),
		QuorumNonExecutive: count(t.QuorumNonExecutive),
		EveryBody:          t.EveryBody,
	}
}

func (s shown) advice(a domain.AdviceRecorded) *remitv1.Advice {
	return &remitv1.Advice{
		AdviceId: a.ID, TransferId: string(a.Transfer), MeetingOn: a.MeetingOn.String(), MinuteRef: a.MinuteRef,
		Attendance: &remitv1.Attendance{
			Executive:    count(a.Attendance.Executive),
			NonExecutive: count(a.Attendance.NonExecutive),
			Bodies:       strs[string](a.Attendance.Bodies),
		},
		Quorate: a.Quorate, Advice: enumOf[remitv1.Opinion](a.Advice), Text: s.text(a.Text),
	}
}

func (s shown) planReturn(p domain.PlanReturn) *remitv1.PlanReturn {
	return &remitv1.PlanReturn{
		PlanReturnId: p.ID, Organisation: string(p.Organisation), Period: p.Period, Summary: s.text(p.Summary),
		Evidence: mapped(p.Evidence, s.evidence), Moderations: mapped(p.Moderations, s.moderation),
		Revision: number(p.Revision),
	}
}

func (s shown) moderation(m domain.PlanReturnModerated) *remitv1.Moderation {
	return &remitv1.Moderation{
		By: string(m.By), Result: enumOf[remitv1.ModerationResult](m.Result), Comment: s.text(m.Comment),
	}
}

// awaiting shows a command that waits, with its content as the event that keeps it has it.
func (s shown) awaiting(a projections.AwaitingView, e domain.Event) (*remitv1.AwaitingSecond, error) {
	fact, err := s.fact(e)
	if err != nil {
		return nil, fmt.Errorf("show what waits as %s: %w", a.ID, err)
	}
	return &remitv1.AwaitingSecond{
		AwaitingId: a.ID, Method: a.Command.Method(), Command: commandOf(fact), Subject: a.Actor.Subject,
		Organisation: string(a.Actor.Organisation), Role: string(a.Actor.Role), Reason: s.text(a.Reason),
		RecordedAt: instant(a.RecordedAt), SourceEvent: number(a.Event),
	}, nil
}

// commandOf finds the one command in a stored fact: of the several that it could be, the others are not there.
func commandOf(fact *structpb.Struct) *structpb.Struct {
	for _, value := range fact.GetFields() {
		if command := value.GetStructValue(); command != nil {
			return command
		}
	}
	return nil
}

func findingMessage(f projections.Finding) *remitv1.Finding {
	return &remitv1.Finding{
		Kind: enumOf[remitv1.FindingKind](f.Kind), Severity: enumOf[remitv1.Severity](f.Severity),
		Function: string(f.Function), Organisation: string(f.Organisation), Aspect: f.Aspect,
		Footprints: strs[string](f.Footprints), Since: f.Since.String(),
		CauseEvents: mapped(f.CauseEvents, number[domain.EventNo]), Message: f.Message, Remedy: f.Remedy,
		Planned: f.IsPlanned(), OpenedBy: mapped(f.OpenedBy, plannedEffect), ClosesOn: f.ClosesOn.String(),
		ClosedBy: mapped(f.ClosedBy, plannedEffect),
	}
}

func plannedEffect(e projections.PlannedEffect) *remitv1.PlannedEffect {
	return &remitv1.PlannedEffect{
		TransferId: string(e.Transfer), EffectiveOn: e.EffectiveOn.String(),
		State: enumOf[remitv1.TransferState](e.State), Sender: string(e.Sender), Receivers: strs[string](e.Receivers),
	}
}
