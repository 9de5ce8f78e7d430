package domain

// The facts of a transfer's life around its gateways, of interventions, claims and risks.

// TransferOption is one way in which a function without a receiver could go.
type TransferOption struct {
	// Code names the option within its exploration: "a", "b".
	Code        string           `json:"code,omitempty"`
	Receiver    OrganisationCode `json:"receiver,omitempty"`
	Description Text             `json:"description"`
}

// TransferExplored says that options are being looked at for what has no receiver yet.
type TransferExplored struct {
	ID          TransferID
	Kind        TransferKind
	Function    FunctionCode
	Part        PartCode
	Sender      OrganisationCode
	Footprints  []FootprintCode
	Roles       []Role
	EffectiveOn Date
	Options     []TransferOption
	Rationale   Text
}

// OptionChosen says which option of an exploration a proposal carries out.
type OptionChosen struct {
	ID     TransferID
	Option string
	By     TransferID
}

// TransferPaused halts a transfer; the event's reason says why.
type TransferPaused struct {
	ID TransferID
}

// TransferResumed lets a paused transfer go on where it was.
type TransferResumed struct {
	ID TransferID
	// State is where it goes on.
	State TransferState
}

// TransferCalledIn puts a transfer under the full framework; what was decided before no longer counts.
type TransferCalledIn struct {
	ID        TransferID
	By        OrganisationCode
	Framework FrameworkCode
	Domains   []string
	Gateways  []GatewayPlan
}

// TransferReversed says that a transfer back has taken effect.
type TransferReversed struct {
	ID TransferID
	By TransferID
}

// Milestone is a step of carrying out a transfer, on a clock of its own.
type Milestone struct {
	Kind MilestoneKind `json:"kind,omitempty"`
	// Footprints limits the milestone; none means all of the transfer.
	Footprints []FootprintCode `json:"footprints,omitempty"`
	PlannedOn  Date            `json:"plannedOn,omitempty"`
	ActualOn   Date            `json:"actualOn,omitempty"`
}

// MilestoneRecorded says when a step is planned, or was done.
type MilestoneRecorded struct {
	ID        TransferID
	Milestone Milestone
}

// Outcome is a measure by which a transfer is judged afterwards. The figures are decimal numbers in the metric's unit.
type Outcome struct {
	Metric   string `json:"metric,omitempty"`
	Unit     string `json:"unit,omitempty"`
	Baseline string `json:"baseline,omitempty"`
	Target   string `json:"target,omitempty"`
	Actual   string `json:"actual,omitempty"`
}

// TransferReviewed says what a completed transfer came to.
type TransferReviewed struct {
	ID         TransferID
	ReviewedOn Date
	Outcomes   []Outcome
	Conclusion Text
}

// DelegationVaried says that the delegator changed the terms. They hold once the delegate accepts.
type DelegationVaried struct {
	ID    ArrangementID
	Terms Terms
}

// VariationAccepted says that the delegate accepted the changed terms.
type VariationAccepted struct {
	ID ArrangementID
}

// InterventionRecorded says that a body above steps in. Only a takeover moves the exercise.
type InterventionRecorded struct {
	ID          string
	Kind        InterventionKind
	By          OrganisationCode
	In          OrganisationCode
	Functions   []FunctionCode
	Grounds     Text
	ReviewOn    Date
	EffectiveOn Date
	Instrument  InstrumentCode
	Changes     []HoldingChange
}

// InterventionEnded says that an intervention is over.
type InterventionEnded struct {
	ID          string
	EffectiveOn Date
	Changes     []HoldingChange
}

// RemitClaimed is a body's word that it holds, or does not hold, remits. It changes nobody's holding.
type RemitClaimed struct {
	ID          string
	Claimant    OrganisationCode
	Function    FunctionCode
	Part        PartCode
	Footprints  []FootprintCode
	Roles       []Role
	Holds       bool
	EffectiveOn Date
	Basis       Text
}

// RemitsAttested is a body's yearly word on what the register says that it holds.
type RemitsAttested struct {
	ID           string
	Organisation OrganisationCode
	EffectiveOn  Date
	// Position is the state of the register that was attested.
	Position EventNo
	// Agrees says that the register is right; if not, Exceptions says where.
	Agrees     bool
	Exceptions Text
}

// RiskRaised says that a risk is seen, of a transfer or of a body.
type RiskRaised struct {
	ID          string
	Transfer    TransferID
	Owner       OrganisationCode
	Likelihood  int
	Impact      int
	Description Text
	Mitigation  Text
	ReviewOn    Date
}

