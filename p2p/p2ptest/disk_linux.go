package p2ptest

import (
	"os"
	"syscall"
	"testing"
)

// Mount makes a small file system in a directory of the test, with options of
// tmpfs such as "size=4m". Where that is not allowed the test is skipped and says so.
func Mount(t *testing.T, options string) string {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("skipped: mounting a small file system needs root")
	}
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, options); err != nil {
		t.Skipf("skipped: this system does not allow mounting: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}
