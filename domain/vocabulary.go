package domain

import "slices"

// Tier is where an organisation works.
type Tier string

// The tiers.
const (
	TierNational        Tier = "national"
	TierRegional        Tier = "regional"
	TierICB             Tier = "icb"
	TierProvider        Tier = "provider"
	TierPlace           Tier = "place"
	TierNeighbourhood   Tier = "neighbourhood"
	TierLocalGovernment Tier = "local_government"
)

// Tiers lists every tier.
func Tiers() []Tier {
	return []Tier{TierNational, TierRegional, TierICB, TierProvider, TierPlace, TierNeighbourhood, TierLocalGovernment}
}

// Form is what an organisation is.
type Form string

// The forms.
const (
	FormMinister           Form = "minister"
	FormStatutoryBody      Form = "statutory_body"
	FormTrust              Form = "trust"
	FormCouncil            Form = "council"
	FormTeam               Form = "team"
	FormOffice             Form = "office"
	FormCommitteeBody      Form = "committee"
	FormJointCommittee     Form = "joint_committee"
	FormCommitteesInCommon Form = "committees_in_common"
	FormCluster            Form = "cluster"
	FormPartnership        Form = "partnership"
	FormCompany            Form = "company"
	FormCharity            Form = "charity"
)

// Forms lists every form.
func Forms() []Form {
	return []Form{
		FormMinister, FormStatutoryBody, FormTrust, FormCouncil, FormTeam, FormOffice, FormCommitteeBody, FormJointCommittee,
		FormCommitteesInCommon, FormCluster, FormPartnership, FormCompany, FormCharity,
	}
}

// Role is one of the five ways of having to do with a function.
type Role string

// The roles: who has the duty, takes the decisions, does the work, keeps the overview, holds the allocation.
const (
	RoleAccountable Role = "accountable"
	RoleExercising  Role = "exercising"
	RoleDelivering  Role = "delivering"
	RoleOverview    Role = "overview"
	RoleFunding     Role = "funding"
)

// Roles lists the roles in the order in which they are shown.
func Roles() []Role {
	return []Role{RoleAccountable, RoleExercising, RoleDelivering, RoleOverview, RoleFunding}
}

// NeedsLegalPerson tells whether only a legal person can hold the role. For these roles a body that is not a legal
// person is recorded as the one through which its legal parent acts.
func (r Role) NeedsLegalPerson() bool {
	return r == RoleAccountable || r == RoleExercising || r == RoleFunding
}

// RemitRule says how many may hold a remit at a time.
type RemitRule string

// The rules: at most one holder; named co-holders together; each for itself.
const (
	RuleSole       RemitRule = "sole"
	RuleJoint      RemitRule = "joint"
	RuleConcurrent RemitRule = "concurrent"
)

// FootprintKind is what a function is exercised for.
type FootprintKind string

// The kinds of footprint. Kinds are never converted by guess.
const (
	KindLocation      FootprintKind = "location"
	KindCouncilArea   FootprintKind = "council_area"
	KindPlace         FootprintKind = "place"
	KindNeighbourhood FootprintKind = "neighbourhood"
	KindCohort        FootprintKind = "cohort"
	KindOwnOperation  FootprintKind = "own_operation"
)

// FunctionClass groups functions by what they do.
type FunctionClass string

// The classes of function.
const (
	ClassStrategy             FunctionClass = "strategy"
	ClassDelivery             FunctionClass = "delivery"
	ClassOversightImprovement FunctionClass = "oversight_improvement"
	ClassGovernance           FunctionClass = "governance"
)

// Category is what the Model ICB Blueprint foresees for a function.
type Category string

// The categories.
const (
	CategoryGrow              Category = "grow"
	CategoryRetainAdapt       Category = "retain_adapt"
	CategoryReviewForTransfer Category = "review_for_transfer"
	CategoryCore              Category = "core"
)

// LegalStatus says whether statute confers a function. Unknown counts as statutory.
type LegalStatus string

