package api

import (
	"github.com/remit-register/remit/domain"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// From requests to commands: what they have in common.

func move(m *remitv1.Move) domain.Move {
	return domain.Move{
		Receiver: domain.OrganisationCode(m.GetReceiver()), Footprints: strs[domain.FootprintCode](m.GetFootprints()),
	}
}

func retained(m *remitv1.Retained) domain.Retained {
	return domain.Retained{
		Role: word[domain.Role](m.GetRole()), Holder: domain.OrganisationCode(m.GetHolder()),
		Part: domain.PartCode(m.GetPart()), Description: clearText(m.GetDescription()),
	}
}

func evidence(m *remitv1.Evidence) domain.Evidence {
	return domain.Evidence{
		Title: clearText(m.GetTitle()), URI: clearText(m.GetUri()), SHA256: m.GetSha256(), ExpiresOn: date(m.GetExpiresOn()),
	}
}

func domainRating(m *remitv1.DomainRating) domain.DomainRating {
	return domain.DomainRating{
		Domain: m.GetDomain(), Rating: domain.Rating(m.GetRating()), Comment: clearText(m.GetComment()),
		Evidence: mapped(m.GetEvidence(), evidence),
	}
}

func opinion(m *remitv1.GatewayOpinion) domain.Opinion {
	return domain.Opinion{
		By: m.GetBy(), Opinion: word[domain.OpinionKind](m.GetOpinion()), Text: clearText(m.GetText()),
	}
}

func authority(m *remitv1.Authority) domain.Authority {
	return domain.Authority{
		Body: m.GetBody(), MeetingOn: date(m.GetMeetingOn()), MinuteRef: m.GetMinuteRef(), Quorate: m.GetQuorate(),
		Interests: mapped(m.GetInterests(), clearText), Recusals: mapped(m.GetRecusals(), clearText),
	}
}

func condition(m *remitv1.NewCondition) domain.Condition {
	return domain.Condition{
		Description: clearText(m.GetDescription()), Owner: domain.OrganisationCode(m.GetOwner()),
		DueOn: date(m.GetDueOn()), Timing: word[domain.ConditionTiming](m.GetTiming()),
	}
}

func newFootprint(m *remitv1.NewFootprint) domain.NewFootprint {
	return domain.NewFootprint{
		Code: domain.FootprintCode(m.GetCode()), Name: m.GetName(), Kind: word[domain.FootprintKind](m.GetKind()),
	}
}

func coverage(m *remitv1.Coverage) domain.Coverage {
	return domain.Coverage{
		Organisation: domain.OrganisationCode(m.GetOrganisation()),
		Footprints:   strs[domain.FootprintCode](m.GetFootprints()),
	}
}

func newBody(m *remitv1.NewBody) domain.NewBody {
	return domain.NewBody{
		Code: domain.OrganisationCode(m.GetCode()), Name: m.GetName(), Tier: word[domain.Tier](m.GetTier()),
		Form: word[domain.Form](m.GetForm()), LegalPerson: m.GetLegalPerson(),
		LegalParent: domain.OrganisationCode(m.GetLegalParent()), Parent: domain.OrganisationCode(m.GetParent()),
		Members: strs[domain.OrganisationCode](m.GetMembers()), Host: domain.OrganisationCode(m.GetHost()),
	}
}

func bodyMove(m *remitv1.BodyMove) domain.BodyMove {
	return domain.BodyMove{
		Code: domain.OrganisationCode(m.GetCode()), Parent: domain.OrganisationCode(m.GetParent()),
		LegalParent: domain.OrganisationCode(m.GetLegalParent()),
	}
}

func succession(m *remitv1.Succession) domain.Succession {
	return domain.Succession{
		Predecessor: domain.OrganisationCode(m.GetPredecessor()), Successor: domain.OrganisationCode(m.GetSuccessor()),
		Kind: word[domain.SuccessionKind](m.GetKind()), Share: m.GetShare(),
	}
}

func footprintSuccession(m *remitv1.FootprintSuccession) domain.FootprintSuccession {
	return domain.FootprintSuccession{
		Predecessor: domain.FootprintCode(m.GetPredecessor()), Successor: domain.FootprintCode(m.GetSuccessor()),
		Share: m.GetShare(),
	}
}

func dispositionLine(m *remitv1.DispositionLine) domain.DispositionLine {
	return domain.DispositionLine{
		From: domain.OrganisationCode(m.GetFrom()), To: domain.OrganisationCode(m.GetTo()),
		Disposition: word[domain.Disposition](m.GetDisposition()),
		Functions:   strs[domain.FunctionCode](m.GetFunctions()),
		Footprints:  strs[domain.FootprintCode](m.GetFootprints()),
		Roles:       words[domain.Role](m.GetRoles()),
	}
}

func matterLine(m *remitv1.MatterLine) domain.MatterLine {
	return domain.MatterLine{
		From: domain.OrganisationCode(m.GetFrom()), To: domain.OrganisationCode(m.GetTo()),
		Disposition: word[domain.Disposition](m.GetDisposition()), Kinds: words[domain.MatterKind](m.GetKinds()),
		Matters: mapped(m.GetMatters(), matter),
	}
}

func matter(m *remitv1.Matter) domain.Matter {
	return domain.Matter{Kind: word[domain.MatterKind](m.GetKind()), ID: m.GetId()}
}

func legalBasis(m *remitv1.LegalBasis) domain.LegalBasis {
	return domain.LegalBasis{
		Act: m.GetAct(), Section: m.GetSection(), Binds: domain.OrganisationCode(m.GetBinds()),
		CheckedBy: m.GetCheckedBy(), CheckedOn: date(m.GetCheckedOn()),
	}
}

func functionDetails(m *remitv1.FunctionDetails) domain.FunctionDetails {
	details := domain.FunctionDetails{
		Name: m.GetName(), Class: word[domain.FunctionClass](m.GetClass()),
		FootprintKind:    word[domain.FootprintKind](m.GetFootprintKind()),
		OwnOperationOf:   words[domain.Tier](m.GetOwnOperationOf()),
		Category:         word[domain.Category](m.GetCategory()),
		DestinationTiers: words[domain.Tier](m.GetDestinationTiers()),
		LegalStatus:      word[domain.LegalStatus](m.GetLegalStatus()),
		LegalBasis:       mapped(m.GetLegalBasis(), legalBasis),
		Boundary:         m.GetBoundary(), RetainedRole: word[domain.Role](m.GetRetainedRole()),
		RetainedNote: m.GetRetainedNote(), ReceiverClaim: m.GetReceiverClaim(),
		Group: domain.FunctionCode(m.GetGroup()), Source: m.GetSource(),
	}
	if len(m.GetRules()) > 0 {
		details.Rules = make(map[domain.Role]domain.RemitRule, len(m.GetRules()))
	}
	for _, rule := range m.GetRules() {
		details.Rules[word[domain.Role](rule.GetRole())] = word[domain.RemitRule](rule.GetRule())
	}
	return details
}

func part(m *remitv1.Part) domain.Part {
	return domain.Part{Code: domain.PartCode(m.GetCode()), Name: m.GetName(), Description: m.GetDescription()}
}

func exclusion(m *remitv1.Exclusion) domain.Exclusion {
	return domain.Exclusion{
		Body: domain.OrganisationCode(m.GetBody()), Section: m.GetSection(), Source: m.GetSource(),
	}
}

func commencement(m *remitv1.Commencement) domain.Commencement {
	return domain.Commencement{
		On: date(m.GetOn()), Footprints: strs[domain.FootprintCode](m.GetFootprints()), Authority: m.GetAuthority(),
	}
}

func instrumentDetails(m *remitv1.InstrumentDetails) domain.InstrumentDetails {
	return domain.InstrumentDetails{
		Title: m.GetTitle(), Power: m.GetPower(), Status: word[domain.InstrumentStatus](m.GetStatus()),
		MayCarry:      words[domain.TransferKind](m.GetMayCarry()),
		Exclusions:    mapped(m.GetExclusions(), exclusion),
		Commencements: mapped(m.GetCommencements(), commencement),
		Confidence:    word[domain.Confidence](m.GetConfidence()), Source: m.GetSource(),
	}
}