// RiskUpdated replaces what is recorded of a risk.
type RiskUpdated struct {
	ID         string
	Owner      OrganisationCode
	Likelihood int
	Impact     int
	Mitigation Text
	ReviewOn   Date
}

// RiskClosed says that a risk is over; the event's reason says why.
type RiskClosed struct {
	ID string
}

func (TransferExplored) FactType() string     { return "TransferExplored" }
func (OptionChosen) FactType() string         { return "OptionChosen" }
func (TransferPaused) FactType() string       { return "TransferPaused" }
func (TransferResumed) FactType() string      { return "TransferResumed" }
func (TransferCalledIn) FactType() string     { return "TransferCalledIn" }
func (TransferReversed) FactType() string     { return "TransferReversed" }
func (MilestoneRecorded) FactType() string    { return "MilestoneRecorded" }
func (TransferReviewed) FactType() string     { return "TransferReviewed" }
func (DelegationVaried) FactType() string     { return "DelegationVaried" }
func (VariationAccepted) FactType() string    { return "VariationAccepted" }
func (InterventionRecorded) FactType() string { return "InterventionRecorded" }
func (InterventionEnded) FactType() string    { return "InterventionEnded" }
func (RemitClaimed) FactType() string         { return "RemitClaimed" }
func (RemitsAttested) FactType() string       { return "RemitsAttested" }
func (RiskRaised) FactType() string           { return "RiskRaised" }
func (RiskUpdated) FactType() string          { return "RiskUpdated" }
func (RiskClosed) FactType() string           { return "RiskClosed" }

func (f TransferExplored) Entity() string     { return transferEntity(f.ID) }
func (f OptionChosen) Entity() string         { return transferEntity(f.ID) }
func (f TransferPaused) Entity() string       { return transferEntity(f.ID) }
func (f TransferResumed) Entity() string      { return transferEntity(f.ID) }
func (f TransferCalledIn) Entity() string     { return transferEntity(f.ID) }
func (f TransferReversed) Entity() string     { return transferEntity(f.ID) }
func (f MilestoneRecorded) Entity() string    { return transferEntity(f.ID) }
func (f TransferReviewed) Entity() string     { return transferEntity(f.ID) }
func (f DelegationVaried) Entity() string     { return "delegation/" + string(f.ID) }
func (f VariationAccepted) Entity() string    { return "delegation/" + string(f.ID) }
func (f InterventionRecorded) Entity() string { return "intervention/" + f.ID }
func (f InterventionEnded) Entity() string    { return "intervention/" + f.ID }
func (f RemitClaimed) Entity() string         { return "claim/" + f.ID }
func (f RemitsAttested) Entity() string       { return "attestation/" + f.ID }
func (f RiskRaised) Entity() string           { return "risk/" + f.ID }
func (f RiskUpdated) Entity() string          { return "risk/" + f.ID }
func (f RiskClosed) Entity() string           { return "risk/" + f.ID }

func (TransferExplored) Effective() Date       { return 0 }
func (OptionChosen) Effective() Date           { return 0 }
func (TransferPaused) Effective() Date         { return 0 }
func (TransferResumed) Effective() Date        { return 0 }
func (TransferCalledIn) Effective() Date       { return 0 }
func (TransferReversed) Effective() Date       { return 0 }
func (MilestoneRecorded) Effective() Date      { return 0 }
func (f TransferReviewed) Effective() Date     { return f.ReviewedOn }
func (DelegationVaried) Effective() Date       { return 0 }
func (VariationAccepted) Effective() Date      { return 0 }
func (f InterventionRecorded) Effective() Date { return f.EffectiveOn }
func (f InterventionEnded) Effective() Date    { return f.EffectiveOn }
func (f RemitClaimed) Effective() Date         { return f.EffectiveOn }
func (f RemitsAttested) Effective() Date       { return f.EffectiveOn }
func (RiskRaised) Effective() Date             { return 0 }
func (RiskUpdated) Effective() Date            { return 0 }
func (RiskClosed) Effective() Date             { return 0 }

// HoldingChanges returns the recorded changes.
func (f InterventionRecorded) HoldingChanges() []HoldingChange { return f.Changes }

// HoldingChanges returns the recorded changes.
func (f InterventionEnded) HoldingChanges() []HoldingChange { return f.Changes }
