package history

import (
	"flag"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

var (
	runsFlag     = flag.Int("history.runs", 12, "how many schedules to run")
	seedFlag     = flag.Uint64("history.seed", 1, "the first seed; the others follow it")
	parallelFlag = flag.Int("history.parallel", 2, "how many run at once")
	keepFlag     = flag.Bool("history.all", false, "go on after a violation")
	traceFlag    = flag.Bool("history.trace", false, "print the schedule and what was done of every run")
)

func TestHistory(t *testing.T) {
	begin := time.Now()
	profiles := t.TempDir()
	if err := MakeProfiles(t.Context(), profiles); err != nil {
		t.Fatal(err)
	}
	var next atomic.Uint64
	next.Store(*seedFlag)
	var bad, done, messages atomic.Int64
	var mu sync.Mutex
	ends := make(map[string]int)
	var all sync.WaitGroup
	for range *parallelFlag {
		all.Go(func() {
			for {
				seed := next.Add(1) - 1
				if seed >= *seedFlag+uint64(*runsFlag) || bad.Load() > 0 && !*keepFlag {
					return
				}
				r := Run(t.Context(), profiles, t.TempDir(), seed)
				done.Add(1)
				messages.Add(int64(r.Messages))
				mu.Lock()
				for where, n := range r.Ends {
					ends[where] += n
				}
				mu.Unlock()
				if len(r.Wrong) > 0 {
					bad.Add(1)
					t.Errorf("violation after %d runs: %s", done.Load(), r)
				} else if *traceFlag {
					t.Log(r)
				}
			}
		})
	}
	all.Wait()
	t.Logf("%d runs, %d with violations, %d messages, in %v", done.Load(), bad.Load(), messages.Load(), time.Since(begin).Round(time.Second))
	t.Logf("programs ended: %v", ends)
}
