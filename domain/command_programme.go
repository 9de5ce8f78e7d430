package domain

// The commands of the programme.

// RecordPopulation records how many people a body covers.
type RecordPopulation struct {
	Organisation OrganisationCode `json:"organisation,omitempty"`
	Basis        PopulationBasis  `json:"basis,omitempty"`
	Year         int              `json:"year,omitempty"`
	Count        int64            `json:"count,omitempty"`
	EffectiveOn  Date             `json:"effectiveOn,omitempty"`
	Confidence   Confidence       `json:"confidence,omitempty"`
	Source       string           `json:"source,omitempty"`
}

// RecordCost records what a body spends, or plans to spend, in a financial year. Source and base are required.
type RecordCost struct {
	Organisation OrganisationCode `json:"organisation,omitempty"`
	Function     FunctionCode     `json:"function,omitempty"`
	TransferID   TransferID       `json:"transferId,omitempty"`
	Class        CostClass        `json:"class,omitempty"`
	Recurrent    bool             `json:"recurrent,omitempty"`
	Excluded     bool             `json:"excluded,omitempty"`
	Pounds       int64            `json:"pounds,omitempty"`
	Year         string           `json:"year,omitempty"`
	Base         string           `json:"base,omitempty"`
	Source       string           `json:"source,omitempty"`
}

// FormCommittee forms a transition committee of one body, or of several together.
type FormCommittee struct {
	Name   string             `json:"name,omitempty"`
	Bodies []OrganisationCode `json:"bodies,omitempty"`
	Terms  CommitteeTerms     `json:"terms"`
}

// ChangeCommittee replaces the terms of a committee, or dissolves it.
type ChangeCommittee struct {
	CommitteeID string         `json:"committeeId,omitempty"`
	Terms       CommitteeTerms `json:"terms"`
	Dissolve    bool           `json:"dissolve,omitempty"`
}

// RecordAdvice records what a committee advised.
type RecordAdvice struct {
	CommitteeID string      `json:"committeeId,omitempty"`
	TransferID  TransferID  `json:"transferId,omitempty"`
	MeetingOn   Date        `json:"meetingOn,omitempty"`
	MinuteRef   string      `json:"minuteRef,omitempty"`
	Attendance  Attendance  `json:"attendance"`
	Advice      OpinionKind `json:"advice,omitempty"`
	Text        Text        `json:"text"`
}

// SubmitPlanReturn records a body's return of its transition plan.
type SubmitPlanReturn struct {
	Organisation OrganisationCode `json:"organisation,omitempty"`
	Period       string           `json:"period,omitempty"`
	Summary      Text             `json:"summary"`
	Evidence     []Evidence       `json:"evidence,omitempty"`
}

// ModeratePlanReturn records confirm and challenge of a plan return.
type ModeratePlanReturn struct {
	PlanReturnID string           `json:"planReturnId,omitempty"`
	Result       ModerationResult `json:"result,omitempty"`
	Comment      Text             `json:"comment"`
}

func (RecordPopulation) Method() string   { return "RecordPopulation" }
func (RecordCost) Method() string         { return "RecordCost" }
func (FormCommittee) Method() string      { return "FormCommittee" }
func (ChangeCommittee) Method() string    { return "ChangeCommittee" }
func (RecordAdvice) Method() string       { return "RecordAdvice" }
func (SubmitPlanReturn) Method() string   { return "SubmitPlanReturn" }
func (ModeratePlanReturn) Method() string { return "ModeratePlanReturn" }
