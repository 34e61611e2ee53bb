package model

import (
	"testing"
	"time"
)

func TestQuietHours(t *testing.T) {
	for _, c := range []struct {
		from, to, hour int
		want           bool
	}{
		{22, 7, 21, false}, {22, 7, 22, true}, {22, 7, 0, true}, {22, 7, 6, true}, {22, 7, 7, false}, {22, 7, 12, false},
		{12, 14, 11, false}, {12, 14, 12, true}, {12, 14, 13, true}, {12, 14, 14, false},
		{0, 0, 0, true}, {9, 9, 8, true}, {9, 9, 9, true},
	} {
		at := time.Date(2026, 11, 23, c.hour, 59, 0, 0, time.Local)
		s := Settings{Quiet: true, QuietFrom: c.from, QuietTo: c.to}
		if got := s.QuietAt(at); got != c.want {
			t.Errorf("from %d to %d, at %d: %v", c.from, c.to, c.hour, got)
		}
		if s.Quiet = false; s.QuietAt(at) {
			t.Errorf("quiet at %d although that is off", c.hour)
		}
	}
}
