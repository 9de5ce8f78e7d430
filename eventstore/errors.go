package eventstore

import "errors"

// The errors that callers tell apart. Each is wrapped by errors that say what was being done and, where an operator
// can do something about it, what.
var (
	// ErrCommandIDReused refuses a command whose id was used before with other content. It is refused for ever.
	ErrCommandIDReused = errors.New("command id was used before with other content")
	// ErrReadOnly refuses a command because the journal or the vault cannot be written, or because the store is
	// closing. Where the command was already on its way, its outcome is unknown: sending it again with the same id,
	// once the store accepts commands, tells.
	ErrReadOnly = errors.New("register is read-only")
	// ErrOverloaded refuses a command because too many are waiting. Nothing was recorded; try again later.
	ErrOverloaded = errors.New("too many commands are waiting")
	// ErrTooLarge refuses a command whose events do not fit: an event over MaxEventBytes, or a transaction over
	// MaxTransactionBytes. Nothing was recorded.
	ErrTooLarge = errors.New("command is too large to record")
	// ErrBadRequest refuses a request that is no command: an id that is no UUID, no command, no actor, a secret that
	// does not open its commitment, or a personal text that was not sealed.
	ErrBadRequest = errors.New("bad request")
	// ErrDamaged means that the journal does not prove itself: a gap, a record that does not follow from the ones
	// before, or less than was there before. The store does not open, or stops accepting commands.
	ErrDamaged = errors.New("journal is damaged")
	// ErrVaultIncomplete means that personal texts or people that events refer to are missing from the vault, and nothing
	// says that they were erased. The store does not open.
	ErrVaultIncomplete = errors.New("vault is incomplete")
	// ErrSettings means that the server or a stream is not set up as durability needs.
	ErrSettings = errors.New("settings do not keep acknowledged events safe")
	// ErrInUse means that another process has the data directory open.
	ErrInUse = errors.New("data directory is in use")
	// ErrNotArchived means that events are in the journal but not in the archive, where Config.Archive demands both.
	ErrNotArchived = errors.New("events are recorded but not archived")
	// ErrNotFound means that the journal has no such record or event.
	ErrNotFound = errors.New("not found")
	// ErrNotEmpty means that a journal or a vault is there already where a new one is to be written.
	ErrNotEmpty = errors.New("there is a journal already")
	// ErrRestoring means that a restore of the data directory was interrupted, and is to be repeated.
	ErrRestoring = errors.New("a restore was interrupted")
)

// The errors of Journal.Append that the sequencer tells apart.
var (
	// ErrConflict means that the record was not stored because another one holds its place, or is about to.
	ErrConflict = errors.New("another record holds the place")
	// ErrUnknownOutcome means that the record may have been stored or not, and that asking again will tell.
	ErrUnknownOutcome = errors.New("outcome of the write is unknown")
	// ErrDoubtfulWrite means that the record may be readable and yet not be on disk, because a write to disk may have
	// failed: nothing short of a restart and a verification tells.
	ErrDoubtfulWrite = errors.New("write may not have reached the disk")
)
