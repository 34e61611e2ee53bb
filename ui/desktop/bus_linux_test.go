package desktop

import (
	"testing"

	"sotto/ui/desktop/bustest"
)

// What the tests of this package use of the bus for tests.
var (
	startBus = bustest.Start
	join     = bustest.Join
	own      = bustest.Own
)

func next[T any](t *testing.T, what string, c <-chan T) T {
	t.Helper()
	return bustest.Next(t, what, c)
}
