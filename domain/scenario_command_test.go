package domain

import (
	"fmt"
	"maps"
	"strings"
)

// verbs are the commands of the register's data as a scenario says them; those of transfers and delegations are
// transferVerbs.
func verbs() map[string]func(*phrase) Command {
	all := map[string]func(*phrase) Command{
		"organisation": establishPhrase,
		"rename":       renamePhrase,
		"move":         movePhrase,
		"footprints":   footprintsPhrase,
		"cover":        coverPhrase,
		"announce":     announcePhrase,
		"reorganise":   reorganisePhrase,
		"function":     func(p *phrase) Command { code, d := functionPhrase(p); return DefineFunction{code, d} },
		"revise":       func(p *phrase) Command { code, d := functionPhrase(p); return ReviseFunction{code, d} },
		"divide":       dividePhrase,
		"baseline":     baselinePhrase,
		"instrument":   instrumentPhrase,
		"commence":     commencePhrase,
		"discard":      discardPhrase,
		"occurrence":   occurrencePhrase,
		"import":       importPhrase,
	}
	maps.Copy(all, transferVerbs())
	maps.Copy(all, lifeVerbs())
	return all
}

// command turns a phrase into a command.
func (p *phrase) command() (Command, error) {
	read, ok := verbs()[p.verb]
	if !ok {
		return nil, fmt.Errorf("there is no verb %q", p.verb)
	}
	cmd := read(p)
	return cmd, p.finish()
}

// organisation CODE NAME TIER FORM [in PARENT] [for LEGAL PARENT] on DATE; a body that acts for another is no legal
// person.
func establishPhrase(p *phrase) Command {
	b := newBodyPhrase(p)
	return EstablishOrganisation{
		Code: b.Code, Name: b.Name, Tier: b.Tier, Form: b.Form, LegalPerson: b.LegalPerson, LegalParent: b.LegalParent,
		Parent: b.Parent, Members: b.Members, Host: b.Host, EffectiveOn: p.effective(), Source: p.value("source"),
	}
}

func newBodyPhrase(p *phrase) NewBody {
	return NewBody{
		Code: OrganisationCode(p.object(0)), Name: p.object(1), Tier: Tier(p.object(2)), Form: Form(p.object(3)),
		LegalPerson: !p.has("for") && !p.has("members"), Members: listOf[OrganisationCode](p, "members"),
		Host: OrganisationCode(p.value("host")), LegalParent: OrganisationCode(p.value("for")), Parent: OrganisationCode(p.value("in")),
	}
}

// rename CODE NAME on DATE.
func renamePhrase(p *phrase) Command {
	return RenameOrganisation{
		Code: OrganisationCode(p.object(0)), Name: p.object(1), EffectiveOn: p.effective(),
		Instrument: InstrumentCode(p.value("under")),
	}
}

// move CODE [in PARENT] [for LEGAL PARENT] on DATE.
func movePhrase(p *phrase) Command {
	m := bodyMovePhrase(p)
	return MoveOrganisation{Code: m.Code, Parent: m.Parent, LegalParent: m.LegalParent, EffectiveOn: p.effective()}
}

func bodyMovePhrase(p *phrase) BodyMove {
	return BodyMove{
		Code: OrganisationCode(p.object(0)), Parent: OrganisationCode(p.value("in")),
		LegalParent: OrganisationCode(p.value("for")),
	}
}

// footprints CODES KIND [covered CODE] on DATE.
func footprintsPhrase(p *phrase) Command {
	c := ChangeFootprints{EffectiveOn: p.effective(), Source: p.value("source")}
	codes := splitOf[FootprintCode](p.object(0))
	for _, code := range codes {
		c.Open = append(c.Open, NewFootprint{Code: code, Name: string(code), Kind: FootprintKind(p.object(1))})
	}
	if p.has("covered") {
		c.Coverage = []Coverage{{Organisation: OrganisationCode(p.value("covered")), Footprints: codes}}
	}
	return c
}

// cover CODES by CODE on DATE.
func coverPhrase(p *phrase) Command {
	return ChangeFootprints{Coverage: []Coverage{coverageOf(p)}, EffectiveOn: p.effective()}
}

func coverageOf(p *phrase) Coverage {
	return Coverage{Organisation: OrganisationCode(p.value("by")), Footprints: splitOf[FootprintCode](p.object(0))}
}

