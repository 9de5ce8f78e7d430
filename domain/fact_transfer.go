package domain

// The facts of transfers and delegations.

// Move is what one receiver is to get: a plan can name several receivers, a proposal names one.
type Move struct {
	Receiver   OrganisationCode `json:"receiver,omitempty"`
	Footprints []FootprintCode  `json:"footprints,omitempty"`
}

// Residue is what becomes of the remits that a transfer started from when it results in others.
type Residue string

// The residues: the original remits stay with the sender, or cease when the transfer takes effect.
const (
	ResidueStays  Residue = "stays"
	ResidueCeases Residue = "ceases"
)

// TransferResult is what the receiver gets where a transfer changes the kind of footprint: remits of another function,
// such as the own operations of providers in place of an ICB's areas.
type TransferResult struct {
	Function   FunctionCode    `json:"function,omitempty"`
	Part       PartCode        `json:"part,omitempty"`
	Footprints []FootprintCode `json:"footprints,omitempty"`
}

// Retained is an aspect that stays behind when a function moves.
type Retained struct {
	Role Role `json:"role,omitempty"`
	// Holder is the body as named that holds it from completion; "" when somebody holds it already.
	Holder      OrganisationCode `json:"holder,omitempty"`
	Part        PartCode         `json:"part,omitempty"`
	Description Text             `json:"description"`
}

// Evidence is a document that an assessment or a discharge rests on.
type Evidence struct {
	Title Text `json:"title"`
	URI   Text `json:"uri"`
	// SHA256 is the hex digest of the document, "" when none was given.
	SHA256    string `json:"sha256,omitempty"`
	ExpiresOn Date   `json:"expiresOn,omitempty"`
}

// DomainRating is a party's confidence in one domain of readiness.
type DomainRating struct { //nolint:revive // a domain of readiness, not this package
	Domain   string     `json:"domain,omitempty"`
	Rating   Rating     `json:"rating,omitempty"`
	Comment  Text       `json:"comment"`
	Evidence []Evidence `json:"evidence,omitempty"`
}

// Opinion is what an independent reviewer says at a gateway.
type Opinion struct {
	// By is the reviewing function or body, such as "internal-audit", never a person's name.
	By      string      `json:"by,omitempty"`
	Opinion OpinionKind `json:"opinion,omitempty"`
	Text    Text        `json:"text"`
}

// Authority is by what meeting a gateway was decided.
type Authority struct {
	// Body is the board or committee, such as "board".
	Body      string `json:"body,omitempty"`
	MeetingOn Date   `json:"meetingOn,omitempty"`
	MinuteRef string `json:"minuteRef,omitempty"`
	Quorate   bool   `json:"quorate,omitempty"`
	Interests []Text `json:"interests,omitempty"`
	Recusals  []Text `json:"recusals,omitempty"`
}

// Condition is something that must be done, before the transfer takes effect or after.
type Condition struct {
	ID          ConditionID      `json:"-"`
	Description Text             `json:"description"`
	Owner       OrganisationCode `json:"owner,omitempty"`
	DueOn       Date             `json:"dueOn,omitempty"`
	Timing      ConditionTiming  `json:"timing,omitempty"`
}

// GatewayPlan is a gateway as it applies to one transfer: fixed when the transfer is proposed.
type GatewayPlan struct {
	Code GatewayCode
	// Party is the side that decides; Decider is the body.
	Party   Party
	Decider OrganisationCode
	// Role is the role in which the decider's people decide.
	Role ActorRole
	// OpinionRequired says that it cannot be passed without an independent opinion.
	OpinionRequired bool
	// SameLegalPerson says that the body that decides is no person in law apart from those whose move it decides on: a
	// confirming one apart from both parties, a party apart from the other one.
	SameLegalPerson bool
}

// TransferPlanned is an announcement: codes are known, nothing else was checked.
type TransferPlanned struct {
	ID          TransferID
	Kind        TransferKind
	Function    FunctionCode
	Part        PartCode
	Sender      OrganisationCode
	Moves       []Move
	Roles       []Role
	Instrument  InstrumentCode
	EffectiveOn Date
	Rationale   Text
	Confidence  Confidence
	Source      string
}

// PlanReplaced says that another plan takes a plan's place. Both stay visible.
type PlanReplaced struct {
	ID TransferID
	By TransferID
}

