package archive

import (
	"errors"
	"fmt"
	"io/fs"
)

// Finding says what does not prove itself, where, and what it should be: one sentence for people.
type Finding struct {
	// Text is the sentence, without a full stop.
	Text string
}

// Error returns the sentence.
func (f *Finding) Error() string { return f.Text }

// IsFinding tells whether an error says that something was read and does not prove itself, and not only that it could
// not be read for now.
func IsFinding(err error) bool {
	_, ok := errors.AsType[*Finding](err)
	return ok
}

func foundf(format string, args ...any) error { return &Finding{fmt.Sprintf(format, args...)} }

// unread turns the failure to read a file into a finding where it is one: a file that should be there and is not, or
// that can be none of a log.
func unread(path string, err error) error {
	switch {
	case IsFinding(err):
		return err
	case errors.Is(err, fs.ErrNotExist):
		return foundf("%s is missing", path)
	case errors.Is(err, ErrDamaged):
		return foundf("%s is no file of a log: %v", path, err)
	}
	return fmt.Errorf("read %s: %w", path, err)
}

// damaged marks a finding of the register's own as damage of the archive.
func damaged(err error) error {
	if IsFinding(err) {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return err
}

// notThere marks a file that is not there as one that is not there yet.
func notThere(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: %w", ErrNotArchivedYet, err)
	}
	return err
}