// announce KIND of CODES [into CODES] on DATE: a planned reorganisation.
func announcePhrase(p *phrase) Command {
	return PlanReorganisation{
		Kind: SuccessionKind(p.object(0)), Originals: listOf[OrganisationCode](p, "of"),
		Results: listOf[OrganisationCode](p, "into"), EffectiveOn: p.date("on"), Source: p.value("source"),
		Instrument: InstrumentCode(p.value("under")),
	}
}

// reorganise on DATE, and below it what begins, what ends and what becomes of what.
func reorganisePhrase(p *phrase) Command {
	c := &Reorganise{
		EffectiveOn: p.effective(), Instrument: InstrumentCode(p.value("under")), Source: p.value("source"),
	}
	for _, line := range p.lines {
		reorganiseLine(c, line)
	}
	return *c
}

func reorganiseLine(c *Reorganise, p *phrase) {
	switch p.verb {
	case "establish":
		c.Establish = append(c.Establish, newBodyPhrase(p))
	case "end":
		c.Ends = append(c.Ends, splitOf[OrganisationCode](p.object(0))...)
	case "merge", "split", "absorb", "abolish":
		c.Successions = append(c.Successions, Succession{
			Predecessor: OrganisationCode(p.object(0)), Successor: OrganisationCode(p.value("into")),
			Kind: SuccessionKind(p.verb), Share: p.value("share"),
		})
	case "move":
		c.Moves = append(c.Moves, bodyMovePhrase(p))
	case "open":
		c.OpenFootprints = append(c.OpenFootprints, NewFootprint{
			Code: FootprintCode(p.object(0)), Name: p.object(1), Kind: FootprintKind(p.object(2)),
		})
	case "footprint":
		c.FootprintSuccessions = append(c.FootprintSuccessions, FootprintSuccession{
			Predecessor: FootprintCode(p.object(0)), Successor: FootprintCode(p.value("into")), Share: p.value("share"),
		})
	case "cover":
		c.Coverage = append(c.Coverage, coverageOf(p))
	case "matter":
		c.Matters = append(c.Matters, matterLine(p))
	case "moves", "ceases", "undetermined":
		c.Dispositions = append(c.Dispositions, DispositionLine{
			Disposition: Disposition(p.verb), From: OrganisationCode(p.value("from")), To: OrganisationCode(p.value("to")),
			Functions: listOf[FunctionCode](p, "of"), Footprints: listOf[FootprintCode](p, "in"), Roles: listOf[Role](p, "moving"),
		})
	default:
		p.fail(fmt.Errorf("a reorganisation has no line %q", p.verb))
	}
}

// function CODE NAME FOOTPRINT-KIND LEGAL-STATUS and what else is known of it. "rules accountable:concurrent" names
// what is not the default; "checked head-of-legal:2026-05-01" is the legal check.
func functionPhrase(p *phrase) (FunctionCode, FunctionDetails) {
	d := FunctionDetails{
		Name: p.object(1), FootprintKind: FootprintKind(p.object(2)), LegalStatus: LegalStatus(p.object(3)),
		OwnOperationOf: listOf[Tier](p, "operations"), RetainedRole: Role(p.value("keeps")), Source: p.value("source"),
	}
	for _, rule := range listOf[string](p, "rules") {
		role, kind, _ := strings.Cut(rule, ":")
		if d.Rules == nil {
			d.Rules = make(map[Role]RemitRule)
		}
		d.Rules[Role(role)] = RemitRule(kind)
	}
	by, on, _ := strings.Cut(p.value("checked"), ":")
	date, err := ParseDate(on)
	if err != nil {
		p.fail(err)
	}
	if p.has("section") || p.has("binds") || p.has("checked") {
		d.LegalBasis = []LegalBasis{{
			Section: p.value("section"), Binds: OrganisationCode(p.value("binds")), CheckedBy: by, CheckedOn: date,
		}}
	}
	return FunctionCode(p.object(0)), d
}

// divide CODE on DATE rest CODE, and below it "- part CODE NAME".
func dividePhrase(p *phrase) Command {
	c := DivideFunction{
		Code: FunctionCode(p.object(0)), Rest: Part{Code: PartCode(p.value("rest")), Name: "The rest"},
		EffectiveOn: p.effective(), Source: p.value("source"),
	}
	for _, line := range p.lines {
		c.Parts = append(c.Parts, Part{Code: PartCode(line.object(0)), Name: line.object(1)})
	}
	return c
}

