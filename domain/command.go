package domain

import "time"

// Command is something that somebody wants recorded. The commands are the types of this package with a Method method.
//
// The json tags are the stable names under which a command's content is remembered for ever; they are the names of the
// public contract. Texts that could name a person are left out of what is remembered.
type Command interface {
	// Method is the command's name in the public contract, such as "ProposeTransfer".
	Method() string
	// grants says who may give the command, after finding what it is about.
	grants(d *decision) ([]grant, *Refusal)
	// decide checks the rules and emits the facts.
	decide(d *decision)
}

// Caller is who gives a command.
type Caller struct {
	// Subject is pseudonymous: see Actor.
	Subject      string
	Organisation OrganisationCode
	// Roles are the caller's roles at that body.
	Roles []ActorRole
}

// Meta is what a command comes with.
type Meta struct {
	Caller Caller
	// Now is when the command is decided, and Today the civil date in Europe/London.
	Now   time.Time
	Today Date
	// ID is the ULID of the transaction; what the command creates takes it as its id.
	ID string
	// ExpectedRevision refuses the command when the thing it changes has another revision; 0 expects nothing.
	ExpectedRevision uint64
	Reason           Text
}

// EstablishOrganisation records that a body exists from a date.
type EstablishOrganisation struct {
	Code        OrganisationCode `json:"code,omitempty"`
	Name        string           `json:"name,omitempty"`
	Tier        Tier             `json:"tier,omitempty"`
	Form        Form             `json:"form,omitempty"`
	LegalPerson bool             `json:"legalPerson,omitempty"`
	LegalParent OrganisationCode `json:"legalParent,omitempty"`
	Parent      OrganisationCode `json:"parent,omitempty"`
	// Members are the bodies whose joint committee, cluster or partnership it is, Host the one that hosts it.
	Members     []OrganisationCode `json:"members,omitempty"`
	Host        OrganisationCode   `json:"host,omitempty"`
	EffectiveOn Date               `json:"effectiveOn,omitempty"`
	Confidence  Confidence         `json:"confidence,omitempty"`
	Source      string             `json:"source,omitempty"`
}

// RenameOrganisation records another name from a date.
type RenameOrganisation struct {
	Code        OrganisationCode `json:"code,omitempty"`
	Name        string           `json:"name,omitempty"`
	EffectiveOn Date             `json:"effectiveOn,omitempty"`
	Instrument  InstrumentCode   `json:"instrument,omitempty"`
	Source      string           `json:"source,omitempty"`
}

// MoveOrganisation records another parent or legal parent from a date.
type MoveOrganisation struct {
	Code        OrganisationCode `json:"code,omitempty"`
	Parent      OrganisationCode `json:"parent,omitempty"`
	LegalParent OrganisationCode `json:"legalParent,omitempty"`
	EffectiveOn Date             `json:"effectiveOn,omitempty"`
	Source      string           `json:"source,omitempty"`
}

// NewFootprint is a footprint to open.
type NewFootprint struct {
	Code FootprintCode `json:"code,omitempty"`
	Name string        `json:"name,omitempty"`
	Kind FootprintKind `json:"kind,omitempty"`
}

// Coverage says which footprints a body covers.
type Coverage struct {
	Organisation OrganisationCode `json:"organisation,omitempty"`
	Footprints   []FootprintCode  `json:"footprints,omitempty"`
}

// ChangeFootprints opens footprints and says who covers them, from a date.
type ChangeFootprints struct {
	Open        []NewFootprint `json:"open,omitempty"`
	Coverage    []Coverage     `json:"coverage,omitempty"`
	EffectiveOn Date           `json:"effectiveOn,omitempty"`
	Source      string         `json:"source,omitempty"`
}

