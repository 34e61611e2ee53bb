package spare

import (
	"context"
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

var sink []byte

// work allocates so many MiB and needs none of them.
func work(mib int) {
	for range mib {
		sink = make([]byte, 1<<20)
	}
	sink = nil
}

// What a burst has left is returned once it is over, not while it lasts, and not
// again and again.
func TestRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var freed atomic.Int32
		go watch(ctx, look, func() { freed.Add(1) })
		step := func(mib int, want int32, what string) {
			t.Helper()
			work(mib)
			time.Sleep(look)
			synctest.Wait()
			if freed.Load() != want {
				t.Fatalf("%s: memory was given back %d times, want %d", what, freed.Load(), want)
			}
		}
		for range 5 {
			step(10, 0, "working")
		}
		step(0, 1, "after the work")
		for range 5 {
			step(0, 1, "resting")
		}
		step(2, 1, "some typing")
		step(0, 1, "after a little work")
		for range 4 {
			step(2, 1, "more typing")
		}
		step(0, 2, "after a lot in little pieces")
	})
}

// What is given back is what the system had to find room for.
func TestWatch(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // nothing but Watch collects
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	work(64)
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	before := m.HeapSys - m.HeapReleased
	go watch(ctx, 10*time.Millisecond, debug.FreeOSMemory)
	for range 500 {
		runtime.ReadMemStats(&m)
		if m.HeapSys-m.HeapReleased < before/4 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("the heap holds %d MiB of %d after the work", (m.HeapSys-m.HeapReleased)>>20, before>>20)
}
