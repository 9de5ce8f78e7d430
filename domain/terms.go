package domain

import "slices"

// Terms are the terms of an arrangement or transfer.
type Terms struct {
	// Reserved are the matters that the sender keeps to itself.
	Reserved  Text `json:"reserved"`
	Limits    Text `json:"limits"`
	Liability Text `json:"liability"`
	Notice    Text `json:"notice"`
	ReviewOn  Date `json:"reviewOn,omitempty"`
	EndsOn    Date `json:"endsOn,omitempty"`
	// OnwardPermitted says whether the receiver may pass on what it gets; OnwardDepth how often in a row, 0 meaning once.
	OnwardPermitted bool  `json:"onwardPermitted,omitempty"`
	OnwardDepth     int64 `json:"onwardDepth,omitempty"`
	// AgreementRef is the reference of the contract or agreement.
	AgreementRef string `json:"agreementRef,omitempty"`
	// Money is what moves with it; Staff who.
	Money []MoneyTerm `json:"money,omitempty"`
	Staff StaffTerms  `json:"staff"`
	// Contracts are the references of contracts that go over; Liabilities and Records say what becomes of these.
	Contracts   []string `json:"contracts,omitempty"`
	Liabilities Text     `json:"liabilities"`
	Records     Text     `json:"records"`
	// Subcontracts are the chain of a lead provider: who delivers for whom.
	Subcontracts []Subcontract `json:"subcontracts,omitempty"`
	// Controller is the body that decides over personal data from then on, DataAgreement the reference of what says so.
	Controller    OrganisationCode `json:"controller,omitempty"`
	DataAgreement string           `json:"dataAgreement,omitempty"`
	// NewLiability, Redundancy and NewController say that the transfer brings one of these.
	NewLiability  bool `json:"newLiability,omitempty"`
	Redundancy    bool `json:"redundancy,omitempty"`
	NewController bool `json:"newController,omitempty"`
}

// MoneyTerm is money that moves with a function in a financial year.
type MoneyTerm struct {
	// Class is running_cost, programme or capital.
	Class     CostClass `json:"class,omitempty"`
	Recurrent bool      `json:"recurrent,omitempty"`
	// Pounds is the amount of the year, in whole pounds.
	Pounds int64 `json:"pounds,omitempty"`
	// Year is the financial year, such as "2026/27".
	Year string `json:"year,omitempty"`
	// HostShare is the share that the host of a pooled fund bears, a decimal number, "" where nothing is pooled.
	HostShare string `json:"hostShare,omitempty"`
}

// Subcontract is a body delivering for another one.
type Subcontract struct {
	From         OrganisationCode `json:"from,omitempty"`
	To           OrganisationCode `json:"to,omitempty"`
	AgreementRef string           `json:"agreementRef,omitempty"`
}

// StaffTerms is who moves with a function, and how.
type StaffTerms struct {
	// WTE is in hundredths of a whole-time equivalent; Stated says that it was given, also where it is nothing.
	WTE    int64 `json:"wte,omitempty"`
	Stated bool  `json:"stated,omitempty"`
	// Employer is the body that employs them from then on.
	Employer OrganisationCode `json:"employer,omitempty"`
	// Mechanism is tupe, cosop, secondment or none.
	Mechanism   string `json:"mechanism,omitempty"`
	ConsultedOn Date   `json:"consultedOn,omitempty"`
}

// CostClass says from which money a cost is borne.
type CostClass string

// The classes of cost. The running-cost envelope covers CostRunning and nothing else.
const (
	CostRunning   CostClass = "running_cost"
	CostProgramme CostClass = "programme"
	CostCapital   CostClass = "capital"
)

// CostClasses lists the classes of cost.
func CostClasses() []CostClass { return []CostClass{CostRunning, CostProgramme, CostCapital} }

// StatesScale tells whether the terms say how much money and staff move.
func (t Terms) StatesScale() bool { return len(t.Money) > 0 && t.Staff.Stated }

// Pounds is the most money that moves in a year.
func (t Terms) Pounds() int64 {
	byYear := map[string]int64{}
	var most int64
	for _, m := range t.Money {
		byYear[m.Year] += m.Pounds
		most = max(most, byYear[m.Year])
	}
	return most
}

// checkForm checks what the terms say by themselves.
func (t Terms) checkForm(d *decision) {
	for _, m := range t.Money {
		if !slices.Contains(CostClasses(), m.Class) || m.Year == "" || m.Pounds < 0 {
			d.invalid("terms.money", "Money has a class ("+listed(CostClasses())+"), a financial year and an amount that is not negative.")
		}
	}
	if t.OnwardDepth < 0 {
		d.invalid("terms.onwardDepth", "A depth cannot be negative.")
	}
	if t.Staff.WTE < 0 {
		d.invalid("terms.staff", "Staff cannot be negative.")
	}
	if t.Staff.Mechanism != "" && !slices.Contains([]string{"tupe", "cosop", "secondment", "none"}, t.Staff.Mechanism) {
		d.invalid("terms.staff", "The mechanism is tupe, cosop, secondment or none.")
	}
	for _, s := range t.Subcontracts {
		d.body(s.From, "terms.subcontracts")
		d.body(s.To, "terms.subcontracts")
		if s.From == s.To || s.AgreementRef == "" {
			d.invalid("terms.subcontracts", "A subcontract has two bodies and the reference of its agreement.")
		}
	}
	for _, code := range []OrganisationCode{t.Staff.Employer, t.Controller} {
		if code != "" {
			d.body(code, "terms")
		}
	}
}
