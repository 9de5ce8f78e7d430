package domain

// RightKind is what a row of the table of rights is about.
type RightKind string

// What there are rights to.
const (
	// RightCommand is a right to have something recorded; the domain checks it, on what the command is about.
	RightCommand RightKind = "command"
	// RightQuestion is a right to be answered; it is checked where the question comes in.
	RightQuestion RightKind = "question"
	// RightPath is a right to read what is served beside the calls: the method and the beginning of its path.
	RightPath RightKind = "path"
)

// Capacity is in what capacity a body has to do with a command.
type Capacity string

// The capacities in which the table of rights names bodies.
const (
	AsSender      Capacity = "the sender"
	AsReceiver    Capacity = "the receiver"
	AsParty       Capacity = "the party that is assessed"
	AsDelegator   Capacity = "the delegator"
	AsDelegate    Capacity = "the delegate"
	AsHolder      Capacity = "the holder"
	AsFormer      Capacity = "the body that held it before"
	AsParent      Capacity = "the body that it belongs to"
	AsBody        Capacity = "the body that it is about"
	AsOwner       Capacity = "the owner"
	AsDecider     Capacity = "the body that decides the gateway"
	AsSetter      Capacity = "the body that set the condition"
	AsCommitteeOf Capacity = "a body of the committee"
	AsRecorder    Capacity = "the one body in whose name all of it was recorded"
)

// Reach is how far from the bodies of a command the caller's own body may be.
type Reach string

// The reaches.
const (
	// ReachOwn is the body itself, or one that followed it.
	ReachOwn Reach = "own"
	// ReachRegion is the region of the body.
	ReachRegion Reach = "region"
	// ReachNational is any national body.
	ReachNational Reach = "national"
	// ReachAny is every body.
	ReachAny Reach = "any"
)

// RoleOfGateway stands in the table for the role that the transfer's framework lets decide the gateway: board at the
// readiness gateways, panel at a confirmation.
const RoleOfGateway ActorRole = "the role that decides the gateway"

// Way is one way to have a right: in a role, at a body that is near enough to the bodies that the command is about.
type Way struct {
	Role    ActorRole
	Reaches []Reach
	// Of names the bodies; none for ReachNational and ReachAny alone.
	Of []Capacity
}

// Right is a row of the table of rights.
type Right struct {
	// Method is the command's or question's name in the public contract, or a method and path such as "GET /log/".
	Method string
	Kind   RightKind
	// Ways are alternatives. None: nobody has the right.
	Ways []Way
	// As says that the right to this command is that to another one: what it says about which.
	As string
	// Public says that everybody has the right, signed in or not.
	Public bool
	// OpenLocally says that where nobody signs in, on the machine itself, everybody has the right.
	OpenLocally bool
}

// Rights is the table of who may do what: every command, every question, and every path served beside them. What is not
// in it is allowed to nobody.
func Rights() []Right {
	var table []Right
	for _, part := range [][]Right{
		transferRights(), delegationRights(), registerRights(), programmeRights(), questionRights(), pathRights(),
	} {
		table = append(table, part...)
	}
	return table
}

// Shapes that many rows have.

func commandRight(method string, ways ...Way) Right {
	return Right{Method: method, Kind: RightCommand, Ways: ways}
}

// nearWay is a role at the bodies, at their regions, or at a national body.
func nearWay(role ActorRole, of ...Capacity) Way {
	return Way{role, []Reach{ReachOwn, ReachRegion, ReachNational}, of}
}

func ownWay(role ActorRole, of ...Capacity) Way { return Way{role, []Reach{ReachOwn}, of} }

// overWay is a role above the bodies: at their regions, or at a national body.
func overWay(role ActorRole, of ...Capacity) Way {
	return Way{role, []Reach{ReachRegion, ReachNational}, of}
}

func nationalWay(role ActorRole) Way { return Way{Role: role, Reaches: []Reach{ReachNational}} }

func anyWay(roles ...ActorRole) []Way {
	ways := make([]Way, 0, len(roles))
	for _, role := range roles {
		ways = append(ways, Way{Role: role, Reaches: []Reach{ReachAny}})
	}
	return ways
}

