package api_test

import (
	"maps"
	"strings"

	"github.com/remit-register/remit/domain"
)

// given is a command that could be given in a scene, and what it is about: that is said here a second time, apart from
// the domain, so that the matrix finds out where the two differ.
type given struct {
	procedure string
	request   object
	about     map[domain.Capacity][]string
	gateway   domain.ActorRole
	// as is the command whose rights count, where they are not its own.
	as string
}

// bodies names what a command is about: capacity and code in turn.
func bodies(pairs ...string) map[domain.Capacity][]string {
	m := make(map[domain.Capacity][]string)
	for i := 0; i+1 < len(pairs); i += 2 {
		capacity := domain.Capacity(pairs[i])
		m[capacity] = append(m[capacity], pairs[i+1])
	}
	return m
}

const (
	sender   = string(domain.AsSender)
	receiver = string(domain.AsReceiver)
	body     = string(domain.AsBody)
	owner    = string(domain.AsOwner)
	decider  = string(domain.AsDecider)
)

func catalogue(s scene) []given {
	list := transferCatalogue(s)
	list = append(list, gatewayCatalogue(s)...)
	list = append(list, registerCatalogue(s)...)
	return append(list, programmeCatalogue(s)...)
}

func transferCatalogue(s scene) []given {
	about := bodies(sender, icb, receiver, trust)
	of := func(more object) object {
		request := object{"transferId": s.transfer}
		maps.Copy(request, more)
		return request
	}
	plan := object{
		"kind": "TRANSFER_KIND_DELIVERY", "function": "gp-it", "sender": icb, "roles": []string{"ROLE_DELIVERING"},
		"moves": []object{{"receiver": trust, "footprints": []string{"06H"}}}, "effectiveOn": "2027-04-01",
	}
	explore := object{
		"function": "infection-prevention", "kind": "TRANSFER_KIND_DELIVERY", "sender": icb, "footprints": []string{"06H"},
		"roles": []string{"ROLE_DELIVERING"}, "effectiveOn": "2027-04-01", "options": []object{{"code": "a"}, {"code": "b"}},
	}
	named := func(procedure string, more object) given {
		return given{procedure: "TransferService/" + procedure, request: of(more), about: about}
	}
	because := object{"reason": "It must be."}
	return []given{
		{procedure: "TransferService/PlanTransfer", request: plan, about: about},
		{procedure: "TransferService/ExploreTransfer", request: explore, about: bodies(sender, icb)},
		{procedure: "TransferService/ProposeTransfer", request: delivery("gp-it", trust), about: about},
		named("ReplacePlan", object{"replacement": plan}),
		named("AmendTransfer", object{"rationale": "Other."}),
		named("SetTerms", object{"terms": proposal()["terms"]}),
		named("ScheduleTransfer", object{"effectiveOn": today}),
		named("CompleteTransfer", object{"effectiveOn": today}),
		named("WithdrawTransfer", because),
		named("PauseTransfer", because),
		named("ResumeTransfer", nil),
		named("ReverseTransfer", object{"effectiveOn": "2027-04-01", "rationale": "Back."}),
		named("RecordMilestone", object{"milestone": object{"kind": "MILESTONE_KIND_STAFF", "plannedOn": "2027-01-01"}}),
		named("ReviewTransfer", object{"reviewedOn": today, "conclusion": "As hoped."}),
		named("CallIn", because),
		{
			procedure: "TransferService/FormPackage", about: about,
			request: object{"name": "Both", "members": []string{s.transfer, s.full}},
		},
		{
			procedure: "TransferService/RaiseRisk", about: bodies(owner, icb), request: object{
				"transferId": s.transfer, "owner": icb, "likelihood": 4, "impact": 5, "description": "Data are lost.",
			},
		},
		{procedure: "TransferService/UpdateRisk", about: bodies(owner, icb), request: object{"riskId": s.risk, "likelihood": 2}},
		{procedure: "TransferService/CloseRisk", about: bodies(owner, icb), request: object{"riskId": s.risk, "reason": "Over."}},
	}
}

