package archive

import "errors"

// The errors that callers tell apart. Each is wrapped by errors that name the file and, where an operator can do
// something about it, what.
var (
	// ErrDamaged means that a file of the archive, or of what the data directory keeps about it, is not what it must be.
	ErrDamaged = errors.New("archive is damaged")
	// ErrSignature means that a checkpoint is not signed by a key that is trusted.
	ErrSignature = errors.New("checkpoint is not signed by a known key")
	// ErrMoved means that another checkpoint was signed than the last one that this process knows of.
	ErrMoved = errors.New("another process signed a checkpoint")
	// ErrNotWritten means that events are recorded but not archived, where that was demanded.
	ErrNotWritten = errors.New("archive cannot be written")
	// ErrKeyFile means that the file with the signing keys is missing, cannot be used, or can be read by others.
	ErrKeyFile = errors.New("signing keys cannot be used")
)
