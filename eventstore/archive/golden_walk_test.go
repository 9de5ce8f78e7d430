package archive_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/eventstore/eventstoretest"
)

// walk makes a small register that has as many kinds of facts as a short story can.
type walk struct {
	*eventstoretest.Harness

	t *testing.T
}

// as gives a command in the name of a person, with a reason, and returns what it made.
func (w walk) as(subject, body string, role domain.ActorRole, command domain.Command) eventstore.Receipt {
	w.t.Helper()
	r := eventstoretest.WithReason(w.t, eventstore.Request{
		CommandID: uuid.NewString(), Command: command,
		Caller: domain.Caller{
			Subject: subject, Organisation: domain.OrganisationCode(body), Roles: []domain.ActorRole{role},
		},
	}, "Because Dr Ann Example said so.")
	content := reflect.New(reflect.TypeOf(command))
	content.Elem().Set(reflect.ValueOf(command))
	secrets, err := eventstore.SealAll(nil, content.Interface())
	if err != nil {
		w.t.Fatal(err)
	}
	r.Secrets = append(r.Secrets, secrets...)
	r.Command, _ = reflect.TypeAssert[domain.Command](content.Elem())
	return w.MustSubmit(w.t, r)
}

func (w walk) office(command domain.Command) eventstore.Receipt {
	w.t.Helper()
	return w.as("p-00000000000000a1", "Q1", domain.ActorProgrammeOffice, command)
}

// registrar gives a command of a national registrar, and has another agree where one must.
func (w walk) registrar(command domain.Command) eventstore.Receipt {
	w.t.Helper()
	receipt := w.as("p-00000000000000b1", "X24", domain.ActorRegistrar, command)
	if _, waits := receipt.Events[0].Fact.(domain.SecondAwaited); waits {
		return w.as("p-00000000000000b2", "X24", domain.ActorRegistrar, domain.Second{AwaitingID: receipt.TransactionID})
	}
	return receipt
}

func today() domain.Date { return domain.DateOf(eventstoretest.Start()) }

func personal(text string) domain.Text { return domain.Text{Clear: text} }

// record tells the whole story.
func (w walk) record() {
	w.bodies()
	w.functions()
	w.plans()
	w.transfer()
	w.arrangements()
	w.programme()
	w.changes()
}

func (w walk) bodies() {
	establish := func(code, name string, tier domain.Tier, form domain.Form, parent, acts string) {
		w.as(domain.SystemSubject, "", domain.ActorSystem, domain.EstablishOrganisation{
			Code: domain.OrganisationCode(code), Name: name, Tier: tier, Form: form, LegalPerson: acts == "",
			LegalParent: domain.OrganisationCode(acts), Parent: domain.OrganisationCode(parent),
			EffectiveOn: today().AddDays(-300), Source: "golden",
		})
	}
	establish("X24", "NHS England", domain.TierNational, domain.FormStatutoryBody, "", "")
	establish("Y61", "East of England", domain.TierRegional, domain.FormOffice, "X24", "X24")
	establish("Q1", "First ICB", domain.TierICB, domain.FormStatutoryBody, "Y61", "")
	establish("Q2", "Second ICB", domain.TierICB, domain.FormStatutoryBody, "Y61", "")
	establish("R1", "A trust", domain.TierProvider, domain.FormTrust, "Q1", "")
	w.as(domain.SystemSubject, "", domain.ActorSystem, domain.ChangeFootprints{
		Open: []domain.NewFootprint{
			{Code: "F1", Name: "North", Kind: domain.KindLocation}, {Code: "F2", Name: "South", Kind: domain.KindLocation},
		},
		Coverage: []domain.Coverage{
			{Organisation: "Q1", Footprints: []domain.FootprintCode{"F1"}}, {Organisation: "Q2", Footprints: []domain.FootprintCode{"F2"}},
		},
		EffectiveOn: today().AddDays(-300), Source: "golden",
	})
	w.registrar(domain.RenameOrganisation{Code: "R1", Name: "Ærø & Nørth Trust", EffectiveOn: today(), Source: "golden"})
	w.registrar(domain.MoveOrganisation{Code: "R1", Parent: "Q2", EffectiveOn: today(), Source: "golden"})
}

