package api

import (
	"cmp"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

func (s shown) organisation(o projections.OrganisationView) *remitv1.Organisation {
	return &remitv1.Organisation{
		Code: string(o.Code), Name: o.Name, Tier: enumOf[remitv1.Tier](o.Tier), Form: enumOf[remitv1.Form](o.Form),
		LegalPerson: o.LegalPerson, LegalParent: string(o.LegalParent), Parent: string(o.Parent), Open: o.IsOpen,
		OpenedOn: o.OpenedOn.String(), ClosedOn: o.ClosedOn.String(),
		Confidence: enumOf[remitv1.Confidence](o.Confidence), Source: o.Source,
		Footprints: strs[string](o.Coverage), Revision: number(o.Revision), Region: string(o.Region),
		Person: string(o.Person), Members: strs[string](o.Members), Names: mapped(o.Names, datedName),
		Parents: mapped(o.Parents, datedCode), LegalParents: mapped(o.LegalParents, datedCode),
		Predecessors: mapped(o.Predecessors, recordedSuccession), Successors: mapped(o.Successors, recordedSuccession),
		Planned: mapped(o.Planned, s.plannedReorganisation), JointMembers: strs[string](o.JointMembers), Host: string(o.Host),
	}
}

func datedName(p projections.Period[string]) *remitv1.DatedName {
	return &remitv1.DatedName{Name: p.Value, From: p.From.String(), To: p.To.String(), SourceEvent: number(p.Event)}
}

func datedCode(p projections.Period[domain.OrganisationCode]) *remitv1.DatedCode {
	return &remitv1.DatedCode{
		Code: string(p.Value), From: p.From.String(), To: p.To.String(), SourceEvent: number(p.Event),
	}
}

func recordedSuccession(s domain.RecordedSuccession) *remitv1.RecordedSuccession {
	return &remitv1.RecordedSuccession{
		Succession: &remitv1.Succession{
			Predecessor: string(s.Predecessor), Successor: string(s.Successor),
			Kind: enumOf[remitv1.SuccessionKind](s.Kind), Share: s.Share,
		},
		EffectiveOn: s.EffectiveOn.String(), ReorganisationId: s.Reorganisation, SourceEvent: number(s.Event),
	}
}

func (s shown) plannedReorganisation(p domain.PlannedReorganisation) *remitv1.PlannedReorganisation {
	return &remitv1.PlannedReorganisation{
		ReorganisationId: p.ID, Kind: enumOf[remitv1.SuccessionKind](p.Kind), Originals: strs[string](p.Originals),
		Results: strs[string](p.Results), EffectiveOn: p.EffectiveOn.String(), Instrument: string(p.Instrument),
		Confidence: enumOf[remitv1.Confidence](p.Confidence), Source: p.Source, Note: cmp.Or(s.text(p.Note), p.PublishedNote),
		SourceEvent: number(p.Event),
	}
}

func footprintMessage(f projections.FootprintView) *remitv1.Footprint {
	return &remitv1.Footprint{
		Code: string(f.Code), Name: f.Name, Kind: enumOf[remitv1.FootprintKind](f.Kind), Open: f.IsOpen,
		OpenedOn: f.OpenedOn.String(), ClosedOn: f.ClosedOn.String(), CoveredBy: string(f.CoveredBy),
		Region: string(f.Region), Covered: mapped(f.Covered, datedCode),
		Predecessors: mapped(f.Predecessors, recordedFootprintSuccession),
		Successors:   mapped(f.Successors, recordedFootprintSuccession),
	}
}

func recordedFootprintSuccession(s domain.RecordedFootprintSuccession) *remitv1.RecordedFootprintSuccession {
	return &remitv1.RecordedFootprintSuccession{
		Succession: &remitv1.FootprintSuccession{
			Predecessor: string(s.Predecessor), Successor: string(s.Successor), Share: s.Share,
		},
		EffectiveOn: s.EffectiveOn.String(), SourceEvent: number(s.Event),
	}
}