// TransferProposed begins the life of a transfer.
type TransferProposed struct {
	ID          TransferID
	Kind        TransferKind
	Function    FunctionCode
	Part        PartCode
	Sender      OrganisationCode
	Receiver    OrganisationCode
	Footprints  []FootprintCode
	Roles       []Role
	Instrument  InstrumentCode
	EffectiveOn Date
	Rationale   Text
	Retained    []Retained
	// Results are what the receiver gets in place of the remits themselves, and Residue what becomes of those.
	Results   []TransferResult
	Residue   Residue
	Terms     Terms
	Framework FrameworkCode
	// Domains are the domains of readiness that both parties rate.
	Domains  []string
	Gateways []GatewayPlan
	// Notice is set where both parties give notice in place of assessing.
	Notice Notice
	// Plan is the announced plan, or the exploration, that the proposal carries out, if any.
	Plan TransferID
	// Reverses is the completed transfer that this one takes back, if any.
	Reverses TransferID
}

// TransferAmended replaces what was proposed. What was assessed and decided before no longer counts when Material.
type TransferAmended struct {
	ID          TransferID
	Footprints  []FootprintCode
	Roles       []Role
	Instrument  InstrumentCode
	EffectiveOn Date
	Rationale   Text
	Retained    []Retained
	Framework   FrameworkCode
	Domains     []string
	Gateways    []GatewayPlan
	Notice      Notice
	Material    bool
}

// TermsSet replaces the terms of a transfer. What was assessed and decided before no longer counts when Material.
type TermsSet struct {
	ID       TransferID
	Terms    Terms
	Material bool
}

// ReadinessAssessed is a party's own assessment.
type ReadinessAssessed struct {
	ID      TransferID
	Party   Party
	Ratings []DomainRating
}

// OpinionRecorded is an independent opinion given ahead of a gateway's decision.
type OpinionRecorded struct {
	ID      TransferID
	Gateway GatewayCode
	Opinion Opinion
}

// GatewayDecided is a decision at a gateway.
type GatewayDecided struct {
	ID         TransferID
	Gateway    GatewayCode
	Decision   GatewayDecision
	DecidedBy  OrganisationCode
	DecidedOn  Date
	Rationale  Text
	Authority  Authority
	Opinions   []Opinion
	Conditions []Condition
	// Statements are those of a notice that were signed.
	Statements []string
	// Package is the package with which it was decided, if any.
	Package string
	// State is where the decision puts the transfer.
	State TransferState
}

// ConditionEvidenced says that the owner submitted evidence that a condition is met.
type ConditionEvidenced struct {
	ID        TransferID
	Condition ConditionID
	Evidence  []Evidence
}

// ConditionDischarged says that the deciding body confirmed that a condition is met.
type ConditionDischarged struct {
	ID        TransferID
	Condition ConditionID
}

// ConditionWaived says that the deciding body waived a condition; the event's reason says why.
type ConditionWaived struct {
	ID        TransferID
	Condition ConditionID
}

// TransferScheduled says on which date an approved transfer is to take effect.
type TransferScheduled struct {
	ID          TransferID
	EffectiveOn Date
}

// TransferCompleted says that the remits have moved.
type TransferCompleted struct {
	ID          TransferID
	Function    FunctionCode
	EffectiveOn Date
	Changes     []HoldingChange
}

// TransferWithdrawn ends a transfer before it took effect; the event's reason says why.
type TransferWithdrawn struct {
	ID TransferID
}

// FunctionDelegated is a delegation agreed by the delegator. It takes effect once the delegate accepts.
type FunctionDelegated struct {
	ID          ArrangementID
	Function    FunctionCode
	Part        PartCode
	Delegator   OrganisationCode
	Delegate    OrganisationCode
	Roles       []Role
	Footprints  []FootprintCode
	EffectiveOn Date
	Instrument  InstrumentCode
	Terms       Terms
}

// DelegationAccepted says that the delegate accepted, and what it holds since.
type DelegationAccepted struct {
	ID          ArrangementID
	EffectiveOn Date
	Changes     []HoldingChange
}

// DelegationRevoked says that the delegator revoked the delegation, and what it holds again.
type DelegationRevoked struct {
	ID          ArrangementID
	EffectiveOn Date
	Changes     []HoldingChange
}