func (w walk) functions() {
	details := domain.FunctionDetails{
		Name: "Wheelchairs", Class: domain.ClassDelivery, FootprintKind: domain.KindLocation,
		Category: domain.CategoryReviewForTransfer, LegalStatus: domain.LegalNotStatutory, Source: "golden",
		DestinationTiers: []domain.Tier{domain.TierProvider},
		LegalBasis:       []domain.LegalBasis{{Act: "Act", Section: "3", Binds: "Q1", CheckedBy: "head-of-legal", CheckedOn: today()}},
		Rules:            make(map[domain.Role]domain.RemitRule),
	}
	details.Rules[domain.RoleFunding] = domain.RuleJoint
	w.registrar(domain.DefineFunction{Code: "wheelchairs", Details: details})
	details.Boundary = "not repairs"
	w.registrar(domain.ReviseFunction{Code: "wheelchairs", Details: details})
	details.Name = "Hearing aids"
	w.registrar(domain.DefineFunction{Code: "hearing", Details: details})
	w.registrar(domain.RegisterInstrument{Code: "arrangement", Details: domain.InstrumentDetails{
		Title: "Arrangement", Power: "s. 65Z5", Status: domain.InstrumentStatusMade,
		MayCarry: []domain.TransferKind{domain.KindDelegation}, Source: "golden",
	}})
	w.registrar(domain.CommenceInstrument{Code: "arrangement", Commencement: domain.Commencement{On: today().AddDays(-10)}})
	all := []domain.Role{domain.RoleAccountable, domain.RoleExercising, domain.RoleDelivering, domain.RoleFunding}
	for _, function := range []domain.FunctionCode{"wheelchairs", "hearing"} {
		for _, holder := range []domain.OrganisationCode{"Q1", "Q2"} {
			w.registrar(domain.AllocateFunction{
				Function: function, Holder: holder, Roles: all, EffectiveOn: today().AddDays(-100), HeldThrough: "board",
				Confidence: domain.ConfidenceAssumed, Source: "golden",
			})
		}
	}
	w.registrar(domain.DivideFunction{
		Code: "hearing", Parts: []domain.Part{{Code: "children", Name: "Children", Description: "Under 18"}},
		Rest: domain.Part{Code: "adults", Name: "Adults"}, EffectiveOn: today(), Source: "golden",
	})
}

func (w walk) plans() {
	plan := domain.PlanTransfer{
		Kind: domain.KindDelivery, Function: "wheelchairs", Sender: "Q2", Roles: []domain.Role{domain.RoleDelivering},
		Moves:       []domain.Move{{Receiver: "R1", Footprints: []domain.FootprintCode{"F2"}}},
		EffectiveOn: today().AddDays(100), Rationale: personal("Announced by Dr Ann Example."), Source: "golden",
	}
	planned := w.as("p-00000000000000c1", "Q2", domain.ActorProgrammeOffice, plan)
	plan.EffectiveOn = today().AddDays(200)
	w.as("p-00000000000000c1", "Q2", domain.ActorProgrammeOffice, domain.ReplacePlan{
		TransferID: domain.TransferID(planned.TransactionID), Replacement: plan,
	})
	w.registrar(domain.PlanReorganisation{
		Kind: domain.SuccessionMerge, Originals: []domain.OrganisationCode{"Q1", "Q2"}, EffectiveOn: today().AddDays(130),
		Confidence: domain.ConfidenceApproximate, Source: "golden", Note: personal("Dr Ann Example leads it."),
	})
	w.office(domain.ExploreTransfer{
		Kind: domain.KindDelivery, Function: "hearing", Part: "adults", Sender: "Q1", Roles: []domain.Role{domain.RoleDelivering},
		EffectiveOn: today().AddDays(90), Rationale: personal("No receiver yet."),
		Options: []domain.TransferOption{{Code: "a", Receiver: "R1", Description: personal("To the trust.")}, {Code: "b", Description: personal("To nobody.")}},
	})
}

