package history

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// An op is what a step does.
type op string

const (
	opSend      op = "send"    // A writes N messages to B, one after the other
	opBurst     op = "burst"   // the same, all at once
	opRead      op = "read"    // A reads what B wrote
	opPause     op = "pause"   // nothing, for D
	opStart     op = "start"   // A's program
	opStop      op = "stop"    // in order
	opKill      op = "kill"    // at this moment, How
	opKillAt    op = "kill at" // when it passes Point for the Nth time from now
	opKillWrite op = "kill in" // its Nth write from now, How
	opFull      op = "full"    // N writes fail for want of space
	opBroken    op = "broken"  // N operations of the disk fail
	opSlow      op = "slow"    // the next N times that the disk is to make something safe take long
	opMend      op = "mend"    // the disk
	opClock     op = "clock"   // is wrong by D
	opSleep     op = "sleep"   // the computer, until it is woken
	opWake      op = "wake"    //
	opPart      op = "part"    // nothing goes from A to B
	opSplit     op = "split"   // nothing goes either way
	opHeal      op = "heal"    // both ways; N is 1 if the connections do not survive it
	opDelay     op = "delay"   // everything from A to B, by D
	opCorrupt   op = "corrupt" // a bit of what goes between A and B, N times
	opEdit      op = "edit"    // A changes a message to B that waits: the Nth of them
	opCancel    op = "cancel"  // and takes one back
	opApart     op = "apart"   // from here on nobody reaches anybody but by mailbox; N is 1 if that must do
	opBox       op = "mailbox" // A, does what Point names
	opLie       op = "lie"     // of a mailbox: the Nth lie
	opLose      op = "lose"    // a mailbox, for good
	opResend    op = "resend"  // and hurries one
	opRenew     op = "renew"   // A begins a new session with B
	opCut       op = "cut"     // the connections between A and B
	opWeather   op = "weather" // of cells that come to A
	opCopy      op = "copy"    // A's profile is copied
	opRestore   op = "restore" // and put back
)

// A Step is one line of a schedule.
type Step struct {
	Op      op
	A, B, N int
	D       time.Duration
	Point   string
	How     end
	Weather Weather
}

func (s Step) String() string {
	a, b := place(s.A), place(s.B)
	switch s.Op {
	case opSend, opBurst:
		return fmt.Sprintf("%s %s>%s %d", s.Op, a, b, s.N)
	case opRead, opPart, opSplit, opCut, opEdit, opCancel, opResend, opRenew:
		return fmt.Sprintf("%s %s>%s", s.Op, a, b)
	case opHeal:
		return fmt.Sprintf("%s %s>%s %d", s.Op, a, b, s.N)
	case opApart:
		return fmt.Sprintf("%s %d", s.Op, s.N)
	case opBox:
		inner := s
		inner.Op, inner.A = op(s.Point), len(computers)+s.A
		return inner.String()
	case opLie:
		return fmt.Sprintf("%s %s %q", s.Op, a, lies[s.N])
	case opPause:
		return fmt.Sprintf("%s %v", s.Op, s.D)
	case opDelay:
		return fmt.Sprintf("%s %s>%s %v", s.Op, a, b, s.D)
	case opClock:
		return fmt.Sprintf("%s %s %+.0fd", s.Op, a, s.D.Hours()/24)
	case opKill:
		return fmt.Sprintf("%s %s (%s)", s.Op, a, s.How)
	case opKillAt:
		return fmt.Sprintf("%s %s %q %d", s.Op, a, s.Point, s.N)
	case opKillWrite:
		return fmt.Sprintf("%s %s write %d (%s)", s.Op, a, s.N, s.How)
	case opFull, opBroken, opSlow:
		return fmt.Sprintf("%s %s %d", s.Op, a, s.N)
	case opWeather:
		return fmt.Sprintf("%s %s %+v", s.Op, a, s.Weather)
	default:
		return fmt.Sprintf("%s %s", s.Op, a)
	}
}

// A Schedule is what happens in a run: a function of its seed alone.
type Schedule []Step

func (s Schedule) String() string {
	lines := make([]string, len(s))
	for i, step := range s {
		lines[i] = fmt.Sprintf("%3d %s", i, step)
	}
	return strings.Join(lines, "\n")
}

// computers are those of a run.
var computers = []string{"Alice", "Bob", "Bob Two"}

