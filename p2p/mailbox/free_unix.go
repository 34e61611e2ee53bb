//go:build linux || darwin || freebsd

package mailbox

import (
	"math"

	"golang.org/x/sys/unix"
)

// diskFree is how many bytes the file system of a directory has left for us.
// If the system does not say, there is no end to them.
func diskFree(dir string) int64 {
	var s unix.Statfs_t
	if unix.Statfs(dir, &s) != nil {
		return math.MaxInt64 / 2
	}
	return int64(s.Bavail) * int64(s.Bsize)
}
