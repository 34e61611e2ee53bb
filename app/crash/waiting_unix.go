//go:build unix

package crash

import (
	"os/exec"
	"os/signal"
	"syscall"
)

func ignoreHangUp() { signal.Ignore(syscall.SIGHUP, syscall.SIGTERM) }

// wait is what the shell does: it reads a line, and only if one comes begins the
// program, and hands it that and the rest.
const wait = `trap '' INT HUP TERM; IFS= read -r line || exit 0; { printf '%s\n' "$line"; cat; } | "$0"`

// waiting returns the second process.
func waiting(program string) *exec.Cmd {
	sh, err := exec.LookPath("/bin/sh")
	if err != nil {
		return exec.Command(program)
	}
	return exec.Command(sh, "-c", wait, program)
}