// place names what is at a place on the wire.
func place(i int) string {
	if i < len(computers) {
		return computers[i]
	}
	return boxName(i - len(computers))
}

// points are where a program can be made to end.
var points = []string{
	"opening, unlocked", "opening, read", "migrating",
	"before commit", "after commit", "before dispatch", "before handing over",
	"before depositing", "after depositing", "before fetching", keepingMail, "before deleting", "after deleting", "before making a queue",
}

// keepingMail is within the transaction that takes in what was fetched from a
// mailbox. What is lost there nobody brings again.
const keepingMail = "before keeping mail"

// mail is the first of the points that have to do with mailboxes.
const mail = 7

// faults is which kinds of failure a run has. All are wrong together in every
// fourth run; in the others some are left out, since one can hide another.
type faults struct{ end, write, disk, clock, sleep, part, weather, restore, apart, boxes, lies, renew bool }

func pickFaults(r *rand.Rand) faults {
	all := r.IntN(4) == 0
	some := func() bool { return all || r.IntN(2) == 0 }
	return faults{end: some(), write: some(), disk: some(), clock: some(), sleep: some(), part: some(), weather: some(), restore: all || r.IntN(4) == 0,
		apart: r.IntN(3) == 0, boxes: some(), lies: some(), renew: r.IntN(4) == 0}
}

