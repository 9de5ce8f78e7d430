package checkpoint

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// List returns the paths of the checkpoints in a directory by name, the last one first. There are none in a directory
// that is missing.
func List(dir string) ([]string, error) {
	paths, err := filepath.Glob(filepath.Join(escaped(dir), "*"+extension))
	if err != nil {
		return nil, fmt.Errorf("list checkpoints: %w", err)
	}
	slices.Sort(paths)
	slices.Reverse(paths)
	return paths, nil
}

// Tidy removes all checkpoints but the last so many, and what was never finished.
func Tidy(dir string, keep int) error {
	paths, err := List(dir)
	if err != nil {
		return err
	}
	left, err := filepath.Glob(filepath.Join(escaped(dir), "*"+unfinished))
	if err != nil {
		return fmt.Errorf("list checkpoints: %w", err)
	}
	for _, path := range append(left, paths[min(keep, len(paths)):]...) {
		err = errors.Join(err, os.Remove(path))
	}
	return err
}

// escaped is a directory for use in a pattern.
func escaped(dir string) string {
	var out []rune
	for _, r := range dir {
		if r == '*' || r == '?' || r == '[' || r == '\\' && filepath.Separator != '\\' {
			out = append(out, '\\')
		}
		out = append(out, r)
	}
	return string(out)
}
