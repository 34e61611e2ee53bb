package history

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
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
					// Others went on while it was stuck: they do not count.
					t.Errorf("violation in run %d, after %v: %s", seed-*seedFlag+1, r.Took.Round(time.Second), r)
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

// TestSchedules: a schedule is its seed's, and there is every kind of step.
func TestSchedules(t *testing.T) {
	ops, ends := make(map[op]bool), make(map[string]bool)
	for seed := range uint64(400) {
		s := NewSchedule(seed)
		if s.String() != NewSchedule(seed).String() {
			t.Fatalf("seed %d has two schedules", seed)
		}
		for _, step := range s {
			ops[step.Op] = true
			if step.Op == opKillAt {
				ends[step.Point] = true
			}
			if step.Op == opBox {
				ops[op(step.Point)] = true
			}
		}
	}
	for _, want := range []op{
		opSend, opBurst, opRead, opPause, opStart, opStop, opKill, opKillAt, opKillWrite, opFull, opBroken, opSlow, opMend, opClock, opSleep, opWake,
		opPart, opSplit, opHeal, opDelay, opCorrupt, opCut, opEdit, opCancel, opResend, opApart, opWeather, opCopy, opRestore, opLie, opLose,
	} {
		if !ops[want] {
			t.Errorf("no schedule has %q", want)
		}
	}
	for _, want := range points {
		if !ends[want] {
			t.Errorf("no schedule has an end %q", want)
		}
	}
}

// TestLeaks puts what must not be seen where it could be.
func TestLeaks(t *testing.T) {
	for where, put := range map[string]func(r *run, secret []byte){
		"the network":          func(r *run, s []byte) { r.wire.record(s) },
		"a cell for a mailbox": func(r *run, s []byte) { r.show(s) },
		"the file mailbox.db":  func(r *run, s []byte) { os.WriteFile(filepath.Join(r.dir, "mailbox.db"), s, 0o600) },
	} {
		r := &run{dir: t.TempDir(), wire: newWire(0), keys: [][]byte{[]byte("thirty-two bytes of a public key")}}
		if leaks := r.leaks(); len(leaks) > 0 {
			t.Fatalf("out of nothing: %q", leaks)
		}
		for _, secret := range r.secrets() {
			put(r, slices.Concat([]byte("before"), secret, []byte("after")))
		}
		if leaks := r.leaks(); len(leaks) < 1 || !strings.HasPrefix(leaks[0], where) {
			t.Errorf("in %s: %q", where, leaks)
		}
	}
}
