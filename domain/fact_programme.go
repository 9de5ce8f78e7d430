package domain

// What the programme records besides transfers.

// PopulationRecorded says how many people a body covers, on a stated basis.
type PopulationRecorded struct {
	Organisation OrganisationCode
	// Basis is resident or registered; Year is that of the count.
	Basis PopulationBasis
	Year  int
	Count int64
	// EffectiveOn is the date from which the figure stands for the body.
	EffectiveOn Date
	Confidence  Confidence
	Source      string
}

// PopulationBasis is how people are counted.
type PopulationBasis string

// The bases of a population.
const (
	PopulationResident   PopulationBasis = "resident"
	PopulationRegistered PopulationBasis = "registered"
)

// CostRecorded says what a body spends, or plans to spend, in a financial year.
type CostRecorded struct {
	ID           string
	Organisation OrganisationCode
	// Function is what it is spent on, "" for the body as a whole; Transfer is the one that moves the cost, if any.
	Function  FunctionCode
	Transfer  TransferID
	Class     CostClass
	Recurrent bool
	// Excluded says that the cost is outside of the envelope although it is a running cost: delegated services.
	Excluded bool
	// Pounds is the amount in whole pounds; where Transfer is set it is the change that the transfer brings, below zero
	// where the body's cost falls.
	Pounds int64
	Year   string
	// Base names the population or budget on which the figure rests.
	Base   string
	Source string
}

// CommitteeFormed says that bodies have a transition committee, alone or together.
type CommitteeFormed struct {
	ID     string
	Name   string
	Bodies []OrganisationCode
	Terms  CommitteeTerms
}

// CommitteeTerms are who sits on a committee, and when it can speak.
type CommitteeTerms struct {
	Executive    int `json:"executive,omitempty"`
	NonExecutive int `json:"nonExecutive,omitempty"`
	// Quorum is how many must be there, QuorumNonExecutive how many of them not executive; EveryBody says that each
	// body must be represented.
	Quorum             int  `json:"quorum,omitempty"`
	QuorumNonExecutive int  `json:"quorumNonExecutive,omitempty"`
	EveryBody          bool `json:"everyBody,omitempty"`
}

// CommitteeChanged replaces the terms of a committee, or dissolves it.
type CommitteeChanged struct {
	ID        string
	Terms     CommitteeTerms
	Dissolved bool
}

// AdviceRecorded is what a committee advised at a meeting. It decides nothing.
type AdviceRecorded struct {
	ID         string
	Committee  string
	Transfer   TransferID
	MeetingOn  Date
	MinuteRef  string
	Attendance Attendance
	// Quorate says whether the attendance met the committee's own rule.
	Quorate bool
	Advice  OpinionKind
	Text    Text
}

// Attendance is who was at a meeting, in numbers.
type Attendance struct {
	Executive    int                `json:"executive,omitempty"`
	NonExecutive int                `json:"nonExecutive,omitempty"`
	Bodies       []OrganisationCode `json:"bodies,omitempty"`
}

// PlanReturnSubmitted is a body's return of its transition plan.
type PlanReturnSubmitted struct {
	ID           string
	Organisation OrganisationCode
	Period       string
	Summary      Text
	Evidence     []Evidence
}

// PlanReturnModerated is what the body above made of a plan return.
type PlanReturnModerated struct {
	ID      string
	By      OrganisationCode
	Result  ModerationResult
	Comment Text
}

// ModerationResult is the result of confirm and challenge.
type ModerationResult string

// The results of confirm and challenge.
const (
	ModerationConfirmed  ModerationResult = "confirmed"
	ModerationChallenged ModerationResult = "challenged"
)

func (PopulationRecorded) FactType() string  { return "PopulationRecorded" }
func (CostRecorded) FactType() string        { return "CostRecorded" }
func (CommitteeFormed) FactType() string     { return "CommitteeFormed" }
func (CommitteeChanged) FactType() string    { return "CommitteeChanged" }
func (AdviceRecorded) FactType() string      { return "AdviceRecorded" }
func (PlanReturnSubmitted) FactType() string { return "PlanReturnSubmitted" }
func (PlanReturnModerated) FactType() string { return "PlanReturnModerated" }

func (f PopulationRecorded) Entity() string  { return "population/" + string(f.Organisation) }
func (f CostRecorded) Entity() string        { return "cost/" + f.ID }
func (f CommitteeFormed) Entity() string     { return "committee/" + f.ID }
func (f CommitteeChanged) Entity() string    { return "committee/" + f.ID }
func (f AdviceRecorded) Entity() string      { return "committee/" + f.Committee }
func (f PlanReturnSubmitted) Entity() string { return "plan-return/" + f.ID }
func (f PlanReturnModerated) Entity() string { return "plan-return/" + f.ID }

func (f PopulationRecorded) Effective() Date { return f.EffectiveOn }
func (CostRecorded) Effective() Date         { return 0 }
func (CommitteeFormed) Effective() Date      { return 0 }
func (CommitteeChanged) Effective() Date     { return 0 }
func (f AdviceRecorded) Effective() Date     { return f.MeetingOn }
func (PlanReturnSubmitted) Effective() Date  { return 0 }
func (PlanReturnModerated) Effective() Date  { return 0 }
