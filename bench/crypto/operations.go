package main

import "slices"

// An operation is one row of the table.
type operation struct {
	name        string
	n           int // in one measurement
	ours, floor program

	what   string // the peer's name of it
	peerN  int    // if not n: so few that the peer collects no garbage, which flatters it
	size   int    // of the plaintext in bytes
	stored bool   // with a session that is serialised and read again around each operation

	aimPeer float64 // of libsignal's time, at most; 0 is no aim
}

// aimFloor is the aim of every operation: of its primitives' time, at most.
const aimFloor = 1.15

// A sample is what one round gave, per operation, in nanoseconds of processor
// time.
type sample struct {
	ours, floor, peer float64
	allocs, bytes     float64 // ours
}

// measure runs the three programs, each round in another order.
func (op *operation) measure(round int, p *peer) (s sample, err error) {
	n := float64(op.n)
	runs := []func(){
		func() {
			var w watch
			op.ours(&w, op.n)
			s.ours, s.allocs, s.bytes = float64(w.used)/n, float64(w.allocs)/n, float64(w.bytes)/n
		},
		func() {
			var w watch
			op.floor(&w, op.n)
			s.floor = float64(w.used) / n
		},
	}
	if p != nil {
		runs = append(runs, func() {
			s.peer, err = p.run(op)
		})
	}
	for i := range runs {
		run := runs[(i+round)%len(runs)]
		run() // for caches and memory to be there
		run()
	}
	return s, err
}

// A result has the samples of all rounds, figure by figure.
type result struct{ ours, floor, peer, allocs, bytes []float64 }

func (r *result) add(s sample) {
	r.ours = append(r.ours, s.ours)
	r.floor = append(r.floor, s.floor)
	r.peer = append(r.peer, s.peer)
	r.allocs = append(r.allocs, s.allocs)
	r.bytes = append(r.bytes, s.bytes)
}

func median(figures []float64) float64 {
	sorted := slices.Sorted(slices.Values(figures))
	return sorted[len(sorted)/2]
}

// operations returns the rows of the table: first with keys and sessions in
// memory, then with a store.
func operations() []operation {
	p := newPrimitives()
	all := rows(p, false)
	for _, op := range rows(p, true) {
		op.name += ", stored"
		op.stored = true
		all = append(all, op)
	}
	return all
}

func rows(p *primitives, stored bool) []operation {
	f, m := newFloor(p, stored), newMeeting(stored)
	t := newTalk(m)
	const third = 1. / 3
	return []operation{
		{name: "invitation, or prekeys", what: "prekeys", n: 24, ours: m.offer, floor: times(f.offer)},
		{name: "session, initiator", what: "initiate", n: 24, size: 256, ours: m.initiate, floor: times(f.initiate)},
		{name: "session, responder", what: "respond", n: 24, size: 256, ours: m.respond, floor: times(f.respond)},
		{name: "session, both", what: "setup", n: 12, size: 256, ours: m.setup, floor: times(f.initiate, f.respond)},
		{name: "encrypt 256 B", what: "encrypt", n: 1000, peerN: 200, size: 256, ours: t.encrypt(256), floor: times(f.encrypt(256))},
		{name: "decrypt 256 B", what: "decrypt", n: 1000, peerN: 200, size: 256, ours: t.decrypt(256), floor: times(f.decrypt)},
		{name: "one way 256 B", what: "oneway", n: 1000, peerN: 200, size: 256, ours: t.oneWay(256), floor: times(f.encrypt(256), f.decrypt), aimPeer: third},
		{name: "encrypt 1 KiB", what: "encrypt", n: 1000, peerN: 200, size: 1024, ours: t.encrypt(1024), floor: times(f.encrypt(1024))},
		{name: "decrypt 1 KiB", what: "decrypt", n: 1000, peerN: 200, size: 1024, ours: t.decrypt(1024), floor: times(f.decrypt)},
		{name: "one way 1 KiB", what: "oneway", n: 1000, peerN: 200, size: 1024, ours: t.oneWay(1024), floor: times(f.encrypt(1024), f.decrypt), aimPeer: third},
		{name: "message and answer", what: "pingpong", n: 50, size: 256, ours: t.pingPong, floor: times(f.turn, f.turn), aimPeer: 1},
		{name: "message after a gap of 1,000", what: "gap", n: 4, size: 256, ours: t.gap, floor: times(f.gap)},
		{name: "each message of the gap", what: "skipped", n: skipped, size: 256, ours: t.skipped, floor: times(f.openSkipped)},
	}
}
