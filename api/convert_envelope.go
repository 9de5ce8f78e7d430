package api

import (
	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

func envelopeLine(l projections.EnvelopeLine) *remitv1.EnvelopeLine {
	return &remitv1.EnvelopeLine{
		Organisation: string(l.Organisation), Name: l.Name, Region: string(l.Region),
		Allowances: mapped(l.Allowances, allowance), RunningPounds: l.Running, ExcludedPounds: l.Excluded,
		ProgrammePounds: l.Programme, CapitalPounds: l.Capital, CompletedPounds: l.Completed, PlannedPounds: l.Planned,
		ShiftedPounds: l.Shifted, AfterPounds: l.After, Figures: mapped(l.Figures, costFigure),
	}
}

func allowance(a projections.Allowance) *remitv1.Allowance {
	return &remitv1.Allowance{
		Basis: enumOf[remitv1.PopulationBasis](a.Basis), Population: a.Population, Years: mapped(a.Years, count),
		Sources: a.Sources, Confidence: enumOf[remitv1.Confidence](a.Confidence),
		SourceEvents: mapped(a.Events, number[domain.EventNo]), Missing: strs[string](a.Missing), Pounds: a.Pounds,
		HeadroomPounds: a.Headroom,
	}
}

func costFigure(f projections.CostFigure) *remitv1.CostFigure {
	return &remitv1.CostFigure{
		CostId: f.ID, Organisation: string(f.Organisation), Function: string(f.Function), TransferId: string(f.Transfer),
		Class: enumOf[remitv1.CostClass](f.Class), Recurrent: f.Recurrent, Excluded: f.Excluded, Pounds: f.Pounds,
		Year: f.Year, Base: f.Base, Source: f.Source, Shifted: f.Shifted, SourceEvent: number(f.Event),
	}
}

func shiftMove(m projections.ShiftMove) *remitv1.ShiftMove {
	return &remitv1.ShiftMove{
		Start: m.Start.String(), End: m.End.String(), Class: enumOf[remitv1.FunctionClass](m.Class),
		FromTier: enumOf[remitv1.Tier](m.FromTier), ToTier: enumOf[remitv1.Tier](m.ToTier), Pounds: m.Pounds,
		PoundsKnown: count(m.Money), Wte: hundredthsText(m.WTE), WteKnown: count(m.Staff), Population: m.Population,
		PopulationBasis: enumOf[remitv1.PopulationBasis](m.PopulationBasis), PopulationKnown: count(m.PopulationKnown),
		Transfers: count(m.Transfers), Agreements: count(m.Agreements), Occurrences: count(m.Occurrences),
		Remits: count(m.Remits), Events: mapped(m.Events, number[domain.EventNo]),
	}
}

// envelopePoint is a point of a series; the figures that lines rest on are those of the answer for its date.
func envelopePoint(e projections.Envelope) *remitv1.EnvelopePoint {
	line := func(l projections.EnvelopeLine) *remitv1.EnvelopeLine {
		l.Figures = nil
		return envelopeLine(l)
	}
	return &remitv1.EnvelopePoint{
		EffectiveOn: e.AsOf.On.String(), Year: e.Year, Bodies: mapped(e.Bodies, line), Regions: mapped(e.Regions, line),
		England: line(e.England),
	}
}

func shiftCount(c projections.ShiftCount) *remitv1.ShiftCount {
	return &remitv1.ShiftCount{
		On: c.On.String(), Class: enumOf[remitv1.FunctionClass](c.Class), Tier: enumOf[remitv1.Tier](c.Tier),
		Role: enumOf[remitv1.Role](c.Role), Remits: count(c.Remits),
	}
}

// count is a number of things in memory, or one that a rule of the contract keeps small.
func count(n int) int32 {
	return int32(n) //nolint:gosec // see above
}
