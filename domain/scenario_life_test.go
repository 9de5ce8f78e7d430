package domain

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// lifeVerbs are the commands of a transfer's life around its gateways, of packages, delegations and second persons as
// a scenario says them.
func lifeVerbs() map[string]func(*phrase) Command {
	return map[string]func(*phrase) Command{
		"second":         func(p *phrase) Command { return Second{AwaitingID: p.object(0)} },
		"decline":        func(p *phrase) Command { return Second{AwaitingID: p.object(0), Decline: true} },
		"correct":        correctPhrase,
		"erase":          erasePhrase,
		"explore":        explorePhrase,
		"pause":          func(p *phrase) Command { return PauseTransfer{transferOf(p)} },
		"resume":         func(p *phrase) Command { return ResumeTransfer{transferOf(p)} },
		"call-in":        func(p *phrase) Command { return CallIn{transferOf(p)} },
		"reverse":        reversePhrase,
		"milestone":      milestonePhrase,
		"review":         reviewPhrase,
		"vary":           func(p *phrase) Command { return VaryDelegation{ArrangementID(p.object(0)), termsOf(p)} },
		"framework":      frameworkPhrase,
		"package":        packagePhrase,
		"assess-package": assessPackagePhrase,
		"decide-package": decidePackagePhrase,
		"intervene":      intervenePhrase,
		"end":            func(p *phrase) Command { return EndIntervention{p.object(0), p.effective()} },
		"claim":          claimPhrase,
		"attest":         attestPhrase,
		"risk":           riskPhrase,
		"score":          scorePhrase,
		"close":          func(p *phrase) Command { return CloseRisk{p.object(0)} },
		"population":     populationPhrase,
		"cost":           costPhrase,
		"committee":      committeePhrase,
		"seat":           func(p *phrase) Command { return ChangeCommittee{CommitteeID: p.object(0), Terms: seats(p)} },
		"dissolve":       func(p *phrase) Command { return ChangeCommittee{CommitteeID: p.object(0), Dissolve: true} },
		"advise":         advisePhrase,
		"return":         returnPhrase,
		"moderate":       moderatePhrase,
	}
}

// number reads a whole number.
func (p *phrase) number(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		p.fail(err)
	}
	return n
}

// correct @LABEL [withdrawn] [holder BODY] [name NAME] [covering BODY] [on DATE] source TEXT: the event that a step
// with that label recorded first.
func correctPhrase(p *phrase) Command {
	return Correct{
		Event: EventNo(p.number(p.object(0))), Withdraw: len(p.objects) > 1 && p.objects[1] == "withdrawn",
		Holder: OrganisationCode(p.value("holder")), Name: p.value("name"), Covering: OrganisationCode(p.value("covering")),
		EffectiveOn: p.date("on"), Source: p.value("source"),
	}
}

// erase @LABEL FIELD by BODY source AUTHORITY: the event that a step with that label recorded first, in the name of BODY,
// with one personal text, its reason. Or erase SUBJECT person source AUTHORITY.
func erasePhrase(p *phrase) Command {
	c := ErasePersonalData{Authority: p.value("source")}
	if p.object(1) == "person" {
		c.Pseudonyms = []Pseudonym{Pseudonym(p.object(0))}
		return c
	}
	event := EventNo(p.number(p.object(0)))
	c.Texts = []TextRef{{Event: event, Field: strings.TrimPrefix(p.object(1), "all")}}
	return c.WithRecorded([]CommittedText{{
		Event: event, Field: "reason", Commitment: Commitment(p.object(0)), Organisation: OrganisationCode(p.value("by")),
	}})
}

// explore ROUTE of FUNCTION from BODY [in FOOTPRINTS] moving ROLES on DATE, and below it "- option CODE [to BODY]".
func explorePhrase(p *phrase) Command {
	function, part := p.subject()
	c := ExploreTransfer{
		Kind: TransferKind(p.object(0)), Function: function, Part: part, Sender: OrganisationCode(p.value("from")),
		Footprints: listOf[FootprintCode](p, "in"), Roles: listOf[Role](p, "moving"), EffectiveOn: p.effective(),
	}
	for _, line := range p.lines {
		c.Options = append(c.Options, TransferOption{Code: line.object(0), Receiver: OrganisationCode(line.value("to"))})
	}
	return c
}

// reverse ID [under INSTRUMENT] [terms WHICH] on DATE.
func reversePhrase(p *phrase) Command {
	return ReverseTransfer{
		TransferID: transferOf(p), EffectiveOn: p.effective(), Instrument: InstrumentCode(p.value("under")), Terms: termsOf(p),
	}
}

// milestone ID KIND [due DATE] [done DATE] [in FOOTPRINTS].
func milestonePhrase(p *phrase) Command {
	return RecordMilestone{transferOf(p), Milestone{
		Kind: MilestoneKind(p.object(1)), Footprints: listOf[FootprintCode](p, "in"), PlannedOn: p.date("due"),
		ActualOn: p.date("done"),
	}}
}

