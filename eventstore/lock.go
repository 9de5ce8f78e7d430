package eventstore

import "io"

// Lock takes a data directory for this process until the returned closer is closed, for work on a register that is
// stopped. ErrInUse: a running register, or other work, has it. The directory is created when missing.
func Lock(dir string) (io.Closer, error) {
	file, err := lockDir(dir)
	if err != nil {
		return nil, err
	}
	return file, nil
}
