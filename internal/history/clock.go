package history

import (
	"sync/atomic"
	"time"
)

const (
	// epoch is what clocks show at the start of a run.
	epoch = 1_796_126_400_000 // 1 December 2026, noon, in milliseconds
	// haste is how many times faster clocks go than time does, so that what a
	// program puts off for seconds happens within a run.
	haste = 100
)

// A clock is a computer's. It can be set wrong.
type clock struct {
	start time.Time
	wrong atomic.Int64 // a time.Duration
}

func newClock() *clock { return &clock{start: time.Now()} }

func (c *clock) now() time.Time {
	return time.UnixMilli(epoch).Add(haste * time.Since(c.start)).Add(time.Duration(c.wrong.Load()))
}

func (c *clock) set(wrong time.Duration) { c.wrong.Store(int64(wrong)) }
