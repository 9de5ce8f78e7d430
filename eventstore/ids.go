package eventstore

import (
	"crypto/rand"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"
	"github.com/oklog/ulid/v2"
)

// transactionIDs makes ids that sort in the order in which they were made. It is not safe for concurrent use.
type transactionIDs struct {
	entropy *ulid.MonotonicEntropy
}

func newTransactionIDs(random io.Reader) *transactionIDs {
	if random == nil {
		random = rand.Reader
	}
	return &transactionIDs{entropy: ulid.Monotonic(random, 0)}
}

func (t *transactionIDs) next(at time.Time) (string, error) {
	id, err := ulid.New(ulid.Timestamp(at), t.entropy)
	if err != nil {
		return "", fmt.Errorf("make a transaction id: %w", err)
	}
	return id.String(), nil
}

// newCommitID returns 16 random bytes.
func newCommitID(random io.Reader) (string, error) {
	id, err := uuid.NewRandomFromReader(random)
	if err != nil {
		return "", fmt.Errorf("make a commit id: %w", err)
	}
	return string(id[:]), nil
}