func transferRights() []Right {
	parties := nearWay(ActorProgrammeOffice, AsSender, AsReceiver)
	return []Right{
		commandRight("PlanTransfer", parties),
		commandRight("ReplacePlan", parties),
		commandRight("ExploreTransfer", nearWay(ActorProgrammeOffice, AsSender)),
		commandRight("ProposeTransfer", parties),
		commandRight("AmendTransfer", parties),
		commandRight("SetTerms", parties),
		commandRight("AssessReadiness", ownWay(ActorAssessor, AsParty)),
		commandRight("RecordOpinion", nearWay(ActorPanel, AsDecider, AsSender, AsReceiver), ownWay(RoleOfGateway, AsDecider)),
		commandRight("DecideGateway", ownWay(RoleOfGateway, AsDecider)),
		commandRight("CallIn", overWay(ActorPanel, AsSender, AsReceiver)),
		commandRight("EvidenceCondition", ownWay(ActorProgrammeOffice, AsOwner)),
		commandRight("DischargeCondition", ownWay(RoleOfGateway, AsSetter)),
		commandRight("WaiveCondition", ownWay(RoleOfGateway, AsSetter)),
		commandRight("ScheduleTransfer", parties),
		commandRight("RecordMilestone", parties),
		commandRight("CompleteTransfer", parties),
		commandRight("ReviewTransfer", parties),
		commandRight("PauseTransfer", parties),
		commandRight("ResumeTransfer", parties),
		commandRight("WithdrawTransfer", parties),
		commandRight("ReverseTransfer", parties),
		commandRight("FormPackage", parties),
		commandRight("AssessPackage", ownWay(ActorAssessor, AsParty)),
		commandRight("DecidePackage", ownWay(RoleOfGateway, AsDecider)),
		commandRight("RaiseRisk", ownWay(ActorProgrammeOffice, AsOwner), ownWay(ActorBoard, AsOwner)),
		commandRight("UpdateRisk", ownWay(ActorProgrammeOffice, AsOwner), ownWay(ActorBoard, AsOwner)),
		commandRight("CloseRisk", ownWay(ActorProgrammeOffice, AsOwner), ownWay(ActorBoard, AsOwner)),
	}
}

func delegationRights() []Right {
	return []Right{
		commandRight("DelegateFunction", ownWay(ActorBoard, AsDelegator)),
		commandRight("AcceptDelegation", ownWay(ActorBoard, AsDelegate)),
		commandRight("VaryDelegation", ownWay(ActorBoard, AsDelegator)),
		commandRight("RevokeDelegation", ownWay(ActorBoard, AsDelegator)),
		commandRight("RecordIntervention", overWay(ActorPanel, AsBody)),
		commandRight("EndIntervention", overWay(ActorPanel, AsBody)),
	}
}

// registerRights are those to the bodies, functions and instruments, and to what is recorded beside the gateways.
func registerRights() []Right {
	national := nationalWay(ActorRegistrar)
	second := commandRight("Second")
	second.As = "the command that waits; by somebody else than who gave it"
	imported := commandRight("ImportMap")
	imported.As = "AllocateFunction, of every body that the map names; or, where it brings in claims, for ClaimRemit"
	return []Right{
		commandRight("EstablishOrganisation", nearWay(ActorRegistrar, AsParent)),
		commandRight("RenameOrganisation", nearWay(ActorRegistrar, AsBody)),
		commandRight("MoveOrganisation", nearWay(ActorRegistrar, AsBody)),
		commandRight("PlanReorganisation", national),
		commandRight("Reorganise", national),
		commandRight("ChangeFootprints", national),
		commandRight("DefineFunction", national),
		commandRight("ReviseFunction", national),
		commandRight("DivideFunction", national),
		commandRight("AllocateFunction", nearWay(ActorRegistrar, AsHolder)),
		commandRight("RegisterInstrument", national),
		commandRight("CommenceInstrument", national),
		commandRight("DiscardInstrument", national),
		commandRight("RecordOccurrence", nearWay(ActorRegistrar, AsFormer, AsHolder)),
		commandRight("Correct", national),
		commandRight("ErasePersonalData", nearWay(ActorRegistrar, AsRecorder)),
		second,
		commandRight("ClaimRemit", ownWay(ActorProgrammeOffice, AsBody), ownWay(ActorBoard, AsBody)),
		imported,
		commandRight("AttestRemit", ownWay(ActorProgrammeOffice, AsBody), ownWay(ActorBoard, AsBody)),
		commandRight("LoadReference", anyWay(ActorRegistrar, ActorOperator)...),
		// The register itself says that it was restored: nobody can say so for it.
		commandRight("BeginEpoch"),
	}
}

