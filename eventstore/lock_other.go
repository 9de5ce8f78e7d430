//go:build !unix

package eventstore

import (
	"fmt"
	"os"
)

// lockDir refuses: without a lock that the operating system gives free, two processes could write one journal.
func lockDir(string) (*os.File, error) {
	return nil, fmt.Errorf("a data directory needs a Unix system; use an external NATS server and no directory: %w",
		ErrSettings)
}
