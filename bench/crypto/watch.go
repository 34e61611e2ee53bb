package main

import (
	"log"
	"runtime"
	"time"
)

// A program prepares n operations and does them while the watch runs.
type program func(w *watch, n int)

// A watch measures one stretch of time, and what was allocated in it.
type watch struct {
	elapsed       time.Duration
	allocs, bytes uint64

	since  time.Time
	before runtime.MemStats
}

func (w *watch) start() {
	runtime.ReadMemStats(&w.before)
	w.since = time.Now()
}

func (w *watch) stop() {
	w.elapsed = time.Since(w.since)
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
