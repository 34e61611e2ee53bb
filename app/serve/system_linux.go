package serve

import (
	"bytes"
	"os"
	"strconv"
	"syscall"
)

// resident is the memory of this process that is not swapped out, in bytes; 0 if
// it is not known. proc_pid_statm(5): the second number, in pages.
func resident() int64 {
	b, err := os.ReadFile("/proc/self/statm")
	fields := bytes.Fields(b)
	if err != nil || len(fields) < 2 {
		return 0
	}
	pages, _ := strconv.ParseInt(string(fields[1]), 10, 64)
	return pages * int64(os.Getpagesize())
}

// diskFree is what is left on the disk of dir for who is not root, in bytes.
func diskFree(dir string) (int64, bool) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return 0, false
	}
	return int64(s.Bavail) * int64(s.Bsize), true
}
