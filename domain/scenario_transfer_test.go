package domain

import (
	"fmt"
	"slices"
	"strings"
)

// transferVerbs are the commands of transfers and delegations as a scenario says them.
func transferVerbs() map[string]func(*phrase) Command {
	return map[string]func(*phrase) Command{
		"plan": func(p *phrase) Command { return planPhrase(p, 0) },
		"replace": func(p *phrase) Command {
			return ReplacePlan{TransferID: transferOf(p), Replacement: planPhrase(p, 1)}
		},
		"propose":  proposePhrase,
		"amend":    amendPhrase,
		"set":      func(p *phrase) Command { return SetTerms{TransferID: transferOf(p), Terms: termsOf(p)} },
		"assess":   assessPhrase,
		"opine":    opinePhrase,
		"decide":   decidePhrase,
		"evidence": evidencePhrase,
		"discharge": func(p *phrase) Command {
			return DischargeCondition{TransferID: transferOf(p), ConditionID: ConditionID(p.object(1))}
		},
		"waive": func(p *phrase) Command {
			return WaiveCondition{TransferID: transferOf(p), ConditionID: ConditionID(p.object(1))}
		},
		"schedule": func(p *phrase) Command {
			return ScheduleTransfer{TransferID: transferOf(p), EffectiveOn: p.date("on")}
		},
		"complete": func(p *phrase) Command {
			return CompleteTransfer{TransferID: transferOf(p), EffectiveOn: p.date("on")}
		},
		"withdraw": func(p *phrase) Command { return WithdrawTransfer{TransferID: transferOf(p)} },
		"delegate": delegatePhrase,
		"accept":   func(p *phrase) Command { return AcceptDelegation{DelegationID: ArrangementID(p.object(0))} },
		"revoke": func(p *phrase) Command {
			return RevokeDelegation{DelegationID: ArrangementID(p.object(0)), EffectiveOn: p.effective()}
		},
	}
}

func transferOf(p *phrase) TransferID { return TransferID(p.object(0)) }

// plan KIND of FUNCTION from BODY [to BODY in FOOTPRINTS] moving ROLES on DATE, or below it a line
// for each of several receivers: "- to BODY in FOOTPRINTS".
func planPhrase(p *phrase, kind int) PlanTransfer {
	function, part := p.subject()
	c := PlanTransfer{
		Kind: TransferKind(p.object(kind)), Function: function, Part: part, Sender: OrganisationCode(p.value("from")),
		Roles: listOf[Role](p, "moving"), Instrument: InstrumentCode(p.value("under")), EffectiveOn: p.date("on"),
		Source: p.value("source"),
	}
	if p.has("to") {
		c.Moves = []Move{{OrganisationCode(p.value("to")), listOf[FootprintCode](p, "in")}}
	}
	for _, line := range p.lines {
		c.Moves = append(c.Moves, Move{OrganisationCode(line.object(0)), listOf[FootprintCode](line, "in")})
	}
	return c
}

// propose KIND of FUNCTION from BODY to BODY [in FOOTPRINTS] moving ROLES [under INSTRUMENT] [keeping ROLE:HOLDER]
// [terms WHICH] [framework CODE] [plan ID] on DATE.
func proposePhrase(p *phrase) Command {
	function, part := p.subject()
	return ProposeTransfer{
		Kind: TransferKind(p.object(0)), Function: function, Part: part, Sender: OrganisationCode(p.value("from")),
		Receiver: OrganisationCode(p.value("to")), Footprints: listOf[FootprintCode](p, "in"),
		Roles: listOf[Role](p, "moving"), Instrument: InstrumentCode(p.value("under")), EffectiveOn: p.effective(),
		Retained: retainedOf(p), Terms: termsOf(p), Framework: FrameworkCode(p.value("framework")),
		Plan: TransferID(p.value("plan")), Option: p.value("option"), Results: resultsOf(p), Residue: Residue(p.value("residue")),
	}
}

// retainedOf reads "keeping overview:S1Y5D,funding/rest:S1Y5D": role, part and holder.
func retainedOf(p *phrase) []Retained {
	var list []Retained
	for _, item := range listOf[string](p, "keeping") {
		aspect, holder, _ := strings.Cut(item, ":")
		role, part, _ := strings.Cut(aspect, "/")
		list = append(list, Retained{Role: Role(role), Part: PartCode(part), Holder: OrganisationCode(holder)})
	}
	return list
}

