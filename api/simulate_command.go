package api

import (
	"fmt"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/remit-register/remit/domain"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// tried is a command of a simulation, with what comes with it.
type tried struct {
	commandRequest

	command domain.Command
}

// simulatedCommand returns the command that is set; the format of the request says that one is.
func simulatedCommand(c *remitv1.SimulatedCommand) (tried, bool) {
	for _, find := range []func(*remitv1.SimulatedCommand) (commandRequest, domain.Command){
		transferCommand, transferLifeCommand, bodyCommand, recordCommand,
	} {
		if request, command := find(c); command != nil {
			return tried{request, command}, true
		}
	}
	return tried{}, false
}

// nameCommands gives the commands of a simulation ids where they were left out: every command must have one, and here
// they mean nothing.
func nameCommands(r *remitv1.SimulateRequest) {
	for i, c := range r.GetCommands() {
		m := c.ProtoReflect()
		set := m.WhichOneof(m.Descriptor().Oneofs().ByName("command"))
		if set == nil {
			continue
		}
		command := m.Mutable(set).Message()
		if id := command.Descriptor().Fields().ByName("command_id"); command.Get(id).String() == "" {
			command.Set(id, protoreflect.ValueOfString(fmt.Sprintf("00000000-0000-4000-8000-%012d", i+1)))
		}
	}
}

// transferCommand returns a command about the life of a transfer up to its completion.
func transferCommand(c *remitv1.SimulatedCommand) (commandRequest, domain.Command) {
	switch x := c.GetCommand().(type) {
	case *remitv1.SimulatedCommand_PlanTransfer:
		return x.PlanTransfer, planTransfer(x.PlanTransfer)
	case *remitv1.SimulatedCommand_ReplacePlan:
		return x.ReplacePlan, replacePlan(x.ReplacePlan)
	case *remitv1.SimulatedCommand_ProposeTransfer:
		return x.ProposeTransfer, proposeTransfer(x.ProposeTransfer)
	case *remitv1.SimulatedCommand_AmendTransfer:
		return x.AmendTransfer, amendTransfer(x.AmendTransfer)
	case *remitv1.SimulatedCommand_SetTerms:
		return x.SetTerms, setTerms(x.SetTerms)
	case *remitv1.SimulatedCommand_AssessReadiness:
		return x.AssessReadiness, assessReadiness(x.AssessReadiness)
	case *remitv1.SimulatedCommand_RecordOpinion:
		return x.RecordOpinion, recordOpinion(x.RecordOpinion)
	case *remitv1.SimulatedCommand_DecideGateway:
		return x.DecideGateway, decideGateway(x.DecideGateway)
	case *remitv1.SimulatedCommand_EvidenceCondition:
		return x.EvidenceCondition, evidenceCondition(x.EvidenceCondition)
	case *remitv1.SimulatedCommand_DischargeCondition:
		return x.DischargeCondition, dischargeCondition(x.DischargeCondition)
	case *remitv1.SimulatedCommand_WaiveCondition:
		return x.WaiveCondition, waiveCondition(x.WaiveCondition)
	case *remitv1.SimulatedCommand_ScheduleTransfer:
		return x.ScheduleTransfer, scheduleTransfer(x.ScheduleTransfer)
	case *remitv1.SimulatedCommand_CompleteTransfer:
		return x.CompleteTransfer, completeTransfer(x.CompleteTransfer)
	case *remitv1.SimulatedCommand_WithdrawTransfer:
		return x.WithdrawTransfer, withdrawTransfer(x.WithdrawTransfer)
	}
	return nil, nil
}

// transferLifeCommand returns a command about what else may become of a transfer, packages and risks.
func transferLifeCommand(c *remitv1.SimulatedCommand) (commandRequest, domain.Command) {
	switch x := c.GetCommand().(type) {
	case *remitv1.SimulatedCommand_ExploreTransfer:
		return x.ExploreTransfer, exploreTransfer(x.ExploreTransfer)
	case *remitv1.SimulatedCommand_PauseTransfer:
		return x.PauseTransfer, pauseTransfer(x.PauseTransfer)
	case *remitv1.SimulatedCommand_ResumeTransfer:
		return x.ResumeTransfer, resumeTransfer(x.ResumeTransfer)
	case *remitv1.SimulatedCommand_CallIn:
		return x.CallIn, callIn(x.CallIn)
	case *remitv1.SimulatedCommand_RecordMilestone:
		return x.RecordMilestone, recordMilestone(x.RecordMilestone)
	case *remitv1.SimulatedCommand_ReviewTransfer:
		return x.ReviewTransfer, reviewTransfer(x.ReviewTransfer)
	case *remitv1.SimulatedCommand_ReverseTransfer:
		return x.ReverseTransfer, reverseTransfer(x.ReverseTransfer)
	case *remitv1.SimulatedCommand_FormPackage:
		return x.FormPackage, formPackage(x.FormPackage)
	case *remitv1.SimulatedCommand_AssessPackage:
		return x.AssessPackage, assessPackage(x.AssessPackage)
	case *remitv1.SimulatedCommand_DecidePackage:
		return x.DecidePackage, decidePackage(x.DecidePackage)
	case *remitv1.SimulatedCommand_RaiseRisk:
		return x.RaiseRisk, raiseRisk(x.RaiseRisk)
	case *remitv1.SimulatedCommand_UpdateRisk:
		return x.UpdateRisk, updateRisk(x.UpdateRisk)
	case *remitv1.SimulatedCommand_CloseRisk:
		return x.CloseRisk, closeRisk(x.CloseRisk)
	}
	return nil, nil
}

// bodyCommand returns a command about delegations, bodies, functions and instruments.
func bodyCommand(c *remitv1.SimulatedCommand) (commandRequest, domain.Command) {
	switch x := c.GetCommand().(type) {
	case *remitv1.SimulatedCommand_DelegateFunction:
		return x.DelegateFunction, delegateFunction(x.DelegateFunction)
	case *remitv1.SimulatedCommand_AcceptDelegation:
		return x.AcceptDelegation, acceptDelegation(x.AcceptDelegation)
	case *remitv1.SimulatedCommand_RevokeDelegation:
		return x.RevokeDelegation, revokeDelegation(x.RevokeDelegation)
	case *remitv1.SimulatedCommand_VaryDelegation:
		return x.VaryDelegation, varyDelegation(x.VaryDelegation)
	case *remitv1.SimulatedCommand_RecordIntervention:
		return x.RecordIntervention, recordIntervention(x.RecordIntervention)
	case *remitv1.SimulatedCommand_EndIntervention:
		return x.EndIntervention, endIntervention(x.EndIntervention)
	case *remitv1.SimulatedCommand_EstablishOrganisation:
		return x.EstablishOrganisation, establishOrganisation(x.EstablishOrganisation)
	case *remitv1.SimulatedCommand_RenameOrganisation:
		return x.RenameOrganisation, renameOrganisation(x.RenameOrganisation)
	case *remitv1.SimulatedCommand_MoveOrganisation:
		return x.MoveOrganisation, moveOrganisation(x.MoveOrganisation)
	case *remitv1.SimulatedCommand_PlanReorganisation:
		return x.PlanReorganisation, planReorganisation(x.PlanReorganisation)
	case *remitv1.SimulatedCommand_Reorganise:
		return x.Reorganise, reorganise(x.Reorganise)
	case *remitv1.SimulatedCommand_ChangeFootprints:
		return x.ChangeFootprints, changeFootprints(x.ChangeFootprints)
	case *remitv1.SimulatedCommand_DefineFunction:
		return x.DefineFunction, defineFunction(x.DefineFunction)
	case *remitv1.SimulatedCommand_ReviseFunction:
		return x.ReviseFunction, reviseFunction(x.ReviseFunction)
	case *remitv1.SimulatedCommand_DivideFunction:
		return x.DivideFunction, divideFunction(x.DivideFunction)
	case *remitv1.SimulatedCommand_AllocateFunction:
		return x.AllocateFunction, allocateFunction(x.AllocateFunction)
	case *remitv1.SimulatedCommand_RegisterInstrument:
		return x.RegisterInstrument, registerInstrument(x.RegisterInstrument)
	case *remitv1.SimulatedCommand_CommenceInstrument:
		return x.CommenceInstrument, commenceInstrument(x.CommenceInstrument)
	case *remitv1.SimulatedCommand_DiscardInstrument:
		return x.DiscardInstrument, discardInstrument(x.DiscardInstrument)
	}
	return nil, nil
}

// recordCommand returns a command about the record and the programme.
func recordCommand(c *remitv1.SimulatedCommand) (commandRequest, domain.Command) {
	switch x := c.GetCommand().(type) {
	case *remitv1.SimulatedCommand_RecordOccurrence:
		return x.RecordOccurrence, recordOccurrence(x.RecordOccurrence)
	case *remitv1.SimulatedCommand_Correct:
		return x.Correct, correct(x.Correct)
	case *remitv1.SimulatedCommand_ClaimRemit:
		return x.ClaimRemit, claimRemit(x.ClaimRemit)
	case *remitv1.SimulatedCommand_ImportMap:
		return x.ImportMap, importMap(x.ImportMap)
	case *remitv1.SimulatedCommand_AttestRemit:
		return x.AttestRemit, attestRemit(x.AttestRemit)
	case *remitv1.SimulatedCommand_Second:
		return x.Second, second(x.Second)
	case *remitv1.SimulatedCommand_SetFramework:
		return x.SetFramework, setFramework(x.SetFramework)
	case *remitv1.SimulatedCommand_RecordPopulation:
		return x.RecordPopulation, recordPopulation(x.RecordPopulation)
	case *remitv1.SimulatedCommand_RecordCost:
		return x.RecordCost, recordCost(x.RecordCost)
	case *remitv1.SimulatedCommand_FormCommittee:
		return x.FormCommittee, formCommittee(x.FormCommittee)
	case *remitv1.SimulatedCommand_ChangeCommittee:
		return x.ChangeCommittee, changeCommittee(x.ChangeCommittee)
	case *remitv1.SimulatedCommand_RecordAdvice:
		return x.RecordAdvice, recordAdvice(x.RecordAdvice)
	case *remitv1.SimulatedCommand_SubmitPlanReturn:
		return x.SubmitPlanReturn, submitPlanReturn(x.SubmitPlanReturn)
	case *remitv1.SimulatedCommand_ModeratePlanReturn:
		return x.ModeratePlanReturn, moderatePlanReturn(x.ModeratePlanReturn)
	}
	return nil, nil
}
