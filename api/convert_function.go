package api

import (
	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

func functionMessage(f projections.FunctionView) *remitv1.Function {
	return &remitv1.Function{
		Code: string(f.Code), Details: functionDetailsMessage(f.Details), Parts: mapped(f.Parts, partMessage),
		Revision: number(f.Revision), Divisions: mapped(f.Divided, division),
	}
}

func division(p projections.Period[[]domain.Part]) *remitv1.Division {
	return &remitv1.Division{
		Parts: mapped(p.Value, partMessage), From: p.From.String(), To: p.To.String(), SourceEvent: number(p.Event),
	}
}

func partMessage(p domain.Part) *remitv1.Part {
	return &remitv1.Part{Code: string(p.Code), Name: p.Name, Description: p.Description}
}

func functionDetailsMessage(d domain.FunctionDetails) *remitv1.FunctionDetails {
	m := &remitv1.FunctionDetails{
		Name: d.Name, Class: enumOf[remitv1.FunctionClass](d.Class),
		FootprintKind:    enumOf[remitv1.FootprintKind](d.FootprintKind),
		OwnOperationOf:   enumsOf[remitv1.Tier](d.OwnOperationOf),
		Category:         enumOf[remitv1.Category](d.Category),
		DestinationTiers: enumsOf[remitv1.Tier](d.DestinationTiers),
		LegalStatus:      enumOf[remitv1.LegalStatus](d.LegalStatus),
		LegalBasis:       mapped(d.LegalBasis, legalBasisMessage), Boundary: d.Boundary,
		RetainedRole: enumOf[remitv1.Role](d.RetainedRole), RetainedNote: d.RetainedNote,
		ReceiverClaim: d.ReceiverClaim, Group: string(d.Group), Source: d.Source,
	}
	for _, role := range domain.Roles() {
		m.Rules = append(m.Rules, &remitv1.RoleRule{
			Role: enumOf[remitv1.Role](role), Rule: enumOf[remitv1.RemitRule](d.RuleOf(role)),
		})
	}
	return m
}

func legalBasisMessage(b domain.LegalBasis) *remitv1.LegalBasis {
	return &remitv1.LegalBasis{
		Act: b.Act, Section: b.Section, Binds: string(b.Binds), CheckedBy: b.CheckedBy, CheckedOn: b.CheckedOn.String(),
	}
}

func instrumentMessage(i projections.InstrumentView) *remitv1.Instrument {
	d := i.Details
	return &remitv1.Instrument{
		Code: string(i.Code),
		Details: &remitv1.InstrumentDetails{
			Title: d.Title, Power: d.Power, Status: enumOf[remitv1.InstrumentStatus](i.Status),
			MayCarry: enumsOf[remitv1.TransferKind](d.MayCarry), Exclusions: mapped(d.Exclusions, exclusionMessage),
			Commencements: mapped(d.Commencements, commencementMessage),
			Confidence:    enumOf[remitv1.Confidence](d.Confidence), Source: d.Source,
		},
		DiscardedOn: i.DiscardedOn.String(), ReplacedBy: string(i.ReplacedBy), Revision: number(i.Revision),
	}
}

func exclusionMessage(e domain.Exclusion) *remitv1.Exclusion {
	return &remitv1.Exclusion{Body: string(e.Body), Section: e.Section, Source: e.Source}
}

func commencementMessage(c domain.Commencement) *remitv1.Commencement {
	return &remitv1.Commencement{On: c.On.String(), Footprints: strs[string](c.Footprints), Authority: c.Authority}
}
