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

// step does one line of the schedule. What cannot be done now, because the
// program is off or the computer sleeps, is left out.
func (r *run) step(ctx context.Context, s Step) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	switch s.Op {
	case opPause:
		time.Sleep(s.D)
		return nil
	case opApart:
		r.apart, r.strict = true, s.N == 1
		for a := range computers {
			for b := range computers {
				r.wire.hold(way{a, b})
			}
		}
		return nil
	case opPart:
		r.wire.hold(way{s.A, s.B})
		return nil
	case opSplit:
		r.wire.hold(way{s.A, s.B})
		r.wire.hold(way{s.B, s.A})
		return nil
	case opHeal:
		if r.apart && s.B < len(computers) {
			return nil
		}
		if s.N == 1 {
			r.wire.cut(s.A, s.B)
		}
		r.wire.release(way{s.A, s.B})
		r.wire.release(way{s.B, s.A})
		return nil
	case opDelay:
		r.wire.delay(way{s.A, s.B}, s.D)
		return nil
	case opCut:
		r.wire.cut(s.A, s.B)
		return nil
	case opCorrupt:
		r.wire.corrupt(way{s.A, s.B}, s.N)
		r.wire.corrupt(way{s.B, s.A}, s.N)
		return nil
	case opBox:
		return r.boxes[s.A].do(s)
	}
	c := r.computers[s.A]
	p := c.running()
	switch s.Op {
	case opSend, opBurst:
		return r.send(ctx, c, s)
	case opRead:
		if p == nil || c.ids == nil {
			return nil
		}
		all, err := conversation(ctx, p, c.ids[s.B])
		if err == nil && len(all) > 0 {
			err = p.MarkRead(ctx, c.ids[s.B], all[len(all)-1].Row)
		}
		return c.excuse(p, err)
	case opStart:
		c.mu.Lock()
		asleep := c.asleep
		c.mu.Unlock()
		if !asleep {
			return c.start(ctx)
		}
	case opStop:
		return c.stop()
	case opKill:
		c.kill(s.How)
	case opKillAt:
		c.mu.Lock()
		c.arms[s.Point] = s.N
		c.mu.Unlock()
	case opKillWrite:
		if p != nil {
			p.disk.endAt(s.N, s.How)
		} else {
			c.mu.Lock()
			c.write = s
			c.mu.Unlock()
		}
	case opFull:
		if p != nil {
			p.disk.fail(s.N, 0)
		}
	case opBroken:
		if p != nil {
			p.disk.fail(0, s.N)
		}
	case opMend:
		if p != nil {
			p.disk.mend()
		}
	case opClock:
		c.clock.set(s.D)
	case opSleep:
		c.sleep()
	case opWake:
		c.wake()
	case opEdit, opCancel, opResend:
		return r.change(ctx, c, s)
	case opWeather:
		c.setWeather(s.Weather)
	case opCopy:
		return c.backUp()
	case opRestore:
		return r.restore(ctx, c)
	}
	return nil
}

// do does something to a mailbox.
func (b *box) do(s Step) error {
	p := b.running()
	switch op(s.Point) {
	case opStart:
		return b.start()
	case opKill:
		b.kill(s.How)
	case opKillWrite:
		if p != nil {
			p.disk.endAt(s.N, s.How)
		} else {
			b.mu.Lock()
			b.due = s
			b.mu.Unlock()
		}
	case opFull:
		if p != nil {
			p.disk.fail(s.N, 0)
		}
	case opBroken:
		if p != nil {
			p.disk.fail(0, s.N)
		}
	case opMend:
		if p != nil {
			p.disk.mend()
		}
	case opClock:
		b.clock.set(s.D)
	case opCopy:
		return b.backUp()
	case opRestore:
		return b.putBack()
	case opLie:
		b.setLie(lies[s.N])
	case opLose:
		b.lose()
	}
	return nil
}

// show keeps cells that mailboxes get to see.
func (r *run) show(cells ...[]byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range cells {
		r.cells = append(r.cells, bytes.Clone(c))
	}
}

// send writes messages. What Send says counts only if the program lives on:
// else nobody was told.
func (r *run) send(ctx context.Context, c *computer, s Step) error {
	var all sync.WaitGroup
	var problems = make([]error, s.N)
	one := func(i int, seen []*note) {
		p := c.running()
		if p == nil || c.ids == nil {
			return
		}
		if seen == nil {
			before, err := conversation(ctx, p, c.ids[s.B])
			if err != nil {
				problems[i] = c.excuse(p, err)
				return
			}
			seen = r.ledger.seen(before)
		}
		n := r.ledger.write(s.A, s.B, seen, filler(c))
		_, err := p.Send(ctx, c.ids[s.B], n.texts[0])
		r.note("    #%d: %v", n.n, err)
		switch {
		case err == nil && !p.dead():
			r.ledger.accept(n)
		case model.KindOf(err) == model.AlarmUndecided:
			problems[i] = c.excuse(p, p.DismissAlarm(ctx, c.ids[s.B]))
		default:
			problems[i] = c.excuse(p, err)
		}
	}
	if s.Op == opSend {
		for i := range s.N {
			one(i, nil)
		}
		return errors.Join(problems...)
	}
	p := c.running()
	if p == nil || c.ids == nil {
		return nil
	}
	before, err := conversation(ctx, p, c.ids[s.B])
	if err != nil {
		return c.excuse(p, err)
	}
	seen := r.ledger.seen(before)
	for i := range s.N {
		all.Go(func() { one(i, seen) })
	}
	all.Wait()
	return errors.Join(problems...)
}

// change edits, takes back or hurries a message that waits.
func (r *run) change(ctx context.Context, c *computer, s Step) error {
	p := c.running()
	if p == nil || c.ids == nil {
		return nil
	}
	all, err := conversation(ctx, p, c.ids[s.B])
	if err != nil {
		return c.excuse(p, err)
	}
	var waiting []model.Message
	for _, m := range all {
		if m.Direction == model.Outgoing && (m.State == model.Waiting || m.State == model.Stored) {
			waiting = append(waiting, m)
		}
	}
	if len(waiting) == 0 {
		return nil
	}
	m := waiting[s.N%len(waiting)]
	n := r.ledger.find(m.Text)
	if n == nil {
		return fmt.Errorf("%s has %.60q, which nobody wrote", computers[c.index], m.Text)
	}
	switch s.Op {
	case opEdit:
		text := r.ledger.edit(n)
		err = p.Edit(ctx, m.ID, text)
		if err == nil && !p.dead() {
			r.ledger.edited(n, text)
		}
	case opCancel:
		r.ledger.cancel(n)
		err = p.Cancel(ctx, m.ID)
	case opResend:
		err = p.Resend(ctx, m.ID)
	}
	r.note("    %s of #%d: %v", s.Op, n.n, err)
	if model.KindOf(err) == model.NotWaiting { // it has arrived meanwhile
		return nil
	}
	return c.excuse(p, err)
}

// filler makes some texts long.
func filler(c *computer) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.rand.IntN(10) > 0 {
		return 0
	}
	return c.rand.IntN(20_000)
}

// restore puts a profile back from its copy, and notes what that loses.
func (r *run) restore(ctx context.Context, c *computer) error {
	if c.copy == "" {
		return nil
	}
	if err := c.rest(); err != nil {
		return err
	}
	had, err := texts(ctx, c.dir)
	if err != nil {
		return err
	}
	if err := c.putBack(); err != nil {
		return err
	}
	left, err := texts(ctx, c.dir)
	if err != nil {
		return err
	}
	r.ledger.lost(c.index, had, left)
	return nil
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
		clear(c.arms)
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