// transfer moves the delivery of a function to a trust, from the proposal to the review.
func (w walk) transfer() {
	id := domain.TransferID(w.office(domain.ProposeTransfer{
		Kind: domain.KindDelivery, Function: "wheelchairs", Sender: "Q1", Receiver: "R1",
		Footprints: []domain.FootprintCode{"F1"}, Roles: []domain.Role{domain.RoleDelivering}, EffectiveOn: today(),
		Rationale: personal("One team, says Dr Ann Example."), Framework: "standard-2026",
	}).TransactionID)
	w.office(domain.SetTerms{TransferID: id, Terms: domain.Terms{
		AgreementRef: "C/26/1", ReviewOn: today().AddDays(365), Notice: personal("Six months."), Contracts: []string{"C/9"},
		Money: []domain.MoneyTerm{{Class: domain.CostRunning, Recurrent: true, Pounds: 120_000, Year: "2026/27"}},
		Staff: domain.StaffTerms{WTE: 350, Stated: true, Employer: "R1", Mechanism: "tupe"},
	}})
	w.office(domain.PauseTransfer{TransferID: id})
	w.office(domain.ResumeTransfer{TransferID: id})
	w.office(domain.RecordMilestone{TransferID: id, Milestone: domain.Milestone{Kind: domain.MilestoneStaff, PlannedOn: today().AddDays(30)}})
	w.as("p-00000000000000a2", "Q1", domain.ActorAssessor, domain.AssessReadiness{TransferID: id, Party: domain.PartySender, Ratings: ratings()})
	w.as("p-00000000000000a2", "R1", domain.ActorAssessor, domain.AssessReadiness{TransferID: id, Party: domain.PartyReceiver, Ratings: ratings()})
	w.as("p-00000000000000a5", "Q1", domain.ActorPanel, domain.RecordOpinion{
		TransferID: id, Gateway: "sender-readiness", Opinion: domain.Opinion{By: "internal-audit", Opinion: domain.OpinionAdvise, Text: personal("Mind the rota.")},
	})
	decide := func(gateway domain.GatewayCode, body string, decision domain.GatewayDecision, conditions ...domain.Condition) {
		w.as("p-00000000000000a3", body, domain.ActorBoard, domain.DecideGateway{
			TransferID: id, Gateway: gateway, Decision: decision, DecidedBy: domain.OrganisationCode(body), DecidedOn: today(),
			Rationale: personal("Both are ready."), Conditions: conditions,
			Authority: domain.Authority{Body: "board", MeetingOn: today(), MinuteRef: "26/7", Quorate: true, Interests: []domain.Text{personal("Dr Ann Example's husband.")}},
			Opinions:  []domain.Opinion{{By: "internal-audit", Opinion: domain.OpinionAssure, Text: personal("Sound.")}},
		})
	}
	decide("sender-readiness", "Q1", domain.DecisionPassWithConditions,
		domain.Condition{Description: personal("Test it."), Owner: "Q1", DueOn: today().AddDays(9), Timing: domain.TimingBeforeEffect},
		domain.Condition{Description: personal("Report."), Owner: "Q1", DueOn: today().AddDays(9), Timing: domain.TimingBeforeEffect})
	decide("receiver-readiness", "R1", domain.DecisionPass)
	w.office(domain.EvidenceCondition{TransferID: id, ConditionID: "c1", Evidence: ratings()[0].Evidence})
	w.as("p-00000000000000a3", "Q1", domain.ActorBoard, domain.DischargeCondition{TransferID: id, ConditionID: "c1"})
	w.as("p-00000000000000a3", "Q1", domain.ActorBoard, domain.WaiveCondition{TransferID: id, ConditionID: "c2"})
	w.office(domain.ScheduleTransfer{TransferID: id, EffectiveOn: today()})
	w.office(domain.CompleteTransfer{TransferID: id, EffectiveOn: today()})
	w.office(domain.ReviewTransfer{TransferID: id, ReviewedOn: today(), Conclusion: personal("As hoped."), Outcomes: []domain.Outcome{{Metric: "wait", Unit: "days", Baseline: "9", Target: "7", Actual: "8"}}})
	no := w.Position()
	w.registrar(domain.ErasePersonalData{
		Texts: []domain.TextRef{{Event: no, Field: "conclusion"}}, Pseudonyms: []domain.Pseudonym{"p-00000000000000a5"}, Authority: "DPO 26/14",
	})
}

func ratings() []domain.DomainRating {
	var list []domain.DomainRating
	for _, name := range []string{
		"law_governance", "money_risk", "people", "quality_outcomes", "contracts_data_records", "escalation_continuity",
	} {
		list = append(list, domain.DomainRating{Domain: name, Rating: domain.RatingGreen, Comment: personal("Ready."), Evidence: []domain.Evidence{{
			Title: personal("Plan"), URI: personal("https://example.nhs.uk/plan"), SHA256: strings.Repeat("0a", 32), ExpiresOn: today().AddDays(99),
		}}})
	}
	return list
}

func (w walk) arrangements() {
	delegated := w.as("p-00000000000000a3", "Q1", domain.ActorBoard, domain.DelegateFunction{
		Function: "wheelchairs", Delegator: "Q1", Delegate: "Q2", Footprints: []domain.FootprintCode{"F1"},
		Roles: []domain.Role{domain.RoleExercising}, EffectiveOn: today(), Instrument: "arrangement",
		Terms: domain.Terms{Reserved: personal("All else."), Limits: personal("None."), Liability: personal("Ours."), Notice: personal("A year."), ReviewOn: today().AddDays(300)},
	})
	id := domain.ArrangementID(delegated.TransactionID)
	w.as("p-00000000000000c3", "Q2", domain.ActorBoard, domain.AcceptDelegation{DelegationID: id})
	w.as("p-00000000000000a3", "Q1", domain.ActorBoard, domain.RevokeDelegation{DelegationID: id, EffectiveOn: today()})
	support := w.as("p-00000000000000d1", "Y61", domain.ActorPanel, domain.RecordIntervention{
		Kind: domain.InterventionSupport, By: "Y61", In: "R1", Grounds: personal("Winter."), ReviewOn: today().AddDays(60), EffectiveOn: today(),
	})
	w.as("p-00000000000000d1", "Y61", domain.ActorPanel, domain.EndIntervention{InterventionID: support.TransactionID, EffectiveOn: today()})
	w.office(domain.ClaimRemit{
		Claimant: "Q1", Function: "wheelchairs", Roles: []domain.Role{domain.RoleOverview}, Holds: true, EffectiveOn: today(), Basis: personal("Minute 7."),
	})
	w.office(domain.AttestRemit{Organisation: "Q1", EffectiveOn: today(), Exceptions: personal("Hearing aids.")})
}

