package api

import (
	"github.com/remit-register/remit/domain"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// From requests to commands, one function for each command.

// plan is the content of an announcement: of the request itself, or of the one that replaces another.
type plan interface {
	GetKind() remitv1.TransferKind
	GetFunction() string
	GetPart() string
	GetSender() string
	GetMoves() []*remitv1.Move
	GetRoles() []remitv1.Role
	GetInstrument() string
	GetEffectiveOn() string
	GetRationale() string
	GetConfidence() remitv1.Confidence
	GetSource() string
}

func planned(p plan) domain.PlanTransfer {
	return domain.PlanTransfer{
		Kind: word[domain.TransferKind](p.GetKind()), Function: domain.FunctionCode(p.GetFunction()),
		Part: domain.PartCode(p.GetPart()), Sender: domain.OrganisationCode(p.GetSender()),
		Moves: mapped(p.GetMoves(), move), Roles: words[domain.Role](p.GetRoles()),
		Instrument: domain.InstrumentCode(p.GetInstrument()), EffectiveOn: date(p.GetEffectiveOn()),
		Rationale: clearText(p.GetRationale()), Confidence: word[domain.Confidence](p.GetConfidence()), Source: p.GetSource(),
	}
}

func planTransfer(r *remitv1.PlanTransferRequest) domain.PlanTransfer { return planned(r) }

func replacePlan(r *remitv1.ReplacePlanRequest) domain.ReplacePlan {
	return domain.ReplacePlan{
		TransferID: domain.TransferID(r.GetTransferId()), Replacement: planned(r.GetReplacement()),
	}
}

func proposeTransfer(r *remitv1.ProposeTransferRequest) domain.ProposeTransfer {
	return domain.ProposeTransfer{
		Kind: word[domain.TransferKind](r.GetKind()), Function: domain.FunctionCode(r.GetFunction()),
		Part: domain.PartCode(r.GetPart()), Sender: domain.OrganisationCode(r.GetSender()),
		Receiver: domain.OrganisationCode(r.GetReceiver()), Footprints: strs[domain.FootprintCode](r.GetFootprints()),
		Roles: words[domain.Role](r.GetRoles()), Instrument: domain.InstrumentCode(r.GetInstrument()),
		EffectiveOn: date(r.GetEffectiveOn()), Rationale: clearText(r.GetRationale()),
		Retained: mapped(r.GetRetained(), retained), Terms: terms(r.GetTerms()),
		Framework: domain.FrameworkCode(r.GetFramework()), Plan: domain.TransferID(r.GetPlan()),
		Results: mapped(r.GetResults(), transferResult), Residue: word[domain.Residue](r.GetResidue()), Option: r.GetOption(),
	}
}

func amendTransfer(r *remitv1.AmendTransferRequest) domain.AmendTransfer {
	return domain.AmendTransfer{
		TransferID: domain.TransferID(r.GetTransferId()), Footprints: strs[domain.FootprintCode](r.GetFootprints()),
		Roles: words[domain.Role](r.GetRoles()), Instrument: domain.InstrumentCode(r.GetInstrument()),
		EffectiveOn: date(r.GetEffectiveOn()), Rationale: clearText(r.GetRationale()),
		Retained: mapped(r.GetRetained(), retained), Framework: domain.FrameworkCode(r.GetFramework()),
	}
}

func setTerms(r *remitv1.SetTermsRequest) domain.SetTerms {
	return domain.SetTerms{
		TransferID: domain.TransferID(r.GetTransferId()), Terms: terms(r.GetTerms()),
	}
}

func assessReadiness(r *remitv1.AssessReadinessRequest) domain.AssessReadiness {
	return domain.AssessReadiness{
		TransferID: domain.TransferID(r.GetTransferId()), Party: word[domain.Party](r.GetParty()),
		Ratings: mapped(r.GetRatings(), domainRating),
	}
}

func recordOpinion(r *remitv1.RecordOpinionRequest) domain.RecordOpinion {
	return domain.RecordOpinion{
		TransferID: domain.TransferID(r.GetTransferId()), Gateway: domain.GatewayCode(r.GetGateway()),
		Opinion: opinion(r.GetOpinion()),
	}
}

func decideGateway(r *remitv1.DecideGatewayRequest) domain.DecideGateway {
	return domain.DecideGateway{
		TransferID: domain.TransferID(r.GetTransferId()), Gateway: domain.GatewayCode(r.GetGateway()),
		Decision:  word[domain.GatewayDecision](r.GetDecision()),
		DecidedBy: domain.OrganisationCode(r.GetDecidedBy()), DecidedOn: date(r.GetDecidedOn()),
		Rationale: clearText(r.GetRationale()), Authority: authority(r.GetAuthority()),
		Opinions: mapped(r.GetOpinions(), opinion), Conditions: mapped(r.GetConditions(), condition),
		Statements: r.GetStatements(),
	}
}

func evidenceCondition(r *remitv1.EvidenceConditionRequest) domain.EvidenceCondition {
	return domain.EvidenceCondition{
		TransferID: domain.TransferID(r.GetTransferId()), ConditionID: domain.ConditionID(r.GetConditionId()),
		Evidence: mapped(r.GetEvidence(), evidence),
	}
}

func dischargeCondition(r *remitv1.DischargeConditionRequest) domain.DischargeCondition {
	return domain.DischargeCondition{
		TransferID: domain.TransferID(r.GetTransferId()), ConditionID: domain.ConditionID(r.GetConditionId()),
	}
}

func waiveCondition(r *remitv1.WaiveConditionRequest) domain.WaiveCondition {
	return domain.WaiveCondition{
		TransferID: domain.TransferID(r.GetTransferId()), ConditionID: domain.ConditionID(r.GetConditionId()),
	}
}

func scheduleTransfer(r *remitv1.ScheduleTransferRequest) domain.ScheduleTransfer {
	return domain.ScheduleTransfer{
		TransferID: domain.TransferID(r.GetTransferId()), EffectiveOn: date(r.GetEffectiveOn()),
	}
}

func completeTransfer(r *remitv1.CompleteTransferRequest) domain.CompleteTransfer {
	return domain.CompleteTransfer{
		TransferID: domain.TransferID(r.GetTransferId()), EffectiveOn: date(r.GetEffectiveOn()),
	}
}

func withdrawTransfer(r *remitv1.WithdrawTransferRequest) domain.WithdrawTransfer {
	return domain.WithdrawTransfer{TransferID: domain.TransferID(r.GetTransferId())}
}

func delegateFunction(r *remitv1.DelegateFunctionRequest) domain.DelegateFunction {
	return domain.DelegateFunction{
		Function: domain.FunctionCode(r.GetFunction()), Part: domain.PartCode(r.GetPart()),
		Delegator: domain.OrganisationCode(r.GetDelegator()), Delegate: domain.OrganisationCode(r.GetDelegate()),
		Footprints: strs[domain.FootprintCode](r.GetFootprints()), Roles: words[domain.Role](r.GetRoles()),
		EffectiveOn: date(r.GetEffectiveOn()), Instrument: domain.InstrumentCode(r.GetInstrument()),
		Terms: terms(r.GetTerms()),
	}
}

func acceptDelegation(r *remitv1.AcceptDelegationRequest) domain.AcceptDelegation {
	return domain.AcceptDelegation{
		DelegationID: domain.ArrangementID(r.GetDelegationId()),
	}
}

func revokeDelegation(r *remitv1.RevokeDelegationRequest) domain.RevokeDelegation {
	return domain.RevokeDelegation{
		DelegationID: domain.ArrangementID(r.GetDelegationId()), EffectiveOn: date(r.GetEffectiveOn()),
	}
}
