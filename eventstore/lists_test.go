package eventstore

import (
	"slices"

	"github.com/remit-register/remit/domain"
)

// everyFact lists a value of each type of fact; TestEveryFactIsListed compares it with the package itself.
func everyFact() []domain.Fact { return slices.Concat(firstFacts(), secondFacts()) }

// secondFacts lists a value of each type of fact that came after the first version. One that holds a command is listed
// with each type of command that it can hold.
func secondFacts() []domain.Fact {
	return []domain.Fact{
		domain.DelegationVaried{},
		domain.VariationAccepted{},
		domain.MatterDisposed{},
		domain.Corrected{},
		domain.SecondAwaited{Command: domain.AllocateFunction{}},
		domain.SecondAwaited{Command: domain.RecordOccurrence{}},
		domain.SecondAwaited{Command: domain.Correct{}},
		domain.SecondAwaited{Command: domain.Reorganise{}},
		domain.SecondAwaited{Command: domain.ErasePersonalData{}},
		domain.SecondAwaited{Command: domain.ImportMap{}},
		domain.SecondGiven{},
		domain.SecondDeclined{},
		domain.TransferExplored{},
		domain.OptionChosen{},
		domain.TransferPaused{},
		domain.TransferResumed{},
		domain.TransferCalledIn{},
		domain.TransferReversed{},
		domain.MilestoneRecorded{},
		domain.TransferReviewed{},
		domain.PackageFormed{},
		domain.FrameworkSet{},
		domain.InterventionRecorded{},
		domain.InterventionEnded{},
		domain.RemitClaimed{},
		domain.RemitsAttested{},
		domain.FunctionMapImported{},
		domain.MapLinesProposed{},
		domain.RiskRaised{},
		domain.RiskUpdated{},
		domain.RiskClosed{},
		domain.PopulationRecorded{},
		domain.CostRecorded{},
		domain.CommitteeFormed{},
		domain.CommitteeChanged{},
		domain.AdviceRecorded{},
		domain.PlanReturnSubmitted{},
		domain.PlanReturnModerated{},
		domain.EpochBegan{},
		domain.PersonalDataErased{},
	}
}

// everyCommand lists a value of each type of command; TestEveryCommandHasADigest compares it with the package itself.
func everyCommand() []domain.Command { return slices.Concat(firstCommands(), secondCommands()) }

// firstCommands lists a value of each type of command of the first version.
func firstCommands() []domain.Command {
	return []domain.Command{
		domain.EstablishOrganisation{},
		domain.RenameOrganisation{},
		domain.MoveOrganisation{},
		domain.ChangeFootprints{},
		domain.PlanReorganisation{},
		domain.Reorganise{},
		domain.DefineFunction{},
		domain.ReviseFunction{},
		domain.DivideFunction{},
		domain.AllocateFunction{},
		domain.RegisterInstrument{},
		domain.CommenceInstrument{},
		domain.DiscardInstrument{},
		domain.RecordOccurrence{},
		domain.PlanTransfer{},
		domain.ReplacePlan{},
		domain.ProposeTransfer{},
		domain.AmendTransfer{},
		domain.SetTerms{},
		domain.AssessReadiness{},
		domain.RecordOpinion{},
		domain.DecideGateway{},
		domain.EvidenceCondition{},
		domain.DischargeCondition{},
		domain.WaiveCondition{},
		domain.ScheduleTransfer{},
		domain.CompleteTransfer{},
		domain.WithdrawTransfer{},
		domain.DelegateFunction{},
		domain.AcceptDelegation{},
		domain.RevokeDelegation{},
	}
}

// secondCommands lists a value of each type of command that came after it.
func secondCommands() []domain.Command {
	return []domain.Command{
		domain.ExploreTransfer{},
		domain.PauseTransfer{},
		domain.ResumeTransfer{},
		domain.CallIn{},
		domain.ReverseTransfer{},
		domain.RecordMilestone{},
		domain.ReviewTransfer{},
		domain.VaryDelegation{},
		domain.RecordIntervention{},
		domain.EndIntervention{},
		domain.ClaimRemit{},
		domain.AttestRemit{},
		domain.ImportMap{},
		domain.RaiseRisk{},
		domain.UpdateRisk{},
		domain.CloseRisk{},
		domain.RecordPopulation{},
		domain.RecordCost{},
		domain.FormCommittee{},
		domain.ChangeCommittee{},
		domain.RecordAdvice{},
		domain.SubmitPlanReturn{},
		domain.ModeratePlanReturn{},
		domain.Correct{},
		domain.SetFramework{},
		domain.FormPackage{},
		domain.AssessPackage{},
		domain.DecidePackage{},
		domain.Second{},
		domain.BeginEpoch{},
		domain.ErasePersonalData{},
	}
}
