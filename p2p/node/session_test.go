package node

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"

	"sotto/p2p/p2ptest"
)

// raw is a peer that speaks libp2p and nothing of ours: what goes over its
// streams is up to the test. It has no limits.
type raw struct {
	*host
	t testing.TB
}

func newRaw(t testing.TB) *raw {
	t.Helper()
	h, err := newHost(seed(), &network.NullResourceManager{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	return &raw{host: h, t: t}
}

// newRawID returns the id of a peer that does not exist.
func newRawID(t testing.TB) peer.ID {
	t.Helper()
	_, id, err := transportKey(seed())
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func (r *raw) id() ID { return ID(r.ID().String()) }

func peerOf(n *Node) peer.ID { return n.host.ID() }

// session opens a session stream to a node and says the frames.
func (r *raw) session(n *Node, frames ...frame) (network.Stream, *bufio.Reader) {
	r.t.Helper()
	if _, err := r.dial(context.Background(), peerOf(n), n.host.ownAddrs()); err != nil {
		r.t.Fatal(err)
	}
	s, err := r.NewStream(context.Background(), peerOf(n), sessionProtocol)
	if err != nil {
		r.t.Fatal(err)
	}
	s.SetDeadline(time.Now().Add(time.Minute))
	for _, f := range frames {
		if _, err := s.Write(appendFrame(nil, f)); err != nil {
			r.t.Fatal(err)
		}
	}
	return s, bufio.NewReader(s)
}

func opening(o open) frame { return frame{kind: kindOpen, open: o} }

// accepted reads the accept frame.
func (r *raw) accepted(in *bufio.Reader) {
	r.t.Helper()
	if f, err := readFrame(in); err != nil || f.kind != kindAccept {
		r.t.Fatalf("not accepted: %+v, %v", f, err)
	}
}

// refused reads until the stream's end, which must come without an accept frame.
func (r *raw) refused(in *bufio.Reader) {
	r.t.Helper()
	if f, err := readFrame(in); err == nil {
		r.t.Fatalf("not refused: %+v", f)
	}
}

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

// A peer that is started again, at the same address, is reached again, and the
// handler hears of each end before the next beginning.
func TestRestartedPeer(t *testing.T) {
	aliceLog := newPeerLog(t)
	alice := testNode(t, aliceLog, quick())
	key, listen := seed(), loopback
	var bobID ID
	for run := 1; run <= 4; run++ {
		bobLog := newPeerLog(t)
		bob, err := newNode(Config{Key: key, Listen: listen, Handler: bobLog}, quick())
		if err != nil {
			t.Fatal(err)
		}
		bobID, listen = bob.ID(), bob.Addrs()
		alice.Keep(routeTo(bob))
		if run%2 == 0 {
			bob.Keep(routeTo(alice))
		}
		bobLog.waitUp(alice.ID())
		if err := bob.Send(alice.ID(), []byte{byte(run)}); err != nil {
			t.Fatal(err)
		}
		aliceLog.wait("a cell", func() bool { return len(aliceLog.cells[bobID]) == run })
		if err := bob.Close(); err != nil {
			t.Fatal(err)
		}
		aliceLog.waitDown(bobID)
	}
}

// The network between two nodes fails without a sign. Both notice, and a new
// session is opened as soon as there is a way.
func TestSilentFailure(t *testing.T) {
	tm := quick()
	tm.idle, tm.hurry, tm.dead = 300*time.Millisecond, 50*time.Millisecond, 300*time.Millisecond
	aliceLog, bobLog := newPeerLog(t), newPeerLog(t)
	lines := make(chan string, 100)
	alice, err := newNode(Config{Key: seed(), Listen: loopback, Handler: aliceLog, Log: slog.New(lineLog(lines))}, tm)
	if err != nil {
		t.Fatal(err)
	}
	defer alice.Close()
	bob := testNode(t, bobLog, tm, "/ip4/127.0.0.1/tcp/0")
	proxy := p2ptest.NewProxy(t, fmt.Sprintf("127.0.0.1:%d", bob.Port()))
	alice.Keep(Route{Peer: bob.ID(), Addrs: []string{fmt.Sprintf("/ip4/127.0.0.1/tcp/%d", proxy.Port())}})
	aliceLog.waitUp(bob.ID())
	bobLog.waitUp(alice.ID())
	proxy.Freeze()
	alice.Send(bob.ID(), []byte("lost"))
	for line := range lines { // it is our own doing, not that of TCP or yamux
		if strings.Contains(line, "no sign of life") {
			break
		}
		if strings.Contains(line, "session ended") {
			t.Fatal(line)
		}
	}
	aliceLog.wait("another session", func() bool { return aliceLog.connects[bob.ID()] >= 2 && aliceLog.up[bob.ID()] })
	bobLog.wait("another session", func() bool { return bobLog.connects[alice.ID()] >= 2 && bobLog.up[alice.ID()] })
	alice.Send(bob.ID(), []byte("found"))
	bobLog.wait("a cell", func() bool {
		cells := bobLog.cells[alice.ID()]
		return len(cells) > 0 && string(cells[len(cells)-1]) == "found"
	})
}

// While the handler is busy with one peer's cell, other peers are served, that
// peer's session lives on, and its cells wait in order.
func TestSlowHandler(t *testing.T) {
	tm := quick()
	tm.idle, tm.hurry, tm.dead, tm.busy, tm.enqueue = time.Minute, 20*time.Millisecond, time.Second, 50*time.Millisecond, time.Millisecond
	aliceLog, bobLog, carolLog := newPeerLog(t), newPeerLog(t), newPeerLog(t)
	alice, bob, carol := testNode(t, aliceLog, tm), testNode(t, bobLog, tm), testNode(t, carolLog, tm)
	release, stuck := make(chan struct{}), make(chan struct{})
	var once sync.Once
	aliceLog.cell = func(p ID, _ []byte) {
		if p == bob.ID() {
			once.Do(func() { close(stuck) })
			<-release
		}
	}
	bob.Keep(routeTo(alice))
	carol.Keep(routeTo(alice))
	bobLog.waitUp(alice.ID())
	carolLog.waitUp(alice.ID())
	sent := 0
	cell := make([]byte, MaxCell)
	for full := false; !full; {
		binary.BigEndian.PutUint32(cell, uint32(sent))
		switch err := bob.Send(alice.ID(), bytes.Clone(cell)); err {
		case nil:
			sent++
		case ErrBusy:
			full = true
		default:
			t.Fatal(err)
		}
	}
	<-stuck
	time.Sleep(tm.dead + tm.dead/2) // longer than silence would be tolerated
	for i := range 20 {
		if err := carol.Send(alice.ID(), []byte{byte(i)}); err != nil {
			t.Fatal(err)
		}
	}
	aliceLog.wait("Carol's cells", func() bool { return len(aliceLog.cells[carol.ID()]) == 20 })
	if n := len(aliceLog.cells[bob.ID()]); n != 0 {
		t.Fatalf("%d cells went past the slow handler", n)
	}
	close(release)
	aliceLog.wait("Bob's cells", func() bool { return len(aliceLog.cells[bob.ID()]) == sent })
	for i, c := range aliceLog.cells[bob.ID()] {
		if got := binary.BigEndian.Uint32(c); got != uint32(i) {
			t.Fatalf("cell %d came at place %d", got, i)
		}
	}
	if aliceLog.connects[bob.ID()] != 1 {
		t.Errorf("%d sessions", aliceLog.connects[bob.ID()])
	}
}

// Whoever is at an address, but is not the peer that is meant, gets nothing.
func TestSomebodyElseAtTheAddress(t *testing.T) {
	bobLog, eveLog := newPeerLog(t), newPeerLog(t)
	alice := testNode(t, newPeerLog(t), quick())
	bob, eve := testNode(t, bobLog, quick()), testNode(t, eveLog, quick())
	eveLog.bundle = func(Token) ([]byte, Status) { return []byte("forged"), OK }
	for _, addr := range eve.Addrs() { // each transport alone
		wrong := Route{Peer: bob.ID(), Addrs: []string{addr}}
		if b, s, err := alice.FetchBundle(context.Background(), wrong, Token{}); err == nil {
			t.Errorf("%s: answered with %q, %d", addr, b, s)
		}
		alice.Keep(wrong)
	}
	// With Bob's own addresses among the wrong ones he is reached.
	alice.Keep(routeTo(bob))
	bobLog.waitUp(alice.ID())
	if eveLog.connects[alice.ID()] != 0 {
		t.Error("a session with somebody else")
	}
}

// Drop ends the session, and Keep brings it back.
func TestDrop(t *testing.T) {
	aliceLog, bobLog := newPeerLog(t), newPeerLog(t)
	alice, bob := testNode(t, aliceLog, quick()), testNode(t, bobLog, quick())
	for run := 1; run <= 3; run++ {
		alice.Keep(routeTo(bob))
		aliceLog.waitUp(bob.ID())
		bobLog.waitUp(alice.ID())
		alice.Drop(bob.ID())
		aliceLog.waitDown(bob.ID())
		bobLog.waitDown(alice.ID())
		if err := alice.Send(bob.ID(), []byte("x")); err != ErrNoSession {
			t.Fatal(err)
		}
	}
	alice.Drop("nobody")
	alice.Drop(bob.ID())
	alice.Keep(Route{Peer: "nobody"})
	alice.Keep(routeTo(alice))
}

// A peer that is away is found when it comes, without waiting for the pause
// to end, if Retry is called.
func TestRetry(t *testing.T) {
	tm := quick()
	tm.first, tm.longest = time.Hour, time.Hour
	aliceLog, bobLog := newPeerLog(t), newPeerLog(t)
	lines := make(chan string, 100)
	alice, err := newNode(Config{Key: seed(), Listen: loopback, Handler: aliceLog, Log: slog.New(lineLog(lines))}, tm)
	if err != nil {
		t.Fatal(err)
	}
	defer alice.Close()
	key := seed()
	bob, err := newNode(Config{Key: key, Listen: loopback[:1], Handler: bobLog}, tm)
	if err != nil {
		t.Fatal(err)
	}
	route := routeTo(bob)
	bob.Close()
	alice.Keep(route)
	for line := range lines {
		if strings.HasPrefix(line, "cannot reach peer") {
			break
		}
	}
	if bob, err = newNode(Config{Key: key, Listen: route.Addrs, Handler: bobLog}, tm); err != nil {
		t.Fatal(err)
	}
	defer bob.Close()
	alice.Retry()
	aliceLog.waitUp(bob.ID())
}

// lineLog is a log handler that sends messages and their values to a channel.
type lineLog chan<- string

func (lineLog) Enabled(context.Context, slog.Level) bool { return true }
func (l lineLog) WithAttrs([]slog.Attr) slog.Handler     { return l }
func (l lineLog) WithGroup(string) slog.Handler          { return l }
func (l lineLog) Handle(_ context.Context, r slog.Record) error {
	line := r.Message
	r.Attrs(func(a slog.Attr) bool {
		line += " " + a.Value.String()
		return true
	})
	select {
	case l <- line:
	default:
	}
	return nil
}

// A contact that gives signs of life but reads nothing does not hold a
// session, and memory, for ever.
func TestContactThatDoesNotRead(t *testing.T) {
	tm := quick()
	tm.write = 200 * time.Millisecond
	log := newPeerLog(t)
	n, r := testNode(t, log, tm), newRaw(t)
	s, in := r.session(n, opening(open{boot: 1, id: 1}))
	r.accepted(in)
	log.waitUp(r.id())
	stop := make(chan struct{})
	defer close(stop)
	go func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(10 * time.Millisecond):
				s.Write(appendFrame(nil, frame{kind: kindPong}))
			}
		}
	}()
	go func() {
		for n.Send(r.id(), make([]byte, MaxCell)) == nil {
		}
	}()
	log.waitDown(r.id())
}