func gatewayCatalogue(s scene) []given {
	opinion := object{"by": "internal-audit", "opinion": "OPINION_ASSURE", "text": "Sound."}
	decided := decision("", "sender-readiness", icb, "PASS")
	delete(decided, "transferId")
	decided["packageId"] = s.pack
	condition := object{"transferId": s.transfer, "conditionId": s.condition}
	with := func(name string, value any) object {
		return object{"transferId": s.transfer, "conditionId": s.condition, name: value}
	}
	assess := func(party, code string) given {
		return given{
			procedure: "TransferService/AssessReadiness", about: bodies(string(domain.AsParty), code),
			request: object{"transferId": s.transfer, "party": party, "ratings": ratings()},
		}
	}
	set := bodies(string(domain.AsSetter), icb)
	return []given{
		assess("PARTY_SENDER", icb), assess("PARTY_RECEIVER", trust),
		{
			procedure: "TransferService/RecordOpinion", gateway: domain.ActorBoard,
			about:   bodies(sender, icb, receiver, trust, decider, icb),
			request: object{"transferId": s.transfer, "gateway": "sender-readiness", "opinion": opinion},
		},
		{
			procedure: "TransferService/DecideGateway", gateway: domain.ActorBoard, about: bodies(decider, trust),
			request: decision(s.transfer, "receiver-readiness", trust, "PASS"),
		},
		{ // the region is a party, so the next tier up confirms
			procedure: "TransferService/DecideGateway", gateway: domain.ActorPanel, about: bodies(decider, "X24"),
			request: decision(s.full, "confirmation", "X24", "PASS"),
		},
		{procedure: "TransferService/EvidenceCondition", about: bodies(owner, trust), request: with("evidence", ratings()[0]["evidence"])},
		{procedure: "TransferService/DischargeCondition", about: set, gateway: domain.ActorBoard, request: condition},
		{procedure: "TransferService/WaiveCondition", about: set, gateway: domain.ActorBoard, request: with("reason", "Not needed.")},
		{
			procedure: "TransferService/AssessPackage", about: bodies(string(domain.AsParty), icb),
			request: object{"packageId": s.pack, "party": "PARTY_SENDER", "ratings": ratings()},
		},
		{procedure: "TransferService/DecidePackage", about: bodies(decider, icb), gateway: domain.ActorBoard, request: decided},
	}
}

func registerCatalogue(s scene) []given {
	about := bodies(body, icb)
	established := object{
		"code": "Z9A", "name": "A team", "tier": "TIER_PLACE", "form": "FORM_TEAM", "legalParent": icb, "parent": icb,
		"effectiveOn": today, "source": "order",
	}
	part := object{"code": "a", "name": "A"}
	claim := object{
		"claimant": icb, "function": "estates-strategy", "footprints": []string{"06H"}, "roles": []string{"ROLE_ACCOUNTABLE"},
		"holds": true, "effectiveOn": today, "basis": "Our lease.",
	}
	baseline := object{
		"function": "digital-leadership", "holder": icb, "footprints": []string{"06K"}, "roles": []string{"ROLE_OVERVIEW"},
		"effectiveOn": today, "source": "board paper",
	}
	happened := bodies(string(domain.AsFormer), icb, string(domain.AsHolder), trust)
	return []given{
		{procedure: "OrganisationService/EstablishOrganisation", request: established, about: bodies(string(domain.AsParent), icb)},
		{procedure: "OrganisationService/RenameOrganisation", about: about, request: object{"code": icb, "name": "N", "effectiveOn": today}},
		{procedure: "OrganisationService/MoveOrganisation", about: about, request: object{"code": icb, "parent": "Y61", "effectiveOn": today}},
		{procedure: "OrganisationService/PlanReorganisation", request: object{
			"kind": "SUCCESSION_KIND_ABSORB", "originals": []string{icb}, "results": []string{"QYG"}, "effectiveOn": "2027-04-01",
		}},
		{procedure: "OrganisationService/Reorganise", request: object{"ends": []string{icb}, "effectiveOn": today, "successions": []object{
			{"predecessor": icb, "successor": "QYG", "kind": "SUCCESSION_KIND_ABSORB"},
		}}},
		{procedure: "OrganisationService/ChangeFootprints", request: object{
			"coverage": []object{{"organisation": icb, "footprints": []string{"06H"}}}, "effectiveOn": today,
		}},
		{procedure: "FunctionService/DefineFunction", request: object{"code": "new-function", "details": s.function}},
		{procedure: "FunctionService/ReviseFunction", request: object{"code": "gp-it", "details": s.function}},
		{procedure: "FunctionService/DivideFunction", request: object{
			"code": "gp-it", "parts": []object{part}, "rest": object{"code": "rest", "name": "The rest"}, "effectiveOn": today,
		}},
		{procedure: "FunctionService/AllocateFunction", about: bodies(string(domain.AsHolder), icb), request: baseline},
		{procedure: "InstrumentService/RegisterInstrument", request: object{"code": "new-order", "details": s.instrument}},
		{procedure: "InstrumentService/CommenceInstrument", request: object{
			"code": "nhsa2006-s65z5", "commencement": object{"on": today},
		}},
		{procedure: "InstrumentService/DiscardInstrument", request: object{"code": "nhsa2006-s65z5", "effectiveOn": today}},
		{procedure: "RecordService/RecordOccurrence", about: happened, request: occurrence("06N", trust)},
		{procedure: "RecordService/Correct", request: object{"event": s.text, "withdraw": true, "source": "s", "reason": "Wrong."}},
		{procedure: "RecordService/ErasePersonalData", about: bodies(string(domain.AsRecorder), icb), request: object{
			"texts": []object{{"event": s.text, "field": "rationale"}}, "authority": "DPO/1", "reason": "Asked for.",
		}},
		{procedure: "RecordService/Second", as: "RecordOccurrence", about: happened, request: object{"awaitingId": s.waiting}},
		{procedure: "RecordService/ClaimRemit", about: about, request: claim},
		{procedure: "RecordService/ImportMap", as: "AllocateFunction", about: bodies(string(domain.AsHolder), icb), request: object{
			"kind": "IMPORT_KIND_BASELINES", "sha256": strings.Repeat("0a", 32), "rows": 1, "lines": []object{baseline},
		}},
		{procedure: "RecordService/AttestRemit", about: about, request: object{"organisation": icb, "agrees": true}},
	}
}

