package api

import (
	"github.com/remit-register/remit/domain"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// From requests to commands: a transfer's life around its gateways, packages, interventions and risks.

func transferOption(m *remitv1.TransferOption) domain.TransferOption {
	return domain.TransferOption{
		Code: m.GetCode(), Receiver: domain.OrganisationCode(m.GetReceiver()), Description: clearText(m.GetDescription()),
	}
}

func exploreTransfer(r *remitv1.ExploreTransferRequest) domain.ExploreTransfer {
	return domain.ExploreTransfer{
		Kind: word[domain.TransferKind](r.GetKind()), Function: domain.FunctionCode(r.GetFunction()),
		Part: domain.PartCode(r.GetPart()), Sender: domain.OrganisationCode(r.GetSender()),
		Footprints: strs[domain.FootprintCode](r.GetFootprints()), Roles: words[domain.Role](r.GetRoles()),
		EffectiveOn: date(r.GetEffectiveOn()), Options: mapped(r.GetOptions(), transferOption),
		Rationale: clearText(r.GetRationale()),
	}
}

func pauseTransfer(r *remitv1.PauseTransferRequest) domain.PauseTransfer {
	return domain.PauseTransfer{TransferID: domain.TransferID(r.GetTransferId())}
}

func resumeTransfer(r *remitv1.ResumeTransferRequest) domain.ResumeTransfer {
	return domain.ResumeTransfer{TransferID: domain.TransferID(r.GetTransferId())}
}

func callIn(r *remitv1.CallInRequest) domain.CallIn {
	return domain.CallIn{TransferID: domain.TransferID(r.GetTransferId())}
}

func reverseTransfer(r *remitv1.ReverseTransferRequest) domain.ReverseTransfer {
	return domain.ReverseTransfer{
		TransferID: domain.TransferID(r.GetTransferId()), EffectiveOn: date(r.GetEffectiveOn()),
		Instrument: domain.InstrumentCode(r.GetInstrument()), Rationale: clearText(r.GetRationale()),
		Terms: terms(r.GetTerms()),
	}
}

func milestone(m *remitv1.Milestone) domain.Milestone {
	return domain.Milestone{
		Kind: word[domain.MilestoneKind](m.GetKind()), Footprints: strs[domain.FootprintCode](m.GetFootprints()),
		PlannedOn: date(m.GetPlannedOn()), ActualOn: date(m.GetActualOn()),
	}
}

func recordMilestone(r *remitv1.RecordMilestoneRequest) domain.RecordMilestone {
	return domain.RecordMilestone{
		TransferID: domain.TransferID(r.GetTransferId()), Milestone: milestone(r.GetMilestone()),
	}
}

func outcome(m *remitv1.Outcome) domain.Outcome {
	return domain.Outcome{
		Metric: m.GetMetric(), Unit: m.GetUnit(), Baseline: m.GetBaseline(), Target: m.GetTarget(), Actual: m.GetActual(),
	}
}

func reviewTransfer(r *remitv1.ReviewTransferRequest) domain.ReviewTransfer {
	return domain.ReviewTransfer{
		TransferID: domain.TransferID(r.GetTransferId()), ReviewedOn: date(r.GetReviewedOn()),
		Outcomes: mapped(r.GetOutcomes(), outcome), Conclusion: clearText(r.GetConclusion()),
	}
}

func formPackage(r *remitv1.FormPackageRequest) domain.FormPackage {
	return domain.FormPackage{
		Name: r.GetName(), Case: clearText(r.GetCase()), Members: strs[domain.TransferID](r.GetMembers()),
	}
}

func assessPackage(r *remitv1.AssessPackageRequest) domain.AssessPackage {
	return domain.AssessPackage{
		PackageID: r.GetPackageId(), Party: word[domain.Party](r.GetParty()),
		Ratings: mapped(r.GetRatings(), domainRating),
	}
}

func packageException(m *remitv1.PackageException) domain.PackageException {
	return domain.PackageException{
		TransferID: domain.TransferID(m.GetTransferId()), Decision: word[domain.GatewayDecision](m.GetDecision()),
		Rationale: clearText(m.GetRationale()),
	}
}

func decidePackage(r *remitv1.DecidePackageRequest) domain.DecidePackage {
	return domain.DecidePackage{
		PackageID: r.GetPackageId(), Gateway: domain.GatewayCode(r.GetGateway()),
		Decision:  word[domain.GatewayDecision](r.GetDecision()),
		DecidedBy: domain.OrganisationCode(r.GetDecidedBy()), DecidedOn: date(r.GetDecidedOn()),
		Rationale: clearText(r.GetRationale()), Authority: authority(r.GetAuthority()),
		Opinions: mapped(r.GetOpinions(), opinion), Conditions: mapped(r.GetConditions(), condition),
		Statements: r.GetStatements(), Exceptions: mapped(r.GetExceptions(), packageException),
	}
}

func varyDelegation(r *remitv1.VaryDelegationRequest) domain.VaryDelegation {
	return domain.VaryDelegation{
		DelegationID: domain.ArrangementID(r.GetDelegationId()), Terms: terms(r.GetTerms()),
	}
}

func recordIntervention(r *remitv1.RecordInterventionRequest) domain.RecordIntervention {
	return domain.RecordIntervention{
		Kind: word[domain.InterventionKind](r.GetKind()), By: domain.OrganisationCode(r.GetBy()),
		In: domain.OrganisationCode(r.GetIn()), Functions: strs[domain.FunctionCode](r.GetFunctions()),
		Grounds: clearText(r.GetGrounds()), ReviewOn: date(r.GetReviewOn()), EffectiveOn: date(r.GetEffectiveOn()),
		Instrument: domain.InstrumentCode(r.GetInstrument()),
	}
}

func endIntervention(r *remitv1.EndInterventionRequest) domain.EndIntervention {
	return domain.EndIntervention{InterventionID: r.GetInterventionId(), EffectiveOn: date(r.GetEffectiveOn())}
}

func raiseRisk(r *remitv1.RaiseRiskRequest) domain.RaiseRisk {
	return domain.RaiseRisk{
		TransferID: domain.TransferID(r.GetTransferId()), Owner: domain.OrganisationCode(r.GetOwner()),
		Likelihood: int(r.GetLikelihood()), Impact: int(r.GetImpact()), Description: clearText(r.GetDescription()),
		Mitigation: clearText(r.GetMitigation()), ReviewOn: date(r.GetReviewOn()),
	}
}

func updateRisk(r *remitv1.UpdateRiskRequest) domain.UpdateRisk {
	return domain.UpdateRisk{
		RiskID: r.GetRiskId(), Owner: domain.OrganisationCode(r.GetOwner()), Likelihood: int(r.GetLikelihood()),
		Impact: int(r.GetImpact()), Mitigation: clearText(r.GetMitigation()), ReviewOn: date(r.GetReviewOn()),
	}
}

func closeRisk(r *remitv1.CloseRiskRequest) domain.CloseRisk {
	return domain.CloseRisk{RiskID: r.GetRiskId()}
}
