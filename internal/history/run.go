package history

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"sotto/app/model"
)

// run is one run of a schedule.
type run struct {
	seed      uint64
	dir       string
	profiles  string // that MakeProfiles made
	wire      *wire
	computers []*computer
	boxes     []*box
	ledger    *ledger
	keys      [][]byte // what tells who somebody is
	apart     bool     // nobody is to reach anybody but by mailbox
	strict    bool     // to the end
	log       lockedBuffer

	began time.Time
	mu    sync.Mutex
	trace []string
	cells [][]byte // that were given to mailboxes
	ends  map[string]int
}

// A Report tells of one run.
type Report struct {
	Seed     uint64
	Schedule Schedule
	Wrong    []string       // what must not be; empty if all is well
	Trace    []string       // what was done
	Log      string         // what the programs told
	Messages int            // that were written
	Ends     map[string]int // how often a program ended, by how and where
	Took     time.Duration
}

func (r Report) String() string {
	return fmt.Sprintf("seed %d:\n  %s\n\nschedule:\n%s\n\ntrace:\n%s\n\nlog:\n%s", r.Seed, strings.Join(r.Wrong, "\n  "), r.Schedule, strings.Join(r.Trace, "\n"), r.Log)
}

var runs atomic.Int64

// Run runs the schedule of a seed in a directory of its own below dir, with
// copies of the profiles that MakeProfiles made.
func Run(ctx context.Context, profiles, dir string, seed uint64) Report {
	begin := time.Now()
	report := Report{Seed: seed, Schedule: NewSchedule(seed)}
	dir, err := os.MkdirTemp(dir, "run-")
	if err != nil {
		report.Wrong = []string{err.Error()}
		return report
	}
	defer os.RemoveAll(dir)
	r := &run{seed: seed, dir: dir, profiles: profiles, began: begin, wire: newWire(int(runs.Add(1))), ledger: newLedger(), ends: make(map[string]int)}
	report.Wrong = r.do(ctx, report.Schedule)
	r.mu.Lock()
	defer r.mu.Unlock()
	report.Trace, report.Log, report.Ends = r.trace, r.log.String(), r.ends
	report.Messages, report.Took = len(r.ledger.all()), time.Since(begin)
	return report
}

func (r *run) note(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.trace = append(r.trace, fmt.Sprintf("%6d ms  ", time.Since(r.began).Milliseconds())+fmt.Sprintf(format, args...))
}

func (r *run) ended(who, where string) {
	r.mu.Lock()
	r.ends[where]++
	r.mu.Unlock()
	r.note("    %s ended: %s", who, where)
}

func (r *run) do(ctx context.Context, s Schedule) (wrong []string) {
	for i := range computers {
		c, err := newComputer(r, i)
		if err != nil {
			return []string{err.Error()}
		}
		r.computers = append(r.computers, c)
	}
	if err := r.readKeys(); err != nil {
		return []string{err.Error()}
	}
	for i := range boxes {
		b, err := newBox(r, i)
		if err != nil {
			return []string{err.Error()}
		}
		r.boxes = append(r.boxes, b)
	}
	defer func() {
		if err := r.clear(); err != nil {
			wrong = append(wrong, err.Error())
		}
	}()
	for i, step := range s {
		r.note("%3d %s", i, step)
		if err := r.step(ctx, step); err != nil {
			if !errors.Is(err, errEnded) {
				return []string{err.Error()}
			}
			r.note("    %v", err)
		}
	}
	return r.settle(ctx)
}

// clear ends everything that still runs.
func (r *run) clear() error {
	var all []error
	for _, c := range r.computers {
		c.wake()
		c.mu.Lock()
		p := c.program
		c.mu.Unlock()
		if p != nil {
			p.disk.end(killed)
			all = append(all, p.wait())
		}
	}
	for _, b := range r.boxes {
		b.mu.Lock()
		s := b.server
		b.mu.Unlock()
		if s != nil {
			s.disk.end(killed)
			all = append(all, s.wait())
		}
	}
	return errors.Join(all...)
}

const (
	// rest is the pause between looks at whether all has arrived.
	rest = 20 * time.Millisecond
	// enough is how long a run may go on without progress once nothing fails any more.
	enough = 45 * time.Second
	// alone is for how long then nobody reaches anybody but by mailbox, in runs
	// that are so.
	alone = 5 * time.Second
)

// settle ends all failures and waits until everything is where it is to be.
func (r *run) settle(ctx context.Context) []string {
	r.note("    no failures from here on")
	if r.apart {
		r.wire.calmBut(len(computers))
	} else {
		r.wire.calm()
	}
	for _, b := range r.boxes {
		b.setLie(honest)
		b.mu.Lock()
		b.due = Step{}
		if b.server != nil {
			b.server.disk.mend()
		}
		b.mu.Unlock()
	}
	for _, c := range r.computers {
		c.wake()
		c.setWeather(Weather{})
		c.mu.Lock()
		if !r.strict { // there most of the mail is taken in only now
			clear(c.arms)
		}
		c.write = Step{}
		if c.program != nil {
			c.program.disk.mend()
		}
		c.mu.Unlock()
	}
	var left []string
	progress, retry, together := time.Now(), time.Now(), time.Now().Add(alone)
	pause := time.Second
	for {
		if r.apart && !r.strict && time.Now().After(together) {
			r.note("    they can reach each other now; left: %q", left)
			r.apart = false
			r.wire.calm()
		}
		for _, b := range r.boxes {
			if err := b.start(); err != nil && !errors.Is(err, errEnded) {
				return []string{err.Error()}
			}
		}
		for _, c := range r.computers {
			if err := c.start(ctx); err != nil && !errors.Is(err, errEnded) {
				return []string{err.Error()}
			}
		}
		s, err := r.state(ctx)
		if errors.Is(err, errEnded) {
			time.Sleep(rest)
			continue
		}
		if err != nil {
			return []string{err.Error()}
		}
		if wrong := r.wrong(s); len(wrong) > 0 {
			return wrong
		}
		now := r.missing(s)
		if len(now) == 0 {
			if r.apart {
				r.mu.Lock()
				r.ends["(settled by mailboxes alone)"]++
				r.mu.Unlock()
			}
			return r.leaks()
		}
		if len(now) != len(left) {
			progress = time.Now()
		}
		left = now
		if time.Since(progress) > enough {
			return append([]string{"nothing moves any more:"}, left...)
		}
		if time.Now().After(retry) {
			// Whoever is hurried gives up what is under way.
			retry, pause = time.Now().Add(pause), min(2*pause, 16*time.Second)
			for _, c := range r.computers {
				if p := c.running(); p != nil {
					p.Retry(ctx)
					r.decide(ctx, c, p)
				}
			}
		}
		time.Sleep(rest)
	}
}

// decide does what a person would about alarms: look, and go on.
func (r *run) decide(ctx context.Context, c *computer, p *program) {
	contacts, err := p.Contacts(ctx)
	if err != nil {
		return
	}
	for _, k := range contacts {
		if k.Alarm != model.AlarmNone {
			r.note("    alarm at %s about %s: %s", computers[c.index], k.Name, k.Alarm)
			p.DismissAlarm(ctx, k.ID)
		}
	}
}

// maxLog bounds a run's log, in bytes.
const maxLog = 256 << 10

// lockedBuffer is a buffer that many write to.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.b.Len() > maxLog {
		l.b.Next(l.b.Len() - maxLog/2) // the latest is worth the most
	}
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
