//go:build linux || darwin

package main

import (
	"fmt"
	"syscall"
)

// freeBytes is how much may still be written to the disk that path is on.
func freeBytes(path string) (uint64, error) {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(path, &disk); err != nil {
		return 0, fmt.Errorf("ask the file system: %w", err)
	}
	return disk.Bavail * uint64(disk.Bsize), nil
}