// PlanReorganisation announces a reorganisation.
type PlanReorganisation struct {
	Kind        SuccessionKind     `json:"kind,omitempty"`
	Originals   []OrganisationCode `json:"originals,omitempty"`
	Results     []OrganisationCode `json:"results,omitempty"`
	EffectiveOn Date               `json:"effectiveOn,omitempty"`
	Instrument  InstrumentCode     `json:"instrument,omitempty"`
	Confidence  Confidence         `json:"confidence,omitempty"`
	Source      string             `json:"source,omitempty"`
	Note        Text               `json:"remark"`
	// PublishedNote is kept in the clear: only the reference register gives one, from publications. It is remembered under
	// the name that notes had when all were.
	PublishedNote string `json:"note,omitempty"`
}

// NewBody is a body that a reorganisation establishes.
type NewBody struct {
	Code        OrganisationCode `json:"code,omitempty"`
	Name        string           `json:"name,omitempty"`
	Tier        Tier             `json:"tier,omitempty"`
	Form        Form             `json:"form,omitempty"`
	LegalPerson bool             `json:"legalPerson,omitempty"`
	LegalParent OrganisationCode `json:"legalParent,omitempty"`
	Parent      OrganisationCode `json:"parent,omitempty"`
	// Members are the bodies whose joint committee, cluster or partnership it is, Host the one that hosts it.
	Members []OrganisationCode `json:"members,omitempty"`
	Host    OrganisationCode   `json:"host,omitempty"`
}

// BodyMove is a body that gets another parent.
type BodyMove struct {
	Code        OrganisationCode `json:"code,omitempty"`
	Parent      OrganisationCode `json:"parent,omitempty"`
	LegalParent OrganisationCode `json:"legalParent,omitempty"`
}

// DispositionLine says what becomes of a set of remits of a body that ends. Empty sets mean all.
type DispositionLine struct {
	// From is the body that held them, To the body as named that holds them next (for moves).
	From        OrganisationCode `json:"from,omitempty"`
	To          OrganisationCode `json:"to,omitempty"`
	Disposition Disposition      `json:"disposition,omitempty"`
	Functions   []FunctionCode   `json:"functions,omitempty"`
	Footprints  []FootprintCode  `json:"footprints,omitempty"`
	Roles       []Role           `json:"roles,omitempty"`
}

// Reorganise carries out a reorganisation with everything that it takes along, as one transaction.
type Reorganise struct {
	// Establish are the bodies that begin, Ends those that end.
	Establish   []NewBody          `json:"establish,omitempty"`
	Ends        []OrganisationCode `json:"ends,omitempty"`
	Successions []Succession       `json:"successions,omitempty"`
	Moves       []BodyMove         `json:"moves,omitempty"`
	// OpenFootprints begin; the predecessors of FootprintSuccessions end.
	OpenFootprints       []NewFootprint        `json:"openFootprints,omitempty"`
	FootprintSuccessions []FootprintSuccession `json:"footprintSuccessions,omitempty"`
	Coverage             []Coverage            `json:"coverage,omitempty"`
	// Dispositions are tried in order; the first line that fits a remit decides.
	Dispositions []DispositionLine `json:"dispositions,omitempty"`
	// Matters are tried in order for what is open: transfers, delegations, conditions, risks, committees.
	Matters     []MatterLine   `json:"matters,omitempty"`
	EffectiveOn Date           `json:"effectiveOn,omitempty"`
	Instrument  InstrumentCode `json:"instrument,omitempty"`
	Confidence  Confidence     `json:"confidence,omitempty"`
	Source      string         `json:"source,omitempty"`
}

// DefineFunction puts a function into the register.
type DefineFunction struct {
	Code    FunctionCode    `json:"code,omitempty"`
	Details FunctionDetails `json:"details"`
}

// ReviseFunction replaces what is recorded of a function.
type ReviseFunction struct {
	Code    FunctionCode    `json:"code,omitempty"`
	Details FunctionDetails `json:"details"`
}