// termsOf reads "terms full" or a list of what they say, such as "terms reserved,limits,agreement:C-17".
func termsOf(p *phrase) Terms {
	said := listOf[string](p, "terms")
	if slices.Contains(said, "full") {
		said = append(said, "reserved", "limits", "liability", "notice", "review")
	}
	var t Terms
	for _, term := range said {
		name, value, _ := strings.Cut(term, ":")
		switch name {
		case "full":
		case "reserved":
			t.Reserved = text("What the sender keeps to itself.")
		case "limits":
			t.Limits = text("Up to £1m in a year.")
		case "liability":
			t.Liability = text("The sender is liable.")
		case "notice":
			t.Notice = text("Six months.")
		case "review":
			t.ReviewOn = p.today.AddDays(365)
		case "agreement":
			t.AgreementRef = value
		default:
			if !scaleOf(&t, name, value) {
				p.fail(fmt.Errorf("terms have no %q", name))
			}
		}
	}
	return t
}

// amend ID with what is to change.
func amendPhrase(p *phrase) Command {
	return AmendTransfer{
		TransferID: transferOf(p), Footprints: listOf[FootprintCode](p, "in"), Roles: listOf[Role](p, "moving"),
		Instrument: InstrumentCode(p.value("under")), EffectiveOn: p.date("on"), Retained: retainedOf(p),
		Framework: FrameworkCode(p.value("framework")), Rationale: text(p.value("source")),
	}
}

// assess ID PARTY [RATING] [without DOMAINS], and below it "- DOMAIN RATING [COMMENT]"; green otherwise.
func assessPhrase(p *phrase) Command {
	ratings := map[string]DomainRating{}
	for _, domain := range ReleasedFrameworks()[1].Domains {
		ratings[domain] = DomainRating{Domain: domain, Rating: RatingGreen}
	}
	for _, line := range p.lines {
		rating := DomainRating{Domain: line.verb, Rating: Rating(line.object(0))}
		if len(line.objects) > 1 {
			rating.Comment = text(line.objects[1])
		}
		ratings[line.verb] = rating
	}
	for _, domain := range listOf[string](p, "without") {
		delete(ratings, domain)
	}
	c := AssessReadiness{TransferID: transferOf(p), Party: Party(p.object(1))}
	for _, domain := range sortedKeys(ratings) {
		c.Ratings = append(c.Ratings, ratings[domain])
	}
	return c
}

// opine ID GATEWAY OPINION by WHOM.
func opinePhrase(p *phrase) Command {
	return RecordOpinion{TransferID: transferOf(p), Gateway: GatewayCode(p.object(1)), Opinion: Opinion{
		By: p.value("by"), Opinion: OpinionKind(p.object(2)),
	}}
}

// decide ID GATEWAY DECISION by BODY [on DATE], and below it "- opinion KIND by WHOM" and
// "- condition WHAT TIMING owner BODY due DATE".
func decidePhrase(p *phrase) Command {
	c := DecideGateway{
		TransferID: transferOf(p), Gateway: GatewayCode(p.object(1)), Decision: GatewayDecision(p.object(2)),
		DecidedBy: OrganisationCode(p.value("by")), DecidedOn: p.effective(),
		Authority:  Authority{Body: "board", MeetingOn: p.effective(), MinuteRef: p.value("minute"), Quorate: true},
		Statements: listOf[string](p, "signed"),
	}
	if slices.Equal(c.Statements, []string{"all"}) {
		c.Statements = ReleasedFrameworks()[0].Notice.Statements
	}
	for _, line := range p.lines {
		switch line.verb {
		case "opinion":
			c.Opinions = append(c.Opinions, Opinion{By: line.value("by"), Opinion: OpinionKind(line.object(0))})
		case "condition":
			c.Conditions = append(c.Conditions, Condition{
				Description: text(line.object(0)), Timing: ConditionTiming(line.object(1)),
				Owner: OrganisationCode(line.value("owner")), DueOn: line.date("due"),
			})
		default:
			line.fail(fmt.Errorf("a decision has no line %q", line.verb))
		}
	}
	return c
}

// evidence ID CONDITION TITLE.
func evidencePhrase(p *phrase) Command {
	c := EvidenceCondition{TransferID: transferOf(p), ConditionID: ConditionID(p.object(1))}
	for _, title := range p.objects[2:] {
		c.Evidence = append(c.Evidence, Evidence{Title: text(title)})
	}
	return c
}

// delegate of FUNCTION from BODY to BODY [in FOOTPRINTS] [moving ROLES] under INSTRUMENT terms WHICH on DATE.
func delegatePhrase(p *phrase) Command {
	function, part := p.subject()
	return DelegateFunction{
		Function: function, Part: part, Delegator: OrganisationCode(p.value("from")),
		Delegate: OrganisationCode(p.value("to")), Footprints: listOf[FootprintCode](p, "in"),
		Roles: listOf[Role](p, "moving"), EffectiveOn: p.effective(), Instrument: InstrumentCode(p.value("under")),
		Terms: termsOf(p),
	}
}
