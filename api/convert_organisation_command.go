package api

import (
	"github.com/remit-register/remit/domain"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// From requests to commands, one function for each command.

func establishOrganisation(r *remitv1.EstablishOrganisationRequest) domain.EstablishOrganisation {
	return domain.EstablishOrganisation{
		Code: domain.OrganisationCode(r.GetCode()), Name: r.GetName(), Tier: word[domain.Tier](r.GetTier()),
		Form: word[domain.Form](r.GetForm()), LegalPerson: r.GetLegalPerson(),
		LegalParent: domain.OrganisationCode(r.GetLegalParent()), Parent: domain.OrganisationCode(r.GetParent()),
		Members: strs[domain.OrganisationCode](r.GetMembers()), Host: domain.OrganisationCode(r.GetHost()),
		EffectiveOn: date(r.GetEffectiveOn()), Confidence: word[domain.Confidence](r.GetConfidence()),
		Source: r.GetSource(),
	}
}

func renameOrganisation(r *remitv1.RenameOrganisationRequest) domain.RenameOrganisation {
	return domain.RenameOrganisation{
		Code: domain.OrganisationCode(r.GetCode()), Name: r.GetName(), EffectiveOn: date(r.GetEffectiveOn()),
		Instrument: domain.InstrumentCode(r.GetInstrument()), Source: r.GetSource(),
	}
}

func moveOrganisation(r *remitv1.MoveOrganisationRequest) domain.MoveOrganisation {
	return domain.MoveOrganisation{
		Code: domain.OrganisationCode(r.GetCode()), Parent: domain.OrganisationCode(r.GetParent()),
		LegalParent: domain.OrganisationCode(r.GetLegalParent()), EffectiveOn: date(r.GetEffectiveOn()),
		Source: r.GetSource(),
	}
}

func planReorganisation(r *remitv1.PlanReorganisationRequest) domain.PlanReorganisation {
	return domain.PlanReorganisation{
		Kind:      word[domain.SuccessionKind](r.GetKind()),
		Originals: strs[domain.OrganisationCode](r.GetOriginals()),
		Results:   strs[domain.OrganisationCode](r.GetResults()), EffectiveOn: date(r.GetEffectiveOn()),
		Instrument: domain.InstrumentCode(r.GetInstrument()), Confidence: word[domain.Confidence](r.GetConfidence()),
		Source: r.GetSource(), Note: clearText(r.GetNote()),
	}
}

// reorganisation is the content of a reorganisation: of the request itself, or of the one that previews it.
type reorganisation interface {
	GetEstablish() []*remitv1.NewBody
	GetEnds() []string
	GetSuccessions() []*remitv1.Succession
	GetMoves() []*remitv1.BodyMove
	GetOpenFootprints() []*remitv1.NewFootprint
	GetFootprintSuccessions() []*remitv1.FootprintSuccession
	GetCoverage() []*remitv1.Coverage
	GetDispositions() []*remitv1.DispositionLine
	GetMatters() []*remitv1.MatterLine
	GetEffectiveOn() string
	GetInstrument() string
	GetConfidence() remitv1.Confidence
	GetSource() string
}

func reorganised(r reorganisation) domain.Reorganise {
	return domain.Reorganise{
		Establish: mapped(r.GetEstablish(), newBody), Ends: strs[domain.OrganisationCode](r.GetEnds()),
		Successions: mapped(r.GetSuccessions(), succession), Moves: mapped(r.GetMoves(), bodyMove),
		OpenFootprints:       mapped(r.GetOpenFootprints(), newFootprint),
		FootprintSuccessions: mapped(r.GetFootprintSuccessions(), footprintSuccession),
		Coverage:             mapped(r.GetCoverage(), coverage),
		Dispositions:         mapped(r.GetDispositions(), dispositionLine),
		Matters:              mapped(r.GetMatters(), matterLine), EffectiveOn: date(r.GetEffectiveOn()),
		Instrument: domain.InstrumentCode(r.GetInstrument()), Confidence: word[domain.Confidence](r.GetConfidence()),
		Source: r.GetSource(),
	}
}

func reorganise(r *remitv1.ReorganiseRequest) domain.Reorganise { return reorganised(r) }

func changeFootprints(r *remitv1.ChangeFootprintsRequest) domain.ChangeFootprints {
	return domain.ChangeFootprints{
		Open: mapped(r.GetOpen(), newFootprint), Coverage: mapped(r.GetCoverage(), coverage),
		EffectiveOn: date(r.GetEffectiveOn()), Source: r.GetSource(),
	}
}

func defineFunction(r *remitv1.DefineFunctionRequest) domain.DefineFunction {
	return domain.DefineFunction{
		Code: domain.FunctionCode(r.GetCode()), Details: functionDetails(r.GetDetails()),
	}
}

func reviseFunction(r *remitv1.ReviseFunctionRequest) domain.ReviseFunction {
	return domain.ReviseFunction{
		Code: domain.FunctionCode(r.GetCode()), Details: functionDetails(r.GetDetails()),
	}
}

func divideFunction(r *remitv1.DivideFunctionRequest) domain.DivideFunction {
	return domain.DivideFunction{
		Code: domain.FunctionCode(r.GetCode()), Parts: mapped(r.GetParts(), part), Rest: part(r.GetRest()),
		EffectiveOn: date(r.GetEffectiveOn()), Source: r.GetSource(),
	}
}

func allocateFunction(r *remitv1.AllocateFunctionRequest) domain.AllocateFunction {
	return domain.AllocateFunction{
		Function: domain.FunctionCode(r.GetFunction()), Part: domain.PartCode(r.GetPart()),
		Holder: domain.OrganisationCode(r.GetHolder()), Footprints: strs[domain.FootprintCode](r.GetFootprints()),
		Roles: words[domain.Role](r.GetRoles()), EffectiveOn: date(r.GetEffectiveOn()),
		Instrument:    domain.InstrumentCode(r.GetInstrument()),
		AccountableTo: domain.OrganisationCode(r.GetAccountableTo()), HeldThrough: r.GetHeldThrough(),
		Confidence: word[domain.Confidence](r.GetConfidence()), Source: r.GetSource(),
	}
}

func registerInstrument(r *remitv1.RegisterInstrumentRequest) domain.RegisterInstrument {
	return domain.RegisterInstrument{
		Code: domain.InstrumentCode(r.GetCode()), Details: instrumentDetails(r.GetDetails()),
	}
}

func commenceInstrument(r *remitv1.CommenceInstrumentRequest) domain.CommenceInstrument {
	return domain.CommenceInstrument{
		Code: domain.InstrumentCode(r.GetCode()), Commencement: commencement(r.GetCommencement()),
	}
}

func discardInstrument(r *remitv1.DiscardInstrumentRequest) domain.DiscardInstrument {
	return domain.DiscardInstrument{
		Code: domain.InstrumentCode(r.GetCode()), EffectiveOn: date(r.GetEffectiveOn()),
		ReplacedBy: domain.InstrumentCode(r.GetReplacedBy()),
	}
}

func recordOccurrence(r *remitv1.RecordOccurrenceRequest) domain.RecordOccurrence {
	return domain.RecordOccurrence{
		Kind: word[domain.TransferKind](r.GetKind()), Function: domain.FunctionCode(r.GetFunction()),
		Part: domain.PartCode(r.GetPart()), From: domain.OrganisationCode(r.GetFrom()),
		To: domain.OrganisationCode(r.GetTo()), Undetermined: r.GetUndetermined(),
		Footprints: strs[domain.FootprintCode](r.GetFootprints()), Roles: words[domain.Role](r.GetRoles()),
		EffectiveOn: date(r.GetEffectiveOn()), Instrument: domain.InstrumentCode(r.GetInstrument()),
		Confidence: word[domain.Confidence](r.GetConfidence()), Source: r.GetSource(),
	}
}
