//go:build unix

package main

import (
	"syscall"
	"time"
)

// processorTime is what all threads of the process have used so far.
func processorTime() time.Duration {
	var u syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
