package when

import (
	"testing"
	"time"
)

func TestWords(t *testing.T) {
	clock = "15:04"
	now := time.Date(2026, 11, 23, 0, 30, 0, 0, time.Local) // a Monday
	for _, c := range []struct {
		t              time.Time
		short, day, at string
	}{
		{now, "00:30", "Today", "00:30"},
		{now.Add(-time.Hour), "Sun", "Yesterday", "yesterday at 23:30"},
		{now.AddDate(0, 0, -6), "Tue", "Tuesday", "on Tuesday at 00:30"},
		{now.AddDate(0, 0, -7), "16 Nov", "16 November", "on 16 November at 00:30"},
		{now.AddDate(-1, 0, 0), "23 Nov 2025", "23 November 2025", "on 23 November 2025 at 00:30"},
		{now.AddDate(0, 0, 2), "25 Nov", "25 November", "on 25 November at 00:30"}, // another computer's clock
	} {
		if s, d, a := Short(c.t, now), Day(c.t, now), At(c.t, now); s != c.short || d != c.day || a != c.at {
			t.Errorf("%v: %q, %q, %q", c.t, s, d, a)
		}
	}
	if Short(time.Time{}, now) != "" {
		t.Error("never has a time")
	}
}

func TestTwelveHours(t *testing.T) {
	for locale, want := range map[string]string{"en_US.UTF-8": "3:04 PM", "de_DE.UTF-8": "15:04", "": "15:04", "C.UTF-8": "15:04"} {
		got := clockLayout(func(name string) string {
			if name == "LANG" {
				return locale
			}
			return ""
		})
		if got != want {
			t.Errorf("%q: %q", locale, got)
		}
	}
}