// review ID CONCLUSION on DATE, and below it "- outcome METRIC ACTUAL".
func reviewPhrase(p *phrase) Command {
	c := ReviewTransfer{TransferID: transferOf(p), ReviewedOn: p.effective(), Conclusion: text(p.object(1))}
	for _, line := range p.lines {
		c.Outcomes = append(c.Outcomes, Outcome{Metric: line.object(0), Actual: line.object(1)})
	}
	return c
}

// framework CODE NAME WEIGHT, and below it "- gateway CODE PARTY ROLE", "- domains CODES" and
// "- notice STATEMENTS DAYS POUNDS HUNDREDTHS-OF-WTE".
func frameworkPhrase(p *phrase) Command {
	f := Framework{Code: FrameworkCode(p.object(0)), Name: p.object(1), Weight: int(p.number(p.object(2)))}
	for _, line := range p.lines {
		switch line.verb {
		case "gateway":
			g := FrameworkGateway{
				Code: GatewayCode(line.object(0)), Party: Party(line.object(1)), Role: ActorRole(line.object(2)),
			}
			f.Confirmed = f.Confirmed || g.Party == PartyConfirmer
			f.Gateways = append(f.Gateways, g)
		case "domains":
			f.Domains = splitOf[string](line.object(0))
		case "notice":
			f.Notice = Notice{
				Statements: splitOf[string](line.object(0)), WorkingDays: int(line.number(line.object(1))),
				MaxPounds: line.number(line.object(2)), MaxWTE: line.number(line.object(3)),
			}
		default:
			line.fail(fmt.Errorf("a framework has no line %q", line.verb))
		}
	}
	return SetFramework{f}
}

// package NAME of TRANSFERS.
func packagePhrase(p *phrase) Command {
	return FormPackage{Name: p.object(0), Case: text("The case."), Members: listOf[TransferID](p, "of")}
}

// assess-package ID PARTY, all green.
func assessPackagePhrase(p *phrase) Command {
	return AssessPackage{PackageID: p.object(0), Party: Party(p.object(1)), Ratings: allGreen()}
}

// decide-package ID GATEWAY DECISION by BODY [on DATE] [signed STATEMENTS], and below it the lines of a decision and
// "- except ID [DECISION]".
func decidePackagePhrase(p *phrase) Command {
	c := DecidePackage{}
	p.lines = slices.DeleteFunc(p.lines, func(line *phrase) bool {
		if line.verb == "except" {
			e := PackageException{TransferID: TransferID(line.object(0))}
			if len(line.objects) > 1 {
				e.Decision = GatewayDecision(line.object(1))
			}
			c.Exceptions = append(c.Exceptions, e)
		}
		return line.verb == "except"
	})
	one, _ := decidePhrase(p).(DecideGateway)
	c.PackageID, c.Gateway, c.Decision, c.DecidedBy = string(one.TransferID), one.Gateway, one.Decision, one.DecidedBy
	c.DecidedOn, c.Authority, c.Opinions, c.Conditions = one.DecidedOn, one.Authority, one.Opinions, one.Conditions
	c.Statements = one.Statements
	return c
}

// intervene KIND by BODY against BODY [of FUNCTIONS] [under INSTRUMENT] [review DATE] on DATE source GROUNDS.
func intervenePhrase(p *phrase) Command {
	return RecordIntervention{
		Kind: InterventionKind(p.object(0)), By: OrganisationCode(p.value("by")), In: OrganisationCode(p.value("against")),
		Functions: listOf[FunctionCode](p, "of"), Grounds: text(p.value("source")), ReviewOn: p.date("review"),
		EffectiveOn: p.effective(), Instrument: InstrumentCode(p.value("under")),
	}
}

// claim BODY holds|denies of FUNCTION [in FOOTPRINTS] moving ROLES on DATE source BASIS.
func claimPhrase(p *phrase) Command {
	function, part := p.subject()
	return ClaimRemit{
		Claimant: OrganisationCode(p.object(0)), Function: function, Part: part, Footprints: listOf[FootprintCode](p, "in"),
		Roles: listOf[Role](p, "moving"), Holds: p.object(1) == "holds", EffectiveOn: p.effective(), Basis: text(p.value("source")),
	}
}

// attest BODY [agrees] [except TEXT] [on DATE].
func attestPhrase(p *phrase) Command {
	return AttestRemit{
		Organisation: OrganisationCode(p.object(0)), Agrees: len(p.objects) > 1 && p.objects[1] == "agrees",
		Exceptions: text(p.value("except")), EffectiveOn: p.date("on"),
	}
}

// risk OWNER DESCRIPTION LIKELIHOOD IMPACT [for TRANSFER].
func riskPhrase(p *phrase) Command {
	return RaiseRisk{
		Owner: OrganisationCode(p.object(0)), Description: text(p.object(1)), Likelihood: int(p.number(p.object(2))),
		Impact: int(p.number(p.object(3))), TransferID: TransferID(p.value("for")),
	}
}

// score ID LIKELIHOOD IMPACT [owner BODY].
func scorePhrase(p *phrase) Command {
	return UpdateRisk{
		RiskID: p.object(0), Likelihood: int(p.number(p.object(1))), Impact: int(p.number(p.object(2))),
		Owner: OrganisationCode(p.value("owner")),
	}
}