// DivideFunction gives a function parts from a date. Whoever holds the whole holds each part and the rest.
type DivideFunction struct {
	Code        FunctionCode `json:"code,omitempty"`
	Parts       []Part       `json:"parts,omitempty"`
	Rest        Part         `json:"rest"`
	EffectiveOn Date         `json:"effectiveOn,omitempty"`
	Source      string       `json:"source,omitempty"`
}

// AllocateFunction records a baseline: who held remits when the record began. Source is required.
type AllocateFunction struct {
	Function FunctionCode     `json:"function,omitempty"`
	Part     PartCode         `json:"part,omitempty"`
	Holder   OrganisationCode `json:"holder,omitempty"`
	// Footprints are footprints, bodies or "ENG"; left out: all that the holder covers on the date.
	Footprints    []FootprintCode  `json:"footprints,omitempty"`
	Roles         []Role           `json:"roles,omitempty"`
	EffectiveOn   Date             `json:"effectiveOn,omitempty"`
	Instrument    InstrumentCode   `json:"instrument,omitempty"`
	AccountableTo OrganisationCode `json:"accountableTo,omitempty"`
	HeldThrough   string           `json:"heldThrough,omitempty"`
	Confidence    Confidence       `json:"confidence,omitempty"`
	Source        string           `json:"source,omitempty"`
}

// RegisterInstrument puts a legal instrument into the register.
type RegisterInstrument struct {
	Code    InstrumentCode    `json:"code,omitempty"`
	Details InstrumentDetails `json:"details"`
}

// CommenceInstrument records when an instrument comes into force. The date may lie ahead.
type CommenceInstrument struct {
	Code         InstrumentCode `json:"code,omitempty"`
	Commencement Commencement   `json:"commencement"`
}

// DiscardInstrument records that an instrument has no force from a date.
type DiscardInstrument struct {
	Code        InstrumentCode `json:"code,omitempty"`
	EffectiveOn Date           `json:"effectiveOn,omitempty"`
	ReplacedBy  InstrumentCode `json:"replacedBy,omitempty"`
}

// RecordOccurrence records a change that happened by law or outside the register. Source is required.
type RecordOccurrence struct {
	Kind     TransferKind     `json:"kind,omitempty"`
	Function FunctionCode     `json:"function,omitempty"`
	Part     PartCode         `json:"part,omitempty"`
	From     OrganisationCode `json:"from,omitempty"`
	// To is the body as named; it is left out, and Undetermined set, when nobody knows.
	To           OrganisationCode `json:"to,omitempty"`
	Undetermined bool             `json:"undetermined,omitempty"`
	// Footprints are footprints, bodies or "ENG"; left out: all that To covers on the date.
	Footprints  []FootprintCode `json:"footprints,omitempty"`
	Roles       []Role          `json:"roles,omitempty"`
	EffectiveOn Date            `json:"effectiveOn,omitempty"`
	Instrument  InstrumentCode  `json:"instrument,omitempty"`
	Confidence  Confidence      `json:"confidence,omitempty"`
	Source      string          `json:"source,omitempty"`
}

func (EstablishOrganisation) Method() string { return "EstablishOrganisation" }
func (RenameOrganisation) Method() string    { return "RenameOrganisation" }
func (MoveOrganisation) Method() string      { return "MoveOrganisation" }
func (ChangeFootprints) Method() string      { return "ChangeFootprints" }
func (PlanReorganisation) Method() string    { return "PlanReorganisation" }
func (Reorganise) Method() string            { return "Reorganise" }
func (DefineFunction) Method() string        { return "DefineFunction" }
func (ReviseFunction) Method() string        { return "ReviseFunction" }
func (DivideFunction) Method() string        { return "DivideFunction" }
func (AllocateFunction) Method() string      { return "AllocateFunction" }
func (RegisterInstrument) Method() string    { return "RegisterInstrument" }
func (CommenceInstrument) Method() string    { return "CommenceInstrument" }
func (DiscardInstrument) Method() string     { return "DiscardInstrument" }
func (RecordOccurrence) Method() string      { return "RecordOccurrence" }
