// Package spare gives memory back to the system when a program has come to rest.
//
// Go keeps what a burst of work took (starting, drawing a conversation, taking in
// what waited) until the next garbage collection, and for minutes if there is
// none because nothing more is done: with the window at rest two thirds of its
// heap were garbage. So it is looked now and then at how much was allocated; once
// that was a lot and has ended, the heap is collected and what is free returned.
package spare

import (
	"context"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

const (
	// look is how long it is from one look to the next. A rest is noticed after one
	// to two of them.
	look = 3 * time.Second
	// busy is how many bytes are allocated from one look to the next while
	// something is being done: a window at rest takes some KB for its caret.
	busy = 1 << 20
	// worthwhile is how many bytes a burst of work has allocated, at least, for
	// a collection to be worth its processor time, some 10 ms.
	worthwhile = 8 << 20
)

// Watch gives memory back whenever the program comes to rest, until ctx is done.
func Watch(ctx context.Context) { watch(ctx, look, debug.FreeOSMemory) }

func watch(ctx context.Context, interval time.Duration, free func()) {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	var seen, burst uint64
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := allocated()
		done := now - seen
		seen = now
		if done >= busy {
			burst += done
		} else if burst >= worthwhile {
			burst = 0
			free()
			seen = allocated() // without what the collection itself took
		}
	}
}

// allocated returns how many bytes the heap has ever given out.
func allocated() uint64 {
	s := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}