// population BODY BASIS YEAR COUNT on DATE source TEXT.
func populationPhrase(p *phrase) Command {
	return RecordPopulation{
		Organisation: OrganisationCode(p.object(0)), Basis: PopulationBasis(p.object(1)), Year: int(p.number(p.object(2))),
		Count: p.number(p.object(3)), EffectiveOn: p.effective(), Source: p.value("source"),
	}
}

// cost BODY CLASS POUNDS YEAR [of FUNCTION] [for TRANSFER] base TEXT source TEXT.
func costPhrase(p *phrase) Command {
	return RecordCost{
		Organisation: OrganisationCode(p.object(0)), Class: CostClass(p.object(1)), Pounds: p.number(p.object(2)),
		Year: p.object(3), Function: FunctionCode(p.value("of")), TransferID: TransferID(p.value("for")),
		Base: p.value("base"), Source: p.value("source"), Recurrent: true,
	}
}

// committee NAME of BODIES members EXECUTIVE+NON-EXECUTIVE quorum ALL+NON-EXECUTIVE[+every].
func committeePhrase(p *phrase) Command {
	return FormCommittee{Name: p.object(0), Bodies: listOf[OrganisationCode](p, "of"), Terms: seats(p)}
}

func seats(p *phrase) CommitteeTerms {
	executive, nonExecutive, _ := strings.Cut(p.value("members"), "+")
	quorum, least, _ := strings.Cut(p.value("quorum"), "+")
	least, every := strings.CutSuffix(least, "+every")
	return CommitteeTerms{
		Executive: int(p.number(executive)), NonExecutive: int(p.number(nonExecutive)), Quorum: int(p.number(quorum)),
		QuorumNonExecutive: int(p.number(least)), EveryBody: every,
	}
}

// advise ID ADVICE by BODIES members EXECUTIVE+NON-EXECUTIVE on DATE [for TRANSFER].
func advisePhrase(p *phrase) Command {
	executive, nonExecutive, _ := strings.Cut(p.value("members"), "+")
	return RecordAdvice{
		CommitteeID: p.object(0), Advice: OpinionKind(p.object(1)), MeetingOn: p.effective(),
		TransferID: TransferID(p.value("for")), Attendance: Attendance{
			Executive: int(p.number(executive)), NonExecutive: int(p.number(nonExecutive)), Bodies: listOf[OrganisationCode](p, "by"),
		},
	}
}

// return BODY PERIOD SUMMARY.
func returnPhrase(p *phrase) Command {
	return SubmitPlanReturn{Organisation: OrganisationCode(p.object(0)), Period: p.object(1), Summary: text(p.object(2))}
}

// moderate ID RESULT [source COMMENT].
func moderatePhrase(p *phrase) Command {
	return ModeratePlanReturn{PlanReturnID: p.object(0), Result: ModerationResult(p.object(1)), Comment: text(p.value("source"))}
}

// scaleOf reads the terms about money, staff, contracts and passing on; it tells whether it knows the term.
func scaleOf(t *Terms, name, value string) bool {
	number, _ := strconv.ParseInt(value, 10, 64)
	switch name {
	case "onward":
		t.OnwardPermitted, t.OnwardDepth = true, number
	case "pounds":
		t.Money = []MoneyTerm{{Class: CostRunning, Recurrent: true, Pounds: number, Year: "2026/27"}}
	case "wte":
		t.Staff.WTE, t.Staff.Stated = number*100, true
	case "redundancy":
		t.Redundancy = true
	case "new-liability":
		t.NewLiability = true
	case "new-controller":
		t.NewController = true
	case "sub":
		from, to, _ := strings.Cut(value, ">")
		t.Subcontracts = append(t.Subcontracts, Subcontract{OrganisationCode(from), OrganisationCode(to), "S-1"})
	default:
		return false
	}
	return true
}

// resultsOf reads what a proposal results in: "- result FUNCTION[/PART] [in FOOTPRINTS]".
func resultsOf(p *phrase) []TransferResult {
	var results []TransferResult
	for _, line := range p.lines {
		function, part, _ := strings.Cut(line.object(0), "/")
		results = append(results, TransferResult{
			Function: FunctionCode(function), Part: PartCode(part), Footprints: listOf[FootprintCode](line, "in"),
		})
	}
	return results
}

// matterLine reads "- matter DISPOSITION [from BODY] [to BODY] [of KINDS-OR-KIND/ID]".
func matterLine(p *phrase) MatterLine {
	l := MatterLine{
		Disposition: Disposition(p.object(0)), From: OrganisationCode(p.value("from")), To: OrganisationCode(p.value("to")),
	}
	for _, item := range listOf[string](p, "of") {
		kind, id, one := strings.Cut(item, "/")
		if one {
			l.Matters = append(l.Matters, Matter{MatterKind(kind), id})
		} else {
			l.Kinds = append(l.Kinds, MatterKind(kind))
		}
	}
	return l
}