func (TransferPlanned) FactType() string     { return "TransferPlanned" }
func (PlanReplaced) FactType() string        { return "PlanReplaced" }
func (TransferProposed) FactType() string    { return "TransferProposed" }
func (TransferAmended) FactType() string     { return "TransferAmended" }
func (TermsSet) FactType() string            { return "TermsSet" }
func (ReadinessAssessed) FactType() string   { return "ReadinessAssessed" }
func (OpinionRecorded) FactType() string     { return "OpinionRecorded" }
func (GatewayDecided) FactType() string      { return "GatewayDecided" }
func (ConditionEvidenced) FactType() string  { return "ConditionEvidenced" }
func (ConditionDischarged) FactType() string { return "ConditionDischarged" }
func (ConditionWaived) FactType() string     { return "ConditionWaived" }
func (TransferScheduled) FactType() string   { return "TransferScheduled" }
func (TransferCompleted) FactType() string   { return "TransferCompleted" }
func (TransferWithdrawn) FactType() string   { return "TransferWithdrawn" }
func (FunctionDelegated) FactType() string   { return "FunctionDelegated" }
func (DelegationAccepted) FactType() string  { return "DelegationAccepted" }
func (DelegationRevoked) FactType() string   { return "DelegationRevoked" }

func (f TransferPlanned) Entity() string     { return transferEntity(f.ID) }
func (f PlanReplaced) Entity() string        { return transferEntity(f.ID) }
func (f TransferProposed) Entity() string    { return transferEntity(f.ID) }
func (f TransferAmended) Entity() string     { return transferEntity(f.ID) }
func (f TermsSet) Entity() string            { return transferEntity(f.ID) }
func (f ReadinessAssessed) Entity() string   { return transferEntity(f.ID) }
func (f OpinionRecorded) Entity() string     { return transferEntity(f.ID) }
func (f GatewayDecided) Entity() string      { return transferEntity(f.ID) }
func (f ConditionEvidenced) Entity() string  { return transferEntity(f.ID) }
func (f ConditionDischarged) Entity() string { return transferEntity(f.ID) }
func (f ConditionWaived) Entity() string     { return transferEntity(f.ID) }
func (f TransferScheduled) Entity() string   { return transferEntity(f.ID) }
func (f TransferCompleted) Entity() string   { return transferEntity(f.ID) }
func (f TransferWithdrawn) Entity() string   { return transferEntity(f.ID) }
func (f FunctionDelegated) Entity() string   { return "delegation/" + string(f.ID) }
func (f DelegationAccepted) Entity() string  { return "delegation/" + string(f.ID) }
func (f DelegationRevoked) Entity() string   { return "delegation/" + string(f.ID) }

func transferEntity(id TransferID) string { return "transfer/" + string(id) }

func (TransferPlanned) Effective() Date      { return 0 }
func (PlanReplaced) Effective() Date         { return 0 }
func (TransferProposed) Effective() Date     { return 0 }
func (TransferAmended) Effective() Date      { return 0 }
func (TermsSet) Effective() Date             { return 0 }
func (ReadinessAssessed) Effective() Date    { return 0 }
func (OpinionRecorded) Effective() Date      { return 0 }
func (f GatewayDecided) Effective() Date     { return f.DecidedOn }
func (ConditionEvidenced) Effective() Date   { return 0 }
func (ConditionDischarged) Effective() Date  { return 0 }
func (ConditionWaived) Effective() Date      { return 0 }
func (TransferScheduled) Effective() Date    { return 0 }
func (f TransferCompleted) Effective() Date  { return f.EffectiveOn }
func (TransferWithdrawn) Effective() Date    { return 0 }
func (FunctionDelegated) Effective() Date    { return 0 }
func (f DelegationAccepted) Effective() Date { return f.EffectiveOn }
func (f DelegationRevoked) Effective() Date  { return f.EffectiveOn }

// HoldingChanges returns the recorded changes.
func (f TransferCompleted) HoldingChanges() []HoldingChange { return f.Changes }

// HoldingChanges returns the recorded changes.
func (f DelegationAccepted) HoldingChanges() []HoldingChange { return f.Changes }

// HoldingChanges returns the recorded changes.
func (f DelegationRevoked) HoldingChanges() []HoldingChange { return f.Changes }
