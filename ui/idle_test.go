package ui

import (
	"testing"
	"time"

	"sotto/app/model"
)

func TestIdle(t *testing.T) {
	now := time.Now()
	for _, c := range []struct {
		after, away time.Duration
		want        bool
	}{
		{0, 48 * time.Hour, false}, // never
		{10 * time.Minute, 9 * time.Minute, false},
		{10 * time.Minute, 10 * time.Minute, true},
		{10 * time.Minute, 8 * time.Hour, true}, // slept
	} {
		if got := isIdle(model.Settings{LockAfter: c.after}, now.Add(-c.away), now); got != c.want {
			t.Errorf("lock after %v, away %v: %v", c.after, c.away, got)
		}
	}
}
