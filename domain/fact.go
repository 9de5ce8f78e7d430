package domain

// The facts about organisations, footprints, functions and instruments. Those about holdings and transfers follow in
// fact_transfer.go.

// OrganisationEstablished says that a body exists from a date.
type OrganisationEstablished struct {
	Code OrganisationCode
	Name string
	Tier Tier
	Form Form
	// LegalPerson tells whether the body is a person in law. If not, LegalParent is the one that it acts for.
	LegalPerson bool
	LegalParent OrganisationCode
	// Parent is the body that it belongs to: the ICB of a trust, the region of an ICB.
	Parent OrganisationCode
	// Members are the bodies whose joint committee, committees in common, cluster or partnership it is; Host is the one
	// of them that employs its staff and holds its money.
	Members     []OrganisationCode
	Host        OrganisationCode
	EffectiveOn Date
	Confidence  Confidence
	Source      string
}

// OrganisationRenamed says that a body has another name from a date.
type OrganisationRenamed struct {
	Code        OrganisationCode
	Name        string
	EffectiveOn Date
	Instrument  InstrumentCode
	Source      string
}

// OrganisationMoved says that a body belongs to another parent, or acts for another legal person, from a date. An
// empty code leaves that relation as it was.
type OrganisationMoved struct {
	Code        OrganisationCode
	Parent      OrganisationCode
	LegalParent OrganisationCode
	EffectiveOn Date
	Source      string
}

// OrganisationClosed says that a body no longer exists from a date, and which bodies followed it.
type OrganisationClosed struct {
	Code        OrganisationCode
	EffectiveOn Date
}

// Succession is one body following another.
type Succession struct {
	Predecessor OrganisationCode `json:"predecessor,omitempty"`
	Successor   OrganisationCode `json:"successor,omitempty"`
	Kind        SuccessionKind   `json:"kind,omitempty"`
	// Share is the part of the predecessor's population, a decimal number such as "0.588619", or "" when not known.
	Share string `json:"share,omitempty"`
}

// OrganisationsReorganised is the heart of a reorganisation: N bodies before, M after. The facts of the same
// transaction around it open and close bodies, move footprints and dispose of holdings.
type OrganisationsReorganised struct {
	// ID is the reorganisation's own: the ULID of its transaction.
	ID          string
	Originals   []OrganisationCode
	Results     []OrganisationCode
	Successions []Succession
	EffectiveOn Date
	Instrument  InstrumentCode
	Confidence  Confidence
	Source      string
}

// HoldingsDisposed says what a reorganisation did with remits: they moved, ceased, or nobody knows who holds them.
type HoldingsDisposed struct {
	Reorganisation string
	Disposition    Disposition
	EffectiveOn    Date
	Changes        []HoldingChange
}

// ReorganisationPlanned is an announcement: nothing has happened. Results are empty when the successor is not known.
type ReorganisationPlanned struct {
	ID          string
	Kind        SuccessionKind
	Originals   []OrganisationCode
	Results     []OrganisationCode
	EffectiveOn Date
	Instrument  InstrumentCode
	Confidence  Confidence
	Source      string
	// Note is what else its announcers say. PublishedNote is in the clear for ever: what the reference register takes from
	// publications, and every note of the register's first version, which knew no other.
	Note          Text
	PublishedNote string
}

// FootprintOpened says that a footprint exists from a date.
type FootprintOpened struct {
	Code        FootprintCode
	Name        string
	Kind        FootprintKind
	EffectiveOn Date
	Source      string
}

// CoverageChanged says which body covers the footprints from a date.
type CoverageChanged struct {
	Footprints   []FootprintCode
	Organisation OrganisationCode
	EffectiveOn  Date
	Source       string
}

// FootprintSuccession is one footprint following another.
type FootprintSuccession struct {
	Predecessor FootprintCode `json:"predecessor,omitempty"`
	Successor   FootprintCode `json:"successor,omitempty"`
	// Share is the part of the predecessor's population, a decimal number, or "" when not known.
	Share string `json:"share,omitempty"`
}

// FootprintsSucceeded says that footprints ended on a date and which ones follow them.
type FootprintsSucceeded struct {
	Reorganisation string
	Successions    []FootprintSuccession
	EffectiveOn    Date
}

// LegalBasis is where the law confers a function, on whom, and who checked it.
type LegalBasis struct {
	Act     string `json:"act,omitempty"`
	Section string `json:"section,omitempty"`
	// Binds is the body on which the duty lies, "" when that was not recorded.
	Binds OrganisationCode `json:"binds,omitempty"`
	// CheckedBy is the role that checked it, such as "head-of-legal", never a person's name.
	CheckedBy string `json:"checkedBy,omitempty"`
	CheckedOn Date   `json:"checkedOn,omitempty"`
}