func TestPingIsAnswered(t *testing.T) {
	log := newPeerLog(t)
	n, r := testNode(t, log, quick()), newRaw(t)
	_, in := r.session(n, opening(open{boot: 1, id: 1}), frame{kind: kindPing, n: 12345})
	r.accepted(in)
	f, err := readFrame(in)
	if err != nil || f.kind != kindPong || f.n != 12345 {
		t.Fatal(f, err)
	}
}

// A handler that never returns does not keep Close from returning.
func TestCloseWithStuckHandler(t *testing.T) {
	tm := quick()
	tm.close = 100 * time.Millisecond
	aliceLog := newPeerLog(t)
	release := make(chan struct{})
	defer close(release)
	stuck := make(chan struct{})
	aliceLog.cell = func(ID, []byte) { close(stuck); <-release }
	alice, err := newNode(Config{Key: seed(), Listen: loopback, Handler: aliceLog}, tm)
	if err != nil {
		t.Fatal(err)
	}
	bobLog := newPeerLog(t)
	bob := testNode(t, bobLog, quick())
	bob.Keep(routeTo(alice))
	bobLog.waitUp(alice.ID())
	bob.Send(alice.ID(), []byte("x"))
	<-stuck
	if err := alice.Close(); err == nil {
		t.Error("no word of the handler that did not return")
	}
	if err := alice.Close(); err != nil {
		t.Error(err)
	}
	if _, _, err := alice.FetchBundle(context.Background(), routeTo(bob), Token{}); err != ErrClosed {
		t.Error(err)
	}
	alice.Keep(routeTo(bob))
	alice.Retry()
}
