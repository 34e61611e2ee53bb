package mailbox

import (
	"math"

	"golang.org/x/sys/windows"
)

// diskFree is how many bytes the file system of a directory has left for us.
// If the system does not say, there is no end to them.
func diskFree(dir string) int64 {
	path, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return math.MaxInt64 / 2
	}
	var free uint64
	if windows.GetDiskFreeSpaceEx(path, &free, nil, nil) != nil {
		return math.MaxInt64 / 2
	}
	return int64(min(free, math.MaxInt64/2))
}