// FunctionDetails is all that is recorded of a function apart from its parts.
type FunctionDetails struct {
	Name          string        `json:"name,omitempty"`
	Class         FunctionClass `json:"class,omitempty"`
	FootprintKind FootprintKind `json:"footprintKind,omitempty"`
	// OwnOperationOf lists the tiers whose bodies' own operations are its footprints; for kind own_operation only.
	OwnOperationOf []Tier   `json:"ownOperationOf,omitempty"`
	Category       Category `json:"category,omitempty"`
	// DestinationTiers are where the blueprints expect it to go.
	DestinationTiers []Tier `json:"destinationTiers,omitempty"`
	// Rules are the roles whose rule is not the default: see RuleOf.
	Rules       map[Role]RemitRule `json:"rules,omitempty"`
	LegalStatus LegalStatus        `json:"legalStatus,omitempty"`
	LegalBasis  []LegalBasis       `json:"legalBasis,omitempty"`
	// Boundary says where the function ends, such as "contract oversight, not performance regulation".
	Boundary string `json:"boundary,omitempty"`
	// RetainedRole is the role that the sender keeps when the function moves, "" for none.
	RetainedRole Role   `json:"retainedRole,omitempty"`
	RetainedNote string `json:"retainedNote,omitempty"`
	// ReceiverClaim says whether the destination's own model claims it: stays, claimed, not_claimed, partly, contested,
	// no_receiver or no_legal_body.
	ReceiverClaim string `json:"receiverClaim,omitempty"`
	// Group is the function under which this one is listed; it does not make it a part.
	Group  FunctionCode `json:"group,omitempty"`
	Source string       `json:"source,omitempty"`
}

// FunctionDefined says that a function is in the register.
type FunctionDefined struct {
	Code    FunctionCode
	Details FunctionDetails
}

// FunctionRevised replaces all that is recorded of a function apart from its parts.
type FunctionRevised struct {
	Code    FunctionCode
	Details FunctionDetails
}

// Part is a part of a function.
type Part struct {
	Code        PartCode `json:"code,omitempty"`
	Name        string   `json:"name,omitempty"`
	Description string   `json:"description,omitempty"`
}

// FunctionDivided says that a function has parts from a date. Rest is the part that holds whatever the others do not.
type FunctionDivided struct {
	Code        FunctionCode
	Parts       []Part
	Rest        Part
	EffectiveOn Date
	Source      string
	Changes     []HoldingChange
}

// FunctionAllocated is a baseline: who held remits when the record began.
type FunctionAllocated struct {
	Function    FunctionCode
	EffectiveOn Date
	Source      string
	Confidence  Confidence
	Changes     []HoldingChange
}

// Exclusion is a section that a power must not carry.
type Exclusion struct {
	// Body is the legal person whose functions are meant, "" for anybody's.
	Body    OrganisationCode `json:"body,omitempty"`
	Section string           `json:"section,omitempty"`
	// Source cites the rule, such as "SI 2022/642 reg. 2".
	Source string `json:"source,omitempty"`
}

// Commencement is when an instrument comes into force, where, and who says so.
type Commencement struct {
	On Date `json:"on,omitempty"`
	// Footprints limits the commencement; none means everywhere.
	Footprints []FootprintCode `json:"footprints,omitempty"`
	// Authority is what commences it where that is not the instrument itself.
	Authority string `json:"authority,omitempty"`
}

// InstrumentDetails is what is recorded of an instrument when it is registered.
type InstrumentDetails struct {
	Title  string           `json:"title,omitempty"`
	Power  string           `json:"power,omitempty"`
	Status InstrumentStatus `json:"status,omitempty"`
	// MayCarry lists the routes for which the power may be used.
	MayCarry      []TransferKind `json:"mayCarry,omitempty"`
	Exclusions    []Exclusion    `json:"exclusions,omitempty"`
	Commencements []Commencement `json:"commencements,omitempty"`
	Confidence    Confidence     `json:"confidence,omitempty"`
	Source        string         `json:"source,omitempty"`
}

// InstrumentRegistered says that a legal instrument exists or is planned.
type InstrumentRegistered struct {
	Code    InstrumentCode
	Details InstrumentDetails
}

// InstrumentCommenced says that an instrument comes into force on a date.
type InstrumentCommenced struct {
	Code         InstrumentCode
	Commencement Commencement
}

// InstrumentDiscarded says that an instrument has no force from a date, and what took its place.
type InstrumentDiscarded struct {
	Code        InstrumentCode
	EffectiveOn Date
	ReplacedBy  InstrumentCode
}

// OccurrenceRecorded is a change that happened by law or outside the register's gateways.
type OccurrenceRecorded struct {
	Kind     TransferKind
	Function FunctionCode
	Part     PartCode
	// From and To are the bodies as named; To is "" when nobody knows who holds it.
	From        OrganisationCode
	To          OrganisationCode
	Roles       []Role
	Footprints  []FootprintCode
	EffectiveOn Date
	Instrument  InstrumentCode
	// Arrangement is the delegation, direction or joint exercise that the occurrence made, if any.
	Arrangement ArrangementID
	Confidence  Confidence
	Source      string
	Changes     []HoldingChange
}

// FactType and the other methods of Fact.

