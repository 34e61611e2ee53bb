//go:build !unix

package crash

import "os/exec"

func ignoreHangUp() {}

// waiting returns the second process.
func waiting(program string) *exec.Cmd { return exec.Command(program) }
