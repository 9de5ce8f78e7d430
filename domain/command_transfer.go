package domain

// The commands about transfers and delegations.

// PlanTransfer records an announcement. Only codes are checked.
type PlanTransfer struct {
	Kind     TransferKind     `json:"kind,omitempty"`
	Function FunctionCode     `json:"function,omitempty"`
	Part     PartCode         `json:"part,omitempty"`
	Sender   OrganisationCode `json:"sender,omitempty"`
	// Moves names the receivers; footprints left out: all that the receiver covers on the date.
	Moves       []Move         `json:"moves,omitempty"`
	Roles       []Role         `json:"roles,omitempty"`
	Instrument  InstrumentCode `json:"instrument,omitempty"`
	EffectiveOn Date           `json:"effectiveOn,omitempty"`
	Rationale   Text           `json:"rationale"`
	Confidence  Confidence     `json:"confidence,omitempty"`
	Source      string         `json:"source,omitempty"`
}

// ReplacePlan records an announcement that takes the place of another plan.
type ReplacePlan struct {
	TransferID  TransferID   `json:"transferId,omitempty"`
	Replacement PlanTransfer `json:"replacement"`
}

// ProposeTransfer begins the life of a transfer.
type ProposeTransfer struct {
	Kind     TransferKind     `json:"kind,omitempty"`
	Function FunctionCode     `json:"function,omitempty"`
	Part     PartCode         `json:"part,omitempty"`
	Sender   OrganisationCode `json:"sender,omitempty"`
	Receiver OrganisationCode `json:"receiver,omitempty"`
	// Footprints are footprints, bodies or "ENG"; left out: all that the sender covers on the date.
	Footprints  []FootprintCode `json:"footprints,omitempty"`
	Roles       []Role          `json:"roles,omitempty"`
	Instrument  InstrumentCode  `json:"instrument,omitempty"`
	EffectiveOn Date            `json:"effectiveOn,omitempty"`
	Rationale   Text            `json:"rationale"`
	Retained    []Retained      `json:"retained,omitempty"`
	// Results are what the receiver gets where the kind of footprint changes; footprints left out: all that the receiver
	// covers. Residue is required with them.
	Results []TransferResult `json:"results,omitempty"`
	Residue Residue          `json:"residue,omitempty"`
	Terms   Terms            `json:"terms"`
	// Framework left out: the lightest that fits.
	Framework FrameworkCode `json:"framework,omitempty"`
	// Plan is the announcement that the proposal carries out. It is replaced by a proposal that moves all it announced.
	Plan TransferID `json:"plan,omitempty"`
	// Option names the option chosen where Plan is an exploration.
	Option string `json:"option,omitempty"`
}

// AmendTransfer changes a proposal; what is left out stays as it was.
type AmendTransfer struct {
	TransferID  TransferID      `json:"transferId,omitempty"`
	Footprints  []FootprintCode `json:"footprints,omitempty"`
	Roles       []Role          `json:"roles,omitempty"`
	Instrument  InstrumentCode  `json:"instrument,omitempty"`
	EffectiveOn Date            `json:"effectiveOn,omitempty"`
	Rationale   Text            `json:"rationale"`
	Retained    []Retained      `json:"retained,omitempty"`
	Framework   FrameworkCode   `json:"framework,omitempty"`
}

// SetTerms replaces the terms of a transfer.
type SetTerms struct {
	TransferID TransferID `json:"transferId,omitempty"`
	Terms      Terms      `json:"terms"`
}

// AssessReadiness records a party's own assessment: every domain of the framework, once.
type AssessReadiness struct {
	TransferID TransferID     `json:"transferId,omitempty"`
	Party      Party          `json:"party,omitempty"`
	Ratings    []DomainRating `json:"ratings,omitempty"`
}

// RecordOpinion records an independent opinion ahead of a gateway's decision.
type RecordOpinion struct {
	TransferID TransferID  `json:"transferId,omitempty"`
	Gateway    GatewayCode `json:"gateway,omitempty"`
	Opinion    Opinion     `json:"opinion"`
}

