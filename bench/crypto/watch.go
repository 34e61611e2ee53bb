package main

import (
	"log"
	"runtime"
	"time"
)

// A program prepares n operations and does them while the watch runs.
type program func(w *watch, n int)

// A watch measures one stretch of work: the processor time of the whole
// process, so that collecting garbage counts and whatever else the machine does
// meanwhile does not; and what was allocated.
type watch struct {
	used          time.Duration
	allocs, bytes uint64

	since  time.Duration
	before runtime.MemStats
}

// start begins with a clean heap: what was made before is not to be collected
// in the time that counts.
func (w *watch) start() {
	runtime.GC()
	runtime.ReadMemStats(&w.before)
	w.since = processorTime()
}

func (w *watch) stop() {
	w.used = processorTime() - w.since
	var after runtime.MemStats
	runtime.ReadMemStats(&after)
	w.allocs, w.bytes = after.Mallocs-w.before.Mallocs, after.TotalAlloc-w.before.TotalAlloc
}

// check ends the program: what cannot be done cannot be measured.
func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// must is check for a function's result.
func must[T any](v T, err error) T {
	check(err)
	return v
}
