//go:build unix

package crash

import (
	"os/signal"
	"syscall"
)

func ignoreHangUp() { signal.Ignore(syscall.SIGHUP, syscall.SIGTERM) }