// NewSchedule makes the schedule of a seed.
func NewSchedule(seed uint64) Schedule {
	r := rand.New(rand.NewPCG(seed, 0x736f74746f))
	f := pickFaults(r)
	strict := 0
	if f.apart && r.IntN(2) == 0 { // then nothing may be wrong that mailboxes alone cannot mend
		strict = 1
		f.clock, f.lies, f.restore = false, false, false
	}
	only := -1 // the one mailbox that there is; every computer has the last
	if strict == 1 && r.IntN(2) == 0 {
		only = boxes - 1
	}
	var s Schedule
	add := func(step Step) { s = append(s, step) }
	pair := func() (a, b int) {
		a = r.IntN(len(computers))
		b = (a + 1 + r.IntN(len(computers)-1)) % len(computers)
		return a, b
	}
	how := func() end { return end(r.IntN(3)) }
	if f.end { // the database is of an older version: some end while it is brought up
		for a := range computers {
			if r.IntN(2) == 0 {
				add(Step{Op: opKillAt, A: a, Point: points[r.IntN(4)], N: 1 + r.IntN(4)})
			}
		}
	}
	if strict == 1 { // nobody has a second copy of what is fetched and then not kept
		for a := range computers {
			if r.IntN(2) == 0 {
				add(Step{Op: opKillAt, A: a, Point: keepingMail, N: 1 + r.IntN(4)})
			}
		}
	}
	if f.write {
		for a := range computers {
			if r.IntN(3) == 0 {
				add(Step{Op: opKillWrite, A: a, N: 1 + r.IntN(120), How: how()})
			}
		}
	}
	for a := range boxes {
		if only >= 0 && a != only {
			add(Step{Op: opBox, A: a, Point: string(opLose)})
		}
		add(Step{Op: opBox, A: a, Point: string(opStart)})
	}
	if f.apart {
		add(Step{Op: opApart, N: strict})
	}
	for a := range computers {
		add(Step{Op: opStart, A: a})
	}
	copied := make([]bool, len(computers))
	restored, lost := false, false
	box := func() {
		s := Step{Op: opBox, A: r.IntN(boxes), How: how()}
		if only >= 0 {
			s.A = only
		}
		switch k := r.IntN(20); {
		case k < 7:
			s.Point = string(opStart)
		case k < 10 && f.boxes:
			s.Point = string(opKill)
		case k < 12 && f.boxes:
			s.Point, s.N = string(opKillWrite), 1+r.IntN(20)
		case k < 13 && f.boxes && f.disk:
			s.Point, s.N = string([]op{opFull, opBroken, opMend}[r.IntN(3)]), 1+r.IntN(10)
		case k < 14 && f.boxes && f.clock:
			s.Point, s.D = string(opClock), []time.Duration{40, 0, -40}[r.IntN(3)]*24*time.Hour
		case k < 15 && f.boxes && strict == 0:
			s.Point = string(opCopy)
		case k < 16 && f.boxes && strict == 0:
			s.Point = string(opRestore)
		case k < 17 && f.boxes && !lost && strict == 0:
			s.Point, lost = string(opLose), true
		case f.lies:
			s.Point, s.N = string(opLie), r.IntN(len(lies))
		default:
			s.Point = string(opStart)
		}
		add(s)
	}
	for range 70 + r.IntN(60) {
		if r.IntN(8) == 0 {
			box()
			continue
		}
		a, b := pair()
		if f.part && r.IntN(20) == 0 { // of a mailbox
			b = len(computers) + r.IntN(boxes)
			add(Step{Op: []op{opPart, opSplit, opHeal, opHeal, opCut, opCorrupt}[r.IntN(6)], A: a, B: b, N: r.IntN(2)})
			continue
		}
		switch k := r.IntN(100); {
		case k < 26:
			add(Step{Op: opSend, A: a, B: b, N: 1 + r.IntN(2)})
		case k < 30:
			add(Step{Op: opBurst, A: a, B: b, N: 2 + r.IntN(6)})
		case k < 35:
			add(Step{Op: opRead, A: a, B: b})
		case k < 36 && r.IntN(4) == 0:
			add(Step{Op: opResend, A: a, B: b, N: r.IntN(8)})
		case k < 37:
			add(Step{Op: opEdit, A: a, B: b, N: r.IntN(8)})
		case k < 38:
			add(Step{Op: opCancel, A: a, B: b, N: r.IntN(8)})
		case k < 40 && f.renew:
			add(Step{Op: opRenew, A: a, B: b})
		case k < 48:
			add(Step{Op: opPause, D: time.Duration(1+r.IntN(25)) * time.Millisecond})
		case k < 56:
			add(Step{Op: opStart, A: a})
		case k < 58:
			add(Step{Op: opStop, A: a})
		case k < 64 && f.end:
			add(Step{Op: opKill, A: a, How: how()})
		case k < 70 && f.end:
			p := r.IntN(len(points))
			n := 1 + r.IntN(30)
			if p >= mail { // these are passed less often
				n = 1 + r.IntN(3)
			}
			add(Step{Op: opKillAt, A: a, Point: points[p], N: n})
		case k < 76 && f.write:
			add(Step{Op: opKillWrite, A: a, N: 1 + r.IntN(60), How: how()})
		case k < 77 && f.disk:
			add(Step{Op: opFull, A: a, N: 1 + r.IntN(40)})
		case k < 78 && f.disk:
			add(Step{Op: opBroken, A: a, N: 1 + r.IntN(8)})
		case k < 80 && f.disk:
			add(Step{Op: opSlow, A: a, N: 1 + r.IntN(20)})
		case k < 81 && f.disk:
			add(Step{Op: opMend, A: a})
		case k < 83 && f.clock:
			add(Step{Op: opClock, A: a, D: []time.Duration{40, 0, -40}[r.IntN(3)] * 24 * time.Hour})
		case k < 85 && f.sleep:
			add(Step{Op: opSleep, A: a})
		case k < 87 && f.sleep:
			add(Step{Op: opWake, A: a})
		case k < 88 && f.part:
			add(Step{Op: opPart, A: a, B: b})
		case k < 89 && f.part:
			add(Step{Op: opSplit, A: a, B: b})
		case k < 91 && f.part:
			add(Step{Op: opHeal, A: a, B: b, N: r.IntN(2)})
		case k < 92 && f.part:
			add(Step{Op: opCut, A: a, B: b})
		case k < 93 && f.part && r.IntN(2) == 0:
			add(Step{Op: opCorrupt, A: a, B: b, N: 1 + r.IntN(2)})
		case k < 93 && f.part:
			add(Step{Op: opDelay, A: a, B: b, D: time.Duration(r.IntN(20)) * time.Millisecond})
		case k < 96 && f.weather:
			bad := func() int { return max(0, r.IntN(50)-25) }
			add(Step{Op: opWeather, A: a, Weather: Weather{Lose: bad(), Double: bad(), Swap: bad(), Replay: bad()}})
		case k < 98 && f.restore:
			add(Step{Op: opCopy, A: a})
			copied[a] = true
		case k < 99 && f.restore && !restored && copied[a]:
			add(Step{Op: opRestore, A: a})
			restored = true
		default:
			add(Step{Op: opSend, A: a, B: b, N: 1})
		}
	}
	return s
}