func (OrganisationEstablished) FactType() string  { return "OrganisationEstablished" }
func (OrganisationRenamed) FactType() string      { return "OrganisationRenamed" }
func (OrganisationMoved) FactType() string        { return "OrganisationMoved" }
func (OrganisationClosed) FactType() string       { return "OrganisationClosed" }
func (OrganisationsReorganised) FactType() string { return "OrganisationsReorganised" }
func (HoldingsDisposed) FactType() string         { return "HoldingsDisposed" }
func (ReorganisationPlanned) FactType() string    { return "ReorganisationPlanned" }
func (FootprintOpened) FactType() string          { return "FootprintOpened" }
func (CoverageChanged) FactType() string          { return "CoverageChanged" }
func (FootprintsSucceeded) FactType() string      { return "FootprintsSucceeded" }
func (FunctionDefined) FactType() string          { return "FunctionDefined" }
func (FunctionRevised) FactType() string          { return "FunctionRevised" }
func (FunctionDivided) FactType() string          { return "FunctionDivided" }
func (FunctionAllocated) FactType() string        { return "FunctionAllocated" }
func (InstrumentRegistered) FactType() string     { return "InstrumentRegistered" }
func (InstrumentCommenced) FactType() string      { return "InstrumentCommenced" }
func (InstrumentDiscarded) FactType() string      { return "InstrumentDiscarded" }
func (OccurrenceRecorded) FactType() string       { return "OccurrenceRecorded" }

func (f OrganisationEstablished) Entity() string  { return "organisation/" + string(f.Code) }
func (f OrganisationRenamed) Entity() string      { return "organisation/" + string(f.Code) }
func (f OrganisationMoved) Entity() string        { return "organisation/" + string(f.Code) }
func (f OrganisationClosed) Entity() string       { return "organisation/" + string(f.Code) }
func (f OrganisationsReorganised) Entity() string { return "reorganisation/" + f.ID }
func (f HoldingsDisposed) Entity() string         { return "reorganisation/" + f.Reorganisation }
func (f ReorganisationPlanned) Entity() string    { return "reorganisation/" + f.ID }
func (f FootprintOpened) Entity() string          { return "footprint/" + string(f.Code) }
func (f CoverageChanged) Entity() string          { return "organisation/" + string(f.Organisation) }
func (f FootprintsSucceeded) Entity() string      { return "reorganisation/" + f.Reorganisation }
func (f FunctionDefined) Entity() string          { return "function/" + string(f.Code) }
func (f FunctionRevised) Entity() string          { return "function/" + string(f.Code) }
func (f FunctionDivided) Entity() string          { return "function/" + string(f.Code) }
func (f FunctionAllocated) Entity() string        { return "function/" + string(f.Function) }
func (f InstrumentRegistered) Entity() string     { return "instrument/" + string(f.Code) }
func (f InstrumentCommenced) Entity() string      { return "instrument/" + string(f.Code) }
func (f InstrumentDiscarded) Entity() string      { return "instrument/" + string(f.Code) }
func (f OccurrenceRecorded) Entity() string       { return "function/" + string(f.Function) }

func (f OrganisationEstablished) Effective() Date  { return f.EffectiveOn }
func (f OrganisationRenamed) Effective() Date      { return f.EffectiveOn }
func (f OrganisationMoved) Effective() Date        { return f.EffectiveOn }
func (f OrganisationClosed) Effective() Date       { return f.EffectiveOn }
func (f OrganisationsReorganised) Effective() Date { return f.EffectiveOn }
func (f HoldingsDisposed) Effective() Date         { return f.EffectiveOn }
func (ReorganisationPlanned) Effective() Date      { return 0 }
func (f FootprintOpened) Effective() Date          { return f.EffectiveOn }
func (f CoverageChanged) Effective() Date          { return f.EffectiveOn }
func (f FootprintsSucceeded) Effective() Date      { return f.EffectiveOn }
func (FunctionDefined) Effective() Date            { return 0 }
func (FunctionRevised) Effective() Date            { return 0 }
func (f FunctionDivided) Effective() Date          { return f.EffectiveOn }
func (f FunctionAllocated) Effective() Date        { return f.EffectiveOn }
func (InstrumentRegistered) Effective() Date       { return 0 }
func (f InstrumentCommenced) Effective() Date      { return f.Commencement.On }
func (f InstrumentDiscarded) Effective() Date      { return f.EffectiveOn }
func (f OccurrenceRecorded) Effective() Date       { return f.EffectiveOn }

// HoldingChanges returns the recorded changes.
func (f HoldingsDisposed) HoldingChanges() []HoldingChange { return f.Changes }

// HoldingChanges returns the recorded changes.
func (f FunctionDivided) HoldingChanges() []HoldingChange { return f.Changes }

// HoldingChanges returns the recorded changes.
func (f FunctionAllocated) HoldingChanges() []HoldingChange { return f.Changes }

// HoldingChanges returns the recorded changes.
func (f OccurrenceRecorded) HoldingChanges() []HoldingChange { return f.Changes }
