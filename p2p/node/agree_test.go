package node

import (
	"bufio"
	"sync"
	"testing"

	"github.com/libp2p/go-libp2p/core/network"
)

func TestStrangersHaveNoSession(t *testing.T) {
	log := newPeerLog(t)
	log.admit = func(ID) bool { return false }
	n := testNode(t, log, quick())
	r := newRaw(t)
	_, in := r.session(n, opening(open{boot: 1, id: 1}))
	r.refused(in)
	if len(log.connects) != 0 {
		t.Error("a stranger has a session")
	}
}

// Both sides dial at once, many times over. Each time one session is left, the
// same for both.
func TestBothDialAtOnce(t *testing.T) {
	for range 25 {
		aliceLog, bobLog := newPeerLog(t), newPeerLog(t)
		alice, bob := testNode(t, aliceLog, quick()), testNode(t, bobLog, quick())
		var start sync.WaitGroup
		start.Add(1)
		go func() { start.Wait(); alice.Keep(routeTo(bob)) }()
		go func() { start.Wait(); bob.Keep(routeTo(alice)) }()
		start.Done()
		aliceLog.waitUp(bob.ID())
		bobLog.waitUp(alice.ID())
		for n := range 10 {
			if err := alice.Send(bob.ID(), []byte{byte(n)}); err != nil {
				t.Fatal(err)
			}
			if err := bob.Send(alice.ID(), []byte{byte(n)}); err != nil {
				t.Fatal(err)
			}
		}
		aliceLog.wait("Bob's cells", func() bool { return len(aliceLog.cells[bob.ID()]) == 10 })
		bobLog.wait("Alice's cells", func() bool { return len(bobLog.cells[alice.ID()]) == 10 })
		a, b := alice.existing(peerOf(bob)).session(), bob.existing(peerOf(alice)).session()
		if a == nil || b == nil || a.open != b.open || a.ours == b.ours {
			t.Fatalf("not one session: %+v %+v", a, b)
		}
		if aliceLog.connects[bob.ID()] != 1 || bobLog.connects[alice.ID()] != 1 {
			t.Fatalf("%d and %d sessions", aliceLog.connects[bob.ID()], bobLog.connects[alice.ID()])
		}
		alice.Close()
		bob.Close()
	}
}

// The rules by which one of two streams is chosen, each in the order in which
// the frames could arrive.
func TestWhichStreamSurvives(t *testing.T) {
	keepRaw := func(t *testing.T, n *Node, r *raw) { // n dials r and opens a stream
		if err := r.listen(loopback, 0); err != nil {
			t.Fatal(err)
		}
		n.Keep(Route{Peer: r.id(), Addrs: addrStrings(r.ownAddrs())})
	}
	t.Run("a new stream of the peer replaces its old one", func(t *testing.T) {
		log := newPeerLog(t)
		n, r := testNode(t, log, quick()), newRaw(t)
		_, first := r.session(n, opening(open{boot: 1, id: 1}))
		r.accepted(first)
		log.waitUp(r.id())
		_, second := r.session(n, opening(open{boot: 1, id: 2}))
		r.accepted(second)
		r.refused(first)
		log.wait("the second session", func() bool { return log.connects[r.id()] == 2 })
	})
	for _, test := range []struct {
		name     string
		open     func(ours open) open
		replaces bool
	}{
		{"the peer saw our stream and opens another", func(ours open) open { return open{boot: 7, id: 9, seen: ours.id} }, true},
		{"the peer was restarted", func(open) open { return open{boot: 8, id: 9} }, true},
		{"the peer's stream crossed ours", func(open) open { return open{boot: 7, id: 9} }, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			log := newPeerLog(t)
			n, r := testNode(t, log, quick()), newRaw(t)
			opened := make(chan open, 10)
			r.SetStreamHandler(sessionProtocol, func(s network.Stream) {
				f, err := readFrame(bufio.NewReader(s))
				if err == nil {
					opened <- f.open
					s.Write(appendFrame(nil, frame{kind: kindAccept, n: 7}))
				}
			})
			keepRaw(t, n, r)
			log.waitUp(r.id())
			_, in := r.session(n, opening(test.open(<-opened)))
			if test.replaces {
				r.accepted(in)
				log.wait("the new session", func() bool { return log.connects[r.id()] == 2 && log.up[r.id()] })
			} else {
				r.refused(in)
				if c := n.existing(r.ID()); c.session() == nil || !c.session().ours || log.connects[r.id()] != 1 {
					t.Error("the agreed session is gone")
				}
			}
		})
	}
	t.Run("of two unaccepted streams the smaller id's wins", func(t *testing.T) {
		for range 6 { // both orders of the ids come up
			log := newPeerLog(t)
			n, r := testNode(t, log, defaultTimes), newRaw(t)
			asked := make(chan struct{}, 10)
			var theirs network.Stream
			r.SetStreamHandler(sessionProtocol, func(s network.Stream) { // accepts nothing yet
				theirs = s
				asked <- struct{}{}
			})
			keepRaw(t, n, r)
			<-asked
			_, in := r.session(n, opening(open{boot: 7, id: 9}))
			if peerOf(n) < r.ID() {
				r.refused(in)
				theirs.Write(appendFrame(nil, frame{kind: kindAccept, n: 7}))
			} else {
				r.accepted(in)
			}
			log.waitUp(r.id())
			if s := n.existing(r.ID()).session(); s.ours != (peerOf(n) < r.ID()) {
				t.Errorf("the wrong stream survived")
			}
		}
	})
}
