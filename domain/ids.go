package domain

// Identifiers are named types, so that swapped arguments do not compile.
type (
	// OrganisationCode is an ODS code, such as "QNQ" or "X24".
	OrganisationCode string
	// FootprintCode names a footprint: the ODS code of a sub-ICB location, or of the organisation whose own
	// operation it is.
	FootprintCode string
	// FunctionCode is the slug of a function, such as "eprr".
	FunctionCode string
	// PartCode is the slug of a part of a function; "" is the whole function, undivided.
	PartCode string
	// InstrumentCode is the slug of a legal instrument, such as "nhsa2006-s65z5".
	InstrumentCode string
	// TransferID is the ULID of a transfer: that of the transaction that planned or proposed it.
	TransferID string
	// ArrangementID names the delegation, direction or joint exercise under which a holding is held: the ULID of the
	// transaction that made it.
	ArrangementID string
	// GatewayCode names a gateway of a framework, such as "sender-readiness".
	GatewayCode string
	// ConditionID names a condition within its transfer: "c1", then "c2" and so on.
	ConditionID string
	// FrameworkCode names a version of a gateway framework, such as "standard-2026".
	FrameworkCode string
	// EventNo is the dense number of an event, from 1; as a position it means "everything up to this event".
	EventNo uint64
)

// Latest is the position of everything that is recorded.
const Latest = EventNo(^uint64(0))

// England is the code that names all footprints.
const England = "ENG"

// Subject is what a remit is about: a function, or one part of it.
type Subject struct {
	Function FunctionCode `json:"function,omitempty"`
	Part     PartCode     `json:"part,omitempty"`
}

// String returns "function" or "function/part".
func (s Subject) String() string {
	if s.Part == "" {
		return string(s.Function)
	}
	return string(s.Function) + "/" + string(s.Part)
}

// Text is free text that could name a person. The log never holds it in the clear: the event stores Commitment, an
// HMAC-SHA256 (hex) of the text under a fresh random key, and key and text are kept in the vault, where they can be
// erased. Clear is set only on its way from a caller to the vault.
type Text struct {
	Clear      string
	Commitment string
}

// IsEmpty tells whether no text was given.
func (t Text) IsEmpty() bool { return t.Clear == "" && t.Commitment == "" }
