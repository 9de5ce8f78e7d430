//go:build !linux

package eventstoretest

import "testing"

// Mount is for Linux only; elsewhere the test is skipped.
func (d *Disk) Mount(t testing.TB) string {
	t.Helper()
	t.Skip("mounting a file system of the test's own needs Linux")
	return ""
}