// The legal statuses.
const (
	LegalStatutory    LegalStatus = "statutory"
	LegalNotStatutory LegalStatus = "not_statutory"
	LegalUnknown      LegalStatus = "unknown"
)

// Confidence says how sure a date or a holder is.
type Confidence string

// The confidences.
const (
	ConfidenceExact       Confidence = "exact"
	ConfidenceApproximate Confidence = "approximate"
	ConfidenceAssumed     Confidence = "assumed"
)

// TransferKind is the legal route by which remits move.
type TransferKind string

// The legal routes.
const (
	KindStatutory      TransferKind = "statutory"
	KindDelegation     TransferKind = "delegation"
	KindDirection      TransferKind = "direction"
	KindJointExercise  TransferKind = "joint_exercise"
	KindPooling        TransferKind = "pooling"
	KindDelivery       TransferKind = "delivery"
	KindAdministrative TransferKind = "administrative"
	// KindReorganisation is no route for a transfer; instruments may carry it.
	KindReorganisation TransferKind = "reorganisation"
)

// InstrumentStatus is where a legal instrument stands.
type InstrumentStatus string

// The statuses of an instrument.
const (
	InstrumentStatusPlanned   InstrumentStatus = "planned"
	InstrumentStatusMade      InstrumentStatus = "made"
	InstrumentStatusInForce   InstrumentStatus = "in_force"
	InstrumentStatusDiscarded InstrumentStatus = "discarded"
	InstrumentStatusSpent     InstrumentStatus = "spent"
)

// TransferState is where a transfer stands in its life.
type TransferState string

// The states of a transfer.
const (
	StatePlanned   TransferState = "planned"
	StateExploring TransferState = "exploring"
	StateProposed  TransferState = "proposed"
	StateAssessing TransferState = "assessing"
	StateApproved  TransferState = "approved"
	StateScheduled TransferState = "scheduled"
	StateCompleted TransferState = "completed"
	StateWithdrawn TransferState = "withdrawn"
	StateRejected  TransferState = "rejected"
	StateReplaced  TransferState = "replaced"
	StatePaused    TransferState = "paused"
	StateReversed  TransferState = "reversed"
)

// IsFinished tells whether nothing more can happen to a transfer in this state.
func (s TransferState) IsFinished() bool {
	return slices.Contains([]TransferState{StateCompleted, StateWithdrawn, StateRejected, StateReplaced, StateReversed}, s)
}

// Party is a side of a transfer.
type Party string

// The parties, and the body that confirms.
const (
	PartySender    Party = "sender"
	PartyReceiver  Party = "receiver"
	PartyConfirmer Party = "confirmer"
)

// Rating is a party's confidence in one domain of readiness.
type Rating string

// The ratings.
const (
	RatingGreen         Rating = "green"
	RatingAmber         Rating = "amber"
	RatingRed           Rating = "red"
	RatingNotApplicable Rating = "not_applicable"
)

// GatewayDecision is the outcome of a gateway.
type GatewayDecision string

// The decisions.
const (
	DecisionPass               GatewayDecision = "pass"
	DecisionPassWithConditions GatewayDecision = "pass_with_conditions"
	DecisionDefer              GatewayDecision = "defer"
	DecisionFail               GatewayDecision = "fail"
)

// Passes tells whether the gateway is open after the decision.
func (d GatewayDecision) Passes() bool { return d == DecisionPass || d == DecisionPassWithConditions }

// OpinionKind is what an independent reviewer says; it decides nothing.
type OpinionKind string

// The opinions.
const (
	OpinionAssure OpinionKind = "assure"
	OpinionAdvise OpinionKind = "advise"
	OpinionAlert  OpinionKind = "alert"
)

// ConditionTiming says when a condition must be met.
type ConditionTiming string

// The timings. Only BeforeEffect blocks completion.
const (
	TimingBeforeEffect ConditionTiming = "before_effect"
	TimingAfterEffect  ConditionTiming = "after_effect"
	TimingContinuing   ConditionTiming = "continuing"
)