// baseline of FUNCTION to BODY moving ROLES [in FOOTPRINTS] on DATE source TEXT.
func baselinePhrase(p *phrase) Command {
	function, part := p.subject()
	return AllocateFunction{
		Function: function, Part: part, Holder: OrganisationCode(p.value("to")), Footprints: listOf[FootprintCode](p, "in"),
		Roles: listOf[Role](p, "moving"), EffectiveOn: p.effective(), Source: p.value("source"),
		AccountableTo: OrganisationCode(p.value("answering")), HeldThrough: p.value("through"),
		Confidence: Confidence(p.value("confidence")), Instrument: InstrumentCode(p.value("under")),
	}
}

// instrument CODE TITLE STATUS carries KINDS [force DATE] [in FOOTPRINTS], and below it "- excludes SECTION of BODY".
func instrumentPhrase(p *phrase) Command {
	c := RegisterInstrument{Code: InstrumentCode(p.object(0)), Details: InstrumentDetails{
		Title: p.object(1), Power: p.object(1), Status: InstrumentStatus(p.object(2)), MayCarry: listOf[TransferKind](p, "carries"),
	}}
	if p.has("force") {
		c.Details.Commencements = []Commencement{{On: p.date("force"), Footprints: listOf[FootprintCode](p, "in")}}
	}
	for _, line := range p.lines {
		c.Details.Exclusions = append(c.Details.Exclusions, Exclusion{
			Section: line.value("section"), Body: OrganisationCode(line.value("of")), Source: line.value("source"),
		})
	}
	return c
}

// commence CODE on DATE [in FOOTPRINTS] [by AUTHORITY].
func commencePhrase(p *phrase) Command {
	return CommenceInstrument{Code: InstrumentCode(p.object(0)), Commencement: Commencement{
		On: p.date("on"), Footprints: listOf[FootprintCode](p, "in"), Authority: p.value("by"),
	}}
}

// discard CODE on DATE [for CODE].
func discardPhrase(p *phrase) Command {
	return DiscardInstrument{
		Code: InstrumentCode(p.object(0)), EffectiveOn: p.effective(), ReplacedBy: InstrumentCode(p.value("for")),
	}
}

// import KIND [by BODY], and below it "- line of FUNCTION to BODY moving ROLES [in FOOTPRINTS] [on DATE] source TEXT".
func importPhrase(p *phrase) Command {
	c := ImportMap{
		Kind: ImportKind(p.object(0)), Claimant: OrganisationCode(p.value("by")), SHA256: strings.Repeat("ab", 32),
		FileName: text("map.xlsx"), Rows: len(p.lines),
	}
	for _, below := range p.lines {
		b, _ := baselinePhrase(below).(AllocateFunction)
		line := ImportLine{
			Function: b.Function, Part: b.Part, Holder: b.Holder, Footprints: b.Footprints, Roles: b.Roles, EffectiveOn: b.EffectiveOn,
			Instrument: b.Instrument, AccountableTo: b.AccountableTo, HeldThrough: b.HeldThrough, Confidence: b.Confidence, Source: b.Source,
		}
		if c.Kind == ImportClaims {
			line.Source, line.Basis = "", text(b.Source)
		}
		c.Lines = append(c.Lines, line)
	}
	return c
}

// occurrence KIND of FUNCTION [from BODY] [to BODY] moving ROLES [in FOOTPRINTS] on DATE source TEXT; "to undetermined"
// when nobody knows.
func occurrencePhrase(p *phrase) Command {
	function, part := p.subject()
	c := RecordOccurrence{
		Kind: TransferKind(p.object(0)), Function: function, Part: part, From: OrganisationCode(p.value("from")),
		To: OrganisationCode(p.value("to")), Footprints: listOf[FootprintCode](p, "in"), Roles: listOf[Role](p, "moving"),
		EffectiveOn: p.effective(), Instrument: InstrumentCode(p.value("under")), Source: p.value("source"),
	}
	if c.To == "undetermined" {
		c.To, c.Undetermined = "", true
	}
	return c
}
