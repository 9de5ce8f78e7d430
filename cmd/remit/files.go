package main

import (
	"fmt"
	"io"
	"os"
)

// openFile opens a file for reading, or standard input for "-".
func (a *app) openFile(path string) (io.ReadCloser, error) {
	if path == "-" {
		return io.NopCloser(a.stdin), nil
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, usageError{err}
	}
	return file, nil
}

// readFile reads a whole file, or standard input for "-".
func (a *app) readFile(path string) ([]byte, error) {
	file, err := a.openFile(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(file)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return data, nil
}