// DecideGateway records a decision of the body that decides the gateway.
type DecideGateway struct {
	TransferID TransferID       `json:"transferId,omitempty"`
	Gateway    GatewayCode      `json:"gateway,omitempty"`
	Decision   GatewayDecision  `json:"decision,omitempty"`
	DecidedBy  OrganisationCode `json:"decidedBy,omitempty"`
	DecidedOn  Date             `json:"decidedOn,omitempty"`
	Rationale  Text             `json:"rationale"`
	Authority  Authority        `json:"authority"`
	Opinions   []Opinion        `json:"opinions,omitempty"`
	Conditions []Condition      `json:"conditions,omitempty"`
	// Statements are those of a notice that are signed: all of them, to pass.
	Statements []string `json:"statements,omitempty"`
}

// EvidenceCondition submits evidence that a condition is met, by its owner.
type EvidenceCondition struct {
	TransferID  TransferID  `json:"transferId,omitempty"`
	ConditionID ConditionID `json:"conditionId,omitempty"`
	Evidence    []Evidence  `json:"evidence,omitempty"`
}

// DischargeCondition confirms that a condition is met, by the body that set it.
type DischargeCondition struct {
	TransferID  TransferID  `json:"transferId,omitempty"`
	ConditionID ConditionID `json:"conditionId,omitempty"`
}

// WaiveCondition does without a condition, by the body that set it; the reason is required.
type WaiveCondition struct {
	TransferID  TransferID  `json:"transferId,omitempty"`
	ConditionID ConditionID `json:"conditionId,omitempty"`
}

// ScheduleTransfer says when an approved transfer is to take effect.
type ScheduleTransfer struct {
	TransferID  TransferID `json:"transferId,omitempty"`
	EffectiveOn Date       `json:"effectiveOn,omitempty"`
}

// CompleteTransfer records that the remits have moved.
type CompleteTransfer struct {
	TransferID TransferID `json:"transferId,omitempty"`
	// EffectiveOn left out: the date that was scheduled or else proposed.
	EffectiveOn Date `json:"effectiveOn,omitempty"`
}

// WithdrawTransfer ends a transfer before it takes effect; the reason is required.
type WithdrawTransfer struct {
	TransferID TransferID `json:"transferId,omitempty"`
}

// DelegateFunction records a delegation agreed by the delegator; it takes effect once the delegate accepts.
type DelegateFunction struct {
	Function  FunctionCode     `json:"function,omitempty"`
	Part      PartCode         `json:"part,omitempty"`
	Delegator OrganisationCode `json:"delegator,omitempty"`
	Delegate  OrganisationCode `json:"delegate,omitempty"`
	// Footprints left out: those that the delegator holds and the delegate covers.
	Footprints []FootprintCode `json:"footprints,omitempty"`
	// Roles left out: exercising and funding.
	Roles       []Role         `json:"roles,omitempty"`
	EffectiveOn Date           `json:"effectiveOn,omitempty"`
	Instrument  InstrumentCode `json:"instrument,omitempty"`
	Terms       Terms          `json:"terms"`
}

// AcceptDelegation records that the delegate accepts.
type AcceptDelegation struct {
	DelegationID ArrangementID `json:"delegationId,omitempty"`
}

// RevokeDelegation ends a delegation from a date: its remits go back to the delegator.
type RevokeDelegation struct {
	DelegationID ArrangementID `json:"delegationId,omitempty"`
	EffectiveOn  Date          `json:"effectiveOn,omitempty"`
}

func (PlanTransfer) Method() string       { return "PlanTransfer" }
func (ReplacePlan) Method() string        { return "ReplacePlan" }
func (ProposeTransfer) Method() string    { return "ProposeTransfer" }
func (AmendTransfer) Method() string      { return "AmendTransfer" }
func (SetTerms) Method() string           { return "SetTerms" }
func (AssessReadiness) Method() string    { return "AssessReadiness" }
func (RecordOpinion) Method() string      { return "RecordOpinion" }
func (DecideGateway) Method() string      { return "DecideGateway" }
func (EvidenceCondition) Method() string  { return "EvidenceCondition" }
func (DischargeCondition) Method() string { return "DischargeCondition" }
func (WaiveCondition) Method() string     { return "WaiveCondition" }
func (ScheduleTransfer) Method() string   { return "ScheduleTransfer" }
func (CompleteTransfer) Method() string   { return "CompleteTransfer" }
func (WithdrawTransfer) Method() string   { return "WithdrawTransfer" }
func (DelegateFunction) Method() string   { return "DelegateFunction" }
func (AcceptDelegation) Method() string   { return "AcceptDelegation" }
func (RevokeDelegation) Method() string   { return "RevokeDelegation" }