func programmeRights() []Right {
	return []Right{
		commandRight("SetFramework", nationalWay(ActorRegistrar)),
		commandRight("RecordPopulation", nationalWay(ActorRegistrar)),
		commandRight("RecordCost", nearWay(ActorProgrammeOffice, AsBody)),
		commandRight("FormCommittee", ownWay(ActorBoard, AsCommitteeOf)),
		commandRight("ChangeCommittee", ownWay(ActorBoard, AsCommitteeOf)),
		commandRight("RecordAdvice", ownWay(ActorCommittee, AsCommitteeOf)),
		commandRight("SubmitPlanReturn", ownWay(ActorProgrammeOffice, AsBody)),
		commandRight("ModeratePlanReturn", overWay(ActorPanel, AsBody)),
	}
}

// questionRights: everybody who is signed in reads the map and all that shows what is under way. The record itself, event
// by event, is for auditors, and for registrars, who say by number what is to be corrected or erased.
func questionRights() []Right {
	question := func(method string, ways []Way) Right {
		return Right{Method: method, Kind: RightQuestion, Ways: ways, OpenLocally: true}
	}
	everybody, record := anyWay(ActorRoles()...), anyWay(ActorAuditor, ActorRegistrar)
	var table []Right
	for _, method := range []string{
		"WhoHolds", "GetMap", "GetHistory", "CompareMaps", "CheckCoherence",
		"ExplainHolding", "ListChanges", "ListChangeDates", "Simulate", "WatchMap", "WatchTransfer",
		"GetTransfer", "ListTransfers", "GetPackage", "ListPackages", "ListRisks",
		"GetDelegation", "ListDelegations", "ListInterventions",
		"GetOrganisation", "ListOrganisations", "ListFootprints", "PreviewReorganisation",
		"GetFunction", "ListFunctions", "GetInstrument", "ListInstruments",
		"ListClaims", "ListAttestations", "ListAwaitingSecond",
		"GetReadiness", "ListDue", "GetCommitteePaper", "GetEnvelope", "GetShift", "ListFrameworks", "ListCommittees", "ListPlanReturns",
		// What these answer are digests, with which an answer to any question can be checked.
		"GetCheckpoint", "ProveInclusion", "ProveConsistency", "ListEpochs", "ReplayTo", "ReadReplay",
	} {
		table = append(table, question(method, everybody))
	}
	return append(table,
		question("ListEvents", record),
		question("GetEvent", record),
		question("WatchEvents", record),
		Right{Method: "Backup", Kind: RightQuestion, Ways: anyWay(ActorOperator)},
		Right{Method: "RebuildViews", Kind: RightQuestion, Ways: anyWay(ActorOperator)},
		Right{Method: ResolvePerson, Kind: RightQuestion, Ways: resolveWays()},
	)
}

func resolveWays() []Way {
	return []Way{nationalWay(ActorAuditor), nationalWay(ActorRegistrar), ownWay(ActorRegistrar, AsBody)}
}

// ResolvePerson is the right to learn who acts under a pseudonym in the name of a body. It is no question of its own:
// answers with actors show it to those who have it.
const ResolvePerson = "ResolvePerson"

func pathRights() []Right {
	path := func(pattern string, ways []Way) Right {
		return Right{Method: pattern, Kind: RightPath, Ways: ways, OpenLocally: true}
	}
	public := func(pattern string) Right { return Right{Method: pattern, Kind: RightPath, Public: true} }
	everybody := anyWay(ActorRoles()...)
	return []Right{
		public("GET /healthz"),
		public("GET /readyz"),
		public("POST /grpc.health.v1.Health/"),
		// To sign in, and the console's pages, which ask for what they show in the name of who is signed in.
		public("/auth/"),
		public("/"),
		path("POST /grpc.reflection.", everybody),
		path("GET /log/", everybody),
		path("GET /metrics", anyWay(ActorOperator, ActorAuditor)),
		{Method: "GET /access-log", Kind: RightPath, Ways: anyWay(ActorAuditor)},
	}
}
