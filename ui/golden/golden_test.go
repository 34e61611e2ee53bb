// Package golden holds the main screens beside pictures that are kept of them, in
// light and dark, so that a change of how they look is seen by whoever makes it. It
// has no code but its test. After a change that is meant:
//
//	go test ./ui/golden -args -update
package golden

import (
	"testing"
	"testing/synctest"
	"time"

	"sotto/ui/theme"
)

// clock is when all pictures are taken.
var clock = time.Date(2026, 11, 23, 14, 2, 0, 0, time.UTC)

func TestGolden(t *testing.T) {
	here := time.Local
	time.Local = time.UTC
	t.Cleanup(func() { time.Local = here })
	for _, s := range []struct {
		name string
		mode theme.Mode
		show func(*scene)
	}{
		{"welcome", theme.Light, (*scene).welcome},
		{"lock", theme.Dark, (*scene).lock},
		{"empty", theme.Light, (*scene).empty},
		{"conversation", theme.Light, (*scene).conversation},
		{"menu", theme.Dark, (*scene).menu},
		{"details", theme.Dark, (*scene).details},
		{"invitation", theme.Light, (*scene).invitation},
		{"request", theme.Dark, (*scene).request},
		{"verify", theme.Light, (*scene).verify},
		{"appearance", theme.Dark, (*scene).appearance},
		{"mailboxes", theme.Light, (*scene).mailboxes},
	} {
		t.Run(s.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // where time is what we say
				time.Sleep(time.Until(clock))
				match(t, s.name, take(t, s.mode, s.show))
			})
		})
	}
}
