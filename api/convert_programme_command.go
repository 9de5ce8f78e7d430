package api

import (
	"github.com/remit-register/remit/domain"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// From requests to commands: corrections, claims, second persons, and what the programme records besides transfers.

func correct(r *remitv1.CorrectRequest) domain.Correct {
	return domain.Correct{
		Event: position(r.GetEvent()), Withdraw: r.GetWithdraw(), Holder: domain.OrganisationCode(r.GetHolder()),
		Name: r.GetName(), Covering: domain.OrganisationCode(r.GetCovering()), EffectiveOn: date(r.GetEffectiveOn()),
		Source: r.GetSource(),
	}
}

func second(r *remitv1.SecondRequest) domain.Second {
	return domain.Second{AwaitingID: r.GetAwaitingId(), Decline: r.GetDecline()}
}

func claimRemit(r *remitv1.ClaimRemitRequest) domain.ClaimRemit {
	return domain.ClaimRemit{
		Claimant: domain.OrganisationCode(r.GetClaimant()), Function: domain.FunctionCode(r.GetFunction()),
		Part: domain.PartCode(r.GetPart()), Footprints: strs[domain.FootprintCode](r.GetFootprints()),
		Roles: words[domain.Role](r.GetRoles()), Holds: r.GetHolds(), EffectiveOn: date(r.GetEffectiveOn()),
		Basis: clearText(r.GetBasis()),
	}
}

func attestRemit(r *remitv1.AttestRemitRequest) domain.AttestRemit {
	return domain.AttestRemit{
		Organisation: domain.OrganisationCode(r.GetOrganisation()), EffectiveOn: date(r.GetEffectiveOn()),
		Agrees: r.GetAgrees(), Exceptions: clearText(r.GetExceptions()),
	}
}

func framework(m *remitv1.Framework) domain.Framework {
	return domain.Framework{
		Code: domain.FrameworkCode(m.GetCode()), Name: m.GetName(), Weight: int(m.GetWeight()), Domains: m.GetDomains(),
		Gateways: mapped(m.GetGateways(), frameworkGateway), Confirmed: m.GetConfirmed(), Notice: notice(m.GetNotice()),
	}
}

func frameworkGateway(m *remitv1.FrameworkGateway) domain.FrameworkGateway {
	return domain.FrameworkGateway{
		Code: domain.GatewayCode(m.GetCode()), Party: word[domain.Party](m.GetParty()), Role: domain.ActorRole(m.GetRole()),
		OpinionRequired: m.GetOpinionRequired(),
	}
}

func notice(m *remitv1.FrameworkNotice) domain.Notice {
	return domain.Notice{
		Statements: m.GetStatements(), WorkingDays: int(m.GetWorkingDays()), MaxPounds: m.GetMaxPounds(),
		MaxWTE: hundredths(m.GetMaxWte()),
	}
}

func setFramework(r *remitv1.SetFrameworkRequest) domain.SetFramework {
	return domain.SetFramework{Framework: framework(r.GetFramework())}
}

func recordPopulation(r *remitv1.RecordPopulationRequest) domain.RecordPopulation {
	return domain.RecordPopulation{
		Organisation: domain.OrganisationCode(r.GetOrganisation()), Basis: word[domain.PopulationBasis](r.GetBasis()),
		Year: int(r.GetYear()), Count: r.GetCount(), EffectiveOn: date(r.GetEffectiveOn()),
		Confidence: word[domain.Confidence](r.GetConfidence()), Source: r.GetSource(),
	}
}

func recordCost(r *remitv1.RecordCostRequest) domain.RecordCost {
	return domain.RecordCost{
		Organisation: domain.OrganisationCode(r.GetOrganisation()), Function: domain.FunctionCode(r.GetFunction()),
		TransferID: domain.TransferID(r.GetTransferId()), Class: word[domain.CostClass](r.GetClass()),
		Recurrent: r.GetRecurrent(), Excluded: r.GetExcluded(), Pounds: r.GetPounds(), Year: r.GetYear(),
		Base: r.GetBase(), Source: r.GetSource(),
	}
}

func committeeTerms(m *remitv1.CommitteeTerms) domain.CommitteeTerms {
	return domain.CommitteeTerms{
		Executive: int(m.GetExecutive()), NonExecutive: int(m.GetNonExecutive()), Quorum: int(m.GetQuorum()),
		QuorumNonExecutive: int(m.GetQuorumNonExecutive()), EveryBody: m.GetEveryBody(),
	}
}

func formCommittee(r *remitv1.FormCommitteeRequest) domain.FormCommittee {
	return domain.FormCommittee{
		Name: r.GetName(), Bodies: strs[domain.OrganisationCode](r.GetBodies()), Terms: committeeTerms(r.GetTerms()),
	}
}

func changeCommittee(r *remitv1.ChangeCommitteeRequest) domain.ChangeCommittee {
	return domain.ChangeCommittee{
		CommitteeID: r.GetCommitteeId(), Terms: committeeTerms(r.GetTerms()), Dissolve: r.GetDissolve(),
	}
}

func recordAdvice(r *remitv1.RecordAdviceRequest) domain.RecordAdvice {
	a := r.GetAttendance()
	return domain.RecordAdvice{
		CommitteeID: r.GetCommitteeId(), TransferID: domain.TransferID(r.GetTransferId()), MeetingOn: date(r.GetMeetingOn()),
		MinuteRef: r.GetMinuteRef(),
		Attendance: domain.Attendance{
			Executive: int(a.GetExecutive()), NonExecutive: int(a.GetNonExecutive()),
			Bodies: strs[domain.OrganisationCode](a.GetBodies()),
		},
		Advice: word[domain.OpinionKind](r.GetAdvice()), Text: clearText(r.GetText()),
	}
}

func submitPlanReturn(r *remitv1.SubmitPlanReturnRequest) domain.SubmitPlanReturn {
	return domain.SubmitPlanReturn{
		Organisation: domain.OrganisationCode(r.GetOrganisation()), Period: r.GetPeriod(),
		Summary: clearText(r.GetSummary()), Evidence: mapped(r.GetEvidence(), evidence),
	}
}

func moderatePlanReturn(r *remitv1.ModeratePlanReturnRequest) domain.ModeratePlanReturn {
	return domain.ModeratePlanReturn{
		PlanReturnID: r.GetPlanReturnId(), Result: word[domain.ModerationResult](r.GetResult()),
		Comment: clearText(r.GetComment()),
	}
}