func (w walk) programme() {
	w.registrar(domain.RecordPopulation{
		Organisation: "Q1", Basis: domain.PopulationRegistered, Year: 2025, Count: 1_700_000, EffectiveOn: today(), Confidence: domain.ConfidenceExact, Source: "golden",
	})
	w.office(domain.RecordCost{
		Organisation: "Q1", Class: domain.CostRunning, Recurrent: true, Pounds: 32_000_000, Year: "2026/27", Base: "budget", Source: "golden",
	})
	terms := domain.CommitteeTerms{Executive: 3, NonExecutive: 3, Quorum: 4, QuorumNonExecutive: 2}
	formed := w.as("p-00000000000000a3", "Q1", domain.ActorBoard, domain.FormCommittee{Name: "Transition", Bodies: []domain.OrganisationCode{"Q1"}, Terms: terms})
	w.as("p-00000000000000a4", "Q1", domain.ActorCommittee, domain.RecordAdvice{
		CommitteeID: formed.TransactionID, MeetingOn: today(), MinuteRef: "T/1", Advice: domain.OpinionAssure, Text: personal("Go on."),
		Attendance: domain.Attendance{Executive: 2, NonExecutive: 2, Bodies: []domain.OrganisationCode{"Q1"}},
	})
	w.as("p-00000000000000a3", "Q1", domain.ActorBoard, domain.ChangeCommittee{CommitteeID: formed.TransactionID, Dissolve: true})
	plan := w.office(domain.SubmitPlanReturn{Organisation: "Q1", Period: "2026/27", Summary: personal("On time.")})
	w.as("p-00000000000000d1", "Y61", domain.ActorPanel, domain.ModeratePlanReturn{PlanReturnID: plan.TransactionID, Result: domain.ModerationConfirmed, Comment: personal("Agreed.")})
	risk := w.office(domain.RaiseRisk{Owner: "Q1", Likelihood: 3, Impact: 4, Description: personal("Data."), Mitigation: personal("Copies."), ReviewOn: today().AddDays(30)})
	w.office(domain.UpdateRisk{RiskID: risk.TransactionID, Likelihood: 1, Impact: 4})
	w.office(domain.CloseRisk{RiskID: risk.TransactionID})
}

// changes are those that happened outside, one of them wrongly recorded.
func (w walk) changes() {
	occurred := w.registrar(domain.RecordOccurrence{
		Kind: domain.KindDelivery, Function: "wheelchairs", From: "Q2", To: "R1", Footprints: []domain.FootprintCode{"F2"},
		Roles: []domain.Role{domain.RoleDelivering}, EffectiveOn: today().AddDays(-5), Source: "golden",
	})
	declined := w.as("p-00000000000000b1", "X24", domain.ActorRegistrar, domain.Correct{Event: occurred.Position, Withdraw: true, Source: "golden"})
	w.as("p-00000000000000b1", "X24", domain.ActorRegistrar, domain.Second{AwaitingID: declined.TransactionID, Decline: true})
	w.registrar(domain.Correct{Event: occurred.Position, EffectiveOn: today().AddDays(-4), Source: "golden"})
	w.registrar(domain.DiscardInstrument{Code: "arrangement", EffectiveOn: today()})
	w.registrar(domain.Reorganise{
		Ends:        []domain.OrganisationCode{"Q2"},
		Successions: []domain.Succession{{Predecessor: "Q2", Successor: "Q1", Kind: domain.SuccessionMerge}},
		Coverage:    []domain.Coverage{{Organisation: "Q1", Footprints: []domain.FootprintCode{"F2"}}},
		Moves:       []domain.BodyMove{{Code: "R1", Parent: "Q1"}},
		Dispositions: []domain.DispositionLine{{
			From: "Q2", To: "Q1", Disposition: domain.DispositionMoves,
		}},
		Matters:     []domain.MatterLine{{From: "Q2", To: "Q1", Disposition: domain.DispositionMoves}},
		EffectiveOn: today(), Source: "golden",
	})
}