// ConditionState is where a condition stands.
type ConditionState string

// The states of a condition.
const (
	ConditionStateOpen       ConditionState = "open"
	ConditionStateEvidenced  ConditionState = "evidenced"
	ConditionStateDischarged ConditionState = "discharged"
	ConditionStateWaived     ConditionState = "waived"
	// ConditionStateLapsed is that of a condition whose owner ended without anybody to follow.
	ConditionStateLapsed ConditionState = "lapsed"
)

// DelegationState is where a delegation stands.
type DelegationState string

// The states of a delegation: agreed by the delegator, in effect once the delegate accepts, ended.
const (
	DelegationStateOffered DelegationState = "offered"
	DelegationStateInForce DelegationState = "in_force"
	DelegationStateRevoked DelegationState = "revoked"
)

// Disposition is what a reorganisation does with a remit of a body that ends.
type Disposition string

// The dispositions.
const (
	DispositionMoves        Disposition = "moves"
	DispositionCeases       Disposition = "ceases"
	DispositionUndetermined Disposition = "undetermined"
)

// SuccessionKind is how one body follows another.
type SuccessionKind string

// The kinds of succession.
const (
	SuccessionMerge   SuccessionKind = "merge"
	SuccessionSplit   SuccessionKind = "split"
	SuccessionAbsorb  SuccessionKind = "absorb"
	SuccessionRename  SuccessionKind = "rename"
	SuccessionRecode  SuccessionKind = "recode"
	SuccessionAbolish SuccessionKind = "abolish"
)

// ActorRole is what a person may do at a body.
type ActorRole string

// The roles of actors. ActorSystem is the register's own loader and never a person.
const (
	ActorProgrammeOffice ActorRole = "programme_office"
	ActorAssessor        ActorRole = "assessor"
	ActorBoard           ActorRole = "board"
	ActorPanel           ActorRole = "panel"
	ActorCommittee       ActorRole = "committee"
	ActorRegistrar       ActorRole = "registrar"
	ActorAuditor         ActorRole = "auditor"
	ActorReader          ActorRole = "reader"
	ActorOperator        ActorRole = "operator"
	ActorSystem          ActorRole = "system"
)

// ActorRoles lists the roles that a person can have.
func ActorRoles() []ActorRole {
	return []ActorRole{
		ActorProgrammeOffice, ActorAssessor, ActorBoard, ActorPanel, ActorCommittee, ActorRegistrar, ActorAuditor,
		ActorReader, ActorOperator,
	}
}

// MilestoneKind is a step of carrying out a transfer.
type MilestoneKind string

// The milestones, each with a clock of its own.
const (
	MilestoneDecision    MilestoneKind = "decision"
	MilestoneSignature   MilestoneKind = "signature"
	MilestoneLegalEffect MilestoneKind = "legal_effect"
	MilestoneStaff       MilestoneKind = "staff"
	MilestoneMoney       MilestoneKind = "money"
	MilestoneDataAccess  MilestoneKind = "data_access"
)

// MilestoneKinds lists the milestones.
func MilestoneKinds() []MilestoneKind {
	return []MilestoneKind{
		MilestoneDecision, MilestoneSignature, MilestoneLegalEffect, MilestoneStaff, MilestoneMoney, MilestoneDataAccess,
	}
}

// InterventionKind is how a body above steps in.
type InterventionKind string

// The kinds of intervention. Only a takeover moves the exercise of functions.
const (
	InterventionSupport     InterventionKind = "support"
	InterventionUndertaking InterventionKind = "undertaking"
	InterventionDirection   InterventionKind = "direction"
	InterventionTakeover    InterventionKind = "takeover"
)

// InterventionKinds lists the kinds of intervention.
func InterventionKinds() []InterventionKind {
	return []InterventionKind{InterventionSupport, InterventionUndertaking, InterventionDirection, InterventionTakeover}
}