func programmeCatalogue(s scene) []given {
	about, committee := bodies(body, icb), bodies(string(domain.AsCommitteeOf), icb)
	delegator := bodies(string(domain.AsDelegator), "X24")
	return []given{
		{procedure: "DelegationService/DelegateFunction", about: delegator, request: delegated()},
		{procedure: "DelegationService/AcceptDelegation", about: bodies(string(domain.AsDelegate), "QYG"), request: object{"delegationId": s.delegation}},
		{procedure: "DelegationService/VaryDelegation", about: delegator, request: object{"delegationId": s.delegation, "terms": proposal()["terms"]}},
		{procedure: "DelegationService/RevokeDelegation", about: delegator, request: object{"delegationId": s.delegation, "effectiveOn": today}},
		{procedure: "DelegationService/RecordIntervention", about: about, request: supported()},
		{procedure: "DelegationService/EndIntervention", about: about, request: object{"interventionId": s.intervention, "effectiveOn": today}},
		{procedure: "ProgrammeService/SetFramework", request: object{"framework": s.framework}},
		{procedure: "ProgrammeService/RecordPopulation", request: object{
			"organisation": icb, "basis": "POPULATION_BASIS_REGISTERED", "year": 2026, "count": "1000", "effectiveOn": today, "source": "s",
		}},
		{procedure: "ProgrammeService/RecordCost", about: about, request: object{
			"organisation": icb, "class": "COST_CLASS_RUNNING_COST", "pounds": "20", "year": "2026/27", "base": "b", "source": "s",
		}},
		{procedure: "ProgrammeService/FormCommittee", about: committee, request: formed()},
		{procedure: "ProgrammeService/ChangeCommittee", about: committee, request: object{"committeeId": s.committee, "dissolve": true}},
		{procedure: "ProgrammeService/RecordAdvice", about: committee, request: object{
			"committeeId": s.committee, "meetingOn": today, "minuteRef": "TC/1", "advice": "OPINION_ADVISE", "text": "Go slowly.",
			"attendance": object{"executive": 3, "nonExecutive": 2},
		}},
		{procedure: "ProgrammeService/SubmitPlanReturn", about: about, request: planned()},
		{procedure: "ProgrammeService/ModeratePlanReturn", about: about, request: object{
			"planReturnId": s.planReturn, "result": "MODERATION_RESULT_CHALLENGED", "comment": "Why?",
		}},
	}
}
