package reference

import (
	"fmt"
	"slices"
	"strings"

	"github.com/remit-register/remit/domain"
)

func readInstruments(r *reader) []domain.RegisterInstrument {
	instruments := readTable(r, "instruments", parseInstrument)
	exclusions := readTable(r, "exclusions", func(r row) domain.RegisterInstrument {
		return domain.RegisterInstrument{
			Code: cell[domain.InstrumentCode](r, "instrument"),
			Details: domain.InstrumentDetails{Exclusions: []domain.Exclusion{{
				Body: cell[domain.OrganisationCode](r, "body"), Section: r.text("section"), Source: r.text("source"),
			}}},
		}
	})
	for i := range instruments {
		details := &instruments[i].Details
		for _, exclusion := range exclusions {
			if exclusion.Code == instruments[i].Code {
				details.Exclusions = append(details.Exclusions, exclusion.Details.Exclusions...)
			}
		}
	}
	return instruments
}

func parseInstrument(r row) domain.RegisterInstrument {
	details := domain.InstrumentDetails{
		Title: r.text("title"), Power: r.text("power"), Status: cell[domain.InstrumentStatus](r, "status"),
		MayCarry: cells[domain.TransferKind](r, "may_carry"), Confidence: cell[domain.Confidence](r, "confidence"),
		Source: r.cited(),
	}
	if on := r.date("commences"); on != 0 {
		details.Commencements = []domain.Commencement{{On: on}}
	}
	return domain.RegisterInstrument{Code: cell[domain.InstrumentCode](r, "code"), Details: details}
}

func parseFunction(r row) domain.DefineFunction {
	details := domain.FunctionDetails{
		Name: r.text("name"), Class: cell[domain.FunctionClass](r, "class"),
		FootprintKind:    cell[domain.FootprintKind](r, "footprint_kind"),
		OwnOperationOf:   cells[domain.Tier](r, "own_operation_of"),
		Category:         cell[domain.Category](r, "category"),
		DestinationTiers: cells[domain.Tier](r, "destination_tiers"),
		LegalStatus:      cell[domain.LegalStatus](r, "legal_status"), LegalBasis: parseLegalBasis(r),
		RetainedRole: cell[domain.Role](r, "retained_role"), RetainedNote: r.text("retained_note"),
		ReceiverClaim: r.text("receiver_claim"), Group: cell[domain.FunctionCode](r, "group"), Source: r.text("source"),
	}
	if rule := cell[domain.RemitRule](r, "accountable_rule"); rule != details.RuleOf(domain.RoleAccountable) {
		details.Rules = make(map[domain.Role]domain.RemitRule, 1)
		details.Rules[domain.RoleAccountable] = rule
	}
	return domain.DefineFunction{Code: cell[domain.FunctionCode](r, "code"), Details: details}
}

// parseLegalBasis reads a list of "Act|section|body bound", of which only the Act is always there.
func parseLegalBasis(r row) []domain.LegalBasis {
	var list []domain.LegalBasis
	for _, text := range r.texts("legal_basis") {
		act, rest, _ := strings.Cut(text, "|")
		section, binds, _ := strings.Cut(rest, "|")
		list = append(list, domain.LegalBasis{Act: act, Section: section, Binds: domain.OrganisationCode(binds)})
	}
	return list
}

func parseOrganisation(r row) organisation {
	return organisation{
		NewBody: domain.NewBody{
			Code: cell[domain.OrganisationCode](r, "code"), Name: r.text("name"), Tier: cell[domain.Tier](r, "tier"),
			Form: cell[domain.Form](r, "form"), LegalPerson: r.yes("legal_person"),
			LegalParent: cell[domain.OrganisationCode](r, "legal_parent"),
		},
		period: r.period(), Confidence: cell[domain.Confidence](r, "confidence"), Source: r.text("source"),
	}
}

func parseRename(r row) domain.RenameOrganisation {
	return domain.RenameOrganisation{
		Code: cell[domain.OrganisationCode](r, "organisation"), Name: r.text("name"), EffectiveOn: r.date("from"),
		Source: r.text("source"),
	}
}

func parsePopulation(r row) domain.RecordPopulation {
	return domain.RecordPopulation{
		Organisation: cell[domain.OrganisationCode](r, "organisation"), Basis: cell[domain.PopulationBasis](r, "basis"),
		Year: int(r.number("year")), Count: r.number("count"), EffectiveOn: r.date("from"),
		Confidence: cell[domain.Confidence](r, "confidence"), Source: r.text("source"),
	}
}

func parseMembership(r row) membership {
	return membership{
		Organisation: cell[domain.OrganisationCode](r, "organisation"),
		Parent:       cell[domain.OrganisationCode](r, "parent"), period: r.period(),
	}
}

