package domain

// The commands of a transfer's life around its gateways, of interventions, claims and risks.

// ExploreTransfer records the options for what has no receiver yet. A proposal that names it chooses one.
type ExploreTransfer struct {
	Kind     TransferKind     `json:"kind,omitempty"`
	Function FunctionCode     `json:"function,omitempty"`
	Part     PartCode         `json:"part,omitempty"`
	Sender   OrganisationCode `json:"sender,omitempty"`
	// Footprints left out: all that the sender covers on the date.
	Footprints  []FootprintCode  `json:"footprints,omitempty"`
	Roles       []Role           `json:"roles,omitempty"`
	EffectiveOn Date             `json:"effectiveOn,omitempty"`
	Options     []TransferOption `json:"options,omitempty"`
	Rationale   Text             `json:"rationale"`
}

// PauseTransfer halts a transfer; the reason is required.
type PauseTransfer struct {
	TransferID TransferID `json:"transferId,omitempty"`
}

// ResumeTransfer lets a paused transfer go on.
type ResumeTransfer struct {
	TransferID TransferID `json:"transferId,omitempty"`
}

// CallIn puts a transfer under the full framework, by an overseeing panel; the reason is required.
type CallIn struct {
	TransferID TransferID `json:"transferId,omitempty"`
}

// ReverseTransfer proposes a transfer back of what a completed one moved.
type ReverseTransfer struct {
	TransferID  TransferID `json:"transferId,omitempty"`
	EffectiveOn Date       `json:"effectiveOn,omitempty"`
	// Instrument left out: that of the transfer to reverse.
	Instrument InstrumentCode `json:"instrument,omitempty"`
	Rationale  Text           `json:"rationale"`
	Terms      Terms          `json:"terms"`
}

// RecordMilestone says when a step of carrying out a transfer is planned, or was done.
type RecordMilestone struct {
	TransferID TransferID `json:"transferId,omitempty"`
	Milestone  Milestone  `json:"milestone"`
}

// ReviewTransfer says what a completed transfer came to.
type ReviewTransfer struct {
	TransferID TransferID `json:"transferId,omitempty"`
	ReviewedOn Date       `json:"reviewedOn,omitempty"`
	Outcomes   []Outcome  `json:"outcomes,omitempty"`
	Conclusion Text       `json:"conclusion"`
}

// VaryDelegation changes the terms of a delegation; they hold once the delegate accepts.
type VaryDelegation struct {
	DelegationID ArrangementID `json:"delegationId,omitempty"`
	Terms        Terms         `json:"terms"`
}

// RecordIntervention records that a body above steps in.
type RecordIntervention struct {
	Kind InterventionKind `json:"kind,omitempty"`
	By   OrganisationCode `json:"by,omitempty"`
	In   OrganisationCode `json:"in,omitempty"`
	// Functions are those that a takeover takes over; other kinds may name them.
	Functions   []FunctionCode `json:"functions,omitempty"`
	Grounds     Text           `json:"grounds"`
	ReviewOn    Date           `json:"reviewOn,omitempty"`
	EffectiveOn Date           `json:"effectiveOn,omitempty"`
	Instrument  InstrumentCode `json:"instrument,omitempty"`
}

// EndIntervention ends an intervention; what a takeover took goes back.
type EndIntervention struct {
	InterventionID string `json:"interventionId,omitempty"`
	EffectiveOn    Date   `json:"effectiveOn,omitempty"`
}

// ClaimRemit records a body's word that it holds, or does not hold, remits. Rivals are findings, not refusals.
type ClaimRemit struct {
	Claimant OrganisationCode `json:"claimant,omitempty"`
	Function FunctionCode     `json:"function,omitempty"`
	Part     PartCode         `json:"part,omitempty"`
	// Footprints left out: all that the claimant covers on the date.
	Footprints  []FootprintCode `json:"footprints,omitempty"`
	Roles       []Role          `json:"roles,omitempty"`
	Holds       bool            `json:"holds,omitempty"`
	EffectiveOn Date            `json:"effectiveOn,omitempty"`
	Basis       Text            `json:"basis"`
}

// AttestRemit records a body's word on all that the register says that it holds.
type AttestRemit struct {
	Organisation OrganisationCode `json:"organisation,omitempty"`
	EffectiveOn  Date             `json:"effectiveOn,omitempty"`
	Agrees       bool             `json:"agrees,omitempty"`
	// Exceptions say where the register is wrong; required when Agrees is not set.
	Exceptions Text `json:"exceptions"`
}

// RaiseRisk records a risk of a transfer, or of a body's own.
type RaiseRisk struct {
	TransferID TransferID       `json:"transferId,omitempty"`
	Owner      OrganisationCode `json:"owner,omitempty"`
	// Likelihood and Impact are from 1 to 5; their product is the score.
	Likelihood  int  `json:"likelihood,omitempty"`
	Impact      int  `json:"impact,omitempty"`
	Description Text `json:"description"`
	Mitigation  Text `json:"mitigation"`
	ReviewOn    Date `json:"reviewOn,omitempty"`
}

// UpdateRisk replaces what is recorded of a risk; what is left out stays.
type UpdateRisk struct {
	RiskID     string           `json:"riskId,omitempty"`
	Owner      OrganisationCode `json:"owner,omitempty"`
	Likelihood int              `json:"likelihood,omitempty"`
	Impact     int              `json:"impact,omitempty"`
	Mitigation Text             `json:"mitigation"`
	ReviewOn   Date             `json:"reviewOn,omitempty"`
}

// CloseRisk records that a risk is over; the reason is required.
type CloseRisk struct {
	RiskID string `json:"riskId,omitempty"`
}

func (ExploreTransfer) Method() string    { return "ExploreTransfer" }
func (PauseTransfer) Method() string      { return "PauseTransfer" }
func (ResumeTransfer) Method() string     { return "ResumeTransfer" }
func (CallIn) Method() string             { return "CallIn" }
func (ReverseTransfer) Method() string    { return "ReverseTransfer" }
func (RecordMilestone) Method() string    { return "RecordMilestone" }
func (ReviewTransfer) Method() string     { return "ReviewTransfer" }
func (VaryDelegation) Method() string     { return "VaryDelegation" }
func (RecordIntervention) Method() string { return "RecordIntervention" }
func (EndIntervention) Method() string    { return "EndIntervention" }
func (ClaimRemit) Method() string         { return "ClaimRemit" }
func (AttestRemit) Method() string        { return "AttestRemit" }
func (RaiseRisk) Method() string          { return "RaiseRisk" }
func (UpdateRisk) Method() string         { return "UpdateRisk" }
func (CloseRisk) Method() string          { return "CloseRisk" }
