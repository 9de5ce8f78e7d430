package domain

// ImportKind says what the lines of a function map become.
type ImportKind string

// The kinds of import.
const (
	// ImportBaselines records who held remits when the record began; a second person must agree.
	ImportBaselines ImportKind = "baselines"
	// ImportClaims records one body's word on what it holds. It changes nobody's holding.
	ImportClaims ImportKind = "claims"
)

// ImportKinds lists the kinds.
func ImportKinds() []ImportKind { return []ImportKind{ImportBaselines, ImportClaims} }

// ImportMap records what a function map says that the register does not: all of it, in one transaction, or nothing. What
// the register says already is counted and left as it is.
type ImportMap struct {
	Kind ImportKind `json:"kind,omitempty"`
	// Claimant is the body whose word claims are; left out for baselines.
	Claimant OrganisationCode `json:"claimant,omitempty"`
	// SHA256 is that of the file, in hex; FileName its name, which could be a person's.
	SHA256   string `json:"sha256,omitempty"`
	FileName Text   `json:"fileName"`
	// Rows is how many rows of the file say something.
	Rows  int          `json:"rows,omitempty"`
	Lines []ImportLine `json:"lines,omitempty"`
	// ImportID is set, and Lines are not, where it waits for a second person: the record of the import says them.
	ImportID string `json:"importId,omitempty"`
}

// ImportLine is what one or several rows of a function map say: that a body holds remits from a date.
type ImportLine struct {
	Function FunctionCode `json:"function,omitempty"`
	Part     PartCode     `json:"part,omitempty"`
	// Holder is the body as named.
	Holder OrganisationCode `json:"holder,omitempty"`
	// Footprints are footprints, bodies or "ENG"; left out: all that the holder covers on the date.
	Footprints []FootprintCode `json:"footprints,omitempty"`
	Roles      []Role          `json:"roles,omitempty"`
	// EffectiveOn left out: today.
	EffectiveOn   Date             `json:"effectiveOn,omitempty"`
	Instrument    InstrumentCode   `json:"instrument,omitempty"`
	AccountableTo OrganisationCode `json:"accountableTo,omitempty"`
	HeldThrough   string           `json:"heldThrough,omitempty"`
	Confidence    Confidence       `json:"confidence,omitempty"`
	// Source is that of a baseline, Basis that of a claim.
	Source string `json:"source,omitempty"`
	Basis  Text   `json:"basis"`
}

// Method is the command's name.
func (ImportMap) Method() string { return "ImportMap" }

// FunctionMapImported says that somebody brought in a function map. What came of it follows in the transaction: claims,
// or lines that wait for a second person.
type FunctionMapImported struct {
	// ID is that of the transaction.
	ID       string
	Kind     ImportKind
	Claimant OrganisationCode
	// SHA256 is that of the file, in hex, as given.
	SHA256   string
	FileName Text
	// Rows is how many rows of the file said something.
	Rows int
	// Added counts the remits that the file says something new of, Same those of which the register said the same,
	// Differing those of Added of which the register says something else.
	Added, Same, Differing int
}

// MapLinesProposed are lines of a function map that wait for a second person. A large map has several such facts.
type MapLinesProposed struct {
	ID    string
	Lines []ImportLine
}

func (FunctionMapImported) FactType() string { return "FunctionMapImported" }
func (MapLinesProposed) FactType() string    { return "MapLinesProposed" }

// Entity is the import.
func (f FunctionMapImported) Entity() string { return "import/" + f.ID }

// Entity is the import.
func (f MapLinesProposed) Entity() string { return "import/" + f.ID }

func (FunctionMapImported) Effective() Date { return 0 }
func (MapLinesProposed) Effective() Date    { return 0 }