func parseFootprint(r row) footprint {
	return footprint{
		NewFootprint: domain.NewFootprint{
			Code: cell[domain.FootprintCode](r, "code"), Name: r.text("name"), Kind: cell[domain.FootprintKind](r, "kind"),
		},
		period: r.period(),
	}
}

func parseCoverage(r row) coverage {
	return coverage{
		Footprint:    cell[domain.FootprintCode](r, "footprint"),
		Organisation: cell[domain.OrganisationCode](r, "organisation"), period: r.period(),
	}
}

func readReorganisations(r *reader) []reorganisation {
	reorganisations := readTable(r, "reorganisations", parseReorganisation)
	// part reads a file whose rows belong to the reorganisation that their first column names.
	part := func(file string, parse func(*reorganisation, row)) {
		readTable(r, file, func(r row) struct{} {
			i := slices.IndexFunc(reorganisations, func(x reorganisation) bool { return x.ID == r.text("reorganisation") })
			if i < 0 {
				r.reader.problem(r.file, r.line, fmt.Errorf("no reorganisation %q", r.text("reorganisation")))
				return struct{}{}
			}
			parse(&reorganisations[i], r)
			return struct{}{}
		})
	}
	part("successions", func(x *reorganisation, r row) {
		x.Successions = append(x.Successions, domain.Succession{
			Predecessor: cell[domain.OrganisationCode](r, "predecessor"),
			Successor:   cell[domain.OrganisationCode](r, "successor"),
			Kind:        cell[domain.SuccessionKind](r, "kind"), Share: r.text("share"),
		})
	})
	part("footprint_successions", func(x *reorganisation, r row) {
		x.FootprintSuccessions = append(x.FootprintSuccessions, domain.FootprintSuccession{
			Predecessor: cell[domain.FootprintCode](r, "predecessor"),
			Successor:   cell[domain.FootprintCode](r, "successor"), Share: r.text("share"),
		})
	})
	part("dispositions", func(x *reorganisation, r row) {
		x.Dispositions = append(x.Dispositions, domain.DispositionLine{
			From: cell[domain.OrganisationCode](r, "from"), To: cell[domain.OrganisationCode](r, "to"),
			Disposition: cell[domain.Disposition](r, "disposition"),
			Footprints:  cells[domain.FootprintCode](r, "footprints"),
		})
	})
	return reorganisations
}

func parseReorganisation(r row) reorganisation {
	return reorganisation{
		ID: r.text("id"), On: r.date("from"), Ends: cells[domain.OrganisationCode](r, "ends"),
		Establishes: cells[domain.OrganisationCode](r, "establishes"),
		Instrument:  cell[domain.InstrumentCode](r, "instrument"), Confidence: cell[domain.Confidence](r, "confidence"),
		Source: r.cited(),
	}
}

func parseAllocation(r row) allocation {
	return allocation{
		Function: cell[domain.FunctionCode](r, "function"), Roles: cells[domain.Role](r, "roles"),
		Holder: cell[rule](r, "holder"), From: r.date("from"), Instrument: cell[domain.InstrumentCode](r, "instrument"),
		Confidence: cell[domain.Confidence](r, "confidence"), Source: r.cited(),
	}
}

func parseOccurrence(r row) occurrence {
	return occurrence{
		Kind: cell[domain.TransferKind](r, "kind"), Function: cell[domain.FunctionCode](r, "function"),
		Before: cell[rule](r, "holder_before"), Holder: cell[rule](r, "holder"), Roles: cells[domain.Role](r, "roles"),
		On: r.date("from"), Instrument: cell[domain.InstrumentCode](r, "instrument"),
		Confidence: cell[domain.Confidence](r, "confidence"), Source: r.cited(),
	}
}

func parsePlan(r row) plannedTransfer {
	return plannedTransfer{
		ID: r.text("id"), Replaces: r.text("replaces"), Kind: cell[domain.TransferKind](r, "kind"),
		Function: cell[domain.FunctionCode](r, "function"), Sender: cell[domain.OrganisationCode](r, "sender"),
		Receivers: cell[rule](r, "receivers"), Roles: cells[domain.Role](r, "roles"), For: r.date("planned_for"),
		Instrument: cell[domain.InstrumentCode](r, "instrument"), Confidence: cell[domain.Confidence](r, "confidence"),
		Source: r.cited(),
	}
}

func parsePlannedReorganisation(r row) plannedReorganisation {
	return plannedReorganisation{ID: r.text("id"), Plan: domain.PlanReorganisation{
		Kind: cell[domain.SuccessionKind](r, "kind"), Originals: cells[domain.OrganisationCode](r, "ends"),
		Results: cells[domain.OrganisationCode](r, "successors"), EffectiveOn: r.date("planned_for"),
		Instrument: cell[domain.InstrumentCode](r, "instrument"), Confidence: cell[domain.Confidence](r, "confidence"),
		Source: r.text("source"), PublishedNote: r.text("note"),
	}}
}
